/* The picture of a run: what each process did, from top to bottom. */
#ifndef TOOLS_COURSE_H
#define TOOLS_COURSE_H

#include "label.h"
#include "picture.h"
#include "story.h"

/* Add the picture of one command of a story, or of all commands (NOBODY). Its
 * words have a line for each row: "PROGRAM:LINE" of the call, or "-" if that is
 * not known; the lifeline; the call; and its meaning. In a picture of all
 * commands, the commands of one terminal share a lifeline. On paper a picture
 * has two columns if that makes its text larger.
 *
 * name is freed with the picture. Adds nothing if there are no rows. */
void course_draw(struct pictures *pictures, char *name,
                 const struct story *story, size_t command,
                 enum language language);

#endif
