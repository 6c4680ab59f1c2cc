/* msgget - what IPC_CREAT and IPC_EXCL do with a key, free or taken.
 *
 * Usage: msgget [KEY]         without KEY: the number of this process
 */
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <unistd.h>

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
    int error = result == -1 ? errno : 0;

    if (error != expected)
        err(EXIT_FAILURE, "%s", call);
    if ((error == 0 ? printf("%-38s = %d\n", call, result)
                    : printf("%-38s = -1 %s\n", call, strerror(error))) < 0)
        err(EXIT_FAILURE, "printf");
}

int main(int argc, char *argv[])
{
    long long key = getpid();
    char *end = "";
    sigset_t all;
    int taken;

    errno = 0;
    if (argc == 2)
        key = strtoll(argv[1], &end, 0);
    /* zero: it is no key but IPC_PRIVATE, a new queue every time. */
    if (argc > 2 || errno != 0 || *end != '\0' || key < 1 || key > UINT_MAX)
        errx(2, "usage: %s [KEY] (1 to 0xffffffff)", argv[0]);
    if (setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "setvbuf");
    if (atexit(remove_queue) != 0)
        errx(EXIT_FAILURE, "atexit: no room for another function");
    /* signals: they wait, so none ends us while the queue is there. */
    sigfillset(&all);
    if (sigprocmask(SIG_BLOCK, &all, NULL) == -1)
        err(EXIT_FAILURE, "sigprocmask");

    /* free: nothing is made without IPC_CREAT, so this only asks. */
    if ((taken = msgget((key_t)key, IPC_EXCL)) != -1)
        errx(EXIT_FAILURE, "key %#llx is taken by queue %d", key, taken);
    show("free key:  IPC_EXCL", taken, ENOENT);
    /* create: 0600 are its permissions; left out, they are 0000. */
    msqid = msgget((key_t)key, IPC_CREAT | 0600);
    show("free key:  IPC_CREAT | 0600", msqid, 0);

    /* same: on a taken key IPC_CREAT is content with what it finds. */
    if ((taken = msgget((key_t)key, IPC_CREAT | 0600)) != -1)
        msqid = taken;
    show("taken key: IPC_CREAT | 0600", taken, 0);
    /* both: only the two together say "a new one or none". */
    show("taken key: IPC_CREAT | IPC_EXCL | 0600",
         msgget((key_t)key, IPC_CREAT | IPC_EXCL | 0600), EEXIST);
    show("taken key: IPC_EXCL", msgget((key_t)key, IPC_EXCL), 0);

    /* remove: now, and for everyone who uses it. */
    if (msgctl(msqid, IPC_RMID, NULL) == -1)
        err(EXIT_FAILURE, "msgctl IPC_RMID");
    msqid = -1;
    show("taken key: msgctl IPC_RMID", 0, 0);
    return EXIT_SUCCESS;
}
