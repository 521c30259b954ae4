// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "sampler/pause_stats.h"

static void test_empty(void **state)
{
	struct pst_pause_stats s = {0};

	(void)state;
	assert_int_equal(pst_pause_stats_quantile(&s, 0.5), 0);
	assert_int_equal(pst_pause_stats_quantile(&s, 1), 0);
}

static void test_small_values_are_exact(void **state)
{
	struct pst_pause_stats s = {0};

	(void)state;
	for (uint64_t ns = 1; ns <= 10; ns++)
		pst_pause_stats_add(&s, ns);
	assert_int_equal(pst_pause_stats_quantile(&s, 0.1), 1);
	assert_int_equal(pst_pause_stats_quantile(&s, 0.5), 5);
	assert_int_equal(pst_pause_stats_quantile(&s, 1), 10);
}

/* One value: what comes back is not below it, and above by no more than 1/8. */
static void test_error_is_bounded(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64; bit++) {
		for (uint64_t part = 0; part < 16; part++) {
			struct pst_pause_stats s = {0};
			uint64_t ns = (UINT64_C(1) << bit) + (UINT64_C(1) << bit) / 16 * part;
			pst_pause_stats_add(&s, ns);
			uint64_t got = pst_pause_stats_quantile(&s, 0.5);
			assert_true(got >= ns);
			assert_true(got - ns <= ns / 8);
		}
	}
	struct pst_pause_stats s = {0};
	pst_pause_stats_add(&s, UINT64_MAX);
	assert_true(pst_pause_stats_quantile(&s, 0.99) == UINT64_MAX);
}

static void test_quantiles(void **state)
{
	struct pst_pause_stats s = {0};

	(void)state;
	for (int i = 0; i < 985; i++)
		pst_pause_stats_add(&s, 50000);
	for (int i = 0; i < 15; i++)
		pst_pause_stats_add(&s, 4000000);
	uint64_t p50 = pst_pause_stats_quantile(&s, 0.5), p99 = pst_pause_stats_quantile(&s, 0.99);
	assert_true(p50 >= 50000 && p50 <= 56250);
	assert_true(p99 >= 4000000 && p99 <= 4500000);
	assert_int_equal(pst_pause_stats_quantile(&s, 0.985), p50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_small_values_are_exact),
		cmocka_unit_test(test_error_is_bounded),
		cmocka_unit_test(test_quantiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
