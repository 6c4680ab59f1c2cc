/* Reader for the trace of a recording: the output of strace(1) as the recorder
 * keeps it, with the suffix .trace.
 *
 *     $ ./demo                                    a command, then its calls
 *     1001 pipe2([3<pipe:[1]>, 4<pipe:[1]>], 0) = 0
 *      > demo.c:28                                the source line of that call
 *     1001 read(3<pipe:[1]>,  <unfinished ...>     another process runs
 *     1001 <... read resumed>"123", 8192) = 3
 *     1001 +++ exited with 0 +++
 *
 * In a transcript with several terminals, the name of the terminal precedes the
 * dollar sign. A file with only the line "# REASON" gives the reason why there
 * is no trace. */
#ifndef TOOLS_STRACE_H
#define TOOLS_STRACE_H

#include <stdbool.h>
#include <stddef.h>

#include "../../common/syscalls.h"

/* One system call, or the end of a process. */
struct traced_call {
    int line;   /* of the trace, from 1, where the call begins */
    long pid;   /* of the process that made it */
    char *text; /* the call as strace wrote it, without interruption */
    char *name; /* "read"; "+exited" or "+killed" for the end of a process */
    const struct syscall *syscall; /* its row in the table of system calls */
    enum call_kind kind;           /* that of the row, or the kind of end */
    char **args; /* as strace wrote them; for an end: its status or signal */
    size_t nargs;
    bool returned; /* false if the process ended during the call */
    long result;   /* -1 also for "?" */
    char *value;   /* the result as strace wrote it, "3<pipe:[1]>"; or NULL */
    char *error;   /* "EAGAIN", or NULL */
    char *file;    /* the source file of the call, or NULL */
    int at;        /* the line in that file */
};

/* A command and the calls of its processes, in the order of the trace. */
struct traced_command {
    int line;
    char *terminal; /* NULL if the transcript has only one */
    char *command;
    struct traced_call *calls;
    size_t ncalls;
};

struct strace {
    char *reason; /* why there is no trace, or NULL */
    struct traced_command *commands;
    size_t ncommands;
};

/* Parse the text of a trace; path is its name in messages. Arriving signals and
 * remarks of strace itself are skipped.
 *
 * Returns the trace, which the caller frees with strace_free(). Returns NULL if
 * strace does not write such a line; then *error is a message
 * "path:line: reason: text", which the caller frees. Ends the process with
 * err(3) if memory runs out. */
struct strace *strace_parse(const char *path, const char *text, char **error);

/* Free a trace; NULL is allowed. */
void strace_free(struct strace *strace);

/* Returns the descriptor at the beginning of an argument or a result such as
 * 3<pipe:[1]>, or -1 if there is none. *what is the beginning of the text in
 * the angle brackets, a part of arg, and *length its number of bytes; without
 * angle brackets *what is NULL. */
long strace_fd(const char *arg, const char **what, size_t *length);

/* Decode the byte at the beginning of *text, which is not empty, and move *text
 * to the next one. strace writes some bytes as escapes: \n, \", \355. */
unsigned char strace_byte(const char **text);

/* Decode a quoted argument such as "12\n"... into bytes. Returns the bytes,
 * which the caller frees, and their number in *length; *whole is false if
 * strace shortened the text. Returns NULL if the argument is not quoted. */
char *strace_bytes(const char *arg, size_t *length, bool *whole);

#endif
