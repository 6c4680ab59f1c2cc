/* Proves that the built book is whole: that every program and every recorded
 * output stands in it byte for byte, in each language, as HTML and as EPUB;
 * that every link and image leads somewhere; that no page needs the network;
 * that each page finds itself in the other language; that the EPUBs are valid
 * and the PDFs are there. */
#include <archive.h>
#include <archive_entry.h>
#include <libxml/uri.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "../common/run.h"
#include "pages.h"
#include "support.h"

/* Pages that belong together: the HTML of a language, or an EPUB. */
struct book {
    char *name;           /* a directory, or the file of an EPUB */
    const char *language; /* NULL for the page where one is chosen */
    bool packed;          /* an EPUB */
    char *directory;      /* where its files are */
    struct texts pages;   /* their names, with the directory */
};

static struct texts languages, programs_of_all, recordings;
static char *scratch; /* the EPUBs, unpacked */

/* Problems: all that a test finds are shown, and then it fails. -------------*/

static size_t problems;

__attribute__((format(printf, 3, 4))) static void
problem(const struct book *book, const char *path, const char *format, ...)
{
    va_list args;

    print_error("ERROR: %s%s: ", book->packed ? book->name : "",
                book->packed ? path + strlen(book->directory) : path);
    va_start(args, format);
    vprint_error(format, args);
    va_end(args);
    print_error("\n");
    problems++;
}

/* The test fails if there were problems since the last time. */
static void assert_no_problem(void)
{
    size_t n = problems;

    problems = 0;
    assert_int_equal(n, 0);
}

/* Call a function for every element of every page. */
static void each(const struct book *book,
                 void (*look)(const struct book *, const char *, xmlNode *))
{
    assert_int_not_equal(book->pages.n, 0);
    for (size_t i = 0; i < book->pages.n; i++) {
        const char *path = book->pages.item[i];
        xmlNode *root = page(path), *node;

        if (root == NULL)
            problem(book, path, "cannot be read, or is not well-formed");
        for (node = root; node != NULL; node = next_element(node, root))
            look(book, path, node);
    }
    assert_no_problem();
}

/* What the book shows -------------------------------------------------------*/

/* Every <pre> with this attribute holds the file that the attribute names,
 * which is under directory, and each of the expected files stands in one. */
static void holds(const struct book *book, const char *name,
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
            char *bytes = file_read(file, NULL), *text = text_of(node);
            size_t length = bytes == NULL ? 0 : strlen(bytes);

            /* pandoc leaves out the end of the last line of a program. */
            if (*directory == '\0' && length > 0 && bytes[length - 1] == '\n')
                bytes[length - 1] = '\0';
            if (bytes == NULL || strcmp(bytes, text) != 0)
                problem(book, path, "does not have the text of %s", file);
            texts_add(&shown, "%s", file);
            free(file);
            free(bytes);
            free(text);
        }
    }
    for (size_t i = 0; i < expected->n; i++)
        if (texts_count(&shown, expected->item[i]) == 0)
            problem(book, book->directory, "%s is not shown",
                    expected->item[i]);
    texts_free(&shown);
    assert_no_problem();
}

static void prints_every_program(void **state)
{
    holds(*state, "data-file", "", &programs_of_all);
}

static void shows_every_recording(void **state)
{
    holds(*state, "data-record", "build/record/", &recordings);
}

/* Links ---------------------------------------------------------------------*/

static const char *link_of(const xmlNode *node)
{
    const char *href = attribute(node, "href");

    return href != NULL ? href : attribute(node, "src");
}

/* Whether a link has a scheme, such as https:, or begins with two slashes. */
static bool leaves(const char *link)
{
    return link[strcspn(link, ":/?#")] == ':' || strncmp(link, "//", 2) == 0;
}

/* The file that a link of the page at path leads to, to be freed. */
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

static void follow(const struct book *book, const char *path, xmlNode *node)
{
    const char *link = link_of(node);
    const char *fragment = link == NULL ? NULL : strchr(link, '#');
    struct stat st;
    char *target;

    if (link == NULL || leaves(link))
        return;
    target = target_of(path, link);
    if (stat(target, &st) == -1 || !S_ISREG(st.st_mode))
        problem(book, path, "<%s> leads to \"%s\", and there is no such file",
                node->name, link);
    else if (fragment != NULL && !has_id(target, fragment + 1))
        problem(book, path, "<%s> leads to \"%s\", and there is no such id",
                node->name, link);
    free(target);
}

static void has_no_dead_link(void **state)
{
    each(*state, follow);
}

static void stay(const struct book *book, const char *path, xmlNode *node)
{
    const char *link = link_of(node);
    char *text;

    if (link != NULL && leaves(link))
        problem(book, path, "<%s> leads to \"%s\"", node->name, link);
    if (!is(node, "style") && !is(node, "script"))
        return;
    text = text_of(node);
    if (strstr(text, "//") != NULL)
        problem(book, path, "<%s> has an address in it", node->name);
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
            problem(book, styles.item[i], "has an address in it");
        free(text);
    }
    texts_free(&styles);
    each(book, stay);
}

static void see(const struct book *book, const char *path, xmlNode *node)
{
    const char *alt = attribute(node, "alt");

    if (is(node, "img") && (alt == NULL || alt[strspn(alt, " \n")] == '\0'))
        problem(book, path, "the image \"%s\" has no text alternative",
                attribute(node, "src"));
}

static void says_what_each_image_shows(void **state)
{
    each(*state, see);
}

static void has_no_id_twice(void **state)
{
    const struct book *book = *state;

    for (size_t i = 0; i < book->pages.n; i++) {
        xmlNode *root = page(book->pages.item[i]), *node;
        struct texts ids = {0};

        for (node = root; node != NULL; node = next_element(node, root)) {
            const char *id = attribute(node, "id");

            if (id == NULL)
                continue;
            if (texts_count(&ids, id) == 1)
                problem(book, book->pages.item[i],
                        "the id \"%s\" is there twice", id);
            texts_add(&ids, "%s", id);
        }
        texts_free(&ids);
    }
    assert_no_problem();
}

/* The other languages -------------------------------------------------------*/

/* A link of a page to another language leads to the same page there; and if it
 * stands in a heading, to the same heading. */
static void cross(const struct book *book, const char *path, xmlNode *node)
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
        problem(book, path, "<%s hreflang=\"%s\"> leads to \"%s\", not to %s",
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
            problem(book, book->pages.item[i], "has %zu links to switch",
                    switches);
    }
    each(book, cross);
}

/* The files -----------------------------------------------------------------*/

static void is_a_pdf(void **state)
{
    char *path = text_format("build/book/linux-ipc.%s.pdf", (char *)*state);
    char *bytes = file_read(path, NULL);

    if (bytes == NULL || strncmp(bytes, "%PDF", 4) != 0)
        fail_msg("%s is not there, or does not begin with %%PDF", path);
    free(bytes);
    free(path);
}

/* epubcheck takes seconds, most of them to start; so the EPUBs are checked side
 * by side, each by a Java that does not optimize what runs once. */
static const char CHECK[] =
    "if [ -r /usr/share/java/epubcheck.jar ] && command -v java > /dev/null\n"
    "then set -- java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -jar "
    "    /usr/share/java/epubcheck.jar\n"
    "elif command -v epubcheck > /dev/null; then set -- epubcheck\n"
    "else exit 77; fi\n"
    "for epub in build/book/*.epub; do\n"
    "    \"$@\" --failonwarnings \"$epub\" & pids=\"$pids $!\"\n"
    "done\n"
    "for pid in $pids; do wait $pid || status=1; done\n"
    "exit ${status:-0}\n";

static void the_epubs_pass_epubcheck(void **state)
{
    const char *const argv[] = {"sh", "-c", CHECK, NULL};
    struct run check = {RUN_PIPE, ".", argv, 60000, NULL};
    struct run_result result;

    (void)state;
    assert_int_equal(run(&check, &result), 0);
    if (result.status == 77) {
        free(result.output);
        print_message("skipped: epubcheck is not installed\n");
        skip();
    }
    if (result.status != 0)
        fail_msg("epubcheck:\n%s", result.output);
    free(result.output);
}

/* Unpack an EPUB below directory. */
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

static int open_books(void **state)
{
    (void)state;
    scratch = scratch_make();
    for (struct book *book = books; book < books + n_books; book++) {
        if (!book->packed) {
            files(&book->pages, "%s/*.html", book->directory);
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
    (void)state;
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

static void add_tests(struct tests *tests, struct book *book)
{
    const char *name = book->name;

    add_test(tests, has_no_dead_link, book, "%s has no dead link", name);
    add_test(tests, does_not_refer_to_the_network, book,
             "%s does not refer to the network", name);
    add_test(tests, says_what_each_image_shows, book,
             "%s says what each image shows", name);
    add_test(tests, has_no_id_twice, book, "%s has no id twice in a page",
             name);
    if (book->language == NULL)
        return;
    add_test(tests, prints_every_program, book,
             "%s prints every program byte for byte", name);
    add_test(tests, shows_every_recording, book,
             "%s shows every recording byte for byte", name);
    if (!book->packed)
        add_test(tests, leads_to_the_same_place_in_the_other_language, book,
                 "%s leads to the same place in the other language", name);
}

int main(void)
{
    struct texts chapters = {0}, transcripts = {0};
    struct tests tests = {0};
    int failed;

    spine(&chapters, "chapters");
    spine(&languages, "languages");
    for (size_t i = 0; i < chapters.n; i++) {
        files(&programs_of_all, "chapters/%s/*.c", chapters.item[i]);
        files(&transcripts, "tests/transcripts/%s/*.console", chapters.item[i]);
    }
    for (size_t i = 0; i < transcripts.n; i++)
        texts_add(&recordings, "build/record/%s",
                  transcripts.item[i] + strlen("tests/transcripts/"));

    add_book(NULL, false, text_format("build/book"));
    for (size_t i = 0; i < languages.n; i++) {
        const char *l = languages.item[i];

        add_book(l, false, text_format("build/book/%s", l));
        add_book(l, true, text_format("build/book/linux-ipc.%s.epub", l));
        add_test(&tests, is_a_pdf, languages.item[i],
                 "build/book/linux-ipc.%s.pdf is a PDF", l);
    }
    for (size_t i = 0; i < n_books; i++)
        add_tests(&tests, &books[i]);
    ADD(&tests, the_epubs_pass_epubcheck);
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
    return failed;
}
