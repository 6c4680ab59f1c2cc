/* Whole files: read at once, replaced at once. */
#ifndef COMMON_FILE_H
#define COMMON_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Read the file at path to its end.
 *
 * Returns its bytes, followed by a '\0' that *length (bytes, may be NULL) does
 * not count; the caller frees them. Returns NULL and sets errno if the file
 * cannot be opened or read (see open(2), read(2)) or memory is short. */
char *file_read(const char *path, size_t *length);

/* Write all of length bytes of data, in as many calls as needed; interrupted
 * calls are repeated.
 *
 * Returns 0, or -1 with errno set as write(2) does; then some of them may have
 * been written. */
int file_write(int fd, const void *data, size_t length);

/* Replace the file at path by length bytes of data, or leave it unchanged: the
 * data goes to a temporary file PATH.PID.new, which rename(2) then puts in
 * place. If the process is killed before, the temporary file stays. The new
 * file has the mode 0666 without the bits of umask(2), as if it was not there
 * before. The path "-" means standard output.
 *
 * Returns 0, or -1 with errno set; then the old file, if any, is unchanged and
 * the temporary file is gone; a part of the data may be on standard output. A
 * device, a symbolic link and any other file that is not regular are not
 * replaced: errno is ENOTSUP, or EISDIR for a directory. */
int file_replace(const char *path, const char *data, size_t length);

/* Remove the file at path, or a directory with all its entries. Removes a
 * symbolic link, not its target. If mounted is false, does not enter or remove
 * entries on another file system. See nftw(3), FTW_MOUNT.
 *
 * Returns 0, or -1 with errno set if an entry could not be removed; this ends
 * the removal, so that others may be left. */
int file_remove(const char *path, bool mounted);

#endif
