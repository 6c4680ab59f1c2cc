/* Checks that docs/tools/check-declaration, which the build runs before it puts
 * the declaration of a function on a page, finds each kind of mistake: a sample
 * declaration passes, and after one change the compiler names the line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "support.h"

static const char sample[] = "#include <fcntl.h>\n"
                             "\n"
                             "int creat(const char *file, mode_t mode);\n"
                             "\n"
                             "/* Flags */\n"
                             "_Static_assert(O_CREAT == 0100, \"O_CREAT\");\n"
                             "\n"
                             "/* Errors */\n"
                             "#include <errno.h>\n"
                             "_Static_assert(EROFS > 0, \"EROFS\");\n";

static char *scratch;

/* A change of the sample, and what the compiler's message then contains. */
struct change {
    const char *what, *from, *to, *line, *named;
};

static const struct change changes[] = {
    {"another type of a parameter", "mode_t mode", "char mode",
     "creat.h:3:", "creat"},
    {"a pointer without const", "const char *file", "char *file",
     "creat.h:3:", "creat"},
    {"another type of the result", "int creat", "long creat",
     "creat.h:3:", "creat"},
    {"one parameter too many", "mode_t mode", "mode_t mode, int other",
     "creat.h:3:", "creat"},
    {"a header that does not declare the function", "<fcntl.h>",
     "<sys/types.h>", "creat.h:1:", "creat"},
    {"a header that does not exist", "<fcntl.h>", "<fcntl2.h>",
     "creat.h:1:", "fcntl2.h"},
    {"no header", "#include <fcntl.h>", "", "creat.h:1:", "#include <HEADER>"},
    {"the declaration of another function",
     "creat(const char *file, mode_t mode)",
     "open(const char *file, int oflag, ...)", "creat.h:1:", "own_creat"},
    {"another value of a flag", "O_CREAT == 0100", "O_CREAT == 0200",
     "creat.h:6:", "O_CREAT"},
    {"a misspelt flag",
     "O_CREAT == ", "O_CREATE == ", "creat.h:6:", "O_CREATE"},
    {"a flag of another header", "_Static_assert(O_CREAT == 0100",
     "#include <sys/msg.h>\n_Static_assert(IPC_CREAT == 01000",
     "creat.h:7:", "IPC_CREAT"},
    {"a misspelt error", "EROFS > ", "EROFSYS > ", "creat.h:10:", "EROFSYS"},
    {"a flag among the errors", "EROFS > ", "O_CREAT > ",
     "creat.h:10:", "O_CREAT"},
};

/* Run the check on text; its status and what it printed. */
static struct ended check(const char *text)
{
    put_file(scratch, "creat.h", text);
    return shell(".", "docs/tools/check-declaration '%s/creat.h'", scratch);
}

static void the_sample_passes(void **state)
{
    struct ended ended = check(sample);

    assert_string_equal(ended.err, "");
    assert_int_equal(ended.status, 0);
    ended_free(&ended);
}

static void is_found(void **state)
{
    const struct change *change = *state;
    const char *at = strstr(sample, change->from);
    struct ended ended;
    char *changed;

    assert_non_null(at);
    changed = text_format("%.*s%s%s", (int)(at - sample), sample, change->to,
                          at + strlen(change->from));
    ended = check(changed);
    if (ended.status != 1)
        fail_msg("status %d for:\n%s", ended.status, changed);
    assert_contains(ended.err, change->line);
    assert_contains(ended.err, change->named);
    ended_free(&ended);
    free(changed);
}

static int make_scratch(void **state)
{
    scratch = scratch_make();
    return 0;
}

static int remove_scratch(void **state)
{
    scratch_remove(scratch);
    return 0;
}

int main(void)
{
    struct tests tests = {0};

    ADD(&tests, the_sample_passes);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        add_test(&tests, is_found, (void *)&changes[i], "%s is found",
                 changes[i].what);
    return run_all("functions", &tests, make_scratch, remove_scratch);
}
