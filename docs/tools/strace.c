#include "strace.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/memory.h"

#define NO_CALL ((size_t)-1)

/* The most bytes that one read() or write() transfers: MAX_RW_COUNT of the
 * kernel. */
#define MAX_TRANSFER 0x7ffff000L

static const char cut[] = " <unfinished ...>";

struct trace_reader {
    const char *path;
    int line;
    struct strace *strace;
    bool place;    /* a source line may follow the last line */
    size_t last;   /* the call of the last line; NO_CALL if it was skipped */
    size_t *begun; /* unfinished calls of the last command */
    size_t nbegun;
    char *error;
};

static bool fail(struct trace_reader *reader, const char *reason,
                 const char *text)
{
    reader->error = text_format("%s:%d: %s: %.60s", reader->path, reader->line,
                                reason, text);
    return false;
}

static void add_arg(struct traced_call *call, const char *from, const char *to)
{
    while (from < to && *from == ' ')
        from++;
    while (to > from && to[-1] == ' ')
        to--;
    if (from == to)
        return;
    call->args = array_grow(call->args, call->nargs, sizeof *call->args);
    call->args[call->nargs++] = text_copy(from, (size_t)(to - from));
}

/* Split the text after the opening parenthesis of a call into arguments.
 * Returns the text after the closing parenthesis, or NULL if there is none. */
static const char *cut_args(struct traced_call *call, const char *text)
{
    const char *begin = text, *end;
    int depth = 0;

    for (; *text != '\0'; text++) {
        if (*text == '"') {
            for (text++; *text != '"'; text++)
                if (*text == '\0' || (*text == '\\' && *++text == '\0'))
                    return NULL;
        } else if (text_begins(text, "/*")) {
            if ((end = strstr(text, "*/")) == NULL)
                return NULL;
            text = end + 1;
        } else if (*text == '<' && isalnum((unsigned char)text[-1]) &&
                   text[1] != '<' && (end = strchr(text, '>')) != NULL) {
            text = end; /* 3<pipe:[1]>, but not 1<<3 */
        } else if (strchr("([{", *text) != NULL) {
            depth++;
        } else if (strchr(")]}", *text) != NULL) {
            if (depth-- == 0) {
                add_arg(call, begin, text);
                return *text == ')' ? text + 1 : NULL;
            }
        } else if (*text == ',' && depth == 0) {
            add_arg(call, begin, text);
            begin = text + 1;
        }
    }
    return NULL;
}

/* Read the part of a call after its arguments: " = 3", " = -1 EAGAIN (...)",
 * " = ?", " = 0 (Timeout)". */
static bool read_result(struct trace_reader *reader, struct traced_call *call,
                        const char *text)
{
    const char *value = text + strspn(text, " ");
    char *end;

    if (!text_begins(value, "= "))
        return fail(reader, "a call without a result", call->text);
    value += 2;
    call->result = -1;
    call->value = text_copy(value, strlen(value));
    if (*value == '?') {
        call->returned = text_begins(value, "? ERESTART");
        return true;
    }
    errno = 0;
    call->result = strtol(value, &end, 0);
    if (end == value || errno != 0 || strchr(" <x", *end) == NULL)
        return fail(reader, "a result that is not a number", value);
    if ((call->kind == CALL_READ || call->kind == CALL_WRITE) &&
        call->result > MAX_TRANSFER)
        return fail(reader, "more bytes than a call can transfer", value);
    call->returned = true;
    if (call->result == -1 && end[0] == ' ' && isupper((unsigned char)end[1]))
        call->error = text_copy(end + 1, strcspn(end + 1, " "));
    return true;
}

/* The length of the name of the call at the beginning of text; 0 if there is
 * no call. */
static size_t name_length(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz_0123456789");

    return text[length] == '(' ? length : 0;
}

/* Remove the remark from a call that did not return before its process ended:
 * "read(3,  <unfinished ...>) = ?". */
static void drop_unfinished(struct traced_call *call)
{
    static const char rest[] = ") = ?";
    char *at = strstr(call->text, cut);

    for (; at != NULL; at = strstr(at + 1, cut))
        if (strcmp(at + strlen(cut), rest) == 0) {
            memcpy(at, rest, sizeof rest);
            return;
        }
}

/* Set the name of a call, and its row and kind in the table. */
static void set_name(struct traced_call *call, const char *name, size_t length)
{
    call->name = text_copy(name, length);
    call->syscall = syscall_named(call->name);
    call->kind = call->syscall->kind;
}

/* Read a call whose text is complete. */
static bool read_call(struct trace_reader *reader, struct traced_call *call)
{
    size_t length = name_length(call->text);
    const char *rest;

    if (length == 0)
        return fail(reader, "not a call", call->text);
    drop_unfinished(call);
    set_name(call, call->text, length);
    if ((rest = cut_args(call, call->text + length + 1)) == NULL)
        return fail(reader, "a call that does not end", call->text);
    return read_result(reader, call, rest);
}

/* Read the end of a process: "+++ exited with 0 +++",
 * "+++ killed by SIGPIPE (core dumped) +++". */
static bool read_end(struct trace_reader *reader, struct traced_call *call)
{
    static const char exited[] = "+++ exited with ",
                      killed[] = "+++ killed by ";
    const char *text = call->text, *value;

    if (text_begins(text, exited)) {
        value = text + strlen(exited);
        set_name(call, "+exited", 7);
        call->kind = PROCESS_EXITED;
    } else if (text_begins(text, killed)) {
        value = text + strlen(killed);
        set_name(call, "+killed", 7);
        call->kind = PROCESS_KILLED;
    } else {
        return fail(reader, "not the end of a process", text);
    }
    if ((!isdigit((unsigned char)*value) && !text_begins(value, "SIG")) ||
        strstr(value, " +++") == NULL)
        return fail(reader, "the end of a process without its status", text);
    add_arg(call, value, value + strcspn(value, " "));
    call->returned = true;
    return true;
}

/* Returns the unfinished call of pid as an index into reader->begun, or
 * NO_CALL. */
static size_t find_begun(const struct trace_reader *reader,
                         const struct traced_command *command, long pid)
{
    for (size_t i = 0; i < reader->nbegun; i++)
        if (command->calls[reader->begun[i]].pid == pid)
            return i;
    return NO_CALL;
}

/* Read the second part of a call: "<... read resumed>"123", 8192) = 3". */
static bool resume(struct trace_reader *reader, struct traced_command *command,
                   long pid, const char *text)
{
    const char *rest = strstr(text, " resumed>"), *name = text + 5;
    size_t at = find_begun(reader, command, pid);
    struct traced_call *call;
    char *whole;

    if (rest == NULL)
        return fail(reader, "not a resumed call", text);
    if (at == NO_CALL)
        return fail(reader, "a resumed call without its beginning", text);
    call = &command->calls[reader->begun[at]];
    if (name_length(call->text) != (size_t)(rest - name) ||
        strncmp(call->text, name, (size_t)(rest - name)) != 0)
        return fail(reader, "a resumed call without its beginning", text);
    reader->begun[at] = reader->begun[--reader->nbegun];
    whole = text_format("%s%s", call->text, rest + strlen(" resumed>"));
    free(call->text);
    call->text = whole;
    reader->last = (size_t)(call - command->calls);
    return read_call(reader, call);
}

static bool read_line(struct trace_reader *reader, const char *line)
{
    struct traced_command *command =
        &reader->strace->commands[reader->strace->ncommands - 1];
    char *end;
    long pid = strtol(line, &end, 10);
    size_t length;
    struct traced_call *call;

    reader->place = true;
    reader->last = NO_CALL;
    if (!isdigit((unsigned char)*line) || pid < 1 || *end != ' ')
        return fail(reader, "not a line of strace -f", line);
    end += strspn(end, " ");
    if (text_begins(end, "--- ") || text_begins(end, "+++ superseded") ||
        text_begins(end, "???"))
        return true;
    if (text_begins(end, "<... "))
        return resume(reader, command, pid, end);
    if (find_begun(reader, command, pid) != NO_CALL &&
        !text_begins(end, "+++ "))
        return fail(reader, "its process has not finished another call", line);
    command->calls =
        array_grow(command->calls, command->ncalls, sizeof *command->calls);
    reader->last = command->ncalls;
    call = &command->calls[command->ncalls++];
    call->line = reader->line;
    call->pid = pid;
    call->text = text_copy(end, strlen(end));
    if (text_begins(end, "+++ ")) {
        size_t at = find_begun(reader, command, pid);

        if (at != NO_CALL)
            reader->begun[at] = reader->begun[--reader->nbegun];
        return read_end(reader, call);
    }
    length = strlen(end);
    if (length >= strlen(cut) && strcmp(end + length - strlen(cut), cut) == 0) {
        call->text[length - strlen(cut)] = '\0';
        if (name_length(call->text) == 0)
            return fail(reader, "not a call", line);
        reader->begun =
            array_grow(reader->begun, reader->nbegun, sizeof *reader->begun);
        reader->begun[reader->nbegun++] = reader->last;
        reader->place = false;
        return true;
    }
    return read_call(reader, call);
}

/* Read the source line of the last call: " > demo.c:28". */
static bool read_place(struct trace_reader *reader, const char *line)
{
    const char *name = line + 3, *colon = strrchr(line, ':');
    struct traced_command *command;
    struct traced_call *call;

    if (!reader->place)
        return fail(reader, "a source line without a call before it", line);
    if (colon == NULL || colon == name || colon[1] == '\0' ||
        colon[1 + strspn(colon + 1, "0123456789")] != '\0')
        return fail(reader, "a source line without a number", line);
    reader->place = false;
    if (reader->last == NO_CALL)
        return true;
    command = &reader->strace->commands[reader->strace->ncommands - 1];
    call = &command->calls[reader->last];
    call->file = text_copy(name, (size_t)(colon - name));
    call->at = (int)strtol(colon + 1, NULL, 10);
    return true;
}

/* Read a command: "$ ./demo", "reader$ ./demo my_fifo". Returns false if
 * the line is not a command. */
static bool read_command(struct trace_reader *reader, const char *line)
{
    struct strace *strace = reader->strace;
    size_t length = strspn(line, "abcdefghijklmnopqrstuvwxyz");
    struct traced_command *command;

    if (!text_begins(line + length, "$ "))
        return false;
    strace->commands = array_grow(strace->commands, strace->ncommands,
                                  sizeof *strace->commands);
    command = &strace->commands[strace->ncommands++];
    command->line = reader->line;
    command->terminal = length == 0 ? NULL : text_copy(line, length);
    command->command = text_copy(line + length + 2, strlen(line + length + 2));
    reader->place = false;
    reader->nbegun = 0;
    return true;
}

static bool take_line(struct trace_reader *reader, const char *line)
{
    if (text_begins(line, "# ") && reader->line == 1) {
        reader->strace->reason = text_copy(line + 2, strlen(line + 2));
        return true;
    }
    if (read_command(reader, line) || text_begins(line, "# "))
        return true;
    if (reader->strace->ncommands == 0)
        return fail(reader, "a call before the first command", line);
    if (text_begins(line, " > "))
        return read_place(reader, line);
    return read_line(reader, line);
}

/* Set the names and arguments of calls that never finished, from the part of
 * their text that strace wrote. */
static void name_unfinished(struct traced_command *command)
{
    for (size_t i = 0; i < command->ncalls; i++) {
        struct traced_call *call = &command->calls[i];
        size_t length = strcspn(call->text, "(");
        char *whole;

        if (call->name != NULL)
            continue;
        set_name(call, call->text, length);
        call->result = -1;
        whole = text_format("%s)", call->text);
        if (whole[length] == '(')
            (void)cut_args(call, whole + length + 1);
        free(whole);
    }
}

static void free_call(struct traced_call *call)
{
    for (size_t i = 0; i < call->nargs; i++)
        free(call->args[i]);
    free(call->args);
    free(call->text);
    free(call->name);
    free(call->value);
    free(call->error);
    free(call->file);
}

/* Merge a call that a signal interrupted, "= ? ERESTARTSYS (...)", with its
 * repetition by the kernel: whether a signal arrives during a call is chance.
 * If the kernel does not repeat it, the process gets EINTR. */
static void drop_restarted(struct traced_command *command)
{
    size_t n = 0;

    for (size_t i = 0; i < command->ncalls; i++) {
        struct traced_call *call = &command->calls[i];
        bool restarts =
            call->value != NULL && text_begins(call->value, "? ERESTART");
        size_t next = i + 1;

        while (restarts && next < command->ncalls &&
               command->calls[next].pid != call->pid)
            next++;
        if (restarts && next < command->ncalls &&
            strcmp(command->calls[next].name, call->name) == 0) {
            command->calls[next].line = call->line;
            free_call(call);
        } else {
            if (restarts)
                call->error = text_copy("EINTR", 5);
            command->calls[n++] = *call;
        }
    }
    command->ncalls = n;
}

static void tidy(struct traced_command *command)
{
    name_unfinished(command);
    drop_restarted(command);
}

struct strace *strace_parse(const char *path, const char *text, char **error)
{
    struct trace_reader reader = {
        .path = path, .strace = array_grow(NULL, 0, sizeof(struct strace))};

    for (bool good = true; good && *text != '\0';) {
        size_t length = strcspn(text, "\n");
        char *line = text_copy(text, length);

        reader.line++;
        if (text[length] == '\0')
            good = fail(&reader, "the trace ends inside a line", line);
        else
            good = take_line(&reader, line);
        free(line);
        text += length + (text[length] == '\n');
    }
    free(reader.begun);
    for (size_t i = 0; i < reader.strace->ncommands; i++)
        tidy(&reader.strace->commands[i]);
    if (reader.line == 0)
        reader.error = text_format("%s:1: the trace is empty", path);
    if (reader.error == NULL)
        return reader.strace;
    strace_free(reader.strace);
    *error = reader.error;
    return NULL;
}

void strace_free(struct strace *strace)
{
    if (strace == NULL)
        return;
    for (size_t i = 0; i < strace->ncommands; i++) {
        struct traced_command *command = &strace->commands[i];

        for (size_t j = 0; j < command->ncalls; j++)
            free_call(&command->calls[j]);
        free(command->calls);
        free(command->terminal);
        free(command->command);
    }
    free(strace->commands);
    free(strace->reason);
    free(strace);
}

long strace_fd(const char *arg, const char **what, size_t *length)
{
    char *end;
    long fd = strtol(arg, &end, 10);

    *what = NULL;
    *length = 0;
    if (end == arg || fd < 0 || fd > 1 << 20)
        return -1;
    if (*end == '<' && strrchr(end, '>') != NULL) {
        *what = end + 1;
        *length = (size_t)(strrchr(end, '>') - end - 1);
    }
    return fd;
}

unsigned char strace_byte(const char **text)
{
    static const char letters[] = "abfnrtv", bytes[] = "\a\b\f\n\r\t\v";
    const char *letter;
    unsigned value = 0;

    if (**text != '\\' || (*text)[1] == '\0')
        return (unsigned char)*(*text)++;
    letter = strchr(letters, *++*text);
    if (**text >= '0' && **text <= '7') {
        for (int i = 0; i < 3 && **text >= '0' && **text <= '7'; i++)
            value = 8 * value + (unsigned)(*(*text)++ - '0');
        return (unsigned char)value;
    }
    (*text)++;
    return (unsigned char)(letter == NULL ? (*text)[-1]
                                          : bytes[letter - letters]);
}

char *strace_bytes(const char *arg, size_t *length, bool *whole)
{
    char *bytes;

    if (*arg != '"')
        return NULL;
    bytes = text_copy(arg, strlen(arg));
    *length = 0;
    for (arg++; *arg != '"' && *arg != '\0';)
        bytes[(*length)++] = (char)strace_byte(&arg);
    bytes[*length] = '\0';
    *whole = !text_begins(arg, "\"...");
    return bytes;
}
