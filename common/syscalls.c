#include "syscalls.h"

#include <stdbool.h>
#include <string.h>

/* The text of the column TRACED: a "?" makes strace accept that the
 * architecture does not have the call. */
#define TEXT_TRACED(name) #name ","
#define TEXT_OPTIONAL(name) "?" #name ","
#define TEXT_UNTRACED(name)

const char syscalls_traced[] = ""
#define SYSCALL(name, traced, ...) TEXT_##traced(name)
#define WORDS(...)
#define ERROR_WORDS(...)
#include "syscalls.def"
    ;

static const struct syscall rows[] = {
    {SYSCALL_UNKNOWN, "", CALL_OTHER, ON_NOTHING, 0, "", NULL, NULL},
#define SYSCALL(name, traced, ...) {SYSCALL_##name, #name, __VA_ARGS__},
#define WORDS(...)
#define ERROR_WORDS(...)
#include "syscalls.def"
};

static const struct words {
    enum call_kind kind;
    enum call_state state;
    const char *error; /* NULL: the words are for the state */
    const char *text[2];
} words[] = {
#define SYSCALL(...)
#define WORDS(kind, state, ...) {kind, state, NULL, {__VA_ARGS__}},
#define ERROR_WORDS(kind, error, ...) {kind, STATE_DONE, #error, {__VA_ARGS__}},
#include "syscalls.def"
};

const struct syscall *syscall_named(const char *name)
{
    for (size_t i = 1; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return &rows[0];
}

static const char *find_words(enum call_kind kind, enum call_state state,
                              const char *error, enum language language)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        bool same =
            error == NULL
                ? words[i].error == NULL && words[i].state == state
                : words[i].error != NULL && strcmp(words[i].error, error) == 0;

        if (words[i].kind == kind && same)
            return words[i].text[language];
    }
    return NULL;
}

const char *syscall_words(enum call_kind kind, enum call_state state,
                          enum language language)
{
    return find_words(kind, state, NULL, language);
}

const char *syscall_error_words(enum call_kind kind, const char *error,
                                enum language language)
{
    return find_words(kind, STATE_DONE, error, language);
}
