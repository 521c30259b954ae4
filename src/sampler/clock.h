// SPDX-License-Identifier: MIT
#ifndef PST_SAMPLER_CLOCK_H
#define PST_SAMPLER_CLOCK_H

/*
 * When to look: absolute deadlines, one period apart.  A deadline that passes while a look is under
 * way (or while the system lets us sleep) is late: it is counted and skipped, never caught up, and
 * the next tick stands for its time as well.  Plain arithmetic, no clock is read here.
 */

#include <stdint.h>

/*
 * After a sleep that ends this much after its deadline (suspended, frozen, stopped) time starts
 * anew.
 */
#define PST_CLOCK_GAP UINT64_C(1000000000)

struct pst_clock {
	uint64_t period; /* ns; 0: no deadlines, the next tick is due at once */
	uint64_t due;	 /* the next deadline; without a period, the last tick */
	uint64_t missed; /* deadlines since the last tick that was taken */
	uint64_t late;	 /* deadlines that were skipped so far */
};

/* RATE per second, infinity: as fast as it goes; the first deadline is NOW. */
void pst_clock_start(struct pst_clock *c, double rate, uint64_t now);
/* Another rate from NOW on; counts stay. */
void pst_clock_set_rate(struct pst_clock *c, double rate, uint64_t now);
/* After a break that was asked for: the next deadline is NOW, nothing was missed. */
void pst_clock_restart(struct pst_clock *c, uint64_t now);
/* Woken at NOW, at or after the deadline: returns the ns that this tick stands for. */
uint64_t pst_clock_tick(struct pst_clock *c, uint64_t now);
/* The look was over at NOW: sets the next deadline, which is later than NOW if there is a period. */
void pst_clock_done(struct pst_clock *c, uint64_t now);

#endif
