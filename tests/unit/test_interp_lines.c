// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include <stdlib.h>

#include "interp/priv.h"

struct expect {
	int32_t lasti, line, end_line, col, end_col; /* from this instruction on */
};

struct table {
	const char *name;
	int32_t format, first_line, code_size;
	size_t len;
	const uint8_t *bytes;
	size_t n;
	const struct expect *expect;
};

#include "lines_data.h"

static void check(const struct table *t, int32_t lasti, const struct expect *want)
{
	struct pst_position got;

	pst_lines_decode(t->format, t->bytes, t->len, t->first_line, lasti, &got);
	if (got.line != want->line || got.end_line != want->end_line || got.col != want->col ||
	    got.end_col != want->end_col)
		fail_msg("%s at %d: %d:%d-%d:%d, not %d:%d-%d:%d", t->name, lasti, got.line,
			 got.col, got.end_line, got.end_col, want->line, want->col, want->end_line,
			 want->end_col);
}

/* Each instruction of each table has the position that its own interpreter reads there. */
static void test_as_the_interpreters_read_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		const struct table *t = &tables[i];

		for (size_t k = 0; k < t->n; k++) {
			int32_t end = k + 1 < t->n ? t->expect[k + 1].lasti : t->code_size;

			for (int32_t lasti = t->expect[k].lasti; lasti < end; lasti++)
				check(t, lasti, &t->expect[k]);
		}
	}
}

static void test_before_the_first_instruction(void **state)
{
	struct pst_position got;

	(void)state;
	for (int32_t format = PST_LINES_LNOTAB_UNSIGNED; format <= PST_LINES_311; format++) {
		pst_lines_decode(format, NULL, 0, 7, -1, &got);
		assert_int_equal(got.line, 7);
		assert_int_equal(got.col, -1);
	}
}

static void test_an_unknown_instruction_has_no_line(void **state)
{
	const uint8_t table[] = {0, 1, 2, 3};
	struct pst_position got;

	(void)state;
	pst_lines_decode(PST_LINES_LNOTAB_SIGNED, table, sizeof table, 7, PST_LASTI_UNKNOWN, &got);
	assert_int_equal(got.line, 0);
	assert_int_equal(got.end_line, 0);
}

static void test_behind_the_end(void **state)
{
	const uint8_t entry[] = {0x80 | 13 << 3 | 0, 2};
	struct pst_position got;

	(void)state;
	pst_lines_decode(PST_LINES_311, entry, sizeof entry, 7, 0, &got);
	assert_int_equal(got.line, 8);
	pst_lines_decode(PST_LINES_311, entry, sizeof entry, 7, 2, &got);
	assert_int_equal(got.line, 0);
	pst_lines_decode(PST_LINES_311, entry, sizeof entry, 7, INT32_MAX, &got);
	assert_int_equal(got.line, 0);
}

/* Whatever the bytes are: no line below 0, nothing read past the end (a sanitizer sees it). */
static void test_any_bytes(void **state)
{
	uint32_t x = 12345;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t len = (size_t)(round % 40);
		uint8_t *bytes = malloc(len ? len : 1);
		struct pst_position got;

		assert_non_null(bytes);
		for (size_t i = 0; i < len; i++) {
			x = x * 1664525 + 1013904223;
			bytes[i] = (uint8_t)(x >> 24);
		}
		for (int32_t format = PST_LINES_LNOTAB_UNSIGNED; format <= PST_LINES_311;
		     format++) {
			pst_lines_decode(format, bytes, len, (int32_t)x, (int32_t)(x >> 20), &got);
			assert_true(got.line >= 0 && got.end_line >= 0 && got.col >= -1 &&
				    got.end_col >= -1);
		}
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_the_interpreters_read_them),
		cmocka_unit_test(test_before_the_first_instruction),
		cmocka_unit_test(test_an_unknown_instruction_has_no_line),
		cmocka_unit_test(test_behind_the_end),
		cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
