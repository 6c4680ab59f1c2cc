/* msgsnd - sends one message into a queue that is there already.
 *
 * Usage: msgsnd [-n] MSQID TYPE TEXT     -n: do not wait for room
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <unistd.h>

/* form: the kernel wants a long first; what follows is up to us. */
struct message {
    long mtype;
    char mtext[];
};

static bool parse(const char *text, long *number)
{
    char *end;

    errno = 0;
    *number = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

int main(int argc, char *argv[])
{
    int option, msgflg = 0;
    bool wrong = false;
    struct message *msgp;
    long msqid, mtype;
    size_t msgsz;

    opterr = 0;
    /* plus: options come first, so that TEXT may begin with '-'. */
    while ((option = getopt(argc, argv, "+n")) != -1)
        if (option == 'n')
            msgflg = IPC_NOWAIT;
        else
            wrong = true;
    if (wrong || argc - optind != 3 || !parse(argv[optind], &msqid) ||
        msqid < 0 || msqid > INT_MAX || !parse(argv[optind + 1], &mtype))
        errx(2, "usage: %s [-n] MSQID TYPE TEXT", argv[0]);
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard output");
    if (setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "setvbuf");

    /* size: that of the text alone; mtype does not count, nor '\0'. */
    msgsz = strlen(argv[optind + 2]);
    if ((msgp = malloc(sizeof *msgp + msgsz)) == NULL)
        err(EXIT_FAILURE, "malloc");
    /* type: greater than 0, or msgsnd() fails with EINVAL. */
    msgp->mtype = mtype;
    memcpy(msgp->mtext, argv[optind + 2], msgsz);
    /* room: a full queue makes us wait, or with IPC_NOWAIT fail. */
    if (msgsnd((int)msqid, msgp, msgsz, msgflg) == -1)
        err(EXIT_FAILURE, "msgsnd");
    if (printf("sent type %ld, %zu bytes: %s\n", mtype, msgsz,
               argv[optind + 2]) < 0)
        err(EXIT_FAILURE, "printf");
    free(msgp);
    return EXIT_SUCCESS;
}
