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

/* End a command's arguments at "|"; return the next command, or NULL. */
static char **split(char *argv[])
{
    do
        argv++;
    while (*argv != NULL && strcmp(*argv, "|") != 0);
    if (*argv == NULL)
        return NULL;
    *argv = NULL;
    return argv + 1;
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

static void print_status(const char *command, int status)
{
    int n;

    if (WIFEXITED(status))
        n = printf("%s: exit status %d\n", command, WEXITSTATUS(status));
    else
        n = printf("%s: signal %d, %s\n", command, WTERMSIG(status),
                   strsignal(WTERMSIG(status)));
    if (n < 0)
        err(EXIT_FAILURE, "printf");
}

static bool is_end_of_reader(int status)
{
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE;
}

int main(int argc, char *argv[])
{
    const char *program = argv[0];
    char **commands[MOST], **next = argv + 1;
    int n = 0, started = 0, in = STDIN_FILENO, statuses[MOST];
    pid_t children[MOST];
    bool failed = false;

    (void)argc;
    while (n < MOST && next != NULL && *next != NULL &&
           strcmp(*next, "|") != 0) {
        commands[n++] = next;
        next = split(next);
    }
    if (n == 0 || next != NULL)
        errx(2,
             "usage: %s COMMAND [ARGUMENT...] ['|' COMMAND...]... "
             "(1 to %d commands)",
             program, MOST);
    prepare_output();
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

    /* all: waiting for one before the next has started could take forever. */
    for (int i = 0; i < started; i++)
        if (waitpid(children[i], &statuses[i], 0) == -1)
            err(EXIT_FAILURE, "waitpid");
    for (int i = 0; i < started; i++)
        print_status(commands[i][0], statuses[i]);
    /* every: one that fails makes all fail, unless nobody read on. */
    for (int i = 0; i < started; i++)
        if (statuses[i] != 0 && !is_end_of_reader(statuses[i])) {
            failed = true;
            if (WIFSIGNALED(statuses[i]))
                warnx("%s: %s", commands[i][0],
                      strsignal(WTERMSIG(statuses[i])));
        }
    return failed || started < n ? EXIT_FAILURE : EXIT_SUCCESS;
}
