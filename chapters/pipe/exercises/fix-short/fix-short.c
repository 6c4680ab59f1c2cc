/* fix-short - a child writes a message, and its parent reads all of it.
 *
 * Usage: fix-short
 *
 * The parent gets only a part of the message: see read_message().
 */
#define _GNU_SOURCE
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

enum { WORDS = 1000, WORD = 5, LONGEST = 8192 };

/* The child: write the words "0001 " to "1000 ". */
static _Noreturn void write_message(int fd)
{
    char message[WORDS * WORD + 1], *next = message;

    for (int i = 1; i <= WORDS; i++)
        next += snprintf(next, WORD + 1, "%04d ", i);
    for (char *rest = message; rest < next;) {
        ssize_t nwritten = write(fd, rest, (size_t)(next - rest));

        if (nwritten == -1)
            err(EXIT_FAILURE, "child: write");
        rest += nwritten;
    }
    _exit(EXIT_SUCCESS);
}

/* Read a message of at most size bytes into the buffer; it ends where the
 * pipe ends. Returns its length. */
static size_t read_message(int fd, char *buffer, size_t size)
{
    ssize_t nread;

    /* Here: one read() is not enough. */
    nread = read(fd, buffer, size);
    if (nread == -1)
        err(EXIT_FAILURE, "read");
    return (size_t)nread;
}

int main(void)
{
    char message[LONGEST];
    int pipefd[2], status;
    pid_t child;
    size_t length;

    prepare_output();
    if (pipe(pipefd) == -1)
        err(EXIT_FAILURE, "pipe");
    /* A small pipe, as a user gets who has very many. */
    if (fcntl(pipefd[0], F_SETPIPE_SZ, 4096) == -1)
        err(EXIT_FAILURE, "fcntl");
    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        if (close(pipefd[0]) == -1)
            err(EXIT_FAILURE, "child: close");
        write_message(pipefd[1]);
    }

    if (close(pipefd[1]) == -1)
        err(EXIT_FAILURE, "close");
    length = read_message(pipefd[0], message, sizeof message);
    if (close(pipefd[0]) == -1)
        err(EXIT_FAILURE, "close");
    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    if (length < WORD)
        errx(EXIT_FAILURE, "only %zu bytes", length);
    if (printf("read %zu bytes, from \"%.4s\" to \"%.4s\"\n", length, message,
               message + length - WORD) < 0)
        err(EXIT_FAILURE, "printf");
    if (WIFSIGNALED(status))
        errx(EXIT_FAILURE, "child: %s", strsignal(WTERMSIG(status)));
    return WEXITSTATUS(status);
}
