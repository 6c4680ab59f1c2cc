/* queue-clean - runs a command with a message queue of its own, and removes the
 * queue afterwards, also if it is interrupted.
 *
 * Usage: queue-clean COMMAND [ARGUMENT...]
 *
 * The command finds the identifier of the queue in the variable QUEUE.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t msqid = -1, stopped;

/* On every exit(); the handler has perhaps removed the queue. */
static void remove_queue(void)
{
    if (msqid != -1 && msgctl(msqid, IPC_RMID, NULL) == -1 && stopped == 0)
        warn("msgctl IPC_RMID");
}

/* A command that waits at the queue ends when it is removed. */
static void stop(int signal_number)
{
    int error = errno;

    stopped = signal_number;
    msgctl(msqid, IPC_RMID, NULL);
    errno = error;
}

/* SA_RESTART: after the handler, waitpid() waits on for the command. */
static void handle_signals(void (*handler)(int))
{
    const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART},
                     old;

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        if (sigaction(signals[i], NULL, &old) == -1)
            err(EXIT_FAILURE, "sigaction");
        /* nohup(1): a signal that was ignored stays ignored. */
        if (old.sa_handler != SIG_IGN &&
            sigaction(signals[i], &action, NULL) == -1)
            err(EXIT_FAILURE, "sigaction");
    }
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
    snprintf(text, sizeof text, "%d", (int)msqid);
    if (setenv("QUEUE", text, 1) == -1)
        err(EXIT_FAILURE, "setenv");
}

int main(int argc, char *argv[])
{
    sigset_t all, mask;
    int status;
    pid_t pid;

    if (argc < 2)
        errx(2, "usage: %s COMMAND [ARGUMENT...]", argv[0]);
    /* Signals wait until the queue and the child are there. */
    sigfillset(&all);
    if (sigprocmask(SIG_BLOCK, &all, &mask) == -1)
        err(EXIT_FAILURE, "sigprocmask");
    handle_signals(stop);
    make_queue();
    pid = fork();
    if (pid == -1)
        err(EXIT_FAILURE, "fork");
    if (pid == 0) {
        /* The queue is the parent's: from here on no handler, no exit(). */
        msqid = -1;
        handle_signals(SIG_DFL);
        if (sigprocmask(SIG_SETMASK, &mask, NULL) == -1)
            err(EXIT_FAILURE, "sigprocmask");
        execvp(argv[1], argv + 1);
        warn("execvp %s", argv[1]);
        _exit(127);
    }
    if (sigprocmask(SIG_SETMASK, &mask, NULL) == -1)
        err(EXIT_FAILURE, "sigprocmask");

    if (waitpid(pid, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    /* From here on a signal ends this process as usual; the queue is removed
     * first. */
    remove_queue();
    msqid = -1;
    handle_signals(SIG_DFL);
    if (stopped != 0)
        raise(stopped);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
