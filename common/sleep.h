/* Whether the processes of a session sleep: they can go on only if something
 * happens to them. */
#ifndef COMMON_SLEEP_H
#define COMMON_SLEEP_H

#include <stdbool.h>
#include <sys/types.h>

/* Look at all threads of all processes of the session. *last is what the look
 * before this one saw, NULL before the first; this look replaces it. The caller
 * frees it.
 *
 * Returns whether all of them slept at one moment between the two looks. Ends
 * the process with err(3) if memory runs out or /proc cannot be read. See
 * proc(5). */
bool session_sleeps(pid_t session, char **last);

#endif
