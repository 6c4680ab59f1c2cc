/* fifo-client - asks fifo-server for a ticket.
 *
 * Usage: fifo-client PATHNAME NAME
 */
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
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

enum { TIMEOUT = 8 }; /* seconds */

static char reply_name[2 * PATH_MAX];    /* of the FIFO for the answer */
static volatile sig_atomic_t reply_made; /* it exists, and is ours */

static void remove_reply(void)
{
    if (reply_made)
        unlink(reply_name);
}

/* interrupted: remove the FIFO, then die of the signal as usual. */
static void interrupted(int signal_number)
{
    remove_reply();
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

/* Open the FIFO of requests. */
static int open_requests(const char *pathname)
{
    struct stat st;
    int fd;

    /* server: ENXIO if there is none, instead of waiting for one. */
    fd = open(pathname, O_WRONLY | O_NONBLOCK);
    if (fd == -1)
        err(EXIT_FAILURE, "open %s", pathname);
    if (fstat(fd, &st) == -1)
        err(EXIT_FAILURE, "fstat %s", pathname);
    if (!S_ISFIFO(st.st_mode))
        errx(EXIT_FAILURE, "%s: not a FIFO", pathname);
    return fd;
}

/* Make the FIFO for the answer, and open it for reading. */
static int open_reply(const char *pathname, const char *name)
{
    const int signals[] = {SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM};
    sigset_t all, before;
    int fd;

    snprintf(reply_name, sizeof reply_name, "%s.%s", pathname, name);
    /* leftover: none, as exit() and err() call remove_reply(). */
    if (atexit(remove_reply) != 0)
        errx(EXIT_FAILURE, "atexit");
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (signal(signals[i], SIG_IGN) != SIG_IGN &&
            signal(signals[i], interrupted) == SIG_ERR)
            err(EXIT_FAILURE, "signal");
    /* together: a signal waits until the handler can see that it exists. */
    sigfillset(&all);
    if (sigprocmask(SIG_BLOCK, &all, &before) == -1)
        err(EXIT_FAILURE, "sigprocmask");
    /* private: only this user, and root, can answer. */
    if (mkfifo(reply_name, 0600) == -1)
        err(EXIT_FAILURE, "mkfifo %s", reply_name);
    reply_made = 1;
    if (sigprocmask(SIG_SETMASK, &before, NULL) == -1)
        err(EXIT_FAILURE, "sigprocmask");
    /* before: the server finds a reader, however soon it answers. */
    fd = open(reply_name, O_RDONLY | O_NONBLOCK);
    if (fd == -1)
        err(EXIT_FAILURE, "open %s", reply_name);
    /* own: a write end of ours, so that read() reports no end of file. */
    if (open(reply_name, O_WRONLY) == -1)
        err(EXIT_FAILURE, "open %s", reply_name);
    return fd;
}

/* Print what the server answers, a line. */
static void print_answer(int reply, int requests)
{
    struct pollfd pollfds[] = {{.fd = reply, .events = POLLIN},
                               {.fd = requests}};
    char answer[100];
    size_t length = 0;
    ssize_t nread;
    int nready;

    do {
        /* both: the answer comes, or POLLERR as the server has died. */
        nready = poll(pollfds, 2, TIMEOUT * 1000);
        if (nready == -1)
            err(EXIT_FAILURE, "poll");
        if (nready == 0)
            errx(EXIT_FAILURE, "no answer in %d seconds", TIMEOUT);
        if (pollfds[0].revents == 0)
            errx(EXIT_FAILURE, "the server has gone");
        nread = read(reply, answer + length, sizeof answer - length);
        if (nread == -1)
            err(EXIT_FAILURE, "read");
        length += (size_t)nread;
    } while (length < sizeof answer && memchr(answer, '\n', length) == NULL);
    if (fwrite(answer, 1, length, stdout) < length)
        err(EXIT_FAILURE, "printf");
}

int main(int argc, char *argv[])
{
    char line[PIPE_BUF + 1];
    int requests, reply, length;
    ssize_t nwritten;

    if (argc != 3)
        errx(2, "usage: %s PATHNAME NAME", argv[0]);
    prepare_output();
    keep_standard_numbers();
    requests = open_requests(argv[1]);
    length = snprintf(line, sizeof line, "%s\n", argv[2]);
    /* atomic: so requests of several clients do not mix. */
    if (length > PIPE_BUF || strchr(argv[2], '\n') != NULL)
        errx(EXIT_FAILURE, "NAME has to be a line, and short");
    reply = open_reply(argv[1], argv[2]);
    nwritten = write(requests, line, (size_t)length);
    if (nwritten == -1)
        err(EXIT_FAILURE, "write");
    if (nwritten != length)
        errx(EXIT_FAILURE, "write: only %zd bytes", nwritten);
    print_answer(reply, requests);
    if (unlink(reply_name) == -1)
        err(EXIT_FAILURE, "unlink %s", reply_name);
    reply_made = 0;
    return EXIT_SUCCESS;
}
