/* dup - a pipe becomes the standard input of od, which knows of no pipe.
 *
 * Usage: dup
 */
#include <err.h>
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

static _Noreturn void become_od(const int pipefd[2])
{
    int fd;

    /* lowest: dup() takes the lowest free number, and 0 is free now. */
    if (close(STDIN_FILENO) == -1)
        err(EXIT_FAILURE, "child: close");
    fd = dup(pipefd[0]);
    if (fd == -1)
        err(EXIT_FAILURE, "child: dup");
    if (printf("dup fd = %d\n", fd) < 0)
        err(EXIT_FAILURE, "child: printf");
    /* spare: od reads 0; a write end of its own would keep it waiting. */
    if (close(pipefd[0]) == -1 || close(pipefd[1]) == -1)
        err(EXIT_FAILURE, "child: close");
    execlp("od", "od", "-c", (char *)NULL);
    err(EXIT_FAILURE, "child: execlp od");
}

int main(void)
{
    int pipefd[2], status;
    ssize_t nwritten;
    pid_t child;

    prepare_output();
    /* input: were 0 closed, pipe() would use it, and dup() could not. */
    if (fcntl(STDIN_FILENO, F_GETFD) == -1 && open("/dev/null", O_RDONLY) == -1)
        err(EXIT_FAILURE, "open /dev/null");
    if (pipe(pipefd) == -1)
        err(EXIT_FAILURE, "pipe");
    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0)
        become_od(pipefd);

    /* sigpipe: if od is gone, write() should say so instead of killing us. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");
    if (close(pipefd[0]) == -1)
        err(EXIT_FAILURE, "close");
    nwritten = write(pipefd[1], "123", 3);
    if (nwritten == -1)
        warn("write");
    else if (nwritten < 3)
        warnx("write: only %zd bytes", nwritten);
    /* eof: od ends when the last write end is closed, and this is it. */
    if (close(pipefd[1]) == -1)
        err(EXIT_FAILURE, "close");
    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    if (WIFSIGNALED(status))
        warnx("child: %s", strsignal(WTERMSIG(status)));
    /* order: od has printed its lines, as it has ended. */
    if (nwritten != -1 &&
        printf("%ld - wrote %zd bytes\n", (long)getpid(), nwritten) < 0)
        err(EXIT_FAILURE, "printf");
    return nwritten == 3 && status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
