#include "course.h"

#include <stdlib.h>
#include <string.h>

#include "../../common/memory.h"
#include "svg.h"

/* Units of the picture: about pixels on a phone. */
enum {
    LEFT = 16,    /* of the first lifeline */
    STEP = 30,    /* between lifelines */
    TEXT = 256,   /* width of the text */
    CALL = 13,    /* size of its letters: calls, */
    MEANING = 12, /* what they mean, */
    NAME = 12,    /* names of lifelines */
    LEADING = 16, /* from line to line */
    GAP = 9,      /* between rows */
};

/* A process or an object, from where it begins to where it ends. */
struct lane {
    size_t process, object; /* one of them is NOBODY */
    const char *terminal;
    char *name;
    size_t first, last; /* rows */
};

/* One event, or several that are told in one row. */
struct row {
    const struct event *event;
    size_t lane;
    char *call;    /* in C */
    char *meaning; /* in the book's language; "" */
    bool printed;  /* the call is what was printed or typed */
    double y;
};

struct course {
    const struct story *story;
    enum language language;
    size_t command; /* or NOBODY: all of them */
    struct lane *lanes;
    size_t nlanes;
    struct row *rows;
    size_t nrows;
    size_t *lane_of; /* of each process */
    size_t *pipes;
    size_t npipes;
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

/* A process that one of ours has made. */
static bool is_child(const struct course *course, size_t process)
{
    const struct process *processes = course->story->world.processes;

    return processes[process].parent != NOBODY &&
           processes[processes[process].parent].ever;
}

static bool prints(const struct course *course, const struct event *event)
{
    return is_terminal(course, event) && call_is(event->call, "write");
}

/* Calls of our programs that say nothing about how processes communicate. */
static bool beside_the_point(const struct course *course,
                             const struct event *event)
{
    const struct call *call = event->call;
    const struct object *object = object_of(course, event);

    if (text_begins(call->name, "exit") || strstr(call->name, "stat") != NULL)
        return true;
    if (call_is(call, "fcntl"))
        return !has_lane(object) || text_begins(call_arg(call, 1), "F_GETFD") ||
               text_begins(call_arg(call, 1), "F_SETFD") ||
               text_begins(call_arg(call, 1), "F_GETFL");
    if (call_is(call, "close"))
        return !has_lane(object) &&
               (event->slot.fd > 2 || event->slot.fd == -1);
    if (text_begins(call->name, "open") || text_begins(call->name, "read") ||
        call_is(call, "write"))
        return object == NULL || object->kind == OBJECT_FILE;
    if (call_is(call, "wait4"))
        return call->result == 0 || call->error != NULL;
    /* That the time has passed shows in what follows. */
    return strstr(call->name, "nanosleep") != NULL && event->waited &&
           call->result == 0;
}

/* execvp() tries one directory after the other. */
static bool tries_on(const struct process *process, const struct call *call)
{
    for (size_t i = 0; i < process->ncalls; i++)
        if (process->calls[i]->line > call->line &&
            call_is(process->calls[i], "execve"))
            return true;
    return false;
}

/* A process of another program that none of ours has made, in a command that
 * runs a program of ours. */
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

static bool is_shown(const struct course *course, const struct event *event)
{
    const struct process *process;
    const struct object *object;

    if (event->kind == EVENT_TYPED)
        return course->command == NOBODY;
    process = process_of(course, event);
    if (course->command != NOBODY && course->command != process->command)
        return false;
    /* The command itself is the first row of the picture. */
    if (call_is(event->call, "execve"))
        return event->ours &&
               !(process->parent == NOBODY ||
                 !course->story->world.processes[process->parent].ever) &&
               (event->call->error == NULL || !tries_on(process, event->call));
    if (event->kind == EVENT_WAIT &&
        (call_vforks(event->call) || is_terminal(course, event)))
        return false;
    if (event->ours && event->call->name[0] != '+')
        return !beside_the_point(course, event);
    if (event->call->name[0] == '+')
        return process->ever &&
               !(course->command == NOBODY && call_is(event->call, "+exited") &&
                 strcmp(call_arg(event->call, 0), "0") == 0 &&
                 !is_child(course, event->process));
    /* Of other programs: what they print, read and write, and how they come to
     * a FIFO and leave it. Of those beside ours in a pipeline, only what they
     * give to ours: how they take what they get is chance. */
    if (is_beside_ours(course, event->process) &&
        (prints(course, event) || !call_is(event->call, "write")))
        return false;
    if (prints(course, event))
        return true;
    object = object_of(course, event);
    return has_lane(object) &&
           (call_is(event->call, "read") || call_is(event->call, "write") ||
            text_begins(event->call->name, "msg") ||
            (object->kind == OBJECT_FIFO &&
             (text_begins(event->call->name, "open") ||
              call_is(event->call, "close"))));
}

/* The terminal at which the command of a process was typed. */
static const char *terminal_of(const struct course *course, size_t process)
{
    const struct process *of = &course->story->world.processes[process];
    const struct event *event = course->story->events;

    while (event->kind != EVENT_TYPED || event->typed->line ||
           event->typed->command != of->command)
        event++;
    return event->typed->terminal;
}

/* The letter of a pipe, if the picture has several; "" else. */
static const char *letter_of(const struct course *course, size_t object)
{
    size_t at = NOBODY;

    for (size_t i = 0; i < course->npipes; i++)
        if (course->pipes[i] == object)
            at = i;
    return at == NOBODY ? "" : label_letter(at, course->npipes);
}

/* The pipes of the picture, in the order in which they are made or met. */
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

/* The lifeline of a process: its own, or that of the process of ours that it
 * is a part of (cat in a shell), or that of its terminal. */
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

/* Whether two events are told in one row: closing several descriptors, or
 * printing a line in pieces. */
static bool join(struct course *course, const struct event *event, size_t lane)
{
    struct row *row =
        course->nrows == 0 ? NULL : &course->rows[course->nrows - 1];
    char *more, *text;

    if (row == NULL || row->lane != lane || event->kind != EVENT_CALL ||
        row->event->kind != EVENT_CALL || row->event->process != event->process)
        return false;
    if (call_is(event->call, "close") && call_is(row->event->call, "close") &&
        strlen(row->call) < 30) {
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

/* The last row is about a lane. */
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

/* Lifelines from left to right: the first process, the objects, the others. */
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

static double lane_x(size_t lane)
{
    return LEFT + (double)(lane * STEP);
}

/* The last two names of a lifeline, where its program changed. */
static void name_programs(struct course *course)
{
    for (size_t i = 0; i < course->nlanes; i++) {
        const struct lane *lane = &course->lanes[i];
        const struct process *process, *parent;
        char *name;

        if (lane->process == NOBODY)
            continue;
        process = &course->story->world.processes[lane->process];
        parent = process->parent == NOBODY
                     ? NULL
                     : &course->story->world.processes[process->parent];
        if (parent == NULL || !parent->ever ||
            strcmp(parent->program, process->program) == 0)
            continue;
        name = text_format("%s: %s", lane->name, process->program);
        free(course->lanes[i].name);
        course->lanes[i].name = name;
    }
}

static void line(FILE *out, const char *class, double x1, double y1, double x2,
                 double y2)
{
    fprintf(out, "<path class=\"%s\" d=\"M%g %gL%g %g\"/>\n", class, x1, y1, x2,
            y2);
}

/* An arrow along a row; its head is a triangle, as not every reader of SVG
 * draws markers. */
static void arrow(FILE *out, const char *class, double from, double to,
                  double y)
{
    double back = to > from ? -6 : 6;

    fprintf(out,
            "<path class=\"%s\" d=\"M%g %gH%g\"/>"
            "<path class=\"head%s\" d=\"M%g %gl%g -4v8z\"/>\n",
            class, from, y, to + back,
            strcmp(class, "birth") == 0 ? " kin" : "", to, y, back);
}

/* The row in which a process comes back from the call that it waits in. */
static size_t row_of_return(const struct course *course, size_t at)
{
    const struct row *wait = &course->rows[at];

    for (size_t i = at + 1; i < course->nrows; i++)
        if (course->rows[i].event->process == wait->event->process)
            return i;
    return course->nrows - 1;
}

/* The first row between these that writes to what the first waits for. */
static size_t row_of_write(const struct course *course, size_t from, size_t to)
{
    for (size_t i = from + 1; i < to; i++) {
        const struct event *event = course->rows[i].event;

        if (event->kind == EVENT_CALL && call_is(event->call, "write") &&
            event->object == course->rows[from].event->object)
            return i;
    }
    return to;
}

/* The row in which a process ends, or the last that it is in. */
static size_t last_alive(const struct course *course, size_t at)
{
    const struct lane *lane = &course->lanes[at];

    for (size_t i = lane->first; i <= lane->last; i++)
        if (lane->process != NOBODY && course->rows[i].lane == at &&
            course->rows[i].event->process == lane->process &&
            course->rows[i].event->call->name[0] == '+')
            return i;
    return lane->last;
}

static void draw_lane(FILE *out, const struct course *course, size_t at)
{
    const struct lane *lane = &course->lanes[at];
    double x = lane_x(at), y = course->rows[lane->first].y;

    if (lane->object == NOBODY) {
        double end = course->rows[last_alive(course, at)].y;

        line(out, "life", x, y, x, end);
        /* From its end to the wait() of its parent it is a zombie. */
        line(out, "lead", x, end, x, course->rows[lane->last].y);
        return;
    }
    line(out, "band", x, y, x, course->rows[lane->last].y);
    for (size_t i = lane->first; i < lane->last; i++) {
        const struct event *event = course->rows[i].event;
        size_t next = i + 1;

        if (event->object != lane->object || event->held == 0)
            continue;
        while (next < lane->last &&
               (course->rows[next].event->object != lane->object ||
                course->rows[next].event->kind != EVENT_CALL))
            next++;
        line(out, "full", x, course->rows[i].y, x, course->rows[next].y);
    }
}

static void draw_marks(FILE *out, const struct course *course, size_t at)
{
    const struct row *row = &course->rows[at];
    const struct event *event = row->event;
    const struct call *call = event->call;
    double x = lane_x(row->lane), y = row->y;

    if (event->kind == EVENT_WAIT) {
        size_t end = row_of_return(course, at);

        if (course->rows[end].event->between)
            end = row_of_write(course, at, end);

        line(out, "wait", x, y, x, course->rows[end].y);
        fprintf(out, "<circle class=\"hollow\" cx=\"%g\" cy=\"%g\" r=\"4\"/>\n",
                x, y);
        return;
    }
    if (event->kind == EVENT_TYPED) {
        fprintf(out, "<path class=\"dot\" d=\"M%g %gl8 5l-8 5z\"/>\n", x - 4,
                y - 5);
        return;
    }
    if (has_lane(object_of(course, event)) &&
        (call->error == NULL || text_begins(call->name, "msg"))) {
        double to =
            lane_x(lane_of_object((struct course *)course, event->object));

        if (call_is(call, "write") || call_is(call, "msgsnd"))
            arrow(out, "flow", x, to + (to > x ? -5 : 5), y);
        else if ((call_is(call, "read") || call_is(call, "msgrcv")) &&
                 call->result >= 0)
            arrow(out, "flow", to + (to > x ? -5 : 5), x + (to > x ? 4 : -4),
                  y);
        else if (text_begins(call->name, "pipe") ||
                 text_begins(call->name, "open") ||
                 text_begins(call->name, "mknod") ||
                 text_begins(call->name, "msg"))
            line(out, "link", x, y, to, y);
    }
    if (call_forks(call) && event->child != NOBODY &&
        course->lane_of[event->child] != NOBODY)
        arrow(out, "birth", x, lane_x(course->lane_of[event->child]), y);
    if (call_is(call, "wait4") && event->child != NOBODY &&
        course->lane_of[event->child] != NOBODY)
        arrow(out, "birth", lane_x(course->lane_of[event->child]),
              x + (course->lane_of[event->child] > row->lane ? 4 : -4), y);
    if (call->name[0] == '+')
        fprintf(out, "<path class=\"%s\" d=\"M%g %gh12\"/>\n",
                call_is(call, "+killed") || strcmp(call_arg(call, 0), "0") != 0
                    ? "bad"
                    : "stop",
                x - 6, y);
    else
        fprintf(out,
                call_is(call, "execve")
                    ? "<path class=\"dot\" d=\"M%g %gh8v8h-8z\"/>\n"
                    : "<circle class=\"dot\" cx=\"%g\" cy=\"%g\" r=\"4\"/>\n",
                call_is(call, "execve") ? x - 4 : x,
                call_is(call, "execve") ? y - 4 : y);
}

/* The place of a call in a listing, "pipe1:28", or NULL. */
static char *place(const struct event *event)
{
    const struct call *call = event->call;

    if (call == NULL || call->file == NULL || !event->ours)
        return NULL;
    return text_format("%.*s:%d", (int)strcspn(call->file, "."), call->file,
                       call->at);
}

static double draw_text(FILE *out, const struct row *row, double x, double y)
{
    char **calls = svg_wrap(row->call, CALL, 1, TEXT),
         **meaning = svg_wrap(row->meaning, MEANING, 0, TEXT);
    char *where = place(row->event);

    if (where != NULL) {
        *strchr(where, ':') = '-';
        fputs("<a href=\"#src-", out);
        svg_escape(out, where);
        fputs("\" tabindex=\"-1\">", out);
    }
    for (size_t i = 0; calls[i] != NULL; i++) {
        fprintf(out, "<text class=\"%s\" x=\"%g\" y=\"%g\">",
                row->printed ? "out" : "call", x, y + 4);
        svg_escape(out, calls[i]);
        fputs("</text>", out);
        y += LEADING;
    }
    if (where != NULL)
        fputs("</a>", out);
    for (size_t i = 0; meaning[i] != NULL; i++) {
        fprintf(out, "<text class=\"say\" x=\"%g\" y=\"%g\">", x, y + 3);
        svg_escape(out, meaning[i]);
        fputs("</text>", out);
        y += LEADING;
    }
    putc('\n', out);
    svg_free_lines(calls);
    svg_free_lines(meaning);
    free(where);
    return y;
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

static void draw(FILE *out, struct course *course)
{
    double right = lane_x(course->nlanes) - STEP / 2.0 + 8, y;

    y = 14 + (double)course->nlanes * LEADING;
    for (size_t i = 0; i < course->nrows; i++) {
        course->rows[i].y = y;
        y += (double)text_lines(&course->rows[i]) * LEADING + GAP;
    }
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"course\" "
            "viewBox=\"0 0 %g %g\" width=\"%g\" height=\"%g\">\n",
            right + TEXT + 4, y, right + TEXT + 4, y);
    /* Names, one under the other, each above its lifeline. */
    for (size_t i = 0; i < course->nlanes; i++) {
        double at = 12 + (double)(i * LEADING);
        char *name =
            svg_cut(course->lanes[i].name, NAME, 0, right + TEXT - lane_x(i));

        line(out, "lead", lane_x(i), at + 4, lane_x(i),
             course->rows[course->lanes[i].first].y);
        fprintf(out, "<text class=\"name%s\" x=\"%g\" y=\"%g\">",
                course->lanes[i].object == NOBODY ? "" : " thing",
                lane_x(i) - 5, at);
        svg_escape(out, name);
        fputs("</text>\n", out);
        free(name);
    }
    for (size_t i = 0; i < course->nlanes; i++)
        draw_lane(out, course, i);
    for (size_t i = 0; i < course->nrows; i++)
        draw_marks(out, course, i);
    for (size_t i = 0; i < course->nrows; i++)
        draw_text(out, &course->rows[i], right, course->rows[i].y);
    fputs("</svg>\n", out);
}

/* The same in words. */
static void tell(FILE *out, const struct course *course)
{
    for (size_t i = 0; i < course->nrows; i++) {
        const struct row *row = &course->rows[i];
        char *where = place(row->event);

        fprintf(out, "%s\t%s\t%s\t%s\n", where == NULL ? "-" : where,
                course->lanes[row->lane].name, row->call, row->meaning);
        free(where);
    }
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

size_t course_draw(FILE *out, const struct story *story, size_t command,
                   enum language language)
{
    struct course course = {
        .story = story, .language = language, .command = command};
    size_t rows;

    course.lane_of = array_grow(
        NULL, 0, (story->world.nprocesses + 1) * sizeof *course.lane_of);
    for (size_t i = 0; i < story->world.nprocesses; i++)
        course.lane_of[i] = NOBODY;
    find_pipes(&course);
    for (size_t i = 0; i < story->nevents; i++)
        if (is_shown(&course, &story->events[i]))
            add_row(&course, &story->events[i]);
    rows = course.nrows;
    if (rows > 0) {
        order_lanes(&course);
        name_programs(&course);
        draw(out, &course);
        tell(out, &course);
    }
    free_course(&course);
    return rows;
}
