/* Checks the built book, in each language, as HTML pages, as one HTML file, as
 * EPUB and as the HTML that the PDF is made from: every program and every
 * recorded output is in it, byte for byte; links lead to files and ids that
 * exist, and pages load nothing from the network; a page links to itself in the
 * other language; every picture is well-formed, keeps its texts inside its
 * frame and has the same story in words; notes and lines of code link to each
 * other; a page names the machine of its recordings, and is small; a reference
 * has the number of its target. tests/pdf checks the PDFs. */
#include <archive.h>
#include <archive_entry.h>
#include <libxml/parser.h>
#include <libxml/uri.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "../common/transcript.h"
#include "../common/visible.h"
#include "built_pages.h"
#include "support.h"

/* The pages of one form of the book: the HTML of a language, or an EPUB. */
struct book {
    char *name;           /* a directory, or the file of an EPUB */
    const char *language; /* NULL for the page that offers the languages */
    bool packed;          /* an EPUB */
    char *directory;      /* of its files */
    struct texts pages;   /* their file names, with the directory */
};

static struct texts chapters, languages, programs_of_all, recordings, changes;
static char *scratch; /* has the files of the EPUBs */

/* Problems: a test prints all that it finds, and fails at its end. ----------*/

/* Report a problem of a file of the book. */
__attribute__((format(printf, 3, 4))) static void
wrong(const struct book *book, const char *path, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    assert_int_not_equal(vasprintf(&text, format, args), -1);
    va_end(args);
    problem("%s%s: %s", book->packed ? book->name : "",
            book->packed ? path + strlen(book->directory) : path, text);
    free(text);
}

/* Call a function for every element of every page, and fail the test if there
 * was a problem. */
static void each(const struct book *book,
                 void (*look)(const struct book *, const char *, xmlNode *))
{
    assert_int_not_equal(book->pages.n, 0);
    for (size_t i = 0; i < book->pages.n; i++) {
        const char *path = book->pages.item[i];
        xmlNode *root = page(path), *node;

        if (root == NULL)
            wrong(book, path, "does not exist, or is not well-formed XML");
        for (node = root; node != NULL; node = next_element(node, root))
            look(book, path, node);
    }
    assert_no_problem();
}

/* Programs and recordings ---------------------------------------------------*/

/* Print the text of the parts of a session, in the form of file_text(). */
static void add_parts(FILE *out, const xmlNode *code)
{
    assert_true(is(code, "code"));
    for (const xmlNode *part = code->children; part != NULL;
         part = part->next) {
        bool element = part->type == XML_ELEMENT_NODE;
        char *text = text_of(part);

        if (element && has_class(part, "waits"))
            fputs("{{waits}}", out);
        else if (element && has_class(part, "no-newline"))
            fputs("{{no newline}}", out);
        else
            fprintf(out, "%s%s",
                    element && has_class(part, "typed") ? "< " : "", text);
        free(text);
    }
}

/* Print one turn of a terminal, <div><p class="who">NAME</p><pre><code>. */
static void add_turn(FILE *out, xmlNode *div)
{
    xmlNode *who = xmlFirstElementChild(div);
    char *name = text_of(who);

    assert_true(has_class(who, "who"));
    fprintf(out, "%s:\n", name);
    free(name);
    add_parts(out, xmlFirstElementChild(xmlNextElementSibling(who)));
}

static bool is_recording(const char *file)
{
    size_t length = strlen(file), tail = strlen(".console");

    return length > tail && strcmp(file + length - tail, ".console") == 0;
}

/* Return the text of an element that shows a file, or the text of a session in
 * the form of file_text(); the caller frees it. */
static char *shown_by(xmlNode *node, const char *file)
{
    size_t length;
    char *text = NULL;
    FILE *out;

    if (!is_recording(file))
        return text_of(node);
    out = open_memstream(&text, &length);
    assert_non_null(out);
    if (!has_class(node, "terminals"))
        add_parts(out, xmlFirstElementChild(node));
    else
        for (xmlNode *div = xmlFirstElementChild(node); div != NULL;
             div = xmlNextElementSibling(div))
            if (!has_class(div, "screen"))
                add_turn(out, div);
    fclose(out);
    return text;
}

/* Print pieces of a line with visible escapes. */
static void add_segments(FILE *out, const struct segment *segments, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (const char *text = segments[i].text; *text != '\0';) {
            char escape[ESCAPE_SIZE];
            size_t length = visible_escape(text, escape);

            fprintf(out, "%.*s", (int)(*escape == '\0' ? length : 0), text);
            fputs(escape, out);
            text += length;
        }
}

/* Return the text of a file, or NULL if it cannot be read; the caller frees it.
 * A recording has its lines as a terminal shows them, with visible escapes; on
 * several terminals a line "NAME:" where the terminal changes. */
static char *file_text(const char *file)
{
    struct transcript *session;
    const char *terminal = "";
    bool several = false;
    size_t length;
    char *text, *error;
    FILE *out;

    if (!is_recording(file))
        return file_read(file, NULL);
    if ((session = transcript_read(file, &error)) == NULL)
        fail_msg("%s", error);
    for (size_t i = 0; i < session->ncommands; i++)
        several |= session->commands[i].terminal != NULL &&
                   strcmp(session->commands[i].terminal,
                          session->commands[0].terminal) != 0;
    out = open_memstream(&text, &length);
    assert_non_null(out);
    for (size_t i = 0; i < session->ncommands; i++) {
        const struct command *c = &session->commands[i];

        if (several && strcmp(c->terminal, terminal) != 0)
            fprintf(out, "%s:\n", terminal = c->terminal);
        if (c->kind != COMMAND_LOOK) {
            fputs(c->kind == COMMAND_RUN ? "$ " : "< ", out);
            add_segments(out, c->segments, c->nsegments);
            putc('\n', out);
        }
        for (size_t k = 0; k < c->nlines; k++) {
            add_segments(out, c->lines[k].segments, c->lines[k].nsegments);
            fputs(c->lines[k].newline ? "\n" : "{{no newline}}\n", out);
        }
        if (c->status == STATUS_WAITS)
            fputs("{{waits}}\n", out);
        else if (c->status != 0)
            fprintf(out, "[%d]\n", c->status);
    }
    fclose(out);
    transcript_free(session);
    return text;
}

/* Check that every element with the attribute name has the text of the file
 * that the attribute names, under directory; and that each expected file is in
 * an element. */
static void check_files(const struct book *book, const char *name,
                        const char *directory, const struct texts *expected)
{
    struct texts shown = {0};

    assert_int_not_equal(expected->n, 0);
    for (size_t i = 0; i < book->pages.n; i++) {
        const char *path = book->pages.item[i];
        xmlNode *root = page(path), *node;

        for (node = root; node != NULL; node = next_element(node, root)) {
            if (attribute(node, name) == NULL)
                continue;

            char *file = text_format("%s%s", directory, attribute(node, name));
            char *bytes = file_text(file);
            char *text = shown_by(node, file);
            size_t length = bytes == NULL ? 0 : strlen(bytes);

            /* pandoc omits the newline at the end of a program. */
            if (*directory == '\0' && length > 0 && bytes[length - 1] == '\n')
                bytes[length - 1] = '\0';
            if (bytes == NULL || strcmp(bytes, text) != 0)
                wrong(book, path, "does not have the text of %s", file);
            texts_add(&shown, "%s", file);
            free(file);
            free(bytes);
            free(text);
        }
    }
    for (size_t i = 0; i < expected->n; i++)
        if (texts_count(&shown, expected->item[i]) == 0)
            wrong(book, book->directory, "%s is missing", expected->item[i]);
    texts_free(&shown);
    assert_no_problem();
}

static void prints_every_program(void **state)
{
    check_files(*state, "data-file", "", &programs_of_all);
}

static void shows_every_recording(void **state)
{
    check_files(*state, "data-record", "build/record/", &recordings);
}

static void shows_every_change(void **state)
{
    check_files(*state, "data-change", "build/changes/", &changes);
}

/* Links ---------------------------------------------------------------------*/

static const char *link_of(const xmlNode *node)
{
    const char *href = attribute(node, "href");

    return href != NULL ? href : attribute(node, "src");
}

/* Return whether a link has a scheme, such as https:, or begins with //. */
static bool is_external(const char *link)
{
    return link[strcspn(link, ":/?#")] == ':' || strncmp(link, "//", 2) == 0;
}

/* Return the file that a link of the page at path leads to; the caller frees
 * it. */
static char *target_of(const char *path, const char *link)
{
    size_t length = strcspn(link, "?#");
    const char *slash = strrchr(path, '/');
    char *name, *target;

    if (length == 0)
        return text_copy(path, strlen(path));
    name = xmlURIUnescapeString(link, (int)length, NULL);
    target = text_format("%.*s/%s", (int)(slash - path), path, name);
    xmlFree(name);
    return target;
}

static bool has_id(const char *path, const char *id)
{
    xmlNode *root = page(path);

    for (xmlNode *node = root; node != NULL; node = next_element(node, root)) {
        const char *own = attribute(node, "id");

        if (own != NULL && strcmp(own, id) == 0)
            return true;
    }
    return false;
}

static void check_link(const struct book *book, const char *path, xmlNode *node)
{
    const char *link = link_of(node);
    const char *fragment = link == NULL ? NULL : strchr(link, '#');
    struct stat st;
    char *target;

    if (link == NULL || is_external(link))
        return;
    target = target_of(path, link);
    if (stat(target, &st) == -1 || !S_ISREG(st.st_mode))
        wrong(book, path, "<%s> links to \"%s\", and there is no such file",
              node->name, link);
    else if (fragment != NULL && !has_id(target, fragment + 1))
        wrong(book, path, "<%s> links to \"%s\", and there is no such id",
              node->name, link);
    free(target);
}

static void has_no_dead_link(void **state)
{
    each(*state, check_link);
}

#define MANUAL "https://manpages.debian.org/"

static void check_network(const struct book *book, const char *path,
                          xmlNode *node)
{
    const char *link = link_of(node);
    char *text;

    /* A link to a page of the manual loads nothing. "data:," is an empty icon,
     * so that the browser does not ask for one. */
    if (link != NULL && is_external(link) && strcmp(link, "data:,") != 0 &&
        !(is(node, "a") && has_class(node, "manual") &&
          strncmp(link, MANUAL, strlen(MANUAL)) == 0))
        wrong(book, path, "<%s> links to \"%s\"", node->name, link);
    if (!is(node, "style") && !is(node, "script"))
        return;
    text = text_of(node);
    if (strstr(text, "//") != NULL)
        wrong(book, path, "<%s> has an address in it", node->name);
    free(text);
}

static void does_not_refer_to_the_network(void **state)
{
    const struct book *book = *state;
    struct texts styles = {0};

    files(&styles, "%s/*.css", book->directory);
    files(&styles, "%s/EPUB/styles/*.css", book->directory);
    for (size_t i = 0; i < styles.n; i++) {
        char *text = file_read(styles.item[i], NULL);

        assert_non_null(text);
        if (strstr(text, "//") != NULL)
            wrong(book, styles.item[i], "has an address in it");
        free(text);
    }
    texts_free(&styles);
    each(book, check_network);
}

/* Return the place of a closing quotation mark where an opening one belongs, at
 * the beginning or after a space or an opening bracket; NULL if there is none.
 */
static const char *wrong_mark(const char *text)
{
    static const char *const marks[] = {"\342\200\231", "\342\200\235"};

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        for (const char *at = text; (at = strstr(at, marks[i])) != NULL; at++)
            if (at == text || strchr(" \n\t([{", at[-1]) != NULL)
                return at;
    return NULL;
}

static void check_marks(const struct book *book, const char *path,
                        xmlNode *node)
{
    static const char *const texts[] = {"p",  "li", "dt", "dd", "td",
                                        "th", "h1", "h2", "h3", "figcaption"};
    char *text;
    const char *at;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (is(node, texts[i])) {
            text = text_of(node);
            if ((at = wrong_mark(text)) != NULL)
                wrong(
                    book, path,
                    "closing quotation mark in place of an opening one: %.60s",
                    at);
            free(text);
        }
}

static void opens_its_quotations(void **state)
{
    each(*state, check_marks);
}

/* Listings and captions -----------------------------------------------------*/

/* Return the number of lines of code before the next note, which the attribute
 * style has; -1 if it has something else. */
static long lines_above(const xmlNode *node)
{
    const char *style = attribute(node, "style");
    long lines = 0;

    if (style != NULL && sscanf(style, "--lines:%ld", &lines) != 1)
        return -1;
    return lines;
}

/* Check that the number beside a line links to its note and the number of the
 * note back to the line, and that lines, the sum for the notes before, is the
 * number of lines above it. */
static void check_note(const struct book *book, const char *path, xmlNode *ref,
                       xmlNode *note, long lines)
{
    const char *line = attribute(ref->parent, "id");
    const char *id = note == NULL ? NULL : attribute(note, "id");
    xmlNode *back = note == NULL ? NULL : find(note, "a", "back");
    char *number;

    if (id == NULL || back == NULL || line == NULL) {
        wrong(book, path, "%s has no note", attribute(ref, "href"));
        return;
    }
    number = text_of(back);
    if (strcmp(attribute(ref, "href") + 1, id) != 0 ||
        strcmp(attribute(back, "href") + 1, line) != 0 ||
        strcmp(attribute(ref, "data-note"), number) != 0)
        wrong(book, path, "#%s and #%s do not link to each other", line, id);
    if (strtol(strrchr(line, '-') + 1, NULL, 10) != lines + 1)
        wrong(book, path, "the note of #%s is beside line %ld", id, lines + 1);
    free(number);
}

static void check_notes(const struct book *book, const char *path,
                        xmlNode *figure)
{
    xmlNode *list = find(figure, "ol", "notes");
    xmlNode *item = list == NULL ? NULL : xmlFirstElementChild(list);
    long lines = list == NULL ? 0 : lines_above(list);

    for (xmlNode *node = figure; node != NULL;
         node = next_element(node, figure)) {
        if (!has_class(node, "ref"))
            continue;
        check_note(book, path, node,
                   item == NULL ? NULL : xmlFirstElementChild(item), lines);
        lines += item == NULL ? 0 : lines_above(item);
        item = item == NULL ? NULL : xmlNextElementSibling(item);
    }
    if (item != NULL)
        wrong(book, path, "#%s: a note has no line", attribute(figure, "id"));
}

/* Check that the caption links to a copy of the program's source. */
static void check_file(const struct book *book, const char *path,
                       xmlNode *figure)
{
    xmlNode *caption = find(figure, "figcaption", NULL);
    xmlNode *link = caption == NULL ? NULL : find(caption, "a", NULL);
    xmlNode *pre = find(figure, "pre", NULL);
    char *target, *copy, *source;

    if (link == NULL || pre == NULL || attribute(pre, "data-file") == NULL) {
        wrong(book, path, "#%s does not link to its file",
              attribute(figure, "id"));
        return;
    }
    target = target_of(path, attribute(link, "href"));
    copy = file_read(target, NULL);
    source = file_read(attribute(pre, "data-file"), NULL);
    if (copy == NULL || source == NULL || strcmp(copy, source) != 0)
        wrong(book, path, "%s is not %s", target, attribute(pre, "data-file"));
    free(target);
    free(copy);
    free(source);
}

static void check_listing(const struct book *book, const char *path,
                          xmlNode *node)
{
    if (!is(node, "figure") || !has_class(node, "listing"))
        return;
    check_notes(book, path, node);
    check_file(book, path, node);
}

static void links_notes_with_lines(void **state)
{
    each(*state, check_listing);
}

/* Check that the caption of a figure links to the figure. */
static void check_caption(const struct book *book, const char *path,
                          xmlNode *node)
{
    const char *id;
    xmlNode *here;

    if (!is(node, "figure"))
        return;
    id = attribute(node, "id");
    here = find(node, "a", "here");
    if (id == NULL || here == NULL || !is(here->parent, "figcaption") ||
        strcmp(attribute(here, "href") + 1, id) != 0)
        wrong(book, path, "the caption of #%s does not link to it",
              id == NULL ? "" : id);
}

static void links_captions_to_figures(void **state)
{
    each(*state, check_caption);
}

/* A page with recordings names their machine once, and each links to it. */
static void names_the_machine(void **state)
{
    const struct book *book = *state;
    char *machine = file_read("build/work/machine", NULL);

    assert_non_null(machine);
    machine[strcspn(machine, "\n")] = '\0';
    for (size_t i = 0; i < book->pages.n; i++) {
        const char *path = book->pages.item[i];
        xmlNode *root = page(path), *said = find(root, "footer", "machine");
        char *text = said == NULL ? NULL : text_of(said);
        size_t sessions = 0, leading = 0;

        for (xmlNode *node = root; node != NULL;
             node = next_element(node, root)) {
            sessions += is(node, "figure") && has_class(node, "session");
            leading += is(node, "a") &&
                       within(node, "figure", "session") != NULL &&
                       strcmp(attribute(node, "href"), "#machine") == 0;
        }
        if ((sessions > 0) != (text != NULL && strstr(text, machine) != NULL))
            wrong(book, path, "%s where its outputs were recorded",
                  sessions > 0 ? "does not say" : "says");
        if (leading != sessions)
            wrong(book, path, "%zu of %zu sessions lead there", leading,
                  sessions);
        free(text);
    }
    free(machine);
    assert_no_problem();
}

/* The version is on each page, on the title of a book in one file, and on the
 * cover of an EPUB. */
static void shows_its_version(void **state)
{
    const struct book *book = *state;
    struct texts version = {0}, places = {0};

    spine(&version, "version");
    assert_int_equal(version.n, 1);
    if (book->packed)
        files(&places, "%s/EPUB/media/*.svg", book->directory);
    else
        for (size_t i = 0; i < book->pages.n; i++)
            texts_add(&places, "%s", book->pages.item[i]);
    assert_int_not_equal(places.n, 0);
    for (size_t i = 0; i < places.n; i++) {
        xmlNode *root = page(places.item[i]);
        bool shown = false;

        for (xmlNode *node = root; node != NULL;
             node = next_element(node, root)) {
            if (is(node, "p") || is(node, "text")) {
                char *text = text_of(node);

                shown |= strstr(text, version.item[0]) != NULL;
                free(text);
            }
        }
        if (!shown)
            wrong(book, places.item[i], "does not show the version %s",
                  version.item[0]);
    }
    texts_free(&version);
    texts_free(&places);
    assert_no_problem();
}

/* A line of code has an id only if a link leads to it. */
static void has_only_ids_that_are_used(void **state)
{
    const struct book *book = *state;

    for (size_t i = 0; i < book->pages.n; i++) {
        const char *path = book->pages.item[i];
        xmlNode *root = page(path);
        struct texts links = {0};

        for (xmlNode *node = root; node != NULL;
             node = next_element(node, root))
            if (is(node, "a") && attribute(node, "href") != NULL)
                texts_add(&links, "%s", attribute(node, "href"));
        for (xmlNode *node = root; node != NULL;
             node = next_element(node, root)) {
            const char *id = attribute(node, "id");
            char *link = text_format("#%s", id == NULL ? "" : id);

            if (is(node, "span") && id != NULL && strncmp(id, "src-", 4) == 0 &&
                texts_count(&links, link) == 0)
                wrong(book, path, "no link leads to %s", link);
            free(link);
        }
        texts_free(&links);
    }
    assert_no_problem();
}

/* A style sheet has each dark rule twice: for a dark system, and for a reader
 * who chose the dark theme. */
static void has_each_dark_rule_for_both_readers(void **state)
{
    struct texts styles = {0};

    files(&styles, "build/book/*.css");
    assert_int_not_equal(styles.n, 0);
    for (size_t i = 0; i < styles.n; i++) {
        char *text = file_read(styles.item[i], NULL);

        assert_non_null(text);
        if (occurrences(text, ":root:not([data-theme=\"light\"])") !=
                occurrences(text, ":root[data-theme=\"dark\"]") ||
            occurrences(text, "prefers-color-scheme") !=
                occurrences(text, "@media screen and (prefers-color-scheme: "
                                  "dark) {\n:root:not("))
            fail_msg("%s: a dark rule depends on the system alone",
                     styles.item[i]);
        free(text);
    }
    texts_free(&styles);
}

/* References ----------------------------------------------------------------*/

/* Remove the white space from text, and return text. */
static char *squeeze(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; from++)
        if (strchr(" \n\t\r\f", *from) == NULL) {
            if (strncmp(from, "\xc2\xa0", 2) == 0)
                from++;
            else
                *to++ = *from;
        }
    *to = '\0';
    return text;
}

/* Return whether a text has the form "Figure 1.2". */
static bool is_label(const char *text)
{
    const char *number = text + strcspn(text, "0123456789");
    size_t first = strspn(number, "0123456789");

    return number > text && first > 0 && number[first] == '.' &&
           strspn(number + first + 1, "0123456789") > 0 &&
           number[first + 1 + strspn(number + first + 1, "0123456789")] == '\0';
}

static size_t references;

/* Check that a link with the text "Figure 1.2" leads to the figure with this
 * label. */
static void check_reference(const struct book *book, const char *path,
                            xmlNode *node)
{
    const char *href = attribute(node, "href");
    const char *id = href == NULL ? NULL : strchr(href, '#');
    char *text, *target;

    if (!is(node, "a") || id == NULL || is_external(href))
        return;
    text = squeeze(text_of(node));
    target = target_of(path, href);
    if (is_label(text)) {
        xmlNode *root = page(target), *found = NULL, *of;

        for (of = root; of != NULL; of = next_element(of, root))
            if (has_class(of, "label")) {
                const xmlNode *figure = within(of, "figure", NULL);
                const char *own;

                if (figure == NULL)
                    figure = within(of, "aside", "exercise");
                own = figure == NULL ? NULL : attribute(figure, "id");
                if (own != NULL && strcmp(own, id + 1) == 0)
                    found = of;
            }
        char *label =
            squeeze(found == NULL ? text_copy("nothing", 7) : text_of(found));

        references++;
        if (strcmp(label, text) != 0)
            wrong(book, path, "\"%s\" leads to %s", text, label);
        free(label);
    }
    free(target);
    free(text);
}

static void numbers_its_references(void **state)
{
    references = 0;
    each(*state, check_reference);
    assert_true(references >= 5);
}

/* The other languages -------------------------------------------------------*/

/* Check that a link to another language leads to the same page there, and from
 * a heading to the same heading. */
static void check_language(const struct book *book, const char *path,
                           xmlNode *node)
{
    const char *other = attribute(node, "hreflang");
    const char *id;
    char *name, *expected;

    if (other == NULL)
        return;
    id = attribute(node->parent, "id");
    name = stem(path);
    expected = text_format("../%s/%s.html%s%s", other, name,
                           id == NULL ? "" : "#", id == NULL ? "" : id);
    if (strcmp(other, book->language) == 0 ||
        texts_count(&languages, other) == 0 ||
        strcmp(attribute(node, "href"), expected) != 0)
        wrong(book, path, "<%s hreflang=\"%s\"> links to \"%s\", not to %s",
              node->name, other, attribute(node, "href"), expected);
    free(name);
    free(expected);
}

static void leads_to_the_same_place_in_the_other_language(void **state)
{
    const struct book *book = *state;

    for (size_t i = 0; i < book->pages.n; i++) {
        xmlNode *root = page(book->pages.item[i]), *node;
        size_t switches = 0;

        for (node = root; node != NULL; node = next_element(node, root))
            switches += is(node, "a") && has_class(node, "switch") &&
                        attribute(node, "hreflang") != NULL;
        if (switches != languages.n - 1)
            wrong(book, book->pages.item[i], "has %zu links to switch",
                  switches);
    }
    each(book, check_language);
}

/* The pictures --------------------------------------------------------------*/

/* The rows of a picture, from a file build/record/NAME/RECORD.LANG.pictures. */
struct story {
    char *id; /* of its figure */
    struct texts place, words;
};

static struct story *stories;
static size_t n_stories;

/* Return the id of the figure of a picture of a recording; the caller frees
 * it. */
static char *id_of(const char *record, const char *name)
{
    const char *moment = name + strcspn(name, "-");

    if (strcmp(name, "whole") == 0)
        return text_format("course-%s-all", record);
    return text_format("%.*s-%s%s", (int)(moment - name), name, record, moment);
}

static struct story *story_of(const char *id)
{
    for (size_t i = 0; i < n_stories; i++)
        if (strcmp(stories[i].id, id) == 0)
            return &stories[i];
    return NULL;
}

/* Add a row: a line after the SVG in a file of pictures. */
static void add_row(struct story *story, char *line)
{
    char *place = strsep(&line, "\t"), *lane = strsep(&line, "\t");
    char *call = strsep(&line, "\t");

    assert_non_null(line);
    (void)lane;
    texts_add(&story->place, "%s", place);
    texts_add(&story->words, "%s%s%s", call, *line == '\0' ? "" : " ", line);
}

static void read_stories(const char *language)
{
    struct texts found = {0};

    files(&found, "build/record/*/*.%s.pictures", language);
    for (size_t i = 0; i < found.n; i++) {
        char *text = file_read(found.item[i], NULL), *rest = text, *line;
        char *record = stem(found.item[i]);
        bool in_svg = false;

        *strrchr(record, '.') = '\0'; /* the language */
        while ((line = strsep(&rest, "\n")) != NULL) {
            if (!in_svg && strncmp(line, "== ", 3) == 0) {
                stories = array_grow(stories, n_stories, sizeof *stories);
                stories[n_stories++] =
                    (struct story){id_of(record, line + 3), {0}, {0}};
                in_svg = true;
            } else if (in_svg) {
                in_svg = strcmp(line, "</svg>") != 0;
            } else if (*line != '\0' && *line != '#') {
                add_row(&stories[n_stories - 1], line);
            }
        }
        free(text);
        free(record);
    }
    texts_free(&found);
}

static void forget_stories(void)
{
    for (size_t i = 0; i < n_stories; i++) {
        free(stories[i].id);
        texts_free(&stories[i].place);
        texts_free(&stories[i].words);
    }
    free(stories);
    stories = NULL;
    n_stories = 0;
}

/* Return the approximate width of a text in the fonts of
 * docs/theme/figures.css: DejaVu Sans Mono of 13 px if fixed, or NanumGothic of
 * 12 px, whose Latin letters have an average width of 0.545. */
static double width_of(const char *text, bool fixed)
{
    double width = 0;

    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++)
        if (*c >= 0xea && *c <= 0xed) /* Hangul */
            width += 0.94;
        else if ((*c & 0xc0) != 0x80)
            width += fixed                               ? 0.602
                     : strchr(" ;:.,", (char)*c) == NULL ? 0.545
                                                         : 0.28;
    return width * (fixed ? 13 : 12);
}

static double number_of(const xmlNode *node, const char *name)
{
    const char *value = attribute(node, name);

    assert_non_null(value);
    return strtod(value, NULL);
}

/* Check that the viewBox is the size of the picture, and each text inside it.
 */
static void check_size(const struct book *book, const char *path,
                       const char *id, xmlNode *svg)
{
    const char *box = attribute(svg, "viewBox");
    double width, height;

    if (box == NULL || sscanf(box, "0 0 %lf %lf", &width, &height) != 2 ||
        width != number_of(svg, "width") ||
        height != number_of(svg, "height")) {
        wrong(book, path, "#%s: the viewBox is not the size", id);
        return;
    }
    for (xmlNode *node = svg; node != NULL; node = next_element(node, svg)) {
        const char *anchor = attribute(node, "text-anchor");
        bool fixed = has_class(node, "call") || has_class(node, "out");
        double x, y, long_;
        char *text;

        if (!is(node, "text"))
            continue;
        text = text_of(node);
        x = number_of(node, "x");
        y = number_of(node, "y");
        long_ = width_of(text, fixed);
        if (anchor != NULL && strcmp(anchor, "middle") == 0)
            x -= long_ / 2;
        if (x < 0 || x + long_ > width || y < 10 || y + 2 > height)
            wrong(book, path,
                  "#%s: \"%s\" is at %.0f to %.0f, %.0f, and the "
                  "picture has %.0f by %.0f",
                  id, text, x, x + long_, y, width, height);
        free(text);
    }
}

/* Add the targets of the links in an element. */
static void links_in(struct texts *links, xmlNode *root)
{
    for (xmlNode *node = root; node != NULL; node = next_element(node, root))
        if (is(node, "a"))
            texts_add(links, "%s", attribute(node, "href"));
}

static void compare(const struct book *book, const char *path, const char *id,
                    const char *what, const struct texts *is_there,
                    const struct texts *expected)
{
    size_t i = 0;

    while (i < is_there->n && i < expected->n &&
           strcmp(is_there->item[i], expected->item[i]) == 0)
        i++;
    if (i < is_there->n || i < expected->n)
        wrong(book, path, "#%s: %s %zu is \"%s\" and not \"%s\"", id, what,
              i + 1, i < is_there->n ? is_there->item[i] : "missing",
              i < expected->n ? expected->item[i] : "nothing");
}

/* Check that the words beside a picture are the rows of its story, and that
 * picture and words link to the same lines of code. */
static void check_words(const struct book *book, const char *path,
                        const struct story *story, xmlNode *svg, xmlNode *words)
{
    struct texts rows = {0}, places = {0}, in_svg = {0}, in_words = {0};

    for (xmlNode *node = words; node != NULL; node = next_element(node, words))
        if (is(node, "li") && is(node->parent, "ul")) {
            char *text = text_of(node);

            texts_add(&rows, "%s", text);
            free(text);
        }
    for (size_t i = 0; i < story->place.n; i++) {
        const char *place = story->place.item[i];
        const char *colon = strchr(place, ':');

        if (colon != NULL)
            texts_add(&places, "#src-%.*s-%s", (int)(colon - place), place,
                      colon + 1);
    }
    links_in(&in_svg, svg);
    links_in(&in_words, words);
    if (rows.n == 0)
        wrong(book, path, "#%s has no row", story->id);
    compare(book, path, story->id, "the row", &rows, &story->words);
    compare(book, path, story->id, "the link in words", &in_words, &places);
    if (book->packed) /* the pictures of an EPUB have no links */
        places.n = 0;
    compare(book, path, story->id, "the link of the picture", &in_svg, &places);
    texts_free(&rows);
    texts_free(&places);
    texts_free(&in_svg);
    texts_free(&in_words);
}

/* Remove each part from the text. */
static void remove_all(char *text, const char *part)
{
    size_t length = strlen(part);

    while ((text = strstr(text, part)) != NULL)
        memmove(text, text + length, strlen(text + length) + 1);
}

/* Check a picture, the markup <figure class="picture">...</figure> of a page,
 * and add its id to seen. HTML is XML here but for <wbr>, which has no end. */
static void check_picture(const struct book *book, const char *path,
                          struct texts *seen, char *text)
{
    xmlNode *figure, *svg, *words;
    const char *id, *hidden, *focusable;
    const struct story *story;
    xmlDoc *document;

    if (!book->packed)
        remove_all(text, "<wbr>");
    document = xmlReadDoc((const xmlChar *)text, path, "UTF-8",
                          XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    figure = xmlDocGetRootElement(document);
    if (figure == NULL) {
        wrong(book, path, "is not well-formed XML: %.*s", 60, text);
        return;
    }
    id = attribute(figure, "id");
    story = story_of(id);
    svg = xmlFirstElementChild(figure);
    if (story == NULL) {
        wrong(book, path, "#%s is not a picture of a recording", id);
    } else if (svg == NULL || !is(svg, "svg") || svg->ns == NULL ||
               strcmp((const char *)svg->ns->href,
                      "http://www.w3.org/2000/svg") != 0) {
        wrong(book, path, "#%s has no SVG", id);
    } else if (strstr(path, "print.html") == NULL) {
        hidden = attribute(svg, "aria-hidden");
        focusable = attribute(svg, "focusable");
        if (hidden == NULL || strcmp(hidden, "true") != 0 ||
            focusable == NULL || strcmp(focusable, "false") != 0)
            wrong(book, path, "#%s is not hidden from screen readers", id);
        check_size(book, path, id, svg);
        words = xmlNextElementSibling(svg);
        if (words == NULL || !is(words, "details") ||
            !has_class(words, "words"))
            wrong(book, path, "#%s has no words", id);
        else
            check_words(book, path, story, svg, words);
    }
    texts_add(seen, "%s", id);
    xmlFreeDoc(document);
}

/* Check all pictures of the pages, and add their ids to seen. */
static void check_pictures(const struct book *book, struct texts *seen)
{
    static const char begin[] = "<figure class=\"picture\"",
                      end[] = "</figure>";

    read_stories(book->language);
    for (size_t i = 0; i < book->pages.n; i++) {
        const char *path = book->pages.item[i];
        char *text = file_read(path, NULL), *at = text;

        assert_non_null(text);
        while ((at = strstr(at, begin)) != NULL) {
            char *last = strstr(at, end), *picture;

            assert_non_null(last);
            last += strlen(end);
            picture = text_copy(at, (size_t)(last - at));
            check_picture(book, path, seen, picture);
            free(picture);
            at = last;
        }
        free(text);
    }
    forget_stories();
}

/* Return whether the build could trace no system calls, so has no pictures. */
static bool has_no_trace(void)
{
    struct texts found = {0};
    char *text;
    bool none;

    files(&found, "build/record/*/*.trace");
    assert_int_not_equal(found.n, 0);
    text = file_read(found.item[0], NULL);
    none = text != NULL && *text == '#';
    free(text);
    texts_free(&found);
    return none;
}

static void skip_without_trace(void)
{
    if (has_no_trace()) {
        SKIP("this build could trace no system calls");
    }
}

static void has_pictures_and_stories(void **state)
{
    const struct book *book = *state;
    struct texts seen = {0};

    skip_without_trace();
    check_pictures(book, &seen);
    assert_int_not_equal(seen.n, 0);
    texts_free(&seen);
    assert_no_problem();
}

static void has_the_pictures_of_the_pages(void **state)
{
    const struct book *book = *state;
    struct book html = {NULL, book->language, false, "", {0}};
    struct texts here = {0}, there = {0};

    skip_without_trace();
    for (size_t i = 0; i < chapters.n; i++)
        texts_add(&html.pages, "build/book/%s/%s.html", book->language,
                  chapters.item[i]);
    check_pictures(book, &here);
    check_pictures(&html, &there);
    compare(book, book->pages.item[0], "", "the picture", &here, &there);
    texts_free(&html.pages);
    texts_free(&here);
    texts_free(&there);
    assert_no_problem();
}

/* Unpack an EPUB into directory. */
static void unpack(const char *epub, const char *directory)
{
    struct archive *archive = archive_read_new();
    struct archive_entry *entry;
    int result;

    archive_read_support_format_zip(archive);
    result = archive_read_open_filename(archive, epub, 65536);
    while (result == ARCHIVE_OK &&
           (result = archive_read_next_header(archive, &entry)) == ARCHIVE_OK) {
        char *path =
            text_format("%s/%s", directory, archive_entry_pathname(entry));

        archive_entry_set_pathname(entry, path);
        result = archive_read_extract(archive, entry,
                                      ARCHIVE_EXTRACT_SECURE_NODOTDOT);
        free(path);
    }
    if (result != ARCHIVE_EOF)
        fail_msg("%s: %s", epub, archive_error_string(archive));
    archive_read_free(archive);
}

/* The tests -----------------------------------------------------------------*/

static struct book *books;
static size_t n_books;

/* Return whether the book is one HTML file. */
static bool is_single(const struct book *book)
{
    size_t length = strlen(book->name);

    return length > 5 && strcmp(book->name + length - 5, ".html") == 0;
}

static int open_books(void **state)
{
    scratch = scratch_make();
    for (struct book *book = books; book < books + n_books; book++) {
        if (!book->packed) {
            files(&book->pages, is_single(book) ? "%s" : "%s/*.html",
                  book->directory);
            continue;
        }
        book->directory = text_format("%s/%s", scratch, book->language);
        unpack(book->name, book->directory);
        files(&book->pages, "%s/EPUB/*.xhtml", book->directory);
        files(&book->pages, "%s/EPUB/*/*.xhtml", book->directory);
        files(&book->pages, "%s/EPUB/*.opf", book->directory);
        files(&book->pages, "%s/EPUB/*.ncx", book->directory);
    }
    return 0;
}

static int close_books(void **state)
{
    scratch_remove(scratch);
    return 0;
}

static void add_book(const char *language, bool packed, char *name)
{
    books = array_grow(books, n_books, sizeof *books);
    books[n_books++] =
        (struct book){name,
                      language,
                      packed,
                      packed ? NULL : text_copy(name, strlen(name)),
                      {0}};
}

/* Add the tests for each form of the book that has all chapters. */
static void add_tests_of_content(struct tests *tests, struct book *book)
{
    const char *name = book->name;

    add_test(tests, opens_its_quotations, book,
             "%s opens quotations with an opening mark", name);
    add_test(tests, prints_every_program, book,
             "%s prints every program byte for byte", name);
    add_test(tests, shows_every_recording, book,
             "%s shows every recording byte for byte", name);
    if (changes.n > 0)
        add_test(tests, shows_every_change, book,
                 "%s shows every recording of a change byte for byte", name);
    add_test(tests, has_pictures_and_stories, book,
             "%s has each picture and its story in words", name);
    add_test(tests, numbers_its_references, book, "%s numbers its references",
             name);
    if (strncmp(name, "build/book/", 11) != 0 || book->packed ||
        is_single(book))
        add_test(tests, has_the_pictures_of_the_pages, book,
                 "%s has the pictures of the pages", name);
}

static void add_tests(struct tests *tests, struct book *book)
{
    const char *name = book->name;

    if (book->language != NULL)
        add_test(tests, shows_its_version, book, "%s shows its version", name);
    if (strncmp(name, "build/work", 10) == 0 || is_single(book)) {
        add_tests_of_content(tests, book);
        return;
    }
    add_test(tests, has_no_dead_link, book, "%s has no dead link", name);
    add_test(tests, does_not_refer_to_the_network, book,
             "%s does not refer to the network", name);
    if (book->language == NULL) {
        return;
    }
    add_tests_of_content(tests, book);
    if (book->packed)
        return;
    add_test(tests, links_notes_with_lines, book,
             "%s links notes with lines, and programs with files", name);
    add_test(tests, links_captions_to_figures, book,
             "%s has a link to each figure in its caption", name);
    add_test(tests, names_the_machine, book,
             "%s names the machine of its recordings", name);
    add_test(tests, has_only_ids_that_are_used, book,
             "%s has an id only for lines that a link leads to", name);
    add_test(tests, leads_to_the_same_place_in_the_other_language, book,
             "%s links to the same place in the other language", name);
}

int main(void)
{
    struct texts transcripts = {0}, tried = {0};
    struct tests tests = {0};
    int failed;

    spine(&chapters, "chapters");
    spine(&languages, "languages");
    for (size_t i = 0; i < chapters.n; i++) {
        files(&programs_of_all, "chapters/%s/*.c", chapters.item[i]);
        files(&transcripts, "chapters/%s/*.console", chapters.item[i]);
        files(&tried, "chapters/%s/changes/*.console", chapters.item[i]);
    }
    for (size_t i = 0; i < tried.n; i++)
        texts_add(&changes, "build/changes/%s",
                  strrchr(tried.item[i], '/') + 1);
    for (size_t i = 0; i < transcripts.n; i++)
        texts_add(&recordings, "build/record/%s",
                  transcripts.item[i] + strlen("chapters/"));

    add_book(NULL, false, text_format("build/book"));
    for (size_t i = 0; i < languages.n; i++) {
        const char *l = languages.item[i];

        add_book(l, false, text_format("build/book/%s", l));
        add_book(l, true, text_format("build/book/linux-ipc.%s.epub", l));
        add_book(l, false, text_format("build/book/linux-ipc.%s.html", l));
        add_book(l, false, text_format("build/work/%s", l));
    }
    for (size_t i = 0; i < n_books; i++)
        add_tests(&tests, &books[i]);
    ADD(&tests, has_each_dark_rule_for_both_readers);
    failed = run_all("book", &tests, open_books, close_books);

    for (size_t i = 0; i < n_books; i++) {
        free(books[i].name);
        free(books[i].directory);
        texts_free(&books[i].pages);
    }
    free(books);
    texts_free(&chapters);
    texts_free(&transcripts);
    texts_free(&languages);
    texts_free(&programs_of_all);
    texts_free(&recordings);
    texts_free(&tried);
    texts_free(&changes);
    return failed;
}
