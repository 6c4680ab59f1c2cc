/* fifo-write - writes each line of its standard input into a FIFO.
 *
 * Usage: fifo-write PATHNAME
 */
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* line: up to '\n', the end of input, or size bytes; how many there are. */
static size_t read_line(char *line, size_t size)
{
    size_t n = 0;
    int c;

    while (n < size && (n == 0 || line[n - 1] != '\n') &&
           (c = getchar()) != EOF)
        line[n++] = (char)c;
    if (ferror(stdin))
        err(EXIT_FAILURE, "standard input");
    return n;
}

int main(int argc, char *argv[])
{
    char line[PIPE_BUF + 1];
    struct stat st;
    size_t length;
    ssize_t n;
    int fildes;

    if (argc != 2)
        errx(2, "usage: %s PATHNAME", argv[0]);
    if (fcntl(STDIN_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard input");
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard output");
    /* Were 2 closed, the FIFO would get it, and our messages with it. */
    if (fcntl(STDERR_FILENO, F_GETFD) == -1 &&
        open("/dev/null", O_WRONLY) == -1)
        return EXIT_FAILURE;
    if (setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "setvbuf");
    /* sigpipe: without a reader write() should fail and not kill us. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");
    if (printf("opening %s\n", argv[1]) < 0)
        err(EXIT_FAILURE, "printf");

    /* create: no O_CREAT, or a missing FIFO would become a plain file. */
    if ((fildes = open(argv[1], O_WRONLY)) == -1)
        err(EXIT_FAILURE, "open %s", argv[1]);
    if (fstat(fildes, &st) == -1)
        err(EXIT_FAILURE, "fstat %s", argv[1]);
    if (!S_ISFIFO(st.st_mode))
        errx(EXIT_FAILURE, "%s: not a FIFO", argv[1]);
    if (printf("opened: a reader has come\n") < 0)
        err(EXIT_FAILURE, "printf");

    while ((length = read_line(line, sizeof line)) > 0) {
        /* whole: up to PIPE_BUF bytes, no other writer's come between. */
        if (length > PIPE_BUF)
            errx(EXIT_FAILURE, "a line of more than %d bytes", PIPE_BUF);
        if ((n = write(fildes, line, length)) == -1)
            err(EXIT_FAILURE, "write");
        if ((size_t)n < length)
            errx(EXIT_FAILURE, "write: only %zd bytes", n);
        if (printf("wrote %zd bytes\n", n) < 0)
            err(EXIT_FAILURE, "printf");
    }
    /* leave: if no other writer has it open, the reader sees the end. */
    if (close(fildes) == -1)
        err(EXIT_FAILURE, "close");
    return EXIT_SUCCESS;
}
