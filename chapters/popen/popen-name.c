/* popen-name - counts the lines of a file with any name.
 *
 * Usage: popen-name FILE
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    char line[100] = "";
    FILE *stream;
    int status;

    if (argc != 2)
        errx(2, "usage: %s FILE", argv[0]);
    /* environment: the name is data there, and no part of the command. */
    if (setenv("FILE", argv[1], 1) == -1)
        err(EXIT_FAILURE, "setenv");
    /* single: wc is the only command, so sh ends with its status. */
    stream = popen("wc -l < \"$FILE\"", "r");
    if (stream == NULL)
        err(EXIT_FAILURE, "popen");
    if (fgets(line, sizeof line, stream) == NULL && ferror(stream))
        err(EXIT_FAILURE, "fgets");

    status = pclose(stream);
    if (status == -1)
        err(EXIT_FAILURE, "pclose");
    /* decode: sh was killed, or it has ended with an exit status. */
    if (WIFSIGNALED(status))
        errx(EXIT_FAILURE, "sh: %s", strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0)
        errx(EXIT_FAILURE, "sh: exit status %d", WEXITSTATUS(status));
    /* after: only now is it certain that the answer is one. */
    if (dprintf(STDOUT_FILENO, "%d lines\n", atoi(line)) < 0)
        err(EXIT_FAILURE, "dprintf");
    return EXIT_SUCCESS;
}
