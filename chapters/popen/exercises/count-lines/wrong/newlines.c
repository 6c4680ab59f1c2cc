/* count-lines - runs a command, and prints how many lines it wrote and how it
 * ended.
 *
 * Usage: count-lines COMMAND
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Scaffolding, the same in every program: each line goes out at once. */
static void prepare_output(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||
        setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "standard output");
}

/* Count the lines that come from the stream, up to the end of file. */
static unsigned long count_lines(FILE *stream)
{
    unsigned long lines = 0;
    int c;

    while ((c = getc(stream)) != EOF)
        lines += c == '\n';
    if (ferror(stream))
        err(EXIT_FAILURE, "getc");
    return lines;
}

int main(int argc, char *argv[])
{
    unsigned long lines;
    FILE *stream;
    int status, printed;

    if (argc != 2)
        errx(2, "usage: %s COMMAND", argv[0]);
    prepare_output();
    stream = popen(argv[1], "r");
    if (stream == NULL)
        err(EXIT_FAILURE, "popen");
    lines = count_lines(stream);
    status = pclose(stream);
    if (status == -1)
        err(EXIT_FAILURE, "pclose");
    if (WIFSIGNALED(status))
        printed =
            printf("%lu lines, killed by signal %d\n", lines, WTERMSIG(status));
    else
        printed =
            printf("%lu lines, exit status %d\n", lines, WEXITSTATUS(status));
    if (printed < 0)
        err(EXIT_FAILURE, "printf");
    return EXIT_SUCCESS;
}
