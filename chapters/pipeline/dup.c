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

static void become_od(const int fildes[2])
{
    int fd;

    /* lowest: dup() takes the lowest free number, and 0 is free now. */
    if (close(STDIN_FILENO) == -1)
        err(EXIT_FAILURE, "child: close");
    if ((fd = dup(fildes[0])) == -1)
        err(EXIT_FAILURE, "child: dup");
    if (printf("dup fd = %d\n", fd) < 0)
        err(EXIT_FAILURE, "child: printf");
    /* spare: od reads 0; a write end of its own would keep it waiting. */
    if (close(fildes[0]) == -1 || close(fildes[1]) == -1)
        err(EXIT_FAILURE, "child: close");
    execlp("od", "od", "-c", (char *)NULL);
    err(EXIT_FAILURE, "child: execlp od");
}

int main(int argc, char *argv[])
{
    const char message[] = "123";
    int fildes[2], status;
    ssize_t n;

    if (argc != 1)
        errx(2, "usage: %s", argv[0]);
    /* input: were 0 closed, pipe() would use it, and dup() could not. */
    if (fcntl(STDIN_FILENO, F_GETFD) == -1 && open("/dev/null", O_RDONLY) == -1)
        err(EXIT_FAILURE, "open /dev/null");
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard output");
    /* lost: exec throws away what stdio still holds in its buffer. */
    if (setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "setvbuf");
    if (pipe(fildes) == -1)
        err(EXIT_FAILURE, "pipe");

    switch (fork()) {
    case -1:
        err(EXIT_FAILURE, "fork");
    case 0:
        become_od(fildes);
    }

    /* sigpipe: if od is gone, write() should say so instead of killing us. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");
    if (close(fildes[0]) == -1)
        err(EXIT_FAILURE, "close");
    if ((n = write(fildes[1], message, strlen(message))) == -1)
        warn("write");
    else if ((size_t)n < strlen(message))
        warnx("write: only %zd bytes", n);
    /* eof: od ends when the last write end is closed, and this is it. */
    if (close(fildes[1]) == -1)
        err(EXIT_FAILURE, "close");
    if (wait(&status) == -1)
        err(EXIT_FAILURE, "wait");
    if (WIFSIGNALED(status))
        warnx("child: %s", strsignal(WTERMSIG(status)));
    /* After the wait, so that the lines always come in one order. */
    if (n != -1 && printf("%ld - wrote %zd bytes\n", (long)getpid(), n) < 0)
        err(EXIT_FAILURE, "printf");
    return n == 3 && status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
