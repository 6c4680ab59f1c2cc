/* msgrcv - receives one message from a queue.
 *
 * Usage: msgrcv MSQID TYPE [wait | nowait | cut [SIZE]]
 *   nowait: fail if there is no message     cut: cut off a long message
 *   SIZE: have room for so many bytes
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

static int flags_of(const char *word)
{
    if (strcmp(word, "nowait") == 0)
        return IPC_NOWAIT;
    /* cut: the rest of a message that is too long is lost. */
    if (strcmp(word, "cut") == 0)
        return MSG_NOERROR;
    if (strcmp(word, "wait") != 0)
        errx(2, "'%s': not wait, nowait or cut", word);
    return 0;
}

int main(int argc, char *argv[])
{
    if (argc < 3 || argc > 5)
        errx(2, "usage: %s MSQID TYPE [wait | nowait | cut [SIZE]]", argv[0]);
    /* lost: a message that is received and not shown is gone. */
    prepare_output();

    long msqid = number_of(argv[1], INT_MIN, INT_MAX);
    long msgtyp = number_of(argv[2], LONG_MIN, LONG_MAX);
    int msgflg = argc > 3 ? flags_of(argv[3]) : 0;
    long msgsz = argc > 4 ? number_of(argv[4], 0, ROOM) : ROOM;

    receive_message((int)msqid, (size_t)msgsz, msgtyp, msgflg);
    return EXIT_SUCCESS;
}
