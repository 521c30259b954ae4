// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/index.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

#define LEAST 64

static void put(struct pst_index *ix, struct pst_pair key, uint32_t number)
{
	size_t i = pst_index_hash(ix, key);

	while (ix->slots[i & (ix->size - 1)])
		i++;
	ix->slots[i & (ix->size - 1)] = number;
}

void pst_index_grow(struct pst_index *ix, const void *at, size_t stride)
{
	uint32_t *old = ix->slots;
	size_t size = ix->size;

	ix->size = size ? 2 * size : LEAST;
	ix->slots = pst_calloc(ix->size, sizeof *ix->slots);
	/* Which element a slot stands for is told by the slot: a key may be there twice. */
	for (size_t i = 0; i < size; i++)
		if (old[i])
			put(ix,
			    *(const struct pst_pair *)(const void *)((const char *)at +
								     (size_t)(old[i] - 1) * stride),
			    old[i]);
	free(old);
}

void pst_index_clear(struct pst_index *ix)
{
	if (ix->used)
		memset(ix->slots, 0, ix->size * sizeof *ix->slots);
	ix->used = 0;
}

void pst_index_free(struct pst_index *ix)
{
	free(ix->slots);
	*ix = (struct pst_index){0};
}
