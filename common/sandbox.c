#include "sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "memory.h"

static int link_files(const char *sandbox, const char *directory,
                      const char *ending)
{
    char *real = realpath(directory, NULL);
    DIR *stream = real == NULL ? NULL : opendir(real);
    struct dirent *entry;
    int result = stream == NULL ? -1 : 0;

    while (result == 0) {
        size_t length, tail = strlen(ending);
        char *target = NULL, *name = NULL;

        errno = 0;
        if ((entry = readdir(stream)) == NULL) {
            result = errno == 0 ? 0 : -1;
            break;
        }
        length = strlen(entry->d_name);
        if (entry->d_name[0] == '.' || length < tail ||
            strcmp(entry->d_name + length - tail, ending) != 0)
            continue;
        /* text_format() could end the process before the sandbox is removed.
         */
        if (asprintf(&target, "%s/%s", real, entry->d_name) == -1 ||
            asprintf(&name, "%s/%s", sandbox, entry->d_name) == -1 ||
            (symlink(target, name) == -1 && errno != EEXIST))
            result = -1;
        free(target);
        free(name);
    }
    int error = errno;

    if (stream != NULL)
        closedir(stream);
    free(real);
    errno = error;
    return result;
}

/* A new directory, with the number of this process in its name. */
static char *make_new(const char *parent)
{
    char *real = realpath(parent, NULL), *name;

    for (int n = 1; real != NULL; n++) {
        name = text_format("%s/sandbox.%d.%ld.new", real, n, (long)getpid());
        if (mkdir(name, 0700) == 0) {
            free(real);
            return name;
        }
        free(name);
        /* The name may be in use: by a sandbox of this process, or by one that
         * a killed process with the same number left. */
        if (errno != EEXIST)
            break;
    }
    int error = errno;

    free(real);
    errno = error;
    return NULL;
}

char *sandbox_make(const char *parent, const char *changed,
                   const char *programs, const char *sources)
{
    char *sandbox = make_new(parent);

    if (sandbox == NULL)
        return NULL;
    if ((changed != NULL && link_files(sandbox, changed, "") == -1) ||
        link_files(sandbox, programs, "") == -1 ||
        link_files(sandbox, sources, ".c") == -1) {
        int error = errno;

        sandbox_remove(sandbox);
        errno = error;
        return NULL;
    }
    return sandbox;
}

static bool is_later(struct statx_timestamp a, struct statx_timestamp b)
{
    return a.tv_sec > b.tv_sec ||
           (a.tv_sec == b.tv_sec && a.tv_nsec > b.tv_nsec);
}

/* The target of a link that sandbox_make() has made, if the target was born
 * before the link and written to after it; else NULL. The caller frees it. The
 * date of a change is compared, as that of a write may be in the future. Dates
 * advance in ticks of some milliseconds: a file with the date of the link may
 * have been born after it. */
static char *written_through(const char *link)
{
    char target[PATH_MAX];
    ssize_t length = readlink(link, target, sizeof target - 1);
    struct statx made, file;

    if (length <= 0)
        return NULL;
    target[length] = '\0';
    if (target[0] != '/' ||
        strcmp(strrchr(target, '/'), strrchr(link, '/')) != 0 ||
        statx(AT_FDCWD, link, AT_SYMLINK_NOFOLLOW, STATX_MTIME, &made) == -1 ||
        statx(AT_FDCWD, target, 0, STATX_TYPE | STATX_CTIME | STATX_BTIME,
              &file) == -1 ||
        !S_ISREG(file.stx_mode) || !(file.stx_mask & STATX_BTIME) ||
        !is_later(made.stx_mtime, file.stx_btime) ||
        !is_later(file.stx_ctime, made.stx_mtime))
        return NULL;
    return text_copy(target, (size_t)length);
}

char *sandbox_written(const char *sandbox)
{
    DIR *stream = opendir(sandbox);
    struct dirent *entry;
    char *written = NULL;

    while (stream != NULL && written == NULL &&
           (entry = readdir(stream)) != NULL) {
        char *link = text_format("%s/%s", sandbox, entry->d_name);

        written = written_through(link);
        free(link);
    }
    if (stream != NULL)
        closedir(stream);
    return written;
}

int sandbox_remove(char *sandbox)
{
    int result = file_remove(sandbox, true);

    if (result == 0)
        free(sandbox);
    return result;
}
