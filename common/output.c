#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <termios.h>
#include <unistd.h>

#include "memory.h"

/* A mark of this many digits ends the output of a terminal. */
enum { MARK = 20 };

/* How long, in milliseconds, the kernel may take to pass the mark on. It needs
 * microseconds; the limit only turns a fault of the kernel into an error. */
enum { PATIENCE = 10000 };

static int open_terminal(struct output *output)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    struct termios modes;
    char name[64];

    output->ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (output->ours == -1 || grantpt(output->ours) == -1 ||
        unlockpt(output->ours) == -1)
        return -1;
    if ((errno = ptsname_r(output->ours, name, sizeof name)) != 0)
        return -1;
    output->program = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (output->program == -1 || tcgetattr(output->program, &modes) == -1)
        return -1;
    modes.c_oflag &= (tcflag_t)~OPOST;
    modes.c_lflag &= (tcflag_t)~ECHO;
    if (tcsetattr(output->program, TCSANOW, &modes) == -1)
        return -1;
    return ioctl(output->program, TIOCSWINSZ, &size);
}

static int open_pipe(struct output *output)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) == -1)
        return -1;
    output->ours = ends[0];
    output->program = ends[1];
    return fcntl(output->ours, F_SETFL, O_NONBLOCK);
}

static int open_file(struct output *output)
{
    FILE *file = tmpfile();

    if (file == NULL)
        return -1;
    output->ours = output->program = fcntl(fileno(file), F_DUPFD_CLOEXEC, 3);
    fclose(file);
    return output->ours == -1 ? -1 : 0;
}

int output_open(struct output *output, enum run_mode mode)
{
    *output = (struct output){.mode = mode, .program = -1, .ours = -1};
    output->stream = text_open(&output->text, &output->length);
    switch (mode) {
    case RUN_TERMINAL:
        return open_terminal(output);
    case RUN_PIPE:
        return open_pipe(output);
    default:
        return open_file(output);
    }
}

void output_started(struct output *output)
{
    if (output->mode != RUN_PIPE)
        return;
    close(output->program);
    output->program = -1;
}

bool output_take(struct output *output, int *error)
{
    char buffer[65536];
    ssize_t n;

    *error = 0;
    if (output->length > OUTPUT_MAX)
        return false;
    do {
        if (output->mode == RUN_FILE) /* the file's offset is the program's */
            n = pread(output->ours, buffer, sizeof buffer,
                      (off_t)output->length);
        else
            n = read(output->ours, buffer, sizeof buffer);
    } while (n == -1 && errno == EINTR);
    if (n > 0)
        fwrite(buffer, 1, (size_t)n, output->stream);
    else if (n == 0)
        output->ended = output->mode == RUN_PIPE;
    else if (errno != EAGAIN)
        *error = errno;
    return n > 0;
}

/* Digits that no program can have printed, except by a chance of 10^-20. */
static int make_mark(char mark[MARK])
{
    unsigned char random[MARK];

    if (getrandom(random, sizeof random, 0) != sizeof random)
        return errno;
    for (int i = 0; i < MARK; i++)
        mark[i] = (char)('0' + random[i] % 10);
    return 0;
}

static bool ends_with(const struct output *output, const char mark[MARK])
{
    return output->length >= MARK &&
           memcmp(output->text + output->length - MARK, mark, MARK) == 0;
}

/* The kernel passes output through a terminal in its own time, in order. So
 * write a mark after the output: when the mark has come, all has come. Digits
 * pass unchanged in all modes that a program may have left the terminal in. */
static int take_up_to_mark(struct output *output)
{
    struct pollfd readable = {.fd = output->ours, .events = POLLIN};
    char mark[MARK];
    size_t written = 0;
    int error = make_mark(mark);

    if (error != 0)
        return error;
    /* Nobody else writes to the terminal now, so these flags concern only the
     * mark. Output that was stopped, even by ^S, goes on after both calls. */
    if (fcntl(output->program, F_SETFL, O_NONBLOCK) == -1 ||
        tcflow(output->program, TCOOFF) == -1 ||
        tcflow(output->program, TCOON) == -1)
        return errno;
    while (!ends_with(output, mark)) {
        ssize_t n = 0;

        if (output->length > OUTPUT_MAX)
            return 0;
        if (output_take(output, &error))
            continue;
        if (error != 0)
            return error;
        if (written < MARK)
            n = write(output->program, mark + written, MARK - written);
        if (n == -1 && errno != EAGAIN && errno != EINTR)
            return errno;
        if (n > 0)
            written += (size_t)n;
        if (poll(&readable, 1, PATIENCE) == 0)
            return ETIMEDOUT;
    }
    output->length -= MARK;
    output->text[output->length] = '\0';
    return 0;
}

int output_finish(struct output *output)
{
    int error;

    if (output->mode == RUN_TERMINAL)
        return take_up_to_mark(output);
    while (output_take(output, &error))
        ;
    if (error == 0 && output->mode == RUN_PIPE && !output->ended &&
        output->length <= OUTPUT_MAX)
        error = EBUSY;
    return error;
}

void output_let_arrive(const struct output *output)
{
    /* poll(2) waits for the kernel's worker that carries what was typed to the
     * program's side. */
    poll(&(struct pollfd){.fd = output->program, .events = POLLIN}, 1, 0);
}

void output_close(struct output *output)
{
    int error = errno;

    if (output->program != -1)
        close(output->program);
    if (output->ours != -1 && output->ours != output->program)
        close(output->ours);
    output->program = output->ours = -1;
    fclose(output->stream);
    errno = error;
}
