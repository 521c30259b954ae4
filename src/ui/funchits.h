// SPDX-License-Identifier: MIT
#ifndef PST_UI_FUNCHITS_H
#define PST_UI_FUNCHITS_H

#include "model/query.h"
#include "ui/find.h"

/* Which functions of a model a search means: each is looked at once. */
struct func_hits {
	uint8_t *at; /* [id - 1]: as in struct pst_filter */
	size_t len, cap;
	char *pattern; /* NULL: no search */
	bool any;
	bool changed; /* for the caller to clear: other functions than before */
};

/* Brings H up to date; FIND NULL: no search. */
void func_hits_update(struct func_hits *h, const struct ui_find *find, const struct pst_model *m);
bool func_hits_has(const struct func_hits *h, uint32_t func);
void func_hits_free(struct func_hits *h);

#endif
