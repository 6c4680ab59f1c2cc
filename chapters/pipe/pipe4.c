/* pipe4 - reads from a descriptor that it did not open itself.
 *
 * Usage: pipe4 DESCRIPTOR     the number of a descriptor open for reading
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* parse: a whole number that stands for an open descriptor; else -1. */
static int parse_descriptor(const char *text)
{
    char *end;
    long number;

    errno = 0;
    number = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0')
        return -1;
    return number < 0 || number > INT_MAX ? -1 : (int)number;
}

int main(int argc, char *argv[])
{
    char buffer[BUFSIZ];
    int fildes;
    size_t length = 0;
    ssize_t n;

    if (argc != 2 || (fildes = parse_descriptor(argv[1])) == -1)
        errx(2, "usage: %s DESCRIPTOR", argv[0]);
    /* open: F_GETFD changes nothing and fails if nothing is open there. */
    if (fcntl(fildes, F_GETFD) == -1)
        err(EXIT_FAILURE, "descriptor %d", fildes);
    if (setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "setvbuf");

    /* One read() may bring a part only; 0 is the end of file. */
    while ((n = read(fildes, buffer + length, sizeof buffer - length)) > 0)
        length += (size_t)n;
    if (n == -1)
        err(EXIT_FAILURE, "read");
    /* nothing: the end of file has come, and no byte before it. */
    if (length == 0)
        errx(EXIT_FAILURE, "read: end of file before the first byte");
    /* pid: exec kept it, so this is the pid that fork() gave the child. */
    if (printf("%ld - read %zu bytes: %.*s\n", (long)getpid(), length,
               (int)length, buffer) < 0)
        err(EXIT_FAILURE, "printf");
    return EXIT_SUCCESS;
}
