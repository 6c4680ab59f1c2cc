/* Allocation that ends the process if memory runs out, and helpers for text. */
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

/* A copy of text up to its '\0', but of no more than length bytes, terminated:
 * see strndup(3). The caller frees it. Ends the process with err(3) if memory
 * runs out. */
char *text_copy(const char *text, size_t length);

/* sprintf(3) into memory that the caller frees. Ends the process with err(3)
 * if memory runs out. */
char *text_format(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Open a stream that writes into memory; the caller closes it with fclose(3).
 * Each write goes to *text at once, which is terminated and has *size bytes.
 * The caller frees the text after closing the stream; until then it may only
 * lower *size and end the text there. Ends the process with err(3) if memory
 * runs out; open_memstream(3) would report that only in the result of one
 * fprintf(3). See fopencookie(3). */
FILE *text_open(char **text, size_t *size);

/* Whether text begins with these characters. */
bool text_begins(const char *text, const char *with);

#endif
