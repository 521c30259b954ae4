// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "export/export.h"

#include <stdlib.h>
#include <string.h>

#define HEAD(r, t)                                                                                 \
	{                                                                                          \
		sizeof(r), t, 0                                                                    \
	}

static void string(struct pst_model *m, uint32_t id, const char *text)
{
	_Alignas(8) unsigned char bytes[128] = {0};
	struct pst_rec_string *r = (struct pst_rec_string *)bytes;
	uint32_t len = (uint32_t)strlen(text);

	*r = (struct pst_rec_string){
		{PST_REC_ALIGN((uint32_t)sizeof *r + len), PST_REC_STRING, 0}, id, len};
	memcpy(r + 1, text, len);
	pst_model_ingest(m, &r->head);
}

static void frame(struct pst_model *m, uint32_t id, uint32_t name, uint32_t file, int32_t line)
{
	struct pst_rec_func f = {HEAD(f, PST_REC_FUNC), id, name, name, file, file, line};
	struct pst_rec_frame r = {HEAD(r, PST_REC_FRAME), id, id, line, PST_FRAME_PYTHON};

	pst_model_ingest(m, &f.head);
	pst_model_ingest(m, &r.head);
}

static void node(struct pst_model *m, uint32_t id, uint32_t parent, uint32_t fr, uint32_t depth)
{
	struct pst_rec_stack r = {HEAD(r, PST_REC_STACK), id, parent, fr, depth};

	pst_model_ingest(m, &r.head);
}

static void sample(struct pst_model *m, uint32_t stack, unsigned flags)
{
	struct pst_rec_tick t = {.head = HEAD(t, PST_REC_TICK),
				 .time_ns = 1,
				 .period_ns = 1000,
				 .process = 1,
				 .threads = 1,
				 .samples = 1};
	struct pst_rec_sample r = {{sizeof r, PST_REC_SAMPLE, (uint16_t)flags}, 1, stack};

	pst_model_ingest(m, &t.head);
	pst_model_ingest(m, &r.head);
}

/*
 *	main (a.py:1) ── work (a.py:7) ── <truncated>		nodes 1 2 3
 *	              └─ alpha; (a.py)				node 4
 */
static struct pst_model *make(void)
{
	struct pst_model *m = pst_model_new();
	struct pst_rec_process p = {HEAD(p, PST_REC_PROCESS), 1, 4711, 0, 0, 0};
	struct pst_rec_thread t = {.head = HEAD(t, PST_REC_THREAD), .id = 1, .process = 1};

	string(m, 1, "a.py");
	string(m, 2, "main");
	string(m, 3, "work");
	string(m, 4, "alpha;");
	string(m, 5, "<truncated>");
	frame(m, 1, 2, 1, 1);
	frame(m, 2, 3, 1, 7);
	frame(m, 3, 4, 1, 0);
	frame(m, 4, 5, 0, 0);
	node(m, 1, 0, 1, 1);
	node(m, 2, 1, 2, 2);
	node(m, 3, 2, 4, 3);
	node(m, 4, 1, 3, 2);
	pst_model_ingest(m, &p.head);
	pst_model_ingest(m, &t.head);
	return m;
}

static void expect(const struct pst_model *m, bool idle, bool gil_only, const char *want)
{
	const struct pst_tree_options opt = {.idle = idle, .gil_only = gil_only};
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	pst_export_find("raw")->write(m, &opt, out);
	fclose(out);
	assert_string_equal(text, want);
	free(text);
}

static void test_nothing_seen(void **state)
{
	struct pst_model *m = make();

	(void)state;
	expect(m, true, false, "");
	pst_model_free(m);
}

static void test_lines_and_order(void **state)
{
	struct pst_model *m = make();

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
	pst_model_reset(m);
	expect(m, false, false, "");
	sample(m, 1, 0);
	expect(m, false, false, "main (a.py:1) 1\n");
	pst_model_free(m);
}

static void test_filters(void **state)
{
	struct pst_model *m = make();

	(void)state;
	sample(m, 1, PST_SAMPLE_IDLE);
	sample(m, 2, PST_SAMPLE_GIL);
	sample(m, 4, 0);
	expect(m, false, false, "main (a.py:1);alpha\\x3b (a.py) 1\nmain (a.py:1);work (a.py:7) 1\n");
	expect(m, false, true, "main (a.py:1);work (a.py:7) 1\n");
	expect(m, true, false,
	       "main (a.py:1) 1\nmain (a.py:1);alpha\\x3b (a.py) 1\nmain (a.py:1);work (a.py:7) 1\n");
	pst_model_free(m);
}

static void test_totals(void **state)
{
	const struct pst_tree_options opt = {.idle = false};
	struct pst_model *m = make();
	struct pst_tree tree = {0};

	(void)state;
	for (int i = 0; i < 3; i++)
		sample(m, 3, 0);
	sample(m, 1, 0);
	pst_model_tree(m, &opt, &tree);
	assert_int_equal(tree.len, 3);
	const uint64_t own[] = {1, 0, 3}, total[] = {4, 3, 3};
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(tree.at[i].own, own[i]);
		assert_int_equal(tree.at[i].total, total[i]);
		assert_int_equal(tree.at[i].depth, i + 1);
	}
	pst_tree_free(&tree);
	pst_model_free(m);
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
		cmocka_unit_test(test_totals),
		cmocka_unit_test(test_table_of_formats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
