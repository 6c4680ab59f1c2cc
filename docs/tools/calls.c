/* calls - what a program of the book asked of the kernel, for its page.
 *
 * Usage: calls LANGUAGE TRACE CALLS
 *
 * LANGUAGE is ko or en. TRACE is what record wrote. Of its first command that
 * runs a program of the book, CALLS gets the system calls of that program and
 * of the processes that it made, one process after the other, each in its own
 * order, so that it does not depend on who was faster. Left out are what libc
 * does for its own ends; "..." stands for what was written to the terminal or a
 * file as output, and for the insides of other programs (sh, od, wc). A TRACE
 * that is only "# REASON" is copied.
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/file.h"
#include "../../common/memory.h"
#include "label.h"
#include "strace.h"
#include "world.h"

enum word { PROCESS, CHILD, EXITED, KILLED };

static const char *const words[][2] = {
    [PROCESS] = {"프로세스 %ld", "process %ld"},
    [CHILD] = {", %ld의 자식", ", child of %ld"},
    [EXITED] = {"끝남, 종료 상태 %.*s", "exited with %.*s"},
    [KILLED] = {"시그널 %.*s에 죽음", "killed by %.*s"},
};
static enum language language;

struct listed {
    long pid;
    long parent; /* 0 for the first */
    bool ours;   /* it is executing a program of the book */
    bool ever;   /* it has ever done so */
    bool folded; /* "..." is written */
    char *text;  /* what the page gets */
    size_t size;
    FILE *out;
    char *last;     /* the line of text that was written last */
    char *attempts; /* executions that failed, as long as none has succeeded */
};

static struct listed **processes;
static size_t nprocesses;

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

static struct listed *find_process(long pid)
{
    for (size_t i = 0; i < nprocesses; i++)
        if (processes[i]->pid == pid)
            return processes[i];
    return NULL;
}

static struct listed *add_process(long pid, const struct listed *parent)
{
    struct listed *new = array_grow(NULL, 0, sizeof *new);

    new->pid = pid;
    if (parent != NULL) {
        new->ours = new->ever = parent->ours;
        new->parent = parent->pid;
    }
    new->out = text_open(&new->text, &new->size);
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): it is a list of pointers. */
    processes = array_grow(processes, nprocesses, sizeof *processes);
    processes[nprocesses++] = new;
    return new;
}

/* The call as the page shows it: without what says nothing to a reader. */
static char *shown(const char *text)
{
    char *copy = text_copy(text, strlen(text)), *vars, *end, *equals;

    /* The environment: how many variables it has. */
    if ((vars = strstr(copy, ", 0x\342\200\246 /* ")) != NULL &&
        (end = strstr(vars, " */")) != NULL)
        memmove(vars, end + 3, strlen(end + 3) + 1);
    replace_all(&copy, ", child_tidptr=0x\342\200\246", "");
    replace_all(&copy, "AT_FDCWD<.>", "AT_FDCWD");
    replace_all(&copy, "</dev/pts/1>", "<terminal>");
    /* What went to the terminal stands in the session already, and what went
     * to a file can be looked at there. */
    if ((text_begins(copy, "write(1<") || text_begins(copy, "write(2<")) &&
        !text_begins(copy + strlen("write(1<"), "pipe:") &&
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
    return text_begins(text, "exit_group(") ||
           (text_begins(text, "newfstatat(") &&
            strstr(text, ", \"\", ") != NULL);
}

static void show_event(struct listed *process, const struct traced_call *call)
{
    const char *text = call->text;
    bool before = process->ours;
    char *copy;

    if (call->kind == CALL_EXEC && call->result == 0) {
        process->ours = call_runs_ours(call);
        process->ever = process->ever || process->ours;
        free(process->attempts);
        process->attempts = NULL;
    } else if (call->kind == CALL_EXEC && before) {
        char *attempts;

        copy = shown(text);
        attempts = text_format(
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
    if (text_begins(text, "+++ ")) {
        bool killed = call->kind == PROCESS_KILLED;
        const char *value =
            text + strlen(killed ? "+++ killed by " : "+++ exited with ");

        fputs("  ", process->out);
        fprintf(process->out, words[killed ? KILLED : EXITED][language],
                (int)strcspn(value, "+") - 1, value);
        putc('\n', process->out);
    } else if ((before || process->ours) && !left_out(text)) {
        copy = shown(text);
        /* How many writes bring a text to a terminal is not always the
         * same, so a row of them is one line. */
        if (strstr(copy, ">, ...)") == NULL || process->last == NULL ||
            strcmp(process->last, copy) != 0)
            fprintf(process->out, "  %s\n", copy);
        free(process->last);
        process->last = copy;
    } else if (!before && process->ever && !process->folded) {
        fputs("  ...\n", process->out);
        process->folded = true;
    }
}

/* Write what a command did; returns whether a program of ours was run. */
static bool show_command(FILE *out, const struct traced_command *command)
{
    bool any = false;

    for (size_t i = 0; i < command->ncalls; i++) {
        const struct traced_call *call = &command->calls[i];
        struct listed *process = find_process(call->pid);

        if (process == NULL)
            process = add_process(call->pid, NULL);
        show_event(process, call);
        if (call_forks(call) && call->result > 0 &&
            find_process(call->result) == NULL)
            add_process(call->result, process);
    }
    for (size_t i = 0; i < nprocesses; i++) {
        struct listed *process = processes[i];
        const struct listed *parent = find_process(process->parent);

        fclose(process->out);
        if (process->ever) {
            fputs(any ? "\n" : "", out);
            fprintf(out, words[PROCESS][language], process->pid);
            if (parent != NULL && parent->ever)
                fprintf(out, words[CHILD][language], process->parent);
            fprintf(out, "\n%s", process->text);
            any = true;
        }
        free(process->text);
        free(process->attempts);
        free(process->last);
    }
    for (size_t i = 0; i < nprocesses; i++)
        free(processes[i]);
    free(processes);
    processes = NULL;
    nprocesses = 0;
    return any;
}

int main(int argc, char *argv[])
{
    char *trace, *error, *text = NULL;
    struct strace *strace;
    size_t size;
    FILE *out;

    if (argc != 4 || !language_named(argv[1], &language))
        errx(2, "usage: calls ko|en TRACE CALLS");
    if ((trace = file_read(argv[2], NULL)) == NULL)
        err(EXIT_FAILURE, "%s", argv[2]);
    if ((strace = strace_parse(argv[2], trace, &error)) == NULL)
        errx(EXIT_FAILURE, "%s", error);
    out = text_open(&text, &size);
    if (strace->reason != NULL)
        fprintf(out, "# %s\n", strace->reason);
    for (size_t i = 0; i < strace->ncommands; i++)
        if (show_command(out, &strace->commands[i]))
            break;
    fclose(out);
    if (file_replace(argv[3], text, size) == -1)
        err(EXIT_FAILURE, "%s", argv[3]);
    free(text);
    free(trace);
    strace_free(strace);
    return EXIT_SUCCESS;
}
