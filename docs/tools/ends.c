#include "ends.h"

#include <stdlib.h>
#include <string.h>

#include "../../common/memory.h"
#include "svg.h"

enum {
    BOX = 124, /* width of a process */
    ROW = 21,  /* height of a descriptor */
    HEAD = 24, /* of the name of a process */
    BETWEEN = 14,
    WAY = 34,   /* from a process to the first pipe */
    TUBE = 20,  /* width of a pipe */
    STEP = 44,  /* from pipe to pipe */
    ABOVE = 44, /* the names of the kernel and the pipes */
    SIZE = 12,  /* font size */
};

enum moment { AFTER_PIPE, AFTER_FORK, AFTER_CLOSE, AFTER_DUP, AFTER_EXEC };

static const char *const names[] = {"pipe", "fork", "close", "dup", "exec"};

/* The processes of a command at a moment. */
struct scene {
    enum moment moment;
    const struct story *story;
    struct world world;
    bool *there;  /* for each process: it exists */
    bool reached; /* the command has this moment */
};

static bool is_pipe(const struct world *world, size_t object)
{
    return object != NOBODY && world->objects[object].kind == OBJECT_PIPE &&
           world->objects[object].ours;
}

/* Whether a call does more than arrange descriptors. */
static bool acts(struct world *world, struct process *process,
                 const struct traced_call *call)
{
    size_t object;

    switch (call->kind) {
    case CALL_READ:
    case CALL_WRITE:
        object = world_object_of(world, process, call_arg(call, 0));
        return object != NOBODY && world->objects[object].kind <= OBJECT_FIFO;
    case CALL_EXEC:
    case CALL_EXIT:
    case CALL_POLL:
    case CALL_SLEEP:
    case CALL_WAIT:
    case PROCESS_EXITED:
    case PROCESS_KILLED:
        return true;
    default:
        return false;
    }
}

/* Whether a process makes another process before it acts. */
static bool forks_on(struct scene *scene, struct process *process, size_t from)
{
    for (size_t i = from; i < process->ncalls; i++) {
        if (call_forks(process->calls[i]))
            return true;
        if (acts(&scene->world, process, process->calls[i]))
            return false;
    }
    return false;
}

static void follow(struct scene *scene, size_t at, size_t from, bool parent);

static void add_child(struct scene *scene, size_t at,
                      const struct traced_call *call)
{
    struct process *parent = &scene->world.processes[at], *child;

    for (size_t i = 0; i < scene->world.nprocesses; i++) {
        child = &scene->world.processes[i];
        if (scene->story->world.processes[i].parent != at ||
            child->pid != call->result || scene->there[i])
            continue;
        child->parent = at;
        world_inherit(child, parent);
        scene->there[i] = true;
        follow(scene, i, 0, false);
        return;
    }
}

/* Follow a process from a call up to the moment. */
static void follow(struct scene *scene, size_t at, size_t from, bool parent)
{
    struct process *process = &scene->world.processes[at];
    bool has_pipe = false, has_child = !parent;

    if (!parent && scene->moment == AFTER_FORK)
        return;
    for (size_t i = from; i < process->ncalls; i++) {
        const struct traced_call *call = process->calls[i];
        bool executes = call->kind == CALL_EXEC && call->result == 0;

        if (call_forks(call) && call->result > 0) {
            if (scene->moment == AFTER_PIPE)
                return;
            add_child(scene, at, call);
            has_child = true;
            if (scene->moment == AFTER_FORK) {
                scene->reached = true;
                if (!forks_on(scene, process, i + 1))
                    return;
            }
            continue;
        }
        if ((has_child || has_pipe) && acts(&scene->world, process, call) &&
            !(has_child && parent && forks_on(scene, process, i)) &&
            !(call->kind == CALL_EXEC && call->error != NULL) &&
            (has_child || scene->moment == AFTER_PIPE)) {
            if (executes && !parent && scene->moment == AFTER_EXEC) {
                world_descriptors(&scene->world, process, call);
                scene->reached = true;
            }
            return;
        }
        world_descriptors(&scene->world, process, call);
        if (call->kind == CALL_PIPE && call->result == 0) {
            has_pipe = true;
            scene->reached |= scene->moment == AFTER_PIPE;
        }
        if (has_child && call->kind == CALL_CLOSE && call->result == 0)
            scene->reached |= scene->moment == AFTER_CLOSE;
        if (has_child && call->kind == CALL_DUP && call->result != -1 &&
            scene->moment == AFTER_DUP) {
            scene->reached = true;
            return;
        }
    }
}

/* A box for a process: its name and its descriptors. */
struct box {
    size_t process;
    double x, y, height;
    bool right; /* it is on the right of the pipes */
    long *fds;
    size_t nfds;
};

static void add_fd(struct box *box, long fd)
{
    size_t at = 0;

    while (at < box->nfds && box->fds[at] < fd)
        at++;
    if (at < box->nfds && box->fds[at] == fd)
        return;
    box->fds = array_grow(box->fds, box->nfds, sizeof *box->fds);
    memmove(&box->fds[at + 1], &box->fds[at],
            (box->nfds++ - at) * sizeof *box->fds);
    box->fds[at] = fd;
}

/* Add the descriptors of a box: those that are open, and those that the maker
 * of the pipes got from them. */
static void fill(const struct scene *scene, struct box *box, size_t maker)
{
    const struct world *world = &scene->story->world;
    const struct process *now = &scene->world.processes[box->process];

    for (long fd = 0; fd < 3; fd++)
        add_fd(box, fd);
    for (size_t i = 0; i < now->nslots; i++)
        if (is_pipe(&scene->world, now->slots[i].object))
            add_fd(box, now->slots[i].fd);
    for (size_t i = 0; i < world->processes[maker].ncalls; i++) {
        const struct traced_call *call = world->processes[maker].calls[i];
        long ends[2];

        if (call_forks(call))
            break;
        if (call->result == 0 && call_pipe_ends(call, ends)) {
            add_fd(box, ends[0]);
            add_fd(box, ends[1]);
        }
    }
    box->height = HEAD + (double)box->nfds * ROW + 6;
}

struct drawing {
    struct picture *picture;
    struct scene *scene;
    enum language language;
    size_t *pipes; /* the objects, from left to right */
    size_t npipes;
    struct box *boxes;
    size_t nboxes;
};

static double pipe_x(const struct drawing *drawing, size_t object)
{
    size_t i = 0;

    while (drawing->pipes[i] != object)
        i++;
    return 4 + BOX + WAY + (double)i * STEP;
}

/* A word for what a descriptor leads to. */
static const char *leads_to(const struct drawing *drawing,
                            const struct process *process, long fd)
{
    const struct slot *slot = world_slot((struct process *)process, fd);

    if (slot == NULL)
        return label_closed(drawing->language);
    if (is_pipe(&drawing->scene->world, slot->object))
        return label_end(slot->writes, drawing->language);
    return label_terminal(drawing->language);
}

static void draw_fd(const struct drawing *drawing, const struct box *box,
                    size_t at)
{
    const struct process *process =
        &drawing->scene->world.processes[box->process];
    const struct slot *slot =
        world_slot((struct process *)process, box->fds[at]);
    bool open = slot != NULL && is_pipe(&drawing->scene->world, slot->object);
    double y = box->y + HEAD + (double)at * ROW;

    char *fd = text_format("%ld", box->fds[at]);

    picture_shape(drawing->picture, "rect", open ? "slot open" : "slot",
                  "x=\"%g\" y=\"%g\" width=\"%d\" height=\"%d\"", box->x + 6, y,
                  BOX - 12, ROW);
    picture_text(drawing->picture, open ? "call" : "say", box->x + 13, y + 15,
                 false, fd);
    picture_text(drawing->picture, open ? "end" : "say", box->x + 36, y + 15,
                 false, leads_to(drawing, process, box->fds[at]));
    picture_break(drawing->picture);
    if (slot == NULL) {
        picture_path(drawing->picture, "gone", "M%g %gh%d", box->x + 10,
                     y + ROW / 2.0, 18);
        picture_break(drawing->picture);
    }
    free(fd);
}

/* Draw an arrow between a descriptor and its pipe, in the direction of the
 * bytes. */
static void draw_way(const struct drawing *drawing, const struct box *box,
                     size_t at)
{
    struct process *process = &drawing->scene->world.processes[box->process];
    const struct slot *slot = world_slot(process, box->fds[at]);
    double y = box->y + HEAD + ((double)at + 0.5) * ROW, x, edge, from, to;

    if (slot == NULL || !is_pipe(&drawing->scene->world, slot->object))
        return;
    x = pipe_x(drawing, slot->object) + (box->right ? TUBE : 0);
    edge = box->right ? box->x + 6 : box->x + BOX - 6;
    from = slot->writes ? edge : x;
    to = slot->writes ? x : edge;
    picture_path(drawing->picture, "halo", "M%g %gH%g", from, y, to);
    picture_path(drawing->picture, "flow", "M%g %gH%g", from, y,
                 to + (to > from ? -6 : 6));
    picture_path(drawing->picture, "head", "M%g %gl%d -4v8z", to, y,
                 to > from ? -7 : 7);
    picture_break(drawing->picture);
}

/* The name of a process, and its program if that is not the program of its
 * parent. The caller frees it. */
static char *name_of(const struct drawing *drawing, size_t at)
{
    const struct scene *scene = drawing->scene;
    size_t parent = scene->story->world.processes[at].parent;
    char *name = label_process(scene->story, at, drawing->language), *longer;

    if (parent == NOBODY || !scene->there[parent] ||
        strcmp(scene->world.processes[at].program,
               scene->world.processes[parent].program) == 0)
        return name;
    longer = text_format("%s: %s", name, scene->world.processes[at].program);
    free(name);
    return longer;
}

static void draw_box(const struct drawing *drawing, const struct box *box)
{
    char *name = name_of(drawing, box->process),
         *shown = svg_cut(name, SIZE, 0, BOX - 14);

    picture_shape(drawing->picture, "rect", "box",
                  "x=\"%g\" y=\"%g\" width=\"%d\" height=\"%g\" rx=\"8\"",
                  box->x, box->y, BOX, box->height);
    picture_text(drawing->picture, "name", box->x + 9, box->y + 16, false,
                 shown);
    picture_break(drawing->picture);
    free(shown);
    for (size_t i = 0; i < box->nfds; i++)
        draw_fd(drawing, box, i);
    free(name);
}

static void place_boxes(struct drawing *drawing)
{
    double left = ABOVE, right = ABOVE;
    double far =
        4 + BOX + 2 * WAY + TUBE + (double)(drawing->npipes - 1) * STEP;

    for (size_t i = 0; i < drawing->nboxes; i++) {
        struct box *box = &drawing->boxes[i];

        box->right = i > 0;
        box->x = box->right ? far : 4;
        box->y = box->right ? right : left;
        *(box->right ? &right : &left) += box->height + BETWEEN;
    }
    drawing->picture->height = (left > right ? left : right) - BETWEEN + 8;
    drawing->picture->width = drawing->nboxes > 1 ? far + BOX + 4 : far + 4;
}

static void draw_elements(const struct drawing *drawing)
{
    struct picture *picture = drawing->picture;
    double bottom = picture->height - 4,
           between = (double)(drawing->npipes - 1) * STEP;

    picture_shape(picture, "rect", "kernel",
                  "x=\"%d\" y=\"4\" width=\"%g\" height=\"%g\" rx=\"8\"",
                  4 + BOX + 12, 2.0 * (WAY - 12) + TUBE + between, bottom - 4);
    picture_text(picture, "say", 4 + BOX + WAY + TUBE / 2.0 + between / 2, 18,
                 true, label_kernel(drawing->language));
    picture_break(picture);
    for (size_t i = 0; i < drawing->npipes; i++) {
        double x = pipe_x(drawing, drawing->pipes[i]);

        picture_text(picture, "say", x + TUBE / 2.0, 36, true,
                     label_pipe(i, drawing->npipes, drawing->language));
        picture_shape(picture, "rect", "tube",
                      "x=\"%g\" y=\"%d\" width=\"%d\" height=\"%g\" rx=\"6\"",
                      x, ABOVE, TUBE, bottom - 8 - ABOVE);
        picture_break(picture);
    }
    for (size_t i = 0; i < drawing->nboxes; i++)
        draw_box(drawing, &drawing->boxes[i]);
    for (size_t i = 0; i < drawing->nboxes; i++)
        for (size_t j = 0; j < drawing->boxes[i].nfds; j++)
            draw_way(drawing, &drawing->boxes[i], j);
}

/* The letter of the pipe that a descriptor leads to, in parentheses; "" if
 * there is one pipe only. The caller frees it. */
static char *letter_of(const struct drawing *drawing, const struct slot *slot)
{
    size_t i = 0;

    if (drawing->npipes < 2 || slot == NULL ||
        !is_pipe(&drawing->scene->world, slot->object))
        return text_copy("", 0);
    while (drawing->pipes[i] != slot->object)
        i++;
    return text_format(" (%s)",
                       label_pipe(i, drawing->npipes, drawing->language));
}

/* The same in words: a line for each process. The caller frees them. */
static char *in_words(const struct drawing *drawing)
{
    char *words = NULL;
    size_t size;
    FILE *out = text_open(&words, &size);

    for (size_t i = 0; i < drawing->nboxes; i++) {
        const struct box *box = &drawing->boxes[i];
        const struct process *process =
            &drawing->scene->world.processes[box->process];
        char *name = name_of(drawing, box->process);

        fprintf(out, "-\t%s\t", name);
        for (size_t j = 0; j < box->nfds; j++) {
            char *letter = letter_of(
                drawing, world_slot((struct process *)process, box->fds[j]));

            fprintf(out, "%s%ld %s%s", j == 0 ? "" : ", ", box->fds[j],
                    leads_to(drawing, process, box->fds[j]), letter);
            free(letter);
        }
        fputs("\t\n", out);
        free(name);
    }
    fclose(out);
    return words;
}

static void draw_scene(struct pictures *pictures, struct scene *scene,
                       size_t maker, size_t run, enum language language)
{
    struct drawing drawing = {.scene = scene, .language = language};

    for (size_t i = 0; i < scene->world.nobjects; i++)
        if (is_pipe(&scene->world, i)) {
            drawing.pipes = array_grow(drawing.pipes, drawing.npipes,
                                       sizeof *drawing.pipes);
            drawing.pipes[drawing.npipes++] = i;
        }
    for (size_t i = 0; i < scene->world.nprocesses; i++)
        if (scene->there[i]) {
            drawing.boxes = array_grow(drawing.boxes, drawing.nboxes,
                                       sizeof *drawing.boxes);
            drawing.boxes[drawing.nboxes].process = i;
            fill(scene, &drawing.boxes[drawing.nboxes++], maker);
        }
    if (drawing.npipes > 0) {
        char *name =
            run == 1 ? text_format("ends-%s", names[scene->moment])
                     : text_format("ends-%zu-%s", run, names[scene->moment]);

        drawing.picture = picture_add(pictures, name, "ends");
        place_boxes(&drawing);
        draw_elements(&drawing);
        drawing.picture->words = in_words(&drawing);
    }
    for (size_t i = 0; i < drawing.nboxes; i++)
        free(drawing.boxes[i].fds);
    free(drawing.boxes);
    free(drawing.pipes);
}

/* The first process of a command that runs a program of the book, and in *from
 * the call that executes it. NOBODY if there is none. */
static size_t find_maker(const struct story *story, size_t command,
                         size_t *from)
{
    for (size_t i = 0; i < story->world.nprocesses; i++) {
        const struct process *process = &story->world.processes[i];

        for (size_t j = 0; j < process->ncalls; j++)
            if (process->command == command &&
                call_runs_ours(process->calls[j])) {
                *from = j;
                return i;
            }
    }
    return NOBODY;
}

static bool has_pipes(const struct traced_command *command)
{
    for (size_t i = 0; i < command->ncalls; i++)
        if (command->calls[i].kind == CALL_PIPE)
            return true;
    return false;
}

void ends_draw(struct pictures *pictures, const struct strace *strace,
               size_t command, const struct story *story, size_t run,
               enum language language)
{
    size_t from = 0, maker = find_maker(story, command, &from);

    if (maker == NOBODY || !has_pipes(&strace->commands[command]))
        return;
    for (size_t m = 0; m < sizeof names / sizeof *names; m++) {
        struct scene scene = {.moment = (enum moment)m, .story = story};

        scene.there = array_grow(
            NULL, 0, (story->world.nprocesses + 1) * sizeof *scene.there);
        for (size_t i = 0; i < story->world.nprocesses; i++)
            world_process(&scene.world, strace,
                          story->world.processes[i].command,
                          story->world.processes[i].pid);
        scene.there[maker] = true;
        world_terminal(&scene.world, &scene.world.processes[maker]);
        follow(&scene, maker, from, true);
        if (scene.reached)
            draw_scene(pictures, &scene, maker, run, language);
        world_free(&scene.world);
        free(scene.there);
    }
}
