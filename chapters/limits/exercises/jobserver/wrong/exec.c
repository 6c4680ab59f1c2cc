/* jobserver - runs commands, and at most JOBS of them at the same time.
 *
 * Usage: jobserver JOBS COMMAND...    the shell runs each command
 *
 * Each command has a worker, a process that waits for it. A worker that runs
 * a command holds a token: a byte that it has read from a pipe. There are as
 * many tokens as jobs.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
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

enum { COMMANDS = 64 }; /* at most */

static bool print_status(int status)
{
    int n;

    if (WIFEXITED(status))
        n = printf("exit status %d\n", WEXITSTATUS(status));
    else
        n = printf("signal %d\n", WTERMSIG(status));
    if (n < 0)
        warn("printf");
    return n >= 0;
}

/* Wait for a token, and take it. */
static void take_token(const int tokens[2])
{
    char token;
    ssize_t nread = read(tokens[0], &token, 1);

    if (nread == -1)
        err(EXIT_FAILURE, "read");
    if (nread == 0)
        errx(EXIT_FAILURE, "read: no token will come");
}

static void put_token(const int tokens[2])
{
    if (write(tokens[1], "+", 1) == -1)
        err(EXIT_FAILURE, "write");
}

/* A worker: become the command. */
static _Noreturn void work(const char *command, const int tokens[2])
{
    take_token(tokens);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    err(127, "child: execl /bin/sh");
}

int main(int argc, char *argv[])
{
    int jobs, ncommands = argc - 2, tokens[2], status, result = EXIT_SUCCESS;
    pid_t workers[COMMANDS];
    char rest;

    if (ncommands < 1 || ncommands > COMMANDS ||
        sscanf(argv[1], "%2d%c", &jobs, &rest) != 1 || jobs < 1)
        errx(2, "usage: %s JOBS COMMAND...", argv[0]);
    prepare_output();
    if (pipe2(tokens, O_CLOEXEC) == -1)
        err(EXIT_FAILURE, "pipe2");
    for (int i = 0; i < jobs; i++)
        put_token(tokens);

    for (int i = 0; i < ncommands; i++) {
        workers[i] = fork();
        if (workers[i] == -1)
            err(EXIT_FAILURE, "fork");
        if (workers[i] == 0)
            work(argv[2 + i], tokens);
    }
    for (int i = 0; i < ncommands; i++) {
        if (waitpid(workers[i], &status, 0) == -1)
            err(EXIT_FAILURE, "waitpid");
        put_token(tokens);
        if (!print_status(status) || status != 0)
            result = EXIT_FAILURE;
    }
    return result;
}
