// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/forest.h"

static uint32_t func_of(const struct pst_defs *d, unsigned kind, uint32_t key)
{
	return kind & PST_FOREST_LINES ? d->frames.at[key - 1].func : key;
}

static bool is_library(const struct pst_defs *d, unsigned kind, uint32_t key)
{
	return d->funcs.at[func_of(d, kind, key) - 1].library;
}

static uint32_t branch_at(struct pst_forest *f, uint32_t parent, uint32_t key)
{
	uint32_t *slot = pst_index_slot(&f->index, f->at.at, sizeof *f->at.at,
					(struct pst_pair){parent, key});

	if (!*slot) {
		*PST_VEC_PUSH(&f->at) = (struct pst_branch){parent, key};
		*slot = (uint32_t)f->at.len;
		f->index.used++;
	}
	return *slot;
}

/*
 * A stack of which all frames are of libraries counts for its outermost one, which is not the
 * caller of code further in that is the user's: threads begin in the standard library, scripts in
 * runpy.
 */
static uint32_t my_branch(struct pst_forest *f, unsigned kind, const struct pst_defs *d,
			  uint32_t above, uint32_t key)
{
	bool mine = !is_library(d, kind, key);

	if (!mine && above)
		return above;
	if (above && is_library(d, kind, f->at.at[above - 1].key))
		above = 0;
	return branch_at(f, above, key);
}

static void grow(struct pst_forest *f, unsigned kind, const struct pst_defs *d)
{
	PST_VEC_RESERVE(&f->of, d->nodes.len);
	while (f->of.len < d->nodes.len) {
		const struct pst_def_node *n = &d->nodes.at[f->of.len];
		uint32_t above = n->parent ? f->of.at[n->parent - 1] : 0;
		uint32_t key = kind & PST_FOREST_LINES ? n->frame : d->frames.at[n->frame - 1].func;

		f->of.at[f->of.len++] = kind & PST_FOREST_MY_CODE
						? my_branch(f, kind, d, above, key)
						: branch_at(f, above, key);
	}
}

struct pst_shape pst_forest_shape(struct pst_forest *forests, unsigned kind,
				  const struct pst_defs *d)
{
	struct pst_forest *f = &forests[kind];
	bool lines = kind & PST_FOREST_LINES;

	if (kind == PST_FOREST_LINES)
		return (struct pst_shape){
			.at = (const char *)d->nodes.at,
			.stride = sizeof *d->nodes.at,
			.len = d->nodes.len,
			.lines = true,
		};
	grow(f, kind, d);
	return (struct pst_shape){
		.at = (const char *)f->at.at,
		.stride = sizeof *f->at.at,
		.len = f->at.len,
		.of = f->of.at,
		.lines = lines,
	};
}

void pst_forest_free(struct pst_forest *f)
{
	PST_VEC_FREE(&f->at);
	PST_VEC_FREE(&f->of);
	pst_index_free(&f->index);
}
