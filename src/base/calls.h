// SPDX-License-Identifier: MIT
#ifndef PST_BASE_CALLS_H
#define PST_BASE_CALLS_H

/*
 * The system calls that a thread makes to look at a process, counted where they are made, by what
 * they are for.  Each thread has its own counts: plain increments.  What the C library does for
 * itself (memory, contended locks) is not counted.
 */

#include <stdint.h>

/*
 * X(id, name in the figures)
 * MEMORY    reads of the target's memory
 * PROC      files in /proc, and such that the target has: open, read, close
 * PTRACE    ptrace(2)
 * WAIT      for a thread to stop
 * SLEEP     until the next look is due
 * CPU       goes to another CPU, or asks for a scheduling class
 * OTHER     our own CPU time, whether the target lives, waking the reader
 */
#define PST_CALLS_MAP(X)                                                                           \
	X(MEMORY, "memory")                                                                        \
	X(PROC, "proc")                                                                            \
	X(PTRACE, "ptrace")                                                                        \
	X(WAIT, "wait")                                                                            \
	X(SLEEP, "sleep")                                                                          \
	X(CPU, "cpu")                                                                              \
	X(OTHER, "other")

enum pst_call {
#define PST_CALLS_ID(id, name) PST_CALL_##id,
	PST_CALLS_MAP(PST_CALLS_ID)
#undef PST_CALLS_ID
		PST_CALL_KINDS
};

/* Those of the calling thread since it began. */
extern _Thread_local uint64_t pst_calls[PST_CALL_KINDS];

static inline void pst_called(enum pst_call kind)
{
	pst_calls[kind]++;
}

static inline void pst_called_times(enum pst_call kind, uint64_t times)
{
	pst_calls[kind] += times;
}

const char *pst_call_name(enum pst_call kind);

#endif
