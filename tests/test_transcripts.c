/* Proves that every program prints what its transcript says.
 *
 * Usage: test_transcripts terminal|pipe|file
 *
 * The book shows what comes out on a terminal. Into a pipe or a file stdio
 * buffers more, so a program that relies on the terminal fails there. */
#include "support.h"

#include <errno.h>
#include <glob.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/run.h"
#include "../common/sandbox.h"
#include "../common/session.h"
#include "../common/transcript.h"

static const struct {
    const char *name, *where;
} modes[] = {
    [RUN_TERMINAL] = {"terminal", "on a terminal"},
    [RUN_PIPE] = {"pipe", "into a pipe"},
    [RUN_FILE] = {"file", "into a file"},
};
enum { MODES = sizeof modes / sizeof *modes };

static enum run_mode mode;
static char *sandbox;
static volatile sig_atomic_t
    stopped; /* the signal that told us to stop, or 0 */

static void note_signal(int signal_number)
{
    stopped = signal_number;
}

static int remove_sandbox(void **state)
{
    int result = sandbox == NULL ? 0 : sandbox_remove(sandbox);

    (void)state;
    sandbox = NULL;
    return result;
}

/* cmocka cuts a long message off, so the report goes out line by line. */
static void show(const char *report)
{
    while (*report != '\0') {
        int length = (int)strcspn(report, "\n");

        print_error("%.*s\n", length, report);
        report += length + (report[length] == '\n');
    }
}

static void prints_what_its_transcript_says(void **state)
{
    const char *path = *state;
    char *directory = text_copy(path, strlen(path)), *sources, *error;
    struct transcript *t = transcript_read(path, &error);
    struct session session = {mode, NULL, 60000, &stopped, NULL, NULL};

    if (t == NULL)
        fail_msg("%s", error);
    sources = text_format("chapters/%s", basename(dirname(directory)));
    sandbox = sandbox_make("build/tests", programs(), sources);
    if (sandbox == NULL)
        fail_msg("a sandbox for %s: %s", sources, strerror(errno));

    session.directory = sandbox;
    error = session_compare(&session, t);
    if (stopped != 0) {
        remove_sandbox(state);
        signal(stopped, SIG_DFL);
        raise(stopped);
    }
    if (error != NULL) {
        show(error);
        fail_msg("%s", "its transcript says otherwise: - was expected, + came");
    }
    free(sources);
    free(directory);
    transcript_free(t);
}

int main(int argc, char *argv[])
{
    struct tests tests = {.teardown = remove_sandbox};
    glob_t found;
    int known = 0, result;
    char *group;

    while (known < MODES &&
           (argc != 2 || strcmp(argv[1], modes[known].name) != 0))
        known++;
    if (known == MODES) {
        fputs("usage: test_transcripts terminal|pipe|file\n", stderr);
        return 2;
    }
    mode = (enum run_mode)known;
    signal(SIGINT, note_signal);
    signal(SIGTERM, note_signal);
    signal(SIGHUP, note_signal);

    if (glob("tests/transcripts/*/*.console", 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++) {
            const char *name = found.gl_pathv[i] + strlen("tests/transcripts/");

            add_test(&tests, prints_what_its_transcript_says, found.gl_pathv[i],
                     "%.*s %s", (int)(strlen(name) - strlen(".console")), name,
                     modes[mode].where);
        }
    group = text_format("transcripts %s", modes[mode].where);
    result = run_all(group, &tests, NULL, NULL);
    globfree(&found);
    free(group);
    return result;
}
