/* Tests common/file.c: files are replaced whole, and nothing else is. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "../common/file.h"
#include "../common/memory.h"

static char *directory, *path;

static int make_directory(void **state)
{
    directory = scratch_make();
    path = text_format("%s/file", directory);
    return 0;
}

static int remove_directory(void **state)
{
    free(path);
    scratch_remove(directory);
    return 0;
}

static void assert_content(const char *name, const char *content)
{
    char *is = file_read(name, NULL);

    assert_non_null(is);
    assert_string_equal(is, content);
    free(is);
}

/* Expect that path is not replaced, with this errno and mode, and that no
 * temporary file is left. */
static void refused(int error, mode_t type)
{
    char *temporary = text_format("%s.%ld.new", path, (long)getpid());
    struct stat status;

    errno = 0;
    assert_int_equal(file_replace(path, "new", 3), -1);
    assert_int_equal(errno, error);
    assert_int_equal(lstat(path, &status), 0);
    assert_int_equal(status.st_mode & S_IFMT, type);
    assert_int_equal(access(temporary, F_OK), -1);
    free(temporary);
}

static void a_file_is_made_and_replaced(void **state)
{
    assert_int_equal(file_replace(path, "old", 3), 0);
    assert_content(path, "old");
    assert_int_equal(file_replace(path, "n\0w", 3), 0);
    assert_content(path, "n");
}

static void a_directory_cannot_be_read(void **state)
{
    errno = 0;
    assert_null(file_read(directory, NULL));
    assert_int_equal(errno, EISDIR);
}

static void a_full_device_is_an_error(void **state)
{
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

    assert_int_not_equal(fd, -1);
    errno = 0;
    assert_int_equal(file_write(fd, "new", 3), -1);
    assert_int_equal(errno, ENOSPC);
    close(fd);
}

static void a_device_is_not_replaced(void **state)
{
    if (mknod(path, S_IFCHR | 0600, makedev(1, 3)) == -1)
        SKIP("devices cannot be made here");
    refused(ENOTSUP, S_IFCHR);
}

static void a_fifo_is_not_replaced(void **state)
{
    assert_int_equal(mkfifo(path, 0600), 0);
    refused(ENOTSUP, S_IFIFO);
}

static void a_directory_is_not_replaced(void **state)
{
    assert_int_equal(mkdir(path, 0700), 0);
    refused(EISDIR, S_IFDIR);
}

/* /dev/stdout is such a link, also if standard output is a file. */
static void a_symbolic_link_is_not_replaced(void **state)
{
    char *target = text_format("%s/target", directory);

    assert_int_equal(file_replace(target, "old", 3), 0);
    assert_int_equal(symlink("target", path), 0);
    refused(ENOTSUP, S_IFLNK);
    assert_content(target, "old");
    free(target);
}

static void a_hyphen_stands_for_standard_output(void **state)
{
    int output = dup(STDOUT_FILENO),
        fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600), result;

    assert_true(output != -1 && fd != -1);
    fflush(stdout);
    assert_int_not_equal(dup2(fd, STDOUT_FILENO), -1);
    result = file_replace("-", "new", 3);
    assert_int_not_equal(dup2(output, STDOUT_FILENO), -1);
    close(output);
    close(fd);
    assert_int_equal(result, 0);
    assert_content(path, "new");
    assert_int_equal(access("-", F_OK), -1);
}

int main(void)
{
    struct tests tests = {.setup = make_directory,
                          .teardown = remove_directory};

    ADD(&tests, a_file_is_made_and_replaced);
    ADD(&tests, a_directory_cannot_be_read);
    ADD(&tests, a_full_device_is_an_error);
    ADD(&tests, a_device_is_not_replaced);
    ADD(&tests, a_fifo_is_not_replaced);
    ADD(&tests, a_directory_is_not_replaced);
    ADD(&tests, a_symbolic_link_is_not_replaced);
    ADD(&tests, a_hyphen_stands_for_standard_output);
    return run_all("file", &tests, NULL, NULL);
}
