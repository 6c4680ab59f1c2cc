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
    size_t bytes = 0, reads = 0;
    ssize_t n;

    /* loop: one read() brings a part; 0 says that it was the last one. */
    do {
        if ((n = read(request, buffer, sizeof buffer)) == -1)
            err(EXIT_FAILURE, "child: read");
        if (printf("child read %zd bytes%s\n", n,
                   n == 0 ? ": end of file" : "") < 0)
            err(EXIT_FAILURE, "child: printf");
        bytes += (size_t)n;
        reads += n > 0;
    } while (n > 0);
    if (dprintf(answer, "%zu bytes in %zu reads", bytes, reads) < 0)
        err(EXIT_FAILURE, "child: dprintf");
}

int main(int argc, char *argv[])
{
    static char message[10000];
    int request[2], answer[2], status;
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
    /* done: the child waits for this end of file before it answers. */
    if (close(request[1]) == -1)
        err(EXIT_FAILURE, "close");
    while ((n = read(answer[0], message, sizeof message)) > 0)
        if (printf("parent read %zd bytes: %.*s\n", n, (int)n, message) < 0)
            err(EXIT_FAILURE, "printf");
    if (n == -1)
        err(EXIT_FAILURE, "read");
    if (wait(&status) == -1)
        err(EXIT_FAILURE, "wait");
    if (WIFSIGNALED(status))
        warnx("child: %s", strsignal(WTERMSIG(status)));
    return status == 0 && sent != -1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
