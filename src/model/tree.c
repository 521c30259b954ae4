// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/priv.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

struct kid { /* a node with samples, and what it is sorted by */
	uint32_t parent, node;
	struct pst_node what;
};

struct kids { /* of one node: those from NEXT on are still to be visited */
	size_t next;
	uint32_t parent;
};

struct build {
	const struct pst_model *m;
	const struct pst_tree_options *opt;
	uint64_t *own, *total; /* samples by node id */
	size_t nodes;
	PST_VEC(struct kid) kids;
	PST_VEC(struct kids) path;
};

void pst_model_node(const struct pst_model *m, uint32_t node, struct pst_node *out)
{
	const struct pst_defs *d = &m->defs;
	const struct pst_def_frame *frame = &d->frames.at[d->nodes.at[node - 1].frame - 1];

	*out = (struct pst_node){
		.name = pst_defs_func_name(d, frame->func),
		.file = pst_defs_func_file(d, frame->func),
		.full_file = pst_defs_text(d, d->funcs.at[frame->func - 1].file),
		.line = frame->line,
	};
}

static void count_own(struct build *b)
{
	const struct pst_totals *t = &b->m->history->totals;

	for (size_t i = 0; i < t->at.len; i++) {
		unsigned class = PST_WHO_CLASS(t->at.at[i].who);
		if ((b->opt->idle || !(class & PST_CLASS_IDLE)) &&
		    (!b->opt->gil_only || class & PST_CLASS_GIL))
			b->own[t->at.at[i].stack] += t->at.at[i].samples;
	}
}

/* A parent is always defined before its children: one pass backwards adds all up. */
static void add_up(struct build *b)
{
	for (size_t i = b->nodes; i > 0; i--) {
		uint32_t parent = b->m->defs.nodes.at[i - 1].parent;
		b->total[i] += b->own[i];
		b->total[parent] += b->total[i];
	}
}

static int by_place(const void *a, const void *b)
{
	const struct kid *x = a, *y = b;
	int order = (x->parent > y->parent) - (x->parent < y->parent);

	if (!order && x->what.name != y->what.name)
		order = strcmp(x->what.name, y->what.name);
	if (!order && x->what.full_file != y->what.full_file)
		order = strcmp(x->what.full_file, y->what.full_file);
	if (!order)
		order = (x->what.line > y->what.line) - (x->what.line < y->what.line);
	return order ? order : (x->node > y->node) - (x->node < y->node);
}

static void list_kids(struct build *b)
{
	for (size_t i = 1; i <= b->nodes; i++) {
		if (!b->total[i])
			continue;
		struct kid *k = PST_VEC_PUSH(&b->kids);
		k->node = (uint32_t)i;
		k->parent = b->m->defs.nodes.at[i - 1].parent;
		pst_model_node(b->m, k->node, &k->what);
	}
	if (b->kids.len)
		qsort(b->kids.at, b->kids.len, sizeof *b->kids.at, by_place);
}

/* Where the children of PARENT begin, if it has any. */
static void descend(struct build *b, uint32_t parent)
{
	size_t low = 0, high = b->kids.len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (b->kids.at[middle].parent < parent)
			low = middle + 1;
		else
			high = middle;
	}
	*PST_VEC_PUSH(&b->path) = (struct kids){.next = low, .parent = parent};
}

static void walk(struct build *b, struct pst_tree *out)
{
	descend(b, 0);
	while (b->path.len) {
		struct kids *top = &b->path.at[b->path.len - 1];
		if (top->next == b->kids.len || b->kids.at[top->next].parent != top->parent) {
			b->path.len--;
			continue;
		}
		uint32_t node = b->kids.at[top->next++].node;
		*PST_VEC_PUSH(out) = (struct pst_tree_row){
			.own = b->own[node],
			.total = b->total[node],
			.node = node,
			.depth = (uint32_t)b->path.len,
		};
		descend(b, node);
	}
}

void pst_model_tree(const struct pst_model *m, const struct pst_tree_options *opt,
		    struct pst_tree *out)
{
	struct build b = {.m = m, .opt = opt, .nodes = m->defs.nodes.len};

	out->len = 0;
	pst_model_settle(m);
	b.own = pst_calloc(b.nodes + 1, sizeof *b.own);
	b.total = pst_calloc(b.nodes + 1, sizeof *b.total);
	count_own(&b);
	add_up(&b);
	list_kids(&b);
	walk(&b, out);
	free(b.own);
	free(b.total);
	PST_VEC_FREE(&b.kids);
	PST_VEC_FREE(&b.path);
}

void pst_tree_free(struct pst_tree *t)
{
	PST_VEC_FREE(t);
}
