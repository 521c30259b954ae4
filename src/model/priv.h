// SPDX-License-Identifier: MIT
#ifndef PST_MODEL_PRIV_H
#define PST_MODEL_PRIV_H

#include "model/cells.h"
#include "model/defs.h"
#include "model/forest.h"
#include "model/history.h"
#include "model/query.h"

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
	uint32_t node, zero; /* a struct pst_pair */
	uint32_t above, child,
		next; /* index + 1: of the parent, the first child, the next sibling */
	uint64_t self[PST_CLASSES], sum[PST_CLASSES];
};

struct pst_counts {
	bool wanted;			   /* somebody asked; before that the totals are enough */
	struct pst_group_counts groups[2]; /* by enum pst_group */
	PST_VEC(struct pst_fold) folds;
	struct pst_index fold_of; /* by node id */
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

/*
 * CPU time as it was told, now and at the begins of the last two intervals of half a second or
 * more: what is shown is the mean since the one before the last.
 */
struct pst_meter {
	uint64_t now, middle, from; /* ns of CPU */
	uint64_t since;		    /* time of the first that was told; 0: nothing yet */
	uint64_t turn;		    /* of the process's clock when these were set */
};

struct pst_meter_clock { /* of a process: times of its figures */
	uint64_t now, middle, from, turn;
};

struct pst_process_state {
	struct pst_wall now, shown, open; /* open: since the history's part was begun */
	uint64_t all;			  /* ns that its ticks since the reset stand for */
	uint64_t tick;			  /* number of its last tick */
	uint32_t threads, active;
	bool in_open; /* stands in the history's open_walls */
	struct pst_meter_clock clock;
	struct pst_meter cpu;
	uint64_t usage_ns, rss_bytes; /* as told last, and when */
};

struct pst_thread_state_seen {
	uint64_t tick; /* number of the last tick that it was in */
	unsigned flags;
	uint32_t stack, frame,
		cell; /* last stack that was seen, its leaf; cell: see pst_open_add() */
	uint64_t same_from, last_ns; /* times of the first tick with that leaf, of its last one */
	struct pst_meter cpu;
};

struct pst_tick_state { /* the tick whose samples are coming in */
	uint64_t number, period_ns, time_ns;
	uint32_t process, left, active;
	bool holder;
};

enum { PST_GROUPS = PST_GROUP_MODULE + 1 };

struct pst_model {
	struct pst_defs defs;
	struct pst_counts
		*counts; /* apart, for it is brought up to date when a table is asked for */
	struct pst_history *history; /* and so is this */
	struct pst_forest *forests;  /* and these: PST_FORESTS of them */
	struct pst_outer *outers;    /* and these: by forest and group, PST_FORESTS × PST_GROUPS */
	struct pst_parts window;     /* parts of the window that ended last */
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

/* A tick of TIME_NS comes: closes the bucket that runs when it is over. */
void pst_model_begin_bucket(struct pst_model *m, uint64_t time_ns);
/* Of a process, in the bucket that runs. */
struct pst_wall *pst_model_open_wall(struct pst_model *m, uint32_t process);
/* Closes what runs, so that counts, totals and history know all that was taken. */
void pst_model_settle(const struct pst_model *m);
/* Brings the counts up to date, once the model is settled. */
void pst_model_count(const struct pst_model *m);
struct pst_shape pst_model_shape(const struct pst_model *m, bool lines, bool my_code);

/* False: the record made no sense. */
bool pst_model_usage(struct pst_model *m, const struct pst_rec_usage *r);
bool pst_model_thread_usage(struct pst_model *m, const struct pst_rec_thread_usage *r);
/* % of one CPU; < 0: unknown. */
double pst_meter_percent(const struct pst_meter *meter, const struct pst_meter_clock *clock);

/* ---- weights: a part of what was seen, by stack ------------------------------------------- */

/* Where cells come from: the totals, or parts of the history. */
struct pst_source {
	bool all;
	struct pst_parts parts;
};

/* SPAN zero: all since the reset. */
struct pst_source pst_source_of(const struct pst_model *m, const struct pst_span_ns *span);
/* The window that is shown. */
struct pst_source pst_source_window(const struct pst_model *m);
/* Its wall-clock time by process id; the caller frees it. */
uint64_t *pst_source_walls(const struct pst_model *m, const struct pst_source *src);
/* The same: of PROCESS, or of the one seen longest (0). */
uint64_t pst_source_wall(const struct pst_model *m, const struct pst_source *src, uint32_t process);

/* What a filter lets through, made ready. */
struct pst_sieve {
	const struct pst_model *m;
	bool classes[PST_CLASSES];
	uint8_t *threads; /* by id; NULL: all */
	uint8_t *stacks;  /* by id; NULL: all */
};
struct pst_sieve pst_sieve_make(const struct pst_model *m, const struct pst_filter *filter);
void pst_sieve_free(struct pst_sieve *s);

struct pst_weights {
	uint64_t *ns;	       /* by number of the branch; [0]: 0 */
	uint64_t samples, all; /* all: the sum of ns */
};
/* ns is made; the caller frees it. */
void pst_weigh(const struct pst_sieve *sieve, const struct pst_source *src,
	       const struct pst_shape *shape, struct pst_weights *out);

/* Children of each branch that has weight, linked; element 0 stands for what is above all roots. */
struct pst_links {
	uint32_t *child, *next;
};
/* Adds each branch's weights (the second may be NULL) to its parent's, and links it there. */
void pst_links_make(const struct pst_shape *shape, uint64_t *first, uint64_t *second,
		    struct pst_links *out);
void pst_links_free(struct pst_links *l);

/* ---- tables ------------------------------------------------------------------------------ */

struct pst_rows { /* what is one row, and what it spent */
	const uint32_t
		*of; /* by function or frame id: number of the row, 0: none; NULL: the id itself */
	size_t len;  /* of numbers, with 0 */
	struct pst_spent {		  /* ns */
		uint64_t own, total, gil; /* gil: whatever classes the sieve lets through */
	} * at;
};
static inline uint32_t pst_row_of(const struct pst_rows *rows, uint32_t key)
{
	return rows->of ? rows->of[key] : key;
}
/*
 * Own, total (once per stack) and GIL time of each row; returns what it counted in all.  OUTER: see
 * below; of another grouping than ROWS where that does not matter.
 */
uint64_t pst_spend(const struct pst_sieve *sieve, const struct pst_source *src,
		   const struct pst_shape *shape, const uint8_t *outer, struct pst_rows *rows);

/*
 * Whether a branch has none above it in the same row, by its number - 1: of all these branches each
 * stack goes through one at most.  Found out once for each branch.
 */
struct pst_outer {
	PST_VEC(uint8_t) of;
};
/* Of the forest that SHAPE is of; ROWS: those of GROUP. */
const uint8_t *pst_model_outer(const struct pst_model *m, const struct pst_shape *shape,
			       enum pst_group group, bool my_code, const struct pst_rows *rows);

/* pst_model_query() where nothing special is asked: what is counted anyway. */
void pst_table_usual(const struct pst_model *m, const struct pst_table_query *q,
		     struct pst_table *out);
void pst_table_sort(struct pst_table *t, const struct pst_table_options *opt);

/*
 * Wall-clock time of the window that is shown: the one that ended last, or all since the reset
 * before any ended.
 */
uint64_t pst_model_window_ns(const struct pst_model *m);

#endif
