// SPDX-License-Identifier: MIT
#ifndef PST_UI_CANVAS_H
#define PST_UI_CANVAS_H

#include "ui/theme.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A grid of cells that panes draw to.  Each cell holds one grapheme cluster; a wide one takes two
 * cells, of which the second is its right half.  All drawing is clipped; a wide cluster is never
 * split: what does not fit becomes a blank.
 */

enum { CANVAS_CELL_BYTES = 30 };

struct canvas_cell {
	char text[CANVAS_CELL_BYTES]; /* UTF-8, NUL-terminated, "" for the right half */
	uint8_t style;		      /* enum style */
	uint8_t cells;		      /* 1, 2, or 0: right half */
};

struct canvas {
	struct canvas_cell *at;
	int rows, cols, stride;
	bool ascii; /* the terminal shows ASCII only: draw stand-ins */
	size_t cap; /* 0 in a part */
};

/* Makes C (zeroed, or used before) ROWS × COLS blank cells.  Free with canvas_free(). */
void canvas_resize(struct canvas *c, int rows, int cols);
void canvas_free(struct canvas *c);

/* A part of C, clipped to it, that shares its cells. */
struct canvas canvas_part(const struct canvas *c, int row, int col, int rows, int cols);

/* Blanks all, or the row. */
void canvas_clear(struct canvas *c);
void canvas_fill(struct canvas *c, int row, enum style style);

/*
 * Writes S from COL on, up to and not including column END (clipped to the canvas), and returns the
 * column behind it.  Controls and what is no UTF-8 become '?', clusters without width are left out.
 */
int canvas_text(struct canvas *c, int row, int col, int end, enum style style, const char *s);
/* The same, and a text that does not fit ends in "…". */
int canvas_cut(struct canvas *c, int row, int col, int end, enum style style, const char *s);
/* The same, right-aligned. */
void canvas_right(struct canvas *c, int row, int col, int end, enum style style, const char *s);
/* Gives the cells of a row from COL to END another style. */
void canvas_paint(struct canvas *c, int row, int col, int end, enum style style);

#endif
