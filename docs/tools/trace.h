/* Making the output of strace(1) independent of the run: see trace_renumber().
 */
#ifndef TOOLS_TRACE_H
#define TOOLS_TRACE_H

#include <stddef.h>

#include "../../common/transcript.h"

/* Numbers of one type that differ from run to run, in order of appearance.
 * The i-th of them (from 0) becomes first + i. */
struct numbering {
    unsigned first;
    char **real;
    size_t n;
};

/* One for each enum variable_type; TYPE_NUMBER is never renumbered. */
struct numberings {
    struct numbering of[TYPES];
    struct numbering pipes;
};

/* The numberings of a new recording: pids from 1001, the rest from 1. */
struct numberings numberings_new(void);

/* Free what the numberings hold. */
void numberings_free(struct numberings *numberings);

/* The number that replaces real (length bytes); a new one if real has none. The
 * caller frees it. */
char *renumber(struct numbering *numbering, const char *real, size_t length);

/* Whether real (length bytes) has a number already. */
int numbered(const struct numbering *numbering, const char *real,
             size_t length);

/* Rewrite the output of "strace -f -y -o" so that it is the same at each run:
 * process IDs, identifiers of System V and the inode numbers of pipes are
 * renumbered, the pseudo-terminal is /dev/pts/1, root (an absolute directory)
 * at the beginning of a path is "...", sandbox (likewise) is ".", and addresses
 * are 0x.... Returns the text, which the caller frees. */
char *trace_renumber(const char *trace, struct numberings *numberings,
                     const char *root, const char *sandbox);

#endif
