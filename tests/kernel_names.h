/* The names and numbers of the system calls and errors in this system's
 * headers. The build makes the list, because musl has no strerrorname_np(3) and
 * no C library has names of system calls. */
#ifndef TESTS_KERNEL_NAMES_H
#define TESTS_KERNEL_NAMES_H

#include <errno.h>
#include <sys/syscall.h>

/* The build of the emulated machine, which runs in a page of the book, sets
 * NAMES to the list of its own headers. */
#ifndef NAMES
#define NAMES "../build/work/names.inc"
#endif

struct name {
    const char *name;
    long number;
};

#define ERROR(name)
#define CALL(name) {#name, SYS_##name},
static const struct name call_names[] = {
#include NAMES
};
#undef CALL
#undef ERROR
#define CALL(name)
#define ERROR(name) {#name, name},
static const struct name error_names[] = {
#include NAMES
};
#undef CALL
#undef ERROR

enum {
    CALLS = sizeof call_names / sizeof *call_names,
    ERRORS = sizeof error_names / sizeof *error_names
};

#endif
