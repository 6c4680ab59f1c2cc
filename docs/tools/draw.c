/* draw - the pictures of a recording: what the kernel did, as strace saw it.
 *
 * Usage: draw LANGUAGE TRANSCRIPT TRACE PICTURES
 *
 * LANGUAGE is ko or en. TRACE is what record kept of the commands of
 * TRANSCRIPT. PICTURES gets, for each picture, a line "== NAME", an SVG element
 * and the same in words, a line for each row (see course.h and ends.h). The
 * names: "course", the first command that runs a program of the book; "whole",
 * all commands, if there are several; "ends-MOMENT", who holds which end of the
 * pipes then. A TRACE that is only "# REASON" is copied.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/file.h"
#include "../../common/memory.h"
#include "../../common/transcript.h"
#include "course.h"
#include "ends.h"
#include "strace.h"

/* What was typed, in order; *n is how much. */
static struct typed *typed_of(const struct transcript *transcript,
                              const struct strace *strace, size_t *n)
{
    struct typed *typed = NULL;
    size_t *traced =
        array_grow(NULL, 0, (transcript->ncommands + 1) * sizeof *traced);
    size_t next = 0;

    *n = 0;
    for (size_t i = 0; i < transcript->ncommands; i++) {
        const struct command *command = &transcript->commands[i];

        if (command->kind == COMMAND_LOOK)
            continue;
        if (command->kind == COMMAND_RUN && next == strace->ncommands)
            break; /* the trace has been cut off */
        if (command->kind == COMMAND_RUN)
            traced[i] = next++;
        typed = array_grow(typed, *n, sizeof *typed);
        typed[(*n)++] = (struct typed){
            command->terminal,
            command->kind == COMMAND_CLOSE ? "^D"
            : command->kind == COMMAND_TYPE
                ? command->text
                : strace->commands[traced[i]].command,
            traced[command->owner], command->kind != COMMAND_RUN};
    }
    free(traced);
    return typed;
}

static bool runs_ours(const struct traced *command)
{
    for (size_t i = 0; i < command->ncalls; i++)
        if (call_runs_ours(&command->calls[i]))
            return true;
    return false;
}

/* The course of a run (from 1) of a command, or of all if run is 0. */
static void draw_course(FILE *out, const struct story *story, size_t run,
                        size_t command, enum language language)
{
    char *text = NULL;
    size_t size;
    FILE *picture = text_open(&text, &size);

    if (course_draw(picture, story, command, language) > 0) {
        if (run == 0)
            fprintf(out, "== whole\n%s", text);
        else if (run == 1)
            fprintf(out, "== course\n%s", text);
        else
            fprintf(out, "== course-%zu\n%s", run, text);
    }
    fclose(picture);
    free(text);
}

static void draw(FILE *out, const struct strace *strace,
                 const struct transcript *transcript, const char *path,
                 enum language language)
{
    size_t n, run = 0;
    struct typed *typed = typed_of(transcript, strace, &n);
    struct story *story = story_tell(strace, typed, n);

    if (story->as_traced)
        warnx("%s: no order of events explains what was traced; the pictures "
              "have that of the trace",
              path);
    for (size_t i = 0; i < strace->ncommands; i++)
        if (runs_ours(&strace->commands[i])) {
            draw_course(out, story, ++run, i, language);
            ends_draw(out, strace, i, story, run, language);
        }
    if (strace->ncommands > 1)
        draw_course(out, story, 0, NOBODY, language);
    story_free(story);
    free(typed);
}

int main(int argc, char *argv[])
{
    enum language language;
    struct transcript *transcript;
    struct strace *strace;
    char *error, *trace, *text = NULL;
    size_t size;
    FILE *out;

    if (argc != 5 || !language_named(argv[1], &language))
        errx(2, "usage: draw ko|en TRANSCRIPT TRACE PICTURES");
    if ((transcript = transcript_read(argv[2], &error)) == NULL)
        errx(EXIT_FAILURE, "%s", error);
    if ((trace = file_read(argv[3], NULL)) == NULL)
        err(EXIT_FAILURE, "%s", argv[3]);
    if ((strace = strace_parse(argv[3], trace, &error)) == NULL)
        errx(EXIT_FAILURE, "%s", error);
    out = text_open(&text, &size);
    if (strace->reason != NULL)
        fprintf(out, "# %s\n", strace->reason);
    else
        draw(out, strace, transcript, argv[3], language);
    fclose(out);
    if (file_replace(argv[4], text, size) == -1)
        err(EXIT_FAILURE, "%s", argv[4]);
    free(text);
    free(trace);
    strace_free(strace);
    transcript_free(transcript);
    return EXIT_SUCCESS;
}
