/* Reading what record keeps of strace(1): the file of a recording's system
 * calls, its .trace.
 *
 *     $ ./pipe1                                    a command, then its calls
 *     1001 pipe2([3<pipe:[1]>, 4<pipe:[1]>], 0) = 0
 *      > pipe1.c:28                                where that call stands
 *     1001 read(3<pipe:[1]>,  <unfinished ...>     another process goes on
 *     1001 <... read resumed>"123", 8192) = 3
 *     1001 +++ exited with 0 +++
 *
 * A command of a transcript with several terminals has the terminal's name
 * before the dollar sign. A file of the one line "# REASON" says why nothing
 * could be traced. */
#ifndef TOOLS_STRACE_H
#define TOOLS_STRACE_H

#include <stdbool.h>
#include <stddef.h>

/* One system call, or the end of a process. */
struct call {
    int line;    /* in the file, from 1; where it began */
    long pid;    /* of the process that made it */
    char *text;  /* the call as strace wrote it, in one piece */
    char *name;  /* "read"; "+exited" or "+killed" for the end of a process */
    char **args; /* as strace wrote them; for an end: its status or signal */
    size_t nargs;
    bool returned; /* false if the call did not come back before the end */
    long result;   /* what it returned; -1 also for "?" */
    char *value;   /* the same as strace wrote it, "3<pipe:[1]>"; or NULL */
    char *error;   /* "EAGAIN", or NULL */
    char *file;    /* the source file it was made in, or NULL */
    int at;        /* and the line there */
};

/* A command and what its processes did, in the order of the trace. */
struct traced {
    int line;
    char *terminal; /* NULL for a transcript that has only one */
    char *command;
    struct call *calls;
    size_t ncalls;
};

struct strace {
    char *reason; /* why there is nothing, or NULL */
    struct traced *commands;
    size_t ncommands;
};

/* Read a trace; path is what messages call it. Calls that are of no interest to
 * anybody (signals that arrive, strace's own remarks) are left out.
 *
 * Returns the trace, to be freed with strace_free(). Returns NULL if a line is
 * not what strace writes; then *error is a message "path:line: reason", which
 * the caller frees. Ends the process with err(3) if memory runs out. */
struct strace *strace_parse(const char *path, const char *text, char **error);

/* Free a trace; NULL is allowed. */
void strace_free(struct strace *strace);

/* The descriptor that an argument or a result such as 3<pipe:[1]> begins with,
 * or -1; *what gets what stands in its angle brackets, up to *length bytes
 * of arg, or NULL. */
long strace_fd(const char *arg, const char **what, size_t *length);

/* The bytes that a quoted argument such as "12\n"... stands for. Returns them,
 * to be freed, and their number in *length; *whole is false if strace has cut
 * the text off. Returns NULL if the argument is not quoted text. */
char *strace_bytes(const char *arg, size_t *length, bool *whole);

#endif
