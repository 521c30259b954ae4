// SPDX-License-Identifier: MIT
#ifndef PST_UI_SCREEN_H
#define PST_UI_SCREEN_H

#include "ui/header.h"
#include "ui/keys.h"
#include "ui/ui.h"

/*
 * The whole screen as cells: header, pane, message, bar.  Knows no terminal and no clock: loop.c
 * feeds it keys, sizes and the time, and tests do the same.
 */

enum { SCREEN_MIN_ROWS = 5, SCREEN_MIN_COLS = 20 };

struct screen {
	struct canvas canvas;
	struct ui_view view;
	struct header header;
	struct keymap keys;
	struct pane top, help;
	struct pane *active;
	struct pst_model *model;
	const struct pst_ui_hooks *hooks;
	double rate;
	uint64_t now_ns;
	char message[512];
	uint64_t message_until_ns; /* 0: none */
	size_t notes_seen;
};

/* All arguments are borrowed and outlive the screen. */
void screen_init(struct screen *s, struct pst_model *m, const struct pst_ui_hooks *hooks,
		 const struct pst_ui_options *opt);
void screen_release(struct screen *s);

/* Each returns what is to be done; nothing is drawn yet. */
enum ui_effect screen_key(struct screen *s, ui_key key);
enum ui_effect screen_command(struct screen *s, enum ui_cmd cmd);
enum ui_effect screen_resize(struct screen *s, int rows, int cols);

/* Fetches from the model; must come right before the draw, without an ingest in between. */
void screen_update(struct screen *s);
void screen_draw(struct screen *s);

/* One sentence at the bottom for some seconds, or until the next key. */
void screen_say(struct screen *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
