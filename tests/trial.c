#include "trial.h"
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "../common/sandbox.h"
#include "../common/session.h"
#include "../common/syscalls.h"
#include "names.h"

enum {
    EACH = 6,   /* occurrences of a call that get all faults */
    DELAY = 20, /* milliseconds */
    JOBS = 24,  /* for each processor: most of them wait */
};

#define COPY(text) text_copy((text), strlen(text))

/* One run of a transcript. ------------------------------------------------ */

static const struct trial *trial;
static const struct fault *current; /* or NULL: only look, at all commands */
static size_t command_now; /* as the tracer is asked for each in turn */
static bool alone;         /* nobody else has message queues in our namespace */
static volatile sig_atomic_t over; /* inject says that the rest is of no use */

static void note_over(int signal_number)
{
    over = signal_number;
}

static const char *injector(void)
{
    static char *name;

    if (name == NULL && (name = realpath("build/tests/inject", NULL)) == NULL)
        fail_msg("build/tests/inject: %s", strerror(errno));
    return name;
}

/* The words before a command. Those that have no fault are not traced. */
static const char *const *tracer(const char *text)
{
    static const char *words[7];
    static char *spec, *status;
    const struct call *call;
    const struct transcript *t;
    int n = 0;

    (void)text;
    words[n++] = injector();
    if (current != NULL) {
        call = &trial->calls[current->call];
        t = trial->transcripts[call->transcript];
        while (command_now < t->ncommands &&
               t->commands[command_now].kind != COMMAND_RUN)
            command_now++;
        if (command_now++ != call->command)
            return NULL;
        free(spec);
        free(status);
        spec = text_format("%s:%s:%s:%u:%s", call->process, call->program,
                           call->name, call->n, current->what);
        status = text_format("%d", call->status);
        words[n++] = "-u";
        words[n++] = status;
        words[n++] = "-f";
        words[n++] = spec;
    }
    words[n++] = trial->programs;
    words[n] = NULL;
    return words;
}

/* Remove all message queues of the namespace; returns whether there were any.
 */
static bool remove_queues(void)
{
    struct msginfo info;
    struct msqid_ds queue;
    int last = msgctl(0, MSG_INFO, (struct msqid_ds *)&info), id;
    bool found = false;

    for (int i = 0; i <= last; i++)
        if ((id = msgctl(i, MSG_STAT, &queue)) != -1)
            found |= msgctl(id, IPC_RMID, NULL) == 0;
    return found;
}

struct played {
    bool same;   /* all is as in the transcript */
    bool queues; /* are left, whose identifier no output tells */
    char **logs; /* of inject, one for each command, or NULL */
    size_t n;
};

static struct played play(const struct transcript *t, const char *scratch)
{
    char *path = COPY(t->path);
    char *sources = trial->sources != NULL
                        ? COPY(trial->sources)
                        : text_format("chapters/%s", basename(dirname(path)));
    char *sandbox = sandbox_make(scratch, trial->programs, sources);
    char *traces = text_format("%s/traces", scratch), *error;
    struct played played = {.n = t->ncommands};

    played.logs = array_grow(NULL, 0, (played.n + 1) * sizeof *played.logs);
    if (sandbox == NULL)
        fail_msg("%s: %s", sources, strerror(errno));
    command_now = 0;
    over = 0;
    struct session session = {RUN_TERMINAL, sandbox, trial->deadline,
                              &over,        tracer,  traces};

    error = session_compare(&session, t);
    played.same = error == NULL;
    played.queues = alone && remove_queues();
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

/* Much at once. ----------------------------------------------------------- */

/* Have what is made in the directory in memory, for this process and those that
 * it makes. It is not needed, but ext4 takes twice as long for the links of so
 * many sandboxes as all else takes; and it is a right of root. */
static void in_memory(const char *directory)
{
    if (unshare(CLONE_NEWNS) == 0 &&
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
        mount("scratch", directory, "tmpfs", 0, NULL);
}

/* Do work for all numbers below n in several processes. Returns, in no order,
 * the lines that they wrote; the caller frees them. */
static char *at_once(size_t n,
                     void (*work)(size_t i, const char *scratch, FILE *out))
{
    size_t njobs = (size_t)sysconf(_SC_NPROCESSORS_ONLN) * JOBS;
    size_t *next = mmap(NULL, sizeof *next, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    FILE *out = tmpfile();
    char *name = text_format("/proc/self/fd/%d", fileno(out)), *text;
    int status, failed = 0;

    assert_true(next != MAP_FAILED && out != NULL);
    /* Each line goes out whole, at the end of the file, and no program of the
     * book gets the descriptor. */
    out = freopen(name, "a+e", out);
    assert_non_null(out);
    setvbuf(out, NULL, _IOLBF, 1 << 16);
    for (size_t w = 0; w < njobs; w++) {
        pid_t pid = fork();

        assert_true(pid != -1);
        if (pid == 0) {
            char *scratch = scratch_make(),
                 *traces = text_format("%s/traces", scratch);

            alone = unshare(CLONE_NEWIPC) == 0; /* a right of root */
            in_memory(scratch);
            nice(10); /* there are so many of us that others would starve */
            mkdir(traces, 0777);
            signal(SIGUSR1, note_over);
            for (size_t i;
                 (i = __atomic_fetch_add(next, 1, __ATOMIC_SEQ_CST)) < n;)
                work(i, scratch, out);
            umount2(scratch, MNT_DETACH);
            scratch_remove(scratch);
            _exit(fflush(out) == EOF);
        }
    }
    while (wait(&status) != -1)
        failed |= status;
    free(name);
    name = text_format("/proc/self/fd/%d", fileno(out));
    text = file_read(name, NULL);
    free(name);
    fclose(out);
    munmap(next, sizeof *next);
    if (failed != 0 || text == NULL)
        fail_msg("%s", "a process that tries the faults has failed");
    return text;
}

/* The next line of a text, cut off; NULL at its end. */
static char *next_line(char **rest)
{
    char *line = strsep(rest, "\n");

    return line == NULL || (*rest == NULL && *line == '\0') ? NULL : line;
}

/* The n words of a line, which are separated by tabs; the last may have tabs,
 * and what is missing is "". */
static void split(char *line, char **words, int n)
{
    for (int i = 0; i < n; i++)
        if ((words[i] = i < n - 1 ? strsep(&line, "\t") : line) == NULL)
            words[i] = "";
}

/* What there is to fail. -------------------------------------------------- */

/* The row of a call whose errors are listed, or NULL. */
static const struct syscall *page_of(const char *call)
{
    const struct syscall *row = syscall_named(call);

    return row->errors == NULL ? NULL : row;
}

static void look(size_t i, const char *scratch, FILE *out)
{
    const struct transcript *t = trial->transcripts[i];
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

static void complain(struct trial *t, const char *format, const char *what)
{
    char *line = text_format(format, what),
         *all = text_format("%s%s\n", t->broken == NULL ? "" : t->broken, line);

    if (t->broken == NULL || strstr(t->broken, line) == NULL) {
        free(t->broken);
        t->broken = COPY(all);
    }
    free(all);
    free(line);
}

/* The program that began in a process has ended. */
static void note_end(struct trial *t, const struct call *end)
{
    for (struct call *c = t->calls; c < t->calls + t->ncalls; c++)
        if (c->transcript == end->transcript && c->command == end->command &&
            strcmp(c->top, end->process) == 0)
            c->status = end->status;
}

static void find_calls(struct trial *t)
{
    char *text = at_once(t->ntranscripts, look), *rest = text, *line, *words[9];

    while ((line = next_line(&rest)) != NULL) {
        struct call c = {0};

        split(line, words, 9);
        if (strcmp(words[0], "broken") == 0) {
            complain(t, "%s differs without any fault", words[1]);
            continue;
        }
        c.transcript = strtoul(words[0], NULL, 10);
        c.command = strtoul(words[1], NULL, 10);
        if (strcmp(words[2], "end") == 0) {
            c.process = words[4];
            c.status = (int)strtol(words[6], NULL, 10);
            note_end(t, &c);
            continue;
        }
        c.top = COPY(words[3]);
        c.process = COPY(words[4]);
        c.program = COPY(words[5]);
        c.name = COPY(words[6]);
        c.n = (unsigned)strtoul(words[7], NULL, 10);
        c.result = strtol(words[8], NULL, 10);
        t->calls = array_grow(t->calls, t->ncalls, sizeof *t->calls);
        t->calls[t->ncalls++] = c;
    }
    free(text);
    qsort(t->calls, t->ncalls, sizeof *t->calls, by_place);
}

static void add(struct trial *t, size_t call, enum fault_kind kind, char *what)
{
    t->faults = array_grow(t->faults, t->nfaults, sizeof *t->faults);
    t->faults[t->nfaults++] =
        (struct fault){.call = call, .kind = kind, .what = what};
}

static void add_errors(struct trial *t, size_t i, const struct syscall *page)
{
    char *errors = COPY(page->errors), *rest = errors, *error;
    unsigned n = 1, k = 0;

    for (const char *at = errors; *at != '\0'; at++)
        n += *at == ' ';
    while ((error = strsep(&rest, " ")) != NULL)
        if (*error != '\0' &&
            (t->calls[i].n <= EACH || t->calls[i].n % n == k++))
            add(t, i, FAULT_ERROR, text_format("error=%s", error));
    free(errors);
}

/* Whether an earlier transcript has the same call, as far as signals go. */
static bool is_known(const struct trial *t, size_t i)
{
    const struct call *c = &t->calls[i];

    for (const struct call *d = t->calls; d < c; d++)
        if (d->n == c->n && d->status == c->status &&
            strcmp(d->name, c->name) == 0 &&
            strcmp(d->program, c->program) == 0 &&
            strcmp(d->process, c->process) == 0)
            return true;
    return false;
}

void trial_find(struct trial *t)
{
    static const char *const signals[] = {"INT", "TERM", "HUP", "KILL"};

    trial = t;
    current = NULL;
    find_calls(t);
    for (size_t i = 0; i < t->ncalls; i++) {
        const struct call *c = &t->calls[i];
        const struct syscall *page = page_of(c->name);
        bool leaves = text_begins(c->name, "exit");

        if (page == NULL && !leaves)
            complain(t, "common/syscalls.def lists no errors of %s()", c->name);
        if (page != NULL)
            add_errors(t, i, page);
        if ((strcmp(c->name, "read") == 0 || strcmp(c->name, "write") == 0) &&
            c->result > 1)
            add(t, i, FAULT_SHORT, text_format("short=1"));
        if (c->n > EACH)
            continue;
        add(t, i, FAULT_DELAY, text_format("before=%d", DELAY));
        if (!leaves)
            add(t, i, FAULT_DELAY, text_format("after=%d", DELAY));
        for (int s = 0; s < 4 && !is_known(t, i); s++)
            add(t, i, FAULT_SIGNAL, text_format("signal=%s", signals[s]));
    }
}

/* What becomes of it. ----------------------------------------------------- */

/* What the log says of the program that the fault befell. */
struct story {
    bool reached;
    bool mute;      /* it is its standard error that fails */
    bool left;      /* a process */
    bool kept;      /* a queue or a file */
    int status;     /* -1: it has not ended */
    char *said;     /* on standard error, by it and by those that it made */
    char *programs; /* those that ran: " pipe3 pipe4 " */
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

/* What perror(3) says of an error with this name. */
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

/* glibc hides from a program what has failed: popen() says ENOMEM, whatever it
 * was. And fork() does not look whether the child's signals are let through
 * again (since 2.41), so that a write() that should end it by SIGPIPE fails. */
static bool says_enomem(const char *line)
{
    return strstr(line, ": popen: ") != NULL &&
           strstr(line, strerror(ENOMEM)) != NULL;
}

static bool says_epipe(const char *call, const char *line)
{
    return strcmp(call, "rt_sigprocmask") == 0 &&
           strstr(line, ": write: ") != NULL &&
           strstr(line, strerror(EPIPE)) != NULL;
}

/* Whether a message names the program, the call and the reason. */
static bool names_all(const struct fault *fault, const struct story *story)
{
    const char *call = trial->calls[fault->call].name, *reason = "";
    const struct syscall *page = page_of(call);
    char *text = COPY(story->said), *rest = text, *line;
    bool found = false;

    if (fault->kind == FAULT_ERROR)
        reason = reason_of(fault->what + strlen("error="));
    while (!found && (line = next_line(&rest)) != NULL) {
        bool named = fault->kind == FAULT_SIGNAL ||
                     (page != NULL && has_word(line, page->message));
        bool reasoned = strstr(line, reason) != NULL || says_enomem(line);

        found = has_program(line, story) &&
                ((named && reasoned) || says_epipe(call, line));
    }
    free(text);
    return found;
}

/* What is wrong, or NULL, and then *end is set. */
static const char *judge(const struct fault *fault, const struct story *story,
                         bool same, enum fault_end *end)
{
    bool killed = strcmp(fault->what, "signal=KILL") == 0;

    *end = !story->reached ? UNREACHED : same ? SAME : TOLD;
    if (story->left)
        return "a process is left behind";
    if (story->kept && !killed) /* nobody can tidy up after SIGKILL */
        return "a queue or a file is left behind";
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
                   ? "it fails without a word"
                   : "no message names the call and the reason";
    return NULL;
}

static void try(size_t i, const char *scratch, FILE *out)
{
    const struct call *call;
    struct played played;
    struct story story;
    enum fault_end end;
    const char *wrong, *log;

    current = &trial->faults[i];
    call = &trial->calls[current->call];
    played = play(trial->transcripts[call->transcript], scratch);
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

void trial_run(struct trial *t)
{
    char *text, *rest, *line, *words[3];
    size_t n = 0;

    trial = t;
    rest = text = at_once(t->nfaults, try);
    for (; (line = next_line(&rest)) != NULL; n++) {
        struct fault *fault;

        split(line, words, 3);
        fault = &t->faults[strtoul(words[0], NULL, 10)];
        fault->end = (enum fault_end)strtol(words[1], NULL, 10);
        fault->detail = COPY(words[2]);
    }
    free(text);
    if (n != t->nfaults)
        fail_msg("%zu of %zu faults have an end", n, t->nfaults);
}

char *trial_line(const struct trial *t, const struct fault *fault)
{
    const struct call *c = &t->calls[fault->call];
    const struct transcript *transcript = t->transcripts[c->transcript];

    return text_format("%s:%d: %s: %s() %u in process %s, %s: %s",
                       transcript->path,
                       transcript->commands[c->command].number, c->program,
                       c->name, c->n, c->process, fault->what, fault->detail);
}

char *trial_impossible(void)
{
    char *scratch = scratch_make();
    struct ended ended = shell(scratch, "%s / log true", injector());
    char *reason = ended.status == 0
                       ? NULL
                       : text_copy(ended.err, strcspn(ended.err, "\n"));

    ended_free(&ended);
    scratch_remove(scratch);
    return reason;
}

void trial_free(struct trial *t)
{
    for (size_t i = 0; i < t->ncalls; i++) {
        free(t->calls[i].top);
        free(t->calls[i].process);
        free(t->calls[i].program);
        free(t->calls[i].name);
    }
    for (size_t i = 0; i < t->nfaults; i++) {
        free(t->faults[i].what);
        free(t->faults[i].detail);
    }
    free(t->calls);
    free(t->faults);
    free(t->broken);
}
