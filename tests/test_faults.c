/* Tests that no program of the book fails in silence.
 *
 * Usage: test_faults [--sample] [TABLE]
 *
 * Each system call of each program in each transcript that the book shows fails
 * with each error of its manual page, transfers less than it should, comes
 * late, and is interrupted by a signal. After the sixth call of one name in a
 * process, a call fails with one of these errors only, in turn, and does not
 * come late. Signals are not tried again in a later transcript. fault_runs.h
 * lists how a run may end. Prints the sums, a line for each program, and writes
 * them to TABLE, separated by tabs. Results are remembered in build/faults.
 *
 * With --sample each system call of a program fails once only, with the first
 * error of its manual page; these results are remembered in build/sample. With
 * FAULTS=CHAPTER/NAME in the environment, where "*" and "?" are wildcards, only
 * these transcripts are run, and their results are not remembered. */
#include "support.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "fault_runs.h"
#include "input_hash.h"
#include "remember.h"

static struct fault_runs book;
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

static void sum_up(const struct fault_runs *t)
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
    FILE *out = text_open(&text, &size);

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

/* Before the tests: all faults of the book, or the sample. */
static int try_the_book(void **state)
{
    const char *only = getenv("FAULTS");
    char *error, *pattern;
    glob_t found;

    if ((impossible = fault_runs_impossible()) != NULL)
        return 0;
    book.programs = programs();
    /* A program that hangs reaches it. So does a command that waits for a
     * failed program, if this program ends with the same status without a
     * fault: inject then sends no SIGUSR1. */
    book.deadline = 60000;
    /* Which signals are tried in a transcript depends on the others. */
    book.memory = only != NULL  ? NULL
                  : book.sample ? "build/sample"
                                : "build/faults";
    pattern = text_format("chapters/%s.console", only == NULL ? "*/*" : only);
    if (glob(pattern, 0, NULL, &found) != 0) {
        print_error("there is no transcript %s\n", pattern);
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
    fault_runs_find(&book);
    fault_runs_try(&book);
    sum_up(&book);
    print_table();
    return 0;
}

static void skip_where_impossible(void)
{
    if (impossible == NULL)
        return;
    print_message("skipped: no fault can be injected on this machine: %s\n",
                  impossible);
    skip();
}

static void tracing_changes_no_transcript(void **state)
{
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
        if (wrong++ < 20) { /* the others are most likely alike */
            line = fault_line(&book, fault);
            print_error("%s\n", line);
            free(line);
        }
    }
    if (wrong == 0 && row_of(program)->faults == 0 &&
        getenv("FAULTS") != NULL) {
        print_message("skipped: FAULTS names other transcripts\n");
        skip();
    }
    if (row_of(program)->faults == 0)
        fail_msg("no transcript that the book shows runs ./%s", program);
    if (wrong > 0)
        fail_msg("%zu of %zu faults end wrong", wrong, row_of(program)->faults);
}

/* Faults that must be found. ---------------------------------------------- */

/* Programs that make one mistake each, and one that makes none. */
static const struct bad {
    const char *name, *code, *detail;
    bool sampled; /* the sample shows it */
} bads[] = {
    {"silent",
     "int p[2]; if (pipe(p) == -1) return 1; puts(\"good\"); return 0;",
     "it fails without a message", true},
    {"liar", "int p[2]; puts(pipe(p) == -1 ? \"bad\" : \"good\"); return 0;",
     "it prints something else, with status 0", true},
    {"vague",
     "int p[2]; if (pipe(p) == -1) errx(1, \"pipe failed\");"
     "puts(\"good\"); return 0;",
     "no message names the call and the reason", true},
    {"nameless",
     "int p[2]; if (pipe(p) == -1) err(1, \"something\");"
     "puts(\"good\"); return 0;",
     "no message names the call and the reason", true},
    {"crash", "int p[2]; if (pipe(p) == -1) abort(); puts(\"good\"); return 0;",
     "a signal ends it", true},
    {"orphan",
     "pid_t pid = fork(); if (pid == -1) err(1, \"fork\");"
     "if (pid == 0) pause();"
     "if (write(1, \"good\\n\", 5) == -1) err(1, \"write\");"
     "kill(pid, SIGKILL); wait(NULL); return 0;",
     "a process is left", true},
    {"keeper",
     "int p[2], q = msgget(IPC_PRIVATE, 0600); if (q == -1) err(1, \"msgget\");"
     "if (pipe(p) == -1) err(1, \"pipe\");"
     "if (msgctl(q, IPC_RMID, NULL) == -1) err(1, \"msgctl\");"
     "puts(\"good\"); return 0;",
     "a queue or a file is left", true},
    {"hang",
     "int p[2]; while (pipe(p) == -1) pause(); puts(\"good\"); return 0;",
     "it hangs", false}, /* only the deadline shows it */
    {"slow",
     "int p[2], n = 0; if (pipe(p) == -1) err(1, \"pipe\");"
     "fcntl(p[0], F_SETFL, O_NONBLOCK);"
     "if (fork() == 0) { write(p[1], \"x\", 1); _exit(0); }"
     "usleep(5000); if (read(p[0], &n, 1) == -1) err(1, \"read\");"
     "puts(\"good\"); return 0;",
     "a delay changes what is printed", false},
    {"good",
     "int p[2]; if (pipe(p) == -1) err(1, \"pipe\");"
     "if (write(1, \"good\\n\", 5) != 5) err(1, \"write\"); return 0;",
     NULL, true},
};
enum { BADS = sizeof bads / sizeof *bads };

static struct fault_runs bad_runs;
static char *bad_directory;
static size_t bads_passed; /* tests with these programs */

/* The name under which the success of all these tests is remembered. */
static const char *remembered_bads(void)
{
    return book.sample ? "sample/programs-with-mistakes"
                       : "faults/programs-with-mistakes";
}

static bool is_tried(const struct bad *bad)
{
    return bad->sampled || !book.sample;
}

/* Compile all of them as one program, which does what its name says. */
static void compile_bads(void)
{
    char *code = NULL;
    size_t size;
    FILE *out = text_open(&code, &size);
    struct ended ended;

    fputs("#include <err.h>\n#include <fcntl.h>\n#include <signal.h>\n"
          "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n"
          "#include <sys/msg.h>\n#include <sys/wait.h>\n"
          "#include <unistd.h>\nint main(int argc, char *argv[])\n{\n",
          out);
    for (int i = 0; i < BADS; i++)
        fprintf(out, "if (strcmp(argv[0], \"./%s\") == 0) { %s }\n",
                bads[i].name, bads[i].code);
    fputs("}\n", out);
    fclose(out);
    put_file(bad_directory, "all.c", code);
    free(code);
    ended = shell(bad_directory, "cc -static -D_GNU_SOURCE -w all.c -o all");
    if (ended.status != 0)
        fail_msg("%s", ended.err);
    ended_free(&ended);
    for (int i = 0; i < BADS; i++) {
        char *from = text_format("%s/all", bad_directory);
        char *to = text_format("%s/%s", bad_directory, bads[i].name);

        assert_int_equal(link(from, to), 0);
        free(from);
        free(to);
    }
}

/* Of all that decides whether mistakes are found. */
static uint64_t hash_of_tests(void)
{
    return hash_file(hash_judge(), "build/tests/inject");
}

/* Try the faults of these programs, once for all tests. Returns false if the
 * same tests have passed before. Skips the test where no fault can be injected.
 */
static bool try_bads(void)
{
    char *error;

    skip_where_impossible();
    if (bad_directory != NULL)
        return true;
    if (is_remembered(remembered_bads(), hash_of_tests()))
        return false;
    bad_directory = scratch_make();
    compile_bads();
    bad_runs = (struct fault_runs){.programs = bad_directory,
                                   .sources = bad_directory,
                                   .deadline = 10000,
                                   .sample = book.sample};
    for (int i = 0; i < BADS; i++) {
        char *name = text_format("%s.console", bads[i].name);
        char *text = text_format("$ ./%s\ngood\n", bads[i].name);
        struct transcript *t = transcript_parse(name, text, &error);

        bad_runs.transcripts =
            array_grow(bad_runs.transcripts, bad_runs.ntranscripts, sizeof t);
        bad_runs.transcripts[bad_runs.ntranscripts++] = t;
        free(name);
        free(text);
    }
    fault_runs_find(&bad_runs);
    fault_runs_try(&bad_runs);
    return true;
}

static void forget_bads(void)
{
    size_t ntests = 1; /* names_program_call_and_fault(); one for each bad */

    if (bad_directory == NULL)
        return;
    for (int i = 0; i < BADS; i++)
        ntests += is_tried(&bads[i]);
    if (bads_passed == ntests)
        remember(remembered_bads(), hash_of_tests());
    for (size_t i = 0; i < bad_runs.ntranscripts; i++)
        transcript_free(bad_runs.transcripts[i]);
    free(bad_runs.transcripts);
    fault_runs_free(&bad_runs);
    scratch_remove(bad_directory);
}

/* The first fault of this program that ends wrong like this, or anyhow if
 * detail is NULL; NULL if there is none. */
static const struct fault *wrong_of(const char *name, const char *detail)
{
    size_t n = 0;

    for (size_t i = 0; i < bad_runs.nfaults; i++) {
        const struct fault *fault = &bad_runs.faults[i];

        if (strcmp(bad_runs.calls[fault->call].program, name) != 0)
            continue;
        n++;
        if (fault->end == WRONG &&
            (detail == NULL || text_begins(fault->detail, detail)))
            return fault;
    }
    assert_int_not_equal(n, 0);
    return NULL;
}

static void is_found(void **state)
{
    const struct bad *bad = *state;

    if (try_bads() && wrong_of(bad->name, bad->detail) == NULL)
        fail_msg("no fault of %s ends with: %s", bad->name, bad->detail);
    bads_passed++;
}

static void a_good_program_ends_well(void **state)
{
    const struct fault *wrong;

    if (try_bads() && (wrong = wrong_of("good", NULL)) != NULL)
        fail_msg("%s", fault_line(&bad_runs, wrong));
    bads_passed++;
}

static void names_program_call_and_fault(void **state)
{
    char *line;

    if (!try_bads())
        return;
    line = fault_line(&bad_runs, wrong_of("liar", NULL));
    assert_string_equal(line, "liar.console:1: liar: pipe2() 1 in process 0.1, "
                              "error=EFAULT: it prints something else, with "
                              "status 0 (status 0; said: \"\")");
    free(line);
    bads_passed++;
}

static int free_the_book(void **state)
{
    for (size_t i = 0; i < book.ntranscripts; i++)
        transcript_free(book.transcripts[i]);
    fault_runs_free(&book);
    free(book.transcripts);
    free(rows);
    free(impossible);
    forget_bads();
    return 0;
}

int main(int argc, char *argv[])
{
    struct tests tests = {0};
    glob_t sources;
    char *name;
    int result;

    book.sample = argc > 1 && strcmp(argv[1], "--sample") == 0;
    if (argc - book.sample > 2) {
        fputs("usage: test_faults [--sample] [TABLE]\n", stderr);
        return 2;
    }
    table_path = argv[1 + book.sample];
    for (int i = 0; i < BADS; i++)
        if (bads[i].detail != NULL && is_tried(&bads[i]))
            add_test(&tests, is_found, (void *)&bads[i],
                     "finds in the program \"%s\" that %s", bads[i].name,
                     bads[i].detail);
    ADD(&tests, a_good_program_ends_well);
    ADD(&tests, names_program_call_and_fault);
    ADD(&tests, tracing_changes_no_transcript);
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
