// SPDX-License-Identifier: MIT
#ifndef PST_UI_STRIP_H
#define PST_UI_STRIP_H

#include "model/query.h"
#include "ui/canvas.h"

/*
 * The timeline at the bottom: what was held, used and active over the last minutes, with a cursor
 * and a marked span.  Drawing and arithmetic; what the keys do is in span.c.
 */

enum { STRIP_CELLS_MAX = 512, STRIP_LABEL_CELLS = 10 };

struct strip {
	struct pst_time_cell at[STRIP_CELLS_MAX];
	int cells;		       /* of the last update */
	int lead;		       /* cells at the left that are before the clock began */
	uint64_t from_ns;	       /* of the first cell behind these */
	uint64_t step_ns;	       /* of one cell; 0: nothing is known yet */
	uint64_t last_ns;	       /* the newest look */
	uint64_t cursor_ns;	       /* 0: none */
	uint64_t begin_ns;	       /* a span that was begun and not ended; 0: none */
	struct pst_span_ns a, b, span; /* {0, 0}: not marked; SPAN: that is shown */
	uint64_t drag_ns;	       /* where the mouse went down; 0: it is up */
	bool dragged;		       /* and whether it moved since */
};

/* Fetches COLS columns' worth of the model's history. */
void strip_update(struct strip *t, const struct pst_model *m, int cols);
/* A line for each of GIL, CPU and active threads, as many as C has rows. */
void strip_draw(const struct strip *t, struct canvas *c);
/* Lines that the strip gets on a screen of so many rows. */
int strip_lines(int rows);
/* The time at a column of the canvas; 0: none is there. */
uint64_t strip_time(const struct strip *t, int col);
/* The column at which a time stands: that of the first cell for what is older, behind the last. */
int strip_column(const struct strip *t, uint64_t ns);

#endif
