/* capacity - how much a pipe holds, asked of the kernel and tried out.
 *
 * Usage: capacity
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Scaffolding, the same in every program: each line goes out at once. */
static void prepare_output(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||
        setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "standard output");
}

/* Fill a new pipe with writes of size bytes; print how much went in. */
static void fill(size_t size)
{
    static char buffer[2 << 20];
    struct pollfd pollfd = {.events = POLLOUT};
    size_t total = 0;
    ssize_t nwritten;
    int pipefd[2], nready;

    /* nonblock: a write() that would wait for room fails with EAGAIN. */
    if (pipe2(pipefd, O_NONBLOCK) == -1)
        err(EXIT_FAILURE, "pipe2");
    /* count: only what write() returned has gone in. */
    while ((nwritten = write(pipefd[1], buffer, size)) == (ssize_t)size)
        total += size;
    if (nwritten == -1 && errno != EAGAIN)
        err(EXIT_FAILURE, "write");
    /* part: only beyond PIPE_BUF may write() take less than it is given. */
    if (nwritten != -1 && size <= PIPE_BUF)
        errx(EXIT_FAILURE, "write: %zd bytes of %zu", nwritten, size);
    if (nwritten != -1)
        total += (size_t)nwritten;

    /* full: poll() sees no free slot either. */
    pollfd.fd = pipefd[1];
    nready = poll(&pollfd, 1, 0);
    if (nready == -1)
        err(EXIT_FAILURE, "poll");
    if (nready != 0)
        errx(EXIT_FAILURE, "write: %s, though poll() sees room",
             nwritten == -1 ? strerror(EAGAIN) : "a part");
    if (printf("writes of %7zu bytes: %zu went in\n", size, total) < 0)
        err(EXIT_FAILURE, "printf");
    if (close(pipefd[0]) == -1 || close(pipefd[1]) == -1)
        err(EXIT_FAILURE, "close");
}

int main(void)
{
    int pipefd[2], size;

    prepare_output();
    if (pipe(pipefd) == -1)
        err(EXIT_FAILURE, "pipe");
    /* size: of this pipe; F_SETPIPE_SZ would change it. */
    size = fcntl(pipefd[1], F_GETPIPE_SZ);
    if (size == -1)
        err(EXIT_FAILURE, "fcntl F_GETPIPE_SZ");
    if (printf("capacity: %d bytes\nPIPE_BUF: %d bytes\n", size, PIPE_BUF) < 0)
        err(EXIT_FAILURE, "printf");

    fill(4096);
    /* pages: a message up to PIPE_BUF is not split, so gaps remain. */
    fill(3000);
    /* large: more than the pipe can hold at all. */
    fill(2 << 20);
    return EXIT_SUCCESS;
}
