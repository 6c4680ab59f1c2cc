/* calls - list the system calls of a program of the book, for its page.
 *
 * Usage: calls LANGUAGE TRACE CALLS
 *
 * LANGUAGE is ko or en. TRACE is what record wrote. CALLS ("-" for standard
 * output) gets the system calls of the first command that runs a program of the
 * book: those of the program and of the processes that it made, one process
 * after the other, so that the list does not depend on the speed of processes.
 * Calls that libc makes for itself are left out. "..." replaces output on the
 * terminal or in a file, and the calls of other programs (sh, od, wc). A TRACE
 * of only "# REASON" is copied.
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
    bool ours;   /* it runs a program of the book */
    bool ever;   /* it has run a program of the book at some time */
    bool folded; /* "..." is written */
    char *text;  /* its lines */
    size_t size;
    FILE *out;
    char *last;     /* the last line in text */
    char *attempts; /* lines for execve() that failed since the last line */
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

/* Whether a call writes to standard output or error, but not into a pipe. */
static bool prints(const struct traced_call *call)
{
    const char *what;
    size_t length;
    long fd = strace_fd(call_arg(call, 0), &what, &length);

    return call->kind == CALL_WRITE && (fd == 1 || fd == 2) && what != NULL &&
           !text_begins(what, "pipe:");
}

/* The call as the page shows it: without details that do not help a reader. The
 * caller frees it. */
static char *shown(const struct traced_call *call)
{
    char *copy = text_copy(call->text, strlen(call->text)), *vars, *end,
         *equals;

    /* The number of variables in the environment. */
    if ((vars = strstr(copy, ", 0x\342\200\246 /* ")) != NULL &&
        (end = strstr(vars, " */")) != NULL)
        memmove(vars, end + 3, strlen(end + 3) + 1);
    replace_all(&copy, ", child_tidptr=0x\342\200\246", "");
    replace_all(&copy, "AT_FDCWD<.>", "AT_FDCWD");
    replace_all(&copy, "</dev/pts/1>", "<terminal>");
    /* The session on the page shows the output. */
    if (prints(call) && (equals = strstr(copy, ">, ")) != NULL) {
        char *cut = text_format("%.*s, ...)", (int)(equals + 1 - copy), copy);

        free(copy);
        copy = cut;
    }
    while ((equals = strstr(copy, ")  ")) != NULL)
        memmove(equals + 1, equals + 2, strlen(equals + 2) + 1);
    return copy;
}

/* Whether a call of a program of the book is left out: libc makes it. */
static bool left_out(const struct traced_call *call)
{
    return call->kind == CALL_EXIT ||
           (call->syscall->id == SYSCALL_newfstatat &&
            strstr(call->text, ", \"\", ") != NULL);
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

        copy = shown(call);
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
    if (call_ends(call)) {
        bool killed = call->kind == PROCESS_KILLED;
        const char *value =
            text + strlen(killed ? "+++ killed by " : "+++ exited with ");

        fputs("  ", process->out);
        fprintf(process->out, words[killed ? KILLED : EXITED][language],
                (int)strcspn(value, "+") - 1, value);
        putc('\n', process->out);
    } else if ((before || process->ours) && !left_out(call)) {
        copy = shown(call);
        /* The number of writes for a text on a terminal varies, so several in a
         * row become one line. */
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

/* List the calls of a command. Returns whether it ran a program of the book. */
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
