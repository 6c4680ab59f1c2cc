#include <fcntl.h>

int open(const char *pathname, int flags, ...);

/* Flags */
_Static_assert(O_RDONLY == 0, "O_RDONLY");
_Static_assert(O_WRONLY == 1, "O_WRONLY");
_Static_assert(O_RDWR == 2, "O_RDWR");
_Static_assert(O_NONBLOCK == 04000, "O_NONBLOCK");
_Static_assert(O_CLOEXEC == 02000000, "O_CLOEXEC");
_Static_assert(O_CREAT == 0100, "O_CREAT");

/* Errors */
#include <errno.h>
_Static_assert(EACCES > 0, "EACCES");
_Static_assert(EINTR > 0, "EINTR");
_Static_assert(EISDIR > 0, "EISDIR");
_Static_assert(ELOOP > 0, "ELOOP");
_Static_assert(EMFILE > 0, "EMFILE");
_Static_assert(ENAMETOOLONG > 0, "ENAMETOOLONG");
_Static_assert(ENFILE > 0, "ENFILE");
_Static_assert(ENOENT > 0, "ENOENT");
_Static_assert(ENOMEM > 0, "ENOMEM");
_Static_assert(ENOTDIR > 0, "ENOTDIR");
_Static_assert(ENXIO > 0, "ENXIO");
