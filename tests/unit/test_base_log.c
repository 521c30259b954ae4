// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "base/log.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct seen {
	int lines;
	enum pst_log_level level;
	char last[2048];
};

static void keep(void *ctx, enum pst_log_level level, const char *line)
{
	struct seen *seen = ctx;

	seen->lines++;
	seen->level = level;
	snprintf(seen->last, sizeof seen->last, "%s", line);
}

static void test_silent_without_sink(void **state)
{
	(void)state;
	pst_log_set(PST_LOG_DEBUG, NULL, NULL);
	assert_false(pst_log_on(PST_LOG_WARN));
	pst_log(PST_LOG_WARN, "to nobody");
}

static void test_levels(void **state)
{
	struct seen seen = {0};

	(void)state;
	pst_log_set(PST_LOG_INFO, keep, &seen);
	assert_true(pst_log_on(PST_LOG_WARN));
	assert_true(pst_log_on(PST_LOG_INFO));
	assert_false(pst_log_on(PST_LOG_DEBUG));
	pst_log(PST_LOG_DEBUG, "not asked for");
	assert_int_equal(seen.lines, 0);
	pst_log(PST_LOG_INFO, "%s %d", "line", 1);
	assert_int_equal(seen.lines, 1);
	assert_int_equal(seen.level, PST_LOG_INFO);
	assert_string_equal(seen.last, "line 1");
	pst_log_set(PST_LOG_WARN, NULL, NULL);
}

static void test_long_lines_are_cut(void **state)
{
	struct seen seen = {0};
	char text[1500];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	pst_log_set(PST_LOG_INFO, keep, &seen);
	pst_log(PST_LOG_WARN, "%s", text);
	pst_log_set(PST_LOG_WARN, NULL, NULL);
	assert_int_equal(seen.lines, 1);
	assert_int_equal(strlen(seen.last), 1023);
}

static void *chatter(void *arg)
{
	(void)arg;
	for (int i = 0; i < 500; i++)
		pst_log(PST_LOG_INFO, "line %d", i);
	return NULL;
}

static void test_threads_do_not_mix(void **state)
{
	struct seen seen = {0};
	pthread_t threads[4];

	(void)state;
	pst_log_set(PST_LOG_INFO, keep, &seen);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, chatter, NULL), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	pst_log_set(PST_LOG_WARN, NULL, NULL);
	assert_int_equal(seen.lines, 2000);
	assert_string_equal(seen.last, "line 499");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_silent_without_sink),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_long_lines_are_cut),
		cmocka_unit_test(test_threads_do_not_mix),
	};

	return cmocka_run_group_tests_name("base/log", tests, NULL, NULL);
}
