/* record - runs the commands of a transcript and keeps what they printed.
 *
 * Usage: record [-t SECONDS] -b PROGRAMS -s SOURCES -r ROOT
 *               TRANSCRIPT CONSOLE TRACE
 *
 * Runs each command of TRANSCRIPT on a pseudo-terminal, in a directory that
 * has links to the files of PROGRAMS and the C files of SOURCES. Writes to
 * CONSOLE the commands, what they printed and their status, in the form of a
 * transcript, and to TRACE what strace(1) saw of each command, behind its line
 * ("$ COMMAND" or "NAME$ COMMAND"), or a line "# REASON" where it cannot trace.
 * Both are independent of the run: see trace.h; ROOT is the directory that
 * paths are shown without.
 *
 * What was printed is written down also if the transcript expects something
 * else; then a warning says so. A command that does not end, or wait, within
 * SECONDS (60) is an error, and nothing is written. Nor is it if a value that a
 * later command needs did not come, or if the disk is full.
 */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../common/file.h"
#include "../../common/match.h"
#include "../../common/memory.h"
#include "../../common/run.h"
#include "../../common/sandbox.h"
#include "../../common/session.h"
#include "../../common/syscalls.h"
#include "../../common/transcript.h"
#include "places.h"
#include "trace.h"

static int deadline = 60000; /* milliseconds; enough on a busy machine */

static char *sandbox, *traces; /* directories that are removed at exit */

static bool remove_directories(void)
{
    char **names[] = {&sandbox, &traces};
    bool good = true;

    for (int i = 0; i < 2; i++)
        if (*names[i] != NULL && sandbox_remove(*names[i]) == -1) {
            warn("%s could not be removed", *names[i]);
            good = false; /* and it is tried once more at exit */
        } else {
            *names[i] = NULL;
        }
    return good;
}

static void at_exit(void)
{
    remove_directories();
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
    remove_directories();
    signal(stopped, SIG_DFL);
    raise(stopped);
    exit(EXIT_FAILURE);
}

#define OPTIONS                                                                \
    "-f", "-y", "-q", "-a", "1", "-s", "200", "-e", syscalls_traced, "-e",     \
        "signal=!chld", "-o", NULL

/* strace as we use it: with -k it also tells where in a program a call stands,
 * but it can be built without that. */
static const char *const with_places[] = {"strace", "-k", OPTIONS};
static const char *const without_places[] = {"strace", OPTIONS};

/* Why strace cannot be used in this way, or NULL if it can. The caller frees
 * it. */
static char *no_strace(const char *option)
{
    const char *const argv[] = {"strace", option,       "-o",      "/dev/null",
                                "-e",     "trace=none", "/bin/sh", "-c",
                                ":",      NULL};
    /* Should we be killed, the terminal's hangup wakes a process, too, that has
     * stopped itself for strace. */
    struct run probe = {RUN_TERMINAL, sandbox, argv, deadline, &stopped};
    struct run_result result;
    char *reason;

    if (run(&probe, &result) == -1) {
        if (errno != ENOENT)
            err(EXIT_FAILURE, "strace");
        return text_copy("strace is not installed", 23);
    }
    if (stopped != 0)
        stop_as_told();
    if (result.error != 0)
        errx(EXIT_FAILURE, "strace: its output cannot be read: %s",
             strerror(result.error));
    if (result.reason != NULL)
        errx(EXIT_FAILURE, "strace %s", result.reason);
    if (result.status == 0) {
        free(result.output);
        return NULL;
    }
    reason =
        text_format("%.*s", (int)strcspn(result.output, "\n"), result.output);
    free(result.output);
    return reason;
}

/* A directory for the traces of n commands. They are in memory: where a disk is
 * full, strace writes a complaint into the output for each line of its own. See
 * memfd_create(2). */
static void make_traces(size_t n)
{
    char *name = text_format("%s.strace", sandbox);

    if (mkdir(name, 0700) == -1)
        err(EXIT_FAILURE, "%s", name);
    traces = name;
    for (size_t i = 0; i < n; i++) {
        int fd = memfd_create("trace", MFD_CLOEXEC);
        char *link = text_format("%s/%zu", traces, i),
             *file = text_format("/proc/%ld/fd/%d", (long)getpid(), fd);

        if (fd == -1 || symlink(file, link) == -1)
            err(EXIT_FAILURE, "%s", link);
        free(file);
        free(link);
    }
}

/* Places cost time, so only a command with a program of the book has them. */
static const char *const *trace_with_places(const char *command)
{
    return strstr(command, "./") != NULL ? with_places : without_places;
}

static const char *const *trace_without_places(const char *command)
{
    (void)command;
    return without_places;
}

/* Run all commands; under the tracer, if it is not NULL. */
static void run_all(const struct transcript *t,
                    const char *const *(*tracer)(const char *command),
                    struct outcome *outcomes)
{
    struct session session = {RUN_TERMINAL, sandbox, deadline,
                              &stopped,     tracer,  traces};
    char *error = session_run(&session, t, outcomes);

    if (stopped != 0)
        stop_as_told();
    if (error != NULL)
        errx(EXIT_FAILURE, "%s", error);
}

/* A value as the recording shows it. The caller frees it. */
static char *shown(const struct transcript *t, size_t variable,
                   const char *value, struct numberings *numberings)
{
    enum variable_type type = t->variables[variable].type;

    if (type == TYPE_NUMBER)
        return text_copy(value, strlen(value));
    return renumber(&numberings->of[type], value, strlen(value));
}

/* The first line of a block with the values of this run. */
static void write_command(FILE *out, const struct transcript *t,
                          const struct command *c, char *const *values,
                          struct numberings *numberings)
{
    char **canonical =
        array_grow(NULL, 0, (t->nvariables + 1) * sizeof *canonical);
    char *text, *line;

    for (size_t i = 0; i < c->nsegments; i++) {
        size_t variable = c->segments[i].variable;

        if (c->segments[i].text == NULL && canonical[variable] == NULL)
            canonical[variable] =
                shown(t, variable, values[variable], numberings);
    }
    text = session_text(c, canonical);
    line = transcript_line(c, text);
    fprintf(out, "%s\n", line);
    for (size_t i = 0; i < t->nvariables; i++)
        free(canonical[i]);
    free(canonical);
    free(text);
    free(line);
}

/* An expected line with the values of this run, as they are (numberings NULL)
 * or as the recording shows them. */
static char *line_text(const struct transcript *t,
                       const struct expected_line *line, char *const *values,
                       struct numberings *numberings)
{
    char *text = text_copy("", 0);

    for (size_t i = 0; i < line->nsegments; i++) {
        const struct segment *s = &line->segments[i];
        char *value =
            s->text != NULL ? text_copy(s->text, strlen(s->text))
            : numberings == NULL
                ? text_format("%s", values[s->variable])
                : shown(t, s->variable, values[s->variable], numberings);
        char *longer = text_format("%s%s", text, value);

        free(value);
        free(text);
        text = longer;
    }
    return text;
}

/* What was printed as the transcript has it, with the values of this run. */
static void write_matched(FILE *out, const struct transcript *t,
                          const struct command *c, char *const *values,
                          struct numberings *numberings)
{
    for (size_t i = 0; i < c->nlines; i++) {
        char *text = line_text(t, &c->lines[i], values, numberings);

        fprintf(out, "%s\n", text);
        free(text);
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

/* A full disk is no output of a program. */
static void expect_room(const struct transcript *t,
                        const struct outcome *outcomes)
{
    const char *full = strerror(ENOSPC);

    for (size_t i = 0; i < t->ncommands; i++)
        if (outcomes[i].output != NULL &&
            strstr(outcomes[i].output, full) != NULL)
            errx(EXIT_FAILURE, "%s: %s", t->commands[i].text, full);
}

/* The text of CONSOLE, and the values that are known then; *matched is whether
 * all was as the transcript has it. */
static char *make_console(const struct transcript *t,
                          const struct outcome *outcomes, char **values,
                          struct numberings *numberings, bool *matched)
{
    char *report = match_transcript(t, outcomes, values), *text = NULL;
    size_t size;
    FILE *out;

    *matched = report == NULL;
    if (report != NULL) {
        expect_room(t, outcomes);
        warnx("recorded, though \"make test\" will fail:\n%s", report);
        match_known(t, t->ncommands, outcomes, values);
    }
    out = text_open(&text, &size);
    for (size_t i = 0; i < t->ncommands; i++) {
        const struct command *c = &t->commands[i];

        if (outcomes[i].output == NULL)
            continue;
        write_command(out, t, c, values, numberings);
        if (report == NULL)
            write_matched(out, t, c, values, numberings);
        else
            write_unmatched(out, t, c, outcomes[i].output, numberings);
        if (outcomes[i].status == STATUS_WAITS)
            fputs("{{waits}}\n", out);
        else if (outcomes[i].status != 0)
            fprintf(out, "[%d]\n", outcomes[i].status);
    }
    fclose(out);
    free(report);
    return text;
}

/* The lines that a command has written to the terminal, in its trace, as the
 * recording shows them: with its process IDs and queues. */
static void show_lines(char **trace, const struct transcript *t, size_t command,
                       char *const *values, struct numberings *numberings)
{
    for (size_t i = command; i < t->ncommands; i++) {
        const struct command *c = &t->commands[i];

        for (size_t j = 0; c->owner == command && j < c->nlines; j++) {
            char *is = line_text(t, &c->lines[j], values, NULL),
                 *shall = line_text(t, &c->lines[j], values, numberings);
            char *from = text_format("\"%s\\n\"", is),
                 *to = text_format("\"%s\\n\"", shall), *at;

            if (strcmp(is, shall) != 0 && (at = strstr(*trace, from)) != NULL) {
                char *new = text_format("%.*s%s%s", (int)(at - *trace), *trace,
                                        to, at + strlen(from));

                free(*trace);
                *trace = new;
            }
            free(is);
            free(shall);
            free(from);
            free(to);
        }
    }
}

/* The text of TRACE; reason is why there is no trace, or NULL. */
static char *make_trace(const struct transcript *t, char *const *values,
                        struct numberings *numberings, bool matched,
                        const char *reason, const char *root,
                        const char *programs)
{
    char *text = NULL, *steady, *placed;
    size_t size;
    FILE *out = text_open(&text, &size);

    if (reason != NULL)
        fprintf(out, "# %s\n", reason);
    for (size_t i = 0; reason == NULL && i < t->ncommands; i++) {
        char *name = text_format("%s/%zu", traces, i), *raw;

        if (t->commands[i].kind == COMMAND_RUN) {
            if ((raw = file_read(name, NULL)) == NULL)
                err(EXIT_FAILURE, "%s", name);
            write_command(out, t, &t->commands[i], values, numberings);
            if (matched)
                show_lines(&raw, t, i, values, numberings);
            fputs(raw, out);
            free(raw);
        }
        free(name);
    }
    fclose(out);
    placed = places_resolve(text, programs);
    steady = trace_renumber(placed, numberings, root, sandbox);
    free(placed);
    free(text);
    return steady;
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
    const char *const *(*tracer)(const char *) = trace_with_places;
    struct outcome *outcomes;
    struct transcript *t;
    char *error, *reason, *parent, *console, *trace, **values;
    bool matched;
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

    /* Before there is anything to remove. What is too large, as what nobody
     * reads, is an error that can be told. */
    signal(SIGINT, note_signal);
    signal(SIGTERM, note_signal);
    signal(SIGHUP, note_signal);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    parent = text_copy(
        argv[optind + 1],
        strrchr(argv[optind + 1], '/') == NULL
            ? 0
            : (size_t)(strrchr(argv[optind + 1], '/') - argv[optind + 1]));
    sandbox = sandbox_make(*parent == '\0' ? "." : parent, programs, sources);
    if (sandbox == NULL)
        err(EXIT_FAILURE, "a sandbox in %s for %s and %s", parent, programs,
            sources);
    atexit(at_exit);
    free(parent);

    if ((reason = no_strace("-k")) != NULL) {
        free(reason);
        reason = no_strace("-f");
        tracer = reason == NULL ? trace_without_places : NULL;
    }
    make_traces(t->ncommands);
    outcomes = array_grow(NULL, 0, t->ncommands * sizeof *outcomes);
    values = array_grow(NULL, 0, (t->nvariables + 1) * sizeof *values);
    run_all(t, tracer, outcomes);
    console = make_console(t, outcomes, values, &numberings, &matched);
    trace = make_trace(t, values, &numberings, matched, reason, root, programs);
    if (!remove_directories())
        return EXIT_FAILURE;
    if (file_replace(argv[optind + 1], console, strlen(console)) == -1)
        err(EXIT_FAILURE, "%s", argv[optind + 1]);
    if (file_replace(argv[optind + 2], trace, strlen(trace)) == -1) {
        const char *why = strerror(errno);

        unlink(argv[optind + 1]); /* there are both or none */
        errx(EXIT_FAILURE, "%s: %s", argv[optind + 2], why);
    }

    for (size_t i = 0; i < t->ncommands; i++)
        free(outcomes[i].output);
    for (size_t i = 0; i < t->nvariables; i++)
        free(values[i]);
    free(outcomes);
    free(values);
    free(console);
    free(trace);
    free(reason);
    numberings_free(&numberings);
    transcript_free(t);
    return EXIT_SUCCESS;
}
