/* The table of system calls: which are traced, how they behave, what a picture
 * says about them, and how they can fail. The rows are in syscalls.def. */
#ifndef COMMON_SYSCALLS_H
#define COMMON_SYSCALLS_H

#include <stddef.h>

enum language { KOREAN, ENGLISH };

/* One identifier for each row: SYSCALL_read, SYSCALL_write, ... */
enum syscall_id {
    SYSCALL_UNKNOWN,
#define SYSCALL(name, ...) SYSCALL_##name,
#define WORDS(...)
#define ERROR_WORDS(...)
#include "syscalls.def"
};

/* How a call behaves. Calls of one kind differ in name and in the argument that
 * names their object. Where they differ in more, the code compares their ids:
 * see SYSCALL_waitid. The last two are not calls, but the ways in which a
 * process ends. */
enum call_kind {
    CALL_OTHER, /* no more than its row says */
    CALL_FORK,
    CALL_EXEC,
    CALL_WAIT,
    CALL_EXIT,
    CALL_SLEEP,
    CALL_PIPE,
    CALL_OPEN,
    CALL_CLOSE,
    CALL_DUP,
    CALL_FCNTL,
    CALL_READ,
    CALL_WRITE,
    CALL_POLL,
    CALL_MKNOD,
    CALL_STAT,
    CALL_UMASK,
    CALL_MSGGET,
    CALL_MSGSND,
    CALL_MSGRCV,
    CALL_MSGCTL,
    PROCESS_EXITED,
    PROCESS_KILLED
};

/* What a call works on. */
enum call_object {
    ON_NOTHING,    /* nothing that a picture shows */
    ON_DESCRIPTOR, /* what the descriptor in the argument leads to */
    ON_POLLED,     /* what the first of an array of struct pollfd leads to */
    ON_NEW_PIPE,   /* the pipe whose descriptors are in the argument */
    ON_PATH,       /* the FIFO with this path; the flags of open() follow it */
    ON_QUEUE,      /* the message queue with this identifier */
    ON_NEW_QUEUE,  /* the message queue whose identifier is the result */
    ON_PROCESS     /* the process with this ID */
};

/* What there is to say about a call, beside its errors. */
enum call_state {
    STATE_WAITS,        /* it does not return yet */
    STATE_WAITS_FIFO,   /* read: likewise, from a FIFO */
    STATE_WAITS_INPUT,  /* read: likewise, from neither pipe nor FIFO */
    STATE_WAITS_READER, /* open: likewise, for writing */
    STATE_DONE,         /* it succeeded */
    STATE_VFORK,        /* fork: the parent waits until the child executes */
    STATE_KILLED,       /* wait: a signal killed the child */
    STATE_LAST,         /* close: of the last descriptor of this end */
    STATE_NONBLOCKING,  /* fcntl: it set O_NONBLOCK */
    STATE_END,          /* read: the end of a pipe or a FIFO */
    STATE_END_INPUT,    /* read: the end of anything else */
    STATE_TURNS,        /* read, write: more than fits into the pipe at once */
    STATE_TIMEOUT,      /* poll: the time limit came first */
    STATE_REMOVES       /* msgctl: it removed the queue */
};

struct syscall {
    enum syscall_id id;
    const char *name;
    enum call_kind kind;
    enum call_object object;
    size_t argument; /* of the object, from 0 */
    const char *shown;
    const char *errors;  /* separated by spaces; NULL if they are not listed */
    const char *message; /* separated by "|"; NULL if errors is */
};

/* The calls that the recorder traces, for the option -e of strace(1). */
extern const char syscalls_traced[];

/* The row of the call with this name. Never NULL: a call without a row has the
 * id SYSCALL_UNKNOWN, the kind CALL_OTHER and the name "". */
const struct syscall *syscall_named(const char *name);

/* The words for a call of this kind in this state, or that failed with this
 * error ("EAGAIN"), as a format of printf(3). Returns NULL if there are none.
 */
const char *syscall_words(enum call_kind kind, enum call_state state,
                          enum language language);
const char *syscall_error_words(enum call_kind kind, const char *error,
                                enum language language);

#endif
