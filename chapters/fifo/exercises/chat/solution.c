/* chat - two people talk through two FIFOs.
 *
 * Usage: chat FROM TO     FROM: the FIFO to read; TO: the FIFO to write into
 *
 * Each of them starts chat, with the FIFOs exchanged. It ends when one of them
 * types the end of file, or has gone.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* Pass on what there is to read. Returns false at the end of file. */
static bool pass_on(int from, int to)
{
    char buffer[PIPE_BUF];
    ssize_t nread = read(from, buffer, sizeof buffer), nwritten;

    if (nread == -1)
        err(EXIT_FAILURE, "read");
    for (ssize_t done = 0; done < nread; done += nwritten) {
        nwritten = write(to, buffer + done, (size_t)(nread - done));
        /* Nobody reads any more: the same as the end of file. */
        if (nwritten == -1 && errno == EPIPE)
            return false;
        if (nwritten == -1)
            err(EXIT_FAILURE, "write");
    }
    return nread > 0;
}

static int open_fifo(const char *pathname, int flags)
{
    int fd = open(pathname, flags);

    if (fd == -1)
        err(EXIT_FAILURE, "open %s", pathname);
    return fd;
}

int main(int argc, char *argv[])
{
    struct pollfd pollfds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                               {.events = POLLIN}};
    int to;

    if (argc != 3)
        errx(2, "usage: %s FROM TO", argv[0]);
    /* If nobody reads any more, write() should fail and not kill us. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");
    /* The read end without waiting, or both would wait in their first open().
     * The write end waits for the other one, who opens its read end. */
    pollfds[1].fd = open_fifo(argv[1], O_RDONLY | O_NONBLOCK);
    to = open_fifo(argv[2], O_WRONLY);

    for (;;) {
        if (poll(pollfds, 2, -1) == -1)
            err(EXIT_FAILURE, "poll");
        /* At its end of file, poll() reports POLLHUP, not POLLIN. */
        if (pollfds[1].revents != 0 && !pass_on(pollfds[1].fd, STDOUT_FILENO))
            return EXIT_SUCCESS;
        if (pollfds[0].revents != 0 && !pass_on(STDIN_FILENO, to))
            return EXIT_SUCCESS;
    }
}
