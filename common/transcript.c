#include "transcript.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "memory.h"
#include "visible.h"

static const char NO_NEWLINE[] = "{{no newline}}";

static const char *const type_names[] = {
    [TYPE_NUMBER] = "number", [TYPE_PID] = "pid",     [TYPE_MSQID] = "msqid",
    [TYPE_SHMID] = "shmid",   [TYPE_SEMID] = "semid",
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
        return fail(parser,
                    "unknown type; there are number, pid, msqid, shmid "
                    "and semid",
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

/* Read {{\...}}, escapes that begin at text. Returns the text after it, or NULL
 * with the error set. */
static const char *cut_escapes(struct parser *parser, const char *text,
                               struct segment **segments, size_t *n)
{
    const char *begin = text;

    do {
        char bytes[5];
        size_t length = visible_bytes(text, bytes);

        if (length == 0) {
            fail(parser,
                 "an escape is {{\\r}}, {{\\t}}, {{\\x1b}}, {{\\u202e}} or "
                 "{{\\U000e0001}}: ",
                 begin - 2);
            return NULL;
        }
        add_segment(segments, n)->text = text_copy(bytes, strlen(bytes));
        text += length;
    } while (!text_begins(text, "}}"));
    return text + 2;
}

/* Cut a line into literal text and variables. That of a command has no new
 * variables and no escapes, and its variables may be adjacent. */
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
        if (text_begins(brace, NO_NEWLINE))
            return fail(parser, NO_NEWLINE,
                        " is only for the end of the last line of an output");
        if (brace[2] == '\\' && of_command)
            return fail(parser,
                        "only output has escapes; in a command, printf makes "
                        "the character: ",
                        brace);
        if (brace[2] == '\\') {
            rest = cut_escapes(parser, brace + 2, segments, n);
            if (rest == NULL)
                return false;
            continue;
        }
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

/* Whether a line is [N]; *error is then 0 or that of strtol(3). */
static bool is_status(const char *line, long *status, int *error)
{
    char *end;

    if (line[0] != '[' || !isdigit((unsigned char)line[1]))
        return false;
    errno = 0;
    *status = strtol(line + 1, &end, 10);
    *error = errno;
    return strcmp(end, "]") == 0;
}

/* [N] as a line of its own: the status of the command above. */
static bool status_line(struct parser *parser, const char *text, bool *taken)
{
    struct command *command;
    long status;
    int error;

    *taken = is_status(text, &status, &error);
    if (!*taken)
        return true;
    if (error != 0 || status < 1 || status > 255)
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

/* The end of the quoted text {{'...'}} at text, or NULL if it has none. */
static const char *quoted_end(const char *text)
{
    const char *end = text_begins(text, "{{'") ? strstr(text + 3, "'}}") : NULL;

    return end == NULL ? NULL : end + 3;
}

/* A key such as ^C or ^c that a typed line seems to have outside of quoted
 * text; NULL if it has none. */
static const char *find_key(const char *text)
{
    for (const char *end; *text != '\0'; text = end) {
        if ((end = quoted_end(text)) != NULL)
            continue;
        if (text[0] == '^' && text[1] != '\0' &&
            ((text[1] >= '@' && text[1] <= '_') ||
             (text[1] >= 'a' && text[1] <= 'z') || text[1] == '?'))
            return text;
        end = text + 1;
    }
    return NULL;
}

/* Refuse a key in the last block. */
static bool has_no_key(struct parser *parser)
{
    const struct transcript *t = parser->transcript;
    const struct command *last = &t->commands[t->ncommands - 1];
    const char *key = last->kind == COMMAND_TYPE ? find_key(last->text) : NULL;
    char *what;

    if (key == NULL)
        return true;
    what = text_format("%.2s cannot be typed as a key: the only key is ^D, on "
                       "a line of its own; write {{'%.2s'}} for the two "
                       "characters",
                       key, key);
    fail(parser, what, "");
    free(what);
    return false;
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
    return (length == 0 || has_place(parser)) && has_no_key(parser) &&
           cut(parser, command->text, true, &command->segments,
               &command->nsegments);
}

/* Cut a line of expected output. */
static bool cut_line(struct parser *parser, struct expected_line *line)
{
    size_t length = strlen(line->source), tail = strlen(NO_NEWLINE);
    char *text;
    bool good;

    line->newline =
        length < tail || strcmp(line->source + length - tail, NO_NEWLINE) != 0;
    if (line->newline)
        return cut(parser, line->source, false, &line->segments,
                   &line->nsegments);
    if (parser->open)
        return fail(parser, NO_NEWLINE, " within {{together}}");
    text = text_copy(line->source, length - tail);
    good = cut(parser, text, false, &line->segments, &line->nsegments);
    free(text);
    if (good && line->nsegments == 0)
        return fail(parser, "there is no output before ", NO_NEWLINE);
    return good;
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
                    "output before the first command; a command line begins "
                    "with \"$\" and one space",
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
    if (command->nlines > 0 && !command->lines[command->nlines - 1].newline)
        return fail(parser, "no output can follow ", NO_NEWLINE);
    command->lines =
        array_grow(command->lines, command->nlines, sizeof *command->lines);
    line = &command->lines[command->nlines++];
    line->number = parser->number;
    line->source = text_copy(text, strlen(text));
    line->together = parser->open ? parser->ntogether : 0;
    line->part = parser->open ? parser->part : 0;
    parser->part_lines++;
    return cut_line(parser, line);
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

/* Refuse a line with a character that nobody can see. */
static bool is_visible(struct parser *parser, const char *line)
{
    char escape[ESCAPE_SIZE], *what;
    size_t length = strlen(line);

    if (length > 0 && line[length - 1] == '\r')
        return fail(parser,
                    "the line ends with a carriage return: save the file with "
                    "line ends of Unix (LF); in output, write it as {{\\r}}",
                    "");
    if (parser->number == 1 && text_begins(line, "\xef\xbb\xbf"))
        return fail(parser, "save the file without a byte order mark", "");
    for (*escape = '\0'; *line != '\0' && *escape == '\0';)
        line += visible_escape(line, escape);
    if (*escape == '\0')
        return true;
    what = text_format("a character that cannot be seen; in output, write it "
                       "as {{%s}}",
                       escape);
    fail(parser, what, "");
    free(what);
    return false;
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
        else
            good = is_visible(&parser, line) && take_line(&parser, line);
        free(line);
        text += length + (text[length] == '\n');
    }
    if (parser.number == 0)
        parser.number = 1; /* an empty file lacks its first line */
    if (parser.error == NULL && end_command(&parser) &&
        parser.transcript->ncommands == 0)
        fail(&parser,
             "no command; a command line begins with \"$\" and one space", "");
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

char *transcript_fill(const struct command *command, char *const *values)
{
    char *filled = NULL;
    size_t size, next = 0;
    FILE *out = text_open(&filled, &size);

    for (const char *text = command->text; *text != '\0';) {
        const char *end = quoted_end(text);

        if (end == NULL && text_begins(text, "{{")) {
            while (command->segments[next].text != NULL)
                next++;
            fputs(values[command->segments[next++].variable], out);
            text = strstr(text, "}}") + 2;
            continue;
        }
        if (end == NULL)
            end = text + 1;
        fwrite(text, 1, (size_t)(end - text), out);
        text = end;
    }
    fclose(out);
    return filled;
}

/* Write text of so many bytes as {{'...'}}. A quoted text ends at its first
 * "'}}", so that is cut after the quotation mark. */
static void write_quoted(FILE *out, const char *text, size_t length)
{
    const char *end = text + length, *cut;

    while (text < end) {
        cut = memmem(text, (size_t)(end - text), "'}}", 3);
        cut = cut == NULL ? end : cut + 1;
        fprintf(out, "{{'%.*s'}}", (int)(cut - text), text);
        if (cut < end) {
            fputs("}}", out);
            cut += 2;
        }
        text = cut;
    }
}

/* Write a line of output, with all visible text as it is or in quotes. */
static char *write_line(const char *text, bool quotes)
{
    char *line = NULL, escape[ESCAPE_SIZE];
    bool escaped = false;
    size_t size, n;
    FILE *out = text_open(&line, &size);

    while (*text != '\n' && *text != '\0') {
        const char *end = text;

        for (*escape = '\0'; *end != '\n' && *end != '\0'; end += n) {
            n = visible_escape(end, escape);
            if (*escape != '\0')
                break;
        }
        if (escaped && end > text)
            fputs("}}", out);
        escaped = escaped && end == text;
        if (quotes)
            write_quoted(out, text, (size_t)(end - text));
        else
            fwrite(text, 1, (size_t)(end - text), out);
        text = end;
        if (*escape != '\0') {
            fprintf(out, "%s%s", escaped ? "" : "{{", escape);
            escaped = true;
            text += n;
        }
    }
    fprintf(out, "%s%s", escaped ? "}}" : "", *text == '\n' ? "" : NO_NEWLINE);
    fclose(out);
    return line;
}

char *transcript_quote(const char *text)
{
    char *line = write_line(text, false);
    bool braces = memmem(text, strcspn(text, "\n"), "{{", 2) != NULL ||
                  strstr(line, "{{{") != NULL;
    enum command_kind kind;
    const char *rest;
    long status;
    int error;

    dissect(line, &kind, &rest);
    if (braces || rest != NULL || is_status(line, &status, &error)) {
        free(line);
        line = write_line(text, true);
    }
    return line;
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
