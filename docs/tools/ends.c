#include "ends.h"

#include <err.h>
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
    SIZE = 12,  /* of letters */
};

enum moment { AFTER_PIPE, AFTER_FORK, AFTER_CLOSE, AFTER_DUP, AFTER_EXEC };

static const char *const names[] = {"pipe", "fork", "close", "dup", "exec"};

/* The processes of a command at a moment. */
struct scene {
    enum moment moment;
    const struct story *story;
    struct world world;
    bool *there; /* of each process */
    bool reached;
};

static bool is_pipe(const struct world *world, size_t object)
{
    return object != NOBODY && world->objects[object].kind == OBJECT_PIPE &&
           world->objects[object].ours;
}

/* A call in which a process does more than arrange its descriptors. */
static bool acts(struct world *world, struct process *process,
                 const struct call *call)
{
    size_t object;

    if (call_is(call, "read") || call_is(call, "write")) {
        object = world_object_of(world, process, call, 0);
        return object != NOBODY && world->objects[object].kind <= OBJECT_FIFO;
    }
    return call->name[0] == '+' || text_begins(call->name, "exit") ||
           text_begins(call->name, "wait") ||
           text_begins(call->name, "execve") ||
           strstr(call->name, "poll") != NULL ||
           strstr(call->name, "sleep") != NULL;
}

static bool duplicates(const struct call *call)
{
    return text_begins(call->name, "dup") && call->result != -1;
}

/* Whether a process makes another one before it acts. */
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

static void give_birth(struct scene *scene, size_t at, const struct call *call)
{
    struct process *parent = &scene->world.processes[at], *child;

    for (size_t i = 0; i < scene->world.nprocesses; i++) {
        child = &scene->world.processes[i];
        if (scene->story->world.processes[i].parent != at ||
            child->pid != call->result || scene->there[i])
            continue;
        world_inherit(child, parent);
        scene->there[i] = true;
        follow(scene, i, 0, false);
        return;
    }
}

/* Follow a process from this call up to the moment. */
static void follow(struct scene *scene, size_t at, size_t from, bool parent)
{
    struct process *process = &scene->world.processes[at];
    bool has_pipe = false, has_child = !parent;

    if (!parent && scene->moment == AFTER_FORK)
        return;
    for (size_t i = from; i < process->ncalls; i++) {
        const struct call *call = process->calls[i];
        bool executes = call_is(call, "execve") && call->result == 0;

        if (call_forks(call) && call->result > 0) {
            if (scene->moment == AFTER_PIPE)
                return;
            give_birth(scene, at, call);
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
            !(call_is(call, "execve") && call->error != NULL) &&
            (has_child || scene->moment == AFTER_PIPE)) {
            if (executes && !parent && scene->moment == AFTER_EXEC) {
                world_descriptors(&scene->world, process, call);
                scene->reached = true;
            }
            return;
        }
        world_descriptors(&scene->world, process, call);
        if (text_begins(call->name, "pipe") && call->result == 0) {
            has_pipe = true;
            scene->reached |= scene->moment == AFTER_PIPE;
        }
        if (has_child && call_is(call, "close") && call->result == 0)
            scene->reached |= scene->moment == AFTER_CLOSE;
        if (has_child && duplicates(call) && scene->moment == AFTER_DUP) {
            scene->reached = true;
            return;
        }
    }
}

/* A box for a process: its name and its descriptors. */
struct box {
    size_t process;
    double x, y, height;
    bool right; /* of the pipes */
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

/* The descriptors of a box: those open, and those of the process that made the
 * pipes, which are closed now. */
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
        const struct call *call = world->processes[maker].calls[i];
        const char *list = call_arg(call, 0), *second = strstr(list, ", ");

        if (call_forks(call))
            break;
        if (!text_begins(call->name, "pipe") || call->result != 0 ||
            second == NULL)
            continue;
        add_fd(box, strtol(list + 1, NULL, 10));
        add_fd(box, strtol(second + 2, NULL, 10));
    }
    box->height = HEAD + (double)box->nfds * ROW + 6;
}

struct drawing {
    FILE *out;
    struct scene *scene;
    enum language language;
    size_t *pipes; /* the objects, from left to right */
    size_t npipes;
    struct box *boxes;
    size_t nboxes;
    double width, height;
};

static double pipe_x(const struct drawing *drawing, size_t object)
{
    size_t i = 0;

    while (drawing->pipes[i] != object)
        i++;
    return 4 + BOX + WAY + (double)i * STEP;
}

/* What a descriptor leads to, in a word. */
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

    fprintf(drawing->out,
            "<rect class=\"%s\" x=\"%g\" y=\"%g\" width=\"%d\" height=\"%d\"/>"
            "<text class=\"%s\" x=\"%g\" y=\"%g\">%ld</text>"
            "<text class=\"%s\" x=\"%g\" y=\"%g\">%s</text>\n",
            open ? "slot open" : "slot", box->x + 6, y, BOX - 12, ROW,
            open ? "call" : "say", box->x + 13, y + 15, box->fds[at],
            open ? "end" : "say", box->x + 36, y + 15,
            leads_to(drawing, process, box->fds[at]));
    if (slot == NULL)
        fprintf(drawing->out, "<path class=\"gone\" d=\"M%g %gh%d\"/>\n",
                box->x + 10, y + ROW / 2.0, 18);
}

/* From the descriptor to its pipe, or back: the way the bytes go. */
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
    fprintf(drawing->out,
            "<path class=\"halo\" d=\"M%g %gH%g\"/>"
            "<path class=\"flow\" d=\"M%g %gH%g\"/>"
            "<path class=\"head\" d=\"M%g %gl%d -4v8z\"/>\n",
            from, y, to, from, y, to + (to > from ? -6 : 6), to, y,
            to > from ? -7 : 7);
}

/* The name of a process, with the program that it runs now if that is not the
 * one it was made by. */
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

    fprintf(drawing->out,
            "<rect class=\"box\" x=\"%g\" y=\"%g\" width=\"%d\" height=\"%g\" "
            "rx=\"8\"/><text class=\"name\" x=\"%g\" y=\"%g\">",
            box->x, box->y, BOX, box->height, box->x + 9, box->y + 16);
    svg_escape(drawing->out, shown);
    free(shown);
    fputs("</text>\n", drawing->out);
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
    drawing->height = (left > right ? left : right) - BETWEEN + 8;
    drawing->width = drawing->nboxes > 1 ? far + BOX + 4 : far + 4;
}

static void draw_picture(struct drawing *drawing)
{
    double bottom = drawing->height - 4;

    fprintf(drawing->out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"ends\" "
            "viewBox=\"0 0 %g %g\" width=\"%g\" "
            "height=\"%g\">\n<rect class=\"kernel\" x=\"%d\" y=\"4\" "
            "width=\"%g\" height=\"%g\" rx=\"8\"/>"
            "<text class=\"say\" x=\"%g\" y=\"18\" text-anchor=\"middle\">%s"
            "</text>\n",
            drawing->width, drawing->height, drawing->width, drawing->height,
            4 + BOX + 12,
            2.0 * (WAY - 12) + TUBE + (double)(drawing->npipes - 1) * STEP,
            bottom - 4,
            4 + BOX + WAY + TUBE / 2.0 +
                (double)(drawing->npipes - 1) * STEP / 2,
            label_kernel(drawing->language));
    for (size_t i = 0; i < drawing->npipes; i++) {
        double x = pipe_x(drawing, drawing->pipes[i]);

        fprintf(drawing->out,
                "<text class=\"say\" x=\"%g\" y=\"36\" text-anchor=\"middle\">"
                "%s</text><rect class=\"tube\" x=\"%g\" y=\"%d\" width=\"%d\" "
                "height=\"%g\" rx=\"6\"/>\n",
                x + TUBE / 2.0,
                label_pipe(i, drawing->npipes, drawing->language), x, ABOVE,
                TUBE, bottom - 8 - ABOVE);
    }
    for (size_t i = 0; i < drawing->nboxes; i++)
        draw_box(drawing, &drawing->boxes[i]);
    for (size_t i = 0; i < drawing->nboxes; i++)
        for (size_t j = 0; j < drawing->boxes[i].nfds; j++)
            draw_way(drawing, &drawing->boxes[i], j);
    fputs("</svg>\n", drawing->out);
}

/* The same in words: a line for each process. */
static void tell(const struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->nboxes; i++) {
        const struct box *box = &drawing->boxes[i];
        const struct process *now =
            &drawing->scene->world.processes[box->process];
        char *name = name_of(drawing, box->process);

        fprintf(drawing->out, "-\t%s\t", name);
        for (size_t j = 0; j < box->nfds; j++) {
            struct slot *slot = world_slot((struct process *)now, box->fds[j]);

            fprintf(drawing->out, "%s%ld %s", j == 0 ? "" : ", ", box->fds[j],
                    leads_to(drawing, now, box->fds[j]));
            if (drawing->npipes > 1 && slot != NULL &&
                is_pipe(&drawing->scene->world, slot->object))
                for (size_t k = 0; k < drawing->npipes; k++)
                    if (drawing->pipes[k] == slot->object)
                        fprintf(
                            drawing->out, " (%s)",
                            label_pipe(k, drawing->npipes, drawing->language));
        }
        fputs("\t\n", drawing->out);
        free(name);
    }
}

static void draw_scene(FILE *out, struct scene *scene, size_t maker, size_t run,
                       enum language language)
{
    struct drawing drawing = {.out = out, .scene = scene, .language = language};

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
        place_boxes(&drawing);
        fputs("== ends-", out);
        if (run > 1)
            fprintf(out, "%zu-", run);
        fprintf(out, "%s\n", names[scene->moment]);
        draw_picture(&drawing);
        tell(&drawing);
    }
    for (size_t i = 0; i < drawing.nboxes; i++)
        free(drawing.boxes[i].fds);
    free(drawing.boxes);
    free(drawing.pipes);
}

/* The first process of a command that runs a program of the book, and its first
 * call in it. */
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

static bool has_pipes(const struct traced *command)
{
    for (size_t i = 0; i < command->ncalls; i++)
        if (text_begins(command->calls[i].name, "pipe"))
            return true;
    return false;
}

void ends_draw(FILE *out, const struct strace *strace, size_t command,
               const struct story *story, size_t run, enum language language)
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
            draw_scene(out, &scene, maker, run, language);
        world_free(&scene.world);
        free(scene.there);
    }
}
