// SPDX-License-Identifier: MIT
/* Values of objects that are made up in memory: every layout, wrong and hostile ones included. */
#include "config.h"

#include "unit.h"

#include "base/alloc.h"
#include "interp/printer.h"
#include "interp/priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BASE	  UINT64_C(0x7f0000000000)
#define SIZE	  (256 * 1024)
#define TYPE_ROOM 2048

/* ---- a target that is an array ---- */

struct arena {
	struct pst_target base;
	uint8_t bytes[SIZE];
	uint64_t next; /* free from here on */
	uint64_t rng;
	uint64_t meta; /* the type of types */
	struct pst_objects o;
};

static enum pst_err arena_read(struct pst_target *t, uint64_t at, void *buf, size_t len)
{
	struct arena *a = (struct arena *)t;

	if (at < BASE || len > SIZE || at - BASE > SIZE - len)
		return PST_FAULT;
	memcpy(buf, a->bytes + (at - BASE), len);
	return PST_OK;
}

static const struct pst_target_ops arena_ops = {.name = "arena", .read = arena_read};

static void put(struct arena *a, uint64_t at, int32_t off, uint64_t word)
{
	if (off != PST_ABSENT)
		memcpy(a->bytes + (at - BASE) + off, &word, sizeof word);
}

static uint64_t room(struct arena *a, uint64_t size)
{
	uint64_t at = a->next;

	a->next += (size + 15) & ~UINT64_C(15);
	assert_true(a->next < BASE + SIZE);
	return at;
}

static uint64_t cstring(struct arena *a, const char *s)
{
	uint64_t at = room(a, strlen(s) + 1);

	memcpy(a->bytes + (at - BASE), s, strlen(s) + 1);
	return at;
}

static uint64_t make_type(struct arena *a, const char *name, uint64_t flags, uint64_t base)
{
	const struct pst_layout *l = a->o.layout;
	uint64_t type = room(a, TYPE_ROOM);

	put(a, type, l->object_ob_type, a->meta ? a->meta : type);
	put(a, type, l->type_tp_name, cstring(a, name));
	put(a, type, l->type_tp_flags, flags);
	put(a, type, l->type_tp_base, base);
	put(a, type, l->type_tp_basicsize, 64);
	return type;
}

static struct arena *new_arena(const struct pst_layout *l)
{
	struct arena *a = pst_calloc(1, sizeof *a);

	a->base.ops = &arena_ops;
	a->o = (struct pst_objects){
		.target = &a->base,
		.layout = l,
		.version = &l->first,
		.flags = l->flags,
	};
	a->next = BASE + 4096;
	a->rng = 88172645463325252u;
	a->meta = make_type(a, "type", PST_TPFLAGS_TYPE_SUBCLASS, 0);
	return a;
}

static const struct pst_layout *row_of(unsigned major, unsigned minor)
{
	struct pst_pyversion v = {.major = (uint8_t)major, .minor = (uint8_t)minor};
	const struct pst_layout *l = pst_layout_find(&v, 0);

	assert_non_null(l);
	return l;
}

static void expect(struct arena *a, uint64_t addr, const char *text)
{
	struct pst_value_limits limits = {.bytes = 500, .depth = 8, .items = 64, .string = 64};
	struct pst_buf out = {0};

	pst_object_repr(&a->o, addr, &limits, &out);
	assert_string_equal(pst_buf_text(&out), text);
	pst_buf_free(&out);
}

/* ---- numbers ---- */

static uint64_t make_float(struct arena *a, uint64_t type, double v)
{
	uint64_t at = room(a, 64), word;

	memcpy(&word, &v, sizeof word);
	put(a, at, a->o.layout->object_ob_type, type);
	put(a, at, a->o.layout->float_ob_fval, word);
	return at;
}

static void floats(void **state)
{
	static const struct {
		double v;
		const char *text;
	} cases[] = {
		{0.0, "0.0"},
		{-0.0, "-0.0"},
		{0.1, "0.1"},
		{1e15, "1000000000000000.0"},
		{9999999999999998.0, "9999999999999998.0"},
		{1e16, "1e+16"},
		{1e-4, "0.0001"},
		{1e-5, "1e-05"},
		{5e-324, "5e-324"},
		{1.7976931348623157e308, "1.7976931348623157e+308"},
		{5.684341886080802e-14, "5.684341886080802e-14"},
		{1.0 / 0.0, "inf"},
		{-1.0 / 0.0, "-inf"},
		{0.0 / 0.0, "nan"},
	};
	struct arena *a = new_arena(row_of(3, 11));
	uint64_t type = make_type(a, "float", 0, 0);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		expect(a, make_float(a, type, cases[i].v), cases[i].text);
	free(a);
}

/* The int of LOW and, above it, digits of all ones: N in all. */
static uint64_t make_int(struct arena *a, uint64_t type, uint64_t low, size_t n, bool negative)
{
	const struct pst_layout *l = a->o.layout;
	size_t size = (size_t)l->long_digit_size;
	uint64_t at = room(a, 64 + n * size), mask = (UINT64_C(1) << l->long_digit_bits) - 1;

	put(a, at, l->object_ob_type, type);
	if (l->long_family == PST_LONG_TAG)
		put(a, at, l->long_lv_tag, n << 3 | (n == 0 ? 1 : negative ? 2 : 0));
	else
		put(a, at, l->var_ob_size, negative ? 0 - (uint64_t)n : n);
	for (size_t i = 0; i < n; i++) {
		uint64_t digit = i ? mask : low;

		memcpy(a->bytes + (at - BASE) + l->long_ob_digit + i * size, &digit, size);
	}
	return at;
}

static void ints_of(const struct pst_layout *l, const char *name, const char *suffix)
{
	struct arena *a = new_arena(l);
	uint64_t type = make_type(a, name, PST_TPFLAGS_LONG_SUBCLASS, 0);
	char text[64];

	snprintf(text, sizeof text, "0%s", suffix);
	expect(a, make_int(a, type, 0, 0, false), text);
	snprintf(text, sizeof text, "-7%s", suffix);
	expect(a, make_int(a, type, 7, 1, true), text);
	/* all digits are ones: a power of two, less one */
	if (l->long_digit_bits == 30) {
		snprintf(text, sizeof text, "1237940039285380274899124223%s", suffix);
		expect(a, make_int(a, type, (1 << 30) - 1, 3, false), text);
	} else {
		snprintf(text, sizeof text, "-35184372088831%s", suffix);
		expect(a, make_int(a, type, (1 << 15) - 1, 3, true), text);
	}
	free(a);
}

static void ints(void **state)
{
	(void)state;
	ints_of(row_of(3, 11), "int", "");
	ints_of(row_of(3, 12), "int", "");
	ints_of(row_of(2, 7), "long", "L");
}

static void long_int_is_bounded(void **state)
{
	struct arena *a = new_arena(row_of(3, 11));
	uint64_t type = make_type(a, "int", PST_TPFLAGS_LONG_SUBCLASS, 0);
	uint64_t big = make_int(a, type, 1, 4000, false);

	(void)state;
	expect(a, big, "<int with 36124 digits>");
	put(a, big, a->o.layout->var_ob_size, UINT64_C(1) << 60);
	expect(a, big, "?");
	put(a, big, a->o.layout->var_ob_size, UINT64_C(1) << 39);
	expect(a, big, "?"); /* its leading digits are nowhere */
	free(a);
}

/* ---- the dict of 3.3 to 3.5, which no interpreter of the tests has ---- */

static void dict_of_34(void **state)
{
	const struct pst_layout *l = row_of(3, 4);
	struct arena *a = new_arena(l);
	uint64_t dict_type = make_type(a, "dict", PST_TPFLAGS_DICT_SUBCLASS, 0);
	uint64_t int_type = make_type(a, "int", PST_TPFLAGS_LONG_SUBCLASS, 0);
	uint64_t dict = room(a, 64), keys = room(a, 512), values = room(a, 64), entry;

	(void)state;
	put(a, dict, l->object_ob_type, dict_type);
	put(a, dict, l->dict_ma_used, 2);
	put(a, dict, l->dict_ma_keys, keys);
	put(a, keys, l->keys_size, 8);
	for (uint64_t i = 1; i < 8; i += 3) {
		entry = keys + (uint64_t)l->keys_entries + i * (uint64_t)l->entry_size;
		put(a, entry, l->entry_key, make_int(a, int_type, i, 1, false));
		put(a, entry, l->entry_value, i == 4 ? 0 : make_int(a, int_type, i * 10, 1, false));
	}
	expect(a, dict, "{1: 10, 7: 70}");
	/* the same keys, shared */
	put(a, dict, l->dict_ma_values, values);
	put(a, values, 4 * 8, make_int(a, int_type, 5, 1, false));
	put(a, dict, l->dict_ma_used, 1);
	expect(a, dict, "{4: 5}");
	put(a, keys, l->keys_size, UINT64_C(1) << 60);
	expect(a, dict, "{?}");
	free(a);
}

/* ---- what is wrong ---- */

static uint64_t rnd(struct arena *a)
{
	a->rng ^= a->rng << 13;
	a->rng ^= a->rng >> 7;
	a->rng ^= a->rng << 17;
	return a->rng;
}

static const char *const type_names[] = {
	"NoneType",
	"bool",
	"int",
	"long",
	"float",
	"complex",
	"str",
	"unicode",
	"bytes",
	"bytearray",
	"list",
	"tuple",
	"dict",
	"frozendict",
	"set",
	"frozenset",
	"range",
	"xrange",
	"slice",
	"dict_keys",
	"dict_items",
	"mappingproxy",
	"type",
	"classobj",
	"instance",
	"function",
	"builtin_function_or_method",
	"method",
	"instancemethod",
	"module",
	"generator",
	"method_descriptor",
	"member_descriptor",
	"code",
	"BaseException",
	"types.SimpleNamespace",
	"collections.deque",
	"collections.defaultdict",
	"collections.OrderedDict",
	"OrderedDict",
	"Counter",
	"datetime.date",
	"datetime.datetime",
	"datetime.time",
	"datetime.timedelta",
	"datetime.timezone",
	"decimal.Decimal",
	"Decimal",
	"Fraction",
	"UUID",
	"PurePath",
	"numpy.number",
	"numpy.float16",
	"numpy.complex256",
	"numpy.ndarray",
	"numpy.dtype",
	"cell",
	"Thing",
	"EnumMeta",
	"object",
};

#define TYPES (sizeof type_names / sizeof *type_names)

static uint64_t any_word(struct arena *a, const uint64_t *types)
{
	uint64_t dice = rnd(a) % 16;

	if (dice < 8) /* into the arena, aligned or not */
		return BASE + (rnd(a) % SIZE & ~(dice ? UINT64_C(7) : 0));
	if (dice < 11)
		return rnd(a) % 32;
	if (dice < 13)
		return types[rnd(a) % TYPES];
	return dice == 13 ? rnd(a) : dice == 14 ? 0 : UINT64_MAX >> rnd(a) % 64;
}

/* Types with names that are known, and between them nonsense that points to and fro. */
static void scramble(struct arena *a)
{
	const struct pst_layout *l = a->o.layout;
	uint64_t types[TYPES];

	for (size_t i = 0; i < TYPES; i++)
		types[i] = make_type(a, type_names[i], rnd(a) << 23 | (rnd(a) & 0xffff) << 2, 0);
	for (uint64_t at = a->next; at + 8 <= BASE + SIZE; at += 8)
		put(a, at, 0, any_word(a, types));
	for (uint64_t at = a->next; at + 128 <= BASE + SIZE; at += 64)
		put(a, at, l->object_ob_type, types[rnd(a) % TYPES]);
	for (size_t i = 0; i < TYPES; i++) {
		put(a, types[i], l->object_ob_type, types[rnd(a) % TYPES]);
		put(a, types[i], l->type_tp_base, rnd(a) % 2 ? types[rnd(a) % TYPES] : 0);
		put(a, types[i], l->type_tp_dict, a->next + rnd(a) % 1024 * 64);
		put(a, types[i], l->type_tp_mro, a->next + rnd(a) % 1024 * 64);
		put(a, types[i], l->type_tp_dictoffset, rnd(a) % 128);
		put(a, types[i], l->heaptype_ht_slots, rnd(a) % 2);
		put(a, types[i], l->heaptype_ht_cached_keys, a->next + rnd(a) % 1024 * 64);
	}
}

static void nonsense_is_bounded(void **state)
{
	struct pst_value_limits limits = {.bytes = 300, .depth = 5, .items = 16, .string = 40};
	const struct pst_layout *l;

	(void)state;
	for (size_t row = 0; (l = pst_layout_row(row)); row++) {
		struct arena *a = new_arena(l);
		struct pst_buf out = {0};
		struct pst_vars vars = {0};

		a->rng += row;
		scramble(a);
		for (int i = 0; i < 60; i++) {
			uint64_t reads = a->base.reads;

			pst_buf_clear(&out);
			pst_object_repr(&a->o, BASE + rnd(a) % (SIZE / 64) * 64, &limits, &out);
			assert_in_range(out.len, 1, limits.bytes + strlen("…"));
			assert_true(a->base.reads - reads <= PR_READS);
		}
		for (int i = 0; i < 20; i++)
			pst_frame_locals(&a->o, BASE + rnd(a) % SIZE, BASE + rnd(a) % SIZE, &limits,
					 &vars);
		pst_vars_free(&vars);
		pst_buf_free(&out);
		free(a);
	}
}

/* ---- parts ---- */

/* As much of a pst_python as values need. */
static struct pst_python *python_on(struct arena *a)
{
	struct pst_python *py = pst_calloc(1, sizeof *py);

	py->objects = a->o;
	return py;
}

static void end_python(struct pst_python *py)
{
	pst_printer_free(py->printer);
	free(py);
}

static uint64_t make_list(struct arena *a, uint64_t type, uint64_t len)
{
	const struct pst_layout *l = a->o.layout;
	uint64_t list = room(a, 64), items = room(a, 64);

	put(a, list, l->object_ob_type, type);
	put(a, list, l->var_ob_size, len);
	put(a, list, l->list_ob_item, items);
	return list;
}

static void part_is(const struct pst_part *part, const char *label, const char *repr,
		    int64_t length, bool can_open)
{
	assert_string_equal(part->label, label);
	assert_string_equal(part->repr, repr);
	assert_string_equal(part->type, "list");
	assert_int_equal(part->length, length);
	assert_int_equal(part->can_open, can_open);
}

/* A list that holds itself, an empty one, and says to be longer than memory is. */
static void parts_of_a_list(void **state)
{
	struct arena *a = new_arena(row_of(3, 13));
	const struct pst_value_limits limits = PST_VALUE_LIMITS;
	uint64_t type = make_type(a, "list", UINT64_C(1) << 25, 0);
	uint64_t empty = make_list(a, type, 0), list = make_list(a, type, 2), items;
	struct pst_python *py = python_on(a);
	struct pst_parts parts = {0};
	struct pst_part facts;

	(void)state;
	assert_int_equal(pst_target_read_u64(
				 &a->base, list + (uint64_t)a->o.layout->list_ob_item, &items),
			 PST_OK);
	put(a, items, 0, list);
	put(a, items, 8, empty);
	pst_python_parts(py, list, &limits, 10, &parts);
	assert_int_equal(parts.len, 2);
	assert_false(parts.cut);
	part_is(&parts.at[0], "[0]", "[[...], []]", 2, true);
	part_is(&parts.at[1], "[1]", "[]", 0, false);
	pst_python_parts(py, list, &limits, 1, &parts);
	assert_int_equal(parts.len, 1);
	assert_true(parts.cut);
	put(a, list, a->o.layout->var_ob_size, UINT64_C(1) << 39);
	py->look.generation++; /* another look: it is read again */
	pst_python_parts(py, list, &limits, 300, &parts);
	assert_int_equal(parts.len, 300);
	assert_true(parts.cut);
	part_is(&parts.at[0], "[0]", "[[...], [], ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
				     "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ...]",
		INT64_C(1) << 39, true);
	pst_python_facts(py, empty, &limits, &facts);
	assert_null(facts.label);
	assert_int_equal(facts.length, 0);
	pst_part_free(&facts);
	pst_python_parts(py, 8, &limits, 10, &parts);
	assert_int_equal(parts.len, 0);
	pst_parts_free(&parts);
	end_python(py);
	free(a);
}

static void no_part_after_the_time_is_up(void **state)
{
	struct arena *a = new_arena(row_of(3, 11));
	struct pst_value_limits limits = PST_VALUE_LIMITS;
	uint64_t type = make_type(a, "list", UINT64_C(1) << 25, 0);
	uint64_t list = make_list(a, type, 5), reads = a->base.reads;
	struct pst_python *py = python_on(a);
	struct pst_parts parts = {0};

	(void)state;
	limits.until_ns = 1;
	pst_python_parts(py, list, &limits, 10, &parts);
	assert_int_equal(parts.len, 0);
	assert_true(parts.cut);
	assert_int_equal(a->base.reads, reads);
	/* time is given anew with each call */
	limits.until_ns = pst_now_ns() + UINT64_C(60000000000);
	pst_python_parts(py, list, &limits, 10, &parts);
	assert_int_equal(parts.len, 5);
	assert_false(parts.cut);
	pst_parts_free(&parts);
	end_python(py);
	free(a);
}

static void parts_of_nonsense(void **state)
{
	struct pst_value_limits limits = {.bytes = 300, .depth = 3, .items = 8, .string = 40};
	const struct pst_layout *l;
	size_t found = 0;

	(void)state;
	for (size_t row = 0; (l = pst_layout_row(row)); row++) {
		struct arena *a = new_arena(l);
		struct pst_python *py = python_on(a);
		struct pst_parts parts = {0};

		a->rng += row;
		scramble(a);
		for (int i = 0; i < 40; i++) {
			uint64_t addr = BASE + rnd(a) % (SIZE / 64) * 64;

			pst_python_parts(py, addr, &limits, 7, &parts);
			assert_in_range(parts.len, 0, 7);
			found += parts.len;
			for (size_t k = 0; k < parts.len; k++) {
				assert_in_range(strlen(parts.at[k].label), 1, 210);
				assert_in_range(strlen(parts.at[k].repr), 1, 303);
				assert_in_range(strlen(parts.at[k].type), 0, 203);
				assert_true(parts.at[k].length >= -1);
			}
		}
		pst_parts_free(&parts);
		end_python(py);
		free(a);
	}
	assert_true(found > 100);
}

static void nothing_there(void **state)
{
	struct arena *a = new_arena(row_of(3, 13));

	(void)state;
	expect(a, 0, "?");
	expect(a, 8, "?");
	expect(a, UINT64_MAX, "?");
	expect(a, BASE + SIZE - 8, "?");
	free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(floats),
		cmocka_unit_test(ints),
		cmocka_unit_test(long_int_is_bounded),
		cmocka_unit_test(dict_of_34),
		cmocka_unit_test(nonsense_is_bounded),
		cmocka_unit_test(nothing_there),
		cmocka_unit_test(parts_of_a_list),
		cmocka_unit_test(no_part_after_the_time_is_up),
		cmocka_unit_test(parts_of_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
