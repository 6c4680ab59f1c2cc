/* Starting a program in a clean environment, and ending all that it started. */
#ifndef COMMON_PROCESS_H
#define COMMON_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/* A program that runs. It is not our child but that of a guardian, a process
 * that we start with it. A process that the program leaves becomes the
 * guardian's child, even in another session or group (PR_SET_CHILD_SUBREAPER),
 * and the guardian ends it. If we die, the guardian ends all of them. */
struct child {
    pid_t guardian;
    pid_t pid; /* of the program, and of its session and process group */
    int end;   /* poll(2) can read from it once all processes have ended */
};

/* What to start. */
struct child_program {
    const char *const *argv; /* ends with NULL; argv[0] is looked up in PATH */
    const char *directory;   /* to run in */
    int in;                  /* its standard input; -1: /dev/null */
    int out;                 /* its standard output and standard error */
    bool terminal;           /* both are the terminal that controls it */
    off_t most;              /* bytes in a file that it may write; 0: any */
};

/* How it ended. */
struct child_end {
    int status; /* 0 to 255, or 128 plus the signal that ended it */
    /* The name of a process that outlived it, or "". If child_stop() ended it:
     * of a process that had outlived its parent before that. */
    char left[16];
};

/* Start a program that depends on the caller as little as possible. It has:
 *
 * - descriptors 0, 1 and 2 only;
 * - a session and process group of its own;
 * - all signals at their defaults, and none blocked;
 * - a umask of 022 and, if we may lower it, a nice value of 0;
 * - the soft limits of resources (getrlimit(2)) that process.c lists, or the
 *   hard limit where that is lower and may not be raised;
 * - the environment PATH, LC_ALL=C, TZ=UTC, TERM=dumb and HOME=/. PATH begins
 *   with the usual directories and ends with those of our PATH, so that ours
 *   matter only for programs that are not in the usual ones.
 *
 * argv[0] itself is looked up in our PATH.
 *
 * Returns 0; child_wait() must follow. Returns -1 with errno set if it cannot
 * be started, also if argv[0] is not found; nothing is left then. errno is
 * ECHILD if somebody killed the guardian. If SIGCHLD was ignored, it has its
 * default action after this, because wait(2) gets no status while it is
 * ignored. Ends the process with err(3) if memory runs out. See execvp(3),
 * vfork(2), setsid(2), prctl(2). */
int child_start(struct child *child, const struct child_program *program);

/* Begin to end all processes: at once, with SIGKILL; or, if politely, with
 * SIGTERM to the program's group, and after a second with SIGKILL. */
void child_stop(const struct child *child, bool politely);

/* Wait until all processes have ended. Processes that outlive the program are
 * ended.
 *
 * Returns 0. Returns -1 with errno ECHILD if somebody killed the guardian; then
 * processes may be left. */
int child_wait(struct child *child, struct child_end *end);

#endif
