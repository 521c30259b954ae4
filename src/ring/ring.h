// SPDX-License-Identifier: MIT
#ifndef PST_RING_RING_H
#define PST_RING_RING_H

/*
 * A lock-free ring of variable-size records, one producer thread, one consumer thread.  The
 * producer never waits: what does not fit is refused.  Records become visible in batches, so that a
 * tick is seen whole or not at all.
 */

#include "ring/record.h"

#include <stdbool.h>
#include <stddef.h>

struct pst_ring;

/*
 * How a consumer that sleeps is woken; the ring itself knows no operating system.  With plat.h:
 *
 *	struct pst_wake *w = pst_wake_new();
 *	struct pst_ring_wake wake = {pst_wake_fd(w), pst_wake_signal, pst_wake_clear, w};
 */
struct pst_ring_wake {
	int fd;			   /* what the consumer polls */
	void (*signal)(void *ctx); /* makes fd readable; called by the producer's thread */
	void (*clear)(void *ctx);  /* makes it unreadable; called by the consumer's thread */
	void *ctx;
};

/*
 * CAPACITY in bytes, rounded up to a power of two, at least 64 KiB.  WAKE is copied, what it points
 * to must outlive the ring; NULL: the consumer never sleeps, it looks from time to time.  Returns
 * NULL when memory is out.
 */
struct pst_ring *pst_ring_new(size_t capacity, const struct pst_ring_wake *wake);
void pst_ring_free(struct pst_ring *ring); /* NULL allowed; no side may use it any more */

/* ---- producer ---- */

/*
 * Room for a record of SIZE bytes (a multiple of 8, at most half of the capacity) in the batch that
 * is being written; the caller fills it, head included.  NULL: no room; then cancel, or commit what
 * was there before: a refused reservation takes nothing.
 */
void *pst_ring_reserve(struct pst_ring *ring, size_t size);
/*
 * Makes all that was reserved since the last commit visible at once, and wakes a waiting consumer
 * (a system call only when it sleeps).
 */
void pst_ring_commit(struct pst_ring *ring);
/* Forgets what was reserved since the last commit. */
void pst_ring_cancel(struct pst_ring *ring);

/* ---- consumer ---- */

/* The next record, or NULL when there is none now.  Valid until pst_ring_release(). */
const struct pst_rec *pst_ring_next(struct pst_ring *ring);
/* Gives the room of all records taken so far back to the producer. */
void pst_ring_release(struct pst_ring *ring);
/*
 * The descriptor that becomes readable when there are records after pst_ring_sleep(); -1 if none.
 */
int pst_ring_fd(const struct pst_ring *ring);
/*
 * Says that the consumer is going to poll the descriptor; false: there are records already, do not
 * poll. Only when pst_ring_next() said that there are none.
 */
bool pst_ring_sleep(struct pst_ring *ring);
/* After the poll, whatever ended it: clears the descriptor. */
void pst_ring_awake(struct pst_ring *ring);

#endif
