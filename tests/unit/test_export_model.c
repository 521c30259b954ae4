// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "records.h"

#include "export/export.h"
#include "model/query.h"

#include <stdlib.h>
#include <string.h>

/* What the screen exports: a span, a filter, threads apart, a difference. */

#define MS UINT64_C(1000000)

static struct sink sink;

static void to_model(void *to, const struct pst_rec *rec)
{
	pst_model_ingest(to, rec);
}

/* Half a second in each: thread 1 in nodes 2 (work) and 4 (alpha), thread 2 in node 1 (main)
 * always. */
static struct pst_model *make(void)
{
	struct pst_model *m = pst_model_new();

	sink = (struct sink){m, to_model};
	send_tree(&sink);
	send_string(&sink, 6, "helper");
	send_thread(&sink, 2, 1, 4712, 6);
	for (uint64_t i = 1; i <= 100; i++) {
		send_tick(&sink, 1000 * MS + i * 10 * MS, 10 * MS, 2);
		send_sample(&sink, 1, i <= 50 ? 2 : 4, PST_SAMPLE_GIL);
		send_sample(&sink, 2, 1, PST_SAMPLE_IDLE);
	}
	return m;
}

static char *written(const struct pst_model *m, const struct pst_calls_options *what,
		     const char *format)
{
	const struct pst_export_format *f = pst_export_find(format);
	struct pst_profile p = {0}, base = {0};
	struct pst_export_options opt = {.base = what->diff ? &base : NULL};
	char *text = NULL;
	size_t len;

	pst_export_from_model(m, what, f->order, &p, what->diff ? &base : NULL);
	FILE *out = open_memstream(&text, &len);
	f->write(&p, &opt, out);
	fclose(out);
	pst_profile_free(&p);
	pst_profile_free(&base);
	return text;
}

static void expect(const struct pst_model *m, const struct pst_calls_options *what,
		   const char *format, const char *part)
{
	char *text = written(m, what, format);

	if (!strstr(text, part))
		fail_msg("%s: \"%s\" is missing:\n%s", format, part, text);
	free(text);
}

static void test_all(void **state)
{
	struct pst_calls_options what = {.merge = PST_GROUP_LINE};
	struct pst_model *m = make();

	(void)state;
	char *text = written(m, &what, "raw");
	assert_string_equal(text,
			    "main (a.py:1);alpha\\x3b (a.py) 50\nmain (a.py:1);work (a.py:7) 50\n");
	free(text);
	what.filter.idle = true;
	expect(m, &what, "raw", "main (a.py:1) 100\n");
	what.merge = PST_GROUP_FUNCTION;
	expect(m, &what, "raw", "main (a.py:1) 100\n");
	pst_model_free(m);
}

static void test_a_span(void **state)
{
	struct pst_calls_options what = {.merge = PST_GROUP_LINE, .span = {1000 * MS, 1500 * MS}};
	struct pst_model *m = make();

	(void)state;
	expect(m, &what, "raw", "main (a.py:1);work (a.py:7) ");
	what.span = (struct pst_span_ns){1600 * MS, 2000 * MS};
	char *text = written(m, &what, "raw");
	assert_null(strstr(text, "work"));
	assert_non_null(strstr(text, "alpha"));
	free(text);
	pst_model_free(m);
}

static void test_threads_apart(void **state)
{
	const uint8_t second[] = {0, 1};
	struct pst_calls_options what = {.merge = PST_GROUP_LINE, .filter = {.idle = true}};
	struct pst_model *m = make();

	(void)state;
	expect(m, &what, "speedscope", "\"Thread 1\", \"startValue\": 0, \"endValue\": 1,\n");
	expect(m, &what, "speedscope",
	       "\"Thread 4712 \\\"helper\\\"\", \"startValue\": 0, \"endValue\": 1,\n"
	       "     \"samples\": [[");
	what.filter.threads = second;
	what.filter.nthreads = 2;
	char *text = written(m, &what, "speedscope");
	assert_null(strstr(text, "\"Thread 1\""));
	free(text);
	pst_model_free(m);
}

static void test_difference(void **state)
{
	struct pst_calls_options what = {.merge = PST_GROUP_FUNCTION,
					 .span = {1600 * MS, 2000 * MS},
					 .base = {1000 * MS, 1400 * MS},
					 .diff = true};
	struct pst_model *m = make();

	(void)state;
	expect(m, &what, "svg", ">alpha; (a.py)\n100.00 %");
	expect(m, &what, "svg", "; was 0.00 %");
	pst_model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_a_span),
		cmocka_unit_test(test_threads_apart),
		cmocka_unit_test(test_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
