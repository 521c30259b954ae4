// SPDX-License-Identifier: MIT
#ifndef PST_RING_RING_H
#define PST_RING_RING_H

/*
 * A lock-free ring of variable-size records, one producer thread, one consumer thread.  The producer
 * never waits: what does not fit is refused.  Records become visible in batches, so that a tick is
 * seen whole or not at all.
 */

#include "ring/record.h"

#include <stdbool.h>
#include <stddef.h>

struct pst_ring;

/* CAPACITY in bytes, rounded up to a power of two, at least 64 KiB. */
struct pst_ring *pst_ring_new(size_t capacity);
void pst_ring_free(struct pst_ring *ring);

/* ---- producer ---- */

/*
 * Room for a record of SIZE bytes (a multiple of 8) in the batch that is being written; the caller fills
 * it, head included.  NULL: no room; then cancel (or commit what was there before).
 */
void *pst_ring_reserve(struct pst_ring *ring, size_t size);
/* Makes all that was reserved since the last commit visible, and wakes a waiting consumer (a system call only when it sleeps). */
void pst_ring_commit(struct pst_ring *ring);
/* Forgets what was reserved since the last commit. */
void pst_ring_cancel(struct pst_ring *ring);

/* ---- consumer ---- */

/* The next record, or NULL when there is none now.  Valid until pst_ring_release(). */
const struct pst_rec *pst_ring_next(struct pst_ring *ring);
/* Gives the room of all records taken so far back to the producer. */
void pst_ring_release(struct pst_ring *ring);
/* A file descriptor (eventfd) that becomes readable when there are records after pst_ring_sleep(); -1 if none. */
int pst_ring_fd(const struct pst_ring *ring);
/* Says that the consumer is going to poll the descriptor; false: there are records already. */
bool pst_ring_sleep(struct pst_ring *ring);
/* After the poll: clears the descriptor. */
void pst_ring_awake(struct pst_ring *ring);

#endif
