// SPDX-License-Identifier: MIT
#ifndef PST_UI_FLAME_H
#define PST_UI_FLAME_H

#include "ui/asked.h"
#include "ui/callpath.h"
#include "ui/funchits.h"
#include "ui/icicle.h"
#include "ui/pane.h"

/* What the files of the flame pane know of each other. */

enum { FLAME_CRUMBS = 24, FLAME_LEAST = 4, FLAME_LEAST_MAX = 128 };

/* A name in the line on top that can be clicked. */
struct flame_crumb {
	int from, to;
	size_t len; /* of the path it stands for */
};

struct flame {
	const struct pst_model *model; /* of the last update */
	struct pst_calls calls;
	struct calls_asked asked, searched; /* for CALLS and HIT_SHARE */
	struct icicle lay;
	bool stale;	/* LAY is not of this tree, zoom and width */
	uint64_t ticks; /* that the model holds */
	bool sampling;	/* more come by themselves */

	/* What the user wants. */
	bool inverted, root_below, one_thread;
	int least; /* no box is narrower, in eighths of a cell */
	struct call_path zoom, chosen;
	bool chosen_rest;
	struct {
		size_t *at;
		size_t len, cap;
	} zooms; /* lengths of the zooms before, to go back to */

	/* What became of it in this tree. */
	uint32_t zoom_node;
	double zoom_share; /* what it will have in the next tree, where that is known better; 0 */
	size_t box;	   /* chosen; ICICLE_NONE: nothing there */
	int x;		   /* where the cursor is, in eighths of a cell */

	int cols, rows; /* of the boxes, at the last draw */
	int area;	/* row of the canvas where they begin */
	int top;	/* the first row shown, from the root on */
	bool follow;	/* the cursor stays in sight */
	struct flame_crumb crumbs[FLAME_CRUMBS];
	int ncrumbs;

	uint32_t seen_func; /* view->func as this pane knows it */

	struct func_hits hits;
	double hit_share; /* of the samples whose stacks hold a match */
	uint8_t *threads; /* for one_thread */
	size_t nthreads;
};

/* ---- flame.c ---- */

/* Lays out where that is due. */
void flame_lay(struct flame *f, const struct ui_view *v);
uint32_t flame_func_of(const struct flame *f, size_t box);
bool flame_hit(const struct flame *f, size_t box);

/* ---- flame_seek.c ---- */

/* Asks for the tree where that is due; false: it is the one at hand. */
bool flame_ask(struct flame *f, const struct ui_view *v);
/*
 * Another pane chose a function: chooses its heaviest place here; NEAR: and zooms to it where it is
 * narrow.
 */
void flame_seek(struct flame *f, const struct ui_view *v, uint32_t func, bool near);
/* Asks how many samples hold a match. */
void flame_search_share(struct flame *f, const struct ui_view *v);

/* ---- flame_draw.c ---- */

void flame_draw(struct pane *p, struct canvas *c);
/* "main", "main:12", "all", "…"; appended to OUT. */
void flame_name(const struct flame *f, uint32_t node, bool rest, struct pst_buf *out);

/* ---- flame_row.c ---- */

/* How a box looks. */
struct flame_paint {
	uint32_t color;
	enum style style;
	char fill, sign; /* where colours are few; before its name, 0: none */
};
/* Draws boxes FROM to TO of the layout, with a paint each, as a row of the canvas. */
void flame_row(const struct flame *f, struct canvas *c, int row, size_t from, size_t to,
	       const struct flame_paint *paint);

#endif
