/* two-pipes - a request goes through one pipe, the answer through another. */
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

static void write_fully(int fd, const char *data, size_t length)
{
    /* fully: write() may take a part, and then the rest is still to go. */
    while (length > 0) {
        ssize_t nwritten = write(fd, data, length);

        if (nwritten == -1)
            err(EXIT_FAILURE, "write");
        data += nwritten;
        length -= (size_t)nwritten;
    }
}

static _Noreturn void serve(int request, int answer)
{
    char buffer[4096];
    size_t total = 0;
    ssize_t nread;

    /* loop: one read() brings a part; 0 says that it was the last one. */
    while ((nread = read(request, buffer, sizeof buffer)) > 0)
        total += (size_t)nread;
    if (nread == -1)
        err(EXIT_FAILURE, "child: read");
    if (printf("child read %zu bytes and the end of file\n", total) < 0)
        err(EXIT_FAILURE, "child: printf");
    if (dprintf(answer, "thank you for %zu bytes\n", total) < 0)
        err(EXIT_FAILURE, "child: dprintf");
    _exit(EXIT_SUCCESS);
}

int main(void)
{
    static char message[10000];
    int request[2], answer[2], status;
    pid_t child;
    ssize_t nread;

    prepare_output();
    /* pair: one pipe for each direction; no process reads its own bytes. */
    if (pipe(request) == -1 || pipe(answer) == -1)
        err(EXIT_FAILURE, "pipe");
    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        /* child: it reads requests and writes answers, no more. */
        if (close(request[1]) == -1 || close(answer[0]) == -1)
            err(EXIT_FAILURE, "child: close");
        serve(request[0], answer[1]);
    }

    if (close(request[0]) == -1 || close(answer[1]) == -1)
        err(EXIT_FAILURE, "close");
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");
    write_fully(request[1], message, sizeof message);
    /* done: the child waits for this end of file before it answers. */
    if (close(request[1]) == -1)
        err(EXIT_FAILURE, "close");

    while ((nread = read(answer[0], message, sizeof message)) > 0)
        if (fwrite(message, 1, (size_t)nread, stdout) < (size_t)nread ||
            ferror(stdout))
            err(EXIT_FAILURE, "fwrite");
    if (nread == -1)
        err(EXIT_FAILURE, "read");
    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    if (WIFSIGNALED(status))
        errx(EXIT_FAILURE, "child: %s", strsignal(WTERMSIG(status)));
    return WEXITSTATUS(status);
}
