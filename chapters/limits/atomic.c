/* atomic - three writers, one pipe: does each record arrive in one piece?
 *
 * Usage: atomic SIZE          bytes in a record: 2 to 65536
 */
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WRITERS = 3, RECORDS = 120, LONGEST = 65536 };

/* Returns how many records hold bytes of more than one writer. */
static int count_mixed(size_t size)
{
    int fildes[2], gate[2], status, result = 0, records = 0, mixed = 0;
    static char record[LONGEST];
    FILE *stream;
    ssize_t n;

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
                if ((n = write(fildes[1], record, size)) == -1)
                    err(EXIT_FAILURE, "child: write");
                else if ((size_t)n < size)
                    errx(EXIT_FAILURE, "child: write: only %zd bytes", n);
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
    if (ferror(stream))
        err(EXIT_FAILURE, "fread");
    if (fclose(stream) == EOF)
        err(EXIT_FAILURE, "fclose");
    for (int i = 0; i < WRITERS; i++) {
        if (wait(&status) == -1)
            err(EXIT_FAILURE, "wait");
        if (WIFSIGNALED(status))
            warnx("child: %s", strsignal(WTERMSIG(status)));
        result |= status;
    }
    if (result == 0 && records == RECORDS)
        return mixed;
    errx(EXIT_FAILURE, "%d records of %d", records, RECORDS);
}

int main(int argc, char *argv[])
{
    char *end = "";
    size_t size = argc == 2 ? (size_t)strtol(argv[1], &end, 10) : 0;
    int mixed, tries = 0;

    if (*end != '\0' || size < 2 || size > LONGEST)
        errx(2, "usage: %s SIZE (2 to %d)", argv[0], LONGEST);
    /* beyond: a longer record may stay whole, by luck; so it tries again. */
    while ((mixed = count_mixed(size)) == 0 && size > PIPE_BUF && ++tries < 20)
        ;
    /* promise: up to PIPE_BUF bytes nothing comes in between. */
    if (size <= PIPE_BUF && mixed != 0)
        errx(EXIT_FAILURE, "%d records of %zu bytes were mixed", mixed, size);
    if (printf("%d records of %zu bytes: %s\n", RECORDS, size,
               mixed ? "mixed" : "whole") < 0 ||
        fflush(stdout) == EOF)
        err(EXIT_FAILURE, "stdout");
    return EXIT_SUCCESS;
}
