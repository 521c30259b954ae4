// SPDX-License-Identifier: MIT
#include "config.h"

#include "calls_hand.h"
#include "ui/icicle.h"
#include "unit.h"

/*
 *	all 100
 *	a 60            b 40
 *	c 30   d 20     e 30
 *	       d 5
 */
struct tree {
	struct pst_calls c;
	uint32_t a, b, c3, d, d2, e;
};

static void plant(struct tree *t)
{
	*t = (struct tree){0};
	hand_node(&t->c, 0, 0, 0, 0);
	t->a = hand_node(&t->c, 0, 1, 10, 10);
	t->b = hand_node(&t->c, 0, 2, 10, 40);
	t->c3 = hand_node(&t->c, t->a, 3, 30, 0);
	t->d = hand_node(&t->c, t->a, 4, 15, 50);
	t->d2 = hand_node(&t->c, t->d, 4, 5, 0);
	t->e = hand_node(&t->c, t->b, 5, 30, 0);
}

static void lay(struct icicle *i, const struct tree *t, uint32_t zoom, int cols, int least)
{
	struct icicle_options opt = {.zoom = zoom, .cols = cols, .least = least};

	icicle_lay(i, &t->c, &opt);
}

static void assert_box(const struct icicle *i, uint32_t node, int row, int from, int to)
{
	size_t box = icicle_of(i, node, false);

	assert_int_not_equal(box, ICICLE_NONE);
	assert_int_equal(i->at[box].row, row);
	assert_int_equal(i->at[box].from, from);
	assert_int_equal(i->at[box].to, to);
}

static void test_widths_are_shares(void **state)
{
	struct icicle i = {0};
	struct tree t;

	(void)state;
	plant(&t);
	lay(&i, &t, 0, 100, 1);
	assert_int_equal(i.nrows, 4);
	assert_int_equal(i.len, 7);
	assert_box(&i, 0, 0, 0, 800);
	assert_box(&i, t.a, 1, 0, 480);
	assert_box(&i, t.b, 1, 480, 800);
	assert_box(&i, t.c3, 2, 0, 240);
	assert_box(&i, t.d, 2, 240, 400);
	assert_box(&i, t.e, 2, 480, 720);
	assert_box(&i, t.d2, 3, 240, 280);
	lay(&i, &t, 0, 0, 1);
	assert_int_equal(i.len, 0);
	icicle_free(&i);
	pst_calls_free(&t.c);
}

static void test_zoom_takes_all(void **state)
{
	struct icicle i = {0};
	struct tree t;

	(void)state;
	plant(&t);
	lay(&i, &t, t.d, 10, 1);
	assert_box(&i, 0, 0, 0, 80);
	assert_box(&i, t.a, 1, 0, 80);
	assert_box(&i, t.d, 2, 0, 80);
	assert_box(&i, t.d2, 3, 0, 20);
	assert_int_equal(i.len, 4);
	icicle_free(&i);
	pst_calls_free(&t.c);
}

static void test_narrow_ones_together(void **state)
{
	struct icicle i = {0};
	struct tree t;
	size_t rest;

	(void)state;
	plant(&t);
	/* 8 eighths are 100: d of 20 is 1.6, e of 30 is 2.4. */
	lay(&i, &t, 0, 1, 2);
	assert_int_equal(icicle_of(&i, t.d, false), ICICLE_NONE);
	assert_box(&i, t.e, 2, 5, 7);
	assert_int_equal(icicle_of(&i, t.a, true), ICICLE_NONE);
	lay(&i, &t, 0, 1, 3);
	/* c and d of 50 are one of 4 now. */
	rest = icicle_of(&i, t.a, true);
	assert_int_not_equal(rest, ICICLE_NONE);
	assert_int_equal(i.at[rest].from, 0);
	assert_int_equal(i.at[rest].to, 4);
	assert_int_equal(i.at[rest].row, 2);
	assert_int_equal(i.nrows, 3);
	icicle_free(&i);
	pst_calls_free(&t.c);
}

/* The model's own "…" stands among the children, wherever its total puts it. */
static void test_rest_of_the_model(void **state)
{
	struct icicle i = {0};
	struct pst_calls c = {0};
	struct icicle_options opt = {.cols = 10, .least = 1};
	uint32_t small;
	size_t rest;

	(void)state;
	hand_node(&c, 0, 0, 0, 0);
	hand_node(&c, 0, 0, 60, 0);
	small = hand_node(&c, 0, 1, 40, 0);
	icicle_lay(&i, &c, &opt);
	assert_box(&i, small, 1, 0, 32);
	rest = icicle_of(&i, 0, true);
	assert_int_not_equal(rest, ICICLE_NONE);
	assert_int_equal(i.at[rest].from, 32);
	assert_int_equal(i.at[rest].to, 80);
	icicle_free(&i);
	pst_calls_free(&c);
}

/* A box is as wide as the mean of both shares, so what is gone is seen too. */
static void test_difference(void **state)
{
	struct icicle_options opt = {.cols = 100, .least = 1, .diff = true};
	struct icicle i = {0};
	struct tree t;

	(void)state;
	plant(&t);
	icicle_lay(&i, &t.c, &opt);
	assert_box(&i, 0, 0, 0, 800);
	assert_box(&i, t.a, 1, 0, 480);
	assert_box(&i, t.c3, 2, 0, 120);
	assert_box(&i, t.d, 2, 120, 400);
	assert_box(&i, t.e, 2, 480, 600);
	icicle_free(&i);
	pst_calls_free(&t.c);
}

static void test_moving(void **state)
{
	struct icicle i = {0};
	struct tree t;
	size_t a, b, c, d, e;

	(void)state;
	plant(&t);
	lay(&i, &t, 0, 100, 1);
	a = icicle_of(&i, t.a, false);
	b = icicle_of(&i, t.b, false);
	c = icicle_of(&i, t.c3, false);
	d = icicle_of(&i, t.d, false);
	e = icicle_of(&i, t.e, false);
	assert_int_equal(icicle_at(&i, 1, 0), a);
	assert_int_equal(icicle_at(&i, 1, 479), a);
	assert_int_equal(icicle_at(&i, 1, 480), b);
	assert_int_equal(icicle_at(&i, 2, 410), ICICLE_NONE);
	assert_int_equal(icicle_at(&i, -1, 0), ICICLE_NONE);
	assert_int_equal(icicle_at(&i, 4, 0), ICICLE_NONE);
	assert_int_equal(icicle_at(&i, 1, 800), ICICLE_NONE);
	/* Under the same cells, else what is next to them. */
	assert_int_equal(icicle_child(&i, 0, 500), b);
	assert_int_equal(icicle_child(&i, a, 300), d);
	assert_int_equal(icicle_child(&i, a, 470), d);
	assert_int_equal(icicle_child(&i, b, 790), e);
	assert_int_equal(icicle_child(&i, e, 500), ICICLE_NONE);
	assert_int_equal(icicle_child(&i, ICICLE_NONE, 0), ICICLE_NONE);
	/* Over the gap and from one parent to the next. */
	assert_int_equal(icicle_beside(&i, d, 1), e);
	assert_int_equal(icicle_beside(&i, d, -1), c);
	assert_int_equal(icicle_beside(&i, c, -1), ICICLE_NONE);
	assert_int_equal(icicle_beside(&i, e, 1), ICICLE_NONE);
	icicle_free(&i);
	pst_calls_free(&t.c);
}

/* Boxes of a row never overlap, children lie within their parents, all are wide enough. */
static void check(const struct icicle *i, int least)
{
	for (size_t row = 0; row < i->nrows; row++) {
		for (size_t box = i->rows[row]; box < i->rows[row + 1]; box++) {
			const struct icicle_box *b = &i->at[box], *up = &i->at[b->parent];

			assert_int_equal(b->row, row);
			assert_true(b->from < b->to && b->from >= 0 && b->to <= i->width);
			assert_true(b->to - b->from >= least - 1 || b->to == i->width);
			assert_true(box == i->rows[row] || i->at[box - 1].to <= b->from);
			assert_true(row == 0 || up->row == b->row - 1);
			assert_true(b->from >= up->from && b->to <= up->to);
		}
	}
}

static void test_any_tree(void **state)
{
	uint32_t seed = 7;
	struct icicle i = {0};

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct pst_calls c = {0};

		hand_node(&c, 0, 0, 0, 0);
		for (int n = 0; n < 300; n++) {
			seed = seed * 1664525 + 1013904223;
			hand_node(&c,
				  seed >> 8 & 1 ? (uint32_t)c.len - 1
						: (seed >> 12) % (uint32_t)c.len,
				  seed >> 20 & 31, seed >> 24, seed >> 16 & 255);
		}
		for (int least = 1; least <= 32; least *= 4) {
			struct icicle_options opt = {.zoom = (uint32_t)round % 300,
						     .cols = 1 + round,
						     .least = least,
						     .diff = round % 2};

			icicle_lay(&i, &c, &opt);
			check(&i, least);
		}
		pst_calls_free(&c);
	}
	icicle_free(&i);
}

/* Deeper than anybody looks: cut, not endless. */
static void test_deep(void **state)
{
	struct icicle_options opt = {.cols = 10, .least = 1};
	struct icicle i = {0};
	struct pst_calls c = {0};
	uint32_t node = hand_node(&c, 0, 0, 0, 0);

	(void)state;
	for (int n = 0; n < ICICLE_ROWS_MAX + 100; n++)
		node = hand_node(&c, node, 1, n == ICICLE_ROWS_MAX + 99, 0);
	icicle_lay(&i, &c, &opt);
	assert_int_equal(i.nrows, ICICLE_ROWS_MAX);
	opt.zoom = node;
	icicle_lay(&i, &c, &opt);
	assert_true(i.nrows > 0 && i.nrows <= ICICLE_ROWS_MAX + 1);
	icicle_free(&i);
	pst_calls_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_widths_are_shares),
		cmocka_unit_test(test_zoom_takes_all),
		cmocka_unit_test(test_narrow_ones_together),
		cmocka_unit_test(test_rest_of_the_model),
		cmocka_unit_test(test_difference),
		cmocka_unit_test(test_moving),
		cmocka_unit_test(test_any_tree),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
