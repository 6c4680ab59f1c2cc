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
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    int result = EXIT_FAILURE, status;
    FILE *stream;

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
    if ((stream = popen("sort", "w")) == NULL)
        err(EXIT_FAILURE, "popen");
    /* sigpipe: only now, for sort would inherit that it is ignored. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        warn("signal");
    else if (fprintf(stream, "queue\npipe\nfifo\n") < 0)
        warn("fprintf");
    /* error: pclose() would write the rest too, but hide a failure. */
    else if (fflush(stream) == EOF)
        warn("fflush");
    else
        result = EXIT_SUCCESS;

    /* end: sort prints when its input ends; pclose() waits for that. */
    if ((status = pclose(stream)) == -1)
        err(EXIT_FAILURE, "pclose");
    if (WIFSIGNALED(status))
        errx(EXIT_FAILURE, "sh: %s", strsignal(WTERMSIG(status)));
    if (status != 0)
        errx(EXIT_FAILURE, "sh: exit status %d", WEXITSTATUS(status));
    /* late: with -n the heading leaves the buffer here at the latest. */
    if (fflush(stdout) == EOF)
        err(EXIT_FAILURE, "fflush");
    return result;
}
