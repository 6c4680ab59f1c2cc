/* fix-leftover - makes a FIFO, prints the line that comes through it, and
 * removes it.
 *
 * Usage: fix-leftover PATHNAME
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

static const char *volatile fifo; /* the FIFO that we have made, or NULL */

static void remove_fifo(void)
{
    if (fifo != NULL && unlink(fifo) == -1) {
        warn("unlink %s", fifo);
        _exit(EXIT_FAILURE);
    }
}

/* Remove the FIFO, then die of the signal as usual. */
static void interrupted(int signal_number)
{
    if (fifo != NULL)
        unlink(fifo);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

/* Make the FIFO, and arrange that it is removed on every way out. */
static void make_fifo(const char *pathname)
{
    const int signals[] = {SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM};
    sigset_t all, mask;

    if (atexit(remove_fifo) != 0)
        errx(EXIT_FAILURE, "atexit: no room for another function");
    /* nohup(1): a signal that was ignored stays ignored. */
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (signal(signals[i], SIG_IGN) != SIG_IGN &&
            signal(signals[i], interrupted) == SIG_ERR)
            err(EXIT_FAILURE, "signal");
    /* Signals wait until it is noted that the FIFO is there, and ours. */
    sigfillset(&all);
    if (sigprocmask(SIG_BLOCK, &all, &mask) == -1)
        err(EXIT_FAILURE, "sigprocmask");
    if (mkfifo(pathname, 0600) == -1)
        err(EXIT_FAILURE, "mkfifo %s", pathname);
    fifo = pathname;
    if (sigprocmask(SIG_SETMASK, &mask, NULL) == -1)
        err(EXIT_FAILURE, "sigprocmask");
}

/* Print the first line that comes through the FIFO. */
static void print_line(const char *pathname)
{
    FILE *stream = fopen(pathname, "r");
    char line[PIPE_BUF + 1];

    if (stream == NULL)
        err(EXIT_FAILURE, "open %s", pathname);
    if (fgets(line, sizeof line, stream) == NULL)
        errx(EXIT_FAILURE, "%s: no line has come", pathname);
    if (printf("a line: %s", line) < 0)
        err(EXIT_FAILURE, "printf");
    fclose(stream);
}

int main(int argc, char *argv[])
{
    if (argc != 2)
        errx(2, "usage: %s PATHNAME", argv[0]);
    prepare_output();
    make_fifo(argv[1]);
    print_line(argv[1]);
    return EXIT_SUCCESS;
}
