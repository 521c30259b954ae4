// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "records.h"

#include "export/recorder.h"

#include <stdlib.h>
#include <string.h>

#define MS UINT64_C(1024000)

static struct sink sink;

static void to_recorder(void *to, const struct pst_rec *rec)
{
	pst_recorder_ingest(to, rec);
}

static struct pst_recorder *make(void)
{
	struct pst_recorder *r = pst_recorder_new(1 << 20);

	sink = (struct sink){r, to_recorder};
	send_tree(&sink);
	send_string(&sink, 6, "</title><script>\"&;'");
	send_thread(&sink, 2, 1, 4712, 6);
	return r;
}

/* A tick at the end of millisecond I in which thread 1 is in STACK; 0: it is not seen. */
static void look(uint64_t i, uint32_t stack, unsigned flags)
{
	send_tick(&sink, (1000 + i + 1) * MS, MS, stack > 0);
	if (stack)
		send_sample(&sink, 1, stack, flags);
}

static char *written(struct pst_recorder *r, const char *format,
		     const struct pst_export_options *opt, size_t *len)
{
	struct pst_profile p = {0};
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	pst_recorder_profile(r, opt, pst_export_find(format)->order, &p);
	pst_export_find(format)->write(&p, opt, out);
	fclose(out);
	pst_profile_free(&p);
	if (len)
		*len = n;
	return text;
}

static void expect(struct pst_recorder *r, const char *format, const struct pst_export_options *opt,
		   const char *part, bool there)
{
	char *text = written(r, format, opt, NULL);

	if ((strstr(text, part) != NULL) != there)
		fail_msg("%s: \"%s\" %s:\n%s", format, part, there ? "is missing" : "is there",
			 text);
	free(text);
}

static void test_runs_join_and_end(void **state)
{
	const struct pst_export_options opt = {0};
	struct pst_recorder *r = make();
	struct pst_profile p = {0};

	(void)state;
	look(0, 1, 0);
	look(1, 1, 0);
	look(2, 2, 0);
	look(3, 0, 0); /* idle */
	look(4, 2, 0);
	look(5, 2, PST_SAMPLE_IDLE);
	look(6, 2, 0);
	look(7, 2, PST_SAMPLE_BROKEN);
	look(8, 2, 0);
	pst_recorder_profile(r, &opt, true, &p);
	const struct pst_profile_run expected[] = {{0, 2 * MS, 1, 1},
						   {2 * MS, MS, 1, 2},
						   {4 * MS, MS, 1, 2},
						   {6 * MS, MS, 1, 2},
						   {8 * MS, MS, 1, 2}};
	assert_int_equal(p.runs.len, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(p.runs.at[i].start_ns, expected[i].start_ns);
		assert_int_equal(p.runs.at[i].ns, expected[i].ns);
		assert_int_equal(p.runs.at[i].node, expected[i].node);
	}
	pst_profile_free(&p);
	pst_recorder_free(r);
}

static void test_speedscope_lines_up(void **state)
{
	const struct pst_export_options opt = {0};
	struct pst_recorder *r = make();

	(void)state;
	look(0, 0, 0);
	look(1, 2, 0);
	look(2, 0, 0);
	send_tick(&sink, 1004 * MS, MS, 1);
	send_sample(&sink, 2, 1, 0);
	expect(r, "speedscope", &opt,
	       "\"Thread 1\", \"startValue\": 0, \"endValue\": 0.004096,\n"
	       "     \"samples\": [[],[0,1],[]],\n"
	       "     \"weights\": [0.001024,0.001024,0.002048]}",
	       true);
	expect(r, "speedscope", &opt,
	       "\"samples\": [[],[0]],\n     \"weights\": [0.003072,0.001024]}", true);
	pst_recorder_free(r);
}

static void test_trace_ends_at_idle(void **state)
{
	const struct pst_export_options opt = {0};
	struct pst_recorder *r = make();

	(void)state;
	look(0, 2, 0);
	look(1, 1, 0);
	look(2, 0, 0);
	look(3, 1, 0);
	expect(r, "chrometrace", &opt,
	       "\"pid\": 4711, \"tid\": 1, \"ts\": 0, \"args\": {\"filename\": \"a.py\", \"line\": "
	       "7}},\n"
	       "{\"ph\": \"E\", \"pid\": 4711, \"tid\": 1, \"ts\": 1024},\n"
	       "{\"ph\": \"E\", \"pid\": 4711, \"tid\": 1, \"ts\": 2048},\n"
	       "{\"ph\": \"B\", \"cat\": \"python\", \"name\": \"main\", \"pid\": 4711, \"tid\": "
	       "1, "
	       "\"ts\": 3072, ",
	       true);
	pst_recorder_free(r);
}

static void test_filters_hold_everywhere(void **state)
{
	static const char *const texts[] = {"svg",	 "speedscope", "raw",  "chrometrace",
					    "callgrind", "json",       "html", "markdown"};
	const struct pst_export_options all = {.idle = true}, gil = {.gil_only = true}, plain = {0};
	struct pst_recorder *r = make();

	(void)state;
	look(0, 2, PST_SAMPLE_IDLE);
	look(1, 4, PST_SAMPLE_GIL);
	look(2, 3, 0);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const char *format = texts[i], *own;
		/* What is defined once for all is there anyway. */
		bool lists = !strcmp(format, "speedscope");
		own = lists ? "[0,1]" : "work";
		expect(r, format, &all, own, true);
		expect(r, format, &gil, own, false);
		own = lists ? "[0,2]" : !strcmp(format, "raw") ? "alpha\\x3b" : "alpha;";
		expect(r, format, &gil, own, true);
		expect(r, format, &plain, own, true);
		own = lists ? "[0,1,3]" : "truncated";
		expect(r, format, &gil, own, false);
		expect(r, format, &plain, own, true);
	}
	pst_recorder_free(r);
}

static void test_functions_and_threads(void **state)
{
	const struct pst_export_options threads = {.threads = true};
	struct pst_export_options functions = {.functions = true};
	struct pst_recorder *r = make();
	struct pst_rec_frame other = {HEAD(other, PST_REC_FRAME), 5, 2, 8, PST_FRAME_PYTHON};

	(void)state;
	to_recorder(r, &other.head); /* another line of work() */
	send_node(&sink, 5, 1, 5, 2);
	look(0, 2, 0);
	look(1, 5, 0);
	send_tick(&sink, 1004 * MS, MS, 1);
	send_sample(&sink, 2, 1, 0);
	expect(r, "raw", &functions, "main (a.py:1);work (a.py:7) 2\n", true);
	functions.functions = false;
	expect(r, "raw", &functions,
	       "main (a.py:1);work (a.py:7) 1\nmain (a.py:1);work (a.py:8) 1\n", true);
	expect(r, "raw", &threads, "thread (4712): </title><script>\"&\\x3b';main (a.py:1) 1\n",
	       true);
	expect(r, "raw", &threads, "thread (0);main (a.py:1);work (a.py:8) 1\n", true);
	expect(r, "json", &threads, "\"kind\": \"thread\"", true);
	pst_recorder_free(r);
}

static void test_processes_are_roots(void **state)
{
	const struct pst_export_options opt = {0};
	struct pst_recorder *r = make();

	(void)state;
	send_process(&sink, 2, 4713, 6);
	send_thread(&sink, 3, 2, 4713, 0);
	send_tick(&sink, 1001 * MS, MS, 2);
	send_sample(&sink, 1, 1, 0);
	send_sample(&sink, 3, 1, 0);
	expect(r, "raw", &opt,
	       "process 4711:\"\";main (a.py:1) 1\n"
	       "process 4713:\"</title><script>\"&\\x3b'\";main (a.py:1) 1\n",
	       true);
	expect(r, "speedscope", &opt, "\"Process 4713 Thread 4713\"", true);
	pst_recorder_free(r);
}

/* Names are data: nothing of them is an element, ends a script or a string. */
static void test_hostile_names(void **state)
{
	static const char *const formats[] = {"svg", "html"};
	const struct pst_export_options opt = {.threads = true};
	struct pst_recorder *r = make();

	(void)state;
	send_tick(&sink, 1001 * MS, MS, 1);
	send_sample(&sink, 2, 1, 0);
	for (size_t i = 0; i < 2; i++) {
		expect(r, formats[i], &opt, "</title><script>\"", false);
		expect(r, formats[i], &opt, "&lt;/title&gt;&lt;script&gt;&quot;&amp;;&#39;", true);
	}
	expect(r, "speedscope", &opt, "\\u003c/title>\\u003cscript>\\\"&;'", true);
	expect(r, "json", &opt, "\\u003c/title>\\u003cscript>\\\"&;'", true);
	pst_recorder_free(r);
}

/* A recording that somebody made by hand may hold what a sampler would never send. */
static void test_control_characters(void **state)
{
	static const char *const formats[] = {"svg",	   "html",	 "raw",
					      "json",	   "speedscope", "chrometrace",
					      "callgrind", "markdown",	 "gecko"};
	const struct pst_export_options opt = {0};
	struct pst_recorder *r = pst_recorder_new(1 << 20);

	(void)state;
	sink = (struct sink){r, to_recorder};
	send_string(&sink, 1, "a\n\x1b[31m\x01\xff\xe2\x80\xae");
	send_frame(&sink, 1, 1, 1, 1);
	send_node(&sink, 1, 0, 1, 1);
	send_process(&sink, 1, 1, 1);
	send_thread(&sink, 1, 1, 1, 1);
	look(0, 1, 0);
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		char *text = written(r, formats[i], &opt, NULL);
		for (const char *c = text; *c; c++)
			if ((unsigned char)*c < ' ' && !strchr("\n\t", *c))
				fail_msg("%s: a control character", formats[i]);
		assert_null(strchr(text, 0x1b));
		assert_null(strstr(text, "\xe2\x80\xae"));
		assert_null(strchr(text, 0xff));
		free(text);
	}
	pst_recorder_free(r);
}

static void test_empty_is_valid(void **state)
{
	const struct pst_export_options opt = {.least = 0.001};
	struct pst_recorder *r = pst_recorder_new(1 << 20);
	size_t len;

	(void)state;
	for (size_t i = 0; pst_export_at(i); i++) {
		if (pst_export_at(i)->missing)
			continue;
		char *text = written(r, pst_export_at(i)->name, &opt, &len);
		assert_true(len > 0 || !strcmp(pst_export_at(i)->name, "raw"));
		free(text);
	}
	pst_recorder_free(r);
}

static void test_small_frames_fold(void **state)
{
	struct pst_export_options opt = {.least = 0.001};
	struct pst_recorder *r = make();

	(void)state;
	for (uint64_t i = 0; i < 2000; i++)
		look(i, 1, 0);
	look(2000, 2, 0);
	expect(r, "svg", &opt, ">work (a.py:7)", false);
	opt.least = 0;
	expect(r, "svg", &opt, ">work (a.py:7)", true);
	opt.least = 0.001;
	for (uint64_t i = 2001; i < 2004; i++)
		look(i, 4, 0);
	expect(r, "svg", &opt, ">alpha; (a.py)", true);
	expect(r, "svg", &opt, ">…\n", false); /* too small itself */
	look(2004, 3, 0);
	look(2005, 2, 0);
	expect(r, "svg", &opt, ">work (a.py:7)", true);
	pst_recorder_free(r);
}

static void test_difference(void **state)
{
	struct pst_export_options opt = {.least = 0};
	struct pst_recorder *a = make();
	struct pst_profile base = {0};

	(void)state;
	look(0, 2, 0);
	look(1, 4, 0);
	pst_recorder_profile(a, &opt, false, &base);
	pst_recorder_free(a);
	struct pst_recorder *b = make();
	look(0, 2, 0);
	look(1, 2, 0);
	look(2, 2, 0);
	look(3, 4, 0);
	opt.base = &base;
	expect(b, "svg", &opt, ">work (a.py:7)\n75.00 %, 0.003 s, 3 samples; was 50.00 %<", true);
	expect(b, "svg", &opt, ">alpha; (a.py)\n25.00 %, 0.001 s, 1 samples; was 50.00 %<", true);
	pst_profile_free(&base);
	pst_recorder_free(b);
}

static void test_endings(void **state)
{
	static const struct {
		const char *path, *format;
	} cases[] = {
		{"a.svg", "svg"},
		{"/x.svg/a.SVG", "svg"},
		{"a.speedscope.json", "speedscope"},
		{"a.json", "json"},
		{"a.trace.json", "chrometrace"},
		{"a.gecko.json", "gecko"},
		{"a.pb.gz", "pprof"},
		{"a.folded", "raw"},
		{"a.txt", "raw"},
		{"dir/callgrind.out.123", "callgrind"},
		{"a.html", "html"},
		{"a.md", "markdown"},
		{"a", NULL},
		{"a.svg/b", NULL},
		{"svg", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct pst_export_format *f = pst_export_by_path(cases[i].path);
		if (!cases[i].format)
			assert_null(f);
		else
			assert_ptr_equal(f, pst_export_find(cases[i].format));
	}
	assert_ptr_equal(pst_export_find("flamegraph"), pst_export_find("svg"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs_join_and_end),
		cmocka_unit_test(test_speedscope_lines_up),
		cmocka_unit_test(test_trace_ends_at_idle),
		cmocka_unit_test(test_filters_hold_everywhere),
		cmocka_unit_test(test_functions_and_threads),
		cmocka_unit_test(test_processes_are_roots),
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_control_characters),
		cmocka_unit_test(test_empty_is_valid),
		cmocka_unit_test(test_small_frames_fold),
		cmocka_unit_test(test_difference),
		cmocka_unit_test(test_endings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
