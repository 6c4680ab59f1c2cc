/* Tests that transcripts are read as transcript.h says, and that each mistake
 * is reported with its line. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/transcript.h"

static struct transcript *t;
static char *error;

static int forget(void **state)
{
    transcript_free(t);
    free(error);
    t = NULL;
    error = NULL;
    return 0;
}

static void parse(const char *text)
{
    t = transcript_parse("a.console", text, &error);
    if (t == NULL)
        fail_msg("refused: %s", error);
}

/* The only line of the only command. */
static const struct expected_line *parse_line(const char *line)
{
    char *text = text_format("$ a\n%s\n", line);

    parse(text);
    free(text);
    assert_int_equal(t->ncommands, 1);
    assert_int_equal(t->commands[0].nlines, 1);
    return &t->commands[0].lines[0];
}

/* A line of output as it is written, and its text. */
static const struct output {
    const char *sentence, *line, *text;
} outputs[] = {
    {"a line without variables is text", "one {two} $ [3]", "one {two} $ [3]"},
    {"an empty line is expected output", "", ""},
    {"spaces at both ends of a line count", "  x ", "  x "},
    {"a hash under a command is output", "# x", "# x"},
    {"brackets with more than a number are output", "[1] 4711", "[1] 4711"},
    {"a quoted status is output", "{{'[2]'}}", "[2]"},
    {"a quoted dollar is output", "{{'$ '}}ls", "$ ls"},
    {"quoted braces are no variable", "{{'{{x:pid}}'}}", "{{x:pid}}"},
    {"an escape is a text", "a{{\\x1b\\u202E}}b", "a\033\u202eb"},
};

static void is_output(void **state)
{
    const struct output *row = *state;
    const struct expected_line *line = parse_line(row->line);
    char *text = NULL;
    size_t size;
    FILE *out = text_open(&text, &size);

    for (size_t i = 0; i < line->nsegments; i++)
        fputs(line->segments[i].text, out);
    fclose(out);
    assert_string_equal(text, row->text);
    assert_string_equal(line->source, row->line);
    assert_int_equal(t->commands[0].status, 0);
    assert_int_equal(t->nvariables, 0);
    free(text);
}

static void a_command_is_the_text_after_the_dollar(void **state)
{
    parse("$ ./pipe4  'a b' $x\n");
    assert_int_equal(t->ncommands, 1);
    assert_string_equal(t->commands[0].text, "./pipe4  'a b' $x");
}

static void commands_keep_their_order_and_line_numbers(void **state)
{
    parse("$ one\nout\n$ two\n");
    assert_int_equal(t->ncommands, 2);
    assert_string_equal(t->commands[0].text, "one");
    assert_int_equal(t->commands[0].number, 1);
    assert_string_equal(t->commands[1].text, "two");
    assert_int_equal(t->commands[1].number, 3);
}

static void the_path_is_kept(void **state)
{
    parse("$ a\n");
    assert_string_equal(t->path, "a.console");
}

static void lines_belong_to_the_command_above_them(void **state)
{
    parse("$ one\nx\n$ two\ny\nz\n");
    assert_int_equal(t->commands[0].nlines, 1);
    assert_int_equal(t->commands[1].nlines, 2);
    assert_string_equal(t->commands[1].lines[1].source, "z");
    assert_int_equal(t->commands[1].lines[1].number, 5);
}

static void comments_before_the_first_command_are_left_out(void **state)
{
    parse("# why\n\n# and how\n$ a\n");
    assert_int_equal(t->ncommands, 1);
    assert_int_equal(t->commands[0].number, 4);
}

static void without_a_status_line_the_status_is_0(void **state)
{
    parse("$ a\nx\n");
    assert_int_equal(t->commands[0].status, 0);
}

static void the_last_line_in_brackets_is_the_status(void **state)
{
    parse("$ a\nx\n[255]\n$ b\n[1]\n");
    assert_int_equal(t->commands[0].status, 255);
    assert_int_equal(t->commands[0].nlines, 1);
    assert_int_equal(t->commands[1].status, 1);
}

static void a_variable_is_between_its_texts(void **state)
{
    const struct expected_line *line = parse_line("a {{x:pid}} b");

    assert_int_equal(line->nsegments, 3);
    assert_string_equal(line->segments[0].text, "a ");
    assert_null(line->segments[1].text);
    assert_int_equal(line->segments[1].variable, 0);
    assert_string_equal(line->segments[2].text, " b");
}

static void the_source_of_a_line_is_kept_as_written(void **state)
{
    assert_string_equal(parse_line("a {{x:pid}} {{'b'}}")->source,
                        "a {{x:pid}} {{'b'}}");
}

static void every_type_has_its_name(void **state)
{
    parse("$ a\n{{n:number}} {{p:pid}} {{q:msqid}} {{m:shmid}} {{s:semid}}\n");
    assert_int_equal(t->nvariables, 5);
    assert_int_equal(t->variables[3].type, TYPE_SHMID);
    assert_int_equal(t->variables[4].type, TYPE_SEMID);
    assert_string_equal(t->variables[0].name, "n");
    assert_int_equal(t->variables[0].type, TYPE_NUMBER);
    assert_int_equal(t->variables[1].type, TYPE_PID);
    assert_int_equal(t->variables[2].type, TYPE_MSQID);
}

static void a_name_is_one_variable_throughout(void **state)
{
    parse("$ a\n{{x:pid}}\n$ b\n{{x}}\n{{x:pid}}\n");
    assert_int_equal(t->nvariables, 1);
    assert_int_equal(t->commands[1].lines[0].segments[0].variable, 0);
    assert_int_equal(t->commands[1].lines[1].segments[0].variable, 0);
}

static void a_name_has_letters_digits_and_underscores(void **state)
{
    parse_line("{{Ab_9:pid}}");
    assert_string_equal(t->variables[0].name, "Ab_9");
}

static void a_name_that_begins_another_is_not_that_other(void **state)
{
    parse("$ a\n{{parent:pid}} {{par:pid}}\n");
    assert_int_equal(t->nvariables, 2);
}

static void a_together_block_has_parts(void **state)
{
    static const int blocks[] = {0, 1, 1, 1, 0, 2, 2};
    static const int parts[] = {0, 0, 0, 1, 0, 0, 1};

    parse("$ a\nx\n{{together}}\na\nb\n{{and}}\nc\n{{end}}\ny\n"
          "{{together}}\nd\n{{and}}\ne\n{{end}}\n");
    assert_int_equal(t->commands[0].nlines, 7);
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(t->commands[0].lines[i].together, blocks[i]);
        assert_int_equal(t->commands[0].lines[i].part, parts[i]);
    }
}

static void a_block_may_have_three_parts(void **state)
{
    parse("$ a\n{{together}}\na\n{{and}}\nb\n{{and}}\nc\n{{end}}\n");
    assert_int_equal(t->commands[0].lines[2].part, 2);
}

static void a_status_in_brackets_within_a_block_is_output(void **state)
{
    parse("$ a\n{{together}}\n[2]\n{{and}}\nb\n{{end}}\n[3]\n");
    assert_string_equal(t->commands[0].lines[0].source, "[2]");
    assert_int_equal(t->commands[0].status, 3);
}

static void a_file_reads_as_its_text_does(void **state)
{
    char *directory = scratch_make();
    char *path = text_format("%s/x.console", directory);

    put_file(directory, "x.console", "$ a\nx\n[3]\n");
    t = transcript_read(path, &error);
    scratch_remove(directory);
    assert_non_null(t);
    assert_string_equal(t->path, path);
    assert_string_equal(t->commands[0].lines[0].source, "x");
    assert_int_equal(t->commands[0].status, 3);
    free(path);
}

static void a_missing_file_is_named_with_the_reason(void **state)
{
    t = transcript_read("no/such.console", &error);
    assert_null(t);
    assert_string_equal(error, "no/such.console: No such file or directory");
}

static void a_null_byte_is_named_with_its_line(void **state)
{
    char *directory = scratch_make(), *expected;
    char *path = text_format("%s/null.console", directory);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fwrite("$ a\nx\ny\0z\n", 1, 10, file);
    fclose(file);
    t = transcript_read(path, &error);
    scratch_remove(directory);
    assert_null(t);
    expected = text_format("%s:3: ", path);
    assert_memory_equal(error, expected, strlen(expected));
    assert_contains(error, "null byte");
    free(expected);
    free(path);
}

static void without_names_there_is_no_terminal(void **state)
{
    parse("$ a\nb:\nb< x\nb<\nB$ x\n");
    assert_int_equal(t->ncommands, 1);
    assert_null(t->commands[0].terminal);
    assert_int_equal(t->commands[0].kind, COMMAND_RUN);
    assert_int_equal(t->commands[0].nlines, 4);
}

static void a_block_has_its_terminal_kind_text_and_owner(void **state)
{
    static const struct command blocks[] = {
        {.number = 2, .terminal = "a", .kind = COMMAND_RUN, .text = "one"},
        {.number = 5, .terminal = "bc", .text = "two 2", .owner = 1},
        {.number = 7, .terminal = "a", .kind = COMMAND_TYPE, .text = " x "},
        {.number = 9, .terminal = "a", .kind = COMMAND_TYPE, .text = ""},
        {.number = 11, .terminal = "a", .kind = COMMAND_TYPE, .text = ""},
        {.number = 13,
         .terminal = "bc",
         .kind = COMMAND_LOOK,
         .text = "",
         .owner = 1},
        {.number = 15, .terminal = "a", .kind = COMMAND_CLOSE, .text = "^D"},
        {.number = 17, .terminal = "a", .text = "three", .owner = 7},
    };

    parse("# why\na$ one\nout\n{{waits}}\nbc$ two 2\n{{waits}}\n"
          "a<  x \n{{waits}}\na< \n{{waits}}\na<\n{{waits}}\n"
          "bc:\nend\na< ^D\n[3]\na$ three\n");
    assert_int_equal(t->ncommands, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(t->commands[i].number, blocks[i].number);
        assert_string_equal(t->commands[i].terminal, blocks[i].terminal);
        assert_int_equal(t->commands[i].kind, blocks[i].kind);
        assert_string_equal(t->commands[i].text, blocks[i].text);
        assert_int_equal(t->commands[i].owner, blocks[i].owner);
    }
}

static void a_block_waits_or_has_a_status(void **state)
{
    parse("a$ one\nout\n{{waits}}\na:\nend\n[3]\nb$ two\n");
    assert_int_equal(t->commands[0].status, STATUS_WAITS);
    assert_int_equal(t->commands[0].nlines, 1);
    assert_int_equal(t->commands[1].status, 3);
    assert_int_equal(t->commands[1].nlines, 1);
    assert_int_equal(t->commands[2].status, 0);
}

static void a_quoted_block_is_output(void **state)
{
    parse("a$ x\n{{'a:'}}\n{{'b$ y'}}\n{{'Usage:'}}\n{{'{{waits}}'}}\n"
          "two words:\nb: c\nb<c\n{{waits}}\na:\n");
    assert_int_equal(t->ncommands, 2);
    assert_int_equal(t->commands[0].nlines, 7);
}

static void a_command_has_variables_of_outputs_above_it(void **state)
{
    const struct command *c;

    parse("$ a\n{{x:pid}} {{y:pid}}\n$ b {{x}}{{y:pid}} {{'{{x}}'}}\n");
    c = &t->commands[1];
    assert_string_equal(c->text, "b {{x}}{{y:pid}} {{'{{x}}'}}");
    assert_int_equal(c->nsegments, 5);
    assert_string_equal(c->segments[0].text, "b ");
    assert_int_equal(c->segments[1].variable, 0);
    assert_int_equal(c->segments[2].variable, 1);
    assert_string_equal(c->segments[4].text, "{{x}}");
}

static void a_typed_line_has_variables(void **state)
{
    parse("a$ a\n{{x:pid}}\n{{waits}}\na< {{x}}\n");
    assert_int_equal(t->commands[1].nsegments, 1);
    assert_null(t->commands[1].segments[0].text);
}

static void the_line_of_a_block_is_as_it_was_written(void **state)
{
    static const char *const lines[] = {"a$ one", "a< x", "a<", "a: ", "a< ^D"};

    parse("a$ one\n{{waits}}\na< x\n{{waits}}\na<\n{{waits}}\na:\n{{waits}}\n"
          "a< ^D\n");
    for (size_t i = 0; i < t->ncommands; i++) {
        char *line = transcript_line(&t->commands[i], t->commands[i].text);

        assert_memory_equal(line, lines[i], strlen(line));
        assert_true(strlen(line) >= 2);
        free(line);
    }
    transcript_free(t);
    parse("$ one\n");
    char *line = transcript_line(&t->commands[0], "two");

    assert_string_equal(line, "$ two");
    free(line);
}

static void a_line_ends_with_its_newline_or_says_so(void **state)
{
    parse("$ a\nx\nname: {{no newline}}\n[1]\n$ b\n");
    assert_true(t->commands[0].lines[0].newline);
    assert_false(t->commands[0].lines[1].newline);
    assert_int_equal(t->commands[0].lines[1].nsegments, 1);
    assert_string_equal(t->commands[0].lines[1].segments[0].text, "name: ");
    assert_int_equal(t->commands[0].status, 1);
}

static void a_quoted_key_is_typed_as_text(void **state)
{
    parse("a$ cat\n{{waits}}\na< {{'^C'}} 2^5 ^\n^C\n{{waits}}\na< ^D\n");
    assert_int_equal(t->commands[1].kind, COMMAND_TYPE);
    assert_string_equal(t->commands[1].segments[0].text, "^C");
    assert_string_equal(t->commands[1].segments[1].text, " 2^5 ^");
}

static void a_command_is_filled_with_values(void **state)
{
    char *values[] = {"7", "8"}, *text;

    parse(
        "$ a\n{{x:pid}} {{y:pid}}\n$ b {{y}}{{x:pid}} {{'{{x}}'}} {x} {{x}}\n");
    text = transcript_fill(&t->commands[1], values);
    assert_string_equal(text, "b 87 {{'{{x}}'}} {x} 7");
    free(text);
}

static void what_needs_no_quoting_is_not_quoted(void **state)
{
    static const char *const lines[] = {
        "",           " x ", "a\tb", "$", "$x",  "# x", "[x]",  "[1] x", "a: b",
        "파이프 {x}", "a:b", "}}",   "'", "{ {", "a<b", "a b:", "^D"};

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char *text = text_format("%s\n", lines[i]),
             *line = transcript_quote(text);

        assert_string_equal(line, lines[i]);
        free(line);
        free(text);
    }
}

static void what_needs_quoting_is_quoted(void **state)
{
    static const char *const lines[][2] = {
        {"$ rm\n", "{{'$ rm'}}"},
        {"b$ rm\n", "{{'b$ rm'}}"},
        {"[1]\n", "{{'[1]'}}"},
        {"Usage:\n", "{{'Usage:'}}"},
        {"a< x\n", "{{'a< x'}}"},
        {"a<\n", "{{'a<'}}"},
        {"{{waits}}\n", "{{'{{waits}}'}}"},
        {"x {{'y'}}\n", "{{'x {{'y''}}}}"},
        {"x", "x{{no newline}}"},
        {"$ ", "{{'$ '}}{{no newline}}"},
        {"\033[1mx\033[0m\n", "{{\\x1b}}[1mx{{\\x1b}}[0m"},
        {"$ \rx\n", "{{'$ '}}{{\\r}}{{'x'}}"},
        {"{\r\n", "{{'{'}}{{\\r}}"},
        {"\xff\xfe", "{{\\xff\\xfe}}{{no newline}}"},
        {"\xed\xa0\x80\n", "{{\\xed\\xa0\\x80}}"},
        {"\uffff\ufeff\u00a0\n", "{{\\uffff\\ufeff\\u00a0}}"},
        {"\001\b\v\f\177\n", "{{\\x01\\x08\\x0b\\x0c\\x7f}}"},
    };

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char *line = transcript_quote(lines[i][0]);

        assert_string_equal(line, lines[i][1]);
        free(line);
    }
}

static void each_character_is_visible_or_an_escape(void **state)
{
    static const char *const hidden[] = {
        "\xc2\x85",   "\u00a0",     "\u00ad",    "\u034f", "\u061c",
        "\u115f",     "\u1680",     "\u17b4",    "\u180e", "\u2000",
        "\u200b",     "\u200d",     "\u200f",    "\u2028", "\u202e",
        "\u202f",     "\u205f",     "\u2060",    "\u2066", "\u206f",
        "\u2800",     "\u3000",     "\u3164",    "\ufe0f", "\ufeff",
        "\uffa0",     "\ufff9",     "\ufdd0",    "\ufffe", "\U0001bca0",
        "\U0001d173", "\U000e0001", "\U0001ffff"};
    static const char *const visible[] = {
        "\u00a1", "\u00e9", "\u0301", "\u2010", "\u2026", "\u2190",
        "\u3001", "\uac00", "\ud7a3", "\ue000", "\ufffd", "\U0001f600"};

    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        char *text = text_format("%s\n", hidden[i]),
             *line = transcript_quote(text);

        if (!text_begins(line, "{{\\u") && !text_begins(line, "{{\\U"))
            fail_msg("character %zu is hidden: \"%s\"", i, line);
        free(line);
        free(text);
    }
    for (size_t i = 0; i < sizeof visible / sizeof *visible; i++) {
        char *text = text_format("%s\n", visible[i]),
             *line = transcript_quote(text);

        assert_string_equal(line, visible[i]);
        free(line);
        free(text);
    }
}

/* Assert that a transcript with a quoted line expects the text alone. */
static void expects_alone(const char *command, const char *text)
{
    char *line = transcript_quote(text), *whole = NULL;
    char *transcript = text_format("%s\n%s\n", command, line);
    size_t size, newline = strcspn(text, "\n");
    FILE *out = text_open(&whole, &size);

    t = transcript_parse("a.console", transcript, &error);
    if (t == NULL)
        fail_msg("\"%s\" is refused: %s", line, error);
    if (t->ncommands != 1 || t->commands[0].status != 0 ||
        t->commands[0].nlines != 1)
        fail_msg("\"%s\" is not one line of output", line);
    for (size_t i = 0; i < t->commands[0].lines[0].nsegments; i++)
        fputs(t->commands[0].lines[0].segments[i].text, out);
    fclose(out);
    if (size != newline || memcmp(whole, text, newline) != 0 ||
        t->commands[0].lines[0].newline != (text[newline] == '\n'))
        fail_msg("\"%s\" stands for \"%s\"", line, whole);
    free(whole);
    free(transcript);
    free(line);
    forget(NULL);
}

/* Lines of up to three of the parts that have a meaning in transcripts. */
static void every_output_can_be_quoted(void **state)
{
    static const char *const parts[] = {
        "",      "$",     " ",    "a",    "A",     ":",     "<",
        "[",     "1",     "]",    "{{",   "}}",    "{",     "}",
        "'",     "\\x1b", "#",    "^D",   "\t",    "waits", "no newline",
        "x:pid", "\r",    "\033", "\xff", "\u202e"};
    size_t n = sizeof parts / sizeof *parts;

    for (size_t i = 1; i < 2 * n * n * n; i++) {
        char *text =
            text_format("%s%s%s%s", parts[i / 2 % n], parts[i / 2 / n % n],
                        parts[i / 2 / n / n], i % 2 == 1 ? "\n" : "");

        if (*text != '\0') {
            expects_alone("$ a", text);
            expects_alone("a$ a", text);
        }
        free(text);
    }
}

static const struct malformed {
    const char *sentence, *text;
    int line;
    const char *reason; /* a part of the message */
} malformed[] = {
    {"line ends are those of Unix", "$ a\nx\r\n", 2, "carriage return"},
    {"a command has no carriage return", "$ a\r\nx\r\n", 1, "carriage return"},
    {"the last line needs its newline", "$ a\nx", 2, "newline"},
    {"an empty file has no command", "", 1, "no command"},
    {"comments alone are no transcript", "# x\n\n", 2, "no command"},
    {"output needs a command before it", "# x\nout\n$ a\n", 2, "first command"},
    {"a lone dollar is no command", "$\n", 1, "first command"},
    {"a dollar and a space are no command", "$ \n", 1, "first command"},
    {"status 0 is not written", "$ a\n[0]\n", 2, "[0]"},
    {"a status is at most 255", "$ a\nx\n[256]\n", 3, "[256]"},
    {"a status that overflows is refused", "$ a\n[99999999999999999999]\n", 2,
     "[99999999999999999999]"},
    {"no output follows the status", "$ a\n[1]\nx\n", 3, "after the status"},
    {"a second status is refused", "$ a\n[1]\n[2]\n", 3, "after the status"},
    {"no block follows the status", "$ a\n[1]\n{{together}}\n", 3,
     "after the status"},
    {"the first use of a variable has its type", "$ a\n{{x}}\n{{x:pid}}\n", 2,
     "first use"},
    {"an unknown type is refused", "$ a\n{{x:ino}}\n", 2, "unknown type"},
    {"an empty type is refused", "$ a\n{{x:}}\n", 2, "unknown type"},
    {"the beginning of a type is no type", "$ a\n{{x:pi}}\n", 2,
     "unknown type"},
    {"more than a type is no type", "$ a\n{{x:pids}}\n", 2, "unknown type"},
    {"a variable keeps its type", "$ a\n{{x:pid}}\n$ b\n{{x:number}}\n", 4,
     "differs from before: x"},
    {"two variables need text between them", "$ a\n{{x:pid}}{{y:pid}}\n", 2,
     "nothing between"},
    {"an empty text does not part two variables",
     "$ a\n{{x:pid}}{{''}}{{y:pid}}\n", 2, "nothing between"},
    {"an empty name is refused", "$ a\n{{:pid}}\n", 2, "{{name:type}}"},
    {"empty braces are refused", "$ a\n{{}}\n", 2, "{{name:type}}"},
    {"a name does not begin with a digit", "$ a\n{{1x:pid}}\n", 2,
     "{{name:type}}"},
    {"a name has no space", "$ a\n{{x y:pid}}\n", 2, "{{name:type}}"},
    {"a name has no hyphen", "$ a\n{{x-y:pid}}\n", 2, "{{name:type}}"},
    {"a variable ends on its line", "$ a\n{{x:pid\n}}\n", 2, "without }}"},
    {"a quoted text ends on its line", "$ a\nx {{'y\n'}}\n", 2, "'}}"},
    {"a block is not opened within a block",
     "$ a\n{{together}}\nx\n{{together}}\n", 4, "within"},
    {"a part is not empty at the beginning", "$ a\n{{together}}\n{{and}}\n", 3,
     "nothing before {{and}}"},
    {"a part is not empty in the middle",
     "$ a\n{{together}}\nx\n{{and}}\n{{and}}\n", 5, "nothing before {{and}}"},
    {"a part is not empty at the end",
     "$ a\n{{together}}\nx\n{{and}}\n{{end}}\n", 5, "two parts"},
    {"a block has two parts", "$ a\n{{together}}\nx\n{{end}}\n", 4,
     "two parts"},
    {"a block ends before the next command",
     "$ a\n{{together}}\nx\n{{and}}\ny\n$ b\n", 6, "without {{end}}"},
    {"a block ends before the file does", "$ a\n{{together}}\nx\n{{and}}\ny\n",
     5, "without {{end}}"},
    {"and has its place in a block", "$ a\nx\n{{and}}\n", 3, "{{and}} outside"},
    {"end has its place in a block", "$ a\nx\n{{end}}\n", 3, "{{end}} without"},
    {"and has no place after a block",
     "$ a\n{{together}}\nx\n{{and}}\ny\n{{end}}\n{{and}}\n", 7,
     "{{and}} outside"},
    {"a marker is a line of its own", "$ a\nx {{together}}\n", 2, "first use"},
    {"a variable in a command has a value", "$ a\n$ b {{x}}\n", 2,
     "needs a value"},
    {"a command gives a variable no value", "$ a {{x:pid}}\n{{x:pid}}\n", 1,
     "needs a value"},
    {"a variable in a command has its value above it", "$ a {{x}}\n{{x:pid}}\n",
     1, "needs a value"},
    {"a variable in a typed line has a value",
     "a$ b\n{{waits}}\na< {{x}}\n{{x:pid}}\n", 3, "needs a value"},
    {"a variable keeps its type in a command",
     "$ a\n{{x:pid}}\n$ b {{x:msqid}}\n", 3, "differs from before: x"},
    {"a variable in a command ends on its line", "$ a {{x\n", 1, "without }}"},
    {"the name of a terminal has no capitals", "Reader$ a\n", 1,
     "lower-case letters"},
    {"the name of a terminal has no digits", "a$ b\nreader2$ a\n", 2,
     "lower-case letters; output has {{'...'}}: reader2$ a"},
    {"the name of a terminal has no hyphen", "a$ b\n{{waits}}\na-b:\n", 3,
     "lower-case letters"},
    {"the name of a terminal is ASCII", "a$ b\n{{waits}}\n\303\251< x\n", 3,
     "lower-case letters"},
    {"a terminal with a name does not follow one without", "$ a\nx\nb$ c\n", 3,
     "or none does"},
    {"a terminal without a name does not follow one with", "b$ c\nx\n$ a\n", 3,
     "or none does"},
    {"a look before the first command is an error", "a:\n", 1, "no command is"},
    {"a look where no command runs is an error", "a$ b\n{{waits}}\nc:\n", 3,
     "no command is waiting on the terminal c"},
    {"a look where the command has ended is an error", "a$ b\nx\na:\n", 3,
     "no command is waiting on the terminal a"},
    {"a second look at the end is an error", "a$ b\n{{waits}}\na:\n[1]\na:\n",
     5, "no command is waiting on the terminal a"},
    {"typing where no command runs is an error", "a$ b\n{{waits}}\nc< x\n", 3,
     "no command is waiting on the terminal c"},
    {"typing where the command has ended is an error", "a$ b\na<\n", 2,
     "no command is waiting on the terminal a"},
    {"typing after the end is an error",
     "a$ b\n{{waits}}\na< ^D\n{{waits}}\na:\n{{waits}}\na< x\n", 7, "after ^D"},
    {"a second end is an error", "a$ b\n{{waits}}\na< ^D\n{{waits}}\na< ^D\n",
     5, "after ^D"},
    {"a terminal has one command at a time", "a$ b\n{{waits}}\nc$ d\na$ e\n", 4,
     "still running on the terminal a"},
    {"a command does not wait at the end", "a$ b\n{{waits}}\nc$ d\n", 1,
     "left waiting on the terminal a"},
    {"a look does not wait at the end", "a$ b\n{{waits}}\na:\n{{waits}}\n", 3,
     "left waiting on the terminal a"},
    {"waiting needs a terminal", "$ a\n{{waits}}\n", 2, "needs a terminal"},
    {"no output follows the waiting", "a$ b\n{{waits}}\nx\na:\n", 3,
     "only a command may follow"},
    {"no status follows the waiting", "a$ b\n{{waits}}\n[1]\na:\n", 3,
     "only a command may follow"},
    {"no waiting follows the status", "a$ b\n[1]\n{{waits}}\n", 3,
     "only a command may follow"},
    {"waits is not allowed within a block",
     "a$ b\n{{together}}\nx\n{{waits}}\n{{and}}\n", 4, "within {{together}}"},
    {"a block ends before the next terminal's",
     "a$ b\n{{together}}\nx\n{{and}}\ny\nc$ d\n", 6, "without {{end}}"},
    {"a control character is written as an escape", "$ a\nx\033[1m\n", 2,
     "write it as {{\\x1b}}"},
    {"a quoted control character is an escape", "$ a\n{{'\001'}}\n", 2,
     "write it as {{\\x01}}"},
    {"a carriage return is written as an escape", "$ a\nx\ry\n", 2,
     "write it as {{\\r}}"},
    {"a byte that is no UTF-8 is written as an escape", "$ a\nx\xff\n", 2,
     "write it as {{\\xff}}"},
    {"a mark of direction is written as an escape", "$ a\nx\u202e\n", 2,
     "write it as {{\\u202e}}"},
    {"a command has no control character", "$ echo \033\n", 1,
     "cannot be seen"},
    {"a space follows the dollar sign", "$\ta\n", 1, "and one space"},
    {"nothing is before the dollar sign", " $ a\n", 1, "and one space"},
    {"a file has no byte order mark", "\ufeff$ a\n", 1, "byte order mark"},
    {"an escape has all its digits", "$ a\n{{\\x1}}\n", 2, "an escape is"},
    {"an escape has a letter", "$ a\n{{\\}}\n", 2, "an escape is"},
    {"an unknown escape is refused", "$ a\n{{\\e}}\n", 2, "an escape is"},
    {"nothing follows an escape", "$ a\n{{\\rx}}\n", 2, "an escape is"},
    {"an escape ends on its line", "$ a\n{{\\r\n", 2, "without }}"},
    {"a newline is no escape", "$ a\n{{\\x0a}}\n", 2, "an escape is"},
    {"a null byte is no escape", "$ a\n{{\\x00}}\n", 2, "an escape is"},
    {"half of a character is no escape", "$ a\n{{\\ud800}}\n", 2,
     "an escape is"},
    {"a command has no escape", "$ echo {{\\r}}\n", 1, "only output"},
    {"a typed line has no escape", "a$ b\n{{waits}}\na< {{\\x03}}\n", 3,
     "only output"},
    {"nothing follows a missing newline", "$ a\nx{{no newline}}\ny\n", 3,
     "no output can follow {{no newline}}"},
    {"a missing newline is at the end of a line", "$ a\nx{{no newline}}y\n", 2,
     "only for the end"},
    {"a missing newline needs output", "$ a\n{{no newline}}\n", 2,
     "no output before"},
    {"an empty text is no output", "$ a\n{{''}}{{no newline}}\n", 2,
     "no output before"},
    {"a block does not lack a newline",
     "$ a\n{{together}}\nx{{no newline}}\n{{and}}\ny\n{{end}}\n", 3,
     "within {{together}}"},
    {"a command does not lack a newline", "$ a {{no newline}}\n", 1,
     "only for the end"},
    {"an interrupt cannot be typed", "a$ b\n{{waits}}\na< ^C\n", 3,
     "write {{'^C'}}"},
    {"a key has a small letter as well", "a$ b\n{{waits}}\na< ^d\n", 3,
     "write {{'^d'}}"},
    {"a suspend cannot be typed", "a$ b\n{{waits}}\na< ^Z\n", 3,
     "write {{'^Z'}}"},
    {"a quit cannot be typed", "a$ b\n{{waits}}\na< ^\\\n", 3,
     "write {{'^\\'}}"},
    {"an end of file is a line of its own", "a$ b\n{{waits}}\na< x^D\n", 3,
     "^D, on a line of its own"},
    {"a key after a quoted one is refused", "a$ b\n{{waits}}\na< {{'^C'}}^?\n",
     3, "write {{'^?'}}"},
    {"the first of two errors is reported", "$ a\n{{x}}\n{{}}\n", 2,
     "first use"},
};

static void is_refused(void **state)
{
    const struct malformed *m = *state;
    char *place = text_format("a.console:%d: ", m->line);

    t = transcript_parse("a.console", m->text, &error);
    assert_null(t);
    if (strncmp(error, place, strlen(place)) != 0)
        fail_msg("\"%s\" does not begin with \"%s\"", error, place);
    free(place);
    assert_contains(error, m->reason);
}

int main(void)
{
    struct tests tests = {.teardown = forget};

    ADD(&tests, a_command_is_the_text_after_the_dollar);
    ADD(&tests, commands_keep_their_order_and_line_numbers);
    ADD(&tests, the_path_is_kept);
    ADD(&tests, lines_belong_to_the_command_above_them);
    ADD(&tests, comments_before_the_first_command_are_left_out);
    ADD(&tests, without_a_status_line_the_status_is_0);
    ADD(&tests, the_last_line_in_brackets_is_the_status);
    ADD(&tests, a_variable_is_between_its_texts);
    ADD(&tests, the_source_of_a_line_is_kept_as_written);
    ADD(&tests, every_type_has_its_name);
    ADD(&tests, a_name_is_one_variable_throughout);
    ADD(&tests, a_name_has_letters_digits_and_underscores);
    ADD(&tests, a_name_that_begins_another_is_not_that_other);
    ADD(&tests, a_together_block_has_parts);
    ADD(&tests, a_block_may_have_three_parts);
    ADD(&tests, a_status_in_brackets_within_a_block_is_output);
    ADD(&tests, a_file_reads_as_its_text_does);
    ADD(&tests, a_missing_file_is_named_with_the_reason);
    ADD(&tests, a_null_byte_is_named_with_its_line);
    ADD(&tests, without_names_there_is_no_terminal);
    ADD(&tests, a_block_has_its_terminal_kind_text_and_owner);
    ADD(&tests, a_block_waits_or_has_a_status);
    ADD(&tests, a_quoted_block_is_output);
    ADD(&tests, a_command_has_variables_of_outputs_above_it);
    ADD(&tests, a_typed_line_has_variables);
    ADD(&tests, the_line_of_a_block_is_as_it_was_written);
    ADD(&tests, a_line_ends_with_its_newline_or_says_so);
    ADD(&tests, a_quoted_key_is_typed_as_text);
    ADD(&tests, a_command_is_filled_with_values);
    ADD(&tests, what_needs_no_quoting_is_not_quoted);
    ADD(&tests, what_needs_quoting_is_quoted);
    ADD(&tests, each_character_is_visible_or_an_escape);
    ADD(&tests, every_output_can_be_quoted);
    ADD_ROWS(&tests, is_output, outputs);
    ADD_ROWS(&tests, is_refused, malformed);
    return run_all("transcript", &tests, NULL, NULL);
}
