/* tee - gives all of its input to two commands.
 *
 * Usage: tee COMMAND COMMAND          the shell runs each of them
 *
 * A command that reads slowly stops the other one, and a command that has
 * ended stops this program: see copy().
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COMMANDS = 2, PIECE = 65536 };

/* Start a command that reads from a new pipe; *fd is the pipe's write end. */
static pid_t start(const char *command, int *fd)
{
    int pipefd[2];
    pid_t child;

    if (pipe2(pipefd, O_CLOEXEC) == -1)
        err(EXIT_FAILURE, "pipe2");
    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        if (dup2(pipefd[0], STDIN_FILENO) == -1)
            err(EXIT_FAILURE, "child: dup2");
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        err(127, "child: execl /bin/sh");
    }
    if (close(pipefd[0]) == -1)
        err(EXIT_FAILURE, "close");
    *fd = pipefd[1];
    return child;
}

static void write_fully(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t nwritten = write(fd, data, length);

        if (nwritten == -1 && errno == EPIPE)
            return;
        if (nwritten == -1)
            err(EXIT_FAILURE, "write");
        data += nwritten;
        length -= (size_t)nwritten;
    }
}

/* Copy standard input to both pipes, until it ends or nobody reads any more,
 * and close them. */
static void copy(const int fds[COMMANDS])
{
    static char data[PIECE];
    ssize_t nread;

    /* Here: write to each as it has room (O_NONBLOCK, poll()), keep what one
     * of them has not taken yet, and go on if one of them has ended. */
    while ((nread = read(STDIN_FILENO, data, sizeof data)) > 0)
        for (int i = 0; i < COMMANDS; i++)
            write_fully(fds[i], data, (size_t)nread);
    if (nread == -1)
        err(EXIT_FAILURE, "read");
    for (int i = 0; i < COMMANDS; i++)
        if (close(fds[i]) == -1)
            err(EXIT_FAILURE, "close");
}

int main(int argc, char *argv[])
{
    int fds[COMMANDS], status, result = EXIT_SUCCESS;
    pid_t children[COMMANDS];

    if (argc != 1 + COMMANDS)
        errx(2, "usage: %s COMMAND COMMAND", argv[0]);
    if (fcntl(STDIN_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard input");
    for (int i = 0; i < COMMANDS; i++)
        children[i] = start(argv[1 + i], &fds[i]);

    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        err(EXIT_FAILURE, "signal");
    copy(fds);

    for (int i = 0; i < COMMANDS; i++) {
        if (waitpid(children[i], &status, 0) == -1)
            err(EXIT_FAILURE, "waitpid");
        if (status != 0)
            result = EXIT_FAILURE;
    }
    return result;
}
