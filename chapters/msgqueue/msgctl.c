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
#include <signal.h>
#include <stdbool.h>
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

/* signals: they wait, or one could end us before the number is out. */
static void block_signals(void)
{
    sigset_t all;

    sigfillset(&all);
    if (sigprocmask(SIG_BLOCK, &all, NULL) == -1)
        err(EXIT_FAILURE, "sigprocmask");
}

static int make_queue(void)
{
    int msqid;

    block_signals();
    /* private: no key leads to this queue, only its identifier. */
    msqid = msgget(IPC_PRIVATE, 0600);
    if (msqid == -1)
        err(EXIT_FAILURE, "msgget");
    if (printf("queue %d\n", msqid) >= 0)
        return EXIT_SUCCESS;
    /* unknown: a queue whose number nobody has read is of no use. */
    warn("printf");
    if (msgctl(msqid, IPC_RMID, NULL) == -1)
        warn("queue %d is left: msgctl IPC_RMID", msqid);
    return EXIT_FAILURE;
}

static int show_queue(int msqid)
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
    return EXIT_SUCCESS;
}

static int remove_queue(int msqid)
{
    /* remove: at once, also while processes wait at the queue. */
    if (msgctl(msqid, IPC_RMID, NULL) == -1)
        err(EXIT_FAILURE, "msgctl IPC_RMID");
    if (printf("queue %d removed\n", msqid) < 0)
        err(EXIT_FAILURE, "printf");
    return EXIT_SUCCESS;
}

static int show_index(int index)
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
    return EXIT_SUCCESS;
}

/* The whole text is a number that fits. */
static bool parse_number(const char *text, long *number)
{
    char *end;

    errno = 0;
    *number = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

static _Noreturn void usage(const char *name)
{
    errx(2, "usage: %s make | MSQID [remove] | INDEX index", name);
}

int main(int argc, char *argv[])
{
    long number;

    prepare_output();
    if (argc == 2 && strcmp(argv[1], "make") == 0)
        return make_queue();
    if (argc < 2 || !parse_number(argv[1], &number) || number != (int)number)
        usage(argv[0]);
    if (argc == 2)
        return show_queue((int)number);
    if (argc == 3 && strcmp(argv[2], "remove") == 0)
        return remove_queue((int)number);
    if (argc == 3 && strcmp(argv[2], "index") == 0)
        return show_index((int)number);
    usage(argv[0]);
}
