/* Running a program as a person or a shell would, and keeping what it prints:
 * output.h says where that goes, process.h in what environment it runs. */
#ifndef COMMON_RUN_H
#define COMMON_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "output.h"

/* Without a terminal, standard input is /dev/null, or a pipe for what is typed.
 */
struct run {
    enum run_mode mode;
    const char *directory;   /* to run in */
    const char *const *argv; /* ends with NULL; argv[0] is looked up in PATH */
    int deadline;            /* milliseconds from the start, or for each step */
    /* Once this is not 0, for example set by a signal handler, the run is ended
     * as at its deadline, but by SIGTERM first, and by SIGKILL if a second was
     * not enough; may be NULL. */
    const volatile sig_atomic_t *stop;
};

struct run_result {
    char *output; /* terminated by '\0', which length does not count */
    size_t length;
    int status; /* 0 to 255; 128 plus the signal that ended it */
    /* Why it was ended, as in "did not end in time", or NULL: the deadline,
     * run.stop, too much output, output that cannot be read, run_end(), or the
     * death of its guardian (see process.h). */
    const char *reason;
    /* Why its output is not complete: an error of reading it, or 0. */
    int error;
    char left[16]; /* the name of a process that was left: see child_end */
    bool ended;    /* it has ended, or was ended */
};

/* A program that prints more than this many bytes is ended. */
enum { RUN_OUTPUT_MAX = OUTPUT_MAX };

/* Run a program, wait until it has ended, then end every process that it has
 * left. At the deadline all of them are ended. No process is left when this
 * returns, and all that they printed is in the output unless result->error or
 * result->reason is set.
 *
 * Returns 0 and fills in *result, whose output the caller frees. Returns -1
 * with errno set if the program could not be started, for example because it is
 * not found; nothing is left then. Ends the process with err(3) if memory runs
 * out. */
int run(const struct run *run, struct run_result *result);

/* The same step by step: a program that runs while its caller does something
 * else. */
struct program;

/* Start a program; if typed, run_type() can be used with it.
 *
 * Returns it, to be given to run_end(). Returns NULL with errno set as run()
 * does. The words, the directory and the flag of *run must stay until then. */
struct program *run_start(const struct run *run, bool typed);

/* Type a line, which has no newline, or the end of file if line is NULL. When
 * this returns, a process that waited for it has been woken up. It is no error
 * if no process reads any more.
 *
 * Returns 0, or -1 with errno set: EAGAIN if what was typed before has to be
 * read first; then a part of the line may have been typed. See termios(3). */
int run_type(struct program *program, const char *line);

/* Wait until the program has ended; or, if lines is not negative, until at
 * least so many lines have come after the first offset bytes of its output and
 * all processes of its session sleep (see sleep.h). At the deadline, counted
 * from now, after too much output, or once run.stop is set, it is ended.
 *
 * Returns its result so far, valid until the next call. Once it has ended this
 * does nothing. Ends the process with err(3) if memory runs out or, unless
 * lines is negative, if /proc cannot be read. */
const struct run_result *run_follow(struct program *program, size_t offset,
                                    long lines);

/* End the program if it has not ended, with all that is left of it; free it.
 * result, if it is not NULL, gets what run() would have given. */
void run_end(struct program *program, struct run_result *result);

#endif
