/* fix-leftover - makes a FIFO, prints the line that comes through it, and
 * removes it.
 *
 * Usage: fix-leftover PATHNAME
 *
 * Correct it: it leaves the FIFO behind if it fails or is interrupted.
 */
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Scaffolding, the same in every program: each line goes out at once. */
static void prepare_output(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||
        setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "standard output");
}

/* Print the first line that comes through the FIFO. */
static void print_line(const char *pathname)
{
    FILE *stream = fopen(pathname, "r");
    char line[PIPE_BUF + 1];

    if (stream == NULL)
        err(EXIT_FAILURE, "open %s", pathname);
    if (fgets(line, sizeof line, stream) == NULL)
        errx(EXIT_FAILURE, "%s: no line has come", pathname);
    if (printf("a line: %s", line) < 0)
        err(EXIT_FAILURE, "printf");
    fclose(stream);
}

int main(int argc, char *argv[])
{
    if (argc != 2)
        errx(2, "usage: %s PATHNAME", argv[0]);
    prepare_output();
    if (mkfifo(argv[1], 0600) == -1)
        err(EXIT_FAILURE, "mkfifo %s", argv[1]);
    print_line(argv[1]);
    if (unlink(argv[1]) == -1)
        err(EXIT_FAILURE, "unlink %s", argv[1]);
    return EXIT_SUCCESS;
}
