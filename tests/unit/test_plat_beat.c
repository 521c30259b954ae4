// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "plat/plat.h"

#define MS UINT64_C(1000000)

/* Waits for DUE; it never ends early. */
static void wait_for(struct pst_beat *b, uint64_t due, uint64_t period)
{
	pst_beat_wait(b, due, period);
	assert_true(pst_now_ns() >= due);
}

static void test_steady(void **state)
{
	struct pst_beat *b = pst_beat_new();
	uint64_t begin = pst_now_ns();

	(void)state;
	for (uint64_t i = 1; i <= 20; i++)
		wait_for(b, begin + i * 2 * MS, 2 * MS);
	pst_beat_free(b);
}

static void test_left_out(void **state)
{
	struct pst_beat *b = pst_beat_new();
	uint64_t begin = pst_now_ns();

	(void)state;
	wait_for(b, begin + 2 * MS, 2 * MS);
	pst_sleep_until_ns(begin + 7 * MS);
	wait_for(b, begin + 8 * MS, 2 * MS);  /* the one in turn */
	wait_for(b, begin + 14 * MS, 2 * MS); /* the other one */
	wait_for(b, begin + 60 * MS, 2 * MS); /* far ahead */
	wait_for(b, begin + 62 * MS, 2 * MS);
	pst_beat_free(b);
}

static void test_another_period(void **state)
{
	struct pst_beat *b = pst_beat_new();
	uint64_t begin = pst_now_ns();

	(void)state;
	wait_for(b, begin + 2 * MS, 2 * MS);
	wait_for(b, begin + 5 * MS, 3 * MS);
	wait_for(b, begin + 8 * MS, 3 * MS);
	wait_for(b, begin + 9 * MS, 3 * MS); /* out of step */
	wait_for(b, begin + 12 * MS, 3 * MS);
	wait_for(b, begin + 13 * MS, 0); /* no beat */
	wait_for(b, begin, 3 * MS);	 /* long past: does not wait */
	pst_beat_free(b);
}

static void test_none(void **state)
{
	uint64_t begin = pst_now_ns();

	(void)state;
	wait_for(NULL, begin + 2 * MS, 2 * MS);
	pst_beat_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steady),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_another_period),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
