// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/calls.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/color.h"
#include "base/i18n.h"
#include "base/text.h"
#include "ui/format.h"
#include "ui/icicle.h"

/* Callers and callees on a canvas: two lines about the focus, then the two trees. */

enum {
	WIDE = 100, /* side by side from here on */
	PERCENT_CELLS = 6,
	TIME_CELLS = 8,
	NAME_COL = PERCENT_CELLS + TIME_CELLS + 1,
	NARROW = 30, /* without the time from here on down */
	INDENT_MAX = 12,
	PLACE_MIN = 12,
	BOTH_FROM = 7, /* rows for both sides */
};

/* ---- the focus ---- */

static int draw_word(struct canvas *c, int row, int col, const char *word, double share)
{
	char percent[FORMAT_MAX], text[64];

	snprintf(text, sizeof text, "%s %s%%", word, format_percent(percent, share * 100));
	return canvas_cut(c, row, col, c->cols, ST_NORMAL, text) + 2;
}

static enum style change_style(double delta)
{
	return delta >= PST_COLOR_DELTA_MIN    ? ST_GREW
	       : delta <= -PST_COLOR_DELTA_MIN ? ST_SHRANK
					       : ST_NORMAL;
}

static int draw_change(struct canvas *c, int row, int col, int end, double delta)
{
	enum style style = change_style(delta);
	char text[FORMAT_MAX];

	snprintf(text, sizeof text, style == ST_NORMAL ? "0.0" : "%+.1f", delta * 100);
	canvas_right(c, row, col, end, style, text);
	return end;
}

static int draw_amounts(const struct calls *s, struct canvas *c, int row, int col)
{
	const struct pst_calls *calls = &s->trees[CALLS_CALLEES].calls;
	uint32_t focus = calltree_focus(&s->trees[CALLS_CALLEES]);
	char seconds[FORMAT_MAX], count[FORMAT_MAX], text[96];
	uint64_t samples = (uint64_t)(calls_focus_share(s, 0) * (double)calls->samples[0] + 0.5);

	snprintf(text, sizeof text, P_("%s sample", "%s samples", (unsigned long)samples),
		 format_count(count, samples));
	col = canvas_cut(c, row, col, c->cols, ST_NORMAL, text) + 2;
	return canvas_cut(c, row, col, c->cols, ST_NORMAL,
			  format_seconds(seconds,
					 focus ? (double)calls->at[focus].total[0] / 1e9 : 0)) +
	       2;
}

static void draw_recursive(struct canvas *c, int row, int col)
{
	const char *text = _("recursive: a stack counts once, from its outermost call on");

	if (pst_text_cells(text, strlen(text)) > c->cols - col)
		text = _("recursive: the outermost counts");
	canvas_cut(c, row, col, c->cols, ST_DIM, text);
}

/* What it is of all, and where it counts how when it is on a stack more than once. */
static void draw_totals(const struct calls *s, const struct ui_view *v, struct canvas *c, int row)
{
	double now = calls_focus_share(s, 0), before = calls_focus_share(s, 1);
	int col = draw_word(c, row, 0, _("total"), now);

	col = draw_word(c, row, col, _("own"), calls_focus_own(s, 0));
	if (v->diff) {
		col = draw_word(c, row, col, _("before"), before);
		col = draw_word(c, row, col, _("own"), calls_focus_own(s, 1));
		col = draw_change(c, row, col, col + 6, now - before) + 2;
	} else {
		col = draw_amounts(s, c, row, col);
	}
	if (s->recursive)
		draw_recursive(c, row, col);
}

static void draw_focus(const struct calls *s, const struct ui_view *v, struct canvas *c)
{
	struct pst_func_info info;
	struct pst_buf place = {0};
	int end = c->cols, col;

	canvas_fill(c, 0, ST_TITLE);
	if (v->table.group == PST_GROUP_LINE && c->cols > 40) {
		end -= pst_text_cells(_("by line"), strlen(_("by line"))) + 1;
		canvas_cut(c, 0, end, c->cols, ST_TITLE, _("by line"));
	}
	pst_model_func(s->model, s->focus, &info);
	col = canvas_cut(c, 0, 1, end - 1, ST_TITLE_SORT, info.name) + 2;
	if (end - 1 - col < PLACE_MIN)
		return;
	format_place(&place, info.file, info.first_line, end - 1 - col);
	canvas_text(c, 0, col, end - 1, ST_TITLE, pst_buf_text(&place));
	pst_buf_free(&place);
}

/* ---- a row ---- */

static void add_name(const struct calls *s, const struct pst_calls_node *n, struct pst_buf *out)
{
	struct pst_func_info info;
	int line = 0;

	if (!n->func) {
		pst_buf_adds(out, "…");
		return;
	}
	pst_model_func(s->model, n->func, &info);
	pst_buf_adds(out, info.name);
	if (n->frame)
		pst_model_frame_func(s->model, n->frame, &line);
	if (line > 0)
		pst_buf_addf(out, ":%d", line);
}

/* Of the calls of the focus, those that came or went this way. */
static double way_share(const struct calltree *t, uint32_t node, int side)
{
	uint64_t all = t->calls.at[calltree_focus(t)].total[side];

	return all ? (double)t->calls.at[node].total[side] / (double)all : 0;
}

static void draw_figures(const struct calltree *t, const struct ui_view *v, struct canvas *c,
			 int row, uint32_t node)
{
	double now = way_share(t, node, 0);
	char text[FORMAT_MAX];

	canvas_right(c, row, 0, PERCENT_CELLS, theme_heat(now * 100),
		     format_percent(text, now * 100));
	if (c->cols < NARROW)
		return;
	if (v->diff)
		draw_change(c, row, PERCENT_CELLS, PERCENT_CELLS + TIME_CELLS,
			    calls_share(&t->calls, node, 0) - calls_share(&t->calls, node, 1));
	else
		canvas_right(c, row, PERCENT_CELLS, PERCENT_CELLS + TIME_CELLS, ST_NORMAL,
			     format_seconds(text, (double)t->calls.at[node].total[0] / 1e9));
}

int calls_mark_col(int cols, int depth)
{
	return (cols < NARROW ? PERCENT_CELLS + 1 : NAME_COL) +
	       2 * (depth < INDENT_MAX ? depth : INDENT_MAX);
}

static const char *mark_of(const struct calltree_row *r, const struct canvas *c)
{
	if (!r->has)
		return "  ";
	if (c->ascii)
		return r->open ? "- " : "+ ";
	return r->open ? "▾ " : "▸ ";
}

static void draw_name(const struct calls *s, struct canvas *c, int row, int col,
		      const struct pst_calls_node *n)
{
	struct pst_buf text = {0};
	struct pst_func_info info;
	bool hit = func_hits_has(&s->hits, n->func);

	add_name(s, n, &text);
	col = canvas_cut(c, row, col, c->cols, hit ? ST_MATCH : ST_NORMAL, pst_buf_text(&text)) + 2;
	pst_buf_clear(&text);
	if (n->func && c->cols - col >= PLACE_MIN) {
		pst_model_func(s->model, n->func, &info);
		format_place(&text, info.file, n->frame ? 0 : info.first_line, c->cols - col);
		canvas_text(c, row, col, c->cols, ST_FILE, pst_buf_text(&text));
	}
	pst_buf_free(&text);
}

static void draw_row(const struct calls *s, const struct ui_view *v, enum calls_side side,
		     struct canvas *c, int row, size_t i)
{
	const struct calltree *t = &s->trees[side];
	const struct calltree_row *r = &t->rows.at[i];
	int col = calls_mark_col(c->cols, r->depth);

	draw_figures(t, v, c, row, r->node);
	col = canvas_text(c, row, col, c->cols, ST_DIM, mark_of(r, c));
	draw_name(s, c, row, col, &t->calls.at[r->node]);
	if (i == t->row && side == s->active)
		canvas_paint(c, row, 0, c->cols, ST_SELECT);
}

/* ---- a side ---- */

static void draw_empty(const struct calls *s, enum calls_side side, struct canvas *c)
{
	if (!calltree_focus(&s->trees[side]))
		canvas_cut(c, 1, 1, c->cols, ST_DIM,
			   _("Nothing of what is counted was seen in it."));
	else if (side == CALLS_CALLERS)
		canvas_cut(c, 1, 1, c->cols, ST_DIM, _("Stacks begin with it."));
	else
		canvas_cut(c, 1, 1, c->cols, ST_DIM, _("It calls nothing that was seen."));
}

static void draw_side(struct calls *s, const struct ui_view *v, enum calls_side side,
		      struct canvas *c, int row, int col)
{
	struct calltree *t = &s->trees[side];
	enum style style = side == s->active ? ST_TITLE_SORT : ST_TITLE;

	s->places[side] = (struct calls_place){row + 1, col, c->rows - 1, c->cols};
	calltree_scroll(t, c->rows - 1);
	canvas_fill(c, 0, ST_TITLE);
	/* TRANSLATORS: headings of two trees, the share of what is below. */
	canvas_right(c, 0, 0, PERCENT_CELLS, ST_TITLE, "%");
	if (c->cols >= NARROW)
		canvas_right(c, 0, PERCENT_CELLS, PERCENT_CELLS + TIME_CELLS, ST_TITLE,
			     v->diff ? "+/-" : _("Time"));
	canvas_cut(c, 0, calls_mark_col(c->cols, 0), c->cols, style,
		   side == CALLS_CALLERS ? _("Callers") : _("Callees"));
	if (!t->rows.len)
		draw_empty(s, side, c);
	for (int i = 1; i < c->rows && t->first + (size_t)i - 1 < t->rows.len; i++)
		draw_row(s, v, side, c, i, t->first + (size_t)i - 1);
}

static void draw_part(struct calls *s, const struct ui_view *v, enum calls_side side,
		      const struct canvas *c, int row, int col, int rows, int cols)
{
	struct canvas part = canvas_part(c, row, col, rows, cols);

	if (part.rows)
		draw_side(s, v, side, &part, row, col);
}

static void draw_sides(struct calls *s, const struct ui_view *v, struct canvas *c, int top)
{
	enum calls_side first = s->turned ? CALLS_CALLEES : CALLS_CALLERS;
	enum calls_side second = s->turned ? CALLS_CALLERS : CALLS_CALLEES;
	int rows = c->rows - top, half = c->cols >= WIDE ? (c->cols - 1) / 2 : rows / 2;

	memset(s->places, 0, sizeof s->places);
	if (rows < BOTH_FROM && c->cols < WIDE) {
		draw_part(s, v, s->active, c, top, 0, rows, c->cols);
	} else if (c->cols >= WIDE) {
		draw_part(s, v, first, c, top, 0, rows, half);
		for (int row = top; row < c->rows; row++)
			canvas_text(c, row, half, half + 1, ST_DIM, c->ascii ? "|" : "│");
		draw_part(s, v, second, c, top, half + 1, rows, c->cols - half - 1);
	} else {
		draw_part(s, v, first, c, top, 0, half, c->cols);
		draw_part(s, v, second, c, top + half, 0, rows - half, c->cols);
	}
}

void calls_draw(struct pane *p, struct canvas *c)
{
	struct calls *s = p->state;
	int top = c->rows > 4 ? 2 : c->rows > 2 ? 1 : 0;

	if (!s->model)
		return;
	if (!s->focus) {
		canvas_fill(c, 0, ST_TITLE);
		canvas_cut(c, 1, 1, c->cols, ST_DIM, _("Waiting for the first sample…"));
		return;
	}
	if (top)
		draw_focus(s, p->view, c);
	if (top > 1)
		draw_totals(s, p->view, c, 1);
	draw_sides(s, p->view, c, top);
}
