// SPDX-License-Identifier: MIT
#include "config.h"

#include <string.h>

#include "ui/find.h"
#include "unit.h"

/* Regular expressions as they are typed: what matches, what is an error, and that none takes long.
 */

static bool matches(const char *pattern, const char *text)
{
	struct ui_find *f;
	bool found;

	assert_int_equal(ui_find_new(&f, pattern, NULL), PST_OK);
	found = ui_find_in(f, text, NULL, NULL);
	ui_find_free(f);
	return found;
}

static void test_smart_case(void **state)
{
	(void)state;
	assert_true(matches("json", "JSONDecoder"));
	assert_false(matches("Json", "JSONDecoder"));
	assert_true(matches("JSON", "JSONDecoder"));
	assert_true(matches("\\S+coder", "JSONDECODER")); /* an escape is no capital */
	assert_true(matches("straße", "STRASSE") == false);
	assert_true(matches("é", "É"));
	assert_false(matches("É", "é"));
}

static void test_place_of_the_match(void **state)
{
	struct ui_find *f;
	size_t from = 99, to = 99;

	(void)state;
	assert_int_equal(ui_find_new(&f, "計.", NULL), PST_OK);
	assert_true(ui_find_in(f, "a計算b", &from, &to));
	assert_int_equal(from, 1);
	assert_int_equal(to, 7);
	assert_string_equal(ui_find_pattern(f), "計.");
	ui_find_free(f);
}

static void test_name_or_file(void **state)
{
	struct ui_find *f;

	(void)state;
	assert_int_equal(ui_find_new(&f, "^shop/.*\\.py$", NULL), PST_OK);
	assert_true(ui_find_func(f, "run", "shop/server.py"));
	assert_false(ui_find_func(f, "shop", "lib/server.py"));
	assert_false(ui_find_func(NULL, "shop", "shop/server.py"));
	ui_find_free(f);
}

static void test_errors_are_sentences(void **state)
{
	struct ui_find *f;
	struct pst_why why;

	(void)state;
	assert_int_equal(ui_find_new(&f, "a(b", &why), PST_USAGE);
	assert_null(f);
	assert_non_null(strstr(why.what, "regular expression"));
	assert_non_null(strstr(why.what, "parenthesis"));
	assert_int_equal(ui_find_new(&f, "[z-a]", &why), PST_USAGE);
	assert_int_equal(ui_find_new(&f, "\\C", &why), PST_USAGE);
	assert_int_equal(ui_find_new(&f, "\xff", &why), PST_USAGE);
}

/* What would take ages does not match, at once. */
static void test_bounded(void **state)
{
	static char text[40000];

	(void)state;
	memset(text, 'a', sizeof text - 1);
	assert_false(matches("(a+)+$b", text));
	assert_false(matches("(a|aa)+b", text));
	assert_false(matches("^(?:a?){30}a{30}b", text));
	assert_true(matches("a{100}", text));
	assert_false(matches("a", "\xff\xfe")); /* no UTF-8 */
	assert_false(matches("(?R)?x", text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_smart_case),   cmocka_unit_test(test_place_of_the_match),
		cmocka_unit_test(test_name_or_file), cmocka_unit_test(test_errors_are_sentences),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
