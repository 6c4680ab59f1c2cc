#include <unistd.h>

pid_t fork(void);

/* Errors */
#include <errno.h>
_Static_assert(EAGAIN > 0, "EAGAIN");
_Static_assert(ENOMEM > 0, "ENOMEM");
