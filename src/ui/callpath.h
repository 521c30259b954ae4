// SPDX-License-Identifier: MIT
#ifndef PST_UI_CALLPATH_H
#define PST_UI_CALLPATH_H

#include "model/query.h"

/*
 * A place in a call tree that outlives the tree: the functions from the root to it.  Indices of
 * nodes are good for one tree only, and the next refresh brings another.
 */

struct call_step {
	uint32_t func;	/* 0: the "…" of its parent */
	uint32_t frame; /* 0: whichever; of a tree by lines */
};

/* Zeroed: the root of all.  Free with path_free(). */
struct call_path {
	struct call_step *at;
	size_t len, cap;
};

void path_free(struct call_path *p);
void path_clear(struct call_path *p);
void path_copy(struct call_path *p, const struct call_path *from);
void path_cut(struct call_path *p, size_t len);
/* The way to NODE of C. */
void path_set(struct call_path *p, const struct pst_calls *c, uint32_t node);
/* The node of C that P leads to, or the last one on the way that is there; *FOUND: how many steps.
 */
uint32_t path_find(const struct call_path *p, const struct pst_calls *c, size_t *found);
/* Whether P begins with the whole of HEAD. */
bool path_starts(const struct call_path *p, const struct call_path *head);

/* Of the steps to NODE of C, as one number. */
uint64_t path_hash_step(uint64_t hash, const struct pst_calls_node *n);
/* Of C's root of all. */
#define PATH_HASH_ROOT UINT64_C(14695981039346656037)

#endif
