/* Writing SVG 1.1, and measuring text for it. */
#ifndef TOOLS_SVG_H
#define TOOLS_SVG_H

#include <stddef.h>
#include <stdio.h>

/* The bytes of the character at text in UTF-8; 0 if these are none that XML may
 * have: control characters and what is no UTF-8. */
size_t svg_character(const char *text);

/* Write text with what XML reserves escaped; what XML may not have becomes "?",
 * and spaces stay as many as they are. */
void svg_escape(FILE *out, const char *text);

/* The width of text at this size, in units of it: fixed is for letters of one
 * width; else it is an estimate that is rather too wide. Korean syllables are
 * as wide as they are high. */
double svg_width(const char *text, double size, int fixed);

/* Text, or as much of it as fits into width with an ellipsis behind it. The
 * caller frees it. */
char *svg_cut(const char *text, double size, int fixed, double width);

/* Break text into lines of at most width, at spaces, or where there is none in
 * a line between two characters. Returns the lines, an array that ends with
 * NULL; the caller frees them and it. */
char **svg_wrap(const char *text, double size, int fixed, double width);
void svg_free_lines(char **lines);

#endif
