/* record - runs the commands of a transcript and records what they print.
 *
 * Usage: record [-c CHANGED] -b PROGRAMS -s SOURCES -r ROOT
 *               TRANSCRIPT CONSOLE [TRACE]
 *
 * Runs each command of TRANSCRIPT on a pseudo-terminal, in a directory that
 * has links to the files of PROGRAMS and the C files of SOURCES. Files of
 * CHANGED replace those with the same name. Writes to CONSOLE the commands,
 * their output and their status, in the form of a transcript: see
 * common/transcript.h. Writes to TRACE, for each command, its line ("$ COMMAND"
 * or "NAME$ COMMAND") and the output of strace(1); or a line "# REASON" where
 * strace cannot trace. Without TRACE, strace does not run. Neither file depends
 * on the run: see trace.h; ROOT is the directory that paths are shown without.
 * A file that has the right text already keeps its date, so that make does not
 * make again what depends on it.
 *
 * Output that the transcript does not expect is recorded, with a warning.
 * Nothing is written, and the status is 1, if session_run() has a message: see
 * common/session.h. A command, for example, may not end or wait within 60
 * seconds, or leave a process. The same holds if the disk is full. If only
 * TRACE cannot be written, CONSOLE is removed.
 */
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

enum { DEADLINE = 60000 }; /* milliseconds; enough on a busy machine */

static char *sandbox, *traces; /* directories that are removed at exit */

static bool remove_directories(void)
{
    char **names[] = {&sandbox, &traces};
    bool good = true;

    for (int i = 0; i < 2; i++)
        if (*names[i] != NULL && sandbox_remove(*names[i]) == -1) {
            warn("%s could not be removed", *names[i]);
            good = false; /* at_exit() tries it again */
        } else {
            *names[i] = NULL;
        }
    return good;
}

static void at_exit(void)
{
    remove_directories();
}

/* The signal that interrupted this process, or 0. */
static volatile sig_atomic_t stopped;

static void note_signal(int signal_number)
{
    stopped = signal_number;
}

/* Clean up, then die of the signal. The first process of a container does not
 * die of it, and exits. */
static void die_of_signal(void)
{
    remove_directories();
    signal(stopped, SIG_DFL);
    raise(stopped);
    exit(EXIT_FAILURE);
}

#define OPTIONS                                                                \
    "-f", "-y", "-q", "-a", "1", "-s", "200", "-e", syscalls_traced, "-e",     \
        "signal=!chld", "-o", NULL

/* The command of strace. -k adds the stack of each call, which leads to its
 * place in a program; strace can be built without it. -a 1 turns off columns,
 * which depend on the length of numbers such as that of the terminal. */
static const char *const with_places[] = {"strace", "-k", OPTIONS};
static const char *const without_places[] = {"strace", OPTIONS};

/* Why strace does not work with this option, or NULL if it does. The caller
 * frees it. */
static char *no_strace(const char *option)
{
    const char *const argv[] = {"strace", option,       "-o",      "/dev/null",
                                "-e",     "trace=none", "/bin/sh", "-c",
                                ":",      NULL};
    struct run probe = {RUN_TERMINAL, sandbox, argv, DEADLINE, &stopped};
    struct run_result result;
    char *reason;

    if (run(&probe, &result) == -1) {
        if (errno != ENOENT)
            err(EXIT_FAILURE, "strace");
        return text_copy("strace is not installed", 23);
    }
    if (stopped != 0)
        die_of_signal();
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

/* Make a directory for the traces of n commands. Its entries are links to files
 * in memory (memfd_create(2)): on a full disk strace would write a message into
 * the output for each line of the trace. Returns the descriptors of the files,
 * which are there as long as these are open; the caller frees the array. */
static int *make_traces(size_t n)
{
    int *files = array_grow(NULL, 0, (n + 1) * sizeof *files);
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
        files[i] = fd;
        free(file);
        free(link);
    }
    return files;
}

/* Places cost time, so they are only for commands with a program "./NAME". */
static const char *const *trace_with_places(const char *command)
{
    return strstr(command, "./") != NULL ? with_places : without_places;
}

static const char *const *trace_without_places(const char *command)
{
    (void)command;
    return without_places;
}

/* Run all commands, under the tracer if that is not NULL. */
static void run_all(const struct transcript *t,
                    const char *const *(*tracer)(const char *command),
                    struct outcome *outcomes)
{
    struct session session = {RUN_TERMINAL, sandbox, DEADLINE,
                              &stopped,     tracer,  traces};
    char *error = session_run(&session, t, outcomes);

    if (stopped != 0)
        die_of_signal();
    if (error != NULL)
        errx(EXIT_FAILURE, "%s", error);
}

/* The canonical value of a variable: what the recording shows. The caller frees
 * it. */
static char *shown(const struct transcript *t, size_t variable,
                   const char *value, struct numberings *numberings)
{
    enum variable_type type = t->variables[variable].type;

    if (type == TYPE_NUMBER)
        return text_copy(value, strlen(value));
    return renumber(&numberings->of[type], value, strlen(value));
}

/* Write the first line of a block with canonical values. text_of() makes its
 * text from them. */
static void
write_command(FILE *out, const struct transcript *t, const struct command *c,
              char *const *values, struct numberings *numberings,
              char *(*text_of)(const struct command *, char *const *))
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
    text = text_of(c, canonical);
    line = transcript_line(c, text);
    fprintf(out, "%s\n", line);
    for (size_t i = 0; i < t->nvariables; i++)
        free(canonical[i]);
    free(canonical);
    free(text);
    free(line);
}

/* The output that an expected line stands for, with the values of this run:
 * unchanged if numberings is NULL, else canonical. */
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
    if (line->newline) {
        char *whole = text_format("%s\n", text);

        free(text);
        text = whole;
    }
    return text;
}

/* Write a line of output as a transcript expects it. */
static void write_line(FILE *out, const char *text)
{
    char *line = transcript_quote(text);

    fprintf(out, "%s\n", line);
    free(line);
}

/* Write output that agrees with the transcript, with canonical values. */
static void write_matched(FILE *out, const struct transcript *t,
                          const struct command *c, char *const *values,
                          struct numberings *numberings)
{
    for (size_t i = 0; i < c->nlines; i++) {
        char *text = line_text(t, &c->lines[i], values, numberings);

        write_line(out, text);
        free(text);
    }
}

/* Number the process IDs and identifiers in a line of unexpected output: the
 * values that it would give to the variables of any expected line. */
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

/* A line of unexpected output, unchanged except for process IDs and identifiers
 * that have a number. The caller frees it. */
static char *renumbered(const char *line, struct numberings *numberings)
{
    char *text = NULL;
    size_t size;
    FILE *out = text_open(&text, &size);

    while (*line != '\0') {
        size_t digits = strspn(line, "0123456789"), n = digits;
        char *number = NULL;

        for (int type = TYPE_PID; digits > 0 && type < TYPES; type++)
            if (number == NULL && numbered(&numberings->of[type], line, digits))
                number = renumber(&numberings->of[type], line, digits);
        if (n == 0)
            n = 1;
        if (number != NULL)
            fputs(number, out);
        else
            fwrite(line, 1, n, out);
        free(number);
        line += n;
    }
    fclose(out);
    return text;
}

static void write_unmatched(FILE *out, const struct transcript *t,
                            const struct command *c, const char *output,
                            struct numberings *numberings)
{
    while (*output != '\0') {
        size_t length = strcspn(output, "\n");
        char *line, *text;

        length += output[length] == '\n';
        line = text_copy(output, length);
        guess(t, c, line, numberings);
        text = renumbered(line, numberings);
        write_line(out, text);
        free(line);
        free(text);
        output += length;
    }
}

/* Whether the transcript expects a line with this text from a command. */
static bool expects(const struct command *c, const char *text)
{
    for (size_t i = 0; i < c->nlines; i++)
        if (strstr(c->lines[i].source, text) != NULL)
            return true;
    return false;
}

/* Fail if a command reports a full disk that the transcript does not expect:
 * the report would be recorded as the output of a program. */
static void expect_room(const struct transcript *t,
                        const struct outcome *outcomes)
{
    const char *full = strerror(ENOSPC);

    for (size_t i = 0; i < t->ncommands; i++)
        if (outcomes[i].output != NULL &&
            strstr(outcomes[i].output, full) != NULL &&
            !expects(&t->commands[i], full))
            errx(EXIT_FAILURE, "%s: %s", t->commands[i].text, full);
}

/* The text of CONSOLE. values gets the values that are known; *matched is
 * whether all output agrees with the transcript. */
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
        warnx("the output is not that of the transcript, so \"make test\" will "
              "fail; correct the program or the transcript:\n%s",
              report);
        match_known(t, t->ncommands, outcomes, values);
    }
    out = text_open(&text, &size);
    for (size_t i = 0; i < t->ncommands; i++) {
        const struct command *c = &t->commands[i];

        if (outcomes[i].output == NULL)
            continue;
        write_command(out, t, c, values, numberings, transcript_fill);
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

/* A line of output as strace shows it in the call that writes it. The caller
 * frees it. */
static char *traced(const char *text)
{
    static const char letters[] = "tnvfr"; /* from \t on */
    char *quoted = NULL;
    size_t size;
    FILE *out = text_open(&quoted, &size);

    putc('"', out);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c >= '\t' && c <= '\r')
            fprintf(out, "\\%c", letters[c - '\t']);
        else if (c >= ' ' && c < 0x7f)
            putc(c, out);
        else if (text[1] >= '0' && text[1] <= '7')
            fprintf(out, "\\%03o", c);
        else
            fprintf(out, "\\%o", c);
    }
    putc('"', out);
    fclose(out);
    return quoted;
}

/* In the trace of a command, rewrite the lines that it wrote to the terminal as
 * the recording shows them, with canonical process IDs and identifiers. */
static void show_lines(char **trace, const struct transcript *t, size_t command,
                       char *const *values, struct numberings *numberings)
{
    for (size_t i = command; i < t->ncommands; i++) {
        const struct command *c = &t->commands[i];

        for (size_t j = 0; c->owner == command && j < c->nlines; j++) {
            char *real = line_text(t, &c->lines[j], values, NULL),
                 *canonical = line_text(t, &c->lines[j], values, numberings);
            char *from = traced(real), *to = traced(canonical), *at;

            if (strcmp(real, canonical) != 0 &&
                (at = strstr(*trace, from)) != NULL) {
                char *new = text_format("%.*s%s%s", (int)(at - *trace), *trace,
                                        to, at + strlen(from));

                free(*trace);
                *trace = new;
            }
            free(real);
            free(canonical);
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
            write_command(out, t, &t->commands[i], values, numberings,
                          session_text);
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

/* Replace the file at path by text, unless it has that text already. Returns as
 * file_replace(). */
static int replace(const char *path, const char *text)
{
    size_t length;
    char *old = file_read(path, &length);
    bool same =
        old != NULL && length == strlen(text) && memcmp(old, text, length) == 0;

    free(old);
    return same ? 0 : file_replace(path, text, strlen(text));
}

int main(int argc, char *argv[])
{
    const char *changed = NULL, *programs = NULL, *sources = NULL, *root = NULL,
               *trace_path;
    struct numberings numberings = numberings_new();
    const char *const *(*tracer)(const char *) = trace_with_places;
    struct outcome *outcomes;
    struct transcript *t;
    char *error, *reason, *parent, *console, *trace, **values;
    bool matched;
    int option, *files;

    while ((option = getopt(argc, argv, "b:c:s:r:")) != -1)
        switch (option) {
        case 'b':
            programs = optarg;
            break;
        case 'c':
            changed = optarg;
            break;
        case 's':
            sources = optarg;
            break;
        case 'r':
            root = optarg;
            break;
        default:
            optind = argc; /* to the usage */
        }
    if (programs == NULL || sources == NULL || root == NULL ||
        argc - optind < 2 || argc - optind > 3)
        errx(2, "usage: record [-c CHANGED] -b PROGRAMS -s SOURCES "
                "-r ROOT TRANSCRIPT CONSOLE [TRACE]");
    if ((t = transcript_read(argv[optind], &error)) == NULL)
        errx(EXIT_FAILURE, "%s", error);

    /* From here on there are directories to remove. SIGPIPE and SIGXFSZ are
     * ignored so that write(2) fails, and the error can be reported. */
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
    sandbox = sandbox_make(*parent == '\0' ? "." : parent, changed, programs,
                           sources);
    if (sandbox == NULL)
        err(EXIT_FAILURE, "cannot make a sandbox in %s with links to %s and %s",
            *parent == '\0' ? "." : parent, programs, sources);
    atexit(at_exit);
    free(parent);

    trace_path = argv[optind + 2];
    if (trace_path == NULL) {
        reason = NULL;
        tracer = NULL;
    } else if ((reason = no_strace("-k")) != NULL) {
        free(reason);
        reason = no_strace("-f");
        tracer = reason == NULL ? trace_without_places : NULL;
    }
    files = make_traces(t->ncommands);
    outcomes = array_grow(NULL, 0, t->ncommands * sizeof *outcomes);
    values = array_grow(NULL, 0, (t->nvariables + 1) * sizeof *values);
    run_all(t, tracer, outcomes);
    console = make_console(t, outcomes, values, &numberings, &matched);
    trace = trace_path == NULL ? NULL
                               : make_trace(t, values, &numberings, matched,
                                            reason, root, programs);
    if (stopped != 0)
        die_of_signal();
    if (!remove_directories())
        return EXIT_FAILURE;
    if (replace(argv[optind + 1], console) == -1)
        err(EXIT_FAILURE, "%s", argv[optind + 1]);
    if (trace_path != NULL && replace(trace_path, trace) == -1) {
        const char *why = strerror(errno);

        unlink(argv[optind + 1]); /* write both files or none */
        errx(EXIT_FAILURE, "%s: %s", trace_path, why);
    }

    for (size_t i = 0; i < t->ncommands; i++) {
        free(outcomes[i].output);
        close(files[i]);
    }
    for (size_t i = 0; i < t->nvariables; i++)
        free(values[i]);
    free(outcomes);
    free(files);
    free(values);
    free(console);
    free(trace);
    free(reason);
    numberings_free(&numberings);
    transcript_free(t);
    return EXIT_SUCCESS;
}
