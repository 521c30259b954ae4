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

/*
 * A colour of a cell's own: CANVAS_COLOR | 0xRRGGBB; CANVAS_GROUND: what the terminal has behind
 * everything (as text's colour only on a CANVAS_COLOR); 0: the style's.
 */
#define CANVAS_COLOR  UINT32_C(0x1000000)
#define CANVAS_GROUND UINT32_C(0x2000000)

struct canvas_cell {
	char text[CANVAS_CELL_BYTES]; /* UTF-8, NUL-terminated, "" for the right half */
	uint8_t style;		      /* enum style */
	uint8_t cells;		      /* 1, 2, or 0: right half */
	/* In place of the style's where the terminal has 256 colours or more. */
	uint32_t fg, bg;
};

/* What becomes of colours on this terminal. */
enum canvas_colors {
	CANVAS_MANY, /* 256 or more: cells have the colours that they ask for */
	CANVAS_FEW,  /* 8 or 16: styles have colours, cells of their own have none */
	CANVAS_NONE, /* attributes only */
};

struct canvas {
	struct canvas_cell *at;
	int rows, cols, stride;
	bool ascii; /* the terminal shows ASCII only: draw stand-ins */
	enum canvas_colors colors;
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
/* Gives the cells of a row from COL to END another style, without colours of their own. */
void canvas_paint(struct canvas *c, int row, int col, int end, enum style style);
/* Gives them colours of their own. */
void canvas_color(struct canvas *c, int row, int col, int end, uint32_t fg, uint32_t bg);

/* Appends what stands on it to OUT: a line for each row, without the blanks at its end. */
struct pst_buf;
void canvas_read(const struct canvas *c, struct pst_buf *out);

#endif
