/* hello - prints a greeting and checks whether it has gone out.
 *
 * Usage: hello [careless]     careless: without the check
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char *argv[])
{
    bool careless = argc == 2 && strcmp(argv[1], "careless") == 0;

    if (argc != 1 && !careless)
        errx(2, "usage: %s [careless]", argv[0]);
    /* buffer: into a file, this fills a buffer and does not write. */
    if (printf("hello, world\n") < 0)
        err(EXIT_FAILURE, "printf");
    /* late: the buffer goes out after this, and a failure is lost. */
    if (careless)
        return EXIT_SUCCESS;
    /* flush: now it goes out, or fflush() fails. */
    if (fflush(stdout) == EOF)
        err(EXIT_FAILURE, "fflush");
    return EXIT_SUCCESS;
}
