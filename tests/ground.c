#include "ground.h"

#include "support.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../common/file.h"
#include "../common/memory.h"

enum { DEADLINE = 10, PATIENCE = 2 }; /* seconds */

struct running {
    pid_t pid;
    int pidfd, out, err;
    double begin, fire, until; /* fire: 0 if there is no signal to be sent */
    bool begins;               /* it has not stopped itself yet */
    bool ended;                /* it itself; what it started perhaps not */
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(bool good, const char *what)
{
    if (!good)
        fail_msg("%s: %s", what, strerror(errno));
}

struct attempt *attempts_add(struct attempts *attempts, char *name,
                             char *command)
{
    struct attempt *attempt;

    attempts->item =
        array_grow(attempts->item, attempts->n, sizeof *attempts->item);
    attempt = &attempts->item[attempts->n++];
    attempt->name = name;
    attempt->command = command;
    return attempt;
}

static void set_number(const char *name, int number)
{
    char *text = text_format("%d", number);

    if (setenv(name, text, 1) == -1)
        _exit(125);
    free(text);
}

/* In the child: become the shell. */
static void become(const struct attempt *t, const char *bin, const char *root,
                   int out, int err)
{
    int in = open("/dev/null", O_RDONLY | O_CLOEXEC);

    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL); /* fails for SIGKILL and SIGSTOP */
    set_number("KEY", t->key);
    set_number("QUEUE", t->queue);
    if (setsid() != -1 && chdir(t->directory) == 0 &&
        setenv("BIN", bin, 1) == 0 && setenv("ROOT", root, 1) == 0 &&
        setenv("DIR", t->directory, 1) == 0 && setenv("LC_ALL", "C", 1) == 0 &&
        dup2(in, 0) == 0 && dup2(out, 1) == 1 && dup2(err, 2) == 2)
        execl("/bin/sh", "sh", "-c", t->command, (char *)NULL);
    _exit(125);
}

static void start(struct attempt *t, const char *directory, size_t number)
{
    struct running *r = array_grow(NULL, 0, sizeof *r);
    const char *bin = programs();
    char *root = realpath(".", NULL);
    int ends[2];

    t->directory = text_format("%s/%zu", directory, number);
    /* Whoever it becomes shall be able to write there. */
    must(mkdir(t->directory, 0777) == 0 && chmod(t->directory, 0777) == 0,
         t->directory);
    t->key = 0x48000000 + ((getpid() & 0xffff) << 12) + (int)(number & 0xfff);
    must((t->queue = msgget(IPC_PRIVATE, 0666)) != -1, "msgget");
    must((r->out = memfd_create("out", MFD_CLOEXEC)) != -1, "memfd_create");
    /* No limit of the size of files shall keep a message back. */
    must(pipe2(ends, O_CLOEXEC) == 0, "pipe2");
    must(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0, "fcntl");
    r->err = ends[0];
    must((r->pid = fork()) != -1, "fork");
    if (r->pid == 0)
        become(t, bin, root, r->out, ends[1]);
    close(ends[1]);
    free(root);
    must((r->pidfd = (int)syscall(SYS_pidfd_open, r->pid, 0)) != -1, "pidfd");
    r->begin = now();
    r->begins = t->target != NOBODY;
    r->until = r->begin + DEADLINE;
    t->running = r;
}

/* The first child of a process, or 0. */
static pid_t child_of(pid_t pid)
{
    char *name = text_format("/proc/%d/task/%d/children", pid, pid);
    char *text = file_read(name, NULL);
    pid_t child = text == NULL ? 0 : (pid_t)strtol(text, NULL, 10);

    free(text);
    free(name);
    return child;
}

static void fire(struct attempt *t)
{
    struct running *r = t->running;
    pid_t child = t->target == CHILD ? child_of(r->pid) : 0;

    if (t->target == GROUP)
        kill(-r->pid, t->signal);
    else if (t->target == PARENT)
        kill(r->pid, t->signal);
    else if (child > 0)
        kill(child, t->signal);
    r->fire = 0;
    r->until = now() + DEADLINE;
}

/* Whether a process works in this directory or under it; it is killed then, if
 * that is wanted. */
static bool works_in(const char *directory, bool end)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    bool found = false;
    char link[4096];

    must(proc != NULL, "/proc");
    while ((entry = readdir(proc)) != NULL) {
        char *name = text_format("/proc/%s/cwd", entry->d_name);
        ssize_t n = readlink(name, link, sizeof link - 1);

        free(name);
        if (strtol(entry->d_name, NULL, 10) <= 0 || n <= 0)
            continue;
        link[n] = '\0';
        if (!text_begins(link, directory) ||
            (link[strlen(directory)] != '\0' && link[strlen(directory)] != '/'))
            continue;
        found = true;
        if (end)
            kill((pid_t)strtol(entry->d_name, NULL, 10), SIGKILL);
    }
    closedir(proc);
    return found;
}

/* Whether something of it runs that it has started. */
static bool goes_on(const struct attempt *t)
{
    if (t->scattered)
        return works_in(t->directory, false);
    /* Orphans became our children; those that have ended are over. */
    while (waitpid(-t->running->pid, NULL, WNOHANG) > 0)
        ;
    return kill(-t->running->pid, 0) == 0;
}

static char *drain(int fd)
{
    char *text = NULL, part[4096];
    size_t size;
    FILE *out = text_open(&text, &size);
    ssize_t n;

    lseek(fd, 0, SEEK_SET); /* a pipe cannot do it, nor need it */
    while ((n = read(fd, part, sizeof part)) > 0)
        fwrite(part, 1, (size_t)n, out);
    close(fd);
    fclose(out);
    return text;
}

/* A partner that still waits for somebody at a FIFO of the attempt ends now. */
static void wake_partners(const char *directory)
{
    DIR *files = opendir(directory);
    struct dirent *entry;

    must(files != NULL, directory);
    while ((entry = readdir(files)) != NULL) {
        int fd = entry->d_type != DT_FIFO
                     ? -1
                     : openat(dirfd(files), entry->d_name, O_RDWR | O_NONBLOCK);

        if (fd != -1)
            close(fd);
    }
    closedir(files);
}

/* All is over, or has to be. */
static void finish(struct attempt *t)
{
    struct running *r = t->running;
    int queue;

    t->left = goes_on(t);
    kill(-r->pid, SIGKILL);
    if (t->scattered)
        works_in(t->directory, true);
    wake_partners(t->directory);
    msgctl(t->queue, IPC_RMID, NULL);
    queue = msgget(t->key, 0);
    t->keyed = queue != -1;
    if (t->keyed)
        msgctl(queue, IPC_RMID, NULL);
    t->out = drain(r->out);
    t->err = drain(r->err);
    close(r->pidfd);
    free(r);
    t->running = NULL;
}

/* If it has stopped itself, let it go on and count from now. */
static void let_go(struct attempt *t)
{
    struct running *r = t->running;
    siginfo_t info = {0};

    if (waitid(P_PID, (id_t)r->pid, &info, WSTOPPED | WNOHANG) == -1 ||
        info.si_pid != r->pid)
        return;
    r->begins = false;
    r->begin = now();
    r->fire = r->begin + t->delay;
    r->until = r->begin + DEADLINE;
    kill(r->pid, SIGCONT);
}

/* Do what is due for one attempt; returns whether it is over. */
static bool step(struct attempt *t)
{
    struct running *r = t->running;
    int status;

    if (r->begins)
        let_go(t);
    if (!r->ended && r->fire > 0 && now() >= r->fire)
        fire(t);
    if (!r->ended && now() >= r->until) {
        t->hung = true;
        kill(-r->pid, SIGKILL);
        must(waitpid(r->pid, &status, 0) == r->pid, "waitpid");
    } else if (r->ended || waitpid(r->pid, &status, WNOHANG) != r->pid) {
        if (!r->ended || (goes_on(t) && now() < r->until))
            return false;
        finish(t);
        return true;
    }
    r->ended = true;
    r->until = now() + PATIENCE;
    t->seconds = now() - r->begin;
    t->status =
        WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return false;
}

void ground_run(struct attempts *attempts, const char *directory, size_t width)
{
    static size_t number;
    struct pollfd polls[256];
    size_t first = 0, next = 0, over = 0; /* first: all before it are over */

    assert_true(width <= sizeof polls / sizeof *polls);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    while (over < attempts->n) {
        size_t running = 0;
        double wait = 1;

        while (first < next && attempts->item[first].running == NULL)
            first++;
        for (size_t i = first; i < next; i++) {
            struct attempt *t = &attempts->item[i];

            if (t->running != NULL && step(t))
                over++;
            if (t->running == NULL)
                continue;
            /* Nobody tells us that it stops, or that what it started ends. */
            if (t->running->begins || t->running->ended)
                wait = wait < 0.001 ? wait : 0.001;
            if (t->running->fire > 0 && t->running->fire - now() < wait)
                wait = t->running->fire - now();
            polls[running++] = (struct pollfd){
                .fd = t->running->ended ? -1 : t->running->pidfd,
                .events = POLLIN};
        }
        if (next < attempts->n && running < width) {
            start(&attempts->item[next++], directory, number++);
            continue;
        }
        if (wait > 0)
            ppoll(polls, running,
                  &(struct timespec){.tv_sec = wait >= 1,
                                     .tv_nsec =
                                         wait >= 1 ? 0 : (long)(wait * 1e9)},
                  NULL);
    }
    while (waitpid(-1, NULL, WNOHANG) > 0) /* partners */
        ;
}

void attempts_free(struct attempts *attempts)
{
    for (size_t i = 0; i < attempts->n; i++) {
        free(attempts->item[i].name);
        free(attempts->item[i].command);
        free(attempts->item[i].directory);
        free(attempts->item[i].out);
        free(attempts->item[i].err);
    }
    free(attempts->item);
    *attempts = (struct attempts){0};
}
