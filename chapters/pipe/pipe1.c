/* pipe1 - a process writes into a pipe and reads back what it wrote.
 *
 * Usage: pipe1
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    const char message[] = "123";
    const ssize_t length = sizeof message - 1;
    char buffer[BUFSIZ];
    int fildes[2];
    ssize_t n;

    if (argc != 1)
        errx(2, "usage: %s", argv[0]);
    /* output: were it closed, an end of the pipe would get its number. */
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard output");
    /* lines: each goes out at once, so printf() sees when it cannot. */
    if (setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "setvbuf");

    /* ends: fildes[0] is for reading, fildes[1] for writing. */
    if (pipe(fildes) == -1)
        err(EXIT_FAILURE, "pipe");

    /* write: the kernel keeps the bytes until somebody reads them. */
    if ((n = write(fildes[1], message, strlen(message))) == -1)
        err(EXIT_FAILURE, "write");
    /* part: a write() or a read() may do less than it was asked. */
    if (n < length)
        errx(EXIT_FAILURE, "write: only %zd bytes", n);
    if (printf("Wrote %zd bytes\n", n) < 0)
        err(EXIT_FAILURE, "printf");

    /* read: asks for up to BUFSIZ bytes and takes what is there. */
    if ((n = read(fildes[0], buffer, sizeof buffer)) == -1)
        err(EXIT_FAILURE, "read");
    if (n < length)
        errx(EXIT_FAILURE, "read: only %zd bytes", n);
    /* text: what read() brings has no '\0' at its end; %.*s needs none. */
    if (printf("Read %zd bytes: %.*s\n", n, (int)n, buffer) < 0)
        err(EXIT_FAILURE, "printf");
    return EXIT_SUCCESS;
}
