/* The state of a run: its processes, their descriptors, and the objects in the
 * kernel that descriptors lead to. The calls of a trace change it. */
#ifndef TOOLS_WORLD_H
#define TOOLS_WORLD_H

#include <stdbool.h>
#include <stddef.h>

#include "strace.h"

#define NOBODY ((size_t)-1)

enum object_kind {
    OBJECT_PIPE,
    OBJECT_FIFO,
    OBJECT_QUEUE,
    OBJECT_TERMINAL,
    OBJECT_FILE
};

/* The bytes of one write(), or one message. */
struct chunk {
    long long size;
    long type;    /* of a message */
    char *bytes;  /* the first bytes, as far as strace shows them, or NULL */
    size_t known; /* the number of these */
};

/* An object in the kernel: processes reach it by a descriptor or an ID. */
struct object {
    enum object_kind kind;
    char *name; /* "pipe:[1]", "./my_fifo", "1" */
    bool ours;  /* a program of the book made, opened or used it */
    struct chunk *chunks;
    size_t nchunks;
    long long held; /* bytes or messages in it */
    bool removed;
    long long bytes; /* in a queue */
    long long limit; /* of bytes in a queue or a pipe; 0 if not known */
    bool overfull;   /* a pipe: a loop wrote more than fits into it */
    /* A FIFO: how often it was opened, and how many processes wait in open()
     * now; [0] for reading, [1] for writing. */
    long opened[2], opening[2];
};

/* An open descriptor of a process. */
struct slot {
    long fd;
    size_t object;
    bool reads, writes, cloexec;
};

struct process {
    long pid;
    size_t parent;  /* NOBODY for the first of a command */
    size_t command; /* index into the trace */
    bool ours;      /* it runs a program of the book */
    bool ever;      /* it has run a program of the book at some time */
    char *program;  /* the name of the program that it runs */
    struct slot *slots;
    size_t nslots;
    struct traced_call **calls; /* its calls, in order */
    size_t ncalls;
    size_t next;   /* the index of its next call */
    bool entered;  /* it is in that call */
    bool executed; /* it has executed a program */
    bool ended;
    bool signalled;           /* another process has sent it a signal */
    bool searched, is_killed; /* whether the trace has a kill() that hits it */
    long seen; /* object.opened of the other side when it entered open() */
};

struct world {
    struct object *objects;
    size_t nobjects;
    struct process *processes;
    size_t nprocesses;
};

/* The i-th argument of a call (from 0), or "". */
const char *call_arg(const struct traced_call *call, size_t i);

/* The path in the arguments of a call on a path, or "". The flags of open() are
 * in the argument after it. */
const char *call_path(const struct traced_call *call);
const char *call_flags(const struct traced_call *call);

/* Whether a call stands for the end of its process. */
bool call_ends(const struct traced_call *call);

/* Whether a call makes a process, and whether the parent then waits until the
 * child executes a program or ends, as in vfork(2). */
bool call_forks(const struct traced_call *call);
bool call_vforks(const struct traced_call *call);

/* Whether the call is a poll() with a time limit of 0, which returns at
 * once. */
bool call_asks(const struct traced_call *call);

/* Whether a call executed a program of the book. */
bool call_runs_ours(const struct traced_call *call);

/* Get the descriptors of a pipe from the call that made it, the read end first.
 * Returns false if the call made none. */
bool call_pipe_ends(const struct traced_call *call, long ends[2]);

/* Whether a program of the book made the process. */
bool world_is_child(const struct world *world, const struct process *process);

/* Whether the object has this name (length bytes). */
bool object_is_named(const struct object *object, const char *name,
                     size_t length);

/* Get the index of the object of this kind and name (length bytes). Adds one if
 * there is none. */
size_t world_object(struct world *world, enum object_kind kind,
                    const char *name, size_t length);

/* Add a process with the calls of pid in a command of the trace. Returns its
 * index. */
size_t world_process(struct world *world, const struct strace *strace,
                     size_t command, long pid);

/* Copy what fork() copies from parent to child: the descriptors and the
 * program. */
void world_inherit(struct process *child, const struct process *parent);

/* Open the descriptors 0, 1 and 2 of the first process of a command, which lead
 * to the terminal. */
void world_terminal(struct world *world, struct process *process);

/* The descriptor fd of a process, or NULL. */
struct slot *world_slot(struct process *process, long fd);

/* Get the object that a descriptor leads to, as strace wrote it: "3" or
 * "3<pipe:[1]>". Returns NOBODY if it is not known. */
size_t world_object_of(struct world *world, struct process *process,
                       const char *descriptor);

/* Count the descriptors of all processes that can read (or write) an object,
 * including processes that wait in open(). */
long world_ends(const struct world *world, size_t object, bool writing);

/* Change the descriptors and the program of a process as a call does that has
 * returned. */
void world_descriptors(struct world *world, struct process *process,
                       const struct traced_call *call);

/* Free the objects and processes of a world. */
void world_free(struct world *world);

#endif
