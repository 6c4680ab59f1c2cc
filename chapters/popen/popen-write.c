/* popen-write - prints a heading and lets sort print the words under it.
 *
 * Usage: popen-write [-n]     -n: no fflush() before popen()
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    FILE *stream;
    int failed, status;

    if (argc > 2 || (argc == 2 && strcmp(argv[1], "-n") != 0))
        errx(2, "usage: %s [-n]", argv[0]);
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard output");

    /* heading: on a terminal it goes out now, else it stays buffered. */
    if (printf("words in order:\n") < 0)
        err(EXIT_FAILURE, "printf");
    /* flush: sort writes to the same output, and it must be second. */
    if (argc == 1 && fflush(stdout) == EOF)
        err(EXIT_FAILURE, "fflush");

    /* popen: what we write into stream is the standard input of sort. */
    stream = popen("sort", "w");
    if (stream == NULL)
        err(EXIT_FAILURE, "popen");
    /* sigpipe: only now, as sort would inherit that it is ignored. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");
    /* error: pclose() would write the rest too, but hide a failure. */
    failed =
        fprintf(stream, "queue\npipe\nfifo\n") < 0 || fflush(stream) == EOF;
    if (failed)
        warn("fflush");

    /* end: sort prints when its input ends; pclose() waits for that. */
    status = pclose(stream);
    if (status == -1)
        err(EXIT_FAILURE, "pclose");
    if (status != 0)
        errx(EXIT_FAILURE, "pclose: the wait status of sh is %d", status);
    /* late: with -n the heading leaves the buffer here at the latest. */
    if (fflush(stdout) == EOF)
        err(EXIT_FAILURE, "fflush");
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
