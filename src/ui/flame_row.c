// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/flame.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "ui/format.h"

/*
 * One row of boxes as cells.  With many colours and UTF-8 a cell that two boxes share shows both,
 * in eighths; else boxes end at cells, with a border and a fill.
 */

enum { LABEL_CELLS = 3, PERCENT_CELLS = 7 };

struct row {
	const struct flame *f;
	struct canvas *c;
	int row;
	size_t from, to;
	const struct flame_paint *paint; /* of FROM on */
};

static const struct flame_paint *paint_of(const struct row *r, size_t box)
{
	return &r->paint[box - r->from];
}

static uint32_t color_of(const struct row *r, size_t box)
{
	return box == ICICLE_NONE ? CANVAS_GROUND : CANVAS_COLOR | paint_of(r, box)->color;
}

/* "+main:12 45.2%" */
static void add_label(const struct row *r, size_t box, int room, struct pst_buf *out)
{
	const struct icicle_box *b = &r->f->lay.at[box];
	char percent[FORMAT_MAX], sign = paint_of(r, box)->sign;

	if (sign)
		pst_buf_addc(out, sign);
	flame_name(r->f, b->node, b->rest, out);
	if (b->rest || pst_text_cells(out->data, out->len) + PERCENT_CELLS > room)
		return;
	format_percent(percent, calls_share(&r->f->calls, b->node, 0) * 100);
	pst_buf_addf(out, " %s%%", percent);
}

static int draw_label(const struct row *r, size_t box, int col, int end)
{
	struct pst_buf text = {0};

	if (end - col < LABEL_CELLS)
		return col;
	add_label(r, box, end - col, &text);
	col = canvas_cut(r->c, r->row, col, end, paint_of(r, box)->style, pst_buf_text(&text));
	pst_buf_free(&text);
	return col;
}

/* ---- eighths ---- */

/*
 * The two boxes that have most of a cell, in their order, and where the second begins; both the
 * same when there is but one.
 */
struct share {
	size_t left, right; /* ICICLE_NONE: the ground */
	int cut;
};

static struct share share_cell(const size_t slots[ICICLE_UNIT])
{
	struct {
		size_t box;
		int at, len;
	} runs[ICICLE_UNIT], *first = runs, *second = NULL;
	int n = 0;

	for (int i = 0; i < ICICLE_UNIT; i++) {
		if (n && runs[n - 1].box == slots[i]) {
			runs[n - 1].len++;
			continue;
		}
		runs[n].box = slots[i];
		runs[n].at = i;
		runs[n++].len = 1;
	}
	for (int i = 1; i < n; i++) {
		if (runs[i].len > first->len) {
			second = first;
			first = &runs[i];
		} else if (!second || runs[i].len > second->len) {
			second = &runs[i];
		}
	}
	if (!second)
		return (struct share){first->box, first->box, 0};
	if (second->at < first->at)
		return (struct share){second->box, first->box, first->at};
	return (struct share){first->box, second->box, second->at};
}

static void draw_cell(const struct row *r, int col, const struct share *s)
{
	static const char *const blocks[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	size_t most = s->cut * 2 >= ICICLE_UNIT && s->left != s->right ? s->left : s->right;

	if (s->left == ICICLE_NONE && s->right == ICICLE_NONE)
		return;
	canvas_text(r->c, r->row, col, col + 1,
		    most == ICICLE_NONE ? ST_NORMAL : paint_of(r, most)->style, blocks[s->cut]);
	canvas_color(r->c, r->row, col, col + 1, color_of(r, s->left), color_of(r, s->right));
}

/* A cell with an edge in it; BOX is the first that is in it. */
static void draw_edge(const struct row *r, int col, size_t box)
{
	size_t slots[ICICLE_UNIT];

	for (int i = 0; i < ICICLE_UNIT; i++) {
		int x = col * ICICLE_UNIT + i;

		while (box < r->to && r->f->lay.at[box].to <= x)
			box++;
		slots[i] = box < r->to && r->f->lay.at[box].from <= x ? box : ICICLE_NONE;
	}
	struct share s = share_cell(slots);

	draw_cell(r, col, &s);
}

/* Cells that are one box's are blank and get its colour; those at its edges are looked at closely.
 */
static void draw_cells(const struct row *r)
{
	int done = 0; /* cells before this one */

	for (size_t box = r->from; box < r->to; box++) {
		const struct icicle_box *b = &r->f->lay.at[box];
		int col = b->from / ICICLE_UNIT, end = b->to / ICICLE_UNIT;

		if (b->from % ICICLE_UNIT && col >= done)
			draw_edge(r, col, box);
		col += b->from % ICICLE_UNIT != 0;
		canvas_paint(r->c, r->row, col, end, paint_of(r, box)->style);
		canvas_color(r->c, r->row, col, end, CANVAS_COLOR, color_of(r, box));
		done = col > done ? col : done;
		if (b->to % ICICLE_UNIT && end >= done) {
			draw_edge(r, end, box);
			done = end + 1;
		}
	}
}

/* Into the whole cells of a box; after a sharp edge one stays free. */
static void draw_label_on(const struct row *r, size_t box)
{
	const struct icicle_box *b = &r->f->lay.at[box];
	int col = (b->from + ICICLE_UNIT - 1) / ICICLE_UNIT, end = b->to / ICICLE_UNIT;

	if (b->from % ICICLE_UNIT == 0 && end - col > LABEL_CELLS)
		col++;
	int stop = draw_label(r, box, col, end);

	if (stop > col)
		canvas_color(r->c, r->row, col, stop, CANVAS_COLOR, color_of(r, box));
}

/* ---- whole cells ---- */

static int cell_of(int x)
{
	return (x + ICICLE_UNIT / 2) / ICICLE_UNIT;
}

static void draw_plain(const struct row *r, size_t box)
{
	const struct icicle_box *b = &r->f->lay.at[box];
	const struct flame_paint *paint = paint_of(r, box);
	int col = cell_of(b->from), end = cell_of(b->to);
	const char fill[] = {paint->fill, '\0'};

	if (col >= end)
		return;
	col = canvas_text(r->c, r->row, col, end, paint->style, "|");
	col = draw_label(r, box, col, end);
	while (col < end)
		col = canvas_text(r->c, r->row, col, end, paint->style, fill);
	if (box + 1 == r->to || cell_of(r->f->lay.at[box + 1].from) > end)
		canvas_text(r->c, r->row, end, end + 1, ST_NORMAL, "|");
}

void flame_row(const struct flame *f, struct canvas *c, int row, size_t from, size_t to,
	       const struct flame_paint *paint)
{
	struct row r = {f, c, row, from, to, paint};
	bool eighths = !c->ascii && c->colors == CANVAS_MANY;

	if (eighths)
		draw_cells(&r);
	for (size_t box = from; box < to; box++) {
		if (eighths)
			draw_label_on(&r, box);
		else
			draw_plain(&r, box);
	}
}
