// SPDX-License-Identifier: MIT
#include "config.h"

#include "model_world.h"
#include "unit.h"

#include <string.h>

#define NEAR(got, want) near(got, want, __LINE__)

static void near(double got, double want, int line)
{
	if (got - want > 1e-6 || want - got > 1e-6)
		fail_msg("line %d: %.12g, expected %.12g", line, got, want);
}

/* main:1 ── f:11 (stacks 1 2), main:2 ── f:11 (3 4); three threads, the third of another process */
static struct world *make(void)
{
	struct world *w = world_new(1);

	world_func(w, "main", "/srv/main.py", 1, false);
	world_func(w, "f", "/srv/main.py", 10, false);
	world_frame(w, 1, 1);
	world_frame(w, 2, 11);
	world_frame(w, 1, 2);
	world_node(w, 0, 1);
	world_node(w, 1, 2);
	world_node(w, 0, 3);
	world_node(w, 3, 2);
	world_process(w);
	world_process(w);
	world_thread(w, 1);
	world_thread(w, 1);
	world_thread(w, 2);
	return w;
}

static struct pst_thread_info info(const struct world *w, uint32_t thread)
{
	struct pst_thread_info t[3];

	assert_int_equal(pst_model_thread_infos(w->m, NULL, t, 3), 3);
	assert_int_equal(t[thread - 1].id, thread);
	return t[thread - 1];
}

static void test_who(void **state)
{
	struct world *w = make();
	struct pst_thread_info t = info(w, 3);

	(void)state;
	assert_int_equal(t.process, 2);
	assert_int_equal(t.tid, 103);
	assert_int_equal(t.ident, 7003);
	assert_int_equal(t.interp_id, 3);
	assert_int_equal(t.doing, PST_DOING_GONE);
	assert_int_equal(t.stack, 0);
	assert_int_equal(t.frame, 0);
	assert_int_equal(t.same_ns, 0);
	assert_true(t.cpu_percent < 0);
	/* No more is written than there is room. */
	memset(&t, 0x55, sizeof t);
	assert_int_equal(pst_model_thread_infos(w->m, NULL, &t, 0), 3);
	assert_int_equal(t.id, 0x55555555);
	world_free(w);
}

static void test_doing(void **state)
{
	static const struct {
		unsigned flags;
		enum pst_thread_doing doing;
	} cases[] = {
		{0, PST_DOING_RUNS},
		{PST_SAMPLE_UNPROVED, PST_DOING_RUNS},
		{PST_SAMPLE_GIL, PST_DOING_HOLDS_GIL},
		{PST_SAMPLE_IDLE, PST_DOING_IDLE},
		{PST_SAMPLE_IDLE | PST_SAMPLE_GIL_WAIT, PST_DOING_WAITS_GIL},
		{PST_SAMPLE_GC | PST_SAMPLE_GIL, PST_DOING_COLLECTS},
		{PST_SAMPLE_BROKEN, PST_DOING_RUNS},
	};
	struct world *w = make();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		world_look(w, (1000 + 10 * i) * MS, 1, 2, cases[i].flags);
		assert_int_equal(info(w, 1).doing, cases[i].doing);
		assert_true(info(w, 1).alive);
		assert_int_equal(info(w, 2).doing, PST_DOING_GONE);
	}
	world_tick(w, 2000 * MS, 10 * MS, 1, 0);
	assert_int_equal(info(w, 1).doing, PST_DOING_GONE);
	assert_int_equal(info(w, 1).stack, 2); /* as it was */
	world_free(w);
}

static void test_same(void **state)
{
	struct world *w = make();

	(void)state;
	world_look(w, 1000 * MS, 1, 2, 0);
	assert_int_equal(info(w, 1).same_ns, 0);
	world_look(w, 1300 * MS, 1, 4, 0); /* called from elsewhere, but the leaf is the same */
	assert_int_equal(info(w, 1).same_ns, 300 * MS);
	assert_int_equal(info(w, 1).stack, 4);
	assert_int_equal(info(w, 1).frame, 2);
	world_look(w, 1400 * MS, 1, 0, PST_SAMPLE_IDLE); /* sleeps and was not walked */
	world_look(w, 1500 * MS, 1, 2, PST_SAMPLE_BROKEN);
	assert_int_equal(info(w, 1).same_ns, 500 * MS);
	assert_int_equal(info(w, 1).stack, 4);
	world_look(w, 1600 * MS, 1, 1, 0);
	assert_int_equal(info(w, 1).same_ns, 0);
	assert_int_equal(info(w, 1).frame, 1);
	world_look(w, 1700 * MS, 2, 2, 0);
	assert_int_equal(info(w, 1).same_ns, 0);
	world_look(w, 1650 * MS, 2, 2, 0); /* the clock went back */
	assert_int_equal(info(w, 2).same_ns, 0);
	world_free(w);
}

static void test_shares(void **state)
{
	struct world *w = make();
	struct pst_span_ns span = {1100 * MS, 1200 * MS};
	struct pst_thread_info t[3];

	(void)state;
	for (unsigned i = 0; i < 20; i++) { /* ten looks in each bucket */
		world_tick(w, (1000 + 10 * i) * MS, 10 * MS, 1, 2);
		world_sample(w, 1, 2, i < 10 ? PST_SAMPLE_GIL : 0);
		world_sample(w, 2, 0, PST_SAMPLE_IDLE | (i % 2 ? PST_SAMPLE_GIL_WAIT : 0u));
	}
	world_look(w, 1195 * MS, 3, 2, 0);
	/* No window has ended: all. */
	NEAR(info(w, 1).active_percent, 100);
	NEAR(info(w, 1).gil_percent, 50);
	NEAR(info(w, 2).active_percent, 0);
	NEAR(info(w, 2).wait_percent, 50);
	NEAR(info(w, 3).active_percent, 100); /* by its own process's time */
	assert_int_equal(pst_model_thread_infos(w->m, &span, t, 3), 3);
	NEAR(t[0].active_percent, 100);
	NEAR(t[0].gil_percent, 0);
	NEAR(t[1].wait_percent, 50);
	world_roll(w);
	world_look(w, 1200 * MS, 1, 2, PST_SAMPLE_IDLE);
	NEAR(info(w, 1).gil_percent, 50);
	world_roll(w);
	NEAR(info(w, 1).active_percent, 0);
	world_free(w);
}

static void test_stack(void **state)
{
	struct world *w = make();
	uint32_t frames[2] = {0, 77};

	(void)state;
	assert_int_equal(pst_model_stack(w->m, 4, frames, 2), 2);
	assert_int_equal(frames[0], 2);
	assert_int_equal(frames[1], 3);
	frames[1] = 77;
	assert_int_equal(pst_model_stack(w->m, 2, frames, 1), 2);
	assert_int_equal(frames[1], 77);
	assert_int_equal(pst_model_stack(w->m, 0, frames, 2), 0);
	assert_int_equal(pst_model_stack(w->m, 5, frames, 2), 0);
	world_free(w);
}

/* ---- CPU time and memory ----------------------------------------------------------------- */

/* A round of figures every 250 ms: thread 1 uses half a CPU, thread 2 nothing after the first. */
static void test_cpu(void **state)
{
	struct world *w = make();
	struct pst_process_info p[2];
	struct pst_summary s;

	(void)state;
	pst_model_summary(w->m, &s);
	assert_true(s.cpu_percent < 0);
	assert_int_equal(s.rss_bytes, 0);
	for (unsigned i = 0; i < 12; i++) {
		uint64_t now = (1000 + 250 * i) * MS;
		world_tick(w, now, 10 * MS, 1, 2);
		world_sample(w, 1, 2, 0);
		world_sample(w, 2, 2, PST_SAMPLE_IDLE);
		world_usage(w, now, 1, (5000 + 125 * i) * MS, 64 << 20);
		world_thread_usage(w, now, 1, (4000 + 125 * i) * MS);
		if (!i)
			world_thread_usage(w, now, 2, 1000 * MS);
		if (i) {
			NEAR(info(w, 1).cpu_percent, 50);
			NEAR(info(w, 2).cpu_percent, 0);
		} else {
			assert_true(info(w, 1).cpu_percent < 0);
		}
	}
	assert_true(info(w, 3).cpu_percent < 0);
	assert_int_equal(pst_model_process_infos(w->m, p, 2), 2);
	NEAR(p[0].cpu_percent, 50);
	assert_int_equal(p[0].rss_bytes, 64 << 20);
	assert_int_equal(p[0].pid, 4001);
	assert_int_equal(p[0].threads, 2);
	assert_int_equal(p[0].active, 1);
	assert_true(p[1].cpu_percent < 0);
	world_usage(w, 1000 * MS, 2, 0, 1 << 20);
	world_usage(w, 1500 * MS, 2, 250 * MS, 1 << 20);
	pst_model_summary(w->m, &s);
	NEAR(s.cpu_percent, 100);
	assert_int_equal(s.rss_bytes, 65 << 20);
	world_free(w);
}

/* Of a process that ended, what was seen is left, and nothing that it has. */
static void test_a_process_ends(void **state)
{
	struct world *w = make();
	struct pst_process_info p[2];
	struct pst_summary s;

	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		uint64_t now = (1000 + 250 * i) * MS;
		world_look(w, now, 1, 2, 0);
		world_usage(w, now, 1, (5000 + 125 * i) * MS, 64 << 20);
	}
	pst_model_summary(w->m, &s);
	assert_int_equal(s.threads, 1);
	NEAR(s.cpu_percent, 50);
	assert_true(info(w, 1).alive);
	struct pst_rec_usage gone = {
		{sizeof gone, PST_REC_USAGE, PST_USAGE_GONE}, 3000 * MS, 0, 0, 1, 0};
	pst_model_ingest(w->m, &gone.head);
	pst_model_summary(w->m, &s);
	assert_int_equal(s.threads, 0);
	assert_int_equal(s.active_threads, 0);
	assert_int_equal(s.rss_bytes, 0);
	assert_true(s.cpu_percent < 0);
	assert_int_equal(s.samples, 8);
	assert_int_equal(s.errors, 0);
	assert_false(info(w, 1).alive);
	pst_model_process_infos(w->m, p, 2);
	assert_int_equal(p[0].threads, 0);
	/* Unless it was another program's turn. */
	world_look(w, 3100 * MS, 1, 2, 0);
	assert_true(info(w, 1).alive);
	world_free(w);
}

/* It is of late: a second after the thread stopped, nothing is left of what it used. */
static void test_cpu_ends(void **state)
{
	struct world *w = make();

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		uint64_t now = (1000 + 250 * i) * MS, used = (i < 10 ? i : 10) * 250 * MS;
		world_look(w, now, 1, 2, 0);
		if (i < 10)
			world_thread_usage(w, now, 1, 1 + used);
		world_usage(w, now, 1, 1 + used, 1);
		if (i == 9)
			NEAR(info(w, 1).cpu_percent, 100);
	}
	NEAR(info(w, 1).cpu_percent, 0);
	world_free(w);
}

static void test_cpu_nonsense(void **state)
{
	struct world *w = make();
	struct pst_summary s;

	(void)state;
	world_look(w, 1000 * MS, 1, 2, 0);
	world_usage(w, 1000 * MS, 1, 500, 1);
	world_usage(w, 1000 * MS, 1, 600, 1); /* no time passed */
	world_usage(w, UINT64_MAX, 1, UINT64_MAX, UINT64_MAX);
	world_usage(w, 0, 1, 3, 1);
	world_usage(w, 5, 1, 1, 1);
	world_thread_usage(w, UINT64_MAX, 1, 5);
	world_thread_usage(w, 3, 1, 4);
	/* Less than before is another count: nothing is known of it yet. */
	world_usage(w, 1000 * MS, 1, 900 * MS, 1);
	world_thread_usage(w, 1000 * MS, 1, 900 * MS);
	world_usage(w, 1200 * MS, 1, 100 * MS, 1);
	world_thread_usage(w, 1200 * MS, 1, 100 * MS);
	assert_true(info(w, 1).cpu_percent < 0);
	pst_model_summary(w->m, &s);
	assert_true(s.cpu_percent < 0);
	world_usage(w, 1400 * MS, 1, 200 * MS, 1);
	world_thread_usage(w, 1400 * MS, 1, 200 * MS);
	NEAR(info(w, 1).cpu_percent, 50);
	pst_model_summary(w->m, &s);
	assert_int_equal(s.errors, 0);
	world_usage(w, 1, 3, 1, 1); /* of nobody */
	world_usage(w, 1, 0, 1, 1);
	world_thread_usage(w, 1, 4, 1);
	world_thread_usage(w, 1, 0, 1);
	pst_model_summary(w->m, &s);
	assert_int_equal(s.errors, 4);
	info(w, 1);
	pst_model_free(w->m);
	w->m = pst_model_new();
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who),	 cmocka_unit_test(test_doing),
		cmocka_unit_test(test_same),	 cmocka_unit_test(test_shares),
		cmocka_unit_test(test_stack),	 cmocka_unit_test(test_cpu),
		cmocka_unit_test(test_a_process_ends),
		cmocka_unit_test(test_cpu_ends), cmocka_unit_test(test_cpu_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
