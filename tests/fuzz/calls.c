/* Fuzzes the lists of calls: any trace that the reader accepts gives lists of
 * whole lines. See "make fuzz". */
#define main calls_main
#include "../../docs/tools/calls.c" /* NOLINT(bugprone-suspicious-include) */
#undef main

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = text_copy((const char *)data, size), *error = NULL, *list;
    struct strace *strace = strace_parse("trace", text, &error);

    for (language = KOREAN; strace != NULL && language <= ENGLISH; language++)
        for (size_t i = 0; i < strace->ncommands; i++) {
            size_t length;
            FILE *out = text_open(&list, &length);
            bool any = show_command(out, &strace->commands[i]);

            fclose(out);
            if (any != (length > 0) || (any && list[length - 1] != '\n'))
                abort();
            free(list);
        }
    strace_free(strace);
    free(error);
    free(text);
    return 0;
}
