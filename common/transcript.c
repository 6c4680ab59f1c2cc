#include "transcript.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "memory.h"

static const char *const type_names[] = {
    [TYPE_NUMBER] = "number",
    [TYPE_PID] = "pid",
    [TYPE_MSQID] = "msqid",
};

struct reader {
    struct transcript *transcript;
    char *error;       /* the first one, or NULL */
    int number;        /* of the present line */
    int ntogether;     /* blocks opened so far in this command */
    int part;          /* of the open block */
    size_t part_lines; /* lines in that part so far */
    bool open;         /* within {{together}} */
    bool status_seen;  /* of the present command */
};

static bool fail(struct reader *reader, const char *what, const char *detail)
{
    if (reader->error == NULL)
        reader->error = text_format("%s:%d: %s%s", reader->transcript->path,
                                    reader->number, what, detail);
    return false;
}

static bool find_type(const char *name, size_t length, enum variable_type *type)
{
    for (size_t i = 0; i < sizeof type_names / sizeof *type_names; i++)
        if (strlen(type_names[i]) == length &&
            memcmp(type_names[i], name, length) == 0) {
            *type = (enum variable_type)i;
            return true;
        }
    return false;
}

/* Look up the variable that text, the inside of {{...}}, names, or add it. */
static bool variable(struct reader *reader, const char *text, size_t length,
                     size_t *index)
{
    struct transcript *t = reader->transcript;
    const char *colon = memchr(text, ':', length);
    size_t name_length = colon == NULL ? length : (size_t)(colon - text);
    enum variable_type type = TYPE_NUMBER;
    bool valid = name_length > 0 && isalpha((unsigned char)text[0]);

    for (size_t i = 0; i < name_length; i++)
        if (!isalnum((unsigned char)text[i]) && text[i] != '_')
            valid = false;
    if (!valid)
        return fail(reader, "a variable is {{name}} or {{name:type}}", "");
    if (colon != NULL && !find_type(colon + 1, length - name_length - 1, &type))
        return fail(reader, "unknown type; there are number, pid and msqid",
                    "");

    for (*index = 0; *index < t->nvariables; ++*index) {
        const struct variable *v = &t->variables[*index];

        if (strlen(v->name) == name_length &&
            memcmp(v->name, text, name_length) == 0) {
            if (colon != NULL && v->type != type)
                return fail(reader, "the type differs from before: ", v->name);
            return true;
        }
    }
    if (colon == NULL)
        return fail(reader,
                    "the first use of a variable needs its type, "
                    "as in {{name:pid}}",
                    "");
    t->variables =
        array_grow(t->variables, t->nvariables, sizeof *t->variables);
    t->variables[t->nvariables].name = text_copy(text, name_length);
    t->variables[t->nvariables++].type = type;
    return true;
}

static struct segment *add_segment(struct expected_line *line)
{
    line->segments =
        array_grow(line->segments, line->nsegments, sizeof *line->segments);
    return &line->segments[line->nsegments++];
}

/* Cut a line of expected output into literal text and variables. */
static bool cut(struct reader *reader, struct expected_line *line)
{
    const char *rest = line->source;

    while (*rest != '\0') {
        const char *brace = strstr(rest, "{{"), *end;
        size_t index;

        if (brace == NULL)
            brace = rest + strlen(rest);
        if (brace > rest)
            add_segment(line)->text = text_copy(rest, (size_t)(brace - rest));
        if (*brace == '\0')
            return true;
        if (brace[2] == '\'') {
            if ((end = strstr(brace + 3, "'}}")) == NULL)
                return fail(reader, "{{' without '}}", "");
            /* An empty text would hide that two variables are adjacent. */
            if (end > brace + 3)
                add_segment(line)->text =
                    text_copy(brace + 3, (size_t)(end - brace - 3));
            rest = end + 3;
            continue;
        }
        if ((end = strstr(brace, "}}")) == NULL)
            return fail(reader, "{{ without }}", "");
        if (!variable(reader, brace + 2, (size_t)(end - brace - 2), &index))
            return false;
        if (brace == rest && line->nsegments > 0 &&
            line->segments[line->nsegments - 1].text == NULL)
            return fail(reader, "two variables with nothing between them", "");
        add_segment(line)->variable = index;
        rest = end + 2;
    }
    return true;
}

static bool marker(struct reader *reader, const char *text, bool *taken)
{
    *taken = true;
    if (strcmp(text, "{{together}}") == 0) {
        if (reader->open)
            return fail(reader, "{{together}} within {{together}}", "");
        reader->open = true;
        reader->ntogether++;
        reader->part = 0;
        reader->part_lines = 0;
    } else if (strcmp(text, "{{and}}") == 0) {
        if (!reader->open)
            return fail(reader, "{{and}} outside {{together}}", "");
        if (reader->part_lines == 0)
            return fail(reader, "nothing before {{and}}", "");
        reader->part++;
        reader->part_lines = 0;
    } else if (strcmp(text, "{{end}}") == 0) {
        if (!reader->open)
            return fail(reader, "{{end}} without {{together}}", "");
        if (reader->part == 0 || reader->part_lines == 0)
            return fail(reader,
                        "{{together}} needs two parts, "
                        "with {{and}} between them",
                        "");
        reader->open = false;
    } else {
        *taken = false;
    }
    return true;
}

/* [N] as a line of its own: the status of the command above. */
static bool status_line(struct reader *reader, const char *text, bool *taken)
{
    struct command *command;
    char *end;
    long status;

    *taken = false;
    if (text[0] != '[' || !isdigit((unsigned char)text[1]))
        return true;
    errno = 0;
    status = strtol(text + 1, &end, 10);
    if (strcmp(end, "]") != 0)
        return true;
    *taken = true;
    if (errno != 0 || status < 1 || status > 255)
        return fail(reader, "a status is 1 to 255: ", text);
    command = &reader->transcript->commands[reader->transcript->ncommands - 1];
    command->status = (int)status;
    reader->status_seen = true;
    return true;
}

static bool end_command(struct reader *reader)
{
    if (reader->open)
        return fail(reader, "{{together}} without {{end}}", "");
    reader->status_seen = false;
    reader->ntogether = 0;
    return true;
}

static bool take_line(struct reader *reader, const char *text)
{
    struct transcript *t = reader->transcript;
    struct expected_line *line;
    struct command *command;
    bool taken;

    if (strncmp(text, "$ ", 2) == 0 && text[2] != '\0') {
        if (!end_command(reader))
            return false;
        t->commands =
            array_grow(t->commands, t->ncommands, sizeof *t->commands);
        command = &t->commands[t->ncommands++];
        command->number = reader->number;
        command->text = text_copy(text + 2, strlen(text + 2));
        return true;
    }
    if (t->ncommands == 0) {
        if (text[0] == '#' || text[0] == '\0')
            return true;
        return fail(reader,
                    "output before the first command; "
                    "a command line begins with \"$ \"",
                    "");
    }
    if (reader->status_seen)
        return fail(reader, "after the status only a command may follow", "");
    if (!marker(reader, text, &taken) || taken)
        return reader->error == NULL;
    if (!reader->open && (!status_line(reader, text, &taken) || taken))
        return reader->error == NULL;

    command = &t->commands[t->ncommands - 1];
    command->lines =
        array_grow(command->lines, command->nlines, sizeof *command->lines);
    line = &command->lines[command->nlines++];
    line->number = reader->number;
    line->source = text_copy(text, strlen(text));
    line->together = reader->open ? reader->ntogether : 0;
    line->part = reader->open ? reader->part : 0;
    reader->part_lines++;
    return cut(reader, line);
}

struct transcript *transcript_parse(const char *path, const char *text,
                                    char **error)
{
    struct reader reader = {.transcript =
                                array_grow(NULL, 0, sizeof(struct transcript))};

    reader.transcript->path = text_copy(path, strlen(path));
    for (bool good = true; good && *text != '\0';) {
        size_t length = strcspn(text, "\n");
        char *line = text_copy(text, length);

        reader.number++;
        if (text[length] == '\0')
            good = fail(&reader, "the last line has no newline", "");
        else
            good = take_line(&reader, line);
        free(line);
        text += length + (text[length] == '\n');
    }
    if (reader.number == 0)
        reader.number = 1; /* where an empty file lacks its first line */
    if (reader.error == NULL && end_command(&reader) &&
        reader.transcript->ncommands == 0)
        fail(&reader, "no command; a command line begins with \"$ \"", "");
    if (reader.error == NULL)
        return reader.transcript;
    transcript_free(reader.transcript);
    *error = reader.error;
    return NULL;
}

struct transcript *transcript_read(const char *path, char **error)
{
    struct transcript *transcript;
    size_t length;
    char *text = file_read(path, &length);

    if (text == NULL) {
        *error = text_format("%s: %s", path, strerror(errno));
        return NULL;
    }
    if (strlen(text) != length) {
        int line = 1;

        for (const char *c = text; *c != '\0'; c++)
            line += *c == '\n';
        *error = text_format("%s:%d: a null byte", path, line);
        free(text);
        return NULL;
    }
    transcript = transcript_parse(path, text, error);
    free(text);
    return transcript;
}

void transcript_free(struct transcript *transcript)
{
    if (transcript == NULL)
        return;
    for (size_t i = 0; i < transcript->ncommands; i++) {
        struct command *command = &transcript->commands[i];

        for (size_t j = 0; j < command->nlines; j++) {
            struct expected_line *line = &command->lines[j];

            for (size_t k = 0; k < line->nsegments; k++)
                free(line->segments[k].text);
            free(line->segments);
            free(line->source);
        }
        free(command->lines);
        free(command->text);
    }
    for (size_t i = 0; i < transcript->nvariables; i++)
        free(transcript->variables[i].name);
    free(transcript->variables);
    free(transcript->commands);
    free(transcript->path);
    free(transcript);
}
