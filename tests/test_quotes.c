/* Tests that each text of the book quotes only what a file of its chapter has.
 * A quote is an inline code span with more than a name in it, or a number of
 * three or more digits. If a recording changes, the tests of the texts that
 * quote its old output fail, in each language.
 *
 * The files of a chapter are its recordings, those of its changes, its lists of
 * system calls, its programs, patches and exercises, and the transcripts that
 * only the tests run. The first page may quote each chapter.
 * chapters/NAME/unrecorded has the quotes that are in none of these files, each
 * with the reason. */
#include <ctype.h>
#include <err.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "built_pages.h"
#include "support.h"

/* What a text may name although no run of its chapter has it. */
static const char NAMES[] =
    "^[A-Za-z_][A-Za-z0-9_.]*(\\(\\))?$"          /* errno, read() */
    "|^[a-z][a-z0-9_-]*\\([1-9]\\)$"              /* signal-safety(7) */
    "|^<?[A-Za-z0-9_.]*(/[A-Za-z0-9_.-]+)+/?>?$"; /* /proc/self, <sys/x.h> */
/* C and commands of the shell that a text may advise although no program has
 * them. No output has one of these forms. */
static const char CODE[] =
    "^(if \\()?[a-z_][a-z0-9_]*\\(.*\\);?$" /* read(fd, buffer, n) */
    "|^(sizeof|return|void|char|struct) "
    "|^('[^']+'|\"[^\"]*\")$"                   /* 'c', "text" */
    "|(^| )(==|<=?|>) |^[<>]"                   /* n <= 1, > file */
    "|(^|[ (])\\./| --?[A-Za-z]| [|&]( |$)|\\$" /* ./a, ls -l, a | b, $? */
    "|^(make|git|lsof) |^[A-Za-z]+=[a-z]+$";

/* A text, and all files that it may quote. */
struct subject {
    const char *chapter;   /* NULL for book.md */
    struct texts pages;    /* the paths of its texts */
    struct texts material; /* the contents of the files */
    struct texts excused;  /* the quotes of chapters/NAME/unrecorded */
    size_t *used;          /* how often the texts have each of these */
    bool untraced;         /* the lists of system calls are empty */
};

#define DIGITS "0123456789"

static struct texts chapters;

/* Quotes --------------------------------------------------------------------*/

static regex_t names, code;

static bool is_like(const regex_t *pattern, const char *quote)
{
    return regexec(pattern, quote, 0, NULL, 0) == 0;
}

static bool in_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Return the length of the placeholder at text, which stands for anything on a
 * line; 0 if there is none. */
static size_t placeholder(const char *text)
{
    static const char *const words[] = {"CALL", "COMMAND", "FILE", "NUMBER"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_begins(text, words[i]) && !in_word(text[strlen(words[i])]))
            return strlen(words[i]);
    return 0;
}

/* Return whether text begins with the rest of a quote, and no word or number
 * goes on after it. before is the character before the rest. */
static bool begins(const char *text, const char *rest, char before)
{
    size_t length = in_word(before) ? 0 : placeholder(rest);

    if (*rest == '\0')
        return !in_word(before) || !in_word(*text);
    if (*text != '\0' && *text == *rest && begins(text + 1, rest + 1, *rest))
        return true;
    if (length > 0)
        for (const char *at = text; *at != '\0' && *at != '\n'; at++)
            if (begins(at + 1, rest + length, rest[length - 1]))
                return true;
    return false;
}

/* Return whether a quote is in a text, and not as a part of a longer word. */
static bool has_words(const char *text, const char *quote)
{
    for (const char *at = text; (at = strchr(at, *quote)) != NULL; at++)
        if ((at == text || !in_word(*quote) || !in_word(at[-1])) &&
            begins(at, quote, '\0'))
            return true;
    return false;
}

/* Return whether a number, in decimal digits, is in a text. There it may have
 * zeros before it and a letter after it, as in "%01024d". */
static bool has_number(const char *text, const char *number)
{
    size_t length = strlen(number), digits;

    for (const char *at = text; *(at += strcspn(at, DIGITS)) != '\0';
         at += digits) {
        bool word = at > text && in_word(at[-1]);

        at += strspn(at, "0");
        digits = strspn(at, DIGITS);
        if (!word && digits == length && strncmp(at, number, length) == 0)
            return true;
    }
    return false;
}

static bool is_program(const char *name)
{
    struct texts sources = {0};
    bool found;

    if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(name))
        return false;
    files(&sources, "chapters/*/%s.c", name);
    found = sources.n > 0;
    texts_free(&sources);
    return found;
}

static bool is_year(const char *number)
{
    long year = strtol(number, NULL, 10);

    return year >= 1970 && year < 2030;
}

static bool is_recorded(const struct texts *material, const char *quote)
{
    bool number = strspn(quote, DIGITS) == strlen(quote) && *quote != '0';

    for (size_t i = 0; i < material->n; i++)
        if ((number ? has_number : has_words)(material->item[i], quote))
            return true;
    return false;
}

static void check_quote(struct subject *s, const char *path, int line,
                        const char *quote, bool is_code)
{
    if (is_code ? is_like(&names, quote) || is_program(quote) : is_year(quote))
        return;
    if (is_recorded(&s->material, quote) || (is_code && is_like(&code, quote)))
        return;
    for (size_t i = 0; i < s->excused.n; i++)
        if (strcmp(s->excused.item[i], quote) == 0) {
            s->used[i]++;
            return;
        }
    problem("%s:%d: \"%s\": no recording of this chapter has it: correct the "
            "text or add the run",
            path, line, quote);
}

/* Texts ---------------------------------------------------------------------*/

/* Return the content of a code span as pandoc reads it: a line break and the
 * indentation after it are one space. The caller frees it. */
static char *span(const char *from, size_t length)
{
    char *text = text_copy(from, length), *end = text;

    for (const char *at = text; *at != '\0'; at++) {
        *end++ = *at;
        if (*at == '\n') {
            end[-1] = ' ';
            at += strspn(at + 1, " ");
        }
    }
    *end = '\0';
    return text;
}

/* Return the end of the piece of Markdown at text that is no prose: the head of
 * a file, a code block, attributes, the target of a link. Returns text if it is
 * prose. */
static const char *after_markup(const char *all, const char *text)
{
    const char *end = NULL;

    if (text == all && text_begins(text, "---\n"))
        end = strstr(text, "\n---\n");
    else if ((text == all || text[-1] == '\n') && text_begins(text, "```"))
        end = strstr(text, "\n```");
    else if (*text == '{')
        end = strchr(text, '}');
    else if (text_begins(text, "]("))
        end = strchr(text, ')');
    return end == NULL ? text : end + (*end == '\n' ? 4 : 1);
}

/* Return whether the digits at text are a decimal number of its own, and not a
 * part of a name or of a version such as 5.11. */
static bool is_number(const char *all, const char *text, size_t digits)
{
    const char *end = text + digits;

    return (text == all || (!in_word(text[-1]) && text[-1] != '.')) &&
           !in_word(*end) && !(*end == '.' && isdigit((unsigned char)end[1]));
}

static void check_text(struct subject *s, const char *path)
{
    char *all = file_read(path, NULL);

    assert_non_null(all);
    for (const char *at = all, *end; *at != '\0'; at = end) {
        size_t digits = strspn(at, DIGITS);
        char *quote = NULL;

        if ((end = after_markup(all, at)) != at)
            continue;
        end = at + (digits > 0 ? digits : 1);
        if (*at == '`' && strchr(end, '`') != NULL) {
            end = strchr(end, '`') + 1;
            quote = span(at + 1, (size_t)(end - at - 2));
            check_quote(s, path, line_of(all, at), quote, true);
        } else if (digits >= 3 && is_number(all, at, digits)) {
            quote = text_copy(at, digits);
            check_quote(s, path, line_of(all, at), quote, false);
        }
        free(quote);
    }
    free(all);
}

/* Read the quotes of a file with lines "QUOTE = reason". */
static void read_excused(struct subject *s, const char *path)
{
    char *all = file_read(path, NULL), *rest = all, *line;

    while (all != NULL && (line = strsep(&rest, "\n")) != NULL) {
        char *reason = strstr(line, " = ");

        if (*line == '#' || *line == '\0')
            continue;
        if (reason == NULL)
            fail_msg("%s: \"%s\" is not QUOTE = reason", path, line);
        texts_add(&s->excused, "%.*s", (int)(reason - line), line);
    }
    s->used = calloc(s->excused.n + 1, sizeof *s->used);
    assert_non_null(s->used);
    free(all);
}

static void has_all_quotes(void **state)
{
    struct subject *s = *state;

    if (s->untraced)
        SKIP("strace did not record the system calls");
    assert_int_not_equal(s->pages.n, 0);
    assert_int_not_equal(s->material.n, 0);
    for (size_t i = 0; i < s->pages.n; i++)
        check_text(s, s->pages.item[i]);
    for (size_t i = 0; i < s->excused.n; i++)
        if (s->used[i] == 0)
            problem("chapters/%s/unrecorded: \"%s\": no text quotes it, or a "
                    "run has it: remove the line",
                    s->chapter, s->excused.item[i]);
    assert_no_problem();
}

/* The rule ------------------------------------------------------------------*/

static void finds_whole_words_and_numbers(void **state)
{
    static const struct {
        bool (*has)(const char *text, const char *quote);
        const char *quote;
        bool found;
    } quotes[] = {
        {has_words, "13 bytes", true},
        {has_words, "read 13 bytes: a", true},
        {has_words, "x: open FILE: Bad", true},
        {has_words, "x: open FILE: ", true},
        {has_words, "x: open PATH: Bad", false},
        {has_words, "3 bytes", false},
        {has_words, "read 13 byte", false},
        {has_words, "read 14 bytes: a", false},
        {has_words, "x: read FILE: Bad", false},
        {has_number, "13", true},
        {has_number, "1024", true},
        {has_number, "24", false},
        {has_number, "102", false},
        {has_number, "1000", false},
    };

    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++)
        if (quotes[i].has("$ ./x\nread 13 bytes: a\nx: open my_x: Bad\n"
                          "printf %01024d\n0x1000\n",
                          quotes[i].quote) != quotes[i].found)
            fail_msg("\"%s\" is %sfound", quotes[i].quote,
                     quotes[i].found ? "not " : "");
}

static void looks_up_each_span_but_names(void **state)
{
    static const char *const outputs[] = {"read 4 bytes: a",
                                          "No such file or directory",
                                          "x: read: Broken pipe",
                                          "-1 EAGAIN",
                                          "read(3) = -1 EAGAIN",
                                          "3<pipe:[1]>",
                                          "n = 0",
                                          "1001 - read",
                                          "prwxr-xr-x",
                                          "123"};
    static const char *const others[] = {
        "errno", "read()", "read(2)", "/proc/PID/fd", "<sys/stat.h>", "EAGAIN"};

    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
        if (is_like(&names, outputs[i]) || is_like(&code, outputs[i]))
            fail_msg("%s is not looked up", outputs[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (!is_like(&names, others[i]))
            fail_msg("%s is looked up", others[i]);
}

/* Setup ---------------------------------------------------------------------*/

/* Add the contents of the files of a chapter that a text may quote. */
static void add_material(struct subject *s, const char *chapter)
{
    static const char *const patterns[] = {
        "build/record/%s/*.console",        "build/record/%s/*.calls",
        "chapters/%s/tests/*.console",      "chapters/%s/*.c",
        "chapters/%s/changes/*.patch",      "chapters/%s/exercises/*/*.c",
        "chapters/%s/exercises/*/*.console"};
    struct texts found = {0}, changes = {0};

    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        char *before = text_copy(patterns[i], strcspn(patterns[i], "%"));

        files(&found, "%s%s%s", before, chapter, strchr(patterns[i], '%') + 2);
        free(before);
    }
    files(&changes, "chapters/%s/changes/*.patch", chapter);
    for (size_t i = 0; i < changes.n; i++) {
        char *change = stem(changes.item[i]);

        texts_add(&found, "build/changes/%s.console", change);
        free(change);
    }
    for (size_t i = 0; i < found.n; i++) {
        char *content = file_read(found.item[i], NULL);

        if (content == NULL) {
            fail_msg("%s cannot be read: run make html", found.item[i]);
            continue;
        }
        if (text_begins(content, "# ") && strstr(found.item[i], ".calls"))
            s->untraced = true;
        texts_add(&s->material, "%s", content);
        free(content);
    }
    texts_free(&found);
    texts_free(&changes);
}

static int read_files(void **state)
{
    struct subject *s = *state;
    size_t n = s->chapter == NULL ? chapters.n : 1;

    for (size_t i = 0; i < n; i++)
        add_material(s, s->chapter == NULL ? chapters.item[i] : s->chapter);
    if (s->chapter == NULL) {
        texts_add(&s->pages, "book.md");
    } else {
        char *path = text_format("chapters/%s/unrecorded", s->chapter);

        files(&s->pages, "chapters/%s/*.md", s->chapter);
        files(&s->pages, "chapters/%s/exercises/*/*.md", s->chapter);
        read_excused(s, path);
        free(path);
    }
    return 0;
}

static int free_files(void **state)
{
    struct subject *s = *state;

    texts_free(&s->pages);
    texts_free(&s->material);
    texts_free(&s->excused);
    free(s->used);
    return 0;
}

int main(void)
{
    struct tests tests = {0};
    struct subject *subjects;
    int failed;

    if (regcomp(&names, NAMES, REG_EXTENDED | REG_NOSUB) != 0 ||
        regcomp(&code, CODE, REG_EXTENDED | REG_NOSUB) != 0)
        errx(EXIT_FAILURE, "regcomp");
    spine(&chapters, "chapters");
    subjects = calloc(chapters.n + 1, sizeof *subjects);
    assert_non_null(subjects);
    ADD(&tests, finds_whole_words_and_numbers);
    ADD(&tests, looks_up_each_span_but_names);
    tests.setup = read_files;
    tests.teardown = free_files;
    for (size_t i = 0; i <= chapters.n; i++) {
        if (i < chapters.n)
            subjects[i].chapter = chapters.item[i];
        add_test(&tests, has_all_quotes, &subjects[i],
                 "what %s%s quotes is in a file of the chapter",
                 i < chapters.n ? "chapters/" : "book.md",
                 i < chapters.n ? chapters.item[i] : "");
    }
    failed = run_all("quotes", &tests, NULL, NULL);
    free(subjects);
    texts_free(&chapters);
    regfree(&names);
    regfree(&code);
    return failed;
}
