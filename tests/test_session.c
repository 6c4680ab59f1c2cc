/* Tests that the commands of a transcript run on any number of terminals, in an
 * order that does not depend on time; and that no process or queue of them is
 * left. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../common/memory.h"
#include "../common/sandbox.h"
#include "../common/session.h"

/* LONG, in milliseconds, is a deadline that only a test that hangs reaches,
 * even on a busy machine. */
enum { MOST = 256, LONG = 60000 };

static enum run_mode modes[] = {RUN_TERMINAL, RUN_PIPE, RUN_FILE};
static const char *const mode_names[] = {"terminal", "pipe", "file"};

static char *directory;
static struct transcript *t;
static struct outcome outcomes[MOST];
static char *error;
static volatile sig_atomic_t stop;

static void forget_run(void)
{
    for (size_t i = 0; i < MOST; i++) {
        free(outcomes[i].output);
        outcomes[i] = (struct outcome){0};
    }
    free(error);
    error = NULL;
    transcript_free(t);
    t = NULL;
}

static int make_directory(void **state)
{
    stop = 0;
    directory = scratch_make();
    return 0;
}

static int forget(void **state)
{
    forget_run();
    scratch_remove(directory);
    return 0;
}

static struct session read_in(void **state, const char *where, const char *text,
                              int deadline)
{
    struct session session = {
        *(enum run_mode *)*state, where, deadline, &stop, NULL, NULL};

    forget_run();
    t = transcript_parse("t.console", text, &error);
    if (t == NULL)
        fail_msg("refused: %s", error);
    assert_true(t->ncommands <= MOST);
    return session;
}

static void play_in(void **state, const char *where, const char *text,
                    int deadline)
{
    struct session session = read_in(state, where, text, deadline);

    error = session_run(&session, t, outcomes);
}

static void play(void **state, const char *text, int deadline)
{
    play_in(state, directory, text, deadline);
}

/* The report on its differences, to be freed, or NULL. */
static char *played(void **state, const char *text)
{
    char *values[MOST], *report;

    play(state, text, LONG);
    if (error != NULL)
        fail_msg("%s", error);
    report = match_transcript(t, outcomes, values);
    for (size_t i = 0; i < t->nvariables; i++)
        free(values[i]);
    return report;
}

static void agrees(void **state, const char *text)
{
    char *report = played(state, text);

    if (report != NULL)
        fail_msg("it differs:\n%s", report);
}

static void differs(void **state, const char *text, const char *part)
{
    char *report = played(state, text);

    assert_non_null(report);
    assert_contains(report, part);
    free(report);
}

static void fails(void **state, const char *text, const char *message)
{
    play(state, text, LONG);
    assert_non_null(error);
    assert_contains(error, message);
}

/* Run and compare in one call. */
static void compares(void **state, const char *text, const char *part)
{
    struct session session = read_in(state, directory, text, LONG);

    error = session_compare(&session, t);
    if (part == NULL)
        assert_null(error);
    else
        assert_contains(error, part);
}

/* The same for a deadline. It doubles until it is late enough for the commands
 * before it, for example to write the file: on a busy machine no fixed time is.
 */
static void is_late(void **state, const char *text, const char *message,
                    const char *file)
{
    for (int deadline = 250; deadline < LONG; deadline *= 2) {
        char *content;
        bool good;

        play(state, text, deadline);
        content = file == NULL ? NULL : get_file(directory, file);
        good = error != NULL && strstr(error, message) != NULL &&
               (file == NULL || (content != NULL && *content != '\0'));
        free(content);
        if (good)
            return;
    }
    fail_msg("not late, or not with \"%s\": %s", message, error);
}

/* No process has the pid in the file. */
static void assert_gone(const char *name)
{
    char *text = get_file(directory, name);

    assert_non_null(text);
    assert_true(strtol(text, NULL, 10) > 1);
    assert_true(gone((pid_t)strtol(text, NULL, 10)));
    free(text);
}

static void commands_run_one_after_the_other(void **state)
{
    agrees(state, "$ echo x > file\n$ cat file; exit 3\nx\n[3]\n");
}

/* The transcript before, then n times part, then after; to be freed. A race
 * between blocks can show in each of them, and typing a line costs much less
 * than starting a command. */
static char *repeated(const char *before, const char *part, int n,
                      const char *after)
{
    char *text = NULL;
    size_t size;
    FILE *out = text_open(&text, &size);

    fputs(before, out);
    for (int i = 0; i < n; i++)
        fputs(part, out);
    fputs(after, out);
    fclose(out);
    return text;
}

/* Two terminals that speak so many times, to be freed. */
static char *pair(int times)
{
    return repeated("maker$ mkfifo fifo\n"
                    "reader$ echo opening; cat fifo; echo end\n"
                    "opening\n{{waits}}\n"
                    "writer$ exec 3> fifo; echo opened; cat >&3\n"
                    "opened\n{{waits}}\n",
                    "writer< hello\n{{waits}}\n"
                    "reader:\nhello\n{{waits}}\n"
                    "writer<\n{{waits}}\n"
                    "reader:\n\n{{waits}}\n",
                    times,
                    "writer< ^D\n"
                    "reader:\nend\n"
                    "maker$ rm fifo\n");
}

static void a_pair_of_terminals_keeps_its_order_every_time(void **state)
{
    char *text = pair(10);

    for (int i = 0; i < 5; i++)
        agrees(state, text);
    free(text);
}

/* The first terminal makes the file before it sleeps. How a process sleeps does
 * not depend on the mode, so the three modes share the repetitions. */
static void a_block_begins_when_the_one_before_it_sleeps(void **state)
{
    agrees(state, "$ mkfifo gate\n");
    for (int i = 0; i < 7; i++)
        agrees(state, "a$ rm -f done; cat < gate & "
                      "sh -c 'sh -c \"echo x > done; cat < gate\"' & wait\n"
                      "{{waits}}\n"
                      "b$ cat done; rm done; exec 3> gate\nx\n"
                      "a:\n");
}

static void output_of_a_busy_child_is_waited_for(void **state)
{
    differs(state,
            "a$ { n=0; while [ $n -lt 30000 ]; do n=$((n + 1)); done;"
            "echo computed; exec cat; } <&0 & wait\n"
            "{{waits}}\na< ^D\n",
            "  + computed\n");
}

/* The first thread of the process sleeps meanwhile. */
static void output_of_a_busy_thread_is_waited_for(void **state)
{
    put_file(directory, "two.c",
             "#include <pthread.h>\n#include <stdio.h>\n#include <unistd.h>\n"
             "static void *work(void *unused) {\n"
             "for (volatile int n = 0; n < 300000000; n++) continue;\n"
             "puts(\"computed\"); fflush(stdout); getchar(); return unused; }\n"
             "int main(void) { pthread_t thread;\n"
             "pthread_create(&thread, NULL, work, NULL);\n"
             "return pthread_join(thread, NULL); }\n");
    struct ended made = shell(directory, "gcc -pthread -o two two.c");

    assert_int_equal(made.status, 0);
    ended_free(&made);
    differs(state, "a$ exec ./two\n{{waits}}\na< ^D\n",
            "  + computed\n    {{waits}}\n");
}

/* In /proc/PID/stat the state follows the name. */
static void a_state_in_the_name_of_a_process_is_ignored(void **state)
{
    differs(state,
            "a$ cp /bin/sh 'a) S 1 1 1'\n"
            "a$ exec './a) S 1 1 1' -c 'n=0; while [ $n -lt 30000 ]; do "
            "n=$((n + 1)); done; echo computed; exec cat'\n"
            "{{waits}}\na< ^D\n",
            "  + computed\n    {{waits}}\n");
}

static void late_output_is_waited_for(void **state)
{
    agrees(state, "a$ sleep 0.1; echo late; exec cat\nlate\n{{waits}}\n"
                  "a< ^D\n");
}

/* The text must differ by part; then block i of the first n blocks has the
 * output first if i is 0, else then. */
static void has_outputs(void **state, const char *text, const char *part,
                        size_t n, const char *first, const char *then)
{
    differs(state, text, part);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(outcomes[i].output, i == 0 ? first : then);
}

/* No line is lost or moves to the next block. */
static void too_much_output_belongs_to_its_block(void **state)
{
    enum { TIMES = 20 };
    char *text = repeated("a$ echo one; echo two; "
                          "while read -r x; do echo $x; echo two; done\n"
                          "one\n{{waits}}\n",
                          "a< one\none\n{{waits}}\n", TIMES, "a< ^D\n");

    has_outputs(state, text, "    one\n  + two\n    {{waits}}\n", 1 + TIMES,
                "one\ntwo\n", "one\ntwo\n");
    assert_string_equal(outcomes[1 + TIMES].output, "");
    free(text);
}

static void output_where_none_is_expected_is_kept(void **state)
{
    enum { TIMES = 50 };
    char *text = repeated("a$ exec cat\n{{waits}}\n", "a< x\n{{waits}}\n",
                          TIMES, "a< ^D\n");

    has_outputs(state, text, "    a< x\n  + x\n    {{waits}}\n", 1 + TIMES, "",
                "x\n");
    assert_string_equal(outcomes[1 + TIMES].output, "");
    free(text);
}

static void output_without_its_newline_is_a_line(void **state)
{
    agrees(state, "a$ printf 'name: '; read -r n; echo \"hi $n\"\n"
                  "name: {{no newline}}\n{{waits}}\na< me\nhi me\n");
}

static void too_little_output_is_an_error_at_the_deadline(void **state)
{
    is_late(state,
            "a$ echo $$ > pid; printf '\\none\\n'; exec sleep 600\n"
            "\none\ntwo\n{{waits}}\na:\n",
            "s); the last that it printed:\n\none\n", "pid");
    assert_contains(error,
                    "t.console:1: a$ echo $$ > pid; printf '\\none\\n'; exec "
                    "sleep 600: did not print in time what is expected "
                    "(it had ");
    assert_gone("pid");
    is_late(state,
            "a$ echo $$ > pid; echo one; read -r n; exec sleep 600\none\n"
            "{{waits}}\na< go\ntwo\n{{waits}}\na:\n",
            "s); it printed nothing in that time", "pid");
    assert_gone("pid");
}

static void
a_command_that_never_sleeps_is_an_error_at_the_deadline(void **state)
{
    is_late(state,
            "a$ echo $$ > pid; echo x; while :; do :; done\nx\n{{waits}}\n"
            "a:\n",
            "did not come to wait in time", "pid");
    assert_gone("pid");
    is_late(state,
            "a$ { while :; do :; done; } & echo $! > child; echo x; wait\nx\n"
            "{{waits}}\na:\n",
            "did not come to wait in time", "child");
    assert_gone("child");
}

static void
a_command_that_does_not_end_is_an_error_at_the_deadline(void **state)
{
    is_late(state,
            "a$ sleep 600 & echo $! > first; wait\n{{waits}}\n"
            "b$ echo $$ > second; exec sleep 600\n"
            "a:\n",
            "t.console:3: b$ echo $$ > second; exec sleep 600: "
            "did not end in time",
            "second");
    assert_gone("first");
    assert_gone("second");
    /* The orphan may be the reason, as when strace(1) waits for it. */
    is_late(state,
            "a$ sh -c 'sleep 600 & echo $! > first'; exec tail -f /dev/null\n",
            "did not end in time (it had ", "first");
    assert_gone("first");
    assert_contains(error, " s), and left a process behind: sleep;");
}

static void the_error_shows_the_differences_before_it(void **state)
{
    is_late(state, "a$ echo came\nexpected\na$ exec sleep 600\n",
            "t.console:3: a$ exec sleep 600: did not end in time", NULL);
    assert_contains(error, "before that:\nt.console:1:\n    a$ echo came\n"
                           "  - expected\n  + came\n");
}

static void a_command_that_ends_instead_of_waiting_differs(void **state)
{
    differs(state,
            "a$ echo x; exit 3\nx\n{{waits}}\na< y\n{{waits}}\na:\nz\n"
            "b$ echo b\nb\n",
            "    x\n  - {{waits}}\n  + [3]\n"
            "  it has ended instead of waiting\n");
    assert_int_equal(outcomes[0].status, 3);
    assert_null(outcomes[1].output);
    assert_null(outcomes[2].output);
    assert_string_equal(outcomes[3].output, "b\n");
}

static void a_typed_line_is_read(void **state)
{
    agrees(state, "a$ read -r x; echo \"<$x>\"; read -r y; echo \"<$y>\"\n"
                  "{{waits}}\na<  one $two \n<one $two>\n{{waits}}\n"
                  "a<\n<>\n");
}

static void a_quoted_end_of_file_is_a_line(void **state)
{
    agrees(state, "a$ cat\n{{waits}}\na< {{'^D'}}\n{{'^D'}}\n{{waits}}\n"
                  "a< ^D\n");
}

static void typing_for_a_command_that_does_not_read_is_no_error(void **state)
{
    agrees(state, "gate$ mkfifo gate\n"
                  "a$ exec < gate; echo end\n{{waits}}\n"
                  "a< nobody\n{{waits}}\na< ^D\n{{waits}}\n"
                  "gate$ : > gate\na:\nend\n");
}

static void a_line_that_cannot_be_typed_is_an_error(void **state)
{
    char *line = text_format("a< %020000d\n{{waits}}\n", 0),
         *text = text_format("a$ exec sleep 600\n{{waits}}\n%s%s%s%s%sa:\n",
                             line, line, line, line, line);

    fails(state, text, "00: cannot be typed: Resource temporarily unavailable");
    free(line);
    free(text);
}

static void a_command_that_cannot_be_started_is_named(void **state)
{
    char *where = text_format("%s/file", directory);

    play_in(state, where, "$ echo x\nx\n", LONG);
    assert_non_null(error);
    assert_contains(error, "t.console:1: $ echo x: No such file or directory");
    if (*(enum run_mode *)*state != RUN_TERMINAL)
        assert_null(strstr(error, "pseudo-terminal"));
    put_file(directory, "file", "");
    play_in(state, where, "$ echo x\nx\n", LONG);
    free(where);
    assert_non_null(error);
    assert_string_equal(error, "t.console:1: $ echo x: Not a directory");
}

static void standard_input_depends_on_the_mode(void **state)
{
    static const char *const kinds[] = {
        [RUN_TERMINAL] = "-t", [RUN_PIPE] = "-p", [RUN_FILE] = "-p"};
    enum run_mode mode = *(enum run_mode *)*state;
    char *text =
        text_format("a$ test %s %s && cat\n{{waits}}\na< ^D\n"
                    "a$ test %s\n",
                    kinds[mode], mode == RUN_TERMINAL ? "0" : "/dev/stdin",
                    mode == RUN_TERMINAL ? "-t 0" : "/dev/stdin -ef /dev/null");

    agrees(state, text);
    free(text);
}

static void a_command_has_the_values_of_variables(void **state)
{
    agrees(state, "$ echo $$ 12\n{{p:pid}} {{n:number}}\n"
                  "$ echo {{p}}{{n}} {{'{{n}}'}} {{p}}; echo {{n}}\n"
                  "{{m:number}} {{'{{n}}'}} {{p}}\n12\n");
    agrees(state, "a$ echo 12; cat\n{{n:number}}\n{{waits}}\n"
                  "a< is {{n}}\nis 12\n{{waits}}\na< ^D\n");
}

static void a_value_is_known_though_another_output_differs(void **state)
{
    differs(state,
            "$ echo came\nexpected\n$ echo 12; echo 13\n{{n:number}}\n"
            "$ echo '{{n}}'\n12\n",
            "  - expected\n  + came\n");
    assert_string_equal(outcomes[2].output, "12\n");
}

static void a_value_that_is_missing_is_named(void **state)
{
    fails(state, "$ echo came\n{{n:number}}\n$ touch file; echo {{n}}\n",
          "t.console:3: $ touch file; echo {{n}}: there is no value for n\n");
    assert_contains(error, "  - {{n:number}}\n  + came\n");
    assert_false(exists("%s/file", directory));
}

static void a_process_left_behind_is_an_error(void **state)
{
    fails(state,
          "a$ cat\n{{waits}}\n"
          "b$ trap '' HUP; sleep 600 > /dev/null 2>&1 < /dev/null & "
          "echo $! > pid\n"
          "a< ^D\n",
          "t.console:3: b$ trap");
    assert_contains(error, "left a process behind");
    assert_gone("pid");
}

/* So does strace(1) if a limit of the caller ends it. */
static void the_signal_that_ended_the_parent_of_it_is_named(void **state)
{
    fails(state, "a$ sleep 600 > /dev/null & kill -XFSZ $$\n",
          " (the command ended with status 153, as after the signal: File "
          "size limit exceeded)");
}

static void a_null_byte_is_an_error(void **state)
{
    fails(state, "a$ printf 'a\\000b\\n'; exec cat\na\n{{waits}}\na< ^D\n",
          "printed a null byte");
}

static void a_flood_is_ended(void **state)
{
    play(state, "a$ exec yes\ny\n{{waits}}\na:\n", LONG);
    if (*(enum run_mode *)*state == RUN_FILE)
        return; /* there a signal ends it: see setrlimit(2) */
    assert_non_null(error);
    assert_contains(error, "printed too much");
    assert_true(strlen(error) < 500);
}

static bool queue_exists(const char *output)
{
    struct msqid_ds ds;
    int queue;

    output = strstr(output, "Message");
    assert_non_null(output);
    assert_int_equal(sscanf(output, "Message queue id: %d", &queue), 1);
    return msgctl(queue, IPC_STAT, &ds) == 0;
}

#define QUEUE "Message queue id: {{q:msqid}}\n"

static void a_queue_is_removed_after_a_failure(void **state)
{
    is_late(state, "a$ ipcmk -Q\n" QUEUE "b$ exec sleep 600\n", "b$ exec",
            NULL);
    assert_false(queue_exists(outcomes[0].output));
    /* The block that prints its identifier is not complete. */
    is_late(state, "a$ ipcmk -Q; exec sleep 600\n" QUEUE, "printed:\nMessage",
            NULL);
    assert_false(queue_exists(outcomes[0].output));
    /* The block before it differs. */
    is_late(state, "a$ echo x\na$ ipcmk -Q\n" QUEUE "b$ exec sleep 600\n",
            "b$ exec", NULL);
    assert_false(queue_exists(outcomes[1].output));
}

static void a_queue_is_removed_after_a_difference(void **state)
{
    differs(state, "$ ipcmk -Q\n" QUEUE "$ echo x\n", "  + x\n");
    assert_false(queue_exists(outcomes[0].output));
}

static void a_queue_left_behind_is_an_error(void **state)
{
    fails(state, "$ ipcmk -Q\n" QUEUE, "t.console: message queue ");
    assert_contains(error, "left behind");
    assert_false(queue_exists(outcomes[0].output));
}

static void a_number_is_not_taken_for_a_queue(void **state)
{
    int other = msgget(IPC_PRIVATE, 0600);
    char *text;
    bool removed;

    assert_int_not_equal(other, -1);
    text = text_format("$ echo %d; ipcmk -Q\n{{n:number}}\n" QUEUE, other);
    play(state, text, LONG);
    free(text);
    removed = msgctl(other, IPC_RMID, NULL) == -1;
    assert_non_null(error);
    assert_contains(error, "left behind");
    assert_false(removed);
    assert_false(queue_exists(outcomes[0].output));
}

static void a_queue_that_was_not_made_is_a_difference(void **state)
{
    differs(state, "$ echo none\n" QUEUE, "  + none\n");
}

static void a_queue_that_was_removed_is_no_error(void **state)
{
    agrees(state, "$ ipcmk -Q\n" QUEUE "$ ipcrm -q {{q}}\n");
}

/* Wait until the clock of the file system advances. A file that a test makes
 * after this is younger than all files before. */
static void wait_for_tick(void)
{
    struct timespec begin, now;

    clock_gettime(CLOCK_REALTIME_COARSE, &begin);
    do
        clock_gettime(CLOCK_REALTIME_COARSE, &now);
    while (now.tv_sec == begin.tv_sec && now.tv_nsec == begin.tv_nsec);
}

/* Give the link PATH the date of birth of its target. */
static void date_as_target(const char *path)
{
    struct statx status;
    struct timespec dates[2];

    assert_int_equal(statx(AT_FDCWD, path, 0, STATX_BTIME, &status), 0);
    dates[0] =
        (struct timespec){status.stx_btime.tv_sec, status.stx_btime.tv_nsec};
    dates[1] = dates[0];
    assert_int_equal(utimensat(AT_FDCWD, path, dates, AT_SYMLINK_NOFOLLOW), 0);
}

static void writing_to_a_program_is_an_error(void **state)
{
    char *sandbox, *expected;
    struct statx status;

    if (statx(AT_FDCWD, directory, 0, STATX_BTIME, &status) == -1 ||
        !(status.stx_mask & STATX_BTIME))
        SKIP("this file system has no dates of birth");
    put_file(directory, "program", "");
    put_file(directory, "other", "");
    /* A date in the future is no sign of a write. */
    put_file(directory, "late", "");
    char *late = text_format("%s/late", directory);
    const struct timespec tomorrow = {time(NULL) + 86400, 0};

    assert_int_equal(
        utimensat(AT_FDCWD, late, (struct timespec[]){tomorrow, tomorrow}, 0),
        0);
    free(late);
    wait_for_tick();
    expected = text_format(
        "t.console: %s/program was written to meanwhile. If a command did so "
        "through the link of that name, let it write to a name that no program "
        "and no C file has, and restore the C file or remove the program; if "
        "not, run this again",
        directory);
    sandbox = sandbox_make(directory, NULL, directory, directory);
    assert_non_null(sandbox);
    /* The other file is replaced, as make does it. */
    play_in(state, sandbox,
            "$ echo > new; ln -s new link; echo > link; echo > ../next; "
            "mv ../next ../other\n",
            LONG);
    assert_null(error);
    /* It may have been born in the tick of the link. */
    char *other = text_format("%s/other", sandbox);
    date_as_target(other);
    free(other);
    wait_for_tick();
    play_in(state, sandbox, "$ echo > other\n", LONG);
    assert_null(error);
    play_in(state, sandbox, "$ echo > program\n", LONG);
    assert_non_null(error);
    assert_string_equal(error, expected);
    free(expected);
    assert_int_equal(sandbox_remove(sandbox), 0);
}

static void segments_and_semaphores_left_behind_are_errors(void **state)
{
    struct shmid_ds ds;
    int id;

    fails(state, "$ ipcmk -M 16\nShared memory id: {{m:shmid}}\n",
          "t.console: shared memory segment ");
    assert_int_equal(sscanf(outcomes[0].output, "Shared memory id: %d", &id),
                     1);
    assert_int_equal(shmctl(id, IPC_STAT, &ds), -1);
    fails(state, "$ ipcmk -S 1\nSemaphore id: {{s:semid}}\n",
          "t.console: semaphore set ");
    assert_int_equal(sscanf(outcomes[0].output, "Semaphore id: %d", &id), 1);
    assert_int_equal(semctl(id, 0, GETVAL), -1);
    agrees(state, "$ ipcmk -M 16; ipcmk -S 1\nShared memory id: {{m:shmid}}\n"
                  "Semaphore id: {{s:semid}}\n"
                  "$ ipcrm -m {{m}} -s {{s}}\n");
}

/* Run a transcript with a name for each "%s" (at most two); it must leave the
 * path that ends with that name, and this path must be removed. */
static void leaves(void **state, const char *text, const char *path)
{
    char *name = text_format("left-%ld", (long)getpid());
    char *transcript = text_format(text, name, name), *whole, *expected;

    whole = text_format("%s%s", path, name);
    expected = text_format("t.console: %s was left behind", whole);
    play(state, transcript, LONG);
    assert_non_null(error);
    assert_string_equal(error, expected);
    assert_int_equal(access(whole, F_OK), -1);
    free(expected);
    free(whole);
    free(transcript);
    free(name);
}

static void a_file_outside_that_is_named_is_an_error(void **state)
{
    leaves(state, "$ : > /tmp/%s\n", "/tmp/");
    leaves(state, "$ mkfifo /var/tmp/%s; :\n", "/var/tmp/");
    leaves(state, "$ mkdir -p /tmp/%s/in && : > /tmp/%s/in/file\n", "/tmp/");
    leaves(state, "$ : > /dev/shm/%s\n", "/dev/shm/");
    /* What programs call "/demo" is /dev/shm/demo or /dev/shm/sem.demo. */
    leaves(state, "$ n=%s; : > /dev/shm/$n; echo \"It is /$n.\"\nIt is /%s.\n",
           "/dev/shm/");
    leaves(state, "$ n=%s; : > /dev/shm/sem.$n; echo \"</$n>\"\n</%s>\n",
           "/dev/shm/sem.");
}

static void a_file_that_others_have_made_is_kept(void **state)
{
    char *path = text_format("/tmp/left-%ld", (long)getpid());
    char *other = text_format("%s-other", path);
    char *text = text_format("$ : > %s; : > $(echo %s)-other\n", path, path);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fclose(file);
    agrees(state, text);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(unlink(other), 0);
    free(text);
    free(other);
    free(path);
}

static void note_stop(int signal_number)
{
    stop = signal_number;
}

static void an_interrupted_session_leaves_nothing(void **state)
{
    char *text = text_format(
        "a$ ipcmk -Q; echo $$ > first; exec cat\n" QUEUE "{{waits}}\n"
        "b$ trap '' INT HUP; sleep 600 & echo $! > second; "
        "kill -ALRM %ld; wait\n"
        "a< ^D\n",
        (long)getpid());

    signal(SIGALRM, note_stop);
    play(state, text, LONG);
    signal(SIGALRM, SIG_DFL);
    free(text);
    assert_non_null(error);
    assert_contains(error, "was interrupted");
    assert_gone("first");
    assert_gone("second");
    assert_false(queue_exists(outcomes[0].output));
}

static void no_descriptor_and_no_child_is_left(void **state)
{
    int before = open_descriptors();
    char *text = pair(1);

    agrees(state, text);
    free(text);
    is_late(state, "a$ cat\n{{waits}}\nb$ exec sleep 600\na< ^D\n", "b$", NULL);
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void a_terminal_can_be_used_again(void **state)
{
    agrees(state, "a$ cat\n{{waits}}\nb$ echo b\nb\na< ^D\na$ echo a; exit 2\n"
                  "a\n[2]\na$ cat\n{{waits}}\na< x\nx\n{{waits}}\na< ^D\n");
}

static void a_run_is_compared(void **state)
{
    compares(state, "$ echo 3; exit 1\n{{n:number}}\n[1]\n$ echo {{n}}\n3\n",
             NULL);
    compares(state, "$ echo 3\n{{n:number}}\n$ echo x{{n}}\n3\n",
             "t.console:3:\n    $ echo x{{n}}\n  - 3\n  + x3\n");
    compares(state, "$ printf '\\0'\n", "null byte");
}

int main(void)
{
    struct tests tests = {.setup = make_directory, .teardown = forget};

    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
#define IN(test)                                                               \
    add_test(&tests, test, &modes[i], "%s (%s)", #test, mode_names[i])
        IN(commands_run_one_after_the_other);
        IN(a_pair_of_terminals_keeps_its_order_every_time);
        IN(a_block_begins_when_the_one_before_it_sleeps);
        IN(output_of_a_busy_child_is_waited_for);
        IN(output_of_a_busy_thread_is_waited_for);
        IN(a_state_in_the_name_of_a_process_is_ignored);
        IN(late_output_is_waited_for);
        IN(too_much_output_belongs_to_its_block);
        IN(output_where_none_is_expected_is_kept);
        IN(output_without_its_newline_is_a_line);
        IN(a_command_that_ends_instead_of_waiting_differs);
        IN(a_typed_line_is_read);
        IN(a_quoted_end_of_file_is_a_line);
        IN(typing_for_a_command_that_does_not_read_is_no_error);
        IN(standard_input_depends_on_the_mode);
        IN(a_command_has_the_values_of_variables);
        IN(a_run_is_compared);
        IN(a_process_left_behind_is_an_error);
        IN(the_signal_that_ended_the_parent_of_it_is_named);
        IN(a_null_byte_is_an_error);
        IN(a_flood_is_ended);
        IN(an_interrupted_session_leaves_nothing);
        IN(no_descriptor_and_no_child_is_left);
        IN(a_terminal_can_be_used_again);
        IN(a_line_that_cannot_be_typed_is_an_error);
        IN(a_command_that_cannot_be_started_is_named);
        if (modes[i] != RUN_PIPE)
            continue;
        IN(too_little_output_is_an_error_at_the_deadline);
        IN(a_command_that_never_sleeps_is_an_error_at_the_deadline);
        IN(a_command_that_does_not_end_is_an_error_at_the_deadline);
        IN(the_error_shows_the_differences_before_it);
        IN(a_value_is_known_though_another_output_differs);
        IN(a_value_that_is_missing_is_named);
        IN(a_queue_is_removed_after_a_failure);
        IN(a_queue_is_removed_after_a_difference);
        IN(a_queue_left_behind_is_an_error);
        IN(segments_and_semaphores_left_behind_are_errors);
        IN(writing_to_a_program_is_an_error);
        IN(a_file_outside_that_is_named_is_an_error);
        IN(a_file_that_others_have_made_is_kept);
        IN(a_number_is_not_taken_for_a_queue);
        IN(a_queue_that_was_not_made_is_a_difference);
        IN(a_queue_that_was_removed_is_no_error);
#undef IN
    }
    return run_all("session", &tests, NULL, NULL);
}
