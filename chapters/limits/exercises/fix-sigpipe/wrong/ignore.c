/* fix-sigpipe - writes numbers, while a lock file says that it is at work.
 *
 * Usage: fix-sigpipe COUNT
 *
 * If the reader of its output ends first, it ends without a message, and the
 * file is left.
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char lock[] = "fix-sigpipe.lock";

/* Write a number and a newline on standard output. */
static void put(long number)
{
    char line[32];
    int length = snprintf(line, sizeof line, "%ld\n", number);

    for (int done = 0; done < length;) {
        ssize_t nwritten =
            write(STDOUT_FILENO, line + done, (size_t)(length - done));

        /* Here: the lock file has to go. But is this line ever reached? */
        if (nwritten == -1)
            err(EXIT_FAILURE, "write");
        done += (int)nwritten;
    }
}

int main(int argc, char *argv[])
{
    long count = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
    int fd;

    if (count < 1)
        errx(2, "usage: %s COUNT", argv[0]);
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");
    fd = open(lock, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (fd == -1)
        err(EXIT_FAILURE, "open %s", lock);
    if (close(fd) == -1)
        err(EXIT_FAILURE, "close");

    for (long number = 1; number <= count; number++)
        put(number);

    if (unlink(lock) == -1)
        err(EXIT_FAILURE, "unlink %s", lock);
    return EXIT_SUCCESS;
}
