#include "memory.h"

#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *array_grow(void *array, size_t count, size_t size)
{
    /* Room is doubled at each power of two, so growing stays cheap. */
    if ((count & (count - 1)) == 0) {
        array = reallocarray(array, count == 0 ? 1 : 2 * count, size);
        if (array == NULL)
            err(EXIT_FAILURE, "reallocarray");
    }
    memset((char *)array + count * size, 0, size);
    return array;
}

char *text_copy(const char *text, size_t length)
{
    char *copy = strndup(text, length);

    if (copy == NULL)
        err(EXIT_FAILURE, "strndup");
    return copy;
}

char *text_format(const char *format, ...)
{
    va_list arguments;
    char *text;
    int length;

    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length == -1)
        err(EXIT_FAILURE, "vasprintf");
    return text;
}

FILE *text_open(char **text, size_t *size)
{
    FILE *out = open_memstream(text, size);

    if (out == NULL)
        err(EXIT_FAILURE, "open_memstream");
    return out;
}

void text_flush(FILE *out)
{
    /* An earlier failure is only in the stream; errno may be another's. */
    if (fflush(out) == EOF || ferror(out))
        errx(EXIT_FAILURE, "open_memstream: %s", strerror(ENOMEM));
}

void text_close(FILE *out)
{
    text_flush(out);
    fclose(out); /* there is nothing left to be written */
}

bool text_begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}
