/* Tests the reader of traces: it finds the parts that strace.h lists, and it
 * refuses a line that strace does not write, with the number of the line.
 * tests/fuzz/strace.c shows that damaged traces break neither the reader nor
 * the pictures. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../docs/tools/strace.h"

static struct strace *strace;
static char *error;

static int forget(void **state)
{
    strace_free(strace);
    free(error);
    strace = NULL;
    error = NULL;
    return 0;
}

static void parse(const char *text)
{
    forget(NULL);
    strace = strace_parse("a.trace", text, &error);
    if (strace == NULL)
        fail_msg("refused: %s", error);
}

/* Parse lines as the only command of a trace. Returns its n calls. */
static const struct traced_call *calls(const char *lines, size_t n)
{
    char *text = text_format("$ ./a\n%s\n", lines);

    parse(text);
    free(text);
    assert_int_equal(strace->ncommands, 1);
    assert_int_equal(strace->commands[0].ncalls, n);
    return strace->commands[0].calls;
}

static void refused(const char *text, const char *message)
{
    forget(NULL);
    strace = strace_parse("a.trace", text, &error);
    if (strace != NULL)
        fail_msg("accepted: %s", text);
    assert_non_null(error);
    if (strncmp(error, message, strlen(message)) != 0)
        fail_msg("%s\ndoes not begin with\n%s", error, message);
}

/* Expect that a line after a command is refused. */
static void refused_line(const char *line, const char *reason)
{
    char *text = text_format("$ ./a\n%s\n", line),
         *message = text_format("a.trace:2: %s", reason);

    refused(text, message);
    free(text);
    free(message);
}

/* Compare the arguments of a call; args has them separated by "|". */
static void assert_args(const struct traced_call *call, const char *args)
{
    char *all = text_copy("", 0);

    for (size_t i = 0; i < call->nargs; i++) {
        char *longer =
            text_format("%s%s%s", all, i == 0 ? "" : "|", call->args[i]);

        free(all);
        all = longer;
    }
    assert_string_equal(all, args);
    free(all);
}

static void a_call_has_its_parts(void **state)
{
    const struct traced_call *call =
        calls("1001 read(3<pipe:[1]>, \"123\", 8192) = 3\n > pipe1.c:28", 1);

    assert_int_equal(call->line, 2);
    assert_int_equal(call->pid, 1001);
    assert_string_equal(call->text, "read(3<pipe:[1]>, \"123\", 8192) = 3");
    assert_string_equal(call->name, "read");
    assert_args(call, "3<pipe:[1]>|\"123\"|8192");
    assert_true(call->returned);
    assert_int_equal(call->result, 3);
    assert_string_equal(call->value, "3");
    assert_null(call->error);
    assert_string_equal(call->file, "pipe1.c");
    assert_int_equal(call->at, 28);
}

static void arguments_are_split_as_in_c(void **state)
{
    static const char *const cases[][2] = {
        {"getpid()", ""},
        {"close(3)", "3"},
        {"pipe2([3<pipe:[1]>, 4<pipe:[1]>], O_CLOEXEC)",
         "[3<pipe:[1]>, 4<pipe:[1]>]|O_CLOEXEC"},
        {"wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL)",
         "-1|[{WIFEXITED(s) && WEXITSTATUS(s) == 0}]|0|NULL"},
        {"poll([{fd=3<pipe:[1]>, events=POLLIN}], 1, 1000)",
         "[{fd=3<pipe:[1]>, events=POLLIN}]|1|1000"},
        {"clone3({flags=CLONE_VM, exit_signal=SIGCHLD} => {parent_tid=[0]}, "
         "88)",
         "{flags=CLONE_VM, exit_signal=SIGCHLD} => {parent_tid=[0]}|88"},
        {"execve(\"./a\", [\"./a\", \"b, c\"], 0x\342\200\246 /* 6 vars */)",
         "\"./a\"|[\"./a\", \"b, c\"]|0x\342\200\246 /* 6 vars */"},
        {"x(1 /* a, b) c */, 2)", "1 /* a, b) c */|2"},
        {"write(1, \"a, b)\", 5)", "1|\"a, b)\"|5"},
        {"write(1, \"\\\"), (\\\\\", 6)", "1|\"\\\"), (\\\\\"|6"},
        {"write(1, \"\\0\\n\\33\\377/*\"..., 4)",
         "1|\"\\0\\n\\33\\377/*\"...|4"},
        {"read(3</tmp/a, b(c]>, \"\", 9)", "3</tmp/a, b(c]>|\"\"|9"},
        {"openat(AT_FDCWD</tmp/a)b>, \"c\", O_RDONLY)",
         "AT_FDCWD</tmp/a)b>|\"c\"|O_RDONLY"},
        {"x(1<<3, 2)", "1<<3|2"},
        {"x(a <b, c> d)", "a <b|c> d"},
        {"x(<b, c<d)", "<b|c<d"},
        {"x( a , b )", "a|b"},
        {"x( , b)", "b"},
        {"msgsnd(1, {mtype=3, mtext=\"a}, b\"}, 5, 0)",
         "1|{mtype=3, mtext=\"a}, b\"}|5|0"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *line = text_format("1001 %s = 0", cases[i][0]);

        assert_args(calls(line, 1), cases[i][1]);
        free(line);
    }
}

static void a_result_is_a_number_or_an_error(void **state)
{
    static const struct {
        const char *text;
        bool returned;
        long result;
        const char *error;
    } cases[] = {
        {"0", true, 0, NULL},
        {"1002", true, 1002, NULL},
        {"022", true, 18, NULL},
        {"0x8002 (flags O_RDWR|O_LARGEFILE)", true, 0x8002, NULL},
        {"0x\342\200\246", true, 0, NULL},
        {"0 (Timeout)", true, 0, NULL},
        {"1 ([{fd=3, revents=POLLIN}])", true, 1, NULL},
        {"3<./my fifo, = (x)>", true, 3, NULL},
        {"-1", true, -1, NULL},
        {"-1 (flags O_RDWR)", true, -1, NULL},
        {"-1 EAGAIN (Resource temporarily unavailable)", true, -1, "EAGAIN"},
        {"-1 ENOENT (No such file or directory)", true, -1, "ENOENT"},
        {"-1 E2BIG (Argument list too long)", true, -1, "E2BIG"},
        {"?", false, -1, NULL},
        {"? <unavailable>", false, -1, NULL},
        /* The kernel has not repeated the call, so the program got EINTR. */
        {"? ERESTARTSYS (To be restarted if SA_RESTART is set)", true, -1,
         "EINTR"},
        {"? ERESTARTNOHAND (To be restarted if no handler)", true, -1, "EINTR"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *line = text_format("1001 call(1)    = %s", cases[i].text);
        const struct traced_call *call = calls(line, 1);

        free(line);
        assert_string_equal(call->value, cases[i].text);
        assert_int_equal(call->returned, cases[i].returned);
        assert_int_equal(call->result, cases[i].result);
        if (cases[i].error == NULL)
            assert_null(call->error);
        else
            assert_string_equal(call->error, cases[i].error);
    }
}

static void padding_is_no_part_of_a_call(void **state)
{
    const struct traced_call *call = calls("7     close(3)          = 0", 1);

    assert_int_equal(call->pid, 7);
    assert_args(call, "3");
    assert_string_equal(call->text, "close(3)          = 0");
}

static void a_resumed_call_stands_where_it_began(void **state)
{
    const struct traced_call *call =
        calls("1001 read(3<pipe:[1]>,  <unfinished ...>\n"
              "1002 vfork( <unfinished ...>\n"
              "1003 write(4<pipe:[1]>, \"x\", 1) = 1\n"
              " > a.c:5\n"
              "1002 <... vfork resumed>)   = 1004\n"
              "1001 <... read resumed>\"x\", 9) = 1\n"
              " > b.c:6",
              3);

    assert_int_equal(call[0].line, 2);
    assert_string_equal(call[0].text, "read(3<pipe:[1]>, \"x\", 9) = 1");
    assert_args(&call[0], "3<pipe:[1]>|\"x\"|9");
    assert_int_equal(call[0].result, 1);
    assert_string_equal(call[0].file, "b.c");
    assert_int_equal(call[1].line, 3);
    assert_string_equal(call[1].name, "vfork");
    assert_args(&call[1], "");
    assert_int_equal(call[1].result, 1004);
    assert_null(call[1].file);
    assert_string_equal(call[2].file, "a.c");
}

static void a_call_can_be_unfinished_anywhere(void **state)
{
    static const char *const cases[][2] = {
        {"execve(\"./a\", [\"a\"], 0x\342\200\246 /* 6 vars */ <unfinished "
         "...>\n1001 <... execve resumed>)   = 0",
         "\"./a\"|[\"a\"]|0x\342\200\246 /* 6 vars */"},
        {"wait4(-1,  <unfinished ...>\n1001 <... wait4 resumed>NULL, 0, NULL) "
         "= 1002",
         "-1|NULL|0|NULL"},
        {"write(1, \" <unfinished ...>\", 17 <unfinished ...>\n"
         "1001 <... write resumed>) = 17",
         "1|\" <unfinished ...>\"|17"},
        {"clone3({flags=0} <unfinished ...>\n"
         "1001 <... clone3 resumed> => {parent_tid=[0]}, 88) = 1002",
         "{flags=0} => {parent_tid=[0]}|88"},
        {"poll([{fd=3, events=POLLIN}], 1, 1000 <unfinished ...>\n"
         "1001 <... poll resumed>) = 0 (Timeout)",
         "[{fd=3, events=POLLIN}]|1|1000"},
        {"read(3,  <unfinished ...>\n"
         "1001 <... read resumed>0x\342\200\246, 9) = ? ERESTARTSYS (To be "
         "restarted)",
         "3|0x\342\200\246|9"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *line = text_format("1001 %s", cases[i][0]);
        const struct traced_call *call = calls(line, 1);

        free(line);
        assert_true(call->returned);
        assert_args(call, cases[i][1]);
    }
}

/* strace 6.1 and 6.13 write this if SIGKILL ends a process in read(). */
static void an_unfinished_call_has_the_arguments_that_were_written(void **state)
{
    const struct traced_call *call =
        calls("1001 read(3<pipe:[1]>,  <unfinished ...>\n"
              "1001 <... read resumed> <unfinished ...>) "
              "= ?\n1001 +++ killed by SIGKILL +++\n"
              "1002 openat(AT_FDCWD<.>, \"f\", O_RDONLY "
              "<unfinished ...>) = ?\n"
              "1003 wait4(-1,  <unfinished ...>\n"
              "1003 +++ killed by SIGTERM +++\n"
              "1003 close(3) = 0",
              6);

    assert_args(&call[0], "3<pipe:[1]>");
    assert_false(call[0].returned);
    assert_args(&call[2], "AT_FDCWD<.>|\"f\"|O_RDONLY");
    assert_false(call[2].returned);
    assert_string_equal(call[3].name, "wait4");
    assert_args(&call[3], "-1");
    assert_false(call[3].returned);
    assert_int_equal(call[3].result, -1);
    assert_null(call[3].value);
    assert_string_equal(call[5].name, "close");
}

static void a_restarted_call_counts_once(void **state)
{
    const struct traced_call *call =
        calls("1001 wait4(-1, 0x\342\200\246, 0, NULL) = ? ERESTARTSYS (To be "
              "restarted)\n1002 close(4) = 0\n1001 --- SIGCHLD {} ---\n"
              "1001 wait4(-1, NULL, 0, NULL) = 1002\n"
              "1001 write(1, \"= ? ERESTARTSYS\", 15) = 15\n"
              "1001 write(1, \"x\", 1) = 1",
              4);

    assert_string_equal(call[0].name, "close");
    assert_string_equal(call[1].name, "wait4");
    assert_int_equal(call[1].line, 2);
    assert_int_equal(call[1].result, 1002);
}

static void an_interrupted_call_stays_if_another_follows(void **state)
{
    const struct traced_call *call =
        calls("1001 wait4(-1, NULL, 0, NULL) = ? ERESTARTSYS (To be "
              "restarted)\n1001 --- SIGCHLD {} ---\n1001 close(4) = 0",
              2);

    assert_string_equal(call[0].name, "wait4");
    assert_string_equal(call[1].name, "close");
}

static void exit_does_not_return(void **state)
{
    const struct traced_call *call =
        calls("1001 exit_group(3)    = ?\n1001 +++ exited with 3 +++", 2);

    assert_string_equal(call[0].name, "exit_group");
    assert_false(call[0].returned);
    assert_args(&call[0], "3");
    assert_string_equal(call[1].name, "+exited");
    assert_args(&call[1], "3");
    assert_true(call[1].returned);
}

static void the_signal_that_killed_a_process_is_its_argument(void **state)
{
    const struct traced_call *call =
        calls("1001 +++ killed by SIGPIPE +++\n"
              "1002 +++ killed by SIGSEGV (core dumped) "
              "+++\n1003 +++ killed by SIGRT_2 +++",
              3);

    for (size_t i = 0; i < 3; i++)
        assert_string_equal(call[i].name, "+killed");
    assert_args(&call[0], "SIGPIPE");
    assert_args(&call[1], "SIGSEGV");
    assert_args(&call[2], "SIGRT_2");
}

static void remarks_and_signals_are_skipped(void **state)
{
    const struct traced_call *call =
        calls("1001 --- SIGPIPE {si_signo=SIGPIPE, si_code=SI_USER} ---\n"
              " > a.c:7\n"
              "1001 --- stopped by SIGTTOU ---\n"
              "1001 +++ superseded by execve in pid 1002 +++\n"
              "1001 ???? ( <unfinished ...>\n"
              "# a remark\n"
              "1001 close(3) = 0",
              1);

    assert_string_equal(call->name, "close");
    assert_null(call->file);
}

static void sections_begin_with_a_command(void **state)
{
    parse("$ ./a 'b $ c'\n1001 close(3) = 0\nreader$ ./b\n"
          "writer$ echo x $ y\n1001 close(4) = 0\n1002 close(5) = 0\n");
    assert_null(strace->reason);
    assert_int_equal(strace->ncommands, 3);
    assert_null(strace->commands[0].terminal);
    assert_string_equal(strace->commands[0].command, "./a 'b $ c'");
    assert_int_equal(strace->commands[0].ncalls, 1);
    assert_int_equal(strace->commands[1].line, 3);
    assert_string_equal(strace->commands[1].terminal, "reader");
    assert_int_equal(strace->commands[1].ncalls, 0);
    assert_string_equal(strace->commands[2].terminal, "writer");
    assert_string_equal(strace->commands[2].command, "echo x $ y");
    assert_int_equal(strace->commands[2].ncalls, 2);
}

static void each_command_has_its_own_processes(void **state)
{
    parse("$ ./a\n1001 read(3,  <unfinished ...>\n$ ./b\n1001 close(3) = 0\n");
    assert_string_equal(strace->commands[0].calls[0].name, "read");
    assert_string_equal(strace->commands[1].calls[0].name, "close");
    refused("$ ./a\n1001 read(3,  <unfinished ...>\n$ ./b\n"
            "1001 <... read resumed>\"\", 1) = 0\n",
            "a.trace:4: a resumed call without its beginning: ");
}

static void a_trace_may_consist_of_a_reason(void **state)
{
    parse("# strace is not installed\n");
    assert_string_equal(strace->reason, "strace is not installed");
    assert_int_equal(strace->ncommands, 0);
}

static void a_bad_line_is_refused_with_its_number(void **state)
{
    static const char *const cases[][2] = {
        {"close(3) = 0", "not a line of strace -f: close(3) = 0"},
        {"1001", "not a line of strace -f: 1001"},
        {"0 close(3) = 0", "not a line of strace -f: 0 close(3) = 0"},
        {"-5 close(3) = 0", "not a line of strace -f: -5"},
        {"", "not a line of strace -f: "},
        {"1001 ", "not a call: "},
        {"1001 close", "not a call: close"},
        {"1001 (3) = 0", "not a call: (3)"},
        {"1001 [3] = 0", "not a call: [3]"},
        {"1001 close <unfinished ...>", "not a call: "},
        {"1001 close(3", "a call that does not end: close(3"},
        {"1001 write(1, \"x) = 1", "a call that does not end: write"},
        {"1001 write(1, \"x\\", "a call that does not end: write"},
        {"1001 write(1 /* x) = 1", "a call that does not end: write"},
        {"1001 pipe2([3, 4) = 0", "a call that does not end: pipe2"},
        {"1001 close(3] = 0", "a call that does not end: close"},
        {"1001 close(3)", "a call without a result: close(3)"},
        {"1001 close(3) 0", "a call without a result: close(3) 0"},
        {"1001 close(3) = x", "a result that is not a number: x"},
        {"1001 close(3) = ", "a result that is not a number: "},
        {"1001 close(3) = 0y", "a result that is not a number: 0y"},
        {"1001 x() = 99999999999999999999", "a result that is not a number: 9"},
        {"1001 read(3, \"\", 1) = 2147479553",
         "more bytes than a call can transfer"},
        {"1001 <... read resumed>\"\", 1) = 0",
         "a resumed call without its beginning"},
        {"1001 <... read", "not a resumed call: <... read"},
        {"1001 +++ gone +++", "not the end of a process: +++ g"},
        {"1001 +++ exited with +++", "the end of a process without its status"},
        {"1001 +++ exited with 0", "the end of a process without its status"},
        {"1001 +++ killed by +++", "the end of a process without its status"},
        {" > a.c:1", "a source line without a call before it:  > a.c:1"},
        {"1001 read(3,  <unfinished ...>\n > a.c:1", NULL},
        {"1001 close(3) = 0\n > a.c:1\n > a.c:2", NULL},
        {"1001 close(3) = 0\n > a.c", NULL},
        {"1001 close(3) = 0\n > a.c:", NULL},
        {"1001 close(3) = 0\n > a.c:x", NULL},
        {"1001 close(3) = 0\n > a.c:1x", NULL},
        {"1001 close(3) = 0\n > :1", NULL},
        {"1001 read(3,  <unfinished ...>\n1001 close(3) = 0", NULL},
        {"1001 readv(3,  <unfinished ...>\n1001 <... read resumed>) = 0", NULL},
        {"1001 read(3,  <unfinished ...>\n1001 <... readv resumed>) = 0", NULL},
        {"1001 read(3,  <unfinished ...>\n1001 <... open resumed>) = 0", NULL},
        {"1001 read(3,  <unfinished ...>\n1002 <... read resumed>) = 0", NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (cases[i][1] != NULL) {
            refused_line(cases[i][0], cases[i][1]);
        } else {
            size_t lines = 1;
            char *text = text_format("$ ./a\n%s\n", cases[i][0]), *message;

            for (const char *c = cases[i][0]; *c != '\0'; c++)
                lines += *c == '\n';
            message = text_format("a.trace:%zu: ", lines + 1);
            refused(text, message);
            free(message);
            free(text);
        }
}

static void a_text_without_commands_is_refused(void **state)
{
    refused("", "a.trace:1: the trace is empty");
    refused("1001 close(3) = 0\n",
            "a.trace:1: a call before the first command: 1001 close(3) = 0");
    refused("\n", "a.trace:1: a call before the first command: ");
    refused("$ ./a", "a.trace:1: the trace ends inside a line: $ ./a");
    refused("READER$ ./a\n", "a.trace:1: a call before the first command: ");
}

static void a_message_is_one_short_line(void **state)
{
    char *line = text_format("1001 %01000d", 0);

    refused_line(line, "not a call: 000");
    assert_true(strlen(error) < 100);
    assert_null(strchr(error, '\n'));
    free(line);
}

static void a_descriptor_has_a_number_and_a_name(void **state)
{
    static const struct {
        const char *text;
        long fd;
        const char *what;
    } cases[] = {
        {"3", 3, NULL},
        {"0</dev/pts/1>", 0, "/dev/pts/1"},
        {"3<pipe:[1]>", 3, "pipe:[1]"},
        {"4<./a>b>", 4, "./a>b"},
        {"5<./a, (b]>", 5, "./a, (b]"},
        {"3<./x", 3, NULL},
        {"1048576", 1048576, NULL},
        {"1048577", -1, NULL},
        {"99999999999999999999", -1, NULL},
        {"-1", -1, NULL},
        {"", -1, NULL},
        {"AT_FDCWD<.>", -1, NULL},
        {"\"3\"", -1, NULL},
        {"[3<pipe:[1]>]", -1, NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *what = "";
        size_t length = 1;

        assert_int_equal(strace_fd(cases[i].text, &what, &length), cases[i].fd);
        if (cases[i].what == NULL) {
            assert_null(what);
            assert_int_equal(length, 0);
        } else {
            assert_int_equal(length, strlen(cases[i].what));
            assert_memory_equal(what, cases[i].what, length);
        }
    }
}

static void quoted_text_is_decoded(void **state)
{
    static const struct {
        const char *text, *bytes;
        size_t length;
        bool whole;
    } cases[] = {
        {"\"\"", "", 0, true},
        {"\"123\"", "123", 3, true},
        {"\"12\"...", "12", 2, false},
        {"\"\\a\\b\\f\\n\\r\\t\\v\"", "\a\b\f\n\r\t\v", 7, true},
        {"\"\\\\ \\\" \\'\"", "\\ \" '", 5, true},
        {"\"\\0\\1\\17\\177\\377\"", "\0\1\17\177\377", 5, true},
        {"\"\\0001\"", "\0001", 2, true},
        {"\"\\1234\"", "S4", 2, true},
        {"\"\\8\"", "8", 1, true},
        {"\"\\355\\225\\234\"", "\355\225\234", 3, true},
        {"\"cut", "cut", 3, true},
        {"\"cut\\", "cut\\", 4, true},
    };
    size_t length;
    bool whole;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *bytes = strace_bytes(cases[i].text, &length, &whole);

        assert_non_null(bytes);
        assert_int_equal(length, cases[i].length);
        assert_memory_equal(bytes, cases[i].bytes, length);
        assert_int_equal(whole, cases[i].whole);
        free(bytes);
    }
    assert_null(strace_bytes("", &length, &whole));
    assert_null(strace_bytes("0x\342\200\246", &length, &whole));
    assert_null(strace_bytes("3<\"a\">", &length, &whole));
}

int main(void)
{
    struct tests tests = {.teardown = forget};

    ADD(&tests, a_call_has_its_parts);
    ADD(&tests, arguments_are_split_as_in_c);
    ADD(&tests, a_result_is_a_number_or_an_error);
    ADD(&tests, padding_is_no_part_of_a_call);
    ADD(&tests, a_resumed_call_stands_where_it_began);
    ADD(&tests, a_call_can_be_unfinished_anywhere);
    ADD(&tests, an_unfinished_call_has_the_arguments_that_were_written);
    ADD(&tests, a_restarted_call_counts_once);
    ADD(&tests, an_interrupted_call_stays_if_another_follows);
    ADD(&tests, exit_does_not_return);
    ADD(&tests, the_signal_that_killed_a_process_is_its_argument);
    ADD(&tests, remarks_and_signals_are_skipped);
    ADD(&tests, sections_begin_with_a_command);
    ADD(&tests, each_command_has_its_own_processes);
    ADD(&tests, a_trace_may_consist_of_a_reason);
    ADD(&tests, a_bad_line_is_refused_with_its_number);
    ADD(&tests, a_text_without_commands_is_refused);
    ADD(&tests, a_message_is_one_short_line);
    ADD(&tests, a_descriptor_has_a_number_and_a_name);
    ADD(&tests, quoted_text_is_decoded);
    return run_all("strace", &tests, NULL, NULL);
}
