/* killed - kills its child, which waits in read(). The traces of killed.console
 * were made of it; it is no program of the book.
 *
 * Usage: killed
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int fildes[2], status;
    pid_t child;
    char c;

    if (pipe(fildes) == -1)
        err(EXIT_FAILURE, "pipe");
    if ((child = fork()) == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        if (read(fildes[0], &c, 1) == -1)
            err(EXIT_FAILURE, "read");
        return EXIT_FAILURE;
    }
    sleep(1);
    if (kill(child, SIGKILL) == -1)
        err(EXIT_FAILURE, "kill");
    if (wait(&status) == -1)
        err(EXIT_FAILURE, "wait");
    puts(WIFSIGNALED(status) ? "killed" : "not killed");
    return EXIT_SUCCESS;
}
