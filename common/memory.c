#include "memory.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

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

struct text_stream {
    FILE *stream;
    char **text;
    size_t *size, room;
};

static ssize_t take(void *cookie, const char *data, size_t length)
{
    struct text_stream *to = cookie;

    if (to->room - *to->size <= length) {
        size_t room = 2 * (to->room + length);
        char *text = realloc(*to->text, room);

        if (text == NULL) {
            __fpurge(to->stream); /* or exit(3) would try it again */
            err(EXIT_FAILURE, "realloc");
        }
        *to->text = text;
        to->room = room;
    }
    memcpy(*to->text + *to->size, data, length);
    *to->size += length;
    (*to->text)[*to->size] = '\0';
    return (ssize_t)length;
}

static int end(void *cookie)
{
    free(cookie);
    return 0;
}

FILE *text_open(char **text, size_t *size)
{
    struct text_stream *to = array_grow(NULL, 0, sizeof *to);
    FILE *out = fopencookie(
        to, "w", (cookie_io_functions_t){.write = take, .close = end});

    if (out == NULL)
        err(EXIT_FAILURE, "fopencookie");
    setvbuf(out, NULL, _IONBF, 0);
    *text = text_copy("", 0);
    *size = 0;
    *to = (struct text_stream){out, text, size, 1};
    return out;
}

bool text_begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}
