/* The filters of the book, in small books that are written here.
 *
 * A mistake in a chapter stops the build: pandoc ends with an error, leaves no
 * page, and prints one line with the file, the line and the mistake. A page
 * shows recordings and pictures as they are.
 *
 * One pandoc makes the pages of all these books: see filter_jobs.lua. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/memory.h"
#include "support.h"

#define FOLDER "chapters/sample/"
#define CHAPTER FOLDER "en.md"
#define PROGRAM FOLDER "one.c"
#define TRANSCRIPT FOLDER "one.console"
#define PICTURES "build/record/sample/one.en.pictures"
#define TITLE "# Sample {#sample}\n"

/* The text of two functions of docs/scaffolding.c. */
#define SCAFFOLD_COMMENT                                                       \
    "/* Scaffolding, the same in every program: each line goes out at once. "  \
    "*/\n"
#define SCAFFOLD_BODY                                                          \
    "        setvbuf(stdout, NULL, _IOLBF, 0) != 0)\n"                         \
    "        err(EXIT_FAILURE, \"standard output\");\n}\n"
#define SCAFFOLDING                                                            \
    SCAFFOLD_COMMENT                                                           \
    "static void prepare_output(void)\n{\n"                                    \
    "    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||\n" SCAFFOLD_BODY
#define BLOCK_SIGNALS                                                          \
    "/* Scaffolding: signals wait until the program ends. */\n"                \
    "static void block_signals(void)\n{\n    sigset_t all;\n\n"                \
    "    sigfillset(&all);\n"                                                  \
    "    if (sigprocmask(SIG_BLOCK, &all, NULL) == -1)\n"                      \
    "        err(EXIT_FAILURE, \"sigprocmask\");\n}\n"

/* The files of a book without mistakes. */
static const struct file {
    const char *path, *text;
} book[] = {
    {"book.md", "---\ntitle:\n  en: The Book\n---\n\n::: {lang=en}\n"
                "Hello.\n:::\n"},
    {CHAPTER, TITLE "\n::: {.listing program=one}\n"
                    "first\n:   One.\n\nsecond\n:   Two.\n:::\n\n"
                    "::: {.session record=one}\nA session\n:::\n\n"
                    "::: {.calls record=one}\nThe calls\n:::\n\n"
                    "::: {.course record=one}\nA course\n:::\n\n"
                    "## A function {#function}\n\n"
                    "::: {.function name=twice}\n"
                    "number\n:   A number.\n\nreturn\n:   Another.\n\n"
                    "EIO\n:   It fails.\n:::\n\n"
                    "::: pitfall\nA box.\n:::\n\n"
                    "See [](#out-one), [](other.html#place) and "
                    "[that](other.html).\n"},
    {PROGRAM, "int main(void)\n{\n    /* first: a comment. */\n"
              "    puts(\"a\");\n    /* second: the end. */\n"
              "    return 0;\n}\n"},
    {TRANSCRIPT, "$ ./one\na\n"},
    {FOLDER "functions/twice.h",
     "#include <sample.h>\n\nint twice(int number);\n\n"
     "_Static_assert(EIO > 0, \"EIO\");\n"},
    {FOLDER "figures/real.svg", "<svg viewBox=\"0 0 1 1\"/>\n"},
    {FOLDER "figures/bad.svg", "<svg>\n<rect></svg"},
    {"chapters/other/en.md", "# Other {#other}\n\n## A place {#place}\n"},
    {"build/record/sample/one.console", "$ ./one\na\n"},
    {"build/record/sample/one.en.calls", "write(1, \"a\", 1) = 1\n"},
    {PICTURES, "== course\n<svg></svg>\none:4\tone\tputs(\"a\")\t\n"
               "== course-2\n<svg></svg>\n-\tone\texit(0)\t\n"
               "== whole\n<svg></svg>\n-\tone\texit(0)\t\n"},
};

enum { FILES = sizeof book / sizeof *book };

/* Text that is added after the title. */
#define DIRECTIVE(braces, caption) "\n::: {" braces "}\n" caption ":::\n"

struct mistake {
    const char *what;
    const char *changed;             /* a file of the book, or a new one */
    const char *old, *new;           /* the text new replaces the first old;
                                        NULL: it is added at the end */
    const char *file, *line, *named; /* the message has the name of the file,
                                        the number of the first line with this
                                        text, and the text named */
};

/* A change of the chapter, and a mistake in the chapter. */
#define IN_CHAPTER(what, old, new, line, named)                                \
    {                                                                          \
        what, CHAPTER, old, new, CHAPTER, line, named                          \
    }
#define ADDED(what, new, line, named)                                          \
    IN_CHAPTER(what, TITLE, TITLE new, line, named)

static const struct mistake mistakes[] = {
    {"a drawing that is not XML", CHAPTER, TITLE,
     TITLE DIRECTIVE(".figure src=bad.svg", "One.\n\nTwo.\n"),
     FOLDER "figures/bad.svg", "<rect>", "XML"},
    ADDED("a directive with a language", DIRECTIVE(".pitfall lang=en", ""),
          ".pitfall lang=en", "has no lang="),
    IN_CHAPTER("a box before the title", TITLE,
               "::: pitfall\nA box.\n:::\n\n" TITLE, "::: pitfall",
               "its title"),
    IN_CHAPTER("a note without an anchor", "second\n",
               "ghost\n:   A.\n\nsecond\n", ".listing", "ghost"),
    IN_CHAPTER("a last note without an anchor", "Two.\n",
               "Two.\n\nghost\n:   A.\n", ".listing", "ghost"),
    {"an anchor without a note", PROGRAM, "int main",
     "/* ghost: none. */\nint main", CHAPTER, ".listing",
     "\"ghost\" (" PROGRAM ":1)"},
    {"another function prepare_output", PROGRAM, NULL,
     "static void prepare_output(void)\n{\n}\n", PROGRAM,
     "prepare_output(void)", "docs/scaffolding.c"},
    {"another text of the second function", PROGRAM, NULL,
     SCAFFOLDING "\nstatic void block_signals(void)\n{\n}\n", PROGRAM,
     "block_signals(void)", "docs/scaffolding.c"},
    {"another comment of scaffolding", PROGRAM, NULL,
     "/* Scaffolding: no. */\n", PROGRAM, "/* Scaffolding: no",
     "docs/scaffolding.c"},
    {"scaffolding with one more space", PROGRAM, NULL,
     SCAFFOLD_COMMENT
     "static void prepare_output(void)\n{\n"
     "    if ( fcntl(STDOUT_FILENO, F_GETFD) == -1 ||\n" SCAFFOLD_BODY,
     PROGRAM, "/* Scaffolding, the same", "docs/scaffolding.c"},
    {"a last anchor without a note", PROGRAM, NULL, "/* ghost: none. */\n",
     CHAPTER, ".listing", "ghost"},
    {"an anchor twice in one program", PROGRAM, NULL, "/* first: twice. */\n",
     PROGRAM, "first: twice", "first"},
    IN_CHAPTER("notes in another order than the anchors",
               "first\n:   One.\n\nsecond\n", "second\n:   Two.\n\nfirst\n",
               ".listing", "the note \"second\" is not in its place"),
    ADDED("a directive inside of a list",
          "\n- ::: {.session record=two}\n  :::\n", "- ::: {.session",
          "\"session\" has no effect inside"),
    ADDED("an unknown language", "\n::: {lang=xx}\nA.\n:::\n", "{lang=xx}",
          "no language \"xx\""),
    IN_CHAPTER("a missing program in quotation marks", "program=one",
               "program=\"ghost\"", "program=\"ghost\"", FOLDER "ghost.c"),
    IN_CHAPTER("a missing program", "program=one", "program=ghost",
               "program=ghost", FOLDER "ghost.c"),
    IN_CHAPTER("a listing without a program", " program=one", "", "{.listing}",
               "program=NAME"),
    IN_CHAPTER("a session whose recording is missing", "session record=one",
               "session record=on", "record=on}", "sample/on;"),
    IN_CHAPTER("a session without record=", "session record=one", "session",
               "{.session}", "record=NAME"),
    IN_CHAPTER("calls without a recording", "calls record=one",
               "calls record=ghost", "record=ghost", "sample/ghost;"),
    ADDED("an unknown directive", "\n::: pipe\nA pipe is no directive.\n:::\n",
          "::: pipe", "\"pipe\""),
    ADDED("a missing figure",
          DIRECTIVE(".figure src=ghost.svg", "One.\n\nTwo.\n"), "src=ghost.svg",
          FOLDER "figures/ghost.svg"),
    ADDED("a figure without a text alternative",
          DIRECTIVE(".figure src=real.svg", "One.\n"), "src=real.svg",
          "text alternative"),
    IN_CHAPTER("a caption that is a list", "A session", "- A session",
               "session record=one", "caption"),
    IN_CHAPTER("a function table without a parameter",
               "number\n:   A number.\n\n", "", "name=twice", "\"number\""),
    IN_CHAPTER("a function table without a return value",
               "return\n:   Another.\n\n", "", "name=twice", "\"return\""),
    IN_CHAPTER("a function table without an error", "EIO\n:   It fails.\n", "",
               "name=twice", "\"EIO\""),
    IN_CHAPTER("a term that is not in the declaration", "It fails.\n",
               "It fails.\n\nEGHOST\n:   No.\n", "name=twice", "\"EGHOST\""),
    IN_CHAPTER("a function without a declaration", "name=twice", "name=ghost",
               "name=ghost", FOLDER "functions/ghost.h"),
    IN_CHAPTER("a title whose id is not the folder", "{#sample}", "{#samples}",
               "{#samples}", "sample"),
    ADDED("a course without record=", DIRECTIVE(".course", "Caption\n"),
          "{.course}", "\"course\" needs record=NAME"),
    ADDED("a course with run= and without record=",
          DIRECTIVE(".course run=7", "Caption\n"), "{.course run=7}",
          "\"course\" needs record=NAME"),
    ADDED("a course whose recording is missing",
          DIRECTIVE(".course record=ghost", "Caption\n"),
          "{.course record=ghost}", "sample/ghost;"),
    ADDED("a course of a run that does not exist",
          DIRECTIVE(".course record=one run=77", "Caption\n"),
          "{.course record=one run=77}",
          "no picture \"course-77\"; it has: course course-2 whole\n"),
    ADDED("a course of run 0",
          DIRECTIVE(".course record=one run=0", "Caption\n"),
          "{.course record=one run=0}", "no picture \"course-0\""),
    ADDED("a run that is not a number",
          DIRECTIVE(".course record=one run=x", "Caption\n"),
          "{.course record=one run=x}", "not \"x\""),
    ADDED("a run that is a negative number",
          DIRECTIVE(".ends record=one run=-1 at=fork", "Caption\n"),
          "{.ends record=one run=-1 at=fork}", "not \"-1\""),
    ADDED("ends without record=", DIRECTIVE(".ends at=fork", "Caption\n"),
          "{.ends at=fork}", "\"ends\" needs record=NAME"),
    ADDED("ends without at=", DIRECTIVE(".ends record=one", "Caption\n"),
          "{.ends record=one}", "at=MOMENT"),
    ADDED("ends whose recording is missing",
          DIRECTIVE(".ends record=ghost at=fork", "Caption\n"),
          "{.ends record=ghost at=fork}", "sample/ghost;"),
    ADDED("ends at a moment that does not exist",
          DIRECTIVE(".ends record=one at=pipe", "Caption\n"),
          "{.ends record=one at=pipe}", "no picture \"ends-pipe\""),
    ADDED("a moment that is a Lua pattern",
          DIRECTIVE(".ends record=one at=%", "Caption\n"),
          "{.ends record=one at=%}", "no picture \"ends-%\""),
    ADDED("ends of all runs",
          DIRECTIVE(".ends record=one run=all at=pipe", "Caption\n"),
          "{.ends record=one run=all at=pipe}", "no picture \"ends-all-pipe\""),
    ADDED("a caption of two paragraphs for a course",
          DIRECTIVE(".course record=one run=2", "One.\n\nTwo.\n"),
          "{.course record=one run=2}", "caption is one paragraph"),
    IN_CHAPTER("a caption of two paragraphs for a session", "A session",
               "One.\n\nA session", "{.session record=one}",
               "caption is one paragraph"),
    IN_CHAPTER("a list in the second of two courses",
               "::: {.course record=one}\n",
               "::: {.course record=one run=2}\nCaption\n:::\n\n::: {.course "
               "record=one}\n- A list\n",
               "{.course record=one}", "a caption is a paragraph"),
    ADDED("a caption that is a list for a course",
          DIRECTIVE(".course record=one run=2", "- One.\n"),
          "{.course record=one run=2}", "a caption is a paragraph"),
    ADDED("a course inside of a list",
          "\n- ::: {.course record=one run=2}\n  :::\n",
          "- ::: {.course record=one run=2}",
          "\"course\" has no effect inside"),
    IN_CHAPTER("a reference to a missing id", "#out-one", "#out-ghost",
               "[](#out-ghost)",
               "the link to #out-ghost leads nowhere: sample.html has no"),
    IN_CHAPTER("a reference without a text to a note", "#out-one",
               "#note-one-first", "[](#note-one-first)",
               "nothing that has a number or a title"),
    IN_CHAPTER("a reference to the wrong chapter", "#out-one",
               "sample.html#place", "[](sample.html#", "it is in other.html"),
    {"a picture that leads to a program of another chapter", PICTURES, "one:4",
     "ghost:4", CHAPTER, "{.course record=one}", "leads to ghost.c"},
    ADDED("a link to a missing place", "\nSee [this](#ghost).\n",
          "[this](#ghost)",
          "the link to #ghost leads nowhere: sample.html has no \"ghost\""),
    ADDED("a link to a missing place of another chapter",
          "\nSee [this](other.html#ghost).\n", "[this](other.html#ghost)",
          "the link to other.html#ghost leads nowhere: other.html has no "
          "\"ghost\""),
    ADDED("a link to a missing chapter", "\nSee [this](ghost.html).\n",
          "[this](ghost.html)", "the book has no chapter \"ghost\""),
    ADDED("a link to a line after the end of a program",
          "\nSee [this](#src-one-9999).\n", "#src-one-9999",
          "the link to #src-one-9999 leads nowhere"),
    IN_CHAPTER("a chapter without a title", TITLE, "", "",
               "write \"# TITLE {#sample}\""),
    ADDED("a second title", "\n# Two {#two}\n", "# Two",
          "\"##\" for a section"),
    ADDED("a session twice", DIRECTIVE(".session record=one", "Again\n"),
          "record=one", "the id \"out-one\" is already in sample.html"),
    IN_CHAPTER("an id of another chapter", NULL, "\n## No {#place}\n",
               "{#place}", "the id \"place\" is already in other.html"),
    ADDED("a concept without an id",
          "\nA [word]{.term} here.\n\nA [second]{.term #two}.\n", "]{.term}",
          "the concept \"word\" has no id: write [WORD]{.term #ID}"),
    ADDED("a concept with the id of another chapter",
          "\nA [word]{.term #place} here.\n\nThe [word]{.term #places "
          "of=place}.\n",
          "#place}", "the id \"place\" is already in other.html"),
    ADDED("a concept in a heading",
          "\n[This](#function).\n\n## A [word]{.term #word} {#words}\n",
          "#word}", "mark the word in the text below it"),
    ADDED("a section about a concept that no text explains",
          "\nA [word]{.term #word of=ghost} here.\n", "of=ghost",
          "no text explains a concept {.term #ghost}"),
    ADDED("a section about a heading",
          "\nA [word]{.term #word of=place} here.\n", "of=place",
          "no text explains a concept {.term #place}"),
    ADDED("an unknown mark", "\nA [word]{.term #word}.\n\n[Two]{.trem #two}\n",
          ".trem", "unknown mark \"trem\""),
    ADDED("a mark without a class", "\nA [word]{.term #word}.\n\n[Two]{#two}\n",
          "#two}", "a mark without a class; a concept of the index is [WORD]"),
    {"a program without a listing", FOLDER "two.c", NULL, "int main;\n",
     FOLDER "two.c", "", "write ::: {.listing program=two} in " CHAPTER},
    {"a program that no transcript runs", TRANSCRIPT, "./one", "./two", PROGRAM,
     "", "no transcript runs ./one: write " TRANSCRIPT},
    {"a transcript without a session", FOLDER "two.console", NULL, "$ true\n",
     FOLDER "two.console", "", "write ::: {.session record=two} in " CHAPTER},
    ADDED("a missing table of faults", DIRECTIVE(".faults", ""), "{.faults}",
          "there is no " FOLDER "faults.tsv"),
    ADDED("a box without its end", "\n::: pitfall\nNo end.\n", "::: pitfall",
          "\"::: pitfall\" has no end: write \":::\" on a line of its own"),
    IN_CHAPTER("a last box without its end", "A box.\n:::\n", "A box.\n",
               "::: pitfall", "\"::: pitfall\" has no end"),
    IN_CHAPTER("a listing without its end", "Two.\n:::\n", "Two.\n",
               "::: {.listing", "\"::: {.listing program=one}\" has no end"),
    ADDED("a directive without its end in a box",
          "\n:::: pitfall\n::: {.session record=two}\nTwo\n::::\n",
          "record=two", "\"::: {.session record=two}\" has no end"),
    ADDED("a box without its end after two in another",
          "\n:::: try\n::: pitfall\nA.\n:::\n\n::: pitfall\nB.\n:::\n:::::"
          "\n\n::: correction\nC.\n",
          "::: correction", "\"::: correction\" has no end"),
    IN_CHAPTER("an end too many", "A box.\n:::\n", "A box.\n:::\n\n:::::\n",
               ":::::", "this \":::::\" ends nothing: remove it"),
    ADDED("an end too many after ends in code",
          "\n``` {.c}\n:::\n```\n\n    :::\n\n~~~~\n~~~\n:::\n~~~~\n\n::::\n",
          "::::", "this \"::::\" ends nothing"),
    ADDED("code without its end", "\nSee\n```x``` or\n\n```c\n``\n:::\n",
          "```c", "\"```c\" has no end: write \"```\" on a line of its own"),
    ADDED("a brace that is not closed",
          "\n::: {.course record=one\nCaption\n:::\n", "::: {.course",
          "the brace of \"::: {.course record=one\" is not closed"),
    ADDED("a directive of two words", "\n::: pitfall box\nA.\n:::\n",
          "::: pitfall box", "\"::: pitfall box\" begins no directive"),
    ADDED("a name without a dot in braces",
          "\n::: {course record=one}\nA.\n:::\n", "::: {course",
          "\"::: {course record=one}\" begins no directive"),
    ADDED("a box in the line after a paragraph",
          "::: pitfall\nA.\n:::\n\nText\n:::: pitfall\nB.\n::::\n",
          ":::: pitfall", "write an empty line before"),
};

enum { MISTAKES = sizeof mistakes / sizeof *mistakes };

/* What a page shows ---------------------------------------------------------*/

/* A recording, the directive that shows it, the parts that the page must have
 * in this order, and a text that it must not have. */
static const struct shown {
    const char *sentence, *file, *text, *directive;
    const char *parts[12];
    const char *never;
} shows[] = {
    {"terminals have columns in the order in which they begin",
     "build/record/sample/r.console",
     "zulu$ one\n"
     "{{waits}}\n"
     "alpha$ two\n"
     "out of two\n"
     "[3]\n"
     "zulu:\n"
     "out of one\n",
     "{.session record=r}",
     {"<div class=\"terminals\" data-record=\"sample/r.console\">",
      "<div class=\"screen\" style=\"grid-area: 1 / 1 / span 4\" "
      "aria-hidden=\"true\">zulu</div>",
      "<div class=\"screen\" style=\"grid-area: 1 / 2 / span 4\" "
      "aria-hidden=\"true\">alpha</div>",
      "<div style=\"grid-area: 2 / 1\"><p class=\"who\">zulu</p>"
      "<pre tabindex=\"0\"><code><span class=\"prompt\">$ </span>"
      "<span class=\"command\">one</span>\n"
      "<span class=\"waits\">(waits)</span>\n</code></pre></div>",
      "<div style=\"grid-area: 3 / 2\"><p class=\"who\">alpha</p>",
      "<span class=\"command\">two</span>\nout of two\n"
      "<span class=\"status\">[3]</span>\n</code></pre></div>",
      "<div style=\"grid-area: 4 / 1\"><p class=\"who\">zulu</p>"
      "<pre tabindex=\"0\"><code>out of one\n</code></pre></div>",
      NULL},
     "{{"},
    {"a typed line is marked",
     "build/record/sample/r.console",
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
     {"<pre data-record=\"sample/r.console\" tabindex=\"0\"><code>"
      "<span class=\"prompt\">$ </span><span class=\"command\">cat</span>\n"
      "<span class=\"waits\">(waits)</span>\n"
      "<span class=\"typed\">a line</span>\na line\n"
      "<span class=\"waits\">(waits)</span>\n"
      "<span class=\"typed\"></span>\n\n"
      "<span class=\"waits\">(waits)</span>\n"
      "<span class=\"typed\">^D</span>\n</code></pre>",
      NULL},
     "{{"},
    {"output that looks like a terminal is output",
     "build/record/sample/r.console",
     "w$ cat\n"
     "error: no\n"
     "a<b\n"
     "{{'other:'}}\n"
     "{{'other< x'}}\n"
     "{{'other$ x'}}\n"
     "{{'w$ x'}}\n"
     "{{waits}}\n"
     "w< {{'^D'}}\n"
     "{{'{{waits}}'}}\n",
     "{.session record=r}",
     {"<pre data-record=\"sample/r.console\"",
      "<span class=\"command\">cat</span>\nerror: "
      "no\na&lt;b\nother:\nother&lt; x\n"
      "other$ x\nw$ x\n<span class=\"waits\">(waits)</span>\n"
      "<span class=\"typed\">^D</span>\n{{waits}}\n</code>",
      NULL},
     ">other<"},
    {"output that looks like a command or a status is output",
     "build/record/sample/r.console",
     "$ echo {{'{{x}}'}}\n"
     "{{'$ rm'}}\n"
     "{{'[1]'}}\n"
     "[1] x\n"
     "[]\n"
     "${{' '}}\n"
     ":\n"
     "{{'a'}}}}{{'b'}}\n"
     "[2]\n",
     "{.session record=r}",
     {"<code><span class=\"prompt\">$ </span><span class=\"command\">"
      "echo {{x}}</span>\n$ rm\n[1]\n[1] x\n[]\n$ \n:\na}}b\n<span "
      "class=\"status\">[2]</span>\n"
      "</code></pre>",
      NULL},
     "{{'"},
    {"a character that cannot be seen is an escape",
     "build/record/sample/r.console",
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
     "build/record/sample/r.console",
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
     "build/record/sample/r.console",
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
     "build/record/sample/r.console",
     "$ echo '<b>'\n<b>&amp;\n",
     "{.session record=r}",
     {"<span class=\"command\">echo '&lt;b&gt;'</span>\n"
      "&lt;b&gt;&amp;amp;\n</code>",
      NULL},
     "<b>"},
    {"calls show HTML as text",
     "build/record/sample/r.en.calls",
     "write(1, \"<b>&\", 4) = 4\n",
     "{.calls record=r}",
     {"<code><span>write(1, &quot;&lt;b&gt;&amp;&quot;, 4) = 4</span>\n</code>",
      NULL},
     "<b>"},
    {"a picture has its story beside it, turn by turn",
     "build/record/sample/r.en.pictures",
     "== course\n<svg class=\"other\"></svg>\n-\tone\tother\t\n"
     "== course-2\n"
     "<svg xmlns=\"http://www.w3.org/2000/svg\"><text>a == b</text>\n"
     "</svg>\n"
     "one:39\tone <1>\tprintf(\"<b>\")\tprints & <i>\n"
     "-\tone <1>\texit(0) == 0\t\n"
     "one:41\ttwo\twrite(3)\tmeaning\n"
     "== ends-2-pipe\n<svg class=\"another\"></svg>\n-\tone\tother\t\n",
     "{.course record=r run=2}",
     {"<figure class=\"picture\" id=\"course-r-2\">\n"
      "<svg xmlns=",
      "<details class=\"words\"><summary>In words</summary>\n<ol>"
      "<li>one &lt;1&gt;<ul>"
      "<li><a href=\"#src-one-39\"><code>printf(<wbr>&quot;&lt;b&gt;&quot;)"
      "</code></a> prints &amp; &lt;i&gt;</li>"
      "<li><code>exit(0) == 0</code></li>"
      "</ul></li>\n<li>two<ul><li><a href=\"#src-one-41\">",
      "</ul></li>\n</ol></details>\n"
      "<figcaption><span class=\"label\">Figure 2.1</span> Caption &amp; "
      "<code>&lt;x&gt;</code> <a class=\"here\" href=\"#course-r-2\" "
      "aria-label=\"Link to this place\">#</a></figcaption>\n</figure>",
      NULL},
     "other"},
    {"a picture of ends is found by its moment",
     "build/record/sample/r.en.pictures",
     "== ends-fork\n<svg class=\"wrong\"></svg>\n-\tone\tx\t\n"
     "== ends-3-fork\n<svg class=\"right\"></svg>\n-\tone\tx\t\n",
     "{.ends record=r run=3 at=fork}",
     {"id=\"ends-r-3-fork\">\n<svg class=\"right\"></svg>", NULL},
     "wrong"},
    {"a moment is not a Lua pattern",
     "build/record/sample/r.en.pictures",
     "== ends-fork\n<svg class=\"wrong\"></svg>\n-\tone\tx\t\n"
     "== ends-....\n<svg class=\"right\"></svg>\n-\tone\tx\t\n",
     "{.ends record=r at=....}",
     {"class=\"right\"></svg>", NULL},
     "wrong"},
    {"a course without a trace is replaced by the reason",
     "build/record/sample/r.en.pictures",
     "# strace: <ptrace> & more: Operation not permitted\n",
     "{.course record=r}",
     {"<figure class=\"picture\" id=\"course-r\">\n<p class=\"missing\">"
      "The picture that belongs here could not",
      "<code>strace: &lt;ptrace&gt; &amp; more: Operation not permitted"
      "</code></p>\n<figcaption>",
      NULL},
     "<svg"},
    {"ends without a trace are replaced by the reason",
     "build/record/sample/r.en.pictures",
     "# no <strace>\n",
     "{.ends record=r at=fork}",
     {"<figure class=\"picture\" id=\"ends-r-fork\">\n<p class=\"missing\">"
      "The picture that belongs here could not",
      "<code>no &lt;strace&gt;</code>", NULL},
     "<svg"},
    {"calls without a trace are replaced by the reason",
     "build/record/sample/r.en.calls",
     "# no <strace>\n",
     "{.calls record=r}",
     {"<p class=\"missing\">The system calls that belong here",
      "<code>no &lt;strace&gt;</code>", NULL},
     "<pre"},
    {"a note marks the lines of its statement",
     "chapters/sample/run.c",
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
     {"<a href=\"../programs/run.c\"><code>chapters/<wbr>sample/<wbr>run.c"
      "</code></a> "
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
      "<li style=\"--lines:5\"><div id=\"note-run-one\">\n<a class=\"back\" "
      "href=\"#src-run-3\" aria-label=\"1: line 3\">1</a>",
      "<li><div id=\"note-run-two\">", "</ol>\n<dl class=\"run\">",
      "</dl>\n</figure>", NULL},
     "src-run-5"},
    {"a line that a link leads to has an id",
     "chapters/sample/run.c",
     "int main(void)\n{\n    return 0;\n}\n",
     "{.listing program=run}\n:::\n\n[See](#src-run-3).\n\n::: pitfall\nNo.\n",
     {"int</i> main", "{\n<span id=\"src-run-3\">    <i ", "</span>\n}</code>",
      NULL},
     "src-run-4"},
    {"a listing dims the scaffolding, and only that",
     "chapters/sample/run.c",
     "#include <err.h>\n\n" SCAFFOLDING "\n" BLOCK_SIGNALS
     "\n/* After block_signals(). */\n"
     "int main(void)\n{\n    prepare_output();\n}\n",
     "{.listing program=run}\n:::\n\n[See](#src-run-4).\n\n::: pitfall\nNo.\n",
     {"&lt;err.h&gt;</i>\n\n<span class=\"scaffolding\"><i ",
      "\n<span id=\"src-run-4\"><span class=\"scaffolding\"><i ",
      "prepare_output(<i class=\"dt\">void</i>)</span></span>\n",
      "<span class=\"scaffolding\">}</span>\n\n<span class=\"scaffolding\">"
      "<i class=\"co\">/* Scaffolding: signals",
      "<span class=\"scaffolding\">}</span>\n\n<i ", "int</i> main", NULL},
     "block_signals(<i class=\"dt\">void</i>)\n"},
    /* The same in each run: two builds of the book have the same bytes. */
    {"the box of a table has its attributes in one order",
     "build/record/sample/r.console",
     "$ true\n",
     "{.session record=r}\n:::\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n"
     "::: pitfall\nNo.\n",
     {"<div class=\"table\" tabindex=\"0\" role=\"region\" "
      "aria-label=\"Table: a, b\">",
      NULL},
     "<div class=\"table\" role"},
    {"a session has a link to the machine of the recording",
     "build/record/sample/r.console",
     "$ true\n",
     "{.session record=r}",
     {"</code></pre>\n<p class=\"where\"><a href=\"#machine\">", NULL},
     "{{"},
    {"a listing has a command with the arguments",
     "chapters/sample/run.c",
     "int main(void) { return 0; }\n",
     "{.listing program=run args='a \"<b>\" &c' with=other}",
     {"<code>make run-run ARGS=&quot;a &quot;&lt;b&gt;&quot; &amp;c&quot;"
      "</code>",
      "<code>cc run.c -o run &amp;&amp; cc other.c -o other</code>", NULL},
     "<b>"},
    {"a concept has an anchor, and its text stays as it is",
     "build/record/sample/r.console",
     "$ true\n",
     "pitfall\nA *[word]{.term #word index=\"a term\"}*, and "
     "[`more`]{.term #more of=word}.\n",
     {"<p>A <em><span id=\"word\"></span>word</em>, and <span",
      "id=\"more\"></span><code>more</code>.</p>", NULL},
     "term"},
    {"a listing has a command without arguments",
     "chapters/sample/run.c",
     "int main(void) { return 0; }\n",
     "{.listing program=run}",
     {"<code>make run-run</code>", "<code>cc run.c -o run</code>", NULL},
     "ARGS"},
};

enum { SHOWS = sizeof shows / sizeof *shows };

/* The books -----------------------------------------------------------------*/

static char *scratch; /* has all of them */

/* The directory of a book, to be freed. */
static char *directory_of(const char *kind, size_t i)
{
    return text_format("%s/%s-%zu", scratch, kind, i);
}

/* The text with the first old replaced, or with new at the end; to be freed. */
static char *changed(const char *text, const char *old, const char *new)
{
    const char *place = old == NULL ? text + strlen(text) : strstr(text, old);

    if (place == NULL)
        fail_msg("\"%s\" is not in:\n%s", old, text);
    return text_format("%.*s%s%s", (int)(place - text), text, new,
                       place + (old == NULL ? 0 : strlen(old)));
}

/* Write the book into a new directory, without its file i, which may be FILES.
 */
static void write_book(const char *directory, size_t i)
{
    static const char *const folders[] = {"",
                                          "/chapters",
                                          "/chapters/sample",
                                          "/chapters/sample/functions",
                                          "/chapters/sample/figures",
                                          "/chapters/other",
                                          "/build",
                                          "/build/record",
                                          "/build/record/sample"};
    char *docs = text_format("%s/docs", directory),
         *real = realpath("docs", NULL);

    for (size_t f = 0; f < sizeof folders / sizeof *folders; f++) {
        char *path = text_format("%s%s", directory, folders[f]);

        assert_int_equal(mkdir(path, 0777), 0);
        free(path);
    }
    assert_int_equal(symlink(real, docs), 0);
    for (size_t f = 0; f < FILES; f++)
        if (f != i)
            put_file(directory, book[f].path, book[f].text);
    free(docs);
    free(real);
}

/* The index of a file of the book, or FILES. */
static size_t index_of(const char *path)
{
    size_t i = 0;

    while (i < FILES && strcmp(book[i].path, path) != 0)
        i++;
    return i;
}

/* Write the book with a change. */
static void write_changed(const char *directory, const char *path,
                          const char *old, const char *new)
{
    size_t i = index_of(path);
    char *text = changed(i < FILES ? book[i].text : "", old, new);

    write_book(directory, i);
    put_file(directory, path, text);
    free(text);
}

/* Write a book with a mistake, and the list of its programs and transcripts. */
static void write_mistake(const struct mistake *mistake, const char *directory)
{
    bool old = index_of(mistake->changed) < FILES;
    char *files =
        text_format(PROGRAM " " TRANSCRIPT " %s", old ? "" : mistake->changed);

    write_changed(directory, mistake->changed, mistake->old, mistake->new);
    put_file(directory, "files", files);
    free(files);
}

/* Write a book whose chapter has one directive. */
static void write_show(const struct shown *shown, const char *directory)
{
    char *text = text_format(
        TITLE "\n::: %s\n%s:::\n", shown->directive,
        strstr(shown->directive, "listing") ? "" : "Caption & `<x>`\n");

    write_book(directory, index_of(CHAPTER));
    put_file(directory, CHAPTER, text);
    put_file(directory, shown->file, shown->text);
    put_file(directory, "files", "");
    free(text);
}

/* Changes of the chapter: only the first one leaves the model as it is. */
static const struct {
    const char *old, *new;
} edits[] = {{"A box.", "A box. More."},
             {"## A function", "## More"},
             {"A box.", "A [box]{.term #box}."},
             {"::: {.session record=one}\nA session\n:::\n", ""}};

enum { EDITS = sizeof edits / sizeof *edits };

/* Before the tests: write all books, and let one pandoc make them. */
static int make_all(void **state)
{
    char *jobs = NULL, *command;
    struct ended ended;
    size_t size;
    FILE *list = text_open(&jobs, &size);

    scratch = scratch_make();
    for (size_t i = 0; i < MISTAKES; i++) {
        char *directory = directory_of("mistake", i);

        write_mistake(&mistakes[i], directory);
        fprintf(list, "%s\n", directory);
        free(directory);
    }
    for (size_t i = 0; i < SHOWS; i++) {
        char *directory = directory_of("show", i);

        write_show(&shows[i], directory);
        fprintf(list, "%s\n", directory);
        free(directory);
    }
    for (size_t i = 0; i <= EDITS; i++) {
        char *directory = directory_of("edit", i);

        if (i < EDITS)
            write_changed(directory, CHAPTER, edits[i].old, edits[i].new);
        else
            write_book(directory, FILES);
        fprintf(list, "%s\n", directory);
        free(directory);
    }
    fclose(list);
    command = text_format("exec %s -f markdown -t markdown "
                          "-L tests/filter_jobs.lua -M \"jobs=%s\" /dev/null",
                          pandoc(), jobs);
    ended = shell(".", "%s", command);
    if (ended.status != 0)
        print_error("%s\n", ended.err);
    free(jobs);
    free(command);
    ended_free(&ended);
    return ended.status == 0 ? 0 : -1;
}

static int remove_all(void **state)
{
    scratch_remove(scratch);
    return 0;
}

/* The number of the first line with this part. */
static int line_with(const char *text, const char *part)
{
    const char *place = strstr(text, part);

    if (place == NULL)
        fail_msg("\"%s\" is not in:\n%s", part, text);
    return line_of(text, place);
}

static void assert_stops(const struct mistake *mistake, const char *directory,
                         const char *message)
{
    char *text = get_file(directory, mistake->file);
    char *start =
        text_format("%s:%d: ", mistake->file, line_with(text, mistake->line));

    if (exists("%s/page.html", directory))
        fail_msg("there is a page");
    if (strncmp(message, start, strlen(start)) != 0)
        fail_msg("the message does not begin with \"%s\":\n%s", start, message);
    if (strchr(message, '\n') != strrchr(message, '\n'))
        fail_msg("more than one line:\n%s", message);
    assert_contains(message + strlen(start), mistake->named);
    free(text);
    free(start);
}

static void is_reported(void **state)
{
    const struct mistake *mistake = *state;
    char *directory = directory_of("mistake", (size_t)(mistake - mistakes));
    char *message = get_file(directory, "message");

    assert_stops(mistake, directory, message);
    free(message);
    free(directory);
}

/* Make the page as the makefile does, in a book that has these files. */
static struct ended make_page(const char *directory, const char *files)
{
    return shell(directory,
                 "LC_ALL=C.UTF-8 exec %s -d docs/pandoc/page.yaml "
                 "-M records=build/record -M 'chapters=other sample' "
                 "-M 'files=%s' "
                 "-M depends=page.d -M target=page.html -M language=en "
                 "-M form=page -M chapter=sample -M models=. "
                 "-M entries=entries -o page.html " CHAPTER,
                 pandoc(), files);
}

static void a_mistake_stops_the_build(void **state)
{
    char *directory = directory_of("mistake", 0);
    struct ended ended = make_page(directory, PROGRAM " " TRANSCRIPT);

    assert_int_not_equal(ended.status, 0);
    assert_stops(&mistakes[0], directory, ended.err);
    ended_free(&ended);
    free(directory);
}

/* The make fragment has the files that the page shows, each with an empty rule.
 */
static void assert_files(const char *directory)
{
    static const char *const files[] = {"build/record/sample/one.console",
                                        "build/record/sample/one.en.calls",
                                        PICTURES,
                                        "./other.model",
                                        PROGRAM,
                                        FOLDER "functions/twice.h",
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

static void makes_a_page(void **state)
{
    char *directory = directory_of("edit", EDITS), *page;
    struct ended ended;

    ended = shell(directory,
                  "cp ../mistake-0/other.model ../mistake-0/index.model . && "
                  "mkdir build/work && echo a machine > build/work/machine && "
                  "echo 0 > build/work/date");
    assert_int_equal(ended.status, 0);
    ended_free(&ended);
    ended = make_page(directory, PROGRAM " " TRANSCRIPT);
    assert_string_equal(ended.err, "");
    assert_int_equal(ended.status, 0);
    ended_free(&ended);
    page = get_file(directory, "page.html");
    assert_non_null(page);
    assert_contains(page, "<title>Sample");
    assert_contains(page, "<a href=\"#out-one\">Run\u00a02.1</a>");
    assert_contains(page, "<footer class=\"machine\" id=\"machine\">");
    assert_contains(page, "a machine");
    assert_files(directory);
    free(page);
    free(directory);
}

static void shows_it(void **state)
{
    const struct shown *shown = *state;
    char *directory = directory_of("show", (size_t)(shown - shows));
    char *message = get_file(directory, "message");
    char *page = get_file(directory, "page.html");

    assert_string_equal(message, "");
    if (strstr(page, shown->never) != NULL)
        fail_msg("\"%s\" is in:\n%s", shown->never, page);
    assert_in_order(page, shown->parts);
    free(message);
    free(page);
    free(directory);
}

/* pandoc with these options stops with this message at a file with this text.
 */
static void stops_at(const char *file, const char *text, const char *options,
                     const char *message)
{
    char *directory = directory_of("edit", EDITS);
    struct ended ended;

    put_file(directory, file, text);
    ended = shell(directory, "exec %s %s -M language=en -M models=. -o new %s",
                  pandoc(), options, file);
    assert_string_equal(ended.err, message);
    assert_int_not_equal(ended.status, 0);
    ended_free(&ended);
    free(directory);
}

#define INDEX                                                                  \
    "-d docs/pandoc/index.yaml -M form=index -M 'chapters=other sample'"
#define MODEL                                                                  \
    "-f markdown -t json -L docs/filters/model.lua -M chapters=sample "        \
    "-M chapter=sample"

/* Only a chapter has files that a directive can show. */
static void the_preface_shows_no_file(void **state)
{
    stops_at("book.md", "# Preface\n\n::: {.listing program=one}\n:::\n", INDEX,
             "book.md:3: the directive \"listing\" shows a file of a chapter: "
             "move it into one\n");
}

static void the_preface_names_a_concept_that_is_explained(void **state)
{
    stops_at("book.md", "A [word]{.term #word of=ghost}.\n", INDEX,
             "book.md:1: no text explains a concept {.term #ghost}\n");
}

static void the_preface_needs_whole_fences(void **state)
{
    stops_at("book.md",
             "---\ntitle:\n  en: The Book\n---\n\n::: {lang=en}\nA.\n\n"
             "::: {lang=ko}\nB.\n:::\n",
             INDEX,
             "book.md:6: \"::: {lang=en}\" has no end: write \":::\" on a line "
             "of its own after it\n");
}

/* The page of another chapter may link to what this model would lack. */
static void a_model_needs_whole_fences(void **state)
{
    stops_at(CHAPTER, TITLE "\n::: pitfall\nNo end.\n", MODEL,
             CHAPTER ":3: \"::: pitfall\" has no end: write \":::\" on a line "
                     "of its own after it\n");
}

static void search_finds_what_a_page_shows(void **state)
{
    char *directory = directory_of("show", 0), *entries;
    struct ended ended;

    put_file(directory, "build/record/sample/r.console",
             "w$ x {{'{{y}}'}}\n"
             "{{'$ rm'}}{{\\x1b}}[1m\n"
             "name: {{no newline}}\n"
             "{{waits}}\n"
             "w< {{'^D'}}\n"
             "{{'w:'}}\n"
             "[2]\n");
    ended = make_page(directory, "");
    assert_string_equal(ended.err, "");
    ended_free(&ended);
    entries = get_file(directory, "entries");
    assert_non_null(entries);
    assert_contains(entries,
                    "$ x {{y}} $ rm\\\\x1b[1m name: (waits) ^D w: [2]");
    free(entries);
    free(directory);
}

static void only_structure_changes_the_model(void **state)
{
    char *models[EDITS + 1];

    for (size_t i = 0; i <= EDITS; i++) {
        char *directory = directory_of("edit", i);

        models[i] = get_file(directory, "sample.model");
        assert_non_null(models[i]);
        free(directory);
    }
    assert_string_equal(models[0], models[EDITS]);
    for (size_t i = 1; i < EDITS; i++)
        assert_string_not_equal(models[i], models[EDITS]);
    for (size_t i = 0; i <= EDITS; i++)
        free(models[i]);
}

static void guide_has_every_directive(void **state)
{
    struct ended code =
        shell(".", "sed -n \"s/^  {name = '\\([a-z]*\\)'.*/\\1/p\" "
                   "docs/filters/lib/directives.lua | sort");
    struct ended guide = shell(
        ".", "sed -n '/^| directive |/,/^$/p' docs/guide.md | "
             "grep -o '`{\\.[a-z]*\\|`::: [a-z]*' | sed 's/.*[. ]//' | sort");

    assert_contains(code.out, "listing\n");
    assert_string_equal(code.out, guide.out);
    ended_free(&code);
    ended_free(&guide);
}

int main(void)
{
    struct tests tests = {0};

    ADD(&tests, makes_a_page);
    ADD(&tests, a_mistake_stops_the_build);
    for (size_t i = 0; i < MISTAKES; i++)
        add_test(&tests, is_reported, (void *)&mistakes[i], "%s is reported",
                 mistakes[i].what);
    ADD_ROWS(&tests, shows_it, shows);
    ADD(&tests, the_preface_shows_no_file);
    ADD(&tests, the_preface_names_a_concept_that_is_explained);
    ADD(&tests, the_preface_needs_whole_fences);
    ADD(&tests, a_model_needs_whole_fences);
    ADD(&tests, search_finds_what_a_page_shows);
    add_test(&tests, only_structure_changes_the_model, NULL,
             "only headings, directives and concepts change the model");
    add_test(&tests, guide_has_every_directive, NULL,
             "the guide has the directives of the code");
    return run_all("filter", &tests, make_all, remove_all);
}
