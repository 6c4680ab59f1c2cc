#include <sys/stat.h>

int mkfifo(const char *pathname, mode_t mode);

/* Errors */
#include <errno.h>
_Static_assert(EACCES > 0, "EACCES");
_Static_assert(EEXIST > 0, "EEXIST");
_Static_assert(ENOENT > 0, "ENOENT");
_Static_assert(ENOSPC > 0, "ENOSPC");
_Static_assert(EROFS > 0, "EROFS");
