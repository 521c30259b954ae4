// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/threads.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/find.h"
#include "ui/ui.h"

/* ---- which row ---- */

static struct threads_row *chosen_row(struct threads *t)
{
	return t->scroll.at < t->rows.len ? &t->rows.at[t->scroll.at] : NULL;
}

static bool find_key(struct threads *t, const struct threads_key *k)
{
	for (size_t i = 0; i < t->rows.len; i++) {
		if (threads_same_key(&t->rows.at[i].key, k)) {
			t->scroll.at = i;
			return true;
		}
	}
	return false;
}

static void remember(struct threads *t)
{
	const struct threads_row *r = chosen_row(t);

	if (r)
		t->chosen = r->key;
}

/* What is under the cursor is chosen: the stack beside shows it. */
static enum ui_effect go_to(struct pane *p, size_t at)
{
	struct threads *t = p->state;
	const struct threads_row *r;

	t->scroll.at = at;
	t->follow = true;
	remember(t);
	r = chosen_row(t);
	if (r && r->key.thread && r->key.thread != p->view->thread) {
		p->view->thread = r->key.thread;
		p->view->process = r->key.process;
		p->view->frame = SIZE_MAX;
	}
	return UI_UPDATE;
}

/* Somebody asked which threads are in a function: the cursor goes to the first of them. */
static void find_func(struct pane *p)
{
	struct threads *t = p->state;
	uint32_t func = p->view->func;
	size_t first = SIZE_MAX;
	unsigned n = 0;

	if (!t->shown || func == t->func)
		return;
	t->func = func;
	for (size_t i = t->rows.len; func && i-- > 0;) {
		if (!t->rows.at[i].within || t->rows.at[i].key.kind != THREADS_THREAD)
			continue;
		first = i;
		n++;
	}
	if (first != SIZE_MAX)
		go_to(p, first);
	if (func)
		ui_say(p->view,
		       P_("%u thread is in that function now (marked by >).",
			  "%u threads are in that function now (marked by >).", n),
		       n);
}

/* ---- fetching ---- */

static void threads_update(struct pane *p, const struct pst_model *m)
{
	struct threads *t = p->state;

	if (!t->sort_set)
		t->sort = THREADS_CPU;
	threads_collect(t, p->view, m);
	if (t->follow && !find_key(t, &t->chosen) && t->scroll.at >= t->rows.len)
		t->scroll.at = t->rows.len ? t->rows.len - 1 : 0;
	if (!t->follow)
		t->scroll.at = t->scroll.first = 0;
	find_func(p);
	remember(t);
}

static void threads_show(struct pane *p, bool shown)
{
	struct threads *t = p->state;

	t->shown = shown;
	if (shown && p->view->from == PANE_FUNCTIONS)
		t->func = 0;
	ui_want_idle(p->view, shown);
}

static void threads_release(struct pane *p)
{
	struct threads *t = p->state;

	PST_VEC_FREE(&t->infos);
	PST_VEC_FREE(&t->processes);
	PST_VEC_FREE(&t->all);
	PST_VEC_FREE(&t->groups);
	PST_VEC_FREE(&t->rows);
	PST_VEC_FREE(&t->closed);
	PST_VEC_FREE(&t->stack);
	pst_buf_free(&t->text);
}

/* ---- the tree ---- */

static void set_closed(struct threads *t, const struct threads_key *k, bool closed)
{
	size_t i = 0;

	while (i < t->closed.len && !threads_same_key(&t->closed.at[i], k))
		i++;
	if (closed && i == t->closed.len)
		*PST_VEC_PUSH(&t->closed) = *k;
	else if (!closed && i < t->closed.len)
		t->closed.at[i] = t->closed.at[--t->closed.len];
}

static enum ui_effect open_or_close(struct threads *t, bool closed)
{
	const struct threads_row *r = chosen_row(t);

	if (!r || r->key.kind == THREADS_THREAD)
		return UI_DRAW;
	set_closed(t, &r->key, closed);
	t->follow = true;
	return UI_UPDATE;
}

/* To the row above that ROW is below of; what is open itself is closed first. */
static enum ui_effect go_out(struct pane *p)
{
	struct threads *t = p->state;
	const struct threads_row *r = chosen_row(t);

	if (!r)
		return UI_DRAW;
	if (r->key.kind != THREADS_THREAD && !threads_is_closed(t, &r->key))
		return open_or_close(t, true);
	for (size_t i = t->scroll.at; i-- > 0;) {
		if (t->rows.at[i].depth < r->depth)
			return go_to(p, i);
	}
	return UI_DRAW;
}

static enum ui_effect enter(struct pane *p)
{
	struct threads *t = p->state;
	const struct threads_row *r = chosen_row(t);

	if (!r)
		return UI_DRAW;
	if (r->key.kind != THREADS_THREAD)
		return open_or_close(t, !threads_is_closed(t, &r->key));
	p->view->thread = r->key.thread;
	p->view->process = r->key.process;
	p->view->frame = r->frame; /* of the function that was asked for, or the leaf */
	p->view->go = PANE_STACK;
	return UI_GO;
}

/* To another view of the function that the thread is in. */
static enum ui_effect go_with_func(struct pane *p, enum ui_pane_id pane)
{
	const struct threads_row *r = chosen_row(p->state);

	if (!r || !r->func_id)
		return ui_say(p->view, "%s", _("It is not known in which function that is."));
	p->view->func = r->func_id;
	p->view->go = pane;
	return UI_GO;
}

/* ---- tags ---- */

/* A process: all that is below, unless all of that is tagged already. */
static enum ui_effect tag(struct pane *p)
{
	struct threads *t = p->state;
	const struct threads_row *r = chosen_row(t);
	enum ui_effect effect = UI_UPDATE;
	bool on = false;

	if (!r)
		return UI_DRAW;
	for (size_t i = 0; i < t->all.len; i++)
		on |= threads_below(r, &t->all.at[i]) &&
		      !ui_tagged(p->view, t->all.at[i].key.thread);
	for (size_t i = 0; i < t->all.len; i++) {
		if (threads_below(r, &t->all.at[i]))
			effect |= ui_tag(p->view, t->all.at[i].key.thread, on);
	}
	scroll_move(&t->scroll, t->rows.len, 1);
	return effect | go_to(p, t->scroll.at);
}

/* ---- sorting ---- */

static enum ui_effect sort_by(struct threads *t, enum threads_column column)
{
	t->sort_set = true;
	t->sort = column;
	t->ascending = column == THREADS_NAME || column == THREADS_TID || column == THREADS_FUNC;
	return UI_UPDATE;
}

static enum ui_effect sort_step(struct threads *t, int step)
{
	return sort_by(t, (enum threads_column)(((int)t->sort + step + THREADS_COLUMNS) %
						THREADS_COLUMNS));
}

static enum ui_effect reverse(struct threads *t)
{
	t->ascending = !t->ascending;
	return UI_UPDATE;
}

/* ---- commands ---- */

static enum ui_effect threads_command(struct pane *p, enum ui_cmd cmd)
{
	struct threads *t = p->state;

	if (cmd == UI_CMD_FIRST) {
		t->follow = false;
		return UI_UPDATE;
	}
	if (scroll_command(&t->scroll, t->rows.len, cmd))
		return go_to(p, t->scroll.at);
	switch (cmd) {
	case UI_CMD_ENTER:
		return enter(p);
	case UI_CMD_RIGHT:
		return open_or_close(t, false);
	case UI_CMD_LEFT:
		return go_out(p);
	case UI_CMD_TAG:
		return tag(p);
	case UI_CMD_TAG_CLEAR:
		return ui_untag_all(p->view);
	case UI_CMD_TO_CALLS:
		return go_with_func(p, PANE_CALLS);
	case UI_CMD_TO_FLAME:
		return go_with_func(p, PANE_FLAME);
	case UI_CMD_SORT_NEXT:
		return sort_step(t, 1);
	case UI_CMD_SORT_PREVIOUS:
		return sort_step(t, -1);
	case UI_CMD_SORT_REVERSE:
		return reverse(t);
	default:
		return UI_NONE;
	}
}

static enum ui_effect click_title(struct threads *t, int col)
{
	for (int i = 0; i < THREADS_COLUMNS; i++) {
		if (!t->at[i].end || col < t->at[i].col - 1 || col >= t->at[i].end)
			continue;
		return t->sort == (enum threads_column)i ? reverse(t)
							 : sort_by(t, (enum threads_column)i);
	}
	return UI_DRAW;
}

static enum ui_effect threads_mouse(struct pane *p, const struct ui_mouse *m)
{
	struct threads *t = p->state;
	size_t row = t->scroll.first + (size_t)(m->row > 0 ? m->row - 1 : 0);

	if (m->kind == MOUSE_WHEEL_UP || m->kind == MOUSE_WHEEL_DOWN) {
		scroll_move(&t->scroll, t->rows.len, m->kind == MOUSE_WHEEL_UP ? -3 : 3);
		return go_to(p, t->scroll.at);
	}
	if (m->kind != MOUSE_CLICK && m->kind != MOUSE_DOUBLE)
		return UI_NONE;
	if (m->row <= 0)
		return click_title(t, m->col);
	if (row >= t->rows.len)
		return UI_DRAW;
	go_to(p, row);
	if (m->kind == MOUSE_DOUBLE)
		return enter(p);
	return m->col == 0 ? tag(p) : UI_UPDATE;
}

/* ---- search and copy ---- */

static bool row_matches(const struct threads *t, const struct ui_view *v, size_t i)
{
	const struct threads_row *r = &t->rows.at[i];

	return ui_find_in(v->search, threads_text(t, r->name), NULL, NULL) ||
	       ui_find_func(v->search, threads_text(t, r->func), threads_text(t, r->place));
}

static enum ui_effect threads_search(struct pane *p, int step)
{
	struct threads *t = p->state;
	size_t n = t->rows.len;

	for (size_t k = step ? 1 : 0; p->view->search && k <= n && n; k++) {
		size_t i = step < 0 ? (t->scroll.at + n - k % n) % n : (t->scroll.at + k) % n;

		if (row_matches(t, p->view, i))
			return go_to(p, i);
	}
	return UI_NONE;
}

static void threads_copy(struct pane *p, struct pst_buf *out)
{
	struct threads *t = p->state;
	const struct threads_row *r = chosen_row(t);

	if (!r)
		return;
	pst_buf_adds(out, threads_text(t, r->name));
	if (r->tid > 0)
		pst_buf_addf(out, " %lld", (long long)r->tid);
	pst_buf_addf(out, " %s", threads_text(t, r->func));
	if (*threads_text(t, r->place))
		pst_buf_addf(out, " (%s)", threads_text(t, r->place));
}

const struct pane_ops pane_threads = {
	.title = N_("Threads"),
	.state_size = sizeof(struct threads),
	.update = threads_update,
	.draw = threads_draw,
	.command = threads_command,
	.mouse = threads_mouse,
	.search = threads_search,
	.copy = threads_copy,
	.show = threads_show,
	.release = threads_release,
};
