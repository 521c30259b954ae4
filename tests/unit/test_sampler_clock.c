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
		cmocka_unit_test(test_rate_and_restart),
		cmocka_unit_test(test_as_fast_as_it_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
