#include "course.h"

#include <stdlib.h>
#include <string.h>

#include "../../common/memory.h"
#include "svg.h"

/* Lengths in units of the picture, which are about pixels on a phone. */
enum {
    LEFT = 16,    /* of the first lifeline */
    STEP = 30,    /* between lifelines */
    TEXT = 256,   /* width of the text */
    CALL = 13,    /* font size of calls, */
    MEANING = 12, /* of their meaning */
    NAME = 12,    /* and of the names of lifelines */
    LEADING = 16, /* from line to line */
    GAP = 9,      /* between rows */
    GUTTER = 24,  /* between columns */
};

/* The lifeline of a process, an object or a terminal. */
struct lane {
    size_t process, object; /* NOBODY for what it does not stand for */
    const char *terminal;
    char *name;
    size_t first, last; /* rows */
};

/* A row for one event, or for several that belong together. */
struct row {
    const struct event *event;
    size_t lane;
    char *call;    /* in C, or a printed or typed line */
    char *meaning; /* in words, may be "" */
    bool printed;  /* call is a printed or typed line */
    double y, height;
};

struct course {
    const struct story *story;
    enum language language;
    size_t command; /* NOBODY for all */
    struct lane *lanes;
    size_t nlanes;
    struct row *rows;
    size_t nrows;
    size_t *lane_of; /* for each process */
    size_t *pipes;
    size_t npipes;
    /* The column that is being drawn: its left side, and its rows from begin
     * to before end. */
    double left;
    size_t begin, end;
};

static const struct process *process_of(const struct course *course,
                                        const struct event *event)
{
    return &course->story->world.processes[event->process];
}

static const struct object *object_of(const struct course *course,
                                      const struct event *event)
{
    return event->object == NOBODY
               ? NULL
               : &course->story->world.objects[event->object];
}

/* Whether an object has a lifeline. */
static bool has_lane(const struct object *object)
{
    return object != NULL && object->ours && object->kind <= OBJECT_QUEUE;
}

static bool is_terminal(const struct course *course, const struct event *event)
{
    const struct object *object = object_of(course, event);

    return object != NULL && object->kind == OBJECT_TERMINAL;
}

/* Whether a program of the book made a process. */
static bool is_child(const struct course *course, size_t process)
{
    const struct world *world = &course->story->world;

    return world_is_child(world, &world->processes[process]);
}

static bool prints(const struct course *course, const struct event *event)
{
    return is_terminal(course, event) && event->call->kind == CALL_WRITE;
}

/* Whether a call of a program of the book has nothing to do with the
 * communication of processes. */
static bool beside_the_point(const struct course *course,
                             const struct event *event)
{
    const struct traced_call *call = event->call;
    const struct object *object = object_of(course, event);

    switch (call->kind) {
    case CALL_EXIT:
    case CALL_STAT:
        return true;
    case CALL_FCNTL:
        return !has_lane(object) || text_begins(call_arg(call, 1), "F_GETFD") ||
               text_begins(call_arg(call, 1), "F_SETFD") ||
               text_begins(call_arg(call, 1), "F_GETFL");
    case CALL_CLOSE:
        return !has_lane(object) &&
               (event->slot.fd > 2 || event->slot.fd == -1);
    case CALL_WRITE:
        if (call->error != NULL)
            return false;
        /* Standard output has been sent to a file by the command line. */
        return object == NULL ||
               (object->kind == OBJECT_FILE && event->slot.fd <= 2);
    case CALL_OPEN:
    case CALL_READ:
        return object == NULL || object->kind == OBJECT_FILE;
    case CALL_WAIT:
        return call->syscall->id == SYSCALL_wait4 &&
               (call->result == 0 || call->error != NULL);
    case CALL_SLEEP:
        /* It has a row for its wait. */
        return event->waited && call->result == 0;
    default:
        return false;
    }
}

/* Whether a process executes again, as execvp() does in one directory after the
 * other. */
static bool tries_on(const struct process *process,
                     const struct traced_call *call)
{
    for (size_t i = 0; i < process->ncalls; i++)
        if (process->calls[i]->line > call->line &&
            process->calls[i]->kind == CALL_EXEC)
            return true;
    return false;
}

/* Whether a process has nothing to do with the program of the book that its
 * command runs. */
static bool is_beside_ours(const struct course *course, size_t process)
{
    const struct world *world = &course->story->world;
    size_t command = world->processes[process].command;

    for (size_t at = process; at != NOBODY; at = world->processes[at].parent)
        if (world->processes[at].ever)
            return false;
    for (size_t i = 0; i < world->nprocesses; i++)
        if (world->processes[i].command == command && world->processes[i].ever)
            return true;
    return false;
}

/* Whether the end of a process has a row. */
static bool shows_end(const struct course *course, const struct event *event)
{
    bool well = event->call->kind == PROCESS_EXITED &&
                strcmp(call_arg(event->call, 0), "0") == 0;

    return process_of(course, event)->ever &&
           (course->command != NOBODY || !well ||
            is_child(course, event->process));
}

/* Whether a call has a row although its process does not run a program of the
 * book: output on a terminal, transfers, and opening and closing a FIFO. In a
 * pipeline with a program of the book, only what the other programs write to it
 * has a row, because their reads depend on chance. */
static bool shows_foreign(const struct course *course,
                          const struct event *event)
{
    const struct object *object = object_of(course, event);
    enum call_kind kind = event->call->kind;

    if (is_beside_ours(course, event->process) &&
        (prints(course, event) || kind != CALL_WRITE))
        return false;
    if (prints(course, event))
        return true;
    if (!has_lane(object))
        return false;
    if (object->kind == OBJECT_FIFO &&
        (kind == CALL_OPEN || kind == CALL_CLOSE))
        return true;
    return kind == CALL_READ || kind == CALL_WRITE ||
           object->kind == OBJECT_QUEUE;
}

/* Whether an event has a row in the picture. */
static bool is_shown(const struct course *course, const struct event *event)
{
    const struct process *process;

    if (event->kind == EVENT_TYPED)
        return course->command == NOBODY;
    process = process_of(course, event);
    if (course->command != NOBODY && course->command != process->command)
        return false;
    /* The execve() of the command itself has no row. */
    if (event->call->kind == CALL_EXEC)
        return event->ours &&
               (is_child(course, event->process) ||
                !call_runs_ours(event->call)) &&
               (event->call->error == NULL || !tries_on(process, event->call));
    if (event->kind == EVENT_WAIT &&
        (call_vforks(event->call) || is_terminal(course, event)))
        return false;
    if (call_ends(event->call))
        return shows_end(course, event);
    return event->ours ? !beside_the_point(course, event)
                       : shows_foreign(course, event);
}

/* The terminal on which the command of a process was typed. */
static const char *terminal_of(const struct course *course, size_t process)
{
    const struct process *of = &course->story->world.processes[process];
    const struct event *event = course->story->events;

    while (event->kind != EVENT_TYPED || event->typed->line ||
           event->typed->command != of->command)
        event++;
    return event->typed->terminal;
}

/* The letter of a pipe; "" if the picture has only one. */
static const char *letter_of(const struct course *course, size_t object)
{
    size_t at = NOBODY;

    for (size_t i = 0; i < course->npipes; i++)
        if (course->pipes[i] == object)
            at = i;
    return at == NOBODY ? "" : label_letter(at, course->npipes);
}

/* Find the pipes of the picture, in the order in which they appear. */
static void find_pipes(struct course *course)
{
    for (size_t i = 0; i < course->story->nevents; i++) {
        const struct event *event = &course->story->events[i];
        const struct object *object = object_of(course, event);
        bool known = !is_shown(course, event) || !has_lane(object) ||
                     object->kind != OBJECT_PIPE;

        for (size_t j = 0; !known && j < course->npipes; j++)
            known = course->pipes[j] == event->object;
        if (known)
            continue;
        course->pipes =
            array_grow(course->pipes, course->npipes, sizeof *course->pipes);
        course->pipes[course->npipes++] = event->object;
    }
}

static size_t add_lane(struct course *course, size_t process, size_t object)
{
    struct lane *lane;

    course->lanes =
        array_grow(course->lanes, course->nlanes, sizeof *course->lanes);
    lane = &course->lanes[course->nlanes];
    lane->process = process;
    lane->object = object;
    lane->first = lane->last = NOBODY;
    if (object != NOBODY)
        lane->name = label_object(course->story, object,
                                  letter_of(course, object), course->language);
    else
        lane->name = label_process(course->story, process, course->language);
    return course->nlanes++;
}

static size_t lane_of_terminal(struct course *course, const char *terminal)
{
    size_t lane;

    if (terminal == NULL)
        terminal = "";
    for (lane = 0; lane < course->nlanes; lane++)
        if (course->lanes[lane].terminal != NULL &&
            strcmp(course->lanes[lane].terminal, terminal) == 0)
            return lane;
    course->lanes =
        array_grow(course->lanes, course->nlanes, sizeof *course->lanes);
    course->lanes[lane] =
        (struct lane){NOBODY,   NOBODY,
                      terminal, label_terminal_name(terminal, course->language),
                      NOBODY,   NOBODY};
    course->nlanes++;
    return lane;
}

/* The lifeline of a process: its own; or that of an ancestor, if only that runs
 * a program of the book; or that of its terminal. Adds it if it is new. */
static size_t lane_of(struct course *course, size_t process)
{
    const struct process *processes = course->story->world.processes;
    size_t at = process;

    while (!processes[at].ever && processes[at].parent != NOBODY)
        at = processes[at].parent;
    if (course->lane_of[at] != NOBODY)
        return course->lane_of[at];
    course->lane_of[at] =
        course->command == NOBODY && !is_child(course, at)
            ? lane_of_terminal(course, terminal_of(course, at))
            : add_lane(course, at, NOBODY);
    return course->lane_of[at];
}

static size_t lane_of_object(struct course *course, size_t object)
{
    for (size_t i = 0; i < course->nlanes; i++)
        if (course->lanes[i].object == object)
            return i;
    return add_lane(course, NOBODY, object);
}

/* Add an event to the last row, if both close descriptors or print parts of a
 * line. Returns false if it needs a row of its own. */
static bool join(struct course *course, const struct event *event, size_t lane)
{
    struct row *row =
        course->nrows == 0 ? NULL : &course->rows[course->nrows - 1];
    char *more, *text;

    if (row == NULL || row->lane != lane || event->kind != EVENT_CALL ||
        row->event->kind != EVENT_CALL || row->event->process != event->process)
        return false;
    if (event->call->kind == CALL_CLOSE &&
        row->event->call->kind == CALL_CLOSE && strlen(row->call) < 30) {
        more = label_call(event);
        text = text_format("%s, %s", row->call, more);
        free(more);
        free(row->call);
        row->call = text;
        more =
            label_meaning(course->story, event,
                          letter_of(course, event->object), course->language);
        if (*more != '\0') {
            text = text_format("%s%s%s", row->meaning,
                               *row->meaning == '\0'        ? ""
                               : course->language == KOREAN ? ", "
                                                            : "; ",
                               more);
            free(row->meaning);
            row->meaning = text;
        }
        free(more);
        return true;
    }
    if (row->printed && prints(course, event) &&
        strstr(call_arg(row->event->call, 1), "\\n\"") == NULL) {
        more = label_text(call_arg(event->call, 1));
        text = text_format("%s%s", row->call, more);
        free(more);
        free(row->call);
        row->call = text;
        row->event = event;
        return true;
    }
    return false;
}

/* Extend a lifeline to the last row. */
static void touch(struct course *course, size_t at)
{
    struct lane *lane = &course->lanes[at];

    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): at is a lane. */
    if (lane->first == NOBODY)
        lane->first = course->nrows - 1;
    lane->last = course->nrows - 1;
}

static void touch_lanes(struct course *course, const struct event *event,
                        size_t lane)
{
    touch(course, lane);
    if (has_lane(object_of(course, event)))
        touch(course, lane_of_object(course, event->object));
    if (event->kind == EVENT_CALL && event->child != NOBODY &&
        course->lane_of[event->child] != NOBODY)
        touch(course, course->lane_of[event->child]);
}

static void add_row(struct course *course, const struct event *event)
{
    size_t lane = event->kind == EVENT_TYPED
                      ? lane_of_terminal(course, event->typed->terminal)
                      : lane_of(course, event->process);
    struct row *row;

    if (has_lane(object_of(course, event)))
        lane_of_object(course, event->object);
    if (event->kind == EVENT_CALL && call_forks(event->call) &&
        event->child != NOBODY &&
        course->story->world.processes[event->child].ever)
        lane_of(course, event->child);
    if (join(course, event, lane)) {
        touch_lanes(course, event, lane);
        return;
    }
    course->rows =
        array_grow(course->rows, course->nrows, sizeof *course->rows);
    row = &course->rows[course->nrows++];
    row->event = event;
    row->lane = lane;
    if (event->kind == EVENT_TYPED) {
        row->call = text_format("%s%s", event->typed->line ? "" : "$ ",
                                event->typed->text);
        row->printed = true;
    } else if (prints(course, event)) {
        row->call = label_text(call_arg(event->call, 1));
        row->printed = true;
    } else {
        row->call = label_call(event);
    }
    row->meaning =
        event->kind == EVENT_TYPED
            ? text_format("%s", label_typed(event->typed, course->language))
        : row->printed
            ? text_copy("", 0)
            : label_meaning(course->story, event,
                            letter_of(course, event->object), course->language);
    touch_lanes(course, event, lane);
}

/* Order the lifelines from left to right: the first process, the objects, the
 * other processes. */
static void order_lanes(struct course *course)
{
    struct lane *ordered =
        array_grow(NULL, 0, (course->nlanes + 1) * sizeof *ordered);
    size_t *now = array_grow(NULL, 0, (course->nlanes + 1) * sizeof *now),
           n = 0;

    for (int turn = 0; turn < 3; turn++)
        for (size_t i = 0; i < course->nlanes; i++) {
            bool object = course->lanes[i].object != NOBODY;

            if (turn == 0 ? i == 0 : turn == 1 ? object : !object && i != 0) {
                now[i] = n;
                ordered[n++] = course->lanes[i];
            }
        }
    for (size_t i = 0; i < course->nrows; i++)
        course->rows[i].lane = now[course->rows[i].lane];
    for (size_t i = 0; i < course->story->world.nprocesses; i++)
        if (course->lane_of[i] != NOBODY)
            course->lane_of[i] = now[course->lane_of[i]];
    free(course->lanes);
    free(now);
    course->lanes = ordered;
}

static double lane_x(const struct course *course, size_t lane)
{
    return course->left + LEFT + (double)(lane * STEP);
}

/* The left side of the text, which is right of the lifelines. */
static double text_x(const struct course *course)
{
    return lane_x(course, course->nlanes) - STEP / 2.0 + 8;
}

/* The height of the names of the lifelines, above the first row. */
static double names_height(const struct course *course)
{
    return 14 + (double)course->nlanes * LEADING;
}

/* Add the name of its program to a child that executed one. */
static void name_programs(struct course *course)
{
    for (size_t i = 0; i < course->nlanes; i++) {
        const struct lane *lane = &course->lanes[i];
        const struct process *processes = course->story->world.processes;
        const struct process *process;
        char *name;

        if (lane->process == NOBODY || !is_child(course, lane->process))
            continue;
        process = &processes[lane->process];
        if (strcmp(processes[process->parent].program, process->program) == 0)
            continue;
        name = text_format("%s: %s", lane->name, process->program);
        free(course->lanes[i].name);
        course->lanes[i].name = name;
    }
}

static void line(struct picture *picture, const char *class, double x1,
                 double y1, double x2, double y2)
{
    picture_path(picture, class, "M%g %gL%g %g", x1, y1, x2, y2);
    picture_break(picture);
}

/* An arrow along a row. Its head is a triangle, as some readers of SVG do not
 * draw markers. */
static void arrow(struct picture *picture, const char *class, double from,
                  double to, double y)
{
    double back = to > from ? -6 : 6;

    picture_path(picture, class, "M%g %gH%g", from, y, to + back);
    picture_path(picture, strcmp(class, "birth") == 0 ? "head kin" : "head",
                 "M%g %gl%g -4v8z", to, y, back);
    picture_break(picture);
}

/* The row in which the waiting call of a row returns. */
static size_t row_of_return(const struct course *course, size_t at)
{
    const struct row *wait = &course->rows[at];

    for (size_t i = at + 1; i < course->nrows; i++)
        if (course->rows[i].event->process == wait->event->process)
            return i;
    return course->nrows - 1;
}

/* The first row between these two that writes to the object for which the first
 * waits; to if there is none. */
static size_t row_of_write(const struct course *course, size_t from, size_t to)
{
    for (size_t i = from + 1; i < to; i++) {
        const struct event *event = course->rows[i].event;

        if (event->kind == EVENT_CALL && event->call->kind == CALL_WRITE &&
            event->object == course->rows[from].event->object)
            return i;
    }
    return to;
}

/* The row in which the process of a lifeline ends, or the last row of the
 * lifeline. */
static size_t last_alive(const struct course *course, size_t at)
{
    const struct lane *lane = &course->lanes[at];

    for (size_t i = lane->first; i <= lane->last; i++)
        if (lane->process != NOBODY && course->rows[i].lane == at &&
            course->rows[i].event->process == lane->process &&
            call_ends(course->rows[i].event->call))
            return i;
    return lane->last;
}

/* Whether a lifeline has a part in the column that is being drawn. */
static bool is_in_column(const struct course *course, const struct lane *lane)
{
    return lane->first < course->end && lane->last >= course->begin;
}

static void draw_lane(struct picture *picture, const struct course *course,
                      size_t at)
{
    const struct lane *lane = &course->lanes[at];
    double x = lane_x(course, at), y = course->rows[lane->first].y;

    if (lane->object == NOBODY) {
        double end = course->rows[last_alive(course, at)].y;

        line(picture, "life", x, y, x, end);
        /* A zombie, until its parent waits for it. */
        line(picture, "lead", x, end, x, course->rows[lane->last].y);
        return;
    }
    line(picture, "band", x, y, x, course->rows[lane->last].y);
    for (size_t i = lane->first; i < lane->last; i++) {
        const struct event *event = course->rows[i].event;
        size_t next = i + 1;

        if (event->object != lane->object || event->held == 0)
            continue;
        while (next < lane->last &&
               (course->rows[next].event->object != lane->object ||
                course->rows[next].event->kind != EVENT_CALL))
            next++;
        line(picture, "full", x, course->rows[i].y, x, course->rows[next].y);
    }
}

static void draw_wait(struct picture *picture, const struct course *course,
                      size_t at)
{
    size_t end = row_of_return(course, at);
    double x = lane_x(course, course->rows[at].lane), y = course->rows[at].y;

    if (course->rows[end].event->between)
        end = row_of_write(course, at, end);
    if (end < course->begin)
        return;
    line(picture, "wait", x, y, x, course->rows[end].y);
    if (at < course->begin)
        return;
    picture_shape(picture, "circle", "hollow", "cx=\"%g\" cy=\"%g\" r=\"4\"", x,
                  y);
    picture_break(picture);
}

/* Connect a call with its object: by an arrow if it transfers bytes or a
 * message, by a line if not. */
static void draw_use(struct picture *picture, const struct course *course,
                     const struct event *event, double x, double y)
{
    const struct traced_call *call = event->call;
    double to =
        lane_x(course, lane_of_object((struct course *)course, event->object));

    switch (call->kind) {
    case CALL_WRITE:
    case CALL_MSGSND:
        arrow(picture, "flow", x, to + (to > x ? -5 : 5), y);
        break;
    case CALL_READ:
    case CALL_MSGRCV:
        if (call->result >= 0)
            arrow(picture, "flow", to + (to > x ? -5 : 5),
                  x + (to > x ? 4 : -4), y);
        else if (call->kind == CALL_MSGRCV)
            line(picture, "link", x, y, to, y);
        break;
    case CALL_MSGGET:
    case CALL_MSGCTL:
    case CALL_PIPE:
    case CALL_OPEN:
    case CALL_MKNOD:
        line(picture, "link", x, y, to, y);
        break;
    default:
        break;
    }
}

static void draw_end(struct picture *picture, const struct traced_call *call,
                     double x, double y)
{
    bool well =
        call->kind == PROCESS_EXITED && strcmp(call_arg(call, 0), "0") == 0;

    picture_path(picture, well ? "stop" : "bad", "M%g %gh12", x - 6, y);
}

static void draw_marks(struct picture *picture, const struct course *course,
                       size_t at)
{
    const struct row *row = &course->rows[at];
    const struct event *event = row->event;
    const struct traced_call *call = event->call;
    double x = lane_x(course, row->lane), y = row->y;
    size_t child = NOBODY;

    if (event->kind == EVENT_WAIT) {
        draw_wait(picture, course, at);
        return;
    }
    if (event->kind == EVENT_TYPED) {
        picture_path(picture, "dot", "M%g %gl8 5l-8 5z", x - 4, y - 5);
        picture_break(picture);
        return;
    }
    if (has_lane(object_of(course, event)) &&
        (call->error == NULL || call->syscall->object == ON_QUEUE))
        draw_use(picture, course, event, x, y);
    if (event->child != NOBODY)
        child = course->lane_of[event->child];
    if (call_forks(call) && child != NOBODY)
        arrow(picture, "birth", x, lane_x(course, child), y);
    if (call->kind == CALL_WAIT && child != NOBODY)
        arrow(picture, "birth", lane_x(course, child),
              x + (child > row->lane ? 4 : -4), y);
    if (call_ends(call))
        draw_end(picture, call, x, y);
    else if (call->kind == CALL_EXEC)
        picture_path(picture, "dot", "M%g %gh8v8h-8z", x - 4, y - 4);
    else
        picture_dot(picture, x, y);
    picture_break(picture);
}

/* The source line of a call of a program of the book, "demo:28", or NULL. The
 * caller frees it. */
static char *place(const struct event *event)
{
    const struct traced_call *call = event->call;

    if (call == NULL || call->file == NULL || !event->ours)
        return NULL;
    return text_format("%.*s:%d", (int)strcspn(call->file, "."), call->file,
                       call->at);
}

static void draw_text(struct picture *picture, const struct row *row, double x,
                      double y)
{
    char **calls = svg_wrap(row->call, CALL, 1, TEXT),
         **meaning = svg_wrap(row->meaning, MEANING, 0, TEXT);
    char *where = place(row->event), *id;

    if (where != NULL) {
        *strchr(where, ':') = '-';
        id = text_format("src-%s", where);
        picture_link(picture, id);
        free(id);
    }
    for (size_t i = 0; calls[i] != NULL; i++) {
        picture_text(picture, row->printed ? "out" : "call", x, y + 4, false,
                     calls[i]);
        y += LEADING;
    }
    if (where != NULL)
        picture_end_link(picture);
    for (size_t i = 0; meaning[i] != NULL; i++) {
        picture_text(picture, "say", x, y + 3, false, meaning[i]);
        y += LEADING;
    }
    picture_break(picture);
    svg_free_lines(calls);
    svg_free_lines(meaning);
    free(where);
}

static size_t text_lines(const struct row *row)
{
    char **calls = svg_wrap(row->call, CALL, 1, TEXT),
         **meaning = svg_wrap(row->meaning, MEANING, 0, TEXT);
    size_t n = 0, m = 0;

    while (calls[n] != NULL)
        n++;
    while (meaning[m] != NULL)
        m++;
    svg_free_lines(calls);
    svg_free_lines(meaning);
    return n + m;
}

/* Draw the names, one below the other, each above its lifeline. */
static void draw_names(struct picture *picture, const struct course *course)
{
    for (size_t i = 0; i < course->nlanes; i++) {
        const struct lane *lane = &course->lanes[i];
        double x = lane_x(course, i), y = 12 + (double)(i * LEADING);
        char *name;

        if (!is_in_column(course, lane))
            continue;
        name = svg_cut(lane->name, NAME, 0, text_x(course) + TEXT - x);
        line(picture, "lead", x, y + 4, x, course->rows[lane->first].y);
        picture_text(picture, lane->object == NOBODY ? "name" : "name thing",
                     x - 5, y, false, name);
        picture_break(picture);
        free(name);
    }
}

/* Draw the column of the course from its row begin to before the row end. The
 * rows before it are at its top and those after it at its bottom, so that what
 * goes on in another column ends there. */
static void draw_column(struct picture *picture, struct course *course)
{
    double right = text_x(course), y = names_height(course);

    for (size_t i = 0; i < course->nrows; i++) {
        course->rows[i].y = y;
        if (course->begin <= i && i < course->end)
            y += course->rows[i].height;
    }
    if (y > picture->height)
        picture->height = y;
    draw_names(picture, course);
    for (size_t i = 0; i < course->nlanes; i++)
        if (is_in_column(course, &course->lanes[i]))
            draw_lane(picture, course, i);
    for (size_t i = 0; i < course->begin; i++)
        if (course->rows[i].event->kind == EVENT_WAIT)
            draw_wait(picture, course, i);
    for (size_t i = course->begin; i < course->end; i++)
        draw_marks(picture, course, i);
    for (size_t i = course->begin; i < course->end; i++)
        draw_text(picture, &course->rows[i], right, course->rows[i].y);
}

/* The row with which the second of two columns begins, and the height of the
 * rows of the first in *first. */
static size_t half_of(const struct course *course, double height, double *first)
{
    size_t i = 0;

    for (*first = 0; *first < height / 2; i++)
        *first += course->rows[i].height;
    return i;
}

static void draw(struct picture *picture, struct course *course, bool paper)
{
    double width = text_x(course) + TEXT + 4, names = names_height(course),
           rows = 0, first;
    size_t half;

    for (size_t i = 0; i < course->nrows; i++) {
        struct row *row = &course->rows[i];

        row->height = (double)text_lines(row) * LEADING + GAP;
        rows += row->height;
    }
    half = half_of(course, rows, &first);
    /* Paper is wide, and its height limits the size of the text. The first
     * column is the taller one. */
    if (!paper || picture_scale(2 * width + GUTTER, names + first) <=
                      picture_scale(width, names + rows))
        half = course->nrows;
    picture->crowded = true;
    picture->width = width;
    course->end = half;
    draw_column(picture, course);
    if (half < course->nrows) {
        course->left = width + GUTTER;
        course->begin = half;
        course->end = course->nrows;
        picture->width = 2 * width + GUTTER;
        draw_column(picture, course);
    }
}

/* The rows in words. The caller frees them. */
static char *in_words(const struct course *course)
{
    char *words = NULL;
    size_t size;
    FILE *out = text_open(&words, &size);

    for (size_t i = 0; i < course->nrows; i++) {
        const struct row *row = &course->rows[i];
        char *where = place(row->event);

        fprintf(out, "%s\t%s\t%s\t%s\n", where == NULL ? "-" : where,
                course->lanes[row->lane].name, row->call, row->meaning);
        free(where);
    }
    fclose(out);
    return words;
}

static void free_course(struct course *course)
{
    for (size_t i = 0; i < course->nrows; i++) {
        free(course->rows[i].call);
        free(course->rows[i].meaning);
    }
    for (size_t i = 0; i < course->nlanes; i++)
        free(course->lanes[i].name);
    free(course->rows);
    free(course->lanes);
    free(course->lane_of);
    free(course->pipes);
}

void course_draw(struct pictures *pictures, char *name,
                 const struct story *story, size_t command,
                 enum language language)
{
    struct course course = {
        .story = story, .language = language, .command = command};
    struct picture *picture;

    course.lane_of = array_grow(
        NULL, 0, (story->world.nprocesses + 1) * sizeof *course.lane_of);
    for (size_t i = 0; i < story->world.nprocesses; i++)
        course.lane_of[i] = NOBODY;
    find_pipes(&course);
    for (size_t i = 0; i < story->nevents; i++)
        if (is_shown(&course, &story->events[i]))
            add_row(&course, &story->events[i]);
    if (course.nrows > 0) {
        order_lanes(&course);
        name_programs(&course);
        picture = picture_add(pictures, name, "course");
        draw(picture, &course, pictures->paper);
        picture->words = in_words(&course);
    } else {
        free(name);
    }
    free_course(&course);
}
