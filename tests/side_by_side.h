/* Work that many processes do side by side. */
#ifndef TESTS_SIDE_BY_SIDE_H
#define TESTS_SIDE_BY_SIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Call work() for each number below n, in several processes.
 *
 * Each process takes the next number as soon as it is free. scratch is an
 * absolute name of a directory that only this process uses. work() writes whole
 * lines to out; the calling process gives each of them, without its newline, to
 * take(), in the order of their arrival. Each processor has many processes,
 * because most work waits. Each process has message queues of its own if root
 * runs this.
 *
 * While this runs it prints progress to standard error, every ten seconds:
 * what, how many are done, and how much time is left. The test fails if one of
 * the processes fails. */
void side_by_side(const char *what, size_t n,
                  void (*work)(size_t i, const char *scratch, FILE *out),
                  void (*take)(char *line));

/* In work(), if this process has an IPC namespace of its own: remove all
 * message queues in it. Returns whether there was one. Else does nothing and
 * returns false. See ipc_namespaces(7). */
bool remove_our_queues(void);

#endif
