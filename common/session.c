#include "session.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "leftover.h"
#include "memory.h"
#include "sandbox.h"

/* A command that was started. */
struct stage {
    struct program *program; /* or NULL */
    size_t taken;            /* bytes of its output in the outcomes */
};

struct execution {
    const struct session *session;
    const struct transcript *transcript;
    struct outcome *outcomes;
    struct stage *stages;
};

/* Returns "PATH:LINE: $ COMMAND: WHAT" followed by detail; the caller frees it.
 */
static char *complaint(const struct execution *p, const struct command *c,
                       const char *what, const char *detail)
{
    char *line = transcript_line(c, c->text);
    char *text = text_format("%s:%d: %s: %s%s", p->transcript->path, c->number,
                             line, what, detail);

    free(line);
    return text;
}

/* The last 20 lines of an output and the text after its last newline, as a
 * transcript would expect them. The caller frees it. */
static char *last_lines(const char *output)
{
    size_t length = strlen(output), lines = 0, size;
    char *text = NULL;
    FILE *out = text_open(&text, &size);

    while (length > 0 && lines <= 20)
        lines += output[--length] == '\n';
    output += length + (lines > 20);
    while (*output != '\0') {
        char *line = transcript_quote(output);

        fprintf(out, "%s\n", line);
        free(line);
        output += strcspn(output, "\n");
        output += *output == '\n';
    }
    fclose(out);
    return text;
}

char *session_text(const struct command *command, char *const *values)
{
    char *text = text_copy("", 0);

    for (size_t i = 0; i < command->nsegments; i++) {
        const struct segment *s = &command->segments[i];
        char *longer = text_format(
            "%s%s", text, s->text == NULL ? values[s->variable] : s->text);

        free(text);
        text = longer;
    }
    return text;
}

static void free_values(const struct transcript *t, char **values)
{
    for (size_t i = 0; i < t->nvariables; i++)
        free(values[i]);
    free(values);
}

/* A variable of the command that has no value, or the number of variables. */
static size_t without_value(const struct transcript *t,
                            const struct command *command, char *const *values)
{
    for (size_t i = 0; i < command->nsegments; i++)
        if (command->segments[i].text == NULL &&
            values[command->segments[i].variable] == NULL)
            return command->segments[i].variable;
    return t->nvariables;
}

/* The text of command i with the values from the outcomes before it, or NULL
 * with *error set. */
static char *text_now(const struct execution *p, size_t i, char **error)
{
    const struct transcript *t = p->transcript;
    const struct command *c = &t->commands[i];
    char **values = array_grow(NULL, 0, (t->nvariables + 1) * sizeof *values);
    char *text = NULL;
    size_t missing;

    match_known(t, i, p->outcomes, values);
    missing = without_value(t, c, values);
    if (missing == t->nvariables)
        text = session_text(c, values);
    else
        *error = complaint(p, c, "there is no value for ",
                           t->variables[missing].name);
    free_values(t, values);
    return text;
}

static bool is_typed_for(const struct transcript *t, size_t command)
{
    for (size_t i = command; i < t->ncommands; i++)
        if (t->commands[i].owner == command &&
            (t->commands[i].kind == COMMAND_TYPE ||
             t->commands[i].kind == COMMAND_CLOSE))
            return true;
    return false;
}

/* Start command i. Returns NULL, or a message why that failed. */
static char *start(struct execution *p, size_t i, const char *text)
{
    const struct session *how = p->session;
    const char *const *tracer = how->tracer == NULL ? NULL : how->tracer(text);
    const char **argv = NULL, *hint = "";
    size_t n = 0;
    char *trace = text_format("%s/%zu", tracer == NULL ? "" : how->traces, i),
         *error = NULL;

#define ADD(word) (argv = array_grow(argv, n, sizeof *argv), argv[n++] = (word))
    for (size_t w = 0; tracer != NULL && tracer[w] != NULL; w++)
        ADD(tracer[w]);
    if (tracer != NULL)
        ADD(trace);
    ADD("/bin/sh");
    ADD("-c");
    ADD(text);
    ADD(NULL);
#undef ADD
    struct run run = {how->mode, how->directory, argv, how->deadline,
                      how->stop};

    p->stages[i].program = run_start(&run, is_typed_for(p->transcript, i));
    if (p->stages[i].program == NULL) {
        if (how->mode == RUN_TERMINAL &&
            (errno == ENODEV || errno == ENOENT || errno == EIO))
            hint = " (there is no pseudo-terminal; is devpts mounted on "
                   "/dev/pts, as \"mount -t devpts devpts /dev/pts\" does?)";
        error =
            complaint(p, &p->transcript->commands[i], strerror(errno), hint);
    }
    free(argv);
    free(trace);
    return error;
}

/* The name of the process that a command left. A command that a signal ended
 * could not wait for it, so the signal is the reason; the caller frees it. */
static char *what_was_left(const struct run_result *result)
{
    if (result->status <= 128 || result->status >= 128 + NSIG)
        return text_copy(result->left, strlen(result->left));
    return text_format(
        "%s (the command ended with status %d, as after the signal: %s)",
        result->left, result->status, strsignal(result->status - 128));
}

/* What is wrong with the outcome of a command, or NULL. */
static char *judge(const struct execution *p, const struct command *c,
                   const struct run_result *result, const char *output)
{
    char *what, *last, *error;

    if (result->error != 0)
        return complaint(
            p, c, "its output cannot be read: ", strerror(result->error));
    if (result->reason != NULL) {
        what = text_format(
            "%s (it had %g s)%s%s; %s", result->reason,
            p->session->deadline / 1000.0,
            result->left[0] == '\0' ? "" : ", and left a process behind: ",
            result->left,
            output[0] == '\0' ? "it printed nothing in that time"
                              : "the last that it printed:\n");
        last = last_lines(output);
        error = complaint(p, c, what, last);
        free(last);
        free(what);
        return error;
    }
    if (result->left[0] != '\0') {
        what = what_was_left(result);
        error = complaint(p, c, "left a process behind: ", what);
        free(what);
        return error;
    }
    if (strlen(result->output) != result->length)
        return complaint(p, c, "printed a null byte",
                         ", which no page can show: print it through od(1)");
    return NULL;
}

/* Start, type or look as block i says, and wait until it is complete. Returns
 * NULL, or a message. */
static char *perform(struct execution *p, size_t i)
{
    const struct command *c = &p->transcript->commands[i];
    struct stage *stage = &p->stages[c->owner];
    const struct run_result *result;
    char *error = NULL, *text;

    if (c->kind != COMMAND_RUN && stage->program == NULL)
        return NULL; /* it ended too early: match_transcript() reports that */
    if ((text = text_now(p, i, &error)) == NULL)
        return error;
    if (c->kind == COMMAND_RUN)
        error = start(p, i, text);
    else if (c->kind != COMMAND_LOOK &&
             run_type(stage->program, c->kind == COMMAND_TYPE ? text : NULL) ==
                 -1)
        error = complaint(p, c, "cannot be typed: ", strerror(errno));
    free(text);
    if (error != NULL)
        return error;

    result = run_follow(stage->program, stage->taken,
                        c->status == STATUS_WAITS ? (long)c->nlines : -1);
    p->outcomes[i].output =
        text_copy(result->output + stage->taken, result->length - stage->taken);
    p->outcomes[i].status = result->ended ? result->status : STATUS_WAITS;
    stage->taken = result->length;
    error = judge(p, c, result, p->outcomes[i].output);
    if (result->ended) {
        run_end(stage->program, NULL);
        stage->program = NULL;
    }
    return error;
}

/* How the first n outcomes differ from the transcript, or NULL. */
static char *difference(const struct execution *p, size_t n)
{
    const struct transcript *t = p->transcript;
    char **values = array_grow(NULL, 0, (t->nvariables + 1) * sizeof *values);
    char *report = match_first(t, n, p->outcomes, values);

    free_values(t, values);
    return report;
}

/* The error, followed by how the n outcomes before it differ: that may be its
 * cause. */
static char *explain(const struct execution *p, size_t n, char *error)
{
    char *report = difference(p, n), *whole;

    if (report == NULL)
        return error;
    whole = text_format("%s%sbefore that:\n%s", error,
                        error[strlen(error) - 1] == '\n' ? "" : "\n", report);
    free(error);
    free(report);
    return whole;
}

/* The message that an object was left; NULL if an outcome differs, as that may
 * be the reason, and match_transcript() reports it. */
static char *complain_of(const struct execution *p, const char *object)
{
    char *report = difference(p, p->transcript->ncommands);

    if (report == NULL)
        return text_format("%s: %s was left behind", p->transcript->path,
                           object);
    free(report);
    return NULL;
}

char *session_run(const struct session *session,
                  const struct transcript *transcript, struct outcome *outcomes)
{
    size_t n = transcript->ncommands, done = 0;
    struct execution execution = {session, transcript, outcomes, NULL};
    char *error = NULL, *object, *written, **before = leftover_before();

    execution.stages = array_grow(NULL, 0, (n + 1) * sizeof *execution.stages);
    memset(outcomes, 0, n * sizeof *outcomes);
    while (error == NULL && done < n)
        error = perform(&execution, done++);
    for (size_t i = 0; i < n; i++)
        if (execution.stages[i].program != NULL)
            run_end(execution.stages[i].program, NULL);
    object = leftover_remove(transcript, done, outcomes, before);
    written = sandbox_written(session->directory);
    if (written != NULL) {
        free(error);
        error = text_format(
            "%s: %s was written to meanwhile. If a command did so through the "
            "link of that name, let it write to a name that no program and no "
            "C file has, and restore the C file or remove the program; if not, "
            "run this again",
            transcript->path, written);
        free(written);
    } else if (error != NULL)
        error = explain(&execution, done - 1, error);
    else if (object != NULL)
        error = complain_of(&execution, object);
    free(object);
    free(execution.stages);
    return error;
}

char *session_compare(const struct session *session, const struct transcript *t)
{
    struct outcome *outcomes =
        array_grow(NULL, 0, (t->ncommands + 1) * sizeof *outcomes);
    char **values = array_grow(NULL, 0, (t->nvariables + 1) * sizeof *values);
    char *message = session_run(session, t, outcomes);

    if (message == NULL)
        message = match_transcript(t, outcomes, values);
    for (size_t i = 0; i < t->ncommands; i++)
        free(outcomes[i].output);
    free(outcomes);
    free_values(t, values);
    return message;
}
