// SPDX-License-Identifier: MIT
#ifndef PST_SAMPLER_INSPECT_H
#define PST_SAMPLER_INSPECT_H

/*
 * A thread's stack and values for the screen, read by the sampler's thread between two looks.
 *
 * What may change a frame or an object is held by ptrace meanwhile, and no more than that: with a
 * GIL its holder alone; where nobody holds it, and in free-threaded builds, the threads of the
 * interpreter that are awake.  Those that sleep are let be: their counts tell afterwards whether
 * one of them ran (the proof of coscheduled.c for sleepers).  When that does not come out, all of
 * them are held.  In free mode, and where ptrace is denied, nothing is held and nothing is proved.
 */

#include "interp/interp.h"
#include "ring/inspect.h"

struct pst_sampler;

/* A request that waits (under the sampler's lock), and the answer that was not fetched yet. */
struct pst_inspect_box {
	struct pst_inspect_request *asked; /* a copy; NULL: none */
	bool held_back; /* asked before a pause of the sampling, which must not be broken by it */
	bool ended;	/* the sampler looks no more */
	struct pst_inspection *answer;
};

/* What is kept from one inspection to the next, by the sampler's thread. */
struct pst_inspector {
	struct pst_threads threads;
	struct pst_tasks tasks; /* when those of the looks do not do */
	struct pst_stack stack, second;
	struct pst_pids hold;	   /* to be held */
	struct pst_tasks sleepers; /* counts of those that are not */
};

/* ---- inspect_box.c ---- */

/* Answers the request that waits, if one does: between two looks. */
void pst_inspect_serve(struct pst_sampler *s);
/* No more looks: answers what waits, and all that will be asked. */
void pst_inspect_end(struct pst_sampler *s);
void pst_inspect_free(struct pst_sampler *s);

/* ---- inspect.c ---- */

struct pst_inspection *pst_inspect_answer(struct pst_sampler *s,
					  const struct pst_inspect_request *r);
/* The answer when there is no target any more. */
struct pst_inspection *pst_inspect_gone(struct pst_sampler *s, const struct pst_inspect_request *r);
void pst_inspector_free(struct pst_inspector *i);

/* ---- inspect_rows.c ---- */

/* The values of FRAME and what is open of them, until UNTIL_NS. */
void pst_inspect_rows(struct pst_python *py, const struct pst_pyframe *frame,
		      const struct pst_inspect_request *r, uint64_t until_ns,
		      struct pst_inspection *in);

#endif
