// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/functions.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

void pst_stacks_walk(const struct pst_stacks *s,
		     void (*visit)(void *ctx, uint32_t node, bool leaving), void *ctx)
{
	uint32_t at = s->nodes.at[0].child;

	while (at) {
		visit(ctx, at, false);
		if (s->nodes.at[at].child) {
			at = s->nodes.at[at].child;
			continue;
		}
		visit(ctx, at, true);
		while (at && !s->nodes.at[at].next) {
			at = s->nodes.at[at].parent;
			if (at)
				visit(ctx, at, true);
		}
		if (at)
			at = s->nodes.at[at].next;
	}
}

static int same_function(const struct pst_label *a, const struct pst_label *b)
{
	int order = strcmp(a->name, b->name);

	if (!order)
		order = strcmp(a->full_file, b->full_file);
	return order ? order : (a->first_line > b->first_line) - (a->first_line < b->first_line);
}

static _Thread_local const struct pst_label *labels_here; /* for qsort() */

static int by_function(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int order = same_function(&labels_here[x], &labels_here[y]);

	return order ? order : (x > y) - (x < y);
}

static void group_labels(const struct pst_stacks *s, struct pst_functions *out)
{
	size_t n = s->labels.len;
	uint32_t *order = pst_calloc(n, sizeof *order);
	const struct pst_label *last = NULL;

	PST_VEC_RESERVE(&out->of_label, n);
	out->of_label.len = n;
	for (size_t i = 0; i < n; i++)
		order[i] = (uint32_t)i;
	labels_here = s->labels.at;
	qsort(order, n, sizeof *order, by_function);
	for (size_t i = 0; i < n; i++) {
		const struct pst_label *l = &s->labels.at[order[i]];
		out->of_label.at[order[i]] = UINT32_MAX;
		if (l->kind != PST_LABEL_FRAME)
			continue;
		if (!last || same_function(last, l))
			PST_VEC_PUSH(&out->at)->label = order[i];
		last = l;
		out->of_label.at[order[i]] = (uint32_t)out->at.len - 1;
	}
	free(order);
}

struct counting {
	const struct pst_stacks *s;
	struct pst_functions *out;
	uint32_t *onpath;
};

static void count(void *ctx, uint32_t node, bool leaving)
{
	struct counting *c = ctx;
	const struct pst_stack_node *n = &c->s->nodes.at[node];
	uint32_t at = c->out->of_label.at[n->label];

	if (at == UINT32_MAX)
		return;
	struct pst_function *f = &c->out->at.at[at];
	if (leaving) {
		c->onpath[at]--;
		return;
	}
	f->own.samples += n->own.samples;
	f->own.ns += n->own.ns;
	f->own_gil += n->own_gil;
	f->base_own += n->base_own;
	if (c->onpath[at]++)
		return;
	f->total.samples += n->total.samples;
	f->total.ns += n->total.ns;
	f->base_total += n->base_ns;
}

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_cost(const void *a, const void *b)
{
	const struct pst_function *x = a, *y = b;
	int order = compare(y->own.ns, x->own.ns);

	if (!order)
		order = compare(y->total.ns, x->total.ns);
	return order ? order : same_function(&labels_here[x->label], &labels_here[y->label]);
}

void pst_functions_build(const struct pst_stacks *s, struct pst_functions *out)
{
	struct counting c = {.s = s, .out = out};

	*out = (struct pst_functions){0};
	group_labels(s, out);
	c.onpath = pst_calloc(out->at.len + 1, sizeof *c.onpath);
	pst_stacks_walk(s, count, &c);
	free(c.onpath);
	if (!out->at.len)
		return;
	uint32_t *moved = pst_calloc(s->labels.len, sizeof *moved);
	labels_here = s->labels.at;
	for (size_t i = 0; i < s->labels.len; i++)
		moved[i] = out->of_label.at[i] == UINT32_MAX
				   ? 0
				   : out->at.at[out->of_label.at[i]].label;
	qsort(out->at.at, out->at.len, sizeof *out->at.at, by_cost);
	uint32_t *place = pst_calloc(s->labels.len, sizeof *place);
	for (size_t i = 0; i < out->at.len; i++)
		place[out->at.at[i].label] = (uint32_t)i;
	for (size_t i = 0; i < s->labels.len; i++)
		if (out->of_label.at[i] != UINT32_MAX)
			out->of_label.at[i] = place[moved[i]];
	free(moved);
	free(place);
}

void pst_functions_free(struct pst_functions *f)
{
	PST_VEC_FREE(&f->at);
	PST_VEC_FREE(&f->of_label);
}
