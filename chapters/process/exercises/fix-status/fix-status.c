/* fix-status - runs a command and reports how it ended.
 *
 * Usage: fix-status COMMAND [ARGUMENT...]
 *
 * Its output and its own exit status are wrong: see the end of main().
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Scaffolding, the same in every program: each line goes out at once. */
static void prepare_output(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||
        setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "standard output");
}

static pid_t start(char *argv[])
{
    pid_t child = fork();

    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child != 0)
        return child;
    execvp(argv[0], argv);
    warn("child: execvp %s", argv[0]);
    _exit(127);
}

int main(int argc, char *argv[])
{
    int status;
    pid_t child;

    if (argc < 2)
        errx(2, "usage: %s COMMAND [ARGUMENT...]", argv[0]);
    prepare_output();
    child = start(argv + 1);
    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");

    /* Here: print "exit status N" or "signal N", and return the status that a
     * shell would show. */
    if (printf("%s: status %d\n", argv[1], status) < 0)
        err(EXIT_FAILURE, "printf");
    return status;
}
