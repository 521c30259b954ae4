// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "sampler/clock.h"

#include <math.h>

#define MS UINT64_C(1000000)

static void test_steady(void **state)
{
	struct pst_clock c;

	(void)state;
	pst_clock_start(&c, 100, 1000);
	for (uint64_t i = 0; i < 1000; i++) {
		assert_int_equal(c.due, 1000 + i * 10 * MS);
		/* Woken a little late each time, looking for a while: deadlines do not drift. */
		assert_int_equal(pst_clock_tick(&c, c.due + MS), 10 * MS);
		pst_clock_done(&c, c.due + 4 * MS);
	}
	assert_int_equal(c.late, 0);
}

static void test_a_long_look_skips_ticks(void **state)
{
	struct pst_clock c;

	(void)state;
	pst_clock_start(&c, 100, 0);
	assert_int_equal(pst_clock_tick(&c, 0), 10 * MS);
	pst_clock_done(&c, 35 * MS); /* 10, 20 and 30 have passed */
	assert_int_equal(c.late, 3);
	assert_int_equal(c.due, 40 * MS);
	assert_int_equal(pst_clock_tick(&c, 40 * MS), 40 * MS);
	pst_clock_done(&c, 41 * MS);
	assert_int_equal(c.due, 50 * MS);
	assert_int_equal(pst_clock_tick(&c, 50 * MS), 10 * MS);
	assert_int_equal(c.late, 3);
}

static void test_oversleeping_skips_ticks(void **state)
{
	struct pst_clock c;

	(void)state;
	pst_clock_start(&c, 1000, 0);
	assert_int_equal(pst_clock_tick(&c, 5 * MS + 1), 6 * MS);
	assert_int_equal(c.late, 5);
	pst_clock_done(&c, 5 * MS + 2);
	assert_int_equal(c.due, 6 * MS);
}

static void test_exactly_on_the_deadline(void **state)
{
	struct pst_clock c;

	(void)state;
	pst_clock_start(&c, 1000, 0);
	assert_int_equal(pst_clock_tick(&c, MS), 2 * MS);
	pst_clock_done(&c, 2 * MS);
	assert_true(c.due > 2 * MS);
	assert_int_equal(c.late, 2);
}

static void test_a_gap_is_not_caught_up(void **state)
{
	struct pst_clock c;
	const uint64_t later = 3600 * 1000 * MS;

	(void)state;
	pst_clock_start(&c, 100, 0);
	assert_int_equal(pst_clock_tick(&c, 0), 10 * MS);
	pst_clock_done(&c, MS);
	assert_int_equal(pst_clock_tick(&c, later), 10 * MS);
	pst_clock_done(&c, later + MS);
	assert_int_equal(c.due, later + 10 * MS);
	assert_int_equal(c.late, 0);
}

/* Stopped in the middle of a look: no tick stands for that time, and there is no burst. */
static void test_a_gap_within_a_look(void **state)
{
	struct pst_clock c;
	const uint64_t later = 3600 * 1000 * MS;

	(void)state;
	pst_clock_start(&c, 10000, 0);
	assert_int_equal(pst_clock_tick(&c, 0), MS / 10);
	pst_clock_done(&c, later);
	assert_int_equal(c.gaps, 1);
	assert_int_equal(c.gap_ns, later);
	assert_int_equal(c.late, 0);
	assert_int_equal(c.due, later + MS / 10);
	assert_int_equal(pst_clock_tick(&c, c.due), MS / 10);
	pst_clock_done(&c, c.due + 1);
	assert_int_equal(c.due, later + 2 * MS / 10);
}

/* What was late before the gap is stood for; the gap is not. */
static void test_a_short_stop_is_late(void **state)
{
	struct pst_clock c;

	(void)state;
	pst_clock_start(&c, 100, 0);
	assert_int_equal(pst_clock_tick(&c, 0), 10 * MS);
	pst_clock_done(&c, 500 * MS); /* 50 deadlines from 10 to 500 */
	assert_int_equal(c.late, 50);
	assert_int_equal(c.gaps, 0);
	assert_int_equal(pst_clock_tick(&c, 5000 * MS), 510 * MS);
	assert_int_equal(c.gaps, 1);
	assert_int_equal(c.late, 50);
}

/* Slower than a gap is long. */
static void test_slow_rates(void **state)
{
	struct pst_clock c;
	const uint64_t ten = 10 * PST_CLOCK_GAP;

	(void)state;
	pst_clock_start(&c, 0.1, 0);
	for (uint64_t i = 0; i < 10; i++) {
		assert_int_equal(c.due, i * ten);
		assert_int_equal(pst_clock_tick(&c, c.due + 50), ten);
		pst_clock_done(&c, c.due + 90);
	}
	assert_int_equal(c.gaps + c.late, 0);
}

static double mean_of_gaps(uint64_t seed, size_t n, double *variance)
{
	struct pst_clock c;
	double sum = 0, squares = 0;
	uint64_t last = 0;

	pst_clock_start(&c, 1000, 0);
	pst_clock_jitter(&c, seed);
	for (size_t i = 0; i < n; i++) {
		/* One deadline in each period. */
		assert_true(c.due >= i * MS && c.due < (i + 1) * MS);
		double gap = (double)(c.due - last);
		last = c.due;
		sum += gap;
		squares += gap * gap;
		assert_int_equal(pst_clock_tick(&c, c.due), MS);
		/* At once: two deadlines may lie next to each other. */
		pst_clock_done(&c, c.due);
	}
	assert_int_equal(c.late, 0);
	double mean = sum / (double)n;
	*variance = squares / (double)n - mean * mean;
	return mean;
}

/*
 * The difference of two even ones in a row, plus a period: mean 1 period, variance 1/6 of its
 * square.
 */
static void test_jitter_keeps_the_rate(void **state)
{
	double variance, mean = mean_of_gaps(42, 100000, &variance), again;

	(void)state;
	assert_true(fabs(mean / (double)MS - 1) < 1e-4);
	assert_true(fabs(variance / ((double)MS * (double)MS) - 1.0 / 6) < 0.003);
	assert_true(fabs(mean_of_gaps(42, 1000, &variance) - mean_of_gaps(42, 1000, &again)) <
		    1e-9);
	assert_true(fabs(variance - again) < 1e-9);
	(void)mean_of_gaps(43, 1000, &again);
	assert_true(fabs(variance - again) > 1);
}

/* Moments of looks fall evenly on the phases of a program that has the same period. */
static void test_jitter_does_not_keep_step(void **state)
{
	enum { N = 64000, PHASES = 16 };
	unsigned phases[PHASES] = {0};
	struct pst_clock c;
	double chi = 0;

	(void)state;
	pst_clock_start(&c, 1000, 0);
	pst_clock_jitter(&c, 7);
	for (unsigned i = 0; i < N; i++) {
		phases[c.due % MS * PHASES / MS]++;
		(void)pst_clock_tick(&c, c.due);
		pst_clock_done(&c, c.due);
	}
	for (unsigned i = 0; i < PHASES; i++) {
		double off = phases[i] - (double)N / PHASES;
		chi += off * off / ((double)N / PHASES);
	}
	/* 15 degrees of freedom: 37.7 is passed once in a thousand seeds; this one stays. */
	assert_true(chi < 37.7);
}

/* Looks that take longer than a period, at any moment: all time is stood for, none twice. */
static void test_jitter_with_late_ticks(void **state)
{
	struct pst_clock c;
	uint64_t now = 0, stood = 0, ticks = 0;

	(void)state;
	pst_clock_start(&c, 1000, 0);
	pst_clock_jitter(&c, 99);
	for (unsigned i = 0; i < 20000; i++) {
		assert_true(c.due >= now);
		now = c.due + i % 7 * MS / 3;
		stood += pst_clock_tick(&c, now);
		ticks++;
		now += i % 11 * MS / 4;
		pst_clock_done(&c, now);
		assert_true(c.due > now);
	}
	assert_true(c.late > 10000);
	assert_int_equal(stood, (ticks + c.late - c.missed) * MS);
	/* To the period. */
	assert_int_equal(stood / MS + c.missed, c.begin / MS);
}

static void test_rate_and_restart(void **state)
{
	struct pst_clock c;

	(void)state;
	pst_clock_start(&c, 100, 0);
	assert_int_equal(pst_clock_tick(&c, 0), 10 * MS);
	pst_clock_done(&c, 25 * MS);
	pst_clock_set_rate(&c, 1000, 26 * MS);
	assert_int_equal(c.due, 27 * MS);
	assert_int_equal(pst_clock_tick(&c, 27 * MS), MS);
	assert_int_equal(c.late, 2);
	pst_clock_restart(&c, 900 * MS);
	assert_int_equal(pst_clock_tick(&c, 900 * MS), MS);
	assert_int_equal(c.late, 2);
}

static void test_as_fast_as_it_goes(void **state)
{
	struct pst_clock c;

	(void)state;
	pst_clock_start(&c, INFINITY, 1000);
	assert_int_equal(c.period, 0);
	assert_int_equal(pst_clock_tick(&c, 1000), 1);
	pst_clock_done(&c, 1700);
	assert_true(c.due <= 1700);
	assert_int_equal(pst_clock_tick(&c, 1800), 800);
	pst_clock_done(&c, 1900);
	/* What was suspended is not made up for. */
	assert_int_equal(pst_clock_tick(&c, 1800 + 2 * PST_CLOCK_GAP), 1);
	assert_int_equal(c.late, 0);
	pst_clock_set_rate(&c, 1000, 5 * PST_CLOCK_GAP);
	assert_int_equal(c.due, 5 * PST_CLOCK_GAP + MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steady),
		cmocka_unit_test(test_a_long_look_skips_ticks),
		cmocka_unit_test(test_oversleeping_skips_ticks),
		cmocka_unit_test(test_exactly_on_the_deadline),
		cmocka_unit_test(test_a_gap_is_not_caught_up),
		cmocka_unit_test(test_a_gap_within_a_look),
		cmocka_unit_test(test_a_short_stop_is_late),
		cmocka_unit_test(test_slow_rates),
		cmocka_unit_test(test_jitter_keeps_the_rate),
		cmocka_unit_test(test_jitter_does_not_keep_step),
		cmocka_unit_test(test_jitter_with_late_ticks),
		cmocka_unit_test(test_rate_and_restart),
		cmocka_unit_test(test_as_fast_as_it_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
