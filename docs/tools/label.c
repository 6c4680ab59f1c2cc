#include "label.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/memory.h"
#include "svg.h"

enum word {
    ENDS,
    OF,
    CHILD,
    CHILD_OF_VFORK,
    NAME_CHILD,
    NAME_PIPE,
    NAME_FIFO,
    NAME_QUEUE,
    WAIT_BYTES,
    WAIT_FIFO,
    WAIT_INPUT,
    WAIT_CHILD,
    WAIT_READER,
    WAIT_WRITER,
    WAIT_MESSAGE,
    WAIT_ROOM,
    WAIT_TIME,
    WAIT_POLL,
    END_OF_FILE,
    END_OF_INPUT,
    NO_READER,
    EMPTY,
    FULL,
    READ_END,
    WRITE_END,
    CLOSES,
    CLOSES_LAST,
    COPIES,
    EXECUTES,
    CHILD_EXITED,
    CHILD_KILLED,
    KILLED,
    TIME_IS_UP,
    TOGETHER,
    OVERFULL,
    SINCE,
    NO_MESSAGE,
    TOO_LONG,
    REMOVED,
    REMOVES,
    NAMES,
    NONBLOCKING,
    TYPED,
    TYPED_END,
    TERMINAL_NAME,
    CLOSED,
    TERMINAL,
    KERNEL,
};

static const char *const words[][2] = {
    [ENDS] = {"%s%ld번은 읽기 끝, %ld번은 쓰기 끝",
              "%s%ld is the read end, %ld the write end"},
    [OF] = {"%s의 %s", "%2$s of %1$s"},
    [CHILD] = {"디스크립터까지 똑같은 자식",
               "a child with the same descriptors"},
    [CHILD_OF_VFORK] = {"곧 다른 프로그램이 될 자식",
                        "a child, to execute another program"},
    [NAME_CHILD] = {"자식 %ld", "child %ld"},
    [NAME_PIPE] = {"파이프", "pipe"},
    [NAME_FIFO] = {"FIFO %s", "FIFO %s"},
    [NAME_QUEUE] = {"메시지 큐 %s", "message queue %s"},
    [WAIT_BYTES] = {"파이프가 비어 있어 기다린다", "waits: the pipe is empty"},
    [WAIT_FIFO] = {"FIFO가 비어 있어 기다린다", "waits: the FIFO is empty"},
    [WAIT_INPUT] = {"입력을 기다린다", "waits for a line to be typed"},
    [WAIT_CHILD] = {"자식이 끝나기를 기다린다", "waits for the child to end"},
    [WAIT_READER] = {"읽을 쪽이 열기를 기다린다",
                     "waits for a reader to open it"},
    [WAIT_WRITER] = {"쓸 쪽이 열기를 기다린다",
                     "waits for a writer to open it"},
    [WAIT_MESSAGE] = {"맞는 메시지가 올 때까지 기다린다",
                      "waits for a message that fits"},
    [WAIT_ROOM] = {"자리가 날 때까지 기다린다", "waits for room in the queue"},
    [WAIT_TIME] = {"시간이 지나기를 기다린다", "waits for time to pass"},
    [WAIT_POLL] = {"읽을 것이 생기거나 시간이 다 되기를 기다린다",
                   "waits for something to read, or for the time limit"},
    [END_OF_FILE] = {"EOF: 쓰기 끝이 모두 닫혔다",
                     "end of file: no write end is open"},
    [END_OF_INPUT] = {"입력의 끝", "end of the input"},
    [NO_READER] = {"읽기 끝이 모두 닫혔다", "no read end is open"},
    [EMPTY] = {"비어 있지만 쓰기 끝은 열려 있다",
               "empty, but a write end is open"},
    [FULL] = {"자리가 모자라다", "there is not enough room"},
    [READ_END] = {"읽기 끝", "read end"},
    [WRITE_END] = {"쓰기 끝", "write end"},
    [CLOSES] = {"%s을 닫는다", "the %s"},
    [CLOSES_LAST] = {"마지막 남은 %s을 닫는다", "the last %s"},
    [COPIES] = {"이제 %ld번도 %s이다", "%ld is now a %s, too"},
    [EXECUTES] = {"같은 프로세스, 다른 프로그램",
                  "the same process, another program"},
    [CHILD_EXITED] = {"자식 %ld%s 끝났다. 종료 상태 %s",
                      "child %ld%s has ended with status %s"},
    [CHILD_KILLED] = {"자식 %ld%s 죽었다. 시그널 %s",
                      "child %ld%s was killed by %s"},
    [KILLED] = {"시그널 %s에 죽는다", "is killed by %s"},
    [TIME_IS_UP] = {"시간이 다 됐다", "the time is up"},
    [TOGETHER] = {"모두 합쳐 %lld바이트", "%lld bytes in all"},
    [OVERFULL] = {"다 들어가지 않아 쓰는 사이사이에 읽어 간다",
                  "more than fits: they are read in between"},
    [SINCE] = {"첫 쓰기 뒤부터 읽고 있었다", "read since the first write"},
    [NO_MESSAGE] = {"맞는 메시지가 없다", "there is no message that fits"},
    [TOO_LONG] = {"메시지가 더 길어서 그대로 남는다",
                  "the message is longer, and stays"},
    [REMOVED] = {"기다리던 큐가 없어졌다", "the queue is gone"},
    [REMOVES] = {"큐가 메시지와 함께 사라진다",
                 "the queue goes, and what is in it"},
    [NAMES] = {"이름만 생긴다. 아직 아무도 열지 않았다",
               "a name; nobody has opened it yet"},
    [NONBLOCKING] = {"이제 기다리지 않고 EAGAIN으로 실패한다",
                     "from now on EAGAIN instead of waiting"},
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

/* The length of the character or the escape (\n, \0, \303) at text. */
static size_t escape_length(const char *text)
{
    size_t n = 1;

    if (*text != '\\' || text[1] == '\0')
        return svg_character(text) > 1 ? svg_character(text) : 1;
    if (text[1] < '0' || text[1] > '7')
        return 2;
    while (n < 4 && text[n] >= '0' && text[n] <= '7')
        n++;
    return n;
}

/* The length of the quoted text at quoted, with its quotation marks. */
static size_t quoted_length(const char *quoted)
{
    size_t n = 1;

    while (quoted[n] != '"' && quoted[n] != '\0')
        n += escape_length(quoted + n);
    return n + (quoted[n] == '"');
}

/* What a quoted text stands for; only what cannot be shown stays written as in
 * C. The caller frees it. */
static char *readable(const char *quoted)
{
    size_t length;
    bool whole;
    char *bytes = strace_bytes(quoted, &length, &whole), *text = NULL;
    size_t n = 0;

    for (size_t i = 0; i < length;) {
        static const char letters[] = "abtnvfr";
        size_t character = svg_character(bytes + i);
        unsigned char c = (unsigned char)bytes[i];
        char *one = character > 0 ? text_copy(bytes + i, character)
                    : c >= '\a' && c <= '\r'
                        ? text_format("\\%c", letters[c - '\a'])
                        : text_format("\\%o", c);

        for (const char *at = one; *at != '\0'; at++) {
            text = array_grow(text, n, 1);
            text[n++] = *at;
        }
        free(one);
        i += character > 0 ? character : 1;
    }
    free(bytes);
    return array_grow(text, n, 1);
}

/* An argument without what strace adds: <...> behind a descriptor, addresses.
 */
static char *plain_arg(const char *arg)
{
    const char *what, *text;
    size_t length;
    long fd = strace_fd(arg, &what, &length);

    if (fd != -1 && what != NULL)
        return text_format("%ld", fd);
    if (*arg == '"' && strlen(arg) > 22) {
        size_t cut = 1, n;

        while ((n = escape_length(arg + cut)) + cut <= 16)
            cut += n;
        return text_format("%.*s\342\200\246\"", (int)cut, arg);
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

/* The arguments from the first to the last, those with a meaning. */
static char *plain_args(const struct call *call, size_t first, size_t n)
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

/* exec: the words of its command line. */
static char *command_line(const struct call *call)
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

/* The descriptors of pipe2([3<pipe:[1]>, 4<pipe:[1]>], 0); returns false if
 * this call has made none. */
static bool makes_ends(const struct call *call, long ends[2])
{
    const char *list = call_arg(call, 0), *second = strstr(list, ", ");

    if (!text_begins(call->name, "pipe") || *list != '[' || second == NULL)
        return false;
    ends[0] = strtol(list + 1, NULL, 10);
    ends[1] = strtol(second + 2, NULL, 10);
    return true;
}

/* What the manual pages call it. */
static const char *name_of(const struct call *call)
{
    static const char *const names[][2] = {
        {"openat", "open"},
        {"mknodat", "mkfifo"},
        {"mknod", "mkfifo"},
        {"unlinkat", "unlink"},
        {"clock_nanosleep", "sleep"},
        {"nanosleep", "sleep"},
        {"ppoll", "poll"},
        {"pselect6", "select"},
        {"pipe2", "pipe"},
    };

    if (call_forks(call))
        return call_vforks(call) ? "vfork" : "fork";
    if (call_is(call, "pipe2") && strcmp(call_arg(call, 1), "0") != 0)
        return "pipe2";
    if (call_is(call, "wait4"))
        return text_begins(call_arg(call, 0), "-1") ? "wait" : "waitpid";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (call_is(call, names[i][0]))
            return names[i][1];
    return call->name;
}

/* What msgrcv() took: strace shows all of the room that there was for it. */
static char *received(const struct call *call)
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

/* The part of a text like "{tv_sec=1, tv_nsec=500}" that has this name. */
static long part_of(const char *text, const char *name)
{
    const char *at = strstr(text, name);

    return at == NULL ? 0 : strtol(at + strlen(name), NULL, 10);
}

/* The first descriptor that poll() watches, and its time limit: ppoll() has
 * another unit for that, or NULL. */
static char *watched(const struct call *call)
{
    const char *limit = call_arg(call, 2),
               *fd = strstr(call_arg(call, 0), "fd=");
    char *first = fd == NULL ? plain_arg(call_arg(call, 0))
                             : text_format("%ld", strtol(fd + 3, NULL, 10)),
         *text;

    if (*limit == '{')
        text = text_format("%s, %.0f ms", first,
                           1e3 * (double)part_of(limit, "tv_sec=") +
                               1e-6 * (double)part_of(limit, "tv_nsec="));
    else
        text = text_format("%s, %s ms", first,
                           call_is(call, "ppoll") ? "-1" : limit);
    free(first);
    return text;
}

/* What stands between the parentheses. */
static char *arguments(const struct event *event)
{
    const struct call *call = event->call;
    const char *name = name_of(call);
    long ends[2];

    if (strcmp(name, "fork") == 0 || strcmp(name, "vfork") == 0 ||
        strcmp(name, "wait") == 0)
        return text_copy("", 0);
    if (text_begins(name, "pipe")) {
        if (!makes_ends(call, ends))
            return text_copy("", 0);
        return text_format("[%ld, %ld]%s%s", ends[0], ends[1],
                           strcmp(name, "pipe2") == 0 ? ", " : "",
                           strcmp(name, "pipe2") == 0 ? call_arg(call, 1) : "");
    }
    if (strcmp(name, "sleep") == 0)
        return text_format("%ld", part_of(call->text, "tv_sec="));
    if (strcmp(name, "poll") == 0)
        return watched(call);
    if (strcmp(name, "mkfifo") == 0) {
        char *args = plain_args(call, 0, 3), *flag = strstr(args, "S_IFIFO|");

        if (flag != NULL)
            memmove(flag, flag + 8, strlen(flag + 8) + 1);
        return args;
    }
    if (call_is(call, "msgrcv") && call->result >= 0 &&
        event->kind == EVENT_CALL)
        return received(call);
    /* How many reads a loop takes, and what each brings, is chance; how many
     * bytes come in all is not. */
    if (event->times > 1 && call_is(call, "read"))
        return text_format("%ld, \342\200\246",
                           strtol(call_arg(call, 0), NULL, 10));
    if (event->kind == EVENT_WAIT && !text_begins(call->name, "open"))
        return plain_args(call, 0, 1);
    if (strcmp(name, "waitpid") == 0 ||
        (text_begins(name, "msgctl") &&
         !text_begins(call_arg(call, 1), "IPC_SET")))
        return plain_args(call, 0, strcmp(name, "waitpid") == 0 ? 1 : 2);
    return plain_args(call, 0, call->nargs);
}

char *label_call(const struct event *event)
{
    const struct call *call = event->call;
    char *args, *text, *result;

    if (call_is(call, "+exited"))
        return text_format("exit(%s)", call_arg(call, 0));
    if (call_is(call, "+killed"))
        return text_copy(call_arg(call, 0), strlen(call_arg(call, 0)));
    if (call_is(call, "execve")) {
        text = command_line(call);
        if (call->error == NULL)
            return text;
        result = text_format("%s =\302\240-1 %s", text, call->error);
        free(text);
        return result;
    }
    args = arguments(event);
    if (event->kind == EVENT_WAIT ||
        (event->times > 1 && call_is(call, "read")))
        /* NOLINTNEXTLINE(bugprone-branch-clone): the order matters. */
        result = text_copy("", 0);
    else if (event->times > 1)
        result = text_format(" \303\227 %zu", event->times);
    else if (call->error != NULL)
        result = text_format(" =\302\240-1 %s", call->error);
    else if (call_is(call, "close") || call_is(call, "msgctl") ||
             strcmp(name_of(call), "sleep") == 0 ||
             text_begins(call->name, "pipe"))
        result = text_copy("", 0);
    else if (call_is(call, "umask"))
        result = text_format(" =\302\240%03lo", (unsigned long)call->result);
    else
        result = text_format(" =\302\240%ld", call->result);
    text = text_format("%s(%s)%s", name_of(call), args, result);
    free(args);
    free(result);
    return text;
}

static bool is_pipe(const struct story *story, size_t object)
{
    return object != NOBODY && story->world.objects[object].kind <= OBJECT_FIFO;
}

/* The particle of a subject that this number is: it follows the last sound. */
static const char *subject(long number, enum language language)
{
    if (language != KOREAN)
        return "";
    return strchr("2459", (int)('0' + number % 10)) != NULL ? "가" : "이";
}

/* The signal that ended a child, or its status, as wait4() tells. */
static char *child_end(const struct event *event, enum language language)
{
    const char *status = strstr(event->call->text, "WEXITSTATUS(s) == "),
               *signal_name = strstr(event->call->text, "WTERMSIG(s) == ");
    const char *value;
    char *word, *text;

    if (status == NULL && signal_name == NULL)
        return text_copy("", 0);
    value = status != NULL ? status + 18 : signal_name + 15;
    word = text_copy(value, strcspn(value, "}) &"));
    text = text_format(
        words[status != NULL ? CHILD_EXITED : CHILD_KILLED][language],
        event->call->result, subject(event->call->result, language), word);
    free(word);
    return text;
}

static char *waiting(const struct story *story, const struct event *event,
                     enum language language)
{
    const struct call *call = event->call;
    enum word word = WAIT_TIME;

    if (call_is(call, "read"))
        word = !is_pipe(story, event->object) ? WAIT_INPUT
               : story->world.objects[event->object].kind == OBJECT_FIFO
                   ? WAIT_FIFO
                   : WAIT_BYTES;
    else if (text_begins(call->name, "wait"))
        word = WAIT_CHILD;
    else if (text_begins(call->name, "open"))
        word =
            strstr(call->text, "O_WRONLY") != NULL ? WAIT_READER : WAIT_WRITER;
    else if (call_is(call, "msgrcv"))
        word = WAIT_MESSAGE;
    else if (call_is(call, "msgsnd"))
        word = WAIT_ROOM;
    else if (strstr(call->name, "poll") != NULL)
        word = WAIT_POLL;
    return text_format("%s", words[word][language]);
}

/* "read end", or "read end of A" where there are several pipes. */
static char *end_of_pipe(bool writing, const char *pipe, enum language language)
{
    const char *end = words[writing ? WRITE_END : READ_END][language];

    return *pipe == '\0' ? text_format("%s", end)
                         : text_format(words[OF][language], pipe, end);
}

/* A text with the end of a pipe in it. */
static char *about_end(enum word word, const struct event *event,
                       const char *pipe, enum language language)
{
    char *end = end_of_pipe(event->slot.writes, pipe, language);
    char *text = word == COPIES ? text_format(words[word][language],
                                              event->call->result, end)
                                : text_format(words[word][language], end);

    free(end);
    return text;
}

/* How much a loop has moved, or why one call cannot have done so at once. */
static char *moved(const struct event *event, enum language language)
{
    const char *turns =
        !event->between
            ? ""
            : words[call_is(event->call, "write") ? OVERFULL : SINCE][language];
    char *text, *both;

    if (event->times == 1)
        return text_copy(turns, strlen(turns));
    text = text_format(words[TOGETHER][language], event->bytes);
    both = text_format("%s%s%s", text, *turns == '\0' ? "" : ", ", turns);
    free(text);
    return both;
}

char *label_meaning(const struct story *story, const struct event *event,
                    const char *pipe, enum language language)
{
    const struct call *call = event->call;
    const char *error = call->error == NULL ? "" : call->error;
    long ends[2];
    enum word word;

    if (event->kind == EVENT_WAIT)
        return waiting(story, event, language);
    if (call_is(call, "+exited"))
        return text_copy("", 0);
    if (call_is(call, "+killed"))
        return text_format(words[KILLED][language], call_arg(call, 0));
    if (makes_ends(call, ends)) {
        char *name =
            *pipe == '\0' ? text_copy("", 0) : text_format("%s: ", pipe);
        char *text = text_format(words[ENDS][language], name, ends[0], ends[1]);

        free(name);
        return text;
    }
    if (call_forks(call) && call->result > 0)
        return text_format(
            "%s", words[call_vforks(call) ? CHILD_OF_VFORK : CHILD][language]);
    if (call_is(call, "wait4") && call->result > 0)
        return child_end(event, language);
    if (call_is(call, "close") && is_pipe(story, event->object))
        return about_end(event->last ? CLOSES_LAST : CLOSES, event, pipe,
                         language);
    if (text_begins(call->name, "dup") && call->result >= 0 &&
        is_pipe(story, event->object))
        return about_end(COPIES, event, pipe, language);
    if (event->times > 1 || event->between)
        return moved(event, language);
    if (call_is(call, "execve") && call->error == NULL)
        word = EXECUTES;
    else if (call_is(call, "read") && call->result == 0 &&
             strcmp(call_arg(call, 2), "0") != 0)
        word = is_pipe(story, event->object) ? END_OF_FILE : END_OF_INPUT;
    else if (strcmp(error, "EAGAIN") == 0 && call_is(call, "read"))
        word = EMPTY;
    else if (strcmp(error, "EAGAIN") == 0 &&
             (call_is(call, "write") || call_is(call, "msgsnd")))
        word = FULL;
    else if (strcmp(error, "EPIPE") == 0 || strcmp(error, "ENXIO") == 0)
        word = NO_READER;
    else if (strcmp(error, "ENOMSG") == 0)
        word = NO_MESSAGE;
    else if (strcmp(error, "E2BIG") == 0 && call_is(call, "msgrcv"))
        word = TOO_LONG;
    else if (strcmp(error, "EIDRM") == 0)
        word = REMOVED;
    else if (strstr(call->name, "poll") != NULL && call->result == 0)
        word = TIME_IS_UP;
    else if (call_is(call, "msgctl") &&
             text_begins(call_arg(call, 1), "IPC_RMID") && call->result == 0)
        word = REMOVES;
    else if (text_begins(call->name, "mknod") && call->result == 0)
        word = NAMES;
    else if (call_is(call, "fcntl") && call->result == 0 &&
             strstr(call_arg(call, 2), "O_NONBLOCK") != NULL)
        word = NONBLOCKING;
    else
        return text_copy("", 0);
    return text_format("%s", words[word][language]);
}

char *label_process(const struct story *story, size_t at,
                    enum language language)
{
    const struct process *process = &story->world.processes[at];
    const struct process *parent =
        process->parent == NOBODY ? NULL
                                  : &story->world.processes[process->parent];

    if (parent == NULL || !parent->ever)
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
    return words[strcmp(typed->text, "^D") == 0 ? TYPED_END : TYPED][language];
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
