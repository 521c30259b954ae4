// SPDX-License-Identifier: MIT
#ifndef PST_RING_RING_H
#define PST_RING_RING_H

/*
 * A lock-free ring of variable-size records, one producer thread, one consumer thread.  The
 * producer never waits: what does not fit is refused.  Records become visible in batches, so that a
 * tick is seen whole or not at all.
 *
 * A consumer that has read everything may sleep, and says how much is to come before it is worth
 * waking: the producer makes a system call only then, for a record that is urgent, or when it finds
 * no room.  All else waits until the consumer wakes by itself.
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
 * was there before: a refused reservation takes nothing.  It wakes a consumer that sleeps.
 */
void *pst_ring_reserve(struct pst_ring *ring, size_t size);
/* The batch that is being written is for somebody who waits: its commit wakes the consumer. */
void pst_ring_urge(struct pst_ring *ring);
/*
 * Makes all that was reserved since the last commit visible at once.  Wakes a consumer that sleeps
 * if there is now as much as it asked for, or the batch is urgent.
 */
void pst_ring_commit(struct pst_ring *ring);
/*
 * Wakes the consumer, whether it sleeps or is about to, for something that is not in the ring.
 */
void pst_ring_nudge(struct pst_ring *ring);
/* Forgets what was reserved since the last commit. */
void pst_ring_cancel(struct pst_ring *ring);

/* ---- consumer ---- */

/* The next record, or NULL when there is none now.  Valid until pst_ring_release(). */
const struct pst_rec *pst_ring_next(struct pst_ring *ring);
/* Gives the room of all records taken so far back to the producer. */
void pst_ring_release(struct pst_ring *ring);
/*
 * The descriptor that becomes readable when it is time to wake after pst_ring_sleep(); -1 if none.
 */
int pst_ring_fd(const struct pst_ring *ring);
/*
 * Says that the consumer is going to poll the descriptor, until ENOUGH bytes are there (1: any
 * record; at most half of the capacity counts), an urgent record, or its own time is up.  Releases
 * what was taken.  False: there are records already, do not poll.
 */
bool pst_ring_sleep(struct pst_ring *ring, size_t enough);
/* After the poll, whatever ended it: clears the descriptor. */
void pst_ring_awake(struct pst_ring *ring);

#endif
