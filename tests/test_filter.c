/* A mistake in a chapter stops the build: pandoc makes the page of a private
 * copy of one chapter with one mistake in it, ends with an error, leaves no
 * page, and prints one line with the file, the line and the mistake. Without a
 * mistake the copy gives the page of the book.
 *
 * A page shows recordings and pictures as they are: pandoc makes a chapter of
 * one directive with a recording that is written here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/memory.h"
#include "../common/transcript.h"
#include "../common/visible.h"
#include "built_pages.h"
#include "support.h"

#define CHAPTER "chapters/fifo/en.md"
#define PROGRAM "chapters/fifo/mkfifo.c"
#define PICTURES "build/record/fifo/mkfifo.en.pictures"

/* What sed appends; a caption follows. */
#define DIRECTIVE(braces) "\\n\\n::: {" braces "}\\n"

struct mistake {
    const char *what;
    const char *changed, *sed;       /* a file, and how sed(1) changes it */
    const char *file, *line, *named; /* the message has the name of the file,
                                        the number of the first line with this
                                        text, and the text named */
};

static const struct mistake mistakes[] = {
    {"none", CHAPTER, "", NULL, NULL, NULL},
    {"a note without an anchor", CHAPTER,
     "s/^undo$/ghost\\n:   A note.\\n\\nundo/", CHAPTER, ".listing", "ghost"},
    {"a last note without an anchor", CHAPTER,
     "s/^got$/got\\n:   A note.\\n\\nghost/", CHAPTER, ".listing", "ghost"},
    {"an anchor without a note", PROGRAM, "1s|^|/* ghost: none. */\\n|",
     CHAPTER, ".listing", "\"ghost\" (chapters/fifo/mkfifo.c:1)"},
    {"a last anchor without a note", PROGRAM, "$s|$|\\n/* ghost: none. */|",
     CHAPTER, ".listing", "ghost"},
    {"an anchor twice in one program", PROGRAM, "$s|$|\\n/* undo: twice. */|",
     PROGRAM, "undo: twice", "undo"},
    {"notes in another order than the anchors", CHAPTER,
     "s/^undo$/swap/; s/^exists$/undo/; s/^swap$/exists/", CHAPTER, ".listing",
     "the note \"exists\" is not in its place"},
    {"a directive inside of a list", CHAPTER,
     "s/^::: pitfall$/- ::: {.session record=mkfifo}\\n  :::\\n\\n::: pitfall/",
     CHAPTER, "- ::: {.session", "\"session\" has no effect inside"},
    {"an unknown language", CHAPTER, "s/^::: pitfall$/::: {lang=xx}/", CHAPTER,
     "{lang=xx}", "no language \"xx\""},
    {"a missing program in quotation marks", CHAPTER,
     "s/program=mkfifo}/program=\"ghost\"}/", CHAPTER, "program=\"ghost\"",
     "chapters/fifo/ghost.c"},
    {"a missing program", CHAPTER, "s/program=mkfifo}/program=ghost}/", CHAPTER,
     "program=ghost", "chapters/fifo/ghost.c"},
    {"a listing without a program", CHAPTER, "s/ program=mkfifo}/}/", CHAPTER,
     "{.listing}", "program=NAME"},
    {"a session whose recording is missing", CHAPTER,
     "s/session record=mkfifo-use}/session record=mkfifo-us}/", CHAPTER,
     "record=mkfifo-us}", "fifo/mkfifo-us;"},
    {"a session without record=", CHAPTER,
     "s/session record=mkfifo-use}/session}/", CHAPTER, "{.session}",
     "record=NAME"},
    {"calls without a recording", CHAPTER,
     "s/calls record=mkfifo}/calls record=ghost}/", CHAPTER, "record=ghost",
     "fifo/ghost;"},
    {"an unknown directive", CHAPTER,
     "1s/$/\\n\\n::: pipe\\nA pipe is no directive.\\n:::/", CHAPTER,
     "::: pipe", "\"pipe\""},
    {"a missing figure", CHAPTER,
     "1s/$/\\n\\n::: {.figure src=ghost.svg}\\nOne.\\n\\nTwo.\\n:::/", CHAPTER,
     "src=ghost.svg", "chapters/fifo/figures/ghost.svg"},
    {"a figure without a text alternative", CHAPTER,
     "1s/$/\\n\\n::: {.figure src=real.svg}\\nOne.\\n:::/", CHAPTER,
     "src=real.svg", "text alternative"},
    {"a caption that is a list", CHAPTER, "s/^Two commands that share/- &/",
     CHAPTER, "record=mkfifo-use", "caption"},
    {"a function table without a parameter", CHAPTER, "/^mode$/,/^$/d", CHAPTER,
     "name=mkfifo", "\"mode\""},
    {"a function table without a return value", CHAPTER, "/^return$/,/^$/d",
     CHAPTER, "name=mkfifo", "\"return\""},
    {"a function table without an error", CHAPTER, "/^ENOSPC$/,/^$/d", CHAPTER,
     "name=mkfifo", "\"ENOSPC\""},
    {"a term that is not in the declaration", CHAPTER,
     "s/^ENOENT$/ENOGHOST\\n:   No.\\n\\nENOENT/", CHAPTER, "name=mkfifo",
     "\"ENOGHOST\""},
    {"a function without a declaration", CHAPTER, "s/name=mkfifo}/name=ghost}/",
     CHAPTER, "name=ghost", "chapters/fifo/functions/ghost.h"},
    {"a title whose id is not the folder", CHAPTER, "s/{#fifo}/{#fifos}/",
     CHAPTER, "{#fifos}", "fifo"},
    {"a course without record=", CHAPTER,
     "1s/$/" DIRECTIVE(".course") "Caption\\n:::/", CHAPTER, "{.course}",
     "\"course\" needs record=NAME"},
    {"a course with run= and without record=", CHAPTER,
     "1s/$/" DIRECTIVE(".course run=7") "Caption\\n:::/", CHAPTER,
     "{.course run=7}", "\"course\" needs record=NAME"},
    {"a course whose recording is missing", CHAPTER,
     "1s/$/" DIRECTIVE(".course record=ghost") "Caption\\n:::/", CHAPTER,
     "{.course record=ghost}", "fifo/ghost;"},
    {"a course of a run that does not exist", CHAPTER,
     "1s/$/" DIRECTIVE(".course record=mkfifo run=77") "Caption\\n:::/",
     CHAPTER, "{.course record=mkfifo run=77}",
     "no picture \"course-77\"; it has: course course-2 course-3 whole\n"},
    {"a course of run 0", CHAPTER,
     "1s/$/" DIRECTIVE(".course record=mkfifo run=0") "Caption\\n:::/", CHAPTER,
     "{.course record=mkfifo run=0}", "no picture \"course-0\""},
    {"a run that is not a number", CHAPTER,
     "1s/$/" DIRECTIVE(".course record=mkfifo run=x") "Caption\\n:::/", CHAPTER,
     "{.course record=mkfifo run=x}", "not \"x\""},
    {"a run that is a negative number", CHAPTER,
     "1s/$/" DIRECTIVE(".ends record=mkfifo run=-1 at=fork") "Caption\\n:::/",
     CHAPTER, "{.ends record=mkfifo run=-1 at=fork}", "not \"-1\""},
    {"ends without record=", CHAPTER,
     "1s/$/" DIRECTIVE(".ends at=fork") "Caption\\n:::/", CHAPTER,
     "{.ends at=fork}", "\"ends\" needs record=NAME"},
    {"ends without at=", CHAPTER,
     "1s/$/" DIRECTIVE(".ends record=mkfifo") "Caption\\n:::/", CHAPTER,
     "{.ends record=mkfifo}", "at=MOMENT"},
    {"ends whose recording is missing", CHAPTER,
     "1s/$/" DIRECTIVE(".ends record=ghost at=fork") "Caption\\n:::/", CHAPTER,
     "{.ends record=ghost at=fork}", "fifo/ghost;"},
    {"ends at a moment that does not exist", CHAPTER,
     "1s/$/" DIRECTIVE(".ends record=mkfifo at=pipe") "Caption\\n:::/", CHAPTER,
     "{.ends record=mkfifo at=pipe}", "no picture \"ends-pipe\""},
    {"a moment that is a Lua pattern", CHAPTER,
     "1s/$/" DIRECTIVE(".ends record=mkfifo at=%") "Caption\\n:::/", CHAPTER,
     "{.ends record=mkfifo at=%}", "no picture \"ends-%\""},
    {"ends of all runs", CHAPTER,
     "1s/$/" DIRECTIVE(".ends record=mkfifo run=all at=pipe") "Caption\\n:::/",
     CHAPTER, "{.ends record=mkfifo run=all at=pipe}",
     "no picture \"ends-all-pipe\""},
    {"a caption of two paragraphs for a course", CHAPTER,
     "1s/$/" DIRECTIVE(".course record=mkfifo run=3") "One.\\n\\nTwo.\\n:::/",
     CHAPTER, "{.course record=mkfifo run=3}", "caption is one paragraph"},
    {"a caption of two paragraphs for a session", CHAPTER,
     "s/^Two commands that share/One.\\n\\n&/", CHAPTER,
     "{.session record=mkfifo-use}", "caption is one paragraph"},
    {"a list in the second of two courses", CHAPTER,
     "s/^:* {.course record=mkfifo}$/::: {.course record=mkfifo "
     "run=2}\\nCaption"
     "\\n:::\\n\\n&\\n- A list/",
     CHAPTER, "{.course record=mkfifo}", "a caption is a paragraph"},
    {"a caption that is a list for a course", CHAPTER,
     "1s/$/" DIRECTIVE(".course record=mkfifo run=3") "- One.\\n:::/", CHAPTER,
     "{.course record=mkfifo run=3}", "a caption is a paragraph"},
    {"a course inside of a list", CHAPTER,
     "1s/$/\\n\\n- ::: {.course record=mkfifo run=3}\\n  :::/", CHAPTER,
     "- ::: {.course record=mkfifo run=3}", "\"course\" has no effect inside"},
    {"a reference to a missing id", CHAPTER,
     "s/\\[\\](#out-mkfifo)/[](#out-ghost)/", CHAPTER, "[](#out-ghost)",
     "the link to #out-ghost leads nowhere: fifo.html has no"},
    {"a reference without a text to a note", CHAPTER,
     "s/\\[\\](#out-mkfifo)/[](#note-mkfifo-got)/", CHAPTER,
     "[](#note-mkfifo-got)", "nothing that has a number or a title"},
    {"a reference to the wrong chapter", CHAPTER,
     "s/(pipe.html#course-one-way-2)/(limits.html#course-one-way-2)/", CHAPTER,
     "[](limits.html#", "it is in pipe.html"},
    {"a picture that leads to a program of another chapter", PICTURES,
     "s/^mkfifo:/pipe1:/", CHAPTER, "{.course record=mkfifo}",
     "leads to pipe1.c"},
    {"a link to a missing place", CHAPTER, "1s/$/\\n\\nSee [this](#ghost)./",
     CHAPTER, "[this](#ghost)",
     "the link to #ghost leads nowhere: fifo.html has no \"ghost\""},
    {"a link to a missing place of another chapter", CHAPTER,
     "1s/$/\\n\\nSee [this](pipe.html#ghost)./", CHAPTER,
     "[this](pipe.html#ghost)",
     "the link to pipe.html#ghost leads nowhere: pipe.html has no \"ghost\""},
    {"a link to a missing chapter", CHAPTER,
     "1s/$/\\n\\nSee [this](ghost.html)./", CHAPTER, "[this](ghost.html)",
     "the book has no chapter \"ghost\""},
    {"a link to a line after the end of a program", CHAPTER,
     "1s/$/\\n\\nSee [this](#src-mkfifo-9999)./", CHAPTER, "#src-mkfifo-9999",
     "the link to #src-mkfifo-9999 leads nowhere"},
    {"a chapter without a title", CHAPTER, "1d", CHAPTER, "",
     "write \"# TITLE {#fifo}\""},
    {"a second title", CHAPTER, "1s/$/\\n\\n# Two {#two}/", CHAPTER, "# Two",
     "\"##\" for a section"},
    {"a session twice", CHAPTER,
     "1s/$/" DIRECTIVE(".session record=mkfifo-use") "Again\\n:::/", CHAPTER,
     "record=mkfifo-use", "the id \"out-mkfifo-use\" is already in fifo.html"},
    {"an id of another chapter", CHAPTER, "1s/$/\\n\\n## No {#pipe-what}/",
     CHAPTER, "{#pipe-what}", "the id \"pipe-what\" is already in pipe.html"},
    {"a program without a listing", CHAPTER, "/program=fifo-read /,/^:::$/d",
     "chapters/fifo/fifo-read.c", "",
     "write ::: {.listing program=fifo-read} in " CHAPTER},
    {"a program that no transcript runs", CHAPTER,
     "1s/$/" DIRECTIVE(
         ".listing program=ghost") ":::/; 1w chapters/fifo/ghost.c",
     "chapters/fifo/ghost.c", "",
     "no transcript runs ./ghost: write chapters/fifo/ghost.console"},
    {"a transcript without a session", CHAPTER, "/record=fifo-gone}/,/^:::$/d",
     "chapters/fifo/fifo-gone.console", "",
     "write ::: {.session record=fifo-gone} in " CHAPTER},
    {"a file name with a capital letter", CHAPTER,
     "1s/$/\\n/; 1w chapters/fifo/Ghost.c", "chapters/fifo/Ghost.c", "",
     "rename this file"},
    {"a missing table of faults", CHAPTER, "1s/$/" DIRECTIVE(".faults") ":::/",
     CHAPTER, "{.faults}", "there is no chapters/fifo/faults.tsv"},
};

enum { MISTAKES = sizeof mistakes / sizeof *mistakes };

/* A copy with a mistake, and the pandoc that makes its page. */
static struct attempt {
    const struct mistake *mistake;
    char *directory;
    struct job pandoc;
} attempts[MISTAKES];

/* The command by which the makefile makes the page; $FILES are the programs and
 * transcripts of the chapter. */
#define PANDOC                                                                 \
    "chapters=$(sed -n 's/^chapters: //p' book.md) && "                        \
    "LC_ALL=C.UTF-8 exec %s -d docs/pandoc/page.yaml "                         \
    "-M records=build/record -M \"chapters=$chapters\" "                       \
    "-M \"files=$FILES\" -M depends=page.d -M target=page.html "               \
    "-M language=en -M form=page -M chapter=fifo "                             \
    "-M models=build/work/en -o page.html " CHAPTER

/* Copy the chapter, make the mistake, and start pandoc. */
static void begin(struct attempt *attempt)
{
    const char *pandoc = getenv("PANDOC");
    char *command = text_format(
        "mkdir chapters build && cp -r \"$ROOT\"/chapters/fifo chapters && "
        "mkdir -p chapters/fifo/figures && "
        "echo '<svg viewBox=\"0 0 1 1\"/>' > chapters/fifo/figures/real.svg && "
        "ln -s \"$ROOT\"/docs \"$ROOT\"/book.md . && "
        "mkdir build/record && cp -r \"$ROOT\"/build/record/fifo build/record "
        "&& "
        "ln -s \"$ROOT\"/build/work build && "
        "sed -i '%s' %s && "
        "FILES=$(echo chapters/fifo/*.c chapters/fifo/*.console) && " PANDOC,
        attempt->mistake->sed, attempt->mistake->changed,
        pandoc == NULL ? "pandoc" : pandoc);

    attempt->directory = scratch_make();
    attempt->pandoc = shell_start(attempt->directory, command);
    free(command);
}

/* Start the next attempt, and wait for the pandoc of this one. */
static struct ended end(struct attempt *attempt)
{
    if (attempt->directory == NULL)
        begin(attempt);
    if (attempt + 1 < attempts + MISTAKES)
        begin(attempt + 1);
    return shell_end(&attempt->pandoc);
}

/* The make fragment has the files that the page shows, each with an empty rule.
 */
static void assert_files(const char *directory)
{
    static const char *const files[] = {"build/record/fifo/mkfifo.console",
                                        "build/record/fifo/mkfifo.en.calls",
                                        "build/record/fifo/mkfifo.en.pictures",
                                        "build/work/en/pipe.model",
                                        PROGRAM,
                                        "chapters/fifo/functions/mkfifo.h",
                                        "docs/filters/lib/listing.lua"};
    char *fragment = get_file(directory, "page.d");

    assert_non_null(fragment);
    assert_int_equal(strncmp(fragment, "page.html: ", 11), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *needed = text_format(" %s", files[i]);
        char *rule = text_format("\n%s:\n", files[i]);

        assert_contains(fragment, needed);
        assert_contains(fragment, rule);
        free(needed);
        free(rule);
    }
    free(fragment);
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
    assert_files(attempt->directory);
    free(made);
    free(built);
    ended_free(&pandoc);
}

/* The number of the first line with this part. */
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
    char *before = get_file(".", mistake->changed); /* that of the book */
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

/* What a page shows ---------------------------------------------------------*/

/* A recording, the directive that shows it, the parts that the page must have
 * in this order, and a text that it must not have. */
static const struct shown {
    const char *sentence, *file, *text, *directive;
    const char *parts[12];
    const char *never;
} shows[] = {
    {"terminals have columns in the order in which they begin",
     "build/record/fifo/r.console",
     "zulu$ one\n"
     "{{waits}}\n"
     "alpha$ two\n"
     "out of two\n"
     "[3]\n"
     "zulu:\n"
     "out of one\n",
     "{.session record=r}",
     {"<div class=\"terminals of-2\" data-record=\"fifo/r.console\">",
      "<div class=\"screen at-1\" style=\"grid-row: 1 / span 4\" "
      "aria-hidden=\"true\">zulu</div>",
      "<div class=\"screen at-2\" style=\"grid-row: 1 / span 4\" "
      "aria-hidden=\"true\">alpha</div>",
      "<div class=\"at-1\" style=\"grid-row: 2\"><p class=\"who\">zulu</p>"
      "<pre tabindex=\"0\"><code><span class=\"prompt\">$ </span>"
      "<span class=\"command\">one</span>\n"
      "<span class=\"waits\">(waits)</span>\n</code></pre></div>",
      "<div class=\"at-2\" style=\"grid-row: 3\"><p class=\"who\">alpha</p>",
      "<span class=\"command\">two</span>\nout of two\n"
      "<span class=\"status\">[3]</span>\n</code></pre></div>",
      "<div class=\"at-1\" style=\"grid-row: 4\"><p class=\"who\">zulu</p>"
      "<pre tabindex=\"0\"><code>out of one\n</code></pre></div>",
      NULL},
     "{{"},
    {"a typed line is marked",
     "build/record/fifo/r.console",
     "w$ cat\n"
     "{{waits}}\n"
     "w< a line\n"
     "a line\n"
     "{{waits}}\n"
     "w<\n"
     "\n"
     "{{waits}}\n"
     "w< ^D\n",
     "{.session record=r}",
     {"grid-row: 2\"><p class=\"who\">w</p>",
      "<span class=\"command\">cat</span>\n"
      "<span class=\"waits\">(waits)</span>\n"
      "<span class=\"typed\">a line</span>\na line\n"
      "<span class=\"waits\">(waits)</span>\n"
      "<span class=\"typed\"></span>\n\n"
      "<span class=\"waits\">(waits)</span>\n"
      "<span class=\"typed\">^D</span>\n</code></pre></div>",
      NULL},
     "{{"},
    {"output that looks like a terminal is output",
     "build/record/fifo/r.console",
     "w$ cat\n"
     "error: no\n"
     "{{'other:'}}\n"
     "{{'other< x'}}\n"
     "{{'other$ x'}}\n"
     "{{'w$ x'}}\n"
     "{{waits}}\n"
     "w< {{'^D'}}\n"
     "{{'{{waits}}'}}\n",
     "{.session record=r}",
     {"<div class=\"terminals of-1\"",
      "<span class=\"command\">cat</span>\nerror: no\nother:\nother&lt; x\n"
      "other$ x\nw$ x\n<span class=\"waits\">(waits)</span>\n"
      "<span class=\"typed\">^D</span>\n{{waits}}\n</code>",
      NULL},
     ">other<"},
    {"output that looks like a command or a status is output",
     "build/record/fifo/r.console",
     "$ echo {{'{{x}}'}}\n"
     "{{'$ rm'}}\n"
     "{{'[1]'}}\n"
     "{{'a'}}}}{{'b'}}\n"
     "[2]\n",
     "{.session record=r}",
     {"<code><span class=\"prompt\">$ </span><span class=\"command\">"
      "echo {{x}}</span>\n$ rm\n[1]\na}}b\n<span class=\"status\">[2]</span>\n"
      "</code></pre>",
      NULL},
     "{{'"},
    {"a character that cannot be seen is an escape",
     "build/record/fifo/r.console",
     "$ x\n"
     "{{\\x1b}}[1m<{{\\r\\xff}}\n"
     "{{'$ '}}{{\\u202e}}{{'x'}}\n",
     "{.session record=r}",
     {"x</span>\n<span class=\"escape\">\\x1b</span>[1m&lt;"
      "<span class=\"escape\">\\r\\xff</span>\n"
      "$ <span class=\"escape\">\\u202e</span>x\n</code></pre>",
      NULL},
     "{{"},
    {"output without its newline is marked",
     "build/record/fifo/r.console",
     "w$ x\n"
     "name: {{no newline}}\n"
     "{{waits}}\n"
     "w:\n"
     "{{'{{no newline}}'}}\n"
     "{{'$ '}}{{no newline}}\n",
     "{.session record=r}",
     {"x</span>\nname: <span class=\"no-newline\">(no newline)</span>\n"
      "<span class=\"waits\">(waits)</span>\n{{no newline}}\n"
      "$ <span class=\"no-newline\">(no newline)</span>\n</code></pre>",
      NULL},
     "newline'"},
    {"terminals show HTML as text",
     "build/record/fifo/r.console",
     "w$ echo '<b>&amp;\"'\n"
     "<b>&amp;\"\n"
     "{{waits}}\n"
     "w< <i>&\n"
     "</code></pre>\n",
     "{.session record=r}",
     {"<span class=\"command\">echo '&lt;b&gt;&amp;amp;&quot;'</span>\n"
      "&lt;b&gt;&amp;amp;&quot;\n",
      "<span class=\"typed\">&lt;i&gt;&amp;</span>\n"
      "&lt;/code&gt;&lt;/pre&gt;\n</code>",
      NULL},
     "<b>"},
    {"a session shows HTML as text",
     "build/record/fifo/r.console",
     "$ echo '<b>'\n<b>&amp;\n",
     "{.session record=r}",
     {"<span class=\"command\">echo '&lt;b&gt;'</span>\n"
      "&lt;b&gt;&amp;amp;\n</code>",
      NULL},
     "<b>"},
    {"calls show HTML as text",
     "build/record/fifo/r.en.calls",
     "write(1, \"<b>&\", 4) = 4\n",
     "{.calls record=r}",
     {"<code><span>write(1, &quot;&lt;b&gt;&amp;&quot;, 4) = 4</span>\n</code>",
      NULL},
     "<b>"},
    {"a picture has its story beside it, turn by turn",
     "build/record/fifo/r.en.pictures",
     "== course\n<svg class=\"other\"></svg>\n-\tone\tother\t\n"
     "== course-2\n"
     "<svg xmlns=\"http://www.w3.org/2000/svg\"><text>a == b</text>\n"
     "</svg>\n"
     "mkfifo:39\tone <1>\tprintf(\"<b>\")\tprints & <i>\n"
     "-\tone <1>\texit(0) == 0\t\n"
     "mkfifo:41\ttwo\twrite(3)\tmeaning\n"
     "== ends-2-pipe\n<svg class=\"another\"></svg>\n-\tone\tother\t\n",
     "{.course record=r run=2}",
     {"<figure class=\"picture\" id=\"course-r-2\">\n"
      "<svg xmlns=",
      "<details class=\"words\"><summary>In words</summary>\n<ol>"
      "<li>one &lt;1&gt;<ul>"
      "<li><a href=\"#src-mkfifo-39\"><code>printf(&quot;&lt;b&gt;&quot;)"
      "</code></a> prints &amp; &lt;i&gt;</li>"
      "<li><code>exit(0) == 0</code></li>"
      "</ul></li>\n<li>two<ul><li><a href=\"#src-mkfifo-41\">",
      "</ul></li>\n</ol></details>\n"
      "<figcaption><span class=\"label\">Figure 3.1</span> Caption &amp; "
      "<code>&lt;x&gt;</code> <a class=\"here\" href=\"#course-r-2\" "
      "aria-label=\"Link to this place\">#</a></figcaption>\n</figure>",
      NULL},
     "other"},
    {"a picture of ends is found by its moment",
     "build/record/fifo/r.en.pictures",
     "== ends-fork\n<svg class=\"wrong\"></svg>\n-\tone\tx\t\n"
     "== ends-3-fork\n<svg class=\"right\"></svg>\n-\tone\tx\t\n",
     "{.ends record=r run=3 at=fork}",
     {"id=\"ends-r-3-fork\">\n<svg class=\"right\"></svg>", NULL},
     "wrong"},
    {"a moment is not a Lua pattern",
     "build/record/fifo/r.en.pictures",
     "== ends-fork\n<svg class=\"wrong\"></svg>\n-\tone\tx\t\n"
     "== ends-....\n<svg class=\"right\"></svg>\n-\tone\tx\t\n",
     "{.ends record=r at=....}",
     {"class=\"right\"></svg>", NULL},
     "wrong"},
    {"a course without a trace is replaced by the reason",
     "build/record/fifo/r.en.pictures",
     "# strace: <ptrace> & more: Operation not permitted\n",
     "{.course record=r}",
     {"<figure class=\"picture\" id=\"course-r\">\n<p class=\"missing\">"
      "The picture that belongs here could not",
      "<code>strace: &lt;ptrace&gt; &amp; more: Operation not permitted"
      "</code></p>\n<figcaption>",
      NULL},
     "<svg"},
    {"ends without a trace are replaced by the reason",
     "build/record/fifo/r.en.pictures",
     "# no <strace>\n",
     "{.ends record=r at=fork}",
     {"<figure class=\"picture\" id=\"ends-r-fork\">\n<p class=\"missing\">"
      "The picture that belongs here could not",
      "<code>no &lt;strace&gt;</code>", NULL},
     "<svg"},
    {"calls without a trace are replaced by the reason",
     "build/record/fifo/r.en.calls",
     "# no <strace>\n",
     "{.calls record=r}",
     {"<p class=\"missing\">The system calls that belong here",
      "<code>no &lt;strace&gt;</code>", NULL},
     "<pre"},
    {"a note marks the lines of its statement",
     "chapters/fifo/run.c",
     "int main(void)\n"
     "{\n"
     "    /* one: a comment\n"
     "     * of two lines. */\n"
     "    if (1 < 2 &&\n"
     "        2 < 3)\n"
     "        puts(\"a\\n\");\n"
     "    /* two: the rest. */\n"
     "    return 0;\n"
     "}\n",
     "{.listing program=run}\none\n:   First.\n\ntwo\n:   Second.\n",
     {"<a href=\"../programs/run.c\"><code>chapters/fifo/run.c</code></a> "
      "<a class=\"here\" href=\"#lst-run\"",
      "<i class=\"dt\">int</i> main(<i class=\"dt\">void</i>)\n{\n"
      "<span id=\"src-run-3\" class=\"noted\"><a class=\"ref\" "
      "href=\"#note-run-one\" data-note=\"1\" aria-label=\"Note 1\"></a>    "
      "<i class=\"co\">/* one: a comment</i>\n",
      "    <i class=\"kw\">if</i> (<i class=\"dv\">1</i> &lt; <i "
      "class=\"dv\">2</i> &amp;&amp;\n",
      "        puts(<i class=\"st\">\"a\\n\"</i>);</span>\n"
      "<span id=\"src-run-8\" class=\"noted\">",
      "    <i class=\"kw\">return</i> <i class=\"dv\">0</i>;</span>\n}</code>",
      "<ol class=\"notes\" aria-label=\"Note\" style=\"--lines:2\">\n"
      "<li style=\"--lines:5\"><div id=\"note-run-one\"><a class=\"back\" "
      "href=\"#src-run-3\" aria-label=\"1: line 3\">1</a>",
      "<li><div id=\"note-run-two\">", "</ol>\n<dl class=\"run\">",
      "</dl>\n</figure>", NULL},
     "src-run-5"},
    {"a line that a link leads to has an id",
     "chapters/fifo/run.c",
     "int main(void)\n{\n    return 0;\n}\n",
     "{.listing program=run}\n:::\n\n[See](#src-run-3).\n\n::: try\nNo.\n",
     {"int</i> main", "{\n<span id=\"src-run-3\">    <i ", "</span>\n}</code>",
      NULL},
     "src-run-4"},
    {"a session has a link to the machine of the recording",
     "build/record/fifo/r.console",
     "$ true\n",
     "{.session record=r}",
     {"</code></pre>\n<p class=\"where\"><a href=\"#machine\">",
      "<footer class=\"machine\" id=\"machine\">", "Linux", NULL},
     "{{"},
    {"a listing has a command with the arguments",
     "chapters/fifo/run.c",
     "int main(void) { return 0; }\n",
     "{.listing program=run args='a \"<b>\" &c' with=other}",
     {"<code>make run-run ARGS=&quot;a &quot;&lt;b&gt;&quot; &amp;c&quot;"
      "</code>",
      "<code>cc run.c -o run &amp;&amp; cc other.c -o other</code>", NULL},
     "<b>"},
    {"a listing has a command without arguments",
     "chapters/fifo/run.c",
     "int main(void) { return 0; }\n",
     "{.listing program=run}",
     {"<code>make run-run</code>", "<code>cc run.c -o run</code>", NULL},
     "ARGS"},
};

static void shows_it(void **state)
{
    const struct shown *shown = *state;
    const char *pandoc = getenv("PANDOC"), *rest;
    char *directory = scratch_make(), *made;
    char *chapter = text_format(
        "# FIFOs {#fifo}\n\n::: %s\n%s:::\n", shown->directive,
        strstr(shown->directive, "listing") ? "" : "Caption & `<x>`\n");
    struct ended ended =
        shell(directory, "mkdir -p chapters/fifo build/record/fifo && "
                         "ln -s \"$ROOT\"/docs \"$ROOT\"/book.md . && "
                         "cp \"$ROOT\"/chapters/fifo/*.c chapters/fifo &&"
                         " ln -s \"$ROOT\"/build/work build");

    assert_int_equal(ended.status, 0);
    ended_free(&ended);
    put_file(directory, CHAPTER, chapter);
    put_file(directory, shown->file, shown->text);
    ended = shell(directory, "FILES= && " PANDOC,
                  pandoc == NULL ? "pandoc" : pandoc);
    assert_string_equal(ended.err, "");
    assert_int_equal(ended.status, 0);
    ended_free(&ended);
    made = get_file(directory, "page.html");
    assert_non_null(made);
    rest = strstr(made, "<h1");
    assert_non_null(rest);
    if (strstr(rest, shown->never) != NULL)
        fail_msg("\"%s\" is in:\n%s", shown->never, rest);
    for (size_t i = 0; shown->parts[i] != NULL; i++) {
        const char *found = strstr(rest, shown->parts[i]);

        if (found == NULL)
            fail_msg("\"%s\" does not follow in:\n%s", shown->parts[i], rest);
        rest = found + strlen(shown->parts[i]);
    }
    free(made);
    free(chapter);
    scratch_remove(directory);
}

/* Write a line of output as a page shows it. */
static void write_shown(FILE *out, const char *line)
{
    char escape[ESCAPE_SIZE];
    bool escaped = false;

    while (*line != '\0') {
        size_t n = visible_escape(line, escape);

        if (escaped != (*escape != '\0'))
            fputs(escaped ? "</span>" : "<span class=\"escape\">", out);
        escaped = *escape != '\0';
        if (escaped)
            fputs(escape, out);
        else if (*line == '<')
            fputs("&lt;", out);
        else
            fwrite(line, 1, n, out);
        line += n;
    }
    fprintf(out, "%s\n", escaped ? "</span>" : "");
}

/* What pandoc with these options makes of a chapter that has one session with
 * this recording. The caller frees it. */
static char *made_of(const char *recording, const char *options)
{
    const char *pandoc = getenv("PANDOC");
    char *directory = scratch_make(), *made;
    char *command = text_format(
        "mkdir -p chapters/fifo build/record/fifo && "
        "ln -s \"$ROOT\"/docs \"$ROOT\"/book.md . && "
        "ln -s \"$ROOT\"/build/work build && mv r.console build/record/fifo && "
        "printf '# FIFOs {#fifo}\\n\\n::: {.session "
        "record=r}\\nCaption\\n:::\\n' > " CHAPTER
        " && chapters=$(sed -n 's/^chapters: //p' book.md) && "
        "LC_ALL=C.UTF-8 exec %s %s -M records=build/record "
        "-M \"chapters=$chapters\" -M language=en -M form=page -M chapter=fifo "
        "-M models=build/work/en -M target=page.html -M depends=page.d "
        "-M files= -o page.html " CHAPTER,
        pandoc == NULL ? "pandoc" : pandoc, options);
    struct ended ended;

    put_file(directory, "r.console", recording);
    ended = shell(directory, "%s", command);
    assert_string_equal(ended.err, "");
    assert_int_equal(ended.status, 0);
    ended_free(&ended);
    made = get_file(directory, "page.html");
    assert_non_null(made);
    free(command);
    scratch_remove(directory);
    return made;
}

/* Lines of three of the parts that have a meaning in transcripts. */
static void a_page_shows_each_line_that_was_quoted(void **state)
{
    static const char *const parts[] = {
        "a",     "$",          " ",  ":",    "<",    "[",
        "1",     "]",          "{{", "}}",   "'",    "\\x1b",
        "waits", "no newline", "\r", "\033", "\xff", "\u202e"};
    const char *begins = *state;
    size_t n = sizeof parts / sizeof *parts, size, length;
    char *recording = NULL, *shown = NULL, *page;
    FILE *record = text_open(&recording, &size),
         *html = text_open(&shown, &length);

    fprintf(record, "%s\n", begins);
    fputs("</span>\n", html);
    for (size_t i = 0; i < n * n * n; i++) {
        char *line = text_format("%s%s%s", parts[i % n], parts[i / n % n],
                                 parts[i / n / n]),
             *whole = text_format("%s\n", line),
             *quoted = transcript_quote(whole);

        fprintf(record, "%s\n", quoted);
        write_shown(html, line);
        free(quoted);
        free(whole);
        free(line);
    }
    fputs("</code></pre>", html);
    fclose(record);
    fclose(html);
    page = made_of(recording, "-d docs/pandoc/page.yaml");
    if (strstr(page, shown) == NULL) {
        const char *at = strstr(page, "</span>\na");
        size_t same = 0;

        assert_non_null(at);
        while (at[same] == shown[same])
            same++;
        fail_msg("the page shows:\n%.80s\ninstead of:\n%.80s",
                 at + same - (same < 40 ? same : 40),
                 shown + same - (same < 40 ? same : 40));
    }
    free(page);
    free(shown);
    free(recording);
}

static void search_finds_what_a_page_shows(void **state)
{
    char *entries = made_of("w$ x {{'{{y}}'}}\n"
                            "{{'$ rm'}}{{\\x1b}}[1m\n"
                            "name: {{no newline}}\n"
                            "{{waits}}\n"
                            "w< {{'^D'}}\n"
                            "{{'w:'}}\n"
                            "[2]\n",
                            "--quiet -t html -L docs/filters/search.lua");

    (void)state;
    assert_contains(entries,
                    "$ x {{y}} $ rm\\\\x1b[1m name: (waits) ^D w: [2]");
    free(entries);
}

/* The model of the chapter after a change by sed(1), to be freed. */
static char *model_after(const char *sed)
{
    const char *pandoc = getenv("PANDOC");
    char *directory = scratch_make(), *made;
    struct ended ended = shell(
        directory,
        "mkdir -p chapters/fifo && ln -s \"$ROOT\"/docs \"$ROOT\"/book.md . && "
        "sed '%s' \"$ROOT\"/" CHAPTER " > " CHAPTER " && "
        "chapters=$(sed -n 's/^chapters: //p' book.md) && "
        "%s --quiet -f markdown -t json -L docs/filters/model.lua "
        "-M language=en -M \"chapters=$chapters\" -M chapter=fifo " CHAPTER
        " -o model",
        sed, pandoc == NULL ? "pandoc" : pandoc);

    assert_string_equal(ended.err, "");
    assert_int_equal(ended.status, 0);
    ended_free(&ended);
    made = get_file(directory, "model");
    scratch_remove(directory);
    assert_non_null(made);
    return made;
}

static void only_structure_changes_the_model(void **state)
{
    char *built = get_file("build/work/en", "fifo.model");
    char *prose = model_after("3s/$/ More./");
    char *heading = model_after("s/^## /## More /");
    char *session = model_after("/{.session record=mkfifo}/,/^:::$/d");

    (void)state;
    assert_non_null(built);
    if (strcmp(prose, built) != 0)
        fail_msg("after a change of prose the model is:\n%.*s", 900, prose);
    assert_string_not_equal(heading, built);
    assert_string_not_equal(session, built);
    free(built);
    free(prose);
    free(heading);
    free(session);
}

static void guide_has_every_directive(void **state)
{
    struct ended code =
        shell(".", "sed -n \"s/^  {name = '\\([a-z]*\\)'.*/\\1/p\" "
                   "docs/filters/lib/directives.lua | sort");
    struct ended guide = shell(
        ".", "sed -n '/^| directive |/,/^$/p' docs/guide.md | "
             "grep -o '`{\\.[a-z]*\\|`::: [a-z]*' | sed 's/.*[. ]//' | sort");

    (void)state;
    assert_contains(code.out, "listing\n");
    assert_string_equal(code.out, guide.out);
    ended_free(&code);
    ended_free(&guide);
}

int main(void)
{
    struct tests tests = {.teardown = remove_copy};

    for (size_t i = 0; i < MISTAKES; i++)
        attempts[i].mistake = &mistakes[i];
    add_test(&tests, makes_the_page_of_the_book, &attempts[0],
             "no mistake makes the page of the book, and names its files");
    for (size_t i = 1; i < MISTAKES; i++)
        add_test(&tests, stops_the_build, &attempts[i], "%s stops the build",
                 mistakes[i].what);
    tests.teardown = NULL;
    for (size_t i = 0; i < sizeof shows / sizeof *shows; i++)
        add_test(&tests, shows_it, (void *)&shows[i], "%s", shows[i].sentence);
    add_test(&tests, a_page_shows_each_line_that_was_quoted, (void *)"$ a",
             "a page shows each line that was quoted");
    add_test(&tests, a_page_shows_each_line_that_was_quoted, (void *)"a$ a",
             "a page shows each line that was quoted on a terminal");
    add_test(&tests, search_finds_what_a_page_shows, NULL,
             "the search finds what a page shows");
    add_test(&tests, only_structure_changes_the_model, NULL,
             "only headings and directives change the model");
    add_test(&tests, guide_has_every_directive, NULL,
             "the guide has the directives of the code");
    return run_all("filter", &tests, NULL, NULL);
}
