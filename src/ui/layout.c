// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>

#include "base/i18n.h"
#include "base/text.h"
#include "ui/format.h"
#include "ui/screen_priv.h"

/* Which parts the screen has at its size, and drawing them. */

enum { TABS_FROM_ROWS = 10, BAR_FROM_ROWS = 8 };

static bool fills_all(enum ui_pane_id pane)
{
	return pane == PANE_HELP;
}

void layout_panes(const struct screen *s, enum ui_pane_id *left, enum ui_pane_id *right)
{
	enum ui_pane_id beside = s->beside[s->left];

	*left = s->active;
	*right = PANE_COUNT;
	if (s->canvas.cols < SCREEN_SPLIT_COLS || beside == PANE_COUNT ||
	    (s->active != s->left && s->active != beside))
		return;
	*left = s->left;
	*right = beside;
}

void layout_parts(const struct screen *s, struct parts *out)
{
	const struct canvas *c = &s->canvas;
	bool alone = fills_all(s->active);
	enum ui_pane_id left, right;
	int top = 0, bottom = c->rows;

	*out = (struct parts){.banner = -1, .tabs = -1, .message = -1, .bar = -1, .strip = -1};
	if (!alone) {
		if (!s->view.nothing)
			top = out->header_lines = header_lines(&s->header, c->rows, c->cols);
		if (s->header.s.ended)
			out->banner = top++;
		if (c->rows >= TABS_FROM_ROWS && !s->view.nothing)
			out->tabs = top++;
		if (c->rows >= BAR_FROM_ROWS)
			out->bar = --bottom;
	}
	if (s->message_until_ns || s->prompt.open)
		out->message = --bottom;
	out->strip_lines = alone || s->view.nothing ? 0 : strip_lines(c->rows);
	if (out->strip_lines)
		out->strip = bottom -= out->strip_lines;
	out->top = top;
	out->rows = bottom > top ? bottom - top : 0;
	layout_panes(s, &left, &right);
	if (right != PANE_COUNT)
		out->split = c->cols * 11 / 20;
}

static void draw_banner(const struct screen *s, int row)
{
	const struct pst_summary *sum = &s->header.s;
	const char *child = s->hooks->child_status ? s->hooks->child_status(s->hooks->ctx) : NULL;
	struct canvas c = s->canvas;
	char text[256];
	int col;

	if (sum->end == PST_END_GONE)
		snprintf(text, sizeof text, _("process %d ended — data stays; q quits"), sum->pid);
	else if (sum->end == PST_END_ERROR)
		snprintf(text, sizeof text,
			 _("sampling of process %d failed — data stays; q quits"), sum->pid);
	else
		snprintf(text, sizeof text,
			 _("sampling of process %d stopped — data stays; q quits"), sum->pid);
	canvas_fill(&c, row, ST_BANNER);
	col = canvas_cut(&c, row, 1, c.cols, ST_BANNER, text);
	if (child) {
		col = canvas_text(&c, row, col, c.cols, ST_BANNER, " · ");
		canvas_cut(&c, row, col, c.cols, ST_BANNER, child);
	}
}

static void draw_too_small(struct screen *s)
{
	char text[64];

	snprintf(text, sizeof text, _("needs %d×%d"), SCREEN_MIN_COLS, SCREEN_MIN_ROWS);
	canvas_cut(&s->canvas, 0, 0, s->canvas.cols, ST_NORMAL, _("too small"));
	canvas_cut(&s->canvas, 1, 0, s->canvas.cols, ST_NORMAL, text);
}

static void draw_pane(struct screen *s, enum ui_pane_id id, int col, int cols)
{
	struct canvas part = canvas_part(&s->canvas, s->parts.top, col, s->parts.rows, cols);

	if (part.rows)
		s->panes[id].ops->draw(&s->panes[id], &part);
}

static void draw_panes(struct screen *s)
{
	const struct parts *p = &s->parts;
	enum ui_pane_id left, right;

	layout_panes(s, &left, &right);
	if (right == PANE_COUNT) {
		draw_pane(s, left, 0, s->canvas.cols);
		return;
	}
	draw_pane(s, left, 0, p->split);
	for (int row = p->top; row < p->top + p->rows; row++)
		canvas_text(&s->canvas, row, p->split, p->split + 1, ST_DIM, "│");
	draw_pane(s, right, p->split + 1, s->canvas.cols - p->split - 1);
}

/* "filter /json/ 12.3%"; WHAT "": without the word. */
static void add_found(struct pst_buf *out, const char *what, const struct found *f)
{
	char n[FORMAT_MAX];

	if (!f->find)
		return;
	if (out->len)
		pst_buf_adds(out, "  ");
	pst_buf_addf(out, "%s%s/%s/", what, *what ? " " : "", ui_find_pattern(f->find));
	if (f->percent >= 0)
		pst_buf_addf(out, " %s%%", format_percent(n, f->percent));
}

/* At the end of the line of tabs: of what time and of which stacks the figures speak. */
static void draw_state(struct screen *s, int row, int col)
{
	struct pst_buf text = {0};
	char span[64];

	span_text(s, span, sizeof span);
	for (int words = 1; words >= 0; words--) {
		pst_buf_clear(&text);
		pst_buf_adds(&text, span);
		add_found(&text, words ? _("filter") : "", &s->only);
		add_found(&text, words ? _("search") : "", &s->search);
		if (pst_text_cells(pst_buf_text(&text), text.len) <= s->canvas.cols - col)
			break;
	}
	if (text.len && col < s->canvas.cols)
		canvas_right(&s->canvas, row, col, s->canvas.cols, ST_WARM, pst_buf_text(&text));
	pst_buf_free(&text);
}

void screen_draw(struct screen *s)
{
	struct canvas *c = &s->canvas, part;
	struct parts *p = &s->parts;

	canvas_clear(c);
	layout_parts(s, p);
	if (c->rows < SCREEN_MIN_ROWS || c->cols < SCREEN_MIN_COLS) {
		draw_too_small(s);
		return;
	}
	if (p->header_lines) {
		part = canvas_part(c, 0, 0, p->header_lines, c->cols);
		header_draw(&s->header, &part);
	}
	if (p->banner >= 0)
		draw_banner(s, p->banner);
	if (p->tabs >= 0)
		draw_state(s, p->tabs, tabs_draw(s, p->tabs));
	if (p->bar >= 0)
		bar_draw(s, p->bar);
	draw_panes(s);
	if (p->strip >= 0) {
		part = canvas_part(c, p->strip, 0, p->strip_lines, c->cols);
		strip_draw(&s->strip, &part);
	}
	if (s->prompt.open)
		prompt_draw(s, p->message);
	else if (p->message >= 0)
		canvas_cut(c, p->message, 0, c->cols, ST_MESSAGE, s->message);
	if (s->menu.open)
		menu_draw(&s->menu, c);
}
