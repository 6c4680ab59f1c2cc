#include "svg.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/memory.h"
#include "../../common/visible.h"

size_t svg_character(const char *text)
{
    size_t n;
    unsigned long c = visible_code(text, &n);

    return c < ' ' || (c >= 0x7F && c < 0xA0) || c == 0xFFFE || c == 0xFFFF ? 0
                                                                            : n;
}

void svg_escape(FILE *out, const char *text)
{
    for (bool space = true; *text != '\0';) {
        bool again = *text == ' ' && space;
        size_t n = svg_character(text);

        space = *text == ' ';
        if (again) /* SVG shows several plain spaces as one */
            fputs("\302\240", out);
        else if (*text == '&')
            fputs("&amp;", out);
        else if (*text == '<')
            fputs("&lt;", out);
        else if (*text == '>')
            fputs("&gt;", out);
        else if (*text == '"')
            fputs("&quot;", out);
        else if (n == 0)
            putc('?', out);
        else
            fwrite(text, 1, n, out);
        text += n == 0 ? 1 : n;
    }
}

/* The number of bytes of the character at text; 1 if it is not a character. */
static size_t character(const char *text)
{
    size_t n = svg_character(text);

    return n == 0 ? 1 : n;
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

/* The number of bytes that fit into a line: whole words, or the characters of a
 * word that is too wide, and at least one character. */
static size_t line_length(const char *text, double size, int fixed,
                          double width)
{
    size_t words = 0, at = 0;
    double wide = 0;

    for (;;) {
        size_t n = character(text + at);
        char one[5] = {0};

        if (text[at] == '\0')
            return at;
        memcpy(one, text + at, n);
        wide += svg_width(one, size, fixed);
        if (text[at] == ' ' && at > 0 && text[at - 1] != ' ')
            words = at; /* without the spaces after them */
        if (wide > width && text[at] != ' ')
            return words > 0 ? words : at > 0 ? at : n;
        at += n;
    }
}

char **svg_wrap(const char *text, double size, int fixed, double width)
{
    char **lines = NULL;
    size_t n = 0;

    while (*text != '\0') {
        size_t taken = line_length(text, size, fixed, width);

        lines = array_grow(lines, n, sizeof *lines);
        lines[n++] = text_copy(text, taken);
        text += taken;
        text += strspn(text, " ");
    }
    return array_grow(lines, n, sizeof *lines);
}

char *svg_cut(const char *text, double size, int fixed, double width)
{
    static const char ellipsis[] = "\342\200\246";
    size_t n = 0;

    if (svg_width(text, size, fixed) <= width)
        return text_copy(text, strlen(text));
    for (;;) {
        size_t next = n + character(text + n);
        char *cut = text_format("%.*s%s", (int)next, text, ellipsis);

        bool fits = svg_width(cut, size, fixed) <= width;

        free(cut);
        if (!fits) /* at the latest the whole text with the ellipsis */
            return text_format("%.*s%s", (int)n, text, ellipsis);
        n = next;
    }
}

void svg_free_lines(char **lines)
{
    for (size_t i = 0; lines[i] != NULL; i++)
        free(lines[i]);
    free(lines);
}
