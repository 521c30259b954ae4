// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/priv.h"

#include <stdlib.h>
#include <string.h>

/* ---- order ------------------------------------------------------------------------------- */

static int text_order(const char *a, const char *b)
{
	return a == b ? 0 : strcmp(a, b);
}

static int number_order(double a, double b)
{
	return (a > b) - (a < b);
}

static int by_name(const void *a, const void *b)
{
	const struct pst_row *x = a, *y = b;
	int order = text_order(x->name, y->name);

	if (!order)
		order = text_order(x->file, y->file);
	if (!order)
		order = text_order(x->full_file, y->full_file);
	if (!order)
		order = (x->line > y->line) - (x->line < y->line);
	return order ? order : (x->id > y->id) - (x->id < y->id);
}

static int ties(const struct pst_row *x, const struct pst_row *y)
{
	int order = number_order(y->total_percent, x->total_percent);

	if (!order)
		order = number_order(y->total_seconds, x->total_seconds);
	return order ? order : by_name(x, y);
}

#define PST_ORDER(field)                                                                           \
	static int field##_down(const void *a, const void *b)                                      \
	{                                                                                          \
		const struct pst_row *x = a, *y = b;                                               \
		int order = number_order(y->field, x->field);                                      \
		return order ? order : ties(x, y);                                                 \
	}                                                                                          \
	static int field##_up(const void *a, const void *b)                                        \
	{                                                                                          \
		const struct pst_row *x = a, *y = b;                                               \
		int order = number_order(x->field, y->field);                                      \
		return order ? order : ties(x, y);                                                 \
	}

PST_ORDER(own_percent)
PST_ORDER(total_percent)
PST_ORDER(gil_percent)
PST_ORDER(own_seconds)
PST_ORDER(total_seconds)

static int by_name_down(const void *a, const void *b)
{
	return by_name(b, a);
}

typedef int order_fn(const void *a, const void *b);

static order_fn *const orders[][2] = {
	[PST_SORT_OWN_PERCENT] = {own_percent_down, own_percent_up},
	[PST_SORT_TOTAL_PERCENT] = {total_percent_down, total_percent_up},
	[PST_SORT_GIL_PERCENT] = {gil_percent_down, gil_percent_up},
	[PST_SORT_OWN] = {own_seconds_down, own_seconds_up},
	[PST_SORT_TOTAL] = {total_seconds_down, total_seconds_up},
	[PST_SORT_NAME] = {by_name_down, by_name},
};

/* ---- rows -------------------------------------------------------------------------------- */

void pst_table_sort(struct pst_table *t, const struct pst_table_options *opt)
{
	if (t->len)
		qsort(t->at, t->len, sizeof *t->at, orders[opt->sort][opt->ascending]);
}

struct view {
	const struct pst_model *m;
	const struct pst_table_query *q;
	double percent; /* what one ns of the window is worth */
};

static uint64_t sum(const struct pst_table_query *q, const uint64_t *by_class)
{
	uint64_t ns = 0;

	for (unsigned k = 0; k < PST_CLASSES; k++)
		if ((q->filter.idle || !(k & PST_CLASS_IDLE)) &&
		    (!q->filter.gil_only || k & PST_CLASS_GIL))
			ns += by_class[k];
	return ns;
}

static double window_percent(const struct pst_model *m, const struct pst_table_query *q)
{
	uint64_t wall = pst_model_window_ns(m);

	if (q->table.normalised) {
		uint64_t counted = sum(q, m->rolled ? m->counted_shown : m->counted_now);
		wall = counted > wall ? counted : wall;
	}
	return wall ? 100.0 / (double)wall : 0.0;
}

static void name_row(const struct view *v, uint32_t id, struct pst_row *row)
{
	const struct pst_defs *d = &v->m->defs;
	bool lines = v->q->table.group == PST_GROUP_LINE;
	uint32_t func = lines ? d->frames.at[id - 1].func : id;
	const struct pst_def_func *f = &d->funcs.at[func - 1];

	row->id = id;
	row->name = pst_defs_func_name(d, func);
	row->full_file = pst_defs_text(d, f->file);
	row->file = pst_defs_func_file(d, func);
	row->line = lines ? d->frames.at[id - 1].line : f->first_line;
}

static void make_row(const struct view *v, const struct pst_count *n, struct pst_row *row)
{
	const struct pst_tally *window = v->m->rolled ? &n->shown : &n->now;
	uint64_t gil = window->own[PST_CLASS_GIL] + window->own[PST_CLASS_GIL | PST_CLASS_IDLE];

	name_row(v, n->id, row);
	row->own_percent = (double)sum(v->q, window->own) * v->percent;
	row->total_percent = (double)sum(v->q, window->total) * v->percent;
	row->gil_percent = (double)gil * v->percent;
	row->own_seconds = (double)sum(v->q, n->all.own) / 1e9;
	row->total_seconds = (double)sum(v->q, n->all.total) / 1e9;
}

void pst_table_usual(const struct pst_model *m, const struct pst_table_query *q,
		     struct pst_table *out)
{
	struct view v = {.m = m, .q = q, .percent = window_percent(m, q)};

	pst_model_count(m);
	const struct pst_group_counts *group = &m->counts->groups[q->table.group];
	out->len = 0;
	PST_VEC_RESERVE(out, group->counts.len);
	for (size_t i = 0; i < group->counts.len; i++) {
		const struct pst_count *n = &group->counts.at[i];
		/* Seen, but in no sample that the filters let through. */
		if (!sum(q, n->all.total))
			continue;
		make_row(&v, n, &out->at[out->len++]);
	}
	pst_table_sort(out, &q->table);
}

void pst_table_free(struct pst_table *t)
{
	PST_VEC_FREE(t);
}
