#include <sys/stat.h>

int mkfifo(const char *pathname, mode_t mode);

/* Errors */
#include <errno.h>
_Static_assert(EACCES > 0, "EACCES");
_Static_assert(EDQUOT > 0, "EDQUOT");
_Static_assert(EEXIST > 0, "EEXIST");
_Static_assert(ELOOP > 0, "ELOOP");
_Static_assert(ENAMETOOLONG > 0, "ENAMETOOLONG");
_Static_assert(ENOENT > 0, "ENOENT");
_Static_assert(ENOSPC > 0, "ENOSPC");
_Static_assert(ENOTDIR > 0, "ENOTDIR");
_Static_assert(EPERM > 0, "EPERM");
_Static_assert(EROFS > 0, "EROFS");
