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
#include <unistd.h>

/* Fill a new pipe with writes of size bytes; print how much went in. */
static void fill(size_t size)
{
    static char buffer[2 << 20];
    size_t total = 0;
    struct pollfd fds = {.events = POLLOUT};
    int fildes[2], ready;
    ssize_t n;

    /* nonblock: a write() that would wait for room fails with EAGAIN. */
    if (pipe2(fildes, O_NONBLOCK) == -1)
        err(EXIT_FAILURE, "pipe2");
    fds.fd = fildes[1];
    /* count: only what write() returned has gone in. */
    while ((n = write(fildes[1], buffer, size)) != -1) {
        /* short: the pipe was full then, and nothing more goes in. */
        if (total % size != 0)
            errx(EXIT_FAILURE, "write: only a part, and then more");
        total += (size_t)n;
    }
    if (errno != EAGAIN)
        err(EXIT_FAILURE, "write");
    if (size <= PIPE_BUF && total % size != 0)
        errx(EXIT_FAILURE, "write: only a part of at most PIPE_BUF bytes");
    /* full: poll() sees no room either. */
    if ((ready = poll(&fds, 1, 0)) == -1)
        err(EXIT_FAILURE, "poll");
    errno = EAGAIN;
    if (ready != 0)
        err(EXIT_FAILURE, "write, though poll() sees room");
    if (printf("writes of %7zu bytes: %zu went in\n", size, total) < 0)
        err(EXIT_FAILURE, "printf");
    if (close(fildes[0]) == -1 || close(fildes[1]) == -1)
        err(EXIT_FAILURE, "close");
}

int main(int argc, char *argv[])
{
    int fildes[2], size;
    long atomic;

    if (argc != 1)
        errx(2, "usage: %s", argv[0]);
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard output");
    if (setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "setvbuf");
    if (pipe(fildes) == -1)
        err(EXIT_FAILURE, "pipe");

    /* size: of this pipe; F_SETPIPE_SZ would change it. */
    if ((size = fcntl(fildes[1], F_GETPIPE_SZ)) == -1)
        err(EXIT_FAILURE, "fcntl F_GETPIPE_SZ");
    if ((atomic = fpathconf(fildes[1], _PC_PIPE_BUF)) == -1)
        err(EXIT_FAILURE, "fpathconf");
    if (printf("capacity: %d bytes\nPIPE_BUF: %ld bytes\n", size, atomic) < 0)
        err(EXIT_FAILURE, "printf");
    if (close(fildes[0]) == -1 || close(fildes[1]) == -1)
        err(EXIT_FAILURE, "close");

    fill(4096);
    /* pages: a message up to PIPE_BUF is not split, so gaps remain. */
    fill(3000);
    /* part: beyond PIPE_BUF write() takes what there is room for. */
    fill(2 << 20);
    return EXIT_SUCCESS;
}
