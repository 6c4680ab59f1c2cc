#include "remember.h"
#include "support.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../common/file.h"
#include "../common/memory.h"

static char *path_of(const char *name)
{
    return text_format("build/%s.ok", name);
}

static char *text_of(uint64_t inputs)
{
    return text_format("%016jx\n", (uintmax_t)inputs);
}

bool is_remembered(const char *name, uint64_t inputs)
{
    char *path = path_of(name), *text = file_read(path, NULL);
    char *expected = text_of(inputs);
    bool same = text != NULL && strcmp(text, expected) == 0;

    free(expected);
    free(text);
    free(path);
    return same;
}

void remember(const char *name, uint64_t inputs)
{
    char *path = path_of(name), *text = text_of(inputs);
    char *directory = text_copy(path, strlen(path));

    mkdir(dirname(directory), 0777);
    free(directory);
    if (file_replace(path, text, strlen(text)) == -1)
        fail_msg("%s: %s", path, strerror(errno));
    free(text);
    free(path);
}
