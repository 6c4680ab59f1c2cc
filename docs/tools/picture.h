/* Pictures: a list of SVG elements each, which can be written in several forms.
 */
#ifndef TOOLS_PICTURE_H
#define TOOLS_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct element;

/* A picture: its elements, and the same content in words, a line for each row
 * with tabs between the columns. */
struct picture {
    char *name; /* "course", "ends-fork" */
    const char *class;
    double width, height; /* in units of the picture, about pixels */
    bool crowded;         /* it has many marks of few classes */
    struct element *elements;
    size_t nelements;
    char *words;
};

struct pictures {
    struct picture *list;
    size_t n;
    bool paper; /* for paper, where a tall picture may have two columns */
};

/* How the elements are written. */
struct picture_form {
    const char *name;
    bool links;  /* with the links to source lines */
    bool joined; /* the marks of a class in a crowded picture are one path */
    bool hidden; /* readers of screens skip the picture, as they have words */
    bool styled; /* with style attributes instead of classes */
    bool paper;  /* with a size in mm that fits a page of paper */
    bool alone;  /* with a background */
};

/* Get the form with this name:
 *
 *   plain    as it is drawn: classes and links
 *   page     for a page of the book: links, joined, hidden
 *   single   for the book in one HTML page: links, hidden
 *   epub     for the EPUB: hidden
 *   print    for the PDF: styled, sized for paper
 *   file     a file of its own: styled, with a background
 *
 * Returns NULL if there is none. */
const struct picture_form *picture_form(const char *name);

/* Add an empty picture. Returns it; it moves when the next one is added. The
 * class is that of the svg element, and must outlive the picture. */
struct picture *picture_add(struct pictures *pictures, char *name,
                            const char *class);

/* Add an element. A class may consist of several words, and must outlive the
 * picture. The data of a path and the attributes of a shape are formats of
 * printf(3). */
void picture_path(struct picture *picture, const char *class, const char *data,
                  ...) __attribute__((format(printf, 3, 4)));
void picture_dot(struct picture *picture, double x, double y);
void picture_shape(struct picture *picture, const char *tag, const char *class,
                   const char *attributes, ...)
    __attribute__((format(printf, 4, 5)));
void picture_text(struct picture *picture, const char *class, double x,
                  double y, bool centred, const char *text);

/* Begin and end a link to the element of the page with this id. */
void picture_link(struct picture *picture, const char *id);
void picture_end_link(struct picture *picture);

/* End a line of the SVG text. */
void picture_break(struct picture *picture);

/* The length of a unit on paper, in mm: at most 0.18, and so that a picture of
 * this size fits on a page of A4. */
double picture_scale(double width, double height);

/* Write a picture as an svg element. styles is the text of a style sheet whose
 * selectors end with a class or a tag; it ends at the first @media. It is used
 * only by forms that are styled. */
void picture_write(FILE *out, const struct picture *picture,
                   const struct picture_form *form, const char *styles);

/* Free all pictures of a list. */
void pictures_free(struct pictures *pictures);

#endif
