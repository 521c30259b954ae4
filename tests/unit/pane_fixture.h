// SPDX-License-Identifier: MIT
#ifndef PST_UNIT_PANE_FIXTURE_H
#define PST_UNIT_PANE_FIXTURE_H

#include "ui/find.h"
#include "ui/keys.h"
#include "ui/ui.h"
#include "ui_fixture.h"

#include "ui/pane.h"

/* One pane that fills a canvas, without a screen around it: what it draws, what keys do to it. */
struct stage {
	struct ui_view view;
	struct keymap keys;
	struct pst_ui_hooks hooks;
	struct pane pane;
	enum ui_pane_id id;
	struct canvas canvas;
	const struct pst_model *model;
	struct ui_find *find;
	enum ui_effect effect; /* of the last key */
};

/* Shown and drawn; HOOKS are copied (NULL: none). */
void stage_open(struct stage *s, enum ui_pane_id id, const struct pane_ops *ops,
		const struct pst_model *m, const struct pst_ui_hooks *hooks, int rows, int cols);
void stage_close(struct stage *s);
/* Fetches and draws. */
void stage_draw(struct stage *s);
void stage_resize(struct stage *s, int rows, int cols);
/*
 * Presses keys, separated by blanks; "/word" searches, "Wait" lets a refresh pass.
 * A draw follows each.
 */
void stage_press(struct stage *s, const char *keys);
void stage_mouse(struct stage *s, enum ui_mouse_kind kind, int row, int col);
/* The row that shows TEXT, from the top; -1: none. */
int stage_find(const struct stage *s, const char *text);
/* The text of a row; good until the next call. */
const char *stage_row(const struct stage *s, int row);
/* How many cells of the row have that style. */
int stage_styled(const struct stage *s, int row, enum style style);
/* All cells hold what a canvas may hold. */
void stage_check(const struct stage *s);
/*
 * Compares with tests/screens/NAME.txt, or writes it (PST_SCREENS_WRITE=1): the text, then a letter
 * for the style of each cell.
 */
void stage_golden(const struct stage *s, const char *name);

#endif
