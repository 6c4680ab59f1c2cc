/* Remembering that hostile tests have passed, in build/hostile/NAME.ok. */
#ifndef TESTS_REMEMBER_H
#define TESTS_REMEMBER_H

#include <stdbool.h>
#include <stdint.h>

/* Whether what has this name passed when its inputs had this hash. */
bool is_remembered(const char *name, uint64_t inputs);

/* Note that it has passed. The test fails if that cannot be written. */
void remember(const char *name, uint64_t inputs);

#endif
