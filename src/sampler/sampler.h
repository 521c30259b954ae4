// SPDX-License-Identifier: MIT
#ifndef PST_SAMPLER_SAMPLER_H
#define PST_SAMPLER_SAMPLER_H

/*
 * The thread that looks at the target at a steady rate and puts what it saw into the ring.  It
 * opens, pauses and closes the target itself: ptrace binds to the thread that attached.
 */

#include "base/err.h"
#include "ring/inspect.h"
#include "ring/ring.h"

#include <stdbool.h>
#include <sys/types.h>

struct pst_sampler;

enum pst_sampling {
	PST_SAMPLING_COSCHEDULED, /* from the CPU of the thread that is looked at, which cannot run
				     meanwhile; each stack is proved or rejected */
	PST_SAMPLING_PAUSED, /* every look under a ptrace pause of the threads that run Python */
	PST_SAMPLING_FREE,   /* never pauses; what is not consistent is rejected, the rest marked
				unproved */
};

struct pst_sampler_options {
	pid_t pid;
	double rate;	     /* looks per second, from 0.1 on; infinity: as fast as it goes */
	double overhead_max; /* share of one CPU that we may cost (our CPU time, the target's
				pauses): the rate adapts; 0: no bound */
	bool jitter;	     /* each look at a random moment of its period */
	uint64_t seed;	     /* of these moments; 0: different each time */
	enum pst_sampling sampling;
	enum pst_sampling fallback; /* of COSCHEDULED, where a CPU is closed to us: another one */
	bool gil_only;		    /* only the thread that holds the GIL */
	bool idle; /* stacks of idle threads too (else only their thread records) */
	bool full_filenames;
	bool shims;		    /* keep the interpreter's own frames */
	bool subprocesses;	    /* its descendants too, as they come and go */
	uint64_t attach_timeout_ns; /* how long to retry while the interpreter starts up */
};

/*
 * Starts the thread and waits until it is attached or failed (the error is its own, with a
 * sentence). RING is borrowed.  After the start the sampler is the ring's only producer.
 */
enum pst_err pst_sampler_start(const struct pst_sampler_options *opt, struct pst_ring *ring,
			       struct pst_sampler **out, struct pst_why *why);
/* The same without the waiting: attaching goes on in the background. */
enum pst_err pst_sampler_begin(const struct pst_sampler_options *opt, struct pst_ring *ring,
			       struct pst_sampler **out, struct pst_why *why);
/*
 * Waits for that until DEADLINE_NS (monotonic) at most; false: it is under way still.  *ERR: what
 * became of it; after an error it is to be stopped, and sends nothing.
 */
bool pst_sampler_attached(struct pst_sampler *s, uint64_t deadline_ns, enum pst_err *err,
			  struct pst_why *why);

/* From any thread: */
/* As the option. */
void pst_sampler_set_rate(struct pst_sampler *s, double rate);
/*
 * After a pause was asked for, returns when no look is under way: then nothing of ours holds the
 * target.
 */
void pst_sampler_set_paused(struct pst_sampler *s, bool paused);
void pst_sampler_set_idle(struct pst_sampler *s, bool idle);
void pst_sampler_set_gil_only(struct pst_sampler *s, bool gil_only);

/*
 * Asks for a thread's stack and values, which is copied; a newer request replaces one that waits,
 * a newer answer one that was not fetched.  Served between two looks, also while sampling is paused
 * if it was asked for after the pause.  The consumer of the ring is woken when the answer is there.
 * After the target has ended: GONE at once.
 */
void pst_sampler_inspect(struct pst_sampler *s, const struct pst_inspect_request *r);
/* The answer, the caller's to free; NULL: none yet. */
struct pst_inspection *pst_sampler_inspected(struct pst_sampler *s);

/* Asks it to stop, waits for it, frees it.  The ring then ends with a PST_REC_END. NULL allowed. */
void pst_sampler_stop(struct pst_sampler *s);

#endif
