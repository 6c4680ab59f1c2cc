#include "sleep.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "memory.h"

/* A file of /proc/PID, to be freed; NULL if the process is gone. */
static char *read_process(const char *pid, const char *file)
{
    char *name = text_format("/proc/%s/%s", pid, file);
    char *text = file_read(name, NULL);

    free(name);
    return text;
}

/* How often a process has gone to sleep; returns false if it is gone. */
static bool read_switches(const char *pid, unsigned long *switches)
{
    static const char name[] = "\nvoluntary_ctxt_switches:";
    char *text = read_process(pid, "status");
    const char *at = text == NULL ? NULL : strstr(text, name);

    if (at != NULL)
        *switches = strtoul(at + strlen(name), NULL, 10);
    free(text);
    return at != NULL;
}

/* Whether a process in state S is still on a processor: it can look for what it
 * waits for, find it, and go on without going to sleep. A virtual processor can
 * halt there for milliseconds. See proc_pid_syscall(5); false if the kernel
 * does not tell, as for a process of another user. */
static bool is_on_processor(const char *pid)
{
    char *text = read_process(pid, "syscall");
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

/* The state of a process (see proc(5)) if it is of this session, else '\0'. */
static char state_in(pid_t session, const char *pid)
{
    char *text = read_process(pid, "stat"), state = '\0';
    /* The name of a process may have any character, even ")"; the fields that
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

/* List each process of a session with how often it has gone to sleep; NULL if
 * one of them is awake. A process that has ended (Z) will not wake up. */
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
    while (!awake && (errno = 0, entry = readdir(directory)) != NULL) {
        unsigned long switches = 0;
        char state = '\0';

        if (strspn(entry->d_name, "0123456789") == strlen(entry->d_name) &&
            !is_elsewhere(session, entry->d_name))
            state = state_in(session, entry->d_name);
        if (state == 'S')
            awake = is_on_processor(entry->d_name) ||
                    !read_switches(entry->d_name, &switches);
        else if (state != '\0' && state != 'Z')
            awake = true;
        if (state != '\0')
            fprintf(out, "%s %c %lu\n", entry->d_name, state, switches);
    }
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
    /* Each process sleeps in both looks, and none has been awake between them.
     * So there was a moment between the looks at which all of them slept and no
     * process was left that could have woken another. */
    bool same = look != NULL && *last != NULL && strcmp(look, *last) == 0;

    free(*last);
    *last = look;
    return same;
}
