/* twice - text that waits in a buffer is copied by fork() and printed twice.
 *
 * Usage: twice [line]         line: print each line at once, as on a terminal
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Write the buffer, and end the process. */
static _Noreturn void end(const char *who)
{
    if (fflush(stdout) == EOF)
        err(EXIT_FAILURE, "%s: fflush", who);
    _exit(EXIT_SUCCESS);
}

int main(int argc, char *argv[])
{
    pid_t child;
    int status;

    if (argc > 2 || (argc == 2 && strcmp(argv[1], "line") != 0))
        errx(2, "usage: %s [line]", argv[0]);
    /* mode: stdio's own choice is by line only for a terminal. */
    if (setvbuf(stdout, NULL, argc == 2 ? _IOLBF : _IOFBF, BUFSIZ) != 0)
        err(EXIT_FAILURE, "setvbuf");

    /* buffer: in full mode this goes into memory, and no further. */
    if (printf("printed before fork()\n") < 0)
        err(EXIT_FAILURE, "printf");
    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0)
        end("child");
    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    if (status != 0)
        errx(EXIT_FAILURE, "the child failed");
    end("parent");
}
