// SPDX-License-Identifier: MIT
#ifndef PST_MODEL_DEQUE_H
#define PST_MODEL_DEQUE_H

/*
 * Elements that come at one end and go at the other, in pieces of memory that come and go with
 * them.  Elements are numbered from 0 for ever.
 */

#include "base/vec.h"

#include <stdint.h>

enum { PST_DEQUE_SHIFT = 10, PST_DEQUE_PIECE = 1 << PST_DEQUE_SHIFT };

struct pst_deque {
	size_t size;	      /* of an element */
	uint64_t first, next; /* numbers of the oldest element, of the one that will come */
	uint64_t base;	      /* number of the element at the begin of pieces[0] */
	PST_VEC(char *) pieces;
};

static inline void *pst_deque_at(const struct pst_deque *d, uint64_t number)
{
	uint64_t i = number - d->base;

	return d->pieces.at[i >> PST_DEQUE_SHIFT] + (i & (PST_DEQUE_PIECE - 1)) * d->size;
}

/* Bytes that N more elements would allocate. */
size_t pst_deque_cost(const struct pst_deque *d, size_t n);
size_t pst_deque_bytes(const struct pst_deque *d);
/* A new element; its memory is not cleared. */
void *pst_deque_push(struct pst_deque *d);
/* Drops all before NUMBER. */
void pst_deque_drop(struct pst_deque *d, uint64_t number);
void pst_deque_free(struct pst_deque *d);

#endif
