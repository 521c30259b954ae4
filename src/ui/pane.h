// SPDX-License-Identifier: MIT
#ifndef PST_UI_PANE_H
#define PST_UI_PANE_H

#include "model/inspect.h"
#include "model/query.h"
#include "ui/canvas.h"
#include "ui/commands.h"
#include "ui/window.h"

/* What a handler wants done; the loop does it.  Bits: effects add up. */
enum ui_effect {
	UI_NONE = 0,
	UI_DRAW = 1,		   /* show the screen again */
	UI_UPDATE = 2 | UI_DRAW,   /* fetch from the model first */
	UI_LAYOUT = 4 | UI_UPDATE, /* the parts of the screen change their size */
	UI_REPAINT = 8 | UI_DRAW,  /* trust nothing of what the terminal shows */
	UI_QUIT = 16,
	UI_GO = 32 | UI_LAYOUT,	       /* to the pane view->go; Back comes back here */
	UI_ASK = 64 | UI_LAYOUT,       /* a line of text from the user: view->ask */
	UI_EDIT = 128 | UI_LAYOUT,     /* the user's editor: ui_edit() */
	UI_ATTACHED = 256 | UI_LAYOUT, /* another process is watched: the screen begins anew */
};

struct pane;
struct pst_buf;
struct pst_ui_hooks;

/* A line that the user is asked for. */
struct ui_ask {
	const char *title; /* translated: "Save value to" */
	char text[512];	   /* at first; what the user changed it to then */
	bool confirm; /* a question: y or n is enough, DONE is called for y, TEXT is untouched */
	/* Called by the screen when the user pressed Enter; not when it was left by Esc. */
	enum ui_effect (*done)(struct pane *p, const char *text);
	/* At each change of the text; NULL: not. */
	enum ui_effect (*changed)(struct pane *p, const char *text);
};

/* What is searched: find.h. */
struct ui_find;
struct keymap;
struct ui_log;

/* What all panes share: how the user wants to see the model. */
struct ui_view {
	struct pst_table_options table; /* group, sort, ascending, normalised */
	struct pst_filter filter;	/* threads and funcs are the screen's to fill */
	struct pst_span_ns span;	/* zero: live */
	struct pst_span_ns base;	/* what DIFF compares with */
	bool diff;
	enum ui_window window; /* while nothing is marked: SPAN moves along with 10 s and 60 s */
	uint64_t windows;      /* how many windows of the model have ended */
	uint32_t counted;      /* another number each time that something else is counted */
	unsigned columns;      /* bits of enum functions_column */
	bool paused;
	bool soon;     /* a pane waits for something: the next refresh comes early */
	bool attached; /* UI_ATTACHED is due, said by what cannot return it */
	bool nothing;  /* no process is watched: only the picker has something to show */
	bool unproved;
	const char *sampling; /* NULL: not said */
	const char *fallback; /* of it, where the CPU is closed to us */

	/* What is chosen, from whatever pane; 0: nothing. */
	uint32_t thread, func, process;
	bool around;  /* with UI_GO to the flame graph: show what is around FUNC; it clears this */
	size_t frame; /* in the stack of that thread, from the root; SIZE_MAX: the leaf */

	/* Search (/) marks what matches and steps through it; the filter (\) leaves out what does
	 * not. */
	const struct ui_find *search, *only; /* NULL: none */

	const struct pst_ui_hooks *hooks; /* any may be NULL */
	const char *clip; /* set by a pane with UI_DRAW: text for the clipboard; valid until the
			     next command */
	enum ui_pane_id go;
	enum ui_pane_id from; /* the pane before the active one */
	struct ui_ask ask;
	const struct keymap *keys;
	const struct ui_log *log; /* what was said so far */
	char said[512];		  /* a sentence for the message line: ui_say() */
	uint8_t *tags;		  /* [id - 1]: ui_tag(); NULL: none */
	size_t tags_len;
	bool awaits;	      /* an answer of hooks->inspect(): to be fetched when records come */
	unsigned idle_wanted; /* panes that need the stacks of idle threads: ui_want_idle() */
	struct {
		uint32_t process;
		int line;
		char file[4096];
	} edit;			   /* with UI_EDIT */
	uint64_t now_ns, delay_ns; /* delay: between two refreshes; 0: not said */
};

/*
 * Tagged threads: when there are any, only they are counted (filter.threads); all panes follow.
 * UI_UPDATE.
 */
bool ui_tagged(const struct ui_view *v, uint32_t thread);
enum ui_effect ui_tag(struct ui_view *v, uint32_t thread, bool on);
enum ui_effect ui_untag_all(struct ui_view *v);

/*
 * A pane needs the stacks of idle threads, or not any more; what the user counts (filter.idle)
 * stays as it is.  ui_look_at_idle() tells the sampler both.
 */
void ui_want_idle(struct ui_view *v, bool on);
void ui_look_at_idle(const struct ui_view *v);

/* The user's editor, at LINE of FILE of PROCESS.  UI_EDIT; or what ui_say() returns when there is
 * none. */
enum ui_effect ui_edit(struct ui_view *v, uint32_t process, const char *file, int line);

/* For the message line; shown with the effect that the handler returns (at least UI_LAYOUT). */
enum ui_effect ui_say(struct ui_view *v, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

struct ui_thread_infos {
	struct pst_thread_info *at;
	size_t len, cap;
};
/* All threads over the time that is shown.  Reuses OUT's memory, which PST_VEC_FREE() frees. */
void ui_fetch_threads(const struct ui_view *v, const struct pst_model *m,
		      struct ui_thread_infos *out);

enum ui_mouse_kind {
	MOUSE_CLICK,
	MOUSE_DOUBLE,
	MOUSE_DRAG,
	MOUSE_RELEASE,
	MOUSE_WHEEL_UP,
	MOUSE_WHEEL_DOWN
};
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
	/*
	 * A key before its meaning is looked up, for panes into which one types; UI_NONE: not
	 * taken. NULL: takes none.
	 */
	enum ui_effect (*key)(struct pane *p, uint32_t key);
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
	/* Shown, or not any more (the sampler has to look at idle threads, answers to be thrown
	 * away). */
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
