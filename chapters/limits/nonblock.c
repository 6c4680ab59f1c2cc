/* nonblock - a write() that does not wait: all, a part, or EAGAIN.
 *
 * Usage: nonblock
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Scaffolding, the same in every program: each line goes out at once. */
static void prepare_output(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||
        setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "standard output");
}

static char buffer[1 << 22];

/* Write size bytes, of which the pipe has to take expected; -1: EAGAIN. */
static void try_write(int fd, size_t size, ssize_t expected)
{
    ssize_t nwritten = write(fd, buffer, size);

    if (nwritten == -1 && (errno != EAGAIN || expected != -1))
        err(EXIT_FAILURE, "write");
    if (nwritten != expected)
        errx(EXIT_FAILURE, "write: %zd bytes, not %zd", nwritten, expected);
    if (printf("write(%zu): %zd%s\n", size, nwritten,
               nwritten == -1 ? ", EAGAIN" : "") < 0)
        err(EXIT_FAILURE, "printf");
}

/* Read size bytes, all of which are there. */
static void take(int fd, size_t size)
{
    ssize_t nread = read(fd, buffer, size);

    if (nread == -1)
        err(EXIT_FAILURE, "read");
    if ((size_t)nread != size)
        errx(EXIT_FAILURE, "read: %zd bytes, not %zu", nread, size);
    if (printf("read(%zu): %zd\n", size, nread) < 0)
        err(EXIT_FAILURE, "printf");
}

/* Print what poll() says of a write end. */
static void ask(int fd)
{
    struct pollfd pollfd = {.fd = fd, .events = POLLOUT};
    int nready = poll(&pollfd, 1, 0);

    if (nready == -1)
        err(EXIT_FAILURE, "poll");
    if (printf("poll(): %d%s%s\n", nready,
               pollfd.revents & POLLOUT ? ", POLLOUT" : "",
               pollfd.revents & POLLERR ? ", POLLERR" : "") < 0)
        err(EXIT_FAILURE, "printf");
}

int main(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size;
    int pipefd[2], flags, capacity;

    prepare_output();
    if (pipe(pipefd) == -1)
        err(EXIT_FAILURE, "pipe");
    /* flags: the others of this end stay as they are. */
    flags = fcntl(pipefd[1], F_GETFL);
    if (flags == -1 || fcntl(pipefd[1], F_SETFL, flags | O_NONBLOCK) == -1)
        err(EXIT_FAILURE, "fcntl O_NONBLOCK");
    capacity = fcntl(pipefd[1], F_GETPIPE_SZ);
    if (capacity == -1)
        err(EXIT_FAILURE, "fcntl F_GETPIPE_SZ");

    /* slots: all are taken, though the last one by a single byte. */
    size = (size_t)capacity - page + 1;
    try_write(pipefd[1], size, (ssize_t)size);
    ask(pipefd[1]);
    /* refused: two whole pages need two slots. */
    try_write(pipefd[1], 2 * page, -1);
    /* part: the bytes beyond a whole page fit into the last slot. */
    try_write(pipefd[1], page + 1904, 1904);

    /* room: nearly a page is free, but no slot. */
    take(pipefd[0], page - 1);
    ask(pipefd[1]);
    /* free: the last byte of the page frees its slot. */
    take(pipefd[0], 1);
    ask(pipefd[1]);
    /* half: POLLOUT promises PIPE_BUF bytes, not all that one has. */
    try_write(pipefd[1], 2 * page, (ssize_t)page);

    if (close(pipefd[0]) == -1)
        err(EXIT_FAILURE, "close");
    /* error: nobody asked for POLLERR, and poll() reports it. */
    ask(pipefd[1]);
    return EXIT_SUCCESS;
}
