// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "records.h"

#include "app/sieve.h"

#include <string.h>

/* Which stacks the sieve lets through.  main ── work (lib/a.py) ── deep, main ── other (b.py). */

enum { NODE_MAIN = 1, NODE_WORK, NODE_DEEP, NODE_OTHER };

static struct pst_rec_sample last; /* that came out */

static void to_sieve(void *to, const struct pst_rec *rec)
{
	const struct pst_rec *out = sieve_pass(to, rec);

	if (rec->type == PST_REC_SAMPLE)
		last = *(const struct pst_rec_sample *)out;
	else
		assert_ptr_equal(out, rec);
}

static struct sieve *make(const struct options *o, struct sink *sink)
{
	struct sieve *s = NULL;
	struct pst_why why = {0};

	assert_int_equal(sieve_new(o, &s, &why), PST_OK);
	*sink = (struct sink){s, to_sieve};
	const char *const texts[] = {"main",	 "work", "deep",    "Other",
				     "lib/a.py", "b.py", "worker-1"};
	for (uint32_t i = 0; i < 7; i++)
		send_string(sink, i + 1, texts[i]);
	send_process(sink, 1, 100, 0);
	send_frame(sink, 1, 1, 6, 1);
	send_frame(sink, 2, 2, 5, 10);
	send_frame(sink, 3, 3, 6, 20);
	send_frame(sink, 4, 4, 6, 30);
	send_node(sink, NODE_MAIN, 0, 1, 1);
	send_node(sink, NODE_WORK, NODE_MAIN, 2, 2);
	send_node(sink, NODE_DEEP, NODE_WORK, 3, 3);
	send_node(sink, NODE_OTHER, NODE_MAIN, 4, 2);
	send_thread(sink, 1, 1, 11, 0);
	send_thread(sink, 2, 1, 12, 7);
	return s;
}

/* The stack of the sample that comes out; all else of it must be as it went in. */
static uint32_t passed(struct sink *sink, uint32_t thread, uint32_t stack)
{
	send_sample(sink, thread, stack, PST_SAMPLE_GIL);
	assert_int_equal(last.thread, thread);
	assert_int_equal(last.head.flags, PST_SAMPLE_GIL);
	assert_int_equal(last.head.type, PST_REC_SAMPLE);
	assert_true(pst_record_valid(&last.head, sizeof last));
	return last.stack;
}

/* Bit N: node N goes through in thread THREAD. */
static unsigned through(const struct options *o, uint32_t thread)
{
	struct sink sink;
	struct sieve *s = make(o, &sink);
	unsigned bits = 0;

	for (uint32_t i = NODE_MAIN; i <= NODE_OTHER; i++)
		bits |= passed(&sink, thread, i) ? 1u << i : 0;
	sieve_free(s);
	return bits;
}

#define MAIN  (1u << NODE_MAIN)
#define WORK  (1u << NODE_WORK)
#define DEEP  (1u << NODE_DEEP)
#define OTHER (1u << NODE_OTHER)

static void test_nothing_asked(void **state)
{
	struct options o = {0};
	struct sieve *s = (struct sieve *)&o;
	struct pst_rec rec = {.type = PST_REC_SAMPLE};

	(void)state;
	assert_int_equal(sieve_new(&o, &s, NULL), PST_OK);
	assert_null(s);
	assert_ptr_equal(sieve_pass(NULL, &rec), &rec);
}

static void test_include(void **state)
{
	(void)state;
	struct options o = {.include = {"work"}, .nincludes = 1};
	assert_int_equal(through(&o, 1), WORK | DEEP);
	o.include[1] = "^other$", o.nincludes = 2;
	assert_int_equal(through(&o, 1), WORK | DEEP | OTHER);
	o.include[0] = "^lib/", o.nincludes = 1; /* a file */
	assert_int_equal(through(&o, 1), WORK | DEEP);
	o.include[0] = "main";
	assert_int_equal(through(&o, 1), MAIN | WORK | DEEP | OTHER);
	o.include[0] = "Main"; /* a capital letter: case matters */
	assert_int_equal(through(&o, 1), 0);
}

static void test_exclude(void **state)
{
	(void)state;
	struct options o = {.exclude = {"deep"}, .nexcludes = 1};
	assert_int_equal(through(&o, 1), MAIN | WORK | OTHER);
	o.include[0] = "work", o.nincludes = 1;
	assert_int_equal(through(&o, 1), WORK);
	o.exclude[1] = "work", o.nexcludes = 2;
	assert_int_equal(through(&o, 1), 0);
}

static void test_threads(void **state)
{
	struct options o = {.threads_matching = "^worker"};

	(void)state;
	assert_int_equal(through(&o, 1), 0);
	assert_int_equal(through(&o, 2), MAIN | WORK | DEEP | OTHER);
}

static void test_a_name_that_comes_later(void **state)
{
	struct options o = {.threads_matching = "^worker"};
	struct sink sink;
	struct sieve *s = make(&o, &sink);

	(void)state;
	assert_int_equal(passed(&sink, 1, NODE_MAIN), 0);
	send_thread(&sink, 1, 1, 11, 7);
	assert_int_equal(passed(&sink, 1, NODE_MAIN), NODE_MAIN);
	send_thread(&sink, 1, 1, 11, 1);
	assert_int_equal(passed(&sink, 1, NODE_MAIN), 0);
	sieve_free(s);
}

/* Ids that were never defined go on to who counts the errors; wrong definitions change nothing. */
static void test_nonsense(void **state)
{
	struct options o = {.exclude = {"work"}, .nexcludes = 1};
	struct sink sink;
	struct sieve *s = make(&o, &sink);

	(void)state;
	assert_int_equal(passed(&sink, 1, 99), 99);
	assert_int_equal(passed(&sink, 99, NODE_WORK), NODE_WORK);
	assert_int_equal(passed(&sink, 0, NODE_WORK), NODE_WORK);
	send_node(&sink, 77, 0, 1, 1);
	send_node(&sink, 5, 99, 1, 1);
	send_node(&sink, 5, 0, 99, 1);
	send_frame(&sink, 99, 1, 1, 1);
	send_thread(&sink, 99, 1, 1, 1);
	assert_int_equal(passed(&sink, 1, NODE_OTHER), NODE_OTHER);
	assert_int_equal(passed(&sink, 1, NODE_DEEP), 0);
	sieve_free(s);
}

static void test_bad_patterns(void **state)
{
	struct options o = {.include = {"fine", "a(b"}, .nincludes = 2};
	struct pst_why why = {0};
	struct sieve *s;

	(void)state;
	assert_int_equal(sieve_new(&o, &s, &why), PST_USAGE);
	assert_null(s);
	assert_non_null(strstr(why.what, "--include a(b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_asked),
		cmocka_unit_test(test_include),
		cmocka_unit_test(test_exclude),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_a_name_that_comes_later),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_bad_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
