// SPDX-License-Identifier: MIT
#include "config.h"

#include "model_world.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define NEAR(got, want) near(got, want, __LINE__)

static void near(double got, double want, int line)
{
	if (got - want > 1e-6 || want - got > 1e-6)
		fail_msg("line %d: %.12g, expected %.12g", line, got, want);
}

static const struct pst_row *row(const struct pst_table *t, const char *name)
{
	for (size_t i = 0; i < t->len; i++)
		if (!strcmp(t->at[i].name, name))
			return &t->at[i];
	fail_msg("no row %s", name);
	return NULL;
}

/* ---- by hand ----------------------------------------------------------------------------- */

enum { MAIN = 1, WORK, LOADS, DECODE, HELP };

/* <module> ── work ── loads ── decode (stacks 1 2 3 4), <module> ── work ── help (5) */
static struct world *make(void)
{
	static const char *const json = "/usr/lib/python3.11/json/__init__.py";
	struct world *w = world_new(1);

	world_func(w, "<module>", "/srv/app/main.py", 0, false);
	world_func(w, "work", "/srv/app/main.py", 10, false);
	world_func(w, "loads", json, 20, true);
	world_func(w, "decode", "/usr/lib/python3.11/json/decoder.py", 30, true);
	world_func(w, "help", "/srv/app/help.py", 40, false);
	for (uint32_t i = 1; i <= 5; i++)
		world_frame(w, i, (int)i * 10 + 1);
	world_node(w, 0, MAIN);
	world_node(w, 1, WORK);
	world_node(w, 2, LOADS);
	world_node(w, 3, DECODE);
	world_node(w, 2, HELP);
	world_process(w);
	world_thread(w, 1);
	world_thread(w, 1);
	return w;
}

/* Four looks of 10 ms with both threads, in a second bucket after a roll. */
static struct world *run(void)
{
	struct world *w = make();

	for (unsigned i = 0; i < 4; i++) {
		world_tick(w, (1000 + 10 * i) * MS, 10 * MS, 1, 2);
		world_sample(w, 1, 4, PST_SAMPLE_GIL);
		world_sample(w, 2, 5, PST_SAMPLE_IDLE | PST_SAMPLE_GIL_WAIT);
	}
	world_roll(w);
	for (unsigned i = 0; i < 4; i++) {
		world_tick(w, (1100 + 10 * i) * MS, 10 * MS, 1, 2);
		world_sample(w, 1, i ? 5 : 3, i ? 0 : PST_SAMPLE_GIL);
		world_sample(w, 2, 4, 0);
	}
	world_roll(w);
	return w;
}

static void test_threads(void **state)
{
	static const uint8_t second[] = {0, 1};
	struct world *w = run();
	struct pst_table t = {0};
	struct pst_table_query q = {.filter = {.threads = second, .nthreads = 2}};

	(void)state;
	pst_model_query(w->m, &q, &t);
	assert_int_equal(t.len, 4);
	NEAR(row(&t, "decode")->own_percent, 100);
	NEAR(row(&t, "decode")->own_seconds, 0.04);
	NEAR(row(&t, "work")->total_percent, 100);
	q.filter.idle = true;
	pst_model_query(w->m, &q, &t);
	assert_int_equal(t.len, 5);
	NEAR(row(&t, "work")->total_seconds, 0.08);
	NEAR(row(&t, "help")->own_seconds, 0.04); /* of the first window */
	NEAR(row(&t, "help")->own_percent, 0);
	q.filter.nthreads = 1; /* who is not in the list is not wanted */
	pst_model_query(w->m, &q, &t);
	assert_int_equal(t.len, 0);
	pst_table_free(&t);
	world_free(w);
}

static void test_funcs(void **state)
{
	static const uint8_t help[] = {0, 0, 0, 0, 1};
	struct world *w = run();
	struct pst_table t = {0};
	struct pst_table_query q = {.filter = {.funcs = help, .nfuncs = 5}};

	(void)state;
	pst_model_query(w->m, &q, &t);
	assert_int_equal(t.len, 3);
	NEAR(row(&t, "help")->own_percent, 75);
	NEAR(row(&t, "<module>")->total_percent, 75);
	q.filter.nfuncs = 4;
	pst_model_query(w->m, &q, &t);
	assert_int_equal(t.len, 0);
	pst_table_free(&t);
	world_free(w);
}

static void test_my_code(void **state)
{
	struct world *w = run();
	struct pst_table t = {0};
	struct pst_table_query q = {.filter = {.my_code = true}};

	(void)state;
	pst_model_query(w->m, &q, &t);
	assert_int_equal(t.len, 3);
	NEAR(row(&t, "work")->own_percent, 125); /* one look of thread 1, four of thread 2 */
	NEAR(row(&t, "work")->total_percent, 200);
	NEAR(row(&t, "work")->gil_percent, 25);
	NEAR(row(&t, "help")->own_percent, 75);
	q.table.normalised = true;
	pst_model_query(w->m, &q, &t);
	NEAR(row(&t, "work")->own_percent, 62.5);
	pst_table_free(&t);
	world_free(w);
}

static void test_files_and_modules(void **state)
{
	struct world *w = run();
	struct pst_table t = {0};
	struct pst_table_query q = {.table.group = PST_GROUP_FILE};

	(void)state;
	pst_model_query(w->m, &q, &t);
	assert_int_equal(t.len, 4);
	const struct pst_row *r = row(&t, "/srv/app/main.py");
	NEAR(r->total_percent, 200); /* a stack with two of its functions counts once */
	NEAR(r->own_percent, 0);
	assert_int_equal(r->id, MAIN);
	assert_int_equal(r->line, 0);
	q.table.group = PST_GROUP_MODULE;
	pst_model_query(w->m, &q, &t);
	assert_int_equal(t.len, 4);
	NEAR(row(&t, "json")->own_percent, 25);
	NEAR(row(&t, "json.decoder")->own_percent, 100);
	assert_string_equal(row(&t, "json")->file, "/usr/lib/python3.11/json/__init__.py");
	pst_table_free(&t);
	world_free(w);
}

static void test_difference(void **state)
{
	struct world *w = run();
	struct pst_table t = {0};
	struct pst_table_query q = {
		.span = {1100 * MS, 1200 * MS}, .base = {1000 * MS, 1100 * MS}, .diff = true};

	(void)state;
	pst_model_query(w->m, &q, &t);
	NEAR(row(&t, "help")->own_percent, 75);
	NEAR(row(&t, "decode")->own_percent, 0);
	NEAR(row(&t, "loads")->own_percent, 25);
	NEAR(row(&t, "decode")->gil_percent, -100);
	NEAR(row(&t, "help")->own_seconds, 0.03);
	pst_table_free(&t);
	world_free(w);
}

static void test_heat(void **state)
{
	struct world *w = run();
	struct pst_line_heat heat[4];
	struct pst_filter filter = {0};
	struct pst_span_ns all = {0, 0}, first = {1000 * MS, 1100 * MS};
	uint32_t again = world_node(w, world_node(w, 5, WORK), world_frame(w, WORK, 99));

	(void)state;
	world_look(w, 1200 * MS, 1, again, 0); /* … work:21, help, work:21, work:99 */
	assert_int_equal(pst_model_line_heat(w->m, WORK, &all, &filter, heat, 4), 2);
	assert_int_equal(heat[0].line, 21);
	assert_int_equal(heat[0].own_ns, 0);
	assert_int_equal(heat[0].total_ns, 130 * MS);
	assert_int_equal(heat[1].line, 99);
	assert_int_equal(heat[1].own_ns, 10 * MS);
	assert_int_equal(pst_model_line_heat(w->m, WORK, &first, &filter, heat, 0), 1);
	filter.my_code = true; /* what it calls in a library is its own */
	assert_int_equal(pst_model_line_heat(w->m, WORK, &first, &filter, heat, 4), 1);
	assert_int_equal(heat[0].own_ns, 40 * MS);
	assert_int_equal(pst_model_line_heat(w->m, 99, &all, &filter, heat, 4), 0);
	world_free(w);
}

static void test_func_infos(void **state)
{
	struct world *w = make();
	struct pst_func_info f;
	int line;

	(void)state;
	assert_int_equal(pst_model_func_count(w->m), 5);
	pst_model_func(w->m, DECODE, &f);
	assert_string_equal(f.name, "decode");
	assert_string_equal(f.module, "json.decoder");
	assert_int_equal(f.first_line, 30);
	assert_true(f.library);
	pst_model_func(w->m, WORK, &f);
	assert_false(f.library);
	pst_model_func(w->m, 6, &f);
	assert_string_equal(f.name, "");
	pst_model_func(w->m, 0, &f);
	assert_string_equal(f.module, "");
	assert_int_equal(pst_model_frame_func(w->m, HELP, &line), HELP);
	assert_int_equal(line, 51);
	assert_int_equal(pst_model_frame_func(w->m, 0, &line), 0);
	assert_int_equal(pst_model_frame_func(w->m, 6, NULL), 0);
	world_free(w);
}

/* Paths that are too long to be looked up, some of them new at each question. */
static void test_deep(void **state)
{
	struct world *w = make();
	struct pst_table_query q = {.table.group = PST_GROUP_MODULE};
	struct pst_table t = {0};
	uint32_t node = 5, looks = 0;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		node = world_node(w, node, i < 5000 ? DECODE : LOADS);
		if (i % 500)
			continue;
		world_look(w, w->now + 10 * MS, 1, node, 0);
		looks++;
		pst_model_query(w->m, &q, &t);
		NEAR(row(&t, "json.decoder")->total_seconds, 0.01 * looks);
		NEAR(row(&t, "main")->total_seconds, 0.01 * looks);
		NEAR(row(&t, "help")->own_seconds, 0);
		if (i >= 5000)
			NEAR(row(&t, "json")->total_seconds, 0.01 * (looks - 10));
	}
	pst_table_free(&t);
	world_free(w);
}

/* ---- beside a naive way ------------------------------------------------------------------ */

enum { ROWS_MAX = 64 };

struct naive {
	struct {
		uint64_t own, total, gil;
	} rows[ROWS_MAX];
	uint64_t counted, wall;
};

/* Which row a frame belongs to. */
static uint32_t row_of(const struct world *w, enum pst_group group, uint32_t frame)
{
	uint32_t func = w->frames.at[frame - 1].func;

	if (group == PST_GROUP_LINE)
		return frame;
	if (group == PST_GROUP_FUNCTION)
		return func;
	/* File and module tell the same here: the first function with that file. */
	for (uint32_t i = 1; i < func; i++)
		if (!strcmp(w->funcs.at[i - 1].file, w->funcs.at[func - 1].file))
			return i;
	return func;
}

static void count(const struct world *w, const struct world_question *q, enum pst_group group,
		  struct naive *out)
{
	*out = (struct naive){.wall = world_wall(w, q)};
	for (size_t i = 0; i < w->samples.len; i++) {
		const struct world_sample *s = &w->samples.at[i];
		uint32_t path[300];
		bool seen[ROWS_MAX] = {false};

		if (!world_counts(w, s, q, true))
			continue;
		size_t n = world_path(w, s->stack, q->filter.my_code, path);
		uint32_t leaf = row_of(w, group, path[n - 1]);
		if (s->flags & PST_SAMPLE_GIL)
			out->rows[leaf].gil += s->period_ns;
		if (!world_counts(w, s, q, false))
			continue;
		out->counted += s->period_ns;
		out->rows[leaf].own += s->period_ns;
		for (size_t k = 0; k < n; k++) {
			uint32_t r = row_of(w, group, path[k]);
			out->rows[r].total += seen[r] ? 0 : s->period_ns;
			seen[r] = true;
		}
	}
}

static double worth(const struct naive *n, bool normalised)
{
	uint64_t wall = normalised && n->counted > n->wall ? n->counted : n->wall;

	return wall ? 100.0 / (double)wall : 0;
}

static void compare(const struct world *w, const struct pst_table_query *q)
{
	struct world_question all = {.filter = q->filter, .span = q->span}, window = all,
			      base = {.filter = q->filter, .span = q->base};
	struct naive counted, shown, less = {0};
	struct pst_table t = {0};
	size_t rows = 0;

	window.window = !q->span.from_ns && !q->span.to_ns && !q->diff;
	count(w, &all, q->table.group, &counted);
	count(w, &window, q->table.group, &shown);
	if (q->diff)
		count(w, &base, q->table.group, &less);
	pst_model_query(w->m, q, &t);
	for (uint32_t i = 1; i < ROWS_MAX; i++)
		rows += counted.rows[i].total || less.rows[i].total;
	assert_int_equal(t.len, rows);
	for (size_t i = 0; i < t.len; i++) {
		const struct pst_row *r = &t.at[i];
		double percent = worth(&shown, q->table.normalised),
		       minus = worth(&less, q->table.normalised);
		NEAR(r->own_seconds, (double)counted.rows[r->id].own / 1e9);
		NEAR(r->total_seconds, (double)counted.rows[r->id].total / 1e9);
		NEAR(r->own_percent, (double)shown.rows[r->id].own * percent -
					     (double)less.rows[r->id].own * minus);
		NEAR(r->total_percent, (double)shown.rows[r->id].total * percent -
					       (double)less.rows[r->id].total * minus);
		NEAR(r->gil_percent, (double)shown.rows[r->id].gil * percent -
					     (double)less.rows[r->id].gil * minus);
	}
	pst_table_free(&t);
}

static void test_random(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 200; seed++) {
		struct world *w = world_new(seed);
		bool rolls = seed % 3;
		world_populate(w, 20 + seed % 70 * 3);
		for (unsigned round = 0; round < 40; round++) {
			struct pst_table_query q = {.table = {.normalised = round % 2}};
			struct world_question ask;
			uint8_t bytes[64];
			world_grow(w, world_random(w, 3));
			world_run(w, world_random(w, 30), rolls);
			if (!world_random(w, 20))
				world_reset(w);
			world_ask(w, &ask, bytes);
			q.base = ask.span;
			q.diff = !world_random(w, 4);
			world_ask(w, &ask, bytes);
			q.filter = ask.filter;
			q.span = ask.span;
			q.table.group = (enum pst_group)world_random(w, 4);
			compare(w, &q);
			/* What is counted anyway, and the same when it is asked for in a roundabout
			 * way. */
			if (!world_random(w, 4))
				q.filter = (struct pst_filter){.idle = round % 3 == 0};
			q.span = (struct pst_span_ns){0, 0};
			q.diff = false;
			compare(w, &q);
		}
		world_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads),	   cmocka_unit_test(test_funcs),
		cmocka_unit_test(test_my_code),	   cmocka_unit_test(test_files_and_modules),
		cmocka_unit_test(test_difference), cmocka_unit_test(test_heat),
		cmocka_unit_test(test_func_infos), cmocka_unit_test(test_deep),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
