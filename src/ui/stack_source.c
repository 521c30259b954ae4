// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/i18n.h"
#include "base/text.h"
#include "ui/find.h"
#include "ui/format.h"
#include "ui/ui.h"

/* The source around the line that runs, with the share of its function's time on each line. */

#define STALE_NS   UINT64_C(5000000000)
#define REFRESH_NS UINT64_C(500000000)

enum { AROUND = 150, MARGIN = 50, HEAT_MAX = 4096, HEAT_CELLS = 5, HEAT_MIN_COLS = 30, TAB = 8 };

void stack_source_forget(struct stack_source *w)
{
	pst_source_free(&w->text);
	free(w->file);
	w->file = NULL;
	w->at = w->shift = w->top = 0;
	w->heat.len = 0;
	w->heat_sum = 0;
	w->heat_of = 0;
}

/* ---- fetching ---- */

/* Line LINE is in the middle of what was read, or there is nothing more behind it. */
static bool covers(const struct stack_source *w, int line)
{
	int last = w->text.first + (int)w->text.len - 1;
	bool at_start = w->text.first <= 1, at_end = (int)w->text.len < 2 * AROUND;

	return (at_start || line - MARGIN >= w->text.first) && (at_end || line + MARGIN <= last);
}

static void read_source(struct stack *s, const struct ui_view *v,
			const struct pst_inspect_frame *f, int line)
{
	struct stack_source *w = &s->source;
	int first = line > AROUND ? line - AROUND : 1;

	pst_source_free(&w->text);
	v->hooks->source(v->hooks->ctx, s->process, f->full_file, first, first + 2 * AROUND,
			 &w->text);
	if (w->text.len > 4 * AROUND || w->text.first < 1)
		w->text.first = first;
	w->read_ns = v->now_ns;
	w->process = s->process;
	if (w->file != NULL && strcmp(w->file, f->full_file) == 0)
		return;
	free(w->file);
	w->file = pst_strdup(f->full_file);
}

/* ---- the function in the model ---- */

/* Functions beyond SEEN are looked at; those before are not it. */
static uint32_t find_func(const struct pst_model *m, const struct pst_inspect_frame *f,
			  size_t *seen)
{
	size_t n = pst_model_func_count(m);

	for (size_t i = *seen + 1; i <= n; i++) {
		struct pst_func_info info;

		pst_model_func(m, (uint32_t)i, &info);
		*seen = i;
		if (info.first_line == f->first_line && strcmp(info.name, f->name) == 0 &&
		    strcmp(info.full_file, f->full_file) == 0)
			return (uint32_t)i;
	}
	return 0;
}

static void find_chosen_func(struct stack *s, const struct pst_model *m,
			     const struct pst_inspect_frame *f)
{
	char line[24];
	uint64_t of;

	snprintf(line, sizeof line, "%d", f->first_line);
	of = values_hash(values_hash(values_hash(0, f->name), f->full_file), line);
	if (of != s->func_of) {
		s->source.at = s->source.shift = 0;
		s->func_id = 0;
		s->func_seen = 0;
	}
	s->func_of = of;
	if (!s->func_id)
		s->func_id = find_func(m, f, &s->func_seen);
}

static void fetch_heat(struct stack *s, const struct ui_view *v, const struct pst_model *m)
{
	struct stack_source *w = &s->source;
	uint64_t refresh = v->delay_ns ? v->delay_ns : REFRESH_NS;
	size_t n;

	if (w->heat_of == s->func_id && v->now_ns < w->heat_ns + refresh &&
	    w->heat_span.from_ns == v->span.from_ns && w->heat_span.to_ns == v->span.to_ns)
		return;
	w->heat_of = s->func_id;
	w->heat_ns = v->now_ns;
	w->heat_span = v->span;
	w->heat.len = 0;
	w->heat_sum = 0;
	if (!s->func_id)
		return;
	PST_VEC_RESERVE(&w->heat, HEAT_MAX);
	n = pst_model_line_heat(m, s->func_id, &v->span, &v->filter, w->heat.at, HEAT_MAX);
	w->heat.len = n < HEAT_MAX ? n : HEAT_MAX;
	for (size_t i = 0; i < w->heat.len; i++)
		w->heat_sum += w->heat.at[i].total_ns;
}

void stack_source_fetch(struct stack *s, struct ui_view *v, const struct pst_model *m)
{
	const struct pst_inspect_frame *f = stack_chosen(s, v);
	struct stack_source *w = &s->source;
	int line;

	if (!f) {
		stack_source_forget(w);
		return;
	}
	find_chosen_func(s, m, f);
	if (s->chose && s->func_id)
		v->func = s->func_id;
	s->chose = false;
	fetch_heat(s, v, m);
	line = stack_source_line(s, v);
	if (!v->hooks || !v->hooks->source || line <= 0)
		return;
	if (!w->file || w->process != s->process || strcmp(w->file, f->full_file) != 0 ||
	    v->now_ns >= w->read_ns + STALE_NS || !covers(w, line))
		read_source(s, v, f, line);
}

/* ---- moving ---- */

int stack_source_line(const struct stack *s, const struct ui_view *v)
{
	const struct pst_inspect_frame *f = stack_chosen(s, v);

	if (s->source.at > 0)
		return s->source.at;
	return f ? f->line : 0;
}

const char *stack_source_text(const struct stack *s, int line)
{
	const struct pst_source *t = &s->source.text;

	if (line < t->first || (size_t)(line - t->first) >= t->len)
		return NULL;
	return t->lines[line - t->first];
}

static enum ui_effect go_to(struct stack *s, int line)
{
	const struct pst_source *t = &s->source.text;
	int last = t->first + (int)t->len - 1;

	if (!t->len)
		return UI_DRAW;
	if (line > last)
		line = last;
	s->source.at = line < 1 ? 1 : line < t->first ? t->first : line;
	return UI_UPDATE;
}

static enum ui_effect shift(struct stack *s, int by)
{
	s->source.shift += by;
	if (s->source.shift < 0)
		s->source.shift = 0;
	if (s->source.shift > PST_INSPECT_TEXT_MAX)
		s->source.shift = PST_INSPECT_TEXT_MAX;
	return UI_DRAW;
}

enum ui_effect stack_source_command(struct stack *s, const struct ui_view *v, enum ui_cmd cmd)
{
	int line = stack_source_line(s, v), page = s->source.page > 1 ? s->source.page : 1;

	switch (cmd) {
	case UI_CMD_UP:
		return go_to(s, line - 1);
	case UI_CMD_DOWN:
		return go_to(s, line + 1);
	case UI_CMD_PAGE_UP:
		return go_to(s, line - page);
	case UI_CMD_PAGE_DOWN:
		return go_to(s, line + page);
	case UI_CMD_FIRST: /* back to the line that runs */
		s->source.at = s->source.shift = 0;
		return UI_UPDATE;
	case UI_CMD_LAST:
		return go_to(s, s->source.text.first + (int)s->source.text.len - 1);
	case UI_CMD_LEFT:
		return shift(s, -TAB);
	case UI_CMD_RIGHT:
		return shift(s, TAB);
	default:
		return UI_NONE;
	}
}

bool stack_source_search(struct stack *s, const struct ui_view *v, int step)
{
	const struct pst_source *t = &s->source.text;
	int n = (int)t->len, line = stack_source_line(s, v) - t->first;

	for (int k = step ? 1 : 0; n && k <= n; k++) {
		int i = ((step < 0 ? line - k : line + k) % n + n) % n;

		if (ui_find_in(v->search, t->lines[i], NULL, NULL)) {
			go_to(s, t->first + i);
			return true;
		}
	}
	return false;
}

/* ---- drawing ---- */

static double heat_of(const struct stack_source *w, int line)
{
	uint64_t ns = 0;

	for (size_t i = 0; i < w->heat.len; i++) {
		if (w->heat.at[i].line == line)
			ns += w->heat.at[i].total_ns;
	}
	return w->heat_sum ? (double)ns * 100 / (double)w->heat_sum : 0;
}

static void draw_line(const struct stack *s, const struct ui_view *v, int line, struct canvas *c,
		      int row)
{
	const struct stack_source *w = &s->source;
	const struct pst_inspect_frame *f = stack_chosen(s, v);
	const char *text = stack_source_text(s, line);
	double heat = heat_of(w, line);
	char number[FORMAT_MAX];
	int col = 0, used = 0;
	bool runs = f && f->line == line;

	if (c->cols >= HEAT_MIN_COLS) {
		if (heat > 0)
			canvas_right(c, row, 0, HEAT_CELLS, theme_heat(heat),
				     format_percent(number, heat));
		col = HEAT_CELLS + 1;
	}
	snprintf(number, sizeof number, "%5d", line);
	col = canvas_text(c, row, col, c->cols, runs ? ST_BOLD : ST_DIM, number);
	col = canvas_text(c, row, col, c->cols, runs ? ST_BOLD : ST_DIM, runs ? ">" : " ");
	text += pst_text_fit(text, strlen(text), w->shift, &used);
	canvas_cut(c, row, col, c->cols,
		   v->search && ui_find_in(v->search, text, NULL, NULL) ? ST_MATCH
		   : runs						? ST_BOLD
		   : heat > 0 ? theme_heat(heat)
			      : ST_NORMAL,
		   text);
	if (line == stack_source_line(s, v) && s->focus == STACK_SOURCE)
		canvas_paint(c, row, 0, c->cols, ST_SELECT);
}

static const char *why_empty(const struct stack *s, const struct ui_view *v)
{
	if (!stack_chosen(s, v))
		return "";
	if (!v->hooks || !v->hooks->source)
		return _("The source is not in a recording.");
	if (s->source.text.err == PST_LIMIT)
		return _("The source is too long.");
	if (s->source.text.err == PST_IO)
		return _("The source cannot be read.");
	return _("There is no source of that.");
}

/* The chosen line stays in sight, in the middle when it was not. */
static void scroll_source(struct stack_source *w, int line, int rows)
{
	int last = w->text.first + (int)w->text.len - 1;

	w->page = rows;
	if (line < w->top || line >= w->top + rows)
		w->top = line - rows / 2;
	if (w->top > last - rows + 1)
		w->top = last - rows + 1;
	if (w->top < w->text.first)
		w->top = w->text.first;
}

void stack_source_draw(struct stack *s, const struct ui_view *v, struct canvas *c)
{
	struct stack_source *w = &s->source;

	if (!w->text.len) {
		canvas_cut(c, 0, 1, c->cols, ST_DIM, why_empty(s, v));
		return;
	}
	scroll_source(w, stack_source_line(s, v), c->rows);
	for (int row = 0; row < c->rows && stack_source_text(s, w->top + row); row++)
		draw_line(s, v, w->top + row, c, row);
}
