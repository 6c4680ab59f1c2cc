/* one-way - a parent writes, its child reads until it sees the end of file.
 *
 * Usage: one-way [keep]       keep: the child keeps its write end open
 */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void read_all(int fildes, ssize_t length)
{
    struct pollfd fds = {.fd = fildes, .events = POLLIN};
    char buffer[BUFSIZ];
    ssize_t n;

    do {
        /* deadline: without it, read() would wait for ever for the end. */
        if ((n = poll(&fds, 1, 1000)) == -1)
            err(EXIT_FAILURE, "child: poll");
        if (n == 0)
            errx(EXIT_FAILURE, "child: no end of file within 1000 ms");
        /* zero: the end of file, which comes when no write end is open. */
        if ((n = read(fildes, buffer, sizeof buffer)) == -1)
            err(EXIT_FAILURE, "child: read");
        if (n > 0 && n < length)
            errx(EXIT_FAILURE, "child: read: only %zd bytes", n);
        if ((n > 0 ? printf("child read %zd bytes: %.*s\n", n, (int)n, buffer)
                   : printf("child read 0 bytes: end of file\n")) < 0)
            err(EXIT_FAILURE, "child: printf");
    } while (n > 0);
}

int main(int argc, char *argv[])
{
    const char message[] = "123";
    const ssize_t length = sizeof message - 1;
    int fildes[2], result = EXIT_FAILURE, status;
    ssize_t n;

    if (argc > 2 || (argc == 2 && strcmp(argv[1], "keep") != 0))
        errx(2, "usage: %s [keep]", argv[0]);
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard output");
    if (setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "setvbuf");
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");
    if (pipe(fildes) == -1)
        err(EXIT_FAILURE, "pipe");

    switch (fork()) {
    case -1:
        err(EXIT_FAILURE, "fork");
    case 0:
        /* keep: this end is forgotten easily, for nobody here uses it. */
        if (argc == 1 && close(fildes[1]) == -1)
            err(EXIT_FAILURE, "child: close");
        read_all(fildes[0], length);
        return EXIT_SUCCESS;
    }

    /* reader: with no read end here, a dead child makes write() fail. */
    if (close(fildes[0]) == -1)
        err(EXIT_FAILURE, "close");
    if (printf("parent writes %zd bytes\n", length) < 0)
        warn("printf");
    else if ((n = write(fildes[1], message, strlen(message))) == -1)
        warn("write");
    else if (n < length)
        warnx("write: only %zd bytes", n);
    else
        result = EXIT_SUCCESS;
    /* last: if no other write end is open, this is the end of file. */
    if (close(fildes[1]) == -1)
        err(EXIT_FAILURE, "close");
    if (wait(&status) == -1)
        err(EXIT_FAILURE, "wait");
    if (WIFSIGNALED(status))
        warnx("child: %s", strsignal(WTERMSIG(status)));
    return status == 0 ? result : EXIT_FAILURE;
}
