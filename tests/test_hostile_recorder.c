/* Tests the recorder in hostile surroundings: without descriptors, memory or
 * disk space, where nothing can be traced, in a container, and when signals
 * come. Either it makes the same recording as anywhere else, or it leaves none
 * and says why.
 *
 * Usage: test_hostile_recorder
 *
 * If all tests have passed, that is remembered until the recorder or the tests
 * change. */
#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "container.h"
#include "input_hash.h"
#include "remember.h"

enum { MOMENTS = 24 }; /* of a recording at which a signal comes */

/* How a recording may end. It may always be the right one, unless FAIL. */
enum {
    TELL = 1,  /* with a message: none, without a trace, or one of a failure */
    DIE = 2,   /* by a signal */
    FAIL = 4,  /* not with status 0 */
    MUTE = 8,  /* there is no standard error for a message */
    KILL = 16, /* by SIGKILL, after which nothing can be cleaned up */
};

/* It forks, uses a pipe and a message queue. */
static const char program[] =
    "#include <err.h>\n#include <stdio.h>\n#include <stdlib.h>\n"
    "#include <sys/msg.h>\n#include <sys/wait.h>\n#include <unistd.h>\n"
    "int main(int argc, char *argv[])\n{\n"
    "    int ends[2], queue;\n    char c;\n\n"
    "    if (argc == 2)\n"
    "        return msgctl(atoi(argv[1]), IPC_RMID, NULL) == -1;\n"
    "    if ((queue = msgget(IPC_PRIVATE, 0600)) == -1)\n"
    "        err(1, \"msgget\");\n"
    "    if (pipe(ends) == -1)\n        err(1, \"pipe\");\n"
    "    switch (fork()) {\n    case -1:\n        err(1, \"fork\");\n"
    "    case 0:\n"
    "        if (read(ends[0], &c, 1) != 1)\n            err(1, \"read\");\n"
    "        printf(\"%d read %c\\n\", getpid(), c);\n        return 0;\n    "
    "}\n"
    "    if (write(ends[1], \"x\", 1) != 1)\n        err(1, \"write\");\n"
    "    wait(NULL);\n"
    "    printf(\"%d queue %d\\n\", getpid(), queue);\n"
    "    return 0;\n}\n";
static const char transcript[] = "$ ./talk\n"
                                 "{{child:pid}} read x\n"
                                 "{{parent:pid}} queue {{queue:msqid}}\n"
                                 "$ ./talk {{queue}}\n"
                                 "$ echo done\n"
                                 "done\n";

#define RECORD                                                                 \
    "\"$TOOLS/record\" -b \"$DIR/bin\" -s \"$DIR/src\" -r \"$ROOT\" "          \
    "t.console "                                                               \
    "out/t.console out/t.trace"
#define DENY "\"$ROOT/build/tests/deny_call\" "
#define CONTAINER "unshare --mount sh enter "

static char *directory;
static double seconds; /* that an undisturbed recording takes */
/* An undisturbed recording: what was printed, and the calls of its trace. */
static char *right_console, *right_calls;
static char *last_message; /* of the last recording */

/* Its standard error is a pipe, which has no limit of its size. */
static void run_record(const char *with, const char *redirections,
                       struct ended *ended)
{
    *ended = shell(directory,
                   "rm -rf out root; mkdir out; export DIR=\"$PWD\"; "
                   "{ { %s " RECORD " %s\necho $? > status; } "
                   "2>&1 >&3 | cat >&2; } 3>&1; exit \"$(cat status)\"",
                   with, redirections);
}

/* The calls of the trace, or the reason why it has none; NULL without a trace.
 */
static char *calls_of_trace(void)
{
    struct ended ended =
        shell(directory, "\"$TOOLS/calls\" en out/t.trace calls");
    char *text = ended.status == 0 ? get_file(directory, "calls") : NULL;

    ended_free(&ended);
    return text;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Whether a process works in the directory or below it. */
static bool is_used(void)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    bool found = false;
    char link[4096];

    assert_non_null(proc);
    while ((entry = readdir(proc)) != NULL) {
        char *name = text_format("/proc/%s/cwd", entry->d_name);
        ssize_t n = readlink(name, link, sizeof link - 1);

        free(name);
        link[n < 0 ? 0 : n] = '\0';
        found |=
            strtol(entry->d_name, NULL, 10) > 0 && text_begins(link, directory);
    }
    closedir(proc);
    return found;
}

/* Whether a process still works there after 10 seconds. */
static bool has_process(void)
{
    for (double begin = now(); is_used(); usleep(1000))
        if (now() - begin > 10)
            return true;
    return false;
}

/* What is wrong with a recording, or NULL. */
static const char *wrong_with(const struct ended *ended, unsigned may)
{
    char *console = get_file(directory, "out/t.console"),
         *calls = calls_of_trace();
    struct ended names = shell(directory, "ls -A out");
    bool nothing = *names.out == '\0',
         all = strcmp(names.out, "t.console\nt.trace\n") == 0,
         same = console != NULL && calls != NULL &&
                strcmp(console, right_console) == 0 &&
                (strcmp(calls, right_calls) == 0 ||
                 ((may & TELL) && text_begins(calls, "# ")));

    ended_free(&names);
    free(console);
    free(calls);
    if (has_process())
        return "a process is left";
    if (may & KILL)
        return NULL;
    if (ended->status == 0 && (may & FAIL))
        return "its status is 0";
    if (ended->status == 0 && !all)
        return "it has left other files than the two of a recording";
    /* A command that fails is recorded with a warning. */
    if (ended->status == 0)
        return same || ((may & TELL) && *ended->err != '\0')
                   ? NULL
                   : "the recording differs";
    if (!nothing)
        return "it fails and leaves a file";
    if (ended->status > 128)
        return may & DIE ? NULL : "a signal ends it";
    if (!(may & (TELL | FAIL)))
        return "it fails";
    return *ended->err != '\0' || (may & MUTE) ? NULL
                                               : "it fails without a message";
}

static size_t wrong; /* recordings of the test that runs now */

static void record(const char *with, const char *redirections, unsigned may)
{
    struct ended ended;
    const char *reason;

    run_record(with, redirections, &ended);
    if ((reason = wrong_with(&ended, may)) != NULL) {
        print_error("%s record %s: %s (status %d, standard error \"%.300s\")\n",
                    with, redirections, reason, ended.status, ended.err);
        wrong++;
    }
    free(last_message);
    last_message = text_copy(ended.err, strlen(ended.err));
    ended_free(&ended);
}

static void none_is_wrong(void)
{
    if (wrong > 0)
        fail_msg("%zu recordings end wrong", wrong);
}

static int begin_test(void **state)
{
    wrong = 0;
    return 0;
}

static uint64_t inputs(void)
{
    uint64_t hash = hash_file(hash_judge(), "build/tools/record");

    hash = hash_file(hash, "build/tools/calls");
    return hash_file(hash, "build/tests/deny_call");
}

/* Make the undisturbed recording. */
static int record_undisturbed(void **state)
{
    struct ended ended;
    char *path;

    directory = scratch_make();
    path = text_format("%s/src", directory);
    mkdir(path, 0755);
    free(path);
    put_file(directory, "src/talk.c", program);
    put_file(directory, "t.console", transcript);
    put_file(directory, "enter", container_script);
    ended =
        shell(directory, "mkdir bin && cc -static -g src/talk.c -o bin/talk");
    if (ended.status != 0)
        print_error("%s", ended.err);
    ended_free(&ended);
    seconds = now();
    run_record("", "", &ended);
    seconds = now() - seconds;
    if (ended.status != 0 || *ended.err != '\0')
        print_error("%s", ended.err);
    right_console = get_file(directory, "out/t.console");
    right_calls = calls_of_trace();
    ended_free(&ended);
    return right_console == NULL || right_calls == NULL ? -1 : 0;
}

static int forget(void **state)
{
    free(right_console);
    free(right_calls);
    free(last_message);
    if (directory != NULL)
        scratch_remove(directory);
    return 0;
}

/* Skips the test where this command fails. */
static void need(const char *command, const char *reason)
{
    struct ended ended = shell(directory, "%s", command);
    int status = ended.status;

    ended_free(&ended);
    if (status != 0)
        SKIP(reason);
}

static void need_denial(void)
{
    need(DENY "ptrace true", "system calls cannot be denied");
}

/* Surroundings in which the recording must be the same. */

static void records_the_same_without_descriptors(void **state)
{
    static const char *const closed[] = {
        "<&-",          ">&-",         "2>&-",
        "<&- >&-",      "<&- 2>&-",    ">&- 2>&-",
        "<&- >&- 2>&-", "> /dev/full", "> /dev/full 2> /dev/full"};

    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        record("", closed[i], 0);
    none_is_wrong();
}

static void records_the_same_in_any_environment(void **state)
{
    static const char *const with[] = {
        "env --ignore-signal", "env --block-signal",
        "env -u HOME TMPDIR=/no/such/place LC_ALL=ko_KR.UTF-8",
        "env HOME= TMPDIR=/proc LC_ALL=tr_TR.UTF-8 LANGUAGE=tr",
        "env LC_ALL=C.UTF-8 LD_BIND_NOW=1 FILE=x POSIXLY_CORRECT=1"};

    for (size_t i = 0; i < sizeof with / sizeof *with; i++)
        record(with[i], "", 0);
    none_is_wrong();
}

static void records_the_same_in_a_container(void **state)
{
    need(container_probe, container_impossible);
    record(CONTAINER, "", 0);
    none_is_wrong();
}

/* The container of that test, and of test_hostile.c. */
static void a_container_is_read_only(void **state)
{
    struct ended ended;

    need(container_probe, container_impossible);
    ended = shell(directory,
                  "rm -rf root; export DIR=$PWD; " CONTAINER
                  "sh -c 'touch here && for f in /new /usr/new \"$ROOT/new\" "
                  "/tmp/new; do touch $f && echo $f; done; "
                  "seq 2000 > /dev/shm/new && echo /dev/shm'");
    assert_contains(ended.err, "/new': Read-only file system\n");
    assert_contains(ended.err, ": No space left on device\n");
    assert_string_equal(ended.out, "");
    ended_free(&ended);
}

/* Surroundings in which it may fail. */

static void record_with_limits(const char *name, int first, int last, int step,
                               unsigned may)
{
    for (int limit = first; limit <= last; limit += step) {
        char *with = text_format("prlimit --%s=%d", name, limit);

        record(with, "", may);
        free(with);
    }
}

static void records_or_says_what_is_missing(void **state)
{
    record_with_limits("nofile", 3, 3, 1, TELL | FAIL);
    record_with_limits("nofile", 4, 15, 1, TELL);
    record_with_limits("fsize", 0, 0, 1, TELL | FAIL);
    record_with_limits("fsize", 50, 400, 50, TELL);
    record_with_limits("as", 1000000, 4000000, 1000000, TELL | DIE);
    none_is_wrong();
}

static void records_without_a_trace_where_tracing_is_forbidden(void **state)
{
    char *trace;

    need_denial();
    record(DENY "ptrace", "", TELL);
    none_is_wrong();
    trace = get_file(directory, "out/t.trace");
    assert_non_null(trace);
    assert_true(text_begins(trace, "# "));
    assert_ptr_equal(strchr(trace, '\n'), trace + strlen(trace) - 1);
    free(trace);
}

/* Without a trace, the recording is the first file that is written. */
static void says_that_a_recording_is_too_large(void **state)
{
    need_denial();
    record(DENY "ptrace prlimit --fsize=0", "", FAIL);
    record(DENY "ptrace prlimit --fsize=10", "", FAIL);
    none_is_wrong();
    assert_contains(last_message, "File too large");
}

/* Then the second command has no queue to remove. */
static void says_that_a_value_is_missing(void **state)
{
    need_denial();
    record(DENY "msgget", "", FAIL);
    none_is_wrong();
    assert_contains(last_message, "Function not implemented");
}

static void says_that_nothing_can_be_written(void **state)
{
    need(container_probe, container_impossible);
    put_file(directory, "inside",
             "mount --bind out out && mount -o remount,bind,ro out && exec "
             "\"$@\"\n");
    record("unshare --mount sh inside", "", FAIL);
    none_is_wrong();
    assert_contains(last_message, ": Read-only file system\n");
}

static void says_that_the_disk_is_full(void **state)
{
    struct ended ended;

    need(container_probe, container_impossible);
    put_file(directory, "inside",
             "rm -rf out; mkdir out; " RECORD "; cp out/t.console right; "
             "for pages in 1 2 3 4 5 6 7 8 9 10 11 12 16 100; do "
             "mount -t tmpfs -o size=$((4 * pages))k none out; " RECORD
             " 2> err; s=$?; ls -A out > names; "
             "if [ $s = 0 ]; then cmp out/t.console right && echo good; "
             "elif [ -s names ]; then cat names; "
             "else sed 's/.*: /told /' err; fi; umount out; done | uniq\n");
    ended = shell(directory, "export DIR=\"$PWD\"; unshare --mount sh inside");
    assert_string_equal(ended.err, "");
    assert_string_equal(ended.out, "told No space left on device\ngood\n");
    ended_free(&ended);
}

/* Signals that come while it records, to it alone or to its whole group. */

static void record_until(const char *signal_name, const char *to, double delay,
                         unsigned may)
{
    char *with = text_format("timeout --preserve-status --signal=%s %s %.6f",
                             signal_name, to, delay);

    record(with, "", may);
    free(with);
}

static void a_signal_leaves_all_or_nothing(void **state)
{
    static const char *const names[] = {"INT", "TERM", "HUP"};

    for (int k = 1; k <= MOMENTS; k++)
        record_until(names[k % 3], k / 3 % 2 ? "--foreground" : "",
                     seconds * k / MOMENTS, DIE);
    none_is_wrong();
}

static void a_killed_recorder_leaves_no_process(void **state)
{
    for (int k = 1; k <= MOMENTS; k += 2)
        record_until("KILL", "--foreground", seconds * k / MOMENTS, KILL);
    none_is_wrong();
}

static void passed_before(void **state)
{
}

int main(void)
{
    struct tests tests = {.setup = begin_test};
    int result;

    if (is_remembered("hostile/recorder", inputs())) {
        ADD(&tests, passed_before);
        return run_all("hostile_recorder", &tests, NULL, NULL);
    }
    ADD(&tests, records_the_same_without_descriptors);
    ADD(&tests, records_the_same_in_any_environment);
    ADD(&tests, records_the_same_in_a_container);
    ADD(&tests, a_container_is_read_only);
    ADD(&tests, records_or_says_what_is_missing);
    ADD(&tests, records_without_a_trace_where_tracing_is_forbidden);
    ADD(&tests, says_that_a_recording_is_too_large);
    ADD(&tests, says_that_a_value_is_missing);
    ADD(&tests, says_that_nothing_can_be_written);
    ADD(&tests, says_that_the_disk_is_full);
    ADD(&tests, a_signal_leaves_all_or_nothing);
    ADD(&tests, a_killed_recorder_leaves_no_process);
    result = run_all("hostile_recorder", &tests, record_undisturbed, forget);
    if (result == 0 && getenv("TEST_FILTER") == NULL)
        remember("hostile/recorder", inputs());
    return result;
}
