// SPDX-License-Identifier: MIT
#ifndef PST_MODEL_INDEX_H
#define PST_MODEL_INDEX_H

/*
 * Finds an element of an array by the two numbers that it begins with.  Four bytes for each slot:
 * what is looked up here is there a million times, and a handle of a general hash table would be
 * larger than what it stands for.
 */

#include <stddef.h>
#include <stdint.h>

struct pst_pair { /* the first member of each element */
	uint32_t a, b;
};

struct pst_index {	   /* zero-initialised is empty */
	uint32_t *slots;   /* number of an element + 1; 0: free */
	size_t size, used; /* size: a power of two */
};

/* Makes room for one more element than the USED ones of the array AT, whose elements take STRIDE.
 */
void pst_index_grow(struct pst_index *ix, const void *at, size_t stride);
/* Forgets all elements, keeps the memory. */
void pst_index_clear(struct pst_index *ix);
void pst_index_free(struct pst_index *ix);

/* Files may name any numbers: which of them collide depends on where the table lies. */
static inline size_t pst_index_hash(const struct pst_index *ix, struct pst_pair key)
{
	uint64_t x = ((uint64_t)key.a << 32 | key.b) ^ (uint64_t)(uintptr_t)ix->slots;

	x ^= x >> 32;
	x *= UINT64_C(0xd6e8feb86659fd93);
	x ^= x >> 32;
	return (size_t)x;
}

/*
 * The slot of the element of AT with KEY.  When it holds 0 there is none: whoever appends it stores
 * its number + 1 there and adds to used.  Good until the next call.
 */
static inline uint32_t *pst_index_slot(struct pst_index *ix, const void *at, size_t stride,
				       struct pst_pair key)
{
	if (ix->used >= ix->size / 4 * 3)
		pst_index_grow(ix, at, stride);
	for (size_t i = pst_index_hash(ix, key);; i++) {
		uint32_t *slot = &ix->slots[i & (ix->size - 1)];
		const struct pst_pair *p;

		if (!*slot)
			return slot;
		p = (const struct pst_pair *)(const void *)((const char *)at +
							    (size_t)(*slot - 1) * stride);
		if (p->a == key.a && p->b == key.b)
			return slot;
	}
}

#endif
