#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"

/* The two sides of where the output goes: the program's and ours. For a file
 * they are the same. */
struct sink {
    int program;
    int ours;
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

    switch (mode) {
    case RUN_TERMINAL:
        return open_terminal(sink);
    case RUN_PIPE:
        if (pipe2(ends, O_CLOEXEC) == -1)
            return -1;
        sink->ours = ends[0];
        sink->program = ends[1];
        return 0;
    case RUN_FILE:
        if ((file = tmpfile()) == NULL)
            return -1;
        sink->ours = sink->program = fcntl(fileno(file), F_DUPFD_CLOEXEC, 3);
        fclose(file);
        return sink->ours == -1 ? -1 : 0;
    }
    errno = EINVAL;
    return -1;
}

/* In the child: become the program; the reason for a failure goes to report. */
static void become(const struct run *run, const struct sink *sink, int report)
{
    const char *path = getenv("PATH");
    char *environment[] = {text_format("PATH=%s", path == NULL ? "" : path),
                           "LC_ALL=C",
                           "TZ=UTC",
                           "TERM=dumb",
                           "HOME=/",
                           NULL};
    int in = sink->program, error;
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
    } else if ((in = open("/dev/null", O_RDONLY | O_CLOEXEC)) == -1) {
        goto failed;
    }
    if (dup2(in, STDIN_FILENO) == -1 ||
        dup2(sink->program, STDOUT_FILENO) == -1 ||
        dup2(sink->program, STDERR_FILENO) == -1)
        goto failed;
    /* execvpe() looks in our PATH; the cast is its prototype's fault. */
    execvpe(run->argv[0], (char *const *)run->argv, environment);
failed:
    error = errno;
    while (write(report, &error, sizeof error) == -1 && errno == EINTR)
        ;
    _exit(127);
}

/* Start the program; returns its pid, or -1 with errno set. */
static pid_t start(const struct run *run, const struct sink *sink)
{
    int report[2], error = 0;
    ssize_t n;
    pid_t pid;

    if (pipe2(report, O_CLOEXEC) == -1)
        return -1;
    pid = fork();
    if (pid == 0) {
        /* Out of the way of 0, 1 and 2, whatever the caller has closed. */
        int moved = fcntl(report[1], F_DUPFD_CLOEXEC, 3);
        struct sink high = {.program =
                                fcntl(sink->program, F_DUPFD_CLOEXEC, 3)};

        become(run, &high, moved);
    }
    error = errno;
    close(report[1]);
    if (pid != -1) {
        error = 0;
        while ((n = read(report[0], &error, sizeof error)) == -1 &&
               errno == EINTR)
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

/* Move what there is to the output; returns false at its end (a terminal whose
 * other side is closed says EIO). */
static bool take(int fd, FILE *output)
{
    char buffer[65536];
    ssize_t n = read(fd, buffer, sizeof buffer);

    if (n > 0)
        fwrite(buffer, 1, (size_t)n, output);
    return n > 0 || (n == -1 && errno == EINTR);
}

/* Take output until the program has ended. Returns NULL then, or the reason
 * why it has to be ended. */
static const char *follow(int fd, int pidfd, const struct run *run,
                          FILE *output)
{
    struct pollfd polls[] = {{.fd = pidfd, .events = POLLIN},
                             {.fd = fd, .events = POLLIN}};
    struct timespec begin;

    clock_gettime(CLOCK_MONOTONIC, &begin);
    if (run->mode == RUN_FILE)
        polls[1].fd = -1;
    for (;;) {
        int wait = left(&begin, run->deadline), n;

        if (wait == 0)
            return "did not end in time";
        if (run->stop != NULL && *run->stop != 0)
            return "was interrupted";
        /* A signal between that look and poll() is seen a little later. */
        n = poll(polls, 2, run->stop != NULL && wait > 100 ? 100 : wait);
        if (n <= 0)
            continue;
        if (polls[1].revents != 0 && !take(fd, output))
            polls[1].fd = -1;
        if (ftell(output) > RUN_OUTPUT_MAX)
            return "printed too much";
        if (polls[0].revents != 0)
            return NULL;
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

int run(const struct run *run, struct run_result *result)
{
    struct sink sink = {-1, -1};
    int pidfd = -1, wait_status = 0, error;
    pid_t pid = -1;
    FILE *output;

    *result = (struct run_result){0};
    output = open_memstream(&result->output, &result->length);
    if (output == NULL)
        return -1;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (open_sink(run->mode, &sink) == 0)
        pid = start(run, &sink);
    if (pid != -1)
        pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd == -1) {
        error = errno;
        if (pid != -1) {
            kill(-pid, SIGKILL);
            waitpid(pid, NULL, 0);
        }
        close_sink(&sink);
        fclose(output);
        free(result->output);
        *result = (struct run_result){0};
        errno = error;
        return -1;
    }
    if (run->mode != RUN_FILE) {
        close(sink.program);
        sink.program = -1;
    }

    result->reason = follow(sink.ours, pidfd, run, output);
    result->late = result->reason != NULL;
    close(pidfd);
    if (result->late)
        kill(-pid, SIGKILL);
    waitpid(pid, &wait_status, 0);
    result->left_behind = end_group(pid) && !result->late;
    result->status = WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status)
                                              : WEXITSTATUS(wait_status);

    /* Take what is there, and do not wait for more: a process that has left the
     * session may hold the other side open as long as it likes. */
    if (run->mode == RUN_FILE)
        lseek(sink.ours, 0, SEEK_SET);
    else
        fcntl(sink.ours, F_SETFL, O_NONBLOCK);
    errno = 0;
    while (ftell(output) <= RUN_OUTPUT_MAX && take(sink.ours, output))
        ;
    if (errno == EAGAIN)
        result->left_behind = !result->late;
    close_sink(&sink);
    fclose(output);
    return 0;
}
