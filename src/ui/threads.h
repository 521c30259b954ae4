// SPDX-License-Identifier: MIT
#ifndef PST_UI_THREADS_H
#define PST_UI_THREADS_H

#include "base/buf.h"
#include "base/vec.h"
#include "ui/pane.h"
#include "ui/scroll.h"

/*
 * The pane of threads: threads.c does what it is told, threads_rows.c makes rows of the model,
 * threads_draw.c draws them.
 */

enum threads_column {
	THREADS_NAME,
	THREADS_TID,
	THREADS_STATE,
	THREADS_CPU,
	THREADS_GIL,
	THREADS_WAIT,
	THREADS_SAME,
	THREADS_FUNC,
	THREADS_COLUMNS
};

enum { THREADS_STATE_LONG = 13, THREADS_STATE_SHORT = 9, THREADS_STATE_LEAST = 5 };

enum threads_kind { THREADS_PROCESS, THREADS_INTERP, THREADS_THREAD };

/* What makes a row itself; stays the same from one update to the next. */
struct threads_key {
	enum threads_kind kind;
	uint32_t process;
	int64_t interp;	 /* 0 for a process */
	uint32_t thread; /* 0 for others */
};

struct threads_row {
	struct threads_key key;
	unsigned depth;
	int64_t tid; /* of a process its pid */
	enum pst_thread_doing doing;
	double cpu, active, gil, wait; /* %; cpu < 0: unknown; of a process the sum */
	uint64_t same_ns;
	unsigned threads, busy;	  /* below a process or an interpreter */
	uint32_t func_id;	  /* 0: unknown */
	size_t name, func, place; /* in the text of the pane */
	bool alive, within;	  /* within: view->func is on its stack … */
	size_t frame;		  /* … there, from the root; else SIZE_MAX */

	/* While rows are sorted: by WORD, or without one by NUMBER. */
	const char *word;
	double number;
	int sign;
};

struct threads {
	struct ui_thread_infos infos;
	PST_VEC(struct pst_process_info) processes;
	PST_VEC(struct threads_row) all;    /* threads, sorted */
	PST_VEC(struct threads_row) groups; /* processes and interpreters, sorted */
	PST_VEC(struct threads_row) rows;   /* as shown */
	PST_VEC(struct threads_key) closed; /* those of which nothing below is shown */
	struct pst_buf text; /* NUL-terminated, one after the other */
	PST_VEC(uint32_t) stack; /* of one thread, while rows are made */

	enum threads_column sort;
	bool ascending, sort_set; /* not set: by %CPU */
	struct scroll scroll;
	struct threads_key chosen;
	bool follow; /* the cursor stays with CHOSEN, not at the top */
	bool shown;
	uint32_t func; /* view->func when the cursor was put on the first thread in it */
	struct {
		int col, end;
	} at[THREADS_COLUMNS]; /* where the headings stand, for clicks; end 0: not shown */
};

/* Sorts, in the order of columns on the screen. */
void threads_collect(struct threads *t, const struct ui_view *v, const struct pst_model *m);
bool threads_same_key(const struct threads_key *a, const struct threads_key *b);
bool threads_is_closed(const struct threads *t, const struct threads_key *k);
/* Thread IDs belong to the row ROW: itself, or all below. */
bool threads_below(const struct threads_row *row, const struct threads_row *thread);
const char *threads_text(const struct threads *t, size_t at);
/* Translated, in so many cells: THREADS_STATE_LONG, _SHORT, or _LEAST. */
const char *threads_doing(enum pst_thread_doing doing, int cells);

void threads_draw(struct pane *p, struct canvas *c);

#endif
