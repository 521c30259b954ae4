// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "app/feed.h"
#include "app/session_inspect.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Lines of source files for the screen, through the root of a process: here of this one. */

static char path[] = "/tmp/test-app-source-XXXXXX";
static struct feed feed;

static void write_file(const char *text, size_t len, time_t mtime)
{
	const struct timespec times[2] = {{.tv_sec = mtime}, {.tv_sec = mtime}};
	int fd = open(path, O_WRONLY | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
	sources_free(feed.sources); /* as it was read first it stays */
	feed = (struct feed){.pid = getpid()};
}

static void lines_are(const struct pst_source *s, int first, const char *const *lines, size_t n)
{
	assert_int_equal(s->err, PST_OK);
	assert_int_equal(s->first, first);
	assert_int_equal(s->len, n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(s->lines[i], lines[i]);
}

static void test_lines(void **state)
{
	static const char text[] = "one\ntwo \033[31m\r\n\tthree\n a\tb\n\xff\xfe\nlast";
	static const char *const lines[] = {"one",	 "two \\x1b[31m", "        three",
					    " a      b", "\\xff\\xfe",	  "last"};
	struct pst_source s;

	(void)state;
	write_file(text, sizeof text - 1, 1000000000);
	session_source(&feed, 1, path, 1, 100, &s);
	lines_are(&s, 1, lines, 6);
	assert_false(s.newer);
	pst_source_free(&s);
	session_source(&feed, 1, path, -5, 2, &s);
	lines_are(&s, 1, lines, 2);
	pst_source_free(&s);
	session_source(&feed, 1, path, 5, 5, &s);
	lines_are(&s, 5, lines + 4, 1);
	pst_source_free(&s);
	session_source(&feed, 1, path, 7, 9, &s);
	assert_int_equal(s.err, PST_NOTFOUND);
	assert_int_equal(s.len, 0);
	pst_source_free(&s);
	session_source(&feed, 1, path, 3, 2, &s);
	assert_int_equal(s.err, PST_NOTFOUND);
	pst_source_free(&s);
}

static void test_newer(void **state)
{
	struct pst_source s;

	(void)state;
	write_file("x = 1\n", 6, 4000000000);
	session_source(&feed, 1, path, 1, 1, &s);
	assert_int_equal(s.len, 1);
	assert_true(s.newer);
	pst_source_free(&s);
}

static void test_bounds(void **state)
{
	char *long_line = malloc(1 << 20);
	struct pst_source s;

	(void)state;
	assert_non_null(long_line);
	memset(long_line, 'x', 1 << 20);
	write_file(long_line, 1 << 20, 1000000000);
	session_source(&feed, 1, path, 1, 1, &s);
	assert_int_equal(s.len, 1);
	assert_in_range(strlen(s.lines[0]), 1000, 2003);
	pst_source_free(&s);
	memset(long_line, '\n', 1 << 20);
	write_file(long_line, 1 << 20, 1000000000);
	session_source(&feed, 1, path, 1, 1 << 30, &s);
	assert_int_equal(s.len, 2000);
	pst_source_free(&s);
	free(long_line);
}

static void test_no_file(void **state)
{
	static const char *const names[] = {"/tmp", "/nonexistent/x.py", "<string>", ""};
	struct pst_source s;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		session_source(&feed, 1, names[i], 1, 3, &s);
		assert_int_equal(s.err, PST_NOTFOUND);
		assert_int_equal(s.len, 0);
		pst_source_free(&s);
	}
	sources_free(feed.sources);
	feed = (struct feed){.pid = 0x7ffffff0}; /* no such process */
	session_source(&feed, 1, path, 1, 3, &s);
	assert_int_equal(s.err, PST_NOTFOUND);
	pst_source_free(&s);
}

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	close(fd);
	return fd < 0;
}

static int remove_file(void **state)
{
	(void)state;
	sources_free(feed.sources);
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_newer),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_no_file),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
