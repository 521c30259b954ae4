// SPDX-License-Identifier: MIT
#include "config.h"

#include "calls_hand.h"
#include "ui/calltree.h"
#include "ui/pairs.h"
#include "unit.h"

/*
 *	focus 1
 *	  2
 *	    3
 *	      4
 *	    5
 *	  6
 */
static void plant(struct pst_calls *c, bool turned)
{
	uint32_t focus, two, three;

	c->len = 0;
	hand_node(c, 0, 0, 0, 0);
	focus = hand_node(c, 0, 1, 1, 0);
	if (turned)
		hand_node(c, focus, 6, 100, 0);
	two = hand_node(c, focus, 2, 1, 0);
	if (turned)
		hand_node(c, two, 5, 50, 0);
	three = hand_node(c, two, 3, 1, 0);
	hand_node(c, three, 4, 7, 0);
	if (!turned) {
		hand_node(c, two, 5, 5, 0);
		hand_node(c, focus, 6, 3, 0);
	}
}

static void assert_rows(const struct calltree *t, const char *expected)
{
	char seen[64];
	size_t n = 0;

	for (size_t i = 0; i < t->rows.len && n + 2 < sizeof seen; i++) {
		if (i == t->row)
			seen[n++] = '>';
		seen[n++] = (char)('0' + t->calls.at[t->rows.at[i].node].func);
	}
	seen[n] = '\0';
	assert_string_equal(seen, expected);
}

static void test_open_and_close(void **state)
{
	struct calltree t = {0};

	(void)state;
	calltree_rows(&t);
	assert_null(calltree_at(&t));
	assert_false(calltree_open(&t));
	assert_false(calltree_close(&t));
	calltree_move(&t, 5);
	plant(&t.calls, false);
	calltree_rows(&t);
	assert_rows(&t, ">26");
	assert_true(calltree_open(&t));
	assert_rows(&t, ">2356");
	assert_true(calltree_open(&t)); /* its first child */
	assert_rows(&t, "2>356");
	assert_true(calltree_open(&t));
	assert_rows(&t, "2>3456");
	calltree_move(&t, 1);
	assert_false(calltree_open(&t));
	assert_true(calltree_close(&t)); /* its parent */
	assert_rows(&t, "2>3456");
	assert_true(calltree_close(&t));
	assert_rows(&t, "2>356");
	calltree_move(&t, 100);
	assert_rows(&t, "235>6");
	assert_false(calltree_close(&t));
	calltree_move(&t, -100);
	assert_rows(&t, ">2356");
	calltree_free(&t);
}

/* What is open and chosen goes by functions, not by places. */
static void test_another_tree(void **state)
{
	struct calltree t = {0};

	(void)state;
	plant(&t.calls, false);
	calltree_rows(&t);
	calltree_open(&t);
	calltree_move(&t, 1);
	assert_rows(&t, "2>356");
	plant(&t.calls, true);
	calltree_rows(&t);
	assert_rows(&t, "625>3");
	/* It is gone: the nearest above. */
	t.calls.len = 0;
	hand_node(&t.calls, 0, 0, 0, 0);
	hand_node(&t.calls, hand_node(&t.calls, 0, 1, 1, 0), 2, 1, 0);
	calltree_rows(&t);
	assert_rows(&t, ">2");
	/* And is there again. */
	plant(&t.calls, false);
	calltree_rows(&t);
	assert_rows(&t, "2>356");
	calltree_reset(&t);
	calltree_rows(&t);
	assert_rows(&t, ">26");
	calltree_free(&t);
}

static bool is_func(const void *ctx, uint32_t func)
{
	return func == *(const uint32_t *)ctx;
}

static void test_search(void **state)
{
	struct calltree t = {0};
	uint32_t func = 4, none = 9;

	(void)state;
	assert_int_equal(calltree_search(&t, 1, is_func, &func), 0);
	plant(&t.calls, false);
	calltree_rows(&t);
	assert_int_equal(calltree_search(&t, 1, is_func, &none), 0);
	calltree_reveal(&t, calltree_search(&t, 1, is_func, &func));
	assert_rows(&t, "23>456");
	func = 2;
	calltree_reveal(&t, calltree_search(&t, 1, is_func, &func)); /* round the end */
	assert_rows(&t, ">23456");
	assert_int_equal(calltree_search(&t, 0, is_func, &func), calltree_at(&t)->node);
	func = 6;
	calltree_reveal(&t, calltree_search(&t, -1, is_func, &func));
	assert_rows(&t, "2345>6");
	calltree_free(&t);
}

static void test_scroll(void **state)
{
	struct calltree t = {0};

	(void)state;
	hand_node(&t.calls, 0, 0, 0, 0);
	hand_node(&t.calls, 0, 1, 1, 0);
	for (uint32_t i = 0; i < 20; i++)
		hand_node(&t.calls, 1, 2 + i, 1, 0);
	calltree_rows(&t);
	calltree_choose(&t, SIZE_MAX);
	calltree_scroll(&t, 5);
	assert_int_equal(t.row, 19);
	assert_int_equal(t.first, 15);
	calltree_choose(&t, 3);
	calltree_scroll(&t, 5);
	assert_int_equal(t.first, 3);
	t.follow = false;
	t.first = 500;
	calltree_scroll(&t, 5);
	assert_int_equal(t.first, 15);
	calltree_scroll(&t, 0);
	calltree_scroll(&t, 100);
	assert_int_equal(t.first, 0);
	calltree_free(&t);
}

/* A tree by lines keeps the place of one by functions, and the other way round. */
static void test_path_by_lines(void **state)
{
	struct pst_calls by_line = {0}, by_func = {0};
	struct call_path p = {0}, q = {0};
	uint32_t node, other;
	size_t found;

	(void)state;
	hand_node(&by_func, 0, 0, 0, 0);
	hand_node(&by_func, hand_node(&by_func, 0, 1, 1, 0), 2, 1, 0);
	hand_node(&by_line, 0, 0, 0, 0);
	other = hand_node(&by_line, 0, 1, 5, 0);
	node = hand_node(&by_line, 0, 1, 1, 0);
	by_line.at[other].frame = 10;
	by_line.at[node].frame = 11;
	node = hand_node(&by_line, node, 2, 1, 0);
	by_line.at[node].frame = 20;

	path_set(&p, &by_line, node);
	assert_int_equal(p.len, 2);
	assert_int_equal(path_find(&p, &by_line, &found), node);
	assert_int_equal(path_find(&p, &by_func, &found), 2);
	assert_int_equal(found, 2);
	path_set(&q, &by_func, 2);
	assert_int_equal(path_find(&q, &by_line, &found), other); /* the first of function 1 */
	assert_int_equal(found, 1);
	assert_false(path_starts(&p, &q));
	path_copy(&q, &p);
	path_cut(&q, 1);
	assert_true(path_starts(&p, &q));
	assert_false(path_starts(&q, &p));
	path_clear(&q);
	assert_int_equal(path_find(&q, &by_line, &found), 0);
	path_free(&p);
	path_free(&q);
	pst_calls_free(&by_line);
	pst_calls_free(&by_func);
}

static void test_pairs(void **state)
{
	struct pairs p;
	bool fresh;

	(void)state;
	pairs_init(&p, 20, 22);
	assert_int_equal(pairs_find(&p, 1, 2, &fresh), 20);
	assert_true(fresh);
	assert_int_equal(pairs_find(&p, 2, 1, &fresh), 21);
	assert_int_equal(pairs_find(&p, 1, 2, &fresh), 20);
	assert_false(fresh || p.full);
	assert_int_equal(pairs_find(&p, -1, 2, &fresh), -1);
	assert_true(p.full);
	pairs_clear(&p);
	assert_false(p.full);
	assert_int_equal(pairs_find(&p, -1, 2, &fresh), 20);
	pairs_clear(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open_and_close), cmocka_unit_test(test_another_tree),
		cmocka_unit_test(test_search),	       cmocka_unit_test(test_scroll),
		cmocka_unit_test(test_path_by_lines),  cmocka_unit_test(test_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
