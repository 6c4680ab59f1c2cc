/* Tests that the stack traces of strace -k become places in the sources of the
 * programs, and that all other lines are kept. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../docs/tools/places.h"

/* Each test has a directory of its own, with a folder for programs. */
static char *directory, *folder;
static struct ended ended;

static int make_directory(void **state)
{
    directory = scratch_make();
    folder = text_format("%s/bin", directory);
    return 0;
}

static int remove_directory(void **state)
{
    ended_free(&ended);
    ended = (struct ended){0};
    free(folder);
    scratch_remove(directory);
    return 0;
}

/* Line 6 is the first line of main(); line 8 calls write(), line 10 calls
 * put().
 */
static const char source[] = "#include <unistd.h>\n"
                             "static int put(const char *text)\n"
                             "{\n"
                             "    return (int)write(1, text, 2);\n"
                             "}\n"
                             "int main(void)\n"
                             "{\n"
                             "    if (write(1, \"a\\n\", 2) != 2)\n"
                             "        return 1;\n"
                             "    return put(\"b\\n\") != 2;\n"
                             "}\n";

/* Compile it, run it under strace -k, and return the log. */
static char *traced(const char *name)
{
    char *file = text_format("%s.c", name), *log;

    if (system("strace -k -o /dev/null true 2> /dev/null && "
               "command -v addr2line > /dev/null") != 0)
        SKIP("strace -k and addr2line do not work here");
    put_file(directory, file, source);
    ended_free(&ended);
    ended = shell(directory,
                  "mkdir -p bin && cc -g -O0 -fPIE -pie '%s' -o 'bin/%s' && "
                  "strace -k -f -q -a 1 -e trace=write -o log 'bin/%s' > out",
                  file, name, name);
    free(file);
    if (ended.status != 0)
        fail_msg("%s", ended.err);
    log = get_file(directory, "log");
    assert_non_null(log);
    assert_contains(log, "\n > ");
    return log;
}

/* A line of a log without the process ID that begins it. */
static void assert_lines(const char *text, const char *const *lines, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t length = strcspn(text, "\n");
        const char *line =
            text + (*text == ' ' ? 0 : strspn(text, "0123456789 "));
        char *is = text_copy(line, (size_t)(text + length - line));

        assert_string_equal(is, lines[i]);
        free(is);
        text += length + 1;
    }
    assert_string_equal(text, "");
}

static void resolves(const char *name)
{
    char *first = text_format(" > %s.c:8", name),
         *second = text_format(" > %s.c:4", name), *log = traced(name),
         *text = places_resolve(log, folder);
    const char *const lines[] = {"write(1, \"a\\n\", 2) = 2", first,
                                 "write(1, \"b\\n\", 2) = 2", second,
                                 "+++ exited with 0 +++"};

    assert_lines(text, lines, 5);
    free(text);
    free(log);
    free(first);
    free(second);
}

static void a_call_has_the_innermost_place_in_its_program(void **state)
{
    resolves("plain");
}

static void a_name_with_a_space_is_a_name(void **state)
{
    resolves("two words");
}

static void brackets_in_a_name_are_letters(void **state)
{
    resolves("a(b+1)[0x5]");
}

/* The text that is left where no place is known. */
static const char *const without[] = {"write(1, \"a\\n\", 2) = 2",
                                      "write(1, \"b\\n\", 2) = 2",
                                      "+++ exited with 0 +++"};

static void without_addr2line_no_place_is_left(void **state)
{
    char *log = traced("plain"), *text,
         *path = text_format("%s", getenv("PATH"));

    setenv("PATH", "/nowhere", 1);
    text = places_resolve(log, folder);
    setenv("PATH", path, 1);
    assert_lines(text, without, 3);
    free(path);
    free(text);
    free(log);
}

static void programs_elsewhere_have_no_places(void **state)
{
    char *log = traced("plain"), *other = text_format("%s/bi", directory),
         *text;

    ended_free(&ended);
    ended = shell(directory, "mkdir bi");
    text = places_resolve(log, other);
    assert_lines(text, without, 3);
    free(text);
    free(other);
    free(log);
}

static void a_program_without_debugging_information_has_no_places(void **state)
{
    char *log = traced("plain"), *text;

    ended_free(&ended);
    ended = shell(directory, "strip bin/plain");
    assert_int_equal(ended.status, 0);
    text = places_resolve(log, folder);
    assert_lines(text, without, 3);
    free(text);
    free(log);
}

/* The other lines are kept. */
static void damaged_frames_are_left_out(void **state)
{
    static const char *const frames[] = {
        " > ",
        " > x",
        " > [0x1]",
        " > (main+0x1) [0x1]",
        " > %s/bin/x [0x1]",
        " > %s/bin/x(main+0x1)",
        " > %s/bin/x(main+0x1) [0x]",
        " > %s/bin/x(main+0x1) [0x0]",
        " > %s/bin/x(main+0x1) [0x12",
        " > %s/bin/x(main+0x1) [0xffffffffffffffffff]",
        " > %s/bin/(main+0x1) [0x1]",
        " > %s/bin(main+0x1) [0x1]",
        " > unexpected_backtracing_error [0x7f00]",
    };

    ended_free(&ended);
    ended = shell(directory, "mkdir bin && echo > bin/x");
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        const char *mark = strstr(frames[i], "%s");
        char *frame = mark == NULL
                          ? text_format("%s", frames[i])
                          : text_format(" > %s%s", directory, mark + 2);
        char *trace = text_format("1 a() = 0\n%s\n1 b > c\n", frame),
             *text = places_resolve(trace, folder);

        assert_string_equal(text, "1 a() = 0\n1 b > c\n");
        free(text);
        free(trace);
        free(frame);
    }
}

int main(void)
{
    struct tests tests = {.setup = make_directory,
                          .teardown = remove_directory};

    ADD(&tests, a_call_has_the_innermost_place_in_its_program);
    ADD(&tests, a_name_with_a_space_is_a_name);
    ADD(&tests, brackets_in_a_name_are_letters);
    ADD(&tests, without_addr2line_no_place_is_left);
    ADD(&tests, programs_elsewhere_have_no_places);
    ADD(&tests, a_program_without_debugging_information_has_no_places);
    ADD(&tests, damaged_frames_are_left_out);
    return run_all("places", &tests, NULL, NULL);
}
