/* fix-leak - two sorts run at the same time, and each gets words of its own.
 *
 * Usage: fix-leak
 *
 * The first one never ends: it waits for the end of its input.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Start a sort that reads from this pipe. */
static pid_t start_sort(const int pipefd[2])
{
    pid_t child = fork();

    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child != 0)
        return child;
    if (dup2(pipefd[0], STDIN_FILENO) == -1)
        err(EXIT_FAILURE, "child: dup2");
    if (close(pipefd[0]) == -1 || close(pipefd[1]) == -1)
        err(EXIT_FAILURE, "child: close");
    execlp("sort", "sort", (char *)NULL);
    err(127, "child: execlp sort");
}

/* Write the words, which fit into the pipe; there are no more. */
static void send_words(int fd, const char *words)
{
    ssize_t nwritten = write(fd, words, strlen(words));

    if (nwritten == -1)
        err(EXIT_FAILURE, "write");
    if (nwritten < (ssize_t)strlen(words))
        errx(EXIT_FAILURE, "write: only %zd bytes", nwritten);
    if (close(fd) == -1)
        err(EXIT_FAILURE, "close");
}

/* Wait for a sort, which then has printed its words. */
static void wait_for(pid_t child)
{
    int status;

    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    if (WIFSIGNALED(status))
        errx(EXIT_FAILURE, "sort: %s", strsignal(WTERMSIG(status)));
    if (status != 0)
        errx(EXIT_FAILURE, "sort: exit status %d", WEXITSTATUS(status));
}

int main(void)
{
    int fruit[2], colour[2];
    pid_t fruit_sort, colour_sort;

    if (fcntl(STDIN_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard input");
    if (pipe(fruit) == -1 || pipe(colour) == -1)
        err(EXIT_FAILURE, "pipe");
    if (fcntl(fruit[1], F_SETFL, O_CLOEXEC) == -1 ||
        fcntl(colour[1], F_SETFL, O_CLOEXEC) == -1)
        err(EXIT_FAILURE, "fcntl");
    fruit_sort = start_sort(fruit);
    colour_sort = start_sort(colour);
    if (close(fruit[0]) == -1 || close(colour[0]) == -1)
        err(EXIT_FAILURE, "close");
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");

    send_words(fruit[1], "pear\napple\n");
    wait_for(fruit_sort);
    send_words(colour[1], "green\nblue\n");
    wait_for(colour_sort);
    return EXIT_SUCCESS;
}
