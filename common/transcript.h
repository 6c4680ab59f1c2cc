/* Transcripts: how a program is run, and what it must print.
 *
 *     # a comment; only before the first command
 *     $ ./parent
 *     {{parent:pid}} - wrote 3 bytes
 *     {{child:pid}} - read 3 bytes: 123
 *     $ echo one & echo two; wait
 *     {{together}}
 *     one
 *     {{and}}
 *     two
 *     {{end}}
 *     $ ./child
 *     child: usage: ./child DESCRIPTOR
 *     [2]
 *
 * A line that begins with "$ " is a shell command. The lines under it are the
 * output that it must print, standard output and standard error together. A
 * last line [N] is its exit status; without one the status must be 0. The
 * status of a command that a signal ends is 128 plus the signal's number.
 *
 * {{name:type}} is text that differs from run to run, {{name}} for the
 * same text again: a name has one value throughout the transcript, and two
 * names of one type have two values. Types: number, a decimal number; pid, a
 * process ID; msqid, shmid and semid, the identifier of a message queue, a
 * shared memory segment and a semaphore set of System V. {{'text'}} is the text
 * itself, for output that would otherwise be taken for something else.
 *
 * {{\x1b}} is a character or a byte that cannot be seen, or several of them:
 * {{\xff\xfe}}. visible.h lists which ones have to be written in this way, and
 * how. {{no newline}} at the end of the last line of an output says that the
 * output ends without a newline.
 *
 * Between {{together}} and {{end}}, the parts that {{and}} separates come from
 * processes that run at the same time: each part's lines keep their order, and
 * the parts may mix in any way.
 *
 * In a command, {{name}} is replaced by the value that the output of an earlier
 * one has given to it: $ ./send {{queue}} 1 hello
 *
 * Several terminals
 *
 * Either all commands are like these, or each of them is on a terminal that has
 * a name of lower-case letters. Then a command may still run when the next one
 * begins on another terminal:
 *
 *     reader$ ./demo-read my_fifo
 *     opening my_fifo
 *     {{waits}}
 *     writer$ ./demo-write my_fifo
 *     opened my_fifo
 *     {{waits}}
 *     writer< hello
 *     {{waits}}
 *     reader:
 *     read 6 bytes: hello
 *     {{waits}}
 *     writer< ^D
 *     reader:
 *     end of file: the last writer has gone
 *
 * A block begins with a line of one of three forms. "NAME$ COMMAND" starts a
 * command on a terminal where none is running. "NAME< TEXT" types a line, which
 * may be empty and may have variables as commands do, for the command that
 * waits on the terminal; "NAME< ^D" types the end of file. No other key can be
 * typed: the characters "^C" are written {{'^C'}}. "NAME:" looks at the
 * terminal: what has appeared on it since its last block. Output that looks
 * like such a line is written with {{'...'}}.
 *
 * The lines under it are what appears on this terminal until the block is
 * complete; then the next block begins. A block is complete when its command
 * has ended, with the status [N] or 0. A block whose last line is {{waits}} is
 * complete when at least as many lines as it expects have appeared and all
 * processes of the command sleep: each waits for an event. So the order of
 * blocks does not depend on time, as long as no process waits for time itself
 * (sleep(3)). Every command must have ended at the end of the transcript.
 *
 * Standard input is the terminal. Where the output goes to a pipe or a file,
 * the standard input of a command for which lines are typed is a pipe, which ^D
 * closes.
 *
 * Recordings
 *
 * A recording of a transcript is itself a transcript. Instead of variables it
 * has values: numbers as they came, process IDs counted from 1001, and the
 * identifiers of each other type counted from 1. It has no {{together}}.
 * Output has {{...}} exactly where the reader of transcripts needs it. */
#ifndef COMMON_TRANSCRIPT_H
#define COMMON_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>

enum variable_type {
    TYPE_NUMBER,
    TYPE_PID,
    TYPE_MSQID,
    TYPE_SHMID,
    TYPE_SEMID,
    TYPES
};

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
    bool newline; /* its output ends with one */
    int together; /* 0, or the number of its together block, from 1 */
    int part;     /* of that block, from 0 */
};

enum command_kind {
    COMMAND_RUN,   /* a shell command */
    COMMAND_TYPE,  /* a line is typed */
    COMMAND_CLOSE, /* the end of file is typed */
    COMMAND_LOOK,  /* nothing is done */
};

/* Instead of a status: the command has not ended, it waits. */
enum { STATUS_WAITS = -1 };

/* A command, or another block of the transcript. */
struct command {
    int number;
    enum command_kind kind;
    char *terminal; /* NULL where terminals have no names */
    char *text;     /* the command or the typed line as it is written */
    struct segment *segments; /* of the text */
    size_t nsegments;
    size_t owner; /* the index of the COMMAND_RUN that it is a block of */
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

/* The line that a block begins with, such as "reader$ " and text. The caller
 * frees it. Ends the process with err(3) if memory runs out. */
char *transcript_line(const struct command *command, const char *text);

/* The source of a block's command or typed line, with the values of its
 * variables in their places. The caller frees it. Ends the process with err(3)
 * if memory runs out. */
char *transcript_fill(const struct command *command, char *const *values);

/* A line of a transcript that expects exactly this output: the text up to its
 * first newline; if it has none, the line ends with {{no newline}}. The caller
 * frees it. Ends the process with err(3) if memory runs out. */
char *transcript_quote(const char *text);

/* Free a transcript; NULL is allowed. */
void transcript_free(struct transcript *transcript);

#endif
