#include <sys/wait.h>

pid_t waitpid(pid_t pid, int *status, int options);

/* Errors */
#include <errno.h>
_Static_assert(ECHILD > 0, "ECHILD");
_Static_assert(EINTR > 0, "EINTR");
_Static_assert(EINVAL > 0, "EINVAL");
