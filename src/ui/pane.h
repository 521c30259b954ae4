// SPDX-License-Identifier: MIT
#ifndef PST_UI_PANE_H
#define PST_UI_PANE_H

#include "model/model.h"
#include "ui/canvas.h"
#include "ui/commands.h"

/* What a handler wants done; the loop does it.  Bits: effects add up. */
enum ui_effect {
	UI_NONE = 0,
	UI_DRAW = 1,		   /* show the screen again */
	UI_UPDATE = 2 | UI_DRAW,   /* fetch from the model first */
	UI_LAYOUT = 4 | UI_UPDATE, /* the parts of the screen change their size */
	UI_REPAINT = 8 | UI_DRAW,  /* trust nothing of what the terminal shows */
	UI_QUIT = 16,
};

/* What all panes share: how the user wants to see the model. */
struct ui_view {
	struct pst_table_options table;
	bool paused;
	bool unproved;
	const char *sampling; /* NULL: not said */
	const char *fallback; /* of it, where the CPU is closed to us */
};

struct pane;

/* A pane as a table of functions; const, one per kind of pane. */
struct pane_ops {
	const char *title; /* N_(); at most 12 cells */
	size_t state_size; /* zeroed by the framework before first use */
	/*
	 * Fetches what is shown.  Pointers into M are good until the draw() that follows, not
	 * longer.
	 */
	void (*update)(struct pane *p, const struct pst_model *m);
	/* Draws what update() fetched; may clamp its own scrolling to the size, never fails. */
	void (*draw)(struct pane *p, struct canvas *c);
	/* UI_NONE for what it does not know: then the screen looks at it. */
	enum ui_effect (*command)(struct pane *p, enum ui_cmd cmd);
	/* Frees what the state holds, not the state; NULL: nothing. */
	void (*release)(struct pane *p);
};

struct pane {
	const struct pane_ops *ops;
	void *state;
	struct ui_view *view;
};

extern const struct pane_ops pane_top, pane_help;

#endif
