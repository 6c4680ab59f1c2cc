/* pipe2 - parent and child share one pipe, and both use both of its ends.
 *
 * Usage: pipe2
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* talk: both processes run this; only the name and the message differ. */
static int talk(const char *who, const int fildes[2], const char *message)
{
    const ssize_t length = (ssize_t)strlen(message);
    char buffer[BUFSIZ];
    ssize_t n;

    if ((n = write(fildes[1], message, strlen(message))) == -1)
        warn("%s: write", who);
    else if (n < length)
        warnx("%s: write: only %zd bytes", who, n);
    else if (printf("%s Wrote %zd bytes\n", who, n) < 0)
        warn("%s: printf", who);
    /* first: read() takes what is first in the pipe, whoever wrote it. */
    else if ((n = read(fildes[0], buffer, sizeof buffer)) == -1)
        warn("%s: read", who);
    else if (n < length)
        warnx("%s: read: only %zd bytes", who, n);
    else if (printf("%s Read %zd bytes: %.*s\n", who, n, (int)n, buffer) < 0)
        warn("%s: printf", who);
    else
        return EXIT_SUCCESS;
    return EXIT_FAILURE;
}

int main(int argc, char *argv[])
{
    int fildes[2], result, status;

    if (argc != 1)
        errx(2, "usage: %s", argv[0]);
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard output");
    /* order: a line that waited in a buffer would come out of turn. */
    if (setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "setvbuf");
    /* If nobody reads our output, we say so and still wait for the child. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");
    if (pipe(fildes) == -1)
        err(EXIT_FAILURE, "pipe");
    /* empty: whoever finds its message taken must fail, not wait for ever. */
    if (fcntl(fildes[0], F_SETFL, O_NONBLOCK) == -1)
        err(EXIT_FAILURE, "fcntl");

    switch (fork()) {
    case -1:
        err(EXIT_FAILURE, "fork");
    case 0:
        /* turn: by now the parent has most likely read its own message. */
        if (sleep(1) != 0)
            err(EXIT_FAILURE, "child: sleep");
        return talk("child", fildes, "456");
    default:
        result = talk("parent", fildes, "123");
    }

    /* wait: the child's failure is the program's failure. */
    if (wait(&status) == -1)
        err(EXIT_FAILURE, "wait");
    if (WIFSIGNALED(status))
        warnx("child: %s", strsignal(WTERMSIG(status)));
    return status == 0 ? result : EXIT_FAILURE;
}
