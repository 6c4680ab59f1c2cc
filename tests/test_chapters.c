/* Checks, on the built pages, that each chapter and the first page have the
 * same headings, listings, notes, sessions, tables, figures, pictures, boxes
 * and lists in every language, in the same order; that a chapter shows each of
 * its programs and transcripts, and each program at work in a picture; and that
 * pictures link to lines of code on their page. */
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
    xmlNode *root = page(path), *node = root;

    while (node != NULL && !is(node, "main"))
        node = next_element(node, root);
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

/* The values that an attribute has in the page. */
static struct texts values(const struct subject *subject, const char *name)
{
    xmlNode *root = main_of(subject->chapter, subject->language);
    struct texts found = {0};

    for (xmlNode *node = root; node != NULL; node = next_element(node, root))
        if (attribute(node, name) != NULL)
            texts_add(&found, "%s", attribute(node, name));
    return found;
}

static void lists_each_program_once(void **state)
{
    const struct subject *subject = *state;
    struct texts listed = values(subject, "data-file"), programs_of = {0};

    files(&programs_of, "chapters/%s/*.c", subject->chapter);
    assert_int_not_equal(programs_of.n, 0);
    for (size_t i = 0; i < programs_of.n; i++)
        if (texts_count(&listed, programs_of.item[i]) != 1)
            fail_msg("chapters/%s/%s.md lists %s %zu times", subject->chapter,
                     subject->language, programs_of.item[i],
                     texts_count(&listed, programs_of.item[i]));
    texts_free(&listed);
    texts_free(&programs_of);
}

static void shows_each_transcript(void **state)
{
    const struct subject *subject = *state;
    struct texts shown = values(subject, "data-record"), transcripts = {0};

    files(&transcripts, "chapters/%s/*.console", subject->chapter);
    assert_int_not_equal(transcripts.n, 0);
    for (size_t i = 0; i < transcripts.n; i++)
        if (texts_count(&shown, transcripts.item[i] + strlen("chapters/")) == 0)
            fail_msg("chapters/%s/%s.md does not show %s", subject->chapter,
                     subject->language, transcripts.item[i]);
    texts_free(&shown);
    texts_free(&transcripts);
}

/* The links in the pictures of a page, or in the words beside them. */
static struct texts places(const struct subject *subject, const char *name,
                           const char *class)
{
    xmlNode *root = main_of(subject->chapter, subject->language);
    struct texts found = {0};

    for (xmlNode *node = root; node != NULL; node = next_element(node, root))
        if (is(node, "a") && within(node, "figure", "picture") != NULL &&
            within(node, name, class) != NULL)
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
    found = places(subject, "svg", "course");
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

/* Check that each link of a picture leads to a line of code on its page. */
static void leads_to_lines(const struct subject *subject, struct texts *links)
{
    xmlNode *root = main_of(subject->chapter, subject->language);
    struct texts lines = {0};

    for (xmlNode *node = root; node != NULL; node = next_element(node, root))
        if (is(node, "span") && attribute(node, "id") != NULL &&
            within(node, "pre", NULL) != NULL)
            texts_add(&lines, "#%s", attribute(node, "id"));
    if (links->n == 0)
        fail_msg("no picture of chapters/%s/%s.md links to a line of code",
                 subject->chapter, subject->language);
    for (size_t i = 0; i < links->n; i++)
        if (texts_count(&lines, links->item[i]) != 1)
            fail_msg("chapters/%s/%s.md: a picture links to \"%s\", and there "
                     "is no such line on its page",
                     subject->chapter, subject->language, links->item[i]);
    texts_free(&lines);
    texts_free(links);
}

static void leads_from_pictures_to_lines_of_its_own(void **state)
{
    const struct subject *subject = *state;
    struct texts links;

    skip_without_pictures(subject);
    links = places(subject, "svg", NULL);
    leads_to_lines(subject, &links);
    links = places(subject, "details", "words");
    leads_to_lines(subject, &links);
}

static void has_the_folder_as_id(void **state)
{
    const struct subject *subject = *state;
    xmlNode *root = main_of(subject->chapter, subject->language);
    size_t titles = 0;

    for (xmlNode *node = root; node != NULL; node = next_element(node, root))
        if (is(node, "h1")) {
            assert_string_equal(or_nothing(attribute(node, "id")),
                                subject->chapter);
            titles++;
        }
    assert_int_equal(titles, 1);
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
            add_test(&tests, lists_each_program_once, s,
                     "%s/%s.md lists each program of its folder once",
                     s->chapter, s->language);
            add_test(&tests, shows_each_transcript, s,
                     "%s/%s.md shows each transcript of the chapter",
                     s->chapter, s->language);
            add_test(&tests, draws_each_program_at_work, s,
                     "%s/%s.md draws each program of its folder at work",
                     s->chapter, s->language);
            add_test(&tests, leads_from_pictures_to_lines_of_its_own, s,
                     "the pictures of %s/%s.md link to lines of its page",
                     s->chapter, s->language);
            add_test(&tests, has_the_folder_as_id, s,
                     "the title of %s/%s.md has the folder as its id",
                     s->chapter, s->language);
        }
    failed = run_all("chapters", &tests, NULL, NULL);
    free(subjects);
    texts_free(&chapters);
    texts_free(&languages);
    return failed;
}
