/* deny_call - runs a program for which some system calls fail.
 *
 * Usage: deny_call CALL[,CALL]... PROGRAM [ARGUMENT]...
 *
 * CALL is ptrace, which fails with EPERM as in a container that forbids it, or
 * msgget, which fails with ENOSYS as in a kernel without message queues. */
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
    const char *name;
    unsigned number, error;
} calls[] = {{"ptrace", SYS_ptrace, EPERM}, {"msgget", SYS_msgget, ENOSYS}};

static void deny(const char *name)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strcmp(name, calls[i].name) == 0) {
            struct sock_filter code[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                         offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i].number, 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | calls[i].error),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
            };
            struct sock_fprog program = {sizeof code / sizeof *code, code};

            if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == -1)
                err(125, "seccomp");
            return;
        }
    errx(2, "%s: only ptrace and msgget can be denied", name);
}

int main(int argc, char *argv[])
{
    if (argc < 3)
        errx(2, "usage: %s CALL[,CALL]... PROGRAM [ARGUMENT]...", argv[0]);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
        err(125, "prctl");
    for (char *name = strtok(argv[1], ","); name != NULL;
         name = strtok(NULL, ","))
        deny(name);
    execvp(argv[2], &argv[2]);
    err(127, "%s", argv[2]);
}
