#include <sys/msg.h>

int msgctl(int msqid, int cmd, struct msqid_ds *buf);

/* Flags */
_Static_assert(IPC_STAT == 2, "IPC_STAT");
_Static_assert(IPC_SET == 1, "IPC_SET");
_Static_assert(IPC_RMID == 0, "IPC_RMID");

/* Errors */
#include <errno.h>
_Static_assert(EACCES > 0, "EACCES");
_Static_assert(EFAULT > 0, "EFAULT");
_Static_assert(EIDRM > 0, "EIDRM");
_Static_assert(EINVAL > 0, "EINVAL");
_Static_assert(EPERM > 0, "EPERM");
