/* inject - runs a command and lets one system call of one program fail, come
 * late or be interrupted.
 *
 * Usage: inject [-j MS] [-f FAULT] [-u PID:STATUS] PROGRAMS LOG COMMAND
 *        [ARGUMENT...]
 *
 * Traces each process of COMMAND while it runs a file of the directory
 * PROGRAMS, without the system calls with which the C library starts. FAULT is
 * PROCESS:PROGRAM:CALL:N:WHAT. PROCESS is 0 for COMMAND, 0.1 for its first
 * child, 0.1.2 for the second child of that. The fault hits the N-th call (from
 * 1) of the name CALL that this process makes while it runs PROGRAM. As N, "*"
 * means each call and "odd" the first, the third and so on; as PROCESS or
 * PROGRAM, "*" means each; a write() to a terminal is then left alone, because
 * the lines of two processes would mix. WHAT is one of
 *
 *   error=NAME     the call fails with this error. It is not made, except for
 *                  close(), and wait4() with ECHILD: see is_made_and_fails()
 *   short=BYTES    read() or write() is made for so many bytes only
 *   before=MS      the call begins so many milliseconds later
 *   after=MS       the call returns so many milliseconds later
 *   signal=NAME    the process gets this signal as it makes the call
 *
 * With -u the process PID gets SIGUSR1 as soon as the program that the fault
 * hit has ended with a status that is neither 0 nor STATUS, and all its
 * descendants have ended. After two seconds inject ends them.
 *
 * LOG gets a line for each event, its words separated by tabs. TOP is the
 * process with which this run of programs began: PROCESS or an ancestor of it.
 *
 *   call TOP PROCESS PROGRAM CALL N RESULT
 *                  a call was made; RESULT is "?" if it did not return
 *   fault TOP PROCESS PROGRAM CALL N WHAT FIRST
 *                  the fault hit; FIRST is the call's first argument
 *   said TOP PROCESS TEXT
 *                  a line was written to standard error
 *   end TOP PROCESS PROGRAM STATUS
 *                  a process ended; STATUS is 128 plus the number of a signal
 *                  that ended it
 *   left TOP PROCESS
 *                  a process still ran two seconds after its program had
 *                  failed, and was ended
 *   kept KIND NAME a queue or a file that the failed program had made still
 *                  existed, and was removed
 *
 * With -j, for the judge of exercises, the processes may not use more than a
 * gigabyte of memory each, or write files of more than 64 megabytes; and LOG
 * also gets these lines:
 *
 *   runs TOP PROCESS PATH
 *                  a program, or a process that began as one, executed a file
 *   inherits TOP PROCESS PATH FD WHAT
 *                  a program executed that file, which inherited a descriptor
 *                  above 2
 *   delay TOP PROCESS PROGRAM CALL
 *                  a call was made that only lets time pass
 *   child TOP PROCESS CHILD
 *                  a process that is about to end has not waited for a child
 *   many NUMBER    there were too many processes; all were ended
 *   where TOP PROCESS CALL FD WHAT
 *                  MS milliseconds after the start of inject, the process was
 *                  in this call; FD and WHAT are the descriptor of its first
 *                  argument, if it has one, else "-"; CALL is "-" if it was in
 *                  no call
 *   holds TOP PROCESS FD
 *                  this process had the other end of that pipe open
 *
 * strace(1) can inject faults, but it counts calls for each process alone, so
 * that one fault hits all processes; it cannot shorten a transfer; and it does
 * not make a close() that fails, while Linux always frees the descriptor (see
 * close(2)). See ptrace(2), PTRACE_GET_SYSCALL_INFO.
 *
 * The exit status is that of COMMAND, or 125 with a message if COMMAND cannot
 * be traced.
 */
#include <dirent.h>
#include <elf.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "kernel_names.h"

enum {
    FAILED = 125,
    GRACE = 2, /* seconds */
    /* With -j. */
    MOST_PROCESSES = 200,
    MOST_MEMORY = 1 << 30, /* bytes of each process */
    MOST_WRITTEN = 64 << 20,
};

/* The calls that the C library makes before main(). */
static const char *const startup[] = {
    "arch_prctl",      "brk",
    "execve",          "futex",
    "getrandom",       "mmap",
    "mmap2",           "mprotect",
    "prlimit64",       "readlink",
    "readlinkat",      "rseq",
    "set_robust_list", "set_thread_area",
    "set_tid_address", "ugetrlimit",
    "uname",
};

static const struct name signals[] = {{"HUP", SIGHUP},
                                      {"INT", SIGINT},
                                      {"TERM", SIGTERM},
                                      {"KILL", SIGKILL},
                                      {"PIPE", SIGPIPE}};
enum { SIGNALS = sizeof signals / sizeof *signals };

#define EACH (~0UL - 1)
#define ODD (~0UL)

enum kind {
    NO_FAULT,
    FAULT_ERROR,
    FAULT_SHORT,
    FAULT_BEFORE,
    FAULT_AFTER,
    FAULT_SIGNAL
};

static struct fault {
    char *process, *program, *call, *what;
    unsigned long n; /* or EACH, or ODD */
    enum kind kind;
    long number; /* the error, the bytes, the milliseconds, the signal */
} fault;

/* A system call that is being made. */
struct entry {
    bool made, faulty;
    const char *name;
    uint64_t args[6];
    unsigned long n;
};

struct process {
    pid_t pid;
    char *name;    /* 0.1.2; NULL until the event of its parent's fork */
    char *program; /* NULL while it runs no file of PROGRAMS */
    size_t top;    /* the index of the process that began this program */
    size_t parent; /* its index */
    bool begun;    /* it, or its parent, has run a file of PROGRAMS */
    bool stopped;  /* it stopped before that event, and waits for it */
    bool fresh;    /* its first SIGSTOP, which ptrace sends, is to come */
    bool started;  /* the C library has started */
    bool ended;
    char *said; /* the begin of a line on standard error; or NULL */
    unsigned nchildren;
    unsigned long counts[CALLS + 1]; /* the last counts calls without a name */
    struct entry entry;
};

static struct process *processes;
static size_t nprocesses;
static char *directory;
static FILE *log_file;
static size_t victim = SIZE_MAX; /* the top of the process of the fault */
static int natural = -1;         /* the status after -u */
static pid_t caller;             /* the process after -u */
static bool failed, told;        /* the victim has failed; SIGUSR1 is sent */
static bool judging, looked;     /* -j; the places were logged */
static struct timespec look;     /* when to log them */
static unsigned nalive;

/* A file or a queue that a process has made. */
struct made {
    size_t process;
    char *file; /* relative to our working directory, or absolute; or NULL */
    int queue;  /* or -1 */
};

static struct made *made;
static size_t nmade;
static size_t delayed = SIZE_MAX; /* a process that goes on at the time wake */
static struct timespec wake;
static struct timespec patience; /* when to end descendants that still run */

/* The index of a call, or CALLS if it has no name here. */
static size_t call_with(long number)
{
    size_t i = 0;

    while (i < CALLS && call_names[i].number != number)
        i++;
    return i;
}

static bool is_startup(const char *name)
{
    for (size_t i = 0; i < sizeof startup / sizeof *startup; i++)
        if (strcmp(name, startup[i]) == 0)
            return true;
    return false;
}

/* The time in so many milliseconds. */
static struct timespec from_now(long ms)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

static struct timespec time_until(const struct timespec *due)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    now.tv_sec = due->tv_sec - now.tv_sec;
    now.tv_nsec = due->tv_nsec - now.tv_nsec;
    if (now.tv_nsec < 0) {
        now.tv_sec--;
        now.tv_nsec += 1000000000;
    }
    return now.tv_sec < 0 ? (struct timespec){0, 0} : now;
}

/* The registers of a system call. -------------------------------------- */

#if defined __x86_64__
#define CALL_REGISTER orig_rax
#define RESULT_REGISTER rax
#define THIRD_REGISTER rdx
#elif defined __i386__
#define CALL_REGISTER orig_eax
#define RESULT_REGISTER eax
#define THIRD_REGISTER edx
#elif defined __aarch64__
#define RESULT_REGISTER regs[0]
#define THIRD_REGISTER regs[2]
#else
#error "the registers of this architecture are missing in inject.c"
#endif

typedef struct user_regs_struct registers;

static registers get_registers(pid_t pid)
{
    registers r = {0};
    struct iovec io = {&r, sizeof r};

    ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &io);
    return r;
}

static void set_registers(pid_t pid, registers *r)
{
    struct iovec io = {r, sizeof *r};

    ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &io);
}

/* Do not make the call that the process is about to make. */
static void skip_call(pid_t pid)
{
#ifdef CALL_REGISTER
    registers r = get_registers(pid);

    r.CALL_REGISTER = (__typeof__(r.CALL_REGISTER))-1;
    set_registers(pid, &r);
#else
    int none = -1;
    struct iovec io = {&none, sizeof none};

    ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &io);
#endif
}

static void set_result(pid_t pid, long result)
{
    registers r = get_registers(pid);

    r.RESULT_REGISTER = (__typeof__(r.RESULT_REGISTER))result;
    set_registers(pid, &r);
}

static void set_third(pid_t pid, uint64_t value)
{
    registers r = get_registers(pid);

    r.THIRD_REGISTER = (__typeof__(r.THIRD_REGISTER))value;
    set_registers(pid, &r);
}

/* The log. ---------------------------------------------------------------- */

/* The bytes at an address of a process, terminated; the caller frees them. */
static char *memory_of(pid_t pid, uint64_t address, size_t length)
{
    char *data = calloc(1, length + 1);
    struct iovec ours = {data, length},
                 theirs = {(void *)(uintptr_t)address, length};

    if (data == NULL)
        err(FAILED, "calloc");
    if (process_vm_readv(pid, &ours, 1, &theirs, 1, 0) == -1)
        data[0] = '\0';
    return data;
}

/* The string at an address, up to the end of its page; the caller frees it. */
static char *string_of(pid_t pid, uint64_t address)
{
    return memory_of(pid, address, 4096 - address % 4096);
}

/* The beginning of a line of the log. */
static void log_process(const char *what, const struct process *p)
{
    fprintf(log_file, "%s\t%s\t%s\t", what, processes[p->top].name, p->name);
}

/* Write whole lines only, because two processes may write parts of lines by
 * turns.
 */
static void log_said(struct process *p, const char *text, size_t length)
{
    char *all = text_format("%s%.*s", p->said == NULL ? "" : p->said,
                            (int)length, text),
         *rest = all, *end;

    for (; (end = strchr(rest, '\n')) != NULL; rest = end + 1) {
        log_process("said", p);
        fprintf(log_file, "%.*s\n", (int)(end - rest), rest);
    }
    free(p->said);
    p->said = text_copy(rest, strlen(rest));
    free(all);
}

static void log_call(const struct process *p, const char *result)
{
    log_process("call", p);
    fprintf(log_file, "%s\t%s\t%lu\t%s\n", p->program, p->entry.name,
            p->entry.n, result);
}

/* Whether a process is the other one or a descendant of it. */
static bool descends(const struct process *p, const struct process *from)
{
    return p->name != NULL && text_begins(p->name, from->name) &&
           strchr(".", p->name[strlen(from->name)]) != NULL;
}

/* Note the file or the queue that the call has made. */
static void note_made(const struct process *p, long result)
{
    const char *name = p->entry.name;
    const uint64_t *args = p->entry.args;
    struct made new = {.process = (size_t)(p - processes), .queue = -1};
    uint64_t path = 0;

    if (strcmp(name, "msgget") == 0 &&
        ((key_t)args[0] == IPC_PRIVATE || (args[1] & IPC_CREAT) != 0))
        new.queue = (int)result;
    else if (strcmp(name, "mknod") == 0)
        path = args[0];
    else if (strcmp(name, "mknodat") == 0)
        path = args[1];
    else
        return;
    if (path != 0)
        new.file = string_of(p->pid, path);
    made = array_grow(made, nmade, sizeof *made);
    made[nmade++] = new;
}

/* Remove the files and queues that the failed program has left. */
static void remove_made(void)
{
    for (size_t i = 0; i < nmade; i++) {
        if (!descends(&processes[made[i].process], &processes[victim]))
            continue;
        if (made[i].file != NULL && unlink(made[i].file) == 0)
            fprintf(log_file, "kept\tfile\t%s\n", made[i].file);
        if (made[i].queue != -1 && msgctl(made[i].queue, IPC_RMID, NULL) == 0)
            fprintf(log_file, "kept\tqueue\t%d\n", made[i].queue);
    }
}

static void log_output(struct process *p, long result)
{
    const char *name = p->entry.name;
    const uint64_t *args = p->entry.args;
    struct iovec *parts;
    char *text;

    if (args[0] != STDERR_FILENO || result <= 0)
        return;
    if (strcmp(name, "write") == 0) {
        text = memory_of(p->pid, args[1], (size_t)result);
        log_said(p, text, (size_t)result);
        free(text);
    } else if (strcmp(name, "writev") == 0) {
        parts =
            (struct iovec *)memory_of(p->pid, args[1], args[2] * sizeof *parts);
        for (uint64_t i = 0; i < args[2]; i++) {
            text = memory_of(p->pid, (uint64_t)(uintptr_t)parts[i].iov_base,
                             parts[i].iov_len);
            log_said(p, text, parts[i].iov_len);
            free(text);
        }
        free(parts);
    }
}

/* The processes. ---------------------------------------------------------- */

static size_t find(pid_t pid)
{
    for (size_t i = nprocesses; i-- > 0;)
        if (processes[i].pid == pid && !processes[i].ended)
            return i;
    processes = array_grow(processes, nprocesses, sizeof *processes);
    processes[nprocesses].pid = pid;
    processes[nprocesses].fresh = true;
    return nprocesses++;
}

static void resume(size_t i, int signal_number)
{
    const struct process *p = &processes[i];

    ptrace(p->program == NULL ? PTRACE_CONT : PTRACE_SYSCALL, p->pid, NULL,
           (void *)(intptr_t)signal_number);
}

/* The name of the file that it runs, if that is in PROGRAMS, or NULL. */
static char *program_of(pid_t pid)
{
    char *link = text_format("/proc/%d/exe", (int)pid), exe[PATH_MAX];
    ssize_t n = readlink(link, exe, sizeof exe - 1);
    char *slash;

    free(link);
    if (n == -1)
        return NULL;
    exe[n] = '\0';
    slash = strrchr(exe, '/');
    if (slash == NULL || strncmp(exe, directory, (size_t)(slash - exe)) != 0 ||
        directory[slash - exe] != '\0')
        return NULL;
    return text_copy(slash + 1, strlen(slash + 1));
}

/* Whether a word of the fault means this name. */
static bool means(const char *word, const char *name)
{
    return strcmp(word, "*") == 0 || strcmp(word, name) == 0;
}

/* The file that a descriptor of the process leads to; the caller frees it. */
static char *file_of(const struct process *p, int fd)
{
    char *link = text_format("/proc/%d/fd/%d", (int)p->pid, fd), file[PATH_MAX];
    ssize_t n = readlink(link, file, sizeof file);

    free(link);
    return text_copy(file, n == -1 ? 0 : (size_t)n);
}

static bool is_terminal(const struct process *p, int fd)
{
    char *file = file_of(p, fd);
    bool is = text_begins(file, "/dev/pts/") || text_begins(file, "/dev/tty");

    free(file);
    return is;
}

static bool is_faulty(const struct process *p)
{
    unsigned long n = p->entry.n;

    if (fault.kind == NO_FAULT || strcmp(fault.call, p->entry.name) != 0 ||
        !means(fault.process, p->name) || !means(fault.program, p->program))
        return false;
    if (fault.n != EACH && fault.n != ODD)
        return n == fault.n;
    return (fault.n == EACH || n % 2 == 1) &&
           !(text_begins(fault.call, "write") &&
             is_terminal(p, (int)p->entry.args[0]));
}

/* What the judge has to know. -------------------------------------------- */

/* Whether a call, which begins, only lets time pass. */
static bool is_delay(const struct entry *call)
{
    static const char *const names[] = {"nanosleep",     "clock_nanosleep",
                                        "alarm",         "setitimer",
                                        "timer_settime", "timerfd_settime"};
    const char *name = call->name;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    /* poll() and select() without a descriptor. */
    return ((strcmp(name, "poll") == 0 || strcmp(name, "ppoll") == 0) &&
            call->args[1] == 0) ||
           (strstr(name, "select") != NULL && call->args[0] == 0);
}

/* A process is about to end. Log the children for which it has not waited: they
 * still have it as their parent in /proc. */
static void log_children(size_t i)
{
    for (size_t c = 0; c < nprocesses; c++) {
        char *path = text_format("/proc/%d/stat", (int)processes[c].pid), *stat;
        int parent = 0;

        if (processes[c].name != NULL && processes[c].parent == i && c != i &&
            (stat = file_read(path, NULL)) != NULL) {
            sscanf(strrchr(stat, ')'), ") %*c %d", &parent);
            free(stat);
        }
        free(path);
        if (parent != processes[i].pid)
            continue;
        log_process("child", &processes[i]);
        fprintf(log_file, "%s\n", processes[c].name);
    }
}

/* The access to a file, or NULL if that is not known. */
static const char *access_of(const struct process *p, const char *fd)
{
    char *path = text_format("/proc/%d/fdinfo/%s", (int)p->pid, fd);
    char *info = file_read(path, NULL), *flags;
    const char *access = NULL;

    if (info != NULL && (flags = strstr(info, "flags:")) != NULL)
        switch (strtoul(flags + strlen("flags:"), NULL, 8) & O_ACCMODE) {
        case O_RDONLY:
            access = "read";
            break;
        case O_WRONLY:
            access = "write";
            break;
        }
    free(info);
    free(path);
    return access;
}

/* Log who has the other end of a pipe open. file is its name in /proc. */
static void log_holders(const char *file, const char *access)
{
    for (size_t i = 0; i < nprocesses; i++) {
        const struct process *p = &processes[i];
        char *name = text_format("/proc/%d/fd", (int)p->pid), *other;
        DIR *all = p->ended || p->name == NULL ? NULL : opendir(name);
        struct dirent *entry;

        free(name);
        while (all != NULL && (entry = readdir(all)) != NULL) {
            const char *own = access_of(p, entry->d_name);

            other = file_of(p, atoi(entry->d_name));
            if (strcmp(other, file) == 0 && own != NULL &&
                strcmp(own, access) != 0) {
                log_process("holds", p);
                fprintf(log_file, "%s\n", entry->d_name);
            }
            free(other);
        }
        if (all != NULL)
            closedir(all);
    }
}

static bool takes_descriptor(const char *call)
{
    static const char *const names[] = {"read",   "write",    "readv", "writev",
                                        "splice", "sendfile", "fsync"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(call, names[i]) == 0)
            return true;
    return false;
}

/* Log where a process is. */
static void log_where(const struct process *p)
{
    const struct entry *call = &p->entry;
    char *fd = text_format("%d", (int)call->args[0]), *file;
    const char *access;

    log_process("where", p);
    if (!call->made || !takes_descriptor(call->name)) {
        fprintf(log_file, "%s\t-\t-\n", call->made ? call->name : "-");
        free(fd);
        return;
    }
    file = file_of(p, (int)call->args[0]);
    access = access_of(p, fd);
    fprintf(log_file, "%s\t%s\t", call->name, fd);
    if (text_begins(file, "pipe:") && access != NULL) {
        fprintf(log_file, "the %s end of a pipe\n", access);
        log_holders(file, access);
    } else {
        fprintf(log_file, "%s\n", file);
    }
    free(file);
    free(fd);
}

/* Log where all processes are, once it is time for that. */
static void look_when_due(void)
{
    struct timespec left;

    if (!judging || looked)
        return;
    left = time_until(&look);
    if (left.tv_sec > 0 || left.tv_nsec > 0)
        return;
    looked = true;
    for (size_t i = 0; i < nprocesses; i++)
        if (!processes[i].ended && processes[i].program != NULL)
            log_where(&processes[i]);
}

/* Log what a process inherits as it executes this file. */
static void log_inherited(const struct process *p, const char *path)
{
    char *name = text_format("/proc/%d/fd", (int)p->pid), *file;
    DIR *directory_stream = opendir(name);
    struct dirent *entry;

    free(name);
    while (directory_stream != NULL &&
           (entry = readdir(directory_stream)) != NULL) {
        int fd = atoi(entry->d_name);
        const char *access = access_of(p, entry->d_name);

        if (fd <= STDERR_FILENO)
            continue;
        file = file_of(p, fd);
        log_process("inherits", p);
        if (text_begins(file, "pipe:") && access != NULL)
            fprintf(log_file, "%s\t%d\tthe %s end of a pipe\n", path, fd,
                    access);
        else
            fprintf(log_file, "%s\t%d\t%s\n", path, fd, file);
        free(file);
    }
    if (directory_stream != NULL)
        closedir(directory_stream);
}

/* A process that has begun has executed a file. */
static void log_executed(const struct process *p)
{
    char *link = text_format("/proc/%d/exe", (int)p->pid), path[PATH_MAX];
    ssize_t n = readlink(link, path, sizeof path - 1);

    free(link);
    if (n == -1)
        return;
    path[n] = '\0';
    log_process("runs", p);
    fprintf(log_file, "%s\n", path);
    if (p->program != NULL)
        log_inherited(p, path);
}

/* Count a new process. With -j, end if there are too many; the kernel then
 * kills all of them (PTRACE_O_EXITKILL). */
static void count_born(void)
{
    if (++nalive <= MOST_PROCESSES || !judging)
        return;
    fprintf(log_file, "many\t%u\n", nalive);
    fclose(log_file);
    exit(FAILED);
}

/* Limit what a learner's program may use. */
static void limit(void)
{
    const struct rlimit memory = {MOST_MEMORY, MOST_MEMORY},
                        written = {MOST_WRITTEN, MOST_WRITTEN};

    if (setrlimit(RLIMIT_AS, &memory) == -1 ||
        setrlimit(RLIMIT_FSIZE, &written) == -1)
        err(FAILED, "setrlimit");
}

/* close() frees the descriptor even if it fails, and after ECHILD no child is
 * left. */
static bool is_made_and_fails(const char *name)
{
    return strcmp(name, "close") == 0 ||
           (strcmp(name, "wait4") == 0 && fault.number == ECHILD);
}

/* A system call begins. Returns whether the process goes on at once. */
static bool enter(size_t i, const struct __ptrace_syscall_info *info)
{
    struct process *p = &processes[i];
    size_t call = call_with((long)info->entry.nr);
    const char *name = call < CALLS ? call_names[call].name : "unknown";

    if (!p->started && is_startup(name))
        return true;
    p->started = true;
    p->entry =
        (struct entry){.made = true, .name = name, .n = ++p->counts[call]};
    memcpy(p->entry.args, info->entry.args, sizeof p->entry.args);
    p->entry.faulty = is_faulty(p);
    if (judging && is_delay(&p->entry)) {
        log_process("delay", p);
        fprintf(log_file, "%s\t%s\n", p->program, name);
    }
    if (text_begins(name, "exit")) { /* it never returns */
        if (judging)
            log_children(i);
        log_call(p, "?");
        p->entry.made = false;
    }
    if (!p->entry.faulty)
        return true;
    log_process("fault", p);
    fprintf(log_file, "%s\t%s\t%lu\t%s\t%d\n", p->program, name, p->entry.n,
            fault.what, (int)p->entry.args[0]);
    victim = p->top;
    if (fault.kind == FAULT_ERROR && !is_made_and_fails(name))
        skip_call(p->pid);
    if (fault.kind == FAULT_SHORT)
        set_third(p->pid, (uint64_t)fault.number);
    if (fault.kind == FAULT_SIGNAL)
        syscall(SYS_tgkill, p->pid, p->pid, fault.number);
    if (fault.kind == FAULT_BEFORE) {
        wake = from_now(fault.number);
        delayed = i;
    }
    return fault.kind != FAULT_BEFORE;
}

/* A system call ends. Returns whether the process goes on at once. */
static bool leave(size_t i, const struct __ptrace_syscall_info *info)
{
    struct process *p = &processes[i];
    long result = (long)info->exit.rval;
    char text[32];
    bool on = true;

    if (!p->entry.made)
        return true;
    p->entry.made = false;
    if (p->entry.faulty && fault.kind == FAULT_ERROR) {
        result = -fault.number;
        set_result(p->pid, result);
    }
    if (p->entry.faulty && fault.kind == FAULT_SHORT)
        set_third(p->pid, p->entry.args[2]);
    if (p->entry.faulty && fault.kind == FAULT_AFTER) {
        wake = from_now(fault.number);
        delayed = i;
        on = false;
    }
    snprintf(text, sizeof text, "%ld", result);
    log_call(p, text);
    if (!info->exit.is_error && result >= 0) {
        note_made(p, result);
        log_output(p, result);
    }
    return on;
}

/* A process has made a child. */
static void born(size_t maker, pid_t pid)
{
    size_t i = find(pid);
    struct process *p = &processes[i], *m = &processes[maker];

    p->name = text_format("%s.%u", m->name, ++m->nchildren);
    p->program =
        m->program == NULL ? NULL : text_copy(m->program, strlen(m->program));
    p->top = m->top;
    p->parent = maker;
    p->begun = m->begun;
    p->started = true;
    count_born();
    if (p->stopped)
        resume(i, 0);
    p->stopped = false;
}

/* A process runs another file. */
static void executed(size_t i)
{
    struct process *p = &processes[i];
    char *program = program_of(p->pid);

    if (p->entry.made) {
        p->entry.made = false;
        log_call(p, "0");
    }
    /* The signal of the fault hits the process after its execve(). Keep the
     * name of the program before, because that made the call. */
    if (program == NULL && p->entry.faulty && fault.kind == FAULT_SIGNAL)
        return;
    if (judging && p->begun)
        log_executed(p);
    if (p->program == NULL && program != NULL)
        p->top = i;
    free(p->program);
    p->program = program;
    p->begun |= program != NULL;
    p->started = false;
    memset(p->counts, 0, sizeof p->counts);
}

/* A process has ended with this wait status. */
static void ended(size_t i, int status)
{
    struct process *p = &processes[i];

    status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    p->ended = true;
    nalive--;
    if (p->name == NULL || p->program == NULL)
        return;
    if (p->entry.made)
        log_call(p, "?");
    if (p->said != NULL && *p->said != '\0')
        log_said(p, "\n", 1);
    log_process("end", p);
    fprintf(log_file, "%s\t%d\n", p->program, status);
    if (i == victim && status != 0 && status != natural) {
        failed = true;
        patience = from_now(GRACE * 1000);
    }
}

/* The program that the fault hit has failed: send SIGUSR1 when all its
 * descendants have ended, or end them if they are late. */
static void tell(bool late)
{
    bool alive = false;

    for (size_t i = 0; i < nprocesses; i++)
        if (!processes[i].ended &&
            descends(&processes[i], &processes[victim])) {
            alive = true;
            if (late) {
                log_process("left", &processes[i]);
                putc('\n', log_file);
                kill(processes[i].pid, SIGKILL);
            }
        }
    if (alive && !late)
        return;
    told = true;
    remove_made();
    kill(caller, SIGUSR1);
}

/* A process has stopped or ended. */
static void handle(pid_t pid, int status)
{
    size_t i = find(pid);
    struct process *p = &processes[i];
    struct __ptrace_syscall_info info;
    unsigned long message = 0;
    int signal_number, event = status >> 16;

    if (WIFEXITED(status) || WIFSIGNALED(status)) {
        ended(i, status);
        return;
    }
    if (p->name == NULL) {
        p->stopped = true;
        p->fresh = false;
        return;
    }
    signal_number = WSTOPSIG(status);
    if (event == PTRACE_EVENT_EXEC) {
        executed(i);
        signal_number = 0;
    } else if (event != 0) {
        ptrace(PTRACE_GETEVENTMSG, pid, NULL, &message);
        born(i, (pid_t)message);
        signal_number = 0;
    } else if (signal_number == (SIGTRAP | 0x80)) {
        bool on = true;

        signal_number = 0;
        if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof info, &info) >
                0 &&
            p->program != NULL)
            on = info.op == PTRACE_SYSCALL_INFO_ENTRY  ? enter(i, &info)
                 : info.op == PTRACE_SYSCALL_INFO_EXIT ? leave(i, &info)
                                                       : true;
        if (!on)
            return;
    } else if (signal_number == SIGSTOP && p->fresh) {
        p->fresh = false;
        signal_number = 0;
    }
    resume(i, signal_number);
}

/* The command line. ------------------------------------------------------- */

static long number_named(const struct name *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i].name, name) == 0)
            return names[i].number;
    errx(FAILED, "%s: there is no such name", name);
}

static long number_after(const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);

    if (end == text || *end != '\0' || number < 0)
        errx(FAILED, "\"%s\" is not a number", text);
    return number;
}

static void parse_caller(char *text)
{
    char *pid = strsep(&text, ":");

    if (text == NULL)
        errx(FAILED, "-u takes PID:STATUS");
    caller = (pid_t)number_after(pid);
    natural = (int)number_after(text);
}

static unsigned long occurrence(const char *text)
{
    return strcmp(text, "*") == 0     ? EACH
           : strcmp(text, "odd") == 0 ? ODD
                                      : (unsigned long)number_after(text);
}

static void parse_fault(char *text)
{
    char *words[5], *number;

    for (int i = 0; i < 5; i++)
        if ((words[i] = i < 4 ? strsep(&text, ":") : text) == NULL)
            errx(FAILED, "a fault is PROCESS:PROGRAM:CALL:N:WHAT");
    fault = (struct fault){.process = words[0],
                           .program = words[1],
                           .call = words[2],
                           .n = occurrence(words[3]),
                           .what = words[4]};
    number_named(call_names, CALLS, fault.call);
    number = fault.what + strcspn(fault.what, "=");
    number += *number == '=';
    if (text_begins(fault.what, "error=")) {
        fault.kind = FAULT_ERROR;
        fault.number = number_named(error_names, ERRORS, number);
    } else if (text_begins(fault.what, "signal=")) {
        fault.kind = FAULT_SIGNAL;
        fault.number = number_named(signals, SIGNALS, number);
    } else {
        fault.kind = text_begins(fault.what, "short=")    ? FAULT_SHORT
                     : text_begins(fault.what, "before=") ? FAULT_BEFORE
                     : text_begins(fault.what, "after=")  ? FAULT_AFTER
                                                          : NO_FAULT;
        if (fault.kind == NO_FAULT)
            errx(FAILED, "%s: there is no such fault", fault.what);
        fault.number = number_after(number);
    }
    /* One process at a time can be delayed. */
    if ((fault.kind == FAULT_BEFORE || fault.kind == FAULT_AFTER) &&
        (fault.n == EACH || fault.n == ODD))
        errx(FAILED, "%s: a delay needs the number of one call", fault.what);
}

static pid_t start(char *const argv[])
{
    const sigset_t *none = &(sigset_t){0};
    pid_t pid = fork();

    if (pid == -1)
        err(FAILED, "fork");
    if (pid > 0)
        return pid;
    sigprocmask(SIG_SETMASK, none, NULL);
    if (judging)
        limit();
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1)
        err(FAILED, "ptrace");
    raise(SIGSTOP);
    execvp(argv[0], argv);
    err(FAILED, "%s", argv[0]);
}

static bool anyone(void)
{
    for (size_t i = 0; i < nprocesses; i++)
        if (!processes[i].ended)
            return true;
    return false;
}

/* Wait until a process stops or ends, or until a delay is over. */
static void wait_for_events(void)
{
    struct timespec left = time_until(delayed != SIZE_MAX  ? &wake
                                      : judging && !looked ? &look
                                                           : &patience);
    sigset_t child;
    size_t i = delayed;

    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    if (judging && !looked) {
        sigtimedwait(&child, NULL, &left);
    } else if (delayed == SIZE_MAX && (!failed || told || natural == -1)) {
        sigwaitinfo(&child, NULL);
    } else if (sigtimedwait(&child, NULL, &left) == -1 && errno == EAGAIN) {
        delayed = SIZE_MAX;
        if (i != SIZE_MAX)
            resume(i, 0);
        else
            tell(true);
    }
}

int main(int argc, char *argv[])
{
    const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
                         PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                         PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    int option, status, last = 0;
    const char *path;
    sigset_t child;
    pid_t pid;

    while ((option = getopt(argc, argv, "+j:f:u:")) != -1)
        if (option == 'j') {
            judging = true;
            look = from_now(number_after(optarg));
        } else if (option == 'f')
            parse_fault(optarg);
        else if (option == 'u')
            parse_caller(optarg);
        else
            return FAILED;
    if (argc - optind < 3)
        errx(FAILED,
             "usage: inject [-j MS] [-f FAULT] [-u PID:STATUS] PROGRAMS "
             "LOG COMMAND [ARGUMENT...]");
    if ((directory = realpath(argv[optind], NULL)) == NULL)
        err(FAILED, "%s", argv[optind]);
    path = argv[optind + 1];
    /* Flush each line, because a signal ends inject when a program hangs. */
    if ((log_file = fopen(path, "we")) == NULL ||
        setvbuf(log_file, NULL, _IOLBF, 1 << 16) != 0)
        err(FAILED, "%s", path);

    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    pid = start(argv + optind + 2);
    find(pid);
    processes[0].name = text_copy("0", 1);
    nalive = 1;
    if (waitpid(pid, &status, __WALL) == -1 || !WIFSTOPPED(status))
        return FAILED; /* the child has printed the reason */
    if (ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)options) == -1)
        err(FAILED, "PTRACE_SETOPTIONS");
    processes[0].fresh = false;
    resume(0, 0);
    while (anyone()) {
        pid_t one = waitpid(-1, &status, __WALL | WNOHANG);

        look_when_due();
        if (one == 0) {
            wait_for_events();
            continue;
        }
        if (one == -1)
            err(FAILED, "waitpid");
        handle(one, status);
        if (one == pid && (WIFEXITED(status) || WIFSIGNALED(status)))
            last = WIFEXITED(status) ? WEXITSTATUS(status)
                                     : 128 + WTERMSIG(status);
        if (failed && !told && natural != -1)
            tell(false);
    }
    if (fclose(log_file) == EOF)
        err(FAILED, "%s", path);
    return last;
}
