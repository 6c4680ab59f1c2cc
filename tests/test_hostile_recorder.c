/* Tests the recorder where a disk is full or read-only, in a container, and
 * where nothing can be traced. Either it makes the same recording as anywhere
 * else, or it leaves none and says why. What its caller has, and signals, are
 * for test_record.c; missing descriptors for test_run.c.
 *
 * Usage: test_hostile_recorder
 *
 * If all tests have passed, that is remembered until the recorder or the tests
 * change. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "container.h"
#include "input_hash.h"
#include "remember.h"

/* How a recording may end. It may always be the right one, unless FAIL. */
enum {
    TELL = 1, /* with a message: none, without a trace, or one of a failure */
    FAIL = 2, /* not with status 0 */
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
/* An undisturbed recording: what was printed, and the calls of its trace. */
static char *right_console, *right_calls;
static char *last_message; /* of the last recording */

/* Its standard error is a pipe, which has no limit of its size. */
static void run_record(const char *with, struct ended *ended)
{
    *ended = shell(directory,
                   "rm -rf out root; mkdir out; export DIR=\"$PWD\"; "
                   "{ { %s " RECORD "\necho $? > status; } "
                   "2>&1 >&3 | cat >&2; } 3>&1; exit \"$(cat status)\"",
                   with);
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
    if (!(may & (TELL | FAIL)))
        return "it fails";
    return *ended->err != '\0' ? NULL : "it fails without a message";
}

static void record(const char *with, unsigned may)
{
    struct ended ended;
    const char *reason;

    run_record(with, &ended);
    if ((reason = wrong_with(&ended, may)) != NULL)
        fail_msg("%s record: %s (status %d, standard error \"%.300s\")", with,
                 reason, ended.status, ended.err);
    free(last_message);
    last_message = text_copy(ended.err, strlen(ended.err));
    ended_free(&ended);
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
    run_record("", &ended);
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

static bool skipped; /* some test */

/* Skips the test where this command fails; then the suite is not remembered. */
static void need(const char *command, const char *reason)
{
    struct ended ended = shell(directory, "%s", command);
    int status = ended.status;

    ended_free(&ended);
    if (status == 0)
        return;
    skipped = true;
    SKIP(reason);
}

static void need_denial(void)
{
    need(DENY "ptrace true", "system calls cannot be denied");
}

/* Surroundings in which the recording must be the same. */

static void records_the_same_in_a_container(void **state)
{
    need(container_probe, container_impossible);
    record(CONTAINER, 0);
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

static void records_without_a_trace_where_tracing_is_forbidden(void **state)
{
    char *trace;

    need_denial();
    record(DENY "ptrace", TELL);
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
    record(DENY "ptrace prlimit --fsize=0", FAIL);
    record(DENY "ptrace prlimit --fsize=10", FAIL);
    assert_contains(last_message, "File too large");
}

static void says_that_nothing_can_be_written(void **state)
{
    need(container_probe, container_impossible);
    put_file(directory, "inside",
             "mount --bind out out && mount -o remount,bind,ro out && exec "
             "\"$@\"\n");
    record("unshare --mount sh inside", FAIL);
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

static void passed_before(void **state)
{
}

int main(void)
{
    struct tests tests = {0};
    int result;

    if (is_remembered("hostile/recorder", inputs())) {
        ADD(&tests, passed_before);
        return run_all("hostile_recorder", &tests, NULL, NULL);
    }
    ADD(&tests, records_the_same_in_a_container);
    ADD(&tests, a_container_is_read_only);
    ADD(&tests, records_without_a_trace_where_tracing_is_forbidden);
    ADD(&tests, says_that_a_recording_is_too_large);
    ADD(&tests, says_that_nothing_can_be_written);
    ADD(&tests, says_that_the_disk_is_full);
    result = run_all("hostile_recorder", &tests, record_undisturbed, forget);
    if (result == 0 && !skipped && getenv("TEST_FILTER") == NULL)
        remember("hostile/recorder", inputs());
    return result;
}
