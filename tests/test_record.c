/* Tests that record writes the output of a transcript's commands, the same
 * bytes at every run, and leaves nothing else; and that calls turns a trace
 * into the text of the page. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"

/* Each test has a directory of its own; record and calls write into out/. */
static char *directory;
static struct ended ended;

/* The options that every recording needs; out/ is made if it is missing. */
#define RECORD_IN(path)                                                        \
    "mkdir -p out && " path " \"$TOOLS/record\" -b \"$BIN\" "                  \
    "-s \"$ROOT/chapters/pipe\" -r \"$ROOT\" "
#define RECORD RECORD_IN("")
#define FILES "t.console out/t.console out/t.trace"
#define CALLS "mkdir -p out && \"$TOOLS/calls\" en t.trace out/t.calls"

static int make_directory(void **state)
{
    directory = scratch_make();
    return 0;
}

static int remove_directory(void **state)
{
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

/* There is no result and no temporary file. */
static void assert_nothing_written(void)
{
    struct ended names = shell(directory, "ls -A out");

    assert_string_equal(names.out, "");
    ended_free(&names);
}

static void assert_one_line(const char *text)
{
    if (strchr(text, '\n') != text + strlen(text) - 1)
        fail_msg("not one line: %s", text);
}

static void record_says_how_it_is_called(void **state)
{
    static const char *const wrong[] = {
        RECORD "t.console", RECORD "-x " FILES,
        "\"$TOOLS/record\" -b bin -s src " FILES,
        "\"$TOOLS/record\" -b bin -r root " FILES,
        "\"$TOOLS/record\" -s src -r root " FILES};

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        command(wrong[i]);
        assert_int_equal(ended.status, 2);
        assert_contains(ended.err, "usage: ");
    }
    assert_nothing_written();
}

static void a_malformed_transcript_is_one_line_with_its_place(void **state)
{
    record("$ :\n{{x}}\n");
    assert_int_equal(ended.status, 1);
    assert_one_line(ended.err);
    assert_contains(ended.err, "t.console:2: ");
    assert_nothing_written();
}

static void a_missing_transcript_is_named(void **state)
{
    command(RECORD FILES);
    assert_int_equal(ended.status, 1);
    assert_one_line(ended.err);
    assert_contains(ended.err, "t.console: No such file");
    assert_nothing_written();
}

static void a_missing_directory_of_programs_is_named(void **state)
{
    put_file(directory, "t.console", "$ :\n");
    command("mkdir out; \"$TOOLS/record\" -b no-such-bin "
            "-s \"$ROOT/chapters/pipe\" -r \"$ROOT\" " FILES);
    assert_int_equal(ended.status, 1);
    assert_contains(ended.err, "no-such-bin");
    assert_nothing_written();
}

static void a_recording_can_be_made_where_one_is(void **state)
{
    put_file(directory, "t.console", "$ echo came\ncame\n");
    command("mkdir out && cd out && \"$TOOLS/record\" -b \"$BIN\" "
            "-s . -r \"$ROOT\" ../t.console t.console t.trace");
    assert_string_equal(ended.err, "");
    assert_file("out/t.console", "$ echo came\ncame\n");
    command("ls -A . out");
    assert_string_equal(ended.out, ".:\nout\nt.console\n\nout:\n"
                                   "t.console\nt.trace\n");
}

static void a_recording_that_is_the_same_keeps_its_date(void **state)
{
    recorded("$ echo came\ncame\n");
    command("touch -d @1 out/t.* && touch -d @2 t.console && " RECORD FILES
            " && find out -type f -newer t.console");
    assert_string_equal(ended.out, "");
    put_file(directory, "t.console", "$ echo went\nwent\n");
    command("touch -d @2 t.console && " RECORD FILES
            " && find out -type f -newer t.console | LC_ALL=C sort");
    assert_string_equal(ended.out, "out/t.console\nout/t.trace\n");
}

static void a_mismatch_is_recorded_with_a_warning(void **state)
{
    recorded("$ echo came\nexpected\n");
    assert_file("out/t.console", "$ echo came\ncame\n");
    assert_contains(ended.err, "t.console:1:\n");
    assert_contains(ended.err, "  - expected\n  + came\n");
}

static void a_changed_program_takes_the_place_of_that_of_the_book(void **state)
{
    put_file(directory, "t.console", "$ ./pipe1\nchanged\n");
    command("mkdir changed && printf '#!/bin/sh\\necho changed\\n' > "
            "changed/pipe1 && chmod +x changed/pipe1 && " RECORD
            "-c changed t.console out/t.console; ls out");
    assert_string_equal(ended.err, "");
    assert_string_equal(ended.out, "t.console\n");
}

static void without_its_trace_no_recording_is_written(void **state)
{
    put_file(directory, "t.console", "$ :\n");
    command(RECORD "t.console out/t.console nowhere/t.trace");
    assert_int_equal(ended.status, 1);
    assert_contains(ended.err, "nowhere/t.trace: No such file");
    assert_nothing_written();
}

/* A killed process with the same number left it. */
static void a_sandbox_that_a_killed_process_left_does_not_matter(void **state)
{
    put_file(directory, "t.console", "$ echo came\ncame\n");
    command("mkdir -p out/sandbox.1.$$.new && " RECORD_IN("exec ") FILES);
    if (ended.status != 0)
        fail_msg("record: %s", ended.err);
    assert_file("out/t.console", "$ echo came\ncame\n");
    command("rmdir out/sandbox.1.*.new");
    assert_int_equal(ended.status, 0);
}

static void a_full_disk_is_an_error_and_no_output(void **state)
{
    record("$ cat /etc/hostname > /dev/full\n");
    assert_int_equal(ended.status, 1);
    assert_string_equal(ended.err, "record: cat /etc/hostname > /dev/full: "
                                   "No space left on device\n");
    assert_false(exists("%s/out/t.console", directory));
    assert_false(exists("%s/out/t.trace", directory));
}

static void a_full_disk_that_is_expected_is_recorded(void **state)
{
    recorded("$ cat /etc/hostname > /dev/full\n"
             "cat: write error: No space left on device\n[1]\n");
}

static void an_expected_full_disk_allows_other_output_to_differ(void **state)
{
    record("$ echo came\nexpected\n$ cat /etc/hostname > /dev/full\n"
           "cat: write error: No space left on device\n[1]\n");
    assert_int_equal(ended.status, 0);
    assert_file("out/t.console",
                "$ echo came\ncame\n$ cat /etc/hostname > /dev/full\n"
                "cat: write error: No space left on device\n[1]\n");
}

/* A strace around record lets each read(2) of a terminal fail in turn: those of
 * the test of strace, and those of a command's output. */
static void a_terminal_that_cannot_be_read_is_an_error(void **state)
{
    int n = 0;

    if (system("strace -o /dev/null true 2> /dev/null") != 0)
        SKIP("strace does not work here");
    put_file(directory, "t.console", "$ echo hello\nhello\n");
    do {
        /* LeakSanitizer cannot run under ptrace(2). */
        char *text = text_format(
            "export ASAN_OPTIONS=detect_leaks=0; rm -rf out log; " RECORD_IN(
                "strace -o log -P \"$(readlink -f /dev/ptmx)\" "
                "-P /dev/pts/ptmx -e trace=read "
                "-e inject=read:error=EIO:when=%d") FILES
            "; "
            "status=$?; grep -q INJECTED log || exit 77; exit $status",
            ++n);

        command(text);
        free(text);
        if (ended.status == 77)
            break;
        assert_int_equal(ended.status, 1);
        assert_one_line(ended.err);
        assert_contains(ended.err, "its output cannot be read: "
                                   "Input/output error\n");
        assert_nothing_written();
    } while (n < 100);
    /* In the last turn no call failed. */
    assert_true(n > 2 && n < 100);
    assert_string_equal(ended.err, "");
    assert_file("out/t.console", "$ echo hello\nhello\n");
}

/* Descriptors, limits, signals and so on of the process that calls record. */
static void properties_of_the_caller_are_not_recorded(void **state)
{
    static const char *const callers[] = {
        "3< /dev/null 4< /dev/null 9> lock",
        "< /dev/null > /dev/null",
        "<&- >&- 2>&-",
        "> /dev/full 2> /dev/full",
    };
    static const char *const before[] = {
        "umask 077; ",
        "ulimit -S -n 50; ulimit -S -f 100; ulimit -S -s 1024; ",
        "trap '' INT HUP PIPE CHLD TERM USR1; ",
        "export LC_ALL=ko_KR.UTF-8 TZ=Asia/Seoul TERM=xterm OLD=1; ",
        "PATH=$PWD/own:$PATH; mkdir -p own; cp /bin/cat own; ",
        "renice -n 5 -p $$ > /dev/null; ",
        "mkdir -p deep; cd deep; set -- ../; ",
    };
    enum { CALLERS = 4, ALL = 4 + sizeof before / sizeof *before };

    recorded("$ echo x > x\n$ umask; ulimit -f; ulimit -n; ulimit -s\n"
             "$ echo $TZ $TERM; cat x | wc -l; trap; touch y; stat -c %a y\n"
             "$ ls -1 /proc/self/fd\n");
    command("test -e out/t.trace && mv out first && cat first/t.console");
    assert_int_equal(ended.status, 0);
    assert_contains(ended.out, "\n0022\nunlimited\n1024\n8192\n");
    assert_contains(ended.out, "UTC dumb\n");
    assert_contains(ended.out, "\n644\n$ ls -1 /proc/self/fd\n0\n1\n2\n3\n");
    for (size_t i = 0; i < ALL; i++) {
        char *text = text_format(
            "set -- ./; mkdir -p out; %s \"$TOOLS/record\" -b \"$BIN\" "
            "-s \"$ROOT/chapters/pipe\" -r \"$ROOT\" $1t.console "
            "$1out/t.console $1out/t.trace %s && cmp $1out/t.console "
            "$1first/t.console && for d in $1out $1first; do "
            "\"$TOOLS/calls\" en $d/t.trace $d/t.calls; done && "
            "diff $1out/t.calls $1first/t.calls",
            i < CALLERS ? "" : before[i - CALLERS],
            i < CALLERS ? callers[i] : "");

        command(text);
        if (ended.status != 0)
            fail_msg("%s:\n%s%s", text, ended.out, ended.err);
        free(text);
    }
}

/* Under strace, a program sees the first descriptors that are free. */
static void a_traced_program_has_no_descriptor_of_the_caller(void **state)
{
    char *text;

    put_file(directory, "t.console", "$ ./pipe2 > x\n");
    command(RECORD FILES " 3< /dev/null 4< /dev/null 5< /dev/null");
    assert_int_equal(ended.status, 0);
    text = get_file(directory, "out/t.trace");
    assert_non_null(text);
    if (text[0] == '#')
        SKIP("strace does not work here");
    assert_contains(text, "([3<pipe:[1]>, 4<pipe:[1]>]");
    free(text);
}

/* A transcript, and its recording. Where the output is not the expected one,
 * the transcript has the line "expected". */
static const struct recording {
    const char *sentence, *transcript, *recorded;
} recordings[] = {
    {"a command runs on a terminal", "$ test -t 1 && echo terminal\nterminal\n",
     "$ test -t 1 && echo terminal\nterminal\n"},
    {"a recording has commands output and status",
     "# why\n$ echo one; echo two >&2; exit 3\none\ntwo\n[3]\n"
     "$ :\n$ kill -TERM $$\n[143]\n",
     "$ echo one; echo two >&2; exit 3\none\ntwo\n"
     "[3]\n$ :\n$ kill -TERM $$\n[143]\n"},
    {"pids count from 1001 as they appear",
     "$ echo \"$$ one\"; sh -c 'echo \"$$ two, $PPID one\"; :'\n"
     "{{one:pid}} one\n{{two:pid}} two, {{one}} one\n"
     "$ echo \"$$ three\"\n{{three:pid}} three\n",
     "$ echo \"$$ one\"; sh -c 'echo \"$$ two, $PPID one\"; :'\n"
     "1001 one\n1002 two, 1001 one\n"
     "$ echo \"$$ three\"\n1003 three\n"},
    {"pids of a mismatch are renumbered",
     "$ echo \"$$ one\"; echo came\n{{one:pid}} one\nexpected\n",
     "$ echo \"$$ one\"; echo came\n"
     "1001 one\ncame\n"},
    {"a number that is not a pid is kept", "$ echo 47 11\n{{n:number}} 11\n",
     "$ echo 47 11\n47 11\n"},
    {"numbers and pids of a mismatch are told apart",
     "$ echo 7 $$; echo 7; echo came\n"
     "{{n:number}} {{p:pid}}\n{{n}}\nexpected\n",
     "$ echo 7 $$; echo 7; echo came\n7 1001\n7\ncame\n"},
    {"a recorded command keeps its quotes",
     "a$ echo $$; cat\n{{p:pid}}\n{{waits}}\n"
     "a< {{'^D'}} {{p}} {{'{{p}}'}}\n^D {{p}} {{'{{p}}'}}\n{{waits}}\n"
     "a< ^D\n",
     "a$ echo $$; cat\n1001\n{{waits}}\n"
     "a< {{'^D'}} 1001 {{'{{p}}'}}\n{{'^D 1001 {{p}}'}}\n{{waits}}\n"
     "a< ^D\n"},
    {"output that looks like something else is quoted",
     "$ printf '$ rm\\n[1]\\nb$ x\\nb< x\\nb:\\n{{'{{'}}waits}}\\n'\n"
     "{{'$ '}}rm\n{{'[1]'}}\n{{'b$ '}}x\nb< x\nb:\n{{'{{waits}}'}}\n",
     "$ printf '$ rm\\n[1]\\nb$ x\\nb< x\\nb:\\n"
     "{{'{{'}}waits}}\\n'\n"
     "{{'$ rm'}}\n{{'[1]'}}\n{{'b$ x'}}\n{{'b< x'}}\n{{'b:'}}\n"
     "{{'{{waits}}'}}\n"},
    {"output without its newline is recorded so",
     "a$ printf 'name: '; read -r n; printf \"hi $n $$\"; exit 3\n"
     "name: {{no newline}}\n{{waits}}\n"
     "a< me\nhi me {{p:pid}}{{no newline}}\n[3]\n",
     "a$ printf 'name: '; read -r n; printf \"hi $n $$\"; exit 3\n"
     "name: {{no newline}}\n{{waits}}\n"
     "a< me\nhi me 1001{{no newline}}\n[3]\n"},
    {"identifiers of a type count from 1",
     "$ ipcmk -M 9; ipcmk -S 1; ipcmk -M 9\n"
     "Shared memory id: {{m:shmid}}\nSemaphore id: {{s:semid}}\n"
     "Shared memory id: {{n:shmid}}\n"
     "$ ipcrm -m {{n}} -m {{m}} -s {{s}}\n",
     "$ ipcmk -M 9; ipcmk -S 1; ipcmk -M 9\n"
     "Shared memory id: 1\nSemaphore id: 1\n"
     "Shared memory id: 2\n"
     "$ ipcrm -m 2 -m 1 -s 1\n"},
};

static void is_recorded_so(void **state)
{
    const struct recording *row = *state;

    recorded(row->transcript);
    assert_int_equal(*ended.err != '\0',
                     strstr(row->transcript, "\nexpected\n") != NULL);
    assert_file("out/t.console", row->recorded);
}

static const char two_terminals[] = "maker$ ./mkfifo fifo > x\n"
                                    "reader$ exec cat fifo\n{{waits}}\n"
                                    "writer$ echo $$; exec cat > fifo\n"
                                    "{{writer:pid}}\n{{waits}}\n"
                                    "writer< {{writer}} writes\n{{waits}}\n"
                                    "reader:\n{{writer}} writes\n{{waits}}\n"
                                    "writer< ^D\nreader:\n";

static void a_recording_has_the_form_of_its_transcript(void **state)
{
    recorded(two_terminals);
    assert_string_equal(ended.err, "");
    assert_file("out/t.console", "maker$ ./mkfifo fifo > x\n"
                                 "reader$ exec cat fifo\n{{waits}}\n"
                                 "writer$ echo $$; exec cat > fifo\n"
                                 "1001\n{{waits}}\n"
                                 "writer< 1001 writes\n{{waits}}\n"
                                 "reader:\n1001 writes\n{{waits}}\n"
                                 "writer< ^D\nreader:\n");
}

static void each_command_has_its_part_of_the_trace(void **state)
{
    if (system("command -v strace > /dev/null") != 0)
        SKIP("strace is not installed");
    recorded(two_terminals);
    command("grep -E '^#|^[a-z]+[$:<]' out/t.trace");
    if (ended.out[0] == '#')
        SKIP("strace does not work here");
    assert_string_equal(ended.out, "maker$ ./mkfifo fifo > x\n"
                                   "reader$ exec cat fifo\n"
                                   "writer$ echo $$; exec cat > fifo\n");
    command("sed -n '/^reader/,/^writer/p' out/t.trace | "
            "grep -c 'read(3<./fifo>, \"'; ls -A . out");
    assert_string_equal(ended.out, "2\n.:\nout\nt.console\n\nout:\n"
                                   "t.console\nt.trace\n");
}

/* Only the reader's calls, of one process: those of two may mix. */
static void two_recordings_of_terminals_have_the_same_bytes(void **state)
{
    recorded("maker$ ./mkfifo fifo > x\nreader$ exec cat fifo\n{{waits}}\n"
             "writer$ exec cat > fifo\n{{waits}}\nwriter< one\n{{waits}}\n"
             "reader:\none\n{{waits}}\nwriter< two\n{{waits}}\n"
             "writer< ^D\nreader:\ntwo\n");
    command(
        "mv out first && " RECORD FILES " && for d in out first; do "
        "sed -n '/^reader/,/^writer/p' $d/t.trace > $d/reader; done; "
        "cmp out/t.console first/t.console && diff out/reader first/reader");
    assert_string_equal(ended.err, "");
    assert_string_equal(ended.out, "");
    assert_int_equal(ended.status, 0);
}

static void a_recorded_command_has_canonical_values(void **state)
{
    char *text;

    recorded("$ echo $$ 7\n{{p:pid}} {{n:number}}\n"
             "$ : {{p}} {{n}} {{p}} {{'{{n}}'}}; echo $$\n{{q:pid}}\n");
    assert_string_equal(ended.err, "");
    assert_file("out/t.console",
                "$ echo $$ 7\n1001 7\n"
                "$ : 1001 7 1001 {{'{{n}}'}}; echo $$\n1002\n");
    text = get_file(directory, "out/t.trace");
    assert_non_null(text);
    if (text[0] != '#')
        assert_contains(text, "\n$ : 1001 7 1001 {{n}}; echo $$\n1002 execve");
    free(text);
}

static void bytes_that_cannot_be_seen_are_recorded_as_escapes(void **state)
{
    static const char command_line[] =
        "$ printf '\\033[1mx\\r\\n\\377\\342\\200\\256\\302\\205\\n"
        "\\357\\273\\277a\\tb\\n'\n";
    static const char output[] = "{{\\x1b}}[1mx{{\\r}}\n"
                                 "{{\\xff\\u202e\\u0085}}\n"
                                 "{{\\ufeff}}a\tb\n";
    char *text = text_format("%s%s", command_line, output);

    recorded(text);
    assert_string_equal(ended.err, "");
    assert_file("out/t.console", text);
    /* The same where the transcript expects something else. */
    recorded(command_line);
    assert_contains(ended.err, "  + {{\\x1b}}[1mx{{\\r}}\n");
    assert_file("out/t.console", text);
    free(text);
}

/* strace(1) shows a written text in quotes, with escapes of C. */
static void a_pid_in_a_traced_text_is_canonical(void **state)
{
    char *text;

    recorded("$ printf '\"%s\\t\\0338\\n' $$; printf 'é\\\\%s' $$\n"
             "\"{{p:pid}}\t{{\\x1b}}8\né\\{{p}}{{no newline}}\n");
    assert_string_equal(ended.err, "");
    text = get_file(directory, "out/t.trace");
    assert_non_null(text);
    if (text[0] != '#') {
        assert_contains(text, "\"\\\"1001\\t\\338\\n\"");
        assert_contains(text, "\"\\303\\251\\\\1001\"");
    }
    free(text);
}

static void a_mismatch_on_a_terminal_is_recorded(void **state)
{
    recorded("a$ echo $$; exec cat\n{{p:pid}}\n{{waits}}\n"
             "a< {{p}} one\ntwo\n{{waits}}\n"
             "a< {{p}} three\n{{p}} three\n{{waits}}\na< ^D\n");
    assert_contains(ended.err, "t.console:4:\n    a< {{p}} one\n"
                               "  - two\n  + ");
    assert_file("out/t.console", "a$ echo $$; exec cat\n1001\n{{waits}}\n"
                                 "a< 1001 one\n1001 one\n{{waits}}\n"
                                 "a< 1001 three\n1001 three\n{{waits}}\n"
                                 "a< ^D\n");
}

static void blocks_that_were_not_run_are_not_recorded(void **state)
{
    recorded("a$ exit 3\n{{waits}}\na< x\n{{waits}}\na:\nb$ echo b\nb\n");
    assert_contains(ended.err, "it has ended instead of waiting");
    assert_file("out/t.console", "a$ exit 3\n[3]\nb$ echo b\nb\n");
}

static void a_value_that_is_missing_stops_the_recording(void **state)
{
    record("$ :\n{{x:pid}}\n$ echo {{x}}\n");
    assert_int_equal(ended.status, 1);
    assert_contains(ended.err, "t.console:3: $ echo {{x}}: "
                               "there is no value for x\n");
    assert_contains(ended.err, "  - {{x:pid}}\n");
    assert_nothing_written();
}

static void an_interrupted_record_removes_queues_and_processes(void **state)
{
    char *real = realpath(directory, NULL), *text;

    assert_non_null(real);
    text = text_format("a$ ipcmk -Q; sleep 60 & echo $! > '%s'/pid; wait\n"
                       "Message queue id: {{q:msqid}}\n{{waits}}\n"
                       "b$ echo {{q}} > '%s'/started; exec sleep 60\na:\n",
                       real, real);
    put_file(directory, "t.console", text);
    free(text);
    free(real);
    command("for signal in INT TERM HUP; do "
            "mkfifo started && { " RECORD FILES " & p=$!; } && "
            "read -r q < started && ipcs -q -i $q | grep -c msqid=$q && "
            "kill -$signal $p; wait $p; echo $?; rm started; ls -A out; "
            "ipcs -q -i $q 2>&1 | grep -c msqid=; "
            "test -d /proc/$(cat pid) && echo alive; done");
    assert_string_equal(ended.out, "1\n130\n0\n1\n143\n0\n1\n129\n0\n");
}

static void gives_the_same_bytes_twice(const char *transcript)
{
    recorded(transcript);
    assert_string_equal(ended.err, "");
    command("mv out first && " RECORD FILES
            " && for d in out first; do \"$TOOLS/calls\" "
            "en $d/t.trace $d/t.calls || exit; done; "
            "cmp out/t.console first/t.console && "
            "diff out/t.calls first/t.calls && test -s out/t.calls");
    assert_string_equal(ended.out, "");
    assert_int_equal(ended.status, 0);
}

static void two_recordings_of_pipe3_have_the_same_bytes(void **state)
{
    gives_the_same_bytes_twice("$ ./pipe3\n{{together}}\n"
                               "{{parent:pid}} - wrote 3 bytes\n{{and}}\n"
                               "{{child:pid}} - read 3 bytes: 123\n{{end}}\n"
                               "$ ./dup > x\n");
}

static void two_recordings_of_msgget_have_the_same_bytes(void **state)
{
    gives_the_same_bytes_twice(
        "$ ./msgget\n"
        "free key:  IPC_EXCL                    = -1 "
        "No such file or directory\n"
        "free key:  IPC_CREAT | 0600            = {{queue:msqid}}\n"
        "taken key: IPC_CREAT | 0600            = {{queue}}\n"
        "taken key: IPC_CREAT | IPC_EXCL | 0600 = -1 File exists\n"
        "taken key: IPC_EXCL                    = {{queue}}\n"
        "taken key: msgctl IPC_RMID             = 0\n");
}

static void the_target_of_a_link_in_the_sandbox_is_kept(void **state)
{
    char *text = text_format("$ ln -s '%s/kept' link\n", directory);

    command("mkdir kept && touch kept/file");
    recorded(text);
    free(text);
    assert_true(exists("%s/kept/file", directory));
}

static void the_trace_does_not_name_the_sandbox(void **state)
{
    recorded("$ ./mkfifo fifo > x; cat < pipe1.c > x; ./dup > x\n");
    command("grep sandbox out/t.trace; grep -F \"$ROOT\" out/t.trace");
    assert_string_equal(ended.out, "");
}

static void without_strace_the_trace_says_so(void **state)
{
    put_file(directory, "t.console", "$ echo x\nx\n");
    command(RECORD_IN("PATH=/nowhere") FILES);
    assert_int_equal(ended.status, 0);
    assert_file("out/t.trace", "# strace is not installed\n");
    assert_file("out/t.console", "$ echo x\nx\n");
}

/* Record with a strace that is built without -k and gives the same trace for
 * each command. */
static void traced_as(const char *raw, const char *transcript,
                      const char *trace)
{
    command(
        "mkdir fake && cat > fake/strace << 'end' && chmod +x fake/strace\n"
        "#!/bin/sh\n"
        "[ \"$1\" = -k ] && echo \"strace: invalid option -- 'k'\" && exit 1\n"
        "while [ \"$1\" != -o ]; do shift; done\n"
        "cat \"${0%/*}/raw\" > \"$2\"; shift 2\n"
        "[ \"$1\" = -e ] && shift 2\n"
        "exec \"$@\"\n"
        "end\n");
    assert_int_equal(ended.status, 0);
    put_file(directory, "fake/raw", raw);
    put_file(directory, "t.console", transcript);
    command(RECORD_IN("PATH=\"$PWD/fake:$PATH\"") FILES);
    assert_string_equal(ended.err, "");
    assert_int_equal(ended.status, 0);
    assert_file("out/t.trace", trace);
}

/* What strace writes for each command, a transcript, and the trace. */
static const struct trace {
    const char *sentence, *raw, *transcript, *trace;
} traces[] = {
    {"a strace without places is used", "7 close(3) = 0\n", "$ ./pipe1 > x\n",
     "$ ./pipe1 > x\n1001 close(3) = 0\n"},
    {"other numbers in a trace are kept",
     "7 wait4(-1, NULL, 0, NULL) = -1 ECHILD (No child processes)\n"
     "7 wait4(-1, NULL, WNOHANG, NULL) = 0\n"
     "7 kill(10, SIGTERM) = 0\n"
     "7 msgget(0x7, 0600) = 5\n"
     "7 msgget(0x1234, 0600) = 6\n"
     "7 shmget(0x7, 16, 0600) = 5\n"
     "7 shmat(5, NULL, 0) = 0x7f0000000000\n"
     "7 semget(0x1234, 5, 0600) = 9\n"
     "7 semop(9, [{0, 5, 0}], 1) = 0\n"
     "7\n",
     "$ :\n",
     "$ :\n"
     "1001 wait4(-1, NULL, 0, NULL) = -1 ECHILD (No child processes)\n"
     "1001 wait4(-1, NULL, WNOHANG, NULL) = 0\n"
     "1001 kill(1002, SIGTERM) = 0\n"
     "1001 msgget(0x3e9, 0600) = 1\n"
     "1001 msgget(0x1234, 0600) = 2\n"
     "1001 shmget(0x3e9, 16, 0600) = 1\n"
     "1001 shmat(1, NULL, 0) = 0x\342\200\246\n"
     "1001 semget(0x1234, 5, 0600) = 1\n"
     "1001 semop(1, [{0, 5, 0}], 1) = 0\n"
     "7\n"},
    {"an index of a queue has the number of the queue",
     "7 msgget(0x7, 0600) = 65541\n"
     "7 msgctl(5, MSG_STAT, {msg_qnum=5, ...}) = 65541\n"
     "7 msgctl(6, MSG_STAT, 0x7ffc12345678) = -1 EINVAL\n"
     "7 msgctl(65541, IPC_RMID, NULL) = 0\n",
     "$ :\n",
     "$ :\n"
     "1001 msgget(0x3e9, 0600) = 1\n"
     "1001 msgctl(1, MSG_STAT, {msg_qnum=5, ...}) = 1\n"
     "1001 msgctl(2, MSG_STAT, 0x\342\200\246) = -1 EINVAL\n"
     "1001 msgctl(1, IPC_RMID, NULL) = 0\n"},
    {"types of messages that are process ids are renumbered",
     "7 msgsnd(5, {mtype=7, mtext=\"7\"}, 1, 0) = 0\n"
     "7 msgrcv(5, {mtype=7, mtext=\"7\"}, 7, 7, IPC_NOWAIT) = 7\n"
     "7 msgrcv(5, 0x7ffc12345678, 7, -7, 0) = -1 ENOMSG\n"
     "7 msgsnd(5, {mtype=8, mtext=\"8\"}, 7, 0) = 0\n",
     "$ :\n",
     "$ :\n"
     "1001 msgsnd(1, {mtype=1001, mtext=\"7\"}, 1, 0) = 0\n"
     "1001 msgrcv(1, {mtype=1001, mtext=\"7\"}, 7, 1001, IPC_NOWAIT) = "
     "7\n"
     "1001 msgrcv(1, 0x\342\200\246, 7, -7, 0) = -1 ENOMSG\n"
     "1001 msgsnd(1, {mtype=8, mtext=\"8\"}, 7, 0) = 0\n"},
    {"process ids of waitid and proc are renumbered",
     "8 fork() = 7\n"
     "8 openat(AT_FDCWD, \"/proc/7/stat\", O_RDONLY) = 3\n"
     "8 waitid(P_PID, 7, {si_signo=SIGCHLD, si_pid=7, si_uid=7}, "
     "WEXITED, NULL) = 0\n"
     "8 openat(AT_FDCWD, \"/proc/9/stat\", O_RDONLY) = 3\n",
     "$ :\n",
     "$ :\n"
     "1001 fork() = 1002\n"
     "1001 openat(AT_FDCWD, \"/proc/1002/stat\", O_RDONLY) = 3\n"
     "1001 waitid(P_PID, 1002, {si_signo=SIGCHLD, si_pid=1002, "
     "si_uid=7}, WEXITED, NULL) = 0\n"
     "1001 openat(AT_FDCWD, \"/proc/9/stat\", O_RDONLY) = 3\n"},
    {"the key of a queue is left out", "7 msgget(0x7100d717, 0600) = 5\n",
     "$ :\n", "$ :\n1001 msgget(0x\342\200\246, 0600) = 1\n"},
    {"a quotation mark in a name does not begin a text",
     "7 clone(3</a\\\"b>) = 8\n7 write(1, \"8\\\"\", 2) = 8\n", "$ :\n",
     "$ :\n"
     "1001 clone(3</a\\\"b>) = 1002\n"
     "1001 write(1, \"8\\\"\", 2) = 8\n"},
    {"a trace that is cut off has no more bytes", "7 write(1, \"8\\", "$ :\n",
     "$ :\n1001 write(1, \"8\\\n"},
    {"a line that came in pieces stays so in the trace",
     "7 write(1, \"1\", 1) = 1\n", "$ echo $$\n{{p:pid}}\n",
     "$ echo $$\n1002 write(1, \"1\", 1) = 1\n"},
};

static void is_traced_so(void **state)
{
    const struct trace *row = *state;

    traced_as(row->raw, row->transcript, row->trace);
}

static void a_strace_that_cannot_trace_gives_the_reason(void **state)
{
    put_file(directory, "t.console", "$ echo x\nx\n");
    command("mkdir fake && printf '%s\\n' '#!/bin/sh' "
            "'echo \"strace: not permitted\"; echo more; exit 1' "
            "> fake/strace && chmod +x fake/strace && " RECORD_IN(
                "PATH=\"$PWD/fake:$PATH\"") FILES);
    assert_int_equal(ended.status, 0);
    assert_file("out/t.console", "$ echo x\nx\n");
    assert_file("out/t.trace", "# strace: not permitted\n");
}

static void only_paths_in_the_root_are_shown_without_it(void **state)
{
    char *root = realpath(".", NULL);
    char *raw = text_format("7 open(\"%s/a\") = 3\n7 open(\"%s2/a\") = 3\n",
                            root, root),
         *trace = text_format("$ :\n1001 open(\"\342\200\246/a\") = 3\n"
                              "1001 open(\"%s2/a\") = 3\n",
                              root);

    traced_as(raw, "$ :\n", trace);
    free(root);
    free(raw);
    free(trace);
}

/* strace writes the bytes of such a name as escapes. */
static void an_odd_name_of_the_folder_is_not_in_the_trace(void **state)
{
    put_file(directory, "t.console", "$ : > x\n");
    command(RECORD FILES
            "; ! grep -q '^# ' out/t.trace || exit 77; "
            "odd='\352\260\200 \"<\\>' && mkdir \"$odd\" && " RECORD
            "t.console \"$odd/t.console\" \"$odd/t.trace\" && "
            "cmp out/t.trace \"$odd/t.trace\" && "
            "grep -q 'openat(AT_FDCWD<[.]>, \"x\"' out/t.trace");
    if (ended.status == 77)
        SKIP("strace does not work here");
    assert_string_equal(ended.err, "");
    assert_string_equal(ended.out, "");
    assert_int_equal(ended.status, 0);
}

/* The first process of a container does not die from a signal by default. */
static void an_interrupted_first_process_ends(void **state)
{
    static const char alone[] = "unshare --user --map-root-user --pid --fork";
    char *text;

    text = text_format("%s true", alone);
    command(text);
    free(text);
    if (ended.status != 0)
        SKIP("there are no namespaces of processes here");
    text =
        text_format("$ echo x > '%s'/started; exec /bin/sleep 60\n", directory);
    put_file(directory, "t.console", text);
    free(text);
    text =
        text_format("mkfifo started && { " RECORD_IN("%s env PATH=/nowhere")
                        FILES " & p=$!; } && cat started && "
                              "kill -TERM $(cat /proc/$p/task/$p/children) && "
                              "wait $p; echo $?; ls -A out",
                    alone);
    command(text);
    free(text);
    assert_string_equal(ended.err, "");
    assert_string_equal(ended.out, "x\n1\n");
}

static void calls_says_how_it_is_called(void **state)
{
    static const char *const wrong[] = {"en t.trace", "fr t.trace t.calls"};

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *line = text_format("\"$TOOLS/calls\" %s", wrong[i]);

        command(line);
        free(line);
        assert_int_equal(ended.status, 2);
        assert_one_line(ended.err);
        assert_contains(ended.err, "usage: ");
    }
}

static void calls_can_be_in_korean(void **state)
{
    put_file(directory, "t.trace",
             "$ ./a\n"
             "1 execve(\"./a\", [\"./a\"], 0x… /* 6 vars */) = 0\n"
             "1 fork() = 2\n"
             "1 +++ exited with 0 +++\n"
             "2 +++ killed by SIGPIPE +++\n");
    command("mkdir -p out && \"$TOOLS/calls\" ko t.trace "
            "out/t.calls");
    assert_int_equal(ended.status, 0);
    assert_file("out/t.calls", "프로세스 1\n"
                               "  execve(\"./a\", [\"./a\"]) = 0\n"
                               "  fork() = 2\n"
                               "  끝남, 종료 상태 0\n"
                               "\n"
                               "프로세스 2, 1의 자식\n"
                               "  시그널 SIGPIPE에 죽음\n");
}

static void a_line_that_calls_cannot_read_is_named(void **state)
{
    static const char *const wrong[] = {"close(3) = 0", "x 1 close(3) = 0",
                                        "17", ""};

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *text = text_format("$ ./a\n1 close(3) = 0\n%s\n", wrong[i]);

        calls(text);
        free(text);
        assert_int_equal(ended.status, 1);
        assert_one_line(ended.err);
        assert_contains(ended.err, "t.trace:3: ");
        assert_nothing_written();
    }
}

static void a_call_that_was_not_begun_cannot_be_resumed(void **state)
{
    calls("$ ./a\n1 close(3 <unfinished ...>\n2 <... close resumed>) = 0\n");
    assert_int_equal(ended.status, 1);
    assert_contains(ended.err, "t.trace:3: ");
    assert_nothing_written();
}

static void a_missing_trace_is_named(void **state)
{
    command(CALLS);
    assert_int_equal(ended.status, 1);
    assert_contains(ended.err, "t.trace: No such file");
    assert_nothing_written();
}

#define RUN "$ ./a\n1 execve(\"./a\", [\"./a\"], 0x… /* 6 vars */) = 0\n"
#define RAN "process 1\n  execve(\"./a\", [\"./a\"]) = 0\n"

/* A trace, and its list of calls. */
static const struct list_of_calls {
    const char *sentence, *trace, *calls;
} lists[] = {
    {"a reason for no trace is copied", "# strace is not installed\n",
     "# strace is not installed\n"},
    {"a program of the book is shown call by call",
     RUN "1 pipe2([3<pipe:[1]>, 4<pipe:[1]>], 0) = 0\n"
         "1 close(3<pipe:[1]>)      = 0\n"
         "1 exit_group(0)           = ?\n"
         "1 +++ exited with 0 +++\n",
     RAN "  pipe2([3<pipe:[1]>, 4<pipe:[1]>], 0) = 0\n"
         "  close(3<pipe:[1]>) = 0\n"
         "  exited with 0\n"},
    {"the text that went to the terminal is left out",
     RUN "1 write(1</dev/pts/1>, \"x\\n\", 2) = 2\n"
         "1 write(4<pipe:[1]>, \"x\", 1) = 1\n"
         "1 +++ exited with 0 +++\n",
     RAN "  write(1<terminal>, ...)\n"
         "  write(4<pipe:[1]>, \"x\", 1) = 1\n"
         "  exited with 0\n"},
    {"output that does not go to the terminal is shown",
     RUN "1 fork() = 2\n"
         "1 write(1<pipe:[1]>, \"x\", 1) = 1\n"
         "1 write(2<pipe:[1]>, \"x\", 1) = 1\n"
         "1 write(1</dev/pts/1>) = -1 EFAULT (Bad address)\n"
         "2 write(2</dev/pts/1>, \"x\", 1) = 1\n",
     RAN "  fork() = 2\n"
         "  write(1<pipe:[1]>, \"x\", 1) = 1\n"
         "  write(2<pipe:[1]>, \"x\", 1) = 1\n"
         "  write(1<terminal>) = -1 EFAULT (Bad "
         "address)\n"
         "\n"
         "process 2, child of 1\n"
         "  write(2<terminal>, ...)\n"},
    {"an environment of any size is left out",
     "$ ./a\n"
     "1 execve(\"./a\", [\"./a\"], 0x… /* 1 var */) = 0\n"
     "1 write(4, \", 0x… /* 2\", 9) = 9\n",
     RAN "  write(4, \", 0x… /* 2\", 9) = 9\n"},
    {"questions of the C library are left out",
     RUN "1 newfstatat(1</dev/pts/1>, \"\", {}, AT_EMPTY_PATH) = 0\n"
         "1 newfstatat(AT_FDCWD<.>, \"fifo\", {}, 0) = 0\n",
     RAN "  newfstatat(AT_FDCWD, \"fifo\", {}, 0) = "
         "0\n"},
    {"a search for a program shows its result",
     RUN "1 execve(\"/bin/od\", [\"od\"], 0x… /* 6 vars */) = -1 ENOENT "
         "(No such file or directory)\n"
         "1 execve(\"/usr/bin/od\", [\"od\"], 0x… /* 6 vars */) = 0\n"
         "1 +++ exited with 0 +++\n",
     RAN "  execve(\"/usr/bin/od\", [\"od\"]) = 0\n"
         "  exited with 0\n"},
    {"a search that finds nothing is shown",
     "$ nothing; ./a\n"
     "1 execve(\"/bin/nothing\", [\"nothing\"], 0x… /* 6 vars */) = -1 "
     "ENOENT (No such file or directory)\n"
     "1 execve(\"./a\", [\"./a\"], 0x… /* 6 vars */) = 0\n"
     "1 execve(\"/bin/od\", [\"od\"], 0x… /* 6 vars */) = -1 ENOENT "
     "(No such file or directory)\n"
     "1 execve(\"/usr/bin/od\", [\"od\"], 0x… /* 6 vars */) = -1 ENOENT "
     "(No such file or directory)\n"
     "1 +++ exited with 1 +++\n",
     RAN "  execve(\"/bin/od\", [\"od\"]) = -1 ENOENT (No such file or "
         "directory)\n"
         "  execve(\"/usr/bin/od\", [\"od\"]) = -1 ENOENT (No such file "
         "or directory)\n"
         "  exited with 1\n"},
    {"a fork that fails makes no process",
     RUN "1 fork() = -1 EAGAIN (Resource temporarily unavailable)\n",
     RAN "  fork() = -1 EAGAIN (Resource temporarily "
         "unavailable)\n"},
    {"a row of writes to the terminal is one line",
     RUN "1 write(1</dev/pts/1>, \"x\\n\", 2) = 2\n"
         "1 write(1</dev/pts/1>, \"y\\n\", 2) = 2\n"
         "1 close(3<pipe:[1]>) = 0\n"
         "1 write(1</dev/pts/1>, \"z\\n\", 2) = 2\n"
         "1 +++ exited with 0 +++\n",
     RAN "  write(1<terminal>, ...)\n"
         "  close(3<pipe:[1]>) = 0\n"
         "  write(1<terminal>, ...)\n"
         "  exited with 0\n"},
    {"a program of a folder in the sandbox is not ours",
     "$ bin/cat; ./a\n"
     "1 execve(\"./bin/cat\", [\"cat\"], 0x… /* 6 vars */) = 0\n"
     "1 +++ exited with 0 +++\n"
     "2 execve(\"./a\", [\"./a\"], 0x… /* 6 vars */) = 0\n"
     "2 +++ exited with 0 +++\n",
     "process 2\n"
     "  execve(\"./a\", [\"./a\"]) = 0\n"
     "  exited with 0\n"},
    {"the shell that started it is left out",
     "$ ./a\n"
     "1 execve(\"/bin/sh\", [\"/bin/sh\"], 0x… /* 5 vars */) = 0\n"
     "1 vfork() = 2\n"
     "2 execve(\"./a\", [\"./a\"], 0x… /* 6 vars */) = 0\n"
     "2 +++ exited with 0 +++\n"
     "1 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 2\n"
     "1 +++ exited with 0 +++\n",
     "process 2\n"
     "  execve(\"./a\", [\"./a\"]) = 0\n"
     "  exited with 0\n"},
    {"the insides of another program are folded",
     RUN "1 execve(\"/usr/bin/od\", [\"od\"], 0x… /* 6 vars */) = 0\n"
         "1 read(0<pipe:[1]>, \"123\", 4096) = 3\n"
         "1 close(0<pipe:[1]>) = 0\n"
         "1 +++ exited with 1 +++\n",
     RAN "  execve(\"/usr/bin/od\", [\"od\"]) = 0\n"
         "  ...\n"
         "  exited with 1\n"},
    {"a call that was interrupted is whole again",
     RUN "1 fork( <unfinished ...>\n"
         "2 read(3,  <unfinished ...>\n"
         "1 <... fork resumed>) = 2\n"
         "1 close(3) = 0\n"
         "2 <... read resumed>\"x\", 1) = 1\n",
     RAN "  fork() = 2\n"
         "  close(3) = 0\n"
         "\n"
         "process 2, child of 1\n"
         "  read(3, \"x\", 1) = 1\n"},
    {"only the first command that runs a program counts",
     "$ true\n1 execve(\"/bin/true\", [\"true\"], 0x… /* 6 vars */) = 0\n"
     "$ ./a\n2 execve(\"./a\", [\"./a\"], 0x… /* 6 vars */) = 0\n"
     "$ ./b\n3 execve(\"./b\", [\"./b\"], 0x… /* 6 vars */) = 0\n",
     "process 2\n  execve(\"./a\", [\"./a\"]) = 0\n"},
};

static void has_this_list(void **state)
{
    const struct list_of_calls *row = *state;

    calls(row->trace);
    assert_int_equal(ended.status, 0);
    assert_file("out/t.calls", row->calls);
}

static void the_order_of_calls_does_not_depend_on_speed(void **state)
{
    static const char *const orders[] = {
        "1 close(3) = 0\n1 close(4) = 0\n2 close(5) = 0\n2 close(6) = 0\n",
        "2 close(5) = 0\n1 close(3) = 0\n2 close(6) = 0\n1 close(4) = 0\n",
        "2 close(5) = 0\n2 close(6) = 0\n1 close(3) = 0\n1 close(4) = 0\n",
    };

    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        char *text = text_format(RUN "1 fork() = 2\n%s", orders[i]);

        calls(text);
        free(text);
        assert_file("out/t.calls", RAN "  fork() = 2\n"
                                       "  close(3) = 0\n"
                                       "  close(4) = 0\n"
                                       "\n"
                                       "process 2, child of 1\n"
                                       "  close(5) = 0\n"
                                       "  close(6) = 0\n");
    }
}

int main(void)
{
    struct tests tests = {.setup = make_directory,
                          .teardown = remove_directory};

    ADD(&tests, record_says_how_it_is_called);
    ADD(&tests, a_malformed_transcript_is_one_line_with_its_place);
    ADD(&tests, a_missing_transcript_is_named);
    ADD(&tests, a_missing_directory_of_programs_is_named);
    ADD(&tests, a_recording_can_be_made_where_one_is);
    ADD(&tests, a_recording_that_is_the_same_keeps_its_date);
    ADD(&tests, a_mismatch_is_recorded_with_a_warning);
    ADD(&tests, a_changed_program_takes_the_place_of_that_of_the_book);
    ADD(&tests, without_its_trace_no_recording_is_written);
    ADD(&tests, a_sandbox_that_a_killed_process_left_does_not_matter);
    ADD(&tests, a_full_disk_is_an_error_and_no_output);
    ADD(&tests, a_full_disk_that_is_expected_is_recorded);
    ADD(&tests, an_expected_full_disk_allows_other_output_to_differ);
    ADD(&tests, a_terminal_that_cannot_be_read_is_an_error);
    ADD(&tests, properties_of_the_caller_are_not_recorded);
    ADD(&tests, a_traced_program_has_no_descriptor_of_the_caller);
    ADD(&tests, a_recording_has_the_form_of_its_transcript);
    ADD(&tests, each_command_has_its_part_of_the_trace);
    ADD(&tests, two_recordings_of_terminals_have_the_same_bytes);
    ADD(&tests, a_recorded_command_has_canonical_values);
    ADD(&tests, bytes_that_cannot_be_seen_are_recorded_as_escapes);
    ADD(&tests, a_pid_in_a_traced_text_is_canonical);
    ADD(&tests, a_mismatch_on_a_terminal_is_recorded);
    ADD(&tests, blocks_that_were_not_run_are_not_recorded);
    ADD(&tests, a_value_that_is_missing_stops_the_recording);
    ADD(&tests, an_interrupted_record_removes_queues_and_processes);
    ADD(&tests, two_recordings_of_pipe3_have_the_same_bytes);
    ADD(&tests, two_recordings_of_msgget_have_the_same_bytes);
    ADD(&tests, the_target_of_a_link_in_the_sandbox_is_kept);
    ADD(&tests, the_trace_does_not_name_the_sandbox);
    ADD(&tests, without_strace_the_trace_says_so);
    ADD(&tests, a_strace_that_cannot_trace_gives_the_reason);
    ADD(&tests, only_paths_in_the_root_are_shown_without_it);
    ADD(&tests, an_odd_name_of_the_folder_is_not_in_the_trace);
    ADD(&tests, an_interrupted_first_process_ends);
    ADD(&tests, calls_says_how_it_is_called);
    ADD(&tests, calls_can_be_in_korean);
    ADD(&tests, a_line_that_calls_cannot_read_is_named);
    ADD(&tests, a_call_that_was_not_begun_cannot_be_resumed);
    ADD(&tests, a_missing_trace_is_named);
    ADD(&tests, the_order_of_calls_does_not_depend_on_speed);
    ADD_ROWS(&tests, is_recorded_so, recordings);
    ADD_ROWS(&tests, is_traced_so, traces);
    ADD_ROWS(&tests, has_this_list, lists);
    return run_all("record", &tests, NULL, NULL);
}
