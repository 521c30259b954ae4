// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/cells.h"

#include <stdlib.h>

static struct pst_cell *push(struct pst_open *o, struct pst_pair key)
{
	struct pst_cell *c = PST_VEC_PUSH(&o->cells);

	c->stack = key.a;
	c->who = key.b;
	return c;
}

static uint32_t find(struct pst_open *o, struct pst_pair key)
{
	uint32_t *slot = pst_index_slot(&o->index, o->cells.at, sizeof *o->cells.at, key);

	if (!*slot) {
		push(o, key);
		*slot = (uint32_t)o->cells.len;
		o->index.used++;
	}
	return *slot - 1;
}

/* A tick may stand for more time than a cell holds. */
static void add_much(struct pst_open *o, struct pst_pair key, uint64_t ns, uint32_t *last)
{
	struct pst_cell *c = &o->cells.at[*last];

	c->samples += c->samples < UINT32_MAX; /* each has a ns at least */
	while (ns > UINT32_MAX - c->ns) {
		ns -= UINT32_MAX - c->ns;
		c->ns = UINT32_MAX;
		c = push(o, key);
	}
	c->ns += (uint32_t)ns;
	*last = (uint32_t)o->cells.len - 1;
	*pst_index_slot(&o->index, o->cells.at, sizeof *o->cells.at, key) = *last + 1;
}

void pst_open_add(struct pst_open *o, struct pst_pair key, uint64_t ns, uint32_t *last)
{
	const struct pst_cell *same = *last < o->cells.len ? &o->cells.at[*last] : NULL;

	if (!same || same->stack != key.a || same->who != key.b)
		*last = find(o, key);
	struct pst_cell *c = &o->cells.at[*last];
	if (ns > UINT32_MAX - c->ns) {
		add_much(o, key, ns, last);
		return;
	}
	c->samples++;
	c->ns += (uint32_t)ns;
}

void pst_open_clear(struct pst_open *o)
{
	o->cells.len = 0;
	pst_index_clear(&o->index);
}

size_t pst_open_bytes(const struct pst_open *o)
{
	return o->cells.cap * sizeof *o->cells.at + o->index.size * sizeof *o->index.slots;
}

void pst_open_free(struct pst_open *o)
{
	PST_VEC_FREE(&o->cells);
	pst_index_free(&o->index);
}

void pst_totals_add(struct pst_totals *t, const struct pst_cell *cell)
{
	struct pst_pair key = {cell->stack, cell->who};
	uint32_t *slot = pst_index_slot(&t->index, t->at.at, sizeof *t->at.at, key);

	if (!*slot) {
		struct pst_total *fresh = PST_VEC_PUSH(&t->at);
		fresh->stack = cell->stack;
		fresh->who = cell->who;
		*slot = (uint32_t)t->at.len;
		t->index.used++;
	}
	struct pst_total *total = &t->at.at[*slot - 1];
	total->ns += cell->ns;
	total->samples += cell->samples;
}

void pst_totals_reset(struct pst_totals *t)
{
	t->at.len = 0;
	pst_index_clear(&t->index);
}

void pst_totals_free(struct pst_totals *t)
{
	PST_VEC_FREE(&t->at);
	pst_index_free(&t->index);
}
