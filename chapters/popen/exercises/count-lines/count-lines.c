/* count-lines - runs a command, and prints how many lines it wrote and how it
 * ended.
 *
 * Usage: count-lines COMMAND
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

int main(int argc, char *argv[])
{
    unsigned long lines = 0;

    if (argc != 2)
        errx(2, "usage: %s COMMAND", argv[0]);
    prepare_output();
    /* Write this: run the command argv[1] with popen(), and count the lines
     * that it writes; a last line may have no newline. Then find out how it
     * ended, and print one of these lines:
     *     3 lines, exit status 0
     *     3 lines, killed by signal 9 */
    if (printf("%lu lines, exit status 0\n", lines) < 0)
        err(EXIT_FAILURE, "printf");
    return EXIT_SUCCESS;
}
