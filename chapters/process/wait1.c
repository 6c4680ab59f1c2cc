/* wait1 - shows how a child ended, and the zombie that waits for its parent.
 *
 * Usage: wait1
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Scaffolding, the same in every program: each line goes out at once. */
static void prepare_output(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||
        setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "standard output");
}

static void print_status(int status, int expected_signal)
{
    int n;

    /* macros: a status has the exit status or the signal, not both. */
    if (WIFEXITED(status))
        n = printf("exit status %d\n", WEXITSTATUS(status));
    else
        n = printf("signal %d\n", WTERMSIG(status));
    if (n < 0)
        err(EXIT_FAILURE, "printf");
    if (WIFSIGNALED(status) && WTERMSIG(status) != expected_signal)
        errx(EXIT_FAILURE, "child: %s", strsignal(WTERMSIG(status)));
}

/* The third field of /proc/PID/stat is the state; the second is the name. */
static char state_of(pid_t pid)
{
    char path[64], state;
    FILE *stream;

    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    stream = fopen(path, "r");
    if (stream == NULL)
        err(EXIT_FAILURE, "fopen %s", path);
    if (fscanf(stream, "%*d %*s %c", &state) != 1)
        err(EXIT_FAILURE, "read %s", path);
    fclose(stream);
    return state;
}

int main(void)
{
    pid_t child;
    int status;
    siginfo_t info = {0};

    prepare_output();
    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0)
        _exit(3);

    /* nowait: wait for its end, but leave the status where it is. */
    if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) == -1)
        err(EXIT_FAILURE, "waitid");
    if (printf("the child's state: %c\n", state_of(child)) < 0)
        err(EXIT_FAILURE, "printf");
    /* collect: after this, the number may be given to another process. */
    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    print_status(status, 0);

    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        /* signal: by default, SIGTERM ends the process that gets it. */
        if (raise(SIGTERM) != 0)
            err(EXIT_FAILURE, "child: raise");
        errx(EXIT_FAILURE, "child: SIGTERM is blocked or ignored");
    }
    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    print_status(status, SIGTERM);
    return WIFSIGNALED(status) ? EXIT_SUCCESS : EXIT_FAILURE;
}
