#include <stdio.h>

FILE *popen(const char *command, const char *type);

/* Errors */
#include <errno.h>
_Static_assert(EINVAL > 0, "EINVAL");
_Static_assert(EMFILE > 0, "EMFILE");
_Static_assert(ENOMEM > 0, "ENOMEM");
_Static_assert(EAGAIN > 0, "EAGAIN");
