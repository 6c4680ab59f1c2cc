/* Where the output of a program goes, and what has come out so far. */
#ifndef COMMON_OUTPUT_H
#define COMMON_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Standard output and standard error go to one place. On a terminal (see
 * pty(7)) standard input is that terminal. */
enum run_mode { RUN_TERMINAL, RUN_PIPE, RUN_FILE };

/* No more than about this many bytes are taken. */
enum { OUTPUT_MAX = 16 << 20 };

struct output {
    enum run_mode mode;
    int program; /* the side that the program gets, or -1 */
    int ours;    /* the side to read from; not blocking */
    bool ended;  /* a pipe: all writers have closed it */
    char *text;  /* all that was taken, terminated by '\0' */
    size_t length;
    FILE *stream; /* into text */
};

/* Open the place. A terminal passes output through as it is written, without
 * "\r", and echoes nothing.
 *
 * Returns 0, or -1 with errno set. In both cases output_close() must follow.
 * Ends the process with err(3) if memory runs out. See posix_openpt(3),
 * termios(3), pipe(7), tmpfile(3). */
int output_open(struct output *output, enum run_mode mode);

/* The program has been started and has its own descriptors. Closes the writing
 * end of a pipe; the program's side of a terminal stays open, so that no error
 * of read(2) can be mistaken for its end. */
void output_started(struct output *output);

/* Append one piece of what is there to the text, without waiting.
 *
 * Returns true if there was something; else false, with *error set to 0 or to
 * the error of read(2). Takes nothing if the text is above OUTPUT_MAX. Ends the
 * process with err(3) if memory runs out. */
bool output_take(struct output *output, int *error);

/* Take the rest. All processes of the program must have ended.
 *
 * Returns 0, or the error: one of read(2) or write(2), EBUSY if some process
 * still has the writing end of the pipe, or ETIMEDOUT if the terminal does not
 * pass on the bytes that are written to it. Ends the process with err(3) if
 * memory runs out. */
int output_finish(struct output *output);

/* Wait until the terminal has passed on what was typed. */
void output_let_arrive(const struct output *output);

/* Close the descriptors and the stream; the text stays, for the caller to
 * free. Keeps errno. */
void output_close(struct output *output);

#endif
