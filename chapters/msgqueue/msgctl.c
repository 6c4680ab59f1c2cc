/* msgctl - makes a message queue, shows its state, removes it.
 *
 * Usage: msgctl make           make a queue and print its identifier
 *        msgctl MSQID          show what is in the queue
 *        msgctl MSQID remove   remove the queue and what is in it
 *        msgctl INDEX index    show the queue at this place of the kernel
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

/* Scaffolding: the whole text as a number, if it is within the limits. */
static long number_of(const char *text, long min, long max)
{
    char *end;
    long number;

    errno = 0;
    number = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number < min ||
        number > max)
        errx(2, "'%s': not a number, or out of range", text);
    return number;
}

static void make_queue(void)
{
    int msqid;

    /* signals: they wait, or one could end us before the number is out. */
    block_signals();
    /* private: no key leads to this queue, only its identifier. */
    msqid = msgget(IPC_PRIVATE, 0600);
    if (msqid == -1)
        err(EXIT_FAILURE, "msgget");
    if (printf("queue %d\n", msqid) < 0) {
        /* unknown: a queue whose number nobody has read is of no use. */
        warn("printf");
        if (msgctl(msqid, IPC_RMID, NULL) == -1)
            warn("queue %d is left: msgctl IPC_RMID", msqid);
        exit(EXIT_FAILURE);
    }
}

static void show_queue(int msqid)
{
    struct msqid_ds buf;

    /* state: a copy; other processes may change the queue meanwhile. */
    if (msgctl(msqid, IPC_STAT, &buf) == -1)
        err(EXIT_FAILURE, "msgctl IPC_STAT");
    /* bytes: msg_cbytes is from System V; POSIX has the other two. */
    if (printf("messages: %lu, bytes: %lu of %lu\n",
               (unsigned long)buf.msg_qnum, (unsigned long)buf.msg_cbytes,
               (unsigned long)buf.msg_qbytes) < 0)
        err(EXIT_FAILURE, "printf");
}

static void remove_queue(int msqid)
{
    /* remove: at once, also while processes wait at the queue. */
    if (msgctl(msqid, IPC_RMID, NULL) == -1)
        err(EXIT_FAILURE, "msgctl IPC_RMID");
    if (printf("queue %d removed\n", msqid) < 0)
        err(EXIT_FAILURE, "printf");
}

static void show_index(int index)
{
    struct msqid_ds buf;
    /* index: MSG_STAT takes no identifier but returns it. */
    int msqid = msgctl(index, MSG_STAT, &buf);

    if (msqid == -1)
        err(EXIT_FAILURE, "msgctl MSG_STAT");
    if (printf("queue %d: messages: %lu, last sender %ld, last receiver %ld\n",
               msqid, (unsigned long)buf.msg_qnum, (long)buf.msg_lspid,
               (long)buf.msg_lrpid) < 0)
        err(EXIT_FAILURE, "printf");
}

/* The identifier or index that the text gives. */
static int id_of(const char *text)
{
    return (int)number_of(text, INT_MIN, INT_MAX);
}

int main(int argc, char *argv[])
{
    prepare_output();
    if (argc == 2 && strcmp(argv[1], "make") == 0)
        make_queue();
    else if (argc == 2)
        show_queue(id_of(argv[1]));
    else if (argc == 3 && strcmp(argv[2], "remove") == 0)
        remove_queue(id_of(argv[1]));
    else if (argc == 3 && strcmp(argv[2], "index") == 0)
        show_index(id_of(argv[1]));
    else
        errx(2, "usage: %s make | MSQID [remove] | INDEX index", argv[0]);
    return EXIT_SUCCESS;
}
