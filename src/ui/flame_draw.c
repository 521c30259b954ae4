// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/flame.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/color.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/vec.h"
#include "ui/format.h"

/* The flamegraph on a canvas: a line of where one is, the boxes, and what the chosen one is. */

enum { TALL = 10, ALIKE = 24 };

/* As the chosen row of a table. */
#define COLOR_CHOSEN UINT32_C(0x5fd7d7)

/* ---- names ---- */

static bool is_rest(const struct flame *f, uint32_t node, bool rest)
{
	return rest || (node && !f->calls.at[node].func);
}

void flame_name(const struct flame *f, uint32_t node, bool rest, struct pst_buf *out)
{
	const struct pst_calls_node *n = &f->calls.at[node];
	struct pst_func_info info;
	int line = 0;

	if (is_rest(f, node, rest)) {
		pst_buf_adds(out, "…");
		return;
	}
	if (!node) {
		/* TRANSLATORS: the lowest box of a flamegraph: all samples. */
		pst_buf_adds(out, _("all"));
		return;
	}
	pst_model_func(f->model, n->func, &info);
	pst_buf_adds(out, info.name);
	if (n->frame)
		pst_model_frame_func(f->model, n->frame, &line);
	if (line > 0)
		pst_buf_addf(out, ":%d", line);
}

/* ---- colours ---- */

static struct flame_paint paint_diff(const struct flame *f, uint32_t node)
{
	double now = calls_share(&f->calls, node, 0), before = calls_share(&f->calls, node, 1);
	struct flame_paint p = {pst_flame_diff_color(before, now), ST_BOX, '~', 0};

	if (now - before >= PST_COLOR_DELTA_MIN) {
		p.style = ST_BOX_GREW;
		p.fill = p.sign = '+';
	} else if (before - now >= PST_COLOR_DELTA_MIN) {
		p.style = ST_BOX_SHRANK;
		p.fill = p.sign = '-';
	}
	return p;
}

static struct flame_paint paint_func(const struct flame *f, uint32_t func)
{
	struct pst_func_info info;

	pst_model_func(f->model, func, &info);
	return (struct flame_paint){pst_flame_color(info.name, info.library),
				    info.library ? ST_BOX_LIBRARY : ST_BOX,
				    info.library ? '~' : '-', 0};
}

static struct flame_paint paint_plain(const struct flame *f, const struct ui_view *v, size_t box)
{
	const struct icicle_box *b = &f->lay.at[box];

	if (is_rest(f, b->node, b->rest))
		return (struct flame_paint){PST_COLOR_REST, ST_BOX_REST, '.', 0};
	if (v->diff)
		return paint_diff(f, b->node);
	if (!b->node)
		return (struct flame_paint){PST_COLOR_ROOT, ST_BOX_REST, '-', 0};
	return paint_func(f, f->calls.at[b->node].func);
}

/* Those around what is zoomed into step back. */
static bool is_above_zoom(const struct flame *f, const struct icicle_box *b)
{
	return b->row < (int)f->zoom.len && !b->rest && b->node != f->zoom_node &&
	       f->calls.at[b->node].depth < f->calls.at[f->zoom_node].depth;
}

static bool alike(uint32_t a, uint32_t b)
{
	return pst_color_distance(a, b) < ALIKE || pst_color_256(a) == pst_color_256(b);
}

/* Boxes of nearly the same colour side by side, or on each other, would look like one. */
static uint32_t set_off(const struct flame *f, const struct ui_view *v, size_t box, uint32_t color,
			const struct flame_paint *before)
{
	const struct icicle_box *b = &f->lay.at[box];

	if (b->row % 2 && alike(color, paint_plain(f, v, b->parent).color))
		color = pst_color_mix(color, 0xffffff, 72);
	if (before && b[-1].to == b->from && alike(before->color, color))
		color = pst_color_mix(color, v->diff ? 0x808080 : 0xffffff, 72);
	return color;
}

static struct flame_paint paint(const struct flame *f, const struct ui_view *v, size_t box,
				const struct flame_paint *before)
{
	struct flame_paint p = paint_plain(f, v, box);

	if (flame_hit(f, box)) {
		p.color = PST_COLOR_FOUND;
		p.style = ST_BOX_FOUND;
		p.fill = v->diff ? p.fill : '+';
	} else if (is_above_zoom(f, &f->lay.at[box])) {
		p.color = pst_color_mix(p.color, 0xb4b4b4, 150);
	}
	p.color = set_off(f, v, box, p.color, before);
	if (box == f->box) {
		p.color = COLOR_CHOSEN;
		p.style = ST_SELECT;
	}
	return p;
}

static void draw_row(const struct flame *f, const struct ui_view *v, struct canvas *c, int row,
		     size_t depth)
{
	size_t from = f->lay.rows[depth], to = f->lay.rows[depth + 1];
	PST_VEC(struct flame_paint) paints = {0};

	PST_VEC_RESERVE(&paints, to - from + 1);
	for (size_t box = from; box < to; box++, paints.len++)
		paints.at[paints.len] =
			paint(f, v, box, paints.len ? &paints.at[paints.len - 1] : NULL);
	flame_row(f, c, row, from, to, paints.at);
	PST_VEC_FREE(&paints);
}

/* ---- the line on top ---- */

static void add_flag(struct pst_buf *out, const char *text)
{
	pst_buf_adds(out, out->len ? "  " : " ");
	pst_buf_adds(out, text);
}

static void add_thread(const struct flame *f, const struct ui_view *v, struct pst_buf *out)
{
	PST_VEC(struct pst_thread_row) rows = {0};
	size_t n = pst_model_threads(f->model, NULL, 0);

	PST_VEC_RESERVE(&rows, n + 1);
	n = pst_model_threads(f->model, rows.at, n);
	for (size_t i = 0; i < n; i++) {
		if (rows.at[i].id != v->thread)
			continue;
		add_flag(out, _("thread"));
		if (*rows.at[i].name)
			pst_buf_addf(out, " %s", rows.at[i].name);
		else
			pst_buf_addf(out, " %lld", (long long)rows.at[i].tid);
	}
	PST_VEC_FREE(&rows);
}

static void add_flags(const struct flame *f, const struct ui_view *v, struct pst_buf *out)
{
	char percent[FORMAT_MAX];

	if (f->hits.pattern) {
		add_flag(out, _("found"));
		pst_buf_addf(out, " %s%%", format_percent(percent, f->hit_share * 100));
	}
	if (v->diff)
		add_flag(out, _("difference"));
	if (f->inverted)
		add_flag(out, _("inverted"));
	if (v->table.group == PST_GROUP_LINE)
		add_flag(out, _("by line"));
	if (f->one_thread && v->thread)
		add_thread(f, v, out);
	if (f->least > ICICLE_UNIT)
		pst_buf_addf(out, "  ≥%d", f->least / ICICLE_UNIT);
	if (out->len)
		pst_buf_addc(out, ' ');
}

static int cells_of(const struct pst_buf *b)
{
	return b->len ? pst_text_cells(b->data, b->len) : 0;
}

/* The nodes from the root of all to the zoom; returns how many of the last of them fit into ROOM.
 */
static size_t crumbs_that_fit(const struct flame *f, const uint32_t *way, size_t n, int room)
{
	struct pst_buf text = {0};
	size_t fit = 0;

	for (size_t i = n; i-- > 1; fit++) {
		pst_buf_adds(&text, " › ");
		flame_name(f, way[i], false, &text);
		if (fit + 2 >= FLAME_CRUMBS || cells_of(&text) > room)
			break;
	}
	pst_buf_free(&text);
	return fit ? fit : n > 1;
}

static int draw_crumb(struct flame *f, struct canvas *c, int col, int end, uint32_t node,
		      size_t len)
{
	struct pst_buf text = {0};
	struct flame_crumb *crumb = &f->crumbs[f->ncrumbs++];

	if (len)
		col = canvas_text(c, 0, col, end, ST_TITLE, " › ");
	flame_name(f, node, false, &text);
	crumb->from = col;
	crumb->len = len;
	col = canvas_cut(c, 0, col, end, node == f->zoom_node ? ST_TITLE_SORT : ST_TITLE,
			 pst_buf_text(&text));
	crumb->to = col;
	pst_buf_free(&text);
	return col;
}

static void draw_crumbs(struct flame *f, struct canvas *c, int end)
{
	PST_VEC(uint32_t) way = {0};
	size_t n = f->calls.len ? f->calls.at[f->zoom_node].depth + (size_t)1 : 0, fit;
	int col = 1;

	f->ncrumbs = 0;
	PST_VEC_RESERVE(&way, n + 1);
	for (uint32_t node = f->zoom_node, i = (uint32_t)n; i-- > 0;
	     node = f->calls.at[node].parent)
		way.at[i] = node;
	/* Room for the first, for "…", and for what comes behind it. */
	fit = crumbs_that_fit(f, way.at, n, end - 10);
	if (n)
		col = draw_crumb(f, c, col, end, 0, 0);
	if (n > 1 && fit < n - 1)
		col = canvas_text(c, 0, col, end, ST_TITLE, " › …");
	for (size_t i = n - (n ? fit : 0); i < n; i++)
		col = draw_crumb(f, c, col, end, way.at[i], i);
	PST_VEC_FREE(&way);
}

static void draw_top(struct flame *f, const struct ui_view *v, struct canvas *c)
{
	struct pst_buf flags = {0};
	int room;

	canvas_fill(c, 0, ST_TITLE);
	add_flags(f, v, &flags);
	room = cells_of(&flags);
	room = room > c->cols / 2 ? c->cols / 2 : room;
	if (room)
		canvas_cut(c, 0, c->cols - room, c->cols, ST_TITLE, flags.data);
	draw_crumbs(f, c, c->cols - room);
	pst_buf_free(&flags);
}

/* ---- what is chosen ---- */

static int draw_part(struct canvas *c, int row, int col, enum style style, const char *word,
		     double share)
{
	char percent[FORMAT_MAX], text[96];

	snprintf(text, sizeof text, "%s%s%s%%", word, *word ? " " : "",
		 format_percent(percent, share * 100));
	return canvas_cut(c, row, col, c->cols, style, text) + 2;
}

static int draw_change(struct canvas *c, int row, int col, double delta)
{
	enum style style = delta >= PST_COLOR_DELTA_MIN	   ? ST_GREW
			   : delta <= -PST_COLOR_DELTA_MIN ? ST_SHRANK
							   : ST_NORMAL;
	char text[FORMAT_MAX];

	snprintf(text, sizeof text, style == ST_NORMAL ? "0.0" : "%+.1f", delta * 100);
	return canvas_text(c, row, col, c->cols, style, text) + 2;
}

static int draw_both(const struct flame *f, struct canvas *c, int row, uint32_t node)
{
	const struct pst_calls *calls = &f->calls;
	double now = calls_share(calls, node, 0), before = calls_share(calls, node, 1);
	int col = draw_change(c, row, 0, now - before);

	/* TRANSLATORS: shares in the two spans of time that are compared, before figures. */
	col = draw_part(c, row, col, ST_BOLD, _("now"), now);
	col = draw_part(c, row, col, ST_NORMAL, _("own"), calls_own_share(calls, node, 0));
	col = draw_part(c, row, col, ST_BOLD, _("before"), before);
	return draw_part(c, row, col, ST_NORMAL, _("own"), calls_own_share(calls, node, 1));
}

static int draw_one(const struct flame *f, struct canvas *c, int row, uint32_t node)
{
	const struct pst_calls *calls = &f->calls;
	char seconds[FORMAT_MAX], count[FORMAT_MAX], text[96];
	double share = calls_share(calls, node, 0);
	uint64_t samples = (uint64_t)(share * (double)calls->samples[0] + 0.5);
	int col = draw_part(c, row, 0, ST_BOLD, "", share);

	col = draw_part(c, row, col, ST_NORMAL, _("own"), calls_own_share(calls, node, 0));
	snprintf(text, sizeof text, P_("%s sample", "%s samples", (unsigned long)samples),
		 format_count(count, samples));
	col = canvas_cut(c, row, col, c->cols, ST_NORMAL, text) + 2;
	return canvas_cut(c, row, col, c->cols, ST_NORMAL,
			  format_seconds(seconds, (double)calls->at[node].total[0] / 1e9)) +
	       2;
}

/* What is too narrow, together; in a difference the mean of both spans, as boxes go. */
static int draw_rest(const struct flame *f, const struct ui_view *v, struct canvas *c, int row,
		     const struct icicle_box *b)
{
	double all = calls_share(&f->calls, f->zoom_node, 0);

	if (v->diff)
		all = (all + calls_share(&f->calls, f->zoom_node, 1)) / 2;
	return draw_part(c, row, 0, ST_BOLD, "", (double)(b->to - b->from) / f->lay.width * all);
}

static void draw_place(const struct flame *f, struct canvas *c, int row, int col, uint32_t node)
{
	struct pst_func_info info;
	struct pst_buf place = {0};

	if (!f->calls.at[node].func || c->cols - col < 8)
		return;
	pst_model_func(f->model, f->calls.at[node].func, &info);
	format_place(&place, info.file, info.first_line, c->cols - col);
	canvas_text(c, row, col, c->cols, ST_FILE, pst_buf_text(&place));
	pst_buf_free(&place);
}

/* One line: figures, then the name; two: the name has one for itself. */
static void draw_chosen(const struct flame *f, const struct ui_view *v, struct canvas *c, int row,
			int lines)
{
	const struct icicle_box *b;
	struct pst_buf name = {0};
	int col, name_row = row;

	if (f->box >= f->lay.len)
		return;
	b = &f->lay.at[f->box];
	flame_name(f, b->node, b->rest, &name);
	if (is_rest(f, b->node, b->rest))
		pst_buf_addf(&name, " %s", _("too narrow to be shown one by one"));
	if (lines > 1)
		row++;
	col = b->rest	? draw_rest(f, v, c, row, b)
	      : v->diff ? draw_both(f, c, row, b->node)
			: draw_one(f, c, row, b->node);
	if (lines > 1)
		col = 0;
	col = canvas_cut(c, name_row, col, c->cols, ST_BOLD, pst_buf_text(&name)) + 2;
	if (!b->rest)
		draw_place(f, c, name_row, col, b->node);
	pst_buf_free(&name);
}

/* ---- all ---- */

static void draw_nothing(const struct flame *f, struct canvas *c)
{
	canvas_cut(c, f->area, 1, c->cols, ST_DIM,
		   f->ticks ? _("Nothing of what is counted was seen.")
			    : _("Waiting for the first sample…"));
}

static void scroll(struct flame *f)
{
	int row = f->box < f->lay.len ? f->lay.at[f->box].row : 0;
	int most = (int)f->lay.nrows - f->rows;

	if (f->follow && row < f->top)
		f->top = row;
	if (f->follow && row >= f->top + f->rows)
		f->top = row - f->rows + 1;
	f->top = f->top > most ? most : f->top;
	f->top = f->top < 0 ? 0 : f->top;
}

/* The line on top and what is chosen go first where there is no room. */
static int share_rows(struct flame *f, const struct canvas *c)
{
	int lines = c->rows >= TALL ? 2 : c->rows > 2 ? 1 : 0;

	f->area = c->rows > 3 ? 1 : 0;
	f->rows = c->rows - f->area - lines;
	return lines;
}

void flame_draw(struct pane *p, struct canvas *c)
{
	struct flame *f = p->state;
	int lines = share_rows(f, c);

	if (!f->model)
		return;
	f->stale |= f->cols != c->cols;
	f->cols = c->cols;
	flame_lay(f, p->view);
	scroll(f);
	if (f->area)
		draw_top(f, p->view, c);
	if (!f->lay.len)
		draw_nothing(f, c);
	for (int row = 0; row < f->rows; row++) {
		size_t depth = (size_t)(f->top + (f->root_below ? f->rows - 1 - row : row));

		if (depth < f->lay.nrows)
			draw_row(f, p->view, c, f->area + row, depth);
	}
	if (lines)
		draw_chosen(f, p->view, c, f->area + f->rows, lines);
}
