/* Tests docs/change, docs/try and docs/check-chapters on the changes of a small
 * chapter, and the box of a change on a page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "support.h"

/* Make a chapter "tide" with the program "wave", a change of it, "wave-high",
 * and the recording of that change. */
#define CHAPTER                                                                \
    "C=chapters/tide/wave.c P=chapters/tide/changes/wave-high.patch && "       \
    "mkdir -p chapters/tide/changes build/changes build/bin build/work && "    \
    "printf -- '---\ntitle: {en: Sea}\nchapters: tide\nlanguages: en\n---\n' " \
    "> book.md && "                                                            \
    "seq -f 'line %g;' 20 > $C && "                                            \
    "sed 's/line 9;/LINE < 9;/; s/line 19;/&\\nnew;/' $C > copy.c && "         \
    "{ diff -u --label wave.c --label wave.c $C copy.c > $P; "                 \
    "printf '$ ./wave\nhigh <tide>\n[3]\n' > ${P%.patch}.console; } && "       \
    "cp ${P%.patch}.console build/changes && "

/* In such a chapter, run a command; the caller frees its result. */
static struct ended in_chapter(const char *command)
{
    char *directory = scratch_make();
    struct ended ended = shell(directory, "%s%s", CHAPTER, command);

    scratch_remove(directory);
    return ended;
}

static const struct ran ran[] = {
    {"a patch that fits gives the changed program",
     "\"$ROOT\"/docs/change apply $P $C out.c && cmp out.c copy.c && echo same",
     0,
     {"same\n", NULL}},
    {"a patch that fits at another line is refused",
     "sed -i '1s/^/new\\n/' $C && \"$ROOT\"/docs/change apply $P $C out.c",
     1,
     {"chapters/tide/changes/wave-high.patch:3: the patch does not fit "
      "chapters/tide/wave.c exactly: run make refresh-changes, or edit a copy",
      "run: make change-wave-high FROM=COPY\n", NULL}},
    {"a patch that fits with fuzz is refused",
     "sed -i 's/line 6;/six/' $C && \"$ROOT\"/docs/change apply $P $C out.c",
     1,
     {"wave-high.patch:3: the patch does not fit", NULL}},
    {"the second part of a patch that does not fit is named",
     "sed -i 's/line 18;/other/' $C && \"$ROOT\"/docs/change apply $P $C out.c",
     1,
     {"wave-high.patch:12: the patch does not fit", NULL}},
    {"a patch that has been applied is refused",
     "cp copy.c $C && \"$ROOT\"/docs/change apply $P $C out.c",
     1,
     {"wave-high.patch:3: the patch does not fit", NULL}},
    {"a patch with a line that no patch has is refused at that line",
     "sed -i '7s/^/x/' $P && \"$ROOT\"/docs/change apply $P $C out.c",
     1,
     {"wave-high.patch:7: the patch does not fit", NULL}},
    {"a patch without a change is refused",
     "sed -i 3,\\$d $P && \"$ROOT\"/docs/change apply $P $C out.c",
     1,
     {"wave-high.patch:1: the patch does not fit", NULL}},
    {"a refreshed patch fits again",
     "sed -i '1s/^/new\\n/; s/line 7;/seven/' $C && "
     "\"$ROOT\"/docs/change refresh $P $C && "
     "\"$ROOT\"/docs/change apply $P $C out.c && diff $C out.c",
     1,
     {"wave-high.patch is written\n", "10c10\n", "> LINE < 9;\n", "20a21\n",
      "> new;\n", NULL}},
    {"a patch that fits is not refreshed",
     "\"$ROOT\"/docs/change refresh $P $C; echo $?; ls chapters/tide/changes",
     0,
     {"0\nwave-high.console\nwave-high.patch\n", NULL}},
    {"a patch that cannot be refreshed stays",
     "cp $P old && sed -i '/line 9;/d' $C && { \"$ROOT\"/docs/change refresh "
     "$P $C;"
     " cmp old $P && ls chapters/tide/changes; }",
     0,
     {"wave-high.patch:3: patch(1) cannot apply this to chapters/tide/wave.c",
      "wave-high.console\nwave-high.patch\n", NULL}},
    {"a change is made from a copy of the program",
     "rm -r chapters/tide/changes && \"$ROOT\"/docs/change make $P $C copy.c "
     "&& "
     "head -n 2 $P && cat ${P%.patch}.console && "
     "\"$ROOT\"/docs/change apply $P $C out.c && cmp out.c copy.c && echo same",
     0,
     {"wave-high.patch is written\n", "wave-high.console is written",
      "--- wave.c\n+++ wave.c\n", "$ ./wave\n", "same\n", NULL}},
    {"a change that is made again keeps its transcript",
     "echo more >> copy.c && \"$ROOT\"/docs/change make $P $C copy.c && "
     "cat ${P%.patch}.console",
     0,
     {"wave-high.patch is written\n$ ./wave\nhigh <tide>\n", NULL}},
    {"a copy without a difference makes no change",
     "\"$ROOT\"/docs/change make $P $C $C",
     1,
     {"chapters/tide/wave.c:1: there is no difference", NULL}},
    {"a copy that is not there makes no change",
     "\"$ROOT\"/docs/change make $P $C none.c",
     1,
     {"none.c:1: there is no such file", NULL}},
    {"a try shows the change, runs the command, and prints its status",
     "mkdir changed && printf '#!/bin/sh\\ncat wave.c; exit 3\\n' "
     "> changed/wave && chmod +x changed/wave && echo high > changed/wave.c && "
     "\"$ROOT\"/docs/try $P changed build/bin",
     0,
     {"--- wave.c\n", "+LINE < 9;\n", "\n$ ./wave\nhigh\n[3]\n", NULL}},
    {"a try runs on the program of the book beside the changed one",
     "mkdir changed && printf '#!/bin/sh\\n./sea\\n' > changed/wave && "
     "printf '#!/bin/sh\\necho sea\\n' > build/bin/sea && "
     "chmod +x changed/wave build/bin/sea && "
     "\"$ROOT\"/docs/try $P changed build/bin",
     0,
     {"\n$ ./wave\nsea\n", NULL}},
    {"a try lists the other commands of the transcript",
     "mkdir changed && printf '#!/bin/sh\\necho high\\n' > changed/wave && "
     "chmod +x changed/wave && printf 'sea$ cat\\nsea< salt\\n' >> "
     "${P%.patch}.console && \"$ROOT\"/docs/try $P changed build/bin",
     0,
     {"+new;\n", "wave-high.console goes on, in /",
      ":\nsea$ cat\nsea< salt\n\n", "$ ./wave\nhigh\n", NULL}},
    {"a chapter with a change is right",
     "\"$ROOT\"/docs/check-chapters && echo right",
     0,
     {"right\n", NULL}},
    {"a line end of Windows in a patch is named",
     "sed -i '2s/$/\\r/' $P && \"$ROOT\"/docs/check-chapters",
     1,
     {"chapters/tide/changes/wave-high.patch:2: the line ends with a carriage "
      "return: save the file with line ends of Unix (LF)\n",
      NULL}},
    {"a line end of Windows in book.md is named",
     "sed -i 's/$/\\r/' book.md && \"$ROOT\"/docs/check-chapters",
     1,
     {"book.md:1: the line ends with a carriage return", NULL}},
    {"a line end of Windows in a transcript may be output",
     "sed -i '1s/$/\\r/' ${P%.patch}.console && \"$ROOT\"/docs/check-chapters",
     1,
     {"wave-high.console:1: the line ends with a carriage return",
      "; in output, write it as {{\\r}}\n", NULL}},
    {"a function table may have an underscore in its name",
     "mkdir -p chapters/tide/functions && touch "
     "chapters/tide/functions/shm_open.h && \"$ROOT\"/docs/check-chapters && "
     "echo right",
     0,
     {"right\n", NULL}},
    {"a program may not",
     "cp $C chapters/tide/low_wave.c && \"$ROOT\"/docs/check-chapters",
     1,
     {"chapters/tide/low_wave.c:1: the name has other characters", NULL}},
    {"a byte order mark is named",
     "sed -i '1s/^/\357\273\277/' $C && \"$ROOT\"/docs/check-chapters",
     1,
     {"chapters/tide/wave.c:1: the line begins with a byte order mark: save "
      "the file as UTF-8 without one\n",
      NULL}},
    {"a byte order mark in a transcript may be output",
     "sed -i '1s/^/\357\273\277/' ${P%.patch}.console && "
     "\"$ROOT\"/docs/check-chapters",
     1,
     {"wave-high.console:1: the line begins with a byte order mark",
      "without one; in output, write it as {{\\ufeff}}\n", NULL}},
    {"another encoding is named",
     "printf '/* \307\321: */\n' >> $C && \"$ROOT\"/docs/check-chapters",
     1,
     {": the line is not UTF-8: save the file as UTF-8\n", NULL}},
    {"another encoding of a transcript may be output",
     "printf '\376\n' > ${P%.patch}.console && \"$ROOT\"/docs/check-chapters",
     1,
     {"wave-high.console:1: the line is not UTF-8: save the file as UTF-8, or "
      "write the byte as {{\\x..}}\n",
      NULL}},
    {"a chapter may be in book.md once",
     "sed -i 's/^chapters: .*/& tide/' book.md && "
     "\"$ROOT\"/docs/check-chapters",
     1,
     {"\"tide\" is in this line twice: remove one\n", NULL}},
    {"a patch without a transcript is wrong",
     "rm ${P%.patch}.console && \"$ROOT\"/docs/check-chapters",
     1,
     {"chapters/tide/changes/wave-high.patch:1: this patch has no transcript: "
      "write chapters/tide/changes/wave-high.console\n",
      NULL}},
    {"a transcript without a patch is wrong",
     "rm $P && \"$ROOT\"/docs/check-chapters",
     1,
     {"wave-high.console:1: this transcript has no patch", NULL}},
    {"a change of a program that is not there is wrong",
     "mv $C chapters/tide/sea.c && \"$ROOT\"/docs/check-chapters",
     1,
     {"wave-high.patch:1: there is no program chapters/tide/wave.c", NULL}},
    {"a change without a word of its own is wrong",
     "mv $P chapters/tide/changes/wave.patch && \"$ROOT\"/docs/check-chapters",
     1,
     {"wave.patch:1: \"wave\" is not PROGRAM-WORD", NULL}},
    {"a change with a capital letter is wrong",
     "mv $P chapters/tide/changes/wave-High.patch && "
     "\"$ROOT\"/docs/check-chapters",
     1,
     {"wave-High.patch:1: the name has other characters", NULL}},
    {"a chapter with a space in its name is wrong",
     "mkdir 'chapters/low tide' && \"$ROOT\"/docs/check-chapters",
     1,
     {"chapters/low tide/: \"low tide\" cannot be the name of a chapter: "
      "begin with a lower-case letter",
      NULL}},
    {"a function table with a space in its name is wrong",
     "mkdir chapters/tide/functions && "
     "touch 'chapters/tide/functions/my raise.h' && "
     "\"$ROOT\"/docs/check-chapters",
     1,
     {"chapters/tide/functions/my raise.h:1: the name has other characters",
      NULL}},
    {"a wrong solution with a space in its name is wrong",
     "mkdir -p chapters/tide/exercises/ebb/wrong && "
     "touch 'chapters/tide/exercises/ebb/wrong/too late.c' && "
     "\"$ROOT\"/docs/check-chapters",
     1,
     {"chapters/tide/exercises/ebb/wrong/too late.c:1: the name has other "
      "characters",
      NULL}},
    {"a patch of a file with another name is wrong",
     "sed -i '1s/wave/waves/' $P && \"$ROOT\"/docs/check-chapters",
     1,
     {"wave-high.patch:1: the line is not \"--- wave.c\"", NULL}},
    {"a transcript that does not run the changed program is wrong",
     "sed -i 's|\\./wave|./waves|' ${P%.patch}.console && "
     "\"$ROOT\"/docs/check-chapters",
     1,
     {"wave-high.console:1: no command runs ./wave,", NULL}},
    {"a transcript on terminals may run the changed program",
     "sed -i '1s/.*/sea$ timeout 1 .\\/wave | cat/' "
     "${P%.patch}.console && \"$ROOT\"/docs/check-chapters && "
     "echo right",
     0,
     {"right\n", NULL}},
};

static void runs(void **state)
{
    assert_ran(*state, CHAPTER);
}

/* The page that pandoc makes of the chapter with this text after its title,
 * after a command; the caller frees the result. */
static struct ended page_after(const char *command, const char *text)
{
    char *line = text_format(
        "%s && ln -s \"$ROOT\"/docs . && TEXT=chapters/tide/en.md && "
        "printf '# Tide {#tide}\n\n%s\n' > $TEXT && PANDOC='%s' && "
        "$PANDOC -f markdown -t json -o build/work/index.model /dev/null && "
        "LC_ALL=C.UTF-8 $PANDOC --quiet -d docs/pandoc/page.yaml "
        "-M language=en -M form=page -M chapters=tide -M chapter=tide "
        "-M records=build/record -M models=build/work -M files=$(ls $P) "
        "-o page.html $TEXT && cat page.html",
        command, text, pandoc());
    struct ended ended = in_chapter(line);

    free(line);
    return ended;
}

#define BOX "::: {.try change=wave-high}\nRaise it.\n:::"

static void a_page_folds_the_change_in_its_box(void **state)
{
    static const char *const parts[] = {
        "<aside class=\"box try\"",
        "Raise it.",
        "<details class=\"change\" id=\"change-wave-high\">",
        "</summary>\n<pre class=\"diff\" tabindex=\"0\"><code>"
        "<span><i>  6</i>   line 6;</span>\n",
        "<del><i>  <a href=\"#src-wave-9\">9</a></i> - line 9;</del>\n"
        "<ins><i>   </i> + LINE &lt; 9;</ins>\n"
        "<span><i> 10</i>   line 10;</span>\n",
        "<span><i>   </i> ⋮ </span>\n<span><i> 17</i>   line 17;</span>\n",
        "<span><i> <a href=\"#src-wave-19\">19</a></i>   line 19;</span>\n"
        "<ins><i>   </i> + new;</ins>\n"
        "<span><i> 20</i>   line 20;</span></code></pre>\n",
        "<pre data-change=\"wave-high.console\" tabindex=\"0\"><code>"
        "<span class=\"prompt\">$ </span>",
        "high &lt;tide&gt;\n<span class=\"status\">[3]</span>\n</code></pre>",
        "<code>make try-wave-high</code>",
        "</details>\n</aside>",
        NULL};
    struct ended made = page_after("true", BOX);

    assert_string_equal(made.err, "");
    assert_int_equal(made.status, 0);
    assert_in_order(made.out, parts);
    ended_free(&made);
}

static void a_patch_without_blanks_on_empty_lines_is_shown(void **state)
{
    static const char *const parts[] = {
        "<span><i> 10</i>   </span>\n<span><i> 11</i>   line 11;</span>", NULL};
    struct ended made = page_after("sed -i 's/^ line 10;$//' $P", BOX);

    assert_in_order(made.out, parts);
    ended_free(&made);
}

static void assert_stops(struct ended made, const char *message)
{
    assert_int_equal(made.status, 1);
    assert_string_equal(made.err, message);
    ended_free(&made);
}

static void a_box_without_its_change_stops_the_build(void **state)
{
    assert_stops(
        page_after("true", BOX "\n\n::: {.try change=wave-low}\nNo.\n:::"),
        "chapters/tide/en.md:7: there is no change "
        "chapters/tide/changes/wave-low.patch: make it as docs/guide.md says, "
        "or remove this box\n");
}

static void a_box_without_the_name_of_a_change_stops_the_build(void **state)
{
    assert_stops(page_after("true", BOX "\n\n::: try\nNo.\n:::"),
                 "chapters/tide/en.md:7: the directive \"try\" needs "
                 "change=PROGRAM-WORD\n");
}

static void a_change_without_a_box_stops_the_build(void **state)
{
    assert_stops(page_after("true", "Nothing."),
                 "chapters/tide/changes/wave-high.patch:1: no text suggests "
                 "this change: write ::: {.try change=wave-high} in "
                 "chapters/tide/en.md\n");
}

static void a_change_in_two_boxes_stops_the_build(void **state)
{
    assert_stops(page_after("true", BOX "\n\n" BOX),
                 "chapters/tide/en.md:3: the id \"change-wave-high\" is "
                 "already in tide.html; show this only once\n");
}

/* A reader follows the README first. */
static void
the_edit_of_the_readme_keeps_the_changes_of_its_program(void **state)
{
    char *directory = scratch_make();
    struct ended ended;

    ended = shell(directory, "%s",
                  "set -- $(sed -n 's/.*change `\"\\(.*\\)\"` to "
                  "`\"\\(.*\\)\"` in `\\(chapters[^`]*\\)`.*/\\1 \\2 \\3/p' "
                  "\"$ROOT/README.md\") && [ $# = 3 ] && name=${3##*/} && "
                  "sed \"s/\\\"$1\\\"/\\\"$2\\\"/\" \"$ROOT/$3\" > $name && "
                  "! cmp -s $name \"$ROOT/$3\" && "
                  "cp \"$ROOT/${3%/*}/changes/${name%.c}\"-*.patch . && "
                  "for patch in *.patch; do "
                  "\"$ROOT/docs/change\" apply $patch $name out || exit; done");
    if (ended.status != 0)
        fail_msg("status %d: %s", ended.status, ended.err);
    ended_free(&ended);
    scratch_remove(directory);
}

int main(void)
{
    struct tests tests = {0};

    ADD_ROWS(&tests, runs, ran);
    ADD(&tests, a_page_folds_the_change_in_its_box);
    ADD(&tests, a_patch_without_blanks_on_empty_lines_is_shown);
    ADD(&tests, a_box_without_its_change_stops_the_build);
    ADD(&tests, a_box_without_the_name_of_a_change_stops_the_build);
    ADD(&tests, a_change_without_a_box_stops_the_build);
    ADD(&tests, a_change_in_two_boxes_stops_the_build);
    ADD(&tests, the_edit_of_the_readme_keeps_the_changes_of_its_program);
    return run_all("changes", &tests, NULL, NULL);
}
