/* pipe2 - parent and child share one pipe, and both use both of its ends. */
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

/* talk: both processes run this; only the name and the message differ. */
static void talk(const char *who, const int pipefd[2], const char *message)
{
    char buffer[BUFSIZ];
    ssize_t nread, nwritten;

    nwritten = write(pipefd[1], message, strlen(message));
    if (nwritten == -1)
        err(EXIT_FAILURE, "%s: write", who);
    if (printf("%s Wrote %zd bytes\n", who, nwritten) < 0)
        err(EXIT_FAILURE, "%s: printf", who);

    /* first: read() takes the first bytes in the pipe, even its own. */
    nread = read(pipefd[0], buffer, sizeof buffer);
    if (nread == -1)
        err(EXIT_FAILURE, "%s: read", who);
    if (printf("%s Read %zd bytes: %.*s\n", who, nread, (int)nread, buffer) < 0)
        err(EXIT_FAILURE, "%s: printf", who);
    if (nread != (ssize_t)strlen(message))
        errx(EXIT_FAILURE, "%s: write or read: not one message", who);
}

int main(void)
{
    int pipefd[2], status;
    pid_t child;

    prepare_output();
    if (pipe(pipefd) == -1)
        err(EXIT_FAILURE, "pipe");

    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        /* turn: by now the parent has most likely read its own message. */
        if (sleep(1) != 0)
            err(EXIT_FAILURE, "child: sleep");
        talk("child", pipefd, "456");
        /* leave: unlike exit(), _exit() flushes no copy of a buffer. */
        _exit(EXIT_SUCCESS);
    }
    talk("parent", pipefd, "123");

    /* wait: the child's failure is the program's failure. */
    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    if (WIFSIGNALED(status))
        errx(EXIT_FAILURE, "child: %s", strsignal(WTERMSIG(status)));
    return WEXITSTATUS(status);
}
