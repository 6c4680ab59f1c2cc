/* calls - what a program of the book asked of the kernel, for its page.
 *
 * Usage: calls TRACE CALLS
 *
 * TRACE is what record wrote. Of its first command that runs a program of the
 * book, CALLS gets the system calls of that program and of the processes that
 * it made, one process after the other, each in its own order, so that it does
 * not depend on who was faster. Left out are what libc does for its own ends;
 * "..." stands for what was written to the terminal or a file as output, and
 * for the insides of other programs (sh, od, wc). A TRACE that is only "#
 * REASON" is copied.
 */
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/file.h"
#include "../../common/memory.h"

/* One system call or end of a process, whole: strace splits a call that
 * another process interrupts into "unfinished" and "resumed". */
struct event {
    char *pid;
    char *text;
    bool unfinished;
};

struct process {
    char *pid;
    char *parent; /* NULL for the first */
    bool ours;    /* it is executing a program of the book */
    bool ever;    /* it has ever done so */
    bool folded;  /* "..." is written */
    char *text;   /* what the page gets */
    size_t size;
    FILE *out;
    char *last;     /* the line of text that was written last */
    char *attempts; /* executions that failed, as long as none has succeeded */
};

static struct event *events;
static size_t nevents;
static struct process **processes;
static size_t nprocesses;

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static void replace_all(char **text, const char *from, const char *to)
{
    char *at;

    while ((at = strstr(*text, from)) != NULL) {
        char *new = text_format("%.*s%s%s", (int)(at - *text), *text, to,
                                at + strlen(from));

        free(*text);
        *text = new;
    }
}

/* Take one line of the trace; path and number are for the message. */
static void take_line(const char *path, int number, const char *line,
                      size_t length)
{
    size_t digits = strspn(line, "0123456789");
    const char *text = line + digits, *end = line + length, *resumed;
    struct event *event;

    while (*text == ' ')
        text++;
    if (digits == 0 || text >= end)
        errx(EXIT_FAILURE, "%s:%d: not a line of strace -f: %.*s", path, number,
             (int)length, line);
    if (begins(text, "--- ") || begins(text, "strace: "))
        return;
    if (begins(text, "<... ")) {
        for (size_t i = nevents; i-- > 0;)
            if (events[i].unfinished && strlen(events[i].pid) == digits &&
                memcmp(events[i].pid, line, digits) == 0) {
                char *whole;

                resumed = strstr(text, " resumed>");
                if (resumed == NULL || resumed > end)
                    break;
                resumed += strlen(" resumed>");
                whole = text_format("%s%.*s", events[i].text,
                                    (int)(end - resumed), resumed);
                free(events[i].text);
                events[i].text = whole;
                events[i].unfinished = false;
                return;
            }
        errx(EXIT_FAILURE, "%s:%d: resumes what was not begun: %.*s", path,
             number, (int)length, line);
    }
    events = array_grow(events, nevents, sizeof *events);
    event = &events[nevents++];
    event->pid = text_copy(line, digits);
    event->text = text_copy(text, (size_t)(end - text));
    resumed = strstr(event->text, " <unfinished ...>");
    if (resumed != NULL) {
        event->text[resumed - event->text] = '\0';
        event->unfinished = true;
    }
}

static struct process *find_process(const char *pid)
{
    for (size_t i = 0; i < nprocesses; i++)
        if (strcmp(processes[i]->pid, pid) == 0)
            return processes[i];
    return NULL;
}

static struct process *add_process(const char *pid,
                                   const struct process *parent)
{
    struct process *new = array_grow(NULL, 0, sizeof *new);

    new->pid = text_copy(pid, strlen(pid));
    if (parent != NULL) {
        new->ours = new->ever = parent->ours;
        new->parent = text_copy(parent->pid, strlen(parent->pid));
    }
    new->out = open_memstream(&new->text, &new->size);
    if (new->out == NULL)
        err(EXIT_FAILURE, "open_memstream");
    processes = array_grow(processes, nprocesses, sizeof *processes);
    processes[nprocesses++] = new;
    return new;
}

/* The call as the page shows it: without what says nothing to a reader. */
static char *shown(const char *text)
{
    char *copy = text_copy(text, strlen(text)), *vars, *equals;

    if ((vars = strstr(copy, ", 0x\342\200\246 /* ")) != NULL &&
        strstr(vars, " vars */") != NULL) {
        char *rest = text_format("%s", strstr(vars, " vars */") + 8);

        *vars = '\0';
        vars = text_format("%s%s", copy, rest);
        free(copy);
        free(rest);
        copy = vars;
    }
    replace_all(&copy, ", child_tidptr=0x\342\200\246", "");
    replace_all(&copy, "AT_FDCWD<.>", "AT_FDCWD");
    replace_all(&copy, "</dev/pts/1>", "<terminal>");
    /* What went to the terminal stands in the session already, and what went
     * to a file can be looked at there. */
    if ((begins(copy, "write(1<") || begins(copy, "write(2<")) &&
        !begins(copy + strlen("write(1<"), "pipe:") &&
        (equals = strstr(copy, ">, ")) != NULL) {
        char *cut = text_format("%.*s, ...)", (int)(equals + 1 - copy), copy);

        free(copy);
        copy = cut;
    }
    while ((equals = strstr(copy, ")  ")) != NULL)
        memmove(equals + 1, equals + 2, strlen(equals + 2) + 1);
    return copy;
}

/* Whether a call is left out though the program is ours. */
static bool left_out(const char *text)
{
    return begins(text, "exit_group(") ||
           (begins(text, "newfstatat(") && strstr(text, ", \"\", ") != NULL);
}

/* The program that a successful execve() executes is one of ours. */
static bool executes_ours(const char *text)
{
    static const char here[] = "execve(\"./";
    const char *name = text + strlen(here);

    return (begins(text, here) && name[strcspn(name, "/\"")] == '"') ||
           begins(text, "execve(\"\342\200\246/build/");
}

static void show_event(struct process *process, const struct event *event)
{
    const char *text = event->text;
    bool success = strstr(text, ") = 0") != NULL || strstr(text, ")  ") != NULL;
    bool before = process->ours;
    char *copy;

    if (strstr(text, " = -1 ") != NULL)
        success = false;
    if (begins(text, "execve(") && success) {
        process->ours = executes_ours(text);
        process->ever = process->ever || process->ours;
        free(process->attempts);
        process->attempts = NULL;
    } else if (begins(text, "execve(") && before) {
        copy = shown(text);
        char *attempts = text_format(
            "%s  %s\n", process->attempts == NULL ? "" : process->attempts,
            copy);

        free(process->attempts);
        process->attempts = attempts;
        free(copy);
        return;
    }
    if (process->attempts != NULL) {
        fputs(process->attempts, process->out);
        free(process->attempts);
        process->attempts = NULL;
    }
    if (begins(text, "+++ ")) {
        fprintf(process->out, "  %.*s\n", (int)strcspn(text + 4, "+") - 1,
                text + 4);
    } else if ((before || process->ours) && !left_out(text)) {
        copy = shown(text);
        /* How many writes bring a text to a terminal is not always the
         * same, so a row of them is one line. */
        if (strstr(copy, ">, ...)") == NULL || process->last == NULL ||
            strcmp(process->last, copy) != 0)
            fprintf(process->out, "  %s\n", copy);
        free(process->last);
        process->last = copy;
    } else if (!before && !process->ours && process->ever && !process->folded) {
        fputs("  ...\n", process->out);
        process->folded = true;
    }
}

/* A child that a finished call has made, or NULL. */
static const char *birth(const char *text)
{
    const char *result = NULL;

    if (begins(text, "fork(") || begins(text, "vfork(") ||
        begins(text, "clone(") || begins(text, "clone3("))
        result = strstr(text, "= ");
    for (const char *next = result; next != NULL;
         next = strstr(next + 1, " = "))
        result = next;
    if (result == NULL)
        return NULL;
    result += strcspn(result, "0123456789-");
    return isdigit((unsigned char)*result) ? result : NULL;
}

/* Write what the events say; returns whether a program of ours was run. */
static bool show_command(FILE *out)
{
    bool any = false;

    for (size_t i = 0; i < nevents; i++) {
        struct process *process = find_process(events[i].pid);
        const char *child = birth(events[i].text);

        if (process == NULL)
            process = add_process(events[i].pid, NULL);
        show_event(process, &events[i]);
        if (child != NULL) {
            char *pid = text_copy(child, strspn(child, "0123456789"));

            if (find_process(pid) == NULL)
                add_process(pid, process);
            free(pid);
        }
    }
    for (size_t i = 0; i < nprocesses; i++) {
        struct process *process = processes[i];
        const struct process *parent =
            process->parent == NULL ? NULL : find_process(process->parent);

        fclose(process->out);
        if (process->ever) {
            if (any)
                putc('\n', out);
            any = true;
            if (parent != NULL && parent->ever)
                fprintf(out, "process %s, child of %s\n%s", process->pid,
                        process->parent, process->text);
            else
                fprintf(out, "process %s\n%s", process->pid, process->text);
        }
        free(process->text);
        free(process->attempts);
        free(process->last);
    }
    for (size_t i = 0; i < nprocesses; i++) {
        free(processes[i]->pid);
        free(processes[i]->parent);
        free(processes[i]);
    }
    for (size_t i = 0; i < nevents; i++) {
        free(events[i].pid);
        free(events[i].text);
    }
    nevents = nprocesses = 0;
    free(events);
    free(processes);
    events = NULL;
    processes = NULL;
    return any;
}

int main(int argc, char *argv[])
{
    char *trace, *text = NULL;
    bool done = false;
    size_t size;
    int number = 0;
    FILE *out;

    if (argc != 3)
        errx(2, "usage: calls TRACE CALLS");
    if ((trace = file_read(argv[1], NULL)) == NULL)
        err(EXIT_FAILURE, "%s", argv[1]);
    if ((out = open_memstream(&text, &size)) == NULL)
        err(EXIT_FAILURE, "open_memstream");
    for (const char *line = trace; !done && *line != '\0';) {
        size_t length = strcspn(line, "\n");

        number++;
        if (line[0] == '#')
            fprintf(out, "%.*s\n", (int)length, line);
        else if (line[0] == '$')
            done = show_command(out);
        else
            take_line(argv[1], number, line, length);
        line += length + (line[length] == '\n');
    }
    if (!done)
        show_command(out);
    if (fclose(out) == EOF)
        err(EXIT_FAILURE, "fclose");
    if (file_replace(argv[2], text, size) == -1)
        err(EXIT_FAILURE, "%s", argv[2]);
    free(text);
    free(trace);
    return EXIT_SUCCESS;
}
