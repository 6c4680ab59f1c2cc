/* What libFuzzer feeds to the reader of traces and to the pictures: any bytes
 * may give a message or pictures, but nothing worse. See "make fuzz". */
#include <err.h>
#include <libxml/parser.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/memory.h"
#include "../../docs/tools/course.h"
#include "../../docs/tools/ends.h"
#include "../../docs/tools/story.h"
#include "../../docs/tools/strace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The commands one after the other, each with a line and an end of file. */
static struct typed *type(const struct strace *strace, size_t *n)
{
    struct typed *typed = NULL;

    *n = 0;
    for (int turn = 0; turn < 3; turn++)
        for (size_t i = 0; i < strace->ncommands; i++) {
            const char *const text[] = {strace->commands[i].command, "x", "^D"};

            typed = array_grow(typed, *n, sizeof *typed);
            typed[(*n)++] = (struct typed){strace->commands[i].terminal,
                                           text[turn], i, turn > 0};
        }
    return typed;
}

/* The picture at text is well-formed XML. Returns what follows it. */
static const char *check(const char *text)
{
    static const char end[] = "</svg>\n";
    const char *rest = strstr(text, end);
    xmlDoc *svg;

    if (strncmp(text, "<svg ", 5) != 0 || rest == NULL)
        abort();
    rest += strlen(end);
    svg = xmlReadMemory(text, (int)(rest - text), "svg", NULL,
                        XML_PARSE_NONET | XML_PARSE_HUGE);
    if (svg == NULL)
        abort();
    xmlFreeDoc(svg);
    return rest;
}

static void draw_course(const struct story *story, size_t command,
                        enum language language)
{
    size_t size, rows;
    char *text = NULL;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        err(EXIT_FAILURE, "open_memstream");
    rows = course_draw(out, story, command, language);
    fclose(out);
    if (rows > 0)
        check(text);
    free(text);
}

static void draw_ends(const struct strace *strace, size_t command,
                      const struct story *story, enum language language)
{
    size_t size;
    char *text = NULL;
    const char *rest;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        err(EXIT_FAILURE, "open_memstream");
    ends_draw(out, strace, command, story, 1, language);
    fclose(out);
    for (rest = text; *rest != '\0'; rest = strchr(rest, '\n') + 1)
        if (strncmp(rest, "== ", 3) == 0)
            rest = check(strchr(rest, '\n') + 1);
    free(text);
}

static void draw(const struct strace *strace, enum language language)
{
    size_t n;
    struct typed *typed = type(strace, &n);
    struct story *story = story_tell(strace, typed, n);

    for (size_t i = 0; i < strace->ncommands; i++) {
        draw_course(story, i, language);
        draw_ends(strace, i, story, language);
    }
    draw_course(story, NOBODY, language);
    story_free(story);
    free(typed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = text_copy((const char *)data, size), *error = NULL;
    struct strace *strace = strace_parse("trace", text, &error);

    if (strace == NULL && strncmp(error, "trace:", 6) != 0)
        abort();
    for (enum language l = KOREAN; strace != NULL && l <= ENGLISH; l++)
        draw(strace, l);
    strace_free(strace);
    free(error);
    free(text);
    return 0;
}
