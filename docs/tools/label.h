/* What a picture says of an event, in the book's languages. */
#ifndef TOOLS_LABEL_H
#define TOOLS_LABEL_H

#include <stdbool.h>

#include "story.h"

enum language { KOREAN, ENGLISH };

/* The language of this name (ko, en); returns false if there is none. */
bool language_named(const char *name, enum language *language);

/* The call in C, as far as a reader cares: without addresses, in the words of
 * the manual pages (fork() for clone()). The caller frees it. */
char *label_call(const struct event *event);

/* One of several pipes is known by a letter; "" if there is only one. */
const char *label_letter(size_t at, size_t of);

/* What the call means here: what it waits for, which end it closes, that the
 * end of file has come. pipe is the letter of the pipe that it is about. ""
 * if the call says all. The caller frees it. */
char *label_meaning(const struct story *story, const struct event *event,
                    const char *pipe, enum language language);

/* The name of a process or an object. The caller frees it. */
char *label_process(const struct story *story, size_t process,
                    enum language language);
char *label_object(const struct story *story, size_t object, const char *pipe,
                   enum language language);
char *label_terminal_name(const char *name, enum language language);

/* What was written to the terminal: what a quoted string of strace stands for,
 * without its newline at the end; what cannot be shown is as in C. The caller
 * frees it. */
char *label_text(const char *quoted);

/* What it is that was typed; "" for a command. */
const char *label_typed(const struct typed *typed, enum language language);

/* Words that stand alone: "read end", ... */
const char *label_end(bool writing, enum language language);
const char *label_closed(enum language language);
const char *label_terminal(enum language language);
const char *label_pipe(size_t at, size_t of, enum language language);
const char *label_kernel(enum language language);

#endif
