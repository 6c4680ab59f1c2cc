/* msgrcv - receives one message from a queue.
 *
 * Usage: msgrcv MSQID TYPE [wait | nowait | cut [SIZE]]
 *   nowait: fail if there is no message     cut: cut off a long message
 *   SIZE: have room for so many bytes
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
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

enum { ROOM = 8192 };

/* form: as the sender's, with room for the longest that is usual. */
struct message {
    long mtype;
    char mtext[ROOM];
};

static void receive_message(int msqid, size_t msgsz, long msgtyp, int msgflg)
{
    struct message message;
    /* wait: for a message of such a type, or for the queue's removal. */
    ssize_t nread = msgrcv(msqid, &message, msgsz, msgtyp, msgflg);

    if (nread == -1)
        err(EXIT_FAILURE, "msgrcv");
    /* bytes: what arrived is no string; the sender sent no '\0'. */
    if (printf("received type %ld, %zd bytes: ", message.mtype, nread) < 0 ||
        fwrite(message.mtext, 1, (size_t)nread, stdout) < (size_t)nread ||
        printf("\n") < 0)
        err(EXIT_FAILURE, "printf");
}

/* The flags for a word of the command line; -1 if there are none. */
static int flags_of(const char *word)
{
    if (strcmp(word, "wait") == 0)
        return 0;
    if (strcmp(word, "nowait") == 0)
        return IPC_NOWAIT;
    /* cut: the rest of a message that is too long is lost. */
    if (strcmp(word, "cut") == 0)
        return MSG_NOERROR;
    return -1;
}

/* The whole text is a number that fits. */
static bool parse_number(const char *text, long *number)
{
    char *end;

    errno = 0;
    *number = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

/* The arguments are as in the usage. Without SIZE, *msgsz stays. */
static bool parse_arguments(int argc, char *argv[], long *msqid, long *msgtyp,
                            long *msgsz)
{
    return argc >= 3 && argc <= 5 && parse_number(argv[1], msqid) &&
           *msqid == (int)*msqid && parse_number(argv[2], msgtyp) &&
           (argc < 5 || parse_number(argv[4], msgsz)) && *msgsz >= 0 &&
           *msgsz <= ROOM;
}

int main(int argc, char *argv[])
{
    int msgflg = argc > 3 ? flags_of(argv[3]) : 0;
    long msqid, msgtyp, msgsz = ROOM;

    if (msgflg == -1 || !parse_arguments(argc, argv, &msqid, &msgtyp, &msgsz))
        errx(2, "usage: %s MSQID TYPE [wait | nowait | cut [SIZE]]", argv[0]);
    /* lost: a message that is received and not shown is gone. */
    prepare_output();
    receive_message((int)msqid, (size_t)msgsz, msgtyp, msgflg);
    return EXIT_SUCCESS;
}
