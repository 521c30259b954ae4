// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/priv.h"

#include "base/alloc.h"

#include <stdlib.h>

struct walk {
	const struct pst_shape *shape;
	const struct pst_group_keys *keys;
	const uint64_t *total; /* by branch */
	struct pst_links links;
	uint32_t *onpath; /* by row: how often above the branch that is looked at, and there */
	struct pst_spent *rows;
};

static uint32_t row_of(const struct walk *w, uint32_t branch)
{
	uint32_t key = pst_shape_branch(w->shape, branch)->key;

	return w->keys->of ? w->keys->of[key] : key;
}

/* A row that stands above already has this time. */
static void enter(const struct walk *w, uint32_t branch)
{
	uint32_t row = row_of(w, branch);

	if (!w->onpath[row]++)
		w->rows[row].total += w->total[branch];
}

/* What comes after BRANCH, of which all below is done; 0: nothing. */
static uint32_t leave(const struct walk *w, uint32_t branch)
{
	while (branch) {
		w->onpath[row_of(w, branch)]--;
		if (w->links.next[branch])
			return w->links.next[branch];
		branch = pst_shape_branch(w->shape, branch)->parent;
	}
	return 0;
}

static void walk_all(const struct walk *w)
{
	uint32_t at = w->links.child[0];

	while (at) {
		enter(w, at);
		at = w->links.child[at] ? w->links.child[at] : leave(w, at);
	}
}

static void add_own(const struct walk *w, const struct pst_weights *own)
{
	for (size_t i = 1; i <= w->shape->len; i++) {
		if (!own->ns[i] && !own->gil[i])
			continue;
		struct pst_spent *row = &w->rows[row_of(w, (uint32_t)i)];
		row->own += own->ns[i];
		row->gil += own->gil[i];
	}
}

uint64_t pst_spend(const struct pst_sieve *sieve, const struct pst_source *src,
		   const struct pst_shape *shape, const struct pst_group_keys *keys,
		   struct pst_spent *rows)
{
	struct walk w = {.shape = shape, .keys = keys, .rows = rows};
	struct pst_weights own;

	pst_weigh(sieve, src, shape, true, &own);
	add_own(&w, &own);
	pst_links_make(shape, own.ns, NULL, &w.links);
	w.total = own.ns;
	w.onpath = pst_calloc(keys->len, sizeof *w.onpath);
	walk_all(&w);
	free(w.onpath);
	pst_links_free(&w.links);
	free(own.ns);
	free(own.gil);
	return own.all;
}
