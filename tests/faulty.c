/* Linked into a tool, lets it run out of memory or a function of the C library
 * fail, once.
 *
 * FAULT in the environment is KIND:N: the N-th (from 1) request of this KIND
 * fails, where KIND is "allocation"; "call"; or "wait" for the calls that may
 * wait, whose number is not always the same, and "interruption" if a signal
 * does it to them. FAULT_LOG is a file that then gets the name of the function.
 * A child of fork(2) goes on counting where its parent is, and the other way
 * round.
 *
 * The allocation is for the C library, too; it never gives memory back, which
 * is enough for a tool. The calls are those that the linker redirects to
 * __wrap_...; GNUmakefile takes their names from here.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* Shared with children: how many of this kind are to come up to the fault. */
static struct fault {
    long allocation, call, wait, interruption;
} * fault;

/* Set by others while what they do shall not fail: see flush.c. */
extern bool fault_is_off;
bool fault_is_off;

/* What comes behind main() and all that it has left to exit(3) may go well. */
static void forget_fault(void)
{
    *fault = (struct fault){0};
}

/* The N of FAULT if it is of this kind, else 0. */
static long number_of(const char *kind)
{
    const char *text = getenv("FAULT");
    size_t length = strlen(kind);

    return text != NULL && strncmp(text, kind, length) == 0 &&
                   text[length] == ':'
               ? strtol(text + length + 1, NULL, 10)
               : 0;
}

__attribute__((constructor)) static void read_fault(void)
{
    fault = mmap(NULL, sizeof *fault, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (fault == MAP_FAILED || atexit(forget_fault) != 0)
        _exit(125);
    *fault = (struct fault){number_of("allocation"), number_of("call"),
                            number_of("wait"), number_of("interruption")};
}

int __real_open(const char *path, int flags, mode_t mode);
ssize_t __real_write(int fd, const void *data, size_t size);
int __real_close(int fd);

/* Whether this request shall fail, with this error. */
static bool due(long *left, const char *name, int error)
{
    const char *path = getenv("FAULT_LOG");
    int fd;

    if (fault_is_off || *left <= 0 ||
        __atomic_sub_fetch(left, 1, __ATOMIC_SEQ_CST) != 0)
        return false;
    fd = __real_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd == -1 || __real_write(fd, name, strlen(name)) == -1)
        _exit(125);
    __real_close(fd);
    errno = error;
    return true;
}

/* Memory: each block behind its size. */
enum { ALIGNMENT = 16, ROOM = 1 << 30 };

void *malloc(size_t size)
{
    static char *next, *end;
    char *block;

    if (fault != NULL && due(&fault->allocation, "malloc", ENOMEM))
        return NULL;
    if (next == NULL) {
        next = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (next == MAP_FAILED)
            _exit(125);
        end = next + ROOM;
    }
    if (size > ROOM || (size_t)(end - next) < size + 2 * ALIGNMENT)
        _exit(125);
    memcpy(next, &size, sizeof size);
    block = next + ALIGNMENT;
    next = block + (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return block;
}

void free(void *block)
{
    (void)block;
}

void *realloc(void *block, size_t size)
{
    char *new = malloc(size);
    size_t old;

    if (new != NULL && block != NULL) {
        memcpy(&old, (char *)block - ALIGNMENT, sizeof old);
        memcpy(new, block, old < size ? old : size);
    }
    return new;
}

void *calloc(size_t n, size_t size)
{
    return malloc(n * size); /* new memory of the kernel is zero */
}

#define CALL(type, failure, name, parameters, arguments)                       \
    type __real_##name parameters;                                             \
    type __wrap_##name parameters;                                             \
    type __wrap_##name parameters                                              \
    {                                                                          \
        return due(&fault->call, #name, EIO) ? failure                         \
                                             : __real_##name arguments;        \
    }

#define WAIT(type, failure, name, parameters, arguments)                       \
    type __real_##name parameters;                                             \
    type __wrap_##name parameters;                                             \
    type __wrap_##name parameters                                              \
    {                                                                          \
        return due(&fault->wait, #name, EIO) ||                                \
                       due(&fault->interruption, #name, EINTR)                 \
                   ? failure                                                   \
                   : __real_##name arguments;                                  \
    }

typedef int visitor(const char *, const struct stat *, int, struct FTW *);

/* clang-format off */
CALL(int, -1, open, (const char *p, int f, mode_t m), (p, f, m))
WAIT(ssize_t, -1, read, (int fd, void *d, size_t n), (fd, d, n))
WAIT(ssize_t, -1, write, (int fd, const void *d, size_t n), (fd, d, n))
CALL(int, -1, mkostemp, (char *name, int flags), (name, flags))
CALL(int, -1, fchmod, (int fd, mode_t mode), (fd, mode))
CALL(int, -1, rename, (const char *from, const char *to), (from, to))
CALL(char *, NULL, mkdtemp, (char *name), (name))
CALL(int, -1, mkdir, (const char *path, mode_t mode), (path, mode))
CALL(int, -1, memfd_create, (const char *name, unsigned flags), (name, flags))
CALL(int, -1, symlink, (const char *target, const char *path), (target, path))
CALL(DIR *, NULL, opendir, (const char *path), (path))
CALL(struct dirent *, NULL, readdir, (DIR *directory), (directory))
CALL(char *, NULL, realpath, (const char *path, char *real), (path, real))
CALL(int, -1, nftw, (const char *path, visitor *f, int n, int how), (path, f, n, how))
CALL(FILE *, NULL, fopen, (const char *path, const char *mode), (path, mode))
CALL(int, -1, pipe2, (int *ends, int flags), (ends, flags))
CALL(pid_t, -1, fork, (void), ())
CALL(pid_t, -1, setsid, (void), ())
CALL(int, -1, chdir, (const char *path), (path))
CALL(int, -1, dup2, (int from, int to), (from, to))
CALL(int, -1, fcntl, (int fd, int what, long how), (fd, what, how))
CALL(int, -1, ioctl, (int fd, unsigned long what, void *how), (fd, what, how))
CALL(long, -1, syscall, (long n, long a, long b), (n, a, b))
CALL(int, -1, posix_openpt, (int flags), (flags))
CALL(int, -1, grantpt, (int fd), (fd))
CALL(int, -1, unlockpt, (int fd), (fd))
CALL(int, EIO, ptsname_r, (int fd, char *name, size_t size), (fd, name, size))
CALL(int, -1, tcgetattr, (int fd, struct termios *modes), (fd, modes))
CALL(int, -1, tcsetattr, (int fd, int when, const struct termios *modes), (fd, when, modes))
WAIT(int, -1, poll, (struct pollfd *list, nfds_t n, int wait), (list, n, wait))
WAIT(int, -1, waitid, (idtype_t type, id_t id, siginfo_t *info, int how), (type, id, info, how))

/* Linux frees the descriptor also where it says that this failed. */
int __wrap_close(int fd);
int __wrap_close(int fd)
{
    int result = __real_close(fd);

    return due(&fault->call, "close", EIO) ? -1 : result;
}
