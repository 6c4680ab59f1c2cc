/* The pictures of who holds which end of the pipes at a moment. */
#ifndef TOOLS_ENDS_H
#define TOOLS_ENDS_H

#include <stdio.h>

#include "label.h"
#include "story.h"

/* Write the pictures of a command that is told in story: for each moment that
 * it has, a line "== ends-MOMENT" ("== ends-2-MOMENT" if run is 2), an SVG
 * element, and the same in
 * words, a line for each process. Closing and copying descriptors does not
 * depend on other processes, so each is followed up to the moment by itself:
 *
 *   pipe   after pipe(), before another process is made;
 *   fork   right after fork(), in parent and child;
 *   close  when each has done what it does with descriptors alone, before it
 *          reads, writes, waits, executes or ends;
 *   dup    the same, but who copies a descriptor has just done so;
 *   exec   the same, and who then executes another program has done so. */
void ends_draw(FILE *out, const struct strace *strace, size_t command,
               const struct story *story, size_t run, enum language language);

#endif
