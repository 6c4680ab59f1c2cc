/* Checks, on the built pages, that each chapter and the first page have the
 * same headings, listings, notes, sessions, tables, figures, pictures, boxes
 * and lists in every language, in the same order; and that a chapter shows each
 * of its programs at work in a picture.
 *
 * The filters stop the build if a chapter does not show a program or a
 * transcript: see test_filter.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "built_pages.h"
#include "support.h"

/* A chapter, or "index" for the first page, in one language and another. */
struct subject {
    const char *chapter, *language, *other;
};

static char *built(const char *chapter, const char *language)
{
    return text_format("build/book/%s/%s.html", language, chapter);
}

static char *source(const char *chapter, const char *language)
{
    return strcmp(chapter, "index") == 0
               ? text_format("book.md (%s)", language)
               : text_format("chapters/%s/%s.md", chapter, language);
}

/* The element <main> of a page. */
static xmlNode *main_of(const char *chapter, const char *language)
{
    char *path = built(chapter, language);
    xmlNode *root = page(path), *node = find(root, "main", NULL);

    if (node == NULL)
        fail_msg("%s: there is no such page, or it has no <main>", path);
    free(path);
    return node;
}

static bool one_of(const xmlNode *node, const char *const *names)
{
    while (*names != NULL && !is(node, *names))
        names++;
    return *names != NULL;
}

static const char *or_nothing(const char *text)
{
    return text == NULL ? "" : text;
}

static size_t count(xmlNode *root, const char *const *names)
{
    size_t n = 0;

    for (xmlNode *node = root; node != NULL; node = next_element(node, root))
        n += one_of(node, names);
    return n;
}

static const char *const HEADINGS[] = {"h1", "h2", "h3", "h4",
                                       "h5", "h6", NULL};

/* Add an element, if it is a part of the structure of a page. */
static void mark(struct texts *marks, xmlNode *node)
{
    static const char *const rows[] = {"tr", NULL};
    static const char *const cells[] = {"th", "td", NULL};
    const char *name = (const char *)node->name;
    const char *id = or_nothing(attribute(node, "id"));
    const char *class = or_nothing(attribute(node, "class"));
    const char *file = attribute(node, "data-file");
    const char *record = attribute(node, "data-record");

    if (one_of(node, HEADINGS)) {
        texts_add(marks, "the heading %s {#%s}", name, id);
    } else if (is(node, "figure") || is(node, "details")) {
        texts_add(marks, "the %s #%s", class, id);
    } else if (file != NULL) {
        texts_add(marks, "the program %s", file);
    } else if (record != NULL) {
        /* Leave out the language in NAME.LANG.calls. */
        texts_add(marks, "the recording %.*s%s", (int)strcspn(record, "."),
                  record, strrchr(record, '.'));
    } else if (is(node, "pre")) {
        texts_add(marks, "a code block (%s)", class);
    } else if (is(node, "li") && *id != '\0') {
        texts_add(marks, "the note #%s", id);
    } else if (is(node, "a") && within(node, "details", "words") != NULL) {
        texts_add(marks, "the place %s in words",
                  or_nothing(attribute(node, "href")));
    } else if (is(node, "svg")) {
        texts_add(marks, "a picture (%s)", class);
    } else if (is(node, "dt") && within(node, "figure", "function") != NULL) {
        char *term = text_of(node);

        texts_add(marks, "the term %s", term);
        free(term);
    } else if (is(node, "img")) {
        texts_add(marks, "the image %s", or_nothing(attribute(node, "src")));
    } else if (is(node, "aside")) {
        texts_add(marks, "a box (%s)", class);
    } else if (is(node, "table")) {
        size_t n = count(node, rows), all = count(node, cells);

        texts_add(marks, "a table of %zu rows and %zu cells", n, all);
    } else if (is(node, "ul") || is(node, "ol")) {
        texts_add(marks, "a list (%s) of %lu items", name,
                  xmlChildElementCount(node));
    }
}

static struct texts structure(const char *chapter, const char *language)
{
    xmlNode *root = main_of(chapter, language);
    struct texts marks = {0};

    for (xmlNode *node = root; node != NULL; node = next_element(node, root))
        if (within(node, "nav", NULL) == NULL)
            mark(&marks, node);
    if (marks.n == 0)
        fail_msg("build/book/%s/%s.html is empty", language, chapter);
    return marks;
}

static void has_one_structure(void **state)
{
    const struct subject *subject = *state;
    struct texts one = structure(subject->chapter, subject->language);
    struct texts two = structure(subject->chapter, subject->other);
    const char *heading = "no heading";
    size_t i = 0;

    for (; i < one.n && i < two.n && strcmp(one.item[i], two.item[i]) == 0; i++)
        if (strncmp(one.item[i], "the heading", 11) == 0)
            heading = one.item[i];
    if (i < one.n || i < two.n) {
        char *first = source(subject->chapter, subject->language);
        char *second = source(subject->chapter, subject->other);

        fail_msg("%s and %s differ under %s, after %s:\n"
                 "  %s has %s\n  %s has %s",
                 first, second, heading, i == 0 ? "nothing" : one.item[i - 1],
                 first, i < one.n ? one.item[i] : "nothing more", second,
                 i < two.n ? two.item[i] : "nothing more");
    }
    texts_free(&one);
    texts_free(&two);
}

/* The links in the pictures of runs on a page. */
static struct texts places(const struct subject *subject)
{
    xmlNode *root = main_of(subject->chapter, subject->language);
    struct texts found = {0};

    for (xmlNode *node = root; node != NULL; node = next_element(node, root))
        if (is(node, "a") && within(node, "svg", "course") != NULL)
            texts_add(&found, "%s", or_nothing(attribute(node, "href")));
    return found;
}

/* Skip the test if the page says that its pictures could not be drawn. */
static void skip_without_pictures(const struct subject *subject)
{
    xmlNode *root = main_of(subject->chapter, subject->language);

    for (xmlNode *node = root; node != NULL; node = next_element(node, root))
        if (is(node, "p") && has_class(node, "missing") &&
            within(node, "figure", "picture") != NULL) {
            SKIP("the pictures could not be drawn");
        }
}

static void draws_each_program_at_work(void **state)
{
    const struct subject *subject = *state;
    struct texts programs_of = {0}, found;

    skip_without_pictures(subject);
    found = places(subject);
    files(&programs_of, "chapters/%s/*.c", subject->chapter);
    assert_int_not_equal(programs_of.n, 0);
    for (size_t i = 0; i < programs_of.n; i++) {
        char *name = stem(programs_of.item[i]);
        char *begin = text_format("#src-%s-", name);
        size_t length = strlen(begin), n = 0;

        /* The rest must be the number of a line, not of a longer name. */
        for (size_t k = 0; k < found.n; k++)
            n += strncmp(found.item[k], begin, length) == 0 &&
                 strspn(found.item[k] + length, "0123456789") ==
                     strlen(found.item[k] + length);
        if (n == 0)
            fail_msg("chapters/%s/%s.md has no picture of %s at work",
                     subject->chapter, subject->language, programs_of.item[i]);
        free(name);
        free(begin);
    }
    texts_free(&found);
    texts_free(&programs_of);
}

int main(void)
{
    struct texts chapters = {0}, languages = {0};
    struct subject *subjects, *s;
    struct tests tests = {0};
    int failed;

    spine(&chapters, "chapters");
    spine(&languages, "languages");
    subjects = s = calloc((chapters.n + 1) * languages.n, sizeof *subjects);
    for (size_t c = 0; c <= chapters.n; c++)
        for (size_t l = 0; l < languages.n; l++, s++) {
            *s = (struct subject){c < chapters.n ? chapters.item[c] : "index",
                                  languages.item[l],
                                  languages.item[l == 0 ? 0 : l - 1]};
            if (l > 0)
                add_test(&tests, has_one_structure, s,
                         "%s has one structure in %s and %s", s->chapter,
                         s->language, s->other);
            if (c == chapters.n)
                continue;
            add_test(&tests, draws_each_program_at_work, s,
                     "%s/%s.md draws each program of its folder at work",
                     s->chapter, s->language);
        }
    failed = run_all("chapters", &tests, NULL, NULL);
    free(subjects);
    texts_free(&chapters);
    texts_free(&languages);
    return failed;
}
