/* Transcripts: how a program is run, and what must come out.
 *
 *     # a comment; only before the first command
 *     $ ./pipe3
 *     {{parent:pid}} - wrote 3 bytes
 *     {{child:pid}} - read 3 bytes: 123
 *     $ echo one & echo two; wait
 *     {{together}}
 *     one
 *     {{and}}
 *     two
 *     {{end}}
 *     $ ./pipe4
 *     pipe4: usage: ./pipe4 DESCRIPTOR (an open one)
 *     [2]
 *
 * A line that begins with "$ " is a shell command. The lines under it are the
 * output that it must print, standard output and standard error together. A
 * last line [N] is its exit status; without one the status must be 0. A
 * command that a signal ends has 128 plus the signal's number.
 *
 * {{name:type}} stands for text that differs from run to run, {{name}} for the
 * same text again: a name has one value throughout the transcript, and two
 * names of one type have two values. Types: number, a decimal number; pid, a
 * process ID; msqid, a message queue identifier. {{'text'}} is the text
 * itself, for output that would otherwise be taken for something else.
 *
 * Between {{together}} and {{end}}, the parts that {{and}} separates come from
 * processes that run at the same time: each part's lines keep their order, and
 * the parts may mix in any way. */
#ifndef COMMON_TRANSCRIPT_H
#define COMMON_TRANSCRIPT_H

#include <stddef.h>

enum variable_type { TYPE_NUMBER, TYPE_PID, TYPE_MSQID };

struct variable {
    char *name;
    enum variable_type type;
};

/* A piece of a line: literal text, or, where text is NULL, a variable. */
struct segment {
    char *text;
    size_t variable; /* index into the transcript's variables */
};

struct expected_line {
    int number; /* of the line in the file, from 1 */
    char *source;
    struct segment *segments;
    size_t nsegments;
    int together; /* 0, or the number of its together block, from 1 */
    int part;     /* of that block, from 0 */
};

struct command {
    int number;
    char *text;
    struct expected_line *lines;
    size_t nlines;
    int status;
};

struct transcript {
    char *path;
    struct variable *variables;
    size_t nvariables;
    struct command *commands;
    size_t ncommands;
};

/* Read the transcript in the file at path.
 *
 * Returns it, to be freed with transcript_free(). Returns NULL if the file
 * cannot be read or is malformed; then *error is a message of the form
 * "path: reason" or "path:line: reason", which the caller frees. Ends the
 * process with err(3) if memory runs out. */
struct transcript *transcript_read(const char *path, char **error);

/* The same for text in memory; path is what messages call it. */
struct transcript *transcript_parse(const char *path, const char *text,
                                    char **error);

/* Free a transcript; NULL is allowed. */
void transcript_free(struct transcript *transcript);

#endif
