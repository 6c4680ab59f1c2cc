/* pipe3 - a parent writes into a pipe; its child becomes pipe4, which reads. */
#include <err.h>
#include <fcntl.h>
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

static _Noreturn void become_pipe4(const int pipefd[2])
{
    char number[16];

    /* eof: a reader that holds a write end never sees the end of file. */
    if (close(pipefd[1]) == -1)
        err(EXIT_FAILURE, "child: close");
    /* number: an argument is text, so descriptor 3 travels as "3". */
    snprintf(number, sizeof number, "%d", pipefd[0]);
    execl("./pipe4", "pipe4", number, (char *)NULL);
    /* failed: execl() returns only if it could not execute the program. */
    err(EXIT_FAILURE, "child: execl ./pipe4");
}

int main(void)
{
    const char message[] = "123";
    int pipefd[2], status;
    pid_t child;
    ssize_t nwritten;

    prepare_output();
    if (pipe(pipefd) == -1)
        err(EXIT_FAILURE, "pipe");

    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0)
        become_pipe4(pipefd);

    /* reader: while we hold pipefd[0] too, write() raises no SIGPIPE. */
    nwritten = write(pipefd[1], message, strlen(message));
    if (nwritten == -1)
        err(EXIT_FAILURE, "write");
    if (nwritten < (ssize_t)strlen(message))
        errx(EXIT_FAILURE, "write: only %zd bytes", nwritten);
    if (printf("%ld - wrote %zd bytes\n", (long)getpid(), nwritten) < 0)
        err(EXIT_FAILURE, "printf");
    /* last: pipe4 prints at the end of file: after us, and for certain. */
    if (close(pipefd[0]) == -1 || close(pipefd[1]) == -1)
        err(EXIT_FAILURE, "close");

    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    if (WIFSIGNALED(status))
        errx(EXIT_FAILURE, "child: %s", strsignal(WTERMSIG(status)));
    return WEXITSTATUS(status);
}
