// SPDX-License-Identifier: MIT
#ifndef PST_SAMPLER_CLOCK_H
#define PST_SAMPLER_CLOCK_H

/*
 * When to look: absolute deadlines, one in each period, at its beginning or, with jitter, somewhere
 * in it.  A deadline that passes while a look is under way (or while the system lets us sleep) is
 * late: it is counted and skipped, never caught up, and the next tick stands for its time as well.
 * Plain arithmetic, no clock is read here.
 */

#include <stdbool.h>
#include <stdint.h>

/*
 * When a sleep or a look ends this much after its deadline we stood still ourselves (stopped,
 * frozen; the monotonic clock does not go on while the system is suspended).  Time starts anew
 * then: no tick stands for it, and nothing in it was late.
 */
#define PST_CLOCK_GAP UINT64_C(1000000000)

struct pst_clock {
	uint64_t period;       /* ns; 0: no deadlines, the next tick is due at once */
	uint64_t due;	       /* the next deadline; without a period, the last tick */
	uint64_t missed;       /* deadlines since the last tick that was taken */
	uint64_t late;	       /* deadlines that were skipped so far */
	uint64_t gaps, gap_ns; /* times that we stood still, and how long */
	uint64_t begin;	       /* of the period that `due` lies in */
	uint64_t shift; /* of the deadline in the period after that; without jitter always 0 */
	uint64_t random;
	bool jitter;
};

/* RATE per second, infinity: as fast as it goes; the first deadline is NOW. */
void pst_clock_start(struct pst_clock *c, double rate, uint64_t now);
/* Deadlines are random from the next one on: the same ones for the same SEED. */
void pst_clock_jitter(struct pst_clock *c, uint64_t seed);
/* Another rate from NOW on; counts stay. */
void pst_clock_set_rate(struct pst_clock *c, double rate, uint64_t now);
/* After a break that was asked for: the next deadline is NOW, nothing was missed. */
void pst_clock_restart(struct pst_clock *c, uint64_t now);
/* Woken at NOW, at or after the deadline: returns the ns that this tick stands for. */
uint64_t pst_clock_tick(struct pst_clock *c, uint64_t now);
/* The look was over at NOW: sets the next deadline, which is later than NOW if there is a period.
 */
void pst_clock_done(struct pst_clock *c, uint64_t now);

#endif
