/* What the manual pages say of the system calls of the programs.
 *
 * For each call: the errors that its page lists, without those of flags and
 * features that no program of the book uses (fcntl's locks, clone's namespaces)
 * and those that no program sees (ERESTARTNOINTR); and the words of which a
 * message about it must have one: the call itself, or the function, or the
 * thing, by which the program knows it. Left out is also ENOEXEC of execve(2),
 * for execlp(3) then runs the shell, which says what is wrong. */
#ifndef TESTS_MANUAL_H
#define TESTS_MANUAL_H

static const struct page {
    const char *call, *errors, *words;
} manual[] = {
#define SPAWN "popen|fork"
#define OUTPUT "printf|standard output|stdout|write|fflush|fclose|pclose"
    {"brk", "ENOMEM", "malloc|popen|fdopen|printf"}, /* brk(2) */
    {"clock_nanosleep", "EFAULT EINTR EINVAL EOPNOTSUPP", "sleep"},
    {"clone", "EAGAIN ENOMEM", "fork"}, /* fork(2) */
    {"clone3", "EAGAIN ENOMEM", SPAWN},
    {"close", "EBADF EDQUOT EINTR EIO ENOSPC", "close|fclose|" SPAWN},
    {"dup", "EBADF EBUSY EINTR EINVAL EMFILE", "dup"},
    {"dup2", "EBADF EBUSY EINTR EINVAL EMFILE", "dup2|" SPAWN},
    {"dup3", "EBADF EBUSY EINTR EINVAL EMFILE", "dup2|" SPAWN},
    {"execve",
     "E2BIG EACCES EAGAIN EFAULT EINVAL EIO EISDIR ELIBBAD ELOOP EMFILE "
     "ENAMETOOLONG ENFILE ENOENT ENOMEM ENOTDIR EPERM ETXTBSY",
     "exec|" SPAWN},
    {"fcntl", "EACCES EAGAIN EBADF EBUSY EINTR EINVAL EMFILE EPERM",
     "fcntl|standard|descriptor|fdopen|" SPAWN},
    {"fork", "EAGAIN ENOMEM", "fork"},
    {"fstat", "EBADF EFAULT ENOMEM EOVERFLOW", "stat|" OUTPUT},
    {"getpid", "", ""},
    {"gettid", "", ""},
    {"ioctl", "EBADF EFAULT EINVAL ENOTTY", "ioctl|" OUTPUT},
    {"kill", "EINVAL EPERM ESRCH", "kill"},
    {"lseek", "EBADF EINVAL ENXIO EOVERFLOW ESPIPE", "lseek|" OUTPUT},
    {"lstat",
     "EACCES EBADF EFAULT EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR "
     "EOVERFLOW",
     "stat"},
    {"mknod",
     "EACCES EDQUOT EEXIST EFAULT EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM "
     "ENOSPC ENOTDIR EPERM EROFS",
     "mkfifo"},
    {"mknodat",
     "EACCES EBADF EDQUOT EEXIST EFAULT EINVAL ELOOP ENAMETOOLONG ENOENT "
     "ENOMEM ENOSPC ENOTDIR EPERM EROFS",
     "mkfifo"},
    {"mmap", "EACCES EAGAIN EINVAL ENFILE ENODEV ENOMEM EOVERFLOW EPERM",
     "malloc|fdopen|" SPAWN "|" OUTPUT},
    {"mmap2", "EACCES EAGAIN EINVAL ENFILE ENODEV ENOMEM EOVERFLOW EPERM",
     "malloc|fdopen|" SPAWN "|" OUTPUT},
    {"mprotect", "EACCES EINVAL ENOMEM", "malloc|" SPAWN},
    {"msgctl", "EACCES EFAULT EIDRM EINVAL EPERM", "msgctl"},
    {"msgget", "EACCES EEXIST ENOENT ENOMEM ENOSPC", "msgget|IPC_|taken"},
    {"msgrcv",
     "E2BIG EACCES EAGAIN EFAULT EIDRM EINTR EINVAL ENOMEM ENOMSG ENOSYS",
     "msgrcv"},
    {"msgsnd", "EACCES EAGAIN EFAULT EIDRM EINTR EINVAL ENOMEM", "msgsnd"},
    {"munmap", "EINVAL ENOMEM", SPAWN "|" OUTPUT},
    {"newfstatat",
     "EACCES EBADF EFAULT EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR "
     "EOVERFLOW",
     "stat|" OUTPUT},
    {"open",
     "EACCES EBUSY EDQUOT EEXIST EFAULT EFBIG EINTR EINVAL EISDIR ELOOP EMFILE "
     "ENAMETOOLONG ENFILE ENODEV ENOENT ENOMEM ENOSPC ENOTDIR ENXIO EOPNOTSUPP "
     "EOVERFLOW EPERM EROFS ETXTBSY",
     "open"},
    {"openat",
     "EACCES EBADF EBUSY EDQUOT EEXIST EFAULT EFBIG EINTR EINVAL EISDIR ELOOP "
     "EMFILE ENAMETOOLONG ENFILE ENODEV ENOENT ENOMEM ENOSPC ENOTDIR ENXIO "
     "EOPNOTSUPP EOVERFLOW EPERM EROFS ETXTBSY",
     "open"},
    {"pipe", "EFAULT EINVAL EMFILE ENFILE", "pipe|popen"},
    {"pipe2", "EFAULT EINVAL EMFILE ENFILE ENOPKG", "pipe|popen"},
    {"poll", "EFAULT EINTR EINVAL ENOMEM", "poll"},
    {"ppoll", "EFAULT EINTR EINVAL ENOMEM", "poll"},
    {"prlimit64", "EFAULT EINVAL EPERM ESRCH", SPAWN},
    {"read", "EAGAIN EBADF EFAULT EINTR EINVAL EIO EISDIR",
     "read|fgets|getline|pclose|standard input|stream"},
    {"readlink",
     "EACCES EFAULT EINVAL EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR",
     "readlink"},
    {"rt_sigaction", "EFAULT EINVAL", "signal|sigaction|" SPAWN},
    {"rt_sigprocmask", "EFAULT EINVAL", "sigprocmask|" SPAWN},
    {"set_robust_list", "EINVAL", "fork"}, /* of the C library, in a child */
    {"tgkill", "EAGAIN EINVAL EPERM ESRCH", "raise|kill"},
    {"umask", "", ""},
    {"unlink",
     "EACCES EBUSY EFAULT EIO EISDIR ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR "
     "EPERM EROFS",
     "unlink"},
    {"wait4", "ECHILD EINTR EINVAL ESRCH", "wait|pclose"},
    {"write",
     "EAGAIN EBADF EDESTADDRREQ EDQUOT EFAULT EFBIG EINTR EINVAL EIO ENOSPC "
     "EPERM EPIPE",
     OUTPUT},
    {"writev",
     "EAGAIN EBADF EDESTADDRREQ EDQUOT EFAULT EFBIG EINTR EINVAL EIO ENOSPC "
     "EPERM EPIPE",
     OUTPUT},
#undef SPAWN
#undef OUTPUT
};

#endif
