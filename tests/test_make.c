/* Proves that make makes what has changed, and nothing else: in a copy of the
 * built book, whose files are as old as the originals, a file is changed, and
 * after make exactly the files that depend on it are new. And that the chapter
 * of the contributor's guide is one: it is made, and its tests pass. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "pages.h"
#include "support.h"

/* The copy. make believes to be where the original is, for build/compiler names
 * the directory; and it is not the make that runs this test. */
static const char COPY[] =
    "cp -a GNUmakefile book.md chapters common docs tests \"$COPY\" && "
    "mkdir \"$COPY\"/build && for part in build/*; do "
    "[ \"$part\" = build/tests ] || cp -a \"$part\" \"$COPY\"/build || exit; "
    "done";
static const char MAKE[] =
    "cd \"$COPY\" && touch before && sleep .05 && %s && "
    "unset MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES && "
    "export SOURCE_DATE_EPOCH=$(cat build/work/date) && "
    "make -j2 CURDIR=\"$ROOT\" %s > log 2>&1 || { cat log; exit 1; } && "
    "find build -type f -newer before | sort";

/* A change, as a shell command; the files that it makes new. */
static const struct change {
    const char *sentence, *command, *goal, *made;
} changes[] = {
    {"make with nothing to do makes nothing", "true", "all", ""},
    {"a changed text makes its page, and records nothing",
     "echo more >> chapters/pipe/en.md", "html",
     "build/book/en/pipe.html\n"
     "build/book/en/search-index.js\n"
     "build/work/en/pipe.entries\n"},
    {"a changed text is set anew, and records nothing",
     "echo more >> chapters/pipe/ko.md", "build/work/ko/print.html",
     "build/work/ko/print.html\n"},
    {"a changed program makes its own recordings and pictures",
     "sed -i s/10000/10001/ chapters/pipe/two-pipes.c", "html",
     "build/bin/two-pipes\n"
     "build/book/en/pipe.html\n"
     "build/book/en/search-index.js\n"
     "build/book/ko/pipe.html\n"
     "build/book/ko/search-index.js\n"
     "build/book/programs/two-pipes.c\n"
     "build/record/pipe/two-pipes.console\n"
     "build/record/pipe/two-pipes.en.calls\n"
     "build/record/pipe/two-pipes.en.pictures\n"
     "build/record/pipe/two-pipes.ko.calls\n"
     "build/record/pipe/two-pipes.ko.pictures\n"
     "build/record/pipe/two-pipes.trace\n"
     "build/work/en/pipe.entries\n"
     "build/work/ko/pipe.entries\n"},
    {"a changed transcript makes its own recordings and pictures",
     "echo \"\\$ true\" >> chapters/pipe/pipe1.console", "html",
     "build/book/en/pipe.html\n"
     "build/book/en/search-index.js\n"
     "build/book/ko/pipe.html\n"
     "build/book/ko/search-index.js\n"
     "build/record/pipe/pipe1.console\n"
     "build/record/pipe/pipe1.en.calls\n"
     "build/record/pipe/pipe1.en.pictures\n"
     "build/record/pipe/pipe1.ko.calls\n"
     "build/record/pipe/pipe1.ko.pictures\n"
     "build/record/pipe/pipe1.trace\n"
     "build/work/en/pipe.entries\n"
     "build/work/ko/pipe.entries\n"},
    {"changed colours of pictures make no page anew",
     "echo >> docs/theme/figures.css", "html", "build/book/figures.css\n"},
};

static char *copy;

/* Run a shell command in the environment that the build had, for five minutes
 * at most; what it printed, to be freed. */
static char *output_of(const char *command)
{
    char *text = NULL, *timed = text_format("timeout 300 sh -c '%s'", command);
    size_t size = 0;
    FILE *stream = popen(timed, "r");

    assert_non_null(stream);
    if (getdelim(&text, &size, '\0', stream) == -1)
        text = text_format("%s", "");
    if (pclose(stream) != 0) {
        fputs(text, stderr); /* fail_msg() would cut it off */
        fail_msg("%s", command);
    }
    free(timed);
    return text;
}

static int make_copy(void **state)
{
    char *root = realpath(".", NULL);

    (void)state;
    copy = scratch_make();
    assert_int_equal(setenv("COPY", copy, 1), 0);
    assert_int_equal(setenv("ROOT", root, 1), 0);
    free(root);
    free(output_of(COPY));
    return 0;
}

static int remove_copy(void **state)
{
    (void)state;
    scratch_remove(copy);
    return 0;
}

static void makes_what_depends_on_it(void **state)
{
    const struct change *change = *state;
    char *command = text_format(MAKE, change->command, change->goal);
    char *made = output_of(command);

    assert_string_equal(made, change->made);
    free(command);
    free(made);
}

/* What the guide says is done, in the copy; then other suites judge it. */
static void the_chapter_of_the_guide_passes(void **state)
{
    char *made = output_of(
        "cd \"$COPY\" && unset MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES && "
        "(tests/guide && make -j2 CURDIR=\"$ROOT\" html "
        "build/tests/test_faults build/tests/test_hostile build/tests/inject "
        "&& export PROGRAMS=build/bin && "
        "for suite in chapters functions search \"transcripts pipe\"; do "
        "\"$ROOT\"/build/tests/test_$suite || exit; done && "
        "export FAULTS=signal/* && for tests in every_transcript* kill1*; do "
        "TEST_FILTER=$tests build/tests/test_faults || exit; done && "
        "TEST_FILTER=*descriptor* build/tests/test_hostile) > log 2>&1 || "
        "{ grep -v -e \"^.  *OK\" -e \"^. RUN\" log; exit 1; }");

    (void)state;
    free(made);
}

int main(void)
{
    struct tests tests = {.setup = make_copy, .teardown = remove_copy};

    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        add_test(&tests, makes_what_depends_on_it, (void *)&changes[i], "%s",
                 changes[i].sentence);
    add_test(&tests, the_chapter_of_the_guide_passes, NULL, "%s",
             "the chapter of docs/guide.md is made, and passes the tests");
    return run_all("make", &tests, NULL, NULL);
}
