#include <unistd.h>

int dup(int fildes);

/* Errors */
#include <errno.h>
_Static_assert(EBADF > 0, "EBADF");
_Static_assert(EMFILE > 0, "EMFILE");
_Static_assert(ENOMEM > 0, "ENOMEM");
