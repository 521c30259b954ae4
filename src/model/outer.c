// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/priv.h"

#include "base/alloc.h"

#include <stdlib.h>

/*
 * Of a few new branches each looks up its own path; when there are many, or paths are long, one
 * walk through the whole forest is less.
 */
#define STEPS_MAX 2000
#define MANY	  8 /* new branches are more than one in so many of all */

struct walk {
	const struct pst_shape *shape;
	const struct pst_rows *rows;
	uint32_t *child, *next;
	uint32_t *onpath; /* by row: how often above the branch that is looked at, and there */
	uint8_t *outer;
};

static uint32_t row_of(const struct pst_shape *shape, const struct pst_rows *rows, uint32_t branch)
{
	return pst_row_of(rows, pst_shape_branch(shape, branch)->key);
}

/* ---- the whole forest -------------------------------------------------------------------- */

static void link_all(struct walk *w)
{
	size_t len = w->shape->len;

	w->child = pst_calloc(len + 1, sizeof *w->child);
	w->next = pst_calloc(len + 1, sizeof *w->next);
	for (size_t i = len; i > 0; i--) {
		uint32_t parent = pst_shape_branch(w->shape, (uint32_t)i)->parent;
		w->next[i] = w->child[parent];
		w->child[parent] = (uint32_t)i;
	}
}

/* What comes after BRANCH, of which all below is done; 0: nothing. */
static uint32_t leave(const struct walk *w, uint32_t branch)
{
	while (branch) {
		w->onpath[row_of(w->shape, w->rows, branch)]--;
		if (w->next[branch])
			return w->next[branch];
		branch = pst_shape_branch(w->shape, branch)->parent;
	}
	return 0;
}

static void walk_all(struct walk *w)
{
	uint32_t at;

	link_all(w);
	w->onpath = pst_calloc(w->rows->len, sizeof *w->onpath);
	at = w->child[0];
	while (at) {
		w->outer[at - 1] = !w->onpath[row_of(w->shape, w->rows, at)]++;
		at = w->child[at] ? w->child[at] : leave(w, at);
	}
	free(w->child);
	free(w->next);
	free(w->onpath);
}

/* ---- a few branches ---------------------------------------------------------------------- */

/* Looks up the path of BRANCH; false when it is too long. */
static bool look_up(const struct walk *w, uint32_t branch)
{
	uint32_t row = row_of(w->shape, w->rows, branch), at = branch;

	for (int steps = 0; steps < STEPS_MAX; steps++) {
		at = pst_shape_branch(w->shape, at)->parent;
		w->outer[branch - 1] = !at;
		if (!at || row_of(w->shape, w->rows, at) == row)
			return true;
	}
	return false;
}

static const uint8_t *outer_grow(struct pst_outer *outer, const struct pst_shape *shape,
				 const struct pst_rows *rows)
{
	size_t known = outer->of.len;
	bool few = (shape->len - known) * MANY <= shape->len;

	PST_VEC_RESERVE(&outer->of, shape->len);
	outer->of.len = shape->len;
	struct walk w = {.shape = shape, .rows = rows, .outer = outer->of.at};
	for (size_t i = known + 1; few && i <= shape->len; i++)
		few = look_up(&w, (uint32_t)i);
	if (!few)
		walk_all(&w);
	return outer->of.at;
}

const uint8_t *pst_model_outer(const struct pst_model *m, const struct pst_shape *shape,
			       enum pst_group group, bool my_code, const struct pst_rows *rows)
{
	unsigned forest =
		(shape->lines ? PST_FOREST_LINES : 0u) | (my_code ? PST_FOREST_MY_CODE : 0u);

	return outer_grow(&m->outers[forest * PST_GROUPS + group], shape, rows);
}
