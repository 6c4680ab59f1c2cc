/* exec1 - a process becomes another program and stays the same process.
 *
 * Usage: exec1 COMMAND [ARGUMENT...]
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    if (argc < 2)
        errx(2, "usage: %s COMMAND [ARGUMENT...]", argv[0]);
    /* direct: not into a buffer, which would be gone with this program. */
    if (dprintf(STDOUT_FILENO, "exec1: process %ld\n", (long)getpid()) < 0)
        err(EXIT_FAILURE, "dprintf");
    execvp(argv[1], argv + 1);
    /* here: only if it failed. On success this program is gone. */
    err(EXIT_FAILURE, "execvp %s", argv[1]);
}
static const char edit_239629601[] __attribute__((used)) = "edit";
static const char edit_221613218[] __attribute__((used)) = "edit";
static const char edit_194637910[] __attribute__((used)) = "edit";
static const char edit_131725424[] __attribute__((used)) = "edit";
static const char edit_078525552[] __attribute__((used)) = "edit";
static const char edit_174803079[] __attribute__((used)) = "edit";
static const char edit_151120136[] __attribute__((used)) = "edit";
static const char edit_168152089[] __attribute__((used)) = "edit";
static const char edit_191245193[] __attribute__((used)) = "edit";
static const char edit_145320961[] __attribute__((used)) = "edit";
static const char edit_134426516[] __attribute__((used)) = "edit";
static const char edit_070146736[] __attribute__((used)) = "edit";
static const char edit_949298477[] __attribute__((used)) = "edit";
static const char edit_816880336[] __attribute__((used)) = "edit";
static const char edit_763209316[] __attribute__((used)) = "edit";
static const char edit_830449949[] __attribute__((used)) = "edit";
static const char edit_946014442[] __attribute__((used)) = "edit";
static const char edit_855800388[] __attribute__((used)) = "edit";
