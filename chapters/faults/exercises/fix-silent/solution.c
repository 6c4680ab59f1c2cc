/* fix-silent - saves the numbers from 1 to COUNT, a line each, in a file.
 *
 * Usage: fix-silent FILE COUNT
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

static void save_numbers(const char *pathname, long count)
{
    FILE *stream = fopen(pathname, "w");

    if (stream == NULL)
        err(EXIT_FAILURE, "%s", pathname);
    for (long i = 1; i <= count; i++)
        if (fprintf(stream, "%ld\n", i) < 0)
            err(EXIT_FAILURE, "%s", pathname);
    /* Only now is the last part of the buffer written. */
    if (fclose(stream) == EOF)
        err(EXIT_FAILURE, "%s", pathname);
}

int main(int argc, char *argv[])
{
    long count;

    if (argc != 3)
        errx(2, "usage: %s FILE COUNT", argv[0]);
    prepare_output();
    count = atol(argv[2]);
    save_numbers(argv[1], count);
    if (printf("saved %ld numbers in %s\n", count, argv[1]) < 0)
        err(EXIT_FAILURE, "standard output");
    return EXIT_SUCCESS;
}
