/* What several tests need: directories of their own, shells, lists of tests.
 *
 * Where one of these functions cannot do its work, the test that called it
 * fails. All run with the root of the repository as working directory. */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

/* cmocka.h needs these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <sys/types.h>

/* A new directory under build/tests, which nobody else uses; its absolute name
 * goes to scratch_remove(), which removes it with all that is in it. */
char *scratch_make(void);
void scratch_remove(char *directory);

/* Write text to the file name in directory. */
void put_file(const char *directory, const char *name, const char *text);

/* What is in the file name in directory, to be freed; NULL if there is none. */
char *get_file(const char *directory, const char *name);

/* Whether the file or directory, which is given as for printf(), exists. */
bool exists(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Where the programs of the book are: $PROGRAMS, or build/bin; absolute. */
const char *programs(void);

/* Whether there is no such process, not even one to be waited for. */
bool gone(pid_t pid);

/* A shell that runs in a process group of its own, with /dev/null for standard
 * input, and what came out of it. */
struct job {
    pid_t pid;
    int out, err;
    char *command;
};

struct ended {
    int status; /* 128 plus the signal that ended it */
    char *out;  /* standard output, to be freed */
    char *err;  /* standard error, to be freed */
};

/* Start /bin/sh -c command in directory, with BIN set to the absolute name of
 * the directory of the programs, ROOT to that of the repository and TOOLS to
 * that of the tools, which is tools in $OWN, or in build. */
struct job shell_start(const char *directory, const char *command);

/* Wait for it; the test fails if it is not over within 10 seconds. */
struct ended shell_end(struct job *job);

/* Both, for a command that is given as for printf(). */
struct ended shell(const char *directory, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void ended_free(struct ended *ended);

/* The test fails, with both texts shown, unless part is in text. */
void assert_contains(const char *text, const char *part);

/* A list of tests that is made at run time; begin with {0}. The test gets
 * *state = state. */
struct tests {
    struct CMUnitTest *list;
    size_t n;
    CMFixtureFunction setup, teardown; /* of each test added from now on */
};

void add_test(struct tests *tests, CMUnitTestFunction function, void *state,
              const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Add a test that is named as its function is. */
#define ADD(tests, function) add_test(tests, function, NULL, "%s", #function)

/* Skip this test, and say why: the reason is listed by tests/report. */
#define SKIP(reason) (print_message("skipped: %s\n", reason), skip())

/* Run them; returns what main() shall return. Fails if there are none. */
int run_all(const char *group, struct tests *tests, CMFixtureFunction setup,
            CMFixtureFunction teardown);

#endif
