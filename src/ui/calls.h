// SPDX-License-Identifier: MIT
#ifndef PST_UI_CALLS_H
#define PST_UI_CALLS_H

#include "ui/asked.h"
#include "ui/calltree.h"
#include "ui/funchits.h"
#include "ui/pane.h"

/* What the files of the pane of callers and callees know of each other. */

enum calls_side { CALLS_CALLERS, CALLS_CALLEES, CALLS_SIDES };

enum { CALLS_HISTORY = 64 };

/* Where a side was drawn; rows without its title. */
struct calls_place {
	int row, col, rows, cols;
};

struct calls {
	const struct pst_model *model; /* of the last update */
	uint64_t ticks;		       /* that it holds */
	struct calltree trees[CALLS_SIDES];
	struct calls_asked asked[CALLS_SIDES];
	struct calls_place places[CALLS_SIDES];
	enum calls_side active; /* that the keys go to */
	bool turned;		/* callees first */
	uint32_t focus;		/* function; 0: nothing was seen yet */
	uint32_t history[CALLS_HISTORY];
	size_t history_len;
	bool recursive;
	struct func_hits hits;
};

/* The share of all that is counted which has the focus on its stack, on SIDE (span or base). */
double calls_focus_share(const struct calls *s, int side);
double calls_focus_own(const struct calls *s, int side);

void calls_draw(struct pane *p, struct canvas *c);
/* Where the mark of a row stands that opens it, from the left of its side; two cells. */
int calls_mark_col(int cols, int depth);

#endif
