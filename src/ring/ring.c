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
 * Waking is Dekker's scheme: the producer stores `tail`, then loads `wake_at`; the consumer stores
 * `wake_at`, then loads `tail`, and sleeps only if that is what it has read.  All four are
 * sequentially consistent, so at least one side sees what the other stored: whatever is committed
 * while the consumer sleeps is committed by a producer that knows.  Who takes `wake_at` back to
 * AWAKE signals, so that there is at most one signal for each sleep.  A refused reservation signals
 * too: the position that was asked for may be out of reach.
 *
 * tests/spin/ring.pml is this protocol for a model checker; what is changed here is changed there.
 */

#define LINE	 128 /* two cache lines of x86-64, which fetches them in pairs; one elsewhere */
#define SMALLEST (64u << 10)
#define AWAKE	 UINT64_MAX /* no position */

/* The tests let other things happen between the steps of the two sides. */
#ifndef PST_RING_STEP
#define PST_RING_STEP() ((void)0)
#endif

struct pst_ring {
	unsigned char *bytes;
	uint64_t capacity, mask;
	struct pst_ring_wake wake;
	bool can_sleep;

	_Alignas(LINE) _Atomic uint64_t tail; /* end of what is visible; the producer writes it */

	/* The producer's own. */
	_Alignas(LINE) uint64_t write; /* end of what is reserved */
	uint64_t written;	       /* equals tail, without the atomic */
	uint64_t head_seen;
	bool urgent;

	/* Start of what may not be overwritten; the consumer writes it. */
	_Alignas(LINE) _Atomic uint64_t head;

	/* The consumer's own. */
	_Alignas(LINE) uint64_t read;
	uint64_t tail_seen;

	/* Where the tail must be to wake the consumer; both write it, rarely. */
	_Alignas(LINE) _Atomic uint64_t wake_at;
};

#define LINE_OF(field) (offsetof(struct pst_ring, field) / LINE)
#define APART(a, b)    (LINE_OF(a) < LINE_OF(b))
_Static_assert(APART(can_sleep, tail) && APART(tail, write) && APART(urgent, head) &&
		       APART(head, read) && APART(tail_seen, wake_at) &&
		       sizeof(struct pst_ring) % LINE == 0,
	       "what one side writes shares no cache line with what the other does");
_Static_assert(_Alignof(struct pst_ring) == LINE, "the ring starts at a cache line");

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
	*ring = (struct pst_ring){
		.bytes = bytes, .capacity = n, .mask = n - 1, .wake.fd = -1, .wake_at = AWAKE};
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

/* The consumer may have woken by itself meanwhile: then a needless signal, which it clears. */
static void wake(struct pst_ring *ring)
{
	PST_RING_STEP();
	if (atomic_exchange_explicit(&ring->wake_at, AWAKE, memory_order_seq_cst) == AWAKE)
		return;
	PST_RING_STEP();
	ring->wake.signal(ring->wake.ctx);
}

static bool has_room(struct pst_ring *ring, uint64_t need)
{
	if (ring->write + need - ring->head_seen <= ring->capacity)
		return true;
	PST_RING_STEP();
	ring->head_seen = atomic_load_explicit(&ring->head, memory_order_acquire);
	if (ring->write + need - ring->head_seen <= ring->capacity)
		return true;
	PST_RING_STEP();
	if (atomic_load_explicit(&ring->wake_at, memory_order_seq_cst) != AWAKE)
		wake(ring);
	return false;
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

void pst_ring_urge(struct pst_ring *ring)
{
	ring->urgent = true;
}

void pst_ring_commit(struct pst_ring *ring)
{
	bool urgent = ring->urgent;

	ring->urgent = false;
	if (ring->write == ring->written)
		return;
	ring->written = ring->write;
	PST_RING_STEP();
	atomic_store_explicit(&ring->tail, ring->write, memory_order_seq_cst);
	PST_RING_STEP();
	uint64_t at = atomic_load_explicit(&ring->wake_at, memory_order_seq_cst);
	if (at != AWAKE && (urgent || ring->write >= at))
		wake(ring);
}

void pst_ring_nudge(struct pst_ring *ring)
{
	if (ring->can_sleep)
		ring->wake.signal(ring->wake.ctx);
}

void pst_ring_cancel(struct pst_ring *ring)
{
	ring->write = ring->written;
	ring->urgent = false;
}

/* ---- consumer ---------------------------------------------------------------------------- */

const struct pst_rec *pst_ring_next(struct pst_ring *ring)
{
	for (;;) {
		if (ring->read == ring->tail_seen) {
			PST_RING_STEP();
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
	PST_RING_STEP();
	atomic_store_explicit(&ring->head, ring->read, memory_order_release);
}

int pst_ring_fd(const struct pst_ring *ring)
{
	return ring->wake.fd;
}

bool pst_ring_sleep(struct pst_ring *ring, size_t enough)
{
	uint64_t half = ring->capacity / 2, bytes = enough ? enough : 1;

	pst_ring_release(ring);
	if (!ring->can_sleep)
		return ring->read == atomic_load_explicit(&ring->tail, memory_order_acquire);
	PST_RING_STEP();
	atomic_store_explicit(&ring->wake_at, ring->read + (bytes < half ? bytes : half),
			      memory_order_seq_cst);
	PST_RING_STEP();
	if (atomic_load_explicit(&ring->tail, memory_order_seq_cst) == ring->read)
		return true;
	PST_RING_STEP();
	atomic_store_explicit(&ring->wake_at, AWAKE, memory_order_seq_cst);
	return false;
}

void pst_ring_awake(struct pst_ring *ring)
{
	if (!ring->can_sleep)
		return;
	PST_RING_STEP();
	atomic_store_explicit(&ring->wake_at, AWAKE, memory_order_seq_cst);
	PST_RING_STEP();
	ring->wake.clear(ring->wake.ctx);
}
