/* pipeline - joins up to 32 commands by pipes and prints the status of each.
 *
 * Usage: pipeline COMMAND [ARGUMENT...] ['|' COMMAND [ARGUMENT...]]...
 */
#define _GNU_SOURCE
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

enum { MOST = 32 }; /* commands */

/* Store where each command begins, and end its arguments at "|". Returns the
 * number of commands, or 0 if that is wrong. */
static int split(char *argv[], char **commands[])
{
    bool begins = true;
    int n = 0;

    for (; *argv != NULL; argv++) {
        bool bar = strcmp(*argv, "|") == 0;

        if (begins && (bar || n == MOST))
            return 0;
        if (begins)
            commands[n++] = argv;
        if (bar)
            *argv = NULL;
        begins = bar;
    }
    return begins ? 0 : n;
}

static pid_t start(char *argv[], int in, int out)
{
    pid_t child = fork();

    if (child != 0)
        return child;
    /* copies: the numbers that every command reads and writes. */
    if (dup2(in, STDIN_FILENO) == -1 || dup2(out, STDOUT_FILENO) == -1)
        err(EXIT_FAILURE, "child: dup2");
    execvp(argv[0], argv);
    err(127, "child: execvp %s", argv[0]);
}

static void close_pipe(int fd)
{
    if (fd != STDIN_FILENO && fd != STDOUT_FILENO && close(fd) == -1)
        err(EXIT_FAILURE, "close");
}

/* Join the commands by pipes. Returns how many of them have been started. */
static int start_all(char **commands[], int n, pid_t children[])
{
    int started = 0, in = STDIN_FILENO;

    if (fcntl(STDIN_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard input");
    while (started < n) {
        int pipefd[2] = {STDIN_FILENO, STDOUT_FILENO};

        /* between: one pipe fewer than commands; the last has our output. */
        if (started < n - 1 && pipe2(pipefd, O_CLOEXEC) == -1) {
            warn("pipe2");
            break;
        }
        children[started] = start(commands[started], in, pipefd[1]);
        /* ours: a write end left open here would keep a reader waiting. */
        close_pipe(in);
        close_pipe(pipefd[1]);
        in = pipefd[0];
        if (children[started] == -1) {
            warn("fork");
            break;
        }
        started++;
    }
    close_pipe(in);
    return started;
}

/* Print how a command ended. Returns whether it has failed. */
static bool report(const char *command, int status)
{
    int n;

    if (WIFEXITED(status))
        n = printf("%s: exit status %d\n", command, WEXITSTATUS(status));
    else
        n = printf("%s: signal %d, %s\n", command, WTERMSIG(status),
                   strsignal(WTERMSIG(status)));
    if (n < 0)
        err(EXIT_FAILURE, "printf");
    if (WIFEXITED(status))
        return WEXITSTATUS(status) != 0;
    if (WTERMSIG(status) == SIGPIPE)
        return false;
    warnx("%s: %s", command, strsignal(WTERMSIG(status)));
    return true;
}

int main(int argc, char *argv[])
{
    char **commands[MOST];
    int n = split(argv + 1, commands), started, statuses[MOST];
    pid_t children[MOST];
    bool failed = false;

    if (argc < 2 || n == 0)
        errx(2, "usage: %s COMMAND... ['|' COMMAND...]... (1 to %d commands)",
             argv[0], MOST);
    prepare_output();
    started = start_all(commands, n, children);
    /* all: waiting for one before the next has started could take forever. */
    for (int i = 0; i < started; i++)
        if (waitpid(children[i], &statuses[i], 0) == -1)
            err(EXIT_FAILURE, "waitpid");
    /* every: one that fails makes all fail, unless nobody read on. */
    for (int i = 0; i < started; i++)
        if (report(commands[i][0], statuses[i]))
            failed = true;
    return failed || started < n ? EXIT_FAILURE : EXIT_SUCCESS;
}
