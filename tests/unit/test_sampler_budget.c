// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "sampler/budget.h"

#include <math.h>

/* A made-up process: what looking costs, and a budget that is asked every 200 ms. */

#define STEP UINT64_C(200000000)

struct world {
	struct pst_budget b;
	double asked;
	double fixed;	 /* of one CPU, whatever the rate */
	double per_look; /* seconds */
	double noise;	 /* of what looks cost, up and down */
	double most;	 /* looks per second that can be had */
	double looks;
	uint64_t now, cost;
	uint32_t random;
};

static double noisy(struct world *w)
{
	w->random = w->random * 1664525 + 1013904223;
	return 1 + w->noise * (2.0 * (w->random >> 8) / (1 << 24) - 1);
}

static void open_world(struct world *w, double share)
{
	w->now = 5 * STEP;
	w->cost = 12345;
	if (w->most <= 0)
		w->most = 1e9;
	pst_budget_start(&w->b, share, w->asked, w->now, w->cost, 0);
}

/* One step; returns what it cost, as a share of one CPU. */
static double step(struct world *w)
{
	double rate = fmin(w->b.rate, fmin(w->asked, w->most)), seconds = (double)STEP / 1e9;
	double spent = (w->fixed + rate * w->per_look * noisy(w)) * seconds;

	w->now += STEP;
	w->looks += rate * seconds;
	w->cost += (uint64_t)(spent * 1e9);
	pst_budget_step(&w->b, w->asked, w->now, w->cost, (uint64_t)w->looks);
	return spent / seconds;
}

static void run(struct world *w, double seconds)
{
	for (double t = 0; t < seconds; t += (double)STEP / 1e9)
		(void)step(w);
}

/* The dearest second, the mean, and how far the rate went. */
struct seen {
	double worst, mean, low, high;
	unsigned changes, turns;
};

static struct seen watch(struct world *w, unsigned seconds)
{
	struct seen s = {.low = INFINITY};
	double before = w->b.rate, way = 0;

	for (unsigned i = 0; i < seconds; i++) {
		double second = 0;
		for (int k = 0; k < 5; k++) {
			second += step(w) / 5;
			double now = w->b.rate, went = now - before;
			s.changes += went > 0 || went < 0;
			s.turns += went * way < 0;
			if (went > 0 || went < 0)
				way = went;
			before = now;
			s.low = fmin(s.low, now);
			s.high = fmax(s.high, now);
		}
		s.worst = fmax(s.worst, second);
		s.mean += second / seconds;
	}
	return s;
}

static void test_no_bound(void **state)
{
	struct world w = {.asked = 10000, .per_look = 20e-6, .fixed = 0.01};

	(void)state;
	open_world(&w, 0);
	run(&w, 5);
	assert_true(isinf(w.b.rate));
	assert_true(fabs(w.b.spent - 0.21) < 0.01);
}

/* 20 µs a look, 1 %: about 450 looks a second, soon, and it stays there. */
static void test_finds_the_rate(void **state)
{
	struct world w = {.asked = 10000, .per_look = 20e-6};

	(void)state;
	open_world(&w, 0.01);
	run(&w, 3);
	assert_true(fabs(w.b.rate - 450) < 20);
	struct seen s = watch(&w, 60);
	assert_int_equal(s.changes, 0);
	assert_true(s.worst < 0.01);
}

static void test_as_fast_as_it_goes(void **state)
{
	struct world w = {.asked = INFINITY, .per_look = 2e-6, .most = 40000};

	(void)state;
	open_world(&w, 0.05);
	run(&w, 5);
	assert_true(fabs(w.b.rate - 22500) < 1000);
}

/* The bound does not matter: what is asked for is given, and nothing runs away. */
static void test_cheap_enough(void **state)
{
	struct world w = {.asked = 1000, .per_look = 5e-6, .fixed = 0.002, .noise = 0.3};

	(void)state;
	open_world(&w, 0.1);
	run(&w, 2);
	struct seen s = watch(&w, 30);
	assert_true(s.low >= 1000 && s.high <= 1000);
	w.asked = 5000;
	run(&w, 8);
	assert_true(w.b.rate >= 5000 && w.b.rate <= 5000);
	w.asked = 10;
	(void)step(&w);
	assert_true(w.b.rate <= 10);
}

/* What does not depend on the rate is part of the cost. */
static void test_fixed_cost(void **state)
{
	struct world w = {.asked = 10000, .per_look = 20e-6, .fixed = 0.005};

	(void)state;
	open_world(&w, 0.01);
	run(&w, 30);
	struct seen s = watch(&w, 60);
	assert_true(s.worst < 0.01 && s.mean > 0.006);
	assert_int_equal(s.turns, 0);
}

/* Nothing to be done: as slow as it gets. */
static void test_fixed_cost_above_the_bound(void **state)
{
	struct world w = {.asked = 10000, .per_look = 20e-6, .fixed = 0.02};

	(void)state;
	open_world(&w, 0.01);
	run(&w, 200);
	assert_true(w.b.rate >= 1 && w.b.rate <= 1);
	assert_true(pst_budget_failed(&w.b));
	w.fixed = 0;
	run(&w, 60);
	assert_true(fabs(w.b.rate - 450) < 45);
	assert_false(pst_budget_failed(&w.b));
}

/* Looks that cost now more, now less: it stays under on the average, and does not swing. */
static void test_noise(void **state)
{
	struct world w = {
		.asked = 10000, .per_look = 20e-6, .fixed = 0.002, .noise = 0.4, .random = 1};

	(void)state;
	open_world(&w, 0.01);
	run(&w, 10);
	struct seen s = watch(&w, 300);
	assert_true(s.mean < 0.01 && s.mean > 0.006);
	assert_true(s.worst < 0.0125);
	assert_true(s.high < 1.4 * s.low);
}

/* Stacks ten times as deep: within a second it is under the bound again. */
static void test_looks_become_dear(void **state)
{
	struct world w = {.asked = 10000, .per_look = 20e-6};

	(void)state;
	open_world(&w, 0.01);
	run(&w, 5);
	w.per_look = 200e-6;
	run(&w, 1);
	struct seen s = watch(&w, 30);
	assert_true(s.worst < 0.0105);
	assert_true(fabs(w.b.rate - 45) < 3);
	w.per_look = 20e-6;
	run(&w, 30);
	assert_true(fabs(w.b.rate - 450) < 45);
}

/* No look for a while (the screen holds it): the rate stays. */
static void test_a_break(void **state)
{
	struct world w = {.asked = 10000, .per_look = 20e-6};

	(void)state;
	open_world(&w, 0.01);
	run(&w, 5);
	double before = w.b.rate, most = w.most;
	w.most = 0;
	run(&w, 60);
	assert_true(fabs(w.b.rate - before) < 1e-9);
	assert_true(w.b.spent < 1e-9);
	w.most = most;
	run(&w, 5);
	assert_true(fabs(w.b.rate - before) < before * 0.1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_bound),
		cmocka_unit_test(test_finds_the_rate),
		cmocka_unit_test(test_as_fast_as_it_goes),
		cmocka_unit_test(test_cheap_enough),
		cmocka_unit_test(test_fixed_cost),
		cmocka_unit_test(test_fixed_cost_above_the_bound),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_looks_become_dear),
		cmocka_unit_test(test_a_break),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
