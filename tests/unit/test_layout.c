// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "debug_offsets.h"
#include "interp/layout.h"
#include "interp/layout_table.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

struct blob {
	char cookie[8];
	uint64_t words[127];
};

static struct blob make_blob(const uint64_t *words, size_t n)
{
	struct blob blob = {.cookie = {'x', 'd', 'e', 'b', 'u', 'g', 'p', 'y'}};

	assert_true(n <= N(blob.words));
	memcpy(blob.words, words, n * sizeof(*words));
	return blob;
}

static struct pst_pyversion version(unsigned major, unsigned minor, unsigned micro)
{
	return (struct pst_pyversion){(uint8_t)major, (uint8_t)minor, (uint8_t)micro, 0xf, 0};
}

static const struct pst_layout *find(unsigned major, unsigned minor, unsigned micro, uint32_t flags)
{
	struct pst_pyversion v = version(major, minor, micro);

	return pst_layout_find(&v, flags);
}

static int32_t value(const struct pst_layout *layout, const struct pst_layout_field *field)
{
	int32_t out;

	memcpy(&out, (const char *)layout + field->offset, sizeof(out));
	return out;
}

static bool is_unproved(const struct pst_layout *row)
{
	return (row->first.major == 2 && row->first.minor < 7) ||
	       (row->first.major == 3 && row->first.minor < 6);
}

/* Positional rows: a field that moved in layout.h must have moved in the table. */
static void test_table_has_the_order_of_the_header(void **state)
{
	char names[16384] = "";
	size_t used = 0, n = 0;

	(void)state;
	for (; pst_layout_fields[n].name; n++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", n ? " " : "",
					 pst_layout_fields[n].name);
	assert_int_equal(n, PST_LAYOUT_COUNT);
	assert_string_equal(names, pst_layout_order);
}

static void test_every_version_has_a_row(void **state)
{
	static const uint8_t minors[][2] = {
		{2, 3}, {2, 4}, {2, 5}, {2, 6},	 {2, 7},  {3, 3},  {3, 4},  {3, 5},  {3, 6},
		{3, 7}, {3, 8}, {3, 9}, {3, 10}, {3, 11}, {3, 12}, {3, 13}, {3, 14}, {3, 15},
	};

	(void)state;
	for (size_t i = 0; i < N(minors); i++) {
		const struct pst_layout *row = find(minors[i][0], minors[i][1], 200, 0);

		assert_non_null(row);
		assert_int_equal(row->first.minor, minors[i][1]);
		assert_int_equal(row->from, PST_LAYOUT_TABLE);
		assert_int_equal(row->proved, !is_unproved(row));
		assert_non_null(find(minors[i][0], minors[i][1], 0, PST_PY_DEBUG));
	}
	assert_null(find(3, 2, 0, 0));
	assert_null(find(3, 99, 0, 0));
	assert_null(find(4, 0, 0, 0));
}

/* Offsets lie inside their struct, and every number is one that a header can give. */
static void test_rows_are_sane(void **state)
{
	const struct pst_layout *row;

	(void)state;
	for (size_t i = 0; (row = pst_layout_row(i)); i++) {
		for (size_t f = 0; pst_layout_fields[f].name; f++)
			assert_in_range(value(row, &pst_layout_fields[f]) + 1, 0, 1 << 24);
		assert_true(row->object_ob_type == row->object_size - 8);
		assert_true(row->var_ob_size == row->object_size);
		assert_true(row->code_name < row->code_size);
		assert_true(row->code_filename < row->code_size);
		assert_true(row->tstate_next < row->tstate_size);
		assert_true(row->interp_modules < row->interp_size);
		assert_true(row->tstate_frame == PST_ABSENT || row->iframe_instr == PST_ABSENT);
		assert_true(row->tstate_frame >= 0 || row->tstate_current_frame >= 0 ||
			    row->cframe_current_frame >= 0);
		assert_true(row->code_bytecode >= 0 || row->code_code >= 0);
		assert_non_null(row->source);
	}
	assert_null(pst_layout_row(pst_layout_table_len));
}

/* _PyRuntime.gilstate.tstate_current, as profilers have it hard-coded for x86-64 Linux. */
static void test_patch_releases_that_moved_fields(void **state)
{
	(void)state;
	assert_int_equal(find(3, 7, 0, 0)->runtime_tstate_current, 1392);
	assert_int_equal(find(3, 7, 3, 0)->runtime_tstate_current, 1392);
	assert_int_equal(find(3, 7, 4, 0)->runtime_tstate_current, 1480);
	assert_int_equal(find(3, 7, 17, 0)->runtime_tstate_current, 1480);
	assert_int_equal(find(3, 8, 18, 0)->runtime_tstate_current, 1368);
	assert_int_equal(find(3, 9, 18, 0)->runtime_tstate_current, 568);
	assert_int_equal(find(3, 10, 13, 0)->runtime_tstate_current, 568);
	assert_int_equal(find(3, 11, 7, 0)->runtime_tstate_current, 576);
	assert_int_equal(find(3, 7, 16, 0)->runtime_interpreters_head, 24);
	assert_int_equal(find(3, 10, 13, 0)->runtime_interpreters_head, 32);
	assert_int_equal(find(3, 12, 1, 0)->runtime_interpreters_head, 40);
}

static void test_build_variants(void **state)
{
	(void)state;
	assert_int_equal(find(2, 7, 18, 0)->object_size, 16);
	assert_int_equal(find(2, 7, 18, PST_PY_DEBUG)->object_size, 32);
	assert_int_equal(find(2, 7, 18, PST_PY_DEBUG)->object_head_before, 16);
	assert_int_equal(find(3, 7, 16, PST_PY_DEBUG)->object_ob_type, 24);
	assert_int_equal(find(3, 9, 2, PST_PY_DEBUG)->object_size, 16);
	assert_int_equal(find(3, 9, 2, PST_PY_TRACE_REFS)->object_size, 32);
	assert_int_equal(find(2, 7, 18, PST_PY_UCS4)->unicode_unit, 4);
	assert_int_equal(find(2, 7, 18, PST_PY_UCS2)->unicode_unit, 2);
	assert_ptr_equal(find(3, 9, 2, PST_PY_UCS4), find(3, 9, 2, 0));
	assert_int_equal(find(3, 13, 5, PST_PY_FREE_THREADED)->object_size, 32);
	assert_int_equal(find(3, 14, 0, PST_PY_FREE_THREADED)->gc_head_size, 0);
	assert_true(find(3, 14, 0, PST_PY_FREE_THREADED)->iframe_tlbc_index > 0);
	assert_int_equal(find(3, 14, 0, 0)->iframe_tlbc_index, PST_ABSENT);
}

static void test_values_by_version(void **state)
{
	(void)state;
	assert_int_equal(find(3, 5, 0, 0)->code_line_format, PST_LINES_LNOTAB_UNSIGNED);
	assert_int_equal(find(3, 6, 0, 0)->code_line_format, PST_LINES_LNOTAB_SIGNED);
	assert_int_equal(find(3, 10, 0, 0)->code_line_format, PST_LINES_310);
	assert_int_equal(find(3, 10, 0, 0)->frame_lasti_scale, 2);
	assert_int_equal(find(3, 11, 0, 0)->code_line_format, PST_LINES_311);
	assert_int_equal(find(3, 11, 0, 0)->owner_cstack, PST_ABSENT);
	assert_int_equal(find(3, 12, 0, 0)->owner_cstack, 3);
	assert_int_equal(find(3, 14, 0, 0)->owner_cstack, 4);
	assert_int_equal(find(3, 14, 0, 0)->owner_interpreter, 3);
	assert_int_equal(find(3, 15, 0, 0)->owner_cstack, PST_ABSENT);
	assert_int_equal(find(3, 13, 0, 0)->stackref_ptr_mask, 0);
	assert_int_equal(find(3, 14, 0, 0)->stackref_ptr_mask, 1);
	assert_int_equal(find(3, 12, 0, 0)->managed_dict_family, PST_MANAGED_TAGGED);
	assert_int_equal(find(3, 13, 5, PST_PY_FREE_THREADED)->managed_dict_before, 8);
	assert_int_equal(find(3, 4, 0, 0)->block_len, 62);
	assert_int_equal(find(2, 6, 0, 0)->long_digit_bits, 15);
	assert_int_equal(find(2, 4, 0, 0)->ssize_size, 4);
}

static void test_symbols(void **state)
{
	struct pst_pyversion v = version(2, 7, 18);

	(void)state;
	assert_string_equal(pst_layout_symbols(&v)->interp_head, "interp_head");
	assert_string_equal(pst_layout_symbols(&v)->interpreter_lock, "interpreter_lock");
	assert_null(pst_layout_symbols(&v)->gil_locked);
	v = version(3, 6, 15);
	assert_string_equal(pst_layout_symbols(&v)->gil_locked, "gil_locked");
	assert_null(pst_layout_symbols(&v)->interpreter_lock);
	v = version(3, 7, 0);
	assert_null(pst_layout_symbols(&v)->interp_head);
}

static void test_versions(void **state)
{
	struct pst_pyversion v = pst_pyversion_from_hex(0x030f00b2);

	(void)state;
	assert_int_equal(v.major, 3);
	assert_int_equal(v.minor, 15);
	assert_int_equal(v.micro, 0);
	assert_int_equal(v.level, 0xb);
	assert_int_equal(v.serial, 2);
	assert_int_equal(pst_pyversion_hex(&v), 0x030f00b2);
}

static void read_words(const uint64_t *words, size_t n, struct pst_layout *out)
{
	struct blob blob = make_blob(words, n);
	struct pst_why why = {0};

	assert_true(pst_layout_is_debug_offsets(&blob, sizeof(blob)));
	if (pst_layout_from_debug_offsets(&blob, sizeof(blob), 0, out, &why))
		fail_msg("%s", why.what);
	assert_int_equal(pst_pyversion_hex(&out->version), words[0]);
	assert_int_equal(out->from, PST_LAYOUT_DEBUG);
	assert_true(out->proved);
}

/*
 * The headers and a real process must agree on all but sizes and the far ends of
 * the largest structs, which depend on how CPython was configured.
 */
static void assert_agrees(const struct pst_layout *made, const struct pst_layout *row)
{
	for (size_t f = 0; pst_layout_fields[f].name; f++) {
		const char *name = pst_layout_fields[f].name;

		if (!strcmp(name, "runtime_size") || !strcmp(name, "interp_size"))
			continue;
		if (value(made, &pst_layout_fields[f]) != value(row, &pst_layout_fields[f]))
			fail_msg("%s: process %d, headers %d", name,
				 value(made, &pst_layout_fields[f]),
				 value(row, &pst_layout_fields[f]));
	}
}

static void test_debug_offsets_agree_with_headers(void **state)
{
	struct pst_layout made;

	(void)state;
	read_words(words_313, N(words_313), &made);
	assert_agrees(&made, find(3, 13, 5, 0));
	read_words(words_313t, N(words_313t), &made);
	assert_int_equal(made.flags, PST_PY_FREE_THREADED);
	assert_agrees(&made, find(3, 13, 5, PST_PY_FREE_THREADED));
	read_words(words_314, N(words_314), &made);
	assert_agrees(&made, find(3, 14, 8, 0));
	read_words(words_315, N(words_315), &made);
	assert_agrees(&made, find(3, 15, 0, 0));
}

/* What the process says counts more than the row. */
static void test_debug_offsets_win(void **state)
{
	uint64_t words[N(words_314)];
	struct pst_layout made;

	(void)state;
	memcpy(words, words_314, sizeof(words));
	assert_int_equal(words[11], find(3, 14, 8, 0)->interp_modules);
	words[11] += 16;
	read_words(words, N(words), &made);
	assert_int_equal(made.interp_modules, find(3, 14, 8, 0)->interp_modules + 16);
	assert_int_equal(made.code_name, find(3, 14, 8, 0)->code_name);
}

static void test_newer_version(void **state)
{
	struct blob blob = make_blob(words_315, N(words_315));
	struct pst_layout made;

	(void)state;
	blob.words[0] = 0x031000f0;
	assert_int_equal(pst_layout_from_debug_offsets(&blob, sizeof(blob), 0, &made, NULL),
			 PST_OK);
	assert_int_equal(made.from, PST_LAYOUT_DEBUG_NEWER);
	assert_int_equal(made.version.minor, 16);
	assert_false(made.proved);
	blob.words[0] = 0x040000f0;
	assert_int_equal(pst_layout_from_debug_offsets(&blob, sizeof(blob), 0, &made, NULL),
			 PST_UNKNOWN);
}

/* A newer version whose format changed again must not be read as if it had not. */
static void test_other_formats_are_noticed(void **state)
{
	struct blob blob = make_blob(words_314, N(words_314));
	struct pst_layout made;

	(void)state;
	memmove(&blob.words[30], &blob.words[29], 60 * sizeof(blob.words[0]));
	blob.words[29] = 12345;
	blob.words[0] = 0x031000f0;
	assert_int_equal(pst_layout_from_debug_offsets(&blob, sizeof(blob), 0, &made, NULL),
			 PST_CORRUPT);
}

static void expect_err(const struct blob *blob, size_t len, enum pst_err want)
{
	struct pst_layout made, before;
	struct pst_why why = {0};

	memset(&made, 0x5a, sizeof(made));
	before = made;
	assert_int_equal(pst_layout_from_debug_offsets(blob, len, 0, &made, &why), want);
	assert_int_equal(why.err, want);
	assert_true(why.what[0]);
	assert_memory_equal(&made, &before, sizeof(made));
}

static void test_bad_debug_offsets(void **state)
{
	struct blob good = make_blob(words_314, N(words_314));
	struct blob blob = good;

	(void)state;
	blob.cookie[0] = 'y';
	expect_err(&blob, sizeof(blob), PST_CORRUPT);
	for (size_t len = 0; len < sizeof(good.cookie) + 8 * 80; len += 4)
		expect_err(&good, len, PST_CORRUPT);
	blob = good;
	blob.words[1] = 2;
	expect_err(&blob, sizeof(blob), PST_CORRUPT);
	blob = good;
	blob.words[0] = 0x030c00f0;
	expect_err(&blob, sizeof(blob), PST_UNKNOWN);
	blob = good;
	blob.words[0] |= UINT64_C(1) << 40;
	expect_err(&blob, sizeof(blob), PST_CORRUPT);
}

/* Any word may be anything: the result is an error or bounded offsets. */
static void test_hostile_debug_offsets(void **state)
{
	static const uint64_t bad[] = {0, 1, UINT64_MAX, UINT64_C(1) << 31, UINT64_C(1) << 63};

	(void)state;
	for (size_t i = 2; i < N(words_315); i++) {
		for (size_t b = 0; b < N(bad); b++) {
			struct blob blob = make_blob(words_315, N(words_315));
			struct pst_layout made;

			blob.words[i] = bad[b];
			if (pst_layout_from_debug_offsets(&blob, sizeof(blob), 0, &made, NULL))
				continue;
			for (size_t f = 0; pst_layout_fields[f].name; f++)
				assert_in_range(value(&made, &pst_layout_fields[f]) + 1, 0,
						1 << 25);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table_has_the_order_of_the_header),
		cmocka_unit_test(test_every_version_has_a_row),
		cmocka_unit_test(test_rows_are_sane),
		cmocka_unit_test(test_patch_releases_that_moved_fields),
		cmocka_unit_test(test_build_variants),
		cmocka_unit_test(test_values_by_version),
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_debug_offsets_agree_with_headers),
		cmocka_unit_test(test_debug_offsets_win),
		cmocka_unit_test(test_newer_version),
		cmocka_unit_test(test_other_formats_are_noticed),
		cmocka_unit_test(test_bad_debug_offsets),
		cmocka_unit_test(test_hostile_debug_offsets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
