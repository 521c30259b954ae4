// SPDX-License-Identifier: MIT
#ifndef PST_UI_SCREEN_H
#define PST_UI_SCREEN_H

#include "base/buf.h"
#include "ui/find.h"
#include "ui/header.h"
#include "ui/keys.h"
#include "ui/line.h"
#include "ui/log.h"
#include "ui/menu.h"
#include "ui/prefs.h"
#include "ui/strip.h"
#include "ui/ui.h"

/*
 * The whole screen as cells: header, tabs, panes, timeline, message, bar.  Knows no terminal and no
 * clock: loop.c feeds it keys, the mouse, sizes and the time, and tests do the same.
 */

enum { SCREEN_MIN_ROWS = 5, SCREEN_MIN_COLS = 20, SCREEN_SPLIT_COLS = 160, SCREEN_BACK_MAX = 32 };

struct screen;

/* A line or an answer that the user is asked for; either a pane or the screen wants it. */
struct prompt {
	bool open, confirm;
	char title[160];
	struct line line;
	struct pane *pane; /* NULL: the screen asks */
	enum ui_effect (*pane_done)(struct pane *p, const char *text);
	enum ui_effect (*pane_changed)(struct pane *p, const char *text);
	enum ui_effect (*done)(struct screen *s, const char *text);
	enum ui_effect (*changed)(struct screen *s, const char *text); /* NULL: not */
	enum ui_effect (*left)(struct screen *s);		       /* by Esc; NULL: nothing */
};

/* What a regular expression found among the functions. */
struct found {
	struct ui_find *find; /* NULL: nothing is searched */
	uint8_t *funcs;	      /* [id - 1]: matches */
	size_t len;
	double percent; /* of all that is counted: stacks with one of these; < 0: not known */
	uint64_t window;
	uint32_t counted;
	bool stale;
};

/* What is being written, or asked about. */
struct saving {
	char format[32], path[LINE_BYTES];
	struct pst_buf screen; /* the text that was shown */
};

/* Where one came from, with what was chosen there. */
struct place {
	enum ui_pane_id pane;
	uint32_t thread, func, process;
	size_t frame;
};

/* Rows of the parts; -1 or 0 lines: not there. */
struct parts {
	int header_lines, banner, tabs, top, rows, strip, strip_lines, message, bar;
	int split; /* column of the line between two panes; 0: one pane */
};

enum screen_colors { SCREEN_COLORS_AUTO, SCREEN_COLORS_MONO, SCREEN_COLORS_8, SCREEN_COLORS_256 };

struct screen {
	struct canvas canvas;
	struct ui_view view;
	struct header header;
	struct keymap keys;
	struct ui_log log;
	struct pane panes[PANE_COUNT];
	bool shown[PANE_COUNT];
	enum ui_pane_id active;		 /* that the keys go to */
	enum ui_pane_id left, beside[2]; /* on a wide screen: the table, and what is beside
					    Functions and Threads; PANE_COUNT: nothing */
	struct place back[SCREEN_BACK_MAX];
	size_t back_len;
	struct prompt prompt;
	struct menu menu;
	struct found search, only;
	struct ui_find *search_before; /* while something else is typed */
	struct saving saving;
	struct strip strip;
	char *clip;	    /* for the clipboard: loop.c takes it; NULL: nothing */
	struct parts parts; /* of the last draw */
	struct pst_model *model;
	const struct pst_ui_hooks *hooks;
	/* As set up: loop.c tells the terminal. */
	struct theme theme;
	enum theme_ground ground;
	enum screen_colors colors;
	bool restyle; /* theme or colours are new: loop.c clears it */
	bool mouse_off;
	char first_values[PREFS_COUNT]
			 [PREFS_VALUE_MAX]; /* of the options, before the user's file */
	bool rate_given;
	double rate, delay;
	uint64_t now_ns;
	char message[512];
	uint64_t message_until_ns; /* 0: none */
	size_t notes_seen, notes_kept;
};

/* All arguments are borrowed and outlive the screen. */
void screen_init(struct screen *s, struct pst_model *m, const struct pst_ui_hooks *hooks,
		 const struct pst_ui_options *opt);
void screen_release(struct screen *s);

/* Each returns what is to be done; nothing is drawn yet. */
enum ui_effect screen_key(struct screen *s, ui_key key);
enum ui_effect screen_command(struct screen *s, enum ui_cmd cmd);
/* M in cells of the screen. */
enum ui_effect screen_mouse(struct screen *s, const struct ui_mouse *m);
/* A window of the model has ended. */
void screen_rolled(struct screen *s);
enum ui_effect screen_resize(struct screen *s, int rows, int cols);

/* Fetches from the model; must come right before the draw, without an ingest in between. */
void screen_update(struct screen *s);
void screen_draw(struct screen *s);

/* One sentence at the bottom for some seconds, or until the next key; kept in the log. */
void screen_say(struct screen *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
