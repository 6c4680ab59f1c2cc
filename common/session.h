/* Running all commands of a transcript, on as many terminals as it has. */
#ifndef COMMON_SESSION_H
#define COMMON_SESSION_H

#include <signal.h>

#include "match.h"
#include "run.h"
#include "transcript.h"

/* How they are run: see struct run for the first four. */
struct session {
    enum run_mode mode;
    const char *directory;
    int deadline; /* milliseconds for each block */
    const volatile sig_atomic_t *stop;
    /* Returns the words of a command that runs this one; behind them come the
     * name of a file, TRACES/I for command I of the transcript, and the words
     * "/bin/sh", "-c" and the command. May be NULL. */
    const char *const *(*tracer)(const char *command);
    const char *traces;
};

/* Run the commands of the transcript. Each block begins when the one before it
 * is complete: see transcript.h. What the block i did is outcomes[i], of which
 * there are as many as commands; the caller frees their output. If a command
 * ends where it should wait, the later blocks of it are left out.
 *
 * Returns NULL if all were run. Else returns a message for people, which the
 * caller frees: one could not be started, was not complete at its deadline, was
 * interrupted, left a process behind, printed a null byte, needs the value of a
 * variable that has none since the output before it differs from the
 * transcript; or all agree and a message queue is left behind. In any case no
 * process is left of them, nor a message queue whose identifier has become the
 * value of a variable. */
char *session_run(const struct session *session,
                  const struct transcript *transcript,
                  struct outcome *outcomes);

/* Run the commands of the transcript and compare what they do with it. Returns
 * NULL if it is the same, else a message for people as of session_run() or, as
 * it has differences, of match_transcript(); the caller frees it. */
char *session_compare(const struct session *session,
                      const struct transcript *transcript);

/* The text of a command with the values of its variables in their places; the
 * caller frees it. */
char *session_text(const struct command *command, char *const *values);

#endif
