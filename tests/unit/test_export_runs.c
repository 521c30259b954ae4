// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "export/runs.h"

#include <stdlib.h>
#include <string.h>

#define MS UINT64_C(1024000) /* whole units, so that nothing is rounded */

static struct pst_runs_want want_all(size_t runs_max)
{
	struct pst_runs_want want = {.runs_max = runs_max};

	for (size_t i = 0; i < PST_WAS_KINDS; i++)
		want.kinds[i] = true;
	return want;
}

static uint64_t sum(const struct pst_profile *p, uint32_t thread, uint32_t node)
{
	uint64_t ns = 0;

	for (size_t i = 0; i < p->runs.len; i++)
		if (p->runs.at[i].thread == thread && (!node || p->runs.at[i].node == node))
			ns += p->runs.at[i].ns;
	return ns;
}

static void expect_in_order(const struct pst_profile *p)
{
	for (size_t i = 1; i < p->runs.len; i++) {
		const struct pst_profile_run *a = &p->runs.at[i - 1], *b = &p->runs.at[i];
		if (a->thread == b->thread)
			assert_true(a->start_ns + a->ns <= b->start_ns);
		else
			assert_true(a->thread < b->thread);
	}
}

static void test_all_is_there(void **state)
{
	const struct pst_runs_want want = want_all(1000);
	struct pst_runs *r = pst_runs_new(1 << 20);
	struct pst_profile p = {0};

	(void)state;
	pst_runs_add(r, 2, 7, 0, 0, 10 * MS);
	pst_runs_add(r, 1, 70000, PST_WAS_GIL, 0, 5 * MS);
	pst_runs_add(r, 1, 3, PST_WAS_IDLE, 9 * MS, 10 * MS);
	pst_runs_add(r, 2, 8, 0, 10 * MS, 3000000 * MS);
	pst_runs_list(r, &want, &p);
	assert_true(p.timed);
	assert_int_equal(p.slot_ns, 0);
	assert_int_equal(p.runs.len, 4);
	const struct pst_profile_run expected[] = {{0, 5 * MS, 1, 70000},
						   {9 * MS, MS, 1, 3},
						   {0, 10 * MS, 2, 7},
						   {10 * MS, 2999990 * MS, 2, 8}};
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(p.runs.at[i].start_ns, expected[i].start_ns);
		assert_int_equal(p.runs.at[i].ns, expected[i].ns);
		assert_int_equal(p.runs.at[i].thread, expected[i].thread);
		assert_int_equal(p.runs.at[i].node, expected[i].node);
	}
	pst_profile_free(&p);
	pst_runs_free(r);
}

static void test_kinds(void **state)
{
	struct pst_runs_want want = {.runs_max = 10};
	struct pst_runs *r = pst_runs_new(1 << 20);
	struct pst_profile p = {0};

	(void)state;
	want.kinds[PST_WAS_GIL] = true;
	pst_runs_add(r, 1, 1, 0, 0, MS);
	pst_runs_add(r, 1, 2, PST_WAS_GIL, MS, 3 * MS);
	pst_runs_add(r, 1, 3, PST_WAS_IDLE, 3 * MS, 4 * MS);
	pst_runs_list(r, &want, &p);
	assert_int_equal(p.runs.len, 1);
	assert_int_equal(p.runs.at[0].start_ns, MS);
	assert_int_equal(p.runs.at[0].node, 2);
	pst_profile_free(&p);
	pst_runs_free(r);
}

/* Three quarters in one stack and one in another, in two threads, one of which sleeps now and then.
 */
static void fill(struct pst_runs *r, size_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		pst_runs_add(r, 1, 1, 0, i * 4 * MS, (i * 4 + 3) * MS);
		pst_runs_add(r, 2, 5, 0, i * 4 * MS, (i * 4 + 1) * MS);
		pst_runs_add(r, 1, 2, 0, (i * 4 + 3) * MS, (i * 4 + 4) * MS);
	}
}

static void expect_shares(const struct pst_profile *p, size_t n)
{
	uint64_t all = sum(p, 1, 0);

	expect_in_order(p);
	assert_int_equal(all, n * 4 * MS);
	assert_int_equal(sum(p, 2, 0), n * MS);
	double share = (double)sum(p, 1, 1) / (double)all;
	assert_true(share > 0.72 && share < 0.78);
}

static void test_listed_thinner(void **state)
{
	const struct pst_runs_want want = want_all(20000);
	struct pst_runs *r = pst_runs_new(64 << 20);
	struct pst_profile p = {0};

	(void)state;
	fill(r, 100000);
	pst_runs_list(r, &want, &p);
	assert_true(p.runs.len <= 20000 && p.runs.len > 2000);
	assert_true(p.slot_ns > 0);
	expect_shares(&p, 100000);
	pst_profile_free(&p);
	pst_runs_free(r);
}

static void test_kept_in_bounds(void **state)
{
	const struct pst_runs_want want = want_all(SIZE_MAX);
	struct pst_runs *r = pst_runs_new(1 << 20);
	struct pst_profile p = {0};

	(void)state;
	fill(r, 500000); /* some 8 MB without a bound */
	pst_runs_list(r, &want, &p);
	assert_true(p.slot_ns > 0);
	assert_true(p.runs.len > 60000 && p.runs.len < 200000);
	expect_shares(&p, 500000);
	pst_profile_free(&p);
	pst_runs_free(r);
}

static void test_long_runs_stay(void **state)
{
	const struct pst_runs_want want = want_all(50);
	struct pst_runs *r = pst_runs_new(1 << 20);
	struct pst_profile p = {0};

	(void)state;
	for (uint64_t i = 0; i < 1000; i++)
		pst_runs_add(r, 1, 1 + i % 2, 0, i * MS, (i + 1) * MS);
	pst_runs_add(r, 1, 9, 0, 1000 * MS, 100000 * MS);
	pst_runs_list(r, &want, &p);
	assert_true(p.runs.len <= 50);
	const struct pst_profile_run *last = &p.runs.at[p.runs.len - 1];
	assert_int_equal(last->node, 9);
	assert_int_equal(last->start_ns, 1000 * MS);
	assert_int_equal(last->ns, 99000 * MS);
	pst_profile_free(&p);
	pst_runs_free(r);
}

static void test_frames_are_bounded_too(void **state)
{
	static const uint32_t depth[] = {10, 30};
	struct pst_runs_want want = want_all(SIZE_MAX);
	struct pst_runs *r = pst_runs_new(1 << 20);
	struct pst_profile p = {0};
	uint64_t frames = 0;

	(void)state;
	want.depth = depth;
	want.nodes = 2;
	want.frames_max = 1000;
	for (uint64_t i = 0; i < 1000; i++)
		pst_runs_add(r, 1, 1 + i % 2, 0, i * MS, (i + 1) * MS);
	pst_runs_list(r, &want, &p);
	for (size_t i = 0; i < p.runs.len; i++)
		frames += depth[p.runs.at[i].node - 1];
	assert_true(frames <= 1000 && frames > 100);
	assert_int_equal(sum(&p, 1, 0), 1000 * MS);
	pst_profile_free(&p);
	pst_runs_free(r);
}

static void test_nothing(void **state)
{
	const struct pst_runs_want want = want_all(10);
	struct pst_runs *r = pst_runs_new(0);
	struct pst_profile p = {0};

	(void)state;
	pst_runs_list(r, &want, &p);
	assert_true(p.timed);
	assert_int_equal(p.runs.len, 0);
	pst_profile_free(&p);
	pst_runs_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_is_there),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_listed_thinner),
		cmocka_unit_test(test_kept_in_bounds),
		cmocka_unit_test(test_long_runs_stay),
		cmocka_unit_test(test_frames_are_bounded_too),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
