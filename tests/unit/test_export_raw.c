// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "records.h"

#include "export/recorder.h"

#include <stdlib.h>

static struct sink sink;

static void to_recorder(void *to, const struct pst_rec *rec)
{
	pst_recorder_ingest(to, rec);
}

static struct pst_recorder *make(void)
{
	struct pst_recorder *r = pst_recorder_new(0);

	sink = (struct sink){r, to_recorder};
	send_tree(&sink);
	return r;
}

static void sample(struct pst_recorder *m, uint32_t stack, unsigned flags)
{
	(void)m;
	send_one(&sink, stack, flags);
}

static void expect(struct pst_recorder *m, bool idle, bool gil_only, const char *want)
{
	const struct pst_export_options opt = {.idle = idle, .gil_only = gil_only};
	struct pst_profile p = {0};
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	pst_recorder_profile(m, &opt, false, &p);
	pst_export_find("raw")->write(&p, &opt, out);
	fclose(out);
	pst_profile_free(&p);
	assert_string_equal(text, want);
	free(text);
}

static void test_nothing_seen(void **state)
{
	struct pst_recorder *m = make();

	(void)state;
	expect(m, true, false, "");
	pst_recorder_free(m);
}

static void test_lines_and_order(void **state)
{
	struct pst_recorder *m = make();

	(void)state;
	sample(m, 2, 0);
	sample(m, 3, 0);
	sample(m, 2, 0);
	sample(m, 4, 0);
	sample(m, 0, 0);
	/* Siblings by name, not as they came; a node without samples of its own has no line. */
	expect(m, false, false,
	       "main (a.py:1);alpha\\x3b (a.py) 1\n"
	       "main (a.py:1);work (a.py:7) 2\n"
	       "main (a.py:1);work (a.py:7);<truncated> 1\n");
	pst_recorder_free(m);
}

static void test_filters(void **state)
{
	struct pst_recorder *m = make();

	(void)state;
	sample(m, 1, PST_SAMPLE_IDLE);
	sample(m, 2, PST_SAMPLE_GIL);
	sample(m, 4, 0);
	expect(m, false, false,
	       "main (a.py:1);alpha\\x3b (a.py) 1\nmain (a.py:1);work (a.py:7) 1\n");
	expect(m, false, true, "main (a.py:1);work (a.py:7) 1\n");
	expect(m, true, false,
	       "main (a.py:1) 1\nmain (a.py:1);alpha\\x3b (a.py) 1\nmain (a.py:1);work (a.py:7) "
	       "1\n");
	pst_recorder_free(m);
}

static void test_table_of_formats(void **state)
{
	(void)state;
	assert_ptr_equal(pst_export_find("RAW"), pst_export_find("raw"));
	assert_null(pst_export_find("svg of a kind"));
	size_t n = 0;
	for (const struct pst_export_format *f; (f = pst_export_at(n)); n++)
		assert_ptr_equal(pst_export_find(f->name), f);
	assert_true(n > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_seen),
		cmocka_unit_test(test_lines_and_order),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_table_of_formats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
