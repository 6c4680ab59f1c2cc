/* draw - draw the pictures of a recording from its system calls.
 *
 * Usage: draw [-f FORM] [-s STYLES] [-p PICTURE] LANGUAGE TRANSCRIPT TRACE OUT
 *
 * LANGUAGE is ko or en. TRACE is what record wrote for the commands of
 * TRANSCRIPT. For each picture, OUT ("-" for standard output) gets a line
 * "== NAME", an svg element, and the same in words, a line for each row (see
 * course.h and ends.h). A TRACE of only "# REASON" is copied. The names are:
 *
 *   course              the first command that runs a program of the book
 *   course-RUN          the same for command number RUN of those
 *   ends-[RUN-]MOMENT   who holds which end of the pipes at this moment
 *   whole               all commands, if there are several
 *
 * -f  write the pictures in this form: plain (the default), page, single, epub,
 *     print or file; picture.h describes them
 * -s  the style sheet for the forms print and file, which have style attributes
 * -p  write only the svg element of the picture with this name
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../common/file.h"
#include "../../common/memory.h"
#include "../../common/session.h"
#include "../../common/transcript.h"
#include "course.h"
#include "ends.h"
#include "picture.h"
#include "strace.h"

/* What is typed, with variables as they are written. The caller frees it. */
static char *text_of(const struct transcript *transcript,
                     const struct command *command)
{
    char **names =
             array_grow(NULL, 0, (transcript->nvariables + 1) * sizeof *names),
         *text;

    for (size_t i = 0; i < transcript->nvariables; i++)
        names[i] = text_format("{{%s}}", transcript->variables[i].name);
    text = session_text(command, names);
    for (size_t i = 0; i < transcript->nvariables; i++)
        free(names[i]);
    free(names);
    return text;
}

/* The typed lines of a transcript, in order, and their number in *n. The caller
 * frees the array and the text of each. */
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
            break; /* the trace is not complete */
        if (command->kind == COMMAND_RUN)
            traced[i] = next++;
        typed = array_grow(typed, *n, sizeof *typed);
        typed[(*n)++] = (struct typed){
            command->terminal,
            command->kind == COMMAND_RUN
                ? text_format("%s", strace->commands[traced[i]].command)
                : text_of(transcript, command),
            traced[command->owner], command->kind != COMMAND_RUN,
            command->kind == COMMAND_CLOSE};
    }
    free(traced);
    return typed;
}

static bool runs_ours(const struct traced_command *command)
{
    for (size_t i = 0; i < command->ncalls; i++)
        if (call_runs_ours(&command->calls[i]))
            return true;
    return false;
}

/* Add all pictures of a trace; path is its name in messages. */
static void draw(struct pictures *pictures, const struct strace *strace,
                 const struct transcript *transcript, const char *path,
                 enum language language)
{
    size_t n, run = 0;
    struct typed *typed = typed_of(transcript, strace, &n);
    struct story *story = story_tell(strace, typed, n);

    if (story->as_traced)
        warnx("%s: no order of events explains the trace; the pictures have "
              "the order of the trace",
              path);
    for (size_t i = 0; i < strace->ncommands; i++)
        if (runs_ours(&strace->commands[i])) {
            run++;
            course_draw(pictures,
                        run == 1 ? text_copy("course", 6)
                                 : text_format("course-%zu", run),
                        story, i, language);
            ends_draw(pictures, strace, i, story, run, language);
        }
    if (strace->ncommands > 1)
        course_draw(pictures, text_copy("whole", 5), story, NOBODY, language);
    story_free(story);
    for (size_t i = 0; i < n; i++)
        free((char *)typed[i].text);
    free(typed);
}

static void write_all(FILE *out, const struct pictures *pictures,
                      const struct picture_form *form, const char *styles)
{
    for (size_t i = 0; i < pictures->n; i++) {
        fprintf(out, "== %s\n", pictures->list[i].name);
        picture_write(out, &pictures->list[i], form, styles);
        fputs(pictures->list[i].words, out);
    }
}

/* Write the picture with this name, or end the process with the names that the
 * trace at path has. */
static void write_one(FILE *out, const struct pictures *pictures,
                      const char *name, const struct picture_form *form,
                      const char *styles, const char *path)
{
    char *names = text_copy("", 0);

    for (size_t i = 0; i < pictures->n; i++) {
        char *more = text_format("%s %s", names, pictures->list[i].name);

        free(names);
        names = more;
        if (strcmp(pictures->list[i].name, name) == 0) {
            picture_write(out, &pictures->list[i], form, styles);
            free(names);
            return;
        }
    }
    errx(EXIT_FAILURE, "%s has no picture \"%s\", but:%s", path, name, names);
}

static char *read_or_fail(const char *path)
{
    char *text = file_read(path, NULL);

    if (text == NULL)
        err(EXIT_FAILURE, "%s", path);
    return text;
}

int main(int argc, char *argv[])
{
    const struct picture_form *form = picture_form("plain");
    struct pictures pictures = {0};
    const char *name = NULL;
    enum language language;
    struct transcript *transcript;
    struct strace *strace;
    char *error, *trace, *styles = NULL, *text = NULL;
    size_t size;
    FILE *out;
    int option;

    while ((option = getopt(argc, argv, "f:s:p:")) != -1)
        if (option == 'f')
            form = picture_form(optarg);
        else if (option == 's')
            styles = read_or_fail(optarg);
        else if (option == 'p')
            name = optarg;
        else
            form = NULL;
    argv += optind;
    if (form == NULL || (form->styled && styles == NULL) ||
        argc - optind != 4 || !language_named(argv[0], &language))
        errx(2, "usage: draw [-f plain|page|single|epub|print|file] "
                "[-s STYLES, needed for print and file] [-p PICTURE] "
                "ko|en TRANSCRIPT TRACE OUT");
    pictures.paper = form->paper;
    if ((transcript = transcript_read(argv[1], &error)) == NULL)
        errx(EXIT_FAILURE, "%s", error);
    trace = read_or_fail(argv[2]);
    if ((strace = strace_parse(argv[2], trace, &error)) == NULL)
        errx(EXIT_FAILURE, "%s", error);
    if (strace->reason != NULL && name != NULL)
        errx(EXIT_FAILURE, "%s: no pictures: %s", argv[2], strace->reason);
    out = text_open(&text, &size);
    if (strace->reason != NULL)
        fprintf(out, "# %s\n", strace->reason);
    else
        draw(&pictures, strace, transcript, argv[2], language);
    if (name == NULL)
        write_all(out, &pictures, form, styles);
    else
        write_one(out, &pictures, name, form, styles, argv[2]);
    fclose(out);
    if (file_replace(argv[3], text, size) == -1)
        err(EXIT_FAILURE, "%s", argv[3]);
    pictures_free(&pictures);
    free(text);
    free(trace);
    free(styles);
    strace_free(strace);
    transcript_free(transcript);
    return EXIT_SUCCESS;
}
