/* mkfifo - makes a FIFO and shows the mode that it got.
 *
 * Usage: mkfifo [PATHNAME]    without PATHNAME: /tmp/my_fifo
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* undo: a FIFO that could not be reported is not left behind. */
static void undo(const char *pathname, const char *call)
{
    int error = errno;

    unlink(pathname);
    errno = error;
    err(EXIT_FAILURE, "%s", call);
}

int main(int argc, char *argv[])
{
    const char *pathname = argc == 2 ? argv[1] : "/tmp/my_fifo";
    const mode_t mode = 0777;
    sigset_t all;
    mode_t mask;
    struct stat st;

    if (argc > 2)
        errx(2, "usage: %s [PATHNAME]", argv[0]);
    if (setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "setvbuf");
    /* signals: they wait, so none ends us between the FIFO and the report. */
    sigfillset(&all);
    if (sigprocmask(SIG_BLOCK, &all, NULL) == -1)
        err(EXIT_FAILURE, "sigprocmask");

    /* exists: EEXIST whatever it is that has the name already. */
    if (mkfifo(pathname, mode) == -1)
        err(EXIT_FAILURE, "mkfifo %s", pathname);
    if (printf("FIFO created\n") < 0)
        undo(pathname, "printf");

    /* umask: no call only asks for it, so it is set and set back. */
    mask = umask(0);
    umask(mask);
    /* got: mode & ~umask, and here is what the file system says. */
    if (lstat(pathname, &st) == -1)
        undo(pathname, "lstat");
    if (printf("mode %04o: asked for %04o, umask %04o\n", st.st_mode & 07777U,
               mode, mask) < 0)
        undo(pathname, "printf");
    return EXIT_SUCCESS;
}
