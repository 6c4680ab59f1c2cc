/* Processes, their descriptors and what these lead to, as the calls of a trace
 * make and change them. */
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

/* Bytes that were written together, or one message. */
struct chunk {
    long long size;
    long type;   /* of a message */
    char *bytes; /* those that are known, or NULL */
    size_t known;
};

/* Something in the kernel that processes reach by a descriptor or a number. */
struct object {
    enum object_kind kind;
    char *name; /* "pipe:[1]", "./my_fifo", "1" */
    bool ours;  /* a program of the book has made, opened or used it */
    struct chunk *chunks;
    size_t nchunks;
    long long held; /* bytes or messages in it now */
    bool removed;
    long long bytes, limit; /* of a queue; the limit is 0 if it is not known */
    bool overfull; /* a pipe: more was written than it can hold at once */
    /* Of a FIFO: how often it was opened for reading and for writing, and how
     * many processes wait in such an open() now. */
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
    bool ever;      /* it has once done so */
    char *program;  /* the name of what it runs */
    struct slot *slots;
    size_t nslots;
    struct call **calls; /* its own, in order */
    size_t ncalls;
    size_t next;  /* the one of them that comes next */
    bool entered; /* it is in that call */
    bool began, ended;
    long seen; /* object.opened of the other side when it entered open() */
};

struct world {
    struct object *objects;
    size_t nobjects;
    struct process *processes;
    size_t nprocesses;
};

/* Whether a call is the one of this name; its i-th argument, or "". */
bool call_is(const struct call *call, const char *name);
const char *call_arg(const struct call *call, size_t i);

/* The call makes a process: fork(2) and its relatives. In a vfork() the parent
 * waits until the child executes or ends. */
bool call_forks(const struct call *call);
bool call_vforks(const struct call *call);

/* The call is execve(2) of a program of the book. */
bool call_runs_ours(const struct call *call);

/* The object of this kind and name; a new one if there is none. */
size_t world_object(struct world *world, enum object_kind kind,
                    const char *name, size_t length);

/* A process with the calls that a command of the trace has of pid. */
size_t world_process(struct world *world, const struct strace *strace,
                     size_t command, long pid);

/* Give a new process what fork() copies: the descriptors, and the program that
 * its parent runs. */
void world_inherit(struct process *child, const struct process *parent);

/* Give the first process of a command its descriptors 0, 1 and 2, which lead to
 * the terminal. */
void world_terminal(struct world *world, struct process *process);

/* The descriptor fd of a process, or NULL. */
struct slot *world_slot(struct process *process, long fd);

/* What the descriptor in the i-th argument of a call leads to: an object, or
 * NOBODY. */
size_t world_object_of(struct world *world, struct process *process,
                       const struct call *call, size_t i);

/* How many descriptors of all processes can read, or write, an object; those
 * that wait in open() count, too. */
long world_ends(const struct world *world, size_t object, bool writing);

/* What a call that came back does to the descriptors and the program of its
 * process (pipe, open, dup, close, fcntl, execve). */
void world_descriptors(struct world *world, struct process *process,
                       const struct call *call);

/* Free what a world holds. */
void world_free(struct world *world);

#endif
