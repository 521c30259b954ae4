// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/clock.h"

static uint64_t period_of(double rate)
{
	return (uint64_t)(1e9 / rate + 0.5); /* of infinity: 0 */
}

void pst_clock_start(struct pst_clock *c, double rate, uint64_t now)
{
	*c = (struct pst_clock){.period = period_of(rate), .due = now};
}

void pst_clock_set_rate(struct pst_clock *c, double rate, uint64_t now)
{
	c->period = period_of(rate);
	c->due = now + c->period;
	c->missed = 0;
}

void pst_clock_restart(struct pst_clock *c, uint64_t now)
{
	c->due = now;
	c->missed = 0;
}

/* Skips the deadlines up to NOW that follow the one at c->due. */
static void skip(struct pst_clock *c, uint64_t now)
{
	uint64_t n = (now - c->due) / c->period;

	c->due += n * c->period;
	c->missed += n;
	c->late += n;
}

/* Without a period a tick stands for the time since the one before. */
static uint64_t tick_unlimited(struct pst_clock *c, uint64_t now)
{
	uint64_t passed = now > c->due && now <= c->due + PST_CLOCK_GAP ? now - c->due : 1;

	c->due = now;
	return passed;
}

uint64_t pst_clock_tick(struct pst_clock *c, uint64_t now)
{
	if (!c->period)
		return tick_unlimited(c, now);
	if (now > c->due + PST_CLOCK_GAP)
		c->due = now;
	else if (now > c->due)
		skip(c, now);
	uint64_t stands_for = (1 + c->missed) * c->period;
	c->missed = 0;
	return stands_for;
}

void pst_clock_done(struct pst_clock *c, uint64_t now)
{
	if (!c->period)
		return;
	if (now > c->due)
		skip(c, now);
	c->due += c->period;
}
