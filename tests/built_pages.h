/* Read the spine of the book, and the pages that were built, for the tests.
 *
 * A function that cannot do its work ends the program with err(3). */
#ifndef TESTS_BUILT_PAGES_H
#define TESTS_BUILT_PAGES_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

/* A list that owns its texts; initialize it with {0}. */
struct texts {
    char **item;
    size_t n;
};

/* Add a text; format and arguments are those of printf(). */
void texts_add(struct texts *texts, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Return how often text is in the list. */
size_t texts_count(const struct texts *texts, const char *text);

/* Free the texts and empty the list. */
void texts_free(struct texts *texts);

/* Add the words of the line "key: ..." of book.md, such as "chapters". */
void spine(struct texts *texts, const char *key);

/* Add the files that match a glob(7) pattern, sorted by name; format and
 * arguments are those of printf(). */
void files(struct texts *texts, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Return the name of a file without its directories and its last suffix; the
 * caller frees it. */
char *stem(const char *path);

/* Return the root element of a page, or NULL if the file does not exist or is
 * not well-formed XML. A file *.html is parsed as HTML, with its mistakes
 * ignored; any other file as XML. Each file is read once and kept until the
 * program ends. */
xmlNode *page(const char *path);

/* Return the element after node in document order, or NULL after the last
 * element inside root. Begin with root. */
xmlNode *next_element(xmlNode *node, const xmlNode *root);

/* Return whether the element has this name. */
bool is(const xmlNode *node, const char *name);

/* Return the value of an attribute, or NULL if node has no such attribute. */
const char *attribute(const xmlNode *node, const char *name);

/* Return whether name is a word of the attribute class. */
bool has_class(const xmlNode *node, const char *name);

/* Return the nearest ancestor with this name and class, or NULL if there is
 * none. A class of NULL matches any element. */
const xmlNode *within(const xmlNode *node, const char *name, const char *class);

/* Return the first element inside root, or root itself, with this name and
 * class, or NULL. A class of NULL matches any element. */
xmlNode *find(xmlNode *root, const char *name, const char *class);

/* Return the text inside an element; the caller frees it. */
char *text_of(const xmlNode *node);

#endif
