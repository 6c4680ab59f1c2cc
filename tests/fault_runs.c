#include "fault_runs.h"
#include "support.h"

#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "../common/sandbox.h"
#include "../common/session.h"
#include "../common/syscalls.h"
#include "fault_memory.h"
#include "kernel_names.h"
#include "side_by_side.h"

enum {
    EACH = 6,   /* occurrences of a call that get all faults */
    DELAY = 20, /* milliseconds */
};

#define COPY(text) text_copy((text), strlen(text))

static struct fault_runs *runs; /* those that are found or tried now */

/* One run of a transcript. ------------------------------------------------ */

static const struct fault *current; /* or NULL: only look, at all commands */
static size_t command_now; /* tracer() is called for each command in turn */
static volatile sig_atomic_t over; /* set by SIGUSR1 of inject */

static void note_over(int signal_number)
{
    over = signal_number;
}

/* The words before a command, or NULL for a command without a fault. */
static const char *const *tracer(const char *text)
{
    static const char *words[7];
    static char *spec, *caller;
    const struct call *call;
    const struct transcript *t;
    int n = 0;

    words[n++] = injector();
    if (current != NULL) {
        call = &runs->calls[current->call];
        t = runs->transcripts[call->transcript];
        while (command_now < t->ncommands &&
               t->commands[command_now].kind != COMMAND_RUN)
            command_now++;
        if (command_now++ != call->command)
            return NULL;
        free(spec);
        free(caller);
        spec = text_format("%s:%s:%s:%u:%s", call->process, call->program,
                           call->name, call->n, current->what);
        caller = text_format("%ld:%d", (long)getpid(), call->status);
        words[n++] = "-u";
        words[n++] = caller;
        words[n++] = "-f";
        words[n++] = spec;
    }
    words[n++] = runs->programs;
    words[n] = NULL;
    return words;
}

struct played {
    bool same;   /* output and statuses are as in the transcript */
    bool queues; /* queues are left that are not the value of a variable */
    char **logs; /* of inject, one for each command, or NULL */
    size_t n;
};

static struct played play(const struct transcript *t, const char *scratch)
{
    char *path = COPY(t->path);
    char *sources = runs->sources != NULL
                        ? COPY(runs->sources)
                        : text_format("chapters/%s", basename(dirname(path)));
    char *sandbox = sandbox_make(scratch, NULL, runs->programs, sources);
    char *traces = text_format("%s/traces", scratch), *error;
    struct played played = {.n = t->ncommands};

    played.logs = array_grow(NULL, 0, (played.n + 1) * sizeof *played.logs);
    if (sandbox == NULL)
        fail_msg("cannot make a sandbox for %s: %s", sources, strerror(errno));
    mkdir(traces, 0777);
    signal(SIGUSR1, note_over);
    command_now = 0;
    over = 0;
    struct session session = {RUN_TERMINAL, sandbox, runs->deadline,
                              &over,        tracer,  traces};

    error = session_compare(&session, t);
    played.same = error == NULL;
    played.queues = remove_our_queues();
    for (size_t i = 0; i < t->ncommands; i++) {
        char *log = text_format("%s/%zu", traces, i);

        played.logs[i] = file_read(log, NULL);
        unlink(log);
        free(log);
    }
    sandbox_remove(sandbox);
    free(error);
    free(traces);
    free(sources);
    free(path);
    return played;
}

static void played_free(struct played *played)
{
    for (size_t i = 0; i < played->n; i++)
        free(played->logs[i]);
    free(played->logs);
}

/* What there is to fail. -------------------------------------------------- */

static size_t *to_do; /* the transcripts to run, later the faults to try */
static size_t n_to_do;

static void add_to_do(size_t i)
{
    to_do = array_grow(to_do, n_to_do, sizeof *to_do);
    to_do[n_to_do++] = i;
}

static void clear_to_do(void)
{
    free(to_do);
    to_do = NULL;
    n_to_do = 0;
}

/* The row of a call in the table of system calls, or NULL if it has none or
 * lists no errors. */
static const struct syscall *row_of(const char *call)
{
    const struct syscall *row = syscall_named(call);

    return row->errors != NULL ? row : NULL;
}

static void look(size_t n, const char *scratch, FILE *out)
{
    size_t i = to_do[n];
    const struct transcript *t = runs->transcripts[i];
    struct played played = play(t, scratch);

    if (!played.same)
        fprintf(out, "broken\t%s\n", t->path);
    for (size_t c = 0; c < t->ncommands; c++) {
        char *rest = played.logs[c], *line;

        while (rest != NULL && (line = next_line(&rest)) != NULL)
            if (text_begins(line, "call\t") || text_begins(line, "end\t"))
                fprintf(out, "%zu\t%zu\t%s\n", i, c, line);
    }
    played_free(&played);
}

static int by_place(const void *a, const void *b)
{
    const struct call *x = a, *y = b;
    int order = strcmp(x->process, y->process);

    if (x->transcript != y->transcript)
        return x->transcript < y->transcript ? -1 : 1;
    if (x->command != y->command)
        return x->command < y->command ? -1 : 1;
    if (order == 0)
        order = strcmp(x->program, y->program);
    if (order == 0)
        order = strcmp(x->name, y->name);
    return order != 0 ? order : (x->n > y->n) - (x->n < y->n);
}

static void complain(const char *format, const char *what)
{
    char *line = text_format(format, what);
    char *all =
        text_format("%s%s\n", runs->broken == NULL ? "" : runs->broken, line);

    if (runs->broken == NULL || strstr(runs->broken, line) == NULL) {
        free(runs->broken);
        runs->broken = COPY(all);
    }
    free(all);
    free(line);
}

/* The program that began in this process has ended with this status. */
static void note_end(size_t transcript, size_t command, const char *process,
                     int status)
{
    for (struct call *c = runs->calls; c < runs->calls + runs->ncalls; c++)
        if (c->transcript == transcript && c->command == command &&
            strcmp(c->top, process) == 0)
            c->status = status;
}

/* A line that look() has written. */
static void take_call(char *line)
{
    char *words[9];
    size_t transcript, command;

    split(line, words, 9);
    if (strcmp(words[0], "broken") == 0) {
        complain("%s differs without a fault", words[1]);
        return;
    }
    transcript = strtoul(words[0], NULL, 10);
    command = strtoul(words[1], NULL, 10);
    if (strcmp(words[2], "end") == 0) {
        note_end(transcript, command, words[4],
                 (int)strtol(words[6], NULL, 10));
        return;
    }
    add_call(runs,
             &(struct call){transcript, command, COPY(words[3]), COPY(words[4]),
                            COPY(words[5]), COPY(words[6]),
                            (unsigned)strtoul(words[7], NULL, 10),
                            strtol(words[8], NULL, 10), 0});
}

static void add(size_t call, enum fault_kind kind, char *what)
{
    runs->faults =
        array_grow(runs->faults, runs->nfaults, sizeof *runs->faults);
    runs->faults[runs->nfaults++] =
        (struct fault){.call = call, .kind = kind, .what = what};
}

static void add_errors(size_t i, const struct syscall *row)
{
    const struct call *c = &runs->calls[i];
    char *errors = COPY(row->errors), *rest = errors, *error;
    unsigned n = 1, k = 0;

    for (const char *at = errors; *at != '\0'; at++)
        n += *at == ' ';
    while ((error = strsep(&rest, " ")) != NULL)
        if (*error != '\0' && (c->n <= EACH || c->n % n == k++))
            add(i, FAULT_ERROR, text_format("error=%s", error));
    free(errors);
}

/* Whether an earlier transcript has the same call, as far as signals go. */
static bool is_repeated(size_t i)
{
    const struct call *c = &runs->calls[i];

    for (const struct call *d = runs->calls; d < c; d++)
        if (d->n == c->n && d->status == c->status &&
            strcmp(d->name, c->name) == 0 &&
            strcmp(d->program, c->program) == 0 &&
            strcmp(d->process, c->process) == 0)
            return true;
    return false;
}

/* All faults of a call. */
static void add_faults(size_t i, const struct syscall *row)
{
    static const char *const signals[] = {"INT", "TERM", "HUP", "KILL"};
    const struct call *c = &runs->calls[i];

    if (row != NULL)
        add_errors(i, row);
    if ((strcmp(c->name, "read") == 0 || strcmp(c->name, "write") == 0) &&
        c->result > 1)
        add(i, FAULT_SHORT, text_format("short=1"));
    if (c->n > EACH)
        return;
    add(i, FAULT_DELAY, text_format("before=%d", DELAY));
    if (row != NULL) /* exit(2) and exit_group(2) never return */
        add(i, FAULT_DELAY, text_format("after=%d", DELAY));
    for (int s = 0; s < 4 && !is_repeated(i); s++)
        add(i, FAULT_SIGNAL, text_format("signal=%s", signals[s]));
}

/* How many commands the transcript of a call has. */
static size_t commands_with(const struct call *call)
{
    return runs->transcripts[call->transcript]->ncommands;
}

/* The first error of a call, if it is the one to try of all calls of this name
 * that its program makes: the first in the shortest transcript. */
static void add_sample(size_t i, const struct syscall *row)
{
    const struct call *c = &runs->calls[i];

    if (row == NULL || *row->errors == '\0')
        return;
    for (const struct call *d = runs->calls; d < runs->calls + runs->ncalls;
         d++)
        if (strcmp(d->name, c->name) == 0 &&
            strcmp(d->program, c->program) == 0 &&
            (commands_with(d) < commands_with(c) ||
             (commands_with(d) == commands_with(c) && d < c)))
            return;
    add(i, FAULT_ERROR,
        text_format("error=%.*s", (int)strcspn(row->errors, " "), row->errors));
}

static bool has_faults(size_t transcript)
{
    for (size_t i = 0; i < runs->nfaults; i++)
        if (runs->calls[runs->faults[i].call].transcript == transcript)
            return true;
    return false;
}

void fault_runs_find(struct fault_runs *r)
{
    char **ends;

    runs = r;
    current = NULL;
    ends = array_grow(NULL, 0, (r->ntranscripts + 1) * sizeof *ends);
    for (size_t i = 0; i < r->ntranscripts; i++)
        if (r->memory == NULL || (ends[i] = recall_calls(r, i)) == NULL)
            add_to_do(i);
    side_by_side("transcripts", n_to_do, look, take_call);
    clear_to_do();
    qsort(r->calls, r->ncalls, sizeof *r->calls, by_place);
    for (size_t i = 0; i < r->ncalls; i++) {
        const char *name = r->calls[i].name;
        const struct syscall *row = row_of(name);

        if (row == NULL && !text_begins(name, "exit"))
            complain("common/syscalls.def has no errors of %s()", name);
        if (r->sample)
            add_sample(i, row);
        else
            add_faults(i, row);
    }
    for (size_t i = 0; i < r->ntranscripts; i++) {
        if (ends[i] != NULL)
            recall_ends(r, i, ends[i]);
        else if (r->memory != NULL && !has_faults(i))
            remember_transcript(r, i);
        free(ends[i]);
    }
    free(ends);
}

/* What becomes of it. ----------------------------------------------------- */

/* What the log says of the program that the fault hit. */
struct story {
    bool reached;
    bool mute;      /* the fault is one of writing to standard error */
    bool left;      /* a process was left */
    bool kept;      /* a queue or a file was left */
    int status;     /* -1: it has not ended */
    char *said;     /* on standard error, by it and by its children */
    char *programs; /* all that ran: " one two " */
};

static struct story story_of(const struct call *call, const char *log)
{
    struct story story = {.status = -1};
    char *text = COPY(log), *rest = text, *line, *words[8];
    size_t said_size, programs_size;
    FILE *said = text_open(&story.said, &said_size),
         *programs = text_open(&story.programs, &programs_size);

    while ((line = next_line(&rest)) != NULL) {
        const char *kind = line;

        split(line, words, 4);
        if (strcmp(kind, "said") == 0 && strcmp(words[1], call->top) == 0)
            fprintf(said, "%s\n", words[3]);
        split(words[3], words + 3, 5);
        if (strcmp(kind, "fault") == 0) {
            story.reached = true;
            story.mute =
                text_begins(words[4], "write") && strcmp(words[7], "2") == 0;
        }
        story.left |= strcmp(kind, "left") == 0;
        story.kept |= strcmp(kind, "kept") == 0;
        if (strcmp(kind, "call") == 0 && strcmp(words[1], call->top) == 0)
            fprintf(programs, " %s ", words[3]);
        if (strcmp(kind, "end") == 0 && strcmp(words[2], call->top) == 0)
            story.status = (int)strtol(words[4], NULL, 10);
    }
    fclose(said);
    fclose(programs);
    free(text);
    return story;
}

/* The text of perror(3) for an error of this name. */
static const char *reason_of(const char *name)
{
    for (size_t i = 0; i < ERRORS; i++)
        if (strcmp(error_names[i].name, name) == 0)
            return strerror((int)error_names[i].number);
    return "no such error";
}

/* Whether one of the words, separated by '|', is in the line. */
static bool has_word(const char *line, const char *words)
{
    char *copy = COPY(words), *rest = copy, *word;
    bool found = *copy == '\0';

    while ((word = strsep(&rest, "|")) != NULL)
        found |= *word != '\0' && strstr(line, word) != NULL;
    free(copy);
    return found;
}

/* Whether a line begins with the name of a program that ran. */
static bool has_program(const char *line, const struct story *story)
{
    char *name = text_format(" %.*s ", (int)strcspn(line, ":"), line);
    bool found = strstr(story->programs, name) != NULL;

    free(name);
    return found;
}

/* glibc hides the reason of two failures. popen() says ENOMEM for all errors.
 * And since glibc 2.41 fork() does not check whether it could unblock the
 * signals of the child: then a write() that SIGPIPE should end fails instead,
 * and SIGTERM does not end the child. */
static bool says_enomem(const char *line)
{
    return strstr(line, ": popen: ") != NULL &&
           strstr(line, strerror(ENOMEM)) != NULL;
}

static bool says_blocked(const char *call, const char *line)
{
    return strcmp(call, "rt_sigprocmask") == 0 &&
           (strstr(line, ": SIGTERM is blocked") != NULL ||
            (strstr(line, ": write: ") != NULL &&
             strstr(line, strerror(EPIPE)) != NULL));
}

/* Whether a message names the program, the call and the reason. */
static bool names_all(const struct fault *fault, const struct story *story)
{
    const char *call = runs->calls[fault->call].name, *reason = "";
    const struct syscall *row = row_of(call);
    char *text = COPY(story->said), *rest = text, *line;
    bool found = false;

    if (fault->kind == FAULT_ERROR)
        reason = reason_of(fault->what + strlen("error="));
    while (!found && (line = next_line(&rest)) != NULL) {
        bool named = fault->kind == FAULT_SIGNAL ||
                     (row != NULL && has_word(line, row->message));
        bool reasoned = strstr(line, reason) != NULL || says_enomem(line);

        found = has_program(line, story) &&
                ((named && reasoned) || says_blocked(call, line));
    }
    free(text);
    return found;
}

/* What is wrong, or NULL; then *end is set. */
static const char *judge(const struct fault *fault, const struct story *story,
                         bool same, enum fault_end *end)
{
    bool killed = strcmp(fault->what, "signal=KILL") == 0;

    *end = !story->reached ? UNREACHED : same ? SAME : TOLD;
    if (story->left)
        return "a process is left";
    if (story->kept && !killed) /* no program can clean up after SIGKILL */
        return "a queue or a file is left";
    if (*end != TOLD)
        return NULL;
    if (fault->kind == FAULT_DELAY)
        return "a delay changes what is printed";
    if (story->status == -1)
        return "it hangs";
    if (story->status == 0)
        return "it prints something else, with status 0";
    if (story->status > 128 && fault->kind == FAULT_SIGNAL) {
        *end = ENDED;
        return NULL;
    }
    if (story->status > 128)
        return "a signal ends it";
    if (!story->mute && !names_all(fault, story))
        return *story->said == '\0'
                   ? "it fails without a message"
                   : "no message names the call and the reason";
    return NULL;
}

static void try(size_t n, const char *scratch, FILE *out)
{
    size_t i = to_do[n];
    const struct call *call;
    struct played played;
    struct story story;
    enum fault_end end;
    const char *wrong, *log;

    current = &runs->faults[i];
    call = &runs->calls[current->call];
    played = play(runs->transcripts[call->transcript], scratch);
    log = played.logs[call->command];
    story = story_of(call, log == NULL ? "" : log);
    story.kept |= played.queues;
    wrong = judge(current, &story, played.same, &end);
    if (wrong == NULL)
        fprintf(out, "%zu\t%d\t\n", i, (int)end);
    else
        fprintf(out, "%zu\t%d\t%s (status %d; said: \"%.*s\")\n", i, (int)WRONG,
                wrong, story.status, (int)strcspn(story.said, "\n"),
                story.said);
    free(story.said);
    free(story.programs);
    played_free(&played);
}

static size_t *waiting; /* faults of each transcript that have no end yet */

/* A line that try() has written. */
static void take_end(char *line)
{
    char *words[3];
    struct fault *fault;
    size_t transcript;

    split(line, words, 3);
    fault = &runs->faults[strtoul(words[0], NULL, 10)];
    transcript = runs->calls[fault->call].transcript;
    fault->has_end = true;
    fault->end = (enum fault_end)strtol(words[1], NULL, 10);
    fault->detail = COPY(words[2]);
    if (--waiting[transcript] == 0 && runs->memory != NULL)
        remember_transcript(runs, transcript);
}

void fault_runs_try(struct fault_runs *r)
{
    size_t n = 0;

    runs = r;
    waiting = array_grow(NULL, 0, (r->ntranscripts + 1) * sizeof *waiting);
    for (size_t i = 0; i < r->nfaults; i++)
        if (!r->faults[i].has_end) {
            waiting[r->calls[r->faults[i].call].transcript]++;
            add_to_do(i);
        }
    side_by_side("faults", n_to_do, try, take_end);
    for (size_t i = 0; i < r->nfaults; i++)
        n += r->faults[i].has_end;
    clear_to_do();
    free(waiting);
    if (n < r->nfaults)
        fail_msg("%zu of %zu faults have an end", n, r->nfaults);
}

char *fault_line(const struct fault_runs *r, const struct fault *fault)
{
    const struct call *c = &r->calls[fault->call];
    const struct transcript *transcript = r->transcripts[c->transcript];

    return text_format("%s:%d: %s: %s() %u in process %s, %s: %s",
                       transcript->path,
                       transcript->commands[c->command].number, c->program,
                       c->name, c->n, c->process, fault->what, fault->detail);
}

char *fault_runs_impossible(void)
{
    char *scratch = scratch_make();
    struct ended ended = shell(scratch, "'%s' / log true", injector());
    char *reason = ended.status == 0
                       ? NULL
                       : text_copy(ended.err, strcspn(ended.err, "\n"));

    ended_free(&ended);
    scratch_remove(scratch);
    return reason;
}

void fault_runs_free(struct fault_runs *r)
{
    for (size_t i = 0; i < r->ncalls; i++) {
        free(r->calls[i].top);
        free(r->calls[i].process);
        free(r->calls[i].program);
        free(r->calls[i].name);
    }
    for (size_t i = 0; i < r->nfaults; i++) {
        free(r->faults[i].what);
        free(r->faults[i].detail);
    }
    free(r->calls);
    free(r->faults);
    free(r->broken);
}
