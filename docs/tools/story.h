/* What happened between the processes of a run, in the order that cause and
 * effect force, from what strace(1) wrote of them.
 *
 * Which of two processes was faster is chance, and no picture may depend on it.
 * So the calls are played once more, under a scheduler that is always the same:
 * a process runs until a call of it cannot return yet, for what it waits for
 * (bytes in a pipe, the end of another process, a message) has not happened;
 * then the first process that can run does. Time passes only when nobody can
 * run, and a person types the next line only when no time can pass. The order
 * of each process's own calls is that of the trace, and so is the order of what
 * appeared on a terminal. */
#ifndef TOOLS_STORY_H
#define TOOLS_STORY_H

#include <stdbool.h>
#include <stddef.h>

#include "strace.h"
#include "world.h"

/* What a person typed: a command, or a line for one that is running. */
struct typed {
    const char *terminal; /* NULL if there is only one */
    const char *text;
    size_t command; /* index into the trace */
    bool line;      /* a line for that command, which is running */
};

enum event_kind {
    EVENT_CALL, /* a call that came back, or the end of a process */
    EVENT_WAIT, /* a call that does not come back yet; it follows later */
    EVENT_TYPED /* something was typed */
};

struct event {
    enum event_kind kind;
    size_t process; /* NOBODY where something was typed */
    const struct call *call;
    const struct typed *typed;
    bool ours;       /* its process runs a program of the book */
    bool waited;     /* it comes back after an EVENT_WAIT */
    size_t object;   /* that it is about, or NOBODY */
    size_t child;    /* the process made or waited for, or NOBODY */
    long long held;  /* bytes or messages in the object now */
    size_t times;    /* so many such calls in a row; 1 unless it is a loop */
    long long bytes; /* that they moved together */
    bool between;    /* more than the pipe holds: reads and writes took turns */
    struct slot slot; /* the descriptor used, made or closed, if there is one */
    bool last; /* close: no descriptor leads to that side of the pipe now */
};

struct story {
    struct world world;
    struct event *events;
    size_t nevents;
    bool as_traced; /* no order satisfied all causes, so it is the trace's */
};

/* Play what was typed, in its order. The arguments must outlive the story,
 * which is to be freed with story_free(). Ends the process with err(3) if
 * memory runs out. */
struct story *story_tell(const struct strace *strace, const struct typed *typed,
                         size_t ntyped);

/* Free a story; NULL is allowed. */
void story_free(struct story *story);

#endif
