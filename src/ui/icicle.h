// SPDX-License-Identifier: MIT
#ifndef PST_UI_ICICLE_H
#define PST_UI_ICICLE_H

#include "model/query.h"

/*
 * Where the boxes of a call tree lie: arithmetic alone.  Lengths are eighths of a cell.  A row is
 * a depth, 0 the root of all.  Of a tree of a million nodes only those are looked at that are wide
 * enough to be seen.
 */

enum { ICICLE_UNIT = 8, ICICLE_ROWS_MAX = 4096 };
#define ICICLE_NONE SIZE_MAX

struct icicle_box {
	double start;	   /* of its weight, in that of the node that is zoomed into */
	uint32_t node;	   /* of a rest: the parent's */
	uint32_t parent;   /* box; of the root: itself */
	int row, from, to; /* FROM before TO */
	bool rest;	   /* children of NODE that are too narrow to be shown one by one */
};

struct icicle {
	struct icicle_box *at; /* row by row, each from left to right */
	size_t len, cap;
	size_t *rows; /* [r]: first box of row r; [nrows]: LEN */
	size_t nrows, rows_cap;
	int width;
};

struct icicle_options {
	uint32_t zoom; /* node that takes the whole width, as do those above it */
	int cols;
	int least; /* no box is narrower, in eighths; from 1 on */
	bool diff; /* a box is as wide as the mean of its shares in span and base */
};

/* Reuses OUT's memory; free with icicle_free(). */
void icicle_lay(struct icicle *out, const struct pst_calls *c, const struct icicle_options *opt);
void icicle_free(struct icicle *i);

/* Each is a box or ICICLE_NONE. */
/* At X of ROW. */
size_t icicle_at(const struct icicle *i, int row, int x);
/* The one of NODE. */
size_t icicle_of(const struct icicle *i, uint32_t node, bool rest);
/* A child of BOX: under X, or the next to it. */
size_t icicle_child(const struct icicle *i, size_t box, int x);
/* The neighbour in the same row: STEP -1 or 1. */
size_t icicle_beside(const struct icicle *i, size_t box, int step);

/* Of all that C holds: what NODE has of the span (SIDE 0) or of the base (1), from 0 to 1. */
double calls_share(const struct pst_calls *c, uint32_t node, int side);
double calls_own_share(const struct pst_calls *c, uint32_t node, int side);

#endif
