/* How each program of the book is called so that it does its work.
 *
 * The commands are for sh(1): BIN is the directory of the programs, DIR one to
 * write in, and QUEUE the identifier of a message queue. The name of the
 * program and its arguments go behind what comes before. A partner that it
 * needs ends by itself after some seconds, whatever becomes of the program. */
#ifndef TESTS_WORKS_H
#define TESTS_WORKS_H

#include <stdbool.h>

static const struct work {
    const char *name, *before, *arguments;
    const char *wrong; /* arguments that get the usage */
    const char *says;  /* a part of its output, the last one mostly */
    bool reads;        /* its standard input, which it needs */
} works[] = {
    {"pipe1", "", "", "x", "Read 3 bytes: 123\n", false},
    {"pipe2", "", "", "x", "child Read 3 bytes: 456\n", false},
    {"pipe3", "", "", "x", " - read 3 bytes: 123\n", false},
    {"pipe4", "printf 123 > \"$DIR/in$$\"; ", "3 3< \"$DIR/in$$\"", "",
     " - read 3 bytes: 123\n", false},
    {"popen4", "", "", "a b", "Reading : -\n", false},
    {"popen-write", "", "", "x", "fifo\npipe\nqueue\n", false},
    {"one-pipe", "", "child", "", "parent read: answer\n", false},
    {"one-way", "", "", "x", "child read 0 bytes: end of file\n", false},
    {"two-pipes", "", "", "x", "11 bytes: 10000 bytes\n", false},
    {"dup", "", "", "x", "0000000   1   2   3\n0000003\n", false},
    {"hello", "", "", "x", "hello, world\n", false},
    {"no-reader", "", "", "x", "-1, EPIPE (Broken pipe)\n", false},
    {"capacity", "", "", "x", "writes of 2097152 bytes: ", false},
    {"atomic", "", "4096", "", "120 records of 4096 bytes: whole\n", false},
    {"mkfifo", "", "\"$DIR/fifo$$\"", "a b", "FIFO created\nmode 0", false},
    {"fifo-read",
     "mkfifo \"$DIR/r$$\"; timeout 5 sh -c 'echo hello > \"$0\"' \"$DIR/r$$\" "
     "2> /dev/null & ",
     "\"$DIR/r$$\"", "", "end of file: the last writer has gone\n", false},
    {"fifo-write",
     "mkfifo \"$DIR/w$$\"; echo hello > \"$DIR/in$$\"; "
     "timeout 5 cat \"$DIR/w$$\" > \"$DIR/got$$\" & ",
     "\"$DIR/w$$\" < \"$DIR/in$$\"", "", "wrote 6 bytes\n", true},
    {"msgget", "", "", "1 2", "msgctl IPC_RMID             = 0\n", false},
    {"msgctl", "", "$QUEUE", "", "messages: ", false},
    {"msgsnd", "", "$QUEUE 1 hello", "", "sent type 1, 5 bytes: hello\n",
     false},
    {"msgrcv", "\"$BIN/msgsnd\" $QUEUE $$ hello > /dev/null; ", "$QUEUE $$", "",
     ", 5 bytes: hello\n", false},
};
enum { PROGRAMS = sizeof works / sizeof *works };

#endif
