/* mkfifo - makes a FIFO and shows the mode that it got.
 *
 * Usage: mkfifo [PATHNAME]    without PATHNAME: /tmp/my_fifo
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Scaffolding: signals wait until the program ends. */
static void block_signals(void)
{
    sigset_t all;

    sigfillset(&all);
    if (sigprocmask(SIG_BLOCK, &all, NULL) == -1)
        err(EXIT_FAILURE, "sigprocmask");
}

/* Report that a call has failed, and leave no FIFO. */
static _Noreturn void undo(const char *pathname, const char *call)
{
    warn("%s", call);
    unlink(pathname);
    exit(EXIT_FAILURE);
}

int main(int argc, char *argv[])
{
    const char *pathname = argc == 2 ? argv[1] : "/tmp/my_fifo";
    const mode_t mode = 0777;
    struct stat st;
    mode_t mask;

    if (argc > 2)
        errx(2, "usage: %s [PATHNAME]", argv[0]);
    block_signals();
    /* exists: EEXIST if any file has the name already. */
    if (mkfifo(pathname, mode) == -1)
        err(EXIT_FAILURE, "mkfifo %s", pathname);
    /* umask: no call only asks for it, so it is set and set back. */
    mask = umask(0);
    umask(mask);
    /* got: mode & ~umask, and here is what the file system says. */
    if (lstat(pathname, &st) == -1)
        undo(pathname, "lstat");
    /* undo: a FIFO that could not be reported is not left behind. */
    if (dprintf(STDOUT_FILENO,
                "FIFO created\nmode %04o: asked for %04o, umask %04o\n",
                st.st_mode & 07777U, mode, mask) < 0)
        undo(pathname, "dprintf");
    return EXIT_SUCCESS;
}
