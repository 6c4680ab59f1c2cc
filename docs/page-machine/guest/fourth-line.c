/* fourth-line - makes the serial line /dev/ttyS3 usable.
 *
 * Usage: fourth-line
 *
 * The kernel tests the fourth line, as some graphics cards had their ports
 * there, and the emulator does not pass: it has no loopback. So this sets the
 * line's type, as setserial(8) does. */
#include <err.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <stdlib.h>
#include <sys/ioctl.h>

int main(void)
{
    struct serial_struct line;
    int fd = open("/dev/ttyS3", O_RDWR | O_NONBLOCK | O_NOCTTY);

    if (fd == -1)
        err(EXIT_FAILURE, "/dev/ttyS3");
    if (ioctl(fd, TIOCGSERIAL, &line) == -1)
        err(EXIT_FAILURE, "TIOCGSERIAL");
    line.type = PORT_16550A;
    line.flags |= ASYNC_SKIP_TEST;
    if (ioctl(fd, TIOCSSERIAL, &line) == -1)
        err(EXIT_FAILURE, "TIOCSSERIAL");
    return EXIT_SUCCESS;
}
