/* fix-short - a child writes a message, and its parent reads all of it.
 *
 * Usage: fix-short WORDS
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

enum { WORD = 5, MOST = 1600, LONGEST = 8192 };

/* The child: write the words "0001 ", "0002 " and so on. */
static _Noreturn void write_message(int fd, int words)
{
    char message[LONGEST + 1], *next = message;

    for (int i = 1; i <= words; i++)
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
    size_t length = 0;
    ssize_t nread;

    /* A full buffer would ask for 0 bytes, and get 0 as at the end. */
    while (length < size) {
        nread = read(fd, buffer + length, size - length);
        if (nread == -1)
            err(EXIT_FAILURE, "read");
        if (nread == 0)
            break;
        length += (size_t)nread;
    }
    return length;
}

int main(int argc, char *argv[])
{
    char message[LONGEST];
    int words = argc == 2 ? atoi(argv[1]) : 0, pipefd[2], status;
    pid_t child;
    size_t length;

    if (words < 1 || words > MOST)
        errx(2, "usage: %s WORDS (1 to %d)", argv[0], MOST);
    prepare_output();
    if (pipe(pipefd) == -1)
        err(EXIT_FAILURE, "pipe");
    /* A pipe of one page, so that the message does not fit into it. */
    if (fcntl(pipefd[0], F_SETPIPE_SZ, 4096) == -1)
        err(EXIT_FAILURE, "fcntl");
    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        if (close(pipefd[0]) == -1)
            err(EXIT_FAILURE, "child: close");
        write_message(pipefd[1], words);
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
