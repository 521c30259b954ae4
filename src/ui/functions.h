// SPDX-License-Identifier: MIT
#ifndef PST_UI_FUNCTIONS_H
#define PST_UI_FUNCTIONS_H

#include "ui/pane.h"

/* The pane of functions: what its files share. */

enum functions_mark { TREND_UNKNOWN, TREND_SAME, TREND_UP, TREND_DOWN };

/* The percentage by which rows were judged in one window, by id - 1; NaN: not there. */
struct functions_window {
	float *at;
	size_t len;
};

struct functions {
	struct pst_table table;
	size_t selected, first; /* row under the cursor, first row shown */
	uint32_t id;		/* of the row under the cursor … */
	uint32_t func;		/* … and its function; 0: none */
	bool follow;		/* the cursor stays with ID, not at the top */
	int page;		/* rows shown at the last draw */
	int cols;		/* at the last draw */
	enum pst_group group;
	unsigned threads;
	bool any_tick;
	/* Trend: of the window that is shown and of the one before. */
	struct functions_window now, before;
	uint64_t window; /* number of the window in NOW; 0: none */
	uint64_t before_number;
	enum pst_sort judged; /* by this percentage … */
	uint32_t counted;     /* … of what was counted then */
};

/* The columns of numbers, as words of the configuration and headings. */
enum functions_column {
	COLUMN_OWN_PERCENT,
	COLUMN_TOTAL_PERCENT,
	COLUMN_GIL_PERCENT,
	COLUMN_OWN,
	COLUMN_TOTAL,
	COLUMN_NUMBERS,
	COLUMN_TREND = COLUMN_NUMBERS,
	COLUMN_NAME,
	COLUMN_PLACE,
	COLUMN_COUNT
};

struct functions_column_info {
	const char *word;  /* in the configuration */
	const char *title; /* N_() */
	int cells;	   /* 0: what is left */
	enum pst_sort sort;
};
const struct functions_column_info *functions_column(enum functions_column c);
/* By its word; COLUMN_COUNT: none. */
enum functions_column functions_column_find(const char *word, size_t n);

struct functions_layout {
	bool shown[COLUMN_NUMBERS];
	int col[COLUMN_COUNT]; /* where each begins; -1: not shown */
	int name_end, end;
};
void functions_layout(struct functions_layout *l, unsigned columns, int cols);

/* ---- functions_rows.c ---- */

void functions_fetch(struct functions *t, const struct ui_view *v, const struct pst_model *m);
enum functions_mark functions_trend(const struct functions *t, const struct pst_row *r);
void functions_rows_free(struct functions *t);

/* ---- functions_draw.c ---- */

void functions_draw(struct pane *p, struct canvas *c);

#endif
