// SPDX-License-Identifier: MIT
#ifndef PST_EXPORT_FUNCTIONS_H
#define PST_EXPORT_FUNCTIONS_H

/* The functions of a tree of stacks, with what they cost by themselves and in all. */

#include "export/stacks.h"

struct pst_function {
	uint32_t label;		    /* one of its labels */
	struct pst_cost own, total; /* total: recursion counts once */
	uint64_t own_gil, base_own, base_total;
};

struct pst_functions {
	PST_VEC(struct pst_function) at; /* most own first, then most in all, then by name */
	PST_VEC(uint32_t) of_label;	 /* index into at, by label; UINT32_MAX: it is none */
};

void pst_functions_build(const struct pst_stacks *s, struct pst_functions *out);
void pst_functions_free(struct pst_functions *f);

/* Visits all nodes but the root of all, each before its children and (LEAVING) after them. */
void pst_stacks_walk(const struct pst_stacks *s,
		     void (*visit)(void *ctx, uint32_t node, bool leaving), void *ctx);

#endif
