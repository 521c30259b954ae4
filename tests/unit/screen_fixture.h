// SPDX-License-Identifier: MIT
#ifndef PST_UNIT_SCREEN_FIXTURE_H
#define PST_UNIT_SCREEN_FIXTURE_H

#include "ui/screen.h"
#include "ui_fixture.h"

/* A screen on the process of ui_fixture.h, pressed and looked at; one at a time. */

extern struct fixture fixture;
extern struct screen screen;

/* What the hooks were asked. */
struct asked {
	double rate;
	bool paused, idle, gil_only;
	unsigned pauses, gil_calls, exports;
	/* export: what it answers, and what it was told last */
	bool exists, fails;
	char path[256], format[32];
	bool replace, diff;
	struct pst_span_ns span;
	char text[65536];
	const char *exported; /* to be told once */
};
extern struct asked asked;
extern const struct pst_ui_hooks screen_hooks;

/* For cmocka: with HOOKS and OPTIONS as they are in these two, 24 × 80. */
extern const struct pst_ui_hooks *screen_fixture_hooks;
extern struct pst_ui_options screen_fixture_options;
int screen_fixture_setup(void **state);
int screen_fixture_teardown(void **state);

/* Fetches and draws. */
void show(void);
void resize(int rows, int cols);
/* Keys by their names, with blanks between them; a draw after each.  Returns all effects. */
enum ui_effect press(const char *keys);
/* Types TEXT, letter by letter. */
void type(const char *text);
enum ui_effect mouse(enum ui_mouse_kind kind, int row, int col);
/* The text of a row; good until the next call. */
const char *row_text(int row);
/* The first row with TEXT in it, -1: none; column in *COL (NULL allowed). */
int find_row(const char *text, int *col);
/* Whether TEXT stands on the screen in cells of STYLE. */
bool shows(const char *text, enum style style);
/* Every cell is one harmless cluster; wide ones have both halves. */
void check_cells(void);

#endif
