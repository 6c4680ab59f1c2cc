#include <sys/msg.h>

int msgsnd(int msqid, const void *msgp, size_t msgsz, int msgflg);

/* Flags */
_Static_assert(IPC_NOWAIT == 04000, "IPC_NOWAIT");

/* Errors */
#include <errno.h>
_Static_assert(EACCES > 0, "EACCES");
_Static_assert(EAGAIN > 0, "EAGAIN");
_Static_assert(EFAULT > 0, "EFAULT");
_Static_assert(EIDRM > 0, "EIDRM");
_Static_assert(EINTR > 0, "EINTR");
_Static_assert(EINVAL > 0, "EINVAL");
_Static_assert(ENOMEM > 0, "ENOMEM");
