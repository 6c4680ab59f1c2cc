#include "leftover.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "memory.h"

/* The directories; the beginning of the path by which programs name an entry;
 * and the beginning of an entry that this path leaves out: sem_open(3) makes
 * the entry "sem.demo" for "/demo". */
static const struct {
    const char *directory, *named, *hidden;
} places[] = {
    {"/dev/shm", "/", "sem."},
    {"/dev/mqueue", "/", ""},
    {"/tmp", "/tmp/", ""},
    {"/var/tmp", "/var/tmp/", ""},
};
enum { PLACES = sizeof places / sizeof *places };

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **leftover_before(void)
{
    char **paths = NULL;
    size_t n = 0;

    for (size_t i = 0; i < PLACES; i++) {
        DIR *stream = opendir(places[i].directory);
        struct dirent *entry;

        while (stream != NULL && (entry = readdir(stream)) != NULL) {
            paths = array_grow(paths, n, sizeof *paths);
            paths[n++] =
                text_format("%s/%s", places[i].directory, entry->d_name);
        }
        if (stream != NULL)
            closedir(stream);
    }
    paths = array_grow(paths, n, sizeof *paths); /* NULL at the end */
    qsort(paths, n, sizeof *paths, compare);
    return paths;
}

static bool is_of_name(char c)
{
    return isalnum((unsigned char)c) || strchr("._-", c) != NULL ||
           (unsigned char)c > 0x7f;
}

/* Whether a text has this path as a whole, perhaps with more components. */
static bool has_path(const char *text, const char *path)
{
    size_t length = strlen(path);

    for (const char *at = text; (at = strstr(at, path)) != NULL; at += length) {
        const char *end = at + length;

        /* A full stop after it can be that of a sentence. */
        end += *end == '.' && !is_of_name(end[1]);
        if ((at == text || (!is_of_name(at[-1]) && at[-1] != '/')) &&
            (*end == '\0' || !is_of_name(*end)))
            return true;
    }
    return false;
}

static bool is_named(const struct transcript *t, size_t n,
                     const struct outcome *outcomes, const char *path)
{
    for (size_t i = 0; i < n; i++)
        if (has_path(t->commands[i].text, path) ||
            (outcomes[i].output != NULL && has_path(outcomes[i].output, path)))
            return true;
    return false;
}

/* Whether an entry of a directory, which has this path, is one that the
 * transcript names. */
static bool is_ours(size_t place, const char *entry, const char *path,
                    const struct transcript *t, size_t n,
                    const struct outcome *outcomes)
{
    const char *hidden = places[place].hidden;
    size_t skipped = text_begins(entry, hidden) ? strlen(hidden) : 0;
    char *name = text_format("%s%s", places[place].named, entry + skipped);
    struct stat status;
    bool good =
        lstat(path, &status) == 0 && status.st_uid == geteuid() &&
        (is_named(t, n, outcomes, name) || is_named(t, n, outcomes, path));

    free(name);
    return good;
}

static bool is_in(char *const *paths, size_t n, const char *path)
{
    return n > 0 && bsearch(&path, paths, n, sizeof *paths, compare) != NULL;
}

static void note(char **found, char *what)
{
    if (*found == NULL)
        *found = what;
    else
        free(what);
}

static void remove_entries(const struct transcript *t, size_t n,
                           const struct outcome *outcomes, char *const *before,
                           char **found)
{
    size_t nbefore = 0;

    while (before[nbefore] != NULL)
        nbefore++;
    for (size_t i = 0; i < PLACES; i++) {
        DIR *stream = opendir(places[i].directory);
        struct dirent *entry;

        while (stream != NULL && (entry = readdir(stream)) != NULL) {
            char *path =
                text_format("%s/%s", places[i].directory, entry->d_name);

            if (!is_in(before, nbefore, path) &&
                is_ours(i, entry->d_name, path, t, n, outcomes)) {
                file_remove(path, false);
                note(found, path);
            } else {
                free(path);
            }
        }
        if (stream != NULL)
            closedir(stream);
    }
}

/* Remove an object of System V. Returns its kind and its identifier, or NULL if
 * there is no such object. */
static char *remove_object(enum variable_type type, const char *identifier)
{
    int id = (int)strtol(identifier, NULL, 10);

    if (type == TYPE_MSQID && msgctl(id, IPC_RMID, NULL) == 0)
        return text_format("message queue %d", id);
    if (type == TYPE_SEMID && semctl(id, 0, IPC_RMID) == 0)
        return text_format("semaphore set %d", id);
    if (type == TYPE_SHMID && shmctl(id, IPC_RMID, NULL) == 0)
        return text_format("shared memory segment %d", id);
    return NULL;
}

static void remove_objects(const struct transcript *t, size_t n,
                           const struct outcome *outcomes, char **found)
{
    char **values = array_grow(NULL, 0, (t->nvariables + 1) * sizeof *values);

    match_known(t, n, outcomes, values);
    for (size_t i = 0; i < t->nvariables; i++) {
        char *what = values[i] == NULL
                         ? NULL
                         : remove_object(t->variables[i].type, values[i]);

        if (what != NULL)
            note(found, what);
        free(values[i]);
    }
    free(values);
}

static bool has_objects(const struct transcript *t)
{
    for (size_t i = 0; i < t->nvariables; i++)
        if (t->variables[i].type >= TYPE_MSQID)
            return true;
    return false;
}

char *leftover_remove(const struct transcript *transcript, size_t n,
                      const struct outcome *outcomes, char **before)
{
    char *found = NULL;

    if (has_objects(transcript))
        remove_objects(transcript, n, outcomes, &found);
    remove_entries(transcript, n, outcomes, before, &found);
    for (size_t i = 0; before[i] != NULL; i++)
        free(before[i]);
    free(before);
    return found;
}
