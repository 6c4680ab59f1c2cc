/* fix-ftok - leaves a note at a file, and picks it up.
 *
 * Usage: fix-ftok put FILE TEXT    make the queue of FILE, and send TEXT
 *        fix-ftok get FILE         print the text, and remove the queue
 *
 * Correct it: put and get do not meet.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

/* Scaffolding, the same in every program: each line goes out at once. */
static void prepare_output(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||
        setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "standard output");
}

struct message {
    long mtype;
    char mtext[100];
};

/* The key of a file. */
static key_t key_of(const char *path, int project)
{
    return ftok(path, project);
}

/* Report that a call has failed, and leave no queue. */
static _Noreturn void undo(int msqid, const char *call)
{
    warn("%s", call);
    msgctl(msqid, IPC_RMID, NULL);
    exit(EXIT_FAILURE);
}

static void put(const char *path, const char *text)
{
    struct message message = {.mtype = 1};
    size_t msgsz = strlen(text);
    int msqid;

    if (msgsz > sizeof message.mtext)
        errx(EXIT_FAILURE, "the text is too long");
    memcpy(message.mtext, text, msgsz);
    msqid = msgget(key_of(path, 'p'), IPC_CREAT | IPC_EXCL | 0600);
    if (msqid == -1)
        err(EXIT_FAILURE, "msgget with the key of %s", path);
    if (msgsnd(msqid, &message, msgsz, 0) == -1)
        undo(msqid, "msgsnd");
    if (printf("queue %d\n", msqid) < 0)
        undo(msqid, "printf");
}

static void get(const char *path)
{
    struct message message;
    ssize_t nread;
    int msqid;

    msqid = msgget(key_of(path, 'g'), 0);
    if (msqid == -1)
        err(EXIT_FAILURE, "msgget with the key of %s", path);
    nread = msgrcv(msqid, &message, sizeof message.mtext, 0, 0);
    if (nread == -1)
        err(EXIT_FAILURE, "msgrcv");
    if (msgctl(msqid, IPC_RMID, NULL) == -1)
        err(EXIT_FAILURE, "msgctl IPC_RMID");
    if (fwrite(message.mtext, 1, (size_t)nread, stdout) < (size_t)nread ||
        printf("\n") < 0)
        err(EXIT_FAILURE, "printf");
}

int main(int argc, char *argv[])
{
    prepare_output();
    if (argc == 4 && strcmp(argv[1], "put") == 0)
        put(argv[2], argv[3]);
    else if (argc == 3 && strcmp(argv[1], "get") == 0)
        get(argv[2]);
    else
        errx(2, "usage: %s put FILE TEXT | get FILE", argv[0]);
    return EXIT_SUCCESS;
}
