/* Proves that the programs of the book do what a reader may expect where their
 * transcripts do not look: wrong arguments, closed descriptors, full devices,
 * odd names, failing children, Ctrl+C; and that none of them leaves a message
 * queue behind. Where that is allowed, all run in an IPC namespace of their own,
 * so that nobody else's queues count. */
#include "support.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "pages.h"

enum { NO_READER = 9 }; /* the write end of a pipe that nobody reads */

/* How each program is called well and not so well; what it says then. $QUEUE is
 * the identifier of a message queue that all share. */
static const struct program {
    const char *name, *before, *arguments, *wrong, *says;
    bool reads; /* its standard input, which it needs */
} all[] = {
    {"pipe1", "", "", "x", "Read 3 bytes: 123\n", false},
    {"pipe2", "", "", "x", "child Read 3 bytes: 456\n", false},
    {"pipe3", "", "", "x", " - read 3 bytes: 123\n", false},
    {"pipe4", "printf 123 | ", "3 3<&0", "", " - read 3 bytes: 123\n", false},
    {"popen4", "", "", "a b", "Reading : -\n", false},
    {"popen-write", "", "", "x", "fifo\npipe\nqueue\n", false},
    {"one-pipe", "", "child", "", "parent read: answer\n", false},
    {"one-way", "", "", "x", "child read 0 bytes: end of file\n", false},
    {"two-pipes", "", "", "x", "10000 bytes in 3 reads\n", false},
    {"dup", "", "", "x", "0000000   1   2   3\n0000003\n", false},
    {"no-reader", "", "", "x", "-1, EPIPE (Broken pipe)\n", false},
    {"capacity", "", "", "x", "writes of 2097152 bytes: ", false},
    {"atomic", "", "4096", "", "60 records of 4096 bytes: whole\n", false},
    {"mkfifo", "", "\"$DIR/fifo$$\"", "a b", "FIFO created\nmode 0", false},
    {"fifo-read", "mkfifo \"$DIR/r$$\"; echo hello > \"$DIR/r$$\" & ",
     "\"$DIR/r$$\"", "", "end of file: the last writer has gone\n", false},
    {"fifo-write",
     "mkfifo \"$DIR/w$$\"; cat \"$DIR/w$$\" > /dev/null & echo hello | ",
     "\"$DIR/w$$\"", "", "wrote 6 bytes\n", true},
    {"msgget", "", "", "1 2", "msgctl IPC_RMID             = 0\n", false},
    {"msgctl", "", "$QUEUE", "", "messages: ", false},
    {"msgsnd", "", "$QUEUE 1 hello", "", "sent type 1, 5 bytes: hello\n",
     false},
    {"msgrcv", "\"$BIN/msgsnd\" $QUEUE $$ hello > /dev/null; ", "$QUEUE $$", "",
     ", 5 bytes: hello\n", false},
};
enum { PROGRAMS = sizeof all / sizeof *all };

enum outcome {
    WORKS,
    FAILS, /* with a message on standard error */
    DIES,  /* its status is not 0, whatever it says */
    WORKS_OR_FAILS,
};

static const struct situation {
    const char *sentence, *with, *redirection;
    enum outcome outcome;
    bool no_input;
} situations[] = {
    {"works without standard input", "", "<&-", WORKS, true},
    {"works without standard error", "", "2>&-", WORKS, false},
    {"works where SIGPIPE is ignored", "env --ignore-signal=PIPE ", "", WORKS,
     false},
    {"works where SIGCHLD is ignored, or says that it fails",
     "env --ignore-signal=CHLD ", "", WORKS_OR_FAILS, false},
    {"fails without standard output, and says so", "", ">&-", FAILS, false},
    {"fails without standard input and output, and says so", "", "<&- >&-",
     FAILS, true},
    {"fails without any descriptor", "", "<&- >&- 2>&-", DIES, true},
    {"fails on a full device, and says so", "", "> /dev/full", FAILS, false},
    {"fails when nobody reads its output", "", ">&9", DIES, false},
    {"fails when nobody reads and SIGPIPE is ignored, and says so",
     "env --ignore-signal=PIPE ", ">&9", FAILS, false},
};
enum { SITUATIONS = sizeof situations / sizeof *situations };

/* Each program in each situation, and in the directory /. */
static struct trial {
    const struct program *program;
    const struct situation *situation; /* NULL for the directory */
    struct job job;
} trials[PROGRAMS * (SITUATIONS + 1)];
enum { TRIALS = PROGRAMS * (SITUATIONS + 1), AHEAD = 16 };

static char *trials_directory;
static int shared_queue;
static bool alone; /* in an IPC namespace of our own */

static int start_trials(void **state)
{
    int ends[2];
    char *id;

    (void)state;
    alone = unshare(CLONE_NEWIPC) == 0 ||
            unshare(CLONE_NEWUSER | CLONE_NEWIPC) == 0;
    trials_directory = scratch_make();
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[1], NO_READER), NO_READER);
    close(ends[0]);
    if (ends[1] != NO_READER)
        close(ends[1]);
    shared_queue = msgget(IPC_PRIVATE, 0600);
    assert_int_not_equal(shared_queue, -1);
    id = text_format("%d", shared_queue);
    assert_int_equal(setenv("QUEUE", id, 1), 0);
    free(id);
    return 0;
}

static void start_trial(struct trial *trial)
{
    const struct program *p = trial->program;
    const struct situation *s = trial->situation;
    char *text =
        text_format("DIR=$PWD; %s%s%s\"$BIN/%s\" %s %s",
                    s == NULL ? "cd / && " : "", p->before,
                    s == NULL ? "" : s->with, p->name, p->arguments,
                    s == NULL ? "" : s->redirection);

    trial->job = shell_start(trials_directory, text);
    free(text);
}

/* What came of it. The next ones are started before, as some of them sleep. */
static struct ended end_trial(struct trial *trial)
{
    static size_t started;
    size_t ahead = (size_t)(trial - trials) + AHEAD;

    while (started < TRIALS && started < ahead)
        start_trial(&trials[started++]);
    return shell_end(&trial->job);
}

static int remove_trials(void **state)
{
    (void)state;
    close(NO_READER);
    msgctl(shared_queue, IPC_RMID, NULL);
    scratch_remove(trials_directory);
    return 0;
}

static char *directory;
static struct ended ended;
static char *key; /* of a message queue that no other process uses */

static int make_directory(void **state)
{
    (void)state;
    directory = scratch_make();
    key = text_format("%#lx", 0x4c000000UL + (unsigned long)getpid());
    return 0;
}

static int queue(int flags)
{
    return msgget((key_t)strtol(key, NULL, 0), flags);
}

static int remove_directory(void **state)
{
    int left = queue(0);

    (void)state;
    if (left != -1)
        msgctl(left, IPC_RMID, NULL);
    free(key);
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

static void assert_status(int status)
{
    if (ended.status != status)
        fail_msg("the status is %d, not %d; standard error: %s", ended.status,
                 status, ended.err);
}

static void assert_failure(void)
{
    if (ended.status == 0)
        fail_msg("it ends with status 0; standard output: %s", ended.out);
}

static void assert_usage(const char *text)
{
    command(text);
    assert_status(2);
    assert_string_equal(ended.out, "");
    assert_contains(ended.err, ": usage: ");
    assert_ptr_equal(strchr(ended.err, '\n'),
                     ended.err + strlen(ended.err) - 1);
}

static void behaves(void **state)
{
    struct trial *trial = *state;
    const struct program *p = trial->program;
    const struct situation *s = trial->situation;
    enum outcome outcome = s == NULL ? WORKS : s->outcome;

    ended = end_trial(trial);
    if (outcome == WORKS && s != NULL && s->no_input && p->reads)
        outcome = FAILS;
    if (outcome == WORKS_OR_FAILS)
        outcome = ended.status == 0 ? WORKS : FAILS;
    if (outcome == WORKS) {
        assert_status(0);
        assert_contains(ended.out, p->says);
        assert_string_equal(ended.err, "");
        return;
    }
    assert_failure();
    if (outcome == FAILS)
        assert_contains(ended.err, p->name);
    if (s->outcome != WORKS_OR_FAILS)
        assert_null(strstr(ended.out, p->says));
}

static void answers_wrong_arguments_with_its_usage(void **state)
{
    const struct program *p = *state;
    char *text = text_format("\"$BIN/%s\" %s", p->name, p->wrong);

    assert_usage(text);
    free(text);
}

/* Arguments that are wrong in ways of their own: all get the usage. */
static const struct wrong {
    const char *sentence, *text;
} wrong[] = {
    {"pipe4 takes one descriptor", "\"$BIN/pipe4\" 0 0"},
    {"pipe4 takes no name", "\"$BIN/pipe4\" stdin"},
    {"pipe4 takes no empty number", "\"$BIN/pipe4\" ''"},
    {"pipe4 takes no number with a tail", "\"$BIN/pipe4\" 0x"},
    {"pipe4 takes no number with a space", "\"$BIN/pipe4\" '0 '"},
    {"pipe4 takes no negative number", "\"$BIN/pipe4\" -1"},
    {"pipe4 takes no number that is 0 in an int", "\"$BIN/pipe4\" -4294967296"},
    {"pipe4 takes no number beyond int", "\"$BIN/pipe4\" 4294967296"},
    {"pipe4 takes no number beyond 32 bits", "\"$BIN/pipe4\" 99999999999"},
    {"pipe4 takes no number beyond long",
     "\"$BIN/pipe4\" 99999999999999999999"},
    {"pipe4 takes no closed descriptor", "\"$BIN/pipe4\" 9 9>&-"},
    {"msgget takes no empty key", "\"$BIN/msgget\" ''"},
    {"msgget takes no key 0", "\"$BIN/msgget\" 0"},
    {"msgget takes no negative key", "\"$BIN/msgget\" -1"},
    {"msgget takes no key beyond 32 bits", "\"$BIN/msgget\" 0x100000000"},
    {"msgget takes no key beyond long long",
     "\"$BIN/msgget\" 99999999999999999999"},
    {"msgget takes no key with a tail", "\"$BIN/msgget\" 1x"},
};

static void gets_the_usage(void **state)
{
    assert_usage(((const struct wrong *)*state)->text);
}

static void pipe4_says_why_it_cannot_read(void **state)
{
    (void)state;
    command("\"$BIN/pipe4\" 3 3< /");
    assert_status(1);
    assert_string_equal(ended.err, "pipe4: read: Is a directory\n");
}

static void pipe3_needs_pipe4_beside_it(void **state)
{
    (void)state;
    command("cp \"$BIN/pipe3\" . && PATH=$BIN:$PATH ./pipe3");
    assert_failure();
    assert_contains(ended.err, "/pipe4: No such file or directory\n");
}

static void pipe3_finds_pipe4_through_a_link(void **state)
{
    (void)state;
    command("ln -s \"$BIN/pipe3\" other && ./other");
    assert_status(0);
    assert_contains(ended.out, " - read 3 bytes: 123\n");
}

/* Run a program whose child executes this script instead of the real one. */
static void with_child(const char *script, const char *child, const char *text)
{
    char *path = text_format("%s/%s", directory, child);

    put_file(directory, child, script);
    assert_int_equal(chmod(path, 0755), 0);
    free(path);
    command(text);
    assert_failure();
}

#define PIPE3 "cp \"$BIN/pipe3\" . && ./pipe3"
#define DUP "PATH=$PWD:$PATH \"$BIN/dup\""

static void pipe3_fails_as_its_child_does(void **state)
{
    (void)state;
    with_child("#!/bin/sh\nexit 3\n", "pipe4", PIPE3);
    assert_contains(ended.out, " - wrote 3 bytes\n");
}

static void pipe3_says_that_a_signal_ended_its_child(void **state)
{
    (void)state;
    with_child("#!/bin/sh\nkill -KILL $$\n", "pipe4", PIPE3);
    assert_string_equal(ended.err, "pipe3: child: Killed\n");
}

static void dup_fails_as_its_child_does(void **state)
{
    (void)state;
    with_child("#!/bin/sh\ncat > /dev/null\nexit 3\n", "od", DUP);
    assert_contains(ended.out, " - wrote 3 bytes\n");
}

static void dup_says_that_a_signal_ended_its_child(void **state)
{
    (void)state;
    with_child("#!/bin/sh\ncat > /dev/null\nkill -KILL $$\n", "od", DUP);
    assert_string_equal(ended.err, "dup: child: Killed\n");
}

static void dup_fails_without_od(void **state)
{
    (void)state;
    command("PATH=/nowhere \"$BIN/dup\"");
    assert_failure();
    assert_contains(ended.err, "child: execlp od: No such file");
}

static void run_msgget(const char *redirection)
{
    ended_free(&ended);
    ended = shell(directory, "\"$BIN/msgget\" %s %s", key, redirection);
}

static void assert_no_queue(void)
{
    assert_int_equal(queue(0), -1);
    assert_int_equal(errno, ENOENT);
}

static void msgget_removes_its_queue(void **state)
{
    (void)state;
    run_msgget("");
    assert_status(0);
    assert_no_queue();
}

static void msgget_removes_its_queue_on_a_full_device(void **state)
{
    (void)state;
    run_msgget("> /dev/full");
    assert_failure();
    assert_no_queue();
}

static void msgget_removes_its_queue_without_output(void **state)
{
    (void)state;
    run_msgget(">&-");
    assert_failure();
    assert_no_queue();
}

static void msgget_removes_its_queue_when_nobody_reads(void **state)
{
    (void)state;
    run_msgget(">&9");
    assert_failure();
    assert_no_queue();
}

/* Run a program whose output goes to a file that takes room bytes more. */
static void with_room(int room, const char *text)
{
    ended_free(&ended);
    ended = shell(directory, "head -c %d /dev/zero > f; ulimit -f 1; %s >> f",
                  512 - room, text);
}

static void msgget_removes_its_queue_wherever_its_output_ends(void **state)
{
    char *text = text_format("\"$BIN/msgget\" %s", key);

    (void)state;
    for (int room = 20; room < 260; room += 40) {
        with_room(room, text);
        assert_failure();
        assert_contains(ended.err, "printf: File too large\n");
        assert_no_queue();
    }
    free(text);
}

static void msgget_refuses_a_key_that_is_taken(void **state)
{
    (void)state;
    assert_int_not_equal(queue(IPC_CREAT | IPC_EXCL | 0600), -1);
    run_msgget("");
    assert_status(1);
    assert_string_equal(ended.out, "");
    assert_contains(ended.err, "is taken by queue ");
}

static void msgget_leaves_the_queue_of_another_alone(void **state)
{
    struct msqid_ds before = {0}, after = {0};
    int id = queue(IPC_CREAT | IPC_EXCL | 0600);

    (void)state;
    assert_int_not_equal(id, -1);
    assert_int_equal(msgctl(id, IPC_STAT, &before), 0);
    run_msgget("");
    assert_int_equal(queue(0), id);
    assert_int_equal(msgctl(id, IPC_STAT, &after), 0);
    assert_memory_equal(&after, &before, sizeof after);
}

static void no_fifo_is_left(const char *text)
{
    command(text);
    assert_failure();
    assert_false(exists("%s/fifo", directory));
}

static void mkfifo_leaves_no_fifo_on_a_full_device(void **state)
{
    (void)state;
    no_fifo_is_left("\"$BIN/mkfifo\" fifo > /dev/full");
}

static void mkfifo_leaves_no_fifo_without_output(void **state)
{
    (void)state;
    no_fifo_is_left("\"$BIN/mkfifo\" fifo >&-");
}

static void mkfifo_leaves_no_fifo_when_nobody_reads(void **state)
{
    (void)state;
    no_fifo_is_left("\"$BIN/mkfifo\" fifo >&9");
}

static void mkfifo_leaves_no_fifo_when_its_second_line_fails(void **state)
{
    (void)state;
    with_room(20, "trap '' XFSZ; \"$BIN/mkfifo\" fifo");
    assert_failure();
    assert_contains(ended.err, "printf: File too large\n");
    assert_false(exists("%s/fifo", directory));
}

static void mkfifo_leaves_alone_what_has_the_name(void **state)
{
    char *text;

    (void)state;
    put_file(directory, "file", "kept");
    command("\"$BIN/mkfifo\" file");
    assert_status(1);
    assert_string_equal(ended.err, "mkfifo: mkfifo file: File exists\n");
    text = get_file(directory, "file");
    assert_non_null(text);
    assert_string_equal(text, "kept");
    free(text);
}

static void mkfifo_names_the_directory_that_is_missing(void **state)
{
    (void)state;
    command("\"$BIN/mkfifo\" none/fifo");
    assert_status(1);
    assert_string_equal(ended.err, "mkfifo: mkfifo none/fifo: "
                                   "No such file or directory\n");
}

static const struct name {
    const char *sentence, *name;
} names[] = {
    {"popen4 reads a name with quotes", "a\"b'c`d"},
    {"popen4 reads a name with spaces", " a  b "},
    {"popen4 reads a name with a newline", "a\nb\n"},
    {"popen4 reads a name with a leading dash", "-n"},
    {"popen4 reads a name that looks like a pattern", "*"},
    {"popen4 reads a name with a backslash", "a\\nb"},
    {"popen4 runs no command in a name", "$(touch evil)"},
    {"popen4 runs no command in backquotes", "`touch evil`"},
    {"popen4 runs no command behind a semicolon", "x; touch evil"},
    {"popen4 runs no command behind a quote", "x\"; touch evil; \""},
};

static void reads_the_file_of_this_name(void **state)
{
    const struct name *name = *state;

    put_file(directory, name->name, "1\n2\n3\n");
    put_file(directory, "other", "1\n");
    assert_int_equal(setenv("NAME", name->name, 1), 0);
    command("\"$BIN/popen4\" \"$NAME\"");
    unsetenv("NAME");
    assert_status(0);
    assert_string_equal(ended.out, "2\nReading : -\n3\n");
    assert_false(exists("%s/evil", directory));
}

static void popen4_counts_ten_lines_in_three_bytes(void **state)
{
    (void)state;
    put_file(directory, "ten", "\n\n\n\n\n\n\n\n\n\n");
    command("\"$BIN/popen4\" ten");
    assert_string_equal(ended.out, "3\nReading : -\n10\n");
}

static void popen4_does_not_read_a_directory(void **state)
{
    (void)state;
    command("\"$BIN/popen4\" .");
    assert_status(1);
    assert_string_equal(ended.out, "");
    assert_string_equal(ended.err, "popen4: read .: Is a directory\n");
}

static void popen4_names_a_file_that_is_missing(void **state)
{
    (void)state;
    command("\"$BIN/popen4\" none");
    assert_status(1);
    assert_string_equal(ended.out, "");
    assert_string_equal(ended.err,
                        "popen4: open none: No such file or directory\n");
}

static void popen4_fails_as_its_shell_does(void **state)
{
    (void)state;
    with_child("#!/bin/sh\nexit 5\n", "wc",
               "echo x > f; PATH=$PWD:$PATH \"$BIN/popen4\" f");
    assert_string_equal(ended.err, "popen4: sh: exit status 5\n");
}

static void add_trials(struct tests *tests)
{
    struct trial *trial = trials;

    for (const struct program *p = all; p < all + PROGRAMS; p++) {
        for (const struct situation *s = situations;
             s < situations + SITUATIONS; s++) {
            *trial = (struct trial){.program = p, .situation = s};
            add_test(tests, behaves, trial++, "%s %s", p->name, s->sentence);
        }
        *trial = (struct trial){.program = p};
        add_test(tests, behaves, trial++, "%s works in the directory /",
                 p->name);
        add_test(tests, answers_wrong_arguments_with_its_usage, (void *)p,
                 "%s answers wrong arguments with its usage", p->name);
    }
}

int main(void)
{
    struct tests tests = {.setup = make_directory,
                          .teardown = remove_directory};

    add_trials(&tests);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        add_test(&tests, gets_the_usage, (void *)&wrong[i], "%s",
                 wrong[i].sentence);
    ADD(&tests, pipe4_says_why_it_cannot_read);
    ADD(&tests, pipe3_needs_pipe4_beside_it);
    ADD(&tests, pipe3_finds_pipe4_through_a_link);
    ADD(&tests, pipe3_fails_as_its_child_does);
    ADD(&tests, pipe3_says_that_a_signal_ended_its_child);
    ADD(&tests, dup_fails_as_its_child_does);
    ADD(&tests, dup_says_that_a_signal_ended_its_child);
    ADD(&tests, dup_fails_without_od);
    ADD(&tests, msgget_removes_its_queue);
    ADD(&tests, msgget_removes_its_queue_on_a_full_device);
    ADD(&tests, msgget_removes_its_queue_without_output);
    ADD(&tests, msgget_removes_its_queue_when_nobody_reads);
    ADD(&tests, msgget_removes_its_queue_wherever_its_output_ends);
    ADD(&tests, msgget_refuses_a_key_that_is_taken);
    ADD(&tests, msgget_leaves_the_queue_of_another_alone);
    ADD(&tests, mkfifo_leaves_no_fifo_on_a_full_device);
    ADD(&tests, mkfifo_leaves_no_fifo_without_output);
    ADD(&tests, mkfifo_leaves_no_fifo_when_nobody_reads);
    ADD(&tests, mkfifo_leaves_no_fifo_when_its_second_line_fails);
    ADD(&tests, mkfifo_leaves_alone_what_has_the_name);
    ADD(&tests, mkfifo_names_the_directory_that_is_missing);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        add_test(&tests, reads_the_file_of_this_name, (void *)&names[i], "%s",
                 names[i].sentence);
    ADD(&tests, popen4_counts_ten_lines_in_three_bytes);
    ADD(&tests, popen4_does_not_read_a_directory);
    ADD(&tests, popen4_names_a_file_that_is_missing);
    ADD(&tests, popen4_fails_as_its_shell_does);
    return run_all("programs", &tests, start_trials, remove_trials);
}
