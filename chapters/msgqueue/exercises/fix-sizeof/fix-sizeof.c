/* fix-sizeof - sends the record of a person into a queue, or receives one.
 *
 * Usage: fix-sizeof MSQID NAME AGE    send
 *        fix-sizeof MSQID             receive
 *
 * Correct it: the sizes are wrong, in both directions.
 */
#include <err.h>
#include <fcntl.h>
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

struct message {
    long mtype;
    struct person {
        char name[16];
        short age;
    } person;
};

static void send_person(int msqid, const struct message *message)
{
    if (msgsnd(msqid, message, sizeof *message, 0) == -1)
        err(EXIT_FAILURE, "msgsnd");
}

static void receive_person(int msqid, struct message *message)
{
    ssize_t nread = msgrcv(msqid, message, sizeof *message, 0, 0);

    if (nread == -1)
        err(EXIT_FAILURE, "msgrcv");
    if (nread != sizeof *message)
        errx(EXIT_FAILURE, "%zd bytes are no person", nread);
}

int main(int argc, char *argv[])
{
    struct message message = {.mtype = 1};

    if ((argc != 2 && argc != 4) ||
        (argc == 4 && strlen(argv[2]) >= sizeof message.person.name))
        errx(2, "usage: %s MSQID [NAME AGE] (NAME: at most 15 bytes)", argv[0]);
    prepare_output();
    if (argc == 4) {
        strcpy(message.person.name, argv[2]);
        message.person.age = (short)atoi(argv[3]);
        send_person(atoi(argv[1]), &message);
        return EXIT_SUCCESS;
    }
    receive_person(atoi(argv[1]), &message);
    if (printf("%.15s is %d\n", message.person.name, message.person.age) < 0)
        err(EXIT_FAILURE, "printf");
    return EXIT_SUCCESS;
}
