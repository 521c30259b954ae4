// SPDX-License-Identifier: MIT
#ifndef PST_UNIT_RING_RECORDS_H
#define PST_UNIT_RING_RECORDS_H

#include "ring/ring.h"

#include <string.h>

#define CAPACITY (64u << 10)

/* The number stands everywhere in a small record, and here and there in a big one. */
static inline size_t stride(size_t size)
{
	return size < CAPACITY / 8 ? sizeof(uint32_t) : 512;
}

/* A record whose bytes after the head tell its number. */
static inline bool put(struct pst_ring *ring, uint32_t number, size_t size)
{
	struct pst_rec *rec = pst_ring_reserve(ring, size);

	if (!rec)
		return false;
	*rec = (struct pst_rec){
		.size = (uint32_t)size, .type = PST_REC_NOTE, .flags = (uint16_t)number};
	for (size_t i = sizeof *rec; i < size; i += stride(size))
		memcpy((char *)rec + i, &number, sizeof number);
	return true;
}

static inline bool holds(const struct pst_rec *rec, uint32_t number)
{
	if (rec->type != PST_REC_NOTE || rec->flags != (uint16_t)number)
		return false;
	for (size_t i = sizeof *rec; i < rec->size; i += stride(rec->size))
		if (memcmp((const char *)rec + i, &number, sizeof number) != 0)
			return false;
	return true;
}

#endif
