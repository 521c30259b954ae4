// SPDX-License-Identifier: MIT
#ifndef PST_UNIT_CALLS_HAND_H
#define PST_UNIT_CALLS_HAND_H

#include "base/vec.h"
#include "model/query.h"

/* Call trees filled by hand. */

static inline uint32_t hand_node(struct pst_calls *c, uint32_t parent, uint32_t func, uint64_t own,
				 uint64_t before)
{
	uint32_t node = (uint32_t)c->len, *link;
	struct pst_calls_node *n = PST_VEC_PUSH(c);

	n->func = func;
	n->parent = parent;
	n->own[0] = own;
	n->own[1] = before;
	n->depth = node ? c->at[parent].depth + 1 : 0;
	if (node) {
		for (link = &c->at[parent].child; *link; link = &c->at[*link].next)
			;
		*link = node;
	}
	for (uint32_t up = node;; up = c->at[up].parent) {
		c->at[up].total[0] += own;
		c->at[up].total[1] += before;
		if (!up)
			return node;
	}
}

#endif
