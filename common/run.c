#include "run.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
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
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "memory.h"

/* The two sides of where the output goes: the program's and ours. For a file
 * they are the same. */
struct sink {
    int program;
    int ours;
};

struct program {
    struct run run;
    struct sink sink;
    int in; /* the side of its standard input where we type, or -1 */
    pid_t pid;
    int pidfd;
    FILE *output; /* into result */
    struct run_result result;
    char *look; /* the last one at its processes, or NULL: see asleep() */
};

static void close_sink(struct sink *sink)
{
    int error = errno;

    if (sink->program != -1)
        close(sink->program);
    if (sink->ours != -1 && sink->ours != sink->program)
        close(sink->ours);
    sink->program = sink->ours = -1;
    errno = error;
}

static int open_terminal(struct sink *sink)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    struct termios modes;
    char name[64];

    sink->ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (sink->ours == -1 || grantpt(sink->ours) == -1 ||
        unlockpt(sink->ours) == -1)
        return -1;
    if ((errno = ptsname_r(sink->ours, name, sizeof name)) != 0)
        return -1;
    sink->program = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (sink->program == -1 || tcgetattr(sink->program, &modes) == -1)
        return -1;
    modes.c_oflag &= (tcflag_t)~OPOST;
    modes.c_lflag &= (tcflag_t)~ECHO;
    if (tcsetattr(sink->program, TCSANOW, &modes) == -1)
        return -1;
    return ioctl(sink->program, TIOCSWINSZ, &size);
}

static int open_sink(enum run_mode mode, struct sink *sink)
{
    int ends[2];
    FILE *file;

    if (mode == RUN_TERMINAL)
        return open_terminal(sink);
    if (mode == RUN_PIPE) {
        if (pipe2(ends, O_CLOEXEC) == -1)
            return -1;
        sink->ours = ends[0];
        sink->program = ends[1];
        return 0;
    }
    if ((file = tmpfile()) == NULL)
        return -1;
    sink->ours = sink->program = fcntl(fileno(file), F_DUPFD_CLOEXEC, 3);
    fclose(file);
    return sink->ours == -1 ? -1 : 0;
}

/* In the child: tell the parent why there will be no program. */
static _Noreturn void give_up(int report)
{
    int error = errno;

    file_write(report, &error, sizeof error);
    _exit(127);
}

/* In the child: become the program, with standard input from in or, if it is
 * -1, from what the mode says; the reason for a failure goes to report. path is
 * the first word of its environment: a child must not run out of memory, as its
 * exit(3) would do what its parent has to do at the end. */
static void become(const struct run *run, const struct sink *sink, int in,
                   char *path, int report)
{
    char *environment[] = {path,        "LC_ALL=C", "TZ=UTC",
                           "TERM=dumb", "HOME=/",   NULL};
    sigset_t none;

    /* Should we be killed, the terminal's hangup ends the whole session; where
     * there is no terminal, at least the program does not outlive us. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int signal_number = 1; signal_number < NSIG; signal_number++)
        signal(signal_number, SIG_DFL); /* fails for SIGKILL and SIGSTOP */
    /* Only where the output goes to a file nobody counts it. */
    if (run->mode == RUN_FILE)
        setrlimit(RLIMIT_FSIZE,
                  &(struct rlimit){RUN_OUTPUT_MAX, RLIM_INFINITY});
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    umask(022);
    if (setsid() == -1 || chdir(run->directory) == -1)
        goto failed;
    if (run->mode == RUN_TERMINAL) {
        if (ioctl(sink->program, TIOCSCTTY, 0) == -1)
            goto failed;
        in = sink->program;
    } else if (in == -1 &&
               (in = open("/dev/null", O_RDONLY | O_CLOEXEC)) == -1) {
        goto failed;
    }
    if (dup2(in, STDIN_FILENO) == -1 ||
        dup2(sink->program, STDOUT_FILENO) == -1 ||
        dup2(sink->program, STDERR_FILENO) == -1)
        goto failed;
    /* execvpe() looks in our PATH; the cast is its prototype's fault. */
    execvpe(run->argv[0], (char *const *)run->argv, environment);
failed:
    give_up(report);
}

/* Start the program; returns its pid, or -1 with errno set. */
static pid_t start(const struct run *run, const struct sink *sink, int in)
{
    const char *directories = getenv("PATH");
    int report[2], error = 0;
    char *path;
    pid_t pid;

    if (pipe2(report, O_CLOEXEC) == -1)
        return -1;
    path = text_format("PATH=%s", directories == NULL ? "" : directories);
    pid = fork();
    if (pid == 0) {
        /* Out of the way of 0, 1 and 2, whatever the caller has closed. */
        int moved = fcntl(report[1], F_DUPFD_CLOEXEC, 3);
        struct sink high = {.program =
                                fcntl(sink->program, F_DUPFD_CLOEXEC, 3)};

        if (moved == -1 || high.program == -1 ||
            (in != -1 && (in = fcntl(in, F_DUPFD_CLOEXEC, 3)) == -1))
            give_up(report[1]);
        become(run, &high, in, path, moved);
    }
    error = errno;
    free(path);
    close(report[1]);
    if (pid != -1) {
        error = 0;
        while (read(report[0], &error, sizeof error) == -1 && errno == EINTR)
            ;
        if (error != 0) {
            waitpid(pid, NULL, 0);
            pid = -1;
        }
    }
    close(report[0]);
    errno = error;
    return pid;
}

/* Milliseconds that are left until the deadline; 0 when it is over. */
static int left(const struct timespec *begin, int deadline)
{
    struct timespec now;
    long long passed;

    clock_gettime(CLOCK_MONOTONIC, &now);
    passed = (now.tv_sec - begin->tv_sec) * 1000LL +
             (now.tv_nsec - begin->tv_nsec) / 1000000;
    return passed < deadline ? (int)(deadline - passed) : 0;
}

/* How many bytes of output there are. */
static long printed(const struct program *p)
{
    return (long)p->result.length;
}

/* Move what there is to the output; returns false at its end (a terminal whose
 * other side is closed says EIO). */
static bool take(struct program *p)
{
    char buffer[65536];
    ssize_t n;

    if (p->run.mode == RUN_FILE) /* its offset is the program's */
        n = pread(p->sink.ours, buffer, sizeof buffer, printed(p));
    else
        n = read(p->sink.ours, buffer, sizeof buffer);
    if (n > 0)
        fwrite(buffer, 1, (size_t)n, p->output);
    if (n == -1 && errno != EINTR && errno != EAGAIN &&
        (errno != EIO || p->run.mode != RUN_TERMINAL))
        err(EXIT_FAILURE, "the output of %s", p->run.argv[0]);
    return n > 0 || (n == -1 && errno == EINTR);
}

/* Whether as many lines as that are in the output behind its first offset
 * bytes; the last one may lack its newline. */
static bool has_lines(struct program *p, size_t offset, long lines)
{
    for (const char *at = p->result.output + offset; *at != '\0'; lines--)
        at += strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n');
    return lines <= 0;
}

/* A file of /proc/PID, to be freed; NULL if the process is gone. */
static char *read_process(const char *pid, const char *file)
{
    char *name = text_format("/proc/%s/%s", pid, file);
    char *text = file_read(name, NULL);

    free(name);
    return text;
}

/* How often a process has gone to sleep; returns false if it is gone. */
static bool read_switches(const char *pid, unsigned long *switches)
{
    static const char name[] = "\nvoluntary_ctxt_switches:";
    char *text = read_process(pid, "status");
    const char *at = text == NULL ? NULL : strstr(text, name);

    if (at != NULL)
        *switches = strtoul(at + strlen(name), NULL, 10);
    free(text);
    return at != NULL;
}

/* The state of a process (see proc(5)) if it is of this session, else '\0'. */
static char state_in(pid_t session, const char *pid)
{
    char *text = read_process(pid, "stat"), state = '\0';
    /* A name may have any character, also ")", but what follows has none. */
    const char *behind = text == NULL ? NULL : strrchr(text, ')');
    pid_t its = -1;

    if (behind != NULL)
        /* NOLINTNEXTLINE(cert-err34-c): the kernel writes a number. */
        sscanf(behind, ") %c %*d %*d %d", &state, &its);
    free(text);
    if (its != session)
        state = '\0';
    return state;
}

/* Each process of a session with how often it has gone to sleep; NULL if one
 * of them is awake. One that has ended (Z) will not wake up. */
static char *look_at(pid_t session)
{
    DIR *directory = opendir("/proc");
    struct dirent *entry;
    bool awake = false;
    char *text = NULL;
    size_t size;
    FILE *out = text_open(&text, &size);

    if (directory == NULL)
        err(EXIT_FAILURE, "/proc");
    while (!awake && (entry = readdir(directory)) != NULL) {
        unsigned long switches = 0;
        char state = '\0';

        if (strspn(entry->d_name, "0123456789") == strlen(entry->d_name))
            state = state_in(session, entry->d_name);
        if (state == 'S')
            awake = !read_switches(entry->d_name, &switches);
        else if (state != '\0' && state != 'Z')
            awake = true;
        if (state != '\0')
            fprintf(out, "%s %c %lu\n", entry->d_name, state, switches);
    }
    closedir(directory);
    fclose(out);
    if (awake) {
        free(text);
        text = NULL;
    }
    return text;
}

/* Whether all processes of the program sleep: each does so in this look as it
 * did in the last one, and none has been awake between them. So there was a
 * moment, between the looks, at which all of them slept, and nobody was left
 * who could have woken another. */
static bool asleep(struct program *p)
{
    char *look = look_at(p->pid);
    bool same = look != NULL && p->look != NULL && strcmp(look, p->look) == 0;

    free(p->look);
    p->look = look;
    return same;
}

/* Take what comes within so many milliseconds; returns whether that
 * was something. *fd becomes -1 at the end. */
static bool take_within(struct program *p, int *fd, int wait)
{
    struct pollfd polls[] = {{.fd = p->pidfd, .events = POLLIN},
                             {.fd = *fd, .events = POLLIN}};
    long before = printed(p);
    int n = poll(polls, 2, wait);

    while (p->run.mode == RUN_FILE && printed(p) <= RUN_OUTPUT_MAX && take(p))
        ;
    errno = 0;
    if (n > 0 && polls[1].revents != 0 && !take(p) && errno != EAGAIN)
        *fd = -1;
    return printed(p) > before;
}

static bool has_ended(const struct program *p)
{
    return poll(&(struct pollfd){.fd = p->pidfd, .events = POLLIN}, 1, 0) == 1;
}

/* Take output until the program has ended or, if lines is not negative, waits.
 * Returns whether it is over; then *reason is why it has to be ended, or NULL
 * if it has ended. */
static bool follow(struct program *p, size_t offset, long lines,
                   const char **reason)
{
    int fd = p->run.mode == RUN_FILE ? -1 : p->sink.ours;
    const volatile sig_atomic_t *stop = p->run.stop;
    struct timespec begin;
    bool enough = false, quiet = false;

    clock_gettime(CLOCK_MONOTONIC, &begin);
    free(p->look);
    p->look = NULL;
    for (*reason = NULL;;) {
        int wait = left(&begin, p->run.deadline);

        if (wait == 0)
            *reason = lines < 0 ? "did not end in time"
                      : enough  ? "did not come to wait in time"
                                : "did not print in time what is expected";
        else if (stop != NULL && *stop != 0)
            *reason = "was interrupted";
        else if (printed(p) > RUN_OUTPUT_MAX)
            *reason = "printed too much";
        if (*reason != NULL || has_ended(p))
            return true;
        enough = enough || (lines >= 0 && has_lines(p, offset, lines));
        /* What it printed before it slept is there: poll(2) waits for the
         * kernel's worker that carries it through a terminal. */
        if (enough && quiet && asleep(p) && !take_within(p, &fd, 0))
            return false;
        /* A signal between that look and poll() is seen a little later. */
        if (stop != NULL && wait > 100)
            wait = 100;
        if (enough || (lines >= 0 && p->run.mode == RUN_FILE))
            wait = 1;
        quiet = !take_within(p, &fd, wait);
    }
}

/* End what is left of a process group; returns whether a process was alive. */
static bool end_group(pid_t group)
{
    bool alive = false;
    siginfo_t info;

    /* Orphans became our children (PR_SET_CHILD_SUBREAPER); the dead ones
     * among them are not left behind, only not yet waited for. */
    while (waitpid(-group, NULL, WNOHANG) > 0)
        ;
    if (kill(-group, SIGKILL) == 0)
        alive = true;
    while (waitid(P_PGID, (id_t)group, &info, WEXITED) == 0 || errno == EINTR)
        ;
    return alive;
}

/* Interrupted, the program is asked to end: one that has blocked signals is
 * about to do what must not stay half done, and has a second for that. */
static void ask_to_end(pid_t group, int *wait_status)
{
    pid_t pid = 0;
    int status;

    kill(-group, SIGTERM);
    for (int i = 0; i < 1000 && pid == 0; i++) {
        poll(NULL, 0, 1);
        while ((pid = waitpid(-group, &status, WNOHANG)) > 0)
            if (pid == group)
                *wait_status = status;
    }
}

/* The program has ended, or has to be ended for a reason; keep all of it. */
static void finish(struct program *p, const char *reason)
{
    struct run_result *result = &p->result;
    int wait_status = 0;

    result->ended = true;
    result->reason = reason;
    result->late = reason != NULL;
    if (result->late && p->run.stop != NULL && *p->run.stop != 0)
        ask_to_end(p->pid, &wait_status);
    if (result->late)
        kill(-p->pid, SIGKILL);
    waitpid(p->pid, &wait_status, 0);
    result->left_behind = end_group(p->pid) && !result->late;
    result->status = WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status)
                                              : WEXITSTATUS(wait_status);

    /* Take what is there, and do not wait for more: a process that has left the
     * session may hold the other side open as long as it likes. */
    if (p->run.mode != RUN_FILE)
        fcntl(p->sink.ours, F_SETFL, O_NONBLOCK);
    errno = 0;
    while (printed(p) <= RUN_OUTPUT_MAX && take(p))
        ;
    if (errno == EAGAIN)
        result->left_behind = !result->late;
}

/* Close and free what a program has; its output stays. */
static void release(struct program *p)
{
    int error = errno;

    close_sink(&p->sink);
    if (p->in != -1)
        close(p->in);
    if (p->pidfd != -1)
        close(p->pidfd);
    fclose(p->output);
    free(p->look);
    errno = error;
}

/* Start the program with all that it needs; returns whether it runs. */
static bool set_up(struct program *p, bool typed)
{
    int ends[2] = {-1, -1}, error;

    p->output = text_open(&p->result.output, &p->result.length);
    if (open_sink(p->run.mode, &p->sink) == -1)
        return false;
    if (typed && p->run.mode != RUN_TERMINAL) {
        if (pipe2(ends, O_CLOEXEC) == -1)
            return false;
        p->in = ends[1];
    }
    /* Typing must not hang where nobody reads. */
    if (typed)
        fcntl(p->in == -1 ? p->sink.ours : p->in, F_SETFL, O_NONBLOCK);
    p->pid = start(&p->run, &p->sink, ends[0]);
    error = errno;
    if (ends[0] != -1)
        close(ends[0]);
    errno = error;
    if (p->pid == -1)
        return false;
    p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
    if (p->pidfd == -1) {
        error = errno;
        kill(-p->pid, SIGKILL);
        waitpid(p->pid, NULL, 0);
        errno = error;
    }
    return p->pidfd != -1;
}

struct program *run_start(const struct run *run, bool typed)
{
    struct program *p = array_grow(NULL, 0, sizeof *p);

    *p = (struct program){.run = *run, .sink = {-1, -1}, .in = -1, .pidfd = -1};
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (!set_up(p, typed)) {
        release(p);
        free(p->result.output);
        free(p);
        return NULL;
    }
    if (run->mode != RUN_FILE) {
        close(p->sink.program);
        p->sink.program = -1;
    }
    return p;
}

/* The kernel carries what is typed to the program's side of a terminal a
 * little later; poll(2) on that side waits for it. Returns -1 if that side
 * cannot be opened. */
static int let_arrive(int terminal)
{
    struct pollfd side = {
        .fd = ioctl(terminal, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC),
        .events = POLLIN};

    if (side.fd == -1)
        return -1;
    poll(&side, 1, 0);
    close(side.fd);
    return 0;
}

int run_type(struct program *program, const char *line)
{
    bool terminal = program->run.mode == RUN_TERMINAL;
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    char *text =
        line == NULL ? text_copy("\004", 1) : text_format("%s\n", line);
    int result = 0;

    if (terminal) {
        result = file_write(program->sink.ours, text, strlen(text));
        if (result == 0)
            result = let_arrive(program->sink.ours);
    } else if (line != NULL) {
        result = file_write(program->in, text, strlen(text));
        if (result == -1 && errno == EPIPE)
            result = 0;
    } else {
        close(program->in);
        program->in = -1;
    }
    free(text);
    signal(SIGPIPE, before);
    return result;
}

const struct run_result *run_follow(struct program *program, size_t offset,
                                    long lines)
{
    const char *reason;

    if (!program->result.ended) {
        if (follow(program, offset, lines, &reason))
            finish(program, reason);
    }
    return &program->result;
}

void run_end(struct program *program, struct run_result *result)
{
    if (!program->result.ended)
        finish(program, "was ended");
    release(program);
    if (result != NULL)
        *result = program->result;
    else
        free(program->result.output);
    free(program);
}

int run(const struct run *run, struct run_result *result)
{
    struct program *program = run_start(run, false);

    *result = (struct run_result){0};
    if (program == NULL)
        return -1;
    run_follow(program, 0, -1);
    run_end(program, result);
    return 0;
}
