// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/priv.h"

#include "base/alloc.h"

#include <stdlib.h>

struct ask {
	const struct pst_model *m;
	const struct pst_table_query *q;
	struct pst_sieve sieve;
	struct pst_shape shape;
	size_t len;	  /* of numbers of rows, with 0, that there is not */
	uint32_t *row_of; /* by function; NULL: its id, or that of the frame */
	uint32_t *first;  /* by row: a function in it; 0: none; NULL as above */
	const uint8_t *outer;
};

/* The rows of one span, and what a ns is worth. */
struct spent {
	struct pst_rows rows;
	double percent;
};

/* ---- rows -------------------------------------------------------------------------------- */

/* Which row function FUNC belongs to: by number of the string of its file, by its module. */
static uint32_t row_of_func(const struct ask *a, uint32_t func)
{
	const struct pst_def_func *f = &a->m->defs.funcs.at[func - 1];

	return a->q->table.group == PST_GROUP_FILE ? f->file + 1 : f->module;
}

static void group_functions(struct ask *a)
{
	const struct pst_defs *d = &a->m->defs;
	bool files = a->q->table.group == PST_GROUP_FILE;

	a->len = (files ? d->strings.len + 1 : d->modules.len) + 1;
	a->row_of = pst_calloc(d->funcs.len + 1, sizeof *a->row_of);
	a->first = pst_calloc(a->len, sizeof *a->first);
	for (size_t i = d->funcs.len; i > 0; i--) {
		a->row_of[i] = row_of_func(a, (uint32_t)i);
		a->first[a->row_of[i]] = (uint32_t)i;
	}
}

static void begin(struct ask *a)
{
	const struct pst_model *m = a->m;
	enum pst_group group = a->q->table.group;
	bool lines = group == PST_GROUP_LINE, my_code = a->q->filter.my_code;

	a->sieve = pst_sieve_make(m, &a->q->filter);
	a->shape = pst_model_shape(m, lines, my_code);
	if (group == PST_GROUP_FILE || group == PST_GROUP_MODULE)
		group_functions(a);
	else
		a->len = (lines ? m->defs.frames.len : m->defs.funcs.len) + 1;
	a->outer = pst_model_outer(m, &a->shape, group, my_code,
				   &(struct pst_rows){.of = a->row_of, .len = a->len});
}

static void end(struct ask *a)
{
	pst_sieve_free(&a->sieve);
	free(a->row_of);
	free(a->first);
}

static void spend(const struct ask *a, const struct pst_source *src, struct spent *out)
{
	uint64_t wall = pst_source_wall(a->m, src, a->q->filter.process);

	out->rows = (struct pst_rows){.of = a->row_of, .len = a->len};
	out->rows.at = pst_calloc(a->len, sizeof *out->rows.at);
	uint64_t counted = pst_spend(&a->sieve, src, &a->shape, a->outer, &out->rows);
	if (a->q->table.normalised && counted > wall)
		wall = counted;
	out->percent = wall ? 100.0 / (double)wall : 0.0;
}

static void name_row(const struct ask *a, uint32_t number, struct pst_row *row)
{
	const struct pst_defs *d = &a->m->defs;
	uint32_t id = a->first ? a->first[number] : number;
	uint32_t func = a->shape.lines ? d->frames.at[id - 1].func : id;

	row->id = id;
	row->name = pst_defs_func_name(d, func);
	row->file = pst_defs_func_file(d, func);
	row->full_file = pst_defs_text(d, d->funcs.at[func - 1].file);
	row->line = a->shape.lines ? d->frames.at[id - 1].line : d->funcs.at[func - 1].first_line;
	if (!a->first)
		return;
	row->line = 0;
	row->name = a->q->table.group == PST_GROUP_FILE
			    ? row->file
			    : pst_defs_module(d, d->funcs.at[func - 1].module);
}

/* Shares are of WINDOW, less those of BASE if there is one; seconds are of ALL. */
static void list_rows(const struct ask *a, const struct spent *all, const struct spent *window,
		      const struct spent *base, struct pst_table *out)
{
	static const struct pst_spent none;

	out->len = 0;
	for (size_t i = 1; i < a->len; i++) {
		const struct pst_spent *w = &window->rows.at[i];
		const struct pst_spent *b = base ? &base->rows.at[i] : &none;
		double less = base ? base->percent : 0;
		if (!all->rows.at[i].total && !b->total)
			continue;
		struct pst_row *row = PST_VEC_PUSH(out);
		name_row(a, (uint32_t)i, row);
		row->own_percent = (double)w->own * window->percent - (double)b->own * less;
		row->total_percent = (double)w->total * window->percent - (double)b->total * less;
		row->gil_percent = (double)w->gil * window->percent - (double)b->gil * less;
		row->own_seconds = (double)all->rows.at[i].own / 1e9;
		row->total_seconds = (double)all->rows.at[i].total / 1e9;
	}
}

/* ---- queries ----------------------------------------------------------------------------- */

static bool is_live(const struct pst_table_query *q)
{
	return !q->span.from_ns && !q->span.to_ns;
}

static void live(const struct ask *a, struct pst_table *out)
{
	struct pst_source src = {.all = true};
	struct spent all, window;

	spend(a, &src, &all);
	src = pst_source_window(a->m);
	if (src.all) {
		list_rows(a, &all, &all, NULL, out);
	} else {
		spend(a, &src, &window);
		list_rows(a, &all, &window, NULL, out);
		free(window.rows.at);
	}
	free(all.rows.at);
}

static void of_span(const struct ask *a, struct pst_table *out)
{
	struct pst_source src = pst_source_of(a->m, &a->q->span);
	struct spent span, base = {0};

	spend(a, &src, &span);
	if (a->q->diff) {
		src = pst_source_of(a->m, &a->q->base);
		spend(a, &src, &base);
	}
	list_rows(a, &span, &span, a->q->diff ? &base : NULL, out);
	free(span.rows.at);
	free(base.rows.at);
}

/* What is counted anyway, sample by sample. */
static bool is_usual(const struct pst_model *m, const struct pst_table_query *q)
{
	const struct pst_filter *f = &q->filter;

	if (f->process && (f->process != 1 || m->processes.len != 1))
		return false;
	return is_live(q) && !q->diff && !q->whole && !f->my_code && !f->threads && !f->funcs &&
	       (q->table.group == PST_GROUP_FUNCTION || q->table.group == PST_GROUP_LINE);
}

void pst_model_query(const struct pst_model *m, const struct pst_table_query *q,
		     struct pst_table *out)
{
	struct ask a = {.m = m, .q = q};

	pst_model_settle(m);
	if (is_usual(m, q)) {
		pst_table_usual(m, q, out);
		return;
	}
	begin(&a);
	if (is_live(q) && !q->diff && !q->whole)
		live(&a, out);
	else
		of_span(&a, out);
	end(&a);
	pst_table_sort(out, &q->table);
}

void pst_model_table(const struct pst_model *m, const struct pst_table_options *opt,
		     struct pst_table *out)
{
	const struct pst_table_query q = {
		.table = *opt,
		.filter = {.idle = opt->idle, .gil_only = opt->gil_only},
	};

	pst_model_query(m, &q, out);
}
