/* The book as its tests read it: the spine, and the pages that were built.
 *
 * Where one of these functions cannot do its work, the program ends with
 * err(3); what a page lacks is for the tests to say. */
#ifndef TESTS_PAGES_H
#define TESTS_PAGES_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

/* Texts that the list owns; begin with {0}. */
struct texts {
    char **item;
    size_t n;
};

/* Add a text that is given as for printf(). */
void texts_add(struct texts *texts, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* How often text is in it. */
size_t texts_count(const struct texts *texts, const char *text);

/* Free the texts; the list is {0} again. */
void texts_free(struct texts *texts);

/* Add the words of the line "key: ..." of book.md, such as "chapters". */
void spine(struct texts *texts, const char *key);

/* Add the files that match a glob(7) pattern, which is given as for printf(),
 * in the order of their names. */
void files(struct texts *texts, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The name of a file without its directories and its last ending, to be
 * freed. */
char *stem(const char *path);

/* The root element of a page. A file *.html is read as HTML, as far as it can
 * be; any other as XML. It is read once and kept until the program ends. NULL
 * if there is no such file, or if it is not well-formed XML. */
xmlNode *page(const char *path);

/* The element after node in the order of the text, or NULL at the end of what
 * root contains. root itself is the first. */
xmlNode *next_element(xmlNode *node, const xmlNode *root);

bool is(const xmlNode *node, const char *name);

/* The value of an attribute; NULL if node has none of that name. */
const char *attribute(const xmlNode *node, const char *name);

/* Whether the attribute class has this word. */
bool has_class(const xmlNode *node, const char *name);

/* The nearest ancestor that is called name and has the class (any, if it is
 * NULL); NULL if there is none. */
const xmlNode *within(const xmlNode *node, const char *name, const char *class);

/* All text inside, to be freed. */
char *text_of(const xmlNode *node);

#endif
