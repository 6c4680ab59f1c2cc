/* Fuzzes the comparison of outputs with a transcript. The input is a
 * transcript, then, after a line "==" each, the outputs of its commands. If all
 * outputs match, the values must be numbers; otherwise a report must name the
 * line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/match.h"
#include "../../common/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* End text at its next line "=="; return the text after that line, or NULL. */
static char *cut(char *text)
{
    char *end = text == NULL ? NULL : strstr(text, "==\n");

    if (end == NULL)
        return NULL;
    *end = '\0';
    return end + 3;
}

static void check(const struct transcript *t, const char *report,
                  char *const *values)
{
    if (report != NULL && strncmp(report, "t:", 2) != 0)
        abort();
    for (size_t i = 0; i < t->nvariables; i++)
        if (values[i] != NULL &&
            (report != NULL || *values[i] == '\0' ||
             strspn(values[i], "0123456789") != strlen(values[i])))
            abort();
}

static void forget(const struct transcript *t, char **values)
{
    for (size_t i = 0; i < t->nvariables; i++)
        free(values[i]);
}

static void match(const struct transcript *t, char *outputs)
{
    struct outcome *outcomes =
        array_grow(NULL, 0, t->ncommands * sizeof *outcomes);
    char **values = array_grow(NULL, 0, (t->nvariables + 1) * sizeof *values);
    char *report;

    for (size_t i = 0; i < t->ncommands; i++) {
        outcomes[i] = (struct outcome){outputs, t->commands[i].status};
        outputs = cut(outputs);
    }
    report = match_transcript(t, outcomes, values);
    check(t, report, values);
    forget(t, values);
    if (report != NULL) {
        memset(values, 0, t->nvariables * sizeof *values);
        match_known(t, t->ncommands, outcomes, values);
        check(t, NULL, values);
        forget(t, values);
    }
    free(report);
    free(values);
    free(outcomes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = text_copy((const char *)data, size), *error = NULL;
    char *outputs = cut(text);
    struct transcript *t = transcript_parse("t", text, &error);

    if (t != NULL && t->ncommands <= 8)
        match(t, outputs);
    transcript_free(t);
    free(error);
    free(text);
    return 0;
}
