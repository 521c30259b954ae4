// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "base/err.h"

#include <errno.h>
#include <string.h>

static void test_every_error_has_text_and_id(void **state)
{
	(void)state;
	for (int i = 0; i < PST_ERR_COUNT; i++) {
		assert_true(strlen(pst_err_text((enum pst_err)i)) > 3);
		assert_true(strlen(pst_err_id((enum pst_err)i)) >= 2);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(pst_err_id((enum pst_err)i),
						pst_err_id((enum pst_err)k));
	}
	assert_string_equal(pst_err_id(PST_FAULT), "FAULT");
	assert_string_equal(pst_err_text(PST_GONE), "the target exited");
	assert_string_equal(pst_err_text(PST_ERR_COUNT), "?");
	assert_string_equal(pst_err_id(PST_ERR_COUNT), "?");
	assert_int_equal(PST_OK, 0);
}

static void test_why(void **state)
{
	struct pst_why why;

	(void)state;
	assert_int_equal(pst_why_set(&why, PST_PERM, EPERM, "process %d", 42), PST_PERM);
	assert_int_equal(why.err, PST_PERM);
	assert_int_equal(why.sys, EPERM);
	pst_why_add(&why, ": run %s", "sudo");
	assert_string_equal(why.what, "process 42: run sudo");
	assert_int_equal(pst_why_set(NULL, PST_GONE, 0, "nobody listens"), PST_GONE);
	pst_why_add(NULL, "nor here");
}

static void test_why_is_cut_not_overrun(void **state)
{
	struct pst_why why;
	char guard[64];

	(void)state;
	memset(guard, 'g', sizeof guard - 1);
	guard[sizeof guard - 1] = '\0';
	pst_why_set(&why, PST_IO, 0, "%s", "");
	for (int i = 0; i < 100; i++)
		pst_why_add(&why, "%s", guard);
	assert_int_equal(strlen(why.what), sizeof why.what - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_error_has_text_and_id),
		cmocka_unit_test(test_why),
		cmocka_unit_test(test_why_is_cut_not_overrun),
	};

	return cmocka_run_group_tests_name("base/err", tests, NULL, NULL);
}
