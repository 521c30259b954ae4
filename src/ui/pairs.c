// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/pairs.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"

#define uthash_malloc(size) pst_alloc(size)
#include <uthash.h>

struct pair_entry {
	uint64_t key;
	int number;
	UT_hash_handle hh;
};

void pairs_init(struct pairs *p, int first, int limit)
{
	*p = (struct pairs){.first = first, .limit = limit, .next = first};
}

int pairs_find(struct pairs *p, int fg, int bg, bool *fresh)
{
	uint64_t key = (uint64_t)(uint32_t)fg << 32 | (uint32_t)bg;
	struct pair_entry *e;

	*fresh = false;
	HASH_FIND(hh, p->table, &key, sizeof key, e);
	if (e)
		return e->number;
	if (p->next >= p->limit) {
		p->full = true;
		return -1;
	}
	e = pst_calloc(1, sizeof *e);
	e->key = key;
	e->number = p->next++;
	HASH_ADD(hh, p->table, key, sizeof e->key, e);
	*fresh = true;
	return e->number;
}

void pairs_clear(struct pairs *p)
{
	struct pair_entry *e, *next;

	HASH_ITER(hh, p->table, e, next)
	{
		HASH_DEL(p->table, e);
		free(e);
	}
	pairs_init(p, p->first, p->limit);
}
