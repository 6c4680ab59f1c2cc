#include <sys/msg.h>

ssize_t msgrcv(int msqid, void *msgp, size_t msgsz, long msgtyp, int msgflg);

/* Flags */
_Static_assert(IPC_NOWAIT == 04000, "IPC_NOWAIT");
_Static_assert(MSG_NOERROR == 010000, "MSG_NOERROR");

/* Errors */
#include <errno.h>
_Static_assert(E2BIG > 0, "E2BIG");
_Static_assert(EACCES > 0, "EACCES");
_Static_assert(EFAULT > 0, "EFAULT");
_Static_assert(EIDRM > 0, "EIDRM");
_Static_assert(EINTR > 0, "EINTR");
_Static_assert(EINVAL > 0, "EINVAL");
_Static_assert(ENOMSG > 0, "ENOMSG");
_Static_assert(ENOSYS > 0, "ENOSYS");
