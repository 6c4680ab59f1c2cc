/* msgctl - makes a message queue, shows its state, removes it.
 *
 * Usage: msgctl make           make a queue and print its identifier
 *        msgctl MSQID          show what is in the queue
 *        msgctl MSQID remove   remove the queue and what is in it
 */
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>

static bool parse(const char *text, long *number)
{
    char *end;

    errno = 0;
    *number = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

static int make_queue(void)
{
    sigset_t all;
    int msqid;

    /* signals: they wait, or one could end us before the number is out. */
    sigfillset(&all);
    if (sigprocmask(SIG_BLOCK, &all, NULL) == -1)
        err(EXIT_FAILURE, "sigprocmask");
    /* private: no key leads to this queue, only its identifier. */
    if ((msqid = msgget(IPC_PRIVATE, 0600)) == -1)
        err(EXIT_FAILURE, "msgget");
    if (printf("queue %d\n", msqid) >= 0)
        return EXIT_SUCCESS;
    /* unknown: a queue whose number nobody has read is of no use. */
    warn("printf");
    if (msgctl(msqid, IPC_RMID, NULL) == -1)
        warn("queue %d is left: msgctl IPC_RMID", msqid);
    return EXIT_FAILURE;
}

int main(int argc, char *argv[])
{
    struct msqid_ds buf;
    long msqid;

    if (setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "setvbuf");
    if (argc == 2 && strcmp(argv[1], "make") == 0)
        return make_queue();
    if ((argc != 2 && (argc != 3 || strcmp(argv[2], "remove") != 0)) ||
        !parse(argv[1], &msqid) || msqid < 0 || msqid > INT_MAX)
        errx(2, "usage: %s make | MSQID [remove]", argv[0]);

    if (argc == 3) {
        /* remove: at once, whoever waits at it; nobody else will do it. */
        if (msgctl((int)msqid, IPC_RMID, NULL) == -1)
            err(EXIT_FAILURE, "msgctl IPC_RMID");
        if (printf("queue %ld removed\n", msqid) < 0)
            err(EXIT_FAILURE, "printf");
        return EXIT_SUCCESS;
    }
    /* state: a copy; by the time it is printed it may be history. */
    if (msgctl((int)msqid, IPC_STAT, &buf) == -1)
        err(EXIT_FAILURE, "msgctl IPC_STAT");
    /* bytes: msg_cbytes is Linux's own; POSIX has the other two. */
    if (printf("messages: %lu, bytes: %lu of %lu\n",
               (unsigned long)buf.msg_qnum, (unsigned long)buf.msg_cbytes,
               (unsigned long)buf.msg_qbytes) < 0)
        err(EXIT_FAILURE, "printf");
    return EXIT_SUCCESS;
}
