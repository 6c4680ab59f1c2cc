/* msgsnd - sends one message into a queue that is there already.
 *
 * Usage: msgsnd MSQID TYPE TEXT [nowait]
 *   nowait: fail if there is no room, instead of waiting for it
 */
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <unistd.h>

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

/* form: the kernel wants a long first; what follows is up to us. */
struct message {
    long mtype;
    char mtext[];
};

static void send_message(int msqid, long mtype, const char *text, int msgflg)
{
    struct message *msgp;
    size_t msgsz;

    /* size: that of the text alone; mtype does not count, nor '\0'. */
    msgsz = strlen(text);
    msgp = malloc(sizeof *msgp + msgsz);
    if (msgp == NULL)
        err(EXIT_FAILURE, "malloc");
    /* type: greater than 0, or msgsnd() fails with EINVAL. */
    msgp->mtype = mtype;
    memcpy(msgp->mtext, text, msgsz);
    /* room: a full queue makes us wait, or with IPC_NOWAIT fail. */
    if (msgsnd(msqid, msgp, msgsz, msgflg) == -1)
        err(EXIT_FAILURE, "msgsnd");
    free(msgp);
    if (dprintf(STDOUT_FILENO, "sent type %ld, %zu bytes: %s\n", mtype, msgsz,
                text) < 0)
        err(EXIT_FAILURE, "dprintf");
}

int main(int argc, char *argv[])
{
    bool nowait = argc == 5 && strcmp(argv[4], "nowait") == 0;

    if (argc != 4 + nowait)
        errx(2, "usage: %s MSQID TYPE TEXT [nowait]", argv[0]);

    long msqid = number_of(argv[1], INT_MIN, INT_MAX);
    long mtype = number_of(argv[2], LONG_MIN, LONG_MAX);

    send_message((int)msqid, mtype, argv[3], nowait ? IPC_NOWAIT : 0);
    return EXIT_SUCCESS;
}
