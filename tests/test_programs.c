/* Proves that the programs of the book do what a reader may expect where their
 * transcripts do not look: wrong arguments, closed descriptors, full devices,
 * odd names, failing children, Ctrl+C; and that none of them leaves a message
 * queue behind. Where that is allowed, all run in an IPC namespace of their
 * own, so that nobody else's queues count. */
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
#include "built_pages.h"
#include "works.h"

enum { NO_READER = 9 }; /* the write end of a pipe that nobody reads */

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
    const struct work *program;
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
    const struct work *p = trial->program;
    const struct situation *s = trial->situation;
    char *text = text_format("DIR=$PWD; %s%s%s\"$BIN/%s\" %s %s",
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
    const struct work *p = trial->program;
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
    const struct work *p = *state;
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
    {"msgget takes no empty key", "\"$BIN/msgget\" ''"},
    {"msgget takes no key 0", "\"$BIN/msgget\" 0"},
    {"msgget takes no negative key", "\"$BIN/msgget\" -1"},
    {"msgget takes no key beyond 32 bits", "\"$BIN/msgget\" 0x100000000"},
    {"msgget takes no key beyond long long",
     "\"$BIN/msgget\" 99999999999999999999"},
    {"msgget takes no key with a tail", "\"$BIN/msgget\" 1x"},
    {"popen-write takes no other option", "\"$BIN/popen-write\" -x"},
    {"popen-write takes no option twice", "\"$BIN/popen-write\" -n -n"},
    {"popen-write takes no empty argument", "\"$BIN/popen-write\" ''"},
    {"popen-write takes no end of options", "\"$BIN/popen-write\" --"},
    {"one-pipe takes no other word", "\"$BIN/one-pipe\" mother"},
    {"one-pipe takes no two words", "\"$BIN/one-pipe\" parent child"},
    {"one-pipe takes no empty word", "\"$BIN/one-pipe\" ''"},
    {"one-pipe takes no capital", "\"$BIN/one-pipe\" Parent"},
    {"one-pipe takes no word with a tail", "\"$BIN/one-pipe\" 'child '"},
    {"one-pipe takes no end of options", "\"$BIN/one-pipe\" -- child"},
    {"one-way takes no other word", "\"$BIN/one-way\" Keep"},
    {"one-way takes no word twice", "\"$BIN/one-way\" keep keep"},
    {"one-way takes no empty word", "\"$BIN/one-way\" ''"},
    {"one-way takes no end of options", "\"$BIN/one-way\" --"},
    {"atomic takes no empty size", "\"$BIN/atomic\" ''"},
    {"atomic takes no size of one byte", "\"$BIN/atomic\" 1"},
    {"atomic takes no size of nothing", "\"$BIN/atomic\" 0"},
    {"atomic takes no size beyond its limit", "\"$BIN/atomic\" 65537"},
    {"atomic takes no negative size", "\"$BIN/atomic\" -4096"},
    {"atomic takes no size that is 4 in 64 bits",
     "\"$BIN/atomic\" -18446744073709551612"},
    {"atomic takes no size beyond 32 bits", "\"$BIN/atomic\" 4294971392"},
    {"atomic takes no size beyond 64 bits",
     "\"$BIN/atomic\" 18446744073709555712"},
    {"atomic takes no size with a tail", "\"$BIN/atomic\" 4096x"},
    {"atomic takes no size with a space", "\"$BIN/atomic\" '4096 '"},
    {"atomic takes no hexadecimal size", "\"$BIN/atomic\" 0x1000"},
    {"atomic takes no two sizes", "\"$BIN/atomic\" 4096 4096"},
    {"fifo-read takes no two names", "\"$BIN/fifo-read\" a b"},
    {"fifo-read takes no end of options", "\"$BIN/fifo-read\" -- a"},
    {"fifo-write takes no two names", "\"$BIN/fifo-write\" a b"},
    {"fifo-write takes no end of options", "\"$BIN/fifo-write\" -- a"},
    {"msgctl takes no other word", "\"$BIN/msgctl\" Make"},
    {"msgctl takes no end of options", "\"$BIN/msgctl\" -- $QUEUE"},
    {"msgctl takes no word behind make", "\"$BIN/msgctl\" make it"},
    {"msgctl takes no removal of make", "\"$BIN/msgctl\" make remove"},
    {"msgctl takes no empty number", "\"$BIN/msgctl\" ''"},
    {"msgctl takes no negative number", "\"$BIN/msgctl\" -1"},
    {"msgctl takes no number beyond int", "\"$BIN/msgctl\" 2147483648"},
    {"msgctl takes no number that is an int in 32 bits",
     "\"$BIN/msgctl\" $((QUEUE + 4294967296))"},
    {"msgctl takes no number beyond long",
     "\"$BIN/msgctl\" 99999999999999999999"},
    {"msgctl takes no number with a tail", "\"$BIN/msgctl\" ${QUEUE}x"},
    {"msgctl takes no number with a space", "\"$BIN/msgctl\" \"$QUEUE \""},
    {"msgctl takes no other word behind a number",
     "\"$BIN/msgctl\" $QUEUE delete"},
    {"msgctl takes no word behind remove", "\"$BIN/msgctl\" $QUEUE remove now"},
    {"msgsnd takes no queue without a message", "\"$BIN/msgsnd\" $QUEUE"},
    {"msgsnd takes no message without a text", "\"$BIN/msgsnd\" $QUEUE 1"},
    {"msgsnd takes no two texts", "\"$BIN/msgsnd\" $QUEUE 1 a b"},
    {"msgsnd takes no other option", "\"$BIN/msgsnd\" -x $QUEUE 1 a"},
    {"msgsnd takes no option with a tail", "\"$BIN/msgsnd\" -nx $QUEUE 1 a"},
    {"msgsnd takes no negative queue", "\"$BIN/msgsnd\" -- -1 1 a"},
    {"msgsnd takes no empty queue", "\"$BIN/msgsnd\" '' 1 a"},
    {"msgsnd takes no queue beyond int", "\"$BIN/msgsnd\" 2147483648 1 a"},
    {"msgsnd takes no queue that is an int in 32 bits",
     "\"$BIN/msgsnd\" $((QUEUE + 4294967296)) 1 a"},
    {"msgsnd takes no word for a queue", "\"$BIN/msgsnd\" make 1 a"},
    {"msgsnd takes no word for a type", "\"$BIN/msgsnd\" $QUEUE one a"},
    {"msgsnd takes no empty type", "\"$BIN/msgsnd\" $QUEUE '' a"},
    {"msgsnd takes no type with a tail", "\"$BIN/msgsnd\" $QUEUE 1x a"},
    {"msgsnd takes no type beyond long",
     "\"$BIN/msgsnd\" $QUEUE 9223372036854775808 a"},
    {"msgrcv takes no other option", "\"$BIN/msgrcv\" -x $QUEUE"},
    {"msgrcv takes no size without a number", "\"$BIN/msgrcv\" -s"},
    {"msgrcv takes no empty size", "\"$BIN/msgrcv\" -s '' $QUEUE"},
    {"msgrcv takes no negative size", "\"$BIN/msgrcv\" -s -1 $QUEUE"},
    {"msgrcv takes no size beyond its room", "\"$BIN/msgrcv\" -s 8193 $QUEUE"},
    {"msgrcv takes no size beyond long",
     "\"$BIN/msgrcv\" -s 99999999999999999999 $QUEUE"},
    {"msgrcv takes no size with a tail", "\"$BIN/msgrcv\" -s 5x $QUEUE"},
    {"msgrcv takes no wrong size before a right one",
     "\"$BIN/msgrcv\" -s x -s 5 $QUEUE"},
    {"msgrcv takes no negative queue", "\"$BIN/msgrcv\" -n -- -1"},
    {"msgrcv takes no queue beyond int", "\"$BIN/msgrcv\" 2147483648"},
    {"msgrcv takes no queue that is an int in 32 bits",
     "\"$BIN/msgrcv\" -n $((QUEUE + 4294967296))"},
    {"msgrcv takes no queue with a tail", "\"$BIN/msgrcv\" -n ${QUEUE}x"},
    {"msgrcv takes no word for a type", "\"$BIN/msgrcv\" -n $QUEUE one"},
    {"msgrcv takes no empty type", "\"$BIN/msgrcv\" -n $QUEUE ''"},
    {"msgrcv takes no two types", "\"$BIN/msgrcv\" -n $QUEUE 1 2"},
    {"msgrcv takes no type beyond long",
     "\"$BIN/msgrcv\" -n $QUEUE -9223372036854775809"},
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

static void popen_write_fails_as_its_command_does(void **state)
{
    (void)state;
    with_child("#!/bin/sh\ncat > /dev/null\nexit 3\n", "sort",
               "PATH=$PWD:$PATH \"$BIN/popen-write\"");
    assert_status(1);
    assert_string_equal(ended.out, "words in order:\n");
    assert_string_equal(ended.err, "popen-write: sh: exit status 3\n");
}

static void popen_write_fails_without_sort(void **state)
{
    (void)state;
    command("PATH=/nowhere \"$BIN/popen-write\"");
    assert_status(1);
    assert_contains(ended.err, "sort: not found\n");
    assert_contains(ended.err, "popen-write: ");
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void one_way_ends_at_its_deadline(void **state)
{
    double start = now(), seconds;

    (void)state;
    command("\"$BIN/one-way\" keep");
    seconds = now() - start;
    assert_status(1);
    assert_string_equal(ended.out,
                        "parent writes 3 bytes\nchild read 3 bytes: 123\n");
    assert_string_equal(ended.err,
                        "one-way: child: no end of file within 1000 ms\n");
    if (seconds < 0.95 || seconds > 5)
        fail_msg("it took %.2f seconds", seconds);
}

/* What a process did with the request's pipe, from what strace wrote into log:
 * the beginnings of the calls, a line for each. */
static char *calls_of(const char *process)
{
    struct ended calls = shell(
        directory,
        "sed -n 's/^%s *\\(close([0-9]*\\|write(4\\|read(3\\).*/\\1/p' log",
        process);

    free(calls.err);
    return calls.out;
}

static void two_pipes_closes_four_ends(void **state)
{
    char *parent, *child;

    (void)state;
    command("strace -o /dev/null true");
    if (ended.status != 0)
        SKIP("strace does not work here");
    command("strace -f -q -o log -e signal=none -e trace=close,read,write,"
            "clone,clone3,fork,vfork \"$BIN/two-pipes\" > /dev/null && "
            "head -n 1 log | cut -d ' ' -f 1 | tr -d '\\n'");
    assert_status(0);
    parent = calls_of(ended.out);
    command("sed -n 's/.*\\(fork\\|clone\\).* = //p' log | tr -d '\\n'");
    child = calls_of(ended.out);
    /* request is 3 and 4, answer is 5 and 6. */
    assert_string_equal(parent, "close(3\nclose(6\nwrite(4\nclose(4\n");
    assert_string_equal(child, "close(4\nclose(5\nread(3\nread(3\nread(3\n"
                               "read(3\n");
    free(parent);
    free(child);
}

static void pipe4_names_a_closed_descriptor(void **state)
{
    (void)state;
    command("\"$BIN/pipe4\" 9 9>&-");
    assert_status(1);
    assert_string_equal(ended.err,
                        "pipe4: descriptor 9: Bad file descriptor\n");
}

/* Compile a copy of atomic whose every record goes out in two halves. */
static void atomic_detects_what_is_mixed(void **state)
{
    (void)state;
    command("sed 's/if ((n = write(fildes\\[1\\], record, size)) == -1)/"
            "if (write(fildes[1], record, size \\/ 2) == -1 || "
            "usleep(1000) == -1 || (n = (ssize_t)(size \\/ 2) + "
            "write(fildes[1], record, size - size \\/ 2)) == -1)/' "
            "\"$ROOT/chapters/limits/atomic.c\" > split.c && "
            "grep -q usleep split.c && ${CC:-cc} -o split split.c");
    assert_string_equal(ended.err, "");
    assert_status(0);
    command("./split 4096");
    assert_status(1);
    assert_string_equal(ended.out, "");
    assert_contains(ended.err, "records of 4096 bytes were mixed\n");
}

/* Whether the large records are mixed is luck. */
static void atomic_takes_the_smallest_and_the_largest_size(void **state)
{
    (void)state;
    command("\"$BIN/atomic\" 2 && \"$BIN/atomic\" 65536");
    assert_status(0);
    assert_contains(ended.out, "120 records of 2 bytes: whole\n"
                               "120 records of 65536 bytes: ");
}

/* FIFOs -------------------------------------------------------------------- */

static void fifo_write_needs_its_input(void **state)
{
    (void)state;
    command("\"$BIN/mkfifo\" f > /dev/null && \"$BIN/fifo-write\" f <&-");
    assert_status(1);
    assert_string_equal(ended.out, "");
    assert_string_equal(ended.err,
                        "fifo-write: standard input: Bad file descriptor\n");
}

static void fifo_write_says_why_it_cannot_read(void **state)
{
    (void)state;
    command("mkfifo f; cat f & \"$BIN/fifo-write\" f < /");
    assert_status(1);
    assert_string_equal(ended.err,
                        "fifo-write: standard input: Is a directory\n");
}

static void fifo_write_fails_when_its_reader_has_gone(void **state)
{
    (void)state;
    command("mkfifo f; { head -c 6 f > got; touch gone; } & "
            "{ echo hello; while [ ! -e gone ]; do sleep .01; done; "
            "echo again; } | \"$BIN/fifo-write\" f");
    assert_status(1);
    assert_string_equal(ended.out, "opening f\nopened: a reader has come\n"
                                   "wrote 6 bytes\n");
    assert_string_equal(ended.err, "fifo-write: write: Broken pipe\n");
}

/* Let fifo-write send what a command prints; what arrived is in the file got.
 */
static void write_fifo(const char *text)
{
    char *all_of_it = text_format(
        "mkfifo f; cat f > got & { %s; } | \"$BIN/fifo-write\" f; s=$?; "
        "wait; exit $s",
        text);

    command(all_of_it);
    free(all_of_it);
}

static void assert_arrived(off_t bytes)
{
    char *path = text_format("%s/got", directory);
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, bytes);
    free(path);
}

static void fifo_write_sends_a_line_of_pipe_buf_bytes(void **state)
{
    (void)state;
    write_fifo("printf '%04095d\\n' 1; echo 2");
    assert_status(0);
    assert_string_equal(ended.out, "opening f\nopened: a reader has come\n"
                                   "wrote 4096 bytes\nwrote 2 bytes\n");
    assert_arrived(PIPE_BUF + 2);
}

static void fifo_write_sends_no_line_that_is_one_byte_longer(void **state)
{
    (void)state;
    write_fifo("echo 1; printf '%04096d\\n' 2; echo 3");
    assert_status(1);
    assert_string_equal(ended.out, "opening f\nopened: a reader has come\n"
                                   "wrote 2 bytes\n");
    assert_string_equal(ended.err,
                        "fifo-write: a line of more than 4096 bytes\n");
    assert_arrived(2);
}

static void fifo_write_sends_a_last_line_without_its_end(void **state)
{
    (void)state;
    write_fifo("printf '\\n%04096d' 1");
    assert_status(0);
    assert_string_equal(ended.out, "opening f\nopened: a reader has come\n"
                                   "wrote 1 bytes\nwrote 4096 bytes\n");
    assert_arrived(1 + PIPE_BUF);
}

static void fifo_write_sends_nothing_of_nothing(void **state)
{
    (void)state;
    write_fifo("true");
    assert_status(0);
    assert_string_equal(ended.out, "opening f\nopened: a reader has come\n");
    assert_arrived(0);
}

static void fifo_write_makes_no_file(void **state)
{
    (void)state;
    command("echo hello | \"$BIN/fifo-write\" none");
    assert_status(1);
    assert_false(exists("%s/none", directory));
}

static const struct name fifo_names[] = {
    {"a FIFO may have spaces in its path", " my dir/ a  fifo "},
    {"a FIFO may have quotes in its name", "a\"b'c`d"},
    {"a FIFO may be called -n", "-n"},
    {"a FIFO may be called --", "--"},
    {"a FIFO may have a newline in its name", "a\nb"},
    {"a FIFO may be called as a format", "%s%n"},
};

static void meet_at_this_name(void **state)
{
    const struct name *name = *state;
    char *read = text_format("opening %s\nopened: a writer has come\n"
                             "read 6 bytes: hello\n"
                             "end of file: the last writer has gone\n",
                             name->name);
    char *wrote = text_format("opening %s\nopened: a reader has come\n"
                              "wrote 6 bytes\n",
                              name->name);
    char *got;

    assert_int_equal(setenv("NAME", name->name, 1), 0);
    command("mkdir -p ' my dir'; \"$BIN/mkfifo\" \"$NAME\" > /dev/null && "
            "{ \"$BIN/fifo-read\" \"$NAME\" > got & } && "
            "echo hello | \"$BIN/fifo-write\" \"$NAME\" && wait $!");
    unsetenv("NAME");
    assert_string_equal(ended.err, "");
    assert_status(0);
    assert_string_equal(ended.out, wrote);
    got = get_file(directory, "got");
    assert_string_equal(got, read);
    free(got);
    free(read);
    free(wrote);
}

/* Ctrl+C ------------------------------------------------------------------- */

static struct msqid_ds state_of(int id)
{
    struct msqid_ds now_in;

    assert_int_equal(msgctl(id, IPC_STAT, &now_in), 0);
    return now_in;
}

/* Each of them waits for somebody else after it has said this. */
static const struct waiting {
    const char *name, *command, *says;
} waiting[] = {
    {"fifo-read", "mkfifo f; exec %s \"$BIN/fifo-read\" f", "opening f\n"},
    {"fifo-write", "mkfifo f; exec %s \"$BIN/fifo-write\" f", "opening f\n"},
    {"fifo-write with a reader",
     "mkfifo f in; cat f & exec 3<> in; exec %s \"$BIN/fifo-write\" f < in",
     "opening f\nopened: a reader has come\n"},
    {"msgrcv", "exec %s \"$BIN/msgrcv\" $OWN 7", ""},
    {"msgsnd", "exec %s \"$BIN/msgsnd\" $OWN 2 late", ""},
};

/* Wait until the program, and not what starts it, has said this and sleeps. */
static bool sleeps(const struct job *job, const struct waiting *w)
{
    char *status = text_format("/proc/%d/status", job->pid);
    char *out = text_format("/proc/self/fd/%d", job->out);
    char *name =
        text_format("Name:\t%.*s\n", (int)strcspn(w->name, " "), w->name);
    bool found = false;

    for (int i = 0; i < 1000 && !found; i++) {
        char *said = file_read(out, NULL), *text = file_read(status, NULL);

        found = text != NULL && strstr(text, name) != NULL &&
                strstr(text, "\nState:\tS") != NULL && said != NULL &&
                strcmp(said, w->says) == 0;
        free(said);
        free(text);
        usleep(5000);
    }
    free(status);
    free(out);
    free(name);
    return found;
}

static void ends_with_the_signal(void **state)
{
    const struct waiting *w = *state;
    int id = queue(IPC_CREAT | IPC_EXCL | 0600);
    char *number = text_format("%d", id), *text;
    struct message {
        long mtype;
        char mtext[1000];
    } message = {.mtype = 1};
    struct msqid_ds before, after;
    struct job job;

    /* It is full, and has no message of type 7. */
    while (msgsnd(id, &message, sizeof message.mtext, IPC_NOWAIT) == 0)
        ;
    while (msgsnd(id, &message, 1, IPC_NOWAIT) == 0)
        ;
    before = state_of(id);
    assert_int_equal(setenv("OWN", number, 1), 0);
    text = text_format(w->command, "env --default-signal=INT");
    job = shell_start(directory, text);
    if (!sleeps(&job, w))
        fail_msg("it does not sleep: %s", text);
    kill(job.pid, SIGINT);
    ended = shell_end(&job);
    unsetenv("OWN");
    assert_int_equal(ended.status, 128 + SIGINT);
    assert_string_equal(ended.out, w->says);
    assert_string_equal(ended.err, "");
    after = state_of(id);
    assert_int_equal(after.msg_qnum, before.msg_qnum);
    assert_int_equal(after.msg_cbytes, before.msg_cbytes);
    free(number);
    free(text);
}

/* Message queues ----------------------------------------------------------- */

/* How many queues there are. */
static size_t queues(void)
{
    char *list = file_read("/proc/sysvipc/msg", NULL);
    size_t n = 0;

    if (!alone) {
        free(list);
        SKIP("no IPC namespace of our own");
    }
    assert_non_null(list);
    for (const char *c = list; *c != '\0'; c++)
        n += *c == '\n';
    free(list);
    return n - 1;
}

static const char *const unheard[] = {">&-", "> /dev/full", ">&9"};

static void msgctl_leaves_no_queue_that_nobody_heard_of(void **state)
{
    size_t before = queues();
    char *text = text_format("\"$BIN/msgctl\" make %s", (const char *)*state);

    command(text);
    assert_failure();
    assert_int_equal(queues(), before);
    free(text);
}

static void msgctl_removes_even_if_it_cannot_say_so(void **state)
{
    char *text = text_format("\"$BIN/msgctl\" %d remove > /dev/full",
                             queue(IPC_CREAT | IPC_EXCL | 0600));

    (void)state;
    command(text);
    assert_failure();
    assert_int_equal(queue(0), -1);
    free(text);
}

static void msgsnd_sends_nothing_without_output(void **state)
{
    int id = queue(IPC_CREAT | IPC_EXCL | 0600);
    char *text = text_format("\"$BIN/msgsnd\" %d 1 hello >&-", id);

    (void)state;
    command(text);
    assert_failure();
    assert_int_equal(state_of(id).msg_qnum, 0);
    free(text);
}

static void msgrcv_takes_nothing_without_output(void **state)
{
    int id = queue(IPC_CREAT | IPC_EXCL | 0600);
    char *text = text_format("\"$BIN/msgsnd\" %d 1 hello > /dev/null && "
                             "\"$BIN/msgrcv\" %d >&-",
                             id, id);

    (void)state;
    command(text);
    assert_failure();
    assert_int_equal(state_of(id).msg_qnum, 1);
    free(text);
}

/* A message that is sent and received with these arguments. */
static const struct sent {
    const char *sentence, *before, *text, *type, *receive;
} sent[] = {
    {"a message may have spaces", "", " a  b ", "1", ""},
    {"a message may have quotes", "", "a\"b'c`d", "1", ""},
    {"a message may begin with a dash", "", "-n", "1", ""},
    {"a message may be the end of options", "--", "--", "1", "--"},
    {"a message may be a format", "", "%s%n\\n", "1", ""},
    {"a message may have a newline", "", "a\nb", "1", ""},
    {"a message may be empty", "", "", "1", "-s 0"},
    {"a message may be not waited for", "-n", "x", "1", "-n"},
    {"a message may have the largest type", "", "x", "9223372036854775807",
     "-n"},
    {"a message may be in Korean", "", "큐", "2147483648", ""},
};

static void goes_through_the_queue(void **state)
{
    const struct sent *s = *state;
    int id = queue(IPC_CREAT | IPC_EXCL | 0600);
    char *text = text_format("\"$BIN/msgsnd\" %s %d %s \"$TEXT\" && "
                             "\"$BIN/msgrcv\" %s %d %s",
                             s->before, id, s->type, s->receive, id, s->type);
    char *out = text_format("sent type %s, %zu bytes: %s\n"
                            "received type %s, %zu bytes: %s\n",
                            s->type, strlen(s->text), s->text, s->type,
                            strlen(s->text), s->text);

    assert_int_equal(setenv("TEXT", s->text, 1), 0);
    command(text);
    unsetenv("TEXT");
    assert_string_equal(ended.err, "");
    assert_status(0);
    assert_string_equal(ended.out, out);
    free(text);
    free(out);
}

/* What the kernel refuses. */
static const struct refused {
    const char *sentence, *text, *message;
} refused[] = {
    {"msgsnd sends no type 0", "msgsnd\" $OWN 0 x", "msgsnd: msgsnd: Invalid"},
    {"msgsnd sends no negative type", "msgsnd\" $OWN -1 x",
     "msgsnd: msgsnd: Invalid"},
    {"msgsnd sends no message beyond the limit",
     "msgsnd\" $OWN 1 $(printf %0100000d 0)", "msgsnd: msgsnd: Invalid"},
    {"msgrcv finds no message of the lowest type",
     "msgrcv\" -n $OWN -9223372036854775808", "msgrcv: msgrcv: No message"},
    {"msgctl shows no queue that there is not", "msgctl\" 2147483647",
     "msgctl: msgctl IPC_STAT: Invalid"},
    {"msgctl removes no queue that there is not", "msgctl\" 2147483647 remove",
     "msgctl: msgctl IPC_RMID: Invalid"},
};

static void is_refused(void **state)
{
    const struct refused *r = *state;
    int id = queue(IPC_CREAT | IPC_EXCL | 0600);
    char *text = text_format("OWN=%d; \"$BIN/%s", id, r->text);

    command(text);
    assert_status(1);
    assert_string_equal(ended.out, "");
    assert_contains(ended.err, r->message);
    assert_int_equal(state_of(id).msg_qnum, 0);
    free(text);
}

/* The last test: but for the queue that all share there must be none. */
static void no_program_has_left_a_queue(void **state)
{
    (void)state;
    assert_int_equal(queues(), 1);
}

/* The sources ---------------------------------------------------------------
 */

/* A reader takes the file and the compiler, and nothing else. */
static void compiles_alone(void **state)
{
    const char *source = *state;
    char *name = stem(source);
    char *text = text_format(
        "cp \"$ROOT/%s\" . && ${CC:-cc} -std=gnu17 -Wall -Wextra -Wpedantic "
        "-Wshadow -Wconversion -Werror -O2 %s.c -o %s && ./%s --no --such "
        "--arguments --here",
        source, name, name, name);

    command(text);
    assert_contains(ended.err, ": usage: ");
    assert_status(2);
    free(text);
    free(name);
}

static void is_set_as_the_book_needs_it(void **state)
{
    const char *source = *state;
    char *name = stem(source), *text = file_read(source, NULL);
    char *head = text_format("/* %s - ", name);
    char *usage = text_format("\n *\n * Usage: %s", name);
    char *rest = text, *line;
    int number = 0, anchors = 0;

    assert_non_null(text);
    assert_int_equal(strncmp(text, head, strlen(head)), 0);
    assert_contains(text, usage);
    while ((line = strsep(&rest, "\n")) != NULL) {
        size_t indent = strspn(line, " "), length = strlen(line), word;

        number++;
        if (length > 80)
            fail_msg("%s:%d: more than 80 columns", source, number);
        if (strncmp(line + indent, "/* ", 3) != 0)
            continue;
        word = strspn(line + indent + 3, "abcdefghijklmnopqrstuvwxyz");
        if (word == 0 || line[indent + 3 + word] != ':')
            continue;
        anchors++;
        if (strcmp(line + length - 2, "*/") != 0)
            fail_msg("%s:%d: an anchor is one line", source, number);
    }
    if (anchors == 0)
        fail_msg("%s: no anchor", source);
    free(name);
    free(text);
    free(head);
    free(usage);
}

static void add_trials(struct tests *tests)
{
    struct trial *trial = trials;

    for (const struct work *p = works; p < works + PROGRAMS; p++) {
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
    struct texts sources = {0};
    int failed;

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
    ADD(&tests, popen_write_fails_as_its_command_does);
    ADD(&tests, popen_write_fails_without_sort);
    ADD(&tests, one_way_ends_at_its_deadline);
    ADD(&tests, two_pipes_closes_four_ends);
    ADD(&tests, pipe4_names_a_closed_descriptor);
    ADD(&tests, atomic_detects_what_is_mixed);
    ADD(&tests, atomic_takes_the_smallest_and_the_largest_size);
    ADD(&tests, fifo_write_needs_its_input);
    ADD(&tests, fifo_write_says_why_it_cannot_read);
    ADD(&tests, fifo_write_fails_when_its_reader_has_gone);
    ADD(&tests, fifo_write_sends_a_line_of_pipe_buf_bytes);
    ADD(&tests, fifo_write_sends_no_line_that_is_one_byte_longer);
    ADD(&tests, fifo_write_sends_a_last_line_without_its_end);
    ADD(&tests, fifo_write_sends_nothing_of_nothing);
    ADD(&tests, fifo_write_makes_no_file);
    for (size_t i = 0; i < sizeof fifo_names / sizeof *fifo_names; i++)
        add_test(&tests, meet_at_this_name, (void *)&fifo_names[i], "%s",
                 fifo_names[i].sentence);
    for (size_t i = 0; i < sizeof waiting / sizeof *waiting; i++)
        add_test(&tests, ends_with_the_signal, (void *)&waiting[i],
                 "%s that waits is ended by Ctrl+C", waiting[i].name);
    for (size_t i = 0; i < sizeof unheard / sizeof *unheard; i++)
        add_test(&tests, msgctl_leaves_no_queue_that_nobody_heard_of,
                 (void *)unheard[i], "msgctl make %s leaves no queue",
                 unheard[i]);
    ADD(&tests, msgctl_removes_even_if_it_cannot_say_so);
    ADD(&tests, msgsnd_sends_nothing_without_output);
    ADD(&tests, msgrcv_takes_nothing_without_output);
    for (size_t i = 0; i < sizeof sent / sizeof *sent; i++)
        add_test(&tests, goes_through_the_queue, (void *)&sent[i], "%s",
                 sent[i].sentence);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        add_test(&tests, is_refused, (void *)&refused[i], "%s",
                 refused[i].sentence);
    files(&sources, "chapters/*/*.c");
    for (size_t i = 0; i < sources.n; i++) {
        add_test(&tests, compiles_alone, sources.item[i], "%s compiles alone",
                 sources.item[i]);
        add_test(&tests, is_set_as_the_book_needs_it, sources.item[i],
                 "%s is set as the book needs it", sources.item[i]);
    }
    ADD(&tests, no_program_has_left_a_queue);
    failed = run_all("programs", &tests, start_trials, remove_trials);
    texts_free(&sources);
    return failed;
}
