/* msgrcv - receives one message from a queue.
 *
 * Usage: msgrcv [-en] [-s SIZE] MSQID [TYPE]
 *   -e  cut off what is too long     -n  do not wait for a message
 *   -s  have room for SIZE bytes     without TYPE: 0, the first message
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/msg.h>
#include <unistd.h>

static bool parse(const char *text, long *number)
{
    char *end;

    errno = 0;
    *number = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

int main(int argc, char *argv[])
{
    /* form: as the sender's, with room for the longest that is usual. */
    struct {
        long mtype;
        char mtext[8192];
    } message;
    long msqid, msgsz = sizeof message.mtext, msgtyp = 0;
    int option, msgflg = 0;
    bool wrong = false;
    ssize_t n;

    opterr = 0;
    /* plus: options come first, so that -5 can be a TYPE. */
    while ((option = getopt(argc, argv, "+ens:")) != -1)
        if (option == 'e')
            /* cut: the rest of a message that is too long is lost. */
            msgflg |= MSG_NOERROR;
        else if (option == 'n')
            msgflg |= IPC_NOWAIT;
        else if (option != 's' || !parse(optarg, &msgsz))
            wrong = true;
    if (argc - optind == 2 && parse(argv[optind + 1], &msgtyp))
        argc--;
    if (wrong || argc - optind != 1 || !parse(argv[optind], &msqid) ||
        msqid < 0 || msqid > INT_MAX || msgsz < 0 ||
        msgsz > (long)sizeof message.mtext)
        errx(2, "usage: %s [-en] [-s SIZE] MSQID [TYPE]", argv[0]);
    /* lost: a message that is received and not shown is gone. */
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard output");
    if (setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "setvbuf");

    /* wait: for a message of such a type, or for the queue's removal. */
    n = msgrcv((int)msqid, &message, (size_t)msgsz, msgtyp, msgflg);
    if (n == -1)
        err(EXIT_FAILURE, "msgrcv");
    /* bytes: what arrived is no string; the sender sent no '\0'. */
    if (printf("received type %ld, %zd bytes: %.*s\n", message.mtype, n, (int)n,
               message.mtext) < 0)
        err(EXIT_FAILURE, "printf");
    return EXIT_SUCCESS;
}
