#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "../common/sandbox.h"

/* Until a shell is killed, in milliseconds; a busy machine may be slow. */
enum { DEADLINE = 300000 };

static void must(bool good, const char *what)
{
    if (!good)
        fail_msg("%s: %s", what, strerror(errno));
}

char *scratch_make(void)
{
    char *name =
             text_format("build/tests/scratch.%ld.new.XXXXXX", (long)getpid()),
         *real;

    must(mkdir("build", 0777) == 0 || errno == EEXIST, "build");
    must(mkdir("build/tests", 0777) == 0 || errno == EEXIST, "build/tests");
    must(mkdtemp(name) != NULL, name);
    must((real = realpath(name, NULL)) != NULL, name);
    free(name);
    return real;
}

void scratch_remove(char *directory)
{
    if (sandbox_remove(directory) == -1)
        print_error("a directory under build/tests is left: %s\n",
                    strerror(errno));
}

void put_file(const char *directory, const char *name, const char *text)
{
    char *path = text_format("%s/%s", directory, name);
    FILE *file = fopen(path, "w");

    must(file != NULL, path);
    fputs(text, file); /* ferror() reports a failure below */
    must(fflush(file) == 0 && !ferror(file), path);
    fclose(file);
    free(path);
}

char *get_file(const char *directory, const char *name)
{
    char *path = text_format("%s/%s", directory, name);
    char *text = file_read(path, NULL);

    must(text != NULL || errno == ENOENT, path);
    free(path);
    return text;
}

bool exists(const char *format, ...)
{
    struct stat st;
    va_list args;
    char *path;
    bool found;

    va_start(args, format);
    must(vasprintf(&path, format, args) != -1, "vasprintf");
    va_end(args);
    found = lstat(path, &st) == 0;
    must(found || errno == ENOENT, path);
    free(path);
    return found;
}

const char *programs(void)
{
    static char *real;
    const char *name = getenv("PROGRAMS");

    if (real == NULL)
        real = realpath(name == NULL ? "build/bin" : name, NULL);
    must(real != NULL, name == NULL ? "build/bin" : name);
    return real;
}

const char *pandoc(void)
{
    const char *name = getenv("PANDOC");

    return name == NULL ? "pandoc" : name;
}

bool gone(pid_t pid)
{
    return kill(pid, 0) == -1 && errno == ESRCH;
}

struct job shell_start(const char *directory, const char *command)
{
    struct job job = {.out = memfd_create("out", MFD_CLOEXEC),
                      .err = memfd_create("err", MFD_CLOEXEC),
                      .deadline = DEADLINE,
                      .command = text_copy(command, strlen(command))};
    const char *bin = programs();
    char *root = realpath(".", NULL);
    const char *own = getenv("OWN");
    char *tools = text_format("%s/%s/tools", root, own == NULL ? "build" : own);

    must(job.out != -1 && job.err != -1, "memfd_create");
    must((job.pid = fork()) != -1, "fork");
    if (job.pid == 0) {
        int in = open("/dev/null", O_RDONLY | O_CLOEXEC);

        /* The caller of the tests may ignore SIGPIPE. */
        signal(SIGPIPE, SIG_DFL);
        if (setpgid(0, 0) == 0 && chdir(directory) == 0 &&
            setenv("BIN", bin, 1) == 0 && setenv("ROOT", root, 1) == 0 &&
            setenv("TOOLS", tools, 1) == 0 && setenv("LC_ALL", "C", 1) == 0 &&
            dup2(in, 0) == 0 && dup2(job.out, 1) == 1 && dup2(job.err, 2) == 2)
            execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(125);
    }
    setpgid(job.pid, job.pid);
    free(root);
    free(tools);
    return job;
}

static char *all_of(int fd)
{
    char *name = text_format("/proc/self/fd/%d", fd);
    char *text = file_read(name, NULL);

    must(text != NULL, name);
    free(name);
    close(fd);
    return text;
}

struct ended shell_end(struct job *job)
{
    struct pollfd end = {.events = POLLIN};
    struct ended ended;
    int status, n;

    must((end.fd = (int)syscall(SYS_pidfd_open, job->pid, 0)) != -1, "pidfd");
    while ((n = poll(&end, 1, job->deadline)) == -1 && errno == EINTR)
        ;
    kill(-job->pid, SIGKILL);
    must(waitpid(job->pid, &status, 0) == job->pid, "waitpid");
    close(end.fd);
    if (n == 0)
        fail_msg("does not end: %s", job->command);
    ended.status =
        WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    ended.out = all_of(job->out);
    ended.err = all_of(job->err);
    free(job->command);
    return ended;
}

struct ended shell(const char *directory, const char *format, ...)
{
    struct job job;
    va_list args;
    char *command;

    va_start(args, format);
    must(vasprintf(&command, format, args) != -1, "vasprintf");
    va_end(args);
    job = shell_start(directory, command);
    free(command);
    return shell_end(&job);
}

void ended_free(struct ended *ended)
{
    free(ended->out);
    free(ended->err);
}

void assert_contains(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        print_error("\"%s\" is not in:\n", part);
        show(text);
        fail();
    }
}

void assert_in_order(const char *text, const char *const *parts)
{
    for (; *parts != NULL; parts++) {
        const char *found = strstr(text, *parts);

        if (found == NULL) {
            print_error("\"%s\" does not follow in:\n", *parts);
            show(text);
            fail();
        }
        text = found + strlen(*parts);
    }
}

size_t occurrences(const char *text, const char *part)
{
    size_t n = 0;

    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        n++;
    return n;
}

void show(const char *text)
{
    while (*text != '\0') {
        int length = (int)strcspn(text, "\n");

        print_error("%.*s\n", length, text);
        text += length + (text[length] == '\n');
    }
}

static size_t problems;

void problem(const char *format, ...)
{
    va_list args;

    print_error("ERROR: ");
    va_start(args, format);
    vprint_error(format, args);
    va_end(args);
    print_error("\n");
    problems++;
}

void assert_no_problem(void)
{
    size_t n = problems;

    problems = 0;
    assert_int_equal(n, 0);
}

int line_of(const char *text, const char *at)
{
    int line = 1;

    for (; text < at; text++)
        line += *text == '\n';
    return line;
}

int open_descriptors(void)
{
    glob_t names;
    int n;

    must(glob("/proc/self/fd/*", 0, NULL, &names) == 0, "/proc/self/fd");
    n = (int)names.gl_pathc;
    globfree(&names);
    return n;
}

void assert_ran(const struct ran *ran, const char *set_up)
{
    char *directory = scratch_make();
    struct ended ended = shell(directory, "%s%s", set_up, ran->command);
    /* Messages of this project go to standard error, so they come first. */
    char *all = text_format("%s%s", ended.err, ended.out);

    scratch_remove(directory);
    if (ended.status != ran->status)
        fail_msg("status %d:\n%s", ended.status, all);
    assert_in_order(all, ran->parts);
    free(all);
    ended_free(&ended);
}

void add_test(struct tests *tests, CMUnitTestFunction function, void *state,
              const char *format, ...)
{
    struct CMUnitTest *test;
    va_list args;
    char *name;

    va_start(args, format);
    if (vasprintf(&name, format, args) == -1)
        abort();
    va_end(args);
    tests->list = array_grow(tests->list, tests->n, sizeof *tests->list);
    test = &tests->list[tests->n++];
    test->name = name;
    test->test_func = function;
    test->setup_func = tests->setup;
    test->teardown_func = tests->teardown;
    test->initial_state = state;
}

bool is_selected(const char *test)
{
    const char *filter = getenv("TEST_FILTER");

    return filter == NULL || *filter == '\0' || fnmatch(filter, test, 0) == 0;
}

int run_all(const char *group, struct tests *tests, CMFixtureFunction setup,
            CMFixtureFunction teardown)
{
    if (tests->n == 0) {
        fprintf(stderr, "%s: there is nothing to test\n", group);
        return 1;
    }
    const char *filter = getenv("TEST_FILTER");

    if (filter != NULL && *filter != '\0')
        cmocka_set_test_filter(filter);

    int failed =
        _cmocka_run_group_tests(group, tests->list, tests->n, setup, teardown);

    for (size_t i = 0; i < tests->n; i++)
        free((char *)tests->list[i].name);
    free(tests->list);
    return failed != 0; /* an exit status of 256 would become 0 */
}
