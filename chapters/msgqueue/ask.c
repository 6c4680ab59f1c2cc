/* ask - asks answer for the age of a person.
 *
 * Usage: ask FILE NAME     FILE: the same as answer's
 */
#include <err.h>
#include <errno.h>
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

/* record: answer has the same; a pointer would mean nothing there. */
struct message {
    long mtype; /* the pid of the asker */
    struct person {
        char name[16];
        short age; /* in an answer; -1: unknown */
    } person;
};

static int find_queue(const char *path, int project)
{
    key_t key = ftok(path, project);
    int msqid;

    if (key == -1)
        err(EXIT_FAILURE, "ftok %s", path);
    /* find: without IPC_CREAT; nobody would read in a queue of our own. */
    msqid = msgget(key, 0);
    if (msqid == -1)
        err(EXIT_FAILURE, "msgget with the key of %s", path);
    return msqid;
}

int main(int argc, char *argv[])
{
    struct message message = {.mtype = getpid()};
    const size_t msgsz = sizeof message.person;
    int requests, answers;
    ssize_t nread;

    if (argc != 3 || strlen(argv[2]) >= sizeof message.person.name)
        errx(2, "usage: %s FILE NAME (at most 15 bytes)", argv[0]);
    prepare_output();
    requests = find_queue(argv[1], 'q');
    answers = find_queue(argv[1], 'a');

    /* stale: an earlier process with this pid may have left an answer. */
    while (msgrcv(answers, &message, msgsz, getpid(), IPC_NOWAIT) != -1)
        continue;
    if (errno != ENOMSG)
        err(EXIT_FAILURE, "msgrcv");
    strcpy(message.person.name, argv[2]);
    if (msgsnd(requests, &message, msgsz, 0) == -1)
        err(EXIT_FAILURE, "msgsnd");
    if (printf("asked for %s\n", argv[2]) < 0)
        err(EXIT_FAILURE, "printf");
    /* ours: other answers in the queue have the pids of other askers. */
    nread = msgrcv(answers, &message, msgsz, getpid(), 0);
    if (nread == -1)
        err(EXIT_FAILURE, "msgrcv");
    if (nread != (ssize_t)msgsz)
        errx(EXIT_FAILURE, "msgrcv: %zd bytes are no answer", nread);

    if (message.person.age == -1)
        errx(EXIT_FAILURE, "nobody knows %s", argv[2]);
    if (printf("%s is %d\n", argv[2], message.person.age) < 0)
        err(EXIT_FAILURE, "printf");
    return EXIT_SUCCESS;
}
