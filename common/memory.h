/* Allocation that does not return without memory, and short work on text. */
#ifndef COMMON_MEMORY_H
#define COMMON_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Make room for one more element at the end of array, which holds count
 * elements of size bytes each; array may be NULL when count is 0.
 *
 * Returns the array, moved perhaps, with the new element zeroed. Ends the
 * process with err(3) if memory runs out. */
void *array_grow(void *array, size_t count, size_t size);

/* A copy of the first length bytes of text, terminated. The caller frees it.
 * Ends the process with err(3) if memory runs out. */
char *text_copy(const char *text, size_t length);

/* sprintf(3) into memory that the caller frees. Ends the process with err(3)
 * if memory runs out. */
char *text_format(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* A stream for fclose(3): what is written to it becomes *text at once, which is
 * terminated and has *size bytes. Both are the stream's alone until it is
 * closed; the caller frees the text. Ends the process with err(3) if memory
 * runs out; open_memstream(3) would say so only in the result of the one
 * fprintf(3) that has lost its text. */
FILE *text_open(char **text, size_t *size);

/* Whether text begins with these characters. */
bool text_begins(const char *text, const char *with);

#endif
