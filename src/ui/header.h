// SPDX-License-Identifier: MIT
#ifndef PST_UI_HEADER_H
#define PST_UI_HEADER_H

#include "ui/pane.h"

/* The lines at the top: what is watched, and how well. */
struct header {
	struct pst_summary s; /* strings good until the draw after the update */
	const struct ui_view *view;
	uint64_t now_unix;
	double own_cpu_percent; /* of this program; < 0: unknown yet */
	double rate_asked;	/* by the user */
	double window;		/* seconds that the percentages speak of; 0: none yet */
	size_t processes;
	const char *title; /* a line of its own, whose end stays when it is cut; NULL: none */
};

/* Fetches what the model knows. */
void header_update(struct header *h, const struct pst_model *m);
/* How many lines it takes on a screen of this size. */
int header_lines(const struct header *h, int rows, int cols);
void header_draw(const struct header *h, struct canvas *c);

#endif
