// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "interp/interp.h"

static void program(const char *path, const char *want)
{
	char version[16];
	bool is = pst_python_names_program(path, version, sizeof version);

	assert_int_equal(is, want != NULL);
	if (want)
		assert_string_equal(version, want);
}

static void library(const char *path, const char *want)
{
	char version[16];
	bool is = pst_python_names_library(path, version, sizeof version);

	assert_int_equal(is, want != NULL);
	if (want)
		assert_string_equal(version, want);
}

static void test_programs(void **state)
{
	(void)state;
	program("/usr/bin/python3.11", "3.11");
	program("python3", "3");
	program("python", "");
	program("/usr/bin/python2.7", "2.7");
	program("/usr/bin/python3.13t", "3.13");
	program("/usr/bin/python3.13-dbg", "3.13");
	program("/opt/intel/bin/python3.7m", "3.7");
	program("/usr/bin/python3.11 (deleted)", "3.11");
	program("/x/python (deleted)", "");
	program("python-dbg", "");
	program("/usr/bin/python3.12.1", "3.12.1");
	program("/usr/bin/bash", NULL);
	program("/opt/python3.11/bin/gunicorn", NULL);
	program("/usr/bin/pythonista", NULL);
	program("/usr/bin/ipython3", NULL);
	program("/usr/bin/python3/", NULL);
	program("", NULL);
	program("/bin/python3.99999999999999999999999", "3.9999999999999");
}

static void test_libraries(void **state)
{
	(void)state;
	library("/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0", "3.11");
	library("/tmp/_MEIabc/libpython3.9.so.1.0", "3.9");
	library("/usr/lib/libpython3.13t.so.1.0", "3.13");
	library("/usr/lib/libpython3.so", "3");
	library("/usr/lib/python3.11/lib-dynload/_json.cpython-311-x86_64-linux-gnu.so", "3.11");
	library("/usr/lib/libpythonic.so", NULL);
	library("/usr/lib/python3.11/site-packages/numpy/core.so", NULL);
	library("/x/lib-dynload/a.so", NULL);
	library("/lib-dynload/a.so", NULL);
	library("/usr/lib/libc.so.6", NULL);
	library("", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_programs),
		cmocka_unit_test(test_libraries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
