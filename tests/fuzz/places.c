/* What libFuzzer feeds to the reader of stack traces and of what addr2line(1)
 * says: the input is a trace, and behind a line "==" that. Any bytes may be
 * there; a line of the trace that is no frame stays as it is. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/memory.h"
#include "../../common/run.h"
#include "../../docs/tools/places.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *said;

/* Instead of the one that runs addr2line. */
int run(const struct run *run, struct run_result *result)
{
    if (strcmp(run->argv[0], "addr2line") != 0)
        abort();
    *result = (struct run_result){.output = text_copy(said, strlen(said)),
                                  .length = strlen(said)};
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = text_copy((const char *)data, size), *end, *placed;
    const char *is, *shall;

    if ((end = strstr(text, "==\n")) != NULL)
        *end = '\0';
    said = end == NULL ? "" : end + 3;
    is = placed = places_resolve(text, "/proc");
    for (shall = text; *shall != '\0';) {
        size_t length = strcspn(shall, "\n");

        if (!text_begins(shall, " > ")) {
            while (text_begins(is, " > ")) /* a place */
                is = strchr(is, '\n') + 1;
            if (strncmp(is, shall, length) != 0 || is[length] != '\n')
                abort();
            is += length + 1;
        }
        shall += length + (shall[length] == '\n');
    }
    free(placed);
    free(text);
    return 0;
}
