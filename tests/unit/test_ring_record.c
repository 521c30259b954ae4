// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "ring/record.h"

#include <string.h>

static const struct {
	enum pst_rec_type type;
	uint32_t size;
} fixed[] = {
	{PST_REC_FUNC, 32},    {PST_REC_FRAME, 24},  {PST_REC_STACK, 24},
	{PST_REC_PROCESS, 32}, {PST_REC_THREAD, 56}, {PST_REC_TICK, 48},
	{PST_REC_SAMPLE, 16},  {PST_REC_STATS, 272},  {PST_REC_END, 24},
};

static void test_fixed_sizes(void **state)
{
	_Alignas(8) unsigned char bytes[272] = {0};
	struct pst_rec *rec = (struct pst_rec *)bytes;

	(void)state;
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
		rec->type = (uint16_t)fixed[i].type;
		for (uint32_t size = 0; size < 128; size++) {
			rec->size = size;
			assert_int_equal(pst_record_valid(rec, sizeof bytes),
					 size == fixed[i].size);
		}
		rec->size = fixed[i].size;
		assert_true(pst_record_valid(rec, fixed[i].size));
		assert_false(pst_record_valid(rec, fixed[i].size - 1));
		assert_false(pst_record_valid(rec, 7));
		assert_false(pst_record_valid(rec, 0));
	}
}

static void test_text(void **state)
{
	_Alignas(8) unsigned char bytes[64] = {0};
	struct pst_rec_string *s = (struct pst_rec_string *)bytes;

	(void)state;
	*s = (struct pst_rec_string){{24, PST_REC_STRING, 0}, 1, 5};
	memcpy(s + 1, "hello", 5);
	assert_true(pst_record_valid(&s->head, sizeof bytes));
	s->len = 6; /* a NUL inside */
	assert_false(pst_record_valid(&s->head, sizeof bytes));
	s->len = 0; /* the size does not fit the length */
	assert_false(pst_record_valid(&s->head, sizeof bytes));
	s->head.size = 16;
	assert_true(pst_record_valid(&s->head, sizeof bytes));
	s->len = UINT32_MAX; /* 16 + len overflows */
	assert_false(pst_record_valid(&s->head, sizeof bytes));
	s->len = UINT32_MAX - 15;
	assert_false(pst_record_valid(&s->head, sizeof bytes));
	s->head.type = PST_REC_NOTE;
	s->len = 0;
	assert_true(pst_record_valid(&s->head, sizeof bytes));
	s->len = 1;
	assert_false(pst_record_valid(&s->head, sizeof bytes));
}

static void test_types(void **state)
{
	_Alignas(8) unsigned char bytes[64] = {0};
	struct pst_rec *rec = (struct pst_rec *)bytes;

	(void)state;
	*rec = (struct pst_rec){.size = 8, .type = PST_REC_PAD};
	assert_true(pst_record_valid(rec, sizeof bytes));
	rec->size = 40;
	assert_true(pst_record_valid(rec, sizeof bytes));
	rec->size = 12;
	assert_false(pst_record_valid(rec, sizeof bytes));
	rec->size = 0;
	assert_false(pst_record_valid(rec, sizeof bytes));
	for (uint32_t type = PST_REC_TYPES; type <= UINT16_MAX; type++) {
		rec->type = (uint16_t)type;
		for (rec->size = 8; rec->size <= 64; rec->size += 8)
			assert_false(pst_record_valid(rec, sizeof bytes));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fixed_sizes),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
