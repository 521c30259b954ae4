// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "base/alloc.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

static jmp_buf out;
static size_t failed_size;

static void on_failure(size_t size)
{
	failed_size = size;
	longjmp(out, 1);
}

/* Sizes that the compiler cannot see, or it warns about them. */
static volatile size_t huge = SIZE_MAX / 2;
static volatile size_t nothing;

static void test_memory_is_given(void **state)
{
	(void)state;
	char *p = pst_alloc(nothing);
	assert_non_null(p);
	free(p);
	p = pst_calloc(3, 5);
	assert_memory_equal(p, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15);
	memcpy(p, "abc", 4);
	p = pst_realloc(p, 10, 100);
	assert_string_equal(p, "abc");
	free(p);
	p = pst_realloc(NULL, nothing, 8);
	assert_non_null(p);
	free(p);
}

static void test_strings(void **state)
{
	(void)state;
	char *p = pst_strdup("text");
	assert_string_equal(p, "text");
	free(p);
	p = pst_strndup("text", 2);
	assert_string_equal(p, "te");
	free(p);
	p = pst_asprintf("%s-%d", "x", 5);
	assert_string_equal(p, "x-5");
	free(p);
}

static void test_handler_is_called(void **state)
{
	char *volatile mine = NULL;

	(void)state;
	pst_alloc_on_failure(on_failure);
	failed_size = 0;
	if (!setjmp(out)) {
		mine = pst_calloc(huge, 4);
		fail_msg("an overflowing calloc came back");
	}
	assert_true(failed_size == SIZE_MAX);
	failed_size = 0;
	if (!setjmp(out)) {
		mine = pst_realloc(NULL, huge, 8);
		fail_msg("an overflowing realloc came back");
	}
	assert_true(failed_size == SIZE_MAX);
	assert_null(mine);
	pst_alloc_on_failure(NULL);
}

static void test_vec_overflow(void **state)
{
	PST_VEC(uint64_t) v = {0};

	(void)state;
	pst_alloc_on_failure(on_failure);
	if (!setjmp(out)) {
		PST_VEC_RESERVE(&v, huge);
		fail_msg("an overflowing vector came back");
	}
	pst_alloc_on_failure(NULL);
	assert_null(v.at);
	assert_int_equal(v.cap, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_is_given),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_handler_is_called),
		cmocka_unit_test(test_vec_overflow),
	};

	return cmocka_run_group_tests_name("base/alloc", tests, NULL, NULL);
}
