/* exec1 - a process becomes another program and stays the same process.
 *
 * Usage: exec1 COMMAND [ARGUMENT...]
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Scaffolding, the same in every program: each line goes out at once. */
static void prepare_output(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||
        setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "standard output");
}

int main(int argc, char *argv[])
{
    if (argc < 2)
        errx(2, "usage: %s COMMAND [ARGUMENT...]", argv[0]);
    prepare_output();
    if (printf("exec1: process %ld\n", (long)getpid()) < 0)
        err(EXIT_FAILURE, "printf");
    execvp(argv[1], argv + 1);
    /* here: only if it failed. On success this program is gone. */
    err(EXIT_FAILURE, "execvp %s", argv[1]);
}
