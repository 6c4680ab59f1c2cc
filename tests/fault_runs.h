/* Runs of transcripts in each of which one thing goes wrong.
 *
 * A fault hits one system call of one process that runs a program of the book:
 * see inject.c. The run then ends in one of these ways:
 *
 *   SAME    the output and every status are as in the transcript
 *   TOLD    the program ended with a status that is not 0, and a message on
 *           standard error names the program, the call and the reason
 *   ENDED   the fault was a signal, and it ended the program
 *   WRONG   all other ends: silence, another output, a crash, a hang, or a
 *           process, a queue or a file that was left
 *
 * The end is UNREACHED if the process did not make that call this time. */
#ifndef TESTS_FAULT_RUNS_H
#define TESTS_FAULT_RUNS_H

#include <stdbool.h>
#include <stddef.h>

#include "../common/transcript.h"

/* A system call that a program makes in a transcript. */
struct call {
    size_t transcript, command; /* by their indexes */
    char *top, *process;        /* see inject.c */
    char *program, *name;
    unsigned n;  /* the n-th of this name in the process, from 1 */
    long result; /* 0 if it never returned */
    int status;  /* with which the program that made it ends */
};

enum fault_kind { FAULT_ERROR, FAULT_SHORT, FAULT_DELAY, FAULT_SIGNAL };

enum fault_end { UNREACHED, SAME, TOLD, ENDED, WRONG, ENDS };

struct fault {
    size_t call;
    enum fault_kind kind;
    char *what;   /* as for inject */
    bool has_end; /* it was run, or its end was remembered */
    enum fault_end end;
    char *detail; /* of a WRONG one; of others "", or NULL if remembered */
};

struct fault_runs {
    const char *programs; /* the absolute name of their directory */
    /* The directory of the sources of all transcripts; NULL: each transcript is
     * chapters/NAME/FILE, and its sources are in chapters/NAME. */
    const char *sources;
    int deadline; /* milliseconds for each block of a transcript */
    /* Let each system call of each program fail only once, with the first error
     * of its manual page, in the shortest transcript that has it. */
    bool sample;
    /* A directory in which results are remembered, or NULL. The results of a
     * transcript hold as long as the transcript, the programs that it names,
     * the test program, inject, the kernel and the user (root or not) stay the
     * same. */
    const char *memory;
    struct transcript **transcripts;
    size_t ntranscripts;
    /* What fault_runs_find() has found. */
    struct call *calls;
    size_t ncalls;
    struct fault *faults;
    size_t nfaults;
    /* Lines: transcripts that differ without a fault, calls that have no errors
     * in common/syscalls.def. */
    char *broken;
};

/* Why no fault can be injected on this machine, or NULL. The caller frees it.
 */
char *fault_runs_impossible(void);

/* Find the calls of the programs and the faults to try: run each transcript
 * that is not remembered. Fails the test if that is not possible. */
void fault_runs_find(struct fault_runs *runs);

/* Try all faults that have no end yet, several at once. Transcripts whose
 * faults all ended well are remembered as soon as the last one has ended. Fails
 * the test if that is not possible. */
void fault_runs_try(struct fault_runs *runs);

/* "path:line: program: call n in process p, what: detail", which the caller
 * frees. */
char *fault_line(const struct fault_runs *runs, const struct fault *fault);

/* Free what fault_runs_find() has found. */
void fault_runs_free(struct fault_runs *runs);

#endif
