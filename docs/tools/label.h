/* The texts in a picture, in the languages of the book. */
#ifndef TOOLS_LABEL_H
#define TOOLS_LABEL_H

#include <stdbool.h>

#include "story.h"

/* Get the language with this name, "ko" or "en". Returns false if there is
 * none. */
bool language_named(const char *name, enum language *language);

/* The call in C, without addresses, with the function's name in the manual
 * (fork() instead of clone()). The caller frees it. */
char *label_call(const struct event *event);

/* The letter of pipe number at (from 0) of several; "" if there is only one,
 * and for the seventh and later ones. */
const char *label_letter(size_t at, size_t of);

/* The words beside the call: what it waits for, which end it closes, that the
 * end of file came. pipe is the letter of the pipe on which it works. "" if
 * there is nothing to add. The caller frees it. */
char *label_meaning(const struct story *story, const struct event *event,
                    const char *pipe, enum language language);

/* The name of a process or an object. The caller frees it. */
char *label_process(const struct story *story, size_t process,
                    enum language language);
char *label_object(const struct story *story, size_t object, const char *pipe,
                   enum language language);
char *label_terminal_name(const char *name, enum language language);

/* The text of a write to the terminal, from the quoted argument of strace,
 * without its last newline. Bytes that cannot be shown are escaped as in C. The
 * caller frees it. */
char *label_text(const char *quoted);

/* The words beside a typed line; "" for a command. */
const char *label_typed(const struct typed *typed, enum language language);

/* Single words: "read end", "closed", "terminal", "pipe", "kernel". */
const char *label_end(bool writing, enum language language);
const char *label_closed(enum language language);
const char *label_terminal(enum language language);
const char *label_pipe(size_t at, size_t of, enum language language);
const char *label_kernel(enum language language);

#endif
