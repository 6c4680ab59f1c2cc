/* Temporary directories, shells and lists of tests, for all test suites.
 *
 * If a function cannot do its work, the test that called it fails; only
 * scratch_remove() prints an error instead. The working directory of every
 * suite is the root of the repository. */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

/* cmocka.h needs these four headers before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <sys/types.h>

/* Most functions of cmocka get a state that they do not need. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

/* Make a new directory under build/tests, and return its absolute name.
 * scratch_remove() removes it with its files, and frees the name. */
char *scratch_make(void);
void scratch_remove(char *directory);

/* Write text to the file name in directory. */
void put_file(const char *directory, const char *name, const char *text);

/* Return the text of the file name in directory, or NULL if there is no such
 * file; the caller frees it. */
char *get_file(const char *directory, const char *name);

/* Return whether a file or directory exists; format and arguments are those of
 * printf(). */
bool exists(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Return the absolute name of the directory with the programs of the book:
 * $PROGRAMS, or build/bin. */
const char *programs(void);

/* Return the command that runs pandoc: $PANDOC, or "pandoc". */
const char *pandoc(void);

/* Return whether the process has ended and its parent has waited for it. */
bool gone(pid_t pid);

/* A shell that runs in its own process group, with /dev/null as standard
 * input, and the files that get its output. */
struct job {
    pid_t pid;
    int out, err;
    int deadline; /* milliseconds, for shell_end() */
    char *command;
};

struct ended {
    int status; /* 128 plus the signal that ended it */
    char *out;  /* standard output, to be freed */
    char *err;  /* standard error, to be freed */
};

/* Start /bin/sh -c command in directory. Its environment has absolute names:
 * BIN is the directory of the programs, ROOT that of the repository, and TOOLS
 * that of the tools, $OWN/tools or build/tools. It also has LC_ALL=C. */
struct job shell_start(const char *directory, const char *command);

/* Wait for the shell to end. At its deadline, which is 5 minutes unless the
 * caller sets another one, kill it and let the test fail. In both cases the
 * other processes of its group are killed. */
struct ended shell_end(struct job *job);

/* Start a shell and wait for it; format and arguments are those of printf(). */
struct ended shell(const char *directory, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void ended_free(struct ended *ended);

/* If part is not in text, show both and let the test fail. */
void assert_contains(const char *text, const char *part);

/* If these parts, a list that ends with NULL, are not in text one after the
 * other, show the first that does not follow and let the test fail. */
void assert_in_order(const char *text, const char *const *parts);

/* Return how often part is in text. */
size_t occurrences(const char *text, const char *part);

/* Print a text as errors line by line, because cmocka cuts off long messages.
 */
void show(const char *text);

/* Print "ERROR: " and a message as a line. assert_no_problem() then fails the
 * test. */
void problem(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Fail the test if problem() was called since the last time. */
void assert_no_problem(void);

/* Return the number of the line, from 1, that has the character at in text. */
int line_of(const char *text, const char *at);

/* Return how many descriptors this process has open. */
int open_descriptors(void);

/* A command of the shell, the status with which it ends, and texts that it
 * prints in this order. NULL ends the texts. */
struct ran {
    const char *sentence, *command;
    int status;
    const char *parts[9];
};

/* Run the command in a new directory, after the commands of set_up, and let the
 * test fail if its status or output is another. */
void assert_ran(const struct ran *ran, const char *set_up);

/* A list of tests that is made at run time; initialize it with {0}. */
struct tests {
    struct CMUnitTest *list;
    size_t n;
    CMFixtureFunction setup, teardown; /* of each test that is added later */
};

/* Add a test; it gets state as *state. format and arguments, those of printf(),
 * are its name. */
void add_test(struct tests *tests, CMUnitTestFunction function, void *state,
              const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Add a test with the name of its function. */
#define ADD(tests, function) add_test(tests, function, NULL, "%s", #function)

/* Add a test for each row of a table, an array of structures whose field
 * sentence is the name of the test. */
#define ADD_ROWS(tests, function, table)                                       \
    for (size_t row = 0; row < sizeof(table) / sizeof *(table); row++)         \
    add_test(tests, function, (void *)&(table)[row], "%s",                     \
             (table)[row].sentence)

/* Skip this test; tests/report lists the reason. */
#define SKIP(reason) (print_message("skipped: %s\n", reason), skip())

/* Return whether $TEST_FILTER, a pattern with "*" and "?", selects a test of
 * this name; all tests are selected if it is not set or empty. */
bool is_selected(const char *test);

/* Run the tests and free the list. Returns the exit status for main(): not 0 if
 * a test failed, or if the list is empty. */
int run_all(const char *group, struct tests *tests, CMFixtureFunction setup,
            CMFixtureFunction teardown);

#endif
