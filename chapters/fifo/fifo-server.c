/* fifo-server - gives out numbered tickets, and ends when all are given.
 *
 * Usage: fifo-server PATHNAME TICKETS
 *
 * A client writes its name, a line, into the FIFO PATHNAME. The answer, its
 * ticket, goes into the FIFO PATHNAME.NAME, which the client has made.
 */
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Scaffolding, the same in every program: each line goes out at once. */
static void prepare_output(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||
        setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "standard output");
}

/* Scaffolding: no file that we open becomes standard input or error. */
static void keep_standard_numbers(void)
{
    if (fcntl(STDIN_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard input");
    if (fcntl(STDERR_FILENO, F_GETFD) == -1 &&
        open("/dev/null", O_WRONLY) == -1)
        exit(EXIT_FAILURE);
}

static bool is_fifo(int fd)
{
    struct stat st;

    if (fstat(fd, &st) == -1)
        err(EXIT_FAILURE, "fstat");
    return S_ISFIFO(st.st_mode);
}

/* Open the FIFO of requests. */
static FILE *open_requests(const char *pathname)
{
    FILE *requests;
    int fd;

    /* first: waits for the first client. */
    fd = open(pathname, O_RDONLY);
    if (fd == -1)
        err(EXIT_FAILURE, "open %s", pathname);
    if (!is_fifo(fd))
        errx(EXIT_FAILURE, "%s: not a FIFO", pathname);
    /* own: never written to, but from now on there is always a writer. */
    if (open(pathname, O_WRONLY) == -1)
        err(EXIT_FAILURE, "open %s", pathname);
    requests = fdopen(fd, "r");
    if (requests == NULL)
        err(EXIT_FAILURE, "fdopen");
    return requests;
}

/* Send a ticket to a client. Returns false, after a message, if it is not
 * there. */
static bool answer(const char *pathname, const char *name, int ticket)
{
    char reply[2 * PATH_MAX], text[32];
    ssize_t length = snprintf(text, sizeof text, "ticket %d\n", ticket);
    ssize_t nwritten;
    int fd;

    /* slash: a client must not lead the server to other directories. */
    if (strchr(name, '/') != NULL) {
        warnx("a name with a slash");
        return false;
    }
    snprintf(reply, sizeof reply, "%s.%s", pathname, name);
    /* absent: a client that has died must not make the server wait. */
    fd = open(reply, O_WRONLY | O_NONBLOCK | O_NOFOLLOW);
    if (fd == -1) {
        warn("open %s", reply);
        return false;
    }
    /* kind: write to a FIFO only; any other file keeps its contents. */
    if (!is_fifo(fd)) {
        warnx("%s: not a FIFO", reply);
        close(fd);
        return false;
    }
    nwritten = write(fd, text, (size_t)length);
    if (nwritten == -1)
        warn("write %s", reply);
    else if (nwritten < length)
        warnx("write %s: only %zd bytes", reply, nwritten);
    if (close(fd) == -1)
        err(EXIT_FAILURE, "close");
    return nwritten == length;
}

int main(int argc, char *argv[])
{
    int tickets = 0, status = EXIT_SUCCESS;
    char name[PIPE_BUF + 1], rest;
    FILE *requests;

    if (argc != 3 || sscanf(argv[2], "%9d%c", &tickets, &rest) != 1 ||
        tickets <= 0)
        errx(2, "usage: %s PATHNAME TICKETS", argv[0]);
    prepare_output();
    keep_standard_numbers();
    requests = open_requests(argv[1]);
    /* sigpipe: a client may die before its answer comes. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");

    for (int ticket = 1; ticket <= tickets; ticket++) {
        /* request: a line, which a client wrote with one write(). */
        if (fgets(name, sizeof name, requests) == NULL) {
            if (ferror(requests))
                err(EXIT_FAILURE, "read");
            errx(EXIT_FAILURE, "end of file: no writer is left");
        }
        name[strcspn(name, "\n")] = '\0';
        /* void: the server goes on, and in the end its status tells. */
        if (!answer(argv[1], name, ticket))
            status = EXIT_FAILURE;
        else if (printf("ticket %d: %s\n", ticket, name) < 0)
            err(EXIT_FAILURE, "printf");
    }
    return status;
}
