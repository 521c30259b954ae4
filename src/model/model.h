// SPDX-License-Identifier: MIT
#ifndef PST_MODEL_MODEL_H
#define PST_MODEL_MODEL_H

/*
 * What was seen, folded from records: functions with their counts, threads, the tree of stacks, the
 * sampler's own figures.  No I/O, no clock: time is what the records say.  Memory grows with
 * distinct stacks, not with time.
 *
 * The model owns every string and pointer it returns; they are valid until the next
 * pst_model_ingest().
 */

#include "ring/record.h"

struct pst_model;

struct pst_model *pst_model_new(void);
void pst_model_free(struct pst_model *m); /* NULL allowed */

/*
 * What is counted.  Every tick stands for a time (its period_ns), each of its samples for that time
 * in one stack.  Rejected ticks and broken stacks count nowhere.  All shares are sums of these
 * times by the wall-clock time of the ticks; with several processes, by that of the one seen
 * longest.
 */

/*
 * Takes one record (checked by pst_record_valid() when it came from a file).  Ids that were not
 * defined, cycles and the like are counted as errors and ignored.
 */
void pst_model_ingest(struct pst_model *m, const struct pst_rec *rec);

/* Forgets counts and window (key "r"); definitions stay. */
void pst_model_reset(struct pst_model *m);
/*
 * Ends the current window: %Own, %Total, %GIL below speak of the ticks between the last two calls
 * (the screen calls it at each refresh), Own and Total of all since the start or the reset.  Before
 * the first call the window is all since then, so that a recording needs none.
 */
void pst_model_roll(struct pst_model *m);

/* ---- header ---- */

struct pst_summary {
	const char *cmdline, *version; /* "" until known */
	int pid;
	uint64_t start_unix;
	uint64_t ticks, samples; /* since the reset: ticks that were not rejected, stacks counted */
	uint64_t late, rejected, dropped; /* since the start; rejected: ticks with any stack lost */
	uint64_t rejected_ticks;	  /* of those, the ticks of which nothing counts */
	uint64_t pause_p50_ns, pause_p99_ns, pause_max_ns, sampler_cpu_ns;
	uint64_t reads; /* of the target's memory, in system calls, since the start */
	/* Stacks of threads that ran, since the start; and how many of them were read while their
	 * thread stood still. */
	uint64_t stacks, proved;
	uint64_t cut;			   /* of these: only the frames that two reads agree on */
	uint64_t gaps, gap_ns;		   /* we stood still ourselves: times, and how long */
	bool target_stopped, target_frozen; /* by a signal, by its cgroup: just now … */
	uint64_t halted_ns;		    /* … and how long it was in all */
	uint64_t otherwise; /* looks in the way of the fallback: the CPU was closed to us */
	bool mostly_otherwise;
	uint64_t pauses, stopped, held_ns; /* of the target; threads stopped for it; in all */
	uint64_t calls[PST_CALL_KINDS];	   /* of the sampler's thread, by enum pst_call */
	double rate_now; /* that is aimed at: less than asked when the overhead is bounded */
	double overhead, overhead_max;	  /* % of one CPU: of late, and at most (0: no bound) */
	double rate_asked, rate_achieved; /* per second, achieved over the last seconds */
	double gil_percent;		  /* ticks of the window with a holder among the threads */
	double active_percent;		  /* active threads per tick of the window × 100 */
	/* Of all processes: % of one CPU over the last second or so, < 0 unknown; 0 unknown. */
	double cpu_percent;
	uint64_t rss_bytes;
	unsigned threads, active_threads; /* alive now; active at the last tick */
	uint64_t first_ns, last_ns;	  /* of the ticks taken */
	bool ended;
	enum pst_model_end { PST_END_NONE, PST_END_STOPPED, PST_END_GONE, PST_END_ERROR } end;
	uint64_t errors; /* records that made no sense */
};

void pst_model_summary(const struct pst_model *m, struct pst_summary *out);
/* Notes for the user in order; NULL at the end. */
const char *pst_model_note(const struct pst_model *m, size_t i);

/* ---- the table of functions ---- */

enum pst_group { PST_GROUP_FUNCTION, PST_GROUP_LINE, PST_GROUP_FILE, PST_GROUP_MODULE };

struct pst_row {
	const char *name; /* qualified where known */
	const char *file; /* short */
	const char *full_file;
	int line;    /* PST_GROUP_LINE: current line; else first line of the function; 0: none */
	uint32_t id; /* of the function or the frame: stays the same from one table to the next */
	/*
	 * Shares of the window, in % of its wall-clock ticks for one thread's worth of time;
	 * several threads may sum to more than 100.  own: was the leaf; total: was anywhere on the
	 * stack (counted once per stack); gil: was the leaf of the thread that held the GIL
	 * (whatever the filters say).
	 */
	double own_percent, total_percent, gil_percent;
	double own_seconds, total_seconds; /* since the reset: ticks × what each tick stood for */
};

enum pst_sort {
	PST_SORT_OWN_PERCENT,
	PST_SORT_TOTAL_PERCENT,
	PST_SORT_GIL_PERCENT,
	PST_SORT_OWN,
	PST_SORT_TOTAL,
	PST_SORT_NAME
};

struct pst_table_options {
	enum pst_group group;
	enum pst_sort sort;
	bool ascending;
	bool normalised; /* divided by the stacks counted per tick if more than 1: own sums to ≤ 100
			  */
	bool idle;	 /* count idle samples too */
	bool gil_only;	 /* count only samples that held the GIL */
};

struct pst_table {
	struct pst_row *at;
	size_t len, cap;
};

/*
 * All rows that the filters let through since the reset, sorted; ties by total, then name, file,
 * line: stable.  Largest first, names from Z to A, unless ascending.  Reuses OUT's memory.
 */
void pst_model_table(const struct pst_model *m, const struct pst_table_options *opt,
		     struct pst_table *out);
void pst_table_free(struct pst_table *t);

/* ---- the tree of stacks ---- */

struct pst_node {
	const char *name; /* qualified where known */
	const char *file; /* short; "" for what stands for something else than a function */
	const char *full_file;
	int line; /* 0: none */
};

struct pst_tree_row {
	uint64_t own, total;  /* samples whose leaf it was; that went through it */
	uint32_t node, depth; /* a root has depth 1 */
};

struct pst_tree {
	struct pst_tree_row *at;
	size_t len, cap;
};

struct pst_tree_options {
	bool idle;     /* count idle samples too */
	bool gil_only; /* count only samples that held the GIL */
};

/*
 * All stacks since the reset that the filters let through, as a tree, each node before those that
 * it called; siblings by name, file and line: stable.  Reuses OUT's memory.
 */
void pst_model_tree(const struct pst_model *m, const struct pst_tree_options *opt,
		    struct pst_tree *out);
void pst_tree_free(struct pst_tree *t);
/* What stands at NODE of a row. */
void pst_model_node(const struct pst_model *m, uint32_t node, struct pst_node *out);

/* ---- threads ---- */

struct pst_thread_row {
	uint32_t id;
	int64_t tid;
	const char *name; /* threading's or the kernel's; "" */
	bool is_main;
	unsigned flags; /* PST_SAMPLE_… at the last tick */
	bool alive;	/* was in the last tick */
};

/* Fills up to CAP rows in the order in which the threads were found; returns how many there are. */
size_t pst_model_threads(const struct pst_model *m, struct pst_thread_row *out, size_t cap);

#endif
