/* Fuzzes the reader of transcripts. Any bytes must give a message with the line
 * of the fault, or a transcript with the lines of the input. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/memory.h"
#include "../../common/transcript.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Abort unless the text has this line at this number. */
static void check(const char *text, int number, const char *line)
{
    for (; number > 1; number--)
        text = strchr(text, '\n') + 1;
    if (strlen(line) != strcspn(text, "\n") || !text_begins(text, line))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = text_copy((const char *)data, size), *error = NULL;
    struct transcript *t = transcript_parse("t", text, &error);

    if (t == NULL && (strncmp(error, "t:", 2) != 0 || atoi(error + 2) < 1))
        abort();
    if (t != NULL && t->ncommands == 0)
        abort();
    for (size_t i = 0; t != NULL && i < t->ncommands; i++) {
        const struct command *c = &t->commands[i];
        char *line = transcript_line(c, c->text);

        if (c->kind != COMMAND_TYPE || *c->text != '\0') /* "a<" is "a< " */
            check(text, c->number, line);
        for (size_t j = 0; j < c->nlines; j++)
            check(text, c->lines[j].number, c->lines[j].source);
        free(line);
    }
    transcript_free(t);
    free(error);
    free(text);
    return 0;
}
