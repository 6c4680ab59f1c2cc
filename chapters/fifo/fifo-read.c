/* fifo-read - reads from a FIFO until its last writer has gone.
 *
 * Usage: fifo-read PATHNAME
 */
#include <err.h>
#include <fcntl.h>
#include <limits.h>
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

/* Open the FIFO for reading. */
static int open_fifo(const char *pathname)
{
    struct stat st;
    int fd;

    /* before: this line is on the screen while open() waits. */
    if (printf("opening %s\n", pathname) < 0)
        err(EXIT_FAILURE, "printf");
    /* meet: open() comes back when somebody opens it for writing. */
    fd = open(pathname, O_RDONLY);
    if (fd == -1)
        err(EXIT_FAILURE, "open %s", pathname);
    /* kind: the descriptor tells what was opened; a name may change. */
    if (fstat(fd, &st) == -1)
        err(EXIT_FAILURE, "fstat %s", pathname);
    if (!S_ISFIFO(st.st_mode))
        errx(EXIT_FAILURE, "%s: not a FIFO", pathname);
    if (printf("opened: a writer has come\n") < 0)
        err(EXIT_FAILURE, "printf");
    return fd;
}

/* Print bytes that were read, without the newline at their end. */
static void show(const char *bytes, size_t length)
{
    size_t text = length - (bytes[length - 1] == '\n');

    if (printf("read %zu bytes: ", length) < 0 ||
        fwrite(bytes, 1, text, stdout) < text || putchar('\n') == EOF)
        err(EXIT_FAILURE, "printf");
}

int main(int argc, char *argv[])
{
    char buffer[PIPE_BUF];
    size_t length = 0;
    ssize_t nread;
    int fd;

    if (argc != 2)
        errx(2, "usage: %s PATHNAME", argv[0]);
    prepare_output();
    fd = open_fifo(argv[1]);
    /* some: read() waits for bytes and brings those that are there. */
    while ((nread = read(fd, buffer + length, sizeof buffer - length)) > 0) {
        length += (size_t)nread;
        /* part: a line may come in parts, so it is shown when it is whole. */
        if (buffer[length - 1] == '\n' || length == sizeof buffer) {
            show(buffer, length);
            length = 0;
        }
    }
    if (nread == -1)
        err(EXIT_FAILURE, "read");
    if (length > 0)
        show(buffer, length);
    /* last: 0 comes when no writer is left, and not before. */
    if (printf("end of file: the last writer has gone\n") < 0)
        err(EXIT_FAILURE, "printf");
    return EXIT_SUCCESS;
}
