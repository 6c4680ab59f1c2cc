/* Tests that each exercise can be solved, and that its judge helps.
 *
 * The build has compiled the skeleton, the solution and the wrong solutions of
 * each exercise, without a warning. The judge lets only the solution pass. For
 * wrong/WORD.c it prints each line of wrong/WORD.expect. Passed tests are
 * remembered in build/judged. */
#include "support.h"

#include <errno.h>
#include <glob.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "fault_runs.h"
#include "input_hash.h"
#include "remember.h"
#include "side_by_side.h"

/* Milliseconds for each block of a transcript. A program that ends may need
 * longer than the second on a machine with a slow disk. */
enum { DEADLINE = 60000, DEADLINE_OF_ENDLESS = 8000 };

/* Milliseconds for all blocks and all faults. */
enum { FOR_ALL = 300000 };

#define COPY(text) text_copy((text), strlen(text))

/* A program that is judged. */
static struct judged {
    char *folder;    /* of the exercise */
    char *word;      /* "skeleton", "solution" or "wrong-WORD" */
    char *test;      /* the name of the test */
    char *memory;    /* under which name it is remembered that it passed */
    uint64_t inputs; /* the hash of all that the judge reads */
    bool remembered;
    int status;
    char *said;
} * judged;
static size_t njudged;
static size_t *to_do;
static size_t nto_do;
static char *impossible;

static char *name_of(const char *folder)
{
    char *text = COPY(folder), *name = COPY(basename(text));

    free(text);
    return name;
}

/* Judging. ---------------------------------------------------------------- */

static void add_judged(const char *folder, const char *word, const char *test)
{
    char *name = name_of(folder);

    judged = array_grow(judged, njudged, sizeof *judged);
    judged[njudged++] =
        (struct judged){.folder = text_copy(folder, strlen(folder) - 1),
                        .word = COPY(word),
                        .test = text_format("%s: %s", name, test),
                        .memory = text_format("judged/%s.%s", name, word),
                        .status = -1,
                        .said = COPY("")};
    free(name);
}

static void add_wrong(const char *folder)
{
    char *pattern = text_format("%swrong/*.c", folder);
    glob_t found;

    if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            const char *file = strrchr(found.gl_pathv[i], '/') + 1;
            int length = (int)(strlen(file) - strlen(".c"));
            char *word = text_format("wrong-%.*s", length, file);
            char *test = text_format("wrong/%s fails with its message", file);

            add_judged(folder, word, test);
            free(test);
            free(word);
        }
        globfree(&found);
    }
    free(pattern);
}

/* The file with what the judge must say of a wrong solution. */
static char *expected_of(const struct judged *j)
{
    const char *dash = strchr(j->word, '-');

    return text_format("%s/wrong/%s.expect", j->folder,
                       dash == NULL ? "" : dash + 1);
}

static uint64_t hash_inputs(const struct judged *j)
{
    char *name = name_of(j->folder);
    char *files[] = {
        text_format("build/tests/judge"),
        text_format("build/tests/inject"),
        text_format("build/exercises/%s/%s/%s", name, j->word, name),
        text_format("%s/rules", j->folder),
        expected_of(j),
    };
    char *transcript = text_format("%s/%s.console", j->folder, name);
    uint64_t hash = hash_transcript(hash_judge(), transcript, programs());

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        hash = hash_file(hash, files[i]);
        free(files[i]);
    }
    free(transcript);
    free(name);
    return hash;
}

/* Whether the early deadline is long enough: the program may never end, and the
 * test asserts nothing that comes after this deadline. */
static bool is_endless(const struct judged *j)
{
    char *path = expected_of(j), *text = file_read(path, NULL);
    bool endless = strcmp(j->word, "skeleton") == 0 ||
                   (text != NULL && strstr(text, "in time") != NULL);

    free(text);
    free(path);
    return endless;
}

static void judge(size_t n, const char *scratch, FILE *out)
{
    const struct judged *j = &judged[to_do[n]];
    char *name = name_of(j->folder);
    char *command = text_format(
        "cd \"$ROOT\" && TMPDIR='%s' build/tests/judge -d %d -b \"$BIN\" "
        "%s build/exercises/%s/%s/%s",
        scratch, is_endless(j) ? DEADLINE_OF_ENDLESS : DEADLINE, j->folder,
        name, j->word, name);
    struct job job = shell_start(scratch, command);
    struct ended ended;

    job.deadline = FOR_ALL;
    ended = shell_end(&job);
    char *all = text_format("%s%s", ended.err, ended.out), *rest = all, *line;

    while ((line = strsep(&rest, "\n")) != NULL)
        fprintf(out, "%zu\t%d\t%s\n", to_do[n], ended.status, line);
    free(all);
    ended_free(&ended);
    free(command);
    free(name);
}

static void take(char *line)
{
    struct judged *j = &judged[strtoul(line, &line, 10)];
    char *longer;

    j->status = (int)strtol(line, &line, 10);
    longer = text_format("%s%s\n", j->said, line + 1);
    free(j->said);
    j->said = longer;
}

/* Before the tests. */
static int judge_all(void **state)
{
    if ((impossible = fault_runs_impossible()) != NULL)
        return 0;
    for (size_t i = 0; i < njudged; i++) {
        struct judged *j = &judged[i];

        j->inputs = hash_inputs(j);
        j->remembered = is_remembered(j->memory, j->inputs);
        if (is_selected(j->test) && !j->remembered) {
            to_do = array_grow(to_do, nto_do, sizeof *to_do);
            to_do[nto_do++] = i;
        }
    }
    side_by_side("exercises", nto_do, judge, take);
    free(to_do);
    return 0;
}

/* Each line of the file must be in what the judge said. */
static void assert_said(const struct judged *j, const char *path)
{
    char *text = get_file(".", path), *rest = text, *line;
    bool any = false;

    if (text == NULL)
        fail_msg("%s:1: there is no such file: write what the judge must say",
                 path);
    while ((line = strsep(&rest, "\n")) != NULL)
        if (*line != '\0') {
            any = true;
            if (strstr(j->said, line) == NULL) {
                show(j->said);
                fail_msg("%s: \"%s\" is not in this", path, line);
            }
        }
    if (!any)
        fail_msg("%s:1: write what the judge must say", path);
    free(text);
}

static void is_judged_rightly(void **state)
{
    const struct judged *j = *state;
    bool right = strcmp(j->word, "solution") == 0;

    if (impossible != NULL)
        SKIP(impossible);
    if (j->remembered)
        return;
    if (j->status != !right) {
        show(j->said);
        fail_msg("%s, %s: the judge ended with status %d", j->folder, j->word,
                 j->status);
    }
    if (text_begins(j->word, "wrong-")) {
        char *path = expected_of(j);

        assert_said(j, path);
        free(path);
    }
    remember(j->memory, j->inputs);
}

/* The files of an exercise. ----------------------------------------------- */

static void has_a_title_and_hints_in_each_language(void **state)
{
    static const char *const languages[] = {"en", "ko"};
    const char *folder = *state;
    size_t hints[2];

    for (int i = 0; i < 2; i++) {
        char *path = text_format("%s%s.md", folder, languages[i]);
        char *text = get_file(".", path);

        if (text == NULL)
            fail_msg("%s:1: the text is missing: write it", path);
        if (!text_begins(text, "# "))
            fail_msg("%s:1: the first line is not \"# Title\"", path);
        hints[i] = occurrences(text, "\n::: hint\n");
        if (hints[i] < 2)
            fail_msg("%s: %zu hints: write at least two boxes \"::: hint\"",
                     path, hints[i]);
        free(text);
        free(path);
    }
    if (hints[0] != hints[1])
        fail_msg("%s: %zu hints in English, %zu in Korean", folder, hints[0],
                 hints[1]);
}

static void has_three_wrong_solutions(void **state)
{
    const char *folder = *state;
    size_t n = 0;

    for (size_t i = 0; i < njudged; i++)
        n += text_begins(judged[i].word, "wrong-") &&
             strncmp(judged[i].folder, folder, strlen(folder) - 1) == 0 &&
             strlen(judged[i].folder) == strlen(folder) - 1;
    if (n < 3)
        fail_msg("%swrong: %zu wrong solutions: write at least three", folder,
                 n);
}

int main(void)
{
    struct tests tests = {0};
    glob_t folders; /* with a "/" at the end */
    int result;

    glob("chapters/*/exercises/*/", 0, NULL, &folders);
    for (size_t i = 0; i < folders.gl_pathc; i++) {
        char *folder = folders.gl_pathv[i], *name = name_of(folder);

        add_test(&tests, has_a_title_and_hints_in_each_language, folder,
                 "%s: has a title and hints in each language", name);
        add_test(&tests, has_three_wrong_solutions, folder,
                 "%s: has three wrong solutions", name);
        add_judged(folder, "skeleton", "the skeleton fails");
        add_judged(folder, "solution", "the solution passes");
        add_wrong(folder);
        free(name);
    }
    for (size_t i = 0; i < njudged; i++)
        add_test(&tests, is_judged_rightly, &judged[i], "%s", judged[i].test);
    result = run_all("exercises", &tests, judge_all, NULL);
    for (size_t i = 0; i < njudged; i++) {
        free(judged[i].folder);
        free(judged[i].word);
        free(judged[i].test);
        free(judged[i].memory);
        free(judged[i].said);
    }
    free(judged);
    free(impossible);
    globfree(&folders);
    return result;
}
