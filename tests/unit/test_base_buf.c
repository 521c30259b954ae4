// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

static void test_empty(void **state)
{
	struct pst_buf b = {0};

	(void)state;
	assert_string_equal(pst_buf_text(&b), "");
	pst_buf_clear(&b);
	pst_buf_cut(&b, 5);
	assert_null(b.data);
	pst_buf_add(&b, NULL, 0);
	assert_non_null(b.data);
	assert_string_equal(pst_buf_text(&b), "");
	pst_buf_free(&b);
	assert_null(b.data);
	pst_buf_free(&b);
}

static void test_adds(void **state)
{
	struct pst_buf b = {0};

	(void)state;
	pst_buf_adds(&b, "one");
	pst_buf_addc(&b, ' ');
	pst_buf_addf(&b, "%d+%s", 2, "three");
	pst_buf_add(&b, "\0x", 2);
	assert_int_equal(b.len, 13);
	assert_memory_equal(b.data, "one 2+three\0x", 14);
	pst_buf_cut(&b, 3);
	assert_string_equal(b.data, "one");
	pst_buf_cut(&b, 10);
	assert_int_equal(b.len, 3);
	pst_buf_addf(&b, "%s", "");
	assert_string_equal(b.data, "one");
	pst_buf_free(&b);
}

static void test_long_format(void **state)
{
	struct pst_buf b = {0};

	(void)state;
	for (int i = 0; i < 500; i++)
		pst_buf_addf(&b, "%099d\n", i);
	assert_int_equal(b.len, 50000);
	assert_int_equal(strlen(b.data), 50000);
	assert_memory_equal(b.data + 49900 + 96, "499\n", 4);
	pst_buf_free(&b);
}

static void test_clear_keeps_memory(void **state)
{
	struct pst_buf b = {0};

	(void)state;
	pst_buf_adds(&b, "something");
	size_t cap = b.cap;
	pst_buf_clear(&b);
	assert_string_equal(pst_buf_text(&b), "");
	assert_int_equal(b.len, 0);
	assert_int_equal(b.cap, cap);
	pst_buf_free(&b);
}

static void test_take(void **state)
{
	struct pst_buf b = {0};

	(void)state;
	char *s = pst_buf_take(&b);
	assert_string_equal(s, "");
	free(s);
	pst_buf_adds(&b, "mine");
	s = pst_buf_take(&b);
	assert_string_equal(s, "mine");
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_adds),
		cmocka_unit_test(test_long_format),
		cmocka_unit_test(test_clear_keeps_memory),
		cmocka_unit_test(test_take),
	};

	return cmocka_run_group_tests_name("base/buf", tests, NULL, NULL);
}
