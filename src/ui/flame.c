// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/flame.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/vec.h"
#include "ui/format.h"

/* The flamegraph: where its cursor is, and what keys and mouse do to it. */

enum { WHEEL_ROWS = 3 };

/* ---- the tree and its boxes ---- */

uint32_t flame_func_of(const struct flame *f, size_t box)
{
	return box < f->lay.len && !f->lay.at[box].rest ? f->calls.at[f->lay.at[box].node].func : 0;
}

bool flame_hit(const struct flame *f, size_t box)
{
	return func_hits_has(&f->hits, flame_func_of(f, box));
}

static void keep_x(struct flame *f)
{
	const struct icicle_box *b;

	if (f->box == ICICLE_NONE)
		return;
	b = &f->lay.at[f->box];
	if (f->x < b->from || f->x >= b->to)
		f->x = b->from + (b->to - b->from) / 2;
}

/* The box of what was chosen, or the nearest above it that is wide enough. */
static void find_chosen(struct flame *f)
{
	size_t found;
	uint32_t node = path_find(&f->chosen, &f->calls, &found);

	f->box = f->chosen_rest && found == f->chosen.len ? icicle_of(&f->lay, node, true)
							  : ICICLE_NONE;
	while (f->lay.len && f->box == ICICLE_NONE) {
		f->box = icicle_of(&f->lay, node, false);
		if (!node)
			break;
		node = f->calls.at[node].parent;
	}
	keep_x(f);
}

void flame_lay(struct flame *f, const struct ui_view *v)
{
	struct icicle_options opt;

	if (!f->stale)
		return;
	opt = (struct icicle_options){
		.zoom = f->zoom_node, .cols = f->cols, .least = f->least, .diff = v->diff};
	icicle_lay(&f->lay, &f->calls, &opt);
	f->stale = false;
	find_chosen(f);
}

static void resolve_zoom(struct flame *f)
{
	size_t found;

	f->zoom_node = path_find(&f->zoom, &f->calls, &found);
	f->stale = true;
}

static void ask(struct flame *f, const struct ui_view *v)
{
	if (flame_ask(f, v))
		resolve_zoom(f);
}

/* What another pane chose since. */
static void follow_func(struct flame *f, struct ui_view *v)
{
	size_t zoomed = f->zoom.len;

	if (v->func && (v->func != f->seen_func || v->around)) {
		flame_seek(f, v, v->func, v->around);
		if (f->zoom.len != zoomed || v->around) {
			resolve_zoom(f);
			ask(f, v);
		}
	}
	f->seen_func = v->func;
	v->around = false;
}

static void flame_update(struct pane *p, const struct pst_model *m)
{
	struct flame *f = p->state;
	struct ui_view *v = p->view;
	struct pst_summary s;

	pst_model_summary(m, &s);
	f->sampling = !v->paused && !s.ended && v->windows;
	f->ticks = s.ticks;
	if (!f->least)
		f->least = FLAME_LEAST;
	if (!f->cols)
		f->cols = 80;
	if (f->model != m)
		asked_forget(&f->asked);
	f->model = m;
	ask(f, v);
	func_hits_update(&f->hits, v->search, m);
	flame_search_share(f, v);
	follow_func(f, v);
}

static void flame_release(struct pane *p)
{
	struct flame *f = p->state;

	pst_calls_free(&f->calls);
	icicle_free(&f->lay);
	path_free(&f->zoom);
	path_free(&f->chosen);
	PST_VEC_FREE(&f->zooms);
	func_hits_free(&f->hits);
	free(f->threads);
}

/* ---- moving ---- */

static enum ui_effect choose(struct pane *p, size_t box)
{
	struct flame *f = p->state;
	const struct icicle_box *b;

	f->follow = true;
	if (box == ICICLE_NONE)
		return UI_DRAW;
	b = &f->lay.at[box];
	f->box = box;
	path_set(&f->chosen, &f->calls, b->node);
	f->chosen_rest = b->rest;
	if (flame_func_of(f, box))
		p->view->func = f->seen_func = flame_func_of(f, box);
	keep_x(f);
	return UI_DRAW;
}

/* Towards the leaves (STEP 1) or the root (-1), COUNT rows or as far as it goes. */
static enum ui_effect climb(struct pane *p, int step, int count)
{
	struct flame *f = p->state;
	size_t box = f->box;

	while (count-- > 0 && box != ICICLE_NONE) {
		size_t next = step > 0		   ? icicle_child(&f->lay, box, f->x)
			      : f->lay.at[box].row ? f->lay.at[box].parent
						   : ICICLE_NONE;

		if (next == ICICLE_NONE)
			break;
		box = next;
	}
	return choose(p, box);
}

static enum ui_effect aside(struct pane *p, int step)
{
	struct flame *f = p->state;
	size_t box = icicle_beside(&f->lay, f->box, step);

	if (box != ICICLE_NONE)
		f->x = (f->lay.at[box].from + f->lay.at[box].to) / 2;
	return choose(p, box);
}

/* Up and down are those of the screen. */
static enum ui_effect move(struct pane *p, enum ui_cmd cmd)
{
	const struct flame *f = p->state;
	int down = f->root_below ? -1 : 1, page = f->rows > 2 ? f->rows - 1 : 1;

	switch (cmd) {
	case UI_CMD_UP:
		return climb(p, -down, 1);
	case UI_CMD_DOWN:
		return climb(p, down, 1);
	case UI_CMD_PAGE_UP:
		return climb(p, -down, page);
	case UI_CMD_PAGE_DOWN:
		return climb(p, down, page);
	case UI_CMD_FIRST:
		return climb(p, -1, ICICLE_ROWS_MAX);
	case UI_CMD_LAST:
		return climb(p, 1, ICICLE_ROWS_MAX);
	case UI_CMD_LEFT:
		return aside(p, -1);
	case UI_CMD_RIGHT:
		return aside(p, 1);
	default:
		return UI_NONE;
	}
}

/* ---- zoom ---- */

static enum ui_effect zoomed(struct flame *f)
{
	f->top = f->zoom.len > 1 ? (int)f->zoom.len - 1 : 0;
	f->follow = true;
	resolve_zoom(f);
	/* What is too small in the tree at hand comes with the next refresh, where there is one. */
	return f->sampling ? UI_DRAW : UI_UPDATE;
}

/* To a path that begins like the one that is zoomed to. */
static enum ui_effect zoom_up_to(struct flame *f, size_t len)
{
	while (f->zooms.len && f->zooms.at[f->zooms.len - 1] >= len)
		f->zooms.len--;
	path_cut(&f->zoom, len);
	return zoomed(f);
}

static enum ui_effect zoom_in(struct pane *p)
{
	struct flame *f = p->state;

	if (f->box == ICICLE_NONE)
		return UI_DRAW;
	path_set(&f->chosen, &f->calls, f->lay.at[f->box].node);
	if (f->lay.at[f->box].rest && f->lay.at[f->box].node == f->zoom_node)
		return ui_say(p->view, "%s", _("These are too narrow to be shown one by one."));
	if (path_starts(&f->zoom, &f->chosen))
		return zoom_up_to(f, f->chosen.len);
	*PST_VEC_PUSH(&f->zooms) = f->zoom.len;
	path_copy(&f->zoom, &f->chosen);
	return zoomed(f);
}

static enum ui_effect zoom_out(struct flame *f)
{
	size_t len;

	if (!f->zoom.len)
		return UI_NONE;
	len = f->zooms.len ? f->zooms.at[f->zooms.len - 1] : 0;
	return zoom_up_to(f, len);
}

/* ---- what is shown ---- */

static enum ui_effect invert(struct pane *p)
{
	struct flame *f = p->state;

	f->inverted = !f->inverted;
	path_clear(&f->zoom);
	path_clear(&f->chosen);
	f->zooms.len = 0;
	f->chosen_rest = false;
	f->top = 0;
	f->zoom_node = 0;
	f->box = ICICLE_NONE;
	f->seen_func = 0; /* finds it again */
	f->stale = true;
	return ui_say(p->view, "%s",
		      f->inverted ? _("Inverted: callers on top of what ran.")
				  : _("Callees on top of their callers."));
}

static enum ui_effect flip(struct flame *f)
{
	f->root_below = !f->root_below;
	f->follow = true;
	return UI_DRAW;
}

/* The thread that did most of late, where none is chosen. */
static uint32_t busiest_thread(const struct flame *f, const struct ui_view *v)
{
	struct ui_thread_infos all = {0};
	uint32_t best = 0;
	double most = -1;

	ui_fetch_threads(v, f->model, &all);
	for (size_t i = 0; i < all.len; i++) {
		if (all.at[i].active_percent > most) {
			most = all.at[i].active_percent;
			best = all.at[i].id;
		}
	}
	PST_VEC_FREE(&all);
	return best;
}

static enum ui_effect one_thread(struct pane *p)
{
	struct flame *f = p->state;

	f->one_thread = !f->one_thread;
	if (f->one_thread && !p->view->thread && f->model)
		p->view->thread = busiest_thread(f, p->view);
	if (f->one_thread && !p->view->thread) {
		f->one_thread = false;
		return ui_say(p->view, "%s", _("No thread was seen yet."));
	}
	return UI_UPDATE;
}

static enum ui_effect change_least(struct pane *p, bool more)
{
	struct flame *f = p->state;
	int least = more ? f->least * 2 : f->least / 2;

	f->least = least < 1 ? 1 : least > FLAME_LEAST_MAX ? FLAME_LEAST_MAX : least;
	f->stale = true;
	if (f->least < ICICLE_UNIT)
		return ui_say(p->view, _("Boxes from 1/%d of a cell on are shown."),
			      ICICLE_UNIT / f->least);
	return ui_say(p->view,
		      P_("Boxes from %d cell on are shown.", "Boxes from %d cells on are shown.",
			 (unsigned long)f->least / ICICLE_UNIT),
		      f->least / ICICLE_UNIT);
}

/* Files and modules make no stacks. */
static enum ui_effect next_unit(struct ui_view *v)
{
	v->table.group = v->table.group == PST_GROUP_LINE ? PST_GROUP_FUNCTION : PST_GROUP_LINE;
	return UI_UPDATE;
}

static enum ui_effect to_calls(struct pane *p)
{
	struct flame *f = p->state;
	uint32_t func = flame_func_of(f, f->box);

	if (!func)
		return ui_say(p->view, "%s", _("Choose a function first."));
	p->view->func = f->seen_func = func;
	p->view->go = PANE_CALLS;
	return UI_GO;
}

static enum ui_effect flame_command(struct pane *p, enum ui_cmd cmd)
{
	struct flame *f = p->state;

	if (!f->model)
		return UI_NONE;
	flame_lay(f, p->view);
	switch (cmd) {
	case UI_CMD_ENTER:
		return zoom_in(p);
	case UI_CMD_BACK:
		return zoom_out(f);
	case UI_CMD_INVERT:
		return invert(p);
	case UI_CMD_FLIP:
		return flip(f);
	case UI_CMD_FLAME_THREAD:
		return one_thread(p);
	case UI_CMD_THINNER:
		return change_least(p, false);
	case UI_CMD_THICKER:
		return change_least(p, true);
	case UI_CMD_UNIT:
		return next_unit(p->view);
	case UI_CMD_TO_CALLS:
		return to_calls(p);
	default:
		return move(p, cmd);
	}
}

/* ---- mouse, search, copy ---- */

static enum ui_effect click_crumb(struct flame *f, int col)
{
	for (int i = 0; i < f->ncrumbs; i++) {
		if (col >= f->crumbs[i].from && col < f->crumbs[i].to &&
		    f->crumbs[i].len < f->zoom.len)
			return zoom_up_to(f, f->crumbs[i].len);
	}
	return UI_DRAW;
}

static enum ui_effect click(struct pane *p, const struct ui_mouse *m)
{
	struct flame *f = p->state;
	int row = m->row - f->area, x = m->col * ICICLE_UNIT + ICICLE_UNIT / 2;
	size_t box;

	if (row < 0 || row >= f->rows)
		return m->row == 0 && f->area ? click_crumb(f, m->col) : UI_DRAW;
	row = f->top + (f->root_below ? f->rows - 1 - row : row);
	box = icicle_at(&f->lay, row, x);
	if (box == ICICLE_NONE)
		return UI_DRAW;
	f->x = x;
	choose(p, box);
	return m->kind == MOUSE_DOUBLE ? zoom_in(p) : UI_DRAW;
}

static enum ui_effect wheel(struct flame *f, int by)
{
	f->follow = false;
	f->top += f->root_below ? -by : by;
	return UI_DRAW;
}

static enum ui_effect flame_mouse(struct pane *p, const struct ui_mouse *m)
{
	struct flame *f = p->state;

	if (!f->model)
		return UI_NONE;
	flame_lay(f, p->view);
	switch (m->kind) {
	case MOUSE_WHEEL_UP:
		return wheel(f, -WHEEL_ROWS);
	case MOUSE_WHEEL_DOWN:
		return wheel(f, WHEEL_ROWS);
	case MOUSE_CLICK:
	case MOUSE_DOUBLE:
		return click(p, m);
	default:
		return UI_NONE;
	}
}

static enum ui_effect flame_search(struct pane *p, int step)
{
	struct flame *f = p->state;
	size_t at;

	if (!f->model)
		return UI_NONE;
	flame_lay(f, p->view);
	func_hits_update(&f->hits, p->view->search, f->model);
	at = f->box < f->lay.len ? f->box : 0;
	for (size_t i = step ? 1 : 0; i <= f->lay.len && f->lay.len; i++) {
		size_t box = (step < 0 ? at + 2 * f->lay.len - i : at + i) % f->lay.len;

		if (flame_hit(f, box)) {
			f->x = (f->lay.at[box].from + f->lay.at[box].to) / 2;
			return choose(p, box) | UI_UPDATE;
		}
	}
	if (!f->hits.any)
		return UI_NONE;
	return ui_say(p->view, "%s",
		      _("What matches is not in sight: it is too narrow, or outside of the zoom."));
}

static void flame_copy(struct pane *p, struct pst_buf *out)
{
	const struct flame *f = p->state;
	struct pst_func_info info;
	uint32_t func = flame_func_of(f, f->box);

	if (!func || !f->model)
		return;
	pst_model_func(f->model, func, &info);
	pst_buf_addf(out, "%s (%s:%d)", info.name, info.full_file, info.first_line);
}

const struct pane_ops pane_flame = {
	.title = N_("Flame"),
	.state_size = sizeof(struct flame),
	.update = flame_update,
	.draw = flame_draw,
	.command = flame_command,
	.mouse = flame_mouse,
	.search = flame_search,
	.copy = flame_copy,
	.release = flame_release,
};
