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

/* Like read(), but prints what came, and 0 means that nothing was there. */
static ssize_t get(const char *who, int fildes)
{
    char buffer[BUFSIZ];
    ssize_t n = read(fildes, buffer, sizeof buffer);

    if (n == -1 && errno != EAGAIN)
        warn("%s: read", who);
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
        if ((n = get("child", fildes[0])) > 0 &&
            (n = write(fildes[1], "answer", 6)) == -1)
            warn("child: write");
        return n == -1 ? EXIT_FAILURE : EXIT_SUCCESS;
    }

    if ((n = write(fildes[1], "question", 8)) == -1)
        warn("write");
    /* own: the bytes do not say who wrote them, or for whom. */
    else if (parent)
        n = get("parent", fildes[0]);
    /* open: the last write end of the gate closes, the child goes on. */
    if (close(gate[1]) == -1)
        err(EXIT_FAILURE, "close");
    if (wait(&status) == -1)
        err(EXIT_FAILURE, "wait");
    if (WIFSIGNALED(status))
        warnx("child: %s", strsignal(WTERMSIG(status)));
    /* answer: the child has ended, so it is there if it ever will be. */
    if (n > 0 && !parent)
        n = get("parent", fildes[0]);
    return n > 0 && status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
