#include <unistd.h>

int pipe(int pipefd[2]);

/* Errors */
#include <errno.h>
_Static_assert(EMFILE > 0, "EMFILE");
_Static_assert(ENFILE > 0, "ENFILE");
