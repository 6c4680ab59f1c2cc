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

/* Scaffolding, the same in every program: each line goes out at once. */
static void prepare_output(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||
        setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "standard output");
}

int main(void)
{
    const char message[] = "123";
    int pipefd[2], status;
    pid_t child;

    prepare_output();
    if (pipe(pipefd) == -1)
        err(EXIT_FAILURE, "pipe");
    /* reader: closed before fork(), so that no process has a read end. */
    if (close(pipefd[0]) == -1)
        err(EXIT_FAILURE, "close");
    /* ignored: for the parent, and the child inherits it. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");

    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        /* default: as most programs have it. */
        if (signal(SIGPIPE, SIG_DFL) == SIG_ERR)
            err(EXIT_FAILURE, "child: signal");
        if (write(pipefd[1], message, strlen(message)) == -1)
            err(EXIT_FAILURE, "child: write");
        errx(EXIT_FAILURE, "child: write: it did not fail");
    }

    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    /* killed: write() never returned, and the child printed nothing. */
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGPIPE)
        errx(EXIT_FAILURE, "child: not killed by SIGPIPE");
    if (printf("SIGPIPE default: killed by signal %d (%s)\n", WTERMSIG(status),
               strsignal(WTERMSIG(status))) < 0)
        err(EXIT_FAILURE, "printf");

    /* returned: the same write() fails and says why. */
    if (write(pipefd[1], message, strlen(message)) != -1)
        errx(EXIT_FAILURE, "write: it did not fail");
    if (errno != EPIPE)
        err(EXIT_FAILURE, "write");
    if (printf("SIGPIPE ignored: write() = -1, EPIPE (%s)\n", strerror(EPIPE)) <
        0)
        err(EXIT_FAILURE, "printf");
    return EXIT_SUCCESS;
}
