// SPDX-License-Identifier: MIT
#include "config.h"

#include "ring/ring.h"

#include "base/alloc.h"

#include <stdatomic.h>
#include <stdlib.h>

/*
 * Positions count bytes since the start and never wrap; a record lies at its position modulo the
 * capacity and never crosses the end: a PAD record fills what is left there.  Each side keeps its
 * private positions, and a copy of the other's that it refreshes only when it must, on cache lines
 * of its own.
 *
 * Waking is Dekker's scheme: the producer stores `tail`, then loads `sleeping`; the consumer stores
 * `sleeping`, then loads `tail`.  All four are sequentially consistent, so at least one side sees
 * what the other stored, and no wake-up is lost.
 */

#define LINE	 64
#define SMALLEST (64u << 10)

struct pst_ring {
	unsigned char *bytes;
	uint64_t capacity, mask;
	struct pst_ring_wake wake;
	bool can_sleep;

	/* The producer's. */
	_Alignas(LINE) _Atomic uint64_t tail; /* end of what is visible */
	uint64_t write;			      /* end of what is reserved */
	uint64_t written;		      /* equals tail, without the atomic */
	uint64_t head_seen;

	/* The consumer's. */
	_Alignas(LINE) _Atomic uint64_t head; /* start of what may not be overwritten */
	uint64_t read;
	uint64_t tail_seen;

	/* Written rarely, read by the producer at each commit. */
	_Alignas(LINE) _Atomic uint32_t sleeping;
};

struct pst_ring *pst_ring_new(size_t capacity, const struct pst_ring_wake *wake)
{
	uint64_t n = SMALLEST;

	while (n < capacity)
		n <<= 1;
	struct pst_ring *ring = aligned_alloc(LINE, sizeof *ring);
	unsigned char *bytes = aligned_alloc(LINE, n);
	if (!ring || !bytes) {
		free(ring);
		free(bytes);
		return NULL;
	}
	*ring = (struct pst_ring){.bytes = bytes, .capacity = n, .mask = n - 1, .wake.fd = -1};
	if (wake) {
		ring->wake = *wake;
		ring->can_sleep = true;
	}
	return ring;
}

void pst_ring_free(struct pst_ring *ring)
{
	if (!ring)
		return;
	free(ring->bytes);
	free(ring);
}

static void *place(const struct pst_ring *ring, uint64_t position)
{
	return ring->bytes + (position & ring->mask);
}

/* ---- producer ---------------------------------------------------------------------------- */

static bool has_room(struct pst_ring *ring, uint64_t need)
{
	if (ring->write + need - ring->head_seen <= ring->capacity)
		return true;
	ring->head_seen = atomic_load_explicit(&ring->head, memory_order_acquire);
	return ring->write + need - ring->head_seen <= ring->capacity;
}

void *pst_ring_reserve(struct pst_ring *ring, size_t size)
{
	uint64_t left = ring->capacity - (ring->write & ring->mask);
	uint64_t pad = size > left ? left : 0;

	/* A record of at most half the capacity fits into an empty ring wherever the end is. */
	if (size < sizeof(struct pst_rec) || size % 8 || size > ring->capacity / 2)
		return NULL;
	if (!has_room(ring, pad + size))
		return NULL;
	if (pad) {
		struct pst_rec *rec = place(ring, ring->write);
		*rec = (struct pst_rec){.size = (uint32_t)pad, .type = PST_REC_PAD};
	}
	ring->write += pad + size;
	return place(ring, ring->write - size);
}

void pst_ring_commit(struct pst_ring *ring)
{
	if (ring->write == ring->written)
		return;
	ring->written = ring->write;
	atomic_store_explicit(&ring->tail, ring->write, memory_order_seq_cst);
	if (!atomic_load_explicit(&ring->sleeping, memory_order_seq_cst))
		return;
	/*
	 * The consumer may have woken by itself meanwhile: then a needless signal, which it clears.
	 */
	if (atomic_exchange_explicit(&ring->sleeping, 0, memory_order_seq_cst))
		ring->wake.signal(ring->wake.ctx);
}

void pst_ring_cancel(struct pst_ring *ring)
{
	ring->write = ring->written;
}

/* ---- consumer ---------------------------------------------------------------------------- */

const struct pst_rec *pst_ring_next(struct pst_ring *ring)
{
	for (;;) {
		if (ring->read == ring->tail_seen) {
			ring->tail_seen = atomic_load_explicit(&ring->tail, memory_order_acquire);
			if (ring->read == ring->tail_seen)
				return NULL;
		}
		const struct pst_rec *rec = place(ring, ring->read);
		ring->read += rec->size;
		if (rec->type != PST_REC_PAD)
			return rec;
	}
}

void pst_ring_release(struct pst_ring *ring)
{
	atomic_store_explicit(&ring->head, ring->read, memory_order_release);
}

int pst_ring_fd(const struct pst_ring *ring)
{
	return ring->wake.fd;
}

bool pst_ring_sleep(struct pst_ring *ring)
{
	if (!ring->can_sleep)
		return ring->read == atomic_load_explicit(&ring->tail, memory_order_acquire);
	atomic_store_explicit(&ring->sleeping, 1, memory_order_seq_cst);
	if (atomic_load_explicit(&ring->tail, memory_order_seq_cst) == ring->read)
		return true;
	atomic_store_explicit(&ring->sleeping, 0, memory_order_seq_cst);
	return false;
}

void pst_ring_awake(struct pst_ring *ring)
{
	if (!ring->can_sleep)
		return;
	atomic_store_explicit(&ring->sleeping, 0, memory_order_seq_cst);
	ring->wake.clear(ring->wake.ctx);
}
