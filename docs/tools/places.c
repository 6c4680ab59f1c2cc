#include "places.h"

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/memory.h"
#include "../../common/run.h"

/* A program and the addresses in it that the trace has. */
struct binary {
    char *path;
    unsigned long *addresses;
    char **places; /* "demo.c:33", or NULL */
    size_t n;
};

struct binaries {
    struct binary *list;
    size_t n;
};

/* A frame: the file and the address that the call returns to. */
static bool read_frame(const char *line, size_t length, size_t *path_length,
                       unsigned long *address)
{
    const char *bracket = line + length, *paren;

    while (bracket > line && *bracket != '[')
        bracket--;
    for (paren = bracket; paren > line && *paren != '(';)
        paren--;
    if (paren == line || strncmp(bracket, "[0x", 3) != 0)
        return false;
    *path_length = (size_t)(paren - line) - 3;
    *address = strtoul(bracket + 1, NULL, 16);
    return *address > 0;
}

static struct binary *find_binary(struct binaries *programs, const char *path,
                                  size_t length)
{
    struct binary *program;

    for (size_t i = 0; i < programs->n; i++)
        if (strlen(programs->list[i].path) == length &&
            memcmp(programs->list[i].path, path, length) == 0)
            return &programs->list[i];
    programs->list =
        array_grow(programs->list, programs->n, sizeof *programs->list);
    program = &programs->list[programs->n++];
    program->path = text_copy(path, length);
    return program;
}

static size_t find_address(struct binary *program, unsigned long address)
{
    size_t i = 0;

    while (i < program->n && program->addresses[i] != address)
        i++;
    if (i == program->n) {
        program->addresses =
            array_grow(program->addresses, i, sizeof *program->addresses);
        program->places =
            array_grow(program->places, i, sizeof *program->places);
        program->addresses[program->n++] = address;
    }
    return i;
}

/* "/home/me/chapters/NAME/demo.c:33 (discriminator 1)"; NULL if it is not in
 * the program's own source. */
static char *read_place(const char *line, const char *program)
{
    size_t length = strcspn(line, "\n");
    const char *name = line + length, *colon;

    while (name > line && name[-1] != '/')
        name--;
    colon = memchr(name, ':', (size_t)(line + length - name));
    program = strrchr(program, '/') + 1;
    if (colon == NULL || colon[1] < '1' || colon[1] > '9' ||
        strncmp(name, program, strlen(program)) != 0 ||
        strncmp(name + strlen(program), ".c:", 3) != 0)
        return NULL;
    return text_copy(name, (size_t)(colon - name) + 1 +
                               strspn(colon + 1, "0123456789"));
}

/* Find all places of a program by one run of addr2line. */
static void ask(struct binary *program)
{
    const char **argv = array_grow(NULL, 0, (program->n + 4) * sizeof *argv);
    struct run command = {RUN_PIPE, "/", argv, 60000, NULL};
    struct run_result result;
    const char *line;

    argv[0] = "addr2line";
    argv[1] = "-aie"; /* with addresses, and where a function is inlined */
    argv[2] = program->path;
    /* A frame is where the call returns to; the call is before that. */
    for (size_t i = 0; i < program->n; i++)
        argv[3 + i] = text_format("%#lx", program->addresses[i] - 1);
    if (run(&command, &result) == -1 && errno != ENOENT)
        err(EXIT_FAILURE, "addr2line");
    if (result.output != NULL && result.error != 0)
        errx(EXIT_FAILURE, "addr2line: its output cannot be read: %s",
             strerror(result.error));
    if (result.output != NULL && result.reason != NULL)
        errx(EXIT_FAILURE, "addr2line %s", result.reason);
    if (result.output != NULL) {
        size_t at = 0;

        for (line = result.output; *line != '\0';) {
            if (strncmp(line, "0x", 2) == 0)
                at++;
            else if (at > 0 && at <= program->n &&
                     program->places[at - 1] == NULL)
                program->places[at - 1] = read_place(line, program->path);
            line += strcspn(line, "\n");
            line += *line == '\n';
        }
        free(result.output);
    }
    for (size_t i = 0; i < program->n; i++)
        free((char *)argv[3 + i]);
    free(argv);
}

/* Note the address of each frame that is in a program of the directory
 * programs. If out is not NULL, write the trace there, with places instead of
 * frames. */
static void each_line(const char *trace, const char *programs,
                      struct binaries *known, FILE *out)
{
    bool placed = false;

    while (*trace != '\0') {
        size_t length = strcspn(trace, "\n"), path_length;
        unsigned long address;

        if (strncmp(trace, " > ", 3) != 0) {
            placed = false;
            if (out != NULL)
                fprintf(out, "%.*s\n", (int)length, trace);
        } else if (read_frame(trace, length, &path_length, &address) &&
                   strncmp(trace + 3, programs, strlen(programs)) == 0 &&
                   trace[3 + strlen(programs)] == '/') {
            struct binary *program = find_binary(known, trace + 3, path_length);
            size_t at = find_address(program, address);

            if (out != NULL && !placed && program->places[at] != NULL) {
                fprintf(out, " > %s\n", program->places[at]);
                placed = true;
            }
        }
        trace += length + (trace[length] == '\n');
    }
}

char *places_resolve(const char *trace, const char *programs)
{
    struct binaries known = {0};
    char *directory = realpath(programs, NULL), *text = NULL;
    size_t size;
    FILE *out = text_open(&text, &size);

    if (directory == NULL)
        err(EXIT_FAILURE, "%s", programs);
    each_line(trace, directory, &known, NULL);
    for (size_t i = 0; i < known.n; i++)
        ask(&known.list[i]);
    each_line(trace, directory, &known, out);
    fclose(out);
    for (size_t i = 0; i < known.n; i++) {
        struct binary *program = &known.list[i];

        for (size_t j = 0; j < program->n; j++)
            free(program->places[j]);
        free(program->places);
        free(program->addresses);
        free(program->path);
    }
    free(known.list);
    free(directory);
    return text;
}
