// SPDX-License-Identifier: MIT
#ifndef PST_SAMPLER_PROOF_H
#define PST_SAMPLER_PROOF_H

/*
 * Proof that a thread stood still while it was read from the CPU on which it ran last: there, it
 * cannot run beside us.  Two ways, both argued in docs/ARCHITECTURE.md ("Proof").
 *
 * By word, where glibc registers an rseq area for each thread: into it the kernel writes the CPU
 * before the thread goes on in user mode on another one than before.  When we were not switched
 * out since before the first byte was read, and the word, read behind the last byte, names our CPU,
 * then the thread has not run in user mode since.
 *
 * By counts, else:
 *
 *   1. the system's counts of the thread (time on CPU, times scheduled in) are read,
 *   2. the target is read,
 *   3. the thread is seen off its CPU: that CPU is the one we run on, or it sleeps in a call,
 *   4. the counts are read again, and are the same.
 *
 * Had it run between 1 and 3, it would have been taken off its CPU by 3, which adds to its time;
 * had it run between 3 and 4, it would have been scheduled in.
 */

#include "interp/interp.h"

struct pst_sampler;

enum pst_verdict {
	PST_PROVED,
	PST_RAN,    /* in between, or beside us: on the CPU where we are now, it cannot any more */
	PST_CLOSED, /* it runs where we may not go */
	PST_LOST,   /* it ended, or the system tells nothing about it */
};

struct pst_word {
	uint64_t ident;	 /* of the thread: pthread_self() */
	uint32_t cpu[2]; /* cpu_id_start and cpu_id, which are the same but for errors */
};

enum pst_words_use {
	PST_WORDS_UNKNOWN,
	PST_WORDS_TRIAL, /* counts prove, and the words must agree with them */
	PST_WORDS_TRUSTED,
	PST_WORDS_OFF,
};

struct pst_proof {
	int cpu;	   /* on which the look began */
	uint64_t switches; /* of ours, until then */
	enum pst_words_use use;
	int64_t offset; /* of a thread's area from its ident */
	unsigned agreed, differed;
	bool told;			/* the last verdict is by word */
	PST_VEC(struct pst_word) words; /* that the look brings behind all else */
	PST_VEC(struct pst_span) spans;
	uint64_t reads; /* of the target, when the words were brought */
};

/* A look is about to begin. */
void pst_proof_begin(struct pst_sampler *s);
/* The words of which threads the next look is to bring: none so far, and one more. */
void pst_proof_clear(struct pst_sampler *s);
void pst_proof_add(struct pst_sampler *s, uint64_t ident);
/* Whether words prove; else counts do. */
bool pst_proof_by_word(const struct pst_sampler *s);
/*
 * Whether thread IDENT was where we are when the look began, as far as that was read by then; says
 * whose stacks are worth a walk.  Only by word.
 */
bool pst_proof_is_here(const struct pst_sampler *s, uint64_t ident);
/* The CPU of thread IDENT as the look brought it; -1: it did not. */
int pst_proof_cpu(const struct pst_sampler *s, uint64_t ident);
/* By word: whether all that was read since pst_proof_begin() is of one moment of thread IDENT. */
bool pst_proof_stood(struct pst_sampler *s, uint64_t ident);
/*
 * Judges what was read of TH since pst_proof_begin(), goes to where it is when that is elsewhere.
 * BEFORE: its counts, which were read before that; by word they are not needed.
 */
enum pst_verdict pst_proof_judge(struct pst_sampler *s, const struct pst_thread *th,
				 const struct pst_task *before);
/* The counts of thread TID now; false: the system does not tell. */
bool pst_proof_counts(struct pst_sampler *s, struct pst_task *t);
/* A thread that slept before and has not run since it was seen to: another proof. */
bool pst_proof_sleeps(struct pst_sampler *s, pid_t tid);
/* Goes to CPU for the sake of thread TID: RAN, or CLOSED. */
enum pst_verdict pst_proof_go(struct pst_sampler *s, pid_t tid, int cpu);
/* Another process, or none: nothing is known any more. */
void pst_proof_forget(struct pst_sampler *s);

#endif
