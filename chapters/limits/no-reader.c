/* no-reader - what write() does when nobody can read any more.
 *
 * Usage: no-reader
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    const char message[] = "123";
    int fildes[2], status;

    if (argc != 1)
        errx(2, "usage: %s", argv[0]);
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard output");
    if (setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "setvbuf");
    /* ignored: for the parent, and the child inherits it. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");
    if (pipe(fildes) == -1)
        err(EXIT_FAILURE, "pipe");
    /* reader: closed before fork(), so that no process has a read end. */
    if (close(fildes[0]) == -1)
        err(EXIT_FAILURE, "close");

    switch (fork()) {
    case -1:
        err(EXIT_FAILURE, "fork");
    case 0:
        /* default: the child is like every process that does not care. */
        if (signal(SIGPIPE, SIG_DFL) == SIG_ERR)
            err(EXIT_FAILURE, "child: signal");
        if (write(fildes[1], message, strlen(message)) == -1)
            err(EXIT_FAILURE, "child: write");
        errx(EXIT_FAILURE, "child: write: it did not fail");
    }

    if (wait(&status) == -1)
        err(EXIT_FAILURE, "wait");
    /* If the child was not killed, it has said why. */
    if (!WIFSIGNALED(status))
        return EXIT_FAILURE;
    /* killed: write() never returned, and the child printed nothing. */
    if (WTERMSIG(status) != SIGPIPE)
        errx(EXIT_FAILURE, "child: %s", strsignal(WTERMSIG(status)));
    if (printf("SIGPIPE default: killed by signal %d (%s)\n", WTERMSIG(status),
               strsignal(WTERMSIG(status))) < 0)
        err(EXIT_FAILURE, "printf");

    /* returned: the same write() fails and says why. */
    if (write(fildes[1], message, strlen(message)) != -1)
        errx(EXIT_FAILURE, "write: it did not fail");
    if (errno != EPIPE)
        err(EXIT_FAILURE, "write");
    if (printf("SIGPIPE ignored: write() = -1, EPIPE (%s)\n", strerror(EPIPE)) <
        0)
        err(EXIT_FAILURE, "printf");
    return EXIT_SUCCESS;
}
