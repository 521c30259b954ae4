// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/priv.h"

#define FOLDS_KEPT 32768 /* memory for more is given back */

/*
 * Samples only add to the leaf of their stack.  When somebody asks, all leaves touched since the
 * last time and the nodes above them are linked into a tree, which is walked once, depth first: on
 * the way up each node knows the time of all stacks through it, and onpath[] tells whether its
 * function stands above it already, so that recursion counts once.
 */

static void fit(struct pst_counts *c, const struct pst_defs *d)
{
	const size_t want[2] = {
		[PST_GROUP_FUNCTION] = d->funcs.len,
		[PST_GROUP_LINE] = d->frames.len,
	};

	for (int g = 0; g < 2; g++) {
		struct pst_group_counts *group = &c->groups[g];
		PST_VEC_RESERVE(&group->slots, want[g]);
		PST_VEC_RESERVE(&group->onpath, want[g]);
		for (size_t i = group->slots.len; i < want[g]; i++)
			group->slots.at[i] = group->onpath.at[i] = 0;
		group->slots.len = group->onpath.len = want[g];
	}
}

/* Index + 1 of the fold of NODE, which is made when there is none. */
static uint32_t fold_at(struct pst_counts *c, uint32_t node)
{
	uint32_t *slot = pst_index_slot(&c->fold_of, c->folds.at, sizeof *c->folds.at,
					(struct pst_pair){node, 0});

	if (!*slot) {
		PST_VEC_PUSH(&c->folds)->node = node;
		*slot = (uint32_t)c->folds.len;
		c->fold_of.used++;
	}
	return *slot;
}

void pst_counts_add(struct pst_counts *c, uint32_t node, unsigned class, uint64_t ns)
{
	uint32_t at = fold_at(c, node);

	c->folds.at[at - 1].self[class] += ns;
}

/* Links every fold below its parent's; returns the first root. */
static uint32_t link_tree(struct pst_counts *c, const struct pst_defs *d)
{
	uint32_t roots = 0;

	/* The list grows by the parents that have none of their own time. */
	for (size_t i = 0; i < c->folds.len; i++) {
		uint32_t parent = d->nodes.at[c->folds.at[i].node - 1].parent;
		uint32_t above = parent ? fold_at(c, parent) : 0;
		uint32_t *list = above ? &c->folds.at[above - 1].child : &roots;
		c->folds.at[i].above = above;
		c->folds.at[i].next = *list;
		*list = (uint32_t)i + 1;
	}
	return roots;
}

static struct pst_count *count_of(struct pst_group_counts *group, uint32_t id)
{
	uint32_t *slot = &group->slots.at[id - 1];

	if (!*slot) {
		PST_VEC_PUSH(&group->counts)->id = id;
		*slot = (uint32_t)group->counts.len;
	}
	return &group->counts.at[*slot - 1];
}

static void enter(struct pst_counts *c, const struct pst_defs *d, const struct pst_fold *f)
{
	uint32_t frame = d->nodes.at[f->node - 1].frame;

	c->groups[PST_GROUP_LINE].onpath.at[frame - 1]++;
	c->groups[PST_GROUP_FUNCTION].onpath.at[d->frames.at[frame - 1].func - 1]++;
}

static void credit(struct pst_group_counts *group, uint32_t id, const struct pst_fold *f)
{
	struct pst_count *n = count_of(group, id);
	bool outermost = --group->onpath.at[id - 1] == 0;

	for (int k = 0; k < PST_CLASSES; k++) {
		n->all.own[k] += f->self[k];
		n->now.own[k] += f->self[k];
		if (!outermost)
			continue;
		n->all.total[k] += f->sum[k];
		n->now.total[k] += f->sum[k];
	}
}

/*
 * Counts F, all below which is done, and hands its time to the fold above, whose index + 1 it
 * returns.
 */
static uint32_t leave(struct pst_counts *c, const struct pst_defs *d, struct pst_fold *f)
{
	const struct pst_def_node *node = &d->nodes.at[f->node - 1];
	uint32_t above = f->above;

	for (int k = 0; k < PST_CLASSES; k++) {
		f->sum[k] += f->self[k];
		if (above)
			c->folds.at[above - 1].sum[k] += f->sum[k];
	}
	credit(&c->groups[PST_GROUP_LINE], node->frame, f);
	credit(&c->groups[PST_GROUP_FUNCTION], d->frames.at[node->frame - 1].func, f);
	return above;
}

static void walk_tree(struct pst_counts *c, const struct pst_defs *d, uint32_t at)
{
	while (at) {
		struct pst_fold *f = &c->folds.at[at - 1];
		enter(c, d, f);
		if (f->child) {
			at = f->child;
			continue;
		}
		at = 0;
		while (f) {
			uint32_t above = leave(c, d, f);
			at = f->next;
			if (at || !above)
				break;
			f = &c->folds.at[above - 1];
		}
	}
}

static void forget_folds(struct pst_counts *c)
{
	c->folds.len = 0;
	pst_index_clear(&c->fold_of);
	if (c->folds.cap <= FOLDS_KEPT)
		return;
	PST_VEC_FREE(&c->folds);
	pst_index_free(&c->fold_of);
}

void pst_counts_fold(struct pst_counts *c, const struct pst_defs *d)
{
	if (!c->folds.len)
		return;
	fit(c, d);
	walk_tree(c, d, link_tree(c, d));
	forget_folds(c);
}

void pst_counts_roll(struct pst_counts *c)
{
	for (int g = 0; g < 2; g++)
		for (size_t i = 0; i < c->groups[g].counts.len; i++) {
			struct pst_count *n = &c->groups[g].counts.at[i];
			n->shown = n->now;
			n->now = (struct pst_tally){0};
		}
}

void pst_counts_reset(struct pst_counts *c)
{
	forget_folds(c);
	for (int g = 0; g < 2; g++) {
		struct pst_group_counts *group = &c->groups[g];
		for (size_t i = 0; i < group->counts.len; i++)
			group->slots.at[group->counts.at[i].id - 1] = 0;
		group->counts.len = 0;
	}
}

void pst_counts_free(struct pst_counts *c)
{
	for (int g = 0; g < 2; g++) {
		PST_VEC_FREE(&c->groups[g].counts);
		PST_VEC_FREE(&c->groups[g].slots);
		PST_VEC_FREE(&c->groups[g].onpath);
	}
	PST_VEC_FREE(&c->folds);
	pst_index_free(&c->fold_of);
}
