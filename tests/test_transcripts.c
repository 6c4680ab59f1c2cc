/* Tests that every program prints what its transcripts say.
 *
 * Usage: test_transcripts terminal|pipe|file
 *
 * The book shows chapters/NAME/NAME.console as it comes out on a terminal. The
 * transcripts in chapters/NAME/tests say what else must hold, and the book does
 * not show them. In those of chapters/NAME/changes one program is a changed
 * one. Into a pipe or a file stdio buffers more, so a program that relies on
 * the terminal fails there. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
static int changes_run;
static volatile sig_atomic_t stopped; /* the signal that interrupts us, or 0 */

static void note_signal(int signal_number)
{
    stopped = signal_number;
}

static int remove_sandbox(void **state)
{
    int result = sandbox == NULL ? 0 : sandbox_remove(sandbox);

    sandbox = NULL;
    return result;
}

/* The directory with the changed program of this transcript, or NULL if it runs
 * only programs of the book; the caller frees it. */
static char *changed_for(const char *path)
{
    const char *name = strrchr(path, '/') + 1;

    if (strstr(path, "/changes/") == NULL)
        return NULL;
    return text_format("%s/../changes/%.*s", programs(),
                       (int)(strlen(name) - strlen(".console")), name);
}

static bool is_sanitized(void)
{
    return strstr(programs(), "/sanitize-") != NULL;
}

/* Whether a new pipe holds less than 16 pages, as the user is at the limit
 * pipe-user-pages-soft. */
static bool has_small_pipes(void)
{
    int pipefd[2], size;

    if (pipe(pipefd) == -1)
        fail_msg("pipe: %s", strerror(errno));
    size = fcntl(pipefd[0], F_GETPIPE_SZ);
    close(pipefd[0]);
    close(pipefd[1]);
    return size < 16 * sysconf(_SC_PAGESIZE);
}

/* Whether we are root, but cannot become another user. */
static bool is_fixed_root(void)
{
    struct ended ended = shell(".", "[ $(id -u) != 0 ] || "
                                    "setpriv --reuid=65534 true");
    bool failed = ended.status != 0;

    ended_free(&ended);
    return failed;
}

/* Returns the reason in a comment of the transcript for which programs print
 * otherwise here; NULL if there is none. */
static const char *reason_to_skip(const char *path)
{
    static const struct {
        const char *reason;
        bool (*is_here)(void);
    } others[] = {
        {"a sanitizer prints otherwise", is_sanitized},
        {"a root without other users prints otherwise", is_fixed_root},
        {"a small pipe prints otherwise", has_small_pipes},
    };
    char *text = get_file(".", path);
    const char *reason = NULL;

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (text != NULL && strstr(text, others[i].reason) != NULL &&
            others[i].is_here())
            reason = others[i].reason;
    free(text);
    return reason;
}

static void prints_what_its_transcript_says(void **state)
{
    const char *path = *state;
    /* chapters/NAME */
    size_t length = strcspn(path, "/") + 1;
    char *sources, *error, *changed = changed_for(path);
    const char *reason;
    struct transcript *t = transcript_read(path, &error);
    struct session session = {mode, NULL, 60000, &stopped, NULL, NULL};

    if (t == NULL)
        fail_msg("%s", error);
    if (changed != NULL && !exists("%s", changed))
        SKIP("the changed programs are not built beside these programs");
    reason = reason_to_skip(path);
    if (reason != NULL)
        SKIP(reason);
    length += strcspn(path + length, "/");
    sources = text_copy(path, length);
    sandbox = sandbox_make("build/tests", changed, programs(), sources);
    if (sandbox == NULL)
        fail_msg("cannot make a sandbox for %s: %s", sources, strerror(errno));

    session.directory = sandbox;
    error = session_compare(&session, t);
    changes_run += changed != NULL;
    if (stopped != 0) {
        remove_sandbox(state);
        signal(stopped, SIG_DFL);
        raise(stopped);
    }
    if (error != NULL) {
        show(error);
        fail_msg("%s", "the output differs: - is expected, + came");
    }
    free(changed);
    free(sources);
    transcript_free(t);
}

/* Run the transcripts that the patterns name, as one group of tests. Returns 0
 * if none failed. */
static int run_group(const char *what, const char *const *patterns)
{
    struct tests tests = {.teardown = remove_sandbox};
    char *group = text_format("%s %s", what, modes[mode].where);
    glob_t found = {0};
    int result = 0;

    for (; *patterns != NULL; patterns++)
        glob(*patterns, GLOB_APPEND, NULL, &found);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *name = found.gl_pathv[i] + strlen("chapters/");

        add_test(&tests, prints_what_its_transcript_says, found.gl_pathv[i],
                 "%.*s %s", (int)(strlen(name) - strlen(".console")), name,
                 modes[mode].where);
    }
    result = run_all(group, &tests, NULL, NULL);
    globfree(&found);
    free(group);
    return result;
}

int main(int argc, char *argv[])
{
    static const char *const own[] = {"chapters/*/*.console",
                                      "chapters/*/tests/*.console", NULL};
    static const char *const changes[] = {"chapters/*/changes/*.console", NULL};
    glob_t found;
    int m = 0, result;

    while (m < MODES && (argc != 2 || strcmp(argv[1], modes[m].name) != 0))
        m++;
    if (m == MODES) {
        fputs("usage: test_transcripts terminal|pipe|file\n", stderr);
        return 2;
    }
    mode = (enum run_mode)m;
    signal(SIGINT, note_signal);
    signal(SIGTERM, note_signal);
    signal(SIGHUP, note_signal);

    result = run_group("transcripts", own);
    if (glob(changes[0], 0, NULL, &found) == 0) {
        globfree(&found);
        result |= run_group("changes", changes);
        printf("changes that ran %s: %d\n", modes[mode].where, changes_run);
    }
    return result;
}
