// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "base/vec.h"

struct point {
	int x, y;
};

static void test_push_zeroes_and_keeps(void **state)
{
	PST_VEC(struct point) v = {0};

	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct point *p = PST_VEC_PUSH(&v);

		assert_int_equal(p->x, 0);
		assert_int_equal(p->y, 0);
		*p = (struct point){i, -i};
	}
	assert_int_equal(v.len, 1000);
	assert_true(v.cap >= v.len);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(v.at[i].x, i);
		assert_int_equal(v.at[i].y, -i);
	}
	PST_VEC_FREE(&v);
	assert_null(v.at);
	assert_int_equal(v.len, 0);
	assert_int_equal(v.cap, 0);
}

static void test_reserve_never_shrinks(void **state)
{
	PST_VEC(char) v = {0};

	(void)state;
	PST_VEC_RESERVE(&v, 100);
	assert_true(v.cap >= 100);
	assert_int_equal(v.len, 0);
	size_t cap = v.cap;
	char *at = v.at;
	PST_VEC_RESERVE(&v, 10);
	assert_int_equal(v.cap, cap);
	assert_ptr_equal(v.at, at);
	PST_VEC_FREE(&v);
}

/* A reused vector hands out zeroed elements again, not what stood there before. */
static void test_push_after_clear_is_zero(void **state)
{
	PST_VEC(struct point) v = {0};

	(void)state;
	*PST_VEC_PUSH(&v) = (struct point){1, 2};
	v.len = 0;
	assert_int_equal(PST_VEC_PUSH(&v)->y, 0);
	PST_VEC_FREE(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_push_zeroes_and_keeps),
		cmocka_unit_test(test_reserve_never_shrinks),
		cmocka_unit_test(test_push_after_clear_is_zero),
	};

	return cmocka_run_group_tests_name("base/vec", tests, NULL, NULL);
}
