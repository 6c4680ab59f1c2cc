#include "visible.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first and the last of each range of code points that are shown as an
 * escape: the control characters beyond ASCII, Default_Ignorable_Code_Point and
 * White_Space in the Unicode Character Database, interlinear annotations, and
 * the blank pattern of Braille. */
static const unsigned long hidden[][2] = {
    {0x80, 0xa0},       {0xad, 0xad},       {0x34f, 0x34f},
    {0x61c, 0x61c},     {0x115f, 0x1160},   {0x1680, 0x1680},
    {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x2000, 0x200f},
    {0x2028, 0x202f},   {0x205f, 0x206f},   {0x2800, 0x2800},
    {0x3000, 0x3000},   {0x3164, 0x3164},   {0xfe00, 0xfe0f},
    {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffb},
    {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

/* Whether Unicode says that this will never be a character. */
static bool is_noncharacter(unsigned long code)
{
    return (code & 0xfffe) == 0xfffe || (code >= 0xfdd0 && code <= 0xfdef);
}

static bool is_hidden(unsigned long code)
{
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (code >= hidden[i][0] && code <= hidden[i][1])
            return true;
    return is_noncharacter(code);
}

unsigned long visible_code(const char *text, size_t *n)
{
    static const unsigned long least[] = {0, 0x80, 0x800, 0x10000};
    const unsigned char *byte = (const unsigned char *)text;
    size_t more = *byte < 0x80 ? 0 : *byte < 0xe0 ? 1 : *byte < 0xf0 ? 2 : 3;
    unsigned long code = more == 0 ? *byte : *byte & (0x3fU >> more);

    *n = 0;
    if ((*byte >= 0x80 && *byte < 0xc2) || *byte > 0xf4)
        return *byte;
    for (size_t i = 1; i <= more; i++) {
        if ((byte[i] & 0xc0) != 0x80)
            return *byte;
        code = code << 6 | (byte[i] & 0x3f);
    }
    if (code < least[more] || code > 0x10ffff || (code >> 11) == 0x1b)
        return *byte;
    *n = more + 1;
    return code;
}

size_t visible_escape(const char *text, char escape[ESCAPE_SIZE])
{
    size_t n;
    unsigned long code = visible_code(text, &n);

    *escape = '\0';
    if (code == '\r')
        snprintf(escape, ESCAPE_SIZE, "\\r");
    else if (n == 0 || code == 0x7f ||
             (code < ' ' && code != '\t' && code != '\n'))
        snprintf(escape, ESCAPE_SIZE, "\\x%02lx", code);
    else if (is_hidden(code))
        snprintf(escape, ESCAPE_SIZE, code > 0xffff ? "\\U%08lx" : "\\u%04lx",
                 code);
    return n == 0 ? 1 : n;
}

/* Store a code point as UTF-8. */
static void encode(unsigned long code, char bytes[5])
{
    size_t more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char first[] = {0, 0xc0, 0xe0, 0xf0};

    bytes[more + 1] = '\0';
    for (size_t i = more; i > 0; i--, code >>= 6)
        bytes[i] = (char)(0x80 | (code & 0x3f));
    bytes[0] = (char)(first[more] | code);
}

size_t visible_bytes(const char *text, char bytes[5])
{
    size_t digits = text[0] != '\\'  ? 0
                    : text[1] == 'x' ? 2
                    : text[1] == 'u' ? 4
                    : text[1] == 'U' ? 8
                                     : 0;
    char hex[9] = {0};
    unsigned long code;

    if (strncmp(text, "\\r", 2) == 0 || strncmp(text, "\\t", 2) == 0) {
        bytes[0] = text[1] == 'r' ? '\r' : '\t';
        bytes[1] = '\0';
        return 2;
    }
    for (size_t i = 0; i < digits; i++)
        if (isxdigit((unsigned char)text[2 + i]))
            hex[i] = text[2 + i];
        else
            return 0;
    code = strtoul(hex, NULL, 16);
    if (code == 0 || code == '\n' || code > 0x10ffff || (code >> 11) == 0x1b)
        return 0;
    if (digits == 2) {
        bytes[0] = (char)code;
        bytes[1] = '\0';
    } else {
        encode(code, bytes);
    }
    return 2 + digits;
}
