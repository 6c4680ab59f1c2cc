/* Tests the table of system calls: its rows do not contradict each other, and
 * its words are complete in both languages. That the rows are used is what
 * test_story.c and test_record.c show. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/syscalls.h"

static const struct words {
    const char *kind, *state;
    const char *text[2];
} words[] = {
#define SYSCALL(...)
#define WORDS(kind, state, ...) {#kind, #state, {__VA_ARGS__}},
#define ERROR_WORDS(kind, error, ...) {#kind, #error, {__VA_ARGS__}},
#include "../common/syscalls.def"
};

static const char *const names[] = {
#define SYSCALL(name, ...) #name,
#define WORDS(...)
#define ERROR_WORDS(...)
#include "../common/syscalls.def"
};

enum { NAMES = sizeof names / sizeof *names };

static void each_call_has_one_row(void **state)
{
    for (size_t i = 0; i < NAMES; i++) {
        const struct syscall *row = syscall_named(names[i]);

        assert_string_equal(row->name, names[i]);
        if ((size_t)row->id != i + 1)
            fail_msg("%s has two rows", names[i]);
    }
    assert_int_equal(syscall_named("no_such_call")->id, SYSCALL_UNKNOWN);
    assert_int_equal(syscall_named("")->id, SYSCALL_UNKNOWN);
}

static void errors_come_with_a_message(void **state)
{
    for (size_t i = 0; i < NAMES; i++) {
        const struct syscall *row = syscall_named(names[i]);

        if ((row->errors == NULL) != (row->message == NULL))
            fail_msg("%s has only one of errors and message", names[i]);
        if (row->errors != NULL &&
            strspn(row->errors, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ") !=
                strlen(row->errors))
            fail_msg("%s: \"%s\" are no errors", names[i], row->errors);
    }
}

/* strace refuses the name of a call that the architecture does not have, unless
 * "?" is before it: ARM has no pipe(), which the tests on x86 do not show. */
static void a_call_of_some_architectures_is_optional(void **state)
{
    char *list = text_format(",%s", syscalls_traced);

    assert_contains(list, ",read,");
    assert_contains(list, ",?pipe,");
    free(list);
}

/* The conversions in a format, sorted by the number of their argument: "%ld%s".
 */
static void conversions(const char *format, char *list)
{
    char by_number[10][8] = {{0}};
    int n = 0;

    for (; (format = strchr(format, '%')) != NULL; n++) {
        int at = n;

        format++;
        if (format[0] >= '1' && format[0] <= '9' && format[1] == '$') {
            at = format[0] - '1';
            format += 2;
        }
        assert_in_range(at, 0, 9);
        snprintf(by_number[at], sizeof *by_number, "%%%.*s",
                 (int)strspn(format, "l") + 1, format);
    }
    *list = '\0';
    for (int i = 0; i < n; i++)
        strcat(list, by_number[i]);
}

static void words_have_the_same_arguments_in_both_languages(void **state)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char korean[80], english[80];

        assert_true(*words[i].text[KOREAN] != '\0');
        assert_true(*words[i].text[ENGLISH] != '\0');
        conversions(words[i].text[KOREAN], korean);
        conversions(words[i].text[ENGLISH], english);
        if (strcmp(korean, english) != 0)
            fail_msg("%s, %s: \"%s\" and \"%s\"", words[i].kind, words[i].state,
                     words[i].text[KOREAN], words[i].text[ENGLISH]);
        for (size_t j = 0; j < i; j++)
            if (strcmp(words[i].kind, words[j].kind) == 0 &&
                strcmp(words[i].state, words[j].state) == 0)
                fail_msg("%s, %s has words twice", words[i].kind,
                         words[i].state);
    }
}

int main(void)
{
    struct tests tests = {0};

    ADD(&tests, each_call_has_one_row);
    ADD(&tests, errors_come_with_a_message);
    ADD(&tests, a_call_of_some_architectures_is_optional);
    ADD(&tests, words_have_the_same_arguments_in_both_languages);
    return run_all("syscalls", &tests, NULL, NULL);
}
