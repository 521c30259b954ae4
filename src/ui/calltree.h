// SPDX-License-Identifier: MIT
#ifndef PST_UI_CALLTREE_H
#define PST_UI_CALLTREE_H

#include "ui/callpath.h"

/*
 * A call tree as rows of which some are open, and a cursor on one of them.  Arithmetic alone: knows
 * no names and draws nothing.  What is open and chosen stays so from one tree to the next.
 */

struct calltree_row {
	uint64_t key; /* of the path to it */
	uint32_t node;
	int depth;	/* 0: below the focus */
	bool has, open; /* children, and they are shown */
};

struct calltree {
	struct pst_calls calls; /* the caller fills it: one root, the focus */
	struct {
		struct calltree_row *at;
		size_t len, cap;
	} rows;
	struct {
		uint64_t *at;
		size_t len, cap;
	} opened; /* keys */
	struct call_path chosen;
	size_t row;   /* of what is chosen; 0 also when there is none */
	size_t first; /* shown on top */
	bool follow;  /* the cursor stays in sight */
};

enum { CALLTREE_OPEN_MAX = 1024, CALLTREE_DEPTH_MAX = 512 };

void calltree_free(struct calltree *t);
/* Another focus: nothing is open nor chosen. */
void calltree_reset(struct calltree *t);
/* After CALLS changed: makes the rows, and finds what was chosen. */
void calltree_rows(struct calltree *t);
/* The node of the focus; 0: it is not there. */
uint32_t calltree_focus(const struct calltree *t);
/* What is chosen; NULL: no rows. */
const struct calltree_row *calltree_at(const struct calltree *t);
void calltree_choose(struct calltree *t, size_t row);
void calltree_move(struct calltree *t, long by);
/* Opens what is chosen, or goes to its first child; false: neither. */
bool calltree_open(struct calltree *t);
/* Closes it, or goes to its parent. */
bool calltree_close(struct calltree *t);
/* Goes to NODE, and opens what is above it. */
void calltree_reveal(struct calltree *t, uint32_t node);
/*
 * The next node (STEP 1) or the one before (-1) from what is chosen on, in the order of all rows if
 * all were open, for which IS says yes; 0: what is chosen counts too.  0: none.
 */
uint32_t calltree_search(const struct calltree *t, int step,
			 bool (*is)(const void *ctx, uint32_t func), const void *ctx);
/* With PAGE rows in sight. */
void calltree_scroll(struct calltree *t, int page);

#endif
