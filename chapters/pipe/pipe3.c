/* pipe3 - a parent writes into a pipe; its child becomes pipe4, which reads.
 *
 * Usage: pipe3
 */
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void become_pipe4(const int fildes[2])
{
    char path[PATH_MAX + sizeof "pipe4"], number[16];
    ssize_t n;

    /* eof: a reader that holds a write end never sees the end of file. */
    if (close(fildes[1]) == -1)
        err(EXIT_FAILURE, "child: close");
    /* beside: pipe4 stands next to pipe3, wherever we were started. */
    if ((n = readlink("/proc/self/exe", path, PATH_MAX)) == -1)
        err(EXIT_FAILURE, "child: readlink /proc/self/exe");
    path[n] = '\0';
    strcpy(strrchr(path, '/') + 1, "pipe4");
    /* number: an argument is text, so descriptor 3 travels as "3". */
    snprintf(number, sizeof number, "%d", fildes[0]);
    execl(path, "pipe4", number, (char *)NULL);
    /* failed: execl() comes back only when it could not execute. */
    err(EXIT_FAILURE, "child: execl %s", path);
}

int main(int argc, char *argv[])
{
    const char message[] = "123";
    int fildes[2], result = EXIT_FAILURE, status;
    ssize_t n;

    if (argc != 1)
        errx(2, "usage: %s", argv[0]);
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard output");
    if (setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "setvbuf");
    if (pipe(fildes) == -1)
        err(EXIT_FAILURE, "pipe");

    switch (fork()) {
    case -1:
        err(EXIT_FAILURE, "fork");
    case 0:
        become_pipe4(fildes);
    }

    /* reader: while we hold fildes[0] too, write() raises no SIGPIPE. */
    if ((n = write(fildes[1], message, strlen(message))) == -1)
        warn("write");
    else if ((size_t)n < strlen(message))
        warnx("write: only %zd bytes", n);
    else if (printf("%ld - wrote %zd bytes\n", (long)getpid(), n) < 0)
        warn("printf");
    else
        result = EXIT_SUCCESS;
    /* last: pipe4 prints at the end of file: after us, and for certain. */
    if (close(fildes[0]) == -1 || close(fildes[1]) == -1)
        err(EXIT_FAILURE, "close");
    if (wait(&status) == -1)
        err(EXIT_FAILURE, "wait");
    if (WIFSIGNALED(status))
        warnx("child: %s", strsignal(WTERMSIG(status)));
    return status == 0 ? result : EXIT_FAILURE;
}
