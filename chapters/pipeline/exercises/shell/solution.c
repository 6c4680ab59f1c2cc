/* shell - runs the pipelines that it reads, and prints all their statuses.
 *
 * Usage: shell
 *
 * A line is a pipeline. Blanks separate its words, and the word "|" separates
 * its commands.
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

enum { COMMANDS = 32, WORDS = 256 }; /* at most, in a line */

/* Split a line into words, and put NULL after the words of each command.
 * Command i begins at commands[i]. Returns the number of commands; 0 if there
 * is none, after a message where one is missing or the line is too long. */
static int split(char *line, char *words[WORDS], char **commands[COMMANDS])
{
    int nwords = 0, n = 1;

    commands[0] = words;
    for (char *word = strtok(line, " \t\n"); word != NULL;
         word = strtok(NULL, " \t\n")) {
        if (nwords == WORDS - 1 || n == COMMANDS) {
            warnx("the line is too long");
            return 0;
        }
        words[nwords++] = word;
        if (strcmp(word, "|") == 0) {
            words[nwords - 1] = NULL;
            commands[n++] = words + nwords;
        }
    }
    words[nwords] = NULL;
    for (int i = 0; i < n; i++)
        if (commands[i][0] == NULL) {
            if (n > 1)
                warnx("a command is missing");
            return 0;
        }
    return n;
}

static void print_status(const char *command, int status)
{
    int n;

    if (WIFEXITED(status))
        n = printf("%s: exit status %d\n", command, WEXITSTATUS(status));
    else
        n = printf("%s: signal %d\n", command, WTERMSIG(status));
    if (n < 0)
        err(EXIT_FAILURE, "printf");
}

/* Start a command; its 0 and 1 are copies of in and out. */
static pid_t start(char *argv[], int in, int out)
{
    pid_t child = fork();

    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child != 0)
        return child;
    if (dup2(in, STDIN_FILENO) == -1 || dup2(out, STDOUT_FILENO) == -1) {
        warn("child: dup2");
        _exit(127);
    }
    execvp(argv[0], argv);
    warn("child: execvp %s", argv[0]);
    /* exit() would move the place in the file of lines back to where stdio
     * has come, and the parent would read lines again. */
    _exit(127);
}

static void close_pipe(int fd)
{
    if (fd != STDIN_FILENO && fd != STDOUT_FILENO && close(fd) == -1)
        err(EXIT_FAILURE, "close");
}

/* Run n commands, joined by pipes, and print the status of each when all have
 * ended. */
static void run(char **commands[], int n)
{
    int in = STDIN_FILENO, statuses[COMMANDS];
    pid_t children[COMMANDS];

    for (int i = 0; i < n; i++) {
        int pipefd[2] = {STDIN_FILENO, STDOUT_FILENO};

        if (i < n - 1 && pipe2(pipefd, O_CLOEXEC) == -1)
            err(EXIT_FAILURE, "pipe2");
        children[i] = start(commands[i], in, pipefd[1]);
        close_pipe(in);
        close_pipe(pipefd[1]);
        in = pipefd[0];
    }
    for (int i = 0; i < n; i++)
        if (waitpid(children[i], &statuses[i], 0) == -1)
            err(EXIT_FAILURE, "waitpid");
    for (int i = 0; i < n; i++)
        print_status(commands[i][0], statuses[i]);
}

int main(void)
{
    char *line = NULL, *words[WORDS], **commands[COMMANDS];
    size_t size = 0;

    prepare_output();
    if (fcntl(STDIN_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard input");
    while (getline(&line, &size, stdin) != -1) {
        int n = split(line, words, commands);

        if (n > 0)
            run(commands, n);
    }
    if (ferror(stdin))
        err(EXIT_FAILURE, "getline");
    free(line);
    return EXIT_SUCCESS;
}
