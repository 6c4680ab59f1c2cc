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

/* Scaffolding, the same in every program: each line goes out at once. */
static void prepare_output(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||
        setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "standard output");
}

/* Scaffolding: no file that we open becomes standard input or error. */
static void keep_standard_numbers(void)
{
    if (fcntl(STDIN_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard input");
    if (fcntl(STDERR_FILENO, F_GETFD) == -1 &&
        open("/dev/null", O_WRONLY) == -1)
        exit(EXIT_FAILURE);
}

/* Open the FIFO for writing. */
static int open_fifo(const char *pathname)
{
    struct stat st;
    int fd;

    if (printf("opening %s\n", pathname) < 0)
        err(EXIT_FAILURE, "printf");
    /* create: no O_CREAT, or a missing FIFO would become a plain file. */
    fd = open(pathname, O_WRONLY);
    if (fd == -1)
        err(EXIT_FAILURE, "open %s", pathname);
    if (fstat(fd, &st) == -1)
        err(EXIT_FAILURE, "fstat %s", pathname);
    if (!S_ISFIFO(st.st_mode))
        errx(EXIT_FAILURE, "%s: not a FIFO", pathname);
    if (printf("opened: a reader has come\n") < 0)
        err(EXIT_FAILURE, "printf");
    return fd;
}

/* line: up to '\n', the end of input, or size bytes; how many there are. */
static size_t read_line(char *line, size_t size)
{
    size_t length = 0;
    int c;

    while (length < size && (length == 0 || line[length - 1] != '\n') &&
           (c = getchar()) != EOF)
        line[length++] = (char)c;
    if (ferror(stdin))
        err(EXIT_FAILURE, "standard input");
    return length;
}

int main(int argc, char *argv[])
{
    char line[PIPE_BUF + 1];
    ssize_t nwritten;
    size_t length;
    int fd;

    if (argc != 2)
        errx(2, "usage: %s PATHNAME", argv[0]);
    prepare_output();
    keep_standard_numbers();
    fd = open_fifo(argv[1]);
    /* sigpipe: without a reader write() should fail and not kill us. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");

    while ((length = read_line(line, sizeof line)) > 0) {
        /* whole: up to PIPE_BUF bytes, no other writer's come between. */
        if (length > PIPE_BUF)
            errx(EXIT_FAILURE, "a line of more than %d bytes", PIPE_BUF);
        nwritten = write(fd, line, length);
        if (nwritten == -1)
            err(EXIT_FAILURE, "write");
        if ((size_t)nwritten < length)
            errx(EXIT_FAILURE, "write: only %zd bytes", nwritten);
        if (printf("wrote %zd bytes\n", nwritten) < 0)
            err(EXIT_FAILURE, "printf");
    }
    /* leave: if no other writer has it open, the reader sees the end. */
    if (close(fd) == -1)
        err(EXIT_FAILURE, "close");
    return EXIT_SUCCESS;
}
