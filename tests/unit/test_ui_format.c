// SPDX-License-Identifier: MIT
#include "config.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "ui/format.h"
#include "unit.h"

static char out[FORMAT_MAX];

static void test_percent(void **state)
{
	(void)state;
	assert_string_equal(format_percent(out, 0), "0.0");
	assert_string_equal(format_percent(out, 99.96), "100.0");
	assert_string_equal(format_percent(out, 1600), "1600.0");
	assert_string_equal(format_percent(out, 1e300), "9999+");
	assert_string_equal(format_percent(out, NAN), "-");
	assert_string_equal(format_percent(out, -1), "-");
}

static void test_seconds(void **state)
{
	static const struct {
		double seconds;
		const char *text;
	} cases[] = {{0, "0.00s"},	 {0.014, "0.01s"},    {9.99, "9.99s"},	 {9.996, "10.0s"},
		     {12.34, "12.3s"},	 {59.94, "59.9s"},    {59.97, "1m00s"},	 {754, "12m34s"},
		     {3599.4, "59m59s"}, {3599.6, "1h00m"},   {3720, "1h02m"},	 {86399, "23h59m"},
		     {86400, "1d00h"},	 {1047600, "12d03h"}, {1e300, ">9999d"}, {INFINITY, "-"},
		     {-3, "-"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_string_equal(format_seconds(out, cases[i].seconds), cases[i].text);
		assert_true(strlen(out) <= 7);
	}
}

static void test_ns(void **state)
{
	(void)state;
	assert_string_equal(format_ns(out, 0), "0ns");
	assert_string_equal(format_ns(out, 999), "999ns");
	assert_string_equal(format_ns(out, 1200), "1.2µs");
	assert_string_equal(format_ns(out, 12345), "12µs");
	assert_string_equal(format_ns(out, 999499), "999µs");
	assert_string_equal(format_ns(out, 999600), "1.0ms");
	assert_string_equal(format_ns(out, 45000000), "45ms");
	assert_string_equal(format_ns(out, 1500000000), "1.50s");
	assert_true(strlen(format_ns(out, UINT64_MAX)) < FORMAT_MAX);
}

static void test_count_and_rate(void **state)
{
	(void)state;
	assert_string_equal(format_count(out, 0), "0");
	assert_string_equal(format_count(out, 999999), "999999");
	assert_string_equal(format_count(out, 1000000), "1.00M");
	assert_string_equal(format_count(out, 1234567), "1.23M");
	assert_string_equal(format_count(out, 999600000), "1.00G");
	assert_string_equal(format_count(out, UINT64_MAX), "18.4E");
	assert_string_equal(format_rate(out, 99.8), "99.8");
	assert_string_equal(format_rate(out, 100), "100");
	assert_string_equal(format_rate(out, 9999.7), "10000");
	assert_string_equal(format_rate(out, NAN), "-");
}

static void place(const char *path, int line, int cells, const char *expected)
{
	struct pst_buf b = {0};

	format_place(&b, path, line, cells);
	assert_string_equal(pst_buf_text(&b), expected);
	assert_true(pst_text_cells(pst_buf_text(&b), b.len) <= (cells > 0 ? cells : 0));
	pst_buf_free(&b);
}

static void test_place(void **state)
{
	(void)state;
	place("app.py", 12, 20, "app.py:12");
	place("app.py", 0, 20, "app.py");
	place("/usr/lib/python3/concurrent/futures/thread.py", 58, 60,
	      "/usr/lib/python3/concurrent/futures/thread.py:58");
	place("/usr/lib/python3/concurrent/futures/thread.py", 58, 30,
	      "/usr/lib…/futures/thread.py:58");
	place("/usr/lib/python3/concurrent/futures/thread.py", 58, 14, "…/thread.py:58");
	place("/usr/lib/python3/concurrent/futures/thread.py", 58, 12, "…hread.py:58");
	place("a_long_module_name.py", 1234, 12, "…ame.py:1234");
	place("a.py", 123456, 4, "3456");
	place("a.py", 5, 0, "");
	place("a.py", 5, -7, "");
	place("店/計算計算計算.py", 3, 10, "…計算.py:3");
	place("", 3, 10, ":3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_percent), cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_ns),	cmocka_unit_test(test_count_and_rate),
		cmocka_unit_test(test_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
