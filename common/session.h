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
    /* Returns the first words of the command that runs this one; the name of a
     * file, TRACES/I for command I of the transcript, and the words "/bin/sh",
     * "-c" and the command follow them. Returns NULL for a command that runs
     * without them. It is called once for each command, in the order of the
     * transcript, just before the command starts. May be NULL. */
    const char *const *(*tracer)(const char *command);
    const char *traces;
};

/* Run the commands of the transcript. Each block begins when the one before it
 * is complete: see transcript.h. The result of block i goes to outcomes[i]; the
 * caller provides as many as there are blocks and frees their output. If a
 * command ends where it should wait, its later blocks are left out.
 *
 * Returns NULL if all were run. Else returns a message for people, which the
 * caller frees: a command could not be started, a line could not be typed, a
 * command was not complete at its deadline, was interrupted, printed too much
 * or a null byte, has output that cannot be read, left a process, or needs a
 * variable that has no value because the output before it differs from the
 * transcript; a program or a source was written to (see sandbox_written()); or
 * all agree and an object was left (see leftover.h). In any case no process of
 * them is left, nor such an object. Ends the process with err(3) if memory runs
 * out or /proc cannot be read. */
char *session_run(const struct session *session,
                  const struct transcript *transcript,
                  struct outcome *outcomes);

/* Run the commands of the transcript and compare their results with it. Returns
 * NULL if they agree, else the message of session_run() or the report of
 * match_transcript(); the caller frees it. Ends the process as session_run()
 * does. */
char *session_compare(const struct session *session,
                      const struct transcript *transcript);

/* The text of a command with the values of its variables in their places; the
 * caller frees it. Ends the process with err(3) if memory runs out. */
char *session_text(const struct command *command, char *const *values);

#endif
