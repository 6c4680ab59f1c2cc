/* The events of a run in an order that depends only on cause and effect, from
 * the trace of its system calls.
 *
 * Which of two processes was faster is chance, and a picture must not depend on
 * it. So the calls are replayed under a fixed scheduler. A process runs until
 * its call cannot return yet, because the call waits for something that has not
 * happened (bytes in a pipe, the end of another process, a message). Then the
 * first process that can continue runs. Time passes only when no process can
 * run, and the next line is typed only when no process waits for time. The
 * calls of each process keep the order of the trace, and so does the output on
 * a terminal. */
#ifndef TOOLS_STORY_H
#define TOOLS_STORY_H

#include <stdbool.h>
#include <stddef.h>

#include "strace.h"
#include "world.h"

/* A typed line: a command, or input of a running command. */
struct typed {
    const char *terminal; /* NULL if there is only one */
    const char *text;
    size_t command; /* index into the trace */
    bool line;      /* input of that command, not the command itself */
    bool end;       /* the end of the input */
};

enum event_kind {
    EVENT_CALL, /* a call that returned, or the end of a process */
    EVENT_WAIT, /* a call that waits; its EVENT_CALL follows */
    EVENT_TYPED /* a typed line */
};

struct event {
    enum event_kind kind;
    size_t process; /* NOBODY for a typed line */
    const struct traced_call *call;
    const struct typed *typed;
    bool ours;       /* its process runs a program of the book */
    bool waited;     /* the call had to wait */
    size_t object;   /* on which the call works, or NOBODY */
    size_t child;    /* the process made or waited for, or NOBODY */
    long long held;  /* bytes or messages in the object after the call */
    size_t times;    /* the number of calls in a loop; 1 if it is no loop */
    long long bytes; /* that all these calls transferred */
    bool between;    /* more than the pipe holds: reads and writes alternated */
    struct slot
        slot;  /* the descriptor used, made or closed; fd is -1 if none */
    bool last; /* close: of the last descriptor of that end of the pipe */
};

struct story {
    struct world world;
    struct event *events;
    size_t nevents;
    bool as_traced; /* no order explains the calls, so it is the trace's */
};

/* Replay a trace; typed has the ntyped lines that were typed, in order. Returns
 * the story, which the caller frees with story_free() before the arguments.
 * Ends the process with err(3) if memory runs out. */
struct story *story_tell(const struct strace *strace, const struct typed *typed,
                         size_t ntyped);

/* Free a story; NULL is allowed. */
void story_free(struct story *story);

#endif
