// SPDX-License-Identifier: MIT
#ifndef PST_EXPORT_RUNS_H
#define PST_EXPORT_RUNS_H

/*
 * Which thread was in which stack when, in the order of time, in few bytes (some 7 for each change
 * of a stack) and in bounded memory.  When the bound is reached, what is there is thinned: time is
 * cut into slots, and of the runs of a thread that are shorter and lie in one slot, one is drawn,
 * each with the chance of its length, and stands for the time of all of them.  So sums of times
 * stay what they were, and shares on average.  The draw is the same in each run of the program.
 */

#include "export/profile.h"

#include <stddef.h>

struct pst_runs;

struct pst_runs *pst_runs_new(size_t bytes_max);
void pst_runs_free(struct pst_runs *r); /* NULL allowed */

/* Runs of one thread come in their order, and do not overlap; KIND: PST_WAS_… */
void pst_runs_add(struct pst_runs *r, uint32_t thread, uint32_t node, unsigned kind,
		  uint64_t start_ns, uint64_t end_ns);

/* Which kinds count, and how many runs (with DEPTH: and frames of their stacks) there may be. */
struct pst_runs_want {
	bool kinds[PST_WAS_KINDS];
	size_t runs_max;
	size_t frames_max;
	const uint32_t *depth; /* of node id [id - 1], of which there are NODES */
	size_t nodes;
};

/* Puts those that are wanted into P, thinned as far as that needs; sets what P says of them. */
void pst_runs_list(struct pst_runs *r, const struct pst_runs_want *want, struct pst_profile *p);

/* What is left of LIST with slots of SLOT_NS, by thread, then time; 0: all.  To an empty OUT. */
void pst_runs_thin(const struct pst_run_list *list, uint64_t slot_ns, struct pst_run_list *out);

#endif
