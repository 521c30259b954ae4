// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/icicle.h"

#include <stdlib.h>

#include "base/vec.h"

static double part_of(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

double calls_share(const struct pst_calls *c, uint32_t node, int side)
{
	return c->len ? part_of(c->at[node].total[side], c->at[0].total[side]) : 0;
}

double calls_own_share(const struct pst_calls *c, uint32_t node, int side)
{
	return c->len ? part_of(c->at[node].own[side], c->at[0].total[side]) : 0;
}

/* The state of one layout. */
struct lay {
	struct icicle *out;
	const struct pst_calls *c;
	const struct icicle_options *opt;
	double scale; /* eighths for a weight of 1 */
	double least; /* weight */
};

static double weight(const struct lay *l, uint32_t node)
{
	if (!l->opt->diff)
		return (double)l->c->at[node].total[0];
	return (calls_share(l->c, node, 0) + calls_share(l->c, node, 1)) / 2;
}

static void begin_row(struct icicle *out)
{
	pst_vec_grow((void **)&out->rows, &out->rows_cap, out->nrows + 2, sizeof *out->rows);
	out->rows[out->nrows++] = out->len;
}

static bool add(struct lay *l, uint32_t node, size_t parent, double start, double size, bool rest)
{
	struct icicle *out = l->out;
	int from = (int)(start * l->scale + 0.5), to = (int)((start + size) * l->scale + 0.5);

	/* Sums of a hostile tree may be more than the whole. */
	to = to > out->width ? out->width : to;
	if (to <= from)
		return false;
	struct icicle_box *box = PST_VEC_PUSH(out);

	*box = (struct icicle_box){.start = start,
				   .node = node,
				   .parent = (uint32_t)parent,
				   .row = (int)out->nrows - 1,
				   .from = from,
				   .to = to,
				   .rest = rest};
	return true;
}

/*
 * Children come by falling total: behind the first that is too narrow all are, but for the one that
 * stands for the rest, and what they sum to need not be asked.  With a difference the order says
 * nothing.
 */
static void add_children(struct lay *l, size_t parent)
{
	const struct icicle_box of = l->out->at[parent];
	const struct pst_calls_node *n = &l->c->at[of.node];
	double start = of.start, rest = 0, all = (double)n->total[0] - (double)n->own[0];

	for (uint32_t child = n->child; child; child = l->c->at[child].next) {
		double size = weight(l, child);

		if (l->c->at[child].func && size >= l->least) {
			add(l, child, parent, start, size, false);
			start += size;
		} else if (l->opt->diff) {
			rest += size;
		} else if (l->c->at[child].func) {
			break;
		}
	}
	if (!l->opt->diff)
		rest = all - (start - of.start);
	if (rest >= l->least)
		add(l, of.node, parent, start, rest, true);
}

/* From the root of all to the node that is zoomed into: one box a row. */
static void add_way(struct lay *l)
{
	PST_VEC(uint32_t) way = {0};

	for (uint32_t n = l->opt->zoom; n && way.len < ICICLE_ROWS_MAX; n = l->c->at[n].parent)
		*PST_VEC_PUSH(&way) = n;
	*PST_VEC_PUSH(&way) = 0;
	for (size_t i = way.len; i-- > 0;) {
		begin_row(l->out);
		add(l, way.at[i], l->out->len ? l->out->len - 1 : 0, 0, weight(l, l->opt->zoom),
		    false);
	}
	PST_VEC_FREE(&way);
}

static void add_rows(struct lay *l)
{
	struct icicle *out = l->out;

	while (out->nrows < ICICLE_ROWS_MAX) {
		size_t from = out->rows[out->nrows - 1], to = out->len;

		begin_row(out);
		for (size_t box = from; box < to; box++) {
			if (!out->at[box].rest)
				add_children(l, box);
		}
		if (out->len == to) {
			out->nrows--;
			return;
		}
	}
}

void icicle_lay(struct icicle *out, const struct pst_calls *c, const struct icicle_options *opt)
{
	struct lay l = {.out = out, .c = c, .opt = opt};

	out->len = out->nrows = 0;
	out->width = opt->cols > 0 ? opt->cols * ICICLE_UNIT : 0;
	if (c->len && out->width && weight(&l, opt->zoom) > 0) {
		l.scale = out->width / weight(&l, opt->zoom);
		l.least = (opt->least > 0 ? opt->least : 1) / l.scale;
		add_way(&l);
		add_rows(&l);
	} else {
		begin_row(out);
		out->nrows = 0;
	}
	out->rows[out->nrows] = out->len;
}

void icicle_free(struct icicle *i)
{
	PST_VEC_FREE(i);
	free(i->rows);
	*i = (struct icicle){0};
}

/* ---- finding ---- */

size_t icicle_at(const struct icicle *i, int row, int x)
{
	size_t low, high;

	if (row < 0 || (size_t)row >= i->nrows)
		return ICICLE_NONE;
	low = i->rows[row];
	high = i->rows[row + 1];
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (x < i->at[middle].from)
			high = middle;
		else if (x >= i->at[middle].to)
			low = middle + 1;
		else
			return middle;
	}
	return ICICLE_NONE;
}

size_t icicle_of(const struct icicle *i, uint32_t node, bool rest)
{
	for (size_t box = 0; box < i->len; box++) {
		if (i->at[box].node == node && i->at[box].rest == rest)
			return box;
	}
	return ICICLE_NONE;
}

/* How far X is from the box; 0: in it. */
static int distance(const struct icicle_box *box, int x)
{
	return x < box->from ? box->from - x : x >= box->to ? x - box->to + 1 : 0;
}

size_t icicle_child(const struct icicle *i, size_t box, int x)
{
	size_t best = ICICLE_NONE, row;

	if (box >= i->len)
		return ICICLE_NONE;
	row = (size_t)i->at[box].row + 1;
	if (row >= i->nrows)
		return ICICLE_NONE;
	for (size_t k = i->rows[row]; k < i->rows[row + 1]; k++) {
		if (i->at[k].parent != box)
			continue;
		if (best == ICICLE_NONE || distance(&i->at[k], x) < distance(&i->at[best], x))
			best = k;
	}
	return best;
}

size_t icicle_beside(const struct icicle *i, size_t box, int step)
{
	if (box >= i->len)
		return ICICLE_NONE;
	if (step < 0)
		return box > i->rows[i->at[box].row] ? box - 1 : ICICLE_NONE;
	return box + 1 < i->rows[i->at[box].row + 1] ? box + 1 : ICICLE_NONE;
}
