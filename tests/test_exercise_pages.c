/* Tests docs/check-chapters and the box of an exercise on a page with a small
 * chapter, and tests/exercise with a judge that always says the same. */
#include "support.h"

/* Make a chapter "tide" with the exercise "fix-wave", in the folder $E. */
#define CHAPTER                                                                \
    "E=chapters/tide/exercises/fix-wave && mkdir -p $E build/work && "         \
    "printf -- '---\ntitle: {en: Sea}\nchapters: tide\nlanguages: en ko\n---"  \
    "\n' > book.md && touch chapters/tide/en.md chapters/tide/ko.md && "       \
    "echo 'int low;' > $E/fix-wave.c && echo 'int high;' > $E/solution.c && "  \
    "printf '$ ./fix-wave\nhigh\n' > $E/fix-wave.console && "                  \
    "printf '# Low & high\n\nRaise `<it>`.\n\n::: hint\nUp.\n:::\n\n::: hint"  \
    "\nUpper.\n:::\n' > $E/en.md && sed 's/^# .*/# Ko/' $E/en.md > $E/ko.md"   \
    " && "

/* Make a page with this box after a command. */
#define PAGE(command, box)                                                     \
    command                                                                    \
        " && ln -s \"$ROOT\"/docs . && TEXT=chapters/tide/en.md && "           \
        "printf '# Tide {#tide}\n\n%s\n' '" box "' > $TEXT && "                \
        "META='-M title=Sea -M language=en -M chapters=tide -M chapter=tide "  \
        "-M models=build/work' && export LC_ALL=C.UTF-8 && "                   \
        "${PANDOC:-pandoc} -f markdown -t json -o build/work/index.model "     \
        "/dev/null && ${PANDOC:-pandoc} -f markdown -t json "                  \
        "-L docs/filters/model.lua $META -o build/work/tide.model $TEXT && "   \
        "${PANDOC:-pandoc} --quiet -d "                                        \
        "docs/pandoc/${FORM:-page}.yaml "                                      \
        "$META "                                                               \
        "-M form=${FORM:-page} -M records=build/record "                       \
        "-M files=$E/fix-wave.console -o page.html $TEXT && cat page.html"
#define BOX "::: {.exercise name=fix-wave}\n:::"
/* Judge with a judge that prints "wrong" or "right". */
#define JUDGE                                                                  \
    "mkdir -p build/tests && printf '#!/bin/sh\ngrep -q high "                 \
    "exercises/fix-wave.c && echo right || { echo wrong; exit 1; }\n' > "      \
    "build/tests/judge && chmod +x build/tests/judge && export PROGRAMS=bin "  \
    "&& "
#define SOLVE "\"$ROOT\"/tests/exercise judge en $E true"
#define LIST "\"$ROOT\"/tests/exercise list en $E"

/* Check the chapters, until files that change afterwards have a later date. */
#define CHECKED                                                                \
    "\"$ROOT\"/docs/check-chapters && touch build/work/checked && "            \
    "until [ later -nt build/work/checked ]; do touch later; done && "

static const struct ran ran[] = {
    {"an exercise with all its files is right",
     "\"$ROOT\"/docs/check-chapters && echo right",
     0,
     {"right\n", NULL}},
    {"an exercise without a solution is wrong",
     "rm $E/solution.c && \"$ROOT\"/docs/check-chapters",
     1,
     {"chapters/tide/exercises/fix-wave/solution.c:1: this file of the "
      "exercise is missing: write it\n",
      NULL}},
    {"an exercise with one language is wrong",
     "rm $E/ko.md && \"$ROOT\"/docs/check-chapters -b",
     1,
     {"chapters/tide/exercises/fix-wave/ko.md:1: the text of the exercise is "
      "missing",
      NULL}},
    {"a chapter that has not changed is not checked again",
     CHECKED "touch -r build/work/checked before && "
             "\"$ROOT\"/docs/check-chapters && "
             "[ ! build/work/checked -ot before ] && "
             "[ ! build/work/checked -nt before ] && echo kept",
     0,
     {"kept\n", NULL}},
    {"a file that is removed after a check is missed",
     CHECKED "rm $E/solution.c && \"$ROOT\"/docs/check-chapters",
     1,
     {"chapters/tide/exercises/fix-wave/solution.c:1: this file of the "
      "exercise is missing: write it\n",
      NULL}},
    {"a check of the programs is no check of the texts",
     "rm $E/ko.md && " CHECKED "\"$ROOT\"/docs/check-chapters -b",
     1,
     {"chapters/tide/exercises/fix-wave/ko.md:1: the text of the exercise is "
      "missing",
      NULL}},
    {"a mistake is named until it is corrected",
     "rm $E/solution.c && ! \"$ROOT\"/docs/check-chapters 2> first && "
     "\"$ROOT\"/docs/check-chapters",
     1,
     {"chapters/tide/exercises/fix-wave/solution.c:1: this file of the "
      "exercise is missing: write it\n",
      NULL}},
    {"two exercises with one name are wrong",
     "sed -i 's/: tide/: ebb tide/' book.md && "
     "mkdir -p chapters/ebb/exercises && cp -r $E chapters/ebb/exercises && "
     "\"$ROOT\"/docs/check-chapters",
     1,
     {"exercises/fix-wave: another exercise has this name: rename one", NULL}},
    {"an exercise with the name of a program is wrong",
     "touch chapters/tide/fix-wave.c && \"$ROOT\"/docs/check-chapters",
     1,
     {"fix-wave: chapters/tide/fix-wave.c has this name: rename the exercise",
      NULL}},
    {"a page folds the program, each hint and the solution",
     PAGE("true", BOX),
     0,
     {"id=\"exercise-fix-wave\"", "Exercise 1.1</span> Low &amp; high",
      "Raise <code>&lt;it&gt;</code>", "<details class=\"program skeleton\"",
      "fix-wave/fix-wave.c\"",
      "<summary>Hint 1</summary>\n<p>Up.</p>\n</details>",
      "<summary>Hint 2</summary>\n<p>Upper.</p>\n</details>\n<details "
      "class=\"program solution\"",
      "make exercise-fix-wave", NULL}},
    {"paper names the folder of the hints and the solution",
     PAGE("FORM=print", BOX) " && ! grep -E 'Upper|high;|<details' page.html",
     0,
     {" low;", "Hints and a solution</dt><dd><code>chapters/", NULL}},
    {"a box without its exercise stops the build",
     PAGE("true", BOX "\n\n::: {.exercise name=fix-tide}\n:::"),
     1,
     {"chapters/tide/en.md:6: there is no exercise "
      "chapters/tide/exercises/fix-tide: make it as docs/guide.md says, or "
      "remove this box\n",
      NULL}},
    {"a box without a name stops the build",
     PAGE("true", "::: exercise\n:::"),
     1,
     {"chapters/tide/en.md:3: the directive \"exercise\" needs name=EX", NULL}},
    {"an exercise without a box stops the build",
     PAGE("true", "Nothing."),
     1,
     {"chapters/tide/exercises/fix-wave/fix-wave.console:1: no text shows this "
      "exercise: write ::: {.exercise name=fix-wave} in chapters/tide/en.md\n",
      NULL}},
    {"a text without a title stops the build",
     PAGE("sed -i 1d $E/en.md", BOX),
     1,
     {"fix-wave/en.md:1: an exercise begins with its title", NULL}},
    {"an exercise with one hint stops the build",
     PAGE("sed -i '/^Up[.]/,/^::: hint/d' $E/en.md", BOX),
     1,
     {"fix-wave/en.md:1: an exercise needs at least two hints", NULL}},
    {"another box in an exercise stops the build",
     PAGE("printf '\\n::: pitfall\\nNo.\\n:::\\n' >> $E/en.md", BOX),
     1,
     {"fix-wave/en.md:1: an exercise has one heading, and no boxes but", NULL}},
    {"a hint without its end stops the build",
     PAGE("sed -i '$d' $E/en.md", BOX),
     1,
     {"fix-wave/en.md:9: \"::: hint\" has no end: write \":::\" on a line of "
      "its own after it\n",
      NULL}},
    {"the learner's copy is made, and a hint follows a failure",
     JUDGE SOLVE "; cmp exercises/fix-wave.c $E/fix-wave.c && echo same",
     0,
     {"Low & high\n", "exercises/fix-wave.c is made.", "wrong\n",
      "exercises/fix-wave.c: not solved yet.", "Up.\nsame\n", NULL}},
    {"HINT says how many hints",
     JUDGE "HINT=2 " SOLVE,
     1,
     {"Up.\nUpper.\n", NULL}},
    {"a HINT that is not a number is refused",
     JUDGE "HINT=x " SOLVE,
     2,
     {"HINT=x: write a number, such as HINT=2\n", NULL}},
    {"the learner's copy is not overwritten",
     JUDGE "mkdir exercises && echo own > exercises/fix-wave.c && " SOLVE
           "; cat exercises/fix-wave.c",
     0,
     {"own\n", NULL}},
    {"the list says what is solved",
     JUDGE LIST "; " SOLVE "; " LIST
                "; cp $E/solution.c exercises/fix-wave.c; " LIST "; " SOLVE
                "; " LIST "; echo more >> exercises/fix-wave.c; " LIST,
     0,
     {": not begun\n", "wrong", ": not solved yet\n", ": not solved yet\n",
      "right\nexercises/fix-wave.c: solved.\n", ": solved\n",
      ": not solved yet\n", NULL}},
    {"a copy that is saved while the judge runs is not solved",
     JUDGE "mkdir exercises && cp $E/solution.c exercises/fix-wave.c && "
           "echo 'echo later >> exercises/fix-wave.c' >> "
           "build/tests/judge && " SOLVE " && " LIST,
     0,
     {"right\nexercises/fix-wave.c: solved.\n", ": not solved yet\n", NULL}},
    {"a judge that ends by a signal has not judged",
     JUDGE "echo 'kill -s KILL $$' >> build/tests/judge && mkdir exercises && "
           "cp $E/solution.c exercises/fix-wave.c && " SOLVE,
     2,
     {NULL}},
    {"a program that does not compile is not judged",
     JUDGE "\"$ROOT\"/tests/exercise judge en $E false",
     1,
     {"exercises/fix-wave.c does not compile.\n", NULL}},
};

static void runs(void **state)
{
    assert_ran(*state, CHAPTER);
}

int main(void)
{
    struct tests tests = {0};

    ADD_ROWS(&tests, runs, ran);
    return run_all("exercise pages", &tests, NULL, NULL);
}
