/* Where in the sources the calls of a trace stand. */
#ifndef TOOLS_PLACES_H
#define TOOLS_PLACES_H

/* Replace the stack traces of "strace -k" in a trace. Of the lines
 *
 *      > /usr/lib/libc.so.6(write+0x10) [0x10e270]
 *      > /home/me/build/bin/pipe1(main+0x6b) [0x965b]
 *
 * behind a call stays one, " > pipe1.c:33": the innermost place in a program of
 * the directory programs, if addr2line(1) knows it; else none.
 *
 * Returns the text, which the caller frees. Ends the process with err(3) if
 * memory runs out; without addr2line no line is left. */
char *places_resolve(const char *trace, const char *programs);

#endif
