/* Proves that the programs of the book, and what records them, stand on hostile
 * ground: without descriptors, memory, room or processes, with signals that
 * come at any moment, among false names and strangers' files, in containers.
 *
 * Usage: test_hostile [TRANSCRIPT PROGRAMS SOURCES]
 *
 * With arguments it only runs this transcript, in the working directory, and
 * says what differs. Each program works RUNS (200) times, each transcript
 * COPIES (64) times, and signals come at MOMENTS (50) of a program's run.
 *
 * What a single process does when a system call fails, or when a signal comes
 * between two of them, is for test_faults.c; what works in a situation that is
 * not hostile, and odd names and arguments, for test_programs.c. */
#include "support.h"

#include <errno.h>
#include <glob.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "../common/run.h"
#include "../common/sandbox.h"
#include "../common/session.h"
#include "../common/transcript.h"
#include "ground.h"
#include "works.h"

/* How an attempt may end. Without any of these its program has to work. */
enum {
    TELL = 1,   /* it may fail, and say so on standard error */
    DIE = 2,    /* a signal may end it */
    FAIL = 4,   /* it must not work */
    SILENT = 8, /* there is no standard error on which it could say so */
};

static char *directory;
static bool own_queues; /* we are in an IPC namespace of our own */
static struct attempts attempts;

static int go_there(void **state)
{
    (void)state;
    own_queues = unshare(CLONE_NEWIPC) == 0;
    return 0;
}

static int make_directory(void **state)
{
    (void)state;
    directory = scratch_make();
    /* Other users shall come in, too. */
    return chmod(directory, 0755);
}

static int remove_directory(void **state)
{
    (void)state;
    attempts_free(&attempts);
    scratch_remove(directory);
    return 0;
}

static int number_from(const char *variable, int otherwise)
{
    const char *text = getenv(variable);

    return text == NULL ? otherwise : atoi(text);
}

/* Let a program do its work, behind the words of a command that runs it, and
 * with redirections. */
static struct attempt *add(const struct work *work, const char *with,
                           const char *redirections, unsigned may)
{
    bool key = strcmp(work->name, "msgget") == 0;
    struct attempt *t = attempts_add(
        &attempts, text_format("%s %s %s", with, work->name, redirections),
        text_format("umask 0; %sumask 022; exec %s \"$BIN/%s\" %s %s %s",
                    work->before, with, work->name, work->arguments,
                    key ? "$KEY" : "", redirections));

    t->work = work;
    t->may = may;
    return t;
}

static void add_all(const char *with, const char *redirections, unsigned may)
{
    for (size_t i = 0; i < PROGRAMS; i++)
        add(&works[i], with, redirections, may);
}

/* Whether the file that a partner got has anything but what was sent to it. */
static bool partner_got_more(const struct attempt *t)
{
    char *pattern = text_format("%s/got*", t->directory), *text = NULL;
    glob_t found;
    bool more = false;

    if (glob(pattern, 0, NULL, &found) == 0)
        text = file_read(found.gl_pathv[0], NULL);
    more = text != NULL && *text != '\0' && strcmp(text, "hello\n") != 0;
    globfree(&found);
    free(pattern);
    free(text);
    return more;
}

static bool has_fifo(const struct attempt *t)
{
    char *pattern = text_format("%s/fifo*", t->directory);
    glob_t found;
    bool has = glob(pattern, 0, NULL, &found) == 0;

    globfree(&found);
    free(pattern);
    return has;
}

/* Whether text has a message of this program: its name and a word. */
static bool has_message(const char *text, const char *name)
{
    char *begin = text_format("%s: ", name);
    const char *at = strstr(text, begin);
    bool has =
        at != NULL && at[strlen(begin)] >= 'a' && at[strlen(begin)] <= 'z';

    free(begin);
    return has;
}

/* Whether there is a message of the program, or of another that it became, or
 * of the C library when it could not even start it. */
static bool says_why(const struct attempt *t)
{
    const char *name = t->work->name;

    return has_message(t->err, name) ||
           (strcmp(name, "pipe3") == 0 && has_message(t->err, "pipe4")) ||
           (strcmp(name, "dup") == 0 && has_message(t->err, "od")) ||
           text_begins(t->err, "Fatal glibc error: ") ||
           text_begins(t->err, ": error while loading shared libraries: ");
}

/* What is wrong with the way in which an attempt ended, or NULL. */
static const char *wrong_with(const struct attempt *t)
{
    bool mixed = has_message(t->out, t->work->name);
    bool at_all = t->may & (TELL | DIE | FAIL);

    if (t->hung)
        return "it does not end";
    if (t->left)
        return "a process is left behind";
    if (t->keyed)
        return "a queue is left behind";
    if (mixed || partner_got_more(t))
        return "a message went where no message belongs";
    if (t->status == 0 && (t->may & FAIL))
        return "its status is 0";
    if (t->status == 0 && strstr(t->out, t->work->says) == NULL)
        return "its status is 0, but it did not do its work";
    if (t->status == 0)
        return *t->err == '\0' ? NULL : "its status is 0, but it complains";
    if (!at_all)
        return "it fails";
    if (has_fifo(t))
        return "a FIFO is left behind";
    if (t->status >= 128)
        return t->may & DIE ? NULL : "a signal ends it";
    if (!(t->may & (TELL | FAIL)))
        return "it fails";
    return says_why(t) || (t->may & SILENT) ? NULL
                                            : "it does not say why it fails";
}

/* Run what was added; the test fails if one of them is wrong. */
static void run_attempts(size_t width)
{
    size_t wrong = 0;

    ground_run(&attempts, directory, width);
    for (size_t i = 0; i < attempts.n; i++) {
        const struct attempt *t = &attempts.item[i];
        const char *reason = wrong_with(t);

        if (reason != NULL && wrong++ < 20)
            print_error("%s: %s (status %d, standard output \"%.200s\", "
                        "standard error \"%.200s\")\n",
                        t->name, reason, t->status, t->out, t->err);
    }
    assert_int_not_equal(attempts.n, 0);
    if (wrong > 0)
        fail_msg("%zu of %zu end wrong", wrong, attempts.n);
}

enum { WIDTH = 16 };

static const struct work *work_of(const char *name)
{
    for (size_t i = 0; i < PROGRAMS; i++)
        if (strcmp(works[i].name, name) == 0)
            return &works[i];
    fail_msg("tests/works.h has no %s", name);
    return NULL;
}

static void every_program_is_tried(void **state)
{
    glob_t found;

    (void)state;
    assert_int_equal(glob("chapters/*/*.c", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char *name = strrchr(found.gl_pathv[i], '/') + 1;

        name[strlen(name) - strlen(".c")] = '\0';
        work_of(name);
    }
    globfree(&found);
}

/* Things that are missing -------------------------------------------------- */

static void any_standard_descriptor_may_be_closed(void **state)
{
    (void)state;
    for (int open = 0; open < 8; open++)
        for (size_t i = 0; i < PROGRAMS; i++) {
            char *closed =
                text_format("%s %s %s", open & 1 ? "" : "<&-",
                            open & 2 ? "" : ">&-", open & 4 ? "" : "2>&-");
            bool fails = !(open & 2) || (!(open & 1) && works[i].reads);

            add(&works[i], "", closed,
                (fails ? FAIL : 0) | (open & 4 ? 0 : SILENT));
            free(closed);
        }
    run_attempts(WIDTH);
}

/* With 0 or 2 closed a pipe has their numbers, and there is something to say.
 */
static void a_full_device_leads_no_message_astray(void **state)
{
    (void)state;
    add_all("", "> /dev/full", FAIL);
    add_all("", "> /dev/full 2>&-", FAIL | SILENT);
    add_all("", "> /dev/full <&-", FAIL);
    add_all("", "> /dev/full <&- 2>&-", FAIL | SILENT);
    run_attempts(WIDTH);
}

/* The FIFO must not become its standard error. */
static void fifo_write_sends_no_message_of_its_own(void **state)
{
    static const struct work write = {
        "fifo-write",
        "mkfifo w; printf '%05000d\\n' 1 > in; timeout 5 cat w > got & ",
        "w < in",
        "",
        "",
        true};

    (void)state;
    add(&write, "", "", FAIL);
    add(&write, "", "2>&-", FAIL | SILENT);
    run_attempts(WIDTH);
}

static void add_limits(const char *option, const int *limits, size_t n,
                       unsigned may)
{
    for (size_t i = 0; i < n; i++) {
        char *with = text_format("prlimit --%s=%d", option, limits[i]);

        add_all(with, "", may);
        free(with);
    }
}

#define LIMITS(option, may, ...)                                               \
    add_limits(option, (const int[]){__VA_ARGS__},                             \
               sizeof((int[]){__VA_ARGS__}) / sizeof(int), may)

static void few_descriptors_are_not_enough_or_are(void **state)
{
    (void)state;
    LIMITS("nofile", TELL, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    LIMITS("nofile", 0, 20);
    run_attempts(WIDTH);
}

/* A process can be too big to be started, or its stack to grow: it is killed
 * then, before main() or in it. */
static void little_memory_is_not_enough_or_is(void **state)
{
    (void)state;
    LIMITS("as", TELL | DIE, 50000, 100000, 150000, 200000, 300000, 500000,
           1000000, 2000000, 3000000, 4000000, 6000000);
    LIMITS("as", 0, 100000000);
    run_attempts(WIDTH);
}

static void small_files_are_too_small_or_are_not(void **state)
{
    static const int sizes[] = {0, 1, 10, 25, 45};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *dies = text_format("prlimit --fsize=%d", sizes[i]);
        char *told = text_format("env --ignore-signal=XFSZ %s", dies);

        add_all(dies, "", TELL | DIE | (sizes[i] == 0 ? FAIL : 0));
        add_all(told, "", TELL | (sizes[i] == 0 ? FAIL : 0));
        free(dies);
        free(told);
    }
    run_attempts(WIDTH);
}

/* A user whom nobody else is, for each call another one. */
static char *as_user(const char *rest)
{
    static int users;

    users++;
    return text_format("setpriv --reuid=%d --regid=%d --clear-groups %s",
                       (getpid() & 0x7fff) * 32768 + 100000 + users,
                       100000 + users, rest);
}

/* Skips the test where we cannot become a user who can read what we made. */
static void need_users(void)
{
    char *with = as_user("");
    struct ended ended =
        shell(directory, "%s sh -c ': < \"$BIN/pipe1\"'", with);
    int status = ended.status;

    free(with);
    ended_free(&ended);
    if (status != 0)
        SKIP("no other user can be taken on here, or read the programs");
}

static void few_processes_are_not_enough_or_are(void **state)
{
    (void)state;
    need_users();
    for (int limit = 1; limit < 7; limit++)
        for (size_t i = 0; i < PROGRAMS; i++) {
            char *rest = text_format("prlimit --nproc=%d", limit);
            char *with = as_user(rest);

            /* The largest is enough for all. */
            add(&works[i], with, "", limit == 6 ? 0 : TELL);
            free(rest);
            free(with);
        }
    run_attempts(WIDTH);
}

/* Things that are odd ------------------------------------------------------ */

static void signals_may_be_ignored(void **state)
{
    (void)state;
    add_all("env --ignore-signal=INT", "", 0);
    add_all("env --ignore-signal=INT --ignore-signal=TERM "
            "--ignore-signal=HUP --ignore-signal=QUIT --ignore-signal=PIPE",
            "", 0);
    add_all("env --ignore-signal=CHLD", "", TELL);
    add_all("env --ignore-signal", "", TELL);
    run_attempts(WIDTH);
}

static void signals_may_be_blocked(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROGRAMS; i++)
        /* It shows how a process dies that does not care. */
        add(&works[i], "env --block-signal", "",
            strcmp(works[i].name, "no-reader") == 0 ? TELL | FAIL : 0);
    run_attempts(WIDTH);
}

static bool needs_path(const char *name)
{
    return strcmp(name, "dup") == 0 || text_begins(name, "popen");
}

static void without_path_only_those_fail_that_need_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROGRAMS; i++)
        add(&works[i], "env PATH=", "",
            needs_path(works[i].name) ? TELL | FAIL : 0);
    add_all("env -u PATH", "", 0);
    run_attempts(WIDTH);
}

static void home_temporary_files_and_language_do_not_matter(void **state)
{
    (void)state;
    add_all("env -u HOME TMPDIR=/no/such/place LC_ALL=C", "", 0);
    add_all("env HOME= TMPDIR=/proc LC_ALL=C.UTF-8", "", 0);
    add_all("env HOME=/nowhere TMPDIR=\"$DIR/a b\" LC_ALL=ko_KR.UTF-8", "", 0);
    add_all("env TMPDIR= LC_ALL=tr_TR.UTF-8 LANGUAGE=tr", "", 0);
    run_attempts(WIDTH);
}

/* Each does its work, and the impostors are asked by those alone that ask for
 * them by name. */
static void impostors_are_run_only_by_their_names(void **state)
{
    static const struct {
        const char *program, *runs;
    } asks[] = {{"dup", "od\n"},           {"popen4", "cat\nwc\n"},
                {"popen-write", "sort\n"}, {"pipe3", NULL},
                {"pipe4", NULL},           {"one-pipe", NULL}};

    (void)state;
    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
        struct ended ended =
            shell(directory,
                  "rm -rf false asked; mkdir false; touch asked; for name in "
                  "od sh cat "
                  "pipe4 wc sort; do printf '#!/bin/sh\\necho %%s >> "
                  "\"%s/asked\"\\n' "
                  "$name > false/$name; chmod +x false/$name; done; DIR=$PWD; "
                  "%s PATH=$PWD/false:$PATH \"$BIN/%s\" %s > out 2> err; "
                  "sort -u asked",
                  directory, work_of(asks[i].program)->before, asks[i].program,
                  work_of(asks[i].program)->arguments);
        char *out = get_file(directory, "out");

        assert_string_equal(ended.out,
                            asks[i].runs == NULL ? "" : asks[i].runs);
        if (asks[i].runs == NULL)
            assert_contains(out, work_of(asks[i].program)->says);
        free(out);
        ended_free(&ended);
    }
}

/* What an ordinary user is told, and what is told of odd files. */
static const struct told {
    const char *sentence, *command;
    int status;
    const char *err; /* all of it; "": none */
} told[] = {
    {"fifo-read and fifo-write follow a link to a FIFO",
     "mkfifo real && ln -s real f && { echo hello | \"$BIN/fifo-write\" f & } "
     "&& \"$BIN/fifo-read\" f",
     0, ""},
    {"fifo-read follows no link that leads nowhere",
     "ln -s nowhere f && \"$BIN/fifo-read\" f", 1,
     "fifo-read: open f: No such file or directory\n"},
    {"fifo-write makes no file behind a link",
     "ln -s nowhere f && echo x | \"$BIN/fifo-write\" f; s=$?; "
     "[ ! -e nowhere ] && exit $s",
     1, "fifo-write: open f: No such file or directory\n"},
    {"mkfifo makes no FIFO behind a link",
     "ln -s nowhere f && \"$BIN/mkfifo\" f; s=$?; [ ! -e nowhere ] && exit $s",
     1, "mkfifo: mkfifo f: File exists\n"},
    {"fifo-read reads no directory", "\"$BIN/fifo-read\" .", 1,
     "fifo-read: .: not a FIFO\n"},
    {"fifo-write writes into no directory", "echo x | \"$BIN/fifo-write\" .", 1,
     "fifo-write: open .: Is a directory\n"},
    {"mkfifo makes no FIFO of a directory", "\"$BIN/mkfifo\" .", 1,
     "mkfifo: mkfifo .: File exists\n"},
    {"fifo-write leaves a file alone",
     "echo kept > f && echo x | \"$BIN/fifo-write\" f; s=$?; "
     "[ \"$(cat f)\" = kept ] && exit $s",
     1, "fifo-write: f: not a FIFO\n"},
    {"a file is no directory of a FIFO", "touch f && \"$BIN/mkfifo\" f/f", 1,
     "mkfifo: mkfifo f/f: Not a directory\n"},
    {"a loop of links is no FIFO", "ln -s f f && \"$BIN/fifo-read\" f", 1,
     "fifo-read: open f: Too many levels of symbolic links\n"},
    {"a FIFO may have a name of 255 bytes",
     "f=$(printf %0255d 0) && \"$BIN/mkfifo\" $f && "
     "{ echo hello | \"$BIN/fifo-write\" $f & } && \"$BIN/fifo-read\" $f",
     0, ""},
    {"a FIFO may have no name of 256 bytes",
     "\"$BIN/mkfifo\" $(printf %0256d 0) 2> err; s=$?; "
     "sed 's/00*/0/' err >&2; exit $s",
     1, "mkfifo: mkfifo 0: File name too long\n"},
    {"an empty name is no FIFO", "\"$BIN/mkfifo\" ''", 1,
     "mkfifo: mkfifo : No such file or directory\n"},
};

static void is_told(void **state)
{
    const struct told *t = *state;
    struct ended ended = shell(directory, "%s", t->command);

    assert_string_equal(ended.err, t->err);
    assert_int_equal(ended.status, t->status);
    ended_free(&ended);
}

/* The same for a user ($AS) to whom nothing belongs; the queue is root's. */
static const struct told strangers[] = {
    {"fifo-read opens no FIFO that it may not read",
     "mkfifo -m 600 f && $AS \"$BIN/fifo-read\" f", 1,
     "fifo-read: open f: Permission denied\n"},
    {"fifo-write opens no FIFO that it may not write",
     "mkfifo -m 644 f && echo x > in && $AS \"$BIN/fifo-write\" f < in", 1,
     "fifo-write: open f: Permission denied\n"},
    {"mkfifo makes none where it may not write", "$AS \"$BIN/mkfifo\" f", 1,
     "mkfifo: mkfifo f: Permission denied\n"},
    {"popen4 counts no lines that it may not read",
     "echo x > f && chmod 600 f && $AS \"$BIN/popen4\" f", 1,
     "popen4: open f: Permission denied\n"},
    {"msgctl shows no queue of another", "$AS \"$BIN/msgctl\" $OWN", 1,
     "msgctl: msgctl IPC_STAT: Permission denied\n"},
    {"msgctl removes no queue of another", "$AS \"$BIN/msgctl\" $OWN remove", 1,
     "msgctl: msgctl IPC_RMID: Operation not permitted\n"},
    {"msgsnd sends nothing into a queue of another",
     "$AS \"$BIN/msgsnd\" $OWN 1 x", 1, "msgsnd: msgsnd: Permission denied\n"},
    {"msgrcv takes nothing out of a queue of another",
     "$AS \"$BIN/msgrcv\" $OWN", 1, "msgrcv: msgrcv: Permission denied\n"},
};

static void a_stranger_is_told(void **state)
{
    const struct told *t = *state;
    int queue = msgget(IPC_PRIVATE, 0600);
    struct msqid_ds now_in;
    struct ended ended;
    char *with;

    need_users();
    with = as_user("");
    ended = shell(directory, "AS='%s'; OWN=%d; %s", with, queue, t->command);
    free(with);
    assert_int_equal(msgctl(queue, IPC_STAT, &now_in), 0);
    assert_int_equal(msgctl(queue, IPC_RMID, NULL), 0);
    assert_string_equal(ended.err, t->err);
    assert_int_equal(ended.status, t->status);
    assert_int_equal(now_in.msg_qnum, 0);
    ended_free(&ended);
}

static void msgget_takes_no_key_of_another_user(void **state)
{
    key_t key = 0x4a000000 + getpid();
    int queue = msgget(key, IPC_CREAT | IPC_EXCL | 0600);
    char *with, *message;
    struct ended ended;

    (void)state;
    need_users();
    with = as_user("");
    message = text_format("msgget: key %#x is taken by queue %d\n", key, queue);
    ended = shell(directory, "%s \"$BIN/msgget\" %d", with, key);
    assert_int_equal(msgget(key, 0), queue);
    msgctl(queue, IPC_RMID, NULL);
    assert_string_equal(ended.err, message);
    assert_int_equal(ended.status, 1);
    free(with);
    free(message);
    ended_free(&ended);
}

/* It waits for room, or for a message, and the queue is removed. */
static void who_waits_is_told_that_the_queue_is_gone(void **state)
{
    const char *command = *state;
    int queue = msgget(IPC_PRIVATE, 0600);
    char *text = text_format(command, queue, queue), *stat;
    struct ended ended;
    struct job job;
    bool waits = false;

    job = shell_start(directory, text);
    stat = text_format("/proc/%d/wchan", job.pid);
    for (int i = 0; i < 2000 && !waits; i++) {
        char *at = file_read(stat, NULL);

        waits = at != NULL && strstr(at, "msg") != NULL;
        free(at);
        usleep(1000);
    }
    assert_int_equal(msgctl(queue, IPC_RMID, NULL), 0);
    ended = shell_end(&job);
    free(stat);
    free(text);
    if (!waits && ended.status == 0)
        SKIP("the kernel does not tell where a process waits");
    assert_true(waits);
    assert_int_equal(ended.status, 1);
    assert_contains(ended.err, ": Identifier removed\n");
    ended_free(&ended);
}

/* A limit of System V message queues, in our own namespace. */
static bool limit(const char *name, const char *value)
{
    char *path = text_format("/proc/sys/kernel/%s", name);
    FILE *file = fopen(path, "w");
    bool good = file != NULL && fputs(value, file) != EOF;

    if (file != NULL && fclose(file) == EOF)
        good = false;
    free(path);
    return good;
}

static void limits_of_queues_are_told(void **state)
{
    struct ended ended;

    (void)state;
    if (!own_queues)
        SKIP("no IPC namespace of our own");
    if (!limit("msgmax", "10") || !limit("msgmnb", "20"))
        SKIP("the limits of queues cannot be changed");
    ended = shell(
        directory,
        "q=$(\"$BIN/msgctl\" make) && q=${q#queue } && "
        "\"$BIN/msgsnd\" $q 1 0123456789 && ! \"$BIN/msgsnd\" $q 1 0123456789a "
        "&& \"$BIN/msgsnd\" $q 1 0123456789 && ! \"$BIN/msgsnd\" -n $q 1 0 && "
        "\"$BIN/msgctl\" $q && \"$BIN/msgctl\" $q remove > /dev/null && "
        "echo 0 > /proc/sys/kernel/msgmni && ! \"$BIN/msgctl\" make && "
        "! \"$BIN/msgget\" %d",
        0x4b000000 + getpid());
    limit("msgmni", "32000");
    limit("msgmax", "8192");
    limit("msgmnb", "16384");
    assert_string_equal(ended.err,
                        "msgsnd: msgsnd: Invalid argument\n"
                        "msgsnd: msgsnd: Resource temporarily unavailable\n"
                        "msgctl: msgget: No space left on device\n"
                        "msgget: free key:  IPC_CREAT | 0600: "
                        "No space left on device\n");
    assert_contains(ended.out, "messages: 2, bytes: 20 of 20\n");
    assert_int_equal(ended.status, 0);
    ended_free(&ended);
}

/* Signals ------------------------------------------------------------------ */

static const struct work make_queue = {"msgctl", "",       "make",
                                       "",       "queue ", false};

/* How many queues there are in our namespace. */
static size_t count_queues(void)
{
    char *list = file_read("/proc/sysvipc/msg", NULL);
    size_t n = 0;

    assert_non_null(list);
    for (const char *c = list; *c != '\0'; c++)
        n += *c == '\n';
    free(list);
    return n - 1;
}

/* Remove the queues of which "msgctl make" has told. */
static void remove_queues(void)
{
    for (size_t i = 0; i < attempts.n; i++) {
        int queue;

        if (attempts.item[i].work == &make_queue &&
            sscanf(attempts.item[i].out, "queue %d\n", &queue) == 1)
            assert_int_equal(msgctl(queue, IPC_RMID, NULL), 0);
    }
}

/* Let the signal come at a moment of the program's run, counted from its exec.
 */
static void add_moment(const struct work *work, int signal_number,
                       enum target target, double delay)
{
    static const char *const targets[] = {"", "the parent", "a child",
                                          "the group"};
    struct attempt *t = add(work, "", "", TELL | DIE);
    char *text = t->command, *at = strstr(text, "exec ");

    free(t->name);
    t->name = text_format("%s, SIG%s to %s after %.6f s", work->name,
                          sigabbrev_np(signal_number), targets[target], delay);
    t->command =
        text_format("%.*skill -STOP $$; %s", (int)(at - text), text, at);
    t->target = target;
    t->signal = signal_number;
    t->delay = delay;
    free(text);
}

/* The works of tests/works.h, and one more. */
static const struct work *work_at(size_t i)
{
    return i == PROGRAMS ? &make_queue : &works[i];
}

/* How long each of them takes once it is let go on: the shortest of some runs,
 * so that a moment is not behind its end. */
static const double *durations(void)
{
    static double shortest[PROGRAMS + 1];

    if (shortest[0] > 0)
        return shortest;
    for (size_t i = 0; i < 3 * (PROGRAMS + 1); i++)
        add_moment(work_at(i / 3), SIGCONT, PARENT, 0);
    ground_run(&attempts, directory, 3);
    for (size_t i = 0; i < attempts.n; i++)
        if (i % 3 == 0 || attempts.item[i].seconds < shortest[i / 3])
            shortest[i / 3] = attempts.item[i].seconds;
    remove_queues();
    attempts_free(&attempts);
    return shortest;
}

static void signals_leave_nothing_behind(void **state)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    int moments = number_from("MOMENTS", 50);
    size_t before = own_queues ? count_queues() : 0;
    const double *duration = durations();

    (void)state;
    for (size_t i = 0; i <= PROGRAMS; i++)
        for (int k = 0; k < moments; k++)
            add_moment(work_at(i), numbers[k % 3], k % 2 ? PARENT : GROUP,
                       duration[i] * k / moments);
    run_attempts(WIDTH);
    remove_queues();
    if (own_queues)
        assert_int_equal(count_queues(), before);
}

/* Nobody can prevent that a queue or a FIFO is left. */
static void nobody_waits_for_the_dead(void **state)
{
    const double *duration = durations();
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < PROGRAMS; i++) {
        /* The children of those that need one are their partners. */
        bool alone = strchr(works[i].before, '&') != NULL;

        for (int k = 0; k < 20; k++)
            add_moment(&works[i], SIGKILL, k % 2 || alone ? PARENT : CHILD,
                       duration[i] * k / 20);
    }
    ground_run(&attempts, directory, WIDTH);
    for (size_t i = 0; i < attempts.n; i++) {
        const struct attempt *t = &attempts.item[i];
        bool worked = strstr(t->out, t->work->says) != NULL;

        if (!t->hung && !t->left && (worked || t->status != 0))
            continue;
        wrong++;
        print_error("%s: %s\n", t->name,
                    t->hung   ? "it does not end"
                    : t->left ? "a process is left behind"
                              : "its status is 0");
    }
    if (wrong > 0)
        fail_msg("%zu of %zu end wrong", wrong, attempts.n);
}

/* Many -------------------------------------------------------------------- */

/* What main() does with arguments. */
static int run_transcript(const char *path, const char *from,
                          const char *sources)
{
    struct session session = {.mode = RUN_PIPE, .deadline = 60000};
    char *error, *sandbox = sandbox_make(".", from, sources);
    struct transcript *t = transcript_read(path, &error);

    if (t == NULL || sandbox == NULL) {
        fprintf(stderr, "%s\n", t == NULL ? error : strerror(errno));
        return 2;
    }
    session.directory = sandbox;
    error = session_compare(&session, t);
    sandbox_remove(sandbox);
    if (error != NULL)
        fputs(error, stderr);
    return error != NULL;
}

/* Whether CHAPTER/NAME.console is called as a program is. */
static bool is_namesake(const char *transcript)
{
    const char *name = strchr(transcript, '/') + 1;

    for (size_t i = 0; i < PROGRAMS; i++)
        if (strlen(works[i].name) == strcspn(name, ".") &&
            text_begins(name, works[i].name))
            return true;
    return false;
}

/* The first of them all at once, then another one for each that has ended. Left
 * out are those that wait for somebody, as they look at all processes. */
static void each_of_many_does_what_its_transcript_says(void **state)
{
    int copies = number_from("COPIES", 64);
    size_t wrong = 0;
    glob_t found;

    (void)state;
    assert_int_equal(glob("chapters/*/*.console", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *name = found.gl_pathv[i] + strlen("chapters/");
        char *text = file_read(found.gl_pathv[i], NULL);
        bool left_out = strstr(text, "{{waits}}") != NULL || !is_namesake(name);

        free(text);
        for (int k = 0; k < copies && !left_out; k++)
            attempts_add(
                &attempts, text_format("%s", name),
                text_format("exec \"$ROOT/build/tests/test_hostile\" "
                            "\"$ROOT/%s\" \"$BIN\" \"$ROOT/chapters/%.*s\"",
                            found.gl_pathv[i], (int)strcspn(name, "/"), name));
    }
    ground_run(&attempts, directory, 64);
    for (size_t i = 0; i < attempts.n; i++)
        if (attempts.item[i].status != 0 || attempts.item[i].left)
            if (wrong++ < 20)
                print_error("%s: status %d: %s\n", attempts.item[i].name,
                            attempts.item[i].status, attempts.item[i].err);
    globfree(&found);
    if (wrong > 0)
        fail_msg("%zu of %zu end wrong", wrong, attempts.n);
}

static void each_works_every_time(void **state)
{
    int runs = number_from("RUNS", 200);

    (void)state;
    for (int k = 0; k < runs; k++)
        add_all("", "", 0);
    run_attempts(64);
}

/* Containers --------------------------------------------------------------- */

#define WITHOUT "\"$ROOT/build/tests/without\" "

/* Skips the test where this command fails. */
static void need(const char *command, const char *reason)
{
    struct ended ended = shell(directory, "%s", command);
    int status = ended.status;

    ended_free(&ended);
    if (status != 0)
        SKIP(reason);
}

/* All that can be done without making a queue. */
static void add_without_queues(const char *with)
{
    for (size_t i = 0; i < PROGRAMS; i++)
        add(&works[i], with, "",
            strcmp(works[i].name, "msgget") == 0 ? FAIL : 0);
    add(&make_queue, with, "", FAIL);
}

static void a_kernel_without_queues_is_told(void **state)
{
    (void)state;
    need(WITHOUT "msgget true", "system calls cannot be taken away here");
    add_without_queues(WITHOUT "msgget,ptrace");
    run_attempts(WIDTH);
    for (size_t i = 0; i < attempts.n; i++)
        if (attempts.item[i].may & FAIL)
            assert_contains(attempts.item[i].err,
                            ": Function not implemented\n");
}

/* Skips the test where nothing can be mounted for us alone. */
static void need_mounts(void)
{
    need("unshare --mount mount -t tmpfs none /mnt",
         "no mount namespace of our own");
}

/* Runs a command where nothing can be written but DIR, there is no /tmp (but
 * for the way to us, if we are there), and /dev/shm has one page. Of the mounts
 * below others only the top is read-only, but nothing that we run knows of
 * them. */
static const char container[] =
    "#!/bin/sh\n"
    "set -e\n"
    "mkdir \"$DIR/root\"\n"
    "mount -t tmpfs none \"$DIR/root\"\n"
    "for d in /*; do\n"
    "    if [ \"$d\" = /tmp ]; then continue\n"
    "    elif [ -L \"$d\" ]; then cp -P \"$d\" \"$DIR/root\"\n"
    "    elif [ -d \"$d\" ]; then\n"
    "        mkdir \"$DIR/root$d\"\n"
    "        mount --rbind \"$d\" \"$DIR/root$d\"\n"
    "        mount -o remount,bind,ro \"$DIR/root$d\"\n"
    "    fi\n"
    "done\n"
    "case $ROOT in /tmp/*)\n"
    "    mkdir -p \"$DIR/root$ROOT\"\n"
    "    mount --bind \"$ROOT\" \"$DIR/root$ROOT\"\n"
    "    mount -o remount,bind,ro \"$DIR/root$ROOT\";;\n"
    "esac\n"
    "mount --bind \"$DIR\" \"$DIR/root$DIR\"\n"
    "mount -t tmpfs -o size=4k none \"$DIR/root/dev/shm\"\n"
    "mount -o remount,ro \"$DIR/root\"\n"
    "exec chroot \"$DIR/root\" env --chdir=\"$DIR\" \"$@\"\n";
#define CONTAINED "unshare --mount sh ../enter "

/* Skips the test where there can be no container. */
static void need_container(void)
{
    need_mounts();
    put_file(directory, "enter", container);
}

static void a_container_is_one(void **state)
{
    struct ended ended;

    (void)state;
    need_container();
    ended = shell(directory,
                  "mkdir in; cd in; export DIR=$PWD; " CONTAINED
                  "sh -c 'touch here && for f in /new /usr/new \"$ROOT/new\" "
                  "/tmp/new; do touch $f && echo $f; done; "
                  "seq 2000 > /dev/shm/new && echo /dev/shm'");
    assert_contains(ended.err, "/new': Read-only file system\n");
    assert_contains(ended.err, ": No space left on device\n");
    assert_string_equal(ended.out, "");
    ended_free(&ended);
}

static void a_container_is_enough(void **state)
{
    static const struct work fifo = {
        "mkfifo", "", "", "", "FIFO created\nmode 0", false};

    (void)state;
    need_container();
    add_all(CONTAINED, "", 0);
    add(&fifo, CONTAINED, "", FAIL);
    add(&fifo, CONTAINED, "/usr/fifo", FAIL);
    run_attempts(4);
    assert_contains(attempts.item[attempts.n - 2].err,
                    "mkfifo: mkfifo /tmp/my_fifo: ");
    assert_string_equal(attempts.item[attempts.n - 1].err,
                        "mkfifo: mkfifo /usr/fifo: Read-only file system\n");
}

static void a_container_without_queues_is_told(void **state)
{
    (void)state;
    need(WITHOUT "msgget true", "system calls cannot be taken away here");
    need_container();
    add_without_queues(CONTAINED WITHOUT "msgget,ptrace");
    run_attempts(4);
}

/* The recorder ------------------------------------------------------------- */

#define RECORD                                                                 \
    "\"$ROOT/build/tools/record\" -b \"$BIN\" -s \"$ROOT/chapters/pipe\" "     \
    "-r \"$ROOT\" t.console out/t.console out/t.trace"
#define RECORDING                                                              \
    "mkdir -p out; printf '$ ./pipe3\\n{{a:pid}} - wrote 3 bytes\\n"           \
    "{{b:pid}} - read 3 bytes: 123\\n$ ./msgctl make\\nqueue "                 \
    "{{queue:msqid}}\\n"                                                       \
    "$ ./msgctl {{queue}} remove\\nqueue {{queue}} removed\\n' > t.console; "

/* What a recording has to be, that of a quiet place: what was printed, and the
 * calls of its trace, for two traces are not the same. */
static char *right_console, *right_calls;

/* What is in the trace under a directory, or why there is none; NULL if there
 * is no file. */
static char *calls_in(const char *under)
{
    struct ended ended =
        shell(under, "\"$ROOT/build/tools/calls\" en out/t.trace calls");
    char *text = ended.status == 0 ? get_file(under, "calls") : NULL;

    ended_free(&ended);
    return text;
}

static int record_in_peace(void **state)
{
    struct ended ended;

    if (make_directory(state) != 0)
        return -1;
    ended = shell(directory, RECORDING RECORD);
    if (ended.status != 0)
        print_error("%s", ended.err);
    free(right_console);
    free(right_calls);
    right_console = get_file(directory, "out/t.console");
    right_calls = calls_in(directory);
    ended_free(&ended);
    return right_console == NULL || right_calls == NULL ? -1 : 0;
}

static struct attempt *record(const char *with, const char *redirections,
                              unsigned may)
{
    struct attempt *t = attempts_add(
        &attempts, text_format("record, %s %s", with, redirections),
        text_format(RECORDING "exec %s " RECORD " %s", with, redirections));

    t->may = may;
    t->scattered = true;
    return t;
}

/* The same, and the signal comes at this moment. */
static struct attempt *record_until(int signal_number, enum target target,
                                    double delay)
{
    struct attempt *t =
        attempts_add(&attempts,
                     text_format("record, SIG%s after %.6f s",
                                 sigabbrev_np(signal_number), delay),
                     text_format(RECORDING "kill -STOP $$; exec " RECORD));

    t->may = DIE;
    t->scattered = true;
    t->target = target;
    t->signal = signal_number;
    t->delay = delay;
    return t;
}

/* What is wrong with a recording, or NULL. */
static const char *wrong_recording(const struct attempt *t)
{
    char *console = get_file(t->directory, "out/t.console"),
         *calls = calls_in(t->directory);
    struct ended names = shell(t->directory, "ls -A out 2> /dev/null");
    bool nothing = *names.out == '\0',
         same = console != NULL && calls != NULL &&
                strcmp(console, right_console) == 0 &&
                (strcmp(calls, right_calls) == 0 ||
                 ((t->may & TELL) && text_begins(calls, "# "))),
         all = strcmp(names.out, "t.console\nt.trace\n") == 0;

    ended_free(&names);
    free(console);
    free(calls);
    if (t->hung)
        return "it does not end";
    if (t->left)
        return "a process is left behind";
    if (t->status == 0 && (t->may & FAIL))
        return "its status is 0";
    if (t->status == 0 && !all)
        return "it left something else than two files";
    /* A command may have failed there, which is recorded then. */
    if (t->status == 0)
        return same || ((t->may & TELL) && strstr(t->err, "recorded, though"))
                   ? NULL
                   : "it recorded something else";
    if (t->signal == SIGKILL)
        return NULL; /* then nobody is left who could clean up */
    if (!nothing)
        return "it failed and left something";
    if (t->status >= 128)
        return t->may & DIE ? NULL : "a signal ends it";
    if (!(t->may & (TELL | FAIL)))
        return "it fails";
    return *t->err != '\0' || (t->may & SILENT) ? NULL : "it does not say why";
}

static void judge_recordings(size_t width)
{
    size_t wrong = 0, before = own_queues ? count_queues() : 0;

    ground_run(&attempts, directory, width);
    for (size_t i = 0; i < attempts.n; i++) {
        const struct attempt *t = &attempts.item[i];
        const char *reason = wrong_recording(t);

        if (reason != NULL && wrong++ < 20)
            print_error("%s: %s (status %d, standard error \"%.300s\")\n",
                        t->name, reason, t->status, t->err);
    }
    if (wrong > 0)
        fail_msg("%zu of %zu end wrong", wrong, attempts.n);
    if (own_queues)
        assert_int_equal(count_queues(), before);
}

static void records_the_same_without_descriptors(void **state)
{
    (void)state;
    for (int open = 0; open < 8; open++) {
        char *closed =
            text_format("%s %s %s", open & 1 ? "" : "<&-",
                        open & 2 ? "" : ">&-", open & 4 ? "" : "2>&-");

        record("", closed, 0);
        free(closed);
    }
    record("", "> /dev/full", 0);
    record("", "> /dev/full 2> /dev/full", 0);
    judge_recordings(4);
}

static void records_the_same_whatever_it_inherits(void **state)
{
    (void)state;
    record("env --ignore-signal", "", 0);
    record("env --block-signal", "", 0);
    record("env -u HOME TMPDIR=/no/such/place LC_ALL=ko_KR.UTF-8", "", 0);
    record("env HOME= TMPDIR=/proc LC_ALL=tr_TR.UTF-8 LANGUAGE=tr", "", 0);
    record("env LC_ALL=C.UTF-8 LD_BIND_NOW=1 FILE=x POSIXLY_CORRECT=1", "", 0);
    judge_recordings(4);
}

static void records_or_tells_what_it_lacks(void **state)
{
    (void)state;
    for (int n = 3; n < 16; n++) {
        char *with = text_format("prlimit --nofile=%d", n);

        record(with, "", TELL | (n == 3 ? FAIL : 0));
        free(with);
    }
    for (int size = 0; size < 400; size += 50) {
        char *with = text_format("prlimit --fsize=%d", size);

        record(with, "", TELL | (size == 0 ? FAIL : 0));
        free(with);
    }
    for (int size = 1; size < 5; size++) {
        char *with = text_format("prlimit --as=%d000000", size);

        record(with, "", TELL | DIE);
        free(with);
    }
    judge_recordings(4);
}

static void records_without_a_trace_where_nothing_can_be_traced(void **state)
{
    char *trace;

    (void)state;
    need(WITHOUT "ptrace true", "system calls cannot be taken away here");
    record(WITHOUT "ptrace", "", TELL);
    judge_recordings(1);
    assert_int_equal(attempts.item[0].status, 0);
    trace = get_file(attempts.item[0].directory, "out/t.trace");
    assert_int_equal(strncmp(trace, "# ", 2), 0);
    assert_ptr_equal(strchr(trace, '\n'), trace + strlen(trace) - 1);
    free(trace);
}

/* The recording itself is the first file, as strace writes none. */
static void tells_that_a_recording_is_too_large(void **state)
{
    (void)state;
    need(WITHOUT "ptrace true", "system calls cannot be taken away here");
    record(WITHOUT "ptrace prlimit --fsize=0", "", FAIL);
    record(WITHOUT "ptrace prlimit --fsize=10", "", FAIL);
    judge_recordings(1);
    assert_contains(attempts.item[0].err, "File too large");
}

static void records_that_there_are_no_queues(void **state)
{
    (void)state;
    need(WITHOUT "msgget true", "system calls cannot be taken away here");
    record(WITHOUT "msgget", "", FAIL);
    judge_recordings(1);
    assert_contains(attempts.item[0].err, "Function not implemented");
}

static void records_the_same_in_a_container(void **state)
{
    (void)state;
    need_container();
    record(CONTAINED, "", 0);
    judge_recordings(1);
}

static void tells_that_nothing_can_be_written(void **state)
{
    struct ended ended;

    (void)state;
    need_mounts();
    put_file(directory, "inside",
             "rm out/*; " RECORDING
             "mount --bind out out && mount -o remount,bind,ro out "
             "&& " RECORD "; s=$?; ls -A out; exit $s\n");
    ended = shell(directory, "unshare --mount sh inside");
    assert_string_equal(ended.out, "");
    assert_int_equal(strncmp(ended.err, "record: a sandbox in out for ", 29),
                     0);
    assert_contains(ended.err, ": Read-only file system\n");
    assert_int_equal(ended.status, 1);
    ended_free(&ended);
}

/* Whatever it is that does not fit on the disk any more. */
static void tells_that_the_disk_is_full(void **state)
{
    struct ended ended;

    (void)state;
    need_mounts();
    put_file(directory, "inside",
             RECORDING
             "cp out/t.console right; "
             "for pages in 1 2 3 4 5 6 7 8 9 10 11 12 16 100; do "
             "mount -t tmpfs -o size=$((4 * pages))k none out; " RECORD
             " 2> err; s=$?; ls -A out > names; "
             "if [ $s = 0 ]; then cmp out/t.console right && echo good; "
             "elif [ -s names ]; then cat names; "
             "else sed 's/.*: /told /' err; fi; umount out; done | uniq\n");
    ended = shell(directory, "unshare --mount sh inside");
    assert_string_equal(ended.err, "");
    assert_string_equal(ended.out, "told No space left on device\ngood\n");
    ended_free(&ended);
}

static double recording_lasts(void)
{
    double seconds;

    record_until(SIGCONT, PARENT, 0);
    ground_run(&attempts, directory, 1);
    seconds = attempts.item[0].seconds;
    attempts_free(&attempts);
    return seconds;
}

/* At each moment the recording is there, or nothing is. */
static void signals_leave_nothing_of_a_recording(void **state)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    int moments = number_from("MOMENTS", 50);
    double duration = recording_lasts();

    (void)state;
    /* Half of them at its beginning, before it starts its commands. */
    for (int k = 0; k < moments; k++)
        record_until(numbers[k % 3], k / 2 % 2 ? PARENT : GROUP,
                     k % 2 ? duration * k / moments : 0.00005 * k);
    judge_recordings(3);
}

static void what_it_runs_does_not_outlive_a_killed_recorder(void **state)
{
    int moments = number_from("MOMENTS", 50) / 2;
    double duration = recording_lasts();

    (void)state;
    for (int k = 0; k < moments; k++)
        record_until(SIGKILL, PARENT, duration * k / moments);
    ground_run(&attempts, directory, 4);
    for (size_t i = 0; i < attempts.n; i++)
        if (attempts.item[i].hung || attempts.item[i].left)
            fail_msg("killed after %.2f s it leaves a process behind",
                     attempts.item[i].delay);
}

int main(int argc, char *argv[])
{
    static const char *const waits[] = {
        "exec \"$BIN/msgrcv\" %d",
        "while \"$BIN/msgsnd\" -n %d 1 $(printf %%01000d 0) > out 2> err; do "
        ":; "
        "done; exec \"$BIN/msgsnd\" %d 1 $(printf %%01000d 0)"};
    struct tests tests = {.setup = make_directory,
                          .teardown = remove_directory};
    int result;

    if (argc == 4)
        return run_transcript(argv[1], argv[2], argv[3]);
    if (argc != 1) {
        fputs("usage: test_hostile [TRANSCRIPT PROGRAMS SOURCES]\n", stderr);
        return 2;
    }
    ADD(&tests, every_program_is_tried);
    ADD(&tests, any_standard_descriptor_may_be_closed);
    ADD(&tests, a_full_device_leads_no_message_astray);
    ADD(&tests, fifo_write_sends_no_message_of_its_own);
    ADD(&tests, few_descriptors_are_not_enough_or_are);
    ADD(&tests, little_memory_is_not_enough_or_is);
    ADD(&tests, small_files_are_too_small_or_are_not);
    ADD(&tests, few_processes_are_not_enough_or_are);
    ADD(&tests, signals_may_be_ignored);
    ADD(&tests, signals_may_be_blocked);
    ADD(&tests, without_path_only_those_fail_that_need_it);
    ADD(&tests, home_temporary_files_and_language_do_not_matter);
    ADD(&tests, impostors_are_run_only_by_their_names);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        add_test(&tests, is_told, (void *)&told[i], "%s", told[i].sentence);
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        add_test(&tests, a_stranger_is_told, (void *)&strangers[i], "%s",
                 strangers[i].sentence);
    ADD(&tests, msgget_takes_no_key_of_another_user);
    for (size_t i = 0; i < 2; i++)
        add_test(&tests, who_waits_is_told_that_the_queue_is_gone,
                 (void *)waits[i],
                 "%s that waits is told that the queue is gone",
                 i == 0 ? "msgrcv" : "msgsnd");
    ADD(&tests, limits_of_queues_are_told);
    ADD(&tests, signals_leave_nothing_behind);
    ADD(&tests, nobody_waits_for_the_dead);
    ADD(&tests, each_of_many_does_what_its_transcript_says);
    ADD(&tests, each_works_every_time);
    ADD(&tests, a_kernel_without_queues_is_told);
    ADD(&tests, a_container_is_one);
    ADD(&tests, a_container_is_enough);
    ADD(&tests, a_container_without_queues_is_told);
    tests.setup = record_in_peace;
    ADD(&tests, records_the_same_without_descriptors);
    ADD(&tests, records_the_same_whatever_it_inherits);
    ADD(&tests, records_or_tells_what_it_lacks);
    ADD(&tests, records_without_a_trace_where_nothing_can_be_traced);
    ADD(&tests, tells_that_a_recording_is_too_large);
    ADD(&tests, records_that_there_are_no_queues);
    ADD(&tests, records_the_same_in_a_container);
    ADD(&tests, tells_that_nothing_can_be_written);
    ADD(&tests, tells_that_the_disk_is_full);
    ADD(&tests, signals_leave_nothing_of_a_recording);
    ADD(&tests, what_it_runs_does_not_outlive_a_killed_recorder);
    result = run_all("hostile", &tests, go_there, NULL);
    free(right_console);
    free(right_calls);
    return result;
}
