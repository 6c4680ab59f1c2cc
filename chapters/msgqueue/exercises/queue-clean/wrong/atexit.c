/* queue-clean - runs a command with a message queue of its own, and removes the
 * queue afterwards, also if it is interrupted.
 *
 * Usage: queue-clean COMMAND [ARGUMENT...]
 *
 * The command finds the identifier of the queue in the variable QUEUE.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

static int msqid = -1;

static void remove_queue(void)
{
    if (msqid != -1 && msgctl(msqid, IPC_RMID, NULL) == -1)
        warn("msgctl IPC_RMID");
}

/* Make the queue, whose identifier goes into the environment. */
static void make_queue(void)
{
    char text[32];

    if (atexit(remove_queue) != 0)
        errx(EXIT_FAILURE, "atexit: no room for another function");
    msqid = msgget(IPC_PRIVATE, 0600);
    if (msqid == -1)
        err(EXIT_FAILURE, "msgget");
    snprintf(text, sizeof text, "%d", msqid);
    if (setenv("QUEUE", text, 1) == -1)
        err(EXIT_FAILURE, "setenv");
}

int main(int argc, char *argv[])
{
    int status;
    pid_t pid;

    if (argc < 2)
        errx(2, "usage: %s COMMAND [ARGUMENT...]", argv[0]);
    make_queue();
    pid = fork();
    if (pid == -1)
        err(EXIT_FAILURE, "fork");
    if (pid == 0) {
        execvp(argv[1], argv + 1);
        warn("execvp %s", argv[1]);
        _exit(127);
    }
    if (waitpid(pid, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
