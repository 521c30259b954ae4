// SPDX-License-Identifier: MIT
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "ui/functions.h"

/* What the model says for the table of functions, and how it was in the window before. */

/* Ids are dense; more than this many are not judged. */
enum { IDS_MAX = 1 << 22 };
/* A change of less than so many points, or of less than a tenth, is none. */
static const double points = 0.5, part = 0.1;

static double judged(const struct functions *t, const struct pst_row *r)
{
	switch (t->judged) {
	case PST_SORT_TOTAL_PERCENT:
		return r->total_percent;
	case PST_SORT_GIL_PERCENT:
		return r->gil_percent;
	default:
		return r->own_percent;
	}
}

static void reserve(struct functions_window *w, size_t len)
{
	if (len <= w->len)
		return;
	len = len < w->len * 2 ? w->len * 2 : len;
	w->at = pst_realloc(w->at, len, sizeof *w->at);
	for (size_t i = w->len; i < len; i++)
		w->at[i] = NAN;
	w->len = len;
}

static void fill(struct functions *t)
{
	for (size_t i = 0; i < t->now.len; i++)
		t->now.at[i] = NAN;
	for (size_t i = 0; i < t->table.len; i++) {
		const struct pst_row *r = &t->table.at[i];

		if (!r->id || r->id > IDS_MAX)
			continue;
		reserve(&t->now, r->id);
		t->now.at[r->id - 1] = (float)judged(t, r);
	}
}

/* What percentages are about changed: there is no window before. */
static bool is_other(struct functions *t, const struct ui_view *v)
{
	enum pst_sort by =
		v->table.sort == PST_SORT_TOTAL_PERCENT || v->table.sort == PST_SORT_GIL_PERCENT
			? v->table.sort
			: PST_SORT_OWN_PERCENT;
	bool other = by != t->judged || v->table.group != t->group || v->counted != t->counted;

	t->judged = by;
	t->counted = v->counted;
	return other;
}

static void keep_windows(struct functions *t, const struct ui_view *v, bool other)
{
	if (other || v->windows < t->window)
		t->window = t->before_number = 0;
	if (t->window == v->windows && t->window)
		return;
	if (t->window) {
		struct functions_window swap = t->before;

		t->before = t->now;
		t->now = swap;
		t->before_number = t->window;
	}
	t->window = v->windows;
	fill(t);
}

enum functions_mark functions_trend(const struct functions *t, const struct pst_row *r)
{
	double was, is = judged(t, r), change;

	if (!t->before_number || !r->id)
		return TREND_UNKNOWN;
	was = r->id <= t->before.len ? (double)t->before.at[r->id - 1] : NAN;
	if (isnan(was))
		was = 0;
	change = is - was;
	if (fabs(change) < points || fabs(change) < part * was)
		return is > 0 || was > 0 ? TREND_SAME : TREND_UNKNOWN;
	return change > 0 ? TREND_UP : TREND_DOWN;
}

void functions_fetch(struct functions *t, const struct ui_view *v, const struct pst_model *m)
{
	struct pst_table_query q = {.table = v->table,
				    .filter = v->filter,
				    .span = v->span,
				    .base = v->base,
				    .diff = v->diff,
				    .whole = v->window == UI_WINDOW_ALL};
	bool other = is_other(t, v);

	t->group = v->table.group;
	pst_model_query(m, &q, &t->table);
	keep_windows(t, v, other);
}

void functions_rows_free(struct functions *t)
{
	pst_table_free(&t->table);
	free(t->now.at);
	free(t->before.at);
}
