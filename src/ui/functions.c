// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/functions.h"

#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "ui/find.h"
#include "ui/format.h"

/* The functions, one row each, with their shares: the first screen. */

/* ---- fetching ---- */

static void find_selected(struct functions *t)
{
	for (size_t i = 0; i < t->table.len; i++) {
		if (t->table.at[i].id == t->id) {
			t->selected = i;
			return;
		}
	}
	t->follow = false; /* reset: its row is gone */
}

static void remember(struct functions *t)
{
	if (t->selected >= t->table.len)
		t->selected = t->table.len ? t->table.len - 1 : 0;
	t->id = t->table.len ? t->table.at[t->selected].id : 0;
}

static void functions_update(struct pane *p, const struct pst_model *m)
{
	struct functions *t = p->state;
	struct pst_summary s;

	pst_model_summary(m, &s);
	t->threads = s.threads;
	t->any_tick = s.ticks > 0;
	if (t->group != p->view->table.group)
		t->follow = false; /* ids of the other kind */
	functions_fetch(t, p->view, m);
	if (t->follow)
		find_selected(t);
	if (!t->follow)
		t->selected = t->first = 0;
	remember(t);
	t->func = t->id;
	if (t->group == PST_GROUP_LINE && t->id) {
		int line;

		t->func = pst_model_frame_func(m, t->id, &line);
	}
}

static void functions_release(struct pane *p)
{
	functions_rows_free(p->state);
}

/* ---- commands ---- */

static enum ui_effect select_row(struct functions *t, size_t row)
{
	t->selected = row;
	t->follow = true;
	remember(t);
	return UI_UPDATE;
}

static enum ui_effect move(struct functions *t, long by)
{
	size_t last = t->table.len ? t->table.len - 1 : 0;

	if (by < 0 && (size_t)-by > t->selected)
		return select_row(t, 0);
	if (by > 0 && (size_t)by > last - t->selected)
		return select_row(t, last);
	return select_row(t, (size_t)((long)t->selected + by));
}

static enum ui_effect sort_by(struct ui_view *view, enum pst_sort sort)
{
	view->table.sort = sort;
	view->table.ascending = sort == PST_SORT_NAME;
	return UI_UPDATE;
}

/* The columns of numbers that are shown, then the name. */
static enum ui_effect sort_step(struct pane *p, int step)
{
	const struct functions *t = p->state;
	struct functions_layout l;
	int at = 0, n = COLUMN_NUMBERS + 1;

	functions_layout(&l, p->view->columns, t->cols);
	while (at < COLUMN_NUMBERS &&
	       functions_column((enum functions_column)at)->sort != p->view->table.sort)
		at++;
	do {
		at = (at + step + n) % n;
	} while (at < COLUMN_NUMBERS && l.col[at] < 0);
	return sort_by(p->view, at < COLUMN_NUMBERS
					? functions_column((enum functions_column)at)->sort
					: PST_SORT_NAME);
}

static enum ui_effect go(struct pane *p, enum ui_pane_id to)
{
	struct functions *t = p->state;

	if (!t->func)
		return ui_say(p->view, "%s", _("There is no function to go to yet."));
	t->follow = true;
	p->view->func = t->func;
	p->view->around = to == PANE_FLAME;
	p->view->go = to;
	return UI_GO;
}

static enum ui_effect other_command(struct pane *p, enum ui_cmd cmd)
{
	switch (cmd) {
	case UI_CMD_SORT_NEXT:
		return sort_step(p, 1);
	case UI_CMD_SORT_PREVIOUS:
		return sort_step(p, -1);
	case UI_CMD_SORT_REVERSE:
		p->view->table.ascending = !p->view->table.ascending;
		return UI_UPDATE;
	case UI_CMD_NORMALISED:
		p->view->table.normalised = !p->view->table.normalised;
		return UI_LAYOUT;
	case UI_CMD_ENTER:
	case UI_CMD_SHOW_CALLS:
		return go(p, PANE_CALLS);
	case UI_CMD_TO_FLAME:
		return go(p, PANE_FLAME);
	case UI_CMD_TO_THREADS:
		return go(p, PANE_THREADS);
	default:
		return UI_NONE;
	}
}

static enum ui_effect functions_command(struct pane *p, enum ui_cmd cmd)
{
	struct functions *t = p->state;
	long page = t->page > 1 ? t->page : 1;

	switch (cmd) {
	case UI_CMD_UP:
		return move(t, -1);
	case UI_CMD_DOWN:
		return move(t, 1);
	case UI_CMD_PAGE_UP:
		return move(t, -page);
	case UI_CMD_PAGE_DOWN:
		return move(t, page);
	case UI_CMD_FIRST:
		t->follow = false;
		return UI_UPDATE;
	case UI_CMD_LAST:
		return move(t, (long)t->table.len);
	default:
		return other_command(p, cmd);
	}
}

/* ---- mouse, search, clipboard ---- */

static enum ui_effect click_title(struct pane *p, int col)
{
	const struct functions *t = p->state;
	struct functions_layout l;
	enum pst_sort sort = PST_SORT_NAME;

	functions_layout(&l, p->view->columns, t->cols);
	for (int i = 0; i < COLUMN_NUMBERS; i++) {
		const struct functions_column_info *c = functions_column((enum functions_column)i);

		if (l.col[i] >= 0 && col >= l.col[i] && col <= l.col[i] + c->cells)
			sort = c->sort;
	}
	if (sort != p->view->table.sort)
		return sort_by(p->view, sort);
	p->view->table.ascending = !p->view->table.ascending;
	return UI_UPDATE;
}

static enum ui_effect functions_mouse(struct pane *p, const struct ui_mouse *m)
{
	struct functions *t = p->state;
	size_t row = t->first + (size_t)(m->row > 0 ? m->row - 1 : 0);

	switch (m->kind) {
	case MOUSE_WHEEL_UP:
		return move(t, -3);
	case MOUSE_WHEEL_DOWN:
		return move(t, 3);
	case MOUSE_CLICK:
		if (m->row == 0)
			return click_title(p, m->col);
		return row < t->table.len ? select_row(t, row) : UI_NONE;
	case MOUSE_DOUBLE:
		if (m->row == 0)
			return click_title(p, m->col);
		return row < t->table.len && row == t->selected ? go(p, PANE_CALLS) : UI_NONE;
	default:
		return UI_NONE;
	}
}

static enum ui_effect functions_search(struct pane *p, int step)
{
	struct functions *t = p->state;
	size_t n = t->table.len, at = t->selected;

	if (!p->view->search)
		return UI_NONE;
	for (size_t i = step ? 1 : 0; i <= n && n; i++) {
		size_t row = step < 0 ? (at + n - i % n) % n : (at + i) % n;

		if (ui_find_func(p->view->search, t->table.at[row].name, t->table.at[row].file))
			return select_row(t, row);
	}
	return UI_NONE;
}

static void functions_copy(struct pane *p, struct pst_buf *out)
{
	const struct functions *t = p->state;
	const struct pst_row *r;

	if (t->selected >= t->table.len)
		return;
	r = &t->table.at[t->selected];
	pst_buf_addf(out, "%s (%s", r->name,
		     r->full_file && *r->full_file ? r->full_file : r->file);
	pst_buf_addf(out, r->line > 0 ? ":%d)" : ")", r->line);
}

const struct pane_ops pane_functions = {
	.title = N_("Functions"),
	.state_size = sizeof(struct functions),
	.update = functions_update,
	.draw = functions_draw,
	.command = functions_command,
	.mouse = functions_mouse,
	.search = functions_search,
	.copy = functions_copy,
	.release = functions_release,
};
