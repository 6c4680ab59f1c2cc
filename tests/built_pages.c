#include "built_pages.h"

#include <err.h>
#include <glob.h>
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/file.h"
#include "../common/memory.h"

void texts_add(struct texts *texts, const char *format, ...)
{
    va_list args;

    texts->item = array_grow(texts->item, texts->n, sizeof *texts->item);
    va_start(args, format);
    if (vasprintf(&texts->item[texts->n++], format, args) == -1)
        err(EXIT_FAILURE, "vasprintf");
    va_end(args);
}

size_t texts_count(const struct texts *texts, const char *text)
{
    size_t count = 0;

    for (size_t i = 0; i < texts->n; i++)
        count += strcmp(texts->item[i], text) == 0;
    return count;
}

void texts_free(struct texts *texts)
{
    for (size_t i = 0; i < texts->n; i++)
        free(texts->item[i]);
    free(texts->item);
    *texts = (struct texts){0};
}

void spine(struct texts *texts, const char *key)
{
    char *book = file_read("book.md", NULL), *rest = book, *line;
    char *head = text_format("%s:", key);
    size_t length = strlen(head);

    if (book == NULL)
        err(EXIT_FAILURE, "book.md");
    while ((line = strsep(&rest, "\n")) != NULL) {
        char *words = line + length, *word;

        if (strncmp(line, head, length) != 0)
            continue;
        while ((word = strsep(&words, " ")) != NULL)
            if (*word != '\0')
                texts_add(texts, "%s", word);
    }
    free(head);
    free(book);
}

void files(struct texts *texts, const char *format, ...)
{
    char *pattern;
    va_list args;
    glob_t found;
    int result;

    va_start(args, format);
    if (vasprintf(&pattern, format, args) == -1)
        err(EXIT_FAILURE, "vasprintf");
    va_end(args);
    result = glob(pattern, 0, NULL, &found);
    if (result != 0 && result != GLOB_NOMATCH)
        err(EXIT_FAILURE, "glob %s", pattern);
    for (size_t i = 0; result == 0 && i < found.gl_pathc; i++)
        texts_add(texts, "%s", found.gl_pathv[i]);
    if (result == 0)
        globfree(&found);
    free(pattern);
}

char *stem(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(name, '.');

    return text_copy(name, dot == NULL ? strlen(name) : (size_t)(dot - name));
}

static xmlDoc *page_read(const char *path)
{
    const char *dot = strrchr(path, '.');

    if (access(path, R_OK) == -1) /* libxml2 would print a message */
        return NULL;
    if (dot != NULL && strcmp(dot, ".html") == 0)
        return htmlReadFile(path, "UTF-8",
                            HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
                                HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
    return xmlReadFile(path, NULL,
                       XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                           XML_PARSE_NONET | XML_PARSE_NOENT);
}

xmlNode *page(const char *path)
{
    static struct known {
        char *path;
        xmlDoc *document;
    } * known;
    static size_t n;

    for (size_t i = 0; i < n; i++)
        if (strcmp(known[i].path, path) == 0)
            return xmlDocGetRootElement(known[i].document);

    xmlDoc *document = page_read(path);

    if (document == NULL)
        return NULL;
    known = array_grow(known, n, sizeof *known);
    known[n++] = (struct known){text_copy(path, strlen(path)), document};
    return xmlDocGetRootElement(document);
}

xmlNode *next_element(xmlNode *node, const xmlNode *root)
{
    xmlNode *child = xmlFirstElementChild(node);

    if (child != NULL)
        return child;
    for (; node != root; node = node->parent) {
        xmlNode *sibling = xmlNextElementSibling(node);

        if (sibling != NULL)
            return sibling;
    }
    return NULL;
}

bool is(const xmlNode *node, const char *name)
{
    return strcmp((const char *)node->name, name) == 0;
}

const char *attribute(const xmlNode *node, const char *name)
{
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next)
        if (strcmp((const char *)a->name, name) == 0)
            return a->children == NULL ? ""
                                       : (const char *)a->children->content;
    return NULL;
}

bool has_class(const xmlNode *node, const char *name)
{
    const char *class = attribute(node, "class");
    size_t length = strlen(name);

    for (; class != NULL && *class != '\0'; class += strcspn(class, " ")) {
        class += strspn(class, " ");
        if (strncmp(class, name, length) == 0 &&
            (class[length] == ' ' || class[length] == '\0'))
            return true;
    }
    return false;
}

const xmlNode *within(const xmlNode *node, const char *name, const char *class)
{
    for (node = node->parent; node != NULL; node = node->parent)
        if (node->type == XML_ELEMENT_NODE && is(node, name) &&
            (class == NULL || has_class(node, class)))
            return node;
    return NULL;
}

xmlNode *find(xmlNode *root, const char *name, const char *class)
{
    for (xmlNode *node = root; node != NULL; node = next_element(node, root))
        if (is(node, name) && (class == NULL || has_class(node, class)))
            return node;
    return NULL;
}

char *text_of(const xmlNode *node)
{
    xmlChar *content = xmlNodeGetContent(node);
    char *text;

    if (content == NULL)
        err(EXIT_FAILURE, "xmlNodeGetContent");
    text = text_copy((const char *)content, strlen((const char *)content));
    xmlFree(content);
    return text;
}
