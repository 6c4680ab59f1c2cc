#include "sleep.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "memory.h"

/* A file of a thread, "/proc/PID/task/TID", to be freed; NULL if it is gone. */
static char *read_thread(const char *thread, const char *file)
{
    char *name = text_format("%s/%s", thread, file);
    char *text = file_read(name, NULL);

    free(name);
    return text;
}

/* How often a thread has gone to sleep; returns false if it is gone. */
static bool read_switches(const char *thread, unsigned long *switches)
{
    static const char name[] = "\nvoluntary_ctxt_switches:";
    char *text = read_thread(thread, "status");
    const char *at = text == NULL ? NULL : strstr(text, name);

    if (at != NULL)
        *switches = strtoul(at + strlen(name), NULL, 10);
    free(text);
    return at != NULL;
}

/* Whether a thread in state S still runs on a processor. Such a thread can
 * return from its call without a sleep, if the event comes that it waits for. A
 * virtual processor can halt in this state for milliseconds. See
 * proc_pid_syscall(5); false if the kernel does not allow the caller to read
 * that file, as for a process of another user. */
static bool is_on_processor(const char *thread)
{
    char *text = read_thread(thread, "syscall");
    bool running = text != NULL && strcmp(text, "running\n") == 0;

    free(text);
    return running;
}

/* Whether a process is of another session, as most are. This costs a tenth of
 * reading its files. */
static bool is_elsewhere(pid_t session, const char *pid)
{
    pid_t its = getsid((pid_t)strtol(pid, NULL, 10));

    return its != -1 && its != session;
}

/* The state of a thread (see proc(5)) if it is of this session, else '\0'. */
static char state_in(pid_t session, const char *thread)
{
    char *text = read_thread(thread, "stat"), state = '\0';
    /* The name of a thread may have any character, even ")"; the fields that
     * follow it have none. */
    const char *fields = text == NULL ? NULL : strrchr(text, ')');
    pid_t its = -1;

    if (fields != NULL)
        /* NOLINTNEXTLINE(cert-err34-c): the kernel writes a number. */
        sscanf(fields, ") %c %*d %*d %d", &state, &its);
    free(text);
    if (its != session)
        state = '\0';
    return state;
}

/* Whether a thread of the session is awake; and print how often it has gone to
 * sleep. A thread that has ended (Z) will not wake up. */
static bool is_thread_awake(pid_t session, const char *thread, FILE *out)
{
    char state = state_in(session, thread);
    unsigned long switches = 0;

    if (state == 'S' &&
        (is_on_processor(thread) || !read_switches(thread, &switches)))
        return true;
    if (state != '\0')
        fprintf(out, "%s %c %lu\n", thread, state, switches);
    return state != '\0' && state != 'S' && state != 'Z';
}

/* The same for all threads of a process; none if it is gone. */
static bool is_process_awake(pid_t session, const char *pid, FILE *out)
{
    char *pattern = text_format("/proc/%s/task/*", pid);
    glob_t threads;
    bool awake = false;

    if (glob(pattern, 0, NULL, &threads) == 0) {
        for (size_t i = 0; i < threads.gl_pathc && !awake; i++)
            awake = is_thread_awake(session, threads.gl_pathv[i], out);
        globfree(&threads);
    }
    free(pattern);
    return awake;
}

/* List each thread of a session with how often it has gone to sleep; NULL if
 * one of them is awake. */
static char *look_at(pid_t session)
{
    DIR *directory = opendir("/proc");
    struct dirent *entry;
    bool awake = false;
    char *text = NULL;
    size_t size;
    FILE *out = text_open(&text, &size);

    if (directory == NULL)
        err(EXIT_FAILURE, "/proc");
    /* A process that has become a zombie is about to wake its parent: both
     * happen under one lock of the kernel, and kill(2) waits for that lock. */
    kill(-session, 0);
    while (!awake && (errno = 0, entry = readdir(directory)) != NULL)
        awake = strspn(entry->d_name, "0123456789") == strlen(entry->d_name) &&
                !is_elsewhere(session, entry->d_name) &&
                is_process_awake(session, entry->d_name, out);
    if (!awake && errno != 0)
        err(EXIT_FAILURE, "/proc");
    closedir(directory);
    fclose(out);
    if (awake) {
        free(text);
        text = NULL;
    }
    return text;
}

bool session_sleeps(pid_t session, char **last)
{
    char *look = look_at(session);
    /* Each thread sleeps in both looks, and none has been awake between them.
     * So there was a moment between the looks at which all of them slept and no
     * thread was left that could have woken another. */
    bool same = look != NULL && *last != NULL && strcmp(look, *last) == 0;

    free(*last);
    *last = look;
    return same;
}
