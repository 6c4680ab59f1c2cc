/* fix-eof - a parent sends lines to its child, which counts them.
 *
 * Usage: fix-eof
 */
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

/* The child: count the lines in the pipe, up to the end of file. */
static void count_lines(const int pipefd[2])
{
    char buffer[BUFSIZ];
    ssize_t nread;
    int nlines = 0;

    nread = read(pipefd[0], buffer, sizeof buffer);
    if (nread > 0)
        for (ssize_t i = 0; i < nread; i++)
            nlines += buffer[i] == '\n';
    if (nread == -1)
        err(EXIT_FAILURE, "child: read");
    if (printf("child: %d lines\n", nlines) < 0)
        err(EXIT_FAILURE, "child: printf");
}

int main(void)
{
    const char lines[] = "one\ntwo\nthree\n";
    int pipefd[2], status;
    pid_t child;

    prepare_output();
    if (pipe(pipefd) == -1)
        err(EXIT_FAILURE, "pipe");
    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        count_lines(pipefd);
        _exit(EXIT_SUCCESS);
    }

    if (write(pipefd[1], lines, strlen(lines)) != (ssize_t)strlen(lines))
        err(EXIT_FAILURE, "write");
    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    if (WIFSIGNALED(status))
        errx(EXIT_FAILURE, "child: %s", strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status) == 0 && printf("parent: the child has ended\n") < 0)
        err(EXIT_FAILURE, "printf");
    return WEXITSTATUS(status);
}
