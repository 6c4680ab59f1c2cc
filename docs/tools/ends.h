/* The pictures of the processes that hold the ends of the pipes at a moment. */
#ifndef TOOLS_ENDS_H
#define TOOLS_ENDS_H

#include "label.h"
#include "picture.h"
#include "story.h"

/* Add the pictures of a command of a story, one for each moment that the
 * command has. Their names are "ends-MOMENT", or "ends-RUN-MOMENT" if run is
 * not 1; their words have a line for each process. Closing and copying
 * descriptors does not depend on other processes, so each process is followed
 * up to the moment by itself:
 *
 *   pipe   after pipe(), before the command makes another process
 *   fork   right after fork(), in parent and child
 *   close  when each process has only arranged its descriptors, before it
 *          reads, writes, waits, executes or ends
 *   dup    likewise, but right after dup() in a process that calls it
 *   exec   likewise, but after exec() in a process that then calls it */
void ends_draw(struct pictures *pictures, const struct strace *strace,
               size_t command, const struct story *story, size_t run,
               enum language language);

#endif
