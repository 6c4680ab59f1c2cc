/* Running a program as a person or a shell would, and keeping what it prints.
 */
#ifndef COMMON_RUN_H
#define COMMON_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/* Where the program's standard output and standard error go, both to one
 * place. On a terminal (see pty(7)) standard input is that terminal; else it
 * is /dev/null, or a pipe for what is typed. */
enum run_mode { RUN_TERMINAL, RUN_PIPE, RUN_FILE };

struct run {
    enum run_mode mode;
    const char *directory;   /* to run in */
    const char *const *argv; /* ends with NULL; argv[0] is looked up in PATH */
    int deadline;            /* milliseconds from the start, or for each step */
    /* Once this is not 0, set by a signal handler perhaps, the run is ended as
     * at its deadline, but by SIGTERM first, and by SIGKILL if that was not
     * enough within a second; may be NULL. */
    const volatile sig_atomic_t *stop;
};

struct run_result {
    char *output; /* terminated by '\0', which length does not count */
    size_t length;
    int status;         /* 0 to 255; 128 plus the signal that ended it */
    bool late;          /* it was ended, for this reason: */
    const char *reason; /* the deadline, run.stop, or too much output */
    bool left_behind;   /* processes of its session were alive when it ended */
    bool ended;         /* it has ended, or was ended */
};

/* A program that prints more than this many bytes is ended. */
enum { RUN_OUTPUT_MAX = 16 << 20 };

/* Run a program in a session and process group of its own (setsid(2)), with
 * all signals at their defaults, a umask of 022 and an environment that has
 * PATH and, fixed, LC_ALL=C, TZ=UTC, TERM=dumb and HOME, and nothing else. The
 * terminal passes output through as it is written, without "\r".
 *
 * Waits until the program has ended, then ends with SIGKILL whatever of its
 * process group is left; at the deadline it ends the whole group. No process
 * of the group is left when this returns.
 *
 * Returns 0 and fills in *result, whose output the caller frees. Returns -1
 * with errno set if the program could not be started; nothing is left then.
 * A program that is not found or cannot be executed is that, too. Ends the
 * process with a message if memory runs out, or /proc cannot be read. */
int run(const struct run *run, struct run_result *result);

/* The same step by step: a program that runs while its caller does something
 * else. */
struct program;

/* Start a program; if typed, run_type() can be used with it.
 *
 * Returns it, to be given to run_end(). Returns NULL with errno set as run()
 * does. What *run points to must stay until then. */
struct program *run_start(const struct run *run, bool typed);

/* Type a line, which has no newline, or the end of file if line is NULL. When
 * this returns, who waited for it has been woken up. That nobody reads any more
 * is no error.
 *
 * Returns 0, or -1 with errno set: EAGAIN if what was typed before has to be
 * read first; EMFILE if there is no descriptor to see it arrive with. */
int run_type(struct program *program, const char *line);

/* Wait until the program has ended; or, if lines is not negative, until at
 * least so many lines have come behind the first offset bytes of its output and
 * all processes of its session sleep: they cannot go on unless something
 * happens to them (of a process that has threads only the first is looked at).
 * At the deadline, counted from now, it is ended.
 *
 * Returns what is known of it so far, valid until the next call. Once it has
 * ended this does nothing. */
const struct run_result *run_follow(struct program *program, size_t offset,
                                    long lines);

/* End the program if it has not ended, and all that is left of its group; free
 * it. result, if it is not NULL, gets what run() would have given. */
void run_end(struct program *program, struct run_result *result);

#endif
