/* Proves that the function tables say what the system's headers say: for each
 * chapters/CHAPTER/functions/NAME.h the compiler, which is asked as a reader
 * of the book would ask it (no _GNU_SOURCE), finds that the prototype agrees
 * with the header's, that the header alone declares NAME and defines the
 * flags, that the flags have these values, and that <errno.h> defines the
 * errors. And that a file with a mistake in it does not pass. */
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "pages.h"
#include "support.h"

static char *scratch;

/* The compiler's complaint about a source, to be freed; NULL if it has none. */
static char *complaint(const char *source)
{
    const char *cc = getenv("CC");
    struct ended ended;

    put_file(scratch, "unit.c", source);
    ended = shell(".", "%s -std=gnu17 -fsyntax-only -Wall -Werror '%s'/unit.c",
                  cc == NULL || *cc == '\0' ? "cc" : cc, scratch);
    free(ended.out);
    if (ended.status != 0)
        return ended.err;
    free(ended.err);
    return NULL;
}

/* Whether a regular expression matches; then *part is what it has in
 * parentheses, to be freed, and *text moves to the end of the match. */
static bool match(const char **text, const char *expression, char **part)
{
    regmatch_t found[2];
    regex_t compiled;
    int result;

    assert_int_equal(regcomp(&compiled, expression, REG_EXTENDED), 0);
    result = regexec(&compiled, *text, 2, found, 0);
    regfree(&compiled);
    if (result != 0)
        return false;
    *part = text_copy(*text + found[1].rm_so,
                      (size_t)(found[1].rm_eo - found[1].rm_so));
    *text += found[1].rm_eo;
    return true;
}

static int line_at(const char *text, const char *place)
{
    int line = 1;

    for (; text < place; text++)
        line += *text == '\n';
    return line;
}

/* C that fails to compile, with the lines of the file at path in its messages,
 * unless the names before this relation in its _Static_asserts are macros. */
static void ask_macros(FILE *unit, const char *path, const char *text,
                       const char *relation)
{
    char *expression =
        text_format("_Static_assert\\(([A-Za-z0-9_]+) %s ", relation);
    const char *rest = text;
    char *name;

    while (match(&rest, expression, &name)) {
        int line = line_at(text, rest);

        fprintf(unit, "#ifndef %s\n#line %d \"%s\"\n", name, line, path);
        fprintf(unit, "#error %s is not defined there\n#endif\n", name);
        free(name);
    }
    free(expression);
}

/* What is wrong with the declaration in the file at path, in the compiler's
 * words, to be freed; NULL if nothing is. */
static char *mistake(const char *path)
{
    char *text = file_read(path, NULL), *name = stem(path), *header = NULL;
    const char *rest = text;
    char *units[4] = {NULL}, *wrong = NULL;
    size_t length, n = 0;
    FILE *unit;

    assert_non_null(text);
    assert_true(match(&rest, "#include (<[^>]+>)", &header));

    /* The file agrees with the headers, alone. */
    units[n++] = text_format("#line 1 \"%s\"\n%s", path, text);

    /* Its header declares the function and defines the flags, alone. */
    unit = open_memstream(&units[n++], &length);
    fprintf(unit, "#include %s\n#line %d \"%s\"\n", header, line_at(text, rest),
            path);
    fprintf(unit, "extern __typeof__(%s) *declared;\n", name);
    ask_macros(unit, path, text, "==");
    fclose(unit);

    /* <errno.h> defines the errors, alone. */
    unit = open_memstream(&units[n++], &length);
    fprintf(unit, "#include <errno.h>\n");
    ask_macros(unit, path, text, ">");
    fclose(unit);

    /* The file declares that function: with the header read before, only its
     * own declaration gets another name. */
    units[n++] = text_format("#include %s\n#define %s own_%s\n"
                             "#line 1 \"%s\"\n%s\n#line 1 \"%s\"\n"
                             "extern __typeof__(own_%s) *declared;\n",
                             header, name, name, path, text, path, name);

    for (size_t i = 0; i < n; i++) {
        if (wrong == NULL)
            wrong = complaint(units[i]);
        free(units[i]);
    }
    free(header);
    free(name);
    free(text);
    return wrong;
}

static void agrees(void **state)
{
    char *wrong = mistake(*state);

    if (wrong != NULL)
        fail_msg("%s and the system's headers disagree:\n%s", (char *)*state,
                 wrong);
}

/* A change of a file after which it must not pass, and what the compiler has to
 * name then. */
struct change {
    const char *what, *path, *from, *to, *line, *named;
};

static const struct change changes[] = {
    {"another type of a parameter", "chapters/fifo/functions/mkfifo.h",
     "mode_t mode", "char mode", "mkfifo.h:3:", "mkfifo"},
    {"a pointer to const as a pointer", "chapters/pipe/functions/popen.h",
     "const char *type", "char *type", "popen.h:3:", "popen"},
    {"another type of the result", "chapters/fifo/functions/mkfifo.h",
     "int mkfifo", "long mkfifo", "mkfifo.h:3:", "mkfifo"},
    {"one parameter too many", "chapters/pipe/functions/dup.h", "int fildes",
     "int fildes, int other", "dup.h:3:", "dup"},
    {"a header that does not declare the function",
     "chapters/pipe/functions/dup.h", "<unistd.h>", "<stdio.h>",
     "dup.h:1:", "dup"},
    {"a header that there is not", "chapters/pipe/functions/dup.h",
     "<unistd.h>", "<unistd2.h>", "dup.h:1:", "unistd2.h"},
    {"the declaration of another function", "chapters/pipe/functions/dup.h",
     "dup(int fildes)", "dup2(int fildes, int other)", "dup.h:1:", "own_dup"},
    {"another value of a flag", "chapters/msgqueue/functions/msgget.h",
     "IPC_CREAT == 01000", "IPC_CREAT == 0100", "msgget.h:6:", "IPC_CREAT"},
    {"a misspelt flag", "chapters/msgqueue/functions/msgget.h",
     "IPC_EXCL == ", "IPC_EXCLUSIVE == ", "msgget.h:7:", "IPC_EXCLUSIVE"},
    {"a flag of another header", "chapters/msgqueue/functions/msgget.h",
     "_Static_assert(IPC_EXCL == 02000",
     "#include <fcntl.h>\n_Static_assert(O_CREAT == 0100",
     "msgget.h:8:", "O_CREAT"},
    {"a misspelt error", "chapters/fifo/functions/mkfifo.h", "EROFS > ",
     "EROFSYS > ", "mkfifo.h:16:", "EROFSYS"},
    {"an error that is none", "chapters/msgqueue/functions/msgget.h",
     "EEXIST > ", "IPC_EXCL > ", "msgget.h:12:", "IPC_EXCL"},
};

static void is_found(void **state)
{
    const struct change *change = *state;
    char *text = file_read(change->path, NULL), *name = stem(change->path);
    char *file = text_format("%s.h", name), *at, *changed, *wrong;

    assert_non_null(text);
    if ((at = strstr(text, change->from)) == NULL)
        fail_msg("\"%s\" is not in %s", change->from, change->path);
    changed = text_format("%.*s%s%s", (int)(at - text), text, change->to,
                          at + strlen(change->from));
    put_file(scratch, file, changed);
    free(text);
    text = text_format("%s/%s", scratch, file);
    wrong = mistake(text);
    if (wrong == NULL)
        fail_msg("this passes:\n%s", changed);
    assert_contains(wrong, change->line);
    assert_contains(wrong, change->named);
    free(changed);
    free(wrong);
    free(text);
    free(file);
    free(name);
}

static int make_scratch(void **state)
{
    (void)state;
    scratch = scratch_make();
    return 0;
}

static int remove_scratch(void **state)
{
    (void)state;
    scratch_remove(scratch);
    return 0;
}

int main(void)
{
    struct texts chapters = {0}, tables = {0};
    struct tests tests = {0};
    int failed;

    spine(&chapters, "chapters");
    for (size_t i = 0; i < chapters.n; i++)
        files(&tables, "chapters/%s/functions/*.h", chapters.item[i]);
    for (size_t i = 0; i < tables.n; i++)
        add_test(&tests, agrees, tables.item[i],
                 "%s agrees with the system's headers", tables.item[i]);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        add_test(&tests, is_found, (void *)&changes[i], "%s is found",
                 changes[i].what);
    failed = run_all("functions", &tests, make_scratch, remove_scratch);
    texts_free(&chapters);
    texts_free(&tables);
    return failed;
}
