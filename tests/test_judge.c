/* Tests the judge of the exercises with small programs: those that break a
 * rule, those that a learner may write by accident, and rules that are none.
 *
 * The exercise is "x", whose transcript expects "ok". */
#include "support.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "fault_runs.h"
#include "side_by_side.h"

/* Milliseconds. Only a program that never ends waits for its deadline; any
 * other may need many seconds on a machine whose disk or memory is slow. */
enum { DEADLINE = 30000, DEADLINE_OF_ENDLESS = 8000 };

/* What the judge prints first of a program that only the deadline ends. */
#define ENDLESS "did not end in time"
#define OK "puts(\"ok\");"
#define CHILD(body) "if (fork() == 0) {" body "_exit(0); }"

static const struct sample {
    const char *sentence, *rules;
    const char *body; /* of main() */
    int status;
    const char *parts[5]; /* of what the judge prints, in this order */
} samples[] = {
    {"a program that is right passes", "no sleep\nno zombie\n", OK, 0, {NULL}},
    {"a difference is shown",
     "",
     "puts(\"no\"); return 3;",
     1,
     {"$ ./x 1\n  - ok\n  + no\n  + [3]\n", NULL}},
    {"a crash is shown",
     "",
     "raise(SIGSEGV);",
     1,
     {"Segmentation fault", NULL}},
    {"a program that computes without end is stopped",
     "",
     "for (;;);",
     1,
     {ENDLESS, " s after the command began:\n", "./x runs, in no system call",
      NULL}},
    {"a program that ignores all signals is stopped",
     "",
     "for (int i = 1; i < 65; i++) signal(i, SIG_IGN); for (;;) pause();",
     1,
     {ENDLESS, "./x is in ", NULL}},
    {"a program that prints without end is stopped",
     "",
     "for (;;) puts(\"x\");",
     1,
     {"x.console:1: $ ./x 5: ", "...\n", NULL}},
    {"a program that forks without end is stopped",
     "",
     "for (;;) fork();",
     1,
     {"./x made too many processes", NULL}},
    {"a program that writes a file without end is stopped",
     "",
     "int fd = open(\"big\", O_CREAT | O_WRONLY, 0600); static char b[1 << 16];"
     "for (;;) write(fd, b, sizeof b);",
     1,
     {"File size limit exceeded", NULL}},
    {"a process that stays in a pipe is named, and who holds the other end",
     "",
     "int p[2]; char b; pipe(p);" CHILD("read(p[0], &b, 1);") "wait(0);",
     1,
     {ENDLESS, "./x is in wait4()\n",
      "child 1 of ./x is in read(3), on the read end",
      "  its other end is open in ./x, as 4\n", NULL}},
    {"time that passes breaks a rule",
     "no sleep\n",
     "usleep(1); " OK,
     1,
     {"rule \"no sleep\": ./x: it calls clock_nanosleep()", NULL}},
    {"poll() without a descriptor is time that passes",
     "no sleep # with a comment\n",
     "poll(NULL, 0, 1); " OK,
     1,
     {"rule \"no sleep\": ./x: it calls ", NULL}},
    {"a command that lets time pass breaks a rule",
     "no sleep\n",
     "system(\"sleep 0.01\"); " OK,
     1,
     {"rule \"no sleep\": child 1 of ", "runs sleep(1)", NULL}},
    {"a child without waitpid() breaks a rule",
     "no zombie\n",
     CHILD("") CHILD("") "wait(0); " OK,
     1,
     {"rule \"no zombie\": ./x: it ends and has not waited for child ", NULL}},
    {"a descriptor that a program inherits breaks a rule",
     "no leak\n",
     "int p[2]; pipe(p);" CHILD(
         "execlp(\"true\", \"true\", NULL);") "wait(0); " OK,
     1,
     {"rule \"no leak\": child 1 of ./x: the program \"",
      "\" inherits "
      "descriptor 3, the read end of a pipe: close it",
      NULL}},
    {"a descriptor that exec closes breaks no rule",
     "no leak\n",
     "int p[2]; pipe2(p, O_CLOEXEC);" CHILD(
         "execlp(\"true\", \"true\", NULL);") "wait(0); " OK,
     0,
     {NULL}},
    {"a call that fails again and again breaks a rule",
     "no busy-loop\n",
     "int p[2]; char b; pipe2(p, O_NONBLOCK);"
     "for (int i = 0; i < 60; i++) read(p[0], &b, 1);" OK,
     1,
     {"rule \"no busy-loop\": ./x: read() failed or brought nothing", NULL}},
    {"poll() of a pipe that was hung up, without end, breaks a rule",
     "no busy-loop\n",
     "int p[2]; pipe(p); close(p[1]); struct pollfd f = {p[0], POLLIN, 0};"
     "for (int i = 0; i < 60; i++) poll(&f, 1, -1);" OK,
     1,
     {"rule \"no busy-loop\": ./x: ",
      "poll() returned more than 50 times in turn", NULL}},
    {"epoll_pwait(), which some C libraries call for epoll_wait(), counts",
     "no busy-loop\n",
     "int p[2], e = epoll_create1(0); struct epoll_event v = {EPOLLIN};"
     "pipe(p); close(p[1]); epoll_ctl(e, EPOLL_CTL_ADD, p[0], &v);"
     "for (int i = 0; i < 60; i++) epoll_pwait(e, &v, 1, -1, NULL);" OK,
     1,
     {"rule \"no busy-loop\": ./x: ",
      "epoll_pwait() returned more than 50 times in turn", NULL}},
    {"poll() and then read() breaks no rule",
     "no busy-loop\n",
     "int p[2]; char b = 'x'; pipe(p);"
     "struct pollfd f = {p[0], POLLIN, 0}; for (int i = 0; i < 60; i++) {"
     "write(p[1], &b, 1); poll(&f, 1, -1); read(p[0], &b, 1); }" OK,
     0,
     {NULL}},
    {"a call that fails ten times breaks no rule",
     "no busy-loop\n",
     "int p[2]; char b; pipe2(p, O_NONBLOCK);"
     "for (int i = 0; i < 10; i++) read(p[0], &b, 1);" OK,
     0,
     {NULL}},
    {"one byte at a time is a fault",
     "fault read short=1\n",
     "int p[2]; char b[2]; pipe(p); write(p[1], b, 2);"
     "if (read(p[0], b, 2) == 2) " OK,
     1,
     {"Each read() of ./x was given the fault short=1. Then:\n", "- ok\n",
      NULL}},
    {"an interrupted call is a fault",
     "fault read error=EINTR\n",
     "int p[2]; char b[2]; pipe(p); write(p[1], b, 2);"
     "if (read(p[0], b, 2) == 2) " OK,
     1,
     {"Every second read() of ./x was given the fault error=EINTR. "
      "Then:\n",
      "- ok\n", NULL}},
    {"an interrupted call succeeds the second time",
     "fault read error=EINTR\n",
     "int p[2]; char b[2]; pipe(p); write(p[1], b, 2);"
     "while (read(p[0], b, 2) != 2); " OK,
     0,
     {NULL}},
    {"a line that is no rule is refused",
     "no sleep\nno fun\n",
     OK,
     2,
     {"exercises/x/rules:2: this is not a rule: write \"no sleep\"", NULL}},
    {"a delay of each call is refused",
     "fault read before=1\n",
     OK,
     2,
     {"before=1: a delay needs the number of one call\n", NULL}},
    {"a fault that there is not is refused",
     "fault read long=1\n",
     OK,
     2,
     {"long=1: there is no such fault\n", "cannot be traced with the fault",
      NULL}},
};
enum { SAMPLES = sizeof samples / sizeof *samples };

static struct judged {
    bool done;
    int status;
    char *said;
} judged[SAMPLES];
static size_t to_do[SAMPLES], nto_do;
static char *impossible;
static char *built; /* the folder of the program x, which runs sample argv[1] */

/* Compile all samples as one program. */
static void build(void)
{
    char *source = NULL;
    size_t size;
    FILE *out = text_open(&source, &size);
    struct ended ended;

    fputs("#include <fcntl.h>\n#include <poll.h>\n#include <signal.h>\n"
          "#include <stdio.h>\n#include <stdlib.h>\n#include <sys/epoll.h>\n"
          "#include <sys/wait.h>\n#include <unistd.h>\n"
          "int main(int argc, char *argv[]) {\n"
          "setvbuf(stdout, NULL, _IOLBF, 0); switch (atoi(argv[1])) {\n",
          out);
    for (size_t i = 0; i < SAMPLES; i++)
        fprintf(out, "case %zu: { %s return 0; }\n", i, samples[i].body);
    fputs("} }\n", out);
    fclose(out);
    built = scratch_make();
    put_file(built, "x.c", source);
    ended = shell(built, "${CC:-cc} -static -D_GNU_SOURCE -w -o x x.c");
    if (ended.status != 0)
        fail_msg("%s", ended.err);
    ended_free(&ended);
    free(source);
}

static void judge(size_t n, const char *scratch, FILE *out)
{
    size_t i = to_do[n];
    const char *first = samples[i].parts[0];
    bool endless = first != NULL && strcmp(first, ENDLESS) == 0;
    struct ended ended;

    put_file(scratch, "rules", samples[i].rules);
    ended = shell(scratch,
                  "rm -rf exercises bin program && "
                  "mkdir -p exercises/x bin program && mv rules exercises/x && "
                  "printf '$ ./x %zu\\nok\\n' > exercises/x/x.console && "
                  "cp '%s/x' program && TMPDIR=. \"$ROOT\"/build/tests/judge "
                  "-d %d -i \"$ROOT\"/build/tests/inject -b bin exercises/x "
                  "program/x",
                  i, built, endless ? DEADLINE_OF_ENDLESS : DEADLINE);
    char *all = text_format("%s%s", ended.err, ended.out), *rest = all, *line;

    while ((line = strsep(&rest, "\n")) != NULL)
        fprintf(out, "%zu\t%d\t%s\n", i, ended.status, line);
    free(all);
    ended_free(&ended);
}

static void take(char *line)
{
    struct judged *j = &judged[strtoul(line, &line, 10)];
    char *longer;

    j->status = (int)strtol(line, &line, 10);
    longer = text_format("%s%s\n", j->done ? j->said : "", line + 1);
    free(j->said);
    j->said = longer;
    j->done = true;
}

/* Before the tests: those that the caller selects. */
static int judge_all(void **state)
{
    if ((impossible = fault_runs_impossible()) != NULL)
        return 0;
    for (size_t i = 0; i < SAMPLES; i++)
        if (is_selected(samples[i].sentence))
            to_do[nto_do++] = i;
    build();
    side_by_side("programs", nto_do, judge, take);
    scratch_remove(built);
    return 0;
}

static void is_judged(void **state)
{
    const struct sample *s = *state;
    const struct judged *j = &judged[s - samples];

    if (impossible != NULL)
        SKIP(impossible);
    assert_true(j->done);
    if (j->status != s->status)
        fail_msg("status %d:\n%s", j->status, j->said);
    assert_in_order(j->said, s->parts);
}

int main(void)
{
    struct tests tests = {0};
    int result;

    ADD_ROWS(&tests, is_judged, samples);
    result = run_all("judge", &tests, judge_all, NULL);
    for (size_t i = 0; i < SAMPLES; i++)
        free(judged[i].said);
    free(impossible);
    return result;
}
