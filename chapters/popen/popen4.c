/* popen4 - reads the number of lines of a file from a shell pipeline.
 *
 * Usage: popen4 [FILE]        without FILE: this source file
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    /* self: the compiler puts the name of this file here. */
    const char *file = argc == 2 ? argv[1] : __FILE__;
    char buffer[BUFSIZ];
    FILE *stream;
    int fildes, status;
    size_t n;

    if (argc > 2)
        errx(2, "usage: %s [FILE]", argv[0]);
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard output");
    if (setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "setvbuf");

    /* probe: how wc ends, pclose() will tell; how cat ends, nobody will. */
    if ((fildes = open(file, O_RDONLY)) == -1)
        err(EXIT_FAILURE, "open %s", file);
    if (read(fildes, buffer, 0) == -1)
        err(EXIT_FAILURE, "read %s", file);
    if (close(fildes) == -1)
        err(EXIT_FAILURE, "close");

    /* quote: in a quoted variable no name can turn into a command. */
    if (setenv("FILE", file, 1) == -1)
        err(EXIT_FAILURE, "setenv");
    /* popen: sh runs cat and wc; what wc prints comes out of stream. */
    if ((stream = popen("{ cat | wc -l; } < \"$FILE\"", "r")) == NULL)
        err(EXIT_FAILURE, "popen");
    while ((n = fread(buffer, 1, sizeof buffer, stream)) > 0) {
        /* count: a number of two digits and '\n' are three bytes. */
        if (printf("%zu\n", n) < 0)
            err(EXIT_FAILURE, "printf");
        if (buffer[n - 1] == '\n')
            n--;
        if (printf("Reading : -\n%.*s\n", (int)n, buffer) < 0)
            err(EXIT_FAILURE, "printf");
    }
    if (ferror(stream))
        err(EXIT_FAILURE, "fread");

    /* status: pclose() waits for sh and returns its wait status. */
    if ((status = pclose(stream)) == -1)
        err(EXIT_FAILURE, "pclose");
    if (WIFSIGNALED(status))
        errx(EXIT_FAILURE, "sh: %s", strsignal(WTERMSIG(status)));
    if (status != 0)
        errx(EXIT_FAILURE, "sh: exit status %d", WEXITSTATUS(status));
    return EXIT_SUCCESS;
}
