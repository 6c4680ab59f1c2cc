/* Comparing the output of commands with a transcript. */
#ifndef COMMON_MATCH_H
#define COMMON_MATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "transcript.h"

/* The result of one block of a transcript. */
struct outcome {
    /* All that it printed, terminated by '\0'; NULL: it was not reached, or
     * its command had ended already. */
    char *output;
    /* 0 to 255; 128 plus the number of the signal that ended it; STATUS_WAITS
     * if it had not ended. */
    int status;
};

/* Compare outcomes, one for each command of the transcript in its order, with
 * what the transcript expects.
 *
 * Returns NULL if they agree; then values[i], one for each variable of the
 * transcript, is its value, or NULL where the variable did not occur, and the
 * caller frees it. If they differ, returns a report for people, which the
 * caller frees: the place in the transcript, the command, a line diff ("-" is
 * expected, "+" came), and the reason where the diff does not show it. Then
 * all values are NULL. Ends the process with err(3) if memory runs out. */
char *match_transcript(const struct transcript *transcript,
                       const struct outcome *outcomes, char **values);

/* The same for the first n outcomes only. Ends the process with err(3) if
 * memory runs out. */
char *match_first(const struct transcript *transcript, size_t n,
                  const struct outcome *outcomes, char **values);

/* The values that are known from n outcomes, whether they agree or not: those
 * of as many outcomes as agree, then of each further one its first lines, as
 * long as they agree. The caller frees each value. Ends the process with err(3)
 * if memory runs out. */
void match_known(const struct transcript *transcript, size_t n,
                 const struct outcome *outcomes, char **values);

/* Compare one line of output, with its newline if it has one, with an expected
 * line.
 *
 * values[i] is the value of variable i, or NULL while it has none. Returns
 * true if the line fits and stores the values that it gives to variables; the
 * caller frees them. Returns false if not, and changes no value. Ends the
 * process with err(3) if memory runs out. */
bool match_line(const struct transcript *transcript,
                const struct expected_line *line, const char *text,
                char **values);

#endif
