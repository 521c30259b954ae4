// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "pane_fixture.h"
#include "unit.h"

/* The pane of threads on made-up processes. */

static struct fixture fixture;
static struct stage stage;
static bool idle_asked;

static void set_idle(void *ctx, bool idle)
{
	(void)ctx;
	idle_asked = idle;
}

static const struct pst_ui_hooks hooks = {.set_idle = set_idle};

/* ---- two processes, one of them with two interpreters ---- */

static struct pst_rec head(enum pst_rec_type type, size_t size)
{
	return (struct pst_rec){.size = (uint32_t)size, .type = (uint16_t)type};
}

static void add_process(uint32_t id, int pid, const char *cmdline)
{
	struct pst_rec_process r = {.head = head(PST_REC_PROCESS, sizeof r),
				    .id = id,
				    .pid = pid,
				    .cmdline = fixture_string(&fixture, cmdline),
				    .version = fixture_string(&fixture, "3.13.1")};

	pst_model_ingest(fixture.model, &r.head);
}

static uint32_t add_thread(uint32_t process, int64_t interp, const char *name)
{
	struct pst_rec_thread r = {.head = head(PST_REC_THREAD, sizeof r),
				   .id = ++fixture.threads,
				   .process = process,
				   .tid = 4000 + (int64_t)fixture.threads,
				   .interp_id = interp,
				   .name = *name ? fixture_string(&fixture, name) : 0,
				   .is_main = !*name};

	pst_model_ingest(fixture.model, &r.head);
	return r.id;
}

static void add_usage(uint32_t thread, uint64_t cpu_ns)
{
	struct pst_rec_thread_usage r = {.head = head(PST_REC_THREAD_USAGE, sizeof r),
					 .time_ns = fixture.now_ns,
					 .cpu_ns = cpu_ns,
					 .thread = thread};

	pst_model_ingest(fixture.model, &r.head);
}

static void add_tick(uint32_t process, const struct fixture_sample *samples, uint32_t n)
{
	struct pst_rec_tick tick = {.head = head(PST_REC_TICK, sizeof tick),
				    .time_ns = fixture.now_ns,
				    .period_ns = 10000000,
				    .process = process,
				    .threads = n,
				    .samples = n};

	pst_model_ingest(fixture.model, &tick.head);
	for (uint32_t i = 0; i < n; i++) {
		struct pst_rec_sample r = {.head = head(PST_REC_SAMPLE, sizeof r),
					   .thread = samples[i].thread,
					   .stack = samples[i].stack};

		r.head.flags = (uint16_t)samples[i].flags;
		pst_model_ingest(fixture.model, &r.head);
	}
}

struct farm {
	uint32_t main, collects, waits, sub, child, child_idle, gone;
	uint32_t top, wait, fetch, spin;
};

static void farm_tick(const struct farm *w, unsigned n)
{
	struct fixture_sample one[] = {
		{w->main, n % 2 ? w->top : w->spin, PST_SAMPLE_GIL},
		{w->collects, w->fetch, PST_SAMPLE_GC},
		{w->waits, w->wait, PST_SAMPLE_GIL_WAIT},
		{w->sub, w->spin, 0},
		{w->gone, w->fetch, 0},
	};
	struct fixture_sample two[] = {
		{w->child, w->spin, PST_SAMPLE_GIL},
		{w->child_idle, w->wait, PST_SAMPLE_IDLE},
	};

	fixture.now_ns += 10000000;
	add_tick(1, one, n < 50 ? 5 : 4);
	add_tick(2, two, 2);
	if (n % 50 == 0) {
		add_usage(w->main, (uint64_t)n * 9000000);
		add_usage(w->waits, (uint64_t)n * 500000);
		add_usage(w->child, (uint64_t)n * 10000000);
	}
}

static void make_farm(void)
{
	struct farm w;
	uint32_t frames[4];

	fixture_init(&fixture);
	add_process(1, 1200, "/usr/bin/python3 farm.py --port 80");
	add_process(2, 1207, "/usr/bin/python3 -c from multiprocessing.spawn import main");
	w.main = add_thread(1, 0, "MainThread");
	w.collects = add_thread(1, 0, "an-unreasonably-long-name-of-a-thread");
	w.waits = add_thread(1, 0, "計算-1");
	w.sub = add_thread(1, 1, "");
	w.child = add_thread(2, 0, "MainThread");
	w.child_idle = add_thread(2, 0, "feeder");
	w.gone = add_thread(1, 0, "one-shot");
	frames[0] = fixture_frame(&fixture, "<module>", "farm.py", 1, 90);
	frames[1] = fixture_frame(&fixture, "Condition.wait", "threading.py", 288, 320);
	frames[2] = fixture_frame(&fixture, "Field.harvest", "farm/field.py", 10, 17);
	frames[3] = fixture_frame(&fixture, "spin", "farm/mill.py", 5, 7);
	w.top = fixture_call(&fixture, 0, frames[0], 1);
	w.wait = fixture_call(&fixture, w.top, frames[1], 2);
	w.fetch = fixture_call(&fixture, w.top, frames[2], 2);
	w.spin = fixture_call(&fixture, w.fetch, frames[3], 3);
	for (unsigned n = 0; n < 200; n++)
		farm_tick(&w, n);
	pst_model_roll(fixture.model);
}

static void open_farm(int rows, int cols)
{
	make_farm();
	stage_open(&stage, PANE_THREADS, &pane_threads, fixture.model, &hooks, rows, cols);
}

static void open_shop(int rows, int cols)
{
	fixture_busy_process(&fixture);
	stage_open(&stage, PANE_THREADS, &pane_threads, fixture.model, &hooks, rows, cols);
}

static int teardown(void **state)
{
	(void)state;
	stage_close(&stage);
	fixture_free(&fixture);
	return 0;
}

/* ---- golden ---- */

static const struct {
	const char *name;
	int rows, cols;
	const char *keys;
	bool farm;
} cases[] = {
	{"threads-80x24", 24, 80, "", false},
	{"threads-40x12", 12, 40, "", false},
	{"threads-20x5", 5, 20, "", false},
	{"threads-200x60", 60, 200, "", false},
	{"threads-by-name-80x24", 24, 80, "> I", false},
	{"threads-tagged-80x24", 24, 80, "j t t", false},
	{"threads-searched-80x24", 24, 80, "/work n", false},
	{"threads-tree-80x24", 24, 80, "", true},
	{"threads-tree-closed-80x24", 24, 80, "Enter", true},
	{"threads-tree-40x12", 12, 40, "", true},
	{"threads-tree-200x60", 60, 200, "j j t", true},
};

static void test_golden(void **state)
{
	size_t i = (size_t)(uintptr_t)*state;

	if (cases[i].farm)
		open_farm(cases[i].rows, cases[i].cols);
	else
		open_shop(cases[i].rows, cases[i].cols);
	stage_press(&stage, cases[i].keys);
	stage_check(&stage);
	stage_golden(&stage, cases[i].name);
}

/* ---- what keys do ---- */

static void test_enter_goes_to_the_stack(void **state)
{
	(void)state;
	open_shop(24, 80);
	stage.view.frame = 3;
	stage_press(&stage, "> j");
	int row = stage_find(&stage, "worker-1");

	while (row > 0 && !stage_styled(&stage, row, ST_SELECT))
		stage_press(&stage, "j");
	stage_press(&stage, "Enter");
	assert_true((stage.effect & UI_GO) == UI_GO);
	assert_int_equal(stage.view.go, PANE_STACK);
	assert_int_equal(stage.view.thread, 2);
	assert_true(stage.view.frame == SIZE_MAX);
}

static void test_cursor_stays_with_its_thread(void **state)
{
	(void)state;
	open_shop(24, 80);
	stage_press(&stage, "j j");
	uint32_t chosen = stage.view.thread;

	assert_int_not_equal(chosen, 0);
	for (int i = 0; i < 16; i++) {
		stage_press(&stage, i % 2 ? "I" : ">");
		assert_int_equal(stage.view.thread, chosen);
	}
	stage_press(&stage, "Enter");
	assert_int_equal(stage.view.thread, chosen);
}

static void test_tags_are_the_filter(void **state)
{
	(void)state;
	open_shop(24, 80);
	assert_null(stage.view.filter.threads);
	stage_press(&stage, "j");
	uint32_t id = stage.view.thread;

	stage_press(&stage, "t");
	assert_non_null(stage.view.filter.threads);
	assert_true(stage.view.filter.nthreads >= id && stage.view.filter.threads[id - 1]);
	assert_true(stage.view.thread != id);
	stage_press(&stage, "k t");
	assert_null(stage.view.filter.threads);
	stage_press(&stage, "t t T");
	assert_null(stage.view.filter.threads);
}

static void test_a_process_is_tagged_as_a_whole(void **state)
{
	(void)state;
	open_farm(24, 80);
	stage_press(&stage, "t");
	assert_true(stage.view.filter.nthreads > 0);
	size_t tagged = 0;

	for (size_t i = 0; i < stage.view.filter.nthreads; i++)
		tagged += stage.view.filter.threads[i];
	assert_true(tagged == 2 || tagged == 5);
	stage_press(&stage, "g t");
	assert_null(stage.view.filter.threads);
}

static void test_processes_open_and_close(void **state)
{
	(void)state;
	open_farm(24, 80);
	assert_true(stage_find(&stage, "計算-1") > 0);
	assert_true(stage_find(&stage, "interpreter 1") > 0);
	int row = stage_find(&stage, "farm.py --po");

	assert_true(row > 0);
	while (!stage_styled(&stage, row, ST_SELECT))
		stage_press(&stage, "j");
	stage_press(&stage, "Left");
	assert_int_equal(stage_find(&stage, "計算-1"), -1);
	assert_int_equal(stage_find(&stage, "interpreter 1"), -1);
	assert_true(stage_find(&stage, "feeder") > 0);
	stage_press(&stage, "Right j Enter");
	assert_int_equal(stage_find(&stage, "one-shot"), -1);
	assert_true(stage_find(&stage, "interpreter 1") > 0);
	stage_press(&stage, "Enter j Left");
	assert_int_equal(stage_styled(&stage, row + 1, ST_SELECT), 80);
}

static void test_threads_that_ended_go_with_their_time(void **state)
{
	(void)state;
	open_farm(24, 80);
	assert_true(stage_find(&stage, "one-shot") > 0);
	for (unsigned n = 0; n < 2; n++) {
		struct fixture_sample idle = {1, 1, PST_SAMPLE_GIL};

		fixture.now_ns += 10000000;
		add_tick(1, &idle, 1);
		pst_model_roll(fixture.model);
	}
	stage_draw(&stage);
	assert_int_equal(stage_find(&stage, "one-shot"), -1);
	fixture_end(&fixture, PST_GONE);
}

static void test_every_column_sorts_both_ways(void **state)
{
	(void)state;
	open_shop(24, 160);
	for (int column = 0; column < 8; column++) {
		char first[512];
		int row;

		stage_press(&stage, ">");
		snprintf(first, sizeof first, "%.200s", stage_row(&stage, 1));
		stage_press(&stage, "I");
		for (row = 1; row <= 4 && strcmp(stage_row(&stage, row), first) != 0; row++)
			;
		assert_true(row >= 1);
		assert_true(strstr(stage_row(&stage, 0), "▲") || strstr(stage_row(&stage, 0), "▼"));
	}
	stage_mouse(&stage, MOUSE_CLICK, 0, 2);
	assert_true(stage_find(&stage, "worker-1") < stage_find(&stage, "worker-2"));
	stage_press(&stage, "I");
	assert_true(stage_find(&stage, "worker-1") > stage_find(&stage, "worker-2"));
}

static void test_headings_sort_by_mouse(void **state)
{
	(void)state;
	open_shop(24, 80);
	stage_mouse(&stage, MOUSE_CLICK, 0, 2);
	assert_true(strstr(stage_row(&stage, 0), "Thread▲"));
	stage_mouse(&stage, MOUSE_CLICK, 0, 2);
	assert_true(strstr(stage_row(&stage, 0), "Thread▼"));
	stage_mouse(&stage, MOUSE_CLICK, 2, 5);
	assert_int_equal(stage_styled(&stage, 2, ST_SELECT), 80);
	stage_mouse(&stage, MOUSE_DOUBLE, 3, 5);
	assert_true((stage.effect & UI_GO) == UI_GO);
	stage_mouse(&stage, MOUSE_WHEEL_UP, 3, 5);
	assert_int_equal(stage_styled(&stage, 1, ST_SELECT), 80);
}

static void test_search_goes_round(void **state)
{
	(void)state;
	open_shop(24, 80);
	stage_press(&stage, "> /worker");
	uint32_t first = stage.view.thread;

	stage_press(&stage, "n");
	assert_true(stage.view.thread != first);
	stage_press(&stage, "n");
	assert_int_equal(stage.view.thread, first);
	stage_press(&stage, "N N");
	assert_int_equal(stage.view.thread, first);
	stage_press(&stage, "/no_such");
	assert_int_equal(stage.effect, UI_NONE);
}

static void test_idle_threads_are_looked_at_while_shown(void **state)
{
	(void)state;
	idle_asked = false;
	open_shop(24, 80);
	assert_true(idle_asked);
	stage.pane.ops->show(&stage.pane, false);
	assert_false(idle_asked);
	stage.view.filter.idle = true;
	stage.pane.ops->show(&stage.pane, true);
	stage.pane.ops->show(&stage.pane, false);
	assert_true(idle_asked);
}

static int marked(void)
{
	int n = 0;

	for (int row = 1; row < stage.canvas.rows; row++)
		n += stage_row(&stage, row)[0] == '>';
	return n;
}

static void test_threads_that_are_in_a_function(void **state)
{
	struct pst_func_info info;
	uint32_t func = 0;

	(void)state;
	open_farm(24, 100);
	assert_int_equal(marked(), 0);
	for (uint32_t i = 1; i <= pst_model_func_count(fixture.model); i++) {
		pst_model_func(fixture.model, i, &info);
		if (strcmp(info.name, "Condition.wait") == 0)
			func = i;
	}
	stage.view.func = func;
	stage_draw(&stage);
	assert_true(marked() >= 2);
	for (int row = 1; row < 24; row++) {
		if (stage_row(&stage, row)[0] != '>')
			assert_int_equal(stage_styled(&stage, row, ST_SELECT), 0);
	}
	assert_non_null(strstr(stage.view.said, "2 threads are in"));
	stage_press(&stage, "c");
	assert_int_equal(stage.view.go, PANE_CALLS);
	assert_int_equal(stage.view.func, func);
}

static void test_copy(void **state)
{
	struct pst_buf out = {0};

	(void)state;
	open_shop(24, 80);
	stage_press(&stage, ">");
	stage_press(&stage, "/MainThread");
	stage.pane.ops->copy(&stage.pane, &out);
	assert_non_null(strstr(pst_buf_text(&out), "MainThread 4001 "));
	pst_buf_free(&out);
}

static void test_nothing_yet(void **state)
{
	(void)state;
	fixture_init(&fixture);
	stage_open(&stage, PANE_THREADS, &pane_threads, fixture.model, NULL, 24, 80);
	assert_true(stage_find(&stage, "Waiting") == 1);
	stage_press(&stage, "j k Enter t T Left Right g G PgUp PgDn > I");
	stage_check(&stage);
}

/* ---- anything ---- */

static uint32_t seed = 12345;

static uint32_t any(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static void any_event(void)
{
	switch (any(6)) {
	case 0:
		stage_resize(&stage, (int)any(30), (int)any(220));
		break;
	case 1:
		stage_mouse(&stage, (enum ui_mouse_kind)any(6), (int)any(40) - 2,
			    (int)any(240) - 2);
		break;
	case 2:
		stage.view.func = any(5);
		stage.view.thread = any(9);
		break;
	default:
		stage.effect = stage.pane.ops->command(&stage.pane,
						       (enum ui_cmd)any(UI_CMD_COUNT));
		if (stage.find && any(3) == 0)
			stage.pane.ops->search(&stage.pane, (int)any(3) - 1);
		stage_draw(&stage);
	}
}

static void test_ten_thousand_events(void **state)
{
	struct farm w = {1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4};

	(void)state;
	open_farm(24, 80);
	stage_press(&stage, "/a");
	for (unsigned n = 0; n < 10000; n++) {
		any_event();
		if (any(20) == 0)
			farm_tick(&w, any(200));
		if (any(50) == 0)
			pst_model_roll(fixture.model);
		stage_check(&stage);
	}
}

#define CASE(f) cmocka_unit_test_teardown(f, teardown)

int main(void)
{
	enum { GOLDEN = sizeof cases / sizeof *cases };
	const struct CMUnitTest others[] = {
		CASE(test_enter_goes_to_the_stack),
		CASE(test_cursor_stays_with_its_thread),
		CASE(test_tags_are_the_filter),
		CASE(test_a_process_is_tagged_as_a_whole),
		CASE(test_processes_open_and_close),
		CASE(test_threads_that_ended_go_with_their_time),
		CASE(test_every_column_sorts_both_ways),
		CASE(test_headings_sort_by_mouse),
		CASE(test_search_goes_round),
		CASE(test_idle_threads_are_looked_at_while_shown),
		CASE(test_threads_that_are_in_a_function),
		CASE(test_copy),
		CASE(test_nothing_yet),
		CASE(test_ten_thousand_events),
	};
	struct CMUnitTest tests[GOLDEN + sizeof others / sizeof *others];

	for (size_t i = 0; i < GOLDEN; i++)
		tests[i] = (struct CMUnitTest){.name = cases[i].name,
					       .test_func = test_golden,
					       .teardown_func = teardown,
					       .initial_state = (void *)(uintptr_t)i};
	memcpy(tests + GOLDEN, others, sizeof others);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
