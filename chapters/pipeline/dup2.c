/* dup2 - captures what a command prints on standard output and standard error.
 *
 * Usage: dup2 COMMAND [ARGUMENT...]
 */
#define _GNU_SOURCE
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

static _Noreturn void become(char *argv[], int out)
{
    /* both: one pipe for the two, so their bytes keep their order. */
    if (dup2(out, STDOUT_FILENO) == -1 ||
        dup2(STDOUT_FILENO, STDERR_FILENO) == -1)
        err(EXIT_FAILURE, "child: dup2");
    execvp(argv[0], argv);
    /* why: standard error is the pipe, so the parent reads this message. */
    err(127, "child: execvp %s", argv[0]);
}

int main(int argc, char *argv[])
{
    char buffer[BUFSIZ];
    size_t total = 0;
    ssize_t nread;
    int pipefd[2], status;
    pid_t child;

    if (argc < 2)
        errx(2, "usage: %s COMMAND [ARGUMENT...]", argv[0]);
    prepare_output();
    /* cloexec: exec closes both ends in the child, and leaves the copies. */
    if (pipe2(pipefd, O_CLOEXEC) == -1)
        err(EXIT_FAILURE, "pipe2");
    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0)
        become(argv + 1, pipefd[1]);

    /* eof: as long as our write end is open, read() below never returns 0. */
    if (close(pipefd[1]) == -1)
        err(EXIT_FAILURE, "close");
    while ((nread = read(pipefd[0], buffer, sizeof buffer)) > 0) {
        total += (size_t)nread;
        if (fwrite(buffer, 1, (size_t)nread, stdout) < (size_t)nread ||
            ferror(stdout))
            err(EXIT_FAILURE, "fwrite");
    }
    if (nread == -1)
        err(EXIT_FAILURE, "read");

    /* wait: after the end of file, or a full pipe would stop the child. */
    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    if (WIFSIGNALED(status))
        errx(EXIT_FAILURE, "%s: %s", argv[1], strsignal(WTERMSIG(status)));
    if (printf("%zu bytes, exit status %d\n", total, WEXITSTATUS(status)) < 0)
        err(EXIT_FAILURE, "printf");
    return WEXITSTATUS(status);
}
