// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/priv.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

/*
 * A node of the answer stands for some branches of the forest ("places"): all that are merged into
 * it.  Those of its children are the children of these branches (down), or their parents (up), and
 * are grouped by what they have in common.  Level by level, so that depth costs no stack, and so
 * that an answer that gets too large lacks what is far from the root.  What is not wide enough is
 * not looked into.
 */

_Static_assert(sizeof(struct pst_calls_node) <= 64, "there are a million of these");

/*
 * Upwards a chain of recursion has as many places at each level as it has levels; answers for the
 * screen must not take that long.
 */
#define WORK_MAX       UINT64_C(64000000) /* places, in all */
#define WORK_MAX_LEAST UINT64_C(8000000)  /* … when there is a least share */
#define NODES_MAX      4000000		  /* unless the forest is larger */

struct place {
	uint32_t branch, group;
	uint64_t w[2];
};

struct group {			 /* of the children of one node: those with one key */
	const char *name, *file; /* set for those that are shown */
	uint64_t w[2];
	uint32_t key;
	int line;
	bool shown;
	size_t len, at; /* how many places; where the next goes in the level below */
};

struct range { /* places of a node that is to be expanded */
	uint32_t node;
	size_t from, to;
};

struct level {
	PST_VEC(struct place) places; /* one node's behind the other's */
	PST_VEC(struct range) nodes;
};

struct build {
	const struct pst_model *m;
	const struct pst_calls_options *opt;
	struct pst_shape shape;
	bool up;
	uint64_t *w[2]; /* [1]: NULL without a difference */
	struct pst_links links;
	uint64_t least[2]; /* ns: what is less is folded */
	uint64_t work, work_max;
	size_t nodes_max;
	struct level level, below;
	PST_VEC(struct place) found;  /* of the children of the node that is expanded */
	PST_VEC(struct group) groups; /* the same grouped */
	uint32_t *group_of;	      /* by key: number + 1 */
	uint32_t *found_of;	      /* by branch: number + 1 in found, if it is there; up */
	struct pst_calls *out;
};

/* ---- grouping ---------------------------------------------------------------------------- */

static uint32_t func_of(const struct build *b, uint32_t key)
{
	return b->shape.lines ? b->m->defs.frames.at[key - 1].func : key;
}

static struct group *group_with(struct build *b, uint32_t key, uint32_t *number)
{
	if (!b->group_of[key]) {
		PST_VEC_PUSH(&b->groups)->key = key;
		b->group_of[key] = (uint32_t)b->groups.len;
	}
	*number = b->group_of[key] - 1;
	return &b->groups.at[*number];
}

/* Paths that come together upwards go on as one place. */
static struct place *place_at(struct build *b, uint32_t branch)
{
	if (b->up) {
		uint32_t i = b->found_of[branch];
		if (i && i <= b->found.len && b->found.at[i - 1].branch == branch)
			return &b->found.at[i - 1];
		b->found_of[branch] = (uint32_t)b->found.len + 1;
	}
	struct place *p = PST_VEC_PUSH(&b->found);
	p->branch = branch;
	struct group *g = group_with(b, pst_shape_branch(&b->shape, branch)->key, &p->group);
	g->len++;
	return p;
}

static void put(struct build *b, uint32_t branch, uint64_t first, uint64_t second)
{
	struct place *p = place_at(b, branch);
	struct group *g = &b->groups.at[p->group];

	p->w[0] += first;
	p->w[1] += second;
	g->w[0] += first;
	g->w[1] += second;
	b->work++;
}

static uint64_t second_of(const struct build *b, uint32_t branch)
{
	return b->w[1] ? b->w[1][branch] : 0;
}

static void find_children(struct build *b, const struct place *p)
{
	for (uint32_t i = b->links.child[p->branch]; i; i = b->links.next[i])
		put(b, i, b->w[0][i], second_of(b, i));
}

static void find_caller(struct build *b, const struct place *p)
{
	uint32_t parent = pst_shape_branch(&b->shape, p->branch)->parent;

	if (parent)
		put(b, parent, p->w[0], p->w[1]);
}

static void forget_found(struct build *b)
{
	for (size_t i = 0; i < b->groups.len; i++)
		b->group_of[b->groups.at[i].key] = 0;
	b->groups.len = b->found.len = 0;
}

/* ---- what is shown, in which order ------------------------------------------------------- */

static bool wide(const struct build *b, const struct group *g)
{
	return (g->w[0] && g->w[0] >= b->least[0]) || (g->w[1] && g->w[1] >= b->least[1]);
}

static int by_weight(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	int order = (x->w[0] < y->w[0]) - (x->w[0] > y->w[0]);

	if (!order)
		order = (x->w[1] < y->w[1]) - (x->w[1] > y->w[1]);
	if (!order && x->name != y->name)
		order = strcmp(x->name, y->name);
	if (!order && x->file != y->file)
		order = strcmp(x->file, y->file);
	if (!order)
		order = (x->line > y->line) - (x->line < y->line);
	return order ? order : (x->key > y->key) - (x->key < y->key);
}

static void name_group(const struct build *b, struct group *g)
{
	const struct pst_defs *d = &b->m->defs;
	uint32_t func = func_of(b, g->key);

	g->name = pst_defs_func_name(d, func);
	g->file = pst_defs_text(d, d->funcs.at[func - 1].file);
	g->line = b->shape.lines ? d->frames.at[g->key - 1].line : d->funcs.at[func - 1].first_line;
}

/* Moves the groups that are shown to the front, in order; returns how many. */
static size_t choose(struct build *b)
{
	size_t n = 0, room = b->nodes_max - b->out->len;

	if (b->work > b->work_max || b->out->len >= b->nodes_max)
		room = 0;
	for (size_t i = 0; i < b->groups.len && n < room; i++) {
		struct group other = b->groups.at[n], *g = &b->groups.at[i];
		if (!wide(b, g))
			continue;
		name_group(b, g);
		g->shown = true;
		b->groups.at[n++] = *g;
		if (g != &b->groups.at[n - 1])
			*g = other;
	}
	if (n > 1)
		qsort(b->groups.at, n, sizeof *b->groups.at, by_weight);
	for (size_t i = 0; i < b->groups.len; i++)
		b->group_of[b->groups.at[i].key] = (uint32_t)i + 1;
	return n;
}

/* ---- nodes ------------------------------------------------------------------------------- */

static struct pst_calls_node *add_node(struct build *b, uint32_t parent, const uint64_t *w)
{
	struct pst_calls *out = b->out;
	struct pst_calls_node *n = PST_VEC_PUSH(out);

	n->parent = parent;
	n->depth = out->at[parent].depth + 1;
	for (int k = 0; k < 2; k++)
		n->own[k] = n->total[k] = w[k];
	return n;
}

/* Links the nodes from FIRST on, which were just added, as the children of PARENT. */
static void link_children(struct build *b, uint32_t parent, size_t first)
{
	struct pst_calls *out = b->out;

	if (first == out->len)
		return;
	out->at[parent].child = (uint32_t)first;
	for (size_t i = first; i + 1 < out->len; i++)
		out->at[i].next = (uint32_t)i + 1;
	for (size_t i = first; i < out->len; i++)
		for (int k = 0; k < 2; k++)
			out->at[parent].own[k] -= out->at[i].total[k];
}

/* The first N groups get a node each, and a range in the level below. */
static void add_shown(struct build *b, uint32_t parent, size_t n)
{
	size_t at = b->below.places.len;

	for (size_t i = 0; i < n; i++) {
		struct group *g = &b->groups.at[i];
		struct pst_calls_node *node = add_node(b, parent, g->w);
		node->func = func_of(b, g->key);
		node->frame = b->shape.lines ? g->key : 0;
		*PST_VEC_PUSH(&b->below.nodes) = (struct range){
			.node = (uint32_t)b->out->len - 1, .from = at, .to = at + g->len};
		g->at = at;
		at += g->len;
	}
	PST_VEC_RESERVE(&b->below.places, at);
	b->below.places.len = at;
}

static void add_rest(struct build *b, uint32_t parent, size_t from)
{
	uint64_t rest[2] = {0, 0};

	for (size_t i = from; i < b->groups.len; i++)
		for (int k = 0; k < 2; k++)
			rest[k] += b->groups.at[i].w[k];
	if (rest[0] || rest[1])
		add_node(b, parent, rest);
}

/* Hands the places that were found to the level below. */
static void place_shown(struct build *b)
{
	for (size_t i = 0; i < b->found.len; i++) {
		const struct place *p = &b->found.at[i];
		uint32_t key = pst_shape_branch(&b->shape, p->branch)->key;
		struct group *g = &b->groups.at[b->group_of[key] - 1];
		if (g->shown)
			b->below.places.at[g->at++] = *p;
	}
}

/* Makes children of NODE of what was found. */
static void settle_node(struct build *b, uint32_t node)
{
	size_t first = b->out->len, shown = choose(b);

	add_shown(b, node, shown);
	add_rest(b, node, shown);
	link_children(b, node, first);
	place_shown(b);
	forget_found(b);
}

static void expand(struct build *b, const struct range *r)
{
	for (size_t i = r->from; i < r->to; i++)
		if (b->up)
			find_caller(b, &b->level.places.at[i]);
		else
			find_children(b, &b->level.places.at[i]);
	settle_node(b, r->node);
}

static void expand_all(struct build *b)
{
	while (b->below.nodes.len) {
		struct level done = b->level;
		b->level = b->below;
		b->below = done;
		b->below.nodes.len = b->below.places.len = 0;
		for (size_t i = 0; i < b->level.nodes.len; i++)
			expand(b, &b->level.nodes.at[i]);
	}
}

/* ---- where it begins --------------------------------------------------------------------- */

/* The children of the root of all: every root, or the leaf of every stack. */
static void begin_all(struct build *b)
{
	struct place above = {0};

	if (b->up) {
		for (size_t i = 1; i <= b->shape.len; i++)
			if (b->w[0][i] || second_of(b, (uint32_t)i))
				put(b, (uint32_t)i, b->w[0][i], second_of(b, (uint32_t)i));
	} else {
		find_children(b, &above);
	}
	settle_node(b, 0);
}

/* Branches of the focus that have none above them: a stack goes through one of these at most. */
static void find_focus(struct build *b)
{
	uint8_t *below = pst_calloc(b->shape.len + 1, 1);

	for (size_t i = 1; i <= b->shape.len; i++) {
		const struct pst_branch *at = pst_shape_branch(&b->shape, (uint32_t)i);
		bool focus = func_of(b, at->key) == b->opt->focus;
		below[i] = below[at->parent] || focus;
		if (!focus || below[at->parent] || !(b->w[0][i] || second_of(b, (uint32_t)i)))
			continue;
		struct place *p = PST_VEC_PUSH(&b->below.places);
		p->branch = (uint32_t)i;
		p->w[0] = b->w[0][i];
		p->w[1] = second_of(b, (uint32_t)i);
	}
	free(below);
}

static void begin_focus(struct build *b)
{
	uint64_t w[2] = {0, 0};

	find_focus(b);
	if (!b->below.places.len)
		return;
	for (size_t i = 0; i < b->below.places.len; i++)
		for (int k = 0; k < 2; k++)
			w[k] += b->below.places.at[i].w[k];
	add_node(b, 0, w)->func = b->opt->focus;
	link_children(b, 0, 1);
	*PST_VEC_PUSH(&b->below.nodes) = (struct range){.node = 1, .to = b->below.places.len};
}

/* ---- the whole --------------------------------------------------------------------------- */

static void weigh_all(struct build *b)
{
	const struct pst_calls_options *opt = b->opt;
	struct pst_sieve sieve = pst_sieve_make(b->m, &opt->filter);
	struct pst_calls_node *root = PST_VEC_PUSH(b->out);

	for (int k = 0; k < (opt->diff ? 2 : 1); k++) {
		struct pst_source src = pst_source_of(b->m, k ? &opt->base : &opt->span);
		struct pst_weights w;
		pst_weigh(&sieve, &src, &b->shape, &w);
		b->w[k] = w.ns;
		b->out->samples[k] = w.samples;
		root->own[k] = root->total[k] = w.all;
	}
	pst_sieve_free(&sieve);
}

static void set_least(struct build *b, const struct pst_calls_node *of)
{
	double least = b->opt->least > 0 ? b->opt->least : 0;

	least = least < 1 ? least : 1;
	for (int k = 0; k < 2; k++)
		b->least[k] = (uint64_t)(least * (double)of->total[k]);
	b->work_max = least > 0 ? WORK_MAX_LEAST : WORK_MAX;
	b->nodes_max = b->shape.len + 2 > NODES_MAX ? b->shape.len + 2 : NODES_MAX;
}

static void free_build(struct build *b)
{
	free(b->w[0]);
	free(b->w[1]);
	pst_links_free(&b->links);
	PST_VEC_FREE(&b->level.places);
	PST_VEC_FREE(&b->level.nodes);
	PST_VEC_FREE(&b->below.places);
	PST_VEC_FREE(&b->below.nodes);
	PST_VEC_FREE(&b->found);
	PST_VEC_FREE(&b->groups);
	free(b->group_of);
	free(b->found_of);
}

static void build_tree(struct build *b)
{
	enum pst_calls_kind kind = b->opt->kind;
	bool focus = kind == PST_CALLS_CALLEES || kind == PST_CALLS_CALLERS;

	if (kind != PST_CALLS_UP)
		pst_links_make(&b->shape, b->w[0], b->w[1], &b->links);
	if (focus)
		begin_focus(b);
	if (!focus || b->out->len > 1)
		set_least(b, &b->out->at[focus ? 1 : 0]);
	if (!focus)
		begin_all(b);
	expand_all(b);
}

void pst_model_calls(const struct pst_model *m, const struct pst_calls_options *opt,
		     struct pst_calls *out)
{
	struct build b = {
		.m = m,
		.opt = opt,
		.up = opt->kind == PST_CALLS_UP || opt->kind == PST_CALLS_CALLERS,
		.out = out,
	};
	bool lines = opt->merge == PST_GROUP_LINE;

	pst_model_settle(m);
	out->len = 0;
	out->samples[0] = out->samples[1] = 0;
	b.shape = pst_model_shape(m, lines, opt->filter.my_code);
	b.group_of = pst_calloc((lines ? m->defs.frames.len : m->defs.funcs.len) + 1,
				sizeof *b.group_of);
	if (b.up)
		b.found_of = pst_calloc(b.shape.len + 1, sizeof *b.found_of);
	weigh_all(&b);
	build_tree(&b);
	free_build(&b);
}

void pst_calls_free(struct pst_calls *c)
{
	PST_VEC_FREE(c);
}
