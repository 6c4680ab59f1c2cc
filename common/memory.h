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

/* open_memstream(3): what is written to it becomes *text, which the caller
 * frees behind text_close(). Ends the process with err(3) if memory runs out.
 */
FILE *text_open(char **text, size_t *size);

/* Brings *text and *size up to date. If memory has run out since text_open(),
 * so that a part of the text is missing, ends the process with a message. */
void text_flush(FILE *out);

/* text_flush(), and nothing is written to it any more. */
void text_close(FILE *out);

/* Whether text begins with these characters. */
bool text_begins(const char *text, const char *with);

#endif
