// SPDX-License-Identifier: MIT
#ifndef PST_MODEL_QUERY_H
#define PST_MODEL_QUERY_H

/*
 * Questions to the model about a span of time and a part of what was seen: call trees, callers and
 * callees, the timeline.  A question may bring the model up to date, so the model is one thread's
 * even where it is const.  As with model.h, strings belong to the model; what is filled here belongs
 * to the caller, who frees it, and holds numbers (ids) that stay good.
 */

#include "model/model.h"

/*
 * Ticks from FROM on and before TO, by the monotonic clock of the records.  0 and 0: all since the
 * reset.  The history is kept in buckets of a tenth of a second, the newest that fit into a fixed
 * amount of memory: a span is widened to whole buckets, and what is older than the history is not
 * in it.
 */
struct pst_span_ns {
	uint64_t from_ns, to_ns;
};

/* What is counted.  All zero: everything that is not idle. */
struct pst_filter {
	bool idle;     /* idle samples too */
	bool gil_only; /* only samples that held the GIL */
	/*
	 * Frames of the standard library and of packages fold into the user's frame that called
	 * them, which then has their time.  Where there is none, they are left out; a stack of
	 * such frames alone counts for its outermost one.
	 */
	bool my_code;
	uint32_t process;	/* only this one; 0: all */
	const uint8_t *threads; /* [id - 1]: counted or not; NULL: all; beyond NTHREADS: not */
	size_t nthreads;
	const uint8_t *funcs; /* as threads: stacks that hold one of these at least */
	size_t nfuncs;
};

/* ---- functions ---- */

/* How many functions there are: ids from 1 to this. */
size_t pst_model_func_count(const struct pst_model *m);
struct pst_func_info {
	const char *name, *file, *full_file; /* qualified where known; file: short */
	const char *module;		     /* of its path: "json.decoder"; "" unknown */
	int first_line;
	bool library; /* of the standard library or of site-packages */
};
void pst_model_func(const struct pst_model *m, uint32_t func, struct pst_func_info *out);
/* The function of frame FRAME, and the line in it. */
uint32_t pst_model_frame_func(const struct pst_model *m, uint32_t frame, int *line);

/* ---- call trees ---- */

enum pst_calls_kind {
	PST_CALLS_DOWN, /* from the roots to the leaves */
	PST_CALLS_UP,	/* inverted: from the leaves of the stacks to their callers */
	/*
	 * What FOCUS calls, who calls it: the root of all has one child at most, FOCUS, and the
	 * time that FOCUS is not part of is its own.  In a stack that holds FOCUS several times the
	 * outermost one is meant, so that the stack counts once: recursion is seen among the
	 * callees, and not among the callers.
	 */
	PST_CALLS_CALLEES,
	PST_CALLS_CALLERS, /* children are callers */
};

struct pst_calls_options {
	enum pst_calls_kind kind;
	enum pst_group merge; /* PST_GROUP_FUNCTION: nodes of one function are one; LINE: by line */
	uint32_t focus;	      /* function id */
	struct pst_filter filter;
	struct pst_span_ns span, base; /* base: with DIFF, what SPAN is compared with */
	bool diff;
	/*
	 * Nodes of less than this share of all (in a sandwich: of FOCUS) are folded into one "…"
	 * per parent; 0: none.  With DIFF: less than it in the span and in the base.
	 */
	double least;
};

/*
 * 56 bytes.  Weights are ns of wall time; [0]: of the span, [1]: of the base.  total is own and the
 * totals of the children: own is of the stacks that end there, so that of a tree of callers those
 * that begin there.  A tree that gets too large is folded far from the root.
 */
struct pst_calls_node {
	uint32_t func;	      /* 0: the "…" of its parent, or the root of all */
	uint32_t frame;	      /* merged by line: frame id; else 0 */
	uint32_t parent;      /* index; the root of all is 0 and its own parent */
	uint32_t child, next; /* index of the first child, of the next sibling; 0: none */
	uint32_t depth;	      /* of the root of all: 0 */
	uint64_t own[2], total[2];
};

struct pst_calls {
	/* [0]: the root of all; children by total, then name: stable; "…" is the last. */
	struct pst_calls_node *at;
	size_t len, cap;
	uint64_t samples[2];
};

/* Reuses OUT's memory. */
void pst_model_calls(const struct pst_model *m, const struct pst_calls_options *opt,
		     struct pst_calls *out);
void pst_calls_free(struct pst_calls *c);

/* ---- the table over a span ---- */

struct pst_table_query {
	struct pst_table_options table; /* idle and gil_only here are not used: FILTER's are */
	struct pst_filter filter;
	/*
	 * Zero: percentages of the window that pst_model_roll() ended, seconds since the reset
	 * (live). Else both speak of the span.
	 */
	struct pst_span_ns span, base;
	bool diff;  /* percentages are those of SPAN less those of BASE */
	bool whole; /* live: percentages are of all since the reset, too */
};
/*
 * As pst_model_table().  For PST_GROUP_FILE and PST_GROUP_MODULE id is that of one function in it
 * (file, too), name is the file or the module, and line is 0.
 */
void pst_model_query(const struct pst_model *m, const struct pst_table_query *q,
		     struct pst_table *out);

/* ---- threads ---- */

enum pst_thread_doing {
	PST_DOING_GONE, /* not in the last tick */
	PST_DOING_IDLE,
	PST_DOING_RUNS,
	PST_DOING_HOLDS_GIL,
	PST_DOING_WAITS_GIL,
	PST_DOING_COLLECTS, /* in the garbage collector */
};

struct pst_thread_info {
	uint32_t id, process;
	int64_t tid, interp_id;
	uint64_t ident;	  /* threading's; 0: unknown */
	const char *name; /* "" none */
	bool is_main, alive;
	enum pst_thread_doing doing; /* at the last tick */
	uint32_t stack;		     /* node of its last stack that was seen; 0: none */
	uint32_t frame;		     /* its leaf; 0 */
	uint64_t same_ns;	     /* how long that leaf has been the same */
	double cpu_percent;	     /* of one CPU, over the last second or so; < 0 unknown */
	/* Of the time in the span (zero: of the window). */
	double active_percent, gil_percent, wait_percent;
};

/*
 * All threads, in the order in which they were found.  SPAN as in a table.  Returns how many there
 * are, fills up to CAP.
 */
size_t pst_model_thread_infos(const struct pst_model *m, const struct pst_span_ns *span,
			      struct pst_thread_info *out, size_t cap);
/* Frames of STACK, leaf first: frame ids; returns how many there are, fills up to CAP. */
size_t pst_model_stack(const struct pst_model *m, uint32_t stack, uint32_t *frames, size_t cap);
/* Samples of frame FRAME's function by line, over SPAN, for the heat of its source. */
struct pst_line_heat {
	int line;
	uint64_t own_ns, total_ns;
};
size_t pst_model_line_heat(const struct pst_model *m, uint32_t func, const struct pst_span_ns *span,
			   const struct pst_filter *filter, struct pst_line_heat *out, size_t cap);

struct pst_process_info {
	uint32_t id;
	int pid;
	const char *cmdline, *version;
	uint64_t start_unix, rss_bytes; /* 0: unknown */
	double cpu_percent;		/* < 0: unknown */
	unsigned threads, active;
};
size_t pst_model_process_infos(const struct pst_model *m, struct pst_process_info *out, size_t cap);

/* ---- the timeline ---- */

struct pst_time_cell {
	uint64_t ticks_ns; /* wall time that was sampled; 0: nothing is known of it */
	double gil;	   /* share of it in which the GIL was held, 0 to 1 */
	double active;	   /* threads that were active, on average */
	double cpu;	   /* of the process, in CPUs; < 0: unknown */
};
/* What the history holds; {0, 0}: nothing yet. */
struct pst_span_ns pst_model_history(const struct pst_model *m);
/*
 * What the timeline knows: as the history, and the seconds of the hour before it.  {0, 0}: nothing
 * yet.
 */
struct pst_span_ns pst_model_timeline_span(const struct pst_model *m);
/* Splits SPAN into N cells; zero: the history. */
void pst_model_timeline(const struct pst_model *m, struct pst_span_ns span,
			struct pst_time_cell *out, size_t n);
/*
 * How much memory the history may take; what is there beyond it is forgotten.  32 MiB at
 * first, 1 MiB at least.
 */
void pst_model_set_history(struct pst_model *m, size_t bytes);

#endif
