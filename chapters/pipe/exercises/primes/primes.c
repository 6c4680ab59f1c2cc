/* primes - prints the prime numbers up to LIMIT; a process for each of them.
 *
 * Usage: primes LIMIT         at most 300
 *
 * The first process writes 2, 3, 4 ... LIMIT into a pipe. Each of the others
 * keeps and prints the first number of its pipe, which is a prime, and passes
 * on those that are not multiples of it, through a pipe to the next process.
 *
 * This sieve has one process, which prints the first number: see sieve().
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
    ssize_t nread = read(fd, number, sizeof *number);

    /* Here: a read() may bring a part of the number. */
    if (nread == -1)
        err(EXIT_FAILURE, "read");
    return nread == (ssize_t)sizeof *number;
}

/* A process of the sieve: print the first number, and pass on the others that
 * are not multiples of it. Returns the exit status of the process. */
static int sieve(int in)
{
    int prime, number;

    if (!get(in, &prime))
        return EXIT_SUCCESS;
    if (printf("%d\n", prime) < 0)
        err(EXIT_FAILURE, "printf");
    /* Here: make the next process, with a pipe to it, and filter. */
    while (get(in, &number))
        ;
    return EXIT_SUCCESS;
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
