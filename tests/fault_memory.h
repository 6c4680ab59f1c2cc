/* Results of fault runs that are remembered from one run of the tests to the
 * next, for fault_runs.c alone. */
#ifndef TESTS_FAULT_MEMORY_H
#define TESTS_FAULT_MEMORY_H

#include <stddef.h>

#include "fault_runs.h"

/* Add the remembered calls of transcript i to those of the runs. Returns the
 * remembered ends of its faults, which the caller frees, or NULL if transcript
 * i is not remembered: then no call is added. */
char *recall_calls(struct fault_runs *runs, size_t i);

/* Give the faults of transcript i the ends that are remembered, if they still
 * are the same faults. */
void recall_ends(struct fault_runs *runs, size_t i, const char *ends);

/* Remember transcript i, all faults of which have ended; forget it if one of
 * them ended wrong or the transcript differs without a fault. The test fails if
 * that cannot be written. */
void remember_transcript(const struct fault_runs *runs, size_t i);

/* The absolute name of the program that injects faults; see inject.c. */
const char *injector(void);

/* Add a call to those of the runs. */
void add_call(struct fault_runs *runs, const struct call *call);

/* Cut off the next line of a text; NULL at its end. */
char *next_line(char **rest);

/* Cut a line into n words, which are separated by tabs. The last word may have
 * tabs; missing words are "". */
void split(char *line, char **words, int n);

#endif
