/* Tests draw with the traces in tests/traces: the pictures follow from the
 * sources of the programs and the rules of the kernel, they do not depend on
 * the speed of processes, and they are well-formed XML in both languages. What
 * draw cannot read, it refuses with a message.
 *
 * strace 6.1 wrote the traces of pipe2, dup and no-reader, strace 6.13 the
 * others. */
#include "support.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/file.h"
#include "../common/memory.h"
#include "../docs/tools/svg.h"
#include "built_pages.h"

static char *directory;
static struct ended ended;
static char *pictures;

static int make_directory(void **state)
{
    directory = scratch_make();
    return 0;
}

static int remove_directory(void **state)
{
    ended_free(&ended);
    ended = (struct ended){0};
    free(pictures);
    pictures = NULL;
    scratch_remove(directory);
    return 0;
}

static void command(const char *text)
{
    ended_free(&ended);
    ended = shell(directory, "%s", text);
}

/* Run draw; the paths may have variables of the shell. */
static void run_draw(const char *language, const char *transcript,
                     const char *trace)
{
    char *line = text_format("rm -f pictures; \"$TOOLS/draw\" %s "
                             "\"%s\" \"%s\" pictures",
                             language, transcript, trace);

    command(line);
    free(line);
    free(pictures);
    pictures = get_file(directory, "pictures");
}

static void drawn(const char *language, const char *transcript,
                  const char *trace)
{
    run_draw(language, transcript, trace);
    if (ended.status != 0 || pictures == NULL)
        fail_msg("draw: %s", ended.err);
}

/* Draw a trace in tests/traces, without a message. */
static void drawn_kept(const char *language, const char *name)
{
    char *transcript = text_format("$ROOT/tests/traces/%s.console", name),
         *trace = text_format("$ROOT/tests/traces/%s.trace", name);

    drawn(language, transcript, trace);
    assert_string_equal(ended.err, "");
    free(transcript);
    free(trace);
}

/* Draw a trace that is given as text. */
static void drawn_text(const char *transcript, const char *trace)
{
    put_file(directory, "t.console", transcript);
    put_file(directory, "t.trace", trace);
    drawn("en", "t.console", "t.trace");
}

/* The lines of a picture that are SVG, or the words with plain spaces. Returns
 * NULL if there is no such picture. */
static char *part_of(const char *name, bool svg)
{
    char *head = text_format("== %s\n", name), *text = text_copy("", 0);
    bool found = false, inside = false;

    for (const char *line = pictures; *line != '\0';) {
        size_t length = strcspn(line, "\n") + 1;

        if (strncmp(line, "== ", 3) == 0) {
            inside = strncmp(line, head, strlen(head)) == 0;
            found |= inside;
        } else if (inside && (*line == '<') == svg) {
            char *longer = text_format("%s%.*s", text, (int)length, line);

            free(text);
            text = longer;
        }
        line += length;
    }
    for (char *at; !svg && (at = strstr(text, "\302\240")) != NULL;) {
        *at = ' ';
        memmove(at + 1, at + 2, strlen(at + 2) + 1);
    }
    free(head);
    if (found)
        return text;
    free(text);
    return NULL;
}

static void assert_words(const char *name, const char *words)
{
    char *is = part_of(name, false);

    if (is == NULL)
        fail_msg("there is no picture %s", name);
    assert_string_equal(is, words);
    free(is);
}

static void assert_row(const char *name, const char *row)
{
    char *is = part_of(name, false);

    if (is == NULL)
        fail_msg("there is no picture %s", name);
    assert_contains(is, row);
    free(is);
}

/* The expected rows. They follow from the sources of the programs at the time
 * of the recording, which also have the line numbers. */
static const struct kept {
    const char *name, *picture, *words;
} kept[] = {
    {"pipe1", "course",
     "pipe1:29\tpipe1 1002\tpipe([3, 4])\t3 is the read end, 4 the write end\n"
     "pipe1:33\tpipe1 1002\twrite(4, \"123\", 3) = 3\t\n"
     "pipe1:35\tpipe1 1002\tWrote 3 bytes\t\n"
     "pipe1:39\tpipe1 1002\tread(3, \"123\", 8192) = 3\t\n"
     "pipe1:42\tpipe1 1002\tRead 3 bytes: 123\t\n"
     "-\tpipe1 1002\texit(0)\t\n"},
    {"pipe2", "course",
     "pipe2:48\tpipe2 1002\tpipe([3, 4])\t3 is the read end, 4 the write end\n"
     "pipe2:51\tpipe2 1002\tfcntl(3, F_SETFL, O_NONBLOCK) = 0\tfrom now on "
     "EAGAIN instead of waiting\n"
     "pipe2:54\tpipe2 1002\tfork() = 1003\ta child with the same descriptors\n"
     "pipe2:20\tpipe2 1002\twrite(4, \"123\", 3) = 3\t\n"
     "pipe2:22\tpipe2 1002\tparent Wrote 3 bytes\t\n"
     "pipe2:25\tpipe2 1002\tread(3, \"123\", 8192) = 3\t\n"
     "pipe2:27\tpipe2 1002\tparent Read 3 bytes: 123\t\n"
     "pipe2:67\tpipe2 1002\twait()\twaits for the child to end\n"
     "pipe2:59\tchild 1003\tsleep(1)\twaits for time to pass\n"
     "pipe2:20\tchild 1003\twrite(4, \"456\", 3) = 3\t\n"
     "pipe2:22\tchild 1003\tchild Wrote 3 bytes\t\n"
     "pipe2:25\tchild 1003\tread(3, \"456\", 8192) = 3\t\n"
     "pipe2:27\tchild 1003\tchild Read 3 bytes: 456\t\n"
     "-\tchild 1003\texit(0)\t\n"
     "pipe2:67\tpipe2 1002\twait() = 1003\tchild 1003 has ended with status 0\n"
     "-\tpipe2 1002\texit(0)\t\n"},
    {"pipe3", "course",
     "pipe3:46\tpipe3 1001\tpipe([3, 4])\t3 is the read end, 4 the write end\n"
     "pipe3:49\tpipe3 1001\tfork() = 1002\ta child with the same descriptors\n"
     "pipe3:57\tpipe3 1001\twrite(4, \"123\", 3) = 3\t\n"
     "pipe3:59\tpipe3 1001\t1001 - wrote 3 bytes\t\n"
     "pipe3:64\tpipe3 1001\tclose(3), close(4)\tthe read end; the write end\n"
     "pipe3:66\tpipe3 1001\twait()\twaits for the child to end\n"
     "pipe3:20\tchild 1002: pipe4\tclose(4)\tthe last write end\n"
     "pipe3:29\tchild 1002: pipe4\texec pipe4 3\tthe same process, another "
     "program\n"
     "pipe4:42\tchild 1002: pipe4\tread(3, \"123\", 8192) = 3\t\n"
     "pipe4:42\tchild 1002: pipe4\tread(3, \"\", 8189) = 0\tend of file: no "
     "write end is open\n"
     "pipe4:50\tchild 1002: pipe4\t1002 - read 3 bytes: 123\t\n"
     "-\tchild 1002: pipe4\texit(0)\t\n"
     "pipe3:66\tpipe3 1001\twait() = 1002\tchild 1002 has ended with status 0\n"
     "-\tpipe3 1001\texit(0)\t\n"},
    {"dup", "course",
     "dup:48\tdup 1001\tpipe([3, 4])\t3 is the read end, 4 the write end\n"
     "dup:51\tdup 1001\tfork() = 1003\ta child with the same descriptors\n"
     "dup:61\tdup 1001\tclose(3)\tthe read end\n"
     "dup:63\tdup 1001\twrite(4, \"123\", 3) = 3\t\n"
     "dup:66\tdup 1001\tclose(4)\tthe write end\n"
     "dup:68\tdup 1001\twait()\twaits for the child to end\n"
     "dup:19\tchild 1003: od\tclose(0)\t\n"
     "dup:21\tchild 1003: od\tdup(3) = 0\t0 is now a read end, too\n"
     "dup:23\tchild 1003: od\tdup fd = 0\t\n"
     "dup:26\tchild 1003: od\tclose(3), close(4)\tthe read end; the last write "
     "end\n"
     "dup:28\tchild 1003: od\texec od -c\tthe same process, another program\n"
     "-\tchild 1003: od\tread(0, \"123\", 4096) = 3\t\n"
     "-\tchild 1003: od\tread(0, \"\", 4096) = 0\tend of file: no write end is "
     "open\n"
     "-\tchild 1003: od\t0000000   1   2   3\t\n"
     "-\tchild 1003: od\t0000003\t\n"
     "-\tchild 1003: od\texit(0)\t\n"
     "dup:68\tdup 1001\twait() = 1003\tchild 1003 has ended with status 0\n"
     "dup:73\tdup 1001\t1001 - wrote 3 bytes\t\n"
     "-\tdup 1001\texit(0)\t\n"},
    {"popen4", "course",
     "popen4:41\tpopen4 1003\tpipe2([3, 4], O_CLOEXEC)\t3 is the read end, 4 "
     "the write end\n"
     "-\tpopen4 1003\tvfork() = 1004\ta child, to execute another program\n"
     "-\tchild 1004: sh\tdup2(4, 1) = 1\t1 is now a write end, too\n"
     "-\tchild 1004: sh\texec sh -c cat < \"$FILE\" | wc -l\tthe same process, "
     "another program\n"
     "popen4:41\tpopen4 1003\tclose(4)\tthe write end\n"
     "popen4:43\tpopen4 1003\tread(3)\twaits: the pipe is empty\n"
     "-\tchild 1004: sh\twrite(1, \"2\\n\", 2) = 2\t\n"
     "popen4:43\tpopen4 1003\tread(3, \"2\\n\", 4096) = 2\t\n"
     "popen4:43\tpopen4 1003\tread(3)\twaits: the pipe is empty\n"
     "-\tchild 1004: sh\texit(0)\t\n"
     "popen4:43\tpopen4 1003\tread(3, \"\", 4096) = 0\tend of file: no write "
     "end is open\n"
     "popen4:45\tpopen4 1003\t2\t\n"
     "popen4:49\tpopen4 1003\tReading : -\t\n"
     "popen4:49\tpopen4 1003\t2\t\n"
     "popen4:56\tpopen4 1003\tclose(3)\tthe last read end\n"
     "popen4:56\tpopen4 1003\twaitpid(1004) = 1004\tchild 1004 has ended with "
     "status 0\n"
     "-\tpopen4 1003\texit(0)\t\n"},
    {"no-reader", "course",
     "no-reader:29\tno-reader 1002\tpipe([3, 4])\t3 is the read end, 4 the "
     "write end\n"
     "no-reader:32\tno-reader 1002\tclose(3)\tthe last read end\n"
     "no-reader:35\tno-reader 1002\tfork() = 1003\ta child with the same "
     "descriptors\n"
     "no-reader:47\tno-reader 1002\twait()\twaits for the child to end\n"
     "no-reader:42\tchild 1003\twrite(4, \"123\", 3) = -1 EPIPE\tno read end "
     "is open\n"
     "-\tchild 1003\tSIGPIPE\tis killed by SIGPIPE\n"
     "no-reader:47\tno-reader 1002\twait() = 1003\tchild 1003 was killed by "
     "SIGPIPE\n"
     "no-reader:55\tno-reader 1002\tSIGPIPE default: killed by signal 13 "
     "(Broken pipe)\t\n"
     "no-reader:60\tno-reader 1002\twrite(4, \"123\", 3) = -1 EPIPE\tno read "
     "end is open\n"
     "no-reader:64\tno-reader 1002\tSIGPIPE ignored: write() = -1, EPIPE "
     "(Broken pipe)\t\n"
     "-\tno-reader 1002\texit(0)\t\n"},
    {"fifo-writers", "whole",
     "-\tterminal reader\t$ ./mkfifo my_fifo\t\n"
     "mkfifo:39\tterminal reader\tmkfifo(\"my_fifo\", 0777) = 0\ta name; "
     "nobody has opened it yet\n"
     "mkfifo:41\tterminal reader\tFIFO created\t\n"
     "mkfifo:45\tterminal reader\tumask(000) = 022\t\n"
     "mkfifo:46\tterminal reader\tumask(022) = 000\t\n"
     "mkfifo:50\tterminal reader\tmode 0755: asked for 0777, umask 0022\t\n"
     "-\tterminal reader\t$ ./fifo-read my_fifo\t\n"
     "fifo-read:27\tterminal reader\topening my_fifo\t\n"
     "fifo-read:31\tterminal reader\topen(\"my_fifo\", O_RDONLY)\twaits for a "
     "writer to open it\n"
     "-\tterminal first\t$ ./fifo-write my_fifo\t\n"
     "fifo-write:47\tterminal first\topening my_fifo\t\n"
     "fifo-write:51\tterminal first\topen(\"my_fifo\", O_WRONLY) = 3\t\n"
     "fifo-write:57\tterminal first\topened: a reader has come\t\n"
     "fifo-read:31\tterminal reader\topen(\"my_fifo\", O_RDONLY) = 3\t\n"
     "fifo-read:38\tterminal reader\topened: a writer has come\t\n"
     "fifo-read:42\tterminal reader\tread(3)\twaits: the FIFO is empty\n"
     "-\tterminal second\t$ ./fifo-write my_fifo\t\n"
     "fifo-write:47\tterminal second\topening my_fifo\t\n"
     "fifo-write:51\tterminal second\topen(\"my_fifo\", O_WRONLY) = 3\t\n"
     "fifo-write:57\tterminal second\topened: a reader has come\t\n"
     "-\tterminal first\tone\ta line that is typed\n"
     "fifo-write:21\tterminal first\tread(0, \"one\\n\", 1024) = 4\t\n"
     "fifo-write:64\tterminal first\twrite(3, \"one\\n\", 4) = 4\t\n"
     "fifo-write:66\tterminal first\twrote 4 bytes\t\n"
     "fifo-read:42\tterminal reader\tread(3, \"one\\n\", 4096) = 4\t\n"
     "fifo-read:45\tterminal reader\tread 4 bytes: one\t\n"
     "fifo-read:42\tterminal reader\tread(3)\twaits: the FIFO is empty\n"
     "-\tterminal first\t^D\tthe end of the input is typed\n"
     "fifo-write:21\tterminal first\tread(0, \"\", 1024) = 0\tend of the "
     "input\n"
     "fifo-write:70\tterminal first\tclose(3)\tthe write end\n"
     "-\tterminal second\ttwo\ta line that is typed\n"
     "fifo-write:21\tterminal second\tread(0, \"two\\n\", 1024) = 4\t\n"
     "fifo-write:64\tterminal second\twrite(3, \"two\\n\", 4) = 4\t\n"
     "fifo-write:66\tterminal second\twrote 4 bytes\t\n"
     "fifo-read:42\tterminal reader\tread(3, \"two\\n\", 4096) = 4\t\n"
     "fifo-read:45\tterminal reader\tread 4 bytes: two\t\n"
     "fifo-read:42\tterminal reader\tread(3)\twaits: the FIFO is empty\n"
     "-\tterminal second\t^D\tthe end of the input is typed\n"
     "fifo-write:21\tterminal second\tread(0, \"\", 1024) = 0\tend of the "
     "input\n"
     "fifo-write:70\tterminal second\tclose(3)\tthe last write end\n"
     "fifo-read:42\tterminal reader\tread(3, \"\", 4096) = 0\tend of file: no "
     "write end is open\n"
     "fifo-read:51\tterminal reader\tend of file: the last writer has "
     "gone\t\n"},
    {"msgqueue-wait", "whole",
     "-\tterminal receiver\t$ ./msgctl make\t\n"
     "msgctl:36\tterminal receiver\tmsgget(IPC_PRIVATE, 0600) = 1\t\n"
     "msgctl:38\tterminal receiver\tqueue 1\t\n"
     "-\tterminal receiver\t$ ./msgrcv 1 7\t\n"
     "msgrcv:61\tterminal receiver\tmsgrcv(1)\twaits for a message that fits\n"
     "-\tterminal sender\t$ ./msgsnd 1 3 'not for you'\t\n"
     "msgsnd:62\tterminal sender\tmsgsnd(1, {3, \"not for you\"}, 11, 0) = "
     "0\t\n"
     "msgsnd:64\tterminal sender\tsent type 3, 11 bytes: not for you\t\n"
     "-\tterminal sender\t$ ./msgsnd 1 7 hello\t\n"
     "msgsnd:62\tterminal sender\tmsgsnd(1, {7, \"hello\"}, 5, 0) = 0\t\n"
     "msgsnd:64\tterminal sender\tsent type 7, 5 bytes: hello\t\n"
     "msgrcv:61\tterminal receiver\tmsgrcv(1, {7, \"hello\"}, 8192, 7, 0) = "
     "5\t\n"
     "msgrcv:65\tterminal receiver\treceived type 7, 5 bytes: hello\t\n"
     "-\tterminal receiver\t$ ./msgctl 1\t\n"
     "msgctl:69\tterminal receiver\tmsgctl(1, IPC_STAT)\t\n"
     "msgctl:72\tterminal receiver\tmessages: 1, bytes: 11 of 16384\t\n"
     "-\tterminal receiver\t$ ./msgctl 1 remove\t\n"
     "msgctl:62\tterminal receiver\tmsgctl(1, IPC_RMID)\tthe queue goes, and "
     "what is in it\n"
     "msgctl:64\tterminal receiver\tqueue 1 removed\t\n"},
};

/* The expected ends of pipes. */
static const struct kept held[] = {
    {"pipe1", "ends-pipe",
     "-\tpipe1 1002\t0 terminal, 1 terminal, 2 terminal, 3 read end, 4 write "
     "end\t\n"},
    {"pipe2", "ends-fork",
     "-\tpipe2 1002\t0 terminal, 1 terminal, 2 terminal, 3 read end, 4 write "
     "end\t\n"
     "-\tchild 1003\t0 terminal, 1 terminal, 2 terminal, 3 read end, 4 write "
     "end\t\n"},
    {"dup", "ends-dup",
     "-\tdup 1001\t0 terminal, 1 terminal, 2 terminal, 3 closed, 4 write "
     "end\t\n"
     "-\tchild 1003\t0 read end, 1 terminal, 2 terminal, 3 read end, 4 write "
     "end\t\n"},
    {"dup", "ends-exec",
     "-\tdup 1001\t0 terminal, 1 terminal, 2 terminal, 3 closed, 4 write "
     "end\t\n"
     "-\tchild 1003: od\t0 read end, 1 terminal, 2 terminal, 3 closed, 4 "
     "closed\t\n"},
};

static void has_these_rows(void **state)
{
    const struct kept *row = *state;

    drawn_kept("en", row->name);
    assert_words(row->picture, row->words);
}

static void korean_pictures_have_korean_words(void **state)
{
    drawn_kept("ko", "dup");
    assert_row("course", "\t자식 1003: od\tread(0, \"\", 4096) = 0\tEOF: "
                         "쓰기 끝이 모두 닫혔다\n");
    assert_row("ends-dup", "-\t자식 1003\t0 읽기 끝, 1 터미널, 2 터미널, 3 "
                           "읽기 끝, 4 쓰기 끝\t\n");
    assert_row("course", "\tclose(3), close(4)\t읽기 끝을 닫는다, 마지막 남은 "
                         "쓰기 끝을 닫는다\n");
    assert_row("course", "\twait() = 1003\t자식 1003이 끝났다. 종료 상태 0\n");
    drawn_kept("ko", "popen4");
    assert_row("course", "\t자식 1004가 끝났다. 종료 상태 0\n");
    drawn_kept("ko", "fifo-writers");
    assert_row("whole", "\tread(3)\tFIFO가 비어 있어 기다린다\n");
}

#define RECORD                                                                 \
    "mkdir -p out && \"$TOOLS/record\" -b \"%s\" -s "                          \
    "\"$ROOT/chapters/pipe\" -r \"$ROOT\" t.console out/t.console "            \
    "out/t.trace && ! grep '^#' out/t.trace"

/* Record t.console with the programs of a directory; skips without strace. */
static void recorded(const char *from)
{
    char *line = text_format(RECORD, from);

    if (system("command -v strace > /dev/null") != 0)
        SKIP("strace is not installed");
    command(line);
    free(line);
    if (ended.status != 0 && strncmp(ended.out, "# ", 2) == 0)
        SKIP("strace does not work here");
    if (ended.status != 0)
        fail_msg("record: %s", ended.err);
}

/* *state is a command. */
static void recordings_of_a_run_have_the_same_picture(void **state)
{
    char *first = NULL;

    for (int i = 0; i < 5; i++) {
        char *text = text_format("$ %s > x\n", (const char *)*state);

        put_file(directory, "t.console", text);
        free(text);
        recorded("$BIN");
        drawn("ko", "t.console", "out/t.trace");
        if (first == NULL)
            first = text_copy(pictures, strlen(pictures));
        assert_string_equal(pictures, first);
    }
    assert_contains(first, "== course\n");
    free(first);
}

/* A program whose printf() moves behind the read() has its row there. */
static void rows_follow_the_order_of_calls(void **state)
{
    char *is;

    command("mkdir bin src && cp \"$ROOT/chapters/pipe/pipe1.c\" src && "
            "sed '/printf(\"Wrote/,+1{H;d};/EXIT_FAILURE, \"read\"/{G}' "
            "src/pipe1.c > other.c && ! cmp -s src/pipe1.c other.c && "
            "cp other.c src/pipe1.c && cc -g -static src/pipe1.c -o bin/pipe1");
    if (ended.status != 0)
        fail_msg("%s", ended.err);
    put_file(directory, "t.console",
             "$ ./pipe1\nWrote 3 bytes\n"
             "Read 3 bytes: 123\n");
    recorded("bin");
    drawn("en", "t.console", "out/t.trace");
    is = part_of("course", false);
    assert_non_null(is);
    assert_non_null(strstr(is, "write(4, "));
    assert_true(strstr(is, "write(4, ") < strstr(is, "read(3, "));
    assert_non_null(strstr(is, "\tWrote 3 bytes"));
    assert_true(strstr(is, "read(3, ") < strstr(is, "\tWrote 3 bytes"));
    assert_true(strstr(is, "\tWrote 3 bytes") < strstr(is, "\tRead 3 bytes"));
    free(is);
}

static double number(const xmlNode *node, const char *name)
{
    const char *value = attribute(node, name);

    return value == NULL ? 0 : strtod(value, NULL);
}

/* Check a picture: it is XML, no text leaves it, and each link leads to a line.
 */
static void check_svg(const char *where, const char *svg)
{
    xmlDoc *document =
        xmlReadMemory(svg, (int)strlen(svg), where, NULL, XML_PARSE_NONET);
    xmlNode *root;
    double width;

    if (document == NULL)
        fail_msg("%s: not well-formed", where);
    root = xmlDocGetRootElement(document);
    assert_true(is(root, "svg"));
    assert_int_equal(strncmp(attribute(root, "viewBox"), "0 0 ", 4), 0);
    width = strtod(attribute(root, "viewBox") + 4, NULL);
    assert_true(width > 0);
    for (xmlNode *node = root; node != NULL; node = next_element(node, root)) {
        if (is(node, "text")) {
            const char *class = attribute(node, "class");
            int fixed = class != NULL && (strcmp(class, "call") == 0 ||
                                          strcmp(class, "out") == 0);
            char *text = text_of(node);
            double wide = svg_width(text, fixed ? 13 : 12, fixed),
                   x = number(node, "x");

            if (attribute(node, "text-anchor") != NULL)
                x -= wide / 2;
            if (x < 0 || x + wide > width)
                fail_msg("%s: \"%s\" is from %g to %g of %g", where, text, x,
                         x + wide, width);
            free(text);
        } else if (is(node, "a")) {
            const char *href = attribute(node, "href");

            assert_int_equal(strncmp(href, "#src-", 5), 0);
            assert_true(strtol(strrchr(href, '-') + 1, NULL, 10) > 0);
        }
    }
    xmlFreeDoc(document);
}

/* Check all pictures. Returns their number. */
static size_t check_pictures(const char *where)
{
    size_t n = 0;

    for (const char *at = pictures; (at = strstr(at, "== ")) != NULL; at++) {
        char *name, *svg;

        if (at > pictures && at[-1] != '\n')
            continue;
        name = text_copy(at + 3, strcspn(at + 3, "\n"));
        svg = part_of(name, true);
        check_svg(where, svg);
        free(name);
        free(svg);
        n++;
    }
    return n;
}

static void pictures_of_kept_traces_are_good_svg(void **state)
{
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        for (size_t v = 0; v < 2; v++) {
            drawn_kept(v == 0 ? "ko" : "en", kept[i].name);
            assert_true(check_pictures(kept[i].name) > 0);
            assert_contains(pictures, "<a href");
        }
}

/* A lifeline ends in each mark of the end of a process, and each row for such
 * an end has a mark. */
static void lifelines_end_where_processes_do(void **state)
{
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        size_t marks = 0, rows = 0;
        char *svg, *words;

        drawn_kept("en", kept[i].name);
        svg = part_of(kept[i].picture, true);
        words = part_of(kept[i].picture, false);
        for (const char *at = svg; (at = strstr(at, "h12\"/>")) != NULL; at++) {
            const char *begin = at;
            double x, y;
            char *end;

            while (strncmp(begin, " d=\"M", 5) != 0)
                begin--;
            assert_int_equal(sscanf(begin, " d=\"M%lf %lf", &x, &y), 2);
            end = text_format("L%g %g\"/>", x + 6, y);
            for (begin = svg; begin != NULL;) {
                begin = strstr(begin, "\"life\" d=\"");
                if (begin == NULL)
                    fail_msg("%s: no lifeline ends in %s", kept[i].name, end);
                if (strncmp(strchr(begin, 'L'), end, strlen(end)) == 0)
                    break;
                begin++;
            }
            free(end);
            marks++;
        }
        for (const char *line = words; *line != '\0';
             line = strchr(line, '\n') + 1) {
            const char *call = strchr(strchr(line, '\t') + 1, '\t') + 1;

            rows += strncmp(call, "exit(", 5) == 0 ||
                    strncmp(call, "SIGPIPE\t", 8) == 0 ||
                    strncmp(call, "SIGKILL\t", 8) == 0;
        }
        assert_int_equal(marks, rows);
        free(svg);
        free(words);
    }
}

static void an_unexplained_trace_keeps_its_order(void **state)
{
    char *trace = file_read("tests/traces/pipe1.trace", NULL), *read;

    assert_non_null(trace);
    read = strstr(trace, "read(3<pipe:[1]>, \"123\"");
    assert_non_null(read);
    memcpy(strchr(read, '"'), "\"456\"", 5); /* nobody wrote that */
    drawn_text("$ ./pipe1\n", trace);
    assert_contains(ended.err, "t.trace: no order of events explains");
    assert_ptr_equal(strchr(ended.err, '\n'),
                     ended.err + strlen(ended.err) - 1);
    assert_row("course",
               "pipe1:33\tpipe1 1002\twrite(4, \"123\", 3) = 3\t\n"
               "pipe1:35\tpipe1 1002\tWrote 3 bytes\t\n"
               "pipe1:39\tpipe1 1002\tread(3, \"456\", 8192) = 3\t\n");
    free(trace);
}

static void a_reason_is_copied(void **state)
{
    drawn_text("$ ./pipe1\n", "# strace is not installed\n");
    assert_string_equal(pictures, "# strace is not installed\n");
    assert_string_equal(ended.err, "");
}

static void refused(const char *trace, const char *message)
{
    put_file(directory, "t.console", "$ ./pipe1\n");
    put_file(directory, "t.trace", trace);
    run_draw("en", "t.console", "t.trace");
    assert_int_equal(ended.status, 1);
    assert_contains(ended.err, message);
    assert_ptr_equal(strchr(ended.err, '\n'),
                     ended.err + strlen(ended.err) - 1);
    assert_null(pictures);
}

static void a_bad_trace_is_refused_with_its_line(void **state)
{
    char *trace = file_read("tests/traces/pipe1.trace", NULL);

    refused("", "t.trace:1: the trace is empty");
    refused("$ ./pipe1\nx\n", "t.trace:2: not a line of strace -f: x");
    *strstr(trace, "\", 3) = 3") = '\0';
    refused(trace, ": the trace ends inside a line: 1002 write(4");
    free(trace);
}

static void a_bad_call_of_draw_gets_its_usage(void **state)
{
    static const char *const calls[] = {
        "fr t.console t.trace out", "en t.console t.trace",
        "-x en t.console t.trace out", "-f x en t.console t.trace out",
        "-f print en t.console t.trace out"};

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        char *line = text_format("\"$TOOLS/draw\" %s", calls[i]);

        command(line);
        free(line);
        assert_int_equal(ended.status, 2);
        assert_contains(ended.err, "usage: draw [-f plain|");
    }
    run_draw("ko", "t.console", "t.trace");
    assert_int_equal(ended.status, 1);
    assert_contains(ended.err, "t.console");
}

/* Draw a trace of tests/traces to standard output with these options. */
static void drawn_with(const char *options, const char *name)
{
    char *line = text_format("\"$TOOLS/draw\" %s en "
                             "\"$ROOT/tests/traces/%s.console\" "
                             "\"$ROOT/tests/traces/%s.trace\" -",
                             options, name, name);

    command(line);
    free(line);
}

static void one_picture_can_be_drawn(void **state)
{
    char *svg;

    drawn_kept("en", "dup");
    svg = part_of("ends-dup", true);
    drawn_with("-p ends-dup", "dup");
    assert_int_equal(ended.status, 0);
    assert_string_equal(ended.out, svg);
    free(svg);
    drawn_with("-p ends-end", "dup");
    assert_int_equal(ended.status, 1);
    assert_contains(ended.err, "dup.trace has no picture \"ends-end\", but: "
                               "course ends-pipe ends-fork ends-close ");
    assert_string_equal(ended.out, "");
}

static void a_form_has_what_its_reader_needs(void **state)
{
    static const struct {
        const char *form;
        bool links, hidden, styled, joined;
    } forms[] = {
        {"plain", true, false, false, false},
        {"page", true, true, false, true},
        {"single", true, true, false, false},
        {"epub", false, true, false, false},
        {"print", false, false, true, false},
        {"file", false, false, true, false},
    };

    put_file(directory, "s.css",
             "/* no rule: .call, text { x: y } before @media */\n"
             ".picture text { fill: a; } .out, .call { font-family: \"B\"; }\n"
             "@media screen { .call { fill: c; } }\n");
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char *options = text_format("-p course -s s.css -f %s", forms[i].form);

        drawn_with(options, "pipe2");
        free(options);
        assert_int_equal(ended.status, 0);
        check_svg(forms[i].form, ended.out);
        assert_int_equal(occurrences(ended.out, "<a ") > 0, forms[i].links);
        assert_int_equal(occurrences(ended.out, "aria-hidden=\"true\""),
                         forms[i].hidden);
        assert_int_equal(occurrences(ended.out,
                                     "<text style=\" fill: a;  font-family: "
                                     "&quot;B&quot;; \"") > 0,
                         forms[i].styled);
        assert_int_equal(occurrences(ended.out, "class=\"dots\""),
                         forms[i].joined);
        /* Ten arrows for bytes and processes, or two paths. */
        assert_int_equal(occurrences(ended.out, "<path class=\"head"),
                         forms[i].styled   ? 0
                         : forms[i].joined ? 2
                                           : 6);
    }
    assert_contains(ended.out, "style=\"background:");
}

/* The size of a picture of tests/traces in this form, and how often a text is
 * in it. */
static size_t measure(const char *form, const char *picture, const char *name,
                      const char *text, double *width, double *height)
{
    char *options = text_format("-p %s -s s.css -f %s", picture, form);
    const char *box;

    drawn_with(options, name);
    free(options);
    assert_int_equal(ended.status, 0);
    check_svg(form, ended.out);
    box = strstr(ended.out, "viewBox=\"0 0 ");
    assert_non_null(box);
    assert_int_equal(sscanf(box, "viewBox=\"0 0 %lf %lf", width, height), 2);
    return occurrences(ended.out, text);
}

static void a_tall_picture_has_two_columns_on_paper(void **state)
{
    /* A line of a row, and the mark of a call. */
    static const char *const parts[] = {"fill: c", "<circle"};
    double width, height, paper_width, paper_height;

    put_file(directory, "s.css",
             ".call, .out { fill: c; }\n@media screen {}\n");
    for (int i = 0; i < 2; i++) {
        size_t n =
            measure("file", "whole", "fifo-writers", parts[i], &width, &height);

        assert_true(height > 1000 && n > 0);
        assert_int_equal(measure("print", "whole", "fifo-writers", parts[i],
                                 &paper_width, &paper_height),
                         n);
    }
    assert_true(paper_width > 2 * width);
    assert_true(paper_height < 0.7 * height);
    /* The name of a process that goes on is above both columns. */
    assert_int_equal(occurrences(ended.out, ">terminal reader<"), 2);

    measure("file", "course", "pipe1", "<", &width, &height);
    measure("print", "course", "pipe1", "<", &paper_width, &paper_height);
    assert_true(paper_width == width && paper_height == height);
}

static void an_incomplete_trace_is_drawn_to_its_end(void **state)
{
    char *trace = file_read("tests/traces/dup.trace", NULL), *end;

    end = strstr(trace, "+++ exited with 0 +++");
    assert_non_null(end);
    end[strcspn(end, "\n") + 1] = '\0';
    drawn_text("$ ./dup\n", trace);
    assert_row("course", "-\tchild 1003: od\texit(0)\t\n");
    assert_null(strstr(pictures, "has ended with status"));
    free(trace);
}

#define BEGIN "$ ./a\n1 execve(\"./a\", [\"./a\"], 0) = 0\n"

static void a_command_missing_in_the_trace_is_not_drawn(void **state)
{
    drawn_text("$ ./a\n$ ./b\n", BEGIN "1 +++ exited with 0 +++\n");
    assert_words("course", "-\ta 1\texit(0)\t\n");
    assert_null(strstr(pictures, "./b"));
}

static void a_command_without_calls_has_no_course(void **state)
{
    drawn_text("$ ./a\n", BEGIN);
    assert_null(strstr(pictures, "== course"));
}

#define PIPE_AND_FORK                                                          \
    "1 pipe2([3<pipe:[1]>, 4<pipe:[1]>], 0) = 0\n1 clone(flags=SIGCHLD) = 2\n"

static void a_second_command_has_its_own_pictures(void **state)
{
    drawn_text("$ ./a\n$ ./a\n", BEGIN PIPE_AND_FORK BEGIN PIPE_AND_FORK
               "2 close(4<pipe:[1]>) = 0\n1 close(3<pipe:[1]>) = 0\n");
    assert_null(strstr(pictures, "== ends-close\n"));
    assert_words("ends-2-close",
                 "-\ta 1\t0 terminal, 1 terminal, 2 terminal, 3 closed, 4 "
                 "write end\t\n"
                 "-\tchild 2\t0 terminal, 1 terminal, 2 terminal, 3 read "
                 "end, 4 closed\t\n");
    assert_words("course-2", "-\ta 1\tpipe([3, 4])\t3 is the read end, 4 the "
                             "write end\n"
                             "-\ta 1\tfork() = 2\ta child with the same "
                             "descriptors\n"
                             "-\ta 1\tclose(3)\tthe read end\n"
                             "-\tchild 2\tclose(4)\tthe write end\n");
}

static void printed_bytes_are_decoded(void **state)
{
    drawn_text("$ ./a\n",
               BEGIN "1 write(1</dev/pts/1>, \"say \\\"\\355\\225\\234\\\"\\t"
                     "\\33\\377\\\\ <&>\\n\", 20) = 20\n");
    assert_words("course",
                 "-\ta 1\tsay \"\355\225\234\"\\t\\x1b\\xff\\ <&>\t\n");
    check_pictures("printed");
}

static void what_is_typed_is_drawn_as_text(void **state)
{
    drawn_text("a$ ./a\n{{p:pid}}{{no newline}}\n{{waits}}\nb$ :\n"
               "a< {{'^D'}}{{'{{x}}'}}{{p}}\n",
               "a$ ./a\n"
               "1 execve(\"./a\", [\"./a\"], 0x1 /* 0 vars */) = 0\n"
               "1 read(0</dev/pts/1>, \"^D{{x}}{{p}}\\n\", 20) = 13\n"
               "1 +++ exited with 0 +++\nb$ :\n"
               "2 +++ exited with 0 +++\n");
    assert_contains(pictures,
                    "-\tterminal a\t^D{{x}}{{p}}\ta line that is typed\n");
}

static void newlines_in_arguments_are_escaped(void **state)
{
    drawn_text("$ ./a\n",
               BEGIN "1 clone(flags=SIGCHLD) = 2\n2 execve(\"/bin/sh\", "
                     "[\"sh\", \"-c\", \"a\\nb\\t\\\"c\\\"\"], 0) = 0\n");
    assert_row("course", "-\tchild 2: sh\texec sh -c a\\nb\\t\"c\"\t");
}

static void long_words_are_broken(void **state)
{
    char *word = text_format("%0300d", 0),
         *trace = text_format(BEGIN "1 write(1</dev/pts/1>, \"%s\\n\", 301) = "
                                    "301\n",
                              word);

    drawn_text("$ ./a\n", trace);
    assert_row("course", word);
    check_pictures("long");
    free(trace);
    free(word);
}

static void long_names_are_cut(void **state)
{
    char *name = text_format("%0200d", 7),
         *trace = text_format("$ ./%s\n1 execve(\"./%s\", [\"./a\"], 0) = 0\n"
                              "1 pipe2([3<pipe:[1]>, 4<pipe:[1]>], 0) = 0\n"
                              "1 clone(flags=SIGCHLD) = 2\n"
                              "2 execve(\"./b%s\", [\"b\"], 0) = 0\n",
                              name, name, name),
         *row = text_format("-\t%s 1\tfork() = 2\t", name);

    drawn_text("$ ./a\n", trace);
    assert_row("course", row);
    assert_int_equal(check_pictures("names"), 4);
    free(row);
    free(trace);
    free(name);
}

static void pipes_that_are_only_closed_have_lifelines(void **state)
{
    char *svg;

    drawn_text("$ ./a\n", BEGIN "1 close(3<pipe:[1]>) = 0\n"
                                "1 close(4<pipe:[2]>) = 0\n");
    assert_words("course",
                 "-\ta 1\tclose(3), close(4)\tthe last read end of A; the last "
                 "read end of B\n");
    svg = part_of("course", true);
    assert_contains(svg, "\"band\" d=\"M46 62L46 62\"");
    assert_contains(svg, "\"band\" d=\"M76 62L76 62\"");
    free(svg);
}

static void an_escaped_quotation_mark_does_not_end_a_message(void **state)
{
    drawn_text("$ ./a\n", BEGIN "1 msgget(IPC_PRIVATE, 0600) = 1\n1 msgsnd(1, "
                                "{mtype=3, mtext=\"a\\\"b\"}, 3, 0) = 0\n");
    assert_row("course", "\tmsgsnd(1, {3, \"a\\\"b\"}, 3, 0) = 0\t\n");
}

static void a_process_killed_in_open_is_no_writer(void **state)
{
    drawn_text("$ ./a\n", BEGIN
               "1 mknodat(AT_FDCWD<.>, \"a=b\", S_IFIFO|0600) = 0\n"
               "1 clone(flags=SIGCHLD) = 2\n1 clone(flags=SIGCHLD) = 3\n"
               "2 openat(AT_FDCWD<.>, \"a=b\", O_WRONLY <unfinished ...>) = ?\n"
               "2 +++ killed by SIGKILL +++\n"
               "1 wait4(2, NULL, 0, NULL) = 2\n"
               "3 openat(AT_FDCWD<.>, \"a=b\", O_WRONLY) = 3<./a=b>\n"
               "1 openat(AT_FDCWD<.>, \"a=b\", O_RDONLY) = 3<./a=b>\n"
               "3 write(3<./a=b>, \"x\", 1) = 1\n3 +++ exited with 0 +++\n"
               "1 read(3<./a=b>, \"x\", 8) = 1\n"
               "1 read(3<./a=b>, \"\", 8) = 0\n1 +++ exited with 0 +++\n");
    assert_string_equal(ended.err, "");
    assert_row("course", "-\tchild 2\topen(\"a=b\", O_WRONLY)\twaits for a "
                         "reader to open it\n");
    assert_row("course", "-\ta 1\tread(3, \"\", 8) = 0\tend of file: no write "
                         "end is open\n-\ta 1\texit(0)\t\n");
}

static void output_keeps_its_order(void **state)
{
    drawn_text("$ ./a\n", BEGIN "1 clone(flags=SIGCHLD) = 2\n"
                                "2 write(1</dev/pts/1>, \"c\\n\", 2) = 2\n"
                                "1 write(1</dev/pts/1>, \"p\\n\", 2) = 2\n"
                                "2 write(1</dev/pts/1>, \"d\\n\", 2) = 2\n");
    assert_words("course", "-\ta 1\tfork() = 2\ta child with the same "
                           "descriptors\n"
                           "-\tchild 2\tc\t\n-\ta 1\tp\t\n"
                           "-\tchild 2\td\t\n");
}

static void a_process_that_forks_itself_ends(void **state)
{
    drawn_text("$ ./a\n", BEGIN "1 clone(flags=SIGCHLD) = 1\n"
                                "1 +++ exited with 0 +++\n");
    assert_row("course", "-\ta 1\texit(0)\t\n");
}

/* A pipe holds 65536 bytes. A process that writes more cannot end before the
 * first read, and a process that reads does not wait for all bytes. */
static void reads_and_writes_of_a_full_pipe_alternate(void **state)
{
    char *text = NULL, *svg;
    const char *wait, *write;
    double x1, y1, x2, y2, x, y;
    size_t size;
    FILE *trace = open_memstream(&text, &size);

    assert_non_null(trace);
    fputs(BEGIN "1 pipe2([3<pipe:[1]>, 4<pipe:[1]>], 0) = 0\n"
                "1 clone(flags=SIGCHLD) = 2\n"
                "1 close(4<pipe:[1]>) = 0\n",
          trace);
    for (int i = 0; i < 17; i++)
        fputs("2 write(4<pipe:[1]>, \"x\"..., 4096) = 4096\n"
              "1 read(3<pipe:[1]>, \"x\"..., 4096) = 4096\n",
              trace);
    fputs("2 +++ exited with 0 +++\n"
          "1 read(3<pipe:[1]>, \"\", 4096) = 0\n",
          trace);
    fclose(trace);
    drawn_text("$ ./a\n", text);
    assert_row("course",
               "-\ta 1\tread(3)\twaits: the pipe is empty\n"
               "-\tchild 2\twrite(4, \"x\"..., 4096) × 17\t69632 bytes in "
               "all, more than fits: they are read in between\n"
               "-\tchild 2\texit(0)\t\n"
               "-\ta 1\tread(3, …)\t69632 bytes in all, read since the first "
               "write\n");
    svg = part_of("course", true);
    assert_non_null(wait = strstr(svg, "\"wait\" d=\""));
    assert_int_equal(
        sscanf(wait, "\"wait\" d=\"M%lf %lfL%lf %lf", &x1, &y1, &x2, &y2), 4);
    /* The first arrow belongs to the writes. */
    assert_non_null(write = strstr(svg, "\"flow\" d=\""));
    assert_int_equal(sscanf(write, "\"flow\" d=\"M%lf %lf", &x, &y), 2);
    assert_true(y2 == y && y1 < y);
    free(svg);
    free(text);
    /* F_SETPIPE_SZ made the pipe larger. */
    text = text_format("%s1 fcntl(4<pipe:[1]>, F_SETPIPE_SZ, 131072) = 131072\n"
                       "1 write(4<pipe:[1]>, \"x\"..., 100000) = 100000\n"
                       "1 write(4<pipe:[1]>, \"x\"..., 40000) = 40000\n",
                       BEGIN);
    drawn_text("$ ./a\n", text);
    assert_row("course",
               "\twrite(4, \"x\"..., 100000) = 100000\t\n"
               "-\ta 1\twrite(4, \"x\"..., 40000) = 40000\tmore than fits: "
               "they are read in between\n");
    free(text);
}

static void a_long_trace_is_drawn_in_time(void **state)
{
    char *text = NULL;
    size_t size;
    FILE *trace = open_memstream(&text, &size);

    assert_non_null(trace);
    fputs(BEGIN "1 pipe2([3<pipe:[1]>, 4<pipe:[1]>], 0) = 0\n", trace);
    for (int i = 0; i < 1000; i++)
        fprintf(trace,
                "1 clone(flags=SIGCHLD) = %d\n"
                "%d write(1</dev/pts/1>, \"x\\n\", 2) = 2\n"
                "%d read(3<pipe:[1]>,  <unfinished ...>\n"
                "%d +++ killed by SIGKILL +++\n"
                "1 write(1</dev/pts/1>, \"x\\n\", 2) = 2\n",
                i + 2, i + 2, i + 2, i + 2);
    fclose(trace);
    drawn_text("$ ./a\n", text);
    free(text);
}

int main(void)
{
    static char *const runs[] = {"./pipe3", "./popen-name pipe1.c"};
    struct tests tests = {.setup = make_directory,
                          .teardown = remove_directory};

    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        add_test(&tests, has_these_rows, (void *)&kept[i],
                 "%s of %s has the expected rows", kept[i].picture,
                 kept[i].name);
    for (size_t i = 0; i < sizeof held / sizeof *held; i++)
        add_test(&tests, has_these_rows, (void *)&held[i],
                 "%s of %s has the expected ends", held[i].picture,
                 held[i].name);
    ADD(&tests, korean_pictures_have_korean_words);
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        add_test(&tests, recordings_of_a_run_have_the_same_picture, runs[i],
                 "recordings of %s have the same picture", runs[i]);
    ADD(&tests, rows_follow_the_order_of_calls);
    ADD(&tests, pictures_of_kept_traces_are_good_svg);
    ADD(&tests, lifelines_end_where_processes_do);
    ADD(&tests, an_unexplained_trace_keeps_its_order);
    ADD(&tests, an_incomplete_trace_is_drawn_to_its_end);
    ADD(&tests, a_reason_is_copied);
    ADD(&tests, a_bad_trace_is_refused_with_its_line);
    ADD(&tests, a_bad_call_of_draw_gets_its_usage);
    ADD(&tests, one_picture_can_be_drawn);
    ADD(&tests, a_form_has_what_its_reader_needs);
    ADD(&tests, a_tall_picture_has_two_columns_on_paper);
    ADD(&tests, a_command_missing_in_the_trace_is_not_drawn);
    ADD(&tests, a_command_without_calls_has_no_course);
    ADD(&tests, a_second_command_has_its_own_pictures);
    ADD(&tests, printed_bytes_are_decoded);
    ADD(&tests, what_is_typed_is_drawn_as_text);
    ADD(&tests, newlines_in_arguments_are_escaped);
    ADD(&tests, long_words_are_broken);
    ADD(&tests, long_names_are_cut);
    ADD(&tests, pipes_that_are_only_closed_have_lifelines);
    ADD(&tests, an_escaped_quotation_mark_does_not_end_a_message);
    ADD(&tests, a_process_killed_in_open_is_no_writer);
    ADD(&tests, output_keeps_its_order);
    ADD(&tests, a_process_that_forks_itself_ends);
    ADD(&tests, reads_and_writes_of_a_full_pipe_alternate);
    ADD(&tests, a_long_trace_is_drawn_in_time);
    return run_all("draw", &tests, NULL, NULL);
}
