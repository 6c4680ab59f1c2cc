/* answer - answers with the age of the person that ask asks for, until Ctrl+C.
 *
 * Usage: answer FILE     the keys of the two queues come from FILE
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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

/* record: ask has the same; the size is that of the person alone. */
struct message {
    long mtype; /* the pid of the asker */
    struct person {
        char name[16];
        short age; /* in an answer; -1: unknown */
    } person;
};

static const struct person people[] = {
    {"Ada", 36}, {"Dennis", 70}, {"Ken", 82}};

static volatile sig_atomic_t requests = -1, answers = -1, stopped;

/* undo: on every exit(); the handler has perhaps removed the first. */
static void remove_queues(void)
{
    if (requests != -1 && msgctl(requests, IPC_RMID, NULL) == -1 &&
        stopped == 0)
        warn("msgctl IPC_RMID");
    if (answers != -1 && msgctl(answers, IPC_RMID, NULL) == -1)
        warn("msgctl IPC_RMID");
}

/* stop: a removed queue ends a wait, and one that is about to begin. */
static void stop(int signal_number)
{
    int error = errno;

    stopped = signal_number;
    msgctl(requests, IPC_RMID, NULL);
    errno = error;
}

static void clean_up_at_end(void)
{
    const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE};
    struct sigaction action = {.sa_handler = stop, .sa_flags = SA_RESTART}, old;

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        if (sigaction(signals[i], NULL, &old) == -1)
            err(EXIT_FAILURE, "sigaction");
        /* nohup: a signal that we have found ignored stays ignored. */
        if (old.sa_handler != SIG_IGN &&
            sigaction(signals[i], &action, NULL) == -1)
            err(EXIT_FAILURE, "sigaction");
    }
    if (atexit(remove_queues) != 0)
        errx(EXIT_FAILURE, "atexit: no room for another function");
}

static int make_queue(const char *path, int project)
{
    key_t key = ftok(path, project);
    int msqid;

    /* ftok: unchecked, its -1 would be the key of a queue. */
    if (key == -1)
        err(EXIT_FAILURE, "ftok %s", path);
    /* exclusive: a queue with this key is not ours, or a crash left it. */
    msqid = msgget(key, IPC_CREAT | IPC_EXCL | 0600);
    if (msqid == -1)
        err(EXIT_FAILURE, "msgget with the key of %s", path);
    return msqid;
}

/* Fill in the age of the person with this name. */
static void find_age(struct person *person)
{
    person->age = -1;
    for (size_t i = 0; i < sizeof people / sizeof *people; i++)
        if (strncmp(person->name, people[i].name, sizeof person->name) == 0)
            person->age = people[i].age;
}

static void answer_one(void)
{
    /* longer: with room for more, a message that is too long is noticed. */
    struct {
        struct message message;
        char more;
    } request;
    struct message *message = &request.message;
    ssize_t nread = msgrcv(requests, &request, sizeof request - sizeof(long), 0,
                           MSG_NOERROR);

    if (stopped != 0)
        return;
    if (nread == -1)
        err(EXIT_FAILURE, "msgrcv");
    /* stranger: anyone may send, and anything; only a person is answered. */
    if (nread != sizeof message->person) {
        warnx("%zd bytes from %ld are no request", nread, message->mtype);
        return;
    }
    find_age(&message->person);
    /* full: rather end than wait for askers who may be gone. */
    if (msgsnd(answers, message, sizeof message->person, IPC_NOWAIT) == -1)
        err(EXIT_FAILURE, "msgsnd");
    if (printf("answered %ld\n", message->mtype) < 0)
        err(EXIT_FAILURE, "printf");
}

int main(int argc, char *argv[])
{
    if (argc != 2)
        errx(2, "usage: %s FILE", argv[0]);
    prepare_output();
    clean_up_at_end();
    requests = make_queue(argv[1], 'q');
    answers = make_queue(argv[1], 'a');
    if (printf("queues %d and %d\n", requests, answers) < 0)
        err(EXIT_FAILURE, "printf");
    while (stopped == 0)
        answer_one();
    /* end: by exit(), which removes the queues; a signal alone would not. */
    errx(EXIT_FAILURE, "%s", strsignal(stopped));
}
