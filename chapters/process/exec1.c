/* exec1 - a process becomes another program and stays the same process.
 *
 * Usage: exec1 COMMAND [ARGUMENT...]
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    if (argc < 2)
        errx(2, "usage: %s COMMAND [ARGUMENT...]", argv[0]);
    /* direct: not into a buffer, which would be gone with this program. */
    if (dprintf(STDOUT_FILENO, "exec1: process %ld\n", (long)getpid()) < 0)
        err(EXIT_FAILURE, "dprintf");
    execvp(argv[1], argv + 1);
    /* here: only if it failed. On success this program is gone. */
    err(EXIT_FAILURE, "execvp %s", argv[1]);
}
