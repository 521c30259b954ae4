// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/deque.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

static size_t room(const struct pst_deque *d)
{
	return (size_t)(d->base + d->pieces.len * PST_DEQUE_PIECE - d->next);
}

size_t pst_deque_cost(const struct pst_deque *d, size_t n)
{
	size_t there = room(d);

	if (n <= there)
		return 0;
	return (n - there + PST_DEQUE_PIECE - 1) / PST_DEQUE_PIECE * PST_DEQUE_PIECE * d->size;
}

size_t pst_deque_bytes(const struct pst_deque *d)
{
	return d->pieces.len * PST_DEQUE_PIECE * d->size;
}

void *pst_deque_push(struct pst_deque *d)
{
	if (!room(d))
		*PST_VEC_PUSH(&d->pieces) = pst_alloc(PST_DEQUE_PIECE * d->size);
	return pst_deque_at(d, d->next++);
}

void pst_deque_drop(struct pst_deque *d, uint64_t number)
{
	size_t gone = (size_t)(number - d->base) >> PST_DEQUE_SHIFT;

	d->first = number;
	for (size_t i = 0; i < gone; i++)
		free(d->pieces.at[i]);
	if (!gone)
		return;
	d->pieces.len -= gone;
	memmove(d->pieces.at, d->pieces.at + gone, d->pieces.len * sizeof *d->pieces.at);
	d->base += (uint64_t)gone << PST_DEQUE_SHIFT;
}

void pst_deque_free(struct pst_deque *d)
{
	for (size_t i = 0; i < d->pieces.len; i++)
		free(d->pieces.at[i]);
	PST_VEC_FREE(&d->pieces);
}
