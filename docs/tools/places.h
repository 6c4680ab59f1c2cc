/* Finding the place in the sources of each call of a trace. */
#ifndef TOOLS_PLACES_H
#define TOOLS_PLACES_H

/* Replace the stack traces of "strace -k" in a trace. Of the lines
 *
 *      > /usr/lib/libc.so.6(write+0x10) [0x10e270]
 *      > /home/me/build/bin/demo(main+0x6b) [0x965b]
 *
 * after a call, keep one, " > demo.c:33": the innermost place in a program of
 * the directory programs, if addr2line(1) finds it; else none.
 *
 * Returns the text, which the caller frees. If addr2line is not installed, no
 * place is left. Ends the process with err(3) if memory runs out, or if
 * addr2line does not end or its output cannot be read. */
char *places_resolve(const char *trace, const char *programs);

#endif
