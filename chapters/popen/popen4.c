/* popen4 - reads the number of lines of popen4.c from a shell pipeline. */
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

int main(void)
{
    char buffer[BUFSIZ];
    FILE *stream;
    int status;
    size_t nread;

    prepare_output();
    /* popen: sh runs cat and wc; what wc prints comes out of stream. */
    stream = popen("cat popen4.c | wc -l", "r");
    if (stream == NULL)
        err(EXIT_FAILURE, "popen");

    /* count: a number of two digits and '\n' are three bytes. */
    while ((nread = fread(buffer, 1, sizeof buffer, stream)) > 0)
        if (printf("%zu\nReading : -\n", nread) < 0 ||
            fwrite(buffer, 1, nread, stdout) < nread || ferror(stdout))
            err(EXIT_FAILURE, "printf");
    if (ferror(stream))
        err(EXIT_FAILURE, "fread");

    /* status: pclose() waits for sh and returns its wait status. */
    status = pclose(stream);
    if (status == -1)
        err(EXIT_FAILURE, "pclose");
    if (status != 0)
        errx(EXIT_FAILURE, "pclose: the wait status of sh is %d", status);
    return EXIT_SUCCESS;
}
