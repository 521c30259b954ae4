// SPDX-License-Identifier: MIT
#ifndef PST_MODEL_PRIV_H
#define PST_MODEL_PRIV_H

#include "model/defs.h"
#include "model/model.h"

/*
 * Time is counted apart for each class of samples, so that the filters apply at once to all that
 * was seen.  A class is a sum of these bits.
 */
enum { PST_CLASS_IDLE = 1, PST_CLASS_GIL = 2, PST_CLASSES = 4 };

struct pst_tally { /* ns by class */
	uint64_t own[PST_CLASSES], total[PST_CLASSES];
};

struct pst_count { /* of one function, or one frame (line) */
	uint32_t id;
	struct pst_tally all;	/* since the reset */
	struct pst_tally now;	/* of the window that runs */
	struct pst_tally shown; /* of the window that ended last */
};

struct pst_group_counts {
	PST_VEC(struct pst_count) counts;
	PST_VEC(uint32_t) slots; /* by id - 1: index into counts + 1, 0: not seen since the reset */
	PST_VEC(uint32_t) onpath; /* by id - 1: how often on the path that is being folded */
};

/*
 * A node of the tree of stacks whose time is not in the counts yet (a leaf of samples), or, while
 * folding, one above such a node.
 */
struct pst_fold {
	uint32_t node;
	uint32_t child, next; /* index + 1 of the first child, of the next sibling */
	uint64_t self[PST_CLASSES], sum[PST_CLASSES];
};

struct pst_hits { /* samples of one stack, by class */
	uint64_t samples[PST_CLASSES];
};

struct pst_counts {
	PST_VEC(struct pst_hits) hits; /* by node id - 1, since the reset */
	struct pst_group_counts groups[2]; /* by enum pst_group */
	PST_VEC(struct pst_fold) folds;
	PST_VEC(uint32_t) fold_of; /* by node id - 1: index into folds + 1 */
};

/* Adds NS to the stack whose leaf is NODE. */
void pst_counts_add(struct pst_counts *c, uint32_t node, unsigned class, uint64_t ns);
/*
 * Brings groups[] up to date.  Linear in the number of distinct nodes touched since the last time.
 */
void pst_counts_fold(struct pst_counts *c, const struct pst_defs *d);
void pst_counts_roll(struct pst_counts *c);
void pst_counts_reset(struct pst_counts *c);
void pst_counts_free(struct pst_counts *c);

struct pst_wall {	 /* ns */
	uint64_t ticks;	 /* that the ticks taken stand for */
	uint64_t gil;	 /* … of those with a holder */
	uint64_t active; /* … times their active threads */
};

struct pst_process_state {
	struct pst_wall now, shown;
	uint64_t tick; /* number of its last tick */
	uint32_t threads, active;
};

struct pst_thread_state_seen {
	uint64_t tick; /* number of the last tick that it was in */
	unsigned flags;
};

struct pst_tick_state { /* the tick whose samples are coming in */
	uint64_t number, period_ns;
	uint32_t process, left, active;
	bool holder;
};

struct pst_model {
	struct pst_defs defs;
	struct pst_counts
		*counts; /* apart, for it is brought up to date when a table is asked for */
	PST_VEC(struct pst_process_state) processes;   /* as defs.processes */
	PST_VEC(struct pst_thread_state_seen) threads; /* as defs.threads */
	PST_VEC(char *) notes;
	struct pst_tick_state tick;
	uint64_t counted_now[PST_CLASSES],
		counted_shown[PST_CLASSES]; /* ns of samples with a stack */
	bool rolled;			    /* a window has ended since the reset */
	uint64_t ticks, samples, rejected, errors, first_ns, last_ns;
	struct pst_rec_stats stats;
	enum pst_model_end end;
};

/*
 * Wall-clock time of the window that is shown: the one that ended last, or all since the reset
 * before any ended.
 */
uint64_t pst_model_window_ns(const struct pst_model *m);

#endif
