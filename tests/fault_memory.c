#include "fault_memory.h"
#include "support.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "input_hash.h"

#define COPY(text) text_copy((text), strlen(text))

const char *injector(void)
{
    static char *name;

    if (name == NULL && (name = realpath("build/tests/inject", NULL)) == NULL)
        fail_msg("build/tests/inject: %s", strerror(errno));
    return name;
}

void add_call(struct fault_runs *runs, const struct call *call)
{
    runs->calls = array_grow(runs->calls, runs->ncalls, sizeof *runs->calls);
    runs->calls[runs->ncalls++] = *call;
}

char *next_line(char **rest)
{
    char *line = strsep(rest, "\n");

    return line == NULL || (*rest == NULL && *line == '\0') ? NULL : line;
}

void split(char *line, char **words, int n)
{
    for (int i = 0; i < n; i++)
        if ((words[i] = i < n - 1 ? strsep(&line, "\t") : line) == NULL)
            words[i] = "";
}

/* The results of a transcript are in the file MEMORY/CHAPTER/NAME.ok:
 *
 *   inputs HASH       of all that the results depend on
 *   call COMMAND TOP PROCESS PROGRAM NAME N RESULT STATUS
 *   ...
 *   ends HASH DIGITS  the hash of all faults, and the end of each
 *
 * The words of calls and faults are separated by tabs. */

/* Of the tests, the transcript, and the programs that it names. */
static uint64_t hash_of_inputs(const struct fault_runs *runs,
                               const struct transcript *t)
{
    return hash_transcript(hash_file(hash_judge(), injector()), t->path,
                           runs->programs);
}

static char *memory_of(const struct fault_runs *runs,
                       const struct transcript *t)
{
    const char *name = t->path + strlen("chapters/");

    return text_format("%s/%.*s.ok", runs->memory,
                       (int)(strlen(name) - strlen(".console")), name);
}

char *recall_calls(struct fault_runs *runs, size_t i)
{
    char *path = memory_of(runs, runs->transcripts[i]),
         *text = file_read(path, NULL), *rest = text, *line, *words[9],
         *ends = NULL;
    char *inputs = text_format(
        "inputs %016jx", (uintmax_t)hash_of_inputs(runs, runs->transcripts[i]));

    if (text != NULL && (line = next_line(&rest)) != NULL &&
        strcmp(line, inputs) == 0)
        while ((line = next_line(&rest)) != NULL && ends == NULL) {
            if (text_begins(line, "ends ")) {
                ends = COPY(line + strlen("ends "));
                break;
            }
            split(line, words, 9);
            add_call(runs, &(struct call){i, strtoul(words[1], NULL, 10),
                                          COPY(words[2]), COPY(words[3]),
                                          COPY(words[4]), COPY(words[5]),
                                          (unsigned)strtoul(words[6], NULL, 10),
                                          strtol(words[7], NULL, 10),
                                          (int)strtol(words[8], NULL, 10)});
        }
    free(inputs);
    free(text);
    free(path);
    return ends;
}

/* The hash of the faults of transcript i, and the digits of their ends. */
static char *ends_of(const struct fault_runs *runs, size_t i)
{
    uint64_t hash = hash_nothing();
    char *digits = NULL, *text;
    size_t size;
    FILE *out = text_open(&digits, &size);

    for (size_t f = 0; f < runs->nfaults; f++) {
        const struct fault *fault = &runs->faults[f];
        const struct call *c = &runs->calls[fault->call];

        if (c->transcript != i)
            continue;
        hash = hash_text(hash_text(hash, c->process), c->name);
        hash = hash_text(hash, fault->what);
        fprintf(out, "%d", (int)fault->end);
    }
    fclose(out);
    text = text_format("%016jx %s", (uintmax_t)hash, digits);
    free(digits);
    return text;
}

void recall_ends(struct fault_runs *runs, size_t i, const char *ends)
{
    char *now = ends_of(runs, i);
    size_t hash = strcspn(now, " ") + 1;
    const char *digit = ends + hash;

    if (strlen(now) == strlen(ends) && strncmp(now, ends, hash) == 0)
        for (size_t f = 0; f < runs->nfaults; f++)
            if (runs->calls[runs->faults[f].call].transcript == i) {
                runs->faults[f].has_end = true;
                runs->faults[f].end = (enum fault_end)(*digit++ - '0');
            }
    free(now);
}

void remember_transcript(const struct fault_runs *runs, size_t i)
{
    const struct transcript *t = runs->transcripts[i];
    char *path = memory_of(runs, t), *ends = ends_of(runs, i), *text = NULL,
         *directory;
    size_t size;
    FILE *out;

    directory = COPY(path);
    mkdir(runs->memory, 0777);
    mkdir(dirname(directory), 0777);
    out = text_open(&text, &size);
    fprintf(out, "inputs %016jx\n", (uintmax_t)hash_of_inputs(runs, t));
    for (const struct call *c = runs->calls; c < runs->calls + runs->ncalls;
         c++)
        if (c->transcript == i)
            fprintf(out, "call\t%zu\t%s\t%s\t%s\t%s\t%u\t%ld\t%d\n", c->command,
                    c->top, c->process, c->program, c->name, c->n, c->result,
                    c->status);
    fprintf(out, "ends %s\n", ends);
    fclose(out);
    if (strchr(strchr(ends, ' '), '0' + WRONG) != NULL ||
        (runs->broken != NULL && strstr(runs->broken, t->path) != NULL))
        unlink(path);
    else if (file_replace(path, text, size) == -1)
        fail_msg("%s: %s", path, strerror(errno));
    free(directory);
    free(text);
    free(ends);
    free(path);
}
