// SPDX-License-Identifier: MIT
#include "config.h"

#include "model_world.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- by hand ----------------------------------------------------------------------------- */

/*
 *	<module>:1 ── work:11 ── fib:21 ── fib:22 ── fib:21	stacks 1 2 3 4 5
 *	         └─ work:12 ── loads:1 ── save:31		stacks 6 7 8
 * work: 1, fib: 2, save: 3, all of main.py; loads: of the standard library
 */
static struct world *make(void)
{
	static const char *const file = "/srv/app/main.py";
	struct world *w = world_new(1);

	world_func(w, "<module>", file, 0, false);
	world_func(w, "work", file, 10, false);
	world_func(w, "fib", file, 20, false);
	world_func(w, "save", file, 30, false);
	world_func(w, "loads", "/usr/lib/python3.11/json/__init__.py", 1, true);
	world_frame(w, 1, 1);
	world_frame(w, 2, 11);
	world_frame(w, 3, 21);
	world_frame(w, 3, 22);
	world_frame(w, 2, 12);
	world_frame(w, 5, 1);
	world_frame(w, 4, 31);
	world_node(w, 0, 1);
	world_node(w, 1, 2);
	world_node(w, 2, 3);
	world_node(w, 3, 4);
	world_node(w, 4, 3);
	world_node(w, 1, 5);
	world_node(w, 6, 6);
	world_node(w, 7, 7);
	world_process(w);
	world_thread(w, 1);
	world_thread(w, 1);
	return w;
}

/* N looks of 10 ms each. */
static void looks(struct world *w, unsigned n, uint32_t thread, uint32_t stack)
{
	for (unsigned i = 0; i < n; i++)
		world_look(w, w->now + 10 * MS, thread, stack, 0);
}

/* "name own/total(child…)", in units of 10 ms; iterative callers need no such depth. */
static void print(const struct pst_model *m, const struct pst_calls *c, uint32_t at, char *out)
{
	struct pst_func_info f = {.name = at ? "…" : "all"};
	const struct pst_calls_node *n = &c->at[at];

	if (n->func)
		pst_model_func(m, n->func, &f);
	sprintf(out + strlen(out), "%s", f.name);
	if (n->frame) {
		int line;
		assert_int_equal(pst_model_frame_func(m, n->frame, &line), n->func);
		sprintf(out + strlen(out), ":%d", line);
	}
	sprintf(out + strlen(out), " %d/%d", (int)(n->own[0] / (10 * MS)),
		(int)(n->total[0] / (10 * MS)));
	if (!n->child)
		return;
	strcat(out, " (");
	for (uint32_t i = n->child; i; i = c->at[i].next) {
		assert_int_equal(c->at[i].parent, at);
		assert_int_equal(c->at[i].depth, n->depth + 1);
		print(m, c, i, out);
		strcat(out, c->at[i].next ? ", " : ")");
	}
}

static void expect(const struct world *w, const struct pst_calls_options *opt, const char *want)
{
	struct pst_calls c = {0};
	char got[2000] = "";

	pst_model_calls(w->m, opt, &c);
	assert_true(c.len > 0);
	print(w->m, &c, 0, got);
	pst_calls_free(&c);
	assert_string_equal(got, want);
}

static void test_down(void **state)
{
	struct world *w = make();

	(void)state;
	looks(w, 1, 1, 2);
	looks(w, 2, 1, 4);
	looks(w, 3, 1, 5);
	looks(w, 4, 2, 6);
	expect(w, &(struct pst_calls_options){.kind = PST_CALLS_DOWN},
	       "all 0/10 (<module> 0/10 (work 5/10 (fib 0/5 (fib 2/5 (fib 3/3)))))");
	expect(w, &(struct pst_calls_options){.kind = PST_CALLS_DOWN, .merge = PST_GROUP_LINE},
	       "all 0/10 (<module>:1 0/10 (work:11 1/6 (fib:21 0/5 (fib:22 2/5 (fib:21 3/3))), "
	       "work:12 4/4))");
	world_free(w);
}

static void test_up(void **state)
{
	struct world *w = make();

	(void)state;
	looks(w, 1, 1, 2);
	looks(w, 3, 1, 4);
	looks(w, 4, 2, 8);
	expect(w, &(struct pst_calls_options){.kind = PST_CALLS_UP},
	       "all 0/8 (save 0/4 (loads 0/4 (work 0/4 (<module> 4/4))), "
	       "fib 0/3 (fib 0/3 (work 0/3 (<module> 3/3))), work 0/1 (<module> 1/1))");
	world_free(w);
}

static void test_sandwich_counts_a_stack_once(void **state)
{
	struct world *w = make();

	(void)state;
	looks(w, 1, 1, 3);
	looks(w, 2, 1, 5);
	looks(w, 4, 1, 6);
	expect(w, &(struct pst_calls_options){.kind = PST_CALLS_CALLERS, .focus = 3},
	       "all 4/7 (fib 0/3 (work 0/3 (<module> 3/3)))");
	expect(w, &(struct pst_calls_options){.kind = PST_CALLS_CALLEES, .focus = 3},
	       "all 4/7 (fib 1/3 (fib 0/2 (fib 2/2)))");
	expect(w,
	       &(struct pst_calls_options){
		       .kind = PST_CALLS_CALLEES, .focus = 2, .merge = PST_GROUP_LINE},
	       "all 0/7 (work 4/7 (fib:21 1/3 (fib:22 0/2 (fib:21 2/2))))");
	/* A function that was not seen, and one that there is not. */
	expect(w, &(struct pst_calls_options){.kind = PST_CALLS_CALLERS, .focus = 4}, "all 7/7");
	expect(w, &(struct pst_calls_options){.kind = PST_CALLS_CALLEES, .focus = 99}, "all 7/7");
	world_free(w);
}

static void test_my_code(void **state)
{
	struct world *w = make();

	(void)state;
	looks(w, 1, 1, 7); /* its leaf is loads */
	looks(w, 2, 1, 8); /* save, called by loads */
	expect(w, &(struct pst_calls_options){.filter.my_code = true},
	       "all 0/3 (<module> 0/3 (work 1/3 (save 2/2)))");
	expect(w,
	       &(struct pst_calls_options){.filter.my_code = true,
					   .kind = PST_CALLS_CALLERS,
					   .focus = 4,
					   .merge = PST_GROUP_LINE},
	       "all 1/3 (save 0/2 (work:12 0/2 (<module>:1 2/2)))");
	world_free(w);
}

/* Threads begin in the standard library; some never leave it. */
static void test_my_code_below_libraries(void **state)
{
	struct world *w = make();
	uint32_t boot = world_func(w, "_bootstrap", "/usr/lib/python3.11/threading.py", 1, true);
	uint32_t frame = world_frame(w, boot, 9);
	uint32_t alone = world_node(w, 0, frame), inner = world_node(w, alone, 6);
	uint32_t mine = world_node(w, inner, 7);

	(void)state;
	looks(w, 1, 1, mine);
	looks(w, 2, 1, inner);
	looks(w, 3, 1, alone);
	expect(w, &(struct pst_calls_options){.filter.my_code = true},
	       "all 0/6 (_bootstrap 5/5, save 1/1)");
	expect(w, &(struct pst_calls_options){0},
	       "all 0/6 (_bootstrap 3/6 (loads 2/3 (save 1/1)))");
	world_free(w);
}

static void test_least(void **state)
{
	struct world *w = make();

	(void)state;
	looks(w, 1, 1, 2);
	looks(w, 5, 1, 4);
	looks(w, 94, 1, 8);
	expect(w, &(struct pst_calls_options){.merge = PST_GROUP_LINE, .least = 0.1},
	       "all 0/100 (<module>:1 0/100 (work:12 0/94 (loads:1 0/94 (save:31 94/94)), … 6/6))");
	/* In a sandwich the share is one of the focus. */
	expect(w, &(struct pst_calls_options){.kind = PST_CALLS_CALLERS, .focus = 3, .least = 0.9},
	       "all 95/100 (fib 0/5 (work 0/5 (<module> 5/5)))");
	expect(w, &(struct pst_calls_options){.least = 7}, /* more than all: as all */
	       "all 0/100 (<module> 0/100 (work 1/100 (… 99/99)))");
	world_free(w);
}

static void test_span_and_difference(void **state)
{
	struct world *w = make();
	struct pst_calls c = {0};
	struct pst_calls_options opt = {.diff = true};

	(void)state;
	w->now = 1000 * MS;
	looks(w, 9, 1, 2); /* 1010 … 1090 */
	w->now = 1500 * MS;
	looks(w, 3, 1, 6); /* 1510 … 1530 */
	looks(w, 1, 1, 8);
	opt.span = (struct pst_span_ns){1500 * MS, 1600 * MS};
	opt.base = (struct pst_span_ns){1000 * MS, 1001 * MS}; /* is widened */
	pst_model_calls(w->m, &opt, &c);
	assert_int_equal(c.samples[0], 4);
	assert_int_equal(c.samples[1], 9);
	assert_int_equal(c.at[0].total[0], 40 * MS);
	assert_int_equal(c.at[0].total[1], 90 * MS);
	assert_int_equal(c.at[2].func, 2);
	assert_int_equal(c.at[2].own[0], 30 * MS);
	assert_int_equal(c.at[2].own[1], 90 * MS);
	assert_int_equal(c.len, 5);
	/* What the span does not have is there for the base. */
	opt.base = opt.span;
	opt.span = (struct pst_span_ns){1000 * MS, 1100 * MS};
	pst_model_calls(w->m, &opt, &c);
	assert_int_equal(c.len, 5);
	assert_int_equal(c.at[4].total[0], 0);
	assert_int_equal(c.at[4].total[1], 10 * MS);
	pst_calls_free(&c);
	world_free(w);
}

static void test_nothing_seen(void **state)
{
	struct world *w = world_new(1);

	(void)state;
	for (int kind = PST_CALLS_DOWN; kind <= PST_CALLS_CALLERS; kind++)
		expect(w,
		       &(struct pst_calls_options){.kind = (enum pst_calls_kind)kind, .focus = 1},
		       "all 0/0");
	world_free(w);
}

/* As deep as a hostile target likes; each level has time of its own. */
static void test_deep_recursion(void **state)
{
	enum { DEEP = 100000 };
	struct world *w = make();
	struct pst_calls c = {0};
	uint32_t node = 1;

	(void)state;
	for (int i = 0; i < DEEP; i++) {
		node = world_node(w, node, 3);
		if (i % 2)
			looks(w, 1, 1, node);
	}
	for (int kind = PST_CALLS_DOWN; kind <= PST_CALLS_CALLERS; kind++) {
		pst_model_calls(w->m,
				&(struct pst_calls_options){.kind = (enum pst_calls_kind)kind,
							    .focus = 3,
							    .least = 0.001},
				&c);
		assert_int_equal(c.at[0].total[0], DEEP / 2 * 10 * MS);
		assert_int_equal(c.at[1].total[0], DEEP / 2 * 10 * MS);
		assert_int_equal(c.at[1].func, kind == PST_CALLS_DOWN ? 1 : 3);
	}
	/* There is no end to it, nearly: it is cut, and says so by "…". */
	pst_model_calls(w->m, &(struct pst_calls_options){.kind = PST_CALLS_UP}, &c);
	assert_true(c.len > 500 && c.len < DEEP);
	assert_int_equal(c.at[1].total[0], DEEP / 2 * 10 * MS);
	assert_int_equal(c.at[c.len - 1].func, 0);
	pst_model_calls(w->m, &(struct pst_calls_options){0}, &c);
	assert_int_equal(c.len, DEEP + 2);
	assert_int_equal(c.at[DEEP + 1].depth, DEEP + 1);
	pst_calls_free(&c);
	world_free(w);
}

/* ---- beside a naive way ------------------------------------------------------------------ */

/* A tree into which each sample of the log is put by itself. */
struct naive {
	uint32_t key;
	uint64_t own[2], total[2];
	struct naive *child, *next;
};

static struct naive *child_of(struct naive *n, uint32_t key)
{
	for (struct naive *c = n->child; c; c = c->next)
		if (c->key == key)
			return c;
	struct naive *c = calloc(1, sizeof *c);
	assert_non_null(c);
	c->key = key;
	c->next = n->child;
	n->child = c;
	return c;
}

static void naive_free(struct naive *n)
{
	while (n->child) {
		struct naive *c = n->child;
		n->child = c->next;
		naive_free(c);
		free(c);
	}
}

static uint32_t func_of(const struct world *w, uint32_t frame)
{
	return w->frames.at[frame - 1].func;
}

/* The keys of a path through the tree for frames PATH, root first; returns how many. */
static size_t keys_of(const struct world *w, const struct pst_calls_options *opt,
		      const uint32_t *path, size_t n, uint32_t *keys)
{
	bool lines = opt->merge == PST_GROUP_LINE;
	size_t at = 0, len = 0;

	while (at < n && func_of(w, path[at]) != opt->focus)
		at++;
	if (opt->kind == PST_CALLS_DOWN)
		for (size_t i = 0; i < n; i++)
			keys[len++] = lines ? path[i] : func_of(w, path[i]);
	if (opt->kind == PST_CALLS_UP)
		for (size_t i = n; i > 0; i--)
			keys[len++] = lines ? path[i - 1] : func_of(w, path[i - 1]);
	if (opt->kind < PST_CALLS_CALLEES || at == n)
		return len;
	keys[len++] = opt->focus;
	if (opt->kind == PST_CALLS_CALLEES)
		for (size_t i = at + 1; i < n; i++)
			keys[len++] = lines ? path[i] : func_of(w, path[i]);
	else
		for (size_t i = at; i > 0; i--)
			keys[len++] = lines ? path[i - 1] : func_of(w, path[i - 1]);
	return len;
}

static void naive_make(const struct world *w, const struct pst_calls_options *opt,
		       struct naive *root)
{
	const struct pst_span_ns *spans[2] = {&opt->span, &opt->base};

	for (int k = 0; k < (opt->diff ? 2 : 1); k++)
		for (size_t i = 0; i < w->samples.len; i++) {
			const struct world_sample *s = &w->samples.at[i];
			struct world_question q = {.filter = opt->filter, .span = *spans[k]};
			uint32_t path[300], keys[300];
			struct naive *n = root;

			if (!world_counts(w, s, &q, false))
				continue;
			size_t len = world_path(w, s->stack, opt->filter.my_code, path);
			len = keys_of(w, opt, path, len, keys);
			n->total[k] += s->period_ns;
			for (size_t d = 0; d < len; d++) {
				n = child_of(n, keys[d]);
				n->total[k] += s->period_ns;
			}
			n->own[k] += s->period_ns;
		}
}

static bool naive_wide(const struct naive *n, const double least[2])
{
	return (n->total[0] && (double)n->total[0] >= least[0]) ||
	       (n->total[1] && (double)n->total[1] >= least[1]);
}

static void ordered(const struct pst_model *m, const struct pst_calls_node *a,
		    const struct pst_calls_node *b)
{
	struct pst_func_info x, y;

	pst_model_func(m, a->func, &x);
	pst_model_func(m, b->func, &y);
	assert_true(a->total[0] > b->total[0] ||
		    (a->total[0] == b->total[0] &&
		     (a->total[1] > b->total[1] ||
		      (a->total[1] == b->total[1] && strcmp(x.name, y.name) <= 0))));
}

static void compare(const struct world *w, const struct pst_calls_options *opt,
		    const struct pst_calls *c, uint32_t at, const struct naive *want,
		    const double least[2])
{
	const struct pst_calls_node *n = &c->at[at];
	uint64_t rest[2] = {0, 0};
	unsigned wide = 0, shown = 0;
	bool folded = false;

	for (const struct naive *k = want->child; k; k = k->next) {
		if (naive_wide(k, least)) {
			wide++;
			continue;
		}
		rest[0] += k->total[0];
		rest[1] += k->total[1];
	}
	for (int k = 0; k < 2; k++) {
		assert_int_equal(n->own[k], want->own[k]);
		assert_int_equal(n->total[k], want->total[k]);
	}
	for (uint32_t i = n->child; i; i = c->at[i].next) {
		const struct pst_calls_node *kid = &c->at[i];
		const struct naive *match = want->child;
		uint32_t key = kid->frame ? kid->frame : kid->func;

		assert_int_equal(kid->parent, at);
		if (!kid->func) {
			folded = true;
			assert_int_equal(kid->next, 0);
			assert_int_equal(kid->child, 0);
			assert_int_equal(kid->total[0], rest[0]);
			assert_int_equal(kid->total[1], rest[1]);
			continue;
		}
		shown++;
		while (match && match->key != key)
			match = match->next;
		if (!match) {
			fail_msg("a node that must not be there");
			return;
		}
		assert_true(naive_wide(match, least));
		if (kid->next && c->at[kid->next].func)
			ordered(w->m, kid, &c->at[kid->next]);
		compare(w, opt, c, i, match, least);
	}
	assert_int_equal(shown, wide);
	assert_int_equal(folded, rest[0] || rest[1]);
}

static void compare_with_naive(const struct world *w, const struct pst_calls_options *opt,
			       struct pst_calls *c)
{
	struct naive root = {0};
	const struct naive *of = &root;
	double least[2];

	naive_make(w, opt, &root);
	pst_model_calls(w->m, opt, c);
	if (opt->kind >= PST_CALLS_CALLEES && root.child)
		of = root.child;
	for (int k = 0; k < 2; k++)
		least[k] = (double)(uint64_t)(opt->least * (double)of->total[k]);
	compare(w, opt, c, 0, &root, least);
	naive_free(&root);
}

static void test_random(void **state)
{
	struct pst_calls c = {0};

	(void)state;
	for (unsigned seed = 1; seed <= 200; seed++) {
		struct world *w = world_new(seed);
		world_populate(w, 20 + seed % 70 * 3);
		for (unsigned round = 0; round < 30; round++) {
			struct world_question q;
			uint8_t bytes[64];
			world_grow(w, world_random(w, 3));
			world_run(w, world_random(w, 40), true);
			if (!world_random(w, 20))
				world_reset(w);
			world_ask(w, &q, bytes);
			struct pst_calls_options opt = {
				.kind = (enum pst_calls_kind)world_random(w, 4),
				.merge = world_random(w, 2) ? PST_GROUP_LINE : PST_GROUP_FUNCTION,
				.focus = 1 + world_random(w, 12),
				.filter = q.filter,
				.span = q.span,
				.least = world_random(w, 2) ? 0.01 * world_random(w, 30) : 0,
			};
			world_ask(w, &q, bytes); /* other bytes in the filter, too */
			opt.base = q.span;
			opt.diff = world_random(w, 2);
			compare_with_naive(w, &opt, &c);
		}
		world_free(w);
	}
	pst_calls_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_down),
		cmocka_unit_test(test_up),
		cmocka_unit_test(test_sandwich_counts_a_stack_once),
		cmocka_unit_test(test_my_code),
		cmocka_unit_test(test_my_code_below_libraries),
		cmocka_unit_test(test_least),
		cmocka_unit_test(test_span_and_difference),
		cmocka_unit_test(test_nothing_seen),
		cmocka_unit_test(test_deep_recursion),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
