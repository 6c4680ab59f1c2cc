/* Proves that the tools stand what the machine may do to them: each allocation
 * and each call of the C library that can fail fails once. Then either the tool
 * does what it does without that, or it says in one line what went wrong and
 * fails; it leaves nothing behind, no half of a file among it. A call that a
 * signal interrupts changes nothing. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"

/* A tool and what it does; its files are in out/. */
struct use {
    const char *name, *command;
};

static const struct use uses[] = {
    {"calls", "\"$TOOLS/../tests/faulty/calls\" en t.trace out/t.calls"},
    {"draw", "\"$TOOLS/../tests/faulty/draw\" en t.console t.trace "
             "out/t.pictures"},
    {"record", "PATH=\"$PWD/fake:$PATH\" \"$TOOLS/../tests/faulty/record\" -b "
               "\"$BIN\" -s . -r \"$ROOT\""
               " t.console out/t.console out/t.trace"},
};

/* What cannot be started says so. */
static const struct use without_strace = {
    "record",
    "PATH=/nowhere \"$TOOLS/../tests/faulty/record\" -b \"$BIN\" -s . "
    "-r \"$ROOT\" t.console out/t.console out/t.trace"};

/* The files that they read, and a strace and an addr2line that say at every run
 * the same, and at once. */
static const char make[] =
    "cat > t.console << 'end'\n"
    "$ echo hi; ./pipe1\n"
    "hi\n"
    "Wrote 3 bytes\n"
    "Read 3 bytes: 123\n"
    "end\n"
    "cat > t.trace << 'end'\n"
    "$ echo hi; ./pipe1\n"
    "1001 execve(\"./pipe1\", [\"./pipe1\"], 0x1 /* 5 vars */) = 0\n"
    "1001 pipe2([3<pipe:[1]>, 4<pipe:[1]>], 0) = 0\n"
    " > pipe1.c:33\n"
    "1001 write(4<pipe:[1]>, \"123\", 3) = 3\n"
    "1001 read(3<pipe:[1]>, \"123\", 8192) = 3\n"
    "1001 write(1<terminal>, \"Read 3 bytes: 123\\\\n\", 18) = 18\n"
    "1001 +++ exited with 0 +++\n"
    "end\n"
    "mkdir fake\n"
    "cat > fake/raw << end\n"
    "100 execve(\"./pipe1\", [\"./pipe1\"], 0x1 /* 5 vars */) = 0\n"
    "100 pipe2([3<pipe:[7]>, 4<pipe:[7]>], 0) = 0\n"
    " > /lib/libc.so.6(pipe2+0x1) [0x2]\n"
    " > $BIN/pipe1(main+0x6b) [0x965b]\n"
    "100 +++ exited with 0 +++\n"
    "end\n"
    "cat > fake/strace << 'end'\n"
    "#!/bin/sh\n"
    "while [ \"$1\" != -o ]; do shift; done\n"
    "cat \"${0%%/*}/raw\" > \"$2\"; shift 2\n"
    "[ \"$1\" = -e ] && shift 2\n"
    "exec \"$@\"\n"
    "end\n"
    "cat > fake/addr2line << 'end'\n"
    "#!/bin/sh\n"
    "echo 0x965a; echo /home/me/pipe1.c:33\n"
    "end\n"
    "chmod +x fake/strace fake/addr2line\n"
    "# %s";

/* Runs it with the fault; returns what is in out/ then. */
static char *attempt(const char *directory, const struct use *use,
                     const char *kind, int n, struct ended *ended)
{
    struct ended files;

    *ended = shell(directory,
                   "rm -rf out fault; mkdir out; FAULT_LOG=\"$PWD/fault\" "
                   "FAULT=%s:%d %s",
                   kind, n, use->command);
    files = shell(directory,
                  "cd out && find . -type f | sort | xargs -r cat; find . "
                  "-mindepth 1 | sort");
    free(files.err);
    return files.out;
}

/* What is wrong with how a tool failed at a fault, or NULL. */
static const char *wrong(const struct use *use, const char *kind,
                         const char *fault, const struct ended *ended,
                         const char *left)
{
    const char *why = strcmp(fault, "malloc") == 0 ? "Cannot allocate memory"
                                                   : "Input/output error";

    if (strcmp(kind, "interruption") == 0)
        return "it was disturbed";
    if (ended->status > 127)
        return "it was killed";
    if (*left != '\0')
        return "it left something behind";
    if (!text_begins(ended->err, use->name) ||
        strchr(ended->err, '\n') == NULL || strchr(ended->err, '\n')[1] != '\0')
        return "it did not say one line";
    if (strstr(ended->err, why) == NULL)
        return "it did not say why";
    return NULL;
}

/* Let the n-th fail for every n, until a tool comes to its end before that. */
static void each(const char *directory, const struct use *use, const char *kind)
{
    struct ended ended;
    char *good = attempt(directory, use, kind, 0, &ended), *left;
    int faults = 0, bad = 0;

    assert_int_equal(ended.status, 0);
    assert_string_not_equal(good, "");
    ended_free(&ended);
    for (bool over = false; !over; faults++) {
        char *fault;
        const char *what;

        left = attempt(directory, use, kind, faults + 1, &ended);
        fault = get_file(directory, "fault");
        over = fault == NULL;
        if (ended.status != 0)
            what = over ? "it failed" : wrong(use, kind, fault, &ended, left);
        else
            what = strcmp(left, good) == 0 ? NULL : "it did something else";
        if (what != NULL) {
            bad++;
            print_error("%s, %s %d (%s): %s\nstatus %d, it said: %s"
                        "there is: %s\n",
                        use->name, kind, faults + 1, over ? "none" : fault,
                        what, ended.status, ended.err, left);
        }
        free(fault);
        free(left);
        ended_free(&ended);
    }
    free(good);
    print_message("%d faults of the kind %s\n", faults - 1, kind);
    assert_int_equal(bad, 0);
    assert_true(faults > 3);
}

static void stands(void **state)
{
    const struct use *use = *state;
    char *directory = scratch_make();
    struct ended ended;

    ended = shell(directory, make, "");
    assert_int_equal(ended.status, 0);
    ended_free(&ended);
    each(directory, use, "allocation");
    each(directory, use, "call");
    each(directory, use, "wait");
    each(directory, use, "interruption");
    scratch_remove(directory);
}

static void is_not_disturbed(void **state)
{
    char *directory = scratch_make();
    struct ended ended = shell(directory, make, "");

    assert_int_equal(ended.status, 0);
    ended_free(&ended);
    each(directory, *state, "interruption");
    scratch_remove(directory);
}

int main(void)
{
    struct tests all = {0};

    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
        add_test(&all, stands, (void *)&uses[i], "%s", uses[i].name);
    add_test(&all, is_not_disturbed, (void *)&without_strace,
             "record without strace");
    return run_all("tools", &all, NULL, NULL);
}
