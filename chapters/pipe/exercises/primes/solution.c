/* primes - prints the prime numbers up to LIMIT; a process for each of them.
 *
 * Usage: primes LIMIT         at most 300
 *
 * The first process writes 2, 3, 4 ... LIMIT into a pipe. Each of the others
 * keeps and prints the first number of its pipe, which is a prime, and passes
 * on those that are not multiples of it, through a pipe to the next process.
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
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

/* Write a number; its bytes stay together, as they are fewer than PIPE_BUF. */
static void put(int fd, int number)
{
    ssize_t nwritten = write(fd, &number, sizeof number);

    if (nwritten == -1)
        err(EXIT_FAILURE, "write");
    if (nwritten < (ssize_t)sizeof number)
        errx(EXIT_FAILURE, "write: only %zd bytes", nwritten);
}

/* Read a number. Returns false at the end of the pipe. */
static bool get(int fd, int *number)
{
    size_t length = 0;
    ssize_t nread;

    do {
        nread = read(fd, (char *)number + length, sizeof *number - length);
        if (nread == -1)
            err(EXIT_FAILURE, "read");
        length += (size_t)nread;
    } while (nread > 0 && length < sizeof *number);
    if (length > 0 && length < sizeof *number)
        errx(EXIT_FAILURE, "read: only %zu bytes", length);
    return length > 0;
}

/* A process of the sieve: print the first number, and pass on the others that
 * are not multiples of it. Returns the exit status of the process. */
static int sieve(int in)
{
    int prime, number, pipefd[2], status;
    pid_t child;

    if (!get(in, &prime))
        return EXIT_SUCCESS;
    if (printf("%d\n", prime) < 0)
        err(EXIT_FAILURE, "printf");

    if (pipe(pipefd) == -1)
        err(EXIT_FAILURE, "pipe");
    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        /* With its own write end open, it would never see the end. */
        if (close(in) == -1 || close(pipefd[1]) == -1)
            err(EXIT_FAILURE, "child: close");
        _exit(sieve(pipefd[0]));
    }

    if (close(pipefd[0]) == -1)
        err(EXIT_FAILURE, "close");
    while (get(in, &number))
        if (number % prime != 0)
            put(pipefd[1], number);
    /* Each process passes the end of file on to the next one; the last one
     * ends first. */
    if (close(pipefd[1]) == -1)
        err(EXIT_FAILURE, "close");
    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    if (WIFSIGNALED(status))
        errx(EXIT_FAILURE, "child: %s", strsignal(WTERMSIG(status)));
    return WEXITSTATUS(status);
}

int main(int argc, char *argv[])
{
    int limit, pipefd[2], status;
    pid_t child;
    char rest;

    if (argc != 2 || sscanf(argv[1], "%3d%c", &limit, &rest) != 1 ||
        limit > 300)
        errx(2, "usage: %s LIMIT (at most 300)", argv[0]);
    prepare_output();
    /* If a process of the sieve fails, write() reports it. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");
    if (pipe(pipefd) == -1)
        err(EXIT_FAILURE, "pipe");
    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        if (close(pipefd[1]) == -1)
            err(EXIT_FAILURE, "child: close");
        _exit(sieve(pipefd[0]));
    }

    if (close(pipefd[0]) == -1)
        err(EXIT_FAILURE, "close");
    for (int number = 2; number <= limit; number++)
        put(pipefd[1], number);
    if (close(pipefd[1]) == -1)
        err(EXIT_FAILURE, "close");
    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    if (WIFSIGNALED(status))
        errx(EXIT_FAILURE, "child: %s", strsignal(WTERMSIG(status)));
    return WEXITSTATUS(status);
}
