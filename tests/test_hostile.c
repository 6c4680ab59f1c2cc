/* Tests the programs of the book in hostile surroundings: without descriptors,
 * memory, disk space or processes, with ignored signals, without message
 * queues, in a container; and many transcripts at once.
 *
 * Usage: test_hostile
 *
 * Each program does the work that a transcript shows: the first command with
 * status 0 and some output that runs ./PROGRAM, in tests/PROGRAM-alone.console,
 * PROGRAM.console or tests/PROGRAM.console of its chapter, or else in another
 * transcript. The commands before it run as usual. Then the program itself, and
 * none of its partners, is in the situation. A program that passed is tried
 * again only after it, the transcript or the tests have changed: see
 * build/hostile.
 *
 * Failures of single system calls, and signals between them, are for
 * test_faults.c; the recorder is for test_hostile_recorder.c. */
#include "support.h"

#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "../common/run.h"
#include "../common/sandbox.h"
#include "../common/session.h"
#include "../common/transcript.h"
#include "container.h"
#include "input_hash.h"
#include "remember.h"
#include "side_by_side.h"

enum {
    COPIES = 16,       /* of each transcript, at once */
    DEADLINE = 120000, /* milliseconds, for hangs; a busy machine is slow */
};

/* The situations ------------------------------------------------------------
 */

/* How a program may end. */
enum {
    WORK = 1, /* as the transcript says */
    TELL = 2, /* with a message and a status that is not 0 */
    DIE = 4,  /* by a signal */
};

static const struct situation {
    /* The words of a command that runs the program, and redirections. */
    const char *with, *redirections;
    unsigned may;
} situations[] = {
    {"", "", WORK},
    /* Standard descriptors that are closed. */
    {"", "<&-", WORK},
    {"", "2>&-", WORK},
    {"", "<&- 2>&-", WORK},
    {"", ">&-", TELL},
    {"", "<&- >&-", TELL},
    {"", ">&- 2>&-", TELL},
    {"", "<&- >&- 2>&-", TELL},
    /* A full device. Where 0 or 2 is closed a pipe gets that number. */
    {"", "> /dev/full", TELL},
    {"", "> /dev/full 2>&-", TELL},
    {"", "> /dev/full <&-", TELL},
    {"", "> /dev/full <&- 2>&-", TELL},
    /* 8 is the write end of a pipe without a reader. */
    {"", ">&8 8>&-", TELL | DIE},
    {"env --ignore-signal=PIPE", ">&8 8>&-", TELL},
    /* Signals. */
    {"env --ignore-signal=PIPE", "", WORK},
    {"env --ignore-signal=INT --ignore-signal=TERM --ignore-signal=HUP "
     "--ignore-signal=QUIT --ignore-signal=PIPE",
     "", WORK},
    {"env --ignore-signal=CHLD", "", WORK | TELL},
    {"env --ignore-signal", "", WORK | TELL},
    {"env --block-signal", "", WORK | TELL},
    /* The environment. */
    {"env PATH=", "", WORK | TELL},
    {"env -u PATH", "", WORK},
    {"env -u HOME TMPDIR=/no/such/place LC_ALL=C", "", WORK},
    {"env HOME= TMPDIR=/proc LC_ALL=C.UTF-8", "", WORK},
    {"env HOME=/nowhere TMPDIR=\"$PWD/a b\" LC_ALL=ko_KR.UTF-8", "", WORK},
    {"env TMPDIR= LC_ALL=tr_TR.UTF-8 LANGUAGE=tr", "", WORK},
    /* Descriptors. */
    {"prlimit --nofile=3", "", WORK | TELL},
    {"prlimit --nofile=4", "", WORK | TELL},
    {"prlimit --nofile=5", "", WORK | TELL},
    {"prlimit --nofile=6", "", WORK | TELL},
    {"prlimit --nofile=7", "", WORK | TELL},
    {"prlimit --nofile=8", "", WORK | TELL},
    {"prlimit --nofile=10", "", WORK | TELL},
    {"prlimit --nofile=20", "", WORK},
    /* Memory. The kernel kills a program that it cannot load. */
    {"prlimit --as=50000", "", TELL | DIE},
    {"prlimit --as=200000", "", TELL | DIE},
    {"prlimit --as=500000", "", WORK | TELL | DIE},
    {"prlimit --as=1000000", "", WORK | TELL | DIE},
    {"prlimit --as=2000000", "", WORK | TELL | DIE},
    {"prlimit --as=3000000", "", WORK | TELL | DIE},
    {"prlimit --as=4000000", "", WORK | TELL | DIE},
    {"prlimit --as=6000000", "", WORK | TELL | DIE},
    {"prlimit --as=100000000", "", WORK},
    /* The size of the file that standard output is. */
    {"prlimit --fsize=0", "> file", TELL | DIE},
    {"prlimit --fsize=1", "> file", TELL | DIE},
    {"prlimit --fsize=5", "> file", TELL | DIE},
    {"env --ignore-signal=XFSZ prlimit --fsize=0", "> file", TELL},
    {"env --ignore-signal=XFSZ prlimit --fsize=1", "> file", TELL},
    {"env --ignore-signal=XFSZ prlimit --fsize=5", "> file", TELL},
    /* Processes of a user who has no others. */
    {"$USER prlimit --nproc=1", "", WORK | TELL},
    {"$USER prlimit --nproc=2", "", WORK | TELL},
    {"$USER prlimit --nproc=3", "", WORK | TELL},
    /* Kernels and containers. */
    {"$DENY msgget,ptrace", "", WORK | TELL},
    {"$CONTAINER", "", WORK},
    {"$CONTAINER $DENY msgget,ptrace", "", WORK | TELL},
};
enum { SITUATIONS = sizeof situations / sizeof *situations };

/* What some situations need, and why it is missing here, or NULL: find_needs()
 * fills that in. */
static struct need {
    const char *word, *sentence, *missing;
} needs[] = {
    {"$USER", "root can take on another user", NULL},
    {"$DENY", "system calls can be denied", NULL},
    {"$CONTAINER", "a container can be made", NULL},
};
enum { USERS, DENIAL, CONTAINER, NEEDS };

static bool is_possible(const struct situation *s)
{
    for (int i = 0; i < NEEDS; i++)
        if (needs[i].missing != NULL && strstr(s->with, needs[i].word) != NULL)
            return false;
    return true;
}

/* The programs --------------------------------------------------------------
 */

struct work {
    char *program;
    char *source;  /* the text of its C file */
    char *chapter; /* chapters/NAME */
    struct transcript *transcript;
    size_t command;
    bool reads; /* the command gives it a standard input, which it needs */
    bool waits; /* a command runs it until another one ends it */
    bool passed;
    char *wrong; /* lines, or NULL */
    size_t left; /* situations that have no result yet */
};

static struct work *works;
static size_t nworks;

/* Where the text runs ./PROGRAM, or NULL. */
static const char *runs(const char *text, const char *program)
{
    char *word = text_format("./%s", program);
    const char *at = text;

    while ((at = strstr(at, word)) != NULL) {
        at += strlen(word);
        if (strchr(" ;|&)\n", *at) != NULL) /* also its end */
            break;
    }
    free(word);
    return at;
}

/* Whether the command gives the program a standard input: "| ./PROGRAM" or
 * "./PROGRAM ... < FILE". */
static bool gives_input(const char *text, const char *program)
{
    const char *after = runs(text, program);
    size_t before = (size_t)(after - text) - strlen(program) - strlen("./");
    size_t length = strcspn(after, ";|&");

    return (before >= 2 && strncmp(text + before - 2, "| ", 2) == 0) ||
           memchr(after, '<', length) != NULL;
}

/* Whether the command runs the program, and its status can be that of the
 * program, which is neither in the background nor followed by another one in a
 * pipeline. */
static bool has_status_of(const char *text, const char *program)
{
    const char *after = runs(text, program);

    return after != NULL && strstr(after, " |") == NULL &&
           strstr(after, " & ") == NULL &&
           (after[0] == '\0' || after[strlen(after) - 1] != '&');
}

/* Look for a command that shows the program at work in the transcripts of this
 * pattern. */
static void look_for_work(struct work *w, const char *pattern)
{
    glob_t found;
    char *error;

    if (w->transcript == NULL && glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc && w->transcript == NULL; i++) {
            struct transcript *t = transcript_read(found.gl_pathv[i], &error);

            if (t == NULL)
                fail_msg("%s", error);
            for (w->command = 0; w->command < t->ncommands; w->command++) {
                const struct command *c = &t->commands[w->command];

                w->waits |= c->kind == COMMAND_RUN &&
                            c->status == STATUS_WAITS &&
                            runs(c->text, w->program) != NULL;
                if (c->kind == COMMAND_RUN && c->status == 0 && c->nlines > 0 &&
                    has_status_of(c->text, w->program))
                    break;
            }
            if (w->command < t->ncommands)
                w->transcript = t;
            else
                transcript_free(t);
        }
        globfree(&found);
    }
}

static void find_works(void)
{
    glob_t sources;

    assert_int_equal(glob("chapters/*/*.c", 0, NULL, &sources), 0);
    for (size_t i = 0; i < sources.gl_pathc; i++) {
        const char *path = sources.gl_pathv[i], *slash = strrchr(path, '/');
        struct work *w;
        static const char *const places[] = {
            "%s/tests/%s-alone.console", "%s/%s.console", "%s/tests/%s.console",
            "%s/*.console", "%s/tests/*.console"};

        works = array_grow(works, nworks, sizeof *works);
        w = &works[nworks++];
        w->program = text_copy(slash + 1, strlen(slash) - strlen("/.c"));
        w->chapter = text_copy(path, (size_t)(slash - path));
        w->source = file_read(path, NULL);
        for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
            char *pattern = NULL;

            assert_int_not_equal(
                asprintf(&pattern, places[p], w->chapter, w->program), -1);
            look_for_work(w, pattern);
            free(pattern);
        }
        if (w->transcript != NULL)
            w->reads = gives_input(w->transcript->commands[w->command].text,
                                   w->program);
    }
    globfree(&sources);
}

/* One run -------------------------------------------------------------------
 */

/* Put a script in the place of the program, which runs it in the situation. */
static void put_in_situation(const struct work *w, const struct situation *s,
                             const char *sandbox, size_t number)
{
    char *path = text_format("%s/%s", sandbox, w->program);
    char *root = realpath(".", NULL);
    char *script = text_format(
        "#!/bin/sh\n"
        "USER='setpriv --clear-groups --reuid=%zu --regid=%zu'\n"
        "DENY='%s/build/tests/deny_call'\n"
        "CONTAINER='unshare --mount sh enter'\n"
        "export DIR=\"$PWD\" ROOT='%s'\n"
        "mkfifo gone && exec 9<> gone 8> gone 9>&- && rm gone\n"
        "exec %s '%s/%s' \"$@\" %s %s\n",
        ((size_t)getpid() & 0x7fff) * 32768 + 100000 + number, 100000 + number,
        root, root, s->with, programs(), w->program, s->redirections,
        strstr(s->redirections, ">&8") == NULL ? "8>&-" : "");

    unlink(path);
    put_file(sandbox, w->program, script);
    put_file(sandbox, "enter", container_script);
    chmod(path, 0755);
    chmod(sandbox, 0777);
    free(script);
    free(root);
    free(path);
}

/* What is needed to put the program in its situation just before its command.
 */
static struct {
    const struct work *work;
    const struct situation *situation;
    const char *sandbox;
    size_t number, command;
} now;

/* The session calls this before each command. */
static const char *const *before_command(const char *text)
{
    const struct transcript *t = now.work->transcript;

    while (t->commands[now.command].kind != COMMAND_RUN)
        now.command++;
    if (now.command++ == now.work->command)
        put_in_situation(now.work, now.situation, now.sandbox, now.number);
    return NULL;
}

/* Whether a line is a message of the program, or of another one that its source
 * names and that it has started. */
static bool is_message(const char *line, const struct work *w)
{
    size_t length = strcspn(line, ": \n");
    char *name = text_copy(line, length);
    bool good =
        length > 1 && strncmp(line + length, ": ", 2) == 0 &&
        (strcmp(name, w->program) == 0 || strstr(w->source, name) != NULL);

    free(name);
    return good || text_begins(line, "Fatal glibc error: ") ||
           text_begins(line, ": error while loading shared libraries: ");
}

static bool has_message(const char *text, const struct work *w)
{
    while (*text != '\0' && !is_message(text, w))
        text += strcspn(text, "\n") + (strchr(text, '\n') != NULL);
    return *text != '\0';
}

/* What is wrong with the outcome of the program's command, or NULL. */
static const char *wrong_with(const struct work *w, const struct situation *s,
                              const struct outcome *outcome, bool same)
{
    bool silent = strstr(s->redirections, "2>&-") != NULL;
    bool no_input = w->reads && strstr(s->redirections, "<&-") != NULL;
    unsigned may = no_input ? TELL : s->may;
    const char *said = silent ? w->source : outcome->output;

    if (outcome->output == NULL)
        return "a command before it fails";
    /* A program may refuse a closed standard input before it reads, and an
     * ignored signal that it sends. */
    if ((strstr(s->redirections, "<&-") != NULL &&
         strstr(said, "standard input") != NULL) ||
        (strstr(s->with, "--ignore-signal=TERM") != NULL &&
         strstr(said, "SIGTERM is blocked or ignored") != NULL))
        may |= TELL;
    if (same && (may & WORK))
        return NULL;
    if (same)
        return "it works";
    if (outcome->status == 0)
        return "it prints something else, with status 0";
    if (silent && has_message(outcome->output, w))
        return "a message goes to another place than standard error";
    if (outcome->status > 128)
        return may & DIE ? NULL : "a signal ends it";
    if (!(may & TELL))
        return "it fails";
    if (!silent && !(may & DIE) && !has_message(outcome->output, w))
        return "it fails without a message";
    return NULL;
}

/* Run the transcript up to the command of the program. Returns what is wrong,
 * to be freed, or NULL. */
static char *play(const struct work *w, const struct situation *s,
                  size_t number, const char *scratch)
{
    struct transcript cut = *w->transcript;
    size_t n = w->command + 1;
    struct outcome *outcomes =
        array_grow(NULL, 0, cut.ncommands * sizeof *outcomes);
    char **values = array_grow(NULL, 0, (cut.nvariables + 1) * sizeof *values);
    char *sandbox = sandbox_make(scratch, NULL, programs(), w->chapter), *error,
         *difference, *wrong = NULL;
    struct session session = {RUN_PIPE, sandbox,        20000,
                              NULL,     before_command, ""};
    const char *reason;

    if (sandbox == NULL)
        fail_msg("cannot make a sandbox: %s", strerror(errno));
    now.work = w;
    now.situation = s;
    now.sandbox = sandbox;
    now.number = number;
    now.command = 0;
    cut.ncommands = n;
    error = session_run(&session, &cut, outcomes);
    difference = match_first(&cut, n, outcomes, values);
    reason = wrong_with(w, s, &outcomes[n - 1], difference == NULL);
    /* A program that fails may end before its child, and a queue may be removed
     * only by a later command: neither is wrong here. test_faults.c tests that
     * no child is left. */
    if (error != NULL &&
        !((s->may & (TELL | DIE)) && outcomes[n - 1].status > 0 &&
          strstr(error, ": left a process behind") != NULL) &&
        strstr(error, ": message queue ") == NULL)
        wrong = text_format("%s", error);
    if (wrong == NULL && reason != NULL)
        wrong = text_format(
            "%s (status %d, output \"%.300s\")", reason, outcomes[n - 1].status,
            outcomes[n - 1].output == NULL ? "" : outcomes[n - 1].output);
    if (remove_our_queues() && wrong == NULL)
        wrong = text_format("a message queue is left");
    for (size_t i = 0; i < cut.nvariables; i++)
        free(values[i]);
    for (size_t i = 0; i < n; i++)
        free(outcomes[i].output);
    free(values);
    free(outcomes);
    free(difference);
    free(error);
    sandbox_remove(sandbox);
    return wrong;
}

/* All runs ------------------------------------------------------------------
 */

static size_t *to_do; /* program * SITUATIONS + situation */
static size_t n_to_do;

/* Write a number and a text as one line. */
static void write_result(size_t i, const char *text, FILE *out)
{
    fprintf(out, "%zu\t", i);
    for (; *text != '\0'; text++)
        putc(*text == '\n' ? '|' : *text, out);
    putc('\n', out);
}

static void try(size_t n, const char *scratch, FILE *out)
{
    size_t i = to_do[n];
    const struct situation *s = &situations[i % SITUATIONS];
    char *wrong = play(&works[i / SITUATIONS], s, n, scratch);

    write_result(i, wrong == NULL ? "" : wrong, out);
    free(wrong);
}

/* Of all that the results of a program depend on. */
static uint64_t inputs_of(const struct work *w)
{
    uint64_t hash = hash_file(hash_judge(), "build/tests/deny_call");

    /* A situation that is skipped here has not passed. */
    for (int i = 0; i < NEEDS; i++)
        hash = hash_text(hash, needs[i].missing == NULL ? "there" : "missing");
    return hash_transcript(hash, w->transcript->path, programs());
}

/* A line that try() has written. */
static void take(char *line)
{
    char *rest;
    size_t i = strtoul(line, &rest, 10);
    struct work *w = &works[i / SITUATIONS];
    const struct situation *s = &situations[i % SITUATIONS];

    if (strcmp(rest, "\t") != 0) {
        char *all =
            text_format("%s%s %s %s:%s\n", w->wrong == NULL ? "" : w->wrong,
                        s->with, w->program, s->redirections, rest);

        free(w->wrong);
        w->wrong = all;
    }
    if (--w->left == 0 && w->wrong == NULL) {
        char *name = text_format("hostile/%s", w->program);

        w->passed = true;
        remember(name, inputs_of(w));
        free(name);
    }
}

static void find_need(int need, const char *command, const char *reason)
{
    char *scratch = scratch_make();
    struct ended ended;

    chmod(scratch, 0755);
    ended = shell(scratch, "%s", command);
    needs[need].missing = ended.status == 0 ? NULL : reason;
    ended_free(&ended);
    scratch_remove(scratch);
}

static void find_needs(void)
{
    find_need(USERS,
              "setpriv --clear-groups --reuid=100000 --regid=100000 "
              "sh -c 'cd \"$BIN\" && cd \"$0\"' \"$PWD\"",
              "no other user can be taken on, or enter build/");
    find_need(DENIAL, "\"$ROOT/build/tests/deny_call\" msgget true",
              "system calls cannot be denied");
    find_need(CONTAINER, container_probe, container_impossible);
}

static bool is_wanted(const char *program)
{
    const char *only = getenv("HOSTILE");

    return only == NULL || fnmatch(only, program, 0) == 0;
}

static int try_all(void **state)
{
    find_needs();
    find_works();
    for (size_t i = 0; i < nworks; i++) {
        struct work *w = &works[i];
        char *name;

        if (w->transcript == NULL || !is_wanted(w->program))
            continue;
        name = text_format("hostile/%s", w->program);
        w->passed = is_remembered(name, inputs_of(w));
        free(name);
        for (size_t s = 0; s < SITUATIONS && !w->passed; s++)
            if (is_possible(&situations[s])) {
                to_do = array_grow(to_do, n_to_do, sizeof *to_do);
                to_do[n_to_do++] = i * SITUATIONS + s;
                w->left++;
            }
    }
    side_by_side("hostile situations", n_to_do, try, take);
    return 0;
}

static int forget_all(void **state)
{
    for (size_t i = 0; i < nworks; i++) {
        free(works[i].program);
        free(works[i].source);
        free(works[i].chapter);
        free(works[i].wrong);
        transcript_free(works[i].transcript);
    }
    free(works);
    free(to_do);
    return 0;
}

static void works_or_tells(void **state)
{
    const char *program = *state;
    size_t i = 0;

    if (!is_wanted(program))
        SKIP("HOSTILE names other programs");
    while (strcmp(works[i].program, program) != 0)
        i++;
    if (works[i].transcript == NULL && works[i].waits)
        SKIP("it runs until another program or a signal ends it");
    if (works[i].transcript == NULL)
        fail_msg("no transcript in %s has a command with status 0 and some "
                 "output that runs ./%s; add one to %s/tests/%s.console",
                 works[i].chapter, program, works[i].chapter, program);
    if (works[i].wrong != NULL)
        show(works[i].wrong);
    if (!works[i].passed)
        fail_msg("%s ends wrong in one of these situations", program);
}

/* So that the report of the tests tells which situations were left out. */
static void is_there(void **state)
{
    const struct need *need = *state;

    if (need->missing != NULL)
        SKIP(need->missing);
}

/* Many ----------------------------------------------------------------------
 */

/* The name under which copies of a transcript, chapters/CHAPTER/NAME.console,
 * are remembered. */
static char *name_of_copies(const char *path)
{
    const char *name = path + strlen("chapters/");
    size_t chapter = strcspn(name, "/");

    return text_format("hostile/copies.%.*s.%s", (int)chapter, name,
                       name + chapter + 1);
}

static struct copied {
    char *path;
    char *difference; /* between a copy and the transcript, or NULL */
} * copied;
static size_t ncopied;

static void run_copy(size_t i, const char *scratch, FILE *out)
{
    const char *path = copied[i % ncopied].path;
    char *error,
        *chapter = text_copy(path, (size_t)(strrchr(path, '/') - path)),
        *sandbox = sandbox_make(scratch, NULL, programs(), chapter);
    struct transcript *t = transcript_read(path, &error);
    struct session session = {RUN_PIPE, sandbox, DEADLINE, NULL, NULL, ""};

    if (sandbox == NULL)
        fail_msg("%s: %s", path, strerror(errno));
    assert_non_null(t);
    error = session_compare(&session, t);
    if (error != NULL)
        write_result(i % ncopied, error, out);
    free(error);
    free(chapter);
    transcript_free(t);
    sandbox_remove(sandbox);
}

static void take_difference(char *line)
{
    char *rest;
    struct copied *c = &copied[strtoul(line, &rest, 10)];

    free(c->difference);
    c->difference = text_copy(rest, strlen(rest));
}

/* Copies of all transcripts that are not remembered run at the same time. */
static void each_of_many_copies_does_what_its_transcript_says(void **state)
{
    size_t wrong = 0;
    glob_t shown;

    if (getenv("HOSTILE") != NULL)
        SKIP("HOSTILE names other programs");
    assert_int_equal(glob("chapters/*/*.console", 0, NULL, &shown), 0);
    for (size_t i = 0; i < shown.gl_pathc; i++) {
        char *path = shown.gl_pathv[i], *name = name_of_copies(path);

        if (!is_remembered(name,
                           hash_transcript(hash_judge(), path, programs()))) {
            copied = array_grow(copied, ncopied, sizeof *copied);
            copied[ncopied++].path = path;
        }
        free(name);
    }
    side_by_side("copies of transcripts", ncopied * COPIES, run_copy,
                 take_difference);
    for (size_t i = 0; i < ncopied; i++) {
        struct copied *c = &copied[i];
        char *name = name_of_copies(c->path);

        if (c->difference == NULL) {
            remember(name, hash_transcript(hash_judge(), c->path, programs()));
        } else {
            print_error("%s\n", c->difference);
            wrong++;
        }
        free(c->difference);
        free(name);
    }
    free(copied);
    globfree(&shown);
    if (wrong > 0)
        fail_msg("of %zu transcripts a copy differs", wrong);
}

int main(void)
{
    struct tests tests = {0};
    glob_t sources;
    int result;

    glob("chapters/*/*.c", 0, NULL, &sources);
    for (size_t i = 0; i < sources.gl_pathc; i++) {
        char *name = strrchr(sources.gl_pathv[i], '/') + 1;

        name[strlen(name) - strlen(".c")] = '\0';
        add_test(&tests, works_or_tells, name,
                 "%s works in hostile situations, or says why not", name);
    }
    ADD_ROWS(&tests, is_there, needs);
    ADD(&tests, each_of_many_copies_does_what_its_transcript_says);
    result = run_all("hostile", &tests, try_all, forget_all);
    globfree(&sources);
    return result;
}
