#include "input_hash.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../common/file.h"
#include "../common/memory.h"

/* FNV-1a. */
static uint64_t hash_bytes(uint64_t hash, const char *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)data[i]) * 0x100000001b3;
    return hash;
}

uint64_t hash_nothing(void)
{
    return 0xcbf29ce484222325;
}

uint64_t hash_text(uint64_t hash, const char *text)
{
    return hash_bytes(hash, text, strlen(text) + 1);
}

uint64_t hash_file(uint64_t hash, const char *path)
{
    size_t length;
    char *data = file_read(path, &length);

    if (data == NULL)
        return hash_text(hash, "missing");
    hash = hash_bytes(hash, data, length);
    free(data);
    return hash;
}

uint64_t hash_judge(void)
{
    static uint64_t hash;
    struct utsname kernel;

    if (hash != 0)
        return hash;
    uname(&kernel);
    hash = hash_file(hash_nothing(), "/proc/self/exe");
    hash = hash_text(hash, kernel.release);
    return hash = hash_text(hash, geteuid() == 0 ? "root" : "user");
}

uint64_t hash_transcript(uint64_t hash, const char *path, const char *programs)
{
    char *text = file_read(path, NULL), *rest = text;

    hash = hash_file(hash, path);
    while (rest != NULL && (rest = strchr(rest, '/')) != NULL) {
        int length = (int)strspn(++rest, "abcdefghijklmnopqrstuvwxyz"
                                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                         "0123456789-_");
        char *program = text_format("%s/%.*s", programs, length, rest);

        if (length > 0 && access(program, X_OK) == 0)
            hash = hash_file(hash, program);
        free(program);
    }
    free(text);
    return hash;
}
