#include <stdio.h>

int pclose(FILE *stream);

/* Errors */
#include <errno.h>
_Static_assert(ECHILD > 0, "ECHILD");
