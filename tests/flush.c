/* Linked into what counts the lines that it runs: gcc's library writes the
 * counts at exit(3) only, and these three functions end a process or a program,
 * too. */
#include <signal.h>
#include <unistd.h>

void __gcov_dump(void);
void __gcov_reset(void);

static void flush(void)
{
    __gcov_dump();
    __gcov_reset();
}

int __real_raise(int number);
int __wrap_raise(int number);
int __wrap_raise(int number)
{
    flush();
    return __real_raise(number);
}

int __real_execvpe(const char *path, char *const argv[], char *const env[]);
int __wrap_execvpe(const char *path, char *const argv[], char *const env[]);
int __wrap_execvpe(const char *path, char *const argv[], char *const env[])
{
    flush();
    return __real_execvpe(path, argv, env);
}

_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);
_Noreturn void __wrap__exit(int status)
{
    flush();
    __real__exit(status);
}
