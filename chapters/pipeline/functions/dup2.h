#include <unistd.h>

int dup2(int oldfd, int newfd);

/* Errors */
#include <errno.h>
_Static_assert(EBADF > 0, "EBADF");
_Static_assert(EBUSY > 0, "EBUSY");
_Static_assert(EINTR > 0, "EINTR");
_Static_assert(EMFILE > 0, "EMFILE");
_Static_assert(ENOMEM > 0, "ENOMEM");
