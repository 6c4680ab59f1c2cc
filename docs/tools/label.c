#include "label.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/memory.h"
#include "../../common/visible.h"
#include "svg.h"

/* Words that do not belong to a system call. The table of system calls,
 * common/syscalls.def, has the words of calls. */
enum word {
    OF,
    NAME_CHILD,
    NAME_PIPE,
    NAME_FIFO,
    NAME_QUEUE,
    READ_END,
    WRITE_END,
    TOGETHER,
    TYPED,
    TYPED_END,
    TERMINAL_NAME,
    CLOSED,
    TERMINAL,
    KERNEL,
};

static const char *const words[][2] = {
    [OF] = {"%s의 %s", "%2$s of %1$s"},
    [NAME_CHILD] = {"자식 %ld", "child %ld"},
    [NAME_PIPE] = {"파이프", "pipe"},
    [NAME_FIFO] = {"FIFO %s", "FIFO %s"},
    [NAME_QUEUE] = {"메시지 큐 %s", "message queue %s"},
    [READ_END] = {"읽기 끝", "read end"},
    [WRITE_END] = {"쓰기 끝", "write end"},
    [TOGETHER] = {"모두 합쳐 %lld바이트", "%lld bytes in all"},
    [TYPED] = {"입력한 줄", "a line that is typed"},
    [TYPED_END] = {"입력을 끝낸다", "the end of the input is typed"},
    [TERMINAL_NAME] = {"%s 터미널", "terminal %s"},
    [CLOSED] = {"닫음", "closed"},
    [TERMINAL] = {"터미널", "terminal"},
    [KERNEL] = {"커널", "kernel"},
};

bool language_named(const char *name, enum language *language)
{
    *language = strcmp(name, "ko") == 0 ? KOREAN : ENGLISH;
    return *language == KOREAN || strcmp(name, "en") == 0;
}

/* The bytes of the character or the escape (\n, \0, \303, or one of visible.h)
 * at text. */
static size_t escape_length(const char *text)
{
    char bytes[5];
    size_t n;

    if (*text != '\\' || text[1] == '\0') {
        n = svg_character(text);
        return n > 1 ? n : 1;
    }
    if ((n = visible_bytes(text, bytes)) > 0)
        return n;
    if (text[1] < '0' || text[1] > '7')
        return 2;
    n = 1;
    while (n < 4 && text[n] >= '0' && text[n] <= '7')
        n++;
    return n;
}

/* The bytes of the quoted text at quoted, including its quotation marks. */
static size_t quoted_length(const char *quoted)
{
    size_t n = 1;

    while (quoted[n] != '"' && quoted[n] != '\0')
        n += escape_length(quoted + n);
    return n + (quoted[n] == '"');
}

/* Decode a quoted text, but keep \n, \t and \0, and the escapes of the
 * characters in kept. A character that cannot be seen becomes an escape of
 * visible.h, as in sessions. The caller frees the result. */
static char *decoded(const char *quoted, const char *kept)
{
    size_t length, size;
    bool whole;
    char *bytes = strace_bytes(quoted, &length, &whole), *text = NULL,
         escape[ESCAPE_SIZE];
    FILE *out = text_open(&text, &size);

    for (size_t i = 0, n = 1; i < length; i += n) {
        char c = bytes[i];

        n = 1;
        if (c == '\n' || c == '\t' || c == '\0') {
            fputs(c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\0", out);
            continue;
        }
        if (strchr(kept, c) != NULL)
            putc('\\', out);
        n = visible_escape(bytes + i, escape);
        if (*escape != '\0')
            fputs(escape, out);
        else
            fwrite(bytes + i, 1, n, out);
    }
    fclose(out);
    free(bytes);
    return text;
}

static char *readable(const char *quoted)
{
    return decoded(quoted, "");
}

/* Shorten an argument: without the text in <> after a descriptor, without the
 * default of open flags, strings cut, messages as {type, text}. The caller
 * frees it. */
static char *plain_arg(const char *arg)
{
    const char *what, *text;
    size_t length;
    long fd = strace_fd(arg, &what, &length);

    if (fd != -1 && what != NULL)
        return text_format("%ld", fd);
    if (*arg == '"') {
        char *inside = decoded(arg, "\"\\"), *shorter;
        size_t cut = 0, n;

        if (strlen(inside) <= 20) {
            shorter = text_format("\"%s\"%s", inside, arg + quoted_length(arg));
        } else {
            while ((n = escape_length(inside + cut)) + cut <= 15)
                cut += n;
            shorter = text_format("\"%.*s\342\200\246\"", (int)cut, inside);
        }
        free(inside);
        return shorter;
    }
    if (text_begins(arg, "O_RDONLY|") || text_begins(arg, "O_WRONLY|"))
        return text_copy(arg + 9, strlen(arg + 9));
    if (text_begins(arg, "{mtype=") && (text = strchr(arg, '"')) != NULL) {
        char *quoted = text_copy(text, quoted_length(text)), *whole;
        char *shorter = plain_arg(quoted);

        whole = text_format("{%.*s, %s}", (int)strcspn(arg + 7, ","), arg + 7,
                            shorter);
        free(quoted);
        free(shorter);
        return whole;
    }
    return text_copy(arg, strlen(arg));
}

/* The arguments from index first on, below n, with commas, without addresses.
 * The caller frees them. */
static char *plain_args(const struct traced_call *call, size_t first, size_t n)
{
    char *text = text_copy("", 0);

    for (size_t i = first; i < call->nargs && i < n; i++) {
        char *arg, *longer;

        if (text_begins(call->args[i], "0x\342\200\246") ||
            text_begins(call->args[i], "AT_FDCWD"))
            continue;
        arg = plain_arg(call->args[i]);
        longer = text_format("%s%s%s", text, *text == '\0' ? "" : ", ", arg);
        free(arg);
        free(text);
        text = longer;
    }
    return text;
}

/* "exec" and the words of the command line. The caller frees it. */
static char *command_line(const struct traced_call *call)
{
    const char *at = call_arg(call, 1);
    char *text = text_copy("exec", 4);

    while ((at = strchr(at, '"')) != NULL) {
        char *word = readable(at), *longer;

        longer = text_format("%s %s", text, word);
        free(text);
        free(word);
        text = longer;
        at += quoted_length(at);
    }
    return text;
}

/* The name of the function that makes a call, as the manual has it. */
static const char *name_of(const struct traced_call *call)
{
    if (call->kind == CALL_FORK)
        return !call_forks(call)   ? call->name
               : call_vforks(call) ? "vfork"
                                   : "fork";
    if (call->syscall->id == SYSCALL_pipe2 &&
        strcmp(call_arg(call, 1), "0") == 0)
        return "pipe";
    if (call->syscall->id == SYSCALL_wait4 &&
        text_begins(call_arg(call, 0), "-1"))
        return "wait";
    return call->syscall->id == SYSCALL_UNKNOWN ? call->name
                                                : call->syscall->shown;
}

/* The arguments of a msgrcv() that returned: strace shows the whole buffer, and
 * the message is only its first bytes. The caller frees them. */
static char *received(const struct traced_call *call)
{
    const char *message = call_arg(call, 1), *text = strchr(message, '"'),
               *type = strstr(message, "mtype="), *end = text;
    char *quoted, *shorter, *rest = plain_args(call, 2, call->nargs), *all;

    for (long n = 0; end != NULL && n < call->result && *end != '\0'; n++)
        end += n == 0 ? 1 : escape_length(end);
    if (end == NULL || type == NULL || *end == '\0') {
        free(rest);
        return plain_args(call, 0, call->nargs);
    }
    quoted = text_format("%.*s\"", (int)(end + 1 - text), text);
    shorter = plain_arg(quoted);
    all = text_format("%s, {%ld, %s}, %s", call_arg(call, 0),
                      strtol(type + 6, NULL, 10), shorter, rest);
    free(quoted);
    free(shorter);
    free(rest);
    return all;
}

/* The number after "tv_sec=" in a text such as "{tv_sec=1, tv_nsec=500}". */
static long part_of(const char *text, const char *name)
{
    const char *at = strstr(text, name);

    return at == NULL ? 0 : strtol(at + strlen(name), NULL, 10);
}

/* The descriptors in a list of struct pollfd, separated by commas; with events,
 * each is followed by what poll() reported of it. Whether POLLHUP is there
 * before the bytes have been read is chance, so it is left out beside POLLIN.
 * The caller frees the text. */
static char *polled(const char *list, bool events)
{
    char *text = text_copy("", 0);

    for (const char *fd = list; (fd = strstr(fd, "fd=")) != NULL;) {
        const char *state = strstr(fd, "events=");
        size_t length = state == NULL ? 0 : strcspn(state + 7, "},");
        char *longer;

        if (state != NULL && text_begins(state + 7, "POLLIN|POLLHUP"))
            length = strlen("POLLIN");
        fd += strlen("fd=");
        longer = text_format("%s%s%ld%s%.*s", text, *text == '\0' ? "" : ", ",
                             strtol(fd, NULL, 10), events ? ": " : "",
                             events ? (int)length : 0,
                             state == NULL ? "" : state + 7);
        free(text);
        text = longer;
    }
    return text;
}

/* The descriptors that poll() watches and its time limit in milliseconds, or -1
 * for none. ppoll() has a struct timespec for that, or NULL. */
static char *watched(const struct traced_call *call)
{
    const char *limit = call_arg(call, 2);
    char *fds = polled(call_arg(call, 0), false), *text;

    if (*fds == '\0') {
        free(fds);
        fds = plain_arg(call_arg(call, 0));
    } else if (strchr(fds, ',') != NULL) {
        text = fds;
        fds = text_format("[%s]", text);
        free(text);
    }
    if (*limit == '{')
        text = text_format("%s, %.0f ms", fds,
                           1e3 * (double)part_of(limit, "tv_sec=") +
                               1e-6 * (double)part_of(limit, "tv_nsec="));
    else
        text = strcmp(limit, "-1") == 0 || strcmp(limit, "NULL") == 0
                   ? text_format("%s, -1", fds)
                   : text_format("%s, %s ms", fds, limit);
    free(fds);
    return text;
}

/* The name that is opened, and how: with all flags. */
static char *opened(const struct traced_call *call)
{
    size_t flags = call->syscall->id == SYSCALL_openat ? 2 : 1;
    char *name = plain_args(call, 0, flags);
    char *mode = plain_args(call, flags + 1, call->nargs);
    char *text = text_format("%s, %s%s%s", name, call_arg(call, flags),
                             *mode == '\0' ? "" : ", ", mode);

    free(mode);
    free(name);
    return text;
}

static char *pipe_ends(const struct traced_call *call)
{
    bool flags = strcmp(name_of(call), "pipe2") == 0;
    long ends[2];

    if (!call_pipe_ends(call, ends))
        return text_copy("", 0);
    return text_format("[%ld, %ld]%s%s", ends[0], ends[1], flags ? ", " : "",
                       flags ? call_arg(call, 1) : "");
}

static char *fifo_and_mode(const struct traced_call *call)
{
    char *args = plain_args(call, 0, 3), *flag = strstr(args, "S_IFIFO|");

    if (flag != NULL)
        memmove(flag, flag + 8, strlen(flag + 8) + 1);
    return args;
}

/* The text between the parentheses. A call that waits has its first argument
 * only, because the others often are results. */
static char *arguments(const struct event *event)
{
    const struct traced_call *call = event->call;
    bool waits = event->kind == EVENT_WAIT;

    switch (call->kind) {
    case CALL_FORK:
        if (call_forks(call))
            return text_copy("", 0);
        break;
    case CALL_WAIT:
        if (strcmp(name_of(call), "wait") == 0)
            return text_copy("", 0);
        if (!waits && call->syscall->id == SYSCALL_waitid)
            return text_format("%s, %s, %s", call_arg(call, 0),
                               call_arg(call, 1), call_arg(call, 3));
        return plain_args(
            call, 0,
            waits || call->syscall->id == SYSCALL_wait4 ? 1 : call->nargs);
    case CALL_PIPE:
        return pipe_ends(call);
    case CALL_SLEEP:
        return text_format("%ld", part_of(call->text, "tv_sec="));
    case CALL_POLL:
        return watched(call);
    case CALL_MKNOD:
        return fifo_and_mode(call);
    case CALL_OPEN:
        return opened(call);
    case CALL_READ:
        /* How many reads a loop takes, and what each returns, is chance. */
        if (event->times > 1)
            return text_format("%ld, \342\200\246",
                               strtol(call_arg(call, 0), NULL, 10));
        break;
    case CALL_MSGRCV:
        if (!waits && call->result >= 0)
            return received(call);
        break;
    case CALL_MSGCTL:
        if (!waits && !text_begins(call_arg(call, 1), "IPC_SET"))
            return plain_args(call, 0, 2);
        break;
    default:
        break;
    }
    return plain_args(call, 0, waits ? 1 : call->nargs);
}

/* The text after the parentheses. */
static char *result_of(const struct event *event)
{
    const struct traced_call *call = event->call;

    if (event->kind == EVENT_WAIT)
        return text_copy("", 0);
    if (event->times > 1)
        return call->kind == CALL_READ
                   ? text_copy("", 0)
                   : text_format(" \303\227 %zu", event->times);
    if (call->error != NULL)
        return text_format(" =\302\240-1 %s", call->error);
    switch (call->kind) {
    case CALL_CLOSE:
    case CALL_MSGCTL:
    case CALL_PIPE:
    case CALL_SLEEP:
        return text_copy("", 0);
    case CALL_UMASK:
        return text_format(" =\302\240%03lo", (unsigned long)call->result);
    default:
        return text_format(" =\302\240%ld", call->result);
    }
}

char *label_call(const struct event *event)
{
    const struct traced_call *call = event->call;
    char *args, *text, *result;

    if (call->kind == PROCESS_EXITED)
        return text_format("exit(%s)", call_arg(call, 0));
    if (call->kind == PROCESS_KILLED)
        return text_copy(call_arg(call, 0), strlen(call_arg(call, 0)));
    if (call->kind == CALL_EXEC) {
        text = command_line(call);
        if (call->error == NULL)
            return text;
        result = text_format("%s =\302\240-1 %s", text, call->error);
        free(text);
        return result;
    }
    args = arguments(event);
    result = result_of(event);
    text = text_format("%s(%s)%s", name_of(call), args, result);
    free(args);
    free(result);
    return text;
}

/* Whether an object is a pipe or a FIFO. */
static bool is_pipe(const struct story *story, size_t object)
{
    return object != NOBODY && story->world.objects[object].kind <= OBJECT_FIFO;
}

/* The Korean particle of a subject after a number: it depends on the last
 * syllable. */
static const char *subject(long number, enum language language)
{
    if (language != KOREAN)
        return "";
    return strchr("2459", (int)('0' + number % 10)) != NULL ? "가" : "이";
}

/* How the child ended that wait4() returned. */
static char *child_end(const struct event *event, enum language language)
{
    const struct traced_call *call = event->call;
    const char *status = strstr(call->text, "WEXITSTATUS(s) == "),
               *signal_name = strstr(call->text, "WTERMSIG(s) == ");
    const char *value;
    char *word, *text;

    if (status == NULL && signal_name == NULL)
        return text_copy("", 0);
    value = status != NULL ? status + 18 : signal_name + 15;
    word = text_copy(value, strcspn(value, "}) &"));
    text = text_format(syscall_words(CALL_WAIT,
                                     status != NULL ? STATE_DONE : STATE_KILLED,
                                     language),
                       call->result, subject(call->result, language), word);
    free(word);
    return text;
}

/* "read end", or "read end of A" if there are several pipes. */
static char *end_of_pipe(bool writing, const char *pipe, enum language language)
{
    const char *end = words[writing ? WRITE_END : READ_END][language];

    return *pipe == '\0' ? text_format("%s", end)
                         : text_format(words[OF][language], pipe, end);
}

/* The bytes that a loop transferred, and whether reads and writes alternated.
 */
static char *moved(const struct event *event, enum language language)
{
    const char *turns =
        event->between ? syscall_words(event->call->kind, STATE_TURNS, language)
                       : "";
    char *text, *both;

    if (event->times == 1)
        return text_copy(turns, strlen(turns));
    text = text_format(words[TOGETHER][language], event->bytes);
    both = text_format("%s%s%s", text, *turns == '\0' ? "" : ", ", turns);
    free(text);
    return both;
}

/* The state of a call that waits. */
static enum call_state waiting(const struct story *story,
                               const struct event *event)
{
    if (event->call->kind == CALL_READ) {
        if (!is_pipe(story, event->object))
            return STATE_WAITS_INPUT;
        if (story->world.objects[event->object].kind == OBJECT_FIFO)
            return STATE_WAITS_FIFO;
    }
    if (event->call->kind == CALL_OPEN &&
        strstr(event->call->text, "O_WRONLY") != NULL)
        return STATE_WAITS_READER;
    return STATE_WAITS;
}

/* The words for a call that needs no more than its state. */
static const char *simple_words(const struct story *story,
                                const struct event *event,
                                enum language language)
{
    const struct traced_call *call = event->call;
    enum call_state state = STATE_DONE;
    const char *text;

    if (event->kind == EVENT_WAIT) {
        text = syscall_words(call->kind, waiting(story, event), language);
        return text != NULL ? text
                            : syscall_words(CALL_OTHER, STATE_WAITS, language);
    }
    if (call->error != NULL)
        return syscall_error_words(call->kind, call->error, language);
    switch (call->kind) {
    case CALL_READ:
        if (call->result != 0 || strcmp(call_arg(call, 2), "0") == 0)
            return NULL;
        state = is_pipe(story, event->object) ? STATE_END : STATE_END_INPUT;
        break;
    case CALL_POLL:
        if (call->result != 0 || call_asks(call))
            return NULL;
        state = STATE_TIMEOUT;
        break;
    case CALL_MSGCTL:
        if (call->result != 0 || !text_begins(call_arg(call, 1), "IPC_RMID"))
            return NULL;
        state = STATE_REMOVES;
        break;
    case CALL_FCNTL:
        if (call->result != 0 ||
            strstr(call_arg(call, 2), "O_NONBLOCK") == NULL)
            return NULL;
        state = STATE_NONBLOCKING;
        break;
    case CALL_FORK:
        if (!call_forks(call) || call->result < 0)
            return NULL;
        if (call_vforks(call))
            state = STATE_VFORK;
        break;
    case CALL_EXEC:
        break;
    case CALL_MKNOD:
        if (call->result != 0)
            return NULL;
        break;
    default:
        return NULL;
    }
    return syscall_words(call->kind, state, language);
}

/* The words for a call on an end of a pipe. */
static char *about_end(const struct event *event, enum call_state state,
                       const char *pipe, enum language language)
{
    const struct traced_call *call = event->call;
    const char *format = syscall_words(call->kind, state, language);
    char *end = end_of_pipe(event->slot.writes, pipe, language);
    char *text = call->kind == CALL_DUP ? text_format(format, call->result, end)
                                        : text_format(format, end);

    free(end);
    return text;
}

static char *new_ends(const struct traced_call *call, const char *pipe,
                      enum language language)
{
    long ends[2];
    char *name, *text;

    if (!call_pipe_ends(call, ends))
        return text_copy("", 0);
    name = *pipe == '\0' ? text_copy("", 0) : text_format("%s: ", pipe);
    text = text_format(syscall_words(CALL_PIPE, STATE_DONE, language), name,
                       ends[0], ends[1]);
    free(name);
    return text;
}

char *label_meaning(const struct story *story, const struct event *event,
                    const char *pipe, enum language language)
{
    const struct traced_call *call = event->call;
    const char *text;

    if (event->kind != EVENT_WAIT) {
        if (call->kind == PROCESS_KILLED)
            return text_format(
                syscall_words(PROCESS_KILLED, STATE_DONE, language),
                call_arg(call, 0));
        if (call->kind == CALL_PIPE)
            return new_ends(call, pipe, language);
        if (call->syscall->id == SYSCALL_wait4 && call->result > 0)
            return child_end(event, language);
        if (call->kind == CALL_CLOSE && is_pipe(story, event->object))
            return about_end(event, event->last ? STATE_LAST : STATE_DONE, pipe,
                             language);
        if (call->kind == CALL_DUP && call->result >= 0 &&
            is_pipe(story, event->object))
            return about_end(event, STATE_DONE, pipe, language);
        if (call->kind == CALL_POLL && call->result > 0)
            return polled(strstr(call->text, " = "), true);
        if (event->times > 1 || event->between)
            return moved(event, language);
    }
    text = simple_words(story, event, language);
    return text_format("%s", text == NULL ? "" : text);
}

char *label_process(const struct story *story, size_t at,
                    enum language language)
{
    const struct process *process = &story->world.processes[at];

    if (!world_is_child(&story->world, process))
        return text_format("%s %ld", process->program, process->pid);
    return text_format(words[NAME_CHILD][language], process->pid);
}

char *label_object(const struct story *story, size_t at, const char *pipe,
                   enum language language)
{
    const struct object *object = &story->world.objects[at];

    if (object->kind == OBJECT_FIFO) {
        char *quoted = text_format(
            "\"%s\"", object->name + (text_begins(object->name, "./") ? 2 : 0));
        char *name = readable(quoted),
             *text = text_format(words[NAME_FIFO][language], name);

        free(quoted);
        free(name);
        return text;
    }
    if (object->kind == OBJECT_QUEUE)
        return text_format(words[NAME_QUEUE][language], object->name);
    return text_format("%s%s%s", words[NAME_PIPE][language],
                       *pipe == '\0' ? "" : " ", pipe);
}

char *label_text(const char *quoted)
{
    size_t length;
    char *text;

    if (*quoted != '"')
        return text_copy(quoted, strlen(quoted));
    text = readable(quoted);
    length = strlen(text);
    if (length >= 2 && strcmp(text + length - 2, "\\n") == 0)
        text[length - 2] = '\0';
    return text;
}

const char *label_end(bool writing, enum language language)
{
    return words[writing ? WRITE_END : READ_END][language];
}

const char *label_closed(enum language language)
{
    return words[CLOSED][language];
}

const char *label_terminal(enum language language)
{
    return words[TERMINAL][language];
}

const char *label_typed(const struct typed *typed, enum language language)
{
    if (!typed->line)
        return "";
    return words[typed->end ? TYPED_END : TYPED][language];
}

char *label_terminal_name(const char *name, enum language language)
{
    if (*name == '\0')
        return text_format("%s", words[TERMINAL][language]);
    return text_format(words[TERMINAL_NAME][language], name);
}

const char *label_letter(size_t at, size_t of)
{
    static const char *const letters[] = {"A", "B", "C", "D", "E", "F"};

    return of < 2 || at >= sizeof letters / sizeof *letters ? "" : letters[at];
}

const char *label_pipe(size_t at, size_t of, enum language language)
{
    const char *letter = label_letter(at, of);

    return *letter == '\0' ? words[NAME_PIPE][language] : letter;
}

const char *label_kernel(enum language language)
{
    return words[KERNEL][language];
}
