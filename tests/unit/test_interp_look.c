// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "interp/priv.h"

/* Memory of 64 pages at BASE, page HOLE of which cannot be read. */
#define BASE  UINT64_C(0x200000)
#define PAGES 64
#define HOLE  40

struct memory {
	struct pst_target target;
	uint8_t bytes[PAGES * PST_LOOK_PAGE];
	const char *packages; /* directories that hold an __init__.py, each followed by ':' */
	unsigned opened;
};

static enum pst_err read_memory(struct pst_target *t, uint64_t at, void *buf, size_t len)
{
	struct memory *m = (struct memory *)t;
	uint64_t hole = BASE + HOLE * PST_LOOK_PAGE;

	if (at < BASE || at + len > BASE + sizeof m->bytes ||
	    (at < hole + PST_LOOK_PAGE && at + len > hole))
		return PST_FAULT;
	memcpy(buf, m->bytes + (at - BASE), len);
	return PST_OK;
}

static int open_path(struct pst_target *t, const char *path)
{
	struct memory *m = (struct memory *)t;
	const char *end = strstr(path, "/__init__.py");
	char *dir = pst_asprintf(":%.*s:", (int)(end - path), path);
	bool found = strstr(m->packages, dir) != NULL;

	m->opened++;
	free(dir);
	errno = ENOENT;
	return found ? open("/dev/null", O_RDONLY) : -1;
}

static const struct pst_target_ops ops = {
	.name = "memory", .read = read_memory, .open_path = open_path};

static struct memory *new_memory(struct pst_look *look)
{
	struct memory *m = pst_calloc(1, sizeof *m);

	m->target.ops = &ops;
	for (size_t i = 0; i < sizeof m->bytes; i++)
		m->bytes[i] = (uint8_t)(i * 7 + i / 4096);
	memset(look, 0, sizeof *look);
	pst_look_init(look, &m->target);
	return m;
}

static void test_one_look_is_of_one_moment(void **state)
{
	struct pst_look look;
	struct memory *m = new_memory(&look);
	uint64_t first, again;

	(void)state;
	assert_int_equal(pst_look_ptr(&look, BASE + 8, &first), PST_OK);
	memset(m->bytes, 0xff, PST_LOOK_PAGE);
	assert_int_equal(pst_look_ptr(&look, BASE + 8, &again), PST_OK);
	assert_int_equal(first, again);
	pst_look_begin(&look);
	assert_int_equal(pst_look_ptr(&look, BASE + 8, &again), PST_OK);
	assert_int_equal(again, UINT64_MAX);
	pst_look_free(&look);
	free(m);
}

/* Reads of every size, everywhere, give what is there. */
static void test_any_place_and_size(void **state)
{
	struct pst_look look;
	struct memory *m = new_memory(&look);
	uint8_t buf[3 * PST_LOOK_PAGE];

	(void)state;
	for (size_t at = 0; at + sizeof buf < HOLE * PST_LOOK_PAGE; at += 1999) {
		size_t len = 1 + at * 31 % sizeof buf;

		assert_int_equal(pst_look_read(&look, BASE + at, buf, len), PST_OK);
		assert_memory_equal(buf, m->bytes + at, len);
	}
	pst_look_free(&look);
	free(m);
}

static void test_reading_ahead_stops_at_a_hole(void **state)
{
	struct pst_look look;
	struct memory *m = new_memory(&look);
	uint64_t word;

	(void)state;
	for (uint64_t page = PAGES; page-- > 0;) {
		enum pst_err err = pst_look_ptr(&look, BASE + page * PST_LOOK_PAGE, &word);

		assert_int_equal(err, page == HOLE ? PST_FAULT : PST_OK);
		if (!err)
			assert_memory_equal(&word, m->bytes + page * PST_LOOK_PAGE, sizeof word);
	}
	assert_true(m->target.reads < PAGES / 2);
	pst_look_free(&look);
	free(m);
}

static void test_what_is_no_address(void **state)
{
	static const uint64_t bad[] = {0,	  8, 4095, UINT64_C(0x800000000000), UINT64_MAX - 7,
				       UINT64_MAX};
	struct pst_look look;
	struct memory *m = new_memory(&look);
	uint64_t word;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_not_equal(pst_look_ptr(&look, bad[i], &word), PST_OK);
	assert_int_not_equal(pst_look_read(&look, BASE, &word, SIZE_MAX), PST_OK);
	assert_int_equal(pst_look_ptr(&look, BASE + sizeof m->bytes - 4, &word), PST_FAULT);
	pst_look_free(&look);
	free(m);
}

/* ---- versions ---------------------------------------------------------------------------- */

static void check_version(const char *text, int major, int minor, int micro, int level, int serial)
{
	struct pst_pyversion v;

	assert_true(pst_version_parse(text, text + strlen(text), &v));
	assert_int_equal(v.major, major);
	assert_int_equal(v.minor, minor);
	assert_int_equal(v.micro, micro);
	assert_int_equal(v.level, level);
	assert_int_equal(v.serial, serial);
}

static void test_version_strings(void **state)
{
	static const char *const bad[] = {"",		"3",	      "3.9",	 "3.9.18",
					  "4.1.2 (x)",	"3..1 (x",    "3.9.18 ", "3.9.18x (",
					  "3.1000.1 (", "3.9.18(main"};
	struct pst_pyversion v;

	(void)state;
	check_version("3.9.18 (main, Jan  1 2024", 3, 9, 18, 0xf, 0);
	check_version("2.7.18 (default, ", 2, 7, 18, 0xf, 0);
	check_version("3.14.0a1 (heads/x", 3, 14, 0, 0xa, 1);
	check_version("3.15.0b12 (x", 3, 15, 0, 0xb, 12);
	check_version("3.13.0rc2 (x", 3, 13, 0, 0xc, 2);
	check_version("3.11.2+ (x", 3, 11, 2, 0xf, 0);
	check_version("2.6 (r26:66714, ", 2, 6, 0, 0xf, 0);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(pst_version_parse(bad[i], bad[i] + strlen(bad[i]), &v));
}

static void test_version_texts(void **state)
{
	char text[32];

	(void)state;
	pst_version_text(&(struct pst_pyversion){3, 11, 7, 0xf, 0}, text, sizeof text);
	assert_string_equal(text, "3.11.7");
	pst_version_text(&(struct pst_pyversion){3, 14, 0, 0xc, 2}, text, sizeof text);
	assert_string_equal(text, "3.14.0rc2");
	pst_version_text(&(struct pst_pyversion){3, 14, 0, 0xff, 2}, text, sizeof text);
	assert_string_equal(text, "3.14.0");
}

/* ---- short file names ---------------------------------------------------------------------- */

static void check_short(struct pst_python *py, const char *file, const char *want)
{
	struct pst_code code = {.filename = pst_intern(py, file, strlen(file))};

	assert_string_equal(pst_python_short_filename(py, &code), want);
}

static void test_short_filenames(void **state)
{
	struct pst_python *py = pst_calloc(1, sizeof *py);
	struct memory *m = new_memory(&py->look);

	(void)state;
	py->target = &m->target;
	m->packages = ":/lib/json:/lib/a:/lib/a/b:/lib/no/c:pkg:pkg/sub:";
	check_short(py, "/lib/json/decoder.py", "json/decoder.py");
	check_short(py, "/lib/a/b/c.py", "a/b/c.py");
	check_short(py, "/lib/no/c/d.py", "c/d.py");
	check_short(py, "/home/me/x.py", "x.py");
	check_short(py, "/x.py", "x.py");
	check_short(py, "x.py", "x.py");
	check_short(py, "pkg/sub/x.py", "pkg/sub/x.py");
	check_short(py, "sub/x.py", "x.py");
	check_short(py, "<string>", "<string>");
	check_short(py, "<frozen importlib/x>", "<frozen importlib/x>");
	check_short(py, "", "");

	unsigned opened = m->opened;

	check_short(py, "/lib/a/b/c.py", "a/b/c.py");
	check_short(py, "/lib/a/b/other.py", "a/b/other.py");
	assert_int_equal(m->opened, opened); /* directories are asked for once */
	pst_python_close(py);
	free(m);
}

/* ---- prediction ------------------------------------------------------------------------ */

static uint64_t reads_of(struct pst_look *look, const uint64_t *at, size_t n)
{
	uint64_t before = look->target->reads, word;

	pst_look_predict(look, PST_LOOK_FULL, true, false);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(pst_look_ptr(look, at[i], &word), PST_OK);
	return look->target->reads - before;
}

/* Places all over, as heap frames lie. */
static void scatter(uint64_t *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		at[i] = BASE + (i * 7919 % (HOLE * 16)) * 256 + 8 * (i % 16);
}

static void test_what_was_read_is_predicted(void **state)
{
	struct pst_look look;
	struct memory *m = new_memory(&look);
	uint64_t at[100], word;

	(void)state;
	scatter(at, 100);
	assert_true(reads_of(&look, at, 100) > 10);
	for (int i = 0; i < 200; i++)
		assert_int_equal(reads_of(&look, at, 100), 1);
	/* It is of one moment, and of the next one in the next look. */
	memset(m->bytes, 0xff, sizeof m->bytes);
	assert_int_equal(pst_look_ptr(&look, at[0], &word), PST_OK);
	assert_int_not_equal(word, UINT64_MAX);
	assert_int_equal(reads_of(&look, at, 1), 1);
	assert_int_equal(pst_look_ptr(&look, at[0], &word), PST_OK);
	assert_int_equal(word, UINT64_MAX);
	pst_look_free(&look);
	free(m);
}

static void test_links_that_lead_elsewhere_are_learned(void **state)
{
	struct pst_look look;
	struct memory *m = new_memory(&look);
	uint64_t at[100];

	(void)state;
	scatter(at, 100);
	reads_of(&look, at, 50);
	assert_true(reads_of(&look, at, 100) > 1);
	assert_int_equal(reads_of(&look, at, 100), 1);
	/* What is not used any more is not read for ever. */
	for (int i = 0; i < 200; i++)
		reads_of(&look, at, 1);
	uint64_t bytes = m->target.bytes;
	assert_int_equal(reads_of(&look, at, 1), 1);
	assert_int_equal(m->target.bytes - bytes, PST_AHEAD_LINE);
	pst_look_free(&look);
	free(m);
}

static void test_prediction_that_cannot_be_read(void **state)
{
	struct pst_look look;
	struct memory *m = new_memory(&look);
	uint64_t at[] = {BASE + 64, BASE + PAGES / 2 * PST_LOOK_PAGE}, word;

	(void)state;
	reads_of(&look, at, 2);
	PST_VEC_PUSH(&look.predicted[PST_LOOK_FULL].fresh)->at = BASE + HOLE * PST_LOOK_PAGE;
	assert_true(reads_of(&look, at, 2) > 1);
	assert_int_equal(pst_look_ptr(&look, BASE + HOLE * PST_LOOK_PAGE, &word), PST_FAULT);
	reads_of(&look, at, 2);
	assert_int_equal(reads_of(&look, at, 2), 1);
	/* Neither is what is read aside an example. */
	pst_look_unlearn(&look);
	assert_int_equal(pst_look_ptr(&look, BASE + 8 * PST_LOOK_PAGE, &word), PST_OK);
	uint64_t bytes = m->target.bytes;
	reads_of(&look, at, 2);
	assert_int_equal(m->target.bytes - bytes, 2 * PST_AHEAD_LINE);
	pst_look_free(&look);
	free(m);
}

/* However much a look reads, what is brought for the next one is bounded. */
static void test_prediction_is_bounded(void **state)
{
	struct pst_look look;
	struct memory *m = new_memory(&look);
	struct pst_ahead *a = &look.predicted[PST_LOOK_FULL];

	(void)state;
	pst_look_predict(&look, PST_LOOK_FULL, true, false);
	for (uint64_t i = 0; i < 4 * PST_AHEAD_LINES; i++)
		pst_ahead_missed(a, BASE + i * 8 * PST_AHEAD_LINE, 8);
	pst_look_predict(&look, PST_LOOK_FULL, true, false);
	assert_true(a->merged.len <= PST_AHEAD_LINES);
	pst_look_free(&look);
	free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_look_is_of_one_moment),
		cmocka_unit_test(test_any_place_and_size),
		cmocka_unit_test(test_reading_ahead_stops_at_a_hole),
		cmocka_unit_test(test_what_is_no_address),
		cmocka_unit_test(test_what_was_read_is_predicted),
		cmocka_unit_test(test_links_that_lead_elsewhere_are_learned),
		cmocka_unit_test(test_prediction_that_cannot_be_read),
		cmocka_unit_test(test_prediction_is_bounded),
		cmocka_unit_test(test_version_strings),
		cmocka_unit_test(test_version_texts),
		cmocka_unit_test(test_short_filenames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
