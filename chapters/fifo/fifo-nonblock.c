/* fifo-nonblock - opens both ends of a FIFO without waiting, and asks at each
 * step what there is to read.
 *
 * Usage: fifo-nonblock PATHNAME
 */
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

/* Print what read() and poll() say of a read end; read() has to bring expected
 * bytes, and -1 stands for EAGAIN. */
static void ask(const char *when, int fd, ssize_t expected)
{
    struct pollfd pollfd = {.fd = fd, .events = POLLIN};
    int nready = poll(&pollfd, 1, 0);
    char buffer[10];
    ssize_t nread;

    if (nready == -1)
        err(EXIT_FAILURE, "poll");
    nread = read(fd, buffer, sizeof buffer);
    if (nread == -1 && (errno != EAGAIN || expected != -1))
        err(EXIT_FAILURE, "read");
    if (nread != expected)
        errx(EXIT_FAILURE, "read: %zd bytes, not %zd", nread, expected);
    if (printf("%s: poll() = %d%s%s, read() = %zd%s\n", when, nready,
               pollfd.revents & POLLIN ? " POLLIN" : "",
               pollfd.revents & POLLHUP ? " POLLHUP" : "", nread,
               nread == -1 ? " EAGAIN" : "") < 0)
        err(EXIT_FAILURE, "printf");
}

/* Open one end without waiting for the other side. */
static int open_end(const char *pathname, int flags)
{
    int fd = open(pathname, flags | O_NONBLOCK);

    if (fd == -1)
        err(EXIT_FAILURE, "open %s", pathname);
    return fd;
}

static void close_end(int fd)
{
    if (close(fd) == -1)
        err(EXIT_FAILURE, "close");
}

static void write_3(int fd)
{
    ssize_t nwritten = write(fd, "123", 3);

    if (nwritten == -1)
        err(EXIT_FAILURE, "write");
    if (nwritten != 3)
        errx(EXIT_FAILURE, "write: %zd bytes", nwritten);
}

int main(int argc, char *argv[])
{
    int reader, writer;

    if (argc != 2)
        errx(2, "usage: %s PATHNAME", argv[0]);
    prepare_output();
    /* nobody: a write end cannot be had before a read end. */
    if (open(argv[1], O_WRONLY | O_NONBLOCK) != -1)
        errx(EXIT_FAILURE, "open %s: it did not fail", argv[1]);
    if (errno != ENXIO)
        err(EXIT_FAILURE, "open %s", argv[1]);
    if (printf("no reader: open() = -1 ENXIO\n") < 0)
        err(EXIT_FAILURE, "printf");

    /* before: no writer has come yet, and poll() would wait for one. */
    reader = open_end(argv[1], O_RDONLY);
    ask("no writer yet", reader, 0);
    /* open: a writer that has not written. */
    writer = open_end(argv[1], O_WRONLY);
    ask("a writer", reader, -1);
    write_3(writer);
    ask("written", reader, 3);
    /* gone: from here poll() returns at once, until another writer comes. */
    close_end(writer);
    ask("writer gone", reader, 0);
    writer = open_end(argv[1], O_WRONLY);
    ask("the next writer", reader, -1);

    /* lost: the writer has written and left before the reader closes. */
    write_3(writer);
    close_end(writer);
    close_end(reader);
    reader = open_end(argv[1], O_RDONLY);
    ask("read end opened again", reader, 0);
    return EXIT_SUCCESS;
}
