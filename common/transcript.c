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

struct parser {
    struct transcript *transcript;
    char *error;       /* the first one, or NULL */
    int number;        /* of the line that is read */
    int ntogether;     /* blocks opened so far in this command */
    int part;          /* of the open block */
    size_t part_lines; /* lines in that part so far */
    bool open;         /* within {{together}} */
    bool status_seen;  /* of the last command */
};

static bool fail(struct parser *parser, const char *what, const char *detail)
{
    if (parser->error == NULL)
        parser->error = text_format("%s:%d: %s%s", parser->transcript->path,
                                    parser->number, what, detail);
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

/* Look up the variable that text, the inside of {{...}}, names, or add it if it
 * may be new. */
static bool variable(struct parser *parser, const char *text, size_t length,
                     bool may_be_new, size_t *index)
{
    struct transcript *t = parser->transcript;
    const char *colon = memchr(text, ':', length);
    size_t name_length = colon == NULL ? length : (size_t)(colon - text);
    enum variable_type type = TYPE_NUMBER;
    bool valid = name_length > 0 && isalpha((unsigned char)text[0]);

    for (size_t i = 0; i < name_length; i++)
        if (!isalnum((unsigned char)text[i]) && text[i] != '_')
            valid = false;
    if (!valid)
        return fail(parser, "a variable is {{name}} or {{name:type}}", "");
    if (colon != NULL && !find_type(colon + 1, length - name_length - 1, &type))
        return fail(parser, "unknown type; there are number, pid and msqid",
                    "");

    for (*index = 0; *index < t->nvariables; ++*index) {
        const struct variable *v = &t->variables[*index];

        if (strlen(v->name) == name_length &&
            memcmp(v->name, text, name_length) == 0) {
            if (colon != NULL && v->type != type)
                return fail(parser, "the type differs from before: ", v->name);
            return true;
        }
    }
    if (!may_be_new)
        return fail(parser,
                    "a variable in a command needs a value from an output "
                    "above it",
                    "");
    if (colon == NULL)
        return fail(parser,
                    "the first use of a variable needs its type, "
                    "as in {{name:pid}}",
                    "");
    t->variables =
        array_grow(t->variables, t->nvariables, sizeof *t->variables);
    t->variables[t->nvariables].name = text_copy(text, name_length);
    t->variables[t->nvariables++].type = type;
    return true;
}

static struct segment *add_segment(struct segment **segments, size_t *n)
{
    *segments = array_grow(*segments, *n, sizeof **segments);
    return &(*segments)[(*n)++];
}

/* Cut a line into literal text and variables. That of a command has no new
 * variables, and they may be adjacent. */
static bool cut(struct parser *parser, const char *rest, bool of_command,
                struct segment **segments, size_t *n)
{
    while (*rest != '\0') {
        const char *brace = strstr(rest, "{{"), *end;
        size_t index = 0;

        if (brace == NULL)
            brace = rest + strlen(rest);
        if (brace > rest)
            add_segment(segments, n)->text =
                text_copy(rest, (size_t)(brace - rest));
        if (*brace == '\0')
            return true;
        if (brace[2] == '\'') {
            if ((end = strstr(brace + 3, "'}}")) == NULL)
                return fail(parser, "{{' without '}}", "");
            /* An empty text would hide that two variables are adjacent. */
            if (end > brace + 3)
                add_segment(segments, n)->text =
                    text_copy(brace + 3, (size_t)(end - brace - 3));
            rest = end + 3;
            continue;
        }
        if ((end = strstr(brace, "}}")) == NULL)
            return fail(parser, "{{ without }}", "");
        if (!variable(parser, brace + 2, (size_t)(end - brace - 2), !of_command,
                      &index))
            return false;
        if (!of_command && brace == rest && *n > 0 &&
            (*segments)[*n - 1].text == NULL)
            return fail(parser, "two variables with nothing between them", "");
        add_segment(segments, n)->variable = index;
        rest = end + 2;
    }
    return true;
}

static bool marker(struct parser *parser, const char *text, bool *taken)
{
    *taken = true;
    if (strcmp(text, "{{together}}") == 0) {
        if (parser->open)
            return fail(parser, "{{together}} within {{together}}", "");
        parser->open = true;
        parser->ntogether++;
        parser->part = 0;
        parser->part_lines = 0;
    } else if (strcmp(text, "{{and}}") == 0) {
        if (!parser->open)
            return fail(parser, "{{and}} outside {{together}}", "");
        if (parser->part_lines == 0)
            return fail(parser, "nothing before {{and}}", "");
        parser->part++;
        parser->part_lines = 0;
    } else if (strcmp(text, "{{end}}") == 0) {
        if (!parser->open)
            return fail(parser, "{{end}} without {{together}}", "");
        if (parser->part == 0 || parser->part_lines == 0)
            return fail(parser,
                        "{{together}} needs two parts, "
                        "with {{and}} between them",
                        "");
        parser->open = false;
    } else {
        *taken = false;
    }
    return true;
}

/* [N] as a line of its own: the status of the command above. */
static bool status_line(struct parser *parser, const char *text, bool *taken)
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
        return fail(parser, "a status is 1 to 255: ", text);
    command = &parser->transcript->commands[parser->transcript->ncommands - 1];
    command->status = (int)status;
    parser->status_seen = true;
    return true;
}

/* {{waits}} as a line of its own. */
static bool waits_line(struct parser *parser, const char *text, bool *taken)
{
    struct transcript *t = parser->transcript;
    struct command *command = &t->commands[t->ncommands - 1];

    *taken = strcmp(text, "{{waits}}") == 0;
    if (!*taken)
        return true;
    if (command->terminal == NULL)
        return fail(parser,
                    "{{waits}} needs a terminal with a name, "
                    "as in \"reader$ command\"",
                    "");
    if (parser->open)
        return fail(parser, "{{waits}} within {{together}}", "");
    command->status = STATUS_WAITS;
    parser->status_seen = true;
    return true;
}

static bool end_command(struct parser *parser)
{
    if (parser->open)
        return fail(parser, "{{together}} without {{end}}", "");
    parser->status_seen = false;
    parser->ntogether = 0;
    return true;
}

/* A line that may begin a block: "$ text", "name$ text", "name< text" or
 * "name:". Returns the length of the name and finds the kind and the text,
 * which is NULL if the line is none of these. */
static size_t dissect(const char *line, enum command_kind *kind,
                      const char **text)
{
    size_t length = 0;

    while (isalnum((unsigned char)line[length]) || line[length] == '_' ||
           line[length] == '-' || (unsigned char)line[length] > 0x7f)
        length++;
    *text = NULL;
    if (line[length] == '$' && line[length + 1] == ' ' &&
        line[length + 2] != '\0') {
        *kind = COMMAND_RUN;
        *text = line + length + 2;
    } else if (length > 0 && line[length] == '<' &&
               (line[length + 1] == ' ' || line[length + 1] == '\0')) {
        *text = line + length + 1 + (line[length + 1] == ' ');
        *kind = strcmp(*text, "^D") == 0 ? COMMAND_CLOSE : COMMAND_TYPE;
    } else if (length > 0 && strcmp(line + length, ":") == 0) {
        *kind = COMMAND_LOOK;
        *text = line + length + 1;
    }
    return length;
}

/* The last block before the last one on the same terminal, or NULL. */
static const struct command *block_before(const struct transcript *t)
{
    const struct command *last = &t->commands[t->ncommands - 1];

    for (size_t i = t->ncommands - 1; i-- > 0;)
        if (strcmp(t->commands[i].terminal, last->terminal) == 0)
            return &t->commands[i];
    return NULL;
}

/* Whether the last block may come here on its terminal: a command where none is
 * running, every other block where one waits. Else fail. */
static bool has_place(struct parser *parser)
{
    const struct transcript *t = parser->transcript;
    struct command *last = &t->commands[t->ncommands - 1];
    const struct command *before = block_before(t);
    bool running = before != NULL && before->status == STATUS_WAITS;

    if (last->kind == COMMAND_RUN)
        return !running ||
               fail(parser, "a command is still running on the terminal ",
                    last->terminal);
    if (!running)
        return fail(parser, "no command is waiting on the terminal ",
                    last->terminal);
    last->owner = before->owner;
    for (size_t i = last->owner; last->kind != COMMAND_LOOK && i < t->ncommands;
         i++)
        if (&t->commands[i] != last && t->commands[i].owner == last->owner &&
            t->commands[i].kind == COMMAND_CLOSE)
            return fail(parser, "nothing can be typed after ^D", "");
    return true;
}

/* Take a line that begins a block; *taken is whether it does. All terminals
 * have names if the first one has. */
static bool block_line(struct parser *parser, const char *line, bool *taken)
{
    struct transcript *t = parser->transcript;
    bool first = t->ncommands == 0;
    bool named = !first && t->commands[0].terminal != NULL;
    enum command_kind kind;
    struct command *command;
    const char *text;
    size_t length = dissect(line, &kind, &text);
    bool good = strspn(line, "abcdefghijklmnopqrstuvwxyz") == length;

    /* Where terminals have no names, other lines with a name are output. */
    *taken = text != NULL &&
             (length == 0 || first || named || (kind == COMMAND_RUN && good));
    if (!*taken)
        return true;
    if (!good)
        return fail(parser,
                    "the name of a terminal is lower-case letters; "
                    "output has {{'...'}}: ",
                    line);
    if (!first && named != (length > 0))
        return fail(parser,
                    "all commands name their terminals, or none does; "
                    "output has {{'...'}}: ",
                    line);
    if (!end_command(parser))
        return false;
    t->commands = array_grow(t->commands, t->ncommands, sizeof *t->commands);
    command = &t->commands[t->ncommands++];
    command->number = parser->number;
    command->kind = kind;
    command->text = text_copy(text, strlen(text));
    command->owner = t->ncommands - 1;
    if (length > 0)
        command->terminal = text_copy(line, length);
    return (length == 0 || has_place(parser)) &&
           cut(parser, command->text, true, &command->segments,
               &command->nsegments);
}

static bool take_line(struct parser *parser, const char *text)
{
    struct transcript *t = parser->transcript;
    struct expected_line *line;
    struct command *command;
    bool taken;

    if (!block_line(parser, text, &taken) || taken)
        return parser->error == NULL;
    if (t->ncommands == 0) {
        if (text[0] == '#' || text[0] == '\0')
            return true;
        return fail(parser,
                    "output before the first command; "
                    "a command line begins with \"$ \"",
                    "");
    }
    if (parser->status_seen)
        return fail(parser,
                    "after the status or {{waits}} only a command may follow",
                    "");
    if (!marker(parser, text, &taken) || taken)
        return parser->error == NULL;
    if (!waits_line(parser, text, &taken) || taken)
        return parser->error == NULL;
    if (!parser->open && (!status_line(parser, text, &taken) || taken))
        return parser->error == NULL;

    command = &t->commands[t->ncommands - 1];
    command->lines =
        array_grow(command->lines, command->nlines, sizeof *command->lines);
    line = &command->lines[command->nlines++];
    line->number = parser->number;
    line->source = text_copy(text, strlen(text));
    line->together = parser->open ? parser->ntogether : 0;
    line->part = parser->open ? parser->part : 0;
    parser->part_lines++;
    return cut(parser, line->source, false, &line->segments, &line->nsegments);
}

/* Whether the last block of every command does not wait. */
static bool all_end(struct parser *parser)
{
    const struct transcript *t = parser->transcript;

    for (size_t i = 0; i < t->ncommands; i++) {
        size_t last = i;

        for (size_t j = i; j < t->ncommands; j++)
            if (t->commands[j].owner == t->commands[i].owner)
                last = j;
        if (t->commands[last].status != STATUS_WAITS)
            continue;
        parser->number = t->commands[last].number;
        return fail(parser, "this command is left waiting on the terminal ",
                    t->commands[last].terminal);
    }
    return true;
}

struct transcript *transcript_parse(const char *path, const char *text,
                                    char **error)
{
    struct parser parser = {.transcript =
                                array_grow(NULL, 0, sizeof(struct transcript))};

    parser.transcript->path = text_copy(path, strlen(path));
    for (bool good = true; good && *text != '\0';) {
        size_t length = strcspn(text, "\n");
        char *line = text_copy(text, length);

        parser.number++;
        if (text[length] == '\0')
            good = fail(&parser, "the last line has no newline", "");
        else if (length > 0 && line[length - 1] == '\r')
            good = fail(&parser,
                        "the line ends with a carriage return: save the file "
                        "with line ends of Unix (LF)",
                        "");
        else
            good = take_line(&parser, line);
        free(line);
        text += length + (text[length] == '\n');
    }
    if (parser.number == 0)
        parser.number = 1; /* an empty file lacks its first line */
    if (parser.error == NULL && end_command(&parser) &&
        parser.transcript->ncommands == 0)
        fail(&parser, "no command; a command line begins with \"$ \"", "");
    if (parser.error == NULL && all_end(&parser))
        return parser.transcript;
    transcript_free(parser.transcript);
    *error = parser.error;
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

char *transcript_line(const struct command *command, const char *text)
{
    static const char *const signs[] = {[COMMAND_RUN] = "$ ",
                                        [COMMAND_TYPE] = "< ",
                                        [COMMAND_CLOSE] = "< ",
                                        [COMMAND_LOOK] = ":"};
    bool empty = command->kind == COMMAND_TYPE && *text == '\0';

    return text_format("%s%s%s",
                       command->terminal == NULL ? "" : command->terminal,
                       empty ? "<" : signs[command->kind], text);
}

static void free_segments(struct segment *segments, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(segments[i].text);
    free(segments);
}

void transcript_free(struct transcript *transcript)
{
    if (transcript == NULL)
        return;
    for (size_t i = 0; i < transcript->ncommands; i++) {
        struct command *command = &transcript->commands[i];

        for (size_t j = 0; j < command->nlines; j++) {
            free_segments(command->lines[j].segments,
                          command->lines[j].nsegments);
            free(command->lines[j].source);
        }
        free(command->lines);
        free_segments(command->segments, command->nsegments);
        free(command->terminal);
        free(command->text);
    }
    for (size_t i = 0; i < transcript->nvariables; i++)
        free(transcript->variables[i].name);
    free(transcript->variables);
    free(transcript->commands);
    free(transcript->path);
    free(transcript);
}
