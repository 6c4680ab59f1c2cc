/* msgget - what IPC_CREAT and IPC_EXCL do with a key, free or taken.
 *
 * Usage: msgget
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <unistd.h>

/* Scaffolding, the same in every program: each line goes out at once. */
static void prepare_output(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||
        setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "standard output");
}

/* Scaffolding: signals wait until the program ends. */
static void block_signals(void)
{
    sigset_t all;

    sigfillset(&all);
    if (sigprocmask(SIG_BLOCK, &all, NULL) == -1)
        err(EXIT_FAILURE, "sigprocmask");
}

static int msqid = -1;

/* undo: a queue outlives its process, so every exit() removes it. */
static void remove_queue(void)
{
    if (msqid != -1 && msgctl(msqid, IPC_RMID, NULL) == -1)
        warn("msgctl IPC_RMID");
}

/* Print what a call returned, if its error (0: none) is the expected one. */
static void show(const char *call, int result, int expected)
{
    int printed;

    if (result == -1 && errno != expected)
        err(EXIT_FAILURE, "%s", call);
    if (result != -1 && expected != 0)
        errx(EXIT_FAILURE, "%s: queue %d has this key", call, result);
    if (result == -1)
        printed = printf("%-38s = -1 %s\n", call, strerror(expected));
    else
        printed = printf("%-38s = %d\n", call, result);
    if (printed < 0)
        err(EXIT_FAILURE, "printf");
}

int main(void)
{
    key_t key = getpid();

    prepare_output();
    /* signals: they wait, so none ends us while the queue is there. */
    block_signals();
    if (atexit(remove_queue) != 0)
        errx(EXIT_FAILURE, "atexit: no room for another function");
    /* free: nothing is made without IPC_CREAT, so this only asks. */
    show("free key:  IPC_EXCL", msgget(key, IPC_EXCL), ENOENT);
    /* create: 0600 are its permissions; left out, they are 0000. */
    msqid = msgget(key, IPC_CREAT | 0600);
    show("free key:  IPC_CREAT | 0600", msqid, 0);

    /* same: the key is taken, so IPC_CREAT makes nothing. */
    show("taken key: IPC_CREAT | 0600", msgget(key, IPC_CREAT | 0600), 0);
    /* both: only the two together say "a new one or none". */
    show("taken key: IPC_CREAT | IPC_EXCL | 0600",
         msgget(key, IPC_CREAT | IPC_EXCL | 0600), EEXIST);
    show("taken key: IPC_EXCL", msgget(key, IPC_EXCL), 0);

    /* remove: now, and for everyone who uses it. */
    if (msgctl(msqid, IPC_RMID, NULL) == -1)
        err(EXIT_FAILURE, "msgctl IPC_RMID");
    msqid = -1;
    show("taken key: msgctl IPC_RMID", 0, 0);
    return EXIT_SUCCESS;
}
