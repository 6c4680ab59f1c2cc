/* fix-fifo-server - prints each line that its clients write into a FIFO, until
 * one of them is "quit".
 *
 * Usage: fix-fifo-server PATHNAME
 *
 * Correct it: the server ends when its first client leaves.
 */
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Scaffolding, the same in every program: each line goes out at once. */
static void prepare_output(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||
        setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "standard output");
}

/* Open the FIFO of requests. */
static FILE *open_requests(const char *pathname)
{
    FILE *requests;
    int fd;

    fd = open(pathname, O_RDONLY);
    if (fd == -1)
        err(EXIT_FAILURE, "open %s", pathname);
    requests = fdopen(fd, "r");
    if (requests == NULL)
        err(EXIT_FAILURE, "fdopen");
    return requests;
}

int main(int argc, char *argv[])
{
    char line[PIPE_BUF + 1];
    FILE *requests;

    if (argc != 2)
        errx(2, "usage: %s PATHNAME", argv[0]);
    prepare_output();
    requests = open_requests(argv[1]);
    for (;;) {
        if (fgets(line, sizeof line, requests) == NULL) {
            if (ferror(requests))
                err(EXIT_FAILURE, "read");
            errx(EXIT_FAILURE, "end of file: no client is left");
        }
        if (strcmp(line, "quit\n") == 0)
            return EXIT_SUCCESS;
        if (printf("request: %s", line) < 0)
            err(EXIT_FAILURE, "printf");
    }
}
