/* Commands that run side by side, each watched until all that it has started is
 * over.
 *
 * Where one of these functions cannot do its work, the test that called it
 * fails. */
#ifndef TESTS_GROUND_H
#define TESTS_GROUND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct work;

enum target { NOBODY, PARENT, CHILD, GROUP };

struct attempt {
    /* What shall be done. */
    char *name; /* for messages */
    /* For /bin/sh -c, which is the leader of a session, in a directory of its
     * own, with standard input from /dev/null. BIN and ROOT are as for shell(),
     * DIR is that directory, QUEUE a queue of its own, and KEY a key that has
     * no queue. */
    char *command;
    const struct work
        *work;    /* what it shall do, for the caller alone; or NULL */
    unsigned may; /* likewise */
    /* The command stops itself before it becomes a program; so many seconds
     * after it was let go on, the signal goes to the target. */
    enum target target;
    int signal;
    double delay;
    bool scattered; /* what it starts leaves its group, but not its directory */

    /* What came of it. */
    char *directory, *out, *err;
    int status; /* 128 plus the signal that ended it */
    bool hung;  /* it did not end in 10 seconds, also after the signal */
    bool left;  /* 2 seconds after it something of it still ran */
    bool keyed; /* there is a queue at KEY */
    double seconds;
    /* For ground_run() alone. */
    struct running *running;
    int queue, key;
};

/* A list that grows; begin with {0}. */
struct attempts {
    struct attempt *item;
    size_t n;
};

/* Add an attempt; name and command are given away. */
struct attempt *attempts_add(struct attempts *attempts, char *name,
                             char *command);

/* Run all of them in directories under this one, width at a time. No process
 * of them is left when this returns. */
void ground_run(struct attempts *attempts, const char *directory, size_t width);

void attempts_free(struct attempts *attempts);

#endif
