// SPDX-License-Identifier: MIT
#ifndef PST_UNIT_TWO_PANES_H
#define PST_UNIT_TWO_PANES_H

#include "ui/keys.h"
#include "ui/pane.h"

/* The panes that show call trees, without the screen around them. */
struct two_panes {
	struct pane flame, calls;
	struct pane *active;
	struct ui_view view;
	struct keymap keys;
	struct canvas canvas;
	const struct pst_model *model;
	unsigned backs; /* how often Back was not taken by the pane */
};

/* The flamegraph is shown; the canvas is the caller's to resize. */
void two_init(struct two_panes *t, const struct pst_model *m);
void two_free(struct two_panes *t);
/* Does what the screen does with an effect, and draws. */
void two_settle(struct two_panes *t, enum ui_effect effect);
/* Presses keys, separated by blanks; 4 and 5 change the pane, n and N search. */
void two_press(struct two_panes *t, const char *keys);
void two_key(struct two_panes *t, ui_key key);

#endif
