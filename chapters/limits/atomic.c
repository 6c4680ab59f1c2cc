/* atomic - three writers, one pipe: does each record arrive in one piece?
 *
 * Usage: atomic SIZE          bytes in a record: 2 to 65536
 */
#include <err.h>
#include <fcntl.h>
#include <limits.h>
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

enum { WRITERS = 3, RECORDS = 120, LONGEST = 65536 };

/* A child: write records when the gate opens. */
static _Noreturn void write_records(int fd, int gate, char *record, size_t size)
{
    ssize_t nwritten;

    /* gate: its end of file lets all writers go at the same time. */
    if (read(gate, record, 1) == -1)
        err(EXIT_FAILURE, "child: read");
    for (int i = 0; i < RECORDS / WRITERS; i++) {
        nwritten = write(fd, record, size);
        if (nwritten == -1)
            err(EXIT_FAILURE, "child: write");
        if ((size_t)nwritten < size)
            errx(EXIT_FAILURE, "child: write: only %zd bytes", nwritten);
    }
    _exit(EXIT_SUCCESS);
}

/* Returns how many records hold bytes of more than one writer. */
static int count_mixed(size_t size)
{
    int pipefd[2], gate[2], status, records = 0, mixed = 0;
    static char record[LONGEST];
    pid_t children[WRITERS];
    FILE *stream;

    if (pipe(pipefd) == -1 || pipe(gate) == -1)
        err(EXIT_FAILURE, "pipe");
    for (int i = 0; i < WRITERS; i++) {
        /* letter: each writer fills its records with one of its own. */
        memset(record, 'a' + i, size);
        children[i] = fork();
        if (children[i] == -1)
            err(EXIT_FAILURE, "fork");
        if (children[i] == 0) {
            if (close(pipefd[0]) == -1 || close(gate[1]) == -1)
                err(EXIT_FAILURE, "child: close");
            write_records(pipefd[1], gate[0], record, size);
        }
    }
    if (close(pipefd[1]) == -1 || close(gate[0]) == -1 || close(gate[1]) == -1)
        err(EXIT_FAILURE, "close");

    stream = fdopen(pipefd[0], "r");
    if (stream == NULL)
        err(EXIT_FAILURE, "fdopen");
    /* compare: each byte with the next; all equal means one writer. */
    for (; fread(record, size, 1, stream) == 1; records++)
        mixed += memcmp(record, record + 1, size - 1) != 0;
    if (ferror(stream))
        err(EXIT_FAILURE, "fread");
    if (fclose(stream) == EOF)
        err(EXIT_FAILURE, "fclose");
    for (int i = 0; i < WRITERS; i++) {
        if (waitpid(children[i], &status, 0) == -1)
            err(EXIT_FAILURE, "waitpid");
        if (WIFSIGNALED(status))
            errx(EXIT_FAILURE, "child: %s", strsignal(WTERMSIG(status)));
        if (WEXITSTATUS(status) != EXIT_SUCCESS)
            exit(EXIT_FAILURE);
    }
    if (records != RECORDS)
        errx(EXIT_FAILURE, "%d records of %d", records, RECORDS);
    return mixed;
}

int main(int argc, char *argv[])
{
    char *end = "";
    size_t size = argc == 2 ? (size_t)strtol(argv[1], &end, 10) : 0;
    int mixed, tries = 0;

    if (*end != '\0' || size < 2 || size > LONGEST)
        errx(2, "usage: %s SIZE (2 to %d)", argv[0], LONGEST);
    prepare_output();
    /* beyond: a longer record may stay whole, by luck; so it tries again. */
    do
        mixed = count_mixed(size);
    while (mixed == 0 && size > PIPE_BUF && ++tries < 20);
    /* promise: up to PIPE_BUF bytes nothing comes in between. */
    if (size <= PIPE_BUF && mixed != 0)
        errx(EXIT_FAILURE, "%d records of %zu bytes were mixed", mixed, size);
    if (printf("%d records of %zu bytes: %s\n", RECORDS, size,
               mixed > 0 ? "mixed" : "whole") < 0)
        err(EXIT_FAILURE, "printf");
    return EXIT_SUCCESS;
}
