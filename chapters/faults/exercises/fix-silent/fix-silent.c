/* fix-silent - saves the numbers from 1 to COUNT, a line each, in a file.
 *
 * Usage: fix-silent FILE COUNT
 *
 * Correct it: it says that it has saved them, and it has not.
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
        fprintf(stream, "%ld\n", i);
    fclose(stream);
}

int main(int argc, char *argv[])
{
    long count;

    if (argc != 3)
        errx(2, "usage: %s FILE COUNT", argv[0]);
    prepare_output();
    count = atol(argv[2]);
    save_numbers(argv[1], count);
    printf("saved %ld numbers in %s\n", count, argv[1]);
    return EXIT_SUCCESS;
}
