/* fix-twice - three children print their numbers, one after the other.
 *
 * Usage: fix-twice
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

enum { CHILDREN = 3 };

static _Noreturn void run_child(int number)
{
    if (printf(" %d", number) < 0 || fflush(stdout) == EOF)
        err(EXIT_FAILURE, "child: printf");
    _exit(EXIT_SUCCESS);
}

int main(void)
{
    int status;
    pid_t child;

    prepare_output();
    /* The line has no end yet, so line buffering does not send it off. */
    if (printf("the children:") < 0 || fflush(stdout) == EOF)
        err(EXIT_FAILURE, "printf");

    for (int i = 1; i <= CHILDREN; i++) {
        child = fork();
        if (child == -1)
            err(EXIT_FAILURE, "fork");
        if (child == 0)
            run_child(i);
        if (waitpid(child, &status, 0) == -1)
            err(EXIT_FAILURE, "waitpid");
        if (status != 0)
            errx(EXIT_FAILURE, "child %d failed", i);
    }
    if (printf("\n") < 0)
        err(EXIT_FAILURE, "printf");
    return EXIT_SUCCESS;
}
