// SPDX-License-Identifier: MIT
#ifndef PST_UI_PANE_H
#define PST_UI_PANE_H

#include "model/inspect.h"
#include "model/query.h"
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
	UI_GO = 32 | UI_LAYOUT,	   /* to the pane view->go; Back comes back here */
	UI_ASK = 64 | UI_LAYOUT,   /* a line of text from the user: view->ask */
};

/* Panes in the order of their keys 1 to 5; the others are reached by commands. */
enum ui_pane_id {
	PANE_FUNCTIONS,
	PANE_THREADS,
	PANE_STACK,
	PANE_FLAME,
	PANE_CALLS,
	PANE_PICKER,
	PANE_MESSAGES,
	PANE_SETUP,
	PANE_HELP,
	PANE_COUNT,
	PANE_TABS = PANE_CALLS + 1 /* those with a number */
};

struct pane;
struct pst_buf;
struct pst_ui_hooks;

/* A line that the user is asked for. */
struct ui_ask {
	const char *title; /* translated: "Save value to" */
	char text[512];	   /* at first; what the user changed it to then */
	/* Called by the screen when the user pressed Enter; not when it was left by Esc. */
	enum ui_effect (*done)(struct pane *p, const char *text);
};

/* What is searched: find.h. */
struct ui_find;

/* What all panes share: how the user wants to see the model. */
struct ui_view {
	struct pst_table_options table; /* group, sort, ascending, normalised */
	struct pst_filter filter;	/* threads and funcs are the screen's to fill */
	struct pst_span_ns span;	/* zero: live */
	struct pst_span_ns base;	/* what DIFF compares with */
	bool diff;
	bool paused;
	bool unproved;
	const char *sampling; /* NULL: not said */
	const char *fallback; /* of it, where the CPU is closed to us */

	/* What is chosen, from whatever pane; 0: nothing. */
	uint32_t thread, func, process;
	size_t frame; /* in the stack of that thread, from the root; SIZE_MAX: the leaf */

	/* Search (/) marks what matches and steps through it; the filter (\) leaves out what does not. */
	const struct ui_find *search, *only; /* NULL: none */

	const struct pst_ui_hooks *hooks; /* any may be NULL */
	const char *clip; /* set by a pane with UI_DRAW: text for the clipboard; valid until the next command */
	enum ui_pane_id go;
	struct ui_ask ask;
	char said[512]; /* a sentence for the message line: ui_say() */
	uint64_t now_ns;
};

/* For the message line; shown with the effect that the handler returns (at least UI_LAYOUT). */
enum ui_effect ui_say(struct ui_view *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

enum ui_mouse_kind { MOUSE_CLICK, MOUSE_DOUBLE, MOUSE_DRAG, MOUSE_RELEASE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };
struct ui_mouse {
	enum ui_mouse_kind kind;
	int row, col; /* in the canvas of the last draw */
};

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
	/* NULL: wheel moves like the arrows, a click does nothing. */
	enum ui_effect (*mouse)(struct pane *p, const struct ui_mouse *m);
	/*
	 * To the next (STEP 1) or the previous (-1) of what view->search matches, or the first from
	 * here on (0: while the user types).  Returns UI_NONE when nothing matches.  NULL: cannot.
	 */
	enum ui_effect (*search)(struct pane *p, int step);
	/* Text of what is chosen, for the clipboard; NULL: nothing to copy. */
	void (*copy)(struct pane *p, struct pst_buf *out);
	/* Shown, or not any more (the sampler has to look at idle threads, answers to be thrown away). */
	void (*show)(struct pane *p, bool shown);
	/* Frees what the state holds, not the state; NULL: nothing. */
	void (*release)(struct pane *p);
};

struct pane {
	const struct pane_ops *ops;
	void *state;
	struct ui_view *view;
};

extern const struct pane_ops pane_functions, pane_threads, pane_stack, pane_flame, pane_calls,
	pane_picker, pane_messages, pane_setup, pane_help;

#endif
