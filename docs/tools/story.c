#include "story.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/memory.h"

/* The story while it is told. */
struct player {
    const struct strace *strace;
    struct story *story;
    struct world *world;
    size_t *printed; /* of each command: writes to its terminal so far */
    size_t **ranks;  /* of each call of a command: such writes before it */
    size_t *typed;   /* lines typed for it, and not yet read */
    size_t process;  /* the one that ran last */
    bool no_causes;  /* the order is the trace's */
};

/* When a call can come back. */
enum chance { CANNOT, CAN, WITH_TIME };

/* A loop of fewer calls than this is told call by call. A pipe holds ROOM bytes
 * if its trace does not say otherwise. */
enum { LOOP = 4, ROOM = 65536 };

static bool failed(const struct call *call, const char *error)
{
    return call->error != NULL && strcmp(call->error, error) == 0;
}

static bool is_end(const struct call *call)
{
    return call->name[0] == '+';
}

static bool moves_bytes(const struct call *call)
{
    return call_is(call, "read") || call_is(call, "write");
}

/* The path that open() or mkfifo() is given, as strace -y would write it: with
 * the same escapes. The caller frees it. */
static char *path_of(const struct call *call)
{
    const char *arg = call_arg(call, strstr(call->name, "at") != NULL);
    int length = (int)strlen(arg) - 2; /* without its quotation marks */

    if (*arg != '"')
        return text_copy("", 0);
    arg++;
    return text_format("%s%.*s",
                       *arg == '/' || text_begins(arg, "./") ? "" : "./",
                       length, arg);
}

/* All FIFOs that a trace knows of: they were made in it, or looked at. */
static void find_fifos(struct world *world, const struct strace *strace)
{
    for (size_t i = 0; i < strace->ncommands; i++)
        for (size_t j = 0; j < strace->commands[i].ncalls; j++) {
            const struct call *call = &strace->commands[i].calls[j];
            const char *what;
            size_t length;
            char *path;

            if (strstr(call->text, "S_IFIFO") == NULL)
                continue;
            if (text_begins(call->name, "mknod")) {
                path = path_of(call);
                world_object(world, OBJECT_FIFO, path, strlen(path));
                free(path);
            } else if (strace_fd(call_arg(call, 0), &what, &length) != -1 &&
                       what != NULL && !text_begins(what, "pipe:")) {
                world_object(world, OBJECT_FIFO, what, length);
            }
        }
}

static size_t find_process(const struct player *player, size_t command,
                           long pid)
{
    for (size_t i = player->world->nprocesses; i-- > 0;)
        if (player->world->processes[i].pid == pid &&
            player->world->processes[i].command == command)
            return i;
    return NOBODY;
}

/* The object that a call is about, or NOBODY. */
static size_t object_of(struct player *player, struct process *process,
                        const struct call *call)
{
    size_t object;
    char *path;

    if (text_begins(call->name, "open") || text_begins(call->name, "mknod") ||
        text_begins(call->name, "unlink")) {
        path = path_of(call);
        for (object = 0; object < player->world->nobjects; object++)
            if (player->world->objects[object].kind == OBJECT_FIFO &&
                strcmp(player->world->objects[object].name, path) == 0)
                break;
        free(path);
        return object < player->world->nobjects ? object : NOBODY;
    }
    if (text_begins(call->name, "msg")) {
        const char *id = call_arg(call, 0);
        char *made = NULL;

        if (call_is(call, "msgget")) {
            if (call->result == -1)
                return NOBODY;
            id = made = text_format("%ld", call->result);
        }
        object = world_object(player->world, OBJECT_QUEUE, id, strlen(id));
        free(made);
        return object;
    }
    if (call_is(call, "pipe") || call_is(call, "pipe2")) {
        const char *name = strstr(call_arg(call, 0), "<pipe:");

        return name == NULL ? NOBODY
                            : world_object(player->world, OBJECT_PIPE, name + 1,
                                           strcspn(name + 1, ">"));
    }
    if (call_is(call, "poll") || call_is(call, "ppoll")) {
        const char *fd = strstr(call_arg(call, 0), "fd=");
        struct call asked = *call;
        char *args[1] = {text_copy(fd == NULL ? "" : fd + 3,
                                   fd == NULL ? 0 : strcspn(fd + 3, ","))};

        asked.args = args;
        asked.nargs = 1;
        object = world_object_of(player->world, process, &asked, 0);
        free(args[0]);
        return object;
    }
    return world_object_of(player->world, process, call, 0);
}

/* How many calls from the next one on, which moves bytes to or from the object,
 * are one loop. */
static size_t loop_length(const struct object *object,
                          const struct process *process)
{
    const struct call *first = process->calls[process->next];
    size_t n = 0;

    if (object->kind > OBJECT_FIFO)
        return 1;
    while (process->next + n < process->ncalls) {
        const struct call *call = process->calls[process->next + n];

        if (strcmp(call->name, first->name) != 0 || call->result <= 0 ||
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

/* Whether the object's first bytes are those that a read() brought. */
static bool same_bytes(const struct object *object, const struct call *call)
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
            break; /* what follows is not known */
        at += n;
    }
    free(bytes);
    return same;
}

static enum chance can_read(struct player *player, const struct object *object,
                            const struct call *call, size_t loop,
                            long long bytes)
{
    size_t at = (size_t)(object - player->world->objects);
    long writers = world_ends(player->world, at, true);

    if (loop > 1)
        return object->held >= bytes ? CAN : CANNOT;
    if (call->result == 0 && strcmp(call_arg(call, 2), "0") != 0)
        return object->held == 0 && writers == 0 ? CAN : CANNOT;
    if (failed(call, "EAGAIN"))
        return object->held == 0 && writers > 0 ? CAN : CANNOT;
    if (call->result == -1)
        return failed(call, "EINTR") ? WITH_TIME : CAN;
    if (object->held < call->result || !same_bytes(object, call))
        return CANNOT;
    /* A read that brings less than it asked for has emptied the pipe. */
    return call->result < strtol(call_arg(call, 2), NULL, 10) &&
                   object->held > call->result
               ? CANNOT
               : CAN;
}

static enum chance can_open(const struct player *player,
                            const struct process *process, size_t object,
                            const struct call *call)
{
    const char *flags =
        call_arg(call, strstr(call->name, "at") != NULL ? 2 : 1);
    bool writing = strstr(flags, "O_WRONLY") != NULL;

    if (call->result == -1 || strstr(flags, "O_NONBLOCK") != NULL ||
        strstr(flags, "O_RDWR") != NULL)
        return CAN;
    return world_ends(player->world, object, !writing) > 0 ||
                   player->world->objects[object].opened[!writing] >
                       process->seen
               ? CAN
               : CANNOT;
}

/* The message that msgrcv() with this type takes: its index, or nchunks. */
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

/* The type of message that msgrcv() asks for. */
static long asked_type(const struct call *call)
{
    long type = strtol(call_arg(call, 3), NULL, 10);

    return type < -LONG_MAX ? -LONG_MAX : type;
}

/* The size of the message that msgsnd() sends. */
static long long size_of(const struct call *call)
{
    long long size = strtoll(call_arg(call, 2), NULL, 10);

    return size < 0 ? 0 : size > INT_MAX ? INT_MAX : size;
}

static enum chance can_use_queue(const struct object *queue,
                                 const struct call *call)
{
    if (call_is(call, "msgrcv")) {
        size_t at = chosen(queue, asked_type(call));

        if (call->result >= 0 || failed(call, "E2BIG"))
            return at < queue->nchunks ? CAN : CANNOT;
        if (failed(call, "ENOMSG"))
            return at == queue->nchunks ? CAN : CANNOT;
    }
    if (call_is(call, "msgsnd") && call->result == 0 && queue->limit > 0 &&
        queue->bytes + size_of(call) > queue->limit)
        return CANNOT;
    if (failed(call, "EIDRM"))
        return queue->removed ? CAN : CANNOT;
    return failed(call, "EINTR") ? WITH_TIME : CAN;
}

static enum chance can_wait(const struct player *player,
                            const struct process *process,
                            const struct call *call)
{
    long pid = call->result;
    size_t child;

    if (call_is(call, "waitid") && text_begins(call_arg(call, 0), "P_PID"))
        pid = strtol(call_arg(call, 1), NULL, 10);
    child = find_process(player, process->command, pid);
    return pid <= 0 || child == NOBODY || player->world->processes[child].ended
               ? CAN
               : CANNOT;
}

/* Its place among the writes to the terminal of its command. */
static bool is_next_on_terminal(const struct player *player, size_t command,
                                const struct call *call)
{
    size_t at = (size_t)(call - player->strace->commands[command].calls);

    return player->ranks[command][at] <= player->printed[command];
}

static size_t *ranks_of(const struct traced *command)
{
    size_t *ranks = array_grow(NULL, 0, (command->ncalls + 1) * sizeof *ranks);
    size_t rank = 0;

    for (size_t i = 0; i < command->ncalls; i++) {
        const struct call *call = &command->calls[i];

        ranks[i] = rank;
        rank += call_is(call, "write") &&
                strstr(call_arg(call, 0), "</dev/pts/") != NULL;
    }
    return ranks;
}

static enum chance can_use_file(struct player *player, struct process *process,
                                size_t at, const struct call *call)
{
    struct object *object = &player->world->objects[at];
    size_t loop = loop_length(object, process);

    if (object->kind == OBJECT_TERMINAL) {
        if (call_is(call, "write"))
            return is_next_on_terminal(player, process->command, call) ? CAN
                                                                       : CANNOT;
        return player->typed[process->command] > 0 ? CAN : CANNOT;
    }
    if (object->kind > OBJECT_FIFO)
        return CAN;
    if (call_is(call, "read"))
        return can_read(player, object, call, loop, loop_bytes(process, loop));
    if (failed(call, "EPIPE"))
        return world_ends(player->world, at, false) == 0 ? CAN : CANNOT;
    return call->result == -1 || world_ends(player->world, at, false) > 0
               ? CAN
               : CANNOT;
}

static enum chance can_poll(const struct player *player, size_t object,
                            const struct call *call)
{
    if (call->result <= 0)
        return WITH_TIME;
    return object == NOBODY || player->world->objects[object].held > 0 ||
                   world_ends(player->world, object, true) == 0
               ? CAN
               : CANNOT;
}

static enum chance can_return(struct player *player, struct process *process,
                              const struct call *call)
{
    size_t object = object_of(player, process, call);

    if (is_end(call) || text_begins(call->name, "exit"))
        return CAN;
    if (!call->returned)
        return WITH_TIME; /* only the end of its process can follow */
    if (call_vforks(call)) {
        size_t at = find_process(player, process->command, call->result);

        return at == NOBODY || player->world->processes[at].began ||
                       player->world->processes[at].ended
                   ? CAN
                   : CANNOT;
    }
    if (call_forks(call))
        return CAN;
    if (strstr(call->name, "nanosleep") != NULL)
        return WITH_TIME;
    if (call_is(call, "poll") || call_is(call, "ppoll"))
        return can_poll(player, object, call);
    if (call_is(call, "wait4") || call_is(call, "waitid"))
        return can_wait(player, process, call);
    if (object == NOBODY)
        return CAN;
    if (text_begins(call->name, "msg"))
        return can_use_queue(&player->world->objects[object], call);
    if (text_begins(call->name, "open"))
        return can_open(player, process, object, call);
    return moves_bytes(call) ? can_use_file(player, process, object, call)
                             : CAN;
}

/* A call that keeps its process waiting, and not only us from telling it. */
static bool keeps_waiting(struct player *player, struct process *process,
                          const struct call *call)
{
    size_t object = object_of(player, process, call);

    if (!call->returned || call->error != NULL)
        return !call->returned || failed(call, "EIDRM") ||
               failed(call, "EINTR");
    if (call_is(call, "read"))
        return object != NOBODY && player->world->objects[object].held == 0;
    return strstr(call->name, "nanosleep") != NULL ||
           strstr(call->name, "poll") != NULL ||
           text_begins(call->name, "wait") || text_begins(call->name, "open") ||
           call_is(call, "msgrcv") || call_is(call, "msgsnd");
}

static struct event *add_event(struct player *player, enum event_kind kind,
                               size_t process, const struct call *call)
{
    struct story *story = player->story;
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
    event->ours = player->world->processes[process].ours;
    event->object = object_of(player, &player->world->processes[process], call);
    if (event->object != NOBODY) {
        struct object *object = &player->world->objects[event->object];

        event->held = object->held;
        object->ours |= event->ours && object->kind != OBJECT_TERMINAL;
    }
    return event;
}

/* A new process is a copy of its parent. */
static size_t make_child(struct player *player, size_t parent,
                         const struct call *call)
{
    size_t child =
        world_process(player->world, player->strace,
                      player->world->processes[parent].command, call->result);

    player->world->processes[child].parent = parent;
    world_inherit(&player->world->processes[child],
                  &player->world->processes[parent]);
    return child;
}

/* A process begins a call: what that does at once. */
static void enter(struct player *player, size_t at)
{
    struct process *process = &player->world->processes[at];
    const struct call *call = process->calls[process->next];
    size_t object;

    process->entered = true;
    if (call_forks(call) && call->returned && call->result > 0 &&
        find_process(player, process->command, call->result) == NOBODY) {
        size_t child = make_child(player, at, call);

        /* A parent in vfork() has its child before it comes back. */
        if (call_vforks(call))
            add_event(player, EVENT_CALL, at, call)->child = child;
    } else if (text_begins(call->name, "open") &&
               (object = object_of(player, process, call)) != NOBODY &&
               call->error == NULL) {
        struct object *fifo = &player->world->objects[object];
        bool writing = strstr(call->text, "O_WRONLY") != NULL;

        process->seen = fifo->opened[!writing];
        fifo->opened[writing]++;
        fifo->opening[writing]++;
    }
}

/* A process does not wait in this call any more. */
static void leave(struct player *player, struct process *process,
                  const struct call *call)
{
    size_t object;

    if (text_begins(call->name, "open") && call->error == NULL &&
        (object = object_of(player, process, call)) != NOBODY)
        player->world->objects[object]
            .opening[strstr(call->text, "O_WRONLY") != NULL]--;
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

/* "{mtype=5, mtext=\"text\"}": the type of a message. */
static long type_of(const char *message)
{
    const char *type = strstr(message, "mtype=");

    return type == NULL ? 0 : strtol(type + 6, NULL, 10);
}

static void use_queue(struct object *queue, const struct call *call)
{
    if (call_is(call, "msgsnd") && call->result == 0) {
        put_chunk(queue, type_of(call_arg(call, 1)), NULL, size_of(call));
        queue->bytes += size_of(call);
    } else if (call_is(call, "msgrcv") && call->result >= 0) {
        size_t at = chosen(queue, asked_type(call));

        if (at < queue->nchunks) {
            queue->bytes -= queue->chunks[at].size;
            remove_chunk(queue, at);
            queue->held--;
        }
    } else if (call_is(call, "msgctl") && call->result == 0 &&
               strstr(call->text, "msg_qbytes=") != NULL) {
        queue->limit =
            strtoll(strstr(call->text, "msg_qbytes=") + 11, NULL, 10);
    } else if (call_is(call, "msgctl") && call->result == 0 &&
               text_begins(call_arg(call, 1), "IPC_RMID")) {
        while (queue->nchunks > 0)
            remove_chunk(queue, 0);
        queue->held = 0;
        queue->removed = true;
    }
}

static void move_bytes(struct player *player, struct process *process,
                       struct event *event)
{
    struct object *object = &player->world->objects[event->object];
    const struct call *call = event->call;

    event->times = loop_length(object, process);
    event->bytes = loop_bytes(process, event->times);
    if (object->kind == OBJECT_TERMINAL) {
        if (call_is(call, "write"))
            player->printed[process->command]++;
        else if (player->typed[process->command] > 0)
            player->typed[process->command]--;
    } else if (event->bytes > 0 && call_is(call, "write")) {
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

/* A call comes back: what it did, and its event. */
static void come_back(struct player *player, size_t at, bool waited)
{
    struct process *process = &player->world->processes[at];
    const struct call *call = process->calls[process->next];
    struct event *event;
    struct slot *slot;
    const char *what;
    size_t length;
    long fd = strace_fd(call_arg(call, 0), &what, &length);

    if (call_vforks(call) && call->result > 0) {
        process->next++;
        process->entered = false;
        player->process = at;
        return;
    }
    event = add_event(player, EVENT_CALL, at, call);
    event->waited = waited;
    if (fd != -1 && (slot = world_slot(process, fd)) != NULL)
        event->slot = *slot;
    if (call_forks(call) || text_begins(call->name, "wait"))
        event->child = find_process(player, process->command, call->result);
    leave(player, process, call);
    world_descriptors(player->world, process, call);
    if (moves_bytes(call) && event->object != NOBODY)
        move_bytes(player, process, event);
    else if (text_begins(call->name, "msg") && event->object != NOBODY)
        use_queue(&player->world->objects[event->object], call);
    else if (call_is(call, "fcntl") && event->object != NOBODY &&
             strstr(call_arg(call, 1), "PIPE_SZ") != NULL)
        player->world->objects[event->object].limit = call->result;
    if (text_begins(call->name, "open") &&
        (slot = world_slot(process, call->result)) != NULL)
        event->slot = *slot;
    if (event->object != NOBODY) {
        event->held = player->world->objects[event->object].held;
        event->last =
            call_is(call, "close") &&
            world_ends(player->world, event->object, event->slot.writes) == 0;
    }
    if (call_is(call, "execve") && call->result == 0) {
        process->began = true; /* for a parent in vfork() */
        event->ours |= process->ours;
    }
    if (is_end(call))
        process->ended = true;
    process->next++;
    process->entered = false;
    player->process = at;
}

/* Let a process run, if its next call comes back in this way. */
static bool run(struct player *player, size_t at, enum chance wanted)
{
    struct process *process = &player->world->processes[at];
    const struct call *call;
    bool waited;
    enum chance chance;

    if (process->next == process->ncalls)
        return false;
    call = process->calls[process->next];
    waited = process->entered;
    if (!waited)
        enter(player, at);
    process = &player->world->processes[at]; /* enter() may have moved it */
    chance = player->no_causes ? CAN : can_return(player, process, call);
    if (chance == CAN || chance == wanted) {
        if (call->returned || text_begins(call->name, "exit")) {
            come_back(player, at, waited);
        } else {
            leave(player, process, call);
            process->next++; /* it never did */
            process->entered = false;
        }
        return true;
    }
    if (!waited && keeps_waiting(player, process, call))
        add_event(player, EVENT_WAIT, at, call);
    return false;
}

static bool run_any(struct player *player, enum chance wanted)
{
    if (player->process != NOBODY && run(player, player->process, wanted))
        return true;
    for (size_t i = 0; i < player->world->nprocesses; i++)
        if (run(player, i, wanted))
            return true;
    return false;
}

/* The process whose next call is the first in the trace. */
static bool run_as_traced(struct player *player)
{
    size_t first = NOBODY;
    int line = 0;

    for (size_t i = 0; i < player->world->nprocesses; i++) {
        const struct process *process = &player->world->processes[i];

        if (process->next < process->ncalls &&
            (first == NOBODY || process->calls[process->next]->line < line)) {
            first = i;
            line = process->calls[process->next]->line;
        }
    }
    return first != NOBODY && run(player, first, CAN);
}

static void type(struct player *player, const struct typed *typed)
{
    struct event *event = add_event(player, EVENT_TYPED, NOBODY, NULL);
    const struct traced *traced;
    size_t at;

    event->typed = typed;
    if (typed->line) {
        player->typed[typed->command]++;
        return;
    }
    traced = &player->strace->commands[typed->command];
    if (traced->ncalls == 0)
        return;
    at = world_process(player->world, player->strace, typed->command,
                       traced->calls[0].pid);
    world_terminal(player->world, &player->world->processes[at]);
    player->process = at;
}

static bool all_told(const struct player *player)
{
    for (size_t i = 0; i < player->world->nprocesses; i++)
        if (player->world->processes[i].next <
            player->world->processes[i].ncalls)
            return false;
    return true;
}

static struct story *tell(const struct strace *strace,
                          const struct typed *typed, size_t ntyped,
                          bool no_causes)
{
    struct story *story = array_grow(NULL, 0, sizeof *story);
    struct player player = {.strace = strace,
                            .story = story,
                            .world = &story->world,
                            .process = NOBODY,
                            .no_causes = no_causes};

    player.printed =
        array_grow(NULL, 0, (strace->ncommands + 1) * sizeof *player.printed);
    player.typed =
        array_grow(NULL, 0, (strace->ncommands + 1) * sizeof *player.typed);
    player.ranks =
        array_grow(NULL, 0, (strace->ncommands + 1) * sizeof *player.ranks);
    for (size_t i = 0; i < strace->ncommands; i++)
        player.ranks[i] = ranks_of(&strace->commands[i]);
    story->as_traced = no_causes;
    find_fifos(player.world, strace);
    for (size_t i = 0; i <= ntyped; i++) {
        if (no_causes) {
            while (run_as_traced(&player))
                ;
        } else {
            while (run_any(&player, CAN) || run_any(&player, WITH_TIME))
                ;
        }
        if (i < ntyped)
            type(&player, &typed[i]);
    }
    for (size_t i = 0; i < strace->ncommands; i++)
        free(player.ranks[i]);
    free(player.ranks);
    free(player.printed);
    free(player.typed);
    if (no_causes || all_told(&player))
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
