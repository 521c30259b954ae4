// SPDX-License-Identifier: MIT
#ifndef PST_UI_PICKER_H
#define PST_UI_PICKER_H

#include "base/vec.h"
#include "ui/line.h"
#include "ui/pane.h"

/* The pane with all Python processes, from which one is chosen. */

/* Above the rows: the line of the filter, and the headings. */
enum { PICKER_ABOVE = 2 };

struct picker {
	struct pst_candidates all;
	PST_VEC(size_t) shown;	/* indices of those that the filter lets pass, in order */
	size_t selected, first; /* of what is shown: the row under the cursor, the first in sight */
	int pid;		/* of the row under the cursor, which it stays with; 0: none */
	int page;		/* rows in sight at the last draw */
	struct line filter;
	uint64_t fetched_ns; /* 0: never */
	unsigned fetches;
	int watched; /* the process that is watched now; 0: none */
	bool ended;  /* it is not any more */
	int attaching; /* the process that is being attached; 0: none */
};

/* The chosen one; NULL: none. */
const struct pst_candidate *picker_chosen(const struct picker *k);
void picker_draw(struct pane *p, struct canvas *c);

#endif
