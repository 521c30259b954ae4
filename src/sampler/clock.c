// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/clock.h"

static uint64_t period_of(double rate)
{
	return (uint64_t)(1e9 / rate + 0.5); /* of infinity: 0 */
}

/* SplitMix64 (Steele, Lea, Flood 2014): any seed will do. */
static uint64_t draw(struct pst_clock *c)
{
	if (!c->jitter || !c->period)
		return 0;
	c->random += UINT64_C(0x9e3779b97f4a7c15);
	uint64_t x = c->random;
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return (x ^ x >> 31) % c->period;
}

/* The next deadline is in the period that begins at BEGIN. */
static void enter(struct pst_clock *c, uint64_t begin)
{
	c->begin = begin;
	c->due = begin + c->shift;
	c->shift = draw(c);
}

void pst_clock_start(struct pst_clock *c, double rate, uint64_t now)
{
	*c = (struct pst_clock){.period = period_of(rate), .due = now, .begin = now};
}

void pst_clock_jitter(struct pst_clock *c, uint64_t seed)
{
	c->jitter = true;
	c->random = seed;
	c->shift = draw(c);
	enter(c, c->begin);
}

void pst_clock_set_rate(struct pst_clock *c, double rate, uint64_t now)
{
	c->period = period_of(rate);
	c->shift = draw(c);
	enter(c, now + (c->jitter ? 0 : c->period));
	c->missed = 0;
}

void pst_clock_restart(struct pst_clock *c, uint64_t now)
{
	c->begin = c->due = now;
	c->missed = 0;
}

/* We stood still for some time before NOW. */
static void gap(struct pst_clock *c, uint64_t now)
{
	c->gaps++;
	c->gap_ns += now - c->due;
	c->begin = c->due = now;
}

/* Skips the deadlines up to NOW that follow the one at c->due. */
static void skip(struct pst_clock *c, uint64_t now)
{
	uint64_t whole = (now - c->begin) / c->period, n = 0;

	/* What lies before the period that NOW lies in has passed. */
	if (whole > 1) {
		n = whole - 1;
		enter(c, c->begin + n * c->period);
	}
	if (c->begin + c->period + c->shift <= now) {
		n++;
		enter(c, c->begin + c->period);
	}
	c->missed += n;
	c->late += n;
}

/* Without a period a tick stands for the time since the one before. */
static uint64_t tick_unlimited(struct pst_clock *c, uint64_t now)
{
	uint64_t before = c->due;

	if (now > before + PST_CLOCK_GAP) {
		gap(c, now);
		return 1;
	}
	c->due = now;
	return now > before ? now - before : 1;
}

uint64_t pst_clock_tick(struct pst_clock *c, uint64_t now)
{
	if (!c->period)
		return tick_unlimited(c, now);
	if (now > c->due + PST_CLOCK_GAP)
		gap(c, now);
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
	if (now > c->due + PST_CLOCK_GAP)
		gap(c, now);
	else if (now > c->due)
		skip(c, now);
	enter(c, c->begin + c->period);
}
