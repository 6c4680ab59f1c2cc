#include "process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "memory.h"

/* The first message of the guardian. */
struct child_begin {
    pid_t pid;
    int error; /* why there is no program, or 0 */
};

/* The directories that each program's PATH begins with. */
#define USUAL_PATH                                                             \
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* The soft limits of each program. RLIM_INFINITY is as much as the hard limit
 * allows, if we may not raise that. */
static const struct {
    int resource;
    rlim_t soft;
} limits[] = {
    {RLIMIT_AS, RLIM_INFINITY},
    {RLIMIT_CORE, 0},
    {RLIMIT_CPU, RLIM_INFINITY},
    {RLIMIT_DATA, RLIM_INFINITY},
    {RLIMIT_FSIZE, RLIM_INFINITY},
    {RLIMIT_LOCKS, RLIM_INFINITY},
    {RLIMIT_MEMLOCK, 64 << 10},
    {RLIMIT_MSGQUEUE, 800 << 10},
    {RLIMIT_NICE, 0},
    {RLIMIT_NOFILE, 1024},
    {RLIMIT_RSS, RLIM_INFINITY},
    {RLIMIT_RTPRIO, 0},
    {RLIMIT_RTTIME, RLIM_INFINITY},
    {RLIMIT_STACK, 8 << 20},
    {RLIMIT_NPROC, RLIM_INFINITY},
    {RLIMIT_SIGPENDING, RLIM_INFINITY},
};

/* The functions from here to become_guardian() run in the guardian or in the
 * process of the program. They do not use memory.h, because without memory that
 * calls exit(3), and this would run the exit handlers of our process. */

static void set_limit(int resource, rlim_t soft)
{
    struct rlimit limit;

    if (getrlimit(resource, &limit) == -1)
        return;
    limit.rlim_cur = soft;
    if (soft > limit.rlim_max) {
        rlim_t hard = limit.rlim_max;

        limit.rlim_max = soft;
        if (setrlimit(resource, &limit) == 0)
            return;
        limit.rlim_cur = limit.rlim_max = hard;
    }
    setrlimit(resource, &limit);
}

static void set_limits(off_t most)
{
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        set_limit(limits[i].resource, limits[i].soft);
    if (most != 0)
        set_limit(RLIMIT_FSIZE, (rlim_t)most);
}

/* Reset all signals to SIG_DFL, because a parent may have ignored them.
 * sigaction(2) of the C library refuses the signals that the library keeps for
 * itself, so make the system call. A structure of zeros means SIG_DFL. */
static void reset_signals(void)
{
    unsigned long none[16] = {0};

    for (int number = 1; number < NSIG; number++)
        syscall(SYS_rt_sigaction, number, none, NULL, (NSIG - 1) / 8);
}

/* Close all descriptors from this one on. Returns 0, or -1 with errno set. */
static int close_from(int first)
{
    struct dirent *entry;
    DIR *directory;

#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned)first, ~0U, 0) == 0)
        return 0;
#endif
    /* Before Linux 5.9, and where a container forbids it. */
    if ((directory = opendir("/proc/self/fd")) == NULL)
        return -1;
    while ((entry = readdir(directory)) != NULL) {
        int fd = (int)strtol(entry->d_name, NULL, 10);

        if (fd >= first && fd != dirfd(directory))
            close(fd);
    }
    return closedir(directory);
}

/* Let the kernel send this signal to this process when its parent ends. Returns
 * whether the parent is still alive. */
static bool die_with(pid_t parent, int signal_number)
{
    prctl(PR_SET_PDEATHSIG, signal_number);
    return getppid() == parent;
}

/* Execute the program; path is the first string of its environment. If that
 * fails, write errno to report. start() calls vfork(), so until execve() this
 * process shares the memory of the guardian: change nothing in it. */
static _Noreturn void become(const struct child_program *program, char *path,
                             int report)
{
    char *environment[] = {path,        "LC_ALL=C", "TZ=UTC",
                           "TERM=dumb", "HOME=/",   NULL};
    /* Copy these to numbers above 3. If the caller has closed 0 to 3, they may
     * have these numbers, which dup2() below overwrites. */
    int in = program->in, out = program->out, copy, error;
    sigset_t none;

    set_limits(program->most); /* first, for room for descriptors */
    /* The first copy is that of report: if it fails, report is still valid. */
    if ((copy = fcntl(report, F_DUPFD_CLOEXEC, 4)) == -1)
        goto failed;
    report = copy;
    if (in == -1)
        in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (in != -1)
        in = fcntl(in, F_DUPFD_CLOEXEC, 4);
    out = fcntl(out, F_DUPFD_CLOEXEC, 4);
    if (in == -1 || out == -1 || setsid() == -1 ||
        chdir(program->directory) == -1 ||
        (program->terminal && ioctl(out, TIOCSCTTY, 0) == -1) ||
        dup2(in, STDIN_FILENO) == -1 || dup2(out, STDOUT_FILENO) == -1 ||
        dup2(out, STDERR_FILENO) == -1 || dup3(report, 3, O_CLOEXEC) == -1 ||
        close_from(4) == -1)
        goto failed;
    report = 3;
    setpriority(PRIO_PROCESS, 0, 0);
    umask(022);
    reset_signals();
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* execvpe() looks in our PATH; its prototype lacks a const. */
    execvpe(program->argv[0], (char *const *)program->argv, environment);
failed:
    error = errno;
    file_write(report, &error, sizeof error);
    _exit(127);
}

/* Start the program from the guardian; returns its pid, or -1 with errno set.
 */
static pid_t start(const struct child_program *program, char *path)
{
    pid_t guardian = getpid(), pid;
    int report[2], error = 0;

    if (pipe2(report, O_CLOEXEC) == -1)
        return -1;
    /* fork(2) would copy the map of our memory, which takes longer than all the
     * rest. After vfork(2), Linux lets the child make system calls; POSIX does
     * not. */
    /* NOLINTBEGIN(clang-analyzer-unix.Vfork, *vfork) */
    pid = vfork();
    if (pid == 0) {
        if (!die_with(guardian, SIGKILL))
            _exit(127);
        become(program, path, report[1]);
    }
    /* NOLINTEND(clang-analyzer-unix.Vfork, *vfork) */
    error = pid == -1 ? errno : 0;
    close(report[1]);
    /* execve() closes the write end, so read() returns 0 when the program has
     * begun. */
    while (pid != -1 && read(report[0], &error, sizeof error) == -1 &&
           errno == EINTR)
        ;
    close(report[0]);
    if (pid != -1 && error != 0) {
        waitpid(pid, NULL, 0);
        pid = -1;
    }
    errno = error;
    return pid;
}

/* The name of a process, in as many bytes as the kernel keeps. "?" replaces
 * each character that is not printable. */
static void get_name(pid_t pid, char name[16])
{
    char path[64];
    ssize_t n = -1;
    int fd;

    snprintf(path, sizeof path, "/proc/%ld/comm", (long)pid);
    if ((fd = open(path, O_RDONLY | O_CLOEXEC)) != -1) {
        n = read(fd, name, 15);
        close(fd);
    }
    name[n > 0 ? n : 0] = '\0';
    name[strcspn(name, "\n")] = '\0';
    for (char *c = name; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    if (*name == '\0') {
        name[0] = '?';
        name[1] = '\0';
    }
}

/* PF_EXITING of the kernel's sched.h, in the flags of proc(5). */
enum { EXITING = 0x4 };

/* The next child of this process that is alive, from an open /proc; 0 if there
 * is none. *exiting is whether it is in exit(2): then it runs no more of its
 * program, and ends alone. */
static pid_t next_child(DIR *proc, bool *exiting)
{
    struct dirent *entry;

    while ((entry = readdir(proc)) != NULL) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10), parent = 0;
        char path[64], stat[512], state = 'Z';
        unsigned flags = 0;
        const char *fields;
        ssize_t n;
        int fd;

        if (pid <= 0)
            continue;
        snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
        if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
            continue;
        n = read(fd, stat, sizeof stat - 1);
        close(fd);
        stat[n > 0 ? n : 0] = '\0';
        /* See proc(5): state, parent, four others, flags. */
        if ((fields = strrchr(stat, ')')) != NULL)
            /* NOLINTNEXTLINE(cert-err34-c): the kernel writes a number. */
            sscanf(fields, ") %c %d %*d %*d %*d %*d %u", &state, &parent,
                   &flags);
        *exiting = flags & EXITING;
        if (parent == getpid() && state != 'Z')
            return pid;
    }
    return 0;
}

/* Kill the children of this process that are alive. The name of the first one
 * that is not in exit(2) goes to left, unless that is NULL or has a name.
 * Without /proc, kill at least the group of the program. */
static void kill_children(pid_t program, char *left)
{
    DIR *proc = opendir("/proc");
    bool exiting;
    pid_t pid;

    if (proc == NULL) {
        kill(-program, SIGKILL);
        return;
    }
    while ((pid = next_child(proc, &exiting)) != 0) {
        if (!exiting && left != NULL && *left == '\0')
            get_name(pid, left);
        kill(pid, SIGKILL);
    }
    closedir(proc);
}

/* Put the name of a child that is alive and is not the program into left: it
 * has outlived its parent. left stays if there is none. */
static void name_orphan(pid_t program, char *left)
{
    DIR *proc = opendir("/proc");
    bool exiting, found = false;
    pid_t pid;

    if (proc == NULL)
        return;
    while (!found && (pid = next_child(proc, &exiting)) != 0)
        found = pid != program && !exiting;
    if (found)
        get_name(pid, left);
    closedir(proc);
}

/* Remove a child that has ended; with WNOHANG in how, do not wait for one.
 * Returns its pid; 0 if none has ended, -1 if there is none. If it is the
 * program, end->status is set. */
static pid_t reap(pid_t program, struct child_end *end, int how)
{
    siginfo_t info = {0};

    while (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT | how) == -1)
        if (errno != EINTR)
            return -1;
    if (info.si_pid == 0)
        return 0;
    if (info.si_pid == program)
        end->status =
            info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
    /* When the program ended, the kernel hung up its terminal. That killed this
     * child before kill_children() could find that it was left. */
    else if (info.si_code == CLD_KILLED && info.si_status == SIGHUP &&
             end->left[0] == '\0')
        get_name(info.si_pid, end->left);
    waitpid(info.si_pid, NULL, 0);
    return info.si_pid;
}

/* Remove all children that have ended. Returns whether the program did; *none
 * is whether there is no child left. */
static bool reap_all(pid_t program, struct child_end *end, bool *none)
{
    bool ended = false;
    pid_t pid;

    while ((pid = reap(program, end, WNOHANG)) > 0)
        ended = ended || pid == program;
    *none = pid == -1;
    return ended;
}

/* Milliseconds from begin to now. */
static long passed(const struct timespec *begin)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - begin->tv_sec) * 1000 +
           (now.tv_nsec - begin->tv_nsec) / 1000000;
}

/* Send SIGTERM to the group of the program, and wait at most a second for its
 * end: a process that has blocked the signal is about to complete something.
 * Returns whether the program has ended. */
static bool ask_to_end(pid_t program, struct child_end *end,
                       const sigset_t *signals)
{
    struct timespec begin;
    bool ended = false, none = false;
    long before = 0;

    clock_gettime(CLOCK_MONOTONIC, &begin);
    kill(-program, SIGTERM);
    while (!none && (before = passed(&begin)) < 1000) {
        struct timespec rest = {0, (1000 - before) * 1000000L - 1};

        sigtimedwait(signals, NULL, &rest);
        ended = reap_all(program, end, &none) || ended;
    }
    return ended;
}

/* Kill the group of the program, and remove all its processes. Most often that
 * leaves no child, so that kill_children() need not read all of /proc. */
static void end_group(pid_t program, struct child_end *end, bool *none)
{
    kill(-program, SIGKILL);
    while (waitid(P_PGID, (id_t)program, NULL, WEXITED | WNOWAIT) == 0)
        reap_all(program, end, none);
}

/* Wait until the program ends or a signal from child_stop() or from the death
 * of the parent comes. Then end all processes that are left, and write the
 * result to report. */
static void guard(pid_t program, const sigset_t *signals, int report)
{
    struct child_end end = {0};
    bool ended = false, none = false, stopped = false;
    char left[sizeof end.left] = "";

    while (!ended && !stopped) {
        int number = sigwaitinfo(signals, NULL);

        stopped = number == SIGTERM || number == SIGUSR1;
        if (stopped)
            name_orphan(program, left);
        if (number == SIGUSR1)
            ended = ask_to_end(program, &end, signals);
        else if (number == SIGCHLD)
            ended = reap_all(program, &end, &none);
    }
    if (!ended)
        end_group(program, &end, &none);
    reap_all(program, &end, &none);
    /* A child of one that is killed becomes ours. */
    while (!none) {
        kill_children(program, stopped ? NULL : end.left);
        none = reap(program, &end, 0) == -1;
        reap_all(program, &end, &none);
    }
    if (stopped)
        memcpy(end.left, left, sizeof left);
    file_write(report, &end, sizeof end);
}

/* Writes the counts of gcc --coverage, which _exit(2) does not; NULL in other
 * builds. */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl*): libgcov has it. */
extern void __gcov_dump(void) __attribute__((weak));

/* The guardian: all signals are blocked. It is in a session of its own, where
 * no terminal can interrupt it. */
static _Noreturn void become_guardian(const struct child_program *program,
                                      char *path, pid_t parent, int report)
{
    struct child_begin begin = {-1, 0};
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGUSR1);
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (!die_with(parent, SIGTERM))
        _exit(1);
    begin.pid = start(program, path);
    begin.error = begin.pid == -1 ? errno : 0;
    /* Hold nothing of the caller open, above all no side of a terminal. */
    if (begin.pid != -1 && (dup2(report, 0) == -1 || close_from(1) == -1)) {
        begin.error = errno;
        kill(-begin.pid, SIGKILL);
    } else if (begin.pid != -1) {
        report = 0;
    }
    file_write(report, &begin, sizeof begin);
    if (begin.error == 0)
        guard(begin.pid, &signals, report);
    if (__gcov_dump != NULL)
        __gcov_dump();
    _exit(0);
}

/* Read a whole message of the guardian; false if it died instead. */
static bool receive(int fd, void *message, size_t size)
{
    ssize_t n;

    while ((n = read(fd, message, size)) == -1 && errno == EINTR)
        ;
    return n == (ssize_t)size; /* a short write(2) to a pipe is atomic */
}

static void let_be_waited_for(void)
{
    struct sigaction action;

    if (sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
        signal(SIGCHLD, SIG_DFL);
}

/* "PATH=" and the usual directories, then those of the caller's PATH that are
 * absolute and may be searched: for one that may not, execvp(3) fails with
 * EACCES instead of ENOENT. The caller frees it. */
static char *make_path(void)
{
    const char *path = getenv("PATH");
    char *text = NULL, *rest, *directories;
    size_t size;
    FILE *out = text_open(&text, &size);

    fputs("PATH=" USUAL_PATH, out);
    if (path != NULL) {
        directories = text_copy(path, strlen(path));
        for (char *one = strtok_r(directories, ":", &rest); one != NULL;
             one = strtok_r(NULL, ":", &rest))
            if (one[0] == '/' && access(one, X_OK) == 0)
                fprintf(out, ":%s", one);
        free(directories);
    }
    fclose(out);
    return text;
}

/* Wait for a process, also if a handler of the caller interrupts that. */
static void wait_for(pid_t pid)
{
    while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
        ;
}

int child_start(struct child *child, const struct child_program *program)
{
    struct child_begin begin = {-1, 0};
    pid_t parent = getpid();
    sigset_t all, before;
    int report[2], error;
    char *path;

    if (pipe2(report, O_CLOEXEC) == -1)
        return -1;
    path = make_path();
    let_be_waited_for();
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    child->guardian = fork();
    if (child->guardian == 0)
        become_guardian(program, path, parent, report[1]);
    error = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    free(path);
    close(report[1]);
    if (child->guardian != -1) {
        error = receive(report[0], &begin, sizeof begin) ? begin.error : ECHILD;
        if (error == 0) {
            child->pid = begin.pid;
            child->end = report[0];
            return 0;
        }
        wait_for(child->guardian);
    }
    close(report[0]);
    errno = error;
    return -1;
}

void child_stop(const struct child *child, bool politely)
{
    kill(child->guardian, politely ? SIGUSR1 : SIGTERM);
}

int child_wait(struct child *child, struct child_end *end)
{
    bool good = receive(child->end, end, sizeof *end);

    close(child->end);
    wait_for(child->guardian);
    if (good)
        return 0;
    *end = (struct child_end){0};
    errno = ECHILD;
    return -1;
}
