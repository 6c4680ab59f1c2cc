/* Proves that record keeps what a transcript's commands print, the same at
 * every run, and leaves nothing else; and that calls makes of its trace what
 * the page shows. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"

/* Each test has a directory of its own; record and calls write into out/. */
static char *directory;
static struct ended ended;
/* The one that hangs needs a second, which the others do not wait for. */
static char *hanging_directory;
static struct job hanging;

/* The options that every recording needs; out/ is made anew. */
#define RECORD                                                                 \
    "mkdir -p out && \"$ROOT/build/tools/record\" -b \"$BIN\" "                \
    "-s \"$ROOT/chapters/pipe\" -r \"$ROOT\" "
#define FILES "t.console out/t.console out/t.trace"
#define CALLS "mkdir -p out && \"$ROOT/build/tools/calls\" t.trace out/t.calls"

static int make_directory(void **state)
{
    (void)state;
    directory = scratch_make();
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    ended_free(&ended);
    ended = (struct ended){0};
    scratch_remove(directory);
    return 0;
}

static void command(const char *text)
{
    ended_free(&ended);
    ended = shell(directory, "%s", text);
}

static void record(const char *transcript)
{
    put_file(directory, "t.console", transcript);
    command(RECORD FILES);
}

static void recorded(const char *transcript)
{
    record(transcript);
    if (ended.status != 0)
        fail_msg("record: %s", ended.err);
}

static void calls(const char *trace)
{
    put_file(directory, "t.trace", trace);
    command(CALLS);
}

static void assert_file(const char *name, const char *text)
{
    char *is = get_file(directory, name);

    assert_non_null(is);
    assert_string_equal(is, text);
    free(is);
}

/* Neither a result nor anything else that record or calls made. */
static void assert_nothing_written(void)
{
    struct ended list = shell(directory, "ls -A out");

    assert_string_equal(list.out, "");
    ended_free(&list);
}

static void assert_one_line(const char *text)
{
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void record_says_how_it_is_called(void **state)
{
    (void)state;
    command(RECORD "t.console");
    assert_int_equal(ended.status, 2);
    assert_one_line(ended.err);
    assert_contains(ended.err, "usage: ");
}

static void record_needs_every_option(void **state)
{
    (void)state;
    command("\"$ROOT/build/tools/record\" -b \"$BIN\" " FILES);
    assert_int_equal(ended.status, 2);
    assert_contains(ended.err, "usage: ");
}

static void an_unknown_option_is_wrong_usage(void **state)
{
    (void)state;
    put_file(directory, "t.console", "$ :\n");
    command(RECORD "-x " FILES);
    assert_int_equal(ended.status, 2);
    assert_nothing_written();
}

static void the_deadline_is_a_number_of_seconds(void **state)
{
    static const char *const wrong[] = {"0", "-1", "soon", "1s", "''",
                                        "99999999999"};

    (void)state;
    put_file(directory, "t.console", "$ :\n");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *text = text_format(RECORD "-t %s " FILES, wrong[i]);

        command(text);
        free(text);
        if (ended.status != 2)
            fail_msg("-t %s gives status %d", wrong[i], ended.status);
    }
}

static void a_malformed_transcript_is_one_line_with_its_place(void **state)
{
    (void)state;
    record("$ :\n{{x}}\n");
    assert_int_equal(ended.status, 1);
    assert_one_line(ended.err);
    assert_contains(ended.err, "t.console:2: ");
    assert_nothing_written();
}

static void a_missing_transcript_is_named(void **state)
{
    (void)state;
    command(RECORD FILES);
    assert_int_equal(ended.status, 1);
    assert_one_line(ended.err);
    assert_contains(ended.err, "t.console: No such file");
    assert_nothing_written();
}

static void a_missing_directory_of_programs_is_named(void **state)
{
    (void)state;
    put_file(directory, "t.console", "$ :\n");
    command("mkdir out; \"$ROOT/build/tools/record\" -b no-such-bin "
            "-s \"$ROOT/chapters/pipe\" -r \"$ROOT\" " FILES);
    assert_int_equal(ended.status, 1);
    assert_contains(ended.err, "no-such-bin");
    assert_nothing_written();
}

static void a_recording_has_commands_output_and_status(void **state)
{
    (void)state;
    recorded("# why\n$ echo one; echo two >&2; exit 3\none\ntwo\n[3]\n"
             "$ :\n$ kill -TERM $$\n[143]\n");
    assert_string_equal(ended.err, "");
    assert_file("out/t.console", "$ echo one; echo two >&2; exit 3\none\ntwo\n"
                                 "[3]\n$ :\n$ kill -TERM $$\n[143]\n");
}

static void a_command_runs_on_a_terminal(void **state)
{
    (void)state;
    recorded("$ test -t 1 && echo terminal\nterminal\n");
    assert_string_equal(ended.err, "");
}

static void the_programs_and_sources_are_in_the_sandbox(void **state)
{
    (void)state;
    recorded("$ ./pipe1 && ls pipe1.c\nWrote 3 bytes\nRead 3 bytes: 123\n"
             "pipe1.c\n");
    assert_string_equal(ended.err, "");
}

static void the_commands_share_a_sandbox(void **state)
{
    (void)state;
    recorded("$ echo x > file\n$ cat file\nx\n");
    assert_string_equal(ended.err, "");
}

static void an_unknown_program_is_recorded_as_such(void **state)
{
    char *text;

    (void)state;
    recorded("$ ./no-such-program\nx\n");
    text = get_file(directory, "out/t.console");
    assert_non_null(text);
    assert_contains(text, "not found\n[127]\n");
    assert_contains(ended.err, "  + [127]\n");
    free(text);
}

static void a_mismatch_is_recorded_with_a_warning(void **state)
{
    (void)state;
    recorded("$ echo came\nexpected\n");
    assert_file("out/t.console", "$ echo came\ncame\n");
    assert_contains(ended.err, "t.console:1:\n");
    assert_contains(ended.err, "  - expected\n  + came\n");
}

static void pids_count_from_1001_as_they_appear(void **state)
{
    (void)state;
    recorded("$ echo \"$$ one\"; sh -c 'echo \"$$ two, $PPID one\"; :'\n"
             "{{one:pid}} one\n{{two:pid}} two, {{one}} one\n"
             "$ echo \"$$ three\"\n{{three:pid}} three\n");
    assert_string_equal(ended.err, "");
    assert_file("out/t.console",
                "$ echo \"$$ one\"; sh -c 'echo \"$$ two, $PPID one\"; :'\n"
                "1001 one\n1002 two, 1001 one\n"
                "$ echo \"$$ three\"\n1003 three\n");
}

static void pids_of_a_mismatch_are_renumbered_too(void **state)
{
    (void)state;
    recorded("$ echo \"$$ one\"; echo came\n{{one:pid}} one\nexpected\n");
    assert_file("out/t.console", "$ echo \"$$ one\"; echo came\n"
                                 "1001 one\ncame\n");
}

static void a_number_that_is_no_pid_stays(void **state)
{
    (void)state;
    recorded("$ echo 47 11\n{{n:number}} 11\n");
    assert_file("out/t.console", "$ echo 47 11\n47 11\n");
}

static void a_null_byte_in_the_output_is_an_error(void **state)
{
    (void)state;
    record("$ :\n$ printf 'a\\000b\\n'\nab\n");
    assert_int_equal(ended.status, 1);
    assert_one_line(ended.err);
    assert_contains(ended.err, "t.console:2: ");
    assert_contains(ended.err, "null byte");
    assert_nothing_written();
}

static void a_process_left_behind_is_an_error(void **state)
{
    (void)state;
    put_file(directory, "t.console",
             "$ trap '' HUP; sleep 60 > /dev/null 2>&1 &\n");
    /* strace would wait for it. */
    command("mkdir -p out && PATH=/nowhere \"$ROOT/build/tools/record\" "
            "-b \"$BIN\" -s \"$ROOT/chapters/pipe\" -r \"$ROOT\" " FILES);
    assert_int_equal(ended.status, 1);
    assert_contains(ended.err, "t.console:1: ");
    assert_contains(ended.err, "left a process behind");
    assert_nothing_written();
}

static void nothing_but_the_two_files_is_left(void **state)
{
    (void)state;
    recorded("$ mkdir -p a/b && echo x > a/b/c\n");
    command("ls -A . out");
    assert_string_equal(ended.out, ".:\nout\nt.console\n\nout:\n"
                                   "t.console\nt.trace\n");
}

static void two_recordings_have_the_same_bytes(void **state)
{
    (void)state;
    recorded("$ ./pipe3\n{{together}}\n{{parent:pid}} - wrote 3 bytes\n{{and}}\n"
             "{{child:pid}} - read 3 bytes: 123\n{{end}}\n"
             "$ ./dup | head -n 0\n$ ./msgget > x\n");
    command("mv out first && " RECORD FILES
            " && for d in out first; do \"$ROOT/build/tools/calls\" "
            "$d/t.trace $d/t.calls || exit; done; "
            "cmp out/t.console first/t.console && "
            "cmp out/t.calls first/t.calls && test -s out/t.calls");
    assert_string_equal(ended.out, "");
    assert_int_equal(ended.status, 0);
}

static void the_trace_does_not_tell_the_sandbox(void **state)
{
    (void)state;
    recorded("$ ./mkfifo fifo > /dev/null; cat < pipe1.c > /dev/null\n");
    command("grep sandbox out/t.trace; grep -F \"$ROOT\" out/t.trace");
    assert_string_equal(ended.out, "");
}

static void the_trace_has_the_calls_of_a_program(void **state)
{
    char *text;

    (void)state;
    if (system("command -v strace > /dev/null") != 0)
        skip();
    recorded("$ ./pipe1\nWrote 3 bytes\nRead 3 bytes: 123\n");
    text = get_file(directory, "out/t.trace");
    assert_non_null(text);
    if (text[0] == '#') {
        print_message("%s", text);
        skip();
    }
    assert_memory_equal(text, "$ ./pipe1\n", 10);
    assert_contains(text, "write(4<pipe:[1]>, \"123\", 3)");
    free(text);
}

static void without_strace_the_trace_says_so(void **state)
{
    (void)state;
    put_file(directory, "t.console", "$ echo x\nx\n");
    command("mkdir -p out && PATH=/nowhere \"$ROOT/build/tools/record\" "
            "-b \"$BIN\" -s \"$ROOT/chapters/pipe\" -r \"$ROOT\" " FILES);
    assert_int_equal(ended.status, 0);
    assert_file("out/t.trace", "# strace is not installed\n");
    assert_file("out/t.console", "$ echo x\nx\n");
}

static int start_hanging(void **state)
{
    (void)state;
    hanging_directory = scratch_make();
    put_file(hanging_directory, "t.console",
             "# why\n$ sleep 60 & echo $! > \"$(dirname \"$OLDPWD\")/x\"; wait\n");
    return 0;
}

static void a_command_that_hangs_is_named_and_ended(void **state)
{
    char *text;

    (void)state;
    ended = shell_end(&hanging);
    assert_int_equal(ended.status, 1);
    assert_contains(ended.err, "t.console:3: $ echo started; ");
    text = get_file(hanging_directory, "pid");
    assert_non_null(text);
    assert_true(strtol(text, NULL, 10) > 1);
    assert_true(gone((pid_t)strtol(text, NULL, 10)));
    free(text);
    scratch_remove(directory);
    directory = hanging_directory;
    assert_nothing_written();
}
