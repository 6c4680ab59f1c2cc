/* Fuzzes the reader of traces and the pictures: any input gives a message or
 * pictures that are well-formed XML. See "make fuzz". */
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

/* Type all commands, then a line for each, then the end of input for each. The
 * caller frees the array. */
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

/* Check that the picture is well-formed XML. */
static void check(const char *text)
{
    xmlDoc *svg = xmlReadMemory(text, (int)strlen(text), "svg", NULL,
                                XML_PARSE_NONET | XML_PARSE_HUGE);

    if (svg == NULL)
        abort();
    xmlFreeDoc(svg);
}

static void check_all(const struct pictures *pictures)
{
    static const char *const forms[] = {"plain", "page", "print"};

    for (size_t i = 0; i < pictures->n; i++)
        for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
            size_t size;
            char *text = NULL;
            FILE *out = text_open(&text, &size);

            picture_write(out, &pictures->list[i], picture_form(forms[f]), "");
            fclose(out);
            check(text);
            free(text);
        }
}

static void draw(const struct strace *strace, enum language language)
{
    size_t n;
    struct pictures pictures = {0};
    struct typed *typed = type(strace, &n);
    struct story *story = story_tell(strace, typed, n);

    for (size_t i = 0; i < strace->ncommands; i++) {
        course_draw(&pictures, text_copy("", 0), story, i, language);
        ends_draw(&pictures, strace, i, story, 1, language);
    }
    course_draw(&pictures, text_copy("", 0), story, NOBODY, language);
    check_all(&pictures);
    pictures_free(&pictures);
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
