#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *file_read(const char *path, size_t *length)
{
    size_t size = 0, used = 0;
    char *data = NULL;
    ssize_t n = 1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd == -1)
        return NULL;
    while (n > 0) {
        if (size - used < 4096) {
            char *more = realloc(data, size = 2 * size + 8192);

            if (more == NULL) {
                n = -1;
                break;
            }
            data = more;
        }
        while ((n = read(fd, data + used, size - used - 1)) == -1 &&
               errno == EINTR)
            ;
        if (n > 0)
            used += (size_t)n;
    }
    int error = errno;

    close(fd);
    if (n == -1) {
        free(data);
        errno = error;
        return NULL;
    }
    data[used] = '\0';
    if (length != NULL)
        *length = used;
    return data;
}

int file_write(int fd, const void *data, size_t length)
{
    const char *rest = data;

    while (length > 0) {
        ssize_t n = write(fd, rest, length);

        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1)
            return -1;
        rest += n;
        length -= (size_t)n;
    }
    return 0;
}

int file_replace(const char *path, const char *data, size_t length)
{
    char *temporary;
    struct stat status;
    int fd, result = -1, error;

    if (strcmp(path, "-") == 0)
        return file_write(STDOUT_FILENO, data, length);
    /* rename(2) would replace a device or a symbolic link to it by a file. */
    if (lstat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : ENOTSUP;
        return -1;
    }
    if (asprintf(&temporary, "%s.%ld.new", path, (long)getpid()) == -1)
        return -1;
    /* A killed process that had the same number may have left it. */
    unlink(temporary);
    fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd != -1) {
        result = file_write(fd, data, length);
        error = errno;
        if (close(fd) == -1)
            result = -1;
        else
            errno = error;
        if (result == 0)
            result = rename(temporary, path);
        error = errno;
        if (result == -1)
            unlink(temporary);
        errno = error;
    }
    error = errno;
    free(temporary);
    errno = error;
    return result;
}

static int remove_entry(const char *path, const struct stat *st, int type,
                        struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

int file_remove(const char *path, bool mounted)
{
    return nftw(path, remove_entry, 16,
                FTW_DEPTH | FTW_PHYS | (mounted ? 0 : FTW_MOUNT));
}
