/* chat - two people talk through two FIFOs.
 *
 * Usage: chat FROM TO     FROM: the FIFO to read; TO: the FIFO to write into
 *
 * Each of them starts chat, with the FIFOs exchanged. It ends when one of them
 * types the end of file, or has gone.
 */
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    if (argc != 3)
        errx(2, "usage: %s FROM TO", argv[0]);
    /* Write this: open both FIFOs; the two may start in any order. Then wait
     * with poll() for the terminal and for the FIFO FROM. Copy each line from
     * the terminal into the FIFO TO, and each line from FROM to the terminal.
     */
    return EXIT_SUCCESS;
}
