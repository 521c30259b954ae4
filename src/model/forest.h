// SPDX-License-Identifier: MIT
#ifndef PST_MODEL_FOREST_H
#define PST_MODEL_FOREST_H

/*
 * The tree of stacks with what is alike merged: frames of one function are one, frames of libraries
 * are their caller.  Each branch is there once under its parent, and stands behind it.  Grows with
 * the definitions, when somebody asks.
 */

#include "model/defs.h"
#include "model/index.h"

struct pst_branch {
	uint32_t parent, key; /* parent: number of a branch, from 1; key: function or frame id */
};

struct pst_forest {
	PST_VEC(struct pst_branch) at;
	PST_VEC(uint32_t) of; /* by stack id - 1: the branch that its leaf belongs to */
	struct pst_index index;
};

enum { PST_FOREST_LINES = 1, PST_FOREST_MY_CODE = 2, PST_FORESTS = 4 };

/* How a forest is read; the one of lines is that of the definitions itself. */
struct pst_shape {
	const char *at; /* elements begin as a struct pst_branch */
	size_t stride, len;
	const uint32_t *of; /* NULL: a stack's id is that of its branch */
	bool lines;
};

static inline const struct pst_branch *pst_shape_branch(const struct pst_shape *s, uint32_t number)
{
	return (const struct pst_branch *)(const void *)(s->at + (size_t)(number - 1) * s->stride);
}

/* Brings FORESTS[KIND], KIND a sum of the bits above, up to date. */
struct pst_shape pst_forest_shape(struct pst_forest *forests, unsigned kind,
				  const struct pst_defs *d);
void pst_forest_free(struct pst_forest *f);

#endif
