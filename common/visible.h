/* Visible escapes for what a page or a terminal cannot show as it is. */
#ifndef COMMON_VISIBLE_H
#define COMMON_VISIBLE_H

#include <stddef.h>

/* Room for an escape and its '\0'. */
enum { ESCAPE_SIZE = 11 };

/* Return the code point at the beginning of text, with its number of bytes in
 * *n; or the first byte, with *n = 0, if the bytes are not UTF-8 (RFC 3629). */
unsigned long visible_code(const char *text, size_t *n);

/* Look at the character at the beginning of text, which must not be empty.
 *
 * Returns its number of bytes, 1 if the byte is not part of a character in
 * UTF-8. escape becomes "" if the character can be shown as it is. Else:
 *
 *     \r           a carriage return
 *     \x1b         another control character of ASCII, but not a newline or a
 *                  tab, or a byte that is not UTF-8
 *     \u202e       a character that is not visible, that looks like a space, or
 *     \U000e0001   that changes the order or the form of the text around it */
size_t visible_escape(const char *text, char escape[ESCAPE_SIZE]);

/* Read the escape at the beginning of text: \r, \t, or \x, \u or \U with 2, 4
 * or 8 hexadecimal digits, of any character.
 *
 * Returns its length and stores its bytes, terminated by '\0'. Returns 0 if it
 * is malformed, or a null byte, a newline, a surrogate, or above U+10FFFF. */
size_t visible_bytes(const char *text, char bytes[5]);

#endif
