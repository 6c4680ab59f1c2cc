/* Tests that the matcher accepts exactly the output that a transcript allows,
 * and that its report shows the difference and its place. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/match.h"
#include "../common/memory.h"
#include "../common/transcript.h"

static struct transcript *t;
static char *values[8];
static char *report;

static int forget(void **state)
{
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        free(values[i]);
        values[i] = NULL;
    }
    free(report);
    report = NULL;
    transcript_free(t);
    t = NULL;
    alarm(0);
    return 0;
}

static void compare(const char *text, const struct outcome *outcomes)
{
    char *error;

    forget(NULL);
    /* Should it not end, the test does. */
    alarm(20);
    t = transcript_parse("t.console", text, &error);
    if (t == NULL)
        fail_msg("refused: %s", error);
    report = match_transcript(t, outcomes, values);
}

/* The output and the status of each command: {output, status}, ... */
#define COMPARE(text, ...) compare(text, (const struct outcome[]){__VA_ARGS__})
#define AGREES(...)                                                            \
    do {                                                                       \
        COMPARE(__VA_ARGS__);                                                  \
        if (report != NULL)                                                    \
            fail_msg("it differs:\n%s", report);                               \
    } while (0)
#define DIFFERS(...)                                                           \
    do {                                                                       \
        COMPARE(__VA_ARGS__);                                                  \
        assert_non_null(report);                                               \
    } while (0)

static void a_changed_line_differs(void **state)
{
    DIFFERS("$ a\none\ntwo\n", {"one\n2\n", 0});
    assert_contains(report, "  - two\n");
    assert_contains(report, "  + 2\n");
}

/* A transcript, the outcomes of its commands, and the report, or a part of it;
 * NULL if they agree. */
static const struct comparison {
    const char *sentence, *transcript;
    struct outcome outcomes[2];
    const char *report;
} comparisons[] = {
    {"equal output agrees", "$ a\none\ntwo\n", {{"one\ntwo\n", 0}}, NULL},
    {"no output agrees with none", "$ a\n", {{"", 0}}, NULL},
    {"a missing line differs", "$ a\none\ntwo\n", {{"one\n", 0}}, "  - two\n"},
    {"a missing first line differs",
     "$ a\none\ntwo\n",
     {{"two\n", 0}},
     "  - one\n    two\n"},
    {"an extra line differs",
     "$ a\none\n",
     {{"one\ntwo\n", 0}},
     "    one\n  + two\n"},
    {"an extra empty line differs", "$ a\none\n", {{"one\n\n", 0}}, ""},
    {"output where none is expected differs", "$ a\n", {{"x\n", 0}}, ""},
    {"lines in another order differ",
     "$ a\none\ntwo\n",
     {{"two\none\n", 0}},
     ""},
    {"a line that only begins as expected differs",
     "$ a\none\n",
     {{"one \n", 0}},
     ""},
    {"a line that ends too early differs", "$ a\none\n", {{"on\n", 0}}, ""},
    {"a carriage return differs", "$ a\none\n", {{"one\r\n", 0}}, ""},
    {"the expected status agrees", "$ a\n[3]\n", {{"", 3}}, NULL},
    {"another status differs", "$ a\n[3]\n", {{"", 4}}, "  - [3]\n  + [4]\n"},
    {"an unexpected failure differs", "$ a\n", {{"", 1}}, "  + [1]\n"},
    {"an unexpected success differs", "$ a\n[1]\n", {{"", 0}}, "  - [1]\n"},
    {"every command is compared",
     "$ a\nx\n$ b\ny\n",
     {{"x\n", 0}, {"z\n", 0}},
     "t.console:3:\n    $ b\n  - y\n  + z\n"},
    {"a variable takes all digits of a number",
     "$ a\n{{x:pid}}34\n",
     {{"1234\n", 0}},
     ""},
    {"two names have two values across commands",
     "$ a\n{{x:pid}}\n$ b\n{{y:pid}}\n",
     {{"7\n", 0}, {"7\n", 0}},
     ""},
    {"names of two types may share a value",
     "$ a\n{{x:pid}} {{y:msqid}} {{z:number}}\n",
     {{"7 7 7\n", 0}},
     NULL},
    {"two names in a block have two values",
     "$ a\n{{together}}\n{{p:pid}} w\n{{and}}\n{{c:pid}} r\n{{end}}\n",
     {{"7 r\n7 w\n", 0}},
     "are both 7\n"},
    {"parts that mix in too many ways are reported",
     "$ a\n{{together}}\nx\n{{and}}\nx\n{{and}}\nx\n{{and}}\nx\n"
     "{{and}}\nx\n{{and}}\nx\n{{and}}\nx\n{{and}}\nx\n{{and}}\nx\n"
     "{{and}}\nx\n{{and}}\nx\n{{and}}\nx\n{{end}}\n",
     {{"x\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\ny\n", 0}},
     "can mix in too many ways\n"},
    {"the report is a diff with its place",
     "# why\n$ true\n$ ./x y\none\ntwo {{n:number}}\nthree\n[2]\n",
     {{"", 0}, {"one\n2\nthree\nfour\n", 1}},
     "t.console:3:\n"
     "    $ ./x y\n"
     "    one\n"
     "  - two {{n:number}}\n"
     "  + 2\n"
     "    three\n"
     "  + four\n"
     "  - [2]\n"
     "  + [1]\n"},
    {"a status that agrees is shown without a sign",
     "$ a\nx\n[2]\n",
     {{"y\n", 2}},
     "t.console:1:\n    $ a\n  - x\n  + y\n    [2]\n"},
    {"a block that has ended does not wait",
     "a$ b\n{{waits}}\na< x\n",
     {{"", 0}, {NULL, 0}},
     "t.console:1:\n    a$ b\n  - {{waits}}\n"
     "  it has ended instead of waiting\n"},
};

static void compares_so(void **state)
{
    const struct comparison *row = *state;

    compare(row->transcript, row->outcomes);
    if ((report == NULL) != (row->report == NULL))
        fail_msg("the report is:\n%s", report == NULL ? "none" : report);
    if (report != NULL && text_begins(row->report, "t.console:"))
        assert_string_equal(report, row->report);
    else if (report != NULL)
        assert_contains(report, row->report);
}

static void a_diff_shows_what_cannot_be_seen(void **state)
{
    DIFFERS("$ a\na b\n", {"a\tb\r\n", 0});
    assert_contains(report, "  - a b\n  + a{{\\t}}b{{\\r}}\n");
    DIFFERS("$ a\na\n", {"a  \n", 0});
    assert_contains(report, "  - a\n  + a{{'  '}}\n");
    DIFFERS("$ a\na\tb \n", {"a b\n", 0});
    assert_contains(report, "  - a{{\\t}}b{{' '}}\n  + a b\n");
    DIFFERS("$ a\na\n", {"\033[1ma\177\n", 0});
    assert_contains(report, "  + {{\\x1b}}[1ma{{\\x7f}}\n");
    DIFFERS("$ a\na\n", {"a\u202e\xc2\x85\ufeff\n", 0});
    assert_contains(report, "  + a{{\\u202e\\u0085\\ufeff}}\n");
    DIFFERS("$ a\n파이프\n", {"파이\xed\x94\n", 0});
    assert_contains(report, "  - 파이프\n  + 파이{{\\xed\\x94}}\n");
}

static void a_diff_quotes_output_that_looks_like_something_else(void **state)
{
    DIFFERS("$ a\nx\n[1]\n", {"x\n[1]\n", 0});
    assert_contains(report, "    x\n  + {{'[1]'}}\n  - [1]\n");
    DIFFERS("$ a\n{{'$ '}}rm\n", {"rm\n", 0});
    assert_contains(report, "  - {{'$ '}}rm\n  + rm\n");
}

/* What a diff says came can be pasted into the transcript. */
static void output_of_a_diff_is_accepted_by_a_transcript(void **state)
{
    static char output[] = "a\tb \r\n$ rm\n[1]\n{{waits}}\nx\033[1m\n\xff ";
    char *text = NULL, *line;
    size_t size;
    FILE *out;

    DIFFERS("$ a\n", {output, 0});
    out = text_open(&text, &size);
    fputs("$ a\n", out);
    for (line = report; (line = strstr(line, "\n  + ")) != NULL; line += 5)
        fprintf(out, "%.*s\n", (int)strcspn(line + 5, "\n"), line + 5);
    fclose(out);
    AGREES(text, {output, 0});
    free(text);
}

static void a_diff_of_many_lines_is_short(void **state)
{
    char *transcript = NULL, *output = NULL;
    size_t size, length;
    FILE *expected = text_open(&transcript, &size),
         *printed = text_open(&output, &length);

    fputs("$ a\nfirst\n", expected);
    fputs("first\n", printed);
    for (int i = 0; i < 20000; i++) {
        fprintf(expected, "expected %d\n", i);
        fprintf(printed, "printed %d\n", i);
    }
    fputs("last\n", expected);
    fputs("last\n", printed);
    fclose(expected);
    fclose(printed);
    DIFFERS(transcript, {output, 0});
    assert_contains(report, "    first\n  - expected 0\n");
    assert_contains(report, "  - and 19950 lines more\n  + printed 0\n");
    assert_contains(report, "  + and 19950 lines more\n    last\n");
    free(transcript);
    free(output);
}

static void output_without_a_newline_at_its_end_differs(void **state)
{
    DIFFERS("$ a\none\n", {"one", 0});
    assert_contains(report, "  - one\n  + one{{no newline}}\n");
    DIFFERS("$ a\none{{no newline}}\n", {"one\n", 0});
    assert_contains(report, "  - one{{no newline}}\n  + one\n");
}

static void a_missing_newline_can_be_expected(void **state)
{
    AGREES("$ a\none{{no newline}}\n", {"one", 0});
    AGREES("$ a\none\n{{x:pid}}{{no newline}}\n[2]\n", {"one\n2", 2});
    AGREES("a$ a\nname: {{no newline}}\n{{waits}}\na:\nme\n",
           {"name: ", STATUS_WAITS}, {"me\n", 0});
}

/* No words that a program prints stand for the missing newline. */
static void a_missing_newline_cannot_be_printed(void **state)
{
    DIFFERS("$ a\none{{no newline}}\n", {"one{{no newline}}\n", 0});
    DIFFERS("$ a\none{{no newline}}\n", {"one{{no newline}}", 0});
    DIFFERS("$ a\none{{no newline}}\n", {"one (no newline at the end)\n", 0});
    DIFFERS("$ a\none{{'{{no newline}}'}}\n", {"one", 0});
    AGREES("$ a\none{{'{{no newline}}'}}\n", {"one{{no newline}}\n", 0});
}

static void an_escape_is_the_character_itself(void **state)
{
    AGREES("$ a\n{{\\x1b}}[1m{{\\r\\t\\xff}}{{\\u202e\\U000e0001}}\n",
           {"\033[1m\r\t\xff\u202e\U000e0001\n", 0});
    DIFFERS("$ a\n{{\\x1b}}\n", {"\\x1b\n", 0});
    DIFFERS("$ a\n{{\\x1b}}\n", {"{{\\x1b}}\n", 0});
}

static void a_variable_takes_the_value_that_came(void **state)
{
    AGREES("$ a\npid {{x:pid}}!\n", {"pid 4711!\n", 0});
    assert_string_equal(values[0], "4711");
}

static void a_variable_is_a_decimal_number(void **state)
{
    static char *const no_numbers[] = {"pid x\n",   "pid \n",   "pid -1\n",
                                       "pid 0x1\n", "pid +1\n", "pid 1.5\n"};

    for (size_t i = 0; i < sizeof no_numbers / sizeof *no_numbers; i++)
        DIFFERS("$ a\npid {{x:pid}}\n", {no_numbers[i], 0});
}

static void a_value_is_no_part_of_another_number(void **state)
{
    DIFFERS("$ a\n{{x:pid}}\n{{x}}\n", {"12\n123\n", 0});
    DIFFERS("$ a\n{{x:pid}}\n{{x}}\n", {"123\n12\n", 0});
}

static void a_variable_has_one_value_within_a_line(void **state)
{
    AGREES("$ a\n{{x:pid}} {{x}}\n", {"1 1\n", 0});
    DIFFERS("$ a\n{{x:pid}} {{x}}\n", {"1 2\n", 0});
}

static void a_variable_has_one_value_throughout(void **state)
{
    AGREES("$ a\n{{x:pid}}\n$ b\n{{x}}\n", {"7\n", 0}, {"7\n", 0});
    DIFFERS("$ a\n{{x:pid}}\n$ b\n{{x}}\n", {"7\n", 0}, {"8\n", 0});
    assert_contains(report, "  {{x}} was 7 and is 8 here\n");
}

static void two_names_of_a_type_have_two_values(void **state)
{
    AGREES("$ a\n{{x:pid}}\n{{y:pid}}\n", {"7\n8\n", 0});
    DIFFERS("$ a\n{{x:pid}}\n{{y:pid}}\n", {"7\n7\n", 0});
    assert_contains(report, "  {{x}} and {{y}} are both 7\n");
}

static void after_a_difference_there_are_no_values(void **state)
{
    DIFFERS("$ a\n{{x:pid}}\n$ b\ny\n", {"7\n", 0}, {"z\n", 0});
    assert_null(values[0]);
}

static void a_line_that_does_not_fit_changes_no_value(void **state)
{
    char *one[2] = {NULL, NULL}, *error;

    t = transcript_parse("t", "$ a\n{{x:pid}} {{y:pid}} end\n", &error);
    assert_non_null(t);
    assert_false(match_line(t, &t->commands[0].lines[0], "1 2 END\n", one));
    assert_null(one[0]);
    assert_null(one[1]);
}

static void a_line_that_fits_gives_its_values(void **state)
{
    char *one[1] = {NULL}, *error;

    t = transcript_parse("t", "$ a\n{{x:pid}} end\n", &error);
    assert_non_null(t);
    assert_true(match_line(t, &t->commands[0].lines[0], "12 end\n", one));
    assert_string_equal(one[0], "12");
    free(one[0]);
}

static const char block[] =
    "$ a\n{{together}}\na\nb\nc\n{{and}}\nx\ny\n{{end}}\n";

/* Swap through every order of the letters from place i on. A good order has
 * a before b before c, and x before y. */
static void try_orders(char *letters, size_t i, int *good, int *all)
{
    char output[11];
    bool fits;

    if (letters[i] == '\0') {
        snprintf(output, sizeof output, "%c\n%c\n%c\n%c\n%c\n", letters[0],
                 letters[1], letters[2], letters[3], letters[4]);
        fits = strchr(letters, 'a') < strchr(letters, 'b') &&
               strchr(letters, 'b') < strchr(letters, 'c') &&
               strchr(letters, 'x') < strchr(letters, 'y');
        ++*all;
        *good += fits;
        COMPARE(block, {output, 0});
        if ((report == NULL) != fits)
            fail_msg("%s is %s", letters, fits ? "refused" : "accepted");
    }
    for (size_t j = i; letters[i] != '\0' && letters[j] != '\0'; j++) {
        char kept = letters[i];

        letters[i] = letters[j];
        letters[j] = kept;
        try_orders(letters, i + 1, good, all);
        letters[j] = letters[i];
        letters[i] = kept;
    }
}

static void parts_mix_in_every_way_that_keeps_their_order(void **state)
{
    char letters[] = "abcxy";
    int good = 0, all = 0;

    try_orders(letters, 0, &good, &all);
    assert_int_equal(all, 120);
    assert_int_equal(good, 10);
}

static void a_block_does_not_lack_a_line(void **state)
{
    DIFFERS(block, {"a\nb\nc\nx\n", 0});
    assert_contains(report, "  - y\n");
    DIFFERS(block, {"x\ny\n", 0});
}

static void a_block_does_not_have_a_line_twice(void **state)
{
    DIFFERS(block, {"a\nb\nc\nx\ny\nx\n", 0});
    assert_contains(report, "  + x\n");
}

static void a_line_after_a_block_comes_after_it(void **state)
{
    static const char text[] =
        "$ a\nfirst\n{{together}}\na\n{{and}}\nb\n{{end}}\nlast\n";

    AGREES(text, {"first\nb\na\nlast\n", 0});
    DIFFERS(text, {"first\nb\nlast\na\n", 0});
    DIFFERS(text, {"a\nfirst\nb\nlast\n", 0});
}

static void blocks_in_sequence_do_not_mix(void **state)
{
    static const char text[] = "$ a\n{{together}}\na\n{{and}}\nb\n{{end}}\n"
                               "{{together}}\nc\n{{and}}\nd\n{{end}}\n";

    AGREES(text, {"b\na\nd\nc\n", 0});
    DIFFERS(text, {"a\nc\nb\nd\n", 0});
}

static void blocks_of_two_commands_do_not_mix(void **state)
{
    static const char text[] = "$ a\n{{together}}\na\n{{and}}\nb\n{{end}}\n"
                               "$ b\n{{together}}\nc\n{{and}}\nd\n{{end}}\n";

    AGREES(text, {"b\na\n", 0}, {"d\nc\n", 0});
    DIFFERS(text, {"b\nc\n", 0}, {"a\nd\n", 0});
}

static void variables_in_a_block_take_their_values(void **state)
{
    AGREES("$ a\n{{together}}\n{{p:pid}} w\n{{and}}\n{{c:pid}} r\n{{end}}\n",
           {"8 r\n7 w\n", 0});
    assert_string_equal(values[0], "7");
    assert_string_equal(values[1], "8");
}

/* The first line fits both parts; only a later one says which it was. */
static void a_guess_within_a_block_is_taken_back(void **state)
{
    AGREES("$ a\n{{together}}\n{{a:pid}} x\n{{a}} y\n{{and}}\n"
           "{{b:pid}} x\n{{b}} z\n{{end}}\n",
           {"1 x\n2 x\n2 y\n1 z\n", 0});
    assert_string_equal(values[0], "2");
    assert_string_equal(values[1], "1");
}

static void a_later_command_takes_a_guess_back(void **state)
{
    AGREES("$ a\n{{together}}\n{{a:pid}}\n{{and}}\n{{b:pid}}\n{{end}}\n"
           "$ b\nsecond {{a}}\n",
           {"1\n2\n", 0}, {"second 2\n", 0});
    assert_string_equal(values[0], "2");
}

static void the_report_shows_a_block_in_the_order_that_came(void **state)
{
    DIFFERS(block, {"x\na\nb\nc\nz\n", 0});
    assert_string_equal(report, "t.console:1:\n    $ a\n    x\n    a\n    b\n"
                                "    c\n  - y\n  + z\n");
}

static void a_block_that_waits_agrees_with_one_that_waits(void **state)
{
    static const char text[] = "a$ b\nx\n{{waits}}\na:\ny\n[1]\n";

    AGREES(text, {"x\n", STATUS_WAITS}, {"y\n", 1});
    DIFFERS(text, {"x\nz\n", STATUS_WAITS}, {"y\n", 1});
    assert_string_equal(report, "t.console:1:\n    a$ b\n    x\n  + z\n"
                                "    {{waits}}\n");
    DIFFERS(text, {"x\n", STATUS_WAITS}, {"z\n", 1});
    assert_string_equal(report, "t.console:4:\n    a:\n  - y\n  + z\n"
                                "    [1]\n");
}

static void the_first_outcomes_are_compared_alone(void **state)
{
    static const struct outcome outcomes[] = {{"7\n", 0}, {"z\n", 0}};
    char *error;

    t = transcript_parse("t", "$ a\n{{x:pid}}\n$ b\ny\n", &error);
    assert_non_null(t);
    assert_null(match_first(t, 1, outcomes, values));
    assert_string_equal(values[0], "7");
    free(values[0]);
    assert_null(match_first(t, 0, outcomes, values));
    assert_null(values[0]);
    report = match_first(t, 2, outcomes, values);
    assert_non_null(report);
}

static void known_values_come_from_outcomes_that_agree(void **state)
{
    static const struct outcome outcomes[] = {
        {"7\n", 0}, {"8\nz\n9\n", 0}, {"10\n", 0}, {NULL, 0}, {"11", 0}};
    static const char *const known[] = {"7", "8", NULL, "10", NULL};
    char *error;

    t = transcript_parse("t",
                         "$ a\n{{a:pid}}\n$ b\n{{b:pid}}\ny\n{{c:pid}}\n"
                         "$ c\n{{d:pid}}\n$ d\nx\n$ e\n{{e:pid}}\n",
                         &error);
    assert_non_null(t);
    match_known(t, 5, outcomes, values);
    for (size_t i = 0; i < t->nvariables; i++)
        if (known[i] == NULL)
            assert_null(values[i]);
        else
            assert_string_equal(values[i], known[i]);
}

/* The first agrees if the second is not there. */
static void known_values_do_not_come_from_lines_that_differ(void **state)
{
    static const struct outcome outcomes[] = {{"7\n", 0}, {"7\n", 0}};
    char *error;

    t = transcript_parse("t", "$ a\n{{a:pid}}\n$ b\n{{b:pid}}\n", &error);
    assert_non_null(t);
    match_known(t, 2, outcomes, values);
    assert_string_equal(values[0], "7");
    assert_null(values[1]);
}

int main(void)
{
    struct tests tests = {.teardown = forget};

    ADD(&tests, a_changed_line_differs);
    ADD(&tests, a_diff_shows_what_cannot_be_seen);
    ADD(&tests, a_diff_quotes_output_that_looks_like_something_else);
    ADD(&tests, output_of_a_diff_is_accepted_by_a_transcript);
    ADD(&tests, a_diff_of_many_lines_is_short);
    ADD(&tests, output_without_a_newline_at_its_end_differs);
    ADD(&tests, a_missing_newline_can_be_expected);
    ADD(&tests, a_missing_newline_cannot_be_printed);
    ADD(&tests, an_escape_is_the_character_itself);
    ADD(&tests, a_variable_takes_the_value_that_came);
    ADD(&tests, a_variable_is_a_decimal_number);
    ADD(&tests, a_value_is_no_part_of_another_number);
    ADD(&tests, a_variable_has_one_value_within_a_line);
    ADD(&tests, a_variable_has_one_value_throughout);
    ADD(&tests, two_names_of_a_type_have_two_values);
    ADD(&tests, after_a_difference_there_are_no_values);
    ADD(&tests, a_line_that_does_not_fit_changes_no_value);
    ADD(&tests, a_line_that_fits_gives_its_values);
    ADD(&tests, parts_mix_in_every_way_that_keeps_their_order);
    ADD(&tests, a_block_does_not_lack_a_line);
    ADD(&tests, a_block_does_not_have_a_line_twice);
    ADD(&tests, a_line_after_a_block_comes_after_it);
    ADD(&tests, blocks_in_sequence_do_not_mix);
    ADD(&tests, blocks_of_two_commands_do_not_mix);
    ADD(&tests, variables_in_a_block_take_their_values);
    ADD(&tests, a_guess_within_a_block_is_taken_back);
    ADD(&tests, a_later_command_takes_a_guess_back);
    ADD(&tests, the_report_shows_a_block_in_the_order_that_came);
    ADD(&tests, a_block_that_waits_agrees_with_one_that_waits);
    ADD(&tests, the_first_outcomes_are_compared_alone);
    ADD(&tests, known_values_come_from_outcomes_that_agree);
    ADD(&tests, known_values_do_not_come_from_lines_that_differ);
    ADD_ROWS(&tests, compares_so, comparisons);
    return run_all("match", &tests, NULL, NULL);
}
