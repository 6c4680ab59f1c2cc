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

/* part: a line may come in parts, so it is shown when it is whole. */
static void show(const char *line, size_t length)
{
    int text = (int)length - (line[length - 1] == '\n');

    if (printf("read %zu bytes: %.*s\n", length, text, line) < 0)
        err(EXIT_FAILURE, "printf");
}

int main(int argc, char *argv[])
{
    char buffer[PIPE_BUF];
    size_t length = 0;
    struct stat st;
    ssize_t n;
    int fildes;

    if (argc != 2)
        errx(2, "usage: %s PATHNAME", argv[0]);
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard output");
    /* before: this line is on the screen while open() waits. */
    if (setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "setvbuf");
    if (printf("opening %s\n", argv[1]) < 0)
        err(EXIT_FAILURE, "printf");

    /* meet: open() comes back when somebody opens it for writing. */
    if ((fildes = open(argv[1], O_RDONLY)) == -1)
        err(EXIT_FAILURE, "open %s", argv[1]);
    /* kind: the descriptor tells what was opened; a name may change. */
    if (fstat(fildes, &st) == -1)
        err(EXIT_FAILURE, "fstat %s", argv[1]);
    if (!S_ISFIFO(st.st_mode))
        errx(EXIT_FAILURE, "%s: not a FIFO", argv[1]);
    if (printf("opened: a writer has come\n") < 0)
        err(EXIT_FAILURE, "printf");

    /* some: read() waits for bytes and brings those that are there. */
    while ((n = read(fildes, buffer + length, sizeof buffer - length)) > 0) {
        length += (size_t)n;
        if (buffer[length - 1] == '\n' || length == sizeof buffer) {
            show(buffer, length);
            length = 0;
        }
    }
    if (n == -1)
        err(EXIT_FAILURE, "read");
    if (length > 0)
        show(buffer, length);
    /* last: 0 comes when no writer is left, and not before. */
    if (printf("end of file: the last writer has gone\n") < 0)
        err(EXIT_FAILURE, "printf");
    return EXIT_SUCCESS;
}
