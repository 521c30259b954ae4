// SPDX-License-Identifier: MIT
#ifndef PST_UI_PAGER_H
#define PST_UI_PAGER_H

#include "ui/canvas.h"
#include "ui/commands.h"

/* A long page of text of which the canvas shows a part, below a row of its own. */

struct pager {
	int first; /* line at the top */
	int page;
	int lines; /* in all, at the last draw */
};

/* Where the text goes. */
struct pager_writer {
	struct canvas *c;
	int first, line; /* first line shown; line being written */
};

/* Text in the line that is being written, from COL on. */
void pager_put(const struct pager_writer *w, int col, enum style style, const char *text);
/* TEXT in whole words, as many lines as it takes; goes to the line behind. */
void pager_paragraph(struct pager_writer *w, int indent, enum style style, const char *text);

/*
 * Calls WRITE twice, for the length and for the eye, and keeps to the page.  Row 0 of C is not
 * touched.
 */
void pager_draw(struct pager *p, struct canvas *c,
		void (*write)(struct pager_writer *w, const void *ctx), const void *ctx);
/* True when CMD scrolled. */
bool pager_command(struct pager *p, enum ui_cmd cmd);

#endif
