#include <sys/ipc.h>

key_t ftok(const char *pathname, int proj_id);

/* Errors */
#include <errno.h>
_Static_assert(EACCES > 0, "EACCES");
_Static_assert(ELOOP > 0, "ELOOP");
_Static_assert(ENAMETOOLONG > 0, "ENAMETOOLONG");
_Static_assert(ENOENT > 0, "ENOENT");
_Static_assert(ENOTDIR > 0, "ENOTDIR");
