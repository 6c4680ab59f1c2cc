/* judge - judges a program that a learner wrote for an exercise.
 *
 * Usage: judge [-d MS] [-i INJECT] [-b PROGRAMS] EXERCISE PROGRAM
 *
 * EXERCISE is the folder of the exercise: chapters/NAME/exercises/EX. PROGRAM
 * is the compiled program, with the name EX, in a folder of its own. The judge
 * runs the transcript EXERCISE/EX.console, in which ./EX is that program,
 * beside the programs of the book, in PROGRAMS (default: build/bin). Each block
 * of the transcript gets MS milliseconds (5000). inject (build/tests/inject)
 * traces the program, and the judge checks the lines of EXERCISE/rules:
 *
 *   no sleep       no call that only lets time pass, and no run of sleep(1)
 *   no zombie      each process waits for its children before it ends
 *   no leak        a file that the program executes inherits descriptors 0, 1
 *                  and 2 only
 *   no busy-loop   no call fails or transfers nothing again and again, and no
 *                  poll() returns again and again with no other call between
 *   fault CALL WHAT
 *                  the transcript runs again, and the fault hits each CALL: see
 *                  inject.c. error=NAME hits the first, the third and so on.
 *
 * "#" begins a comment. Prints what is wrong, for people, on standard output.
 * The exit status is 0 if the program is right, 1 if it is not, and 2 with a
 * message on standard error if it cannot be judged. */
#include <err.h>
#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "../common/sandbox.h"
#include "../common/session.h"

enum {
    RIGHT,
    WRONG,
    UNJUDGED,
    DEADLINE = 5000, /* milliseconds */
    /* A call may fail or transfer nothing so often. */
    PATIENCE = 50,
    /* All of it fits on a screen. */
    REPORT_LINES = 9,
    WHERE_LINES = 6,
    RULE_LINES = 4,
};

#define COPY(text) text_copy((text), strlen(text))

/* What is judged. */
static const char *programs = "build/bin", *injector = "build/tests/inject";
static int deadline = DEADLINE;
static char *exercise, *name, *program_folder, *scratch;
static struct transcript *transcript;

/* The rules. */
struct fault {
    char *call, *what;
    char *spec; /* for inject */
};
static bool no_sleep, no_zombie, no_leak, no_busy_loop;
static struct fault *faults;
static size_t nfaults;
static const struct fault *current; /* or NULL */

static volatile sig_atomic_t stopped; /* the signal that interrupts us, or 0 */

static void note_signal(int signal_number)
{
    stopped = signal_number;
}

/* The rules. -------------------------------------------------------------- */

static void add_rule(const char *path, int number, char *line)
{
    static const struct {
        const char *name;
        bool *rule;
    } rules[] = {{"no sleep", &no_sleep},
                 {"no zombie", &no_zombie},
                 {"no leak", &no_leak},
                 {"no busy-loop", &no_busy_loop}};
    char first[16] = "", second[64] = "", third[64] = "", rest[2], rule[80];
    int n;

    line[strcspn(line, "#")] = '\0';
    n = sscanf(line, "%15s %63s %63s %1s", first, second, third, rest);
    if (n <= 0)
        return;
    snprintf(rule, sizeof rule, "%s %s", first, second);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (n == 2 && strcmp(rule, rules[i].name) == 0) {
            *rules[i].rule = true;
            return;
        }
    if (n != 3 || strcmp(first, "fault") != 0)
        errx(UNJUDGED,
             "%s:%d: this is not a rule: write \"no sleep\", \"no zombie\", "
             "\"no leak\", \"no busy-loop\" or \"fault CALL WHAT\"",
             path, number);
    faults = array_grow(faults, nfaults, sizeof *faults);
    faults[nfaults++] = (struct fault){
        COPY(second), COPY(third),
        text_format("*:*:%s:%s:%s", second,
                    text_begins(third, "error=") ? "odd" : "*", third)};
}

static void read_rules(void)
{
    char *path = text_format("%s/rules", exercise);
    char *text = file_read(path, NULL), *rest = text, *line;
    int number = 0;

    if (text == NULL && errno != ENOENT)
        err(UNJUDGED, "%s", path);
    while (rest != NULL && (line = strsep(&rest, "\n")) != NULL)
        add_rule(path, ++number, line);
    free(text);
    free(path);
}

/* The trace. -------------------------------------------------------------- */

/* The words of a line of the trace, which this changes, without its first one.
 */
enum { WORDS = 8 };
static void split(char *line, char *words[WORDS])
{
    for (int i = 0; i < WORDS; i++)
        words[i] = line == NULL ? "" : strsep(&line, "\t");
}

/* What people call a process, from its number and that of the process that
 * began the program: "./EX", "child 2 of ./EX". The caller frees it. */
static char *called(const char *top, const char *process)
{
    const char *children;
    char *text = text_format("./%s", name);

    if (!text_begins(process, top))
        return text;
    children = process + strlen(top);
    while (*children == '.') {
        int length = (int)strcspn(children + 1, ".");
        char *longer =
            text_format("child %.*s of %s", length, children + 1, text);

        free(text);
        text = longer;
        children += 1 + length;
    }
    return text;
}

static void append(char **text, const char *line)
{
    char *longer = text_format("%s%s", *text == NULL ? "" : *text, line);

    free(*text);
    *text = longer;
}

/* The messages of the rules that were broken, each once. */
static char *broken;

static void break_rule(const char *top, const char *process, const char *rule,
                       const char *what)
{
    char *who = called(top, process);
    char *line = text_format("rule \"%s\": %s: %s\n", rule, who, what);

    if (broken == NULL || strstr(broken, line) == NULL)
        append(&broken, line);
    free(line);
    free(who);
}

/* Where the processes were when four fifths of the deadline had passed since
 * their command began. */
static char *where;

static void note_where(char *line)
{
    append(&where, line);
    free(line);
}

/* Calls of a process that failed or transferred nothing. The call "" counts the
 * latest calls of a process if all of them only waited for descriptors. */
static struct idle {
    char *process, *call;
    int n;
} * idle;
static size_t nidle;

#define IS_ONE_OF(name, names)                                                 \
    is_one_of((name), (names), sizeof(names) / sizeof *(names))
static bool is_one_of(const char *call, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(call, names[i]) == 0)
            return true;
    return false;
}

/* Calls that only wait for descriptors. */
static const char *const polls[] = {"poll",     "ppoll",       "select",
                                    "pselect6", "epoll_pwait", "epoll_wait"};

/* Whether a call with this result has to be made again. */
static bool is_idle(const char *call, long result)
{
    static const char *const waits[] = {"read", "wait4"};
    /* malloc() tries these, and takes other memory if they fail. */
    static const char *const memory[] = {"brk", "mmap", "mmap2", "mremap"};

    if (strcmp(call, "sched_yield") == 0)
        return true;
    if (result == 0)
        return IS_ONE_OF(call, waits) || IS_ONE_OF(call, polls);
    return result < 0 && result != -EINTR && !IS_ONE_OF(call, memory);
}

/* The entry of a call of a process; a new one has a count of 0. */
static struct idle *idle_of(const char *process, const char *call)
{
    for (size_t i = 0; i < nidle; i++)
        if (strcmp(idle[i].process, process) == 0 &&
            strcmp(idle[i].call, call) == 0)
            return &idle[i];
    idle = array_grow(idle, nidle, sizeof *idle);
    idle[nidle] = (struct idle){COPY(process), COPY(call), 0};
    return &idle[nidle++];
}

static void note_call(const char *top, const char *process, const char *call,
                      const char *result)
{
    struct idle *turn;
    char *what;

    if (!no_busy_loop || *result == '?')
        return;
    turn = idle_of(process, "");
    turn->n = IS_ONE_OF(call, polls) ? turn->n + 1 : 0;
    if (turn->n == PATIENCE + 1) {
        what = text_format("%s() returned more than %d times in turn: after "
                           "each, read, write or close a descriptor",
                           call, PATIENCE);
        break_rule(top, process, "no busy-loop", what);
        free(what);
    }
    if (!is_idle(call, strtol(result, NULL, 10)) ||
        ++idle_of(process, call)->n != PATIENCE + 1)
        return;
    what = text_format("%s() failed or brought nothing more than %d times: "
                       "wait in a call that blocks",
                       call, PATIENCE);
    break_rule(top, process, "no busy-loop", what);
    free(what);
}

/* Check a line of the trace. */
static void check_line(char *line)
{
    char *words[WORDS], *what = NULL;
    const char *rule = NULL, *kind, *top, *process;

    split(line, words);
    kind = words[0];
    top = words[1];
    process = words[2];
    if (strcmp(kind, "call") == 0) {
        note_call(top, process, words[4], words[6]);
    } else if (strcmp(kind, "delay") == 0 && no_sleep) {
        rule = "no sleep";
        what = text_format("it calls %s(): wait for the event, not for time",
                           words[4]);
    } else if (strcmp(kind, "runs") == 0 && no_sleep) {
        if (strcmp(basename(words[3]), "sleep") == 0) {
            rule = "no sleep";
            what = text_format("it runs sleep(1): wait for the event, not for "
                               "time");
        }
    } else if (strcmp(kind, "inherits") == 0 && no_leak) {
        rule = "no leak";
        what = text_format(
            "the program \"%s\" inherits descriptor %s, %s: close it, or make "
            "it with O_CLOEXEC",
            basename(words[3]), words[4], words[5]);
    } else if (strcmp(kind, "child") == 0 && no_zombie) {
        char *child = called(top, words[3]);

        rule = "no zombie";
        what = text_format("it ends and has not waited for %s: a child is a "
                           "zombie until waitpid()",
                           child);
        free(child);
    } else if (strcmp(kind, "where") == 0) {
        char *who = called(top, process);

        if (strcmp(words[3], "-") == 0)
            note_where(text_format("%s runs, in no system call\n", who));
        else if (strcmp(words[4], "-") == 0)
            note_where(text_format("%s is in %s()\n", who, words[3]));
        else
            note_where(text_format("%s is in %s(%s), on %s\n", who, words[3],
                                   words[4], words[5]));
        free(who);
    } else if (strcmp(kind, "holds") == 0) {
        char *who = called(top, process);

        note_where(text_format("  its other end is open in %s, as %s\n", who,
                               words[3]));
        free(who);
    } else if (strcmp(kind, "many") == 0) {
        what = text_format("./%s made too many processes, so all were ended\n",
                           name);
        free(broken);
        broken = what;
        return;
    }
    if (rule != NULL)
        break_rule(top, process, rule, what);
    free(what);
}

static void check_trace(const char *folder)
{
    for (size_t i = 0; i < transcript->ncommands; i++) {
        char *path = text_format("%s/%zu", folder, i);
        char *text = file_read(path, NULL), *rest = text, *line;

        while (rest != NULL && (line = strsep(&rest, "\n")) != NULL)
            check_line(line);
        for (size_t k = 0; k < nidle; k++) {
            free(idle[k].process);
            free(idle[k].call);
        }
        nidle = 0;
        unlink(path);
        free(text);
        free(path);
    }
}

/* A run. ------------------------------------------------------------------ */

/* The words before each command. */
static const char *const *tracer(const char *command)
{
    static const char *words[7];
    static char ms[16];
    int n = 0;

    (void)command;
    words[n++] = injector;
    words[n++] = "-j";
    snprintf(ms, sizeof ms, "%d", deadline / 5 * 4);
    words[n++] = ms;
    if (current != NULL) {
        words[n++] = "-f";
        words[n++] = current->spec;
    }
    words[n++] = program_folder;
    words[n] = NULL;
    return words;
}

/* Make sure that inject works, and takes the current fault. */
static void check_injector(void)
{
    const char *const *words = tracer(NULL);
    const char *command[10];
    int n = 0, status;
    pid_t pid = fork();

    if (pid == -1)
        err(UNJUDGED, "fork");
    if (pid == 0) {
        while (words[n] != NULL) {
            command[n] = words[n];
            n++;
        }
        command[n++] = "/dev/null";
        command[n++] = "true";
        command[n] = NULL;
        execv(injector, (char *const *)command);
        err(125, "%s", injector);
    }
    if (waitpid(pid, &status, 0) == -1)
        err(UNJUDGED, "waitpid");
    if (status != 0)
        errx(UNJUDGED, "%s: the program cannot be traced%s%s", exercise,
             current == NULL ? "" : " with the fault ",
             current == NULL ? "" : current->spec);
}

/* The absolute name of a file. The caller frees it. */
static char *real_path(const char *file)
{
    char *path = realpath(file, NULL);

    if (path == NULL)
        err(UNJUDGED, "%s", file);
    return path;
}

/* Print the first n lines of a text, which may be NULL. */
static void print_lines(const char *text, int n)
{
    while (text != NULL && *text != '\0' && n-- > 0) {
        int length = (int)strcspn(text, "\n");

        printf("%.*s\n", length, text);
        text += length + (text[length] == '\n');
    }
    if (text != NULL && *text != '\0')
        puts("...");
}

/* Print why the transcript differs, which may be NULL: the place, the command,
 * and the lines from the one before the first difference on. */
static void print_report(const char *report)
{
    const char *plus, *minus, *from, *second, *third;

    if (report == NULL)
        return;
    plus = strstr(report, "\n  + ");
    minus = strstr(report, "\n  - ");
    from = plus == NULL || (minus != NULL && minus < plus) ? minus : plus;
    second = strchr(report, '\n');
    third = second == NULL ? NULL : strchr(second + 1, '\n');
    while (from != NULL && from > report && from[-1] != '\n')
        from--;
    if (from == NULL || third == NULL || from <= third) {
        print_lines(report, REPORT_LINES);
        return;
    }
    printf("%.*s", (int)(third + 1 - report), report);
    if (from > third + 1)
        puts("    ...");
    print_lines(from, REPORT_LINES - 3);
}

/* Run the transcript, and return whether all is as it has to be. */
static bool judge(void)
{
    char *sources = text_format("%s/../..", exercise);
    char *sandbox = sandbox_make(scratch, program_folder, programs, sources);
    char *traces = text_format("%s/traces", scratch), *error;
    struct session session = {RUN_TERMINAL, sandbox, deadline,
                              &stopped,     tracer,  traces};
    bool right;

    free(where);
    where = NULL;
    if (sandbox == NULL)
        err(UNJUDGED, "cannot make a folder to run %s in", name);
    error = session_compare(&session, transcript);
    check_trace(traces);
    right = error == NULL && broken == NULL;
    if (!right && current != NULL)
        printf("%s %s() of ./%s was given the fault %s. Then:\n",
               text_begins(current->what, "error=") ? "Every second" : "Each",
               current->call, name, current->what);
    print_report(error);
    if (error != NULL && where != NULL) {
        printf("%g s after the command began:\n", deadline / 5 * 4 / 1000.0);
        print_lines(where, WHERE_LINES);
    }
    print_lines(broken, RULE_LINES);
    free(error);
    if (sandbox_remove(sandbox) == -1)
        warn("%s", sandbox);
    free(traces);
    free(sources);
    return right;
}

static void remove_scratch(void)
{
    if (scratch != NULL && sandbox_remove(scratch) == 0)
        scratch = NULL; /* its name is freed; atexit(3) calls this again */
}

static void make_scratch(void)
{
    const char *parent = getenv("TMPDIR");
    char *made = text_format(
        "%s/judge.XXXXXX", parent == NULL || *parent == '\0' ? "/tmp" : parent);
    char *traces;

    if (mkdtemp(made) == NULL)
        err(UNJUDGED, "%s", made);
    scratch = real_path(made);
    free(made);
    atexit(remove_scratch);
    traces = text_format("%s/traces", scratch);
    if (mkdir(traces, 0700) == -1)
        err(UNJUDGED, "%s", traces);
    free(traces);
}

static void parse_arguments(int argc, char *argv[])
{
    char *program, *path, *base, *error, *text;
    int option;

    while ((option = getopt(argc, argv, "b:d:i:")) != -1)
        if (option == 'b')
            programs = optarg;
        else if (option == 'd' && atoi(optarg) > 0)
            deadline = atoi(optarg);
        else if (option == 'i')
            injector = optarg;
        else
            optind = argc + 1;
    if (optind != argc - 2)
        errx(UNJUDGED, "usage: judge [-d MS] [-i INJECT] [-b PROGRAMS] "
                       "EXERCISE PROGRAM");
    exercise = argv[optind];
    text = COPY(exercise);
    name = COPY(basename(text));
    free(text);
    program = real_path(argv[optind + 1]);
    base = strrchr(program, '/');
    if (strcmp(base + 1, name) != 0)
        errx(UNJUDGED, "%s: the program has to be named %s", program, name);
    *base = '\0';
    program_folder = program;
    injector = real_path(injector);
    path = text_format("%s/%s.console", exercise, name);
    if ((transcript = transcript_read(path, &error)) == NULL)
        errx(UNJUDGED, "%s", error);
    free(path);
}

int main(int argc, char *argv[])
{
    bool right;

    parse_arguments(argc, argv);
    read_rules();
    check_injector();
    for (size_t i = 0; i < nfaults; i++) {
        current = &faults[i];
        check_injector();
    }
    current = NULL;
    signal(SIGINT, note_signal);
    signal(SIGTERM, note_signal);
    signal(SIGHUP, note_signal);
    make_scratch();
    right = judge();
    for (size_t i = 0; right && i < nfaults; i++) {
        current = &faults[i];
        right = judge();
    }
    if (fflush(stdout) == EOF)
        err(UNJUDGED, "standard output");
    if (stopped != 0) {
        remove_scratch();
        signal(stopped, SIG_DFL);
        raise(stopped);
        exit(UNJUDGED);
    }
    return right ? RIGHT : WRONG;
}
