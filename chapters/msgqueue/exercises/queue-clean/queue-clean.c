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

int main(int argc, char *argv[])
{
    if (argc < 2)
        errx(2, "usage: %s COMMAND [ARGUMENT...]", argv[0]);
    /* Write this: make a queue, run the command in a child, wait for it, remove
     * the queue, and end with the status of the command. On SIGHUP, SIGINT,
     * SIGQUIT and SIGTERM remove the queue at once, wait for the command, and
     * end by that signal. */
    execvp(argv[1], argv + 1);
    err(127, "execvp %s", argv[1]);
}
