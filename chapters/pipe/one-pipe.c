/* one-pipe - parent and child talk through one pipe: who reads first?
 *
 * Usage: one-pipe parent|child
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Returns how many bytes went in, or -1. */
static ssize_t put(const char *who, int fildes, const char *message)
{
    ssize_t n = write(fildes, message, strlen(message));

    if (n == -1)
        warn("%s: write", who);
    else if ((size_t)n < strlen(message))
        warnx("%s: write: only %zd bytes", who, n);
    else
        return n;
    return -1;
}

/* Prints what came. Returns its length, 0 if nothing had to come, or -1. */
static ssize_t get(const char *who, int fildes, ssize_t length)
{
    char buffer[BUFSIZ];
    ssize_t n = read(fildes, buffer, sizeof buffer);

    if (n == -1 && (errno != EAGAIN || length > 0))
        warn("%s: read", who);
    else if (n != -1 && n < length)
        warnx("%s: read: only %zd bytes", who, n);
    else if ((n == -1 ? printf("%s read: nothing is there (EAGAIN)\n", who)
                      : printf("%s read: %.*s\n", who, (int)n, buffer)) < 0)
        warn("%s: printf", who);
    else
        return n == -1 ? 0 : n;
    return -1;
}

int main(int argc, char *argv[])
{
    int fildes[2], gate[2], parent, status;
    ssize_t n;

    parent = argc == 2 && strcmp(argv[1], "parent") == 0;
    if (argc != 2 || (!parent && strcmp(argv[1], "child") != 0))
        errx(2, "usage: %s parent|child", argv[0]);
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard output");
    if (setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "setvbuf");
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");
    if (pipe(fildes) == -1 || pipe(gate) == -1)
        err(EXIT_FAILURE, "pipe");
    /* empty: read() must say so with EAGAIN, not wait for ever. */
    if (fcntl(fildes[0], F_SETFL, O_NONBLOCK) == -1)
        err(EXIT_FAILURE, "fcntl");
    switch (fork()) {
    case -1:
        err(EXIT_FAILURE, "fork");
    case 0:
        /* gate: nobody writes; read() waits for the end of file. */
        if (close(gate[1]) == -1)
            err(EXIT_FAILURE, "child: close");
        if (read(gate[0], &(char){0}, 1) == -1)
            err(EXIT_FAILURE, "child: read");
        if ((n = get("child", fildes[0], parent ? 0 : 8)) > 0)
            n = put("child", fildes[1], "answer");
        return n == -1 ? EXIT_FAILURE : EXIT_SUCCESS;
    }

    n = put("parent", fildes[1], "question");
    /* own: the bytes do not say who wrote them, or for whom. */
    if (n > 0 && parent)
        n = get("parent", fildes[0], 8);
    /* open: the last write end of the gate closes, the child goes on. */
    if (close(gate[1]) == -1)
        err(EXIT_FAILURE, "close");
    if (wait(&status) == -1)
        err(EXIT_FAILURE, "wait");
    if (WIFSIGNALED(status))
        warnx("child: %s", strsignal(WTERMSIG(status)));
    /* answer: the child has ended, so it is there if it ever will be. */
    if (n > 0 && !parent)
        n = get("parent", fildes[0], 6);
    return n > 0 && status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
