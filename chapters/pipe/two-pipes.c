/* two-pipes - a request goes through one pipe, the answer through another.
 *
 * Usage: two-pipes
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void serve(int request, int answer)
{
    char buffer[4096];
    size_t bytes = 0;
    ssize_t n;

    /* loop: one read() brings a part; 0 says that it was the last one. */
    while ((n = read(request, buffer, sizeof buffer)) > 0)
        bytes += (size_t)n;
    if (n == -1)
        err(EXIT_FAILURE, "child: read");
    if (printf("child read %zu bytes and the end of file\n", bytes) < 0)
        err(EXIT_FAILURE, "child: printf");
    if (dprintf(answer, "%zu bytes", bytes) < 0)
        err(EXIT_FAILURE, "child: dprintf");
}

int main(int argc, char *argv[])
{
    static char message[10000];
    int request[2], answer[2], status;
    size_t length = 0;
    ssize_t n, sent;

    if (argc != 1)
        errx(2, "usage: %s", argv[0]);
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard output");
    if (setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "setvbuf");
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");
    if (printf("parent writes %zu bytes\n", sizeof message) < 0)
        err(EXIT_FAILURE, "printf");
    /* pair: one pipe for each direction; nobody reads its own bytes. */
    if (pipe(request) == -1 || pipe(answer) == -1)
        err(EXIT_FAILURE, "pipe");
    switch (fork()) {
    case -1:
        err(EXIT_FAILURE, "fork");
    case 0:
        /* child: it reads requests and writes answers, no more. */
        if (close(request[1]) == -1 || close(answer[0]) == -1)
            err(EXIT_FAILURE, "child: close");
        serve(request[0], answer[1]);
        return EXIT_SUCCESS;
    }

    if (close(request[0]) == -1 || close(answer[1]) == -1)
        err(EXIT_FAILURE, "close");
    if ((sent = write(request[1], message, sizeof message)) == -1)
        warn("write");
    else if ((size_t)sent < sizeof message)
        warnx("write: only %zd bytes", sent);
    /* done: the child waits for this end of file before it answers. */
    if (close(request[1]) == -1)
        err(EXIT_FAILURE, "close");
    while ((n = read(answer[0], message + length, sizeof message - length)) > 0)
        length += (size_t)n;
    if (n == -1)
        err(EXIT_FAILURE, "read");
    if (printf("parent read %zu bytes: %.*s\n", length, (int)length, message) <
        0)
        err(EXIT_FAILURE, "printf");
    if (wait(&status) == -1)
        err(EXIT_FAILURE, "wait");
    if (WIFSIGNALED(status))
        warnx("child: %s", strsignal(WTERMSIG(status)));
    return status == 0 && sent == sizeof message ? EXIT_SUCCESS : EXIT_FAILURE;
}
