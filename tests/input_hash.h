/* Hashes of what test results depend on, so that results can be remembered
 * until one of these things changes. Two equal hashes mean equal inputs, except
 * by a chance of 1 in 2^64. */
#ifndef TESTS_INPUT_HASH_H
#define TESTS_INPUT_HASH_H

#include <stddef.h>
#include <stdint.h>

/* The hash of nothing, to begin with. */
uint64_t hash_nothing(void);

/* The hash of what the given one stands for and then this text. */
uint64_t hash_text(uint64_t hash, const char *text);

/* The same for the bytes of a file; one that is missing counts as a text. */
uint64_t hash_file(uint64_t hash, const char *path);

/* The hash of the running test program, the kernel, and whether root runs it.
 */
uint64_t hash_judge(void);

/* hash_file() for a transcript, and then for each program that it names as
 * "/PROGRAM" and that is in the directory programs. */
uint64_t hash_transcript(uint64_t hash, const char *path, const char *programs);

#endif
