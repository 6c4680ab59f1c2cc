#include "match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* Parts that mix in many ways can be tried in very many orders. A transcript
 * that needs more steps than this is an error. */
enum { MOST_STEPS = 1000000 };

struct matcher {
    const struct transcript *transcript;
    const struct outcome *outcomes;
    size_t n;      /* of the outcomes */
    char ***lines; /* of each outcome's output, NULL-terminated */
    char **values;
    long steps;
    /* The last place that any try reached, for the report. */
    size_t command, line;
    char *reason; /* why it failed there; NULL if the diff shows why */
};

/* The lines of an output, each with its newline. Only the last one may have
 * none. */
static char **split(const char *text)
{
    char **lines = NULL;
    size_t n = 0;

    while (text != NULL && *text != '\0') {
        size_t length = strcspn(text, "\n");

        length += text[length] == '\n';
        lines = array_grow(lines, n, sizeof *lines);
        lines[n++] = text_copy(text, length);
        text += length;
    }
    lines = array_grow(lines, n, sizeof *lines);
    return lines;
}

/* The index of another variable of this one's type with this value. */
static size_t namesake(const struct transcript *t, char *const *values,
                       size_t variable, const char *value)
{
    for (size_t i = 0; i < t->nvariables; i++)
        if (i != variable && values[i] != NULL &&
            t->variables[i].type == t->variables[variable].type &&
            strcmp(values[i], value) == 0)
            return i;
    return t->nvariables;
}

/* match_line(), with *reason, if it is not NULL, set to why a value is wrong.
 */
static bool fits(const struct transcript *t, const struct expected_line *line,
                 const char *text, char **values, char **reason)
{
    size_t *bound = NULL, nbound = 0;
    bool good = true;

    for (size_t i = 0; good && i < line->nsegments; i++) {
        const struct segment *segment = &line->segments[i];
        size_t length, variable = segment->variable, other;
        char *value;

        if (segment->text != NULL) {
            length = strlen(segment->text);
            good = strncmp(text, segment->text, length) == 0;
            text += good ? length : 0;
            continue;
        }
        length = strspn(text, "0123456789");
        if (length == 0) {
            good = false;
            break;
        }
        value = text_copy(text, length);
        text += length;
        other = namesake(t, values, variable, value);
        if (values[variable] != NULL && strcmp(values[variable], value) != 0) {
            good = false;
            if (reason != NULL)
                *reason = text_format("{{%s}} was %s and is %s here",
                                      t->variables[variable].name,
                                      values[variable], value);
        } else if (values[variable] == NULL && other < t->nvariables) {
            good = false;
            if (reason != NULL)
                *reason = text_format("{{%s}} and {{%s}} are both %s",
                                      t->variables[other].name,
                                      t->variables[variable].name, value);
        }
        if (good && values[variable] == NULL) {
            values[variable] = value;
            bound = array_grow(bound, nbound, sizeof *bound);
            bound[nbound++] = variable;
        } else {
            free(value);
        }
    }
    good = good && strcmp(text, line->newline ? "\n" : "") == 0;
    for (size_t i = 0; !good && i < nbound; i++) {
        free(values[bound[i]]);
        values[bound[i]] = NULL;
    }
    free(bound);
    return good;
}

bool match_line(const struct transcript *transcript,
                const struct expected_line *line, const char *text,
                char **values)
{
    return fits(transcript, line, text, values, NULL);
}

static void note(struct matcher *m, size_t command, size_t line, char *reason)
{
    if (command > m->command || (command == m->command && line >= m->line)) {
        m->command = command;
        m->line = line;
        free(m->reason);
        m->reason = reason;
    } else {
        free(reason);
    }
}

static void free_lines(char **lines)
{
    for (size_t i = 0; lines[i] != NULL; i++)
        free(lines[i]);
    free(lines);
}

/* Undo what a line bound: forget every value that saved does not have. */
static void forget(struct matcher *m, char *const *saved)
{
    for (size_t i = 0; i < m->transcript->nvariables; i++)
        if (m->values[i] != saved[i]) {
            free(m->values[i]);
            m->values[i] = NULL;
        }
}

static bool try_from(struct matcher *m, size_t c, size_t i, size_t j,
                     size_t *next);

/* Try expected line e of command c on line j of its output, then the rest. */
static bool try_line(struct matcher *m, size_t c, size_t e, size_t i, size_t j,
                     size_t *next)
{
    const struct transcript *t = m->transcript;
    const char *text = m->lines[c][j];
    size_t n = t->nvariables;
    char *reason = NULL, **saved;
    bool good = false;

    if (text == NULL || ++m->steps > MOST_STEPS)
        return note(m, c, j, NULL), false;
    saved = array_grow(NULL, 0, (n + 1) * sizeof *saved);
    memcpy(saved, m->values, n * sizeof *saved);
    if (!fits(t, &t->commands[c].lines[e], text, m->values, &reason)) {
        note(m, c, j, reason);
    } else {
        good = try_from(m, c, i, j + 1, next);
        if (!good)
            forget(m, saved);
    }
    free(saved);
    return good;
}

static size_t block_end(const struct command *command, size_t i)
{
    int together = command->lines[i].together;

    while (i < command->nlines && command->lines[i].together == together)
        i++;
    return i;
}

/* Within a together block that begins at line i: next[p] is the line of part p
 * that has to come next. */
static bool try_parts(struct matcher *m, size_t c, size_t i, size_t j,
                      size_t *next)
{
    const struct command *command = &m->transcript->commands[c];
    size_t end = block_end(command, i);
    int parts = command->lines[end - 1].part + 1;
    bool all = true;

    for (int p = 0; p < parts; p++) {
        size_t line = next[p];

        if (line == end || command->lines[line].part != p)
            continue;
        all = false;
        next[p]++;
        if (try_line(m, c, line, i, j, next))
            return true;
        next[p]--;
    }
    return all && try_from(m, c, end, j, NULL);
}

/* Match from line i of command c, against its output from line j, to the end
 * of the transcript. next is NULL outside a together block. */
static bool try_from(struct matcher *m, size_t c, size_t i, size_t j,
                     size_t *next)
{
    const struct transcript *t = m->transcript;
    const struct command *command = &t->commands[c];

    if (next != NULL)
        return try_parts(m, c, i, j, next);
    if (c == m->n)
        return true;
    if (i == command->nlines) {
        if (m->lines[c][j] != NULL || m->outcomes[c].status != command->status)
            return note(m, c, j, NULL), false;
        return try_from(m, c + 1, 0, 0, NULL);
    }
    if (command->lines[i].together == 0)
        return try_line(m, c, i, i + 1, j, NULL);

    size_t end = block_end(command, i), *starts = NULL;
    int parts = command->lines[end - 1].part + 1;
    bool good;

    starts = array_grow(NULL, 0, (size_t)parts * sizeof *starts);
    for (size_t line = end; line-- > i;)
        starts[command->lines[line].part] = line;
    good = try_parts(m, c, i, j, starts);
    free(starts);
    return good;
}

/* Whether the line fits if every variable may have any value. */
static bool fits_alone(const struct transcript *t,
                       const struct expected_line *line, const char *text)
{
    char **values = array_grow(NULL, 0, (t->nvariables + 1) * sizeof *values);
    bool good = match_line(t, line, text, values);

    for (size_t i = 0; i < t->nvariables; i++)
        free(values[i]);
    free(values);
    return good;
}

/* The expected lines in the order in which the output shows them as far as
 * their together blocks allow, so that the diff shows real differences only. */
static size_t *likely_order(const struct transcript *t,
                            const struct command *command, char *const *lines)
{
    size_t *order = NULL, n = 0, j = 0, first = 0;
    bool *used = array_grow(NULL, 0, (command->nlines + 1) * sizeof *used);

    while (n < command->nlines) {
        size_t pick;

        while (used[first])
            first++;
        pick = first;
        if (command->lines[first].together != 0 && lines[j] != NULL) {
            int seen = -1;

            for (size_t i = first; i < block_end(command, first); i++) {
                if (used[i] || command->lines[i].part == seen)
                    continue;
                seen = command->lines[i].part;
                if (fits_alone(t, &command->lines[i], lines[j])) {
                    pick = i;
                    break;
                }
            }
        }
        used[pick] = true;
        order = array_grow(order, n, sizeof *order);
        order[n++] = pick;
        if (lines[j] != NULL)
            j++;
    }
    free(used);
    return order;
}

/* Print a line of a transcript in a diff. Spaces at its end are quoted, and a
 * tab is an escape, so that two lines that differ do not look the same. */
static void print_source(FILE *out, const char *sign, const char *line)
{
    size_t seen = strlen(line);

    while (seen > 0 && line[seen - 1] == ' ')
        seen--;
    fprintf(out, "  %s ", sign);
    for (size_t i = 0; i < seen; i++)
        if (line[i] == '\t')
            fputs("{{\\t}}", out);
        else
            putc(line[i], out);
    if (line[seen] != '\0')
        fprintf(out, "{{'%s'}}", line + seen);
    putc('\n', out);
}

/* Print a line of output in a diff: as a transcript would expect it. */
static void print_line(FILE *out, const char *sign, const char *text)
{
    char *line = transcript_quote(text);

    print_source(out, sign, line);
    free(line);
}

/* A difference between so many lines is printed without its common lines, and
 * no more than so many lines of each side. */
enum { DIFF_CELLS = 1 << 20, DIFF_LINES = 50 };

/* What a diff compares: expected lines, in their likely order, and output. */
struct diff {
    FILE *out;
    const struct transcript *transcript;
    const struct expected_line *expected;
    const size_t *order;
    char *const *lines;
};

static bool agree(const struct diff *d, size_t i, size_t j)
{
    return fits_alone(d->transcript, &d->expected[d->order[i]], d->lines[j]);
}

/* Print the lines from i to rows and from j to columns, as far as there is
 * room. */
static void print_apart(const struct diff *d, size_t i, size_t rows, size_t j,
                        size_t columns)
{
    size_t last = rows - i > DIFF_LINES ? i + DIFF_LINES : rows;

    for (; i < last; i++)
        print_source(d->out, "-", d->expected[d->order[i]].source);
    if (i < rows)
        fprintf(d->out, "  - and %zu lines more\n", rows - i);
    last = columns - j > DIFF_LINES ? j + DIFF_LINES : columns;
    for (; j < last; j++)
        print_line(d->out, "+", d->lines[j]);
    if (j < columns)
        fprintf(d->out, "  + and %zu lines more\n", columns - j);
}

/* Print a diff of the lines from first to rows and columns by the longest
 * common subsequence. */
static void print_common(const struct diff *d, size_t first, size_t rows,
                         size_t columns)
{
    size_t width = columns - first + 1, i, j;
    size_t *common =
        array_grow(NULL, 0, (rows - first + 1) * width * sizeof *common);

#define COMMON(i, j) common[((i)-first) * width + (j)-first]
    for (i = rows; i-- > first;)
        for (j = columns; j-- > first;)
            if (agree(d, i, j))
                COMMON(i, j) = COMMON(i + 1, j + 1) + 1;
            else
                COMMON(i, j) = COMMON(i + 1, j) > COMMON(i, j + 1)
                                   ? COMMON(i + 1, j)
                                   : COMMON(i, j + 1);
    for (i = j = first; i < rows || j < columns;)
        if (i < rows && j < columns && agree(d, i, j)) {
            print_line(d->out, " ", d->lines[j++]);
            i++;
        } else if (j == columns ||
                   (i < rows && COMMON(i + 1, j) >= COMMON(i, j + 1))) {
            print_source(d->out, "-", d->expected[d->order[i++]].source);
        } else {
            print_line(d->out, "+", d->lines[j++]);
        }
#undef COMMON
    free(common);
}

/* Print a line diff of the expected lines of a command and its output. */
static void print_diff(FILE *out, const struct transcript *t,
                       const struct command *command, char *const *lines)
{
    size_t *order = likely_order(t, command, lines);
    const struct diff d = {out, t, command->lines, order, lines};
    size_t rows = command->nlines, columns = 0, first = 0, same = 0;

    while (lines[columns] != NULL)
        columns++;
    /* Most lines of a long output agree at its beginning and at its end. */
    for (; first < rows && first < columns && agree(&d, first, first); first++)
        print_line(out, " ", lines[first]);
    while (rows - same > first && columns - same > first &&
           agree(&d, rows - same - 1, columns - same - 1))
        same++;
    rows -= same;
    columns -= same;
    if ((rows - first + 1) * (columns - first + 1) > DIFF_CELLS)
        print_apart(&d, first, rows, first, columns);
    else
        print_common(&d, first, rows, columns);
    for (size_t j = columns; j < columns + same; j++)
        print_line(out, " ", lines[j]);
    free(order);
}

/* Print the line of a status; 0 has none. */
static void print_status(FILE *out, const char *sign, int status)
{
    if (status == STATUS_WAITS)
        fprintf(out, "  %s {{waits}}\n", sign);
    else if (status != 0)
        fprintf(out, "  %s [%d]\n", sign, status);
}

static char *report(const struct matcher *m)
{
    const struct transcript *t = m->transcript;
    const struct command *command = &t->commands[m->command];
    const struct outcome *outcome = &m->outcomes[m->command];
    char *text = NULL, *line;
    size_t size;
    FILE *out = text_open(&text, &size);

    line = transcript_line(command, command->text);
    fprintf(out, "%s:%d:\n    %s\n", t->path, command->number, line);
    free(line);
    print_diff(out, t, command, m->lines[m->command]);
    if (outcome->status == command->status) {
        print_status(out, " ", command->status);
    } else {
        print_status(out, "-", command->status);
        print_status(out, "+", outcome->status);
    }
    if (command->status == STATUS_WAITS && outcome->status != STATUS_WAITS)
        fprintf(out, "  it has ended instead of waiting\n");
    if (m->reason != NULL)
        fprintf(out, "  %s\n", m->reason);
    if (m->steps > MOST_STEPS)
        fprintf(out, "  the {{together}} parts can mix in too many ways\n");
    fclose(out);
    return text;
}

char *match_first(const struct transcript *transcript, size_t n,
                  const struct outcome *outcomes, char **values)
{
    struct matcher m = {.transcript = transcript,
                        .outcomes = outcomes,
                        .n = n,
                        .values = values};
    char *text = NULL;

    for (size_t i = 0; i < transcript->nvariables; i++)
        values[i] = NULL;
    m.lines = array_grow(NULL, 0, (n + 1) * sizeof *m.lines);
    for (size_t c = 0; c < n; c++)
        m.lines[c] = split(outcomes[c].output);
    if (!try_from(&m, 0, 0, 0, NULL))
        text = report(&m);
    for (size_t c = 0; c < n; c++)
        free_lines(m.lines[c]);
    free(m.lines);
    free(m.reason);
    return text;
}

char *match_transcript(const struct transcript *transcript,
                       const struct outcome *outcomes, char **values)
{
    return match_first(transcript, transcript->ncommands, outcomes, values);
}

/* Take the values of the lines at the beginning of an output that agree. */
static void match_beginning(const struct transcript *t,
                            const struct command *command, const char *output,
                            char **values)
{
    char **lines = split(output);

    for (size_t i = 0; i < command->nlines && lines[i] != NULL; i++)
        if (command->lines[i].together != 0 ||
            !match_line(t, &command->lines[i], lines[i], values))
            break;
    free_lines(lines);
}

void match_known(const struct transcript *transcript, size_t n,
                 const struct outcome *outcomes, char **values)
{
    size_t good = n;
    char *text;

    while ((text = match_first(transcript, good, outcomes, values)) != NULL) {
        free(text);
        good--;
    }
    for (; good < n; good++)
        match_beginning(transcript, &transcript->commands[good],
                        outcomes[good].output, values);
}
