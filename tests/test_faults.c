/* Proves that no program of the book fails in silence.
 *
 * Usage: test_faults [TABLE]
 *
 * With FAULTS=pipe/pipe1 or FAULTS='pipe/p*' in the environment only these
 * transcripts are run.
 *
 * Every system call of every program in every transcript fails once in each way
 * that its manual page knows, transfers less than it was asked, comes late, and
 * is hit by a signal: see trial.h for how that may end. Prints the sums, a line
 * for each program, and writes them to TABLE, separated by tabs. */
#include "support.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "trial.h"

static struct trial book;
static char *impossible;
static const char *table_path;

/* The sums of one program. */
static struct row {
    const char *program;
    size_t calls, faults, ends[ENDS];
} * rows;
static size_t nrows;

static struct row *row_of(const char *program)
{
    for (size_t i = 0; i < nrows; i++)
        if (strcmp(rows[i].program, program) == 0)
            return &rows[i];
    rows = array_grow(rows, nrows, sizeof *rows);
    rows[nrows].program = program;
    return &rows[nrows++];
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct row *)a)->program,
                  ((const struct row *)b)->program);
}

static void sum_up(const struct trial *t)
{
    for (size_t i = 0; i < t->ncalls; i++)
        row_of(t->calls[i].program)->calls++;
    for (size_t i = 0; i < t->nfaults; i++) {
        struct row *row = row_of(t->calls[t->faults[i].call].program);

        row->faults += t->faults[i].end != UNREACHED;
        row->ends[t->faults[i].end]++;
    }
    qsort(rows, nrows, sizeof *rows, by_name);
}

static void print_row(FILE *out, const char *format, const struct row *row)
{
    fprintf(out, format, row->program, row->calls, row->faults, row->ends[SAME],
            row->ends[TOLD], row->ends[ENDED], row->ends[WRONG]);
}

static void print_table(void)
{
    struct row sum = {.program = "all"};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    printf("FAULTS  %-12s %6s %7s %6s %6s %6s %6s\n", "program", "calls",
           "faults", "same", "told", "ended", "wrong");
    for (size_t i = 0; i < nrows; i++) {
        print_row(stdout, "FAULTS  %-12s %6zu %7zu %6zu %6zu %6zu %6zu\n",
                  &rows[i]);
        print_row(out, "%s\t%zu\t%zu\t%zu\t%zu\t%zu\t%zu\n", &rows[i]);
        sum.calls += rows[i].calls;
        sum.faults += rows[i].faults;
        for (int end = 0; end < ENDS; end++)
            sum.ends[end] += rows[i].ends[end];
    }
    print_row(stdout, "FAULTS  %-12s %6zu %7zu %6zu %6zu %6zu %6zu\n", &sum);
    print_row(out, "%s\t%zu\t%zu\t%zu\t%zu\t%zu\t%zu\n", &sum);
    fclose(out);
    if (table_path != NULL && file_replace(table_path, text, size) == -1)
        fail_msg("%s cannot be written", table_path);
    free(text);
}

/* Before the tests: all faults of the book. */
static int try_the_book(void **state)
{
    const char *only = getenv("FAULTS");
    char *error, *pattern;
    glob_t found;

    (void)state;
    if ((impossible = trial_impossible()) != NULL)
        return 0;
    book.programs = programs();
    book.deadline = 10000;
    pattern = text_format("chapters/%s.console",
                          only == NULL ? "*/*" : only);
    if (glob(pattern, 0, NULL, &found) != 0) {
        print_error("%s: there is no such transcript\n", pattern);
        return -1;
    }
    free(pattern);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct transcript *t = transcript_read(found.gl_pathv[i], &error);

        if (t == NULL) {
            print_error("%s\n", error);
            return -1;
        }
        book.transcripts = array_grow(book.transcripts, book.ntranscripts,
                                      sizeof *book.transcripts);
        book.transcripts[book.ntranscripts++] = t;
    }
    globfree(&found);
    trial_find(&book);
    trial_run(&book);
    sum_up(&book);
    print_table();
    return 0;
}

static int free_the_book(void **state)
{
    (void)state;
    for (size_t i = 0; i < book.ntranscripts; i++)
        transcript_free(book.transcripts[i]);
    trial_free(&book);
    free(book.transcripts);
    free(rows);
    free(impossible);
    return 0;
}

static void skip_where_impossible(void)
{
    if (impossible == NULL)
        return;
    print_message("skipped: no fault can be injected here: %s\n", impossible);
    skip();
}

static void every_transcript_is_as_it_was_under_the_tracer(void **state)
{
    (void)state;
    skip_where_impossible();
    if (book.broken != NULL)
        fail_msg("%s", book.broken);
}

static void never_ends_wrong(void **state)
{
    const char *program = *state;
    size_t wrong = 0;

    skip_where_impossible();
    for (size_t i = 0; i < book.nfaults; i++) {
        const struct fault *fault = &book.faults[i];
        char *line;

        if (fault->end != WRONG ||
            strcmp(book.calls[fault->call].program, program) != 0)
            continue;
        if (wrong++ < 20) { /* the rest is more of the same */
            line = trial_line(&book, fault);
            print_error("%s\n", line);
            free(line);
        }
    }
    if (wrong == 0 && row_of(program)->faults == 0 &&
        getenv("FAULTS") != NULL) {
        print_message("skipped: FAULTS names other transcripts\n");
        skip();
    }
    assert_int_not_equal(row_of(program)->faults, 0);
    if (wrong > 0)
        fail_msg("%zu of %zu faults end wrong", wrong, row_of(program)->faults);
}

/* What the trial must not let pass. --------------------------------------- */

/* Programs with one fault each that the trial has to see. */
static const struct bad {
    const char *name, *code, *detail;
} bads[] = {
    {"silent",
     "int p[2]; if (pipe(p) == -1) return 1; puts(\"good\"); return 0;",
     "it fails without a word"},
    {"liar", "int p[2]; puts(pipe(p) == -1 ? \"bad\" : \"good\"); return 0;",
     "it prints something else, with status 0"},
    {"vague",
     "int p[2]; if (pipe(p) == -1) errx(1, \"pipe failed\");"
     "puts(\"good\"); return 0;",
     "no message names the call and the reason"},
    {"nameless",
     "int p[2]; if (pipe(p) == -1) err(1, \"something\");"
     "puts(\"good\"); return 0;",
     "no message names the call and the reason"},
    {"crash", "int p[2]; if (pipe(p) == -1) abort(); puts(\"good\"); return 0;",
     "a signal ends it"},
    {"orphan",
     "pid_t pid = fork(); if (pid == -1) err(1, \"fork\");"
     "if (pid == 0) pause();"
     "if (write(1, \"good\\n\", 5) == -1) err(1, \"write\");"
     "kill(pid, SIGKILL); wait(NULL); return 0;",
     "a process is left behind"},
    {"keeper",
     "int p[2], q = msgget(IPC_PRIVATE, 0600); if (q == -1) err(1, \"msgget\");"
     "if (pipe(p) == -1) err(1, \"pipe\");"
     "if (msgctl(q, IPC_RMID, NULL) == -1) err(1, \"msgctl\");"
     "puts(\"good\"); return 0;",
     "a queue or a file is left behind"},
    {"hang",
     "int p[2]; while (pipe(p) == -1) pause(); puts(\"good\"); return 0;",
     "it hangs"},
    {"slow",
     "int p[2], n = 0; if (pipe(p) == -1) err(1, \"pipe\");"
     "fcntl(p[0], F_SETFL, O_NONBLOCK);"
     "if (fork() == 0) { write(p[1], \"x\", 1); _exit(0); }"
     "usleep(5000); if (read(p[0], &n, 1) == -1) err(1, \"read\");"
     "puts(\"good\"); return 0;",
     "a delay changes what is printed"},
};

/* Programs that do all as they should: then no fault ends wrong. */
static const char good[] =
    "int p[2]; if (pipe(p) == -1) err(1, \"pipe\");"
    "if (write(1, \"good\\n\", 5) != 5) err(1, \"write\"); return 0;";

/* Compile the program in the directory, and try all its faults. */
static struct trial try_program(char *directory, const char *name,
                                const char *code)
{
    struct trial t = {.programs = directory, .deadline = 3000};
    char *source = text_format("%s.c", name),
         *console = text_format("%s.console", name), *path, *text, *error;
    struct ended ended;

    text = text_format("#include <err.h>\n#include <fcntl.h>\n"
                       "#include <signal.h>\n#include <stdio.h>\n"
                       "#include <stdlib.h>\n#include <sys/msg.h>\n"
                       "#include <sys/wait.h>\n#include <unistd.h>\n"
                       "int main(void) { %s }\n",
                       code);
    put_file(directory, source, text);
    free(text);
    text = text_format("$ ./%s\ngood\n", name);
    put_file(directory, console, text);
    free(text);
    ended =
        shell(directory, "cc -static -D_GNU_SOURCE -w %s -o %s", source, name);
    if (ended.status != 0)
        fail_msg("%s", ended.err);
    ended_free(&ended);
    path = text_format("%s/%s", directory, console);
    t.sources = directory;
    t.transcripts = array_grow(NULL, 0, sizeof *t.transcripts);
    if ((t.transcripts[0] = transcript_read(path, &error)) == NULL)
        fail_msg("%s", error);
    t.ntranscripts = 1;
    trial_find(&t);
    trial_run(&t);
    free(path);
    free(source);
    free(console);
    return t;
}

static void end_trial(struct trial *t, char *directory)
{
    transcript_free(t->transcripts[0]);
    free(t->transcripts);
    trial_free(t);
    scratch_remove(directory);
}

static void sees_what_ends_wrong(void **state)
{
    const struct bad *bad = *state;
    char *directory, *seen = NULL;
    struct trial t;

    skip_where_impossible();
    directory = scratch_make();
    t = try_program(directory, bad->name, bad->code);
    for (size_t i = 0; i < t.nfaults && seen == NULL; i++)
        if (t.faults[i].end == WRONG &&
            text_begins(t.faults[i].detail, bad->detail))
            seen = trial_line(&t, &t.faults[i]);
    if (seen == NULL) {
        for (size_t i = 0; i < t.nfaults; i++)
            print_error("%d %s\n", (int)t.faults[i].end, t.faults[i].detail);
        fail_msg("%s: no fault says that %s", bad->name, bad->detail);
    }
    free(seen);
    end_trial(&t, directory);
}

static void finds_nothing_in_a_good_program(void **state)
{
    char *directory;
    struct trial t;

    (void)state;
    skip_where_impossible();
    directory = scratch_make();
    t = try_program(directory, "good", good);
    for (size_t i = 0; i < t.nfaults; i++)
        if (t.faults[i].end == WRONG)
            fail_msg("%s", trial_line(&t, &t.faults[i]));
    assert_int_not_equal(t.nfaults, 0);
    end_trial(&t, directory);
}

static void names_program_call_and_fault(void **state)
{
    char *directory, *line = NULL;
    struct trial t;

    (void)state;
    skip_where_impossible();
    directory = scratch_make();
    t = try_program(directory, "liar", bads[1].code);
    for (size_t i = 0; i < t.nfaults && line == NULL; i++)
        if (strcmp(t.faults[i].what, "error=EMFILE") == 0)
            line = trial_line(&t, &t.faults[i]);
    assert_non_null(line);
    assert_contains(line, "liar.console:1: liar: pipe2() 1 in process 0.1, "
                          "error=EMFILE: it prints something else");
    free(line);
    end_trial(&t, directory);
}

int main(int argc, char *argv[])
{
    struct tests tests = {0};
    glob_t sources;
    char *name;
    int result;

    if (argc > 2) {
        fputs("usage: test_faults [TABLE]\n", stderr);
        return 2;
    }
    table_path = argv[1];
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++)
        add_test(&tests, sees_what_ends_wrong, (void *)&bads[i],
                 "sees in %s that %s", bads[i].name, bads[i].detail);
    ADD(&tests, finds_nothing_in_a_good_program);
    ADD(&tests, names_program_call_and_fault);
    ADD(&tests, every_transcript_is_as_it_was_under_the_tracer);
    glob("chapters/*/*.c", 0, NULL, &sources);
    for (size_t i = 0; i < sources.gl_pathc; i++) {
        name = strrchr(sources.gl_pathv[i], '/') + 1;
        name[strlen(name) - strlen(".c")] = '\0';
        add_test(&tests, never_ends_wrong, name, "%s never ends wrong", name);
    }
    result = run_all("faults", &tests, try_the_book, free_the_book);
    globfree(&sources);
    return result;
}
