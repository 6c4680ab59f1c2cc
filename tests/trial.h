/* Running transcripts once for each thing that can go wrong in them.
 *
 * A fault befalls one system call of one process that runs a program of the
 * book: see inject.c, which brings it about. It ends in one of these ways:
 *
 *   SAME    all that was printed and every status is as in the transcript
 *   TOLD    the program ended with a status that is not 0, and a message on
 *           standard error names the program, the call and the reason
 *   ENDED   the fault was a signal, and it ended the program
 *   WRONG   everything else: silence, another output, a crash, a hang, or a
 *           process, a queue or a file that was left behind
 */
#ifndef TESTS_TRIAL_H
#define TESTS_TRIAL_H

#include <stddef.h>

#include "../common/transcript.h"

/* A system call that a program makes in a transcript. */
struct call {
    size_t transcript, command; /* by their indexes */
    char *top, *process;        /* see inject.c */
    char *program, *name;
    unsigned n;  /* the n-th of this name in the process, from 1 */
    long result; /* 0 if it never returned */
    int status;  /* with which the program ends that made it */
};

enum fault_kind { FAULT_ERROR, FAULT_SHORT, FAULT_DELAY, FAULT_SIGNAL };

enum fault_end { UNREACHED, SAME, TOLD, ENDED, WRONG, ENDS };

struct fault {
    size_t call;
    enum fault_kind kind;
    char *what; /* as for inject */
    enum fault_end end;
    char *detail; /* of a WRONG one */
};

struct trial {
    const char *programs; /* the absolute name of their directory */
    /* The directory of the sources of each transcript; NULL: chapters/NAME, by
     * that of the transcript's own directory. */
    const char *sources;
    int deadline; /* milliseconds for each block of a transcript */
    struct transcript **transcripts;
    size_t ntranscripts;
    /* What trial_find() has found. */
    struct call *calls;
    size_t ncalls;
    struct fault *faults;
    size_t nfaults;
    char *broken; /* lines: what differs without any fault, or has no page */
};

/* Why nothing can be injected here, or NULL. The caller frees it. */
char *trial_impossible(void);

/* Run each transcript once and find the calls of its programs and what can go
 * wrong with them. Fails the test if that is not possible. */
void trial_find(struct trial *trial);

/* Try all faults, several at once. */
void trial_run(struct trial *trial);

/* "path:line: program: call n in process p, what: detail". */
char *trial_line(const struct trial *trial, const struct fault *fault);

void trial_free(struct trial *trial);

#endif
