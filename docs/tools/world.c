#include "world.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/memory.h"

const char *call_arg(const struct traced_call *call, size_t i)
{
    return i < call->nargs ? call->args[i] : "";
}

const char *call_path(const struct traced_call *call)
{
    return call->syscall->object == ON_PATH
               ? call_arg(call, call->syscall->argument)
               : "";
}

const char *call_flags(const struct traced_call *call)
{
    return call_arg(call, call->syscall->argument + 1);
}

bool call_ends(const struct traced_call *call)
{
    return call->kind == PROCESS_EXITED || call->kind == PROCESS_KILLED;
}

static const char *clone_flags(const struct traced_call *call)
{
    for (size_t i = 0; i < call->nargs; i++)
        if (strstr(call->args[i], "flags=") != NULL)
            return call->args[i];
    return "";
}

bool call_forks(const struct traced_call *call)
{
    return call->kind == CALL_FORK && call->result != 0 &&
           strstr(clone_flags(call), "CLONE_THREAD") == NULL;
}

bool call_vforks(const struct traced_call *call)
{
    return call->syscall->id == SYSCALL_vfork ||
           (call_forks(call) &&
            strstr(clone_flags(call), "CLONE_VFORK") != NULL);
}

bool call_asks(const struct traced_call *call)
{
    const char *limit = call_arg(call, 2);

    return call->kind == CALL_POLL &&
           (strcmp(limit, "0") == 0 ||
            strcmp(limit, "{tv_sec=0, tv_nsec=0}") == 0);
}

bool call_runs_ours(const struct traced_call *call)
{
    const char *path = call_arg(call, 0);

    return call->kind == CALL_EXEC && call->returned && call->result == 0 &&
           ((text_begins(path, "\"./") && strchr(path + 3, '/') == NULL) ||
            text_begins(path, "\"\342\200\246/build/"));
}

/* pipe2([3<pipe:[1]>, 4<pipe:[1]>], O_CLOEXEC) */
bool call_pipe_ends(const struct traced_call *call, long ends[2])
{
    const char *list = call_arg(call, 0), *second = strstr(list, ", ");

    if (call->kind != CALL_PIPE || *list != '[' || second == NULL)
        return false;
    ends[0] = strtol(list + 1, NULL, 10);
    ends[1] = strtol(second + 2, NULL, 10);
    return true;
}

bool world_is_child(const struct world *world, const struct process *process)
{
    return process->parent != NOBODY && world->processes[process->parent].ever;
}

bool object_is_named(const struct object *object, const char *name,
                     size_t length)
{
    return strlen(object->name) == length &&
           memcmp(object->name, name, length) == 0;
}

size_t world_object(struct world *world, enum object_kind kind,
                    const char *name, size_t length)
{
    struct object *object;

    for (size_t i = 0; i < world->nobjects; i++)
        if (world->objects[i].kind == kind &&
            object_is_named(&world->objects[i], name, length))
            return i;
    world->objects =
        array_grow(world->objects, world->nobjects, sizeof *world->objects);
    object = &world->objects[world->nobjects++];
    object->kind = kind;
    object->name = text_copy(name, length);
    return world->nobjects - 1;
}

/* Get the object that strace -y calls "pipe:[1]", "/dev/pts/1" or
 * "./my_fifo". */
static size_t named(struct world *world, const char *name, size_t length)
{
    if (text_begins(name, "pipe:"))
        return world_object(world, OBJECT_PIPE, name, length);
    if (text_begins(name, "/dev/pts/"))
        return world_object(world, OBJECT_TERMINAL, name, length);
    for (size_t i = 0; i < world->nobjects; i++)
        if (world->objects[i].kind == OBJECT_FIFO &&
            object_is_named(&world->objects[i], name, length))
            return i;
    return world_object(world, OBJECT_FILE, name, length);
}

size_t world_process(struct world *world, const struct strace *strace,
                     size_t command, long pid)
{
    const struct traced_command *traced = &strace->commands[command];
    struct process *process;

    world->processes = array_grow(world->processes, world->nprocesses,
                                  sizeof *world->processes);
    process = &world->processes[world->nprocesses++];
    process->pid = pid;
    process->parent = NOBODY;
    process->command = command;
    process->program = text_copy("", 0);
    for (size_t i = 0; i < traced->ncalls; i++)
        if (traced->calls[i].pid == pid) {
            process->calls = array_grow(process->calls, process->ncalls,
                                        sizeof(struct traced_call *));
            process->calls[process->ncalls++] = &traced->calls[i];
        }
    return world->nprocesses - 1;
}

struct slot *world_slot(struct process *process, long fd)
{
    for (size_t i = 0; i < process->nslots; i++)
        if (process->slots[i].fd == fd)
            return &process->slots[i];
    return NULL;
}

size_t world_object_of(struct world *world, struct process *process,
                       const char *descriptor)
{
    const char *what;
    size_t length;
    long fd = strace_fd(descriptor, &what, &length);
    struct slot *slot = fd == -1 ? NULL : world_slot(process, fd);

    if (what != NULL)
        return named(world, what, length);
    return slot == NULL ? NOBODY : slot->object;
}

long world_ends(const struct world *world, size_t object, bool writing)
{
    long n = world->objects[object].opening[writing];

    for (size_t i = 0; i < world->nprocesses; i++)
        for (size_t j = 0; j < world->processes[i].nslots; j++) {
            const struct slot *slot = &world->processes[i].slots[j];

            if (slot->object == object &&
                (writing ? slot->writes : slot->reads))
                n++;
        }
    return n;
}

static void drop(struct process *process, long fd)
{
    struct slot *slot = world_slot(process, fd);

    if (slot != NULL) {
        size_t at = (size_t)(slot - process->slots);

        memmove(slot, slot + 1, (process->nslots - at - 1) * sizeof *slot);
        process->nslots--;
    }
}

static struct slot *take(struct process *process, long fd)
{
    size_t at = 0;

    drop(process, fd);
    process->slots =
        array_grow(process->slots, process->nslots, sizeof *process->slots);
    while (at < process->nslots && process->slots[at].fd < fd)
        at++;
    memmove(&process->slots[at + 1], &process->slots[at],
            (process->nslots - at) * sizeof *process->slots);
    process->nslots++;
    process->slots[at] = (struct slot){.fd = fd, .object = NOBODY};
    return &process->slots[at];
}

void world_inherit(struct process *child, const struct process *parent)
{
    child->ours = parent->ours;
    child->ever |= parent->ours;
    free(child->program);
    child->program = text_copy(parent->program, strlen(parent->program));
    for (size_t i = 0; i < parent->nslots; i++)
        *take(child, parent->slots[i].fd) = parent->slots[i];
}

void world_terminal(struct world *world, struct process *process)
{
    size_t terminal = world_object(world, OBJECT_TERMINAL, "/dev/pts/1", 10);

    for (long fd = 0; fd < 3; fd++)
        *take(process, fd) = (struct slot){fd, terminal, true, true, false};
}

static void make_pipe(struct world *world, struct process *process,
                      const struct traced_call *call)
{
    char *list = text_copy(call_arg(call, 0), strlen(call_arg(call, 0)));
    char *second = strstr(list, ", ");

    for (int writing = 0; second != NULL && writing < 2; writing++) {
        const char *what;
        size_t length, object;
        long fd;

        if (writing == 0)
            *second = '\0';
        fd = strace_fd(writing ? second + 2 : list + 1, &what, &length);
        if (fd == -1 || what == NULL)
            break;
        object = named(world, what, length);
        *take(process, fd) =
            (struct slot){fd, object, !writing, writing,
                          strstr(call_arg(call, 1), "O_CLOEXEC") != NULL};
        world->objects[object].ours |= process->ours;
    }
    free(list);
}

static void open_file(struct world *world, struct process *process,
                      const struct traced_call *call)
{
    const char *what = NULL, *flags = call_flags(call);
    size_t length = 0, object;

    if (call->value == NULL || strace_fd(call->value, &what, &length) == -1 ||
        what == NULL)
        return;
    object = named(world, what, length);
    *take(process, call->result) = (struct slot){
        call->result, object, strstr(flags, "O_WRONLY") == NULL,
        strstr(flags, "O_RDONLY") == NULL, strstr(flags, "O_CLOEXEC") != NULL};
    if (world->objects[object].kind == OBJECT_FIFO)
        world->objects[object].ours |= process->ours;
}

static void duplicate(struct world *world, struct process *process,
                      const struct traced_call *call, bool cloexec)
{
    const char *what;
    size_t length;
    long from = strace_fd(call_arg(call, 0), &what, &length);
    struct slot *old = from == -1 ? NULL : world_slot(process, from),
                copy = {0};

    if (old != NULL)
        copy = *old;
    else
        copy.object = what == NULL ? NOBODY : named(world, what, length);
    if (from == call->result)
        return;
    copy.fd = call->result;
    copy.cloexec = cloexec;
    *take(process, call->result) = copy;
}

/* The last part of a quoted path. "?" replaces control characters, because some
 * of them separate lines and columns. The caller frees it. */
static char *base_name(const char *quoted)
{
    size_t length;
    bool whole;
    char *path = strace_bytes(quoted, &length, &whole), *slash, *name;

    if (path == NULL)
        return text_copy("", 0);
    slash = strrchr(path, '/');
    name = slash == NULL ? path : slash + 1;
    name = text_copy(name, strlen(name));
    free(path);
    for (char *at = name; *at != '\0'; at++)
        if (iscntrl((unsigned char)*at))
            *at = '?';
    return name;
}

/* A process that a program of the book did not make keeps the name of that
 * program when it executes another one. */
static void execute(struct world *world, struct process *process,
                    const struct traced_call *call)
{
    bool named = process->ever && !world_is_child(world, process);

    process->ours = call_runs_ours(call);
    process->ever |= process->ours;
    if (!named) {
        free(process->program);
        process->program = base_name(call_arg(call, 0));
    }
    for (size_t i = process->nslots; i-- > 0;)
        if (process->slots[i].cloexec)
            drop(process, process->slots[i].fd);
}

void world_descriptors(struct world *world, struct process *process,
                       const struct traced_call *call)
{
    const char *what;
    size_t length;
    long fd = strace_fd(call_arg(call, 0), &what, &length);
    struct slot *slot;

    if (call_ends(call))
        process->nslots = 0;
    if (!call->returned || call->result == -1)
        return;
    switch (call->kind) {
    case CALL_PIPE:
        make_pipe(world, process, call);
        break;
    case CALL_OPEN:
        open_file(world, process, call);
        break;
    case CALL_CLOSE:
        drop(process, fd);
        break;
    case CALL_DUP:
        duplicate(world, process, call,
                  strstr(call_arg(call, 2), "O_CLOEXEC") != NULL);
        break;
    case CALL_FCNTL:
        if (text_begins(call_arg(call, 1), "F_DUPFD"))
            duplicate(world, process, call,
                      text_begins(call_arg(call, 1), "F_DUPFD_CLOEXEC"));
        else if (text_begins(call_arg(call, 1), "F_SETFD") &&
                 (slot = world_slot(process, fd)) != NULL)
            slot->cloexec = strstr(call_arg(call, 2), "FD_CLOEXEC") != NULL;
        break;
    case CALL_EXEC:
        execute(world, process, call);
        break;
    default:
        break;
    }
}

void world_free(struct world *world)
{
    for (size_t i = 0; i < world->nobjects; i++) {
        struct object *object = &world->objects[i];

        for (size_t j = 0; j < object->nchunks; j++)
            free(object->chunks[j].bytes);
        free(object->chunks);
        free(object->name);
    }
    for (size_t i = 0; i < world->nprocesses; i++) {
        free(world->processes[i].program);
        free(world->processes[i].slots);
        free(world->processes[i].calls);
    }
    free(world->objects);
    free(world->processes);
}
