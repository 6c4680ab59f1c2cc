/* Remembering that tests have passed, in the files build/NAME.ok. */
#ifndef TESTS_REMEMBER_H
#define TESTS_REMEMBER_H

#include <stdbool.h>
#include <stdint.h>

/* Whether the tests of this name, which may have one "/", passed when their
 * inputs had this hash: see input_hash.h. */
bool is_remembered(const char *name, uint64_t inputs);

/* Note that they have passed. The running test fails if that cannot be written.
 */
void remember(const char *name, uint64_t inputs);

#endif
