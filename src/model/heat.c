// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/priv.h"

#include "base/alloc.h"

#include <stdlib.h>

struct heat {
	PST_VEC(int) lines; /* that the function has frames at, in order; row number - 1 */
	uint32_t *row_of;
	struct pst_rows rows;
};

static int by_number(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

static void list_lines(struct heat *h, const struct pst_defs *d, uint32_t func)
{
	size_t n = 0;

	for (size_t i = 0; i < d->frames.len; i++)
		if (d->frames.at[i].func == func)
			*PST_VEC_PUSH(&h->lines) = d->frames.at[i].line;
	if (h->lines.len)
		qsort(h->lines.at, h->lines.len, sizeof *h->lines.at, by_number);
	for (size_t i = 0; i < h->lines.len; i++)
		if (!n || h->lines.at[n - 1] != h->lines.at[i])
			h->lines.at[n++] = h->lines.at[i];
	h->lines.len = n;
}

/* Frames of other functions are in row 0, which nobody looks at. */
static void make_rows(struct heat *h, const struct pst_defs *d, uint32_t func)
{
	h->row_of = pst_calloc(d->frames.len + 1, sizeof *h->row_of);
	h->rows = (struct pst_rows){.of = h->row_of, .len = h->lines.len + 1};
	h->rows.at = pst_calloc(h->rows.len, sizeof *h->rows.at);
	for (size_t i = 0; i < d->frames.len; i++) {
		const struct pst_def_frame *f = &d->frames.at[i];
		if (f->func != func)
			continue;
		const int *line =
			bsearch(&f->line, h->lines.at, h->lines.len, sizeof *line, by_number);
		h->row_of[i + 1] = (uint32_t)(line - h->lines.at) + 1;
	}
}

static void spend(struct heat *h, const struct pst_model *m, const struct pst_span_ns *span,
		  const struct pst_filter *filter)
{
	struct pst_sieve sieve = pst_sieve_make(m, filter);
	struct pst_source src = pst_source_of(m, span);
	struct pst_shape shape = pst_model_shape(m, true, filter->my_code);

	/* By frame: lines of this function have one each. */
	const uint8_t *outer = pst_model_outer(m, &shape, PST_GROUP_LINE, filter->my_code,
					       &(struct pst_rows){.len = m->defs.frames.len + 1});
	pst_spend(&sieve, &src, &shape, outer, &h->rows);
	pst_sieve_free(&sieve);
}

static size_t report(const struct heat *h, struct pst_line_heat *out, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < h->lines.len; i++) {
		const struct pst_spent *row = &h->rows.at[i + 1];
		if (!row->total)
			continue;
		if (n++ < cap)
			out[n - 1] = (struct pst_line_heat){h->lines.at[i], row->own, row->total};
	}
	return n;
}

size_t pst_model_line_heat(const struct pst_model *m, uint32_t func, const struct pst_span_ns *span,
			   const struct pst_filter *filter, struct pst_line_heat *out, size_t cap)
{
	struct heat h = {0};

	pst_model_settle(m);
	list_lines(&h, &m->defs, func);
	make_rows(&h, &m->defs, func);
	spend(&h, m, span, filter);
	size_t n = report(&h, out, cap);
	PST_VEC_FREE(&h.lines);
	free(h.row_of);
	free(h.rows.at);
	return n;
}
