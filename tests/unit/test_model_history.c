// SPDX-License-Identifier: MIT
#include "config.h"

#include "model_world.h"
#include "unit.h"

#include "base/alloc.h"
#include "model/priv.h"

#include <stdlib.h>
#include <string.h>

#define NEAR(got, want) near(got, want, __LINE__)

static void near(double got, double want, int line)
{
	if (got - want > 1e-6 || want - got > 1e-6)
		fail_msg("line %d: %.12g, expected %.12g", line, got, want);
}

/* Stacks of one frame each, and T threads of one process. */
static struct world *make(unsigned stacks, unsigned threads)
{
	struct world *w = world_new(1);

	world_func(w, "f", "/srv/main.py", 1, false);
	for (unsigned i = 1; i <= stacks; i++)
		world_node(w, 0, world_frame(w, 1, (int)i));
	world_process(w);
	for (unsigned i = 0; i < threads; i++)
		world_thread(w, 1);
	return w;
}

static uint64_t total(const struct world *w, uint64_t from_ns, uint64_t to_ns)
{
	struct pst_calls c = {0};

	pst_model_calls(w->m, &(struct pst_calls_options){.span = {from_ns, to_ns}}, &c);
	uint64_t ns = c.at[0].total[0];
	pst_calls_free(&c);
	return ns;
}

/* ---- spans ------------------------------------------------------------------------------- */

static void test_buckets(void **state)
{
	struct world *w = make(3, 1);
	struct pst_span_ns span = pst_model_history(w->m);

	(void)state;
	assert_int_equal(span.from_ns, 0);
	assert_int_equal(span.to_ns, 0);
	assert_int_equal(pst_model_timeline_span(w->m).to_ns, 0);
	world_look(w, 1000 * MS, 1, 1, 0);
	world_look(w, 1099 * MS, 1, 2, 0);
	world_look(w, 1100 * MS, 1, 2, 0);
	world_look(w, 1500 * MS, 1, 3, 0);
	span = pst_model_history(w->m);
	assert_int_equal(span.from_ns, 1000 * MS);
	assert_int_equal(span.to_ns, 1600 * MS);
	assert_int_equal(total(w, 0, 0), 40 * MS);
	assert_int_equal(total(w, 1000 * MS, 1100 * MS), 20 * MS);
	assert_int_equal(total(w, 1000 * MS, 1100 * MS + 1), 30 * MS);
	assert_int_equal(total(w, 1099 * MS, 1099 * MS + 1), 20 * MS);
	assert_int_equal(total(w, 1, 999 * MS), 0);
	assert_int_equal(total(w, 1200 * MS, 1500 * MS), 0);
	assert_int_equal(total(w, 1200 * MS, UINT64_MAX), 10 * MS);
	assert_int_equal(total(w, 1600 * MS, 1000 * MS), 0);
	/* A question in the middle of a bucket does not split its time. */
	world_look(w, 1510 * MS, 1, 3, 0);
	assert_int_equal(total(w, 1500 * MS, 1501 * MS), 20 * MS);
	world_look(w, 1520 * MS, 1, 1, 0);
	assert_int_equal(total(w, 1500 * MS, 1501 * MS), 30 * MS);
	world_free(w);
}

static void test_reset_keeps_the_history(void **state)
{
	struct world *w = make(1, 1);

	(void)state;
	world_look(w, 1000 * MS, 1, 1, 0);
	world_reset(w);
	assert_int_equal(total(w, 0, 0), 0);
	assert_int_equal(total(w, 1000 * MS, 1100 * MS), 10 * MS);
	world_look(w, 1010 * MS, 1, 1, 0);
	assert_int_equal(total(w, 0, 0), 10 * MS);
	assert_int_equal(total(w, 1000 * MS, 1100 * MS), 20 * MS);
	world_free(w);
}

static void test_clock_goes_back(void **state)
{
	struct world *w = make(1, 1);
	struct pst_span_ns span;

	(void)state;
	world_look(w, 5000 * MS, 1, 1, 0);
	world_look(w, 4500 * MS, 1, 1, 0); /* out of order: counts where we are */
	assert_int_equal(total(w, 5000 * MS, 5100 * MS), 20 * MS);
	world_look(w, 3000 * MS, 1, 1, 0); /* another clock */
	span = pst_model_history(w->m);
	assert_int_equal(span.from_ns, 3000 * MS);
	assert_int_equal(span.to_ns, 3100 * MS);
	assert_int_equal(total(w, 0, 0), 30 * MS);
	world_look(w, UINT64_MAX, 1, 1, 0);
	world_look(w, 0, 1, 1, 0);
	assert_int_equal(total(w, 0, 0), 50 * MS);
	world_free(w);
}

/* A tick may stand for more than fits into a cell. */
static void test_long_ticks(void **state)
{
	const uint64_t hour = UINT64_C(900000000000);
	struct world *w = make(2, 2);
	struct pst_calls c = {0};

	(void)state;
	for (uint64_t i = 1; i <= 3; i++) {
		world_tick(w, i * hour, hour, 1, 2);
		world_sample(w, 1, 1, 0);
		world_sample(w, 2, 2, PST_SAMPLE_GIL);
	}
	pst_model_calls(w->m, &(struct pst_calls_options){.merge = PST_GROUP_LINE}, &c);
	assert_int_equal(c.samples[0], 6);
	assert_int_equal(c.at[1].total[0], 3 * hour);
	assert_int_equal(c.at[2].total[0], 3 * hour);
	pst_calls_free(&c);
	assert_int_equal(total(w, 2 * hour, 2 * hour + 1), 2 * hour);
	world_free(w);
}

/* ---- memory ------------------------------------------------------------------------------ */

/* Hz ticks a second for SECONDS; always another stack, or the same one for each thread. */
static void busy(struct world *w, unsigned hz, unsigned seconds, bool distinct)
{
	uint64_t period = 1000 * MS / hz;

	for (unsigned i = 0; i < hz * seconds; i++) {
		world_tick(w, w->now + period, period, 1, (uint32_t)w->threads.len);
		for (uint32_t t = 1; t <= w->threads.len; t++)
			world_sample(w, t,
				     distinct ? (i * 7 + t * 13) % (uint32_t)w->nodes.len + 1 : t,
				     0);
	}
}

static void test_five_minutes_fit(void **state)
{
	struct world *w = make(5000, 48);
	struct pst_span_ns span;

	(void)state;
	busy(w, 100, 330, true);
	span = pst_model_history(w->m);
	assert_true(span.to_ns - span.from_ns >= 300000 * MS);
	assert_true(pst_history_bytes(w->m->history) <= 32u << 20);
	world_free(w);
}

static void test_memory_as_it_is_needed(void **state)
{
	struct world *w = make(4, 4);

	(void)state;
	assert_true(pst_history_bytes(w->m->history) < 1024);
	busy(w, 1000, 60, false); /* 2400 cells of 240,000 samples */
	assert_true(pst_history_bytes(w->m->history) < 400 << 10);
	world_free(w);
}

static void test_oldest_goes(void **state)
{
	struct world *w = make(5000, 4);
	struct pst_span_ns span, before;
	size_t most = 0;

	(void)state;
	pst_model_set_history(w->m, 1);
	for (int i = 0; i < 60; i++) {
		busy(w, 1000, 2, true);
		size_t bytes = pst_history_bytes(w->m->history);
		most = bytes > most ? bytes : most;
	}
	assert_true(most <= 1 << 20);
	span = pst_model_history(w->m);
	assert_true(span.to_ns == (w->now / BUCKET + 1) * BUCKET);
	/* What is left is whole: the same as what the log says. */
	struct world_question q = {.span = span};
	uint64_t want = 0;
	for (size_t i = 0; i < w->samples.len; i++)
		want += world_counts(w, &w->samples.at[i], &q, false) ? w->samples.at[i].period_ns
								      : 0;
	assert_int_equal(total(w, span.from_ns, span.to_ns), want);
	assert_true(want > 1000 * MS);
	/* All since the reset does not need the history. */
	assert_int_equal(total(w, 0, 0), 60 * 2 * 4 * 1000 * MS);
	before = span;
	pst_model_set_history(w->m, 8 << 20);
	busy(w, 1000, 2, true);
	span = pst_model_history(w->m);
	assert_true(span.from_ns == before.from_ns && span.to_ns > before.to_ns);
	pst_model_set_history(w->m, 1 << 20);
	span = pst_model_history(w->m);
	assert_true(span.from_ns > before.from_ns);
	assert_true(pst_history_bytes(w->m->history) <= 1 << 20);
	world_free(w);
}

/* More stacks at once than a bucket holds, and more processes. */
static void test_wide_bucket(void **state)
{
	enum { MANY = 40000 };
	struct world *w = make(1, 0);

	(void)state;
	pst_model_set_history(w->m, 1 << 20);
	for (int i = 0; i < 2000; i++)
		world_thread(w, world_process(w));
	for (uint32_t i = 1; i <= 2000; i++)
		world_look(w, 1000 * MS, i, 1, 0);
	for (uint32_t i = 0; i < MANY; i++)
		world_look(w, 1050 * MS, i % 2000 + 1, 1,
			   i / 2000 % 2 ? PST_SAMPLE_IDLE : PST_SAMPLE_GIL);
	assert_true(pst_history_bytes(w->m->history) <= 1 << 20);
	assert_int_equal(total(w, 0, 0), (2000 + MANY / 2) * 10 * MS);
	assert_true(total(w, 1000 * MS, 1100 * MS) > 1000 * 10 * MS);
	world_free(w);
}

/* ---- the timeline ------------------------------------------------------------------------ */

static void test_timeline(void **state)
{
	struct world *w = make(1, 2);
	struct pst_time_cell c[4];

	(void)state;
	for (unsigned i = 0; i < 40; i++) { /* ten looks in each of four buckets */
		world_tick(w, (1000 + 10 * i) * MS, 10 * MS, 1, 2);
		world_sample(w, 1, 1, i < 20 ? PST_SAMPLE_GIL : PST_SAMPLE_IDLE);
		world_sample(w, 2, 1, i % 2 ? PST_SAMPLE_IDLE : 0u);
	}
	pst_model_timeline(w->m, (struct pst_span_ns){1000 * MS, 1400 * MS}, c, 4);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(c[i].ticks_ns, 100 * MS);
		NEAR(c[i].gil, i < 2 ? 1 : 0);
		NEAR(c[i].active, i < 2 ? 1.5 : 0.5);
		assert_true(c[i].cpu < 0);
	}
	pst_model_timeline(w->m, (struct pst_span_ns){0, 0}, c, 1);
	assert_int_equal(c[0].ticks_ns, 400 * MS);
	NEAR(c[0].gil, 0.5);
	pst_model_timeline(w->m, (struct pst_span_ns){1200 * MS, 1600 * MS}, c, 2);
	assert_int_equal(c[0].ticks_ns, 200 * MS);
	assert_int_equal(c[1].ticks_ns, 0);
	NEAR(c[1].active, 0);
	pst_model_timeline(w->m, (struct pst_span_ns){1000 * MS, 1000 * MS}, c, 2);
	assert_int_equal(c[0].ticks_ns, 0);
	pst_model_timeline(w->m, (struct pst_span_ns){1, 2}, c, 2);
	assert_int_equal(c[1].ticks_ns, 0);
	pst_model_timeline(w->m, (struct pst_span_ns){1, UINT64_MAX}, c, 2);
	assert_int_equal(c[0].ticks_ns, 400 * MS);
	pst_model_timeline(w->m, (struct pst_span_ns){1, UINT64_MAX}, c, 0);
	world_free(w);
}

/* One look a second: what it stands for is the second before. */
static void test_timeline_of_rare_looks(void **state)
{
	struct world *w = make(1, 1);
	struct pst_time_cell c[20];

	(void)state;
	for (unsigned i = 1; i <= 3; i++) {
		world_tick(w, (1000 * i + 950) * MS, 1000 * MS, 1, 1);
		world_sample(w, 1, 1, i == 2 ? 0 : PST_SAMPLE_IDLE);
	}
	pst_model_timeline(w->m, (struct pst_span_ns){1000 * MS, 3000 * MS}, c, 20);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(c[i].ticks_ns, 100 * MS);
		NEAR(c[i].active, i < 10 ? 0 : 1);
	}
	world_free(w);
}

/* CPU time comes a few times a second and belongs to the time before. */
static void test_timeline_cpu(void **state)
{
	struct world *w = make(1, 1);
	struct pst_time_cell c[10];

	(void)state;
	for (unsigned i = 0; i <= 100; i++) {
		uint64_t now = (1000 + 10 * i) * MS;
		world_look(w, now, 1, 1, 0);
		if (i % 25 == 0) /* half a CPU at first, two then */
			world_usage(w, now, 1, (i <= 50 ? 5 * i : 250 + 20 * (i - 50)) * MS, 1);
	}
	pst_model_timeline(w->m, (struct pst_span_ns){1000 * MS, 2000 * MS}, c, 10);
	for (int i = 0; i < 10; i++)
		NEAR(c[i].cpu, i < 5 ? 0.5 : 2);
	pst_model_timeline(w->m, (struct pst_span_ns){1000 * MS, 2000 * MS}, c, 1);
	NEAR(c[0].cpu, 1.25);
	world_free(w);
}

/* The strip shows more than the history holds. */
static void test_timeline_of_the_forgotten(void **state)
{
	struct world *w = make(5000, 4);
	struct pst_time_cell c[10];
	struct pst_span_ns span;

	(void)state;
	pst_model_set_history(w->m, 1);
	for (int i = 0; i < 60; i++) {
		world_usage(w, w->now, 1, (uint64_t)i * 3000 * MS, 1);
		busy(w, 1000, 1, true);
	}
	span = pst_model_history(w->m);
	assert_true(span.from_ns > 30000 * MS);
	assert_int_equal(pst_model_timeline_span(w->m).from_ns, 1000 * MS);
	assert_int_equal(pst_model_timeline_span(w->m).to_ns, span.to_ns);
	pst_model_timeline(w->m, (struct pst_span_ns){2000 * MS, 52000 * MS}, c, 10);
	for (int i = 0; i < 10; i++) {
		NEAR((double)c[i].ticks_ns / 5e9, 1);
		NEAR(c[i].active, 4);
		NEAR(c[i].cpu, 3);
	}
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_reset_keeps_the_history),
		cmocka_unit_test(test_clock_goes_back),
		cmocka_unit_test(test_long_ticks),
		cmocka_unit_test(test_five_minutes_fit),
		cmocka_unit_test(test_memory_as_it_is_needed),
		cmocka_unit_test(test_oldest_goes),
		cmocka_unit_test(test_wide_bucket),
		cmocka_unit_test(test_timeline),
		cmocka_unit_test(test_timeline_of_rare_looks),
		cmocka_unit_test(test_timeline_cpu),
		cmocka_unit_test(test_timeline_of_the_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
