#include "svg.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/memory.h"

void svg_escape(FILE *out, const char *text)
{
    for (bool space = true; *text != '\0'; text++) {
        bool again = *text == ' ' && space;

        space = *text == ' ';
        if (again) /* else one of several is all that is shown */
            fputs("\302\240", out);
        else if (*text == '&')
            fputs("&amp;", out);
        else if (*text == '<')
            fputs("&lt;", out);
        else if (*text == '>')
            fputs("&gt;", out);
        else if (*text == '"')
            fputs("&quot;", out);
        else if ((unsigned char)*text < ' ')
            putc('?', out);
        else
            putc(*text, out);
    }
}

/* The bytes of the UTF-8 character at text. */
static size_t character(const char *text)
{
    size_t n = 1;

    while (((unsigned char)text[n] & 0xC0) == 0x80)
        n++;
    return n;
}

double svg_width(const char *text, double size, int fixed)
{
    double width = 0;

    for (; *text != '\0'; text += character(text)) {
        unsigned char c = (unsigned char)*text;

        if (c >= 0xEA && c <= 0xED) /* Hangul */
            width += 0.95;
        else if (fixed)
            width += 0.605;
        else
            width += strchr(" .,:;'il()", c) != NULL ? 0.33 : 0.58;
    }
    return width * size;
}

char **svg_wrap(const char *text, double size, int fixed, double width)
{
    char **lines = NULL;
    size_t n = 0;

    while (*text != '\0') {
        size_t taken = 0;

        /* As many words as fit, and one at least. */
        for (;;) {
            size_t word = taken + strspn(text + taken, " ");
            char *line;
            double wide;

            word += strcspn(text + word, " ");
            line = text_copy(text, word);
            wide = svg_width(line, size, fixed);
            free(line);
            if (word == taken || (taken > 0 && wide > width))
                break;
            taken = word;
        }
        lines = array_grow(lines, n, sizeof *lines);
        lines[n++] = text_copy(text, taken);
        text += taken + strspn(text + taken, " ");
    }
    return array_grow(lines, n, sizeof *lines);
}

void svg_free_lines(char **lines)
{
    for (size_t i = 0; lines[i] != NULL; i++)
        free(lines[i]);
    free(lines);
}
