/* leak - a second child holds the write end of the first child's pipe.
 *
 * Usage: leak [cloexec]
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Scaffolding, the same in every program: each line goes out at once. */
static void prepare_output(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||
        setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "standard output");
}

static pid_t start_wc(const int pipefd[2])
{
    pid_t child = fork();

    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child != 0)
        return child;
    if (dup2(pipefd[0], STDIN_FILENO) == -1)
        err(EXIT_FAILURE, "child: dup2");
    if (close(pipefd[0]) == -1 || close(pipefd[1]) == -1)
        err(EXIT_FAILURE, "child: close");
    execlp("wc", "wc", "-c", (char *)NULL);
    err(127, "child: execlp wc");
}

static pid_t start_cat(void)
{
    pid_t parent = getpid(), child = fork();

    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child != 0)
        return child;
    /* The kernel ends cat if this program fails; cat would read on. */
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) == -1 || getppid() != parent)
        err(EXIT_FAILURE, "child: prctl");
    /* other: cat has nothing to do with the pipe, and inherits both ends. */
    execlp("cat", "cat", (char *)NULL);
    err(127, "child: execlp cat");
}

static int wait_for(const char *name, pid_t child)
{
    int status;

    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    if (WIFSIGNALED(status))
        warnx("%s: %s", name, strsignal(WTERMSIG(status)));
    if (printf("%s has ended\n", name) < 0)
        err(EXIT_FAILURE, "printf");
    return status;
}

int main(int argc, char *argv[])
{
    int pipefd[2], flags = argc == 2 ? O_CLOEXEC : 0, wc_status, cat_status;
    pid_t wc, cat;

    if (argc > 2 || (argc == 2 && strcmp(argv[1], "cloexec") != 0))
        errx(2, "usage: %s [cloexec]", argv[0]);
    prepare_output();
    /* flag: exec closes a descriptor that has O_CLOEXEC, and no other. */
    if (pipe2(pipefd, flags) == -1)
        err(EXIT_FAILURE, "pipe2");
    if (pipefd[0] == STDIN_FILENO)
        errx(EXIT_FAILURE, "standard input is closed");
    wc = start_wc(pipefd);
    cat = start_cat();

    /* reader: while we hold pipefd[0] too, write() raises no SIGPIPE. */
    if (write(pipefd[1], "123", 3) != 3)
        err(EXIT_FAILURE, "write");
    if (printf("wrote 3 bytes, and now closes its write end\n") < 0)
        err(EXIT_FAILURE, "printf");
    if (close(pipefd[0]) == -1)
        err(EXIT_FAILURE, "close");
    /* last: it is our last write end, but is it the last one of all? */
    if (close(pipefd[1]) == -1)
        err(EXIT_FAILURE, "close");
    wc_status = wait_for("wc", wc);
    cat_status = wait_for("cat", cat);
    return wc_status == 0 && cat_status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
