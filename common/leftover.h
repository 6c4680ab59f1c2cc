/* What the commands of a transcript leave in the system, apart from processes
 * (process.h) and from files in their directory (sandbox.h).
 *
 * Other programs, and other transcripts that run at the same time, make such
 * objects too. So an object counts only if the transcript names it:
 *
 * - a message queue, a shared memory segment or a semaphore set of System V
 *   whose identifier is the value of a variable (msqid, shmid, semid);
 * - a new entry of ours in /dev/shm (POSIX shared memory and semaphores),
 *   /dev/mqueue (POSIX message queues), /tmp or /var/tmp, whose name is in a
 *   command or in an output: "/demo" for the first two, else "/tmp/demo".
 *
 * Objects without a name in the transcript are not found. An abstract socket
 * needs no removal: it goes with its last process. */
#ifndef COMMON_LEFTOVER_H
#define COMMON_LEFTOVER_H

#include <stddef.h>

#include "match.h"
#include "transcript.h"

/* The entries of these directories before the commands run, for
 * leftover_remove(). Ends the process with err(3) if memory runs out. */
char **leftover_before(void);

/* Remove what the commands have left. n outcomes are known; before is what
 * leftover_before() returned, which this frees.
 *
 * Returns what the first object was, such as "message queue 7" or
 * "/dev/shm/demo", which the caller frees; NULL if there was none. A directory
 * is removed with all its entries, except those on another file system. An
 * entry that cannot be removed is named all the same. Ends the process with
 * err(3) if memory runs out. See sysvipc(7), shm_overview(7) and
 * mq_overview(7). */
char *leftover_remove(const struct transcript *transcript, size_t n,
                      const struct outcome *outcomes, char **before);

#endif
