/* The picture of a run: what each process did, from top to bottom. */
#ifndef TOOLS_COURSE_H
#define TOOLS_COURSE_H

#include <stdio.h>

#include "label.h"
#include "story.h"

/* Write the picture of one command of a story, or of all (NOBODY), as an SVG
 * element, and after it the same in words, a line for each row: "PROGRAM:LINE"
 * or "-" where that is not known, the lifeline, the call and its meaning, with
 * tabs between them. Of all commands, those of one terminal share a lifeline.
 *
 * Returns the number of rows; if that is 0 nothing was written. */
size_t course_draw(FILE *out, const struct story *story, size_t command,
                   enum language language);

#endif
