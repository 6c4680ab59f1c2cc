/* restore - makes the current folder as another one.
 *
 * Usage: restore FOLDER
 *
 * Removes each entry that FOLDER does not have, or that differs in mode, size
 * or date. Then copies the missing files. FOLDER has files only. */
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *folder;

static int remove_entry(const char *path, const struct stat *status, int type,
                        struct FTW *place)
{
    (void)status, (void)type, (void)place;
    return remove(path);
}

/* Remove the entry of the current folder unless it is as in FOLDER. */
static void check(const char *name, int original)
{
    struct stat here, there;

    if (fstatat(original, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
        lstat(name, &here) == 0 && here.st_mode == there.st_mode &&
        here.st_size == there.st_size &&
        here.st_mtim.tv_sec == there.st_mtim.tv_sec &&
        here.st_mtim.tv_nsec == there.st_mtim.tv_nsec)
        return;
    if (nftw(name, remove_entry, 8, FTW_DEPTH | FTW_PHYS) != 0)
        err(EXIT_FAILURE, "remove %s", name);
}

/* Copy a file of FOLDER unless it is here. */
static void copy(const char *name, int original)
{
    struct stat status;
    int from, to;

    if (access(name, F_OK) == 0)
        return;
    from = openat(original, name, O_RDONLY);
    if (from == -1 || fstat(from, &status) == -1)
        err(EXIT_FAILURE, "%s/%s", folder, name);
    to = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (to == -1 ||
        sendfile(to, from, NULL, (size_t)status.st_size) != status.st_size ||
        fchmod(to, status.st_mode & 07777) == -1 ||
        futimens(to, (struct timespec[]){status.st_atim, status.st_mtim}) == -1)
        err(EXIT_FAILURE, "%s", name);
    close(from);
    close(to);
}

static void for_each(const char *path, void (*act)(const char *, int),
                     int original)
{
    DIR *entries = opendir(path);

    if (entries == NULL)
        err(EXIT_FAILURE, "%s", path);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            act(entry->d_name, original);
    closedir(entries);
}

int main(int argc, char *argv[])
{
    int original;

    if (argc != 2)
        errx(2, "usage: restore FOLDER");
    folder = argv[1];
    original = open(folder, O_RDONLY | O_DIRECTORY);
    if (original == -1)
        err(EXIT_FAILURE, "%s", folder);
    for_each(".", check, original);
    for_each(folder, copy, original);
    return EXIT_SUCCESS;
}
