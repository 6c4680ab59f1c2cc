/* fork1 - one process becomes two, each with its own memory.
 *
 * Usage: fork1
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

static int n = 1;

static int run_child(void)
{
    /* copy: fork() has copied n with all other memory; this is the copy. */
    n = 2;
    /* parent: getppid() is the process that made this one. */
    if (printf("child %ld: parent %ld, n = %d\n", (long)getpid(),
               (long)getppid(), n) < 0) {
        warn("child: printf");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

int main(void)
{
    int status;
    pid_t child;

    prepare_output();
    /* twice: fork() is called once and returns in both processes. */
    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    /* zero: so this is the child. Any other value is the child's number. */
    if (child == 0)
        _exit(run_child());

    /* order: the child has ended, so its line is out. */
    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    if (printf("parent %ld: child %ld, n = %d\n", (long)getpid(), (long)child,
               n) < 0)
        err(EXIT_FAILURE, "printf");
    if (status != 0)
        errx(EXIT_FAILURE, "the child failed");
    return EXIT_SUCCESS;
}
