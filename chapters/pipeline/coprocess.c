/* coprocess - writes to a command and reads from it, without a deadlock.
 *
 * Usage: coprocess SIZE COMMAND [ARGUMENT...]      at most 1000000 bytes
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Scaffolding, the same in every program: each line goes out at once. */
static void prepare_output(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||
        setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "standard output");
}

static char bytes[1000000], buffer[65536];

/* Start a command with pipes as its 0 and 1; store our ends of the two. */
static pid_t start(char *argv[], int *to, int *from)
{
    int in[2], out[2];
    pid_t child;

    if (fcntl(STDIN_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard input");
    if (pipe2(in, O_CLOEXEC) == -1 || pipe2(out, O_CLOEXEC) == -1)
        err(EXIT_FAILURE, "pipe2");
    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        if (dup2(in[0], STDIN_FILENO) == -1 ||
            dup2(out[1], STDOUT_FILENO) == -1)
            err(EXIT_FAILURE, "child: dup2");
        execvp(argv[0], argv);
        err(127, "child: execvp %s", argv[0]);
    }
    if (close(in[0]) == -1 || close(out[1]) == -1)
        err(EXIT_FAILURE, "close");
    *to = in[1];
    *from = out[0];
    return child;
}

int main(int argc, char *argv[])
{
    struct pollfd ends[2] = {{.events = POLLOUT}, {.events = POLLIN}};
    size_t size = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
    size_t sent = 0, received = 0;
    int to, from, status;
    pid_t child;

    if (size < 1 || size > sizeof bytes)
        errx(2, "usage: %s SIZE COMMAND [ARGUMENT...] (1 to %zu)", argv[0],
             sizeof bytes);
    prepare_output();
    child = start(argv + 2, &to, &from);
    /* part: a write() that blocked would be the deadlock again. */
    if (fcntl(to, F_SETFL, O_WRONLY | O_NONBLOCK) == -1)
        err(EXIT_FAILURE, "fcntl");
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");

    memset(bytes, 'x', sizeof bytes);
    ends[0].fd = to;
    ends[1].fd = from;
    while (ends[0].fd != -1 || ends[1].fd != -1) {
        ssize_t n = 0;

        /* both: sleep until there is room in one or something in the other. */
        if (poll(ends, 2, -1) == -1)
            err(EXIT_FAILURE, "poll");
        if (ends[0].revents != 0) {
            n = write(to, bytes + sent, size - sent);
            if (n == -1 && errno != EAGAIN && errno != EPIPE)
                err(EXIT_FAILURE, "write");
            if (n > 0)
                sent += (size_t)n;
            /* done: the command reads its end of file, or reads no more. */
            if (sent == size || (n == -1 && errno == EPIPE)) {
                if (close(to) == -1)
                    err(EXIT_FAILURE, "close");
                ends[0].fd = -1; /* poll() leaves it out */
            }
        }
        if (ends[1].revents != 0) {
            n = read(from, buffer, sizeof buffer);
            if (n == -1)
                err(EXIT_FAILURE, "read");
            /* end: the command may read on, so it still gets its bytes. */
            if (n == 0)
                ends[1].fd = -1;
            received += (size_t)n;
        }
    }

    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    if (printf("sent %zu bytes, received %zu bytes\n", sent, received) < 0)
        err(EXIT_FAILURE, "printf");
    if (WIFSIGNALED(status))
        warnx("%s: %s", argv[2], strsignal(WTERMSIG(status)));
    if (status == 0 && sent < size) {
        errno = EPIPE;
        err(EXIT_FAILURE, "%s: write", argv[2]);
    }
    return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
