/* Proves that a mistake in a chapter stops the build: the page of a private
 * copy of the chapter "fifo" is made with one mistake in it, and pandoc ends
 * with an error, leaves no page, and says in one line which file and line it
 * is and what the mistake is called. The copy without a mistake gives the page
 * of the book. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/memory.h"
#include "pages.h"
#include "support.h"

#define CHAPTER "chapters/fifo/en.md"
#define PROGRAM "chapters/fifo/mkfifo.c"

/* What is changed, as sed(1) is told; and what the message has to say: the
 * file, the line, which has this text in it, and a name. */
struct mistake {
    const char *what, *changed, *sed, *file, *line, *named;
};

static const struct mistake mistakes[] = {
    {"no mistake", CHAPTER, "", NULL, NULL, NULL},
    {"a note without an anchor", CHAPTER,
     "s/^undo$/ghost\\n:   A note.\\n\\nundo/", CHAPTER, ".listing", "ghost"},
    {"a last note without an anchor", CHAPTER,
     "s/^got$/got\\n:   A note.\\n\\nghost/", CHAPTER, ".listing", "ghost"},
    {"an anchor without a note", PROGRAM, "1s|^|/* ghost: none. */\\n|",
     CHAPTER, ".listing", "\"ghost\" (chapters/fifo/mkfifo.c:1)"},
    {"a last anchor without a note", PROGRAM, "$s|$|\\n/* ghost: none. */|",
     CHAPTER, ".listing", "ghost"},
    {"an anchor that is there twice", PROGRAM, "$s|$|\\n/* undo: twice. */|",
     PROGRAM, "undo: twice", "undo"},
    {"notes in another order than the anchors", CHAPTER,
     "s/^undo$/swap/; s/^exists$/undo/; s/^swap$/exists/", CHAPTER, ".listing",
     "the note \"exists\" is not in its place"},
    {"a directive inside of a list", CHAPTER,
     "s/^::: pitfall$/- ::: {.session record=mkfifo}\\n  :::\\n\\n::: pitfall/",
     CHAPTER, "- ::: {.session", "\"session\" stands inside"},
    {"a language that there is not", CHAPTER, "s/^::: pitfall$/::: {lang=xx}/",
     CHAPTER, "{lang=xx}", "no language \"xx\""},
    {"a program in quotation marks that there is not", CHAPTER,
     "s/program=mkfifo}/program=\"ghost\"}/", CHAPTER, "program=\"ghost\"",
     "chapters/fifo/ghost.c"},
    {"a program that there is not", CHAPTER,
     "s/program=mkfifo}/program=ghost}/", CHAPTER, "program=ghost",
     "chapters/fifo/ghost.c"},
    {"a listing without a program", CHAPTER, "s/ program=mkfifo}/}/", CHAPTER,
     "{.listing}", "program=NAME"},
    {"a session that was not recorded", CHAPTER,
     "s/session record=mkfifo-use}/session record=mkfifo-us}/", CHAPTER,
     "record=mkfifo-us}", "fifo/mkfifo-us;"},
    {"a session without a recording", CHAPTER,
     "s/session record=mkfifo-use}/session}/", CHAPTER, "{.session}",
     "record=NAME"},
    {"calls that were not recorded", CHAPTER,
     "s/calls record=mkfifo}/calls record=ghost}/", CHAPTER, "record=ghost",
     "fifo/ghost;"},
    {"a directive that there is not", CHAPTER,
     "$s/$/\\n\\n::: pipe\\nA pipe is no directive.\\n:::/", CHAPTER,
     "::: pipe", "\"pipe\""},
    {"a figure that there is not", CHAPTER,
     "$s/$/\\n\\n::: {.figure src=ghost.svg}\\nOne.\\n\\nTwo.\\n:::/", CHAPTER,
     "src=ghost.svg", "chapters/fifo/figures/ghost.svg"},
    {"a figure without a text alternative", CHAPTER,
     "$s/$/\\n\\n::: {.figure src=real.svg}\\nOne.\\n:::/", CHAPTER,
     "src=real.svg", "text alternative"},
    {"a caption that is a list", CHAPTER, "s/^Two commands that share/- &/",
     CHAPTER, "record=mkfifo-use", "caption"},
    {"a function table without a parameter", CHAPTER, "/^mode$/,/^$/d", CHAPTER,
     "name=mkfifo", "\"mode\""},
    {"a function table without what is returned", CHAPTER, "/^return$/,/^$/d",
     CHAPTER, "name=mkfifo", "\"return\""},
    {"a function table without an error", CHAPTER, "/^ENOSPC$/,/^$/d", CHAPTER,
     "name=mkfifo", "\"ENOSPC\""},
    {"a term that the function does not have", CHAPTER,
     "s/^ENOENT$/ENOGHOST\\n:   No.\\n\\nENOENT/", CHAPTER, "name=mkfifo",
     "\"ENOGHOST\""},
    {"a function that is not declared", CHAPTER, "s/name=mkfifo}/name=ghost}/",
     CHAPTER, "name=ghost", "chapters/fifo/functions/ghost.h"},
    {"a title that is not called as its folder", CHAPTER, "s/{#fifo}/{#fifos}/",
     CHAPTER, "{#fifos}", "fifo"},
};

enum { MISTAKES = sizeof mistakes / sizeof *mistakes };

/* The copy that has the mistake, and pandoc at work on it. */
static struct attempt {
    const struct mistake *mistake;
    char *directory;
    struct job pandoc;
} attempts[MISTAKES];

/* Copy the chapter, make the mistake, and begin to make the page, as the
 * makefile makes it. */
static void begin(struct attempt *attempt)
{
    const char *pandoc = getenv("PANDOC");
    char *command = text_format(
        "mkdir chapters build && cp -r \"$ROOT\"/chapters/fifo chapters && "
        "mkdir -p chapters/fifo/figures && "
        "echo '<svg viewBox=\"0 0 1 1\"/>' > chapters/fifo/figures/real.svg && "
        "ln -s \"$ROOT\"/docs \"$ROOT\"/book.md . && "
        "ln -s \"$ROOT\"/build/record \"$ROOT\"/build/work build && "
        "sed -i '%s' %s && "
        "chapters=$(sed -n 's/^chapters: //p' book.md) && "
        "LC_ALL=C.UTF-8 exec %s -d docs/pandoc/page.yaml "
        "-M records=build/record -M \"chapters=$chapters\" "
        "-M language=en -M form=page -M chapter=fifo "
        "-M titles=build/work/en/titles -o page.html " CHAPTER,
        attempt->mistake->sed, attempt->mistake->changed,
        pandoc == NULL ? "pandoc" : pandoc);

    attempt->directory = scratch_make();
    attempt->pandoc = shell_start(attempt->directory, command);
    free(command);
}

/* What pandoc said; it is at work on the next page already. */
static struct ended end(struct attempt *attempt)
{
    if (attempt->directory == NULL)
        begin(attempt);
    if (attempt + 1 < attempts + MISTAKES)
        begin(attempt + 1);
    return shell_end(&attempt->pandoc);
}

static void makes_the_page_of_the_book(void **state)
{
    struct attempt *attempt = *state;
    struct ended pandoc = end(attempt);
    char *made, *built = get_file("build/book/en", "fifo.html");

    assert_string_equal(pandoc.err, "");
    assert_int_equal(pandoc.status, 0);
    made = get_file(attempt->directory, "page.html");
    assert_non_null(built);
    assert_string_equal(made, built);
    free(made);
    free(built);
    ended_free(&pandoc);
}

/* The number of the first line that has part in it. */
static int line_with(const char *text, const char *part)
{
    const char *place = strstr(text, part);
    int line = 1;

    if (place == NULL)
        fail_msg("\"%s\" is nowhere in the copy", part);
    for (; text < place; text++)
        line += *text == '\n';
    return line;
}

static void stops_the_build(void **state)
{
    struct attempt *attempt = *state;
    const struct mistake *mistake = attempt->mistake;
    struct ended pandoc = end(attempt);
    const char *directory = attempt->directory;
    char *before = get_file(".", mistake->changed);
    char *after = get_file(directory, mistake->changed);
    char *text = get_file(directory, mistake->file), *start;

    assert_string_not_equal(before, after);
    start =
        text_format("%s:%d: ", mistake->file, line_with(text, mistake->line));
    if (pandoc.status == 0 || exists("%s/page.html", directory))
        fail_msg("status %d, and %s page", pandoc.status,
                 exists("%s/page.html", directory) ? "a" : "no");
    if (strncmp(pandoc.err, start, strlen(start)) != 0)
        fail_msg("the message does not begin with \"%s\":\n%s", start,
                 pandoc.err);
    if (strchr(pandoc.err, '\n') != strrchr(pandoc.err, '\n'))
        fail_msg("more than one line:\n%s", pandoc.err);
    assert_contains(pandoc.err + strlen(start), mistake->named);
    free(before);
    free(after);
    free(text);
    free(start);
    ended_free(&pandoc);
}

static int remove_copy(void **state)
{
    struct attempt *attempt = *state;

    scratch_remove(attempt->directory);
    return 0;
}

int main(void)
{
    struct tests tests = {.teardown = remove_copy};

    for (size_t i = 0; i < MISTAKES; i++) {
        attempts[i].mistake = &mistakes[i];
        add_test(&tests, i == 0 ? makes_the_page_of_the_book : stops_the_build,
                 &attempts[i], "%s %s", mistakes[i].what,
                 i == 0 ? "makes the page of the book" : "stops the build");
    }
    return run_all("filter", &tests, NULL, NULL);
}
