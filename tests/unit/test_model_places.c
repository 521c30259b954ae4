// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "base/buf.h"
#include "model/places.h"

#include <string.h>

static const struct {
	const char *file, *short_file, *module;
	bool library;
} cases[] = {
	{"/srv/app/main.py", "main.py", "main", false},
	{"/srv/app/pkg/sub/mod.py", "pkg/sub/mod.py", "pkg.sub.mod", false},
	{"/srv/app/pkg/__init__.py", "pkg/__init__.py", "pkg", false},
	{"/srv/app/main.py", "", "main", false},
	{"/srv/app/main.py", "/srv/app/main.py", "main", false},
	{"main.py", "main.py", "main", false},
	{"./run", "./run", "..run", false},
	{"<string>", "<string>", "<string>", false},
	{"<stdin>", "<stdin>", "<stdin>", false},
	{"<ipython-input-3-ab>", "", "<ipython-input-3-ab>", false},
	{"", "", "", false},
	{"/", "", "", false},
	{"/usr/lib/python3.11/json/decoder.py", "json/decoder.py", "json.decoder", true},
	{"/usr/lib/python3.11/json/__init__.py", "json/__init__.py", "json", true},
	{"/usr/local/lib/python2.7/os.pyc", "os.pyc", "os", true},
	{"/opt/x/lib64/python3.13t/threading.py", "threading.py", "threading", true},
	{"/opt/lib/pypy3.10/os.py", "os.py", "os", true},
	{"/usr/lib/python3.11/lib-dynload/_ssl.so", "", "_ssl", true},
	{"/usr/lib/python3/dist-packages/yaml/loader.py", "yaml/loader.py", "yaml.loader", true},
	{"/v/lib/python3.11/site-packages/requests/api.py", "", "requests.api", true},
	{"/home/u/.local/lib/python3.9/site-packages/x.py", "x.py", "x", true},
	{"/srv/python312.zip/json/scanner.py", "", "json.scanner", true},
	{"<frozen importlib._bootstrap>", "", "importlib._bootstrap", true},
	{"<frozen runpy>", "", "runpy", true},
	{"<frozen ", "", "<frozen ", true},
	{"<frozen >", "", "", true},
	/* Near misses. */
	{"/srv/python3.11/app.py", "app.py", "app", false},
	{"/srv/lib/python/app.py", "app.py", "app", false},
	{"/srv/lib/python3/app.py", "app.py", "app", false},
	{"/srv/lib/python3./app.py", "app.py", "app", false},
	{"/srv/lib/pythonic/app.py", "app.py", "app", false},
	{"/srv/site-packages.py", "site-packages.py", "site-packages", false},
	{"/srv/my-site-packages/a.py", "a.py", "a", false},
	{"/srv/python312.zipped/a.py", "a.py", "a", false},
	{"/srv/__init__.py", "__init__.py", "__init__", false},
	{".py", ".py", ".py", false},
};

static void test_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pst_buf module = {0};
		pst_place_module(cases[i].file, cases[i].short_file, &module);
		if (strcmp(pst_buf_text(&module), cases[i].module) != 0 ||
		    pst_place_library(cases[i].file) != cases[i].library)
			fail_msg("%s: %s, %d", cases[i].file, pst_buf_text(&module),
				 pst_place_library(cases[i].file));
		pst_buf_free(&module);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_places)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
