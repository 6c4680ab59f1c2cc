/* Tests the form of each program of the book: its source has what the pages and
 * a reader need, it is a static executable, and it answers arguments that it
 * does not take with its usage.
 *
 * What the programs print is for test_transcripts.c, how they fail for
 * test_faults.c and test_hostile.c. */
#include "support.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/file.h"
#include "../common/memory.h"

static char *bytes; /* of the file under test */

static int forget(void **state)
{
    free(bytes);
    bytes = NULL;
    return 0;
}

/* The name of the program with this source; the caller frees it. */
static char *program_of(const char *source)
{
    const char *name = strrchr(source, '/') + 1;

    return text_copy(name, strlen(name) - strlen(".c"));
}

static bool takes_arguments(const char *source)
{
    char *text = file_read(source, NULL);
    bool takes = text == NULL || strstr(text, "\nint main(void)\n") == NULL;

    free(text);
    return takes;
}

/* The first comment of the source names the program, tells its purpose and its
 * usage. No line is longer than 80 bytes. There is an anchor, a comment that
 * begins with a lower-case word and a colon, and each anchor is one line. */
static void source_has_the_form_of_the_book(void **state)
{
    const char *source = *state;
    char *name = program_of(source), *rest, *line;
    char *head = text_format("/* %s - ", name);
    char *usage = text_format("\n *\n * Usage: %s ", name);
    int number = 0, anchors = 0;

    rest = bytes = file_read(source, NULL);
    assert_non_null(bytes);
    if (!text_begins(bytes, head))
        fail_msg("%s:1: does not begin with \"%s\"", source, head);
    if (takes_arguments(source))
        assert_contains(bytes, usage);
    while ((line = strsep(&rest, "\n")) != NULL) {
        const char *text = line + strspn(line, " ");
        size_t word;

        number++;
        if (strlen(line) > 80)
            fail_msg("%s:%d: more than 80 bytes", source, number);
        if (!text_begins(text, "/* "))
            continue;
        word = strspn(text + 3, "abcdefghijklmnopqrstuvwxyz");
        if (word == 0 || text[3 + word] != ':')
            continue;
        anchors++;
        if (strcmp(line + strlen(line) - 2, "*/") != 0)
            fail_msg("%s:%d: an anchor is longer than one line", source,
                     number);
    }
    if (anchors == 0)
        fail_msg("%s: has no anchor", source);
    free(name);
    free(head);
    free(usage);
}

/* Whether the usage of a program begins with an argument that may be left out,
 * as in "Usage: twice [line]". */
static bool needs_no_argument(const char *source, const char *name)
{
    char *text = file_read(source, NULL);
    char *usage = text_format("\n * Usage: %s [", name);
    bool found = text != NULL && strstr(text, usage) != NULL;

    free(usage);
    free(text);
    return found;
}

/* Too many arguments, or none where one is needed. */
static void answers_wrong_arguments_with_its_usage(void **state)
{
    char *name = program_of(*state), *directory = scratch_make();
    struct ended ended =
        shell(directory, "\"$BIN/%s\" %s", name,
              needs_no_argument(*state, name) ? "--no --such --arguments --here"
                                              : "");
    char *usage = text_format("%s: usage: ", name);

    assert_string_equal(ended.out, "");
    if (!text_begins(ended.err, usage) || ended.status != 2)
        fail_msg("%s: status %d, standard error: %s", name, ended.status,
                 ended.err);
    assert_ptr_equal(strchr(ended.err, '\n'),
                     ended.err + strlen(ended.err) - 1); /* one line */
    ended_free(&ended);
    free(usage);
    free(name);
    scratch_remove(directory);
}

/* A static program runs on any Linux of its architecture. */
static void is_static(void **state)
{
    char *name = program_of(*state);
    struct ended ended = shell(".", "readelf -dlW \"$BIN/%s\"", name);

    if (ended.status != 0)
        fail_msg("%s", ended.err);
    if (strstr(ended.out, "INTERP") != NULL)
        fail_msg("%s needs a loader (PT_INTERP)", name);
    if (strstr(ended.out, "(NEEDED)") != NULL)
        fail_msg("%s needs a shared library (DT_NEEDED)", name);
    ended_free(&ended);
    free(name);
}

int main(void)
{
    struct tests tests = {.teardown = forget};
    glob_t sources;
    int result;

    if (glob("chapters/*/*.c", 0, NULL, &sources) == 0)
        for (size_t i = 0; i < sources.gl_pathc; i++) {
            char *source = sources.gl_pathv[i];

            add_test(&tests, source_has_the_form_of_the_book, source,
                     "%s has the form of the book", source);
            if (takes_arguments(source))
                add_test(&tests, answers_wrong_arguments_with_its_usage, source,
                         "%s answers wrong arguments with its usage", source);
            add_test(&tests, is_static, source, "%s becomes a static program",
                     source);
        }
    result = run_all("programs", &tests, NULL, NULL);
    globfree(&sources);
    return result;
}
