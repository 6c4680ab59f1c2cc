#include "story.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/memory.h"

/* The state of the scheduler. */
struct replay {
    const struct strace *strace;
    struct story *story;
    struct world *world;
    size_t *printed; /* for each command: the writes to its terminal so far */
    size_t **ranks;  /* for each of its calls: such writes before it */
    size_t *typed;   /* for each command: typed lines that nobody has read */
    size_t process;  /* the process that ran last */
    bool no_causes;  /* keep the order of the trace */
};

/* Whether a call can return: no, yes, or once time has passed. */
enum chance { CANNOT, CAN, WITH_TIME };

enum {
    LOOP = 4,     /* so many equal calls in a row become one event */
    ROOM = 65536, /* bytes that a pipe holds, unless fcntl() changed it */
};

static bool failed(const struct traced_call *call, const char *error)
{
    return call->error != NULL && strcmp(call->error, error) == 0;
}

static bool opens_to_write(const struct traced_call *call)
{
    return strstr(call->text, "O_WRONLY") != NULL;
}

/* The path in a call, in the form in which strace -y shows an open file. The
 * caller frees it. */
static char *path_of(const struct traced_call *call)
{
    const char *arg = call_path(call);
    int length = (int)strlen(arg) - 2; /* without its quotation marks */

    if (*arg != '"')
        return text_copy("", 0);
    arg++;
    return text_format("%s%.*s",
                       *arg == '/' || text_begins(arg, "./") ? "" : "./",
                       length, arg);
}

/* Add all FIFOs that a trace makes or looks at. */
static void find_fifos(struct world *world, const struct strace *strace)
{
    for (size_t i = 0; i < strace->ncommands; i++)
        for (size_t j = 0; j < strace->commands[i].ncalls; j++) {
            const struct traced_call *call = &strace->commands[i].calls[j];
            const char *what;
            size_t length;
            char *path;

            if (strstr(call->text, "S_IFIFO") == NULL)
                continue;
            if (call->kind == CALL_MKNOD) {
                path = path_of(call);
                world_object(world, OBJECT_FIFO, path, strlen(path));
                free(path);
            } else if (strace_fd(call_arg(call, 0), &what, &length) != -1 &&
                       what != NULL && !text_begins(what, "pipe:")) {
                world_object(world, OBJECT_FIFO, what, length);
            }
        }
}

static size_t find_process(const struct replay *replay, size_t command,
                           long pid)
{
    for (size_t i = replay->world->nprocesses; i-- > 0;)
        if (replay->world->processes[i].pid == pid &&
            replay->world->processes[i].command == command)
            return i;
    return NOBODY;
}

static bool kills(const struct traced_call *call, const struct process *process)
{
    return call->syscall->id == SYSCALL_kill && call->result == 0 &&
           strtol(call_arg(call, 0), NULL, 10) == process->pid;
}

static size_t find_fifo(const struct world *world,
                        const struct traced_call *call)
{
    char *path = path_of(call);
    size_t object = 0;

    while (object < world->nobjects &&
           (world->objects[object].kind != OBJECT_FIFO ||
            strcmp(world->objects[object].name, path) != 0))
        object++;
    free(path);
    return object < world->nobjects ? object : NOBODY;
}

/* The first {fd=4, revents=POLLOUT} of what poll(2) returned, or the one after
 * at; NULL if there is none. */
static const char *next_ready(const struct traced_call *call, const char *at)
{
    const char *ready =
        at != NULL ? strchr(at, '}') : strstr(call->text, " = ");

    at = ready == NULL ? NULL : strstr(ready, "{fd=");
    return at == NULL || strstr(at, "revents=") == NULL ? NULL : at;
}

/* What a descriptor such as that of {fd=3<pipe:[1]>, events=POLLIN} leads to,
 * or NOBODY. */
static size_t polled(struct world *world, struct process *process,
                     const char *list)
{
    const char *name = list == NULL ? NULL : strstr(list, "fd=");
    char *part;
    size_t object;

    if (name == NULL)
        return NOBODY;
    name += strlen("fd=");
    part = text_copy(name, strcspn(name, ","));
    object = world_object_of(world, process, part);
    free(part);
    return object;
}

/* The object on which a call works, or NOBODY. */
static size_t object_of(struct replay *replay, struct process *process,
                        const struct traced_call *call)
{
    struct world *world = replay->world;
    const char *arg = call_arg(call, call->syscall->argument), *name;
    char *part;
    size_t object;

    switch (call->syscall->object) {
    case ON_DESCRIPTOR:
        return world_object_of(world, process, arg);
    case ON_POLLED:
        name = next_ready(call, NULL);
        return polled(world, process, name != NULL ? name : arg);
    case ON_NEW_PIPE:
        name = strstr(arg, "<pipe:");
        return name == NULL ? NOBODY
                            : world_object(world, OBJECT_PIPE, name + 1,
                                           strcspn(name + 1, ">"));
    case ON_PATH:
        return find_fifo(world, call);
    case ON_QUEUE:
        return world_object(world, OBJECT_QUEUE, arg, strlen(arg));
    case ON_NEW_QUEUE:
        if (call->result == -1)
            return NOBODY;
        part = text_format("%ld", call->result);
        object = world_object(world, OBJECT_QUEUE, part, strlen(part));
        free(part);
        return object;
    default:
        return NOBODY;
    }
}

/* The number of calls that form a loop with the next one, which reads or writes
 * the object; 1 if they are too few. */
static size_t loop_length(const struct object *object,
                          const struct process *process)
{
    const struct traced_call *first = process->calls[process->next];
    size_t n = 0;

    if (object->kind > OBJECT_FIFO)
        return 1;
    while (process->next + n < process->ncalls) {
        const struct traced_call *call = process->calls[process->next + n];

        if (call->kind != first->kind || call->result <= 0 ||
            strcmp(call_arg(call, 0), call_arg(first, 0)) != 0)
            break;
        n++;
    }
    return n < LOOP ? 1 : n;
}

static long long loop_bytes(const struct process *process, size_t n)
{
    long long bytes = 0;

    for (size_t i = 0; i < n; i++)
        bytes += process->calls[process->next + i]->result;
    return bytes;
}

/* Whether the first bytes in the object are those that a read() returned, as
 * far as both are known. */
static bool same_bytes(const struct object *object,
                       const struct traced_call *call)
{
    size_t length, at = 0;
    bool whole, same = true;
    char *bytes = strace_bytes(call_arg(call, 1), &length, &whole);

    for (size_t i = 0; bytes != NULL && i < object->nchunks && at < length;
         i++) {
        const struct chunk *chunk = &object->chunks[i];
        size_t n = chunk->known < length - at ? chunk->known : length - at;

        if (n > 0 && memcmp(chunk->bytes, bytes + at, n) != 0)
            same = false;
        if (chunk->known < (size_t)chunk->size)
            break; /* the following bytes are not known */
        at += n;
    }
    free(bytes);
    return same;
}

static enum chance can_read(struct replay *replay, const struct object *object,
                            const struct traced_call *call, size_t loop,
                            long long bytes)
{
    size_t at = (size_t)(object - replay->world->objects);
    long writers = world_ends(replay->world, at, true);

    if (loop > 1)
        return object->held >= bytes ? CAN : CANNOT;
    if (call->result == 0 && strcmp(call_arg(call, 2), "0") != 0)
        return object->held == 0 && writers == 0 ? CAN : CANNOT;
    if (failed(call, "EAGAIN"))
        return object->held == 0 && writers > 0 ? CAN : CANNOT;
    if (call->result == -1)
        return CAN;
    if (object->held < call->result || !same_bytes(object, call))
        return CANNOT;
    /* A read that returns less than it asked for has emptied the pipe. */
    return call->result < strtol(call_arg(call, 2), NULL, 10) &&
                   object->held > call->result
               ? CANNOT
               : CAN;
}

static enum chance can_open(const struct replay *replay,
                            const struct process *process, size_t object,
                            const struct traced_call *call)
{
    const char *flags = call_flags(call);
    bool writing = strstr(flags, "O_WRONLY") != NULL;

    if (call->result == -1 || strstr(flags, "O_NONBLOCK") != NULL ||
        strstr(flags, "O_RDWR") != NULL)
        return CAN;
    return world_ends(replay->world, object, !writing) > 0 ||
                   replay->world->objects[object].opened[!writing] >
                       process->seen
               ? CAN
               : CANNOT;
}

/* The index of the message that msgrcv() with this type takes, or nchunks. */
static size_t chosen(const struct object *queue, long type)
{
    size_t best = queue->nchunks;

    for (size_t i = 0; i < queue->nchunks; i++) {
        if (type == 0 || queue->chunks[i].type == type)
            return i;
        if (type < 0 && queue->chunks[i].type <= -type &&
            (best == queue->nchunks ||
             queue->chunks[i].type < queue->chunks[best].type))
            best = i;
    }
    return best;
}

/* The type of message that msgrcv() asks for; its negation does not overflow.
 */
static long asked_type(const struct traced_call *call)
{
    long type = strtol(call_arg(call, 3), NULL, 10);

    return type < -LONG_MAX ? -LONG_MAX : type;
}

/* The bytes of the message that msgsnd() sends. */
static long long size_of(const struct traced_call *call)
{
    long long size = strtoll(call_arg(call, 2), NULL, 10);

    return size < 0 ? 0 : size > INT_MAX ? INT_MAX : size;
}

static enum chance can_use_queue(const struct object *queue,
                                 const struct traced_call *call)
{
    if (call->kind == CALL_MSGRCV) {
        size_t at = chosen(queue, asked_type(call));

        if (call->result >= 0 || failed(call, "E2BIG"))
            return at < queue->nchunks ? CAN : CANNOT;
        if (failed(call, "ENOMSG"))
            return at == queue->nchunks ? CAN : CANNOT;
    }
    if (call->kind == CALL_MSGSND && call->result == 0 && queue->limit > 0 &&
        queue->bytes + size_of(call) > queue->limit)
        return CANNOT;
    if (failed(call, "EIDRM"))
        return queue->removed ? CAN : CANNOT;
    return CAN;
}

/* Whether a call that a signal interrupts can return: after the kill() that
 * hits this process, if the trace has one; else when time passes. */
static enum chance can_interrupt(const struct replay *replay,
                                 struct process *process)
{
    if (process->signalled)
        return CAN;
    /* run_any() repeats this while the process waits, so keep the result. */
    if (!process->searched)
        for (size_t i = 0; i < replay->strace->ncommands; i++)
            for (size_t j = 0; j < replay->strace->commands[i].ncalls; j++)
                process->is_killed |=
                    kills(&replay->strace->commands[i].calls[j], process);
    process->searched = true;
    return process->is_killed ? CANNOT : WITH_TIME;
}

static enum chance can_wait(const struct replay *replay,
                            const struct process *process,
                            const struct traced_call *call)
{
    long pid = call->result;
    size_t child;

    if (call->syscall->id == SYSCALL_waitid &&
        text_begins(call_arg(call, 0), "P_PID"))
        pid = strtol(call_arg(call, 1), NULL, 10);
    child = find_process(replay, process->command, pid);
    return pid <= 0 || child == NOBODY || replay->world->processes[child].ended
               ? CAN
               : CANNOT;
}

/* Whether all earlier writes to the terminal of a command have returned. */
static bool is_next_on_terminal(const struct replay *replay, size_t command,
                                const struct traced_call *call)
{
    size_t at = (size_t)(call - replay->strace->commands[command].calls);

    return replay->ranks[command][at] <= replay->printed[command];
}

/* For each call of a command, the number of writes to the terminal before it.
 * The caller frees the array. */
static size_t *ranks_of(const struct traced_command *command)
{
    size_t *ranks = array_grow(NULL, 0, (command->ncalls + 1) * sizeof *ranks);
    size_t rank = 0;

    for (size_t i = 0; i < command->ncalls; i++) {
        const struct traced_call *call = &command->calls[i];

        ranks[i] = rank;
        rank += call->kind == CALL_WRITE &&
                strstr(call_arg(call, 0), "</dev/pts/") != NULL;
    }
    return ranks;
}

/* The next read of an object by a process, or NULL. */
static const struct traced_call *next_read(const struct process *process,
                                           const struct object *object)
{
    for (size_t i = process->next; i < process->ncalls; i++) {
        const struct traced_call *call = process->calls[i];
        const char *what;
        size_t length;

        if (call->kind == CALL_READ &&
            strace_fd(call_arg(call, 0), &what, &length) != -1 &&
            what != NULL && object_is_named(object, what, length))
            return call;
    }
    return NULL;
}

/* Whether only one process, not the writer, still reads a pipe, and its next
 * read returns exactly what the pipe holds although it asks for more. That read
 * came before the next write, which would have given it more. */
static bool is_to_be_emptied(const struct replay *replay,
                             const struct process *writer,
                             const struct object *object)
{
    const struct traced_call *only = NULL;

    for (size_t i = 0; i < replay->world->nprocesses; i++) {
        const struct process *process = &replay->world->processes[i];
        const struct traced_call *call = next_read(process, object);

        if (call != NULL && (only != NULL || process == writer))
            return false;
        if (call != NULL)
            only = call;
    }
    return only != NULL && only->result == object->held &&
           strtol(call_arg(only, 2), NULL, 10) > only->result;
}

static enum chance can_use_file(struct replay *replay, struct process *process,
                                size_t at, const struct traced_call *call)
{
    struct object *object = &replay->world->objects[at];
    size_t loop = loop_length(object, process);

    if (object->kind == OBJECT_TERMINAL) {
        if (call->kind == CALL_WRITE)
            return is_next_on_terminal(replay, process->command, call) ? CAN
                                                                       : CANNOT;
        return replay->typed[process->command] > 0 ? CAN : CANNOT;
    }
    if (object->kind > OBJECT_FIFO)
        return CAN;
    if (call->kind == CALL_READ)
        return can_read(replay, object, call, loop, loop_bytes(process, loop));
    if (failed(call, "EPIPE"))
        return world_ends(replay->world, at, false) == 0 ? CAN : CANNOT;
    if (object->held > 0 && is_to_be_emptied(replay, process, object))
        return CANNOT;
    return call->result == -1 || world_ends(replay->world, at, false) > 0
               ? CAN
               : CANNOT;
}

/* Whether a pipe is in the state that this entry of poll(2) reports. */
static bool is_ready(const struct replay *replay, size_t at, const char *entry)
{
    const struct object *object = &replay->world->objects[at];
    char *events = text_copy(entry, strcspn(entry, "}"));
    bool ready = true;

    if (object->kind <= OBJECT_FIFO) {
        long writers = world_ends(replay->world, at, true),
             readers = world_ends(replay->world, at, false);

        if (strstr(events, "POLLIN") != NULL)
            ready = object->held > 0;
        if (strstr(events, "POLLHUP") != NULL)
            ready = ready && writers == 0;
        if (strstr(events, "POLLERR") != NULL)
            ready = ready && readers == 0;
    }
    free(events);
    return ready;
}

static enum chance can_poll(const struct replay *replay,
                            struct process *process,
                            const struct traced_call *call)
{
    if (call->result <= 0)
        return call_asks(call) ? CAN : WITH_TIME;
    for (const char *entry = next_ready(call, NULL); entry != NULL;
         entry = next_ready(call, entry)) {
        size_t object = polled(replay->world, process, entry);

        if (object != NOBODY && !is_ready(replay, object, entry))
            return CANNOT;
    }
    return CAN;
}

/* Whether the child of a vfork() has executed a program or ended. */
static enum chance can_resume(const struct replay *replay,
                              const struct process *process,
                              const struct traced_call *call)
{
    size_t child = find_process(replay, process->command, call->result);

    return child == NOBODY || replay->world->processes[child].executed ||
                   replay->world->processes[child].ended
               ? CAN
               : CANNOT;
}

static enum chance can_return(struct replay *replay, struct process *process,
                              const struct traced_call *call)
{
    size_t object = object_of(replay, process, call);

    if (call_ends(call) || call->kind == CALL_EXIT)
        return CAN;
    /* After a call that did not return, only the end of its process follows. */
    if (!call->returned || failed(call, "EINTR"))
        return can_interrupt(replay, process);
    if (call_vforks(call))
        return can_resume(replay, process, call);
    switch (call->kind) {
    case CALL_SLEEP:
        return WITH_TIME;
    case CALL_POLL:
        return can_poll(replay, process, call);
    case CALL_WAIT:
        return can_wait(replay, process, call);
    case CALL_MSGSND:
    case CALL_MSGRCV:
    case CALL_MSGCTL:
        return can_use_queue(&replay->world->objects[object], call);
    case CALL_OPEN:
        return object == NOBODY ? CAN : can_open(replay, process, object, call);
    case CALL_READ:
    case CALL_WRITE:
        return object == NOBODY ? CAN
                                : can_use_file(replay, process, object, call);
    default:
        return CAN;
    }
}

/* Whether a call that cannot return yet makes its process wait. If not, the
 * call only has to follow another event. */
static bool keeps_waiting(struct replay *replay, struct process *process,
                          const struct traced_call *call)
{
    size_t object;

    if (!call->returned || call->error != NULL)
        return !call->returned || failed(call, "EIDRM") ||
               failed(call, "EINTR");
    switch (call->kind) {
    case CALL_READ:
        object = object_of(replay, process, call);
        return object != NOBODY && replay->world->objects[object].held == 0;
    case CALL_POLL:
        return !call_asks(call);
    case CALL_SLEEP:
    case CALL_WAIT:
    case CALL_OPEN:
    case CALL_MSGSND:
    case CALL_MSGRCV:
        return true;
    default:
        return false;
    }
}

static struct event *add_event(struct replay *replay, enum event_kind kind,
                               size_t process, const struct traced_call *call)
{
    struct story *story = replay->story;
    struct event *event;

    story->events =
        array_grow(story->events, story->nevents, sizeof *story->events);
    event = &story->events[story->nevents++];
    event->kind = kind;
    event->process = process;
    event->call = call;
    event->object = event->child = NOBODY;
    event->times = 1;
    event->slot.fd = -1;
    if (process == NOBODY)
        return event;
    event->ours = replay->world->processes[process].ours;
    event->object = object_of(replay, &replay->world->processes[process], call);
    if (event->object != NOBODY) {
        struct object *object = &replay->world->objects[event->object];

        event->held = object->held;
        object->ours |= event->ours && object->kind != OBJECT_TERMINAL;
    }
    return event;
}

/* Add the process that a call of its parent makes. Returns its index. */
static size_t make_child(struct replay *replay, size_t parent,
                         const struct traced_call *call)
{
    size_t child =
        world_process(replay->world, replay->strace,
                      replay->world->processes[parent].command, call->result);

    replay->world->processes[child].parent = parent;
    world_inherit(&replay->world->processes[child],
                  &replay->world->processes[parent]);
    return child;
}

/* Let a process begin its next call: do what happens before the call returns.
 */
static void enter(struct replay *replay, size_t at)
{
    struct process *process = &replay->world->processes[at];
    const struct traced_call *call = process->calls[process->next];
    size_t object;

    process->entered = true;
    if (call_forks(call) && call->returned && call->result > 0 &&
        find_process(replay, process->command, call->result) == NOBODY) {
        size_t child = make_child(replay, at, call);

        /* vfork() makes the child long before it returns. */
        if (call_vforks(call))
            add_event(replay, EVENT_CALL, at, call)->child = child;
    } else if (call->kind == CALL_OPEN &&
               (object = object_of(replay, process, call)) != NOBODY &&
               call->error == NULL) {
        struct object *fifo = &replay->world->objects[object];
        bool writing = opens_to_write(call);

        process->seen = fifo->opened[!writing];
        fifo->opened[writing]++;
        fifo->opening[writing]++;
    }
}

/* Undo what enter() counted, when a process leaves its call. */
static void leave(struct replay *replay, struct process *process,
                  const struct traced_call *call)
{
    size_t object;

    if (call->kind == CALL_OPEN && call->error == NULL &&
        (object = object_of(replay, process, call)) != NOBODY)
        replay->world->objects[object].opening[opens_to_write(call)]--;
}

static void put_chunk(struct object *object, long type, const char *quoted,
                      long long size)
{
    struct chunk *chunk;
    bool whole;

    object->chunks =
        array_grow(object->chunks, object->nchunks, sizeof *object->chunks);
    chunk = &object->chunks[object->nchunks++];
    chunk->size = size;
    chunk->type = type;
    if (quoted != NULL)
        chunk->bytes = strace_bytes(quoted, &chunk->known, &whole);
    if ((long long)chunk->known > size)
        chunk->known = (size_t)size;
    object->held += object->kind == OBJECT_QUEUE ? 1 : size;
}

static void remove_chunk(struct object *object, size_t at)
{
    free(object->chunks[at].bytes);
    memmove(&object->chunks[at], &object->chunks[at + 1],
            (object->nchunks - at - 1) * sizeof *object->chunks);
    object->nchunks--;
}

static void take_bytes(struct object *object, long long size)
{
    object->held -= size < object->held ? size : object->held;
    while (size > 0 && object->nchunks > 0) {
        struct chunk *chunk = &object->chunks[0];

        if (chunk->size <= size) {
            size -= chunk->size;
            remove_chunk(object, 0);
        } else {
            size_t known =
                chunk->known < (size_t)size ? chunk->known : (size_t)size;

            if (chunk->bytes != NULL)
                memmove(chunk->bytes, chunk->bytes + known,
                        chunk->known - known);
            chunk->known -= known;
            chunk->size -= size;
            size = 0;
        }
    }
}

/* The type of a message such as {mtype=5, mtext="text"}. */
static long type_of(const char *message)
{
    const char *type = strstr(message, "mtype=");

    return type == NULL ? 0 : strtol(type + 6, NULL, 10);
}

static void use_queue(struct object *queue, const struct traced_call *call)
{
    if (call->kind == CALL_MSGSND && call->result == 0) {
        put_chunk(queue, type_of(call_arg(call, 1)), NULL, size_of(call));
        queue->bytes += size_of(call);
    } else if (call->kind == CALL_MSGRCV && call->result >= 0) {
        size_t at = chosen(queue, asked_type(call));

        if (at < queue->nchunks) {
            queue->bytes -= queue->chunks[at].size;
            remove_chunk(queue, at);
            queue->held--;
        }
    } else if (call->kind == CALL_MSGCTL && call->result == 0 &&
               strstr(call->text, "msg_qbytes=") != NULL) {
        queue->limit =
            strtoll(strstr(call->text, "msg_qbytes=") + 11, NULL, 10);
    } else if (call->kind == CALL_MSGCTL && call->result == 0 &&
               text_begins(call_arg(call, 1), "IPC_RMID")) {
        while (queue->nchunks > 0)
            remove_chunk(queue, 0);
        queue->held = 0;
        queue->removed = true;
    }
}

static void move_bytes(struct replay *replay, struct process *process,
                       struct event *event)
{
    struct object *object = &replay->world->objects[event->object];
    const struct traced_call *call = event->call;

    event->times = loop_length(object, process);
    event->bytes = loop_bytes(process, event->times);
    if (object->kind == OBJECT_TERMINAL) {
        if (call->kind == CALL_WRITE)
            replay->printed[process->command]++;
        else if (replay->typed[process->command] > 0)
            replay->typed[process->command]--;
    } else if (event->bytes > 0 && call->kind == CALL_WRITE) {
        put_chunk(object, 0, event->times > 1 ? NULL : call_arg(call, 1),
                  event->bytes);
        event->between =
            object->held > (object->limit > 0 ? object->limit : ROOM);
        object->overfull |= event->between;
    } else if (event->bytes > 0) {
        take_bytes(object, event->bytes);
        event->between = object->overfull && event->times > 1;
        object->overfull &= object->held > 0;
    }
    process->next += event->times - 1;
}

/* Change the object on which a call works, and note its state in the event. */
static void use_object(struct replay *replay, struct process *process,
                       struct event *event)
{
    const struct traced_call *call = event->call;
    struct object *object = &replay->world->objects[event->object];

    switch (call->kind) {
    case CALL_READ:
    case CALL_WRITE:
        move_bytes(replay, process, event);
        break;
    case CALL_MSGSND:
    case CALL_MSGRCV:
    case CALL_MSGCTL:
        use_queue(object, call);
        break;
    case CALL_FCNTL:
        if (strstr(call_arg(call, 1), "PIPE_SZ") != NULL)
            object->limit = call->result;
        break;
    case CALL_CLOSE:
        event->last =
            world_ends(replay->world, event->object, event->slot.writes) == 0;
        /* The bytes in a pipe are lost when nobody has it open. */
        if (event->last &&
            world_ends(replay->world, event->object, !event->slot.writes) == 0)
            take_bytes(object, object->held);
        break;
    default:
        break;
    }
    event->held = object->held;
}

/* Let the call of a process return: add its event, and change the world. */
static void finish(struct replay *replay, size_t at, bool waited)
{
    struct process *process = &replay->world->processes[at];
    const struct traced_call *call = process->calls[process->next];
    struct event *event;
    struct slot *slot;
    const char *what;
    size_t length;
    long fd = strace_fd(call_arg(call, 0), &what, &length);

    if (call_vforks(call) && call->result > 0) {
        process->next++;
        process->entered = false;
        replay->process = at;
        return;
    }
    event = add_event(replay, EVENT_CALL, at, call);
    event->waited = waited;
    if (fd != -1 && (slot = world_slot(process, fd)) != NULL)
        event->slot = *slot;
    if (call_forks(call) || call->kind == CALL_WAIT)
        event->child = find_process(replay, process->command, call->result);
    leave(replay, process, call);
    world_descriptors(replay->world, process, call);
    if (event->object != NOBODY)
        use_object(replay, process, event);
    if (call->kind == CALL_OPEN &&
        (slot = world_slot(process, call->result)) != NULL)
        event->slot = *slot;
    if (call->kind == CALL_EXEC && call->result == 0) {
        process->executed = true;
        event->ours |= process->ours;
    }
    if (call_ends(call))
        process->ended = true;
    for (size_t i = 0; i < replay->world->nprocesses; i++)
        replay->world->processes[i].signalled |=
            kills(call, &replay->world->processes[i]);
    process->next++;
    process->entered = false;
    replay->process = at;
}

/* Let a process run if its next call can return now, or in the wanted way.
 * Returns whether it ran. */
static bool run(struct replay *replay, size_t at, enum chance wanted)
{
    struct process *process = &replay->world->processes[at];
    const struct traced_call *call;
    bool waited;
    enum chance chance;

    if (process->next == process->ncalls)
        return false;
    call = process->calls[process->next];
    waited = process->entered;
    if (!waited)
        enter(replay, at);
    process = &replay->world->processes[at]; /* enter() may move the array */
    chance = replay->no_causes ? CAN : can_return(replay, process, call);
    if (chance == CAN || chance == wanted) {
        if (call->returned || call->kind == CALL_EXIT) {
            finish(replay, at, waited);
        } else {
            leave(replay, process, call);
            process->next++; /* its process ended in it */
            process->entered = false;
        }
        return true;
    }
    if (!waited && keeps_waiting(replay, process, call))
        add_event(replay, EVENT_WAIT, at, call);
    return false;
}

static bool run_any(struct replay *replay, enum chance wanted)
{
    if (replay->process != NOBODY && run(replay, replay->process, wanted))
        return true;
    for (size_t i = 0; i < replay->world->nprocesses; i++)
        if (run(replay, i, wanted))
            return true;
    return false;
}

/* Let the process run whose next call comes first in the trace. */
static bool run_as_traced(struct replay *replay)
{
    size_t first = NOBODY;
    int line = 0;

    for (size_t i = 0; i < replay->world->nprocesses; i++) {
        const struct process *process = &replay->world->processes[i];

        if (process->next < process->ncalls &&
            (first == NOBODY || process->calls[process->next]->line < line)) {
            first = i;
            line = process->calls[process->next]->line;
        }
    }
    return first != NOBODY && run(replay, first, CAN);
}

static void type(struct replay *replay, const struct typed *typed)
{
    struct event *event = add_event(replay, EVENT_TYPED, NOBODY, NULL);
    const struct traced_command *traced;
    size_t at;

    event->typed = typed;
    if (typed->line) {
        replay->typed[typed->command]++;
        return;
    }
    traced = &replay->strace->commands[typed->command];
    if (traced->ncalls == 0)
        return;
    at = world_process(replay->world, replay->strace, typed->command,
                       traced->calls[0].pid);
    world_terminal(replay->world, &replay->world->processes[at]);
    replay->process = at;
}

/* Whether each call of the trace has its event. */
static bool all_told(const struct replay *replay)
{
    for (size_t i = 0; i < replay->world->nprocesses; i++)
        if (replay->world->processes[i].next <
            replay->world->processes[i].ncalls)
            return false;
    return true;
}

/* Replay a trace, by its causes or in its own order. Returns NULL if no order
 * explains the calls. */
static struct story *tell(const struct strace *strace,
                          const struct typed *typed, size_t ntyped,
                          bool no_causes)
{
    struct story *story = array_grow(NULL, 0, sizeof *story);
    struct replay replay = {.strace = strace,
                            .story = story,
                            .world = &story->world,
                            .process = NOBODY,
                            .no_causes = no_causes};

    replay.printed =
        array_grow(NULL, 0, (strace->ncommands + 1) * sizeof *replay.printed);
    replay.typed =
        array_grow(NULL, 0, (strace->ncommands + 1) * sizeof *replay.typed);
    replay.ranks =
        array_grow(NULL, 0, (strace->ncommands + 1) * sizeof *replay.ranks);
    for (size_t i = 0; i < strace->ncommands; i++)
        replay.ranks[i] = ranks_of(&strace->commands[i]);
    story->as_traced = no_causes;
    find_fifos(replay.world, strace);
    for (size_t i = 0; i <= ntyped; i++) {
        if (no_causes) {
            while (run_as_traced(&replay))
                ;
        } else {
            while (run_any(&replay, CAN) || run_any(&replay, WITH_TIME))
                ;
        }
        if (i < ntyped)
            type(&replay, &typed[i]);
    }
    for (size_t i = 0; i < strace->ncommands; i++)
        free(replay.ranks[i]);
    free(replay.ranks);
    free(replay.printed);
    free(replay.typed);
    if (no_causes || all_told(&replay))
        return story;
    story_free(story);
    return NULL;
}

struct story *story_tell(const struct strace *strace, const struct typed *typed,
                         size_t ntyped)
{
    struct story *story = tell(strace, typed, ntyped, false);

    return story != NULL ? story : tell(strace, typed, ntyped, true);
}

void story_free(struct story *story)
{
    if (story == NULL)
        return;
    world_free(&story->world);
    free(story->events);
    free(story);
}
