/* Tests that pictures follow the rules of the kernel: which process has to wait
 * for which, which bytes and messages a call takes, and what a call means. Each
 * rule has a trace of a few lines. A trace that no program can have caused
 * still gives a picture. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "../docs/tools/course.h"
#include "../docs/tools/ends.h"
#include "../docs/tools/strace.h"

static struct strace *strace;
static struct story *story;
static struct typed *typed;
static size_t ntyped;

static int forget(void **state)
{
    story_free(story);
    strace_free(strace);
    free(typed);
    strace = NULL;
    story = NULL;
    typed = NULL;
    ntyped = 0;
    return 0;
}

static void type(const char *terminal, const char *text, size_t command,
                 bool line)
{
    typed = array_grow(typed, ntyped, sizeof *typed);
    typed[ntyped++] =
        (struct typed){terminal, text, command, line, strcmp(text, "^D") == 0};
}

static void read_trace(const char *text)
{
    char *error = NULL;

    forget(NULL);
    strace = strace_parse("t.trace", text, &error);
    if (strace == NULL)
        fail_msg("%s", error);
}

/* Replay a trace whose commands are typed one after the other. */
static void tell(const char *trace)
{
    read_trace(trace);
    for (size_t i = 0; i < strace->ncommands; i++)
        type(strace->commands[i].terminal, strace->commands[i].command, i,
             false);
    story = story_tell(strace, typed, ntyped);
}

enum part { SVG, WORDS };

/* The svg element of a picture, or its words with plain spaces. The caller
 * frees the text. */
static char *part_of(const struct picture *picture, enum part part)
{
    char *text = NULL;
    size_t size;
    FILE *out = text_open(&text, &size);

    if (part == SVG)
        picture_write(out, picture, picture_form("plain"), NULL);
    else
        fputs(picture->words, out);
    fclose(out);
    for (char *at; part == WORDS && (at = strstr(text, "\302\240")) != NULL;) {
        *at = ' ';
        memmove(at + 1, at + 2, strlen(at + 2) + 1);
    }
    return text;
}

/* The course of a command, or of all (NOBODY); "" if there is none. */
static char *course(size_t command, enum language language, enum part part)
{
    struct pictures pictures = {0};
    char *text;

    course_draw(&pictures, text_copy("course", 6), story, command, language);
    text = pictures.n == 0 ? text_copy("", 0) : part_of(pictures.list, part);
    pictures_free(&pictures);
    return text;
}

static void assert_course(size_t command, const char *words)
{
    char *is = course(command, ENGLISH, WORDS);

    assert_string_equal(is, words);
    free(is);
}

static void assert_svg(size_t command, const char *part, bool there)
{
    char *is = course(command, ENGLISH, SVG);

    if ((strstr(is, part) != NULL) != there)
        fail_msg("%s in %s", part, is);
    free(is);
}

/* The names and words of all pictures of ends. The caller frees them. */
static char *ends(size_t command)
{
    struct pictures pictures = {0};
    char *text = NULL;
    size_t size;
    FILE *out = text_open(&text, &size);

    ends_draw(&pictures, strace, command, story, 1, ENGLISH);
    for (size_t i = 0; i < pictures.n; i++)
        fprintf(out, "== %s\n%s", pictures.list[i].name,
                pictures.list[i].words);
    fclose(out);
    pictures_free(&pictures);
    return text;
}

/* Common lines of traces and of pictures in words. */
#define RUN "$ ./a\n1 execve(\"./a\", [\"./a\"], 0) = 0\n"
#define PIPE "1 pipe2([3<pipe:[1]>, 4<pipe:[1]>], 0) = 0\n"
#define FORK(child) "1 clone(flags=SIGCHLD) = " #child "\n"
#define FIFO "1 mknodat(AT_FDCWD<.>, \"f\", S_IFIFO|0600) = 0\n"
#define QUEUE "1 msgget(IPC_PRIVATE, 0600) = 1\n"
#define END(process) #process " +++ exited with 0 +++\n"
#define A "-\ta 1\t"
#define B "-\tchild 2\t"
#define C "-\tchild 3\t"
#define PIPED A "pipe([3, 4])\t3 is the read end, 4 the write end\n"
#define FORKED(child)                                                          \
    A "fork() = " #child "\ta child with the same descriptors\n"
#define FIFOED A "mkfifo(\"f\", 0600) = 0\ta name; nobody has opened it yet\n"
#define QUEUED A "msgget(IPC_PRIVATE, 0600) = 1\t\n"

/* A rule, the calls of a command after its execve(), and the rows of its
 * picture. */
static const struct rule {
    const char *name, *calls, *words;
} rules[] = {
    {"pipe(2) makes a pipe",
     "1 pipe([3<pipe:[1]>, 4<pipe:[1]>]) = 0\n"
     "1 write(4<pipe:[1]>, \"x\", 1) = 1\n",
     PIPED A "write(4, \"x\", 1) = 1\t\n"},
    {"a failed pipe2() makes no ends",
     "1 pipe2(0x\342\200\246, 0) = -1 EMFILE\n", A "pipe() = -1 EMFILE\t\n"},
    {"a failed msgctl() removes no queue",
     QUEUE "1 msgctl(1, IPC_RMID, NULL) = -1 EPERM\n"
           "1 msgctl(9, IPC_RMID, NULL) = -1 EINVAL\n",
     QUEUED A "msgctl(1, IPC_RMID) = -1 EPERM\t\n" A
              "msgctl(9, IPC_RMID) = -1 EINVAL\t\n"},
    {"a read of 0 bytes is not the end of file",
     PIPE "1 read(3<pipe:[1]>, \"\", 0) = 0\n",
     PIPED A "read(3, \"\", 0) = 0\t\n"},
    {"the end of file follows the read that empties the pipe",
     PIPE "1 write(4<pipe:[1]>, \"x\", 1) = 1\n1 close(4<pipe:[1]>) = 0\n" FORK(
         2) "1 read(3<pipe:[1]>, \"\", 8) = 0\n"
            "2 read(3<pipe:[1]>, \"x\", 1) = 1\n",
     PIPED A "write(4, \"x\", 1) = 1\t\n" A
             "close(4)\tthe last write end\n" FORKED(2) B
     "read(3, \"x\", 1) = 1\t\n" A
     "read(3, \"\", 8) = 0\tend of file: no write end is open\n"},
    {"the end of file follows the end of the last writer",
     PIPE FORK(2) "1 close(4<pipe:[1]>) = 0\n"
                  "1 read(3<pipe:[1]>, \"\", 8) = 0\n" END(2),
     PIPED FORKED(2) A "close(4)\tthe write end\n" A
                       "read(3)\twaits: the pipe is empty\n" B "exit(0)\t\n" A
                       "read(3, \"\", 8) = 0\tend of file: no write end is "
                       "open\n"},
    {"EAGAIN of a read follows the read that emptied the pipe",
     PIPE FORK(2) FORK(3) "1 write(4<pipe:[1]>, \"x\", 1) = 1\n"
                          "2 read(3<pipe:[1]>, 0x\342\200\246, 8) = -1 EAGAIN\n"
                          "3 read(3<pipe:[1]>, \"x\", 8) = 1\n",
     PIPED FORKED(2) FORKED(3) A
     "write(4, \"x\", 1) = 1\t\n" C "read(3, \"x\", 8) = 1\t\n" B
     "read(3, 8) = -1 EAGAIN\tempty, but a write end is open\n"},
    {"EAGAIN of a read follows the open() of a writer",
     FIFO FORK(2) "1 openat(AT_FDCWD<.>, \"f\", O_RDONLY|O_NONBLOCK) = 3<./f>\n"
                  "1 read(3<./f>, 0x\342\200\246, 8) = -1 EAGAIN\n"
                  "2 openat(AT_FDCWD<.>, \"f\", O_WRONLY) = 3<./f>\n"
                  "2 nanosleep({tv_sec=1, tv_nsec=0}, NULL) = 0\n",
     FIFOED FORKED(2) A "open(\"f\", O_RDONLY|O_NONBLOCK) = 3\t\n" B
                        "open(\"f\", O_WRONLY) = 3\t\n" B
                        "sleep(1)\twaits for time to pass\n" A
                        "read(3, 8) = -1 EAGAIN\tempty, but a write end is "
                        "open\n"},
    {"a read that a signal interrupted has waited",
     PIPE "1 read(3<pipe:[1]>, 0x\342\200\246, 8) = -1 EINTR\n",
     PIPED A "read(3)\twaits: the pipe is empty\n" A
             "read(3, 8) = -1 EINTR\t\n"},
    {"a failing read does not wait",
     PIPE FORK(
         2) "1 read(3<pipe:[1]>, 0x\342\200\246, 8) = -1 EFAULT\n"
            "1 kill(2, SIGTERM) = 0\n2 write(4<pipe:[1]>, \"x\", 1) = 1\n",
     PIPED FORKED(2) A "read(3, 8) = -1 EFAULT\t\n" A
                       "kill(2, SIGTERM) = 0\t\n" B
                       "write(4, \"x\", 1) = 1\t\n"},
    {"a read of unknown bytes waits for as many",
     PIPE FORK(2) "1 read(3<pipe:[1]>, 0x\342\200\246, 1) = 1\n"
                  "2 write(4<pipe:[1]>, \"x\", 1) = 1\n",
     PIPED FORKED(2) A "read(3)\twaits: the pipe is empty\n" B
                       "write(4, \"x\", 1) = 1\t\n" A "read(3, 1) = 1\t\n"},
    {"a read that returns less than it asked for empties the pipe",
     PIPE FORK(2) FORK(3) "1 write(4<pipe:[1]>, \"x\", 1) = 1\n"
                          "1 write(4<pipe:[1]>, \"x\", 1) = 1\n"
                          "2 read(3<pipe:[1]>, \"x\", 8) = 1\n"
                          "3 read(3<pipe:[1]>, \"x\", 1) = 1\n",
     PIPED FORKED(2) FORKED(3) A
     "write(4, \"x\", 1) = 1\t\n" A "write(4, \"x\", 1) = 1\t\n" C
     "read(3, \"x\", 1) = 1\t\n" B "read(3, \"x\", 8) = 1\t\n"},
    {"several reads take the bytes of a loop",
     PIPE "1 write(4<pipe:[1]>, \"x\", 1) = 1\n"
          "1 write(4<pipe:[1]>, \"x\", 1) = 1\n"
          "1 write(4<pipe:[1]>, \"x\", 1) = 1\n"
          "1 write(4<pipe:[1]>, \"x\", 1) = 1\n"
          "1 read(3<pipe:[1]>, \"xx\", 2) = 2\n"
          "1 read(3<pipe:[1]>, \"xx\", 8) = 2\n",
     PIPED A "write(4, \"x\", 1) × 4\t4 bytes in all\n" A
             "read(3, \"xx\", 2) = 2\t\n" A "read(3, \"xx\", 8) = 2\t\n"},
    {"EAGAIN of a write means that the pipe has no room",
     PIPE "1 write(4<pipe:[1]>, \"x\"..., 4096) = -1 EAGAIN\n",
     PIPED A
     "write(4, \"x\"..., 4096) = -1 EAGAIN\tthere is not enough room\n"},
    {"a process that is killed in read() has waited",
     PIPE FORK(2) "1 nanosleep({tv_sec=1, tv_nsec=0}, NULL) = 0\n"
                  "2 read(3<pipe:[1]>,  <unfinished ...>\n"
                  "1 kill(2, SIGKILL) = 0\n"
                  "2 <... read resumed> <unfinished ...>) = ?\n"
                  "2 +++ killed by SIGKILL +++\n",
     PIPED FORKED(2) A "sleep(1)\twaits for time to pass\n" B
                       "read(3)\twaits: the pipe is empty\n" A
                       "kill(2, SIGKILL) = 0\t\n" B
                       "SIGKILL\tis killed by SIGKILL\n"},
    {"EPIPE follows the end of the last reader",
     PIPE FORK(2) "1 close(3<pipe:[1]>) = 0\n"
                  "1 write(4<pipe:[1]>, \"x\", 1) = -1 EPIPE\n" END(2),
     PIPED FORKED(2) A "close(3)\tthe read end\n" B "exit(0)\t\n" A
                       "write(4, \"x\", 1) = -1 EPIPE\tno read end is open\n"},
    {"the path of a FIFO names it",
     "1 mknod(\"/tmp/f\", S_IFIFO|0600) = 0\n"
     "1 open(\"/tmp/f\", O_WRONLY|O_NONBLOCK) = -1 ENXIO\n"
     "1 open(\"/tmp/f\", O_RDWR) = 3</tmp/f>\n"
     "1 write(3</tmp/f>, \"x\", 1) = 1\n"
     "1 read(3</tmp/f>, \"x\", 8) = 1\n"
     "1 unlink(\"/tmp/f\") = 0\n",
     A
     "mkfifo(\"/tmp/f\", 0600) = 0\ta name; nobody has opened it yet\n" A
     "open(\"/tmp/f\", O_WRONLY|O_NONBLOCK) = -1 ENXIO\tno read end is open\n" A
     "open(\"/tmp/f\", O_RDWR) = 3\t\n" A "write(3, \"x\", 1) = 1\t\n" A
     "read(3, \"x\", 8) = 1\t\n" A "unlink(\"/tmp/f\") = 0\t\n"},
    {"open() of a FIFO waits for the other end",
     FIFO FORK(2) "1 open(\"./f\", O_RDONLY) = 3<./f>\n"
                  "2 open(\"f\", O_WRONLY) = 3<./f>\n",
     FIFOED FORKED(2) A
     "open(\"./f\", O_RDONLY)\twaits for a writer to open it\n" B
     "open(\"f\", O_WRONLY) = 3\t\n" A "open(\"./f\", O_RDONLY) = 3\t\n"},
    {"open() of a FIFO returns even if the other process has ended since",
     FIFO FORK(2) "1 openat(AT_FDCWD<.>, \"f\", O_RDONLY) = 3<./f>\n"
                  "2 openat(AT_FDCWD<.>, \"f\", O_WRONLY) = 3<./f>\n" END(
                      2) "1 read(3<./f>, \"\", 8) = 0\n",
     FIFOED FORKED(2) A
     "open(\"f\", O_RDONLY)\twaits for a writer to open it\n" B
     "open(\"f\", O_WRONLY) = 3\t\n" B "exit(0)\t\n" A
     "open(\"f\", O_RDONLY) = 3\t\n" A
     "read(3, \"\", 8) = 0\tend of file: no write end is open\n"},
    {"fstat() identifies a FIFO",
     "1 fstat(3, {st_mode=S_IFIFO|0600}) = 0\n"
     "1 fstat(3<./g>, {st_mode=S_IFIFO|0600}) = 0\n"
     "1 open(\"f\", O_WRONLY) = 4<./f>\n"
     "1 open(\"g\", O_RDWR) = 5<./g>\n"
     "1 write(5<./g>, \"x\", 1) = 1\n",
     A "open(\"g\", O_RDWR) = 5\t\n" A "write(5, \"x\", 1) = 1\t\n"},
    {"msgrcv() takes the first message of a type, of any, or of the least",
     QUEUE "1 msgsnd(1, {mtype=5, mtext=\"e\"}, 1, 0) = 0\n"
           "1 msgsnd(1, {mtype=2, mtext=\"b\"}, 1, 0) = 0\n"
           "1 msgsnd(1, {mtype=3, mtext=\"c\"}, 1, 0) = 0\n"
           "1 msgsnd(1, {mtype=1, mtext=\"a\"}, 1, 0) = 0\n"
           "1 msgrcv(1, {mtype=1, mtext=\"a\"}, 8, -3, 0) = 1\n"
           "1 msgrcv(1, {mtype=5, mtext=\"e\"}, 8, 0, 0) = 1\n"
           "1 msgrcv(1, {mtype=3, mtext=\"c\"}, 8, 3, 0) = 1\n"
           "1 msgrcv(1, {mtype=2, mtext=\"b\"}, 8, 2, 0) = 1\n",
     QUEUED A "msgsnd(1, {5, \"e\"}, 1, 0) = 0\t\n" A
              "msgsnd(1, {2, \"b\"}, 1, 0) = 0\t\n" A
              "msgsnd(1, {3, \"c\"}, 1, 0) = 0\t\n" A
              "msgsnd(1, {1, \"a\"}, 1, 0) = 0\t\n" A
              "msgrcv(1, {1, \"a\"}, 8, -3, 0) = 1\t\n" A
              "msgrcv(1, {5, \"e\"}, 8, 0, 0) = 1\t\n" A
              "msgrcv(1, {3, \"c\"}, 8, 3, 0) = 1\t\n" A
              "msgrcv(1, {2, \"b\"}, 8, 2, 0) = 1\t\n"},
    {"msgrcv() waits for a type that is small enough",
     QUEUE FORK(2) "1 msgsnd(1, {mtype=5, mtext=\"e\"}, 1, 0) = 0\n"
                   "1 msgrcv(1, {mtype=2, mtext=\"b\"}, 8, -3, 0) = 1\n"
                   "2 msgsnd(1, {mtype=2, mtext=\"b\"}, 1, 0) = 0\n",
     QUEUED FORKED(2) A "msgsnd(1, {5, \"e\"}, 1, 0) = 0\t\n" A
                        "msgrcv(1)\twaits for a message that fits\n" B
                        "msgsnd(1, {2, \"b\"}, 1, 0) = 0\t\n" A
                        "msgrcv(1, {2, \"b\"}, 8, -3, 0) = 1\t\n"},
    {"msgrcv() of the smallest type takes any message",
     QUEUE "1 msgsnd(1, {mtype=9, mtext=\"x\"}, 1, 0) = 0\n"
           "1 msgrcv(1, {mtype=9, mtext=\"x\"}, 8, -9223372036854775808, 0) = "
           "1\n",
     QUEUED A "msgsnd(1, {9, \"x\"}, 1, 0) = 0\t\n" A
              "msgrcv(1, {9, \"x\"}, 8, -9223372036854775808, 0) = 1\t\n"},
    {"msgsnd() waits for room",
     QUEUE "1 msgctl(1, IPC_STAT, {msg_qnum=0, msg_qbytes=4}) = 0\n" FORK(
         2) "1 msgsnd(1, {mtype=1, mtext=\"abc\"}, 3, 0) = 0\n"
            "1 msgsnd(1, {mtype=1, mtext=\"de\"}, 2, 0) = 0\n"
            "2 msgrcv(1, {mtype=1, mtext=\"abc\"}, 8, 0, 0) = 3\n",
     QUEUED A "msgctl(1, IPC_STAT)\t\n" FORKED(2) A
     "msgsnd(1, {1, \"abc\"}, 3, 0) = 0\t\n" A
     "msgsnd(1)\twaits for room in the queue\n" B
     "msgrcv(1, {1, \"abc\"}, 8, 0, 0) = 3\t\n" A
     "msgsnd(1, {1, \"de\"}, 2, 0) = 0\t\n"},
    {"EAGAIN of msgsnd() means that the queue has no room",
     QUEUE "1 msgsnd(1, {mtype=1, mtext=\"x\"}, 1, IPC_NOWAIT) = -1 EAGAIN\n",
     QUEUED A "msgsnd(1, {1, \"x\"}, 1, IPC_NOWAIT) = -1 EAGAIN\tthere is not "
              "enough room\n"},
    {"E2BIG leaves the message in the queue",
     QUEUE FORK(2) "1 msgrcv(1, 0x\342\200\246, 1, 0, 0) = -1 E2BIG\n"
                   "1 msgrcv(1, {mtype=1, mtext=\"abc\"}, 8, 0, 0) = 3\n"
                   "2 msgsnd(1, {mtype=1, mtext=\"abc\"}, 3, 0) = 0\n",
     QUEUED FORKED(2) B
     "msgsnd(1, {1, \"abc\"}, 3, 0) = 0\t\n" A
     "msgrcv(1, 1, 0, 0) = -1 E2BIG\tthe message is longer, and stays\n" A
     "msgrcv(1, {1, \"abc\"}, 8, 0, 0) = 3\t\n"},
    {"ENOMSG follows the msgrcv() that took the message",
     QUEUE FORK(2)
         FORK(3) "1 msgsnd(1, {mtype=5, mtext=\"x\"}, 1, 0) = 0\n"
                 "2 msgrcv(1, 0x\342\200\246, 8, 5, IPC_NOWAIT) = -1 ENOMSG\n"
                 "3 msgrcv(1, {mtype=5, mtext=\"x\"}, 8, 5, 0) = 1\n",
     QUEUED FORKED(2) FORKED(3) A
     "msgsnd(1, {5, \"x\"}, 1, 0) = 0\t\n" C
     "msgrcv(1, {5, \"x\"}, 8, 5, 0) = 1\t\n" B
     "msgrcv(1, 8, 5, IPC_NOWAIT) = -1 ENOMSG\tthere is no message that "
     "fits\n"},
    {"removing a queue removes its messages and wakes a waiting process",
     QUEUE FORK(2) "1 msgsnd(1, {mtype=5, mtext=\"x\"}, 1, 0) = 0\n"
                   "1 msgrcv(1, 0x\342\200\246, 8, 7, 0) = -1 EIDRM\n"
                   "1 msgsnd(1, {mtype=5, mtext=\"x\"}, 1, 0) = -1 EINVAL\n"
                   "1 msgget(0x1, 0600) = -1 ENOENT\n"
                   "2 msgctl(1, IPC_RMID, NULL) = 0\n",
     QUEUED FORKED(2) A
     "msgsnd(1, {5, \"x\"}, 1, 0) = 0\t\n" A
     "msgrcv(1)\twaits for a message that fits\n" B
     "msgctl(1, IPC_RMID)\tthe queue goes, and what is in it\n" A
     "msgrcv(1, 8, 7, 0) = -1 EIDRM\tthe queue is gone\n" A
     "msgsnd(1, {5, \"x\"}, 1, 0) = -1 EINVAL\t\n" A
     "msgget(0x1, 0600) = -1 ENOENT\t\n"},
    {"a signal interrupts msgrcv()",
     QUEUE "1 msgrcv(1, 0x\342\200\246, 8, 7, 0) = -1 EINTR\n",
     QUEUED A "msgrcv(1)\twaits for a message that fits\n" A
              "msgrcv(1, 8, 7, 0) = -1 EINTR\t\n"},
    {"a message that strace could not read stays as it is",
     QUEUE "1 msgsnd(1, 0x\342\200\246, 1, 0) = 0\n"
           "1 msgsnd(1, {mtype=1, mtext=?}, 1, 0) = 0\n"
           "1 msgrcv(1, 0x\342\200\246, 8, 0, 0) = 1\n"
           "1 msgrcv(1, {mtype=1, mtext=?}, 8, 0, 0) = 1\n",
     QUEUED A "msgsnd(1, 1, 0) = 0\t\n" A
              "msgsnd(1, {mtype=1, mtext=?}, 1, 0) = 0\t\n" A
              "msgrcv(1, 8, 0, 0) = 1\t\n" A
              "msgrcv(1, {mtype=1, mtext=?}, 8, 0, 0) = 1\t\n"},
    {"waitid() waits for its child",
     FORK(2) "1 waitid(P_PID, 2, {si_pid=2}, WEXITED, NULL) = 0\n" END(2),
     FORKED(2) A "waitid(P_PID)\twaits for the child to end\n" B "exit(0)\t\n" A
                 "waitid(P_PID, 2, WEXITED) = 0\t\n"},
    {"wait4() that returns no child is not shown",
     FORK(2) "1 wait4(2, NULL, WNOHANG, NULL) = 0\n"
             "1 wait4(9, NULL, 0, NULL) = -1 ECHILD\n" END(1) END(2),
     FORKED(2) A "exit(0)\t\n" B "exit(0)\t\n"},
    {"poll() waits until its pipe is as it reports",
     PIPE FORK(2) "1 close(4<pipe:[1]>) = 0\n"
                  "1 poll([{fd=9, events=POLLOUT}, {fd=3<pipe:[1]>, "
                  "events=POLLIN}], 2, -1) = 1 ([{fd=3, "
                  "revents=POLLIN|POLLHUP}])\n"
                  "2 write(4<pipe:[1]>, \"x\", 1) = 1\n"
                  "2 close(4<pipe:[1]>) = 0\n",
     PIPED FORKED(2) A "close(4)\tthe write end\n" A
                       "poll([9, 3], -1)\twaits for a ready descriptor\n" B
                       "write(4, \"x\", 1) = 1\t\n" B
                       "close(4)\tthe last write end\n" A
                       "poll([9, 3], -1) = 1\t3: POLLIN\n"},
    {"poll() of a write end waits until no reader is left",
     PIPE FORK(2) "1 close(3<pipe:[1]>) = 0\n"
                  "1 poll([{fd=4<pipe:[1]>, events=0}], 1, -1) = 1 ([{fd=4, "
                  "revents=POLLERR}])\n"
                  "2 close(3<pipe:[1]>) = 0\n",
     PIPED FORKED(2) A "close(3)\tthe read end\n" A
                       "poll(4, -1)\twaits for a ready descriptor\n" B
                       "close(3)\tthe last read end\n" A
                       "poll(4, -1) = 1\t4: POLLERR\n"},
    {"a read that got less than it asked for came before the next write",
     PIPE FORK(2) "2 write(4<pipe:[1]>, \"ab\", 2) = 2\n"
                  "1 read(3<pipe:[1]>, \"ab\", 9) = 2\n"
                  "1 getpid() = 1\n"
                  "2 write(4<pipe:[1]>, \"c\", 1) = 1\n"
                  "1 read(3<pipe:[1]>, \"c\", 9) = 1\n",
     PIPED FORKED(2) A
     "read(3)\twaits: the pipe is empty\n" B "write(4, \"ab\", 2) = 2\t\n" A
     "read(3, \"ab\", 9) = 2\t\n" A "getpid() = 1\t\n" A
     "read(3)\twaits: the pipe is empty\n" B "write(4, \"c\", 1) = 1\t\n" A
     "read(3, \"c\", 9) = 1\t\n"},
    {"poll() waits for bytes or for its time limit",
     PIPE FORK(2) "1 poll([{fd=3<pipe:[1]>, events=POLLIN}], 1, -1) = 1 "
                  "([{fd=3, revents=POLLIN}])\n"
                  "1 poll(NULL, 0, 20) = 0 (Timeout)\n"
                  "1 poll([{fd=9, events=POLLIN}], 1, 20) = 1 ([])\n"
                  "2 write(4<pipe:[1]>, \"x\", 1) = 1\n",
     PIPED FORKED(2) A
     "poll(3, -1)\twaits for a ready descriptor\n" B
     "write(4, \"x\", 1) = 1\t\n" A "poll(3, -1) = 1\t3: POLLIN\n" A
     "poll(NULL, 20 ms)\twaits for a ready descriptor\n" A
     "poll(NULL, 20 ms) = 0\tthe time is up\n" A "poll(9, 20 ms) = 1\t\n"},
    {"ppoll() is shown as poll(), with its limit in milliseconds",
     PIPE FORK(
         2) "1 ppoll([{fd=3<pipe:[1]>, events=POLLIN}], 1, {tv_sec=2, "
            "tv_nsec=5000000}, NULL, 0) = 1 ([{fd=3, revents=POLLIN}])\n"
            "1 ppoll([{fd=3<pipe:[1]>, events=POLLIN}], 1, NULL, NULL, 0) "
            "= 1 ([])\n2 write(4<pipe:[1]>, \"x\", 1) = 1\n",
     PIPED FORKED(2) A "poll(3, 2005 ms)\twaits for a ready descriptor\n" B
                       "write(4, \"x\", 1) = 1\t\n" A
                       "poll(3, 2005 ms) = 1\t3: POLLIN\n" A
                       "poll(3, -1) = 1\t\n"},
    {"an interrupted sleep is shown",
     "1 clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=9, tv_nsec=0}, NULL) = -1 "
     "EINTR\n",
     A "sleep(9)\twaits for time to pass\n" A "sleep(9) = -1 EINTR\t\n"},
    {"a failed fork() makes no process",
     "1 clone(flags=SIGCHLD) = -1 EAGAIN\n1 fork() = -1 EAGAIN\n"
     "1 vfork() = -1 EAGAIN\n",
     A "fork() = -1 EAGAIN\t\n" A "fork() = -1 EAGAIN\t\n" A
       "vfork() = -1 EAGAIN\t\n"},
    {"a thread is not a child",
     "1 clone(child_stack=NULL, flags=CLONE_VM|CLONE_THREAD) = 2\n"
     "1 clone(child_stack=NULL) = 3\n",
     A
     "clone(child_stack=NULL, flags=CLONE_VM|CLONE_THREAD) = 2\t\n" FORKED(3)},
    {"a copy of a descriptor is another end of the pipe",
     PIPE "1 dup3(4<pipe:[1]>, 5<pipe:[1]>, O_CLOEXEC) = 5<pipe:[1]>\n"
          "1 fcntl(4<pipe:[1]>, F_DUPFD_CLOEXEC, 7) = 7<pipe:[1]>\n"
          "1 fcntl(4<pipe:[1]>, F_DUPFD, 8) = 8<pipe:[1]>\n"
          "1 dup2(4<pipe:[1]>, 4<pipe:[1]>) = 4<pipe:[1]>\n"
          "1 close(4<pipe:[1]>) = 0\n1 close(8<pipe:[1]>) = 0\n"
          "1 dup(9) = -1 EBADF\n"
          "1 execve(\"./a\", [\"./a\"], 0) = 0\n"
          "1 read(3<pipe:[1]>, \"\", 8) = 0\n",
     PIPED A "dup3(4, 5, O_CLOEXEC) = 5\t5 is now a write end, too\n" A
             "fcntl(4, F_DUPFD_CLOEXEC, 7) = 7\t\n" A
             "fcntl(4, F_DUPFD, 8) = 8\t\n" A
             "dup2(4, 4) = 4\t4 is now a write end, too\n" A
             "close(4), close(8)\tthe write end; the write end\n" A
             "dup(9) = -1 EBADF\t\n" A
             "read(3, \"\", 8) = 0\tend of file: no write end is open\n"},
    {"FD_CLOEXEC closes a descriptor in execve()",
     PIPE "1 fcntl(4<pipe:[1]>, F_SETFD, FD_CLOEXEC) = 0\n"
          "1 dup2(4<pipe:[1]>, 4<pipe:[1]>) = 4<pipe:[1]>\n"
          "1 fcntl(9, F_SETFD, FD_CLOEXEC) = -1 EBADF\n"
          "1 fcntl(9, F_SETFD, FD_CLOEXEC) = 0\n"
          "1 fcntl(3<pipe:[1]>, F_SETFL, O_RDONLY|O_NONBLOCK) = -1 EPERM\n"
          "1 execve(\"./a\", [\"./a\"], 0) = 0\n"
          "1 read(3<pipe:[1]>, \"\", 8) = 0\n",
     PIPED A "dup2(4, 4) = 4\t4 is now a write end, too\n" A
             "fcntl(3, F_SETFL, O_NONBLOCK) = -1 EPERM\t\n" A
             "read(3, \"\", 8) = 0\tend of file: no write end is open\n"},
    {"an inherited descriptor of a pipe is an end of it",
     "1 dup2(7<pipe:[1]>, 1) = 1\n1 dup(8) = 9\n"
     "1 close(1) = 0\n1 close(9) = 0\n1 close(9) = -1 EBADF\n",
     A "dup2(7, 1) = 1\t1 is now a read end, too\n" A "dup(8) = 9\t\n" A
       "close(1)\tthe last read end\n"},
    {"a copy with O_CLOEXEC lasts until execve()",
     PIPE "1 dup3(4<pipe:[1]>, 5, O_CLOEXEC) = 5<pipe:[1]>\n"
          "1 close(4<pipe:[1]>) = 0\n"
          "1 execve(\"./a\", [\"./a\"], 0) = 0\n"
          "1 read(3<pipe:[1]>, \"\", 8) = 0\n",
     PIPED A "dup3(4, 5, O_CLOEXEC) = 5\t5 is now a write end, too\n" A
             "close(4)\tthe write end\n" A
             "read(3, \"\", 8) = 0\tend of file: no write end is open\n"},
    {"the last part of its path names a program",
     FORK(2) FORK(3) FORK(4) "2 execve(\"b\", [\"b\"], 0) = 0\n"
                             "3 execve(\"/bin/c\", [\"c\"], 0) = 0\n"
                             "4 execve(\"./d\\n\\t\", [\"d\"], 0) = 0\n",
     FORKED(2) FORKED(3) FORKED(
         4) "-\tchild 2: b\texec b\tthe same process, another program\n"
            "-\tchild 3: c\texec c\tthe same process, another program\n"
            "-\tchild 4: d\?\?\texec d\tthe same process, another program\n"},
    {"a failed execvp() has one row",
     "1 clone(flags=SIGCHLD) = 2\n"
     "2 execve(\"/bin/no\", [\"no\"], 0) = -1 ENOENT\n"
     "2 execve(\"/usr/bin/no\", [\"no\"], 0) = -1 ENOENT\n" END(2),
     FORKED(2) B "exec no = -1 ENOENT\t\n" B "exit(0)\t\n"},
    {"a failed execve() has a row",
     FORK(2) "2 execve(\"./b\", [\"./b\"], 0) = -1 E2BIG\n" END(2),
     FORKED(2) B "exec ./b = -1 E2BIG\t\n" B "exit(0)\t\n"},
    {"a failed mkfifo() has no meaning",
     FIFO "1 mknodat(AT_FDCWD<.>, \"f\", S_IFIFO|0600) = -1 EEXIST\n",
     FIFOED A "mkfifo(\"f\", 0600) = -1 EEXIST\t\n"},
    {"long messages are cut",
     QUEUE "1 msgsnd(1, {mtype=1, mtext=\"123456789012345678901234\"...}, 300, "
           "0) = 0\n1 msgrcv(1, {mtype=1, mtext=\"123456789012345678901234"
           "\"...}, 8192, 0, 0) = 300\n",
     QUEUED A "msgsnd(1, {1, \"123456789012345…\"}, 300, 0) = 0\t\n" A
              "msgrcv(1, {1, \"123456789012345…\"}, 8192, 0, 0) = 300\t\n"},
    {"six pipes have letters",
     "1 close(11<pipe:[1]>) = 0\n1 close(12<pipe:[2]>) = 0\n"
     "1 close(13<pipe:[3]>) = 0\n1 close(14<pipe:[4]>) = 0\n"
     "1 close(15<pipe:[5]>) = 0\n1 close(16<pipe:[6]>) = 0\n"
     "1 close(17<pipe:[7]>) = 0\n",
     A "close(11), close(12), close(13)\tthe last read end of A; the last read "
       "end of B; the last read end of C\n" A
       "close(14), close(15), close(16)\tthe last read end of D; the last read "
       "end of E; the last read end of F\n" A "close(17)\tthe last read end\n"},
    {"many calls of close() take several rows",
     PIPE "1 close(0) = 0\n1 close(3<pipe:[1]>) = 0\n1 close(1) = 0\n"
          "1 close(4<pipe:[1]>) = 0\n1 close(2) = 0\n",
     PIPED A "close(0), close(3), close(1), close(4)\tthe last read end; the "
             "last write end\n" A "close(2)\t\n"},
    {"the parts of a printed line share a row",
     "1 write(1</dev/pts/1>, \"a\", 1) = 1\n"
     "1 write(1</dev/pts/1>, \"b\\n\", 2) = 2\n"
     "1 write(1</dev/pts/1>, \"\", 0) = 0\n"
     "1 write(1</dev/pts/1>, 0x1, 1) = 1\n",
     A "ab\t\n" A "0x1\t\n"},
    {"long text is cut between characters or escapes",
     PIPE "1 write(4<pipe:[1]>, \"123456789012\\33xxxxxxxxxx\", 24) = 24\n"
          "1 write(4<pipe:[1]>, \"12345678901\\33xxxxxxxxxx\", 23) = 23\n"
          "1 write(4<pipe:[1]>, \"12345678901234\355\225\234567890\", 23) = "
          "23\n",
     PIPED A "write(4, \"123456789012…\", 24) = 24\t\n" A
             "write(4, \"12345678901\\x1b…\", 23) = 23\t\n" A
             "write(4, \"12345678901234…\", 23) = 23\t\n"},
    {"quotation marks and backslashes in arguments are escaped",
     PIPE "1 write(4<pipe:[1]>, \"\\\"\\\\\\33\\n\", 4) = 4\n",
     PIPED A "write(4, \"\\\"\\\\\\x1b\\n\", 4) = 4\t\n"},
    {"bytes that are no characters are escaped as in sessions",
     "1 write(1</dev/pts/1>, \"\\302\\200 \\300\\200 \\340\\203\\251 "
     "\\355\\240\\200 "
     "\\357\\277\\276 \\357\\277\\277 \\364\\220\\200\\200 \\370 \\303x "
     "\\200\\177\\n\", 40) = 40\n"
     "1 write(1</dev/pts/1>, \"\\303\\251 \\360\\237\\230\\200 "
     "\\356\\200\\200\\n\", 40) = 40\n",
     A "\\u0080 \\xc0\\x80 \\xe0\\x83\\xa9 \\xed\\xa0\\x80 \\ufffe "
       "\\uffff "
       "\\xf4\\x90\\x80\\x80 \\xf8 \\xc3x \\x80\\x7f\t\n" A
       "é 😀 \356\200\200\t\n"},
};

static void has_these_rows(void **state)
{
    const struct rule *rule = *state;
    char *trace = text_format(RUN "%s", rule->calls);

    tell(trace);
    free(trace);
    assert_false(story->as_traced);
    assert_course(0, rule->words);
}

/* Several commands, and input that is typed for them. */

static void the_whole_transcript_has_a_lifeline_for_each_terminal(void **state)
{
    tell("first$ ./a\n"
         "1 execve(\"./a\", [\"./a\"], 0) = 0\n" FIFO
         "1 openat(AT_FDCWD<.>, \"f\", O_WRONLY) = 3<./f>\n"
         "1 write(3<./f>, \"x\", 1) = 1\n" END(
             1) "second$ cat f; ls\n"
                "2 clone(flags=SIGCHLD) = 3\n2 clone(flags=SIGCHLD) = 4\n"
                "3 execve(\"/bin/cat\", [\"cat\", \"f\"], 0) = 0\n"
                "3 openat(AT_FDCWD<.>, \"f\", O_RDONLY) = 3<./f>\n"
                "3 read(3<./f>, \"x\", 8) = 1\n > cat.c:7\n"
                "3 read(3<./f>, \"\", 8) = 0\n3 close(3<./f>) = 0\n"
                "3 umask(000) = 022\n" END(
                    3) "4 write(1</dev/pts/2>, \"f\\n\", 2) = 2\n" END(4)
                    END(2));
    assert_false(story->as_traced);
    assert_course(
        NOBODY,
        "-\tterminal first\t$ ./a\t\n"
        "-\tterminal first\tmkfifo(\"f\", 0600) = 0\ta name; nobody has opened "
        "it yet\n"
        "-\tterminal first\topen(\"f\", O_WRONLY)\twaits for a reader to open "
        "it\n"
        "-\tterminal second\t$ cat f; ls\t\n"
        "-\tterminal second\topen(\"f\", O_RDONLY) = 3\t\n"
        "-\tterminal second\tread(3)\twaits: the FIFO is empty\n"
        "-\tterminal first\topen(\"f\", O_WRONLY) = 3\t\n"
        "-\tterminal first\twrite(3, \"x\", 1) = 1\t\n"
        "-\tterminal second\tread(3, \"x\", 8) = 1\t\n"
        "-\tterminal second\tread(3, \"\", 8) = 0\tend of file: no write end "
        "is open\n"
        "-\tterminal second\tclose(3)\tthe last read end\n"
        "-\tterminal second\tf\t\n");
}

static void
a_pipeline_shows_only_the_writes_to_a_program_of_the_book(void **state)
{
    tell("$ echo x | ./a\n1 execve(\"/bin/sh\", [\"sh\"], 0) = 0\n" PIPE
         "1 clone(flags=SIGCHLD) = 2\n1 clone(flags=SIGCHLD) = 3\n"
         "1 close(3<pipe:[1]>) = 0\n1 close(4<pipe:[1]>) = 0\n"
         "2 write(2</dev/pts/1>, \"no\\n\", 3) = 3\n"
         "2 write(4<pipe:[1]>, \"x\", 1) = 1\n" END(
             2) "3 close(4<pipe:[1]>) = 0\n"
                "3 dup2(3<pipe:[1]>, 0</dev/pts/1>) = 0<pipe:[1]>\n"
                "3 execve(\"./a\", [\"./a\"], 0) = 0\n"
                "3 read(0<pipe:[1]>, \"x\", 8) = 1\n"
                "3 read(0<pipe:[1]>, \"\", 8) = 0\n" END(3));
    assert_false(story->as_traced);
    assert_course(0, "-\tsh 1\twrite(4, \"x\", 1) = 1\t\n"
                     "-\ta 3\tread(0, \"x\", 8) = 1\t\n"
                     "-\ta 3\tread(0, \"\", 8) = 0\tend of file: no write end "
                     "is open\n-\ta 3\texit(0)\t\n");
}

static void a_child_made_before_the_program_has_no_lifeline(void **state)
{
    tell("$ sleep 0 & exec ./a\n1 execve(\"/bin/sh\", [\"sh\"], 0) = 0\n"
         "1 clone(flags=SIGCHLD) = 2\n"
         "1 execve(\"./a\", [\"./a\"], 0) = 0\n"
         "2 execve(\"/bin/sleep\", [\"sleep\", \"0\"], 0) = 0\n" END(
             2) "1 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) "
                "= 2\n"
                "1 wait4(-1, NULL, 0, NULL) = 2\n");
    assert_course(0, A "wait()\twaits for the child to end\n" A
                       "wait() = 2\tchild 2 has ended with status 0\n" A
                       "wait() = 2\t\n");
    assert_svg(0, "\"birth\"", false);
}

static void processes_of_a_child_print_rows_of_their_own(void **state)
{
    tell(RUN FORK(2) "2 execve(\"/bin/sh\", [\"sh\"], 0) = 0\n"
                     "2 clone(flags=SIGCHLD) = 3\n2 clone(flags=SIGCHLD) = 4\n"
                     "3 execve(\"/bin/c\", [\"c\"], 0) = 0\n"
                     "4 execve(\"/bin/d\", [\"d\"], 0) = 0\n"
                     "3 write(1</dev/pts/1>, \"c\", 1) = 1\n"
                     "4 write(1</dev/pts/1>, \"d\\n\", 2) = 2\n");
    assert_course(
        0, FORKED(2) "-\tchild 2: sh\texec sh\tthe same process, another "
                     "program\n-\tchild 2: sh\tc\t\n-\tchild 2: sh\td\t\n");
}

/* A writer on another terminal fills the FIFO several times. */
#define FOUR(call) call call call call
static void a_read_waits_for_another_command(void **state)
{
    tell(
        "first$ ./a\n"
        "1 execve(\"./a\", [\"./a\"], 0) = 0\n" FIFO
        "1 open(\"f\", O_RDWR) = 3<./f>\n" FOUR(
            "1 read(3<./f>, \"x\"..., 30000) = 30000\n") "second$ ./b\n"
                                                         "2 execve(\"./b\", "
                                                         "[\"./b\"], 0) = 0\n"
                                                         "2 open(\"f\", "
                                                         "O_WRONLY) = "
                                                         "3<./f>\n" FOUR(
                                                             "2 write(3<./f>, "
                                                             "\"x\"..., 30000) "
                                                             "= 30000\n"));
    assert_false(story->as_traced);
    assert_course(0, FIFOED A "open(\"f\", O_RDWR) = 3\t\n" A
                              "read(3)\twaits: the FIFO is empty\n" A
                              "read(3, …)\t120000 bytes in all, read since "
                              "the first write\n");
    /* The picture has no row that writes, so the read waits up to its own. */
    assert_svg(0, "\"wait\" d=\"M16 112L16 153\"", true);
    assert_svg(0, "\"flow\" d=\"M41 153H26\"", true);
    assert_svg(0, ">FIFO f<", true);
}

static void a_fifo_may_have_a_korean_name(void **state)
{
    tell(RUN "1 mknodat(AT_FDCWD<.>, \"\\355\\225\\234\", S_IFIFO|0600) = 0\n"
             "1 openat(AT_FDCWD<.>, \"\\355\\225\\234\", O_RDWR) = "
             "3<./\\355\\225\\234>\n"
             "1 write(3<./\\355\\225\\234>, \"x\", 1) = 1\n");
    assert_course(0, A "mkfifo(\"한\", 0600) = 0\ta name; nobody has "
                       "opened it yet\n" A "open(\"한\", O_RDWR) = 3\t\n" A
                       "write(3, \"x\", 1) = 1\t\n");
    assert_svg(0, ">FIFO \355\225\234<", true);
}

static void the_lifeline_of_an_object_ends_with_its_last_call(void **state)
{
    /* From mkfifo() in the first row to unlink() in the second. */
    tell(RUN FIFO "1 unlink(\"f\") = 0\n");
    assert_svg(0, "\"band\" d=\"M46 46L46 87\"", true);
    tell(RUN "1 mknod(\"/tmp/f\", S_IFIFO|0600) = 0\n");
    assert_svg(0, ">FIFO /tmp/f<", true);
    tell(RUN "1 msgget(0x1, 0600) = -1 ENOENT\n");
    assert_svg(0, "message queue", false);
}

static void an_exit_status_is_no_descriptor(void **state)
{
    char *status, *pipe;
    size_t length;

    /* 3 is also a descriptor of the pipe. */
    tell(RUN PIPE "1 +++ exited with 7 +++\n");
    pipe = course(0, ENGLISH, SVG);
    tell(RUN PIPE "1 +++ exited with 3 +++\n");
    status = course(0, ENGLISH, SVG);
    assert_non_null(strstr(pipe, "\"band\""));
    assert_non_null(strstr(status, "\"band\""));
    length = strcspn(strstr(pipe, "\"band\""), ">");
    if (strncmp(strstr(pipe, "\"band\""), strstr(status, "\"band\""), length) !=
        0)
        fail_msg("the lifeline of the pipe reaches to the end: %s", status);
    free(status);
    free(pipe);
}

static void commands_may_use_a_pid_again(void **state)
{
    tell(RUN FORK(20) END(20)
             RUN FORK(20) "1 wait4(20, NULL, 0, NULL) = 20\n" END(20));
    assert_false(story->as_traced);
    assert_course(1, FORKED(20) A "waitpid(20)\twaits for the child to end\n"
                                  "-\tchild 20\texit(0)\t\n" A
                                  "waitpid(20) = 20\t\n");
}

static void typed_lines_are_read(void **state)
{
    read_trace(RUN "1 read(0</dev/pts/1>, \"x\\n\", 8) = 2\n"
                   "1 read(0</dev/pts/1>, \"\", 8) = 0\n" END(1));
    type(NULL, "./a \001\377  b", 0, false);
    type(NULL, "x", 0, true);
    type(NULL, "^D", 0, true);
    story = story_tell(strace, typed, ntyped);
    assert_false(story->as_traced);
    assert_course(NOBODY, "-\tterminal\t$ ./a \001\377  b\t\n"
                          "-\tterminal\tx\ta line that is typed\n"
                          "-\tterminal\tread(0, \"x\\n\", 8) = 2\t\n"
                          "-\tterminal\t^D\tthe end of the input is typed\n"
                          "-\tterminal\tread(0, \"\", 8) = 0\tend of the "
                          "input\n");
    assert_svg(NOBODY, ">$ ./a ?? \302\240b<", true);
}

/* Who holds which end. */

#define TERMINAL "0 terminal, 1 terminal, 2 terminal, "

static void assert_ends(const char *trace, const char *words)
{
    char *is;

    tell(trace);
    is = ends(0);
    assert_string_equal(is, words);
    free(is);
}

static void ends_are_shown_for_each_process(void **state)
{
    assert_ends(RUN "1 write(1</dev/pts/1>, \"x\\n\", 2) = 2\n", "");
    assert_ends(RUN "1 pipe2(0x1, 0) = -1 EMFILE\n", "");
    assert_ends(RUN PIPE "1 clone(flags=SIGCHLD) = -1 EAGAIN\n",
                "== ends-pipe\n-\ta 1\t" TERMINAL
                "3 read end, 4 write end\t\n");
    /* fork(), dup() and pipe2() that fail change nothing. */
    assert_ends(RUN PIPE "1 clone(flags=SIGCHLD) = -1 EAGAIN\n"
                         "1 dup(4<pipe:[1]>) = -1 EMFILE\n"
                         "1 pipe2(0x1, 0) = -1 EMFILE\n" FORK(2)
                             FORK(3) "2 read(9, 0x1, 8) = -1 EBADF\n"
                                     "2 dup(4<pipe:[1]>) = -1 EMFILE\n"
                                     "2 close(3<pipe:[1]>) = 0\n"
                                     "3 close(4<pipe:[1]>) = 0\n"
                                     "3 clone(flags=SIGCHLD) = 4\n",
                "== ends-pipe\n"
                "-\ta 1\t" TERMINAL "3 read end, 4 write end\t\n"
                "== ends-fork\n"
                "-\ta 1\t" TERMINAL "3 read end, 4 write end\t\n"
                "-\tchild 2\t" TERMINAL "3 read end, 4 write end\t\n"
                "-\tchild 3\t" TERMINAL "3 read end, 4 write end\t\n"
                "== ends-close\n"
                "-\ta 1\t" TERMINAL "3 read end, 4 write end\t\n"
                "-\tchild 2\t" TERMINAL "3 closed, 4 write end\t\n"
                "-\tchild 3\t" TERMINAL "3 read end, 4 closed\t\n"
                "-\tchild 4\t" TERMINAL "3 read end, 4 closed\t\n");
    assert_ends(RUN PIPE "1 pipe2([5<pipe:[2]>, 6<pipe:[2]>], 0) = 0\n",
                "== ends-pipe\n-\ta 1\t" TERMINAL
                "3 read end (A), 4 write end (A), 5 read end (B), 6 write end "
                "(B)\t\n");
}

/* Traces that no program can have caused. */

static void an_impossible_order_stays_as_traced(void **state)
{
    static const char *const calls[] = {
        PIPE "1 read(3<pipe:[1]>, \"x\", 8) = 1\n",
        PIPE "1 write(4<pipe:[1]>, \"x\", 1) = -1 EPIPE\n",
        PIPE "1 close(3<pipe:[1]>) = 0\n1 write(4<pipe:[1]>, \"x\", 1) = 1\n",
        QUEUE "1 msgrcv(1, {mtype=1, mtext=\"x\"}, 8, 1, 0) = 1\n",
        QUEUE "1 msgsnd(1, {mtype=1, mtext=\"x\"}, 1, 0) = 0\n"
              "1 msgrcv(1, 0x1, 8, 1, IPC_NOWAIT) = -1 ENOMSG\n",
        QUEUE "1 msgsnd(1, 0x1, 1, 0) = -1 EIDRM\n",
        QUEUE "1 msgsnd(1, {mtype=1, mtext=\"x\"}, 1, 0) = 0\n"
              "1 msgctl(1, IPC_RMID, NULL) = 0\n"
              "1 msgrcv(1, {mtype=1, mtext=\"x\"}, 8, 1, 0) = 1\n",
        QUEUE "1 msgctl(1, IPC_STAT, {msg_qbytes=2147483647}) = 0\n"
              "1 msgsnd(1, {mtype=1, mtext=\"x\"}, 1, 0) = 0\n"
              "1 msgsnd(1, {mtype=1, mtext=\"x\"}, 99999999999, 0) = 0\n",
        "1 read(0</dev/pts/1>, \"x\\n\", 8) = 2\n",
    };

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        char *trace = text_format(RUN "%s" END(1), calls[i]), *is;

        tell(trace);
        if (!story->as_traced)
            fail_msg("explained: %s", calls[i]);
        is = course(0, KOREAN, WORDS);
        assert_contains(is, "\texit(0)\t\n");
        free(is);
        free(trace);
    }
}

static void bad_arguments_give_a_picture(void **state)
{
    tell(RUN "1 mknod(0x1, S_IFIFO|0600) = 0\n"
             "1 open(\"f\", O_RDONLY) = 3\n"
             "1 open(\"f\", O_RDONLY <unfinished ...>) = ?\n"
             "1 pipe2([3, x], 0) = 0\n"
             "1 pipe2([3<pipe:[1]>, x], 0) = 0\n"
             "1 msgsnd(1, 0x1, -1, 0) = 0\n"
             "1 clock_nanosleep(CLOCK_REALTIME, 0, 0x1, NULL) = 0\n"
             "1 clone(flags=SIGCHLD) = 2\n"
             "2 execve(0x1, [0x1], 0) = 0\n" END(2));
    assert_false(story->as_traced);
    assert_course(
        0, A "mkfifo(0x1, 0600) = 0\ta name; nobody has opened it yet\n" A
             "pipe([3, 0])\t3 is the read end, 0 the write end\n" A
             "pipe([3, 0])\t3 is the read end, 0 the write end\n" A
             "msgsnd(1, 0x1, -1, 0) = 0\t\n" A
             "sleep(0)\twaits for time to pass\n" FORKED(
                 2) "-\tchild 2: \texec\tthe same process, another program\n"
                    "-\tchild 2: \texit(0)\t\n");
}

/* The order of a trace. */

/* A call of a trace with its source line. */
struct line {
    char *text;
    long pid;
    bool prints, taken;
};

static struct line *lines_of(const char *trace, size_t *n)
{
    struct line *lines = NULL;

    *n = 0;
    for (; *trace != '\0'; trace += strcspn(trace, "\n") + 1) {
        char *text = text_copy(trace, strcspn(trace, "\n") + 1);

        if (strncmp(text, " > ", 3) == 0) {
            char *both = text_format("%s%s", lines[*n - 1].text, text);

            free(lines[*n - 1].text);
            free(text);
            lines[*n - 1].text = both;
            continue;
        }
        lines = array_grow(lines, *n, sizeof *lines);
        lines[*n].pid = *text == '$' ? 0 : strtol(text, NULL, 10);
        lines[*n].prints = strstr(text, " write(1</dev/pts/") != NULL ||
                           strstr(text, " write(2</dev/pts/") != NULL;
        lines[(*n)++].text = text;
    }
    return lines;
}

/* Whether line i may come next: after the earlier lines of its process and, if
 * it prints, of all output. A command and its first process come first. */
static bool may_come(const struct line *lines, size_t i)
{
    if (lines[i].taken)
        return false;
    for (size_t j = 0; j < i; j++)
        if (!lines[j].taken &&
            (lines[j].pid == 0 || lines[j - 1].pid == 0 ||
             lines[j].pid == lines[i].pid || lines[i].pid == 0 ||
             (lines[j].prints && lines[i].prints)))
            return false;
    return true;
}

/* The trace of another possible run: the same lines in another order. */
static char *mixed(struct line *lines, size_t n, unsigned *seed)
{
    char *text = text_copy("", 0);

    for (size_t i = 0; i < n; i++)
        lines[i].taken = false;
    for (size_t done = 0; done < n; done++) {
        size_t at = (size_t)rand_r(seed) % n;
        char *longer;

        while (!may_come(lines, at))
            at = (at + 1) % n;
        lines[at].taken = true;
        longer = text_format("%s%s", text, lines[at].text);
        free(text);
        text = longer;
    }
    return text;
}

/* All pictures of the first command of the story. The caller frees them. */
static char *all_pictures(void)
{
    char *svg = course(0, ENGLISH, SVG), *words = course(0, ENGLISH, WORDS),
         *held = ends(0), *all = text_format("%s%s%s", svg, words, held);

    free(svg);
    free(words);
    free(held);
    return all;
}

/* *state is the path of a trace. */
static void the_speed_of_processes_changes_nothing(void **state)
{
    char *trace = file_read(*state, NULL), *first, *now;
    size_t n, others = 0;
    struct line *lines;
    unsigned seed = 1;

    assert_non_null(trace);
    lines = lines_of(trace, &n);
    tell(trace);
    first = all_pictures();
    for (int i = 0; i < 100; i++) {
        char *other = mixed(lines, n, &seed);

        others += strcmp(other, trace) != 0;
        tell(other);
        now = all_pictures();
        if (story->as_traced || strcmp(first, now) != 0)
            fail_msg("another picture of:\n%s", other);
        free(now);
        free(other);
    }
    assert_int_equal(others, 100);
    for (size_t i = 0; i < n; i++)
        free(lines[i].text);
    free(lines);
    free(first);
    free(trace);
}
int main(void)
{
    static char *const mixes[] = {
        "tests/traces/pipe2.trace", "tests/traces/pipe3.trace",
        "tests/traces/dup.trace", "tests/traces/popen4.trace",
        "tests/traces/no-reader.trace"};
    struct tests tests = {.teardown = forget};

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        add_test(&tests, has_these_rows, (void *)&rules[i], "%s",
                 rules[i].name);
    ADD(&tests, the_whole_transcript_has_a_lifeline_for_each_terminal);
    ADD(&tests, a_pipeline_shows_only_the_writes_to_a_program_of_the_book);
    ADD(&tests, a_child_made_before_the_program_has_no_lifeline);
    ADD(&tests, processes_of_a_child_print_rows_of_their_own);
    ADD(&tests, a_read_waits_for_another_command);
    ADD(&tests, a_fifo_may_have_a_korean_name);
    ADD(&tests, the_lifeline_of_an_object_ends_with_its_last_call);
    ADD(&tests, an_exit_status_is_no_descriptor);
    ADD(&tests, commands_may_use_a_pid_again);
    ADD(&tests, typed_lines_are_read);
    ADD(&tests, ends_are_shown_for_each_process);
    ADD(&tests, an_impossible_order_stays_as_traced);
    ADD(&tests, bad_arguments_give_a_picture);
    for (size_t i = 0; i < sizeof mixes / sizeof *mixes; i++)
        add_test(&tests, the_speed_of_processes_changes_nothing, mixes[i],
                 "the speed of processes in %s changes nothing", mixes[i]);
    return run_all("story", &tests, NULL, NULL);
}
