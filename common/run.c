#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "memory.h"
#include "process.h"
#include "sleep.h"

enum { LONGEST_PAUSE = 16 }; /* milliseconds */
static const char too_much[] = "printed too much";

struct program {
    struct run run;
    struct output output;
    struct child child;
    int in; /* the side of its standard input where we type, or -1 */
    struct run_result result;
    char *look; /* the last one at its processes: see session_sleeps() */
};

/* Milliseconds that are left until the deadline; 0 when it is over. */
static int left(const struct timespec *begin, int deadline)
{
    struct timespec now;
    long long passed;

    clock_gettime(CLOCK_MONOTONIC, &now);
    passed = (now.tv_sec - begin->tv_sec) * 1000LL +
             (now.tv_nsec - begin->tv_nsec) / 1000000;
    return passed < deadline ? (int)(deadline - passed) : 0;
}

/* Whether so many lines are in the output after its first offset bytes; the
 * last one may lack its newline. */
static bool has_lines(const struct program *p, size_t offset, long lines)
{
    for (const char *at = p->output.text + offset; *at != '\0'; lines--)
        at += strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n');
    return lines <= 0;
}

/* Wait so many milliseconds for output or for the end of the program. Take all
 * output from a file; from a terminal or a pipe, take one piece. Returns
 * whether there was any. */
static bool take_within(struct program *p, int wait)
{
    bool file = p->run.mode == RUN_FILE, closed = p->output.ended;
    struct pollfd polls[] = {
        {.fd = p->child.end, .events = POLLIN},
        {.fd = file || closed ? -1 : p->output.ours, .events = POLLIN}};
    int n = poll(polls, 2, wait);
    bool taken = false;

    if (file)
        while (output_take(&p->output, &p->result.error))
            taken = true;
    else if (n > 0 && polls[1].revents != 0)
        taken = output_take(&p->output, &p->result.error);
    return taken;
}

static bool has_ended(const struct program *p)
{
    return poll(&(struct pollfd){.fd = p->child.end, .events = POLLIN}, 1, 0) ==
           1;
}

/* Take output until the program has ended or, if lines is not negative, waits.
 * Returns whether it is over; then *reason is why it has to be ended, or NULL
 * if it has ended. */
static bool follow(struct program *p, size_t offset, long lines,
                   const char **reason)
{
    const volatile sig_atomic_t *stop = p->run.stop;
    struct timespec begin;
    bool enough = false, quiet = false;
    int pause = 1; /* milliseconds between two looks at the processes */

    clock_gettime(CLOCK_MONOTONIC, &begin);
    free(p->look);
    p->look = NULL;
    for (*reason = NULL;;) {
        int wait = left(&begin, p->run.deadline);

        if (p->result.error != 0)
            *reason = "has output that cannot be read";
        else if (wait == 0)
            *reason = lines < 0 ? "did not end in time"
                      : enough  ? "did not come to wait in time"
                                : "did not print in time what is expected";
        else if (stop != NULL && *stop != 0)
            *reason = "was interrupted";
        else if (p->output.length > OUTPUT_MAX)
            *reason = too_much;
        if (*reason != NULL || has_ended(p))
            return true;
        enough = enough || (lines >= 0 && has_lines(p, offset, lines));
        /* poll(2) waits for the worker of the kernel that carries output
         * through a terminal. So all output from before the sleep is there. */
        if (enough && quiet && session_sleeps(p->child.pid, &p->look) &&
            !take_within(p, 0) && p->result.error == 0)
            return false;
        /* A signal that comes between that check and poll(2) does not end
         * poll(2); so look again soon. */
        if (stop != NULL && wait > 100)
            wait = 100;
        /* A look reads all of /proc. So the pause grows while nothing comes. */
        if ((enough || (lines >= 0 && p->run.mode == RUN_FILE)) && wait > pause)
            wait = pause;
        quiet = !take_within(p, wait);
        pause = !quiet ? 1 : pause < LONGEST_PAUSE ? 2 * pause : pause;
    }
}

/* Stop the program if there is a reason, wait for its end, and keep its status
 * and the rest of its output. */
static void finish(struct program *p, const char *reason)
{
    struct run_result *result = &p->result;
    struct child_end end;
    int error;

    if (reason != NULL)
        child_stop(&p->child, p->run.stop != NULL && *p->run.stop != 0);
    if (child_wait(&p->child, &end) == -1 && reason == NULL)
        reason = "was ended, because its guardian was killed";
    result->ended = true;
    result->status = end.status;
    memcpy(result->left, end.left, sizeof result->left);
    error = output_finish(&p->output);
    if (result->error == 0)
        result->error = error;
    if (p->output.length > OUTPUT_MAX && reason == NULL)
        reason = too_much;
    result->reason = reason;
}

/* Close and free what a program has; its output stays. */
static void release(struct program *p)
{
    int error = errno;

    output_close(&p->output);
    if (p->in != -1)
        close(p->in);
    free(p->look);
    errno = error;
}

/* Start the program with all that it needs. Returns 0, or -1 with errno set. */
static int set_up(struct program *p, bool typed)
{
    bool terminal = p->run.mode == RUN_TERMINAL;
    int ends[2] = {-1, -1}, result, error;

    if (output_open(&p->output, p->run.mode) == -1)
        return -1;
    if (typed && !terminal) {
        if (pipe2(ends, O_CLOEXEC) == -1)
            return -1;
        p->in = ends[1];
        /* Typing must not hang where nothing reads. */
        fcntl(p->in, F_SETFL, O_NONBLOCK);
    }
    result = child_start(
        &p->child, &(struct child_program){
                       .argv = p->run.argv,
                       .directory = p->run.directory,
                       .in = terminal ? p->output.program : ends[0],
                       .out = p->output.program,
                       .terminal = terminal,
                       /* Only a file is not read while the program runs. */
                       .most = p->run.mode == RUN_FILE ? OUTPUT_MAX : 0});
    error = errno;
    if (ends[0] != -1)
        close(ends[0]);
    errno = error;
    return result;
}

struct program *run_start(const struct run *run, bool typed)
{
    struct program *p = array_grow(NULL, 0, sizeof *p);

    *p = (struct program){.run = *run, .in = -1};
    if (set_up(p, typed) == -1) {
        release(p);
        free(p->output.text);
        free(p);
        return NULL;
    }
    output_started(&p->output);
    return p;
}

int run_type(struct program *program, const char *line)
{
    bool terminal = program->run.mode == RUN_TERMINAL;
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    char *text =
        line == NULL ? text_copy("\004", 1) : text_format("%s\n", line);
    int result = 0;

    if (terminal) {
        result = file_write(program->output.ours, text, strlen(text));
        output_let_arrive(&program->output);
    } else if (line != NULL) {
        result = file_write(program->in, text, strlen(text));
        if (result == -1 && errno == EPIPE)
            result = 0;
    } else {
        close(program->in);
        program->in = -1;
    }
    free(text);
    signal(SIGPIPE, before);
    return result;
}

const struct run_result *run_follow(struct program *program, size_t offset,
                                    long lines)
{
    const char *reason;

    if (!program->result.ended && follow(program, offset, lines, &reason))
        finish(program, reason);
    program->result.output = program->output.text;
    program->result.length = program->output.length;
    return &program->result;
}

void run_end(struct program *program, struct run_result *result)
{
    if (!program->result.ended)
        finish(program, "was ended");
    release(program);
    program->result.output = program->output.text;
    program->result.length = program->output.length;
    if (result != NULL)
        *result = program->result;
    else
        free(program->output.text);
    free(program);
}

int run(const struct run *run, struct run_result *result)
{
    struct program *program = run_start(run, false);

    *result = (struct run_result){0};
    if (program == NULL)
        return -1;
    run_follow(program, 0, -1);
    run_end(program, result);
    return 0;
}
