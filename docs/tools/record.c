/* record - runs the commands of a transcript and keeps what they printed.
 *
 * Usage: record [-t SECONDS] -b PROGRAMS -s SOURCES -r ROOT
 *               TRANSCRIPT CONSOLE TRACE
 *
 * Runs each command of TRANSCRIPT on a pseudo-terminal, in a directory that
 * has links to the files of PROGRAMS and the C files of SOURCES. Writes to
 * CONSOLE the commands, what they printed and their status, in the form of a
 * transcript, and to TRACE what strace(1) saw of them, or a line "# REASON"
 * where it cannot trace. Both are independent of the run: see trace.h; ROOT is
 * the directory that paths are shown without.
 *
 * What was printed is written down also if the transcript expects something
 * else; then a warning says so. A command that does not end within SECONDS (10)
 * is an error, and nothing is written.
 */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../common/file.h"
#include "../../common/match.h"
#include "../../common/memory.h"
#include "../../common/run.h"
#include "../../common/sandbox.h"
#include "../../common/transcript.h"
#include "trace.h"

static int deadline = 10000; /* milliseconds */

/* The calls that this book is about; ? allows for those that an architecture
 * does not have. */
static const char traced[] =
    "execve,?pipe,pipe2,?fork,?vfork,clone,?clone3,wait4,waitid,kill,"
    "read,write,close,dup,?dup2,dup3,fcntl,?open,openat,?mknod,mknodat,"
    "?lstat,newfstatat,?unlink,unlinkat,umask,clock_nanosleep,exit_group,"
    "msgget,msgsnd,msgrcv,msgctl";

static char *sandbox, *trace_file; /* removed at exit */

static void remove_sandbox(void)
{
    char *name = sandbox;

    sandbox = NULL;
    if (trace_file != NULL && unlink(trace_file) == -1 && errno != ENOENT)
        warn("%s", trace_file);
    free(trace_file);
    trace_file = NULL;
    if (name != NULL && sandbox_remove(name) == -1)
        warn("the sandbox could not be removed");
}

/* The signal that told us to stop, or 0. */
static volatile sig_atomic_t stopped;

static void note_signal(int signal_number)
{
    stopped = signal_number;
}

/* Clean up, then let the signal do what it does by default. */
static void stop_as_told(void)
{
    remove_sandbox();
    signal(stopped, SIG_DFL);
    raise(stopped);
    exit(EXIT_FAILURE);
}

/* The last lines of a text, enough to see what happened. */
static const char *last_lines(const char *text, size_t length)
{
    size_t lines = 0;

    while (length > 0 && lines <= 20)
        lines += text[--length] == '\n';
    return text + length + (text[length] == '\n');
}

/* Why strace cannot be used here, or NULL if it can. The caller frees it. */
static char *no_strace(void)
{
    const char *const argv[] = {"strace",  "-f", "-o", "/dev/null",
                                "/bin/sh", "-c", ":",  NULL};
    struct run probe = {RUN_PIPE, sandbox, argv, deadline, &stopped};
    struct run_result result;
    char *reason;

    if (run(&probe, &result) == -1)
        return text_format("%s", errno == ENOENT ? "strace is not installed"
                                                 : strerror(errno));
    if (result.status == 0 && !result.late) {
        free(result.output);
        return NULL;
    }
    reason =
        text_format("%.*s", (int)strcspn(result.output, "\n"), result.output);
    free(result.output);
    return reason;
}

static void run_command(const struct transcript *t, const struct command *c,
                        bool traces, struct outcome *outcome)
{
    const char *const plain[] = {"/bin/sh", "-c", c->text, NULL};
    const char *const under_strace[] = {
        "strace", "-f",       "-y", "-q",    "-s", "200",
        "-o",     trace_file, "-e", traced,  "-e", "signal=none",
        "--",     "/bin/sh",  "-c", c->text, NULL};
    struct run command = {RUN_TERMINAL, sandbox, traces ? under_strace : plain,
                          deadline, &stopped};
    struct run_result result;

    if (run(&command, &result) == -1) {
        const char *hint = "";

        if (errno == ENODEV || errno == ENOENT || errno == EIO)
            hint = " (there is no pseudo-terminal; is devpts mounted on "
                   "/dev/pts, as \"mount -t devpts devpts /dev/pts\" does?)";
        errx(EXIT_FAILURE, "%s:%d: $ %s: %s%s", t->path, c->number, c->text,
             strerror(errno), hint);
    }
    if (stopped != 0)
        stop_as_told();
    if (result.late)
        errx(EXIT_FAILURE,
             "%s:%d: $ %s: %s (it had %d s); the last that it printed:\n%s",
             t->path, c->number, c->text, result.reason, deadline / 1000,
             last_lines(result.output, result.length));
    if (result.left_behind)
        errx(EXIT_FAILURE, "%s:%d: $ %s: left a process behind", t->path,
             c->number, c->text);
    if (strlen(result.output) != result.length)
        errx(EXIT_FAILURE, "%s:%d: $ %s: printed a null byte", t->path,
             c->number, c->text);
    outcome->output = result.output;
    outcome->status = result.status;
}

/* What was printed as the transcript has it, with the values of this run. */
static void write_matched(FILE *out, const struct transcript *t,
                          const struct command *c, char *const *values,
                          struct numberings *numberings)
{
    for (size_t i = 0; i < c->nlines; i++) {
        for (size_t j = 0; j < c->lines[i].nsegments; j++) {
            const struct segment *s = &c->lines[i].segments[j];
            const char *value = s->text == NULL ? values[s->variable] : s->text;
            char *number = NULL;

            if (s->text == NULL &&
                t->variables[s->variable].type != TYPE_NUMBER)
                value = number =
                    renumber(&numberings->of[t->variables[s->variable].type],
                             value, strlen(value));
            fputs(value, out);
            free(number);
        }
        putc('\n', out);
    }
}

/* The values that any line would give to the variables of any expectation:
 * the process IDs and queues that an unexpected output speaks of. */
static void guess(const struct transcript *t, const struct command *c,
                  const char *line, struct numberings *numberings)
{
    char **values = array_grow(NULL, 0, (t->nvariables + 1) * sizeof *values);

    for (size_t i = 0; i < c->nlines; i++) {
        bool good = match_line(t, &c->lines[i], line, values);

        for (size_t v = 0; v < t->nvariables; v++) {
            if (good && values[v] != NULL &&
                t->variables[v].type != TYPE_NUMBER)
                free(renumber(&numberings->of[t->variables[v].type], values[v],
                              strlen(values[v])));
            free(values[v]);
            values[v] = NULL;
        }
    }
    free(values);
}

/* What was printed, as it was, but for the numbers that we know of. */
static void write_unmatched(FILE *out, const struct transcript *t,
                            const struct command *c, const char *output,
                            struct numberings *numberings)
{
    while (*output != '\0') {
        size_t length = strcspn(output, "\n");
        char *line = text_copy(output, length), *rest = line;

        guess(t, c, line, numberings);
        while (*rest != '\0') {
            size_t digits = strspn(rest, "0123456789"), n = digits;
            char *number = NULL;

            for (int type = TYPE_PID; digits > 0 && type <= TYPE_MSQID; type++)
                if (number == NULL &&
                    numbered(&numberings->of[type], rest, digits))
                    number = renumber(&numberings->of[type], rest, digits);
            if (n == 0)
                n = 1;
            if (number != NULL)
                fputs(number, out);
            else
                fwrite(rest, 1, n, out);
            free(number);
            rest += n;
        }
        putc('\n', out);
        free(line);
        output += length + (output[length] == '\n');
    }
}

static void write_console(const char *path, const struct transcript *t,
                          const struct outcome *outcomes,
                          struct numberings *numberings)
{
    char **values = array_grow(NULL, 0, (t->nvariables + 1) * sizeof *values);
    char *report = match_transcript(t, outcomes, values), *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        err(EXIT_FAILURE, "open_memstream");
    if (report != NULL)
        warnx("recorded, though \"make test\" will fail:\n%s", report);
    for (size_t i = 0; i < t->ncommands; i++) {
        const struct command *c = &t->commands[i];

        fprintf(out, "$ %s\n", c->text);
        if (report == NULL)
            write_matched(out, t, c, values, numberings);
        else
            write_unmatched(out, t, c, outcomes[i].output, numberings);
        if (outcomes[i].status != 0)
            fprintf(out, "[%d]\n", outcomes[i].status);
    }
    if (fclose(out) == EOF || file_replace(path, text, size) == -1)
        err(EXIT_FAILURE, "%s", path);
    for (size_t i = 0; i < t->nvariables; i++)
        free(values[i]);
    free(values);
    free(report);
    free(text);
}

/* So many seconds in milliseconds; 0 if it is no such number. */
static int milliseconds(const char *seconds)
{
    char *end;
    long number = strtol(seconds, &end, 10);

    return *end != '\0' || number < 1 || number > 86400 ? 0
                                                        : 1000 * (int)number;
}

int main(int argc, char *argv[])
{
    const char *programs = NULL, *sources = NULL, *root = NULL;
    struct numberings numberings = numberings_new();
    struct outcome *outcomes = NULL;
    struct transcript *t;
    char *error, *reason, *parent, *trace = NULL;
    size_t trace_size;
    FILE *out;
    int option;

    while ((option = getopt(argc, argv, "b:s:r:t:")) != -1)
        switch (option) {
        case 'b':
            programs = optarg;
            break;
        case 's':
            sources = optarg;
            break;
        case 'r':
            root = optarg;
            break;
        case 't':
            deadline = milliseconds(optarg);
            break;
        default:
            optind = argc; /* to the usage */
        }
    if (programs == NULL || sources == NULL || root == NULL || deadline <= 0 ||
        argc - optind != 3)
        errx(2, "usage: record [-t SECONDS] -b PROGRAMS -s SOURCES -r ROOT "
                "TRANSCRIPT CONSOLE TRACE");
    if ((t = transcript_read(argv[optind], &error)) == NULL)
        errx(EXIT_FAILURE, "%s", error);

    parent = text_copy(
        argv[optind + 1],
        strrchr(argv[optind + 1], '/') == NULL
            ? 0
            : (size_t)(strrchr(argv[optind + 1], '/') - argv[optind + 1]));
    sandbox = sandbox_make(*parent == '\0' ? "." : parent, programs, sources);
    if (sandbox == NULL)
        err(EXIT_FAILURE, "a sandbox in %s for %s and %s", parent, programs,
            sources);
    atexit(remove_sandbox);
    signal(SIGINT, note_signal);
    signal(SIGTERM, note_signal);
    signal(SIGHUP, note_signal);
    signal(SIGPIPE, SIG_IGN);
    free(parent);

    reason = no_strace();
    trace_file = text_format("%s.strace", sandbox);
    if ((out = open_memstream(&trace, &trace_size)) == NULL)
        err(EXIT_FAILURE, "open_memstream");
    if (reason != NULL)
        fprintf(out, "# %s\n", reason);
    for (size_t i = 0; i < t->ncommands; i++) {
        const struct command *c = &t->commands[i];
        char *raw;

        outcomes = array_grow(outcomes, i, sizeof *outcomes);
        run_command(t, c, reason == NULL, &outcomes[i]);
        if (reason != NULL)
            continue;
        if ((raw = file_read(trace_file, NULL)) == NULL)
            err(EXIT_FAILURE, "%s", trace_file);
        fprintf(out, "$ %s\n%s", c->text, raw);
        free(raw);
        unlink(trace_file);
    }
    if (fclose(out) == EOF)
        err(EXIT_FAILURE, "fclose");

    write_console(argv[optind + 1], t, outcomes, &numberings);
    char *steady = trace_renumber(trace, &numberings, root, sandbox);

    if (file_replace(argv[optind + 2], steady, strlen(steady)) == -1)
        err(EXIT_FAILURE, "%s", argv[optind + 2]);

    for (size_t i = 0; i < t->ncommands; i++)
        free(outcomes[i].output);
    free(outcomes);
    free(steady);
    free(trace);
    free(reason);
    numberings_free(&numberings);
    transcript_free(t);
    return EXIT_SUCCESS;
}
