#include <unistd.h>

int execvp(const char *file, char *const argv[]);

/* Errors */
#include <errno.h>
_Static_assert(ENOENT > 0, "ENOENT");
_Static_assert(EACCES > 0, "EACCES");
_Static_assert(E2BIG > 0, "E2BIG");
_Static_assert(ENOEXEC > 0, "ENOEXEC");
_Static_assert(ETXTBSY > 0, "ETXTBSY");
