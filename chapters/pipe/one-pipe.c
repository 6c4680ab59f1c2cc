/* one-pipe - parent and child talk through one pipe: who reads first?
 *
 * Usage: one-pipe parent|child
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
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

static void put(const char *who, int fd, const char *message)
{
    ssize_t nwritten = write(fd, message, strlen(message));

    if (nwritten == -1)
        err(EXIT_FAILURE, "%s: write", who);
    if (nwritten < (ssize_t)strlen(message))
        errx(EXIT_FAILURE, "%s: write: only %zd bytes", who, nwritten);
}

static size_t get(const char *who, int fd, size_t expected)
{
    char buffer[BUFSIZ + 1] = "";
    size_t length = 0;
    ssize_t nread;

    /* empty: read() fails with EAGAIN when it has brought everything. */
    while ((nread = read(fd, buffer + length, BUFSIZ - length)) > 0)
        length += (size_t)nread;
    if (nread == -1 && (errno != EAGAIN || length < expected))
        err(EXIT_FAILURE, "%s: read", who);
    if (printf("%s read: %s\n", who,
               length > 0 ? buffer : "nothing is there (EAGAIN)") < 0)
        err(EXIT_FAILURE, "%s: printf", who);
    return length;
}

static _Noreturn void be_child(int pipefd[2], int gate[2], size_t expected)
{
    char nothing;

    /* gate: no process writes; read() waits for the end of file. */
    if (close(gate[1]) == -1)
        err(EXIT_FAILURE, "child: close");
    if (read(gate[0], &nothing, 1) == -1)
        err(EXIT_FAILURE, "child: read");
    if (get("child", pipefd[0], expected) > 0)
        put("child", pipefd[1], "answer");
    _exit(EXIT_SUCCESS);
}

int main(int argc, char *argv[])
{
    int parent_first = argc == 2 && strcmp(argv[1], "parent") == 0;
    int pipefd[2], gate[2], status;
    pid_t child;

    if (argc != 2 || (!parent_first && strcmp(argv[1], "child") != 0))
        errx(2, "usage: %s parent|child", argv[0]);
    prepare_output();
    /* nonblock: a read() that finds the pipe empty fails at once. */
    if (pipe2(pipefd, O_NONBLOCK) == -1 || pipe(gate) == -1)
        err(EXIT_FAILURE, "pipe");
    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0)
        be_child(pipefd, gate, parent_first ? 0 : strlen("question"));

    put("parent", pipefd[1], "question");
    /* own: the bytes do not say which process wrote them. */
    if (parent_first)
        get("parent", pipefd[0], strlen("question"));
    /* open: the last write end of the gate closes, the child goes on. */
    if (close(gate[1]) == -1)
        err(EXIT_FAILURE, "close");

    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    if (WIFSIGNALED(status))
        errx(EXIT_FAILURE, "child: %s", strsignal(WTERMSIG(status)));
    /* answer: the child has ended, so the answer is in the pipe. */
    if (!parent_first && status == 0)
        get("parent", pipefd[0], strlen("answer"));
    return WEXITSTATUS(status);
}
