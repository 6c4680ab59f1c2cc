#include "side_by_side.h"
#include "support.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../common/memory.h"

enum {
    PROCESSES = 24, /* for each processor */
    TICK = 20,      /* milliseconds between two looks at the results */
    REPORT = 10,    /* seconds between two reports of progress */
};

static bool own_queues;

bool remove_our_queues(void)
{
    struct msginfo info;
    struct msqid_ds queue;
    int last = msgctl(0, MSG_INFO, (struct msqid_ds *)&info), id;
    bool found = false;

    for (int i = 0; own_queues && i <= last; i++)
        if ((id = msgctl(i, MSG_STAT, &queue)) != -1)
            found |= msgctl(id, IPC_RMID, NULL) == 0;
    return found;
}

/* Mount a file system in memory on the directory, for this process and its
 * children. ext4 needs more time for the links in so many sandboxes than all
 * other work takes. Only root may mount; others go without. */
static void use_memory(const char *directory)
{
    if (unshare(CLONE_NEWNS) == 0 &&
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
        mount("scratch", directory, "tmpfs", 0, NULL);
}

/* In a child: work until all numbers are taken. */
static _Noreturn void
work_on(size_t *next, size_t n,
        void (*work)(size_t i, const char *scratch, FILE *out), FILE *out)
{
    char *scratch = scratch_make();

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    own_queues = unshare(CLONE_NEWIPC) == 0;
    use_memory(scratch);
    nice(10); /* so many processes would starve all others */
    for (size_t i; (i = __atomic_fetch_add(next, 1, __ATOMIC_SEQ_CST)) < n;)
        work(i, scratch, out);
    umount2(scratch, MNT_DETACH);
    scratch_remove(scratch);
    _exit(fflush(out) == EOF);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Give the lines that have come to take(). The last one stays if its end is
 * still missing. */
static void take_lines(FILE *in, void (*take)(char *line))
{
    char *line = NULL;
    size_t size = 0;
    long begin = ftell(in);

    while (getline(&line, &size, in) > 0 && strchr(line, '\n') != NULL) {
        line[strcspn(line, "\n")] = '\0';
        take(line);
        begin = ftell(in);
    }
    fseek(in, begin, SEEK_SET); /* also clears the end of file */
    free(line);
}

/* Print progress if it is time for it. Numbers that are being worked on count
 * as done. */
static void report(const char *what, size_t done, size_t n, double begin,
                   double *last)
{
    double passed = now() - begin;

    if (now() - *last < REPORT || done == 0 || done >= n)
        return;
    *last = now();
    fprintf(stderr, "%s: %zu of %zu done, about %.0f s left\n", what, done, n,
            passed / (double)done * (double)(n - done));
}

void side_by_side(const char *what, size_t n,
                  void (*work)(size_t i, const char *scratch, FILE *out),
                  void (*take)(char *line))
{
    size_t processes = (size_t)sysconf(_SC_NPROCESSORS_ONLN) * PROCESSES;
    size_t *next = mmap(NULL, sizeof *next, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    FILE *in = tmpfile(), *out;
    char *name;
    double begin = now(), last = begin;
    int status, failed = 0;
    pid_t pid;

    assert_non_null(in);
    name = text_format("/proc/self/fd/%d", fileno(in));
    /* Each line goes out whole, to the end of the file. No program under test
     * inherits a descriptor. */
    out = fopen(name, "ae");
    free(name);
    assert_true(next != MAP_FAILED && out != NULL);
    assert_int_equal(fcntl(fileno(in), F_SETFD, FD_CLOEXEC), 0);
    setvbuf(out, NULL, _IOLBF, 1 << 16);
    fflush(stdout);
    for (size_t i = 0; i < processes && i < n; i++) {
        assert_int_not_equal(pid = fork(), -1);
        if (pid == 0)
            work_on(next, n, work, out);
    }
    while ((pid = waitpid(-1, &status, WNOHANG)) != -1) {
        if (pid > 0) {
            failed |= status;
            continue;
        }
        poll(NULL, 0, TICK);
        take_lines(in, take);
        report(what, *next, n, begin, &last);
    }
    take_lines(in, take);
    fclose(in);
    fclose(out);
    munmap(next, sizeof *next);
    if (failed != 0)
        fail_msg("%s: one of the processes that try them has failed", what);
}
