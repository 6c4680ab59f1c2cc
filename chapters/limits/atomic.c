/* atomic - four writers, one pipe: does each record arrive in one piece?
 *
 * Usage: atomic
 */
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WRITERS = 4, RECORDS = 80, LONG = 5 * PIPE_BUF };

/* Returns how many records hold bytes of more than one writer. */
static int count_mixed(size_t size)
{
    int fildes[2], gate[2], status, result = 0, records = 0, mixed = 0;
    static char record[LONG];
    FILE *stream;

    if (pipe(fildes) == -1 || pipe(gate) == -1)
        err(EXIT_FAILURE, "pipe");
    for (int i = 0; i < WRITERS; i++) {
        /* letter: each writer fills its records with one of its own. */
        memset(record, 'a' + i, size);
        switch (fork()) {
        case -1:
            err(EXIT_FAILURE, "fork");
        case 0:
            if (close(fildes[0]) == -1 || close(gate[1]) == -1)
                err(EXIT_FAILURE, "child: close");
            /* gate: its end of file lets all writers go at the same time. */
            if (read(gate[0], record, 1) == -1)
                err(EXIT_FAILURE, "child: read");
            for (int k = 0; k < RECORDS / WRITERS; k++)
                if (write(fildes[1], record, size) == -1)
                    err(EXIT_FAILURE, "child: write");
            exit(EXIT_SUCCESS);
        }
    }
    if ((stream = fdopen(fildes[0], "r")) == NULL)
        err(EXIT_FAILURE, "fdopen");
    if (close(fildes[1]) == -1 || close(gate[0]) == -1 || close(gate[1]) == -1)
        err(EXIT_FAILURE, "close");
    /* compare: each byte with the next; all equal means one writer. */
    for (; fread(record, size, 1, stream) == 1; records++)
        mixed += memcmp(record, record + 1, size - 1) != 0;
    if (ferror(stream) || fclose(stream) == EOF)
        err(EXIT_FAILURE, "stream");
    for (int i = 0; i < WRITERS; i++) {
        if (wait(&status) == -1)
            err(EXIT_FAILURE, "wait");
        if (WIFSIGNALED(status))
            warnx("child: %s", strsignal(WTERMSIG(status)));
        result |= status;
    }
    if (result != 0 || records != RECORDS)
        errx(EXIT_FAILURE, "%d records of %d", records, RECORDS);
    return mixed;
}

int main(int argc, char *argv[])
{
    if (argc != 1)
        errx(2, "usage: %s", argv[0]);
    /* promise: up to PIPE_BUF bytes nothing comes in between. */
    if (count_mixed(PIPE_BUF) != 0)
        errx(EXIT_FAILURE, "records of %d bytes were mixed", PIPE_BUF);
    /* beyond: a record may stay whole, by luck, so there are more tries. */
    for (int tries = 20; count_mixed(LONG) == 0;)
        if (--tries == 0)
            errx(EXIT_FAILURE, "records of %d bytes were not mixed", LONG);
    if (printf("%5d bytes at a time: %d records, each in one piece\n"
               "%5d bytes at a time: %d records, mixed\n",
               PIPE_BUF, RECORDS, LONG, RECORDS) < 0 ||
        fflush(stdout) == EOF)
        err(EXIT_FAILURE, "stdout");
    return EXIT_SUCCESS;
}
