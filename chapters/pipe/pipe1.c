/* pipe1 - a process writes into a pipe and reads back what it wrote. */
#include <err.h>
#include <fcntl.h>
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

int main(void)
{
    const char message[] = "123";
    char buffer[BUFSIZ];
    int pipefd[2];
    ssize_t nread, nwritten;

    prepare_output();
    /* ends: pipefd[0] is for reading, pipefd[1] for writing. */
    if (pipe(pipefd) == -1)
        err(EXIT_FAILURE, "pipe");

    /* write: the kernel keeps the bytes until a process reads them. */
    nwritten = write(pipefd[1], message, strlen(message));
    if (nwritten == -1)
        err(EXIT_FAILURE, "write");
    if (printf("Wrote %zd bytes\n", nwritten) < 0)
        err(EXIT_FAILURE, "printf");

    /* read: asks for up to BUFSIZ bytes and takes what is there. */
    nread = read(pipefd[0], buffer, sizeof buffer);
    if (nread == -1)
        err(EXIT_FAILURE, "read");
    /* text: read() puts no '\0' at the end, so %.*s gets the length. */
    if (printf("Read %zd bytes: %.*s\n", nread, (int)nread, buffer) < 0)
        err(EXIT_FAILURE, "printf");

    /* part: a short write() or read() is no error, so we compare. */
    if (nwritten < (ssize_t)strlen(message) || nread < nwritten)
        errx(EXIT_FAILURE, "write or read: only a part of the message");
    return EXIT_SUCCESS;
}
