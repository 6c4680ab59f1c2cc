/* Text for SVG 1.1: escaping and measuring it. */
#ifndef TOOLS_SVG_H
#define TOOLS_SVG_H

#include <stddef.h>
#include <stdio.h>

/* The number of bytes of the UTF-8 character at text; 0 for a control character
 * (also a newline or a tab), for U+FFFE and U+FFFF, and for bytes that are not
 * UTF-8. */
size_t svg_character(const char *text);

/* Write text as XML: reserved characters are escaped, bytes of characters for
 * which svg_character() is 0 become "?", and repeated spaces become spaces that
 * do not collapse. */
void svg_escape(FILE *out, const char *text);

/* The width of text, in the unit of the font size. fixed says that all letters
 * have the same width; if not, the width is an estimate that is rather too
 * large. Korean syllables are about as wide as high. */
double svg_width(const char *text, double size, int fixed);

/* Text, or if that is wider than width, its beginning and an ellipsis. The
 * caller frees it. */
char *svg_cut(const char *text, double size, int fixed, double width);

/* Break text into lines of at most this width, at spaces, or between two
 * characters of a word that is wider. Returns an array of the lines that ends
 * with NULL, which the caller frees with svg_free_lines(). */
char **svg_wrap(const char *text, double size, int fixed, double width);
void svg_free_lines(char **lines);

#endif
