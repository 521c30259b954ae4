// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "base/err.h"
#include "model/model.h"

#include <string.h>

#define MS		UINT64_C(1000000)
#define NEAR(got, want) near(got, want, __LINE__)

static void near(double got, double want, int line)
{
	if (got - want > 1e-9 || want - got > 1e-9)
		fail_msg("line %d: %.12g, expected %.12g", line, got, want);
}

/* ---- records ----------------------------------------------------------------------------- */

static void string(struct pst_model *m, uint32_t id, const char *text)
{
	_Alignas(8) unsigned char bytes[128] = {0};
	struct pst_rec_string *r = (struct pst_rec_string *)bytes;
	uint32_t len = (uint32_t)strlen(text);

	*r = (struct pst_rec_string){
		{PST_REC_ALIGN((uint32_t)sizeof *r + len), PST_REC_STRING, 0}, id, len};
	memcpy(r + 1, text, len);
	assert_true(pst_record_valid(&r->head, sizeof bytes));
	pst_model_ingest(m, &r->head);
}

#define HEAD(r, t)                                                                                 \
	{                                                                                          \
		sizeof(r), t, 0                                                                    \
	}

static void func(struct pst_model *m, uint32_t id, uint32_t name, int32_t line)
{
	struct pst_rec_func r = {HEAD(r, PST_REC_FUNC), id, name, name, 1, 2, line};

	pst_model_ingest(m, &r.head);
}

static void frame(struct pst_model *m, uint32_t id, uint32_t function, int32_t line)
{
	struct pst_rec_frame r = {HEAD(r, PST_REC_FRAME), id, function, line, PST_FRAME_PYTHON};

	pst_model_ingest(m, &r.head);
}

static void node(struct pst_model *m, uint32_t id, uint32_t parent, uint32_t fr, uint32_t depth)
{
	struct pst_rec_stack r = {HEAD(r, PST_REC_STACK), id, parent, fr, depth};

	pst_model_ingest(m, &r.head);
}

static void process(struct pst_model *m, uint32_t id)
{
	struct pst_rec_process r = {HEAD(r, PST_REC_PROCESS), id, 4000 + (int32_t)id, 3, 4, 1700};

	pst_model_ingest(m, &r.head);
}

static void thread(struct pst_model *m, uint32_t id, uint32_t in_process)
{
	struct pst_rec_thread r = {.head = HEAD(r, PST_REC_THREAD),
				   .id = id,
				   .process = in_process,
				   .tid = 100 + id,
				   .comm = 4,
				   .is_main = id == 1};

	pst_model_ingest(m, &r.head);
}

static void tick(struct pst_model *m, uint64_t at_ms, uint64_t period_ms, uint32_t samples)
{
	struct pst_rec_tick r = {.head = HEAD(r, PST_REC_TICK),
				 .time_ns = at_ms * MS,
				 .period_ns = period_ms * MS,
				 .process = 1,
				 .threads = 3,
				 .samples = samples};

	pst_model_ingest(m, &r.head);
}

static void sample(struct pst_model *m, uint32_t in_thread, uint32_t stack, unsigned flags)
{
	struct pst_rec_sample r = {{sizeof r, PST_REC_SAMPLE, (uint16_t)flags}, in_thread, stack};

	pst_model_ingest(m, &r.head);
}

/*
 *	<module>:1 ── work:11 ── fib:21 ── fib:22 ── fib:21		nodes 1 2 3 4 5
 *	         └─ work:12						node 6
 */
static struct pst_model *make(void)
{
	struct pst_model *m = pst_model_new();

	string(m, 1, "/srv/app/main.py");
	string(m, 2, "app/main.py");
	string(m, 3, "python main.py");
	string(m, 4, "3.11.7");
	string(m, 5, "<module>");
	string(m, 6, "work");
	string(m, 7, "fib");
	func(m, 1, 5, 0);
	func(m, 2, 6, 10);
	func(m, 3, 7, 20);
	frame(m, 1, 1, 1);
	frame(m, 2, 2, 11);
	frame(m, 3, 3, 21);
	frame(m, 4, 3, 22);
	frame(m, 5, 2, 12);
	node(m, 1, 0, 1, 1);
	node(m, 2, 1, 2, 2);
	node(m, 3, 2, 3, 3);
	node(m, 4, 3, 4, 4);
	node(m, 5, 4, 3, 5);
	node(m, 6, 1, 5, 2);
	process(m, 1);
	thread(m, 1, 1);
	thread(m, 2, 1);
	thread(m, 3, 1);
	return m;
}

static uint64_t errors(const struct pst_model *m)
{
	struct pst_summary s;

	pst_model_summary(m, &s);
	return s.errors;
}

static const struct pst_row *find(const struct pst_table *t, const char *name, int line)
{
	for (size_t i = 0; i < t->len; i++)
		if (!strcmp(t->at[i].name, name) && t->at[i].line == line)
			return &t->at[i];
	fail_msg("no row %s:%d", name, line);
	return NULL;
}

static void row_is(const struct pst_row *row, double own, double total, double gil)
{
	NEAR(row->own_percent, own);
	NEAR(row->total_percent, total);
	NEAR(row->gil_percent, gil);
}

/* ---- tests ------------------------------------------------------------------------------- */

static void test_nothing_seen(void **state)
{
	struct pst_model *m = pst_model_new();
	struct pst_table t = {0};
	struct pst_summary s;
	const struct pst_table_options opt = {0};

	(void)state;
	pst_model_table(m, &opt, &t);
	assert_int_equal(t.len, 0);
	pst_model_roll(m);
	pst_model_reset(m);
	pst_model_summary(m, &s);
	assert_string_equal(s.cmdline, "");
	assert_string_equal(s.version, "");
	NEAR(s.gil_percent, 0);
	assert_false(s.ended);
	assert_null(pst_model_note(m, 0));
	assert_int_equal(pst_model_threads(m, NULL, 0), 0);
	pst_table_free(&t);
	pst_model_free(m);
	pst_model_free(NULL);
}

static void test_recursion_counts_once(void **state)
{
	struct pst_model *m = make();
	struct pst_table t = {0};
	struct pst_table_options opt = {.group = PST_GROUP_FUNCTION};

	(void)state;
	for (uint64_t i = 0; i < 3; i++) {
		tick(m, i * 10, 10, 1);
		sample(m, 1, 5, PST_SAMPLE_GIL);
	}
	tick(m, 30, 10, 1);
	sample(m, 1, 6, 0);
	pst_model_table(m, &opt, &t);
	assert_int_equal(t.len, 3);
	row_is(find(&t, "fib", 20), 75, 75, 75);
	row_is(find(&t, "work", 10), 25, 100, 0);
	row_is(find(&t, "<module>", 0), 0, 100, 0);
	NEAR(find(&t, "fib", 20)->own_seconds, 0.03);
	NEAR(find(&t, "work", 10)->total_seconds, 0.04);
	assert_string_equal(t.at[0].name, "fib");
	assert_string_equal(t.at[0].full_file, "/srv/app/main.py");
	assert_string_equal(t.at[0].file, "app/main.py");
	assert_int_equal(t.at[0].id, 3);

	opt.group = PST_GROUP_LINE;
	pst_model_table(m, &opt, &t);
	assert_int_equal(t.len, 5);
	row_is(find(&t, "fib", 21), 75, 75, 75);
	row_is(find(&t, "fib", 22), 0, 75, 0);
	row_is(find(&t, "work", 11), 0, 75, 0);
	row_is(find(&t, "work", 12), 25, 25, 0);
	row_is(find(&t, "<module>", 1), 0, 100, 0);
	assert_int_equal(errors(m), 0);
	pst_table_free(&t);
	pst_model_free(m);
}

/* A leaf in the middle of another stack, touched in the same fold and in a later one. */
static void test_inner_nodes_are_leaves_too(void **state)
{
	struct pst_model *m = make();
	struct pst_table t = {0};
	const struct pst_table_options opt = {0};

	(void)state;
	tick(m, 0, 10, 3);
	sample(m, 1, 3, 0);
	sample(m, 2, 5, 0);
	sample(m, 3, 1, 0);
	pst_model_table(m, &opt, &t);
	row_is(find(&t, "fib", 20), 200, 200, 0);
	row_is(find(&t, "work", 10), 0, 200, 0);
	row_is(find(&t, "<module>", 0), 100, 300, 0);
	tick(m, 10, 10, 1);
	sample(m, 1, 4, 0);
	pst_model_table(m, &opt, &t);
	row_is(find(&t, "fib", 20), 150, 150, 0);
	row_is(find(&t, "<module>", 0), 50, 200, 0);
	NEAR(find(&t, "<module>", 0)->total_seconds, 0.04);
	pst_table_free(&t);
	pst_model_free(m);
}

static void test_late_ticks_stand_for_more(void **state)
{
	struct pst_model *m = make();
	struct pst_table t = {0};
	const struct pst_table_options opt = {0};

	(void)state;
	tick(m, 0, 10, 1);
	sample(m, 1, 6, 0);
	tick(m, 40, 30, 1);
	sample(m, 1, 5, 0);
	pst_model_table(m, &opt, &t);
	row_is(find(&t, "fib", 20), 75, 75, 0);
	row_is(find(&t, "work", 10), 25, 100, 0);
	NEAR(find(&t, "fib", 20)->own_seconds, 0.03);
	pst_table_free(&t);
	pst_model_free(m);
}

static void test_filters_apply_to_what_was_seen(void **state)
{
	struct pst_model *m = make();
	struct pst_table t = {0};
	struct pst_table_options opt = {0};

	(void)state;
	tick(m, 0, 10, 3);
	sample(m, 1, 5, PST_SAMPLE_GIL);
	sample(m, 2, 6, PST_SAMPLE_IDLE);
	sample(m, 3, 6, PST_SAMPLE_GIL_WAIT);
	pst_model_table(m, &opt, &t);
	row_is(find(&t, "fib", 20), 100, 100, 100);
	row_is(find(&t, "work", 10), 100, 200, 0);
	opt.idle = true;
	pst_model_table(m, &opt, &t);
	row_is(find(&t, "work", 10), 200, 300, 0);
	opt.normalised = true;
	pst_model_table(m, &opt, &t);
	row_is(find(&t, "work", 10), 200 / 3.0, 100, 0);
	row_is(find(&t, "fib", 20), 100 / 3.0, 100 / 3.0, 100 / 3.0);
	opt = (struct pst_table_options){.gil_only = true};
	pst_model_table(m, &opt, &t);
	row_is(find(&t, "work", 10), 0, 100, 0);
	row_is(find(&t, "fib", 20), 100, 100, 100);
	opt.normalised = true; /* one stack per tick: nothing to divide by */
	pst_model_table(m, &opt, &t);
	row_is(find(&t, "fib", 20), 100, 100, 100);
	pst_table_free(&t);
	pst_model_free(m);
}

static void test_rows_that_filters_hide(void **state)
{
	struct pst_model *m = make();
	struct pst_table t = {0};
	struct pst_table_options opt = {0};

	(void)state;
	tick(m, 0, 10, 1);
	sample(m, 1, 6, PST_SAMPLE_IDLE);
	pst_model_table(m, &opt, &t);
	assert_int_equal(t.len, 0);
	opt.idle = true;
	pst_model_table(m, &opt, &t);
	assert_int_equal(t.len, 2);
	pst_table_free(&t);
	pst_model_free(m);
}

static void test_window_and_reset(void **state)
{
	struct pst_model *m = make();
	struct pst_table t = {0};
	struct pst_summary s;
	const struct pst_table_options opt = {0};

	(void)state;
	tick(m, 0, 10, 1);
	sample(m, 1, 6, 0);
	pst_model_roll(m);
	tick(m, 10, 10, 1);
	sample(m, 1, 5, PST_SAMPLE_GIL);
	tick(m, 20, 10, 1);
	sample(m, 1, 0, PST_SAMPLE_IDLE);
	/* The window that ended: one tick, in work. */
	pst_model_table(m, &opt, &t);
	row_is(find(&t, "work", 10), 100, 100, 0);
	row_is(find(&t, "fib", 20), 0, 0, 0);
	NEAR(find(&t, "fib", 20)->own_seconds, 0.01);
	pst_model_roll(m);
	pst_model_table(m, &opt, &t);
	row_is(find(&t, "work", 10), 0, 50, 0);
	row_is(find(&t, "fib", 20), 50, 50, 50);
	NEAR(find(&t, "work", 10)->total_seconds, 0.02);
	pst_model_summary(m, &s);
	NEAR(s.gil_percent, 50);
	NEAR(s.active_percent, 50);
	assert_int_equal(s.ticks, 3);
	assert_int_equal(s.samples, 2);
	assert_int_equal(s.first_ns, 0);
	assert_int_equal(s.last_ns, 20 * MS);

	pst_model_reset(m);
	pst_model_table(m, &opt, &t);
	assert_int_equal(t.len, 0);
	tick(m, 30, 10, 1);
	sample(m, 1, 1, 0);
	pst_model_table(m, &opt, &t);
	assert_int_equal(t.len, 1);
	row_is(&t.at[0], 100, 100, 0);
	NEAR(t.at[0].total_seconds, 0.01);
	pst_model_summary(m, &s);
	assert_int_equal(s.ticks, 1);
	assert_int_equal(s.first_ns, 30 * MS);
	pst_table_free(&t);
	pst_model_free(m);
}

static void test_header(void **state)
{
	struct pst_model *m = make();
	struct pst_summary s;
	struct pst_thread_row rows[4];

	(void)state;
	tick(m, 0, 10, 3);
	sample(m, 1, 5, PST_SAMPLE_GIL);
	sample(m, 2, 6, PST_SAMPLE_GIL_WAIT);
	sample(m, 3, 0, PST_SAMPLE_IDLE);
	tick(m, 10, 10, 2);
	sample(m, 1, 0, PST_SAMPLE_IDLE);
	sample(m, 3, 0, PST_SAMPLE_BROKEN);
	pst_model_summary(m, &s);
	assert_string_equal(s.cmdline, "python main.py");
	assert_string_equal(s.version, "3.11.7");
	assert_int_equal(s.pid, 4001);
	assert_int_equal(s.start_unix, 1700);
	assert_int_equal(s.threads, 3);
	assert_int_equal(s.active_threads, 1);
	NEAR(s.gil_percent, 50);
	NEAR(s.active_percent, 150);
	assert_int_equal(s.samples, 2);
	assert_int_equal(pst_model_threads(m, rows, 4), 3);
	assert_true(rows[0].alive);
	assert_true(rows[0].is_main);
	assert_int_equal(rows[0].tid, 101);
	assert_int_equal(rows[0].flags, PST_SAMPLE_IDLE);
	assert_string_equal(rows[0].name, "3.11.7");
	assert_false(rows[1].alive);
	assert_int_equal(rows[1].flags, PST_SAMPLE_GIL_WAIT);
	assert_int_equal(rows[2].flags, PST_SAMPLE_BROKEN);
	assert_int_equal(pst_model_threads(m, rows, 1), 3);
	pst_model_free(m);
}

static void test_two_processes_share_the_wall_clock(void **state)
{
	struct pst_model *m = make();
	struct pst_table t = {0};
	const struct pst_table_options opt = {0};

	(void)state;
	process(m, 2);
	thread(m, 4, 2);
	for (uint64_t i = 0; i < 2; i++) {
		tick(m, i * 10, 10, 1);
		sample(m, 1, 6, 0);
	}
	struct pst_rec_tick r = {.head = HEAD(r, PST_REC_TICK),
				 .time_ns = MS,
				 .period_ns = 10 * MS,
				 .process = 2,
				 .threads = 1,
				 .samples = 1};
	pst_model_ingest(m, &r.head);
	sample(m, 4, 6, 0);
	pst_model_table(m, &opt, &t);
	row_is(find(&t, "work", 10), 150, 150, 0);
	assert_int_equal(errors(m), 0);
	pst_table_free(&t);
	pst_model_free(m);
}

static void test_stats_notes_end(void **state)
{
	struct pst_model *m = make();
	struct pst_summary s;
	struct pst_rec_stats stats = {.head = HEAD(stats, PST_REC_STATS),
				      .late = 3,
				      .rejected = 1,
				      .dropped = 2,
				      .cpu_ns = 9,
				      .pause_p50_ns = 5,
				      .pause_p99_ns = 6,
				      .rate_asked = 100,
				      .rate_achieved = 99.5};
	struct {
		struct pst_rec_note note;
		char text[8];
	} note = {{{24, PST_REC_NOTE, 0}, 1, 4}, "a\x1b[m"};
	struct pst_rec_end end = {.head = HEAD(end, PST_REC_END), .err = PST_GONE};
	struct pst_rec_tick bad = {
		.head = HEAD(bad, PST_REC_TICK), .period_ns = MS, .process = 1, .err = PST_FAULT};

	(void)state;
	pst_model_ingest(m, &stats.head);
	pst_model_ingest(m, &bad.head);
	pst_model_ingest(m, &note.note.head);
	pst_model_summary(m, &s);
	assert_int_equal(s.late, 3);
	assert_int_equal(s.rejected, 1);
	assert_int_equal(s.dropped, 2);
	assert_int_equal(s.sampler_cpu_ns, 9);
	NEAR(s.rate_achieved, 99.5);
	assert_int_equal(s.ticks, 0);
	assert_int_equal(s.end, PST_END_NONE);
	assert_string_equal(pst_model_note(m, 0), "a\\x1b[m");
	assert_null(pst_model_note(m, 1));
	pst_model_ingest(m, &bad.head);
	pst_model_ingest(m, &end.head);
	pst_model_summary(m, &s);
	assert_int_equal(s.rejected, 2);
	assert_true(s.ended);
	assert_int_equal(s.end, PST_END_GONE);
	end.err = PST_OK;
	pst_model_ingest(m, &end.head);
	pst_model_summary(m, &s);
	assert_int_equal(s.end, PST_END_STOPPED);
	end.err = PST_CORRUPT;
	pst_model_ingest(m, &end.head);
	pst_model_summary(m, &s);
	assert_int_equal(s.end, PST_END_ERROR);
	assert_int_equal(s.errors, 0);
	pst_model_free(m);
}

static void test_order(void **state)
{
	struct pst_model *m = make();
	struct pst_table t = {0};
	struct pst_table_options opt = {.sort = PST_SORT_NAME};

	(void)state;
	tick(m, 0, 10, 2);
	sample(m, 1, 5, 0);
	sample(m, 2, 6, PST_SAMPLE_GIL);
	pst_model_table(m, &opt, &t);
	assert_string_equal(t.at[0].name, "work");
	assert_string_equal(t.at[2].name, "<module>");
	opt.ascending = true;
	pst_model_table(m, &opt, &t);
	assert_string_equal(t.at[0].name, "<module>");
	opt.sort = PST_SORT_TOTAL;
	pst_model_table(m, &opt, &t);
	assert_string_equal(t.at[0].name, "fib");
	opt.ascending = false;
	pst_model_table(m, &opt, &t); /* <module> and work tie: by name */
	assert_string_equal(t.at[0].name, "<module>");
	assert_string_equal(t.at[1].name, "work");
	assert_string_equal(t.at[2].name, "fib");
	opt.sort = PST_SORT_OWN_PERCENT; /* fib and work tie: by total */
	pst_model_table(m, &opt, &t);
	assert_string_equal(t.at[0].name, "work");
	opt.sort = PST_SORT_GIL_PERCENT;
	pst_model_table(m, &opt, &t);
	assert_string_equal(t.at[0].name, "work");
	pst_table_free(&t);
	pst_model_free(m);
}

static void test_nonsense_is_counted_and_ignored(void **state)
{
	struct pst_model *m = make();
	struct pst_table t = {0};
	uint64_t n = 0;
	const struct pst_table_options opt = {.idle = true};

	(void)state;
	string(m, 9, "a gap"), n++;
	string(m, 7, "again"), n++;
	string(m, 0, "zero"), n++;
	func(m, 4, 99, 1), n++;
	func(m, 5, 1, 1), n++;
	frame(m, 6, 0, 1), n++;
	frame(m, 6, 4, 1), n++;
	frame(m, UINT32_MAX, 1, 1), n++;
	node(m, 7, 7, 1, 1), n++;  /* its own parent */
	node(m, 7, 8, 1, 1), n++;  /* a parent to come */
	node(m, 7, 1, 1, 7), n++;  /* wrong depth */
	node(m, 7, 0, 99, 1), n++; /* no such frame */
	process(m, 3), n++;
	thread(m, 4, 2), n++;
	thread(m, 9, 1), n++;
	sample(m, 1, 1, 0), n++; /* outside of a tick */
	tick(m, 0, 0, 0), n++;	 /* stands for nothing */
	tick(m, 0, 10000000, 0), n++;
	assert_int_equal(errors(m), n);
	tick(m, 0, 10, 4);
	sample(m, 1, 1, 0);
	sample(m, 1, 2, 0), n++; /* the same thread twice */
	sample(m, 9, 1, 0), n++; /* no such thread */
	sample(m, 2, 7, 0), n++; /* no such stack */
	sample(m, 3, 1, 0), n++; /* one more than said */
	tick(m, 0, 10, 2);
	sample(m, 1, 1, 0);
	tick(m, 0, 10, 0), n++; /* a sample is missing */
	struct pst_rec unknown = {.size = 8, .type = PST_REC_TYPES};
	pst_model_ingest(m, &unknown), n++;
	assert_int_equal(errors(m), n);
	pst_model_table(m, &opt, &t);
	assert_int_equal(t.len, 1);
	NEAR(t.at[0].own_seconds, 0.02);
	row_is(&t.at[0], 200 / 3.0, 200 / 3.0, 0);
	pst_table_free(&t);
	pst_model_free(m);
}

static void test_many_deep_stacks(void **state)
{
	enum { DEPTH = 300000 };
	struct pst_model *m = make();
	struct pst_table t = {0};
	const struct pst_table_options opt = {0};

	(void)state;
	node(m, 7, 0, 1, 1);
	for (uint32_t i = 2; i <= DEPTH; i++)
		node(m, 6 + i, 5 + i, i % 2 ? 3 : 2, i);
	/* Every node is a leaf once: folding must not be quadratic in the depth. */
	for (uint32_t i = 1; i <= DEPTH; i++) {
		tick(m, i, 1, 1);
		sample(m, 1, 6 + i, 0);
	}
	pst_model_table(m, &opt, &t);
	assert_int_equal(errors(m), 0);
	assert_int_equal(t.len, 3);
	NEAR(find(&t, "<module>", 0)->total_seconds, (double)DEPTH / 1e3);
	NEAR(find(&t, "<module>", 0)->own_seconds, 1 / 1e3);
	NEAR(find(&t, "work", 10)->total_seconds, (DEPTH - 1) / 1e3);
	NEAR(find(&t, "work", 10)->own_seconds, DEPTH / 2 / 1e3);
	NEAR(find(&t, "fib", 20)->total_seconds, (DEPTH - 2) / 1e3);
	NEAR(find(&t, "fib", 20)->own_seconds, (DEPTH / 2 - 1) / 1e3);
	pst_table_free(&t);
	pst_model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_seen),
		cmocka_unit_test(test_recursion_counts_once),
		cmocka_unit_test(test_inner_nodes_are_leaves_too),
		cmocka_unit_test(test_late_ticks_stand_for_more),
		cmocka_unit_test(test_filters_apply_to_what_was_seen),
		cmocka_unit_test(test_rows_that_filters_hide),
		cmocka_unit_test(test_window_and_reset),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_two_processes_share_the_wall_clock),
		cmocka_unit_test(test_stats_notes_end),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_nonsense_is_counted_and_ignored),
		cmocka_unit_test(test_many_deep_stacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
