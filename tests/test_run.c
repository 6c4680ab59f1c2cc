/* Tests run.h: how a program is run, that its output is complete, and that no
 * process or descriptor is left. */
#include "support.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/memory.h"
#include "../common/run.h"

/* Milliseconds: a deadline that only a test that hangs reaches, even on a busy
 * machine. */
enum { LONG = 60000 };

/* These functions take the place of the C library's, so that they can fail.
 * failing_read, if it is positive, counts down the calls that take output; the
 * call at which it becomes 0 fails with EIO. without_close_range lets
 * close_range(2) fail as on an old kernel. */
static int failing_read;
static bool without_close_range;

/* Only output is read in pieces of this size. */
static bool fails(size_t size)
{
    if (size != 65536 || failing_read == 0 || --failing_read != 0)
        return false;
    errno = EIO;
    return true;
}

ssize_t read(int fd, void *data, size_t size)
{
    static ssize_t (*real)(int, void *, size_t);

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "read");
    return fails(size) ? -1 : real(fd, data, size);
}

ssize_t pread(int fd, void *data, size_t size, off_t offset)
{
    static ssize_t (*real)(int, void *, size_t, off_t);

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "pread");
    return fails(size) ? -1 : real(fd, data, size, offset);
}

long syscall(long number, ...)
{
    static long (*real)(long, ...);
    long a[6];
    va_list list;

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "syscall");
    va_start(list, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(list, long);
    va_end(list);
#ifdef SYS_close_range
    if (without_close_range && number == SYS_close_range) {
        errno = ENOSYS;
        return -1;
    }
#endif
    return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static enum run_mode terminal = RUN_TERMINAL, pipe_mode = RUN_PIPE,
                     file = RUN_FILE;
static struct run_result result;

static int forget(void **state)
{
    free(result.output);
    result = (struct run_result){0};
    return 0;
}

static int run_argv(enum run_mode mode, const char *const *argv)
{
    struct run command = {mode, "/", argv, LONG, NULL};

    forget(NULL);
    return run(&command, &result);
}

static void sh_within(enum run_mode mode, const char *text, int deadline)
{
    const char *const argv[] = {"/bin/sh", "-c", text, NULL};
    struct run command = {mode, "/", argv, deadline, NULL};

    forget(NULL);
    if (run(&command, &result) == -1)
        fail_msg("run: %s", strerror(errno));
}

static void sh(enum run_mode mode, const char *text)
{
    sh_within(mode, text, LONG);
    if (result.reason != NULL)
        fail_msg("%s %s", text, result.reason);
}

/* The state of these tests is the mode. */

static void both_outputs_come_in_their_order(void **state)
{
    sh(*(enum run_mode *)*state, "echo 1; echo 2 >&2; echo 3");
    assert_string_equal(result.output, "1\n2\n3\n");
    assert_int_equal(result.length, 6);
}

static void the_exit_status_is_kept(void **state)
{
    sh(*(enum run_mode *)*state, "exit 255");
    assert_int_equal(result.status, 255);
    sh(*(enum run_mode *)*state, "exit 0");
    assert_int_equal(result.status, 0);
}

static void a_signal_is_128_and_its_number(void **state)
{
    sh(*(enum run_mode *)*state, "kill -TERM $$");
    assert_int_equal(result.status, 128 + SIGTERM);
    sh(*(enum run_mode *)*state, "echo x; kill -KILL $$");
    assert_int_equal(result.status, 128 + SIGKILL);
    assert_string_equal(result.output, "x\n");
}

static void lines_end_without_a_carriage_return(void **state)
{
    sh(*(enum run_mode *)*state, "printf 'a\\tb\\n\\nc\\n'");
    assert_string_equal(result.output, "a\tb\n\nc\n");
}

static void only_a_terminal_is_one(void **state)
{
    bool is = *(enum run_mode *)*state == RUN_TERMINAL;

    sh(*(enum run_mode *)*state,
       "for n in 0 1 2; do test -t $n && echo $n; done; :");
    assert_string_equal(result.output, is ? "0\n1\n2\n" : "");
}

static void output_goes_to_the_place_of_the_mode(void **state)
{
    static const char *const kinds[] = {
        [RUN_TERMINAL] = "-c", [RUN_PIPE] = "-p", [RUN_FILE] = "-f"};
    char *text = text_format("k=%s; test $k /dev/stdout && test $k /dev/stderr",
                             kinds[*(enum run_mode *)*state]);

    sh(*(enum run_mode *)*state, text);
    free(text);
    assert_int_equal(result.status, 0);
}

static void large_output_is_complete(void **state)
{
    enum { LINES = 300000, WIDTH = 11 };

    sh(*(enum run_mode *)*state, "seq -f 'x%09.0f' 300000");
    assert_int_equal(result.length, LINES * WIDTH);
    for (long i = 0; i < LINES; i++) {
        char line[32];

        snprintf(line, sizeof line, "x%09ld\n", i + 1);
        if (memcmp(result.output + i * WIDTH, line, WIDTH) != 0)
            fail_msg("line %ld is %.*s", i + 1, WIDTH,
                     result.output + i * WIDTH);
    }
}

/* Much of it may still be in the terminal when the program has ended; a pipe
 * and a file have all of it. */
static void the_last_output_is_complete(void **state)
{
    int times = *(enum run_mode *)*state == RUN_TERMINAL ? 20 : 1;

    for (int i = 0; i < times; i++) {
        sh(*(enum run_mode *)*state, "exec head -c 100000 /dev/zero");
        assert_int_equal(result.length, 100000);
        assert_int_equal(result.error, 0);
    }
}

/* No failing call is taken for the end of the output. */
static void output_that_cannot_be_read_is_an_error(void **state)
{
    for (int n = 1; n <= 3; n++) {
        failing_read = n;
        sh_within(*(enum run_mode *)*state, "head -c 200000 /dev/zero", LONG);
        assert_int_equal(failing_read, 0);
        assert_int_equal(result.error, EIO);
    }
}

static void a_null_byte_does_not_end_the_output(void **state)
{
    sh(*(enum run_mode *)*state, "printf 'a\\0b'");
    assert_int_equal(result.length, 3);
    assert_memory_equal(result.output, "a\0b", 4);
}

static void a_silent_program_has_empty_output(void **state)
{
    sh(*(enum run_mode *)*state, ":");
    assert_int_equal(result.length, 0);
    assert_string_equal(result.output, "");
}

/* The child ends the program after it has printed. */
static void output_of_a_child_is_kept_when_its_parent_dies(void **state)
{
    sh(*(enum run_mode *)*state, "{ echo child; kill -KILL $$; } & wait");
    assert_string_equal(result.output, "child\n");
    assert_int_equal(result.status, 128 + SIGKILL);
}

/* The pid that text prints before it hangs. The deadline doubles until it is
 * late enough for that: on a busy machine no fixed time is. */
static pid_t pid_of_hanging(enum run_mode mode, const char *text)
{
    for (int deadline = 40; deadline < LONG; deadline *= 2) {
        sh_within(mode, text, deadline);
        if (strchr(result.output, '\n') != NULL)
            return (pid_t)strtol(result.output, NULL, 10);
    }
    fail_msg("%s", "it printed no pid");
    return -1;
}

static void the_deadline_ends_a_program(void **state)
{
    pid_t pid =
        pid_of_hanging(*(enum run_mode *)*state, "echo $$; exec sleep 600");

    assert_true(pid > 1);
    assert_non_null(result.reason);
    assert_true(gone(pid));
}

static void the_deadline_ends_a_child_in_the_background(void **state)
{
    pid_t pid =
        pid_of_hanging(*(enum run_mode *)*state, "sleep 600 & echo $!; wait");

    assert_true(pid > 1);
    assert_non_null(result.reason);
    assert_true(gone(pid));
}

static void the_deadline_ends_a_process_that_ignores_signals(void **state)
{
    pid_t pid = pid_of_hanging(*(enum run_mode *)*state,
                               "trap '' HUP INT TERM; sleep 600 & echo $!;"
                               "while :; do wait; done");

    assert_true(pid > 1);
    assert_non_null(result.reason);
    assert_true(gone(pid));
}

/* Start a process of this name in the background, and wait until it has it. */
#define SLEEP                                                                  \
    "sleep 600 > /dev/null 2>&1 < /dev/null & "                                \
    "until grep -q sleep /proc/$!/comm; do :; done; "

static void a_process_left_behind_is_named_and_ended(void **state)
{
    pid_t pid;

    sh(*(enum run_mode *)*state, "trap '' HUP; " SLEEP "echo $!; exit 3");
    pid = (pid_t)strtol(result.output, NULL, 10);
    assert_true(pid > 1);
    assert_string_equal(result.left, "sleep");
    assert_true(gone(pid));
    assert_int_equal(result.status, 3);
}

/* On a terminal the hangup may end it before the guardian sees it. */
static void a_process_that_the_hangup_ends_is_left_behind(void **state)
{
    for (int i = 0; i < 5; i++) {
        sh(RUN_TERMINAL, SLEEP "exit 3");
        assert_string_equal(result.left, "sleep");
    }
}

/* setsid is the last process of the program. */
static void a_process_that_left_the_session_is_named_and_ended(void **state)
{
    pid_t pid;

    sh(*(enum run_mode *)*state, "setsid sh -c '" SLEEP "echo $!'");
    pid = (pid_t)strtol(result.output, NULL, 10);
    assert_true(pid > 1);
    assert_string_equal(result.left, "sleep");
    assert_true(gone(pid));
}

static void a_program_that_waits_leaves_nothing_behind(void **state)
{
    sh(*(enum run_mode *)*state, "sleep 0 & sleep 0 & wait");
    assert_string_equal(result.left, "");
}

/* The guardian has to wait for it. */
static void an_orphan_that_has_ended_is_not_left_behind(void **state)
{
    sh(*(enum run_mode *)*state,
       "p=$(: > /dev/null & echo $!);"
       "until [ ! -e /proc/$p ] || grep -qs '^State:.Z' /proc/$p/status; "
       "do :; done");
    assert_string_equal(result.left, "");
}

/* The process itself ends the program, so that it is alive at that time. */
static void a_process_that_keeps_the_output_open_is_ended(void **state)
{
    pid_t pid;

    sh(*(enum run_mode *)*state,
       "export leader=$$; setsid sh -c "
       "'echo $$; kill -KILL $leader; exec sleep 20' & wait");
    pid = (pid_t)strtol(result.output, NULL, 10);
    assert_true(pid > 1);
    assert_string_not_equal(result.left, "");
    assert_true(gone(pid));
}

/* Whether it is gone or ends in time. */
static bool soon_gone(pid_t pid)
{
    for (int i = 0; i < LONG && !gone(pid); i++)
        usleep(1000);
    return gone(pid);
}

/* One process ignores the hangup, another has left the session. */
static void a_caller_that_is_killed_leaves_nothing(void **state)
{
    char *directory = scratch_make(), *text, *pids = NULL, *rest;
    int told[2], status;
    pid_t caller;

    assert_int_equal(pipe(told), 0);
    caller = fork();
    assert_int_not_equal(caller, -1);
    text = text_format("trap '' HUP TERM INT; sleep 600 & one=$!; "
                       "setsid sh -c 'sleep 600 & echo $! > two'; "
                       "echo $$ $one $(cat two) > pids; cat /proc/self/stat > "
                       "/proc/%d/fd/%d; wait",
                       (int)getpid(), told[1]);
    if (caller == 0) {
        const char *const argv[] = {"/bin/sh", "-c", text, NULL};
        struct run command = {*(enum run_mode *)*state, directory, argv, LONG,
                              NULL};

        run(&command, &result);
        _exit(1);
    }
    free(text);
    assert_int_equal(read(told[0], &status, 1), 1);
    kill(caller, SIGKILL);
    assert_int_equal(waitpid(caller, &status, 0), caller);
    pids = rest = get_file(directory, "pids");
    assert_non_null(pids);
    for (int i = 0; i < 3; i++) {
        pid_t pid = (pid_t)strtol(rest, &rest, 10);

        assert_true(pid > 1);
        assert_true(soon_gone(pid));
    }
    free(pids);
    close(told[0]);
    close(told[1]);
    scratch_remove(directory);
}

static void no_descriptor_and_no_child_is_left(void **state)
{
    const char *const nothing[] = {"no-such-program", NULL};
    int before = open_descriptors();

    sh(*(enum run_mode *)*state, ": & :");
    assert_int_equal(run_argv(*(enum run_mode *)*state, nothing), -1);
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void closed_standard_descriptors_do_not_matter(void **state)
{
    int status;
    pid_t pid = fork();

    assert_int_not_equal(pid, -1);
    if (pid == 0) {
        const char *const argv[] = {"/bin/sh", "-c", "echo 1; echo 2 >&2",
                                    NULL};
        const char *const nothing[] = {"no-such-program", NULL};
        const char *const cat[] = {"cat", NULL};
        struct run typed = {*(enum run_mode *)*state, "/", cat, LONG, NULL};
        struct program *program;
        bool good;

        close(0);
        close(1);
        close(2);
        good = run_argv(*(enum run_mode *)*state, argv) == 0 &&
               strcmp(result.output, "1\n2\n") == 0 &&
               run_argv(*(enum run_mode *)*state, nothing) == -1 &&
               errno == ENOENT && (program = run_start(&typed, true)) != NULL &&
               run_type(program, "3") == 0 && run_type(program, NULL) == 0 &&
               strcmp(run_follow(program, 0, -1)->output, "3\n") == 0;
        _exit(good ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void a_missing_program_is_enoent(void **state)
{
    const char *const argv[] = {"no-such-program", NULL};

    assert_int_equal(run_argv(*(enum run_mode *)*state, argv), -1);
    assert_int_equal(errno, ENOENT);
}

static struct program *start_typed(enum run_mode mode, const char *text)
{
    static const char *argv[] = {"/bin/sh", "-c", NULL, NULL};
    static struct run command;
    struct program *program;

    argv[2] = text;
    command = (struct run){mode, "/", argv, LONG, NULL};
    forget(NULL);
    program = run_start(&command, true);
    if (program == NULL)
        fail_msg("run_start: %s", strerror(errno));
    return program;
}

/* The guardian is its parent. */
static void a_guardian_that_is_killed_is_an_error(void **state)
{
    struct program *program =
        start_typed(*(enum run_mode *)*state,
                    "read -r x; kill -KILL $PPID; exec sleep 600");

    assert_int_equal(run_type(program, "go"), 0);
    run_follow(program, 0, -1);
    run_end(program, &result);
    assert_non_null(result.reason);
    assert_string_equal(result.reason,
                        "was ended, because its guardian was killed");
}

static void a_program_is_followed_step_by_step(void **state)
{
    struct program *program =
        start_typed(*(enum run_mode *)*state, "echo one; cat; exit 3");
    const struct run_result *now = run_follow(program, 0, 1);

    assert_false(now->ended);
    assert_string_equal(now->output, "one\n");
    assert_int_equal(run_type(program, "two"), 0);
    now = run_follow(program, 4, 1);
    assert_false(now->ended);
    assert_string_equal(now->output, "one\ntwo\n");
    assert_int_equal(run_type(program, NULL), 0);
    now = run_follow(program, 8, -1);
    assert_true(now->ended);
    run_end(program, &result);
    assert_string_equal(result.output, "one\ntwo\n");
    assert_int_equal(result.status, 3);
    assert_null(result.reason);
    assert_string_equal(result.left, "");
}

static void a_program_that_waits_can_be_ended(void **state)
{
    struct program *program =
        start_typed(*(enum run_mode *)*state, "sleep 600 & echo $!; exec cat");
    pid_t pid;

    run_follow(program, 0, 1);
    run_end(program, &result);
    pid = (pid_t)strtol(result.output, NULL, 10);
    assert_true(pid > 1);
    assert_true(gone(pid));
    assert_true(result.ended);
    assert_non_null(result.reason);
}

static void a_program_that_has_ended_is_not_followed(void **state)
{
    struct program *program = start_typed(*(enum run_mode *)*state, "echo x");

    assert_true(run_follow(program, 0, -1)->ended);
    assert_string_equal(run_follow(program, 0, 5)->output, "x\n");
    assert_int_equal(run_type(program, "nobody"), 0);
    assert_int_equal(run_type(program, NULL), 0);
    run_end(program, NULL);
}

/* A typed line arrives before run_type() returns. */
static void a_process_that_was_just_woken_up_does_not_sleep(void **state)
{
    struct program *program = start_typed(
        *(enum run_mode *)*state,
        "while read -r x; do n=$(printf '%s' \"$x\"); last=$n; done; "
        "echo $last");
    char text[16];

    for (int i = 0; i < 20; i++) {
        snprintf(text, sizeof text, "%d", i);
        assert_int_equal(run_type(program, text), 0);
        assert_false(run_follow(program, 0, 0)->ended);
    }
    assert_int_equal(run_type(program, NULL), 0);
    assert_string_equal(run_follow(program, 0, -1)->output, "19\n");
    run_end(program, NULL);
}

static void typing_without_a_reader_does_not_hang(void **state)
{
    struct program *program =
        start_typed(*(enum run_mode *)*state, "exec sleep 600");
    char line[4001] = {0};
    int typed = 0;

    memset(line, 'x', sizeof line - 1);
    for (int i = 0; i < 20 && typed == 0; i++)
        typed = run_type(program, line);
    assert_int_equal(typed, -1);
    assert_int_equal(errno, EAGAIN);
    run_end(program, NULL);
}

/* Limit the number of descriptors. */
static void leave_room(rlim_t descriptors)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur =
        descriptors < limit.rlim_max ? descriptors : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void have_room(void)
{
    leave_room(RLIM_INFINITY);
}

/* There is room for no descriptor, for one, for two, and so on. */
static void without_room_for_a_descriptor_nothing_starts(void **state)
{
    static const char *const argv[] = {"true", NULL};
    struct run command = {*(enum run_mode *)*state, "/", argv, LONG, NULL};
    struct program *program = NULL;
    int before = open_descriptors(), room = 3;

    for (; program == NULL; room++) {
        int error;

        leave_room((rlim_t)room);
        program = run_start(&command, true);
        error = errno;
        have_room();
        if (program == NULL) {
            assert_int_equal(error, EMFILE);
            assert_int_equal(open_descriptors(), before);
            assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
        }
    }
    run_end(program, NULL);
    assert_int_equal(open_descriptors(), before);
    assert_true(room > 4);
}

/* These tests have a fixed mode. */

/* ^S stops the output of a terminal. */
static void stopped_output_does_not_hang(void **state)
{
    struct program *program =
        start_typed(RUN_TERMINAL, "echo before; read -r x; exit 3");

    run_follow(program, 0, 1);
    assert_int_equal(run_type(program, "\023"), 0);
    run_follow(program, 0, -1);
    run_end(program, &result);
    assert_string_equal(result.output, "before\n");
    assert_int_equal(result.error, 0);
    assert_int_equal(result.status, 3);
}

/* A program may leave the terminal in any mode. */
static void the_mode_of_a_terminal_does_not_matter_at_the_end(void **state)
{
    sh(RUN_TERMINAL, "stty opost olcuc ocrnl onocr echo raw -parmrk istrip; "
                     "printf 'x\\t1234'");
    assert_int_equal(result.error, 0);
    assert_string_equal(result.output, "x\t1234");
    sh(RUN_TERMINAL, "stty opost olcuc ocrnl tab3; printf 'x\\t1234'");
    assert_string_equal(result.output, "X       1234");
}

/* Without /proc, nothing says whether processes sleep. */
static void an_unreadable_proc_is_an_error(void **state)
{
    int said = memfd_create("said", MFD_CLOEXEC), status;
    char text[64] = "";
    pid_t pid;

    assert_int_not_equal(said, -1);
    fflush(NULL);
    pid = fork();
    assert_int_not_equal(pid, -1);
    if (pid == 0) {
        struct program *program = start_typed(RUN_PIPE, "exec sleep 600");

        dup2(said, STDERR_FILENO);
        atexit(have_room);
        leave_room(3);
        run_follow(program, 0, 0);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(pread(said, text, sizeof text - 1, 0) > 0);
    close(said);
    assert_int_equal(status, 1 << 8);
    assert_contains(text, ": /proc: Too many open files\n");
}

static void a_program_cannot_lift_the_limit_of_output(void **state)
{
    sh_within(RUN_FILE, "ulimit -f unlimited; head -c 20000000 /dev/zero",
              LONG);
    assert_non_null(result.reason);
    assert_string_equal(result.reason, "printed too much");
    assert_true(result.length > RUN_OUTPUT_MAX && result.length < 20000000);
}

#define USUAL_PATH                                                             \
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static void without_a_path_the_program_has_the_usual_one(void **state)
{
    char *path = text_copy(getenv("PATH"), strlen(getenv("PATH")));

    unsetenv("PATH");
    sh(RUN_PIPE, "echo \"<${PATH-none}>\"");
    setenv("PATH", path, 1);
    free(path);
    assert_string_equal(result.output, "<" USUAL_PATH ">\n");
}

/* argv[0] is found in a folder that only our PATH has; in the PATH of the
 * program this folder comes after the usual ones. */
static void the_path_of_the_caller_comes_last(void **state)
{
    char *directory = scratch_make(), *expected,
         *path = text_copy(getenv("PATH"), strlen(getenv("PATH")));
    struct ended made = shell(directory, "printf '#!/bin/sh\\necho $PATH; "
                                         "ls /dev/null\\n' > ls; "
                                         "cp ls here; chmod +x ls here");
    const char *const argv[] = {"here", NULL};

    assert_int_equal(made.status, 0);
    ended_free(&made);
    expected = text_format(USUAL_PATH ":%s\n/dev/null\n", directory);
    setenv("PATH", directory, 1);
    assert_int_equal(run_argv(RUN_PIPE, argv), 0);
    setenv("PATH", path, 1);
    assert_string_equal(result.output, expected);
    free(expected);
    free(path);
    scratch_remove(directory);
}

static void directories_that_cannot_be_searched_are_left_out(void **state)
{
    char *path = text_copy(getenv("PATH"), strlen(getenv("PATH")));

    setenv("PATH", "here:/nowhere::/usr/bin", 1);
    sh(RUN_PIPE, "echo $PATH");
    setenv("PATH", path, 1);
    free(path);
    assert_string_equal(result.output, USUAL_PATH ":/usr/bin\n");
}

static void a_directory_cannot_be_executed(void **state)
{
    const char *const argv[] = {"/proc", NULL};

    assert_int_equal(run_argv(RUN_PIPE, argv), -1);
    assert_int_equal(errno, EACCES);
}

static void a_missing_directory_is_enoent(void **state)
{
    const char *const argv[] = {"true", NULL};
    struct run command = {RUN_PIPE, "/no/such/directory", argv, LONG, NULL};

    assert_int_equal(run(&command, &result), -1);
    assert_int_equal(errno, ENOENT);
}

static void a_program_runs_in_its_directory(void **state)
{
    char *directory = scratch_make();
    const char *const argv[] = {"/bin/pwd", "-P", NULL};
    struct run command = {RUN_PIPE, directory, argv, LONG, NULL};

    assert_int_equal(run(&command, &result), 0);
    result.output[strcspn(result.output, "\n")] = '\0';
    assert_string_equal(result.output, directory);
    scratch_remove(directory);
}

static void a_relative_directory_is_relative_to_the_caller(void **state)
{
    char *directory = scratch_make();
    const char *const argv[] = {"/bin/pwd", "-P", NULL};
    struct run command = {RUN_PIPE, "build/tests", argv, LONG, NULL};

    assert_int_equal(run(&command, &result), 0);
    *strrchr(directory, '/') = '\0';
    result.output[strcspn(result.output, "\n")] = '\0';
    assert_string_equal(result.output, directory);
    directory[strlen(directory)] = '/';
    scratch_remove(directory);
}

static void the_environment_is_fixed(void **state)
{
    const char *const argv[] = {"env", NULL};
    char *expected = text_format("PATH=" USUAL_PATH ":%s\nLC_ALL=C\nTZ=UTC\n"
                                 "TERM=dumb\nHOME=/\n",
                                 getenv("PATH"));

    setenv("STRANGER", "x", 1);
    setenv("LC_ALL", "ko_KR.UTF-8", 1);
    assert_int_equal(run_argv(RUN_PIPE, argv), 0);
    unsetenv("STRANGER");
    unsetenv("LC_ALL");
    assert_string_equal(result.output, expected);
    free(expected);
}

static void the_umask_is_022(void **state)
{
    mode_t mask = umask(077);

    sh(RUN_PIPE, "umask");
    assert_int_equal(umask(mask), 077);
    assert_string_equal(result.output, "0022\n");
}

/* Ignore a signal by the system call, which allows it also for those that the C
 * library keeps for itself. */
static void ignore(int number, bool really)
{
    unsigned long action[16] = {really ? (unsigned long)SIG_IGN : 0};

    syscall(SYS_rt_sigaction, (long)number, (long)action, 0L, (NSIG - 1) / 8L);
}

static void no_signal_is_ignored_or_blocked(void **state)
{
    const char *const argv[] = {"grep", "-E", "^Sig(Blk|Ign)",
                                "/proc/self/status", NULL};
    static const int numbers[] = {SIGPIPE, SIGCHLD, SIGHUP, 32, 33, 64};
    sigset_t usr1, old;
    int done;

    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, &old);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        ignore(numbers[i], true);
    done = run_argv(RUN_PIPE, argv);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        ignore(numbers[i], false);
    sigprocmask(SIG_SETMASK, &old, NULL);
    assert_int_equal(done, 0);
    assert_string_equal(result.output, "SigBlk:\t0000000000000000\n"
                                       "SigIgn:\t0000000000000000\n");
}

/* Descriptors of the caller, with the highest one that it may have. */
static void expect_no_other_descriptor(enum run_mode mode)
{
    int high = fcntl(0, F_DUPFD, 3), highest = fcntl(0, F_DUPFD, 900);

    assert_true(high > 2 && highest >= 900);
    /* The shell opens none; ls has one for the directory. */
    sh(mode, "ls -1 /proc/self/fd; ls -1 /proc/$$/fd");
    close(high);
    close(highest);
    assert_string_equal(result.output, "0\n1\n2\n3\n0\n1\n2\n");
}

static void a_program_has_three_descriptors(void **state)
{
    expect_no_other_descriptor(*(enum run_mode *)*state);
}

static void an_old_kernel_can_close_descriptors(void **state)
{
    without_close_range = true;
    expect_no_other_descriptor(*(enum run_mode *)*state);
    without_close_range = false;
}

/* The soft limits and the nice value of a program, to be freed. Its caller is a
 * child of the test, which lowers its own limits and priority if low. */
static char *limits_of_a_program(bool low)
{
    /* AddressSanitizer takes 20 TiB of address space. */
    const rlim_t memory = (rlim_t)1 << 46;
    const struct {
        int resource;
        rlim_t soft;
    } lowered[] = {{RLIMIT_CORE, 1 << 20}, {RLIMIT_CPU, 100},
                   {RLIMIT_DATA, memory},  {RLIMIT_FSIZE, 1024},
                   {RLIMIT_NOFILE, 100},   {RLIMIT_STACK, 1 << 20},
                   {RLIMIT_AS, memory},    {RLIMIT_MEMLOCK, 4096}};
    int told = memfd_create("told", MFD_CLOEXEC), status;
    char text[4096] = "";
    pid_t pid;

    assert_int_not_equal(told, -1);
    pid = fork();
    assert_int_not_equal(pid, -1);
    if (pid == 0) {
        const char *const argv[] = {
            "/bin/sh", "-c",
            "tail -n +2 /proc/$$/limits | grep -v -e processes -e pending | "
            "cut -c 1-47; cut -d ' ' -f 19 /proc/$$/stat",
            NULL};

        for (size_t i = 0; low && i < sizeof lowered / sizeof *lowered; i++) {
            struct rlimit limit;

            getrlimit(lowered[i].resource, &limit);
            limit.rlim_cur = lowered[i].soft;
            setrlimit(lowered[i].resource, &limit);
        }
        if (low)
            setpriority(PRIO_PROCESS, 0, 5);
        if (run_argv(RUN_PIPE, argv) == 0)
            pwrite(told, result.output, result.length, 0);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(pread(told, text, sizeof text - 1, 0) > 0);
    close(told);
    return text_copy(text, strlen(text));
}

static void cut_last_line(char *text)
{
    *strrchr(text, '\n') = '\0';
    *strrchr(text, '\n') = '\0';
}

static void limits_do_not_depend_on_the_caller(void **state)
{
    char *plain = limits_of_a_program(false), *low = limits_of_a_program(true);

    /* Lowering the nice value, the last line, needs a privilege. */
    if (geteuid() != 0) {
        cut_last_line(plain);
        cut_last_line(low);
    }
    assert_contains(plain, "Max file size             unlimited");
    assert_contains(plain, "Max open files            1024");
    assert_contains(plain, "Max core file size        0 ");
    assert_contains(plain, "Max stack size            8388608");
    assert_string_equal(plain, low);
    free(plain);
    free(low);
}

static void a_program_leads_a_session_of_its_own(void **state)
{
    pid_t pid, group, session;

    /* Fields of proc(5): pid, name, state, parent, group, session. */
    sh(RUN_PIPE, "read -r p n s f g sid rest < /proc/$$/stat; echo $$ $g $sid");
    assert_int_equal(sscanf(result.output, "%d %d %d", &pid, &group, &session),
                     3);
    assert_int_equal(group, pid);
    assert_int_equal(session, pid);
}

static void standard_input_is_empty_without_a_terminal(void **state)
{
    sh(*(enum run_mode *)*state, "readlink /proc/self/fd/0; cat");
    assert_string_equal(result.output, "/dev/null\n");
}

static void standard_input_is_the_terminal(void **state)
{
    sh(RUN_TERMINAL, "tty; test \"$(tty)\" = \"$(readlink /proc/self/fd/2)\"");
    assert_int_equal(result.status, 0);
    assert_memory_equal(result.output, "/dev/pts/", 9);
}

static void the_terminal_controls_the_session(void **state)
{
    sh(RUN_TERMINAL, "echo x > /dev/tty");
    assert_string_equal(result.output, "x\n");
}

static void the_terminal_has_24_lines_of_80_columns(void **state)
{
    sh(RUN_TERMINAL, "stty size");
    assert_string_equal(result.output, "24 80\n");
}

static void add_for(struct tests *tests, enum run_mode *mode)
{
#define IN(test)                                                               \
    add_test(tests, test, mode, "%s (%s)", #test,                              \
             mode == &terminal ? "terminal"                                    \
             : mode == &file   ? "file"                                        \
                               : "pipe")
    IN(both_outputs_come_in_their_order);
    IN(the_exit_status_is_kept);
    IN(a_signal_is_128_and_its_number);
    IN(lines_end_without_a_carriage_return);
    IN(only_a_terminal_is_one);
    IN(output_goes_to_the_place_of_the_mode);
    IN(large_output_is_complete);
    IN(a_null_byte_does_not_end_the_output);
    IN(a_silent_program_has_empty_output);
    IN(output_of_a_child_is_kept_when_its_parent_dies);
    IN(the_deadline_ends_a_program);
    IN(the_deadline_ends_a_child_in_the_background);
    IN(the_deadline_ends_a_process_that_ignores_signals);
    IN(a_process_left_behind_is_named_and_ended);
    IN(a_process_that_left_the_session_is_named_and_ended);
    IN(a_process_that_keeps_the_output_open_is_ended);
    IN(a_caller_that_is_killed_leaves_nothing);
    IN(a_guardian_that_is_killed_is_an_error);
    IN(a_program_has_three_descriptors);
    IN(an_old_kernel_can_close_descriptors);
    IN(the_last_output_is_complete);
    IN(output_that_cannot_be_read_is_an_error);
    IN(a_program_that_waits_leaves_nothing_behind);
    IN(an_orphan_that_has_ended_is_not_left_behind);
    IN(no_descriptor_and_no_child_is_left);
    IN(closed_standard_descriptors_do_not_matter);
    IN(a_missing_program_is_enoent);
    IN(a_program_is_followed_step_by_step);
    IN(a_program_that_waits_can_be_ended);
    IN(a_program_that_has_ended_is_not_followed);
    IN(a_process_that_was_just_woken_up_does_not_sleep);
    IN(typing_without_a_reader_does_not_hang);
    IN(without_room_for_a_descriptor_nothing_starts);
    if (mode != &terminal)
        IN(standard_input_is_empty_without_a_terminal);
#undef IN
}

int main(void)
{
    /* A directory in PATH that cannot be searched would turn ENOENT into
     * EACCES (execvp(3)). */
    setenv("PATH", "/usr/bin:/bin", 1);
    struct tests tests = {.teardown = forget};

    add_for(&tests, &terminal);
    add_for(&tests, &pipe_mode);
    add_for(&tests, &file);
    ADD(&tests, standard_input_is_the_terminal);
    ADD(&tests, the_terminal_controls_the_session);
    ADD(&tests, the_terminal_has_24_lines_of_80_columns);
    ADD(&tests, a_process_that_the_hangup_ends_is_left_behind);
    ADD(&tests, stopped_output_does_not_hang);
    ADD(&tests, the_mode_of_a_terminal_does_not_matter_at_the_end);
    ADD(&tests, the_path_of_the_caller_comes_last);
    ADD(&tests, directories_that_cannot_be_searched_are_left_out);
    ADD(&tests, limits_do_not_depend_on_the_caller);
    ADD(&tests, an_unreadable_proc_is_an_error);
    ADD(&tests, a_program_cannot_lift_the_limit_of_output);
    ADD(&tests, without_a_path_the_program_has_the_usual_one);
    ADD(&tests, a_directory_cannot_be_executed);
    ADD(&tests, a_missing_directory_is_enoent);
    ADD(&tests, a_program_runs_in_its_directory);
    ADD(&tests, a_relative_directory_is_relative_to_the_caller);
    ADD(&tests, the_environment_is_fixed);
    ADD(&tests, the_umask_is_022);
    ADD(&tests, no_signal_is_ignored_or_blocked);
    ADD(&tests, a_program_leads_a_session_of_its_own);
    return run_all("run", &tests, NULL, NULL);
}
