/* fix-quote - prints the lines of a file in order.
 *
 * Usage: fix-quote FILE
 *
 * Correct it: a file may have any name, and its name must not run anything.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Scaffolding, the same in every program: each line goes out at once. */
static void prepare_output(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||
        setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "standard output");
}

/* Print the lines of the file in order. Returns the wait status of sh. */
static int sort_file(const char *pathname)
{
    char command[8192], buffer[BUFSIZ];
    FILE *stream;
    size_t nread;

    /* Correct this: the quotes do not protect every name. */
    snprintf(command, sizeof command, "sort '%s'", pathname);
    stream = popen(command, "r");
    if (stream == NULL)
        err(EXIT_FAILURE, "popen");
    while ((nread = fread(buffer, 1, sizeof buffer, stream)) > 0)
        if (fwrite(buffer, 1, nread, stdout) < nread)
            err(EXIT_FAILURE, "fwrite");
    if (ferror(stream))
        err(EXIT_FAILURE, "fread");
    return pclose(stream);
}

int main(int argc, char *argv[])
{
    int status;

    if (argc != 2)
        errx(2, "usage: %s FILE", argv[0]);
    prepare_output();
    status = sort_file(argv[1]);
    if (status == -1)
        err(EXIT_FAILURE, "pclose");
    if (fflush(stdout) == EOF)
        err(EXIT_FAILURE, "fflush");
    if (WIFSIGNALED(status))
        errx(EXIT_FAILURE, "sh: %s", strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0)
        errx(EXIT_FAILURE, "sh: exit status %d", WEXITSTATUS(status));
    return EXIT_SUCCESS;
}
