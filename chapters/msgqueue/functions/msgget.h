#include <sys/msg.h>

int msgget(key_t key, int msgflg);

/* Flags */
_Static_assert(IPC_CREAT == 01000, "IPC_CREAT");
_Static_assert(IPC_EXCL == 02000, "IPC_EXCL");

/* Errors */
#include <errno.h>
_Static_assert(EACCES > 0, "EACCES");
_Static_assert(EEXIST > 0, "EEXIST");
_Static_assert(ENOENT > 0, "ENOENT");
_Static_assert(ENOMEM > 0, "ENOMEM");
_Static_assert(ENOSPC > 0, "ENOSPC");
