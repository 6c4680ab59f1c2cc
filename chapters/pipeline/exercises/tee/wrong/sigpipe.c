/* tee - gives all of its input to two commands.
 *
 * Usage: tee COMMAND COMMAND          the shell runs each of them
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
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

/* Add a piece of standard input to the data. Returns the number of its bytes,
 * 0 at the end. */
static size_t read_more(char **data, size_t length)
{
    ssize_t nread;

    *data = realloc(*data, length + PIECE);
    if (*data == NULL)
        err(EXIT_FAILURE, "realloc");
    nread = read(STDIN_FILENO, *data + length, PIECE);
    if (nread == -1)
        err(EXIT_FAILURE, "read");
    return (size_t)nread;
}

/* Write what there is room for. Returns the number of bytes, or -1 if nobody
 * reads any more. */
static ssize_t write_some(int fd, const char *data, size_t length)
{
    ssize_t nwritten = write(fd, data, length);

    if (nwritten == -1 && errno == EAGAIN)
        return 0;
    if (nwritten == -1 && errno != EPIPE)
        err(EXIT_FAILURE, "write");
    return nwritten;
}

/* Copy standard input to both pipes, until it ends or nobody reads any more,
 * and close them. */
static void copy(const int fds[COMMANDS])
{
    enum { INPUT = COMMANDS };
    struct pollfd ends[COMMANDS + 1] = {
        [INPUT] = {.fd = STDIN_FILENO, .events = POLLIN}};
    size_t length = 0, sent[COMMANDS] = {0};
    char *data = NULL; /* all that has been read */
    int nopen = COMMANDS;

    for (int i = 0; i < COMMANDS; i++)
        ends[i].fd = fds[i];
    while (nopen > 0) {
        /* Room matters only where there is something to write. */
        for (int i = 0; i < COMMANDS; i++)
            ends[i].events = sent[i] < length ? POLLOUT : 0;
        if (poll(ends, COMMANDS + 1, -1) == -1)
            err(EXIT_FAILURE, "poll");
        if (ends[INPUT].revents != 0) {
            size_t nread = read_more(&data, length);

            length += nread;
            if (nread == 0)
                ends[INPUT].fd = -1; /* poll() leaves it out */
        }
        for (int i = 0; i < COMMANDS; i++) {
            bool done = false;

            if (ends[i].revents != 0) {
                ssize_t nwritten =
                    write_some(fds[i], data + sent[i], length - sent[i]);

                if (nwritten == -1)
                    done = true;
                else
                    sent[i] += (size_t)nwritten;
            }
            if (ends[INPUT].fd == -1 && sent[i] == length)
                done = true;
            if (done && ends[i].fd != -1) {
                if (close(fds[i]) == -1)
                    err(EXIT_FAILURE, "close");
                ends[i].fd = -1;
                nopen--;
            }
        }
    }
    free(data);
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

    for (int i = 0; i < COMMANDS; i++)
        if (fcntl(fds[i], F_SETFL, O_WRONLY | O_NONBLOCK) == -1)
            err(EXIT_FAILURE, "fcntl");
    copy(fds);

    for (int i = 0; i < COMMANDS; i++) {
        if (waitpid(children[i], &status, 0) == -1)
            err(EXIT_FAILURE, "waitpid");
        if (status != 0)
            result = EXIT_FAILURE;
    }
    return result;
}
