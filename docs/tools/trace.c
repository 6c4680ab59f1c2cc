#include "trace.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/memory.h"
#include "strace.h"

struct numberings numberings_new(void)
{
    struct numberings numberings = {0};

    numberings.of[TYPE_PID].first = 1001;
    for (int type = TYPE_MSQID; type < TYPES; type++)
        numberings.of[type].first = 1;
    numberings.pipes.first = 1;
    return numberings;
}

static void numbering_free(struct numbering *numbering)
{
    for (size_t i = 0; i < numbering->n; i++)
        free(numbering->real[i]);
    free(numbering->real);
}

void numberings_free(struct numberings *numberings)
{
    for (size_t i = 0; i < sizeof numberings->of / sizeof *numberings->of; i++)
        numbering_free(&numberings->of[i]);
    numbering_free(&numberings->pipes);
}

static size_t find(const struct numbering *numbering, const char *real,
                   size_t length)
{
    size_t i = 0;

    while (i < numbering->n && (strlen(numbering->real[i]) != length ||
                                memcmp(numbering->real[i], real, length) != 0))
        i++;
    return i;
}

int numbered(const struct numbering *numbering, const char *real, size_t length)
{
    return find(numbering, real, length) < numbering->n;
}

char *renumber(struct numbering *numbering, const char *real, size_t length)
{
    size_t i = find(numbering, real, length);

    if (i == numbering->n) {
        numbering->real =
            array_grow(numbering->real, i, sizeof *numbering->real);
        numbering->real[numbering->n++] = text_copy(real, length);
    }
    return text_format("%u", numbering->first + (unsigned)i);
}

/* The system call of a line, which decides what the numbers in it mean. */
struct context {
    const char *call; /* its name */
    size_t length;    /* of that name */
    bool result;      /* the text is after the " = " */
    /* The identifier that the call returns for its first argument, an index;
     * NULL for other calls. */
    const char *listed;
};

static bool is_call(const struct context *context, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strlen(*names) == context->length &&
            memcmp(*names, context->call, context->length) == 0)
            return true;
    return false;
}

/* The calls on an object of System V: the first makes it, the others have it as
 * their first argument. */
static const char *const objects[][5] = {
    [TYPE_MSQID] = {"msgget", "msgctl", "msgsnd", "msgrcv", NULL},
    [TYPE_SHMID] = {"shmget", "shmctl", "shmat", NULL},
    [TYPE_SEMID] = {"semget", "semctl", "semop", "semtimedop", NULL},
};

static bool makes(const struct context *context, int type)
{
    const char *const maker[] = {objects[type][0], NULL};

    return is_call(context, maker);
}

/* The identifier in the line of a call such as msgctl(INDEX, MSG_STAT, ...),
 * which takes an index of the kernel's table and returns the identifier of the
 * object there; NULL for other calls, and if the call has failed. */
static const char *listed_identifier(const struct context *context,
                                     const char *line, size_t length)
{
    static const char *const commands[] = {[TYPE_MSQID] = "MSG_STAT",
                                           [TYPE_SHMID] = "SHM_STAT",
                                           [TYPE_SEMID] = "SEM_STAT"};
    const char *result = memmem(line, length, " = ", 3);

    if (context->call == NULL || result == NULL || result[3] == '-')
        return NULL;
    for (int type = TYPE_MSQID; type < TYPES; type++) {
        const char *const control[] = {objects[type][1], NULL};

        if (is_call(context, control) && memmem(line, length, commands[type],
                                                strlen(commands[type])) != NULL)
            return result + 3;
    }
    return NULL;
}

/* Which numbering, if any, the number at text belongs to; begin is the line. */
static struct numbering *numbering_at(struct numberings *numberings,
                                      const struct context *context,
                                      const char *begin, const char *text)
{
    static const char *const births[] = {
        "fork",   "vfork",  "clone",   "clone3", "wait4",
        "getpid", "gettid", "getppid", "waitid", NULL};
    static const char *const targets[] = {"wait4", "kill", "tgkill", "tkill",
                                          NULL};
    static const char *const waitid[] = {"waitid", NULL};
    static const char *const send[] = {"msgsnd", NULL};
    static const char *const receive[] = {"msgrcv", NULL};
    size_t digits = strspn(text, "0123456789");
    const char *end = text + digits;
    bool first =
        context->call != NULL && text == context->call + context->length + 1;

    if (text - begin >= 6 && text_begins(text - 6, "pipe:["))
        return &numberings->pipes;
    if (context->call == NULL || text[-1] == '-')
        return NULL;
    if ((context->result && is_call(context, births) && *text != '0') ||
        (first && is_call(context, targets)))
        return &numberings->of[TYPE_PID];
    for (int type = TYPE_MSQID; type < TYPES; type++)
        if ((context->result && makes(context, type)) ||
            ((first || text == context->listed) &&
             is_call(context, objects[type] + 1)))
            return &numberings->of[type];
    if (is_call(context, waitid) && text - begin >= 7 &&
        (text_begins(text - 7, "P_PID, ") || text_begins(text - 7, "si_pid=")))
        return &numberings->of[TYPE_PID];
    /* A type of message that is a process ID: {mtype=7, ...}, or the argument
     * of msgrcv() before the last. */
    if (!context->result && numbered(&numberings->of[TYPE_PID], text, digits) &&
        (((is_call(context, send) || is_call(context, receive)) &&
          (text[-1] == '{' || text[-1] == '=')) ||
         (is_call(context, receive) && *end == ',' &&
          end[1 + strcspn(end + 1, ",)\n")] == ')')))
        return &numberings->of[TYPE_PID];
    return NULL;
}

/* Write a key that is a process ID, in hexadecimal. Returns false and writes
 * nothing if it is none. */
static bool key_of_pid(FILE *out, struct numberings *numberings,
                       const char *text)
{
    char *decimal = text_format("%lu", strtoul(text, NULL, 16)), *number;
    bool found = numbered(&numberings->of[TYPE_PID], decimal, strlen(decimal));

    if (found) {
        number = renumber(&numberings->of[TYPE_PID], decimal, strlen(decimal));
        fprintf(out, "%#lx", strtoul(number, NULL, 10));
        free(number);
    }
    free(decimal);
    return found;
}

/* The length of path at the beginning of text, where strace may have written
 * some of its bytes as escapes; 0 if text begins with something else. */
static size_t path_at(const char *text, const char *path)
{
    const char *at = text;

    if (text_begins(text, path)) /* a stack has paths without escapes */
        return strlen(path);
    while (*path != '\0' && *at != '\0' && (char)strace_byte(&at) == *path)
        path++;
    return *path == '\0' ? (size_t)(at - text) : 0;
}

static void rewrite_line(FILE *out, struct numberings *numberings,
                         const char *line, size_t length, const char *root,
                         const char *sandbox)
{
    const char *end = line + length, *text = line;
    struct context context = {0};
    bool quoted = false;

    /* A line begins with the pid of the process and the name of the call. */
    size_t digits = strspn(line, "0123456789");

    if (digits > 0 && line[digits] == ' ') {
        char *pid = renumber(&numberings->of[TYPE_PID], line, digits);

        fprintf(out, "%s ", pid);
        free(pid);
        text += digits;
        while (*text == ' ')
            text++;
    }
    if (text_begins(text, "<... ")) {
        context.call = text + 5;
    } else if (islower((unsigned char)*text)) {
        context.call = text;
    }
    while (context.call != NULL &&
           (isalnum((unsigned char)context.call[context.length]) ||
            context.call[context.length] == '_'))
        context.length++;
    context.listed = listed_identifier(&context, line, length);

    while (text < end) {
        struct numbering *numbering;
        size_t n = strspn(text, "0123456789"), pid, path;

        if ((path = path_at(text, sandbox)) > 0) {
            fputs(".", out);
            text += path;
        } else if ((path = path_at(text, root)) > 0 && text[path] == '/') {
            fputs("\342\200\246", out); /* the ellipsis, as in … */
            text += path;
        } else if (text_begins(text, "/proc/") &&
                   (pid = strspn(text + 6, "0123456789")) > 0 &&
                   numbered(&numberings->of[TYPE_PID], text + 6, pid)) {
            char *number = renumber(&numberings->of[TYPE_PID], text + 6, pid);

            fprintf(out, "/proc/%s", number);
            free(number);
            text += 6 + pid;
        } else if (*text == '\\' && text + 1 < end) {
            fwrite(text, 1, 2, out);
            text += 2;
        } else if (*text == '"') {
            quoted = !quoted;
            putc(*text++, out);
        } else if (quoted) {
            putc(*text++, out);
        } else if (text_begins(text, "/dev/pts/")) {
            fputs("/dev/pts/1", out);
            text += 9 + strspn(text + 9, "0123456789");
        } else if (text_begins(text, "makedev(0x88, ")) { /* that terminal's */
            fputs("makedev(0x88, 0x1)", out);
            text += strcspn(text, ")") + 1;
        } else if (text_begins(text, "0x")) {
            bool key = makes(&context, TYPE_MSQID) ||
                       makes(&context, TYPE_SHMID) ||
                       makes(&context, TYPE_SEMID);

            n = 2 + strspn(text + 2, "0123456789abcdef");
            if (!key || !key_of_pid(out, numberings, text)) {
                if (n > 2 + 5) /* an address, at least 0x400000, or a key */
                    fputs("0x\342\200\246", out);
                else
                    fwrite(text, 1, n, out);
            }
            text += n;
        } else if (n > 0) {
            numbering = numbering_at(numberings, &context, line, text);
            if (numbering != NULL) {
                /* An index gets the number of its object. */
                const char *real =
                    context.listed != NULL ? context.listed : text;
                char *number =
                    renumber(numbering, real, strspn(real, "0123456789"));

                fputs(number, out);
                free(number);
            } else {
                fwrite(text, 1, n, out);
            }
            text += n;
        } else {
            if (text_begins(text, ") "))
                context.result =
                    strncmp(text + 1 + strspn(text + 1, " "), "= ", 2) == 0;
            putc(*text++, out);
        }
    }
    putc('\n', out);
}

/* The pid of the process that the call of a line has made, or 0. */
static long birth(const char *line, size_t length)
{
    static const char *const names[] = {"fork", "vfork", "clone", "clone3"};
    const char *call = line + strspn(line, "0123456789"), *result;
    bool births = false;

    call += strspn(call, " ");
    if (text_begins(call, "<... "))
        call += 5;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        births |= text_begins(call, names[i]) &&
                  strchr("( ", call[strlen(names[i])]) != NULL;
    for (result = line + length; births && result > call; result--)
        if (text_begins(result, " = "))
            return strtol(result + 3, NULL, 10);
    return 0;
}

/* Number the processes of a command: the first, then its children in the order
 * in which it made them, then their children. So the numbers do not depend on
 * which process was faster. Returns where the next command begins. */
static const char *number_processes(const char *trace,
                                    struct numbering *numbering)
{
    struct {
        long parent, child;
    } *births = NULL;
    long *known = NULL;
    size_t n = 0, nknown = 0;

    for (bool first = true; *trace != '\0'; first = false) {
        size_t length = strcspn(trace, "\n");
        long pid = strtol(trace, NULL, 10), child = birth(trace, length);

        if (pid > 0 && nknown == 0) {
            known = array_grow(known, nknown, sizeof *known);
            known[nknown++] = pid;
        } else if (pid == 0 && !first && trace[0] != ' ') {
            break;
        }
        if (pid > 0 && child > 0) {
            births = array_grow(births, n, sizeof *births);
            births[n].parent = pid;
            births[n++].child = child;
        }
        trace += length + (trace[length] == '\n');
    }
    for (size_t i = 0; i < nknown; i++) {
        char *real = text_format("%ld", known[i]);

        free(renumber(numbering, real, strlen(real)));
        free(real);
        for (size_t j = 0; j < n; j++)
            if (births[j].parent == known[i]) {
                known = array_grow(known, nknown, sizeof *known);
                known[nknown++] = births[j].child;
            }
    }
    free(births);
    free(known);
    return trace;
}

char *trace_renumber(const char *trace, struct numberings *numberings,
                     const char *root, const char *sandbox)
{
    char *text = NULL;
    size_t size;
    FILE *out = text_open(&text, &size);

    for (const char *command = trace; *command != '\0';)
        command = number_processes(command, &numberings->of[TYPE_PID]);
    while (*trace != '\0') {
        size_t length = strcspn(trace, "\n");

        if (text_begins(trace, " > ")) /* a place in a source file */
            fprintf(out, "%.*s\n", (int)length, trace);
        else
            rewrite_line(out, numberings, trace, length, root, sandbox);
        trace += length + (trace[length] == '\n');
    }
    fclose(out);
    return text;
}
