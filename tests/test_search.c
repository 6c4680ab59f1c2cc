/* The search index has every heading, listing, session, table and picture of
 * every page, with its title and its text, and nothing else; two runs make the
 * same index; what readers type leads to an answer; and the index of terms has
 * every function and constant of the book, with a page of the manual that
 * exists, and every concept that a text marks, in each language. */
#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "built_pages.h"
#include "support.h"

static struct texts chapters, languages, names, sources;

/* Text ----------------------------------------------------------------------*/

static bool is_syllable(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;

    return u[0] >= 0xea && u[0] <= 0xed && (u[0] > 0xea || u[1] >= 0xb0) &&
           (u[0] < 0xed || u[1] < 0x9e || (u[1] == 0x9e && u[2] <= 0xa3));
}

/* The text in the form in which the index and the page are compared, to be
 * freed: lower case (here of ASCII), one kind of quotation mark, one space for
 * any white space, none between Hangul. */
static char *normalized(const char *text)
{
    static const char *const quotes[][2] = {
        {"‘", "'"}, {"’", "'"}, {"“", "\""}, {"”", "\""}, {"\u00a0", " "}};
    char *out = calloc(strlen(text) + 1, 1), *end = out;
    bool gap = false, hangul = false;

    assert_non_null(out);
    while (*text != '\0') {
        char one[2] = {(char)tolower((unsigned char)*text), '\0'};
        const char *as = one;
        size_t length = 1;

        for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++)
            if (strncmp(text, quotes[i][0], strlen(quotes[i][0])) == 0) {
                length = strlen(quotes[i][0]);
                as = quotes[i][1];
            }
        if (isspace((unsigned char)*as)) {
            gap = true;
        } else {
            bool syllable = is_syllable(text);

            if (gap && end != out && !(hangul && syllable))
                *end++ = ' ';
            gap = false;
            /* The other bytes of a syllable have no gap before them. */
            hangul =
                syllable || (hangul && ((unsigned char)*text & 0xc0) == 0x80);
            *end++ = *as;
        }
        text += length;
    }
    return out;
}

/* Whether a normalized text has a part that is not normalized. */
static bool is_in(const char *part, const char *text)
{
    char *normal = normalized(part);
    bool found = strstr(text, normal) != NULL;

    free(normal);
    return found;
}

static void normalize(char **text)
{
    char *normal = normalized(*text);

    free(*text);
    *text = normal;
}

/* The index -----------------------------------------------------------------*/

struct entry {
    char *page, *id, *kind;
    char *title, *text; /* normalized */
    bool met;           /* on its page */
};

struct found {
    const char *language;
    struct entry *entries;
    size_t n;
};

/* Skip the text before at *p, and return the string after it, to be freed. *p
 * moves to the closing quotation mark. */
static char *take(char **p, const char *before)
{
    size_t length = 0;
    char *text = calloc(strlen(*p) + 1, 1);

    assert_non_null(text);
    if (strncmp(*p, before, strlen(before)) != 0)
        fail_msg("%s expected in the index, not %.60s", before, *p);
    for (*p += strlen(before); **p != '"'; (*p)++) {
        if (**p == '\\')
            (*p)++;
        assert_true(**p != '\0');
        text[length++] = **p;
    }
    return text;
}

/* The text of a reference to the entry, to be freed. */
static char *called(const struct entry *e)
{
    const char *space = strchr(e->title, ' ');
    size_t digits = space == NULL ? 0 : strspn(space + 1, "0123456789.");

    if (strcmp(e->kind, "text") != 0)
        return text_copy(e->title, (size_t)(space - e->title) + 1 + digits);
    return text_format("%s",
                       strcmp(e->id, e->page) == 0 ? space + 1 : e->title);
}

static struct entry *entry_of(const struct found *found, const char *page,
                              const char *id)
{
    for (size_t i = 0; i < found->n; i++)
        if (strcmp(found->entries[i].page, page) == 0 &&
            strcmp(found->entries[i].id, id) == 0)
            return &found->entries[i];
    return NULL;
}

/* Replace the references [](PAGE.html#ID) of an entry by their texts. */
static void resolve(const struct found *found, struct entry *entry)
{
    char *at, *rest = entry->text;

    while ((at = strstr(rest, "[](")) != NULL) {
        char *end = strchr(at, ')'), *hash = strchr(at, '#');

        assert_true(end != NULL && hash != NULL && hash < end);
        char *page = hash == at + 3
                         ? text_format("%s", entry->page)
                         : text_copy(at + 3, (size_t)(hash - at) - 8);
        char *id = text_copy(hash + 1, (size_t)(end - hash) - 1);
        const struct entry *to = entry_of(found, page, id);

        if (to == NULL)
            fail_msg("%s: a reference to %s#%s", entry->id, page, id);
        char *name = called(to);
        char *text = text_format("%.*s%s%s", (int)(at - entry->text),
                                 entry->text, name, end + 1);

        rest = text + (at - entry->text);
        free(entry->text);
        entry->text = text;
        free(page);
        free(id);
        free(name);
    }
}

static struct found read_index(const char *language)
{
    struct found found = {language, NULL, 0};
    char *path = text_format("build/book/%s/search-index.js", language);
    char *bytes = file_read(path, NULL), *rest = bytes, *line;

    if (bytes == NULL)
        fail_msg("there is no %s", path);
    assert_string_equal(strsep(&rest, "\n"), "window.searchIndex = [");
    while ((line = strsep(&rest, "\n")) != NULL && strcmp(line, "];") != 0) {
        struct entry e = {0};

        e.page = take(&line, "{\"page\":\"");
        e.id = take(&line, "\",\"id\":\"");
        e.title = take(&line, "\",\"title\":\"");
        e.kind = take(&line, "\",\"kind\":\"");
        e.text = take(&line, "\",\"text\":\"");
        if (strcmp(line, "\"}") != 0 && strcmp(line, "\"},") != 0)
            fail_msg("%s: \"}, expected after %s, not %s", path, e.id, line);
        found.entries = array_grow(found.entries, found.n, sizeof e);
        found.entries[found.n++] = e;
    }
    assert_non_null(line); /* the closing line */
    for (size_t i = 0; i < found.n; i++)
        resolve(&found, &found.entries[i]);
    for (size_t i = 0; i < found.n; i++) {
        normalize(&found.entries[i].title);
        normalize(&found.entries[i].text);
    }
    free(bytes);
    free(path);
    return found;
}

static void found_free(struct found *found)
{
    for (size_t i = 0; i < found->n; i++) {
        struct entry *e = &found->entries[i];

        free(e->page);
        free(e->id);
        free(e->title);
        free(e->kind);
        free(e->text);
    }
    free(found->entries);
}

/* The kind of the entry for an element; NULL if it needs no entry. */
static const char *kind_of(const xmlNode *node)
{
    static const char *const kinds[][2] = {
        {"listing", "listing"}, {"session", "output"}, {"calls", "output"},
        {"function", "table"},  {"picture", "figure"}, {"drawing", "figure"}};

    if (attribute(node, "id") == NULL)
        return NULL;
    if (node->name[0] == 'h' && node->name[1] >= '1' && node->name[1] <= '3')
        return within(node, "nav", NULL) == NULL ? "text" : NULL;
    if (!is(node, "figure") && !is(node, "details"))
        return NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (has_class(node, kinds[i][0]))
            return kinds[i][1];
    return NULL;
}

/* The index has the number that the page has, and the heading as the title. */
static void compare_titles(const char *path, xmlNode *node,
                           const struct entry *e)
{
    xmlNode *label = find(node, "span", "label");
    char *on_page, *page, *title = e->title;

    if (strcmp(e->kind, "text") != 0 && label == NULL)
        return; /* the calls have no number */
    on_page = text_of(label != NULL ? label : node);
    page = normalized(on_page);
    /* The title begins with the number. A heading begins with the title,
     * because links follow on the page. */
    if (label != NULL ? strncmp(title, page, strlen(page)) != 0
                      : strncmp(page, title, strlen(title)) != 0)
        problem("%s: \"%s\" (%s) is called \"%s\" in the index", path, page,
                e->id, title);
    free(on_page);
    free(page);
}

static void look_at_page(struct found *found, const char *name)
{
    char *path = text_format("build/book/%s/%s.html", found->language, name);
    xmlNode *root = page(path), *node;

    if (root == NULL)
        fail_msg("there is no %s", path);
    for (node = root; node != NULL; node = next_element(node, root)) {
        const char *kind = kind_of(node), *id = attribute(node, "id");
        struct entry *e = kind == NULL ? NULL : entry_of(found, name, id);

        if (kind == NULL)
            continue;
        if (e == NULL) {
            problem("%s: \"%s\" is not in the index", path, id);
            continue;
        }
        if (e->met)
            problem("%s: \"%s\" is in the index twice", path, id);
        e->met = true;
        if (strcmp(e->kind, kind) != 0)
            problem("%s: \"%s\" is %s, not %s", path, id, e->kind, kind);
        compare_titles(path, node, e);
    }
    free(path);
}

static void has_every_place_and_no_other(void **state)
{
    struct found found = read_index(*state);

    look_at_page(&found, "index");
    for (size_t i = 0; i < chapters.n; i++)
        look_at_page(&found, chapters.item[i]);
    for (size_t i = 0; i < found.n; i++)
        if (!found.entries[i].met)
            problem("%s.html#%s is in the index of %s, and not on the page",
                    found.entries[i].page, found.entries[i].id, found.language);
    found_free(&found);
    assert_no_problem();
}

/* Whether an entry of the page has the text. */
static bool on_page(const struct found *found, const char *name,
                    const char *text)
{
    for (size_t i = 0; i < found->n; i++)
        if (strcmp(found->entries[i].page, name) == 0 &&
            (is_in(text, found->entries[i].text) ||
             is_in(text, found->entries[i].title)))
            return true;
    return false;
}

/* Whether the index must have the text of the element: paragraphs, items, cells
 * and code. */
static bool is_read(xmlNode *node)
{
    /* The index has the new lines of a change as text of its section. */
    static const char *const furniture[] = {"who",      "missing", "formats",
                                            "subtitle", "where",   "continue",
                                            "diff",     "play"};

    if (within(node, "main", NULL) == NULL ||
        within(node, "nav", NULL) != NULL ||
        within(node, "details", "words") != NULL ||
        within(node, "details", "program") != NULL || /* of an exercise */
        within(node, "details", "hint") != NULL ||
        within(node, "dl", "run") != NULL || within(node, "footer", NULL))
        return false;
    for (size_t i = 0; i < sizeof furniture / sizeof *furniture; i++)
        if (has_class(node, furniture[i]))
            return false;
    return is(node, "p") || is(node, "td") || is(node, "pre") ||
           (is(node, "li") &&
            find(xmlFirstElementChild(node), "p", NULL) == NULL &&
            within(node, "ol", "notes") == NULL);
}

static void read_page(const struct found *found, const char *name)
{
    char *path = text_format("build/book/%s/%s.html", found->language, name);
    xmlNode *root = page(path), *node;
    size_t n = 0;

    for (node = root; node != NULL; node = next_element(node, root)) {
        /* A table of a function has lists in its cells. */
        if (!is_read(node) || within(node, "figure", "function") != NULL)
            continue;

        char *text = text_of(node);
        size_t length = strlen(text);

        /* The link of a title to itself. */
        if (length > 2 && strcmp(text + length - 2, " #") == 0)
            text[length - 2] = '\0';
        n++;
        if (!on_page(found, name, text))
            problem("%s: not in the index: %.300s", path, text);
        free(text);
    }
    if (n == 0)
        problem("%s: the page has no text", path);
    free(path);
}

static void has_the_text_of_every_page(void **state)
{
    struct found found = read_index(*state);

    for (size_t i = 0; i < chapters.n; i++)
        read_page(&found, chapters.item[i]);
    found_free(&found);
    assert_no_problem();
}

/* Run a script of the search, which prints what is wrong. */
static void run_script(const char *script, const char *language)
{
    struct ended ended =
        shell(".", "command -v node > /dev/null || exit 127; node %s %s",
              script, language);
    int status = ended.status;

    if (status != 0 && status != 127)
        print_error("%s%s", ended.out, ended.err);
    ended_free(&ended);
    if (status == 127)
        SKIP("there is no node here");
    assert_int_equal(status, 0);
}

static void takes_forms_of_a_word_for_the_same(void **state)
{
    run_script("tests/search_engine.mjs", *state);
}

static void leads_readers_to_an_answer(void **state)
{
    run_script("tests/ask_search.mjs", *state);
}

static void is_made_the_same_each_time(void **state)
{
    const char *language = *state;

    for (size_t i = 0; i < chapters.n; i++) {
        const char *c = chapters.item[i];
        char *built = text_format("build/work/%s/%s.entries", language, c);
        char *bytes = file_read(built, NULL);
        struct ended ended =
            shell(".",
                  "new=$(mktemp) && pandoc -d docs/pandoc/page.yaml "
                  "-M form=page -M language=%s -M records=build/record "
                  "-M models=build/work/%s -M chapter=%s "
                  "-M \"chapters=$(sed -n 's/^chapters: //p' book.md)\" "
                  "-M \"files=$(echo chapters/*/*.c chapters/*/*.console)\" "
                  "-M entries=$new -o /dev/null chapters/%s/%s.md && cat $new; "
                  "status=$?; rm -f $new; exit $status",
                  language, language, c, c, language);

        assert_int_equal(ended.status, 0);
        assert_string_equal(ended.err, "");
        assert_non_null(bytes);
        assert_string_equal(bytes, ended.out);
        ended_free(&ended);
        free(bytes);
        free(built);
    }
}

/* The terms -----------------------------------------------------------------*/

static bool has_term(const char *language, const char *kind, const char *name)
{
    char *path = text_format("build/book/%s/terms.html", language);
    char *id = text_format("%s-%s", kind, name);
    xmlNode *root = page(path), *node;
    bool found = false;

    if (root == NULL)
        fail_msg("there is no %s", path);
    for (node = root; node != NULL && !found; node = next_element(node, root))
        found = is(node, "dt") && attribute(node, "id") != NULL &&
                strcmp(attribute(node, "id"), id) == 0;
    free(path);
    free(id);
    return found;
}

/* Call a function for every match of the first group of a pattern. */
static void each_match(const char *text, const char *pattern,
                       void (*look)(const char *where, const char *text,
                                    const char *name),
                       const char *where)
{
    const char *rest = text;
    regmatch_t match[2];
    regex_t regex;

    assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED), 0);
    while (regexec(&regex, rest, 2, match, 0) == 0) {
        char *name = text_copy(rest + match[1].rm_so,
                               (size_t)(match[1].rm_eo - match[1].rm_so));

        look(where, text, name);
        free(name);
        rest += match[1].rm_eo;
    }
    regfree(&regex);
}

/* The functions that the programs define themselves, and words of C. */
static struct texts own;

static void add_own(const char *where, const char *text, const char *name)
{
    texts_add(&own, "%s", name);
}

static void find_own(void)
{
    static const char *const words[] = {"if",     "for",    "while", "switch",
                                        "return", "sizeof", "main"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        texts_add(&own, "%s", words[i]);
    for (size_t i = 0; i < sources.n; i++) {
        char *text = file_read(sources.item[i], NULL);

        assert_non_null(text);
        each_match(text, "\n[a-z][A-Za-z_ *]*[ *]([a-z_][a-z_0-9]*)\\(",
                   add_own, "");
        free(text);
    }
}

static const char *language_of_terms;

/* Names that every C program has are not in the index. */
static bool is_general(const char *name)
{
    static const char *const general[] = {
        "err",           "errx",         "exit",    "fprintf",
        "free",          "memchr",       "putchar", "strchr",
        "strcspn",       "strncmp",      "malloc",  "memcmp",
        "memcpy",        "memset",       "perror",  "printf",
        "puts",          "snprintf",     "strcmp",  "strcpy",
        "strlen",        "strrchr",      "warn",    "warnx",
        "EXIT_FAILURE",  "EXIT_SUCCESS", "SIG_ERR", "STDIN_FILENO",
        "STDOUT_FILENO", "STDERR_FILENO"};

    for (size_t i = 0; i < sizeof general / sizeof *general; i++)
        if (strcmp(name, general[i]) == 0)
            return true;
    return false;
}

static void wants_function(const char *where, const char *text,
                           const char *name)
{
    if (texts_count(&own, name) == 0 && strncmp(name, "__", 2) != 0 &&
        has_term(language_of_terms, "term", name) == is_general(name))
        problem("%s: %s() is%s in the index of terms: add it to "
                "docs/filters/terms or the "
                "chapter's terms",
                where, name, is_general(name) ? "" : " not");
}

static void wants_constant(const char *where, const char *text,
                           const char *name)
{
    /* Environment variables, and limits without a page of the manual. */
    static const char *const others[] = {
        "XDG_RUNTIME_DIR", "INT_MAX",  "INT_MIN", "UINT_MAX",
        "LLONG_MAX",       "LONG_MAX", "LONG_MIN"};

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(name, others[i]) == 0)
            return;
    if (strncmp(name, "__", 2) != 0 &&
        has_term(language_of_terms, "term", name) == is_general(name))
        problem("%s: %s is%s in the index of terms: add it to "
                "docs/filters/terms or the "
                "chapter's terms",
                where, name, is_general(name) ? "" : " not");
}

static void has_every_function_and_constant(void **state)
{
    find_own();
    language_of_terms = *state;
    for (size_t i = 0; i < sources.n; i++) {
        char *text = file_read(sources.item[i], NULL);

        assert_non_null(text);
        each_match(text, "([A-Za-z_][A-Za-z0-9_]*)\\(", wants_function,
                   sources.item[i]);
        each_match(text, "([A-Z_]+_[A-Z][A-Z0-9_]*)", wants_constant,
                   sources.item[i]);
        free(text);
    }
    for (size_t i = 0; i < chapters.n; i++) {
        char *path = text_format("build/book/%s/%s.html", (char *)*state,
                                 chapters.item[i]);
        xmlNode *root = page(path), *node;

        for (node = root; node != NULL; node = next_element(node, root)) {
            if (!is(node, "code") || within(node, "pre", NULL) != NULL ||
                within(node, "details", "words") != NULL ||
                within(node, "main", NULL) == NULL)
                continue;

            char *text = text_of(node);

            each_match(text, "^([A-Za-z_][A-Za-z0-9_]*)\\(\\)$", wants_function,
                       path);
            each_match(text,
                       "^([A-Z]+_[A-Z][A-Z0-9_]*|E[A-Z0-9]{3,}|SIG[A-Z]+)$",
                       wants_constant, path);
            free(text);
        }
        free(path);
    }
    for (size_t i = 0; i < names.n; i++)
        if (!has_term(*state, "program", names.item[i]))
            problem("%s is not in the index of terms", names.item[i]);
    texts_free(&own);
    assert_no_problem();
}

static struct texts looked_up; /* pages of the manual, in any language */

static void names_pages_of_the_manual_that_exist(void **state)
{
    char *path = text_format("build/book/%s/terms.html", (char *)*state);
    xmlNode *root = page(path), *node;
    char *scratch = scratch_make();
    struct ended ended = shell(scratch, "man -w 2 pipe && man -w 3 popen");
    bool there = ended.status == 0;
    size_t n = 0;

    ended_free(&ended);
    for (node = root; node != NULL; node = next_element(node, root)) {
        char name[64], section[8], *text, *link;

        if (!has_class(node, "manual"))
            continue;
        n++;
        text = text_of(node);
        assert_int_equal(sscanf(text, "%63[^(](%7[^)])", name, section), 2);
        link = text_format("https://manpages.debian.org/%s.%s", name, section);
        assert_string_equal(attribute(node, "href"), link);
        if (there && texts_count(&looked_up, text) == 0) {
            texts_add(&looked_up, "%s", text);
            ended = shell(scratch, "man -w %s %s", section, name);
            if (ended.status != 0)
                problem("%s: there is no %s", path, text);
            ended_free(&ended);
        }
        free(link);
        free(text);
    }
    free(path);
    scratch_remove(scratch);
    assert_true(n > 0);
    assert_no_problem();
    if (!there)
        SKIP("there are no manual pages here");
}

/* The concepts --------------------------------------------------------------*/

/* A language, and another one to compare it with. */
struct pair {
    const char *language, *other;
};

/* Call a function for each concept of the index, with its <dt> and its <dd>. */
static void each_concept(const char *language,
                         void (*look)(xmlNode *dt, xmlNode *dd, void *data),
                         void *data)
{
    char *path = text_format("build/book/%s/terms.html", language);
    xmlNode *root = page(path);

    for (xmlNode *dt = root; dt != NULL; dt = next_element(dt, root)) {
        const char *id = is(dt, "dt") ? attribute(dt, "id") : NULL;

        if (id != NULL && strncmp(id, "concept-", 8) == 0)
            look(dt, xmlNextElementSibling(dt), data);
    }
    free(path);
}

/* Add the links of a concept, "PAGE.html#ID". The first one leads to the text
 * that explains it. */
static void add_links(xmlNode *dt, xmlNode *dd, void *data)
{
    struct texts *links = data;
    size_t n = links->n;

    for (xmlNode *node = dd; node != NULL; node = next_element(node, dd))
        if (is(node, "a"))
            texts_add(links, "%s", attribute(node, "href"));
    assert_true(links->n > n);
    assert_string_equal(strrchr(links->item[n], '#') + 1,
                        attribute(dt, "id") + 8);
}

/* Whether a page has an element with this id. */
static bool has_id(const char *language, const char *link)
{
    char *path = text_format("build/book/%s/%.*s", language,
                             (int)strcspn(link, "#"), link);
    xmlNode *root = page(path), *node = root;
    const char *id = strchr(link, '#') + 1;

    while (node != NULL && (attribute(node, "id") == NULL ||
                            strcmp(attribute(node, "id"), id) != 0))
        node = next_element(node, root);
    free(path);
    return node != NULL;
}

/* The marks of a text, as "PAGE.html#ID"; where is its chapter. */
static struct texts marks;

static void add_mark(const char *where, const char *text, const char *name)
{
    texts_add(&marks, "%s.html#%s", where, name);
}

static void find_marks(const char *language)
{
    for (size_t i = 0; i < chapters.n; i++) {
        char *path =
            text_format("chapters/%s/%s.md", chapters.item[i], language);
        char *text = file_read(path, NULL);

        assert_non_null(text);
        each_match(text, "\\{\\.term #([a-z0-9-]+)", add_mark,
                   chapters.item[i]);
        free(text);
        free(path);
    }
}

static void has_every_concept(void **state)
{
    const char *language = *state;
    struct texts links = {0};

    each_concept(language, add_links, &links);
    find_marks(language);
    assert_int_not_equal(links.n, 0);
    for (size_t i = 0; i < links.n; i++)
        if (!has_id(language, links.item[i]))
            problem("build/book/%s/terms.html: the link to %s leads nowhere",
                    language, links.item[i]);
    for (size_t i = 0; i < marks.n; i++)
        if (texts_count(&links, marks.item[i]) != 1)
            problem("build/book/%s/terms.html: no link to the concept %s",
                    language, marks.item[i]);
    texts_free(&links);
    texts_free(&marks);
    assert_no_problem();
}

/* The line of a Markdown file that marks a concept. */
static int line_of_mark(const char *path, const char *id)
{
    char *text = file_read(path, NULL), *mark = text_format(".term #%s", id);
    size_t length = strlen(mark);
    const char *at = text;
    int line;

    /* Skip a longer id that begins like this one. */
    while (at != NULL &&
           (strncmp(at, mark, length) != 0 || strchr("} ", at[length]) == NULL))
        at = strstr(at + 1, mark);
    line = at == NULL ? 1 : line_of(text, at);
    free(text);
    free(mark);
    return line;
}

static void has_the_concepts_of(void **state)
{
    const struct pair *pair = *state;
    struct texts here = {0}, there = {0};

    each_concept(pair->language, add_links, &here);
    each_concept(pair->other, add_links, &there);
    for (size_t i = 0; i < there.n; i++) {
        const char *link = there.item[i], *id = strchr(link, '#') + 1;
        int length = (int)strcspn(link, ".");
        char *path =
            text_format("chapters/%.*s/%s.md", length, link, pair->other);

        if (texts_count(&here, link) == 0)
            problem("%s:%d: chapters/%.*s/%s.md has no concept {.term #%s}",
                    path, line_of_mark(path, id), length, link, pair->language,
                    id);
        free(path);
    }
    texts_free(&here);
    texts_free(&there);
    assert_no_problem();
}

static void add_name(xmlNode *dt, xmlNode *dd, void *data)
{
    char *name = text_of(dt);

    texts_add(data, "%s", name);
    free(name);
}

static void sorts_the_concepts(void **state)
{
    struct texts found = {0};

    each_concept(*state, add_name, &found);
    assert_int_not_equal(found.n, 0);
    /* The order of Hangul is that of its bytes in UTF-8. */
    for (size_t i = 1; i < found.n; i++)
        if (strcasecmp(found.item[i - 1], found.item[i]) > 0)
            problem("build/book/%s/terms.html: \"%s\" is after \"%s\"",
                    (char *)*state, found.item[i], found.item[i - 1]);
    texts_free(&found);
    assert_no_problem();
}

int main(void)
{
    struct tests tests = {0};
    struct pair *pairs;
    int failed;

    spine(&chapters, "chapters");
    spine(&languages, "languages");
    for (size_t i = 0; i < chapters.n; i++)
        files(&sources, "chapters/%s/*.c", chapters.item[i]);
    for (size_t i = 0; i < sources.n; i++) {
        char *name = stem(sources.item[i]);

        texts_add(&names, "%s", name);
        free(name);
    }
    pairs = calloc(languages.n, sizeof *pairs);
    assert_non_null(pairs);
    add_test(&tests, takes_forms_of_a_word_for_the_same, "",
             "the search takes forms of a word for the same");
    for (size_t i = 0; i < languages.n; i++) {
        char *l = languages.item[i];

        add_test(&tests, has_every_place_and_no_other, l,
                 "%s: the index has exactly the places of the pages", l);
        add_test(&tests, has_the_text_of_every_page, l,
                 "%s: the index has the text of every page", l);
        add_test(&tests, leads_readers_to_an_answer, l,
                 "%s: what readers type leads to an answer", l);
        add_test(&tests, is_made_the_same_each_time, l,
                 "%s: two runs make the same index", l);
        add_test(&tests, has_every_function_and_constant, l,
                 "%s: the terms have every function and constant", l);
        add_test(&tests, names_pages_of_the_manual_that_exist, l,
                 "%s: the terms name pages of the manual that exist", l);
        add_test(&tests, has_every_concept, l,
                 "%s: the index leads to every concept of the texts", l);
        add_test(&tests, sorts_the_concepts, l,
                 "%s: the concepts of the index are sorted", l);
        pairs[i] =
            (struct pair){l, languages.item[i == 0 ? languages.n - 1 : i - 1]};
        add_test(&tests, has_the_concepts_of, &pairs[i],
                 "%s: the index has the concepts of %s", l, pairs[i].other);
    }
    failed = run_all("search", &tests, NULL, NULL);
    texts_free(&chapters);
    texts_free(&languages);
    texts_free(&names);
    texts_free(&sources);
    texts_free(&looked_up);
    free(pairs);
    return failed;
}
