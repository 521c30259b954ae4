// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/canvas.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/text.h"

/* More than any terminal; keeps products far from overflow. */
#define MAX_SIDE 4096

static int clamp(int v, int low, int high)
{
	return v < low ? low : v > high ? high : v;
}

static struct canvas_cell *cell_at(const struct canvas *c, int row, int col)
{
	return &c->at[(size_t)row * (size_t)c->stride + (size_t)col];
}

static void blank(struct canvas_cell *cell, enum style style)
{
	memset(cell, 0, sizeof *cell);
	cell->text[0] = ' ';
	cell->cells = 1;
	cell->style = (uint8_t)style;
}

void canvas_resize(struct canvas *c, int rows, int cols)
{
	c->rows = clamp(rows, 0, MAX_SIDE);
	c->cols = c->stride = clamp(cols, 0, MAX_SIDE);
	size_t need = (size_t)c->rows * (size_t)c->cols;

	if (need > c->cap) {
		c->at = pst_realloc(c->at, need, sizeof *c->at);
		c->cap = need;
	}
	canvas_clear(c);
}

void canvas_free(struct canvas *c)
{
	free(c->at);
	*c = (struct canvas){0};
}

struct canvas canvas_part(const struct canvas *c, int row, int col, int rows, int cols)
{
	struct canvas part = *c;
	int top = clamp(row, 0, c->rows), left = clamp(col, 0, c->cols);

	part.rows = clamp(rows, 0, c->rows - top);
	part.cols = clamp(cols, 0, c->cols - left);
	part.cap = 0;
	if (part.rows && part.cols)
		part.at = cell_at(c, top, left);
	else
		part.rows = part.cols = 0;
	return part;
}

/* What is left of a wide cluster, half of which is being overwritten, becomes blank. */
static void break_wide(struct canvas_cell *cell)
{
	if (cell->cells == 0)
		blank(cell - 1, cell[-1].style);
	else if (cell->cells == 2)
		blank(cell + 1, cell[1].style);
}

static void put(struct canvas *c, int row, int col, enum style style, const char *s, size_t n,
		int cells)
{
	struct canvas_cell *cell = cell_at(c, row, col);

	break_wide(cell);
	if (cells == 2)
		break_wide(cell + 1);
	blank(cell, style);
	if (n < sizeof cell->text) {
		memcpy(cell->text, s, n);
		cell->text[n] = '\0';
	}
	cell->cells = (uint8_t)cells;
	if (cells == 2) {
		blank(cell + 1, style);
		cell[1].text[0] = '\0';
		cell[1].cells = 0;
	}
}

void canvas_clear(struct canvas *c)
{
	for (int row = 0; row < c->rows; row++)
		canvas_fill(c, row, ST_NORMAL);
}

void canvas_fill(struct canvas *c, int row, enum style style)
{
	if (row < 0 || row >= c->rows)
		return;
	for (int col = 0; col < c->cols; col++)
		blank(cell_at(c, row, col), style);
}

/* A long cluster (a letter under a heap of accents) is cut between two characters. */
static size_t cap_bytes(const char *s, size_t n)
{
	if (n < CANVAS_CELL_BYTES)
		return n;
	n = CANVAS_CELL_BYTES - 1;
	while (n > 1 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	return n;
}

/* One cell of ASCII for a cluster: the base letter, the stand-in of a sign that we draw, or '?'. */
static const char *stand_in(const char *s, size_t n)
{
	static const struct {
		const char *sign, *ascii;
	} table[] = {{"…", "~"}, {"▲", "^"}, {"▼", "v"}, {"·", "-"}, {"—", "-"}, {"–", "-"},
		     {"µ", "u"}, {"▸", "+"}, {"▾", "-"}, {"│", "|"}, {"×", "x"}};

	if ((unsigned char)s[0] < 0x80)
		return s;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (strlen(table[i].sign) == n && memcmp(table[i].sign, s, n) == 0)
			return table[i].ascii;
	}
	return "?";
}

static bool is_control(const char *s, size_t n)
{
	unsigned char a = (unsigned char)s[0];

	return a < 0x20 || a == 0x7f || (n == 1 && a >= 0x80) ||
	       (n >= 2 && a == 0xc2 && (unsigned char)s[1] < 0xa0);
}

/*
 * The next cluster of S: where the next begins, and in *TEXT, *N and *CELLS what to draw (*CELLS
 * 0: nothing).
 */
static const char *next_cluster(const struct canvas *c, const char *s, const char **text, size_t *n,
				int *cells)
{
	size_t step = pst_text_cluster(s, strlen(s), cells);

	if (step == 0)
		step = 1;
	*cells = clamp(*cells, 0, 2);
	*text = s;
	*n = cap_bytes(s, step);
	if (is_control(s, step)) {
		*text = "?";
		*n = 1;
		*cells = 1;
	} else if (c->ascii && step > 1 && *cells) {
		*text = stand_in(s, step);
		*n = 1;
		*cells = 1;
	}
	return s + step;
}

int canvas_text(struct canvas *c, int row, int col, int end, enum style style, const char *s)
{
	const char *text;
	size_t n;
	int cells;

	end = clamp(end, 0, c->cols);
	if (row < 0 || row >= c->rows || col < 0)
		return col;
	while (*s && col < end) {
		s = next_cluster(c, s, &text, &n, &cells);
		if (cells == 0)
			continue;
		if (col + cells > end) {
			put(c, row, col, style, " ", 1, 1);
			return end;
		}
		put(c, row, col, style, text, n, cells);
		col += cells;
	}
	return col;
}

/* Cells that canvas_text() will use for S. */
static int cells_of(const struct canvas *c, const char *s, int stop)
{
	const char *text;
	size_t n;
	int cells, sum = 0;

	while (*s && sum <= stop) {
		s = next_cluster(c, s, &text, &n, &cells);
		sum += cells;
	}
	return sum;
}

int canvas_cut(struct canvas *c, int row, int col, int end, enum style style, const char *s)
{
	end = clamp(end, 0, c->cols);
	if (col < 0 || col >= end)
		return col;
	if (cells_of(c, s, end - col) <= end - col)
		return canvas_text(c, row, col, end, style, s);
	int at = canvas_text(c, row, col, end - 1, style, s);

	return canvas_text(c, row, at, end, style, "…");
}

void canvas_right(struct canvas *c, int row, int col, int end, enum style style, const char *s)
{
	int cells = cells_of(c, s, end - col);

	canvas_cut(c, row, cells < end - col ? end - cells : col, end, style, s);
}

void canvas_paint(struct canvas *c, int row, int col, int end, enum style style)
{
	end = clamp(end, 0, c->cols);
	if (row < 0 || row >= c->rows)
		return;
	for (col = clamp(col, 0, end); col < end; col++) {
		struct canvas_cell *cell = cell_at(c, row, col);

		cell->style = (uint8_t)style;
		cell->fg = cell->bg = 0;
	}
}

void canvas_color(struct canvas *c, int row, int col, int end, uint32_t fg, uint32_t bg)
{
	end = clamp(end, 0, c->cols);
	if (row < 0 || row >= c->rows)
		return;
	for (col = clamp(col, 0, end); col < end; col++) {
		struct canvas_cell *cell = cell_at(c, row, col);

		cell->fg = fg;
		cell->bg = bg;
	}
}

void canvas_read(const struct canvas *c, struct pst_buf *out)
{
	for (int row = 0; row < c->rows; row++) {
		size_t end = out->len;

		for (int col = 0; col < c->cols; col++) {
			const struct canvas_cell *cell = &c->at[row * c->stride + col];

			pst_buf_adds(out, cell->text);
			if (cell->cells && strcmp(cell->text, " ") != 0)
				end = out->len;
		}
		pst_buf_cut(out, end);
		pst_buf_addc(out, '\n');
	}
}
