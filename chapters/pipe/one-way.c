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

/* Scaffolding, the same in every program: each line goes out at once. */
static void prepare_output(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||
        setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "standard output");
}

static _Noreturn void copy_all(int fd)
{
    struct pollfd fds = {.fd = fd, .events = POLLIN};
    char buffer[BUFSIZ];
    ssize_t nread;
    int ready;

    do {
        /* deadline: with keep, read() would wait for ever for the end. */
        ready = poll(&fds, 1, 1000);
        if (ready == -1)
            err(EXIT_FAILURE, "child: poll");
        if (ready == 0)
            errx(EXIT_FAILURE, "child: no end of file within 1000 ms");
        /* zero: the end of file, which comes when no write end is open. */
        nread = read(fd, buffer, sizeof buffer);
        if (nread == -1)
            err(EXIT_FAILURE, "child: read");
        /* bytes: fwrite() prints all of them, also null bytes. */
        if (fwrite(buffer, 1, (size_t)nread, stdout) < (size_t)nread ||
            ferror(stdout))
            err(EXIT_FAILURE, "child: fwrite");
    } while (nread > 0);
    if (printf("child: end of file\n") < 0)
        err(EXIT_FAILURE, "child: printf");
    _exit(EXIT_SUCCESS);
}

int main(int argc, char *argv[])
{
    const char message[] = "123\n";
    int pipefd[2], status;
    pid_t child;
    ssize_t nwritten;

    if (argc > 2 || (argc == 2 && strcmp(argv[1], "keep") != 0))
        errx(2, "usage: %s [keep]", argv[0]);
    prepare_output();
    if (pipe(pipefd) == -1)
        err(EXIT_FAILURE, "pipe");

    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        /* keep: this end is easily forgotten, as the child does not use it. */
        if (argc == 1 && close(pipefd[1]) == -1)
            err(EXIT_FAILURE, "child: close");
        copy_all(pipefd[0]);
    }

    /* reader: with no read end here, a dead child makes write() fail. */
    if (close(pipefd[0]) == -1)
        err(EXIT_FAILURE, "close");
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");
    nwritten = write(pipefd[1], message, strlen(message));
    if (nwritten == -1)
        err(EXIT_FAILURE, "write");
    if (nwritten < (ssize_t)strlen(message))
        errx(EXIT_FAILURE, "write: only %zd bytes", nwritten);
    /* last: if no other write end is open, this is the end of file. */
    if (close(pipefd[1]) == -1)
        err(EXIT_FAILURE, "close");

    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    if (WIFSIGNALED(status))
        errx(EXIT_FAILURE, "child: %s", strsignal(WTERMSIG(status)));
    return WEXITSTATUS(status);
}
