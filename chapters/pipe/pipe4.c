/* pipe4 - reads from a descriptor that it did not open itself.
 *
 * Usage: pipe4 DESCRIPTOR     the number of a descriptor open for reading
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

/* All that comes, up to the end of file; its length goes into *length. */
static char *read_all(int fd, size_t *length)
{
    char *data = NULL;
    ssize_t nread;

    *length = 0;
    do {
        /* grow: read() needs room, or it returns 0 as at the end of file. */
        data = realloc(data, *length + BUFSIZ);
        if (data == NULL)
            err(EXIT_FAILURE, "realloc");
        nread = read(fd, data + *length, BUFSIZ);
        if (nread == -1)
            err(EXIT_FAILURE, "read from descriptor %d", fd);
        *length += (size_t)nread;
    } while (nread > 0);
    return data;
}

int main(int argc, char *argv[])
{
    char *data, rest;
    int fd;
    size_t length;

    /* parse: nine digits at most fit into an int, and nothing may follow. */
    if (argc != 2 || sscanf(argv[1], "%9d%c", &fd, &rest) != 1)
        errx(2, "usage: %s DESCRIPTOR", argv[0]);
    prepare_output();
    data = read_all(fd, &length);

    /* pid: exec kept it, so this is the pid that fork() gave the child. */
    if (printf("%ld - read %zu bytes: ", (long)getpid(), length) < 0 ||
        fwrite(data, 1, length, stdout) < length || printf("\n") < 0 ||
        ferror(stdout))
        err(EXIT_FAILURE, "printf");
    free(data);
    return EXIT_SUCCESS;
}
