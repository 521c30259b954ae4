// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/calls.h"

#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "ui/icicle.h"

/* Who calls a function, and what it calls: two trees that begin with it. */

/* Calls of less than this share of its own are one row, "…". */
#define LEAST_SHARE 0.001

enum { WHEEL_ROWS = 3 };

/* ---- fetching ---- */

double calls_focus_share(const struct calls *s, int side)
{
	const struct calltree *t = &s->trees[CALLS_CALLEES];
	uint32_t focus = calltree_focus(t);

	return focus ? calls_share(&t->calls, focus, side) : 0;
}

double calls_focus_own(const struct calls *s, int side)
{
	const struct calltree *t = &s->trees[CALLS_CALLEES];
	uint32_t focus = calltree_focus(t);

	return focus ? calls_own_share(&t->calls, focus, side) : 0;
}

/* The one with most time of its own. */
static uint32_t hottest(const struct pst_model *m, const struct ui_view *v)
{
	struct pst_table_query q = {.table = {.group = PST_GROUP_FUNCTION, .sort = PST_SORT_OWN},
				    .filter = v->filter,
				    .span = v->span};
	struct pst_table table = {0};
	uint32_t func;

	pst_model_query(m, &q, &table);
	func = table.len ? table.at[0].id : 0;
	pst_table_free(&table);
	return func;
}

static void ask(struct calls *s, const struct ui_view *v, enum calls_side side)
{
	struct pst_calls_options opt = {
		.kind = side == CALLS_CALLERS ? PST_CALLS_CALLERS : PST_CALLS_CALLEES,
		.merge = v->table.group == PST_GROUP_LINE ? PST_GROUP_LINE : PST_GROUP_FUNCTION,
		.focus = s->focus,
		.filter = v->filter,
		.span = v->span,
		.base = v->base,
		.diff = v->diff,
		.least = LEAST_SHARE,
	};

	if (!asked_anew(&s->asked[side], &opt, v, 0, s->ticks))
		return;
	pst_model_calls(s->model, &opt, &s->trees[side].calls);
	calltree_rows(&s->trees[side]);
}

/* It is on its own stack somewhere further down. */
static bool calls_itself(const struct calls *s)
{
	const struct pst_calls *c = &s->trees[CALLS_CALLEES].calls;
	uint32_t focus = calltree_focus(&s->trees[CALLS_CALLEES]);

	for (uint32_t i = 1; i < c->len; i++) {
		if (i != focus && c->at[i].func == s->focus)
			return true;
	}
	return false;
}

static void set_focus(struct calls *s, uint32_t func)
{
	if (s->focus == func)
		return;
	s->focus = func;
	calltree_reset(&s->trees[CALLS_CALLERS]);
	calltree_reset(&s->trees[CALLS_CALLEES]);
}

static void calls_update(struct pane *p, const struct pst_model *m)
{
	struct calls *s = p->state;
	struct ui_view *v = p->view;
	struct pst_summary sum;

	pst_model_summary(m, &sum);
	s->ticks = sum.ticks;
	for (int side = 0; side < CALLS_SIDES && s->model != m; side++)
		asked_forget(&s->asked[side]);
	s->model = m;
	if (!v->func)
		v->func = hottest(m, v);
	/* Another pane chose: what was gone through here is over. */
	if (v->func != s->focus)
		s->history_len = 0;
	set_focus(s, v->func);
	for (int side = 0; side < CALLS_SIDES; side++)
		ask(s, v, (enum calls_side)side);
	s->recursive = calls_itself(s);
	func_hits_update(&s->hits, v->search, m);
}

static void calls_release(struct pane *p)
{
	struct calls *s = p->state;

	for (int side = 0; side < CALLS_SIDES; side++)
		calltree_free(&s->trees[side]);
	func_hits_free(&s->hits);
}

/* ---- commands ---- */

static uint32_t chosen_func(const struct calls *s)
{
	const struct calltree *t = &s->trees[s->active];
	const struct calltree_row *row = calltree_at(t);

	return row ? t->calls.at[row->node].func : 0;
}

/* The chosen function is what it is about from now on. */
static enum ui_effect enter(struct pane *p)
{
	struct calls *s = p->state;
	uint32_t func = chosen_func(s);

	if (!func || func == s->focus)
		return UI_DRAW;
	if (s->history_len == CALLS_HISTORY)
		memmove(s->history, s->history + 1, --s->history_len * sizeof *s->history);
	s->history[s->history_len++] = s->focus;
	set_focus(s, func);
	p->view->func = func;
	return UI_UPDATE;
}

static enum ui_effect back(struct pane *p)
{
	struct calls *s = p->state;

	if (!s->history_len)
		return UI_NONE;
	set_focus(s, s->history[--s->history_len]);
	p->view->func = s->focus;
	return UI_UPDATE;
}

static enum ui_effect to_flame(struct pane *p)
{
	struct calls *s = p->state;
	uint32_t func = chosen_func(s);

	p->view->func = func ? func : s->focus;
	p->view->around = true;
	p->view->go = PANE_FLAME;
	return UI_GO;
}

static enum ui_effect move(struct calls *s, enum ui_cmd cmd)
{
	struct calltree *t = &s->trees[s->active];
	long page = s->places[s->active].rows > 2 ? s->places[s->active].rows - 1 : 1;

	switch (cmd) {
	case UI_CMD_UP:
		calltree_move(t, -1);
		return UI_DRAW;
	case UI_CMD_DOWN:
		calltree_move(t, 1);
		return UI_DRAW;
	case UI_CMD_PAGE_UP:
		calltree_move(t, -page);
		return UI_DRAW;
	case UI_CMD_PAGE_DOWN:
		calltree_move(t, page);
		return UI_DRAW;
	case UI_CMD_FIRST:
		calltree_choose(t, 0);
		return UI_DRAW;
	case UI_CMD_LAST:
		calltree_choose(t, SIZE_MAX);
		return UI_DRAW;
	case UI_CMD_RIGHT:
		calltree_open(t);
		return UI_DRAW;
	case UI_CMD_LEFT:
		calltree_close(t);
		return UI_DRAW;
	default:
		return UI_NONE;
	}
}

/* Files and modules make no stacks. */
static enum ui_effect next_unit(struct ui_view *v)
{
	v->table.group = v->table.group == PST_GROUP_LINE ? PST_GROUP_FUNCTION : PST_GROUP_LINE;
	return UI_UPDATE;
}

static enum ui_effect calls_command(struct pane *p, enum ui_cmd cmd)
{
	struct calls *s = p->state;

	switch (cmd) {
	case UI_CMD_ENTER:
		return enter(p);
	case UI_CMD_BACK:
		return back(p);
	case UI_CMD_CALLS_SIDE:
		s->active = s->active == CALLS_CALLERS ? CALLS_CALLEES : CALLS_CALLERS;
		return UI_DRAW;
	case UI_CMD_CALLS_ORDER:
		s->turned = !s->turned;
		return UI_DRAW;
	case UI_CMD_TO_FLAME:
		return to_flame(p);
	case UI_CMD_UNIT:
		return next_unit(p->view);
	default:
		return move(s, cmd);
	}
}

/* ---- mouse, search, copy ---- */

/* The side under the mouse. */
static bool side_at(const struct calls *s, const struct ui_mouse *m, enum calls_side *side)
{
	for (int i = 0; i < CALLS_SIDES; i++) {
		const struct calls_place *at = &s->places[i];

		if (m->row < at->row || m->row >= at->row + at->rows || m->col < at->col ||
		    m->col >= at->col + at->cols)
			continue;
		*side = (enum calls_side)i;
		return true;
	}
	return false;
}

static enum ui_effect wheel(struct calltree *t, int by)
{
	t->follow = false;
	if (by < 0 && t->first < (size_t)-by)
		t->first = 0;
	else
		t->first = (size_t)((long)t->first + by);
	return UI_DRAW;
}

/* On its mark a row opens or closes. */
static bool click_mark(struct calls *s, enum calls_side side, int col)
{
	struct calltree *t = &s->trees[side];
	const struct calltree_row *row = calltree_at(t);
	int mark = calls_mark_col(s->places[side].cols, row ? row->depth : 0);

	col -= s->places[side].col;
	if (!row || !row->has || col < mark || col > mark + 1)
		return false;
	return row->open ? calltree_close(t) : calltree_open(t);
}

static enum ui_effect click(struct pane *p, const struct ui_mouse *m, enum calls_side side)
{
	struct calls *s = p->state;
	struct calltree *t = &s->trees[side];
	size_t row = t->first + (size_t)(m->row - s->places[side].row);

	s->active = side;
	if (row >= t->rows.len)
		return UI_DRAW;
	calltree_choose(t, row);
	if (click_mark(s, side, m->col))
		return UI_DRAW;
	return m->kind == MOUSE_DOUBLE ? enter(p) : UI_DRAW;
}

static enum ui_effect calls_mouse(struct pane *p, const struct ui_mouse *m)
{
	struct calls *s = p->state;
	enum calls_side side;

	if (!side_at(s, m, &side))
		return UI_DRAW;
	switch (m->kind) {
	case MOUSE_WHEEL_UP:
		return wheel(&s->trees[side], -WHEEL_ROWS);
	case MOUSE_WHEEL_DOWN:
		return wheel(&s->trees[side], WHEEL_ROWS);
	case MOUSE_CLICK:
	case MOUSE_DOUBLE:
		return click(p, m, side);
	default:
		return UI_NONE;
	}
}

static bool is_hit(const void *ctx, uint32_t func)
{
	return func_hits_has(ctx, func);
}

/* In the side at hand, then in the other one. */
static enum ui_effect calls_search(struct pane *p, int step)
{
	struct calls *s = p->state;

	if (!s->model)
		return UI_NONE;
	func_hits_update(&s->hits, p->view->search, s->model);
	for (int i = 0; i < CALLS_SIDES; i++) {
		enum calls_side side = (enum calls_side)((s->active + (unsigned)i) % CALLS_SIDES);
		uint32_t node = calltree_search(&s->trees[side], i ? 0 : step, is_hit, &s->hits);

		if (!node)
			continue;
		s->active = side;
		calltree_reveal(&s->trees[side], node);
		return UI_UPDATE;
	}
	return UI_NONE;
}

static void calls_copy(struct pane *p, struct pst_buf *out)
{
	const struct calls *s = p->state;
	struct pst_func_info info;
	uint32_t func = chosen_func(s) ? chosen_func(s) : s->focus;

	if (!func || !s->model)
		return;
	pst_model_func(s->model, func, &info);
	pst_buf_addf(out, "%s (%s:%d)", info.name, info.full_file, info.first_line);
}

const struct pane_ops pane_calls = {
	.title = N_("Callers"),
	.state_size = sizeof(struct calls),
	.update = calls_update,
	.draw = calls_draw,
	.command = calls_command,
	.mouse = calls_mouse,
	.search = calls_search,
	.copy = calls_copy,
	.release = calls_release,
};
