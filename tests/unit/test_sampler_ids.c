// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "sampler/ids.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Takes all that is in RING; returns how many records of TYPE there were. */
static size_t take(struct pst_ring *ring, enum pst_rec_type type)
{
	const struct pst_rec *rec;
	size_t n = 0;

	while ((rec = pst_ring_next(ring))) {
		assert_true(pst_record_valid(rec, rec->size));
		n += rec->type == type;
	}
	pst_ring_release(ring);
	return n;
}

static void test_text_is_defined_once(void **state)
{
	struct pst_ring *ring = pst_ring_new(1, NULL);
	struct pst_ids *ids = pst_ids_new(ring, false);
	uint32_t id;

	(void)state;
	assert_true(pst_ids_text(ids, NULL, &id));
	assert_int_equal(id, 0);
	assert_true(pst_ids_text(ids, "", &id));
	assert_int_equal(id, 0);
	assert_true(pst_ids_text(ids, "spam", &id));
	assert_int_equal(id, 1);
	assert_true(pst_ids_text(ids, "eggs", &id));
	assert_int_equal(id, 2);
	assert_true(pst_ids_text(ids, "spam", &id));
	assert_int_equal(id, 1);
	pst_ring_commit(ring);
	const struct pst_rec_string *r = (const struct pst_rec_string *)pst_ring_next(ring);
	assert_int_equal(r->head.type, PST_REC_STRING);
	assert_int_equal(r->id, 1);
	assert_int_equal(r->len, 4);
	assert_memory_equal(r + 1, "spam\0\0\0", 8);
	assert_int_equal(take(ring, PST_REC_STRING), 1);
	pst_ids_free(ids);
	pst_ring_free(ring);
}

static void test_long_text_is_cut(void **state)
{
	static char text[PST_REC_TEXT_MAX + 100];
	struct pst_ring *ring = pst_ring_new(1 << 20, NULL);
	struct pst_ids *ids = pst_ids_new(ring, false);
	uint32_t id;

	(void)state;
	memset(text, 'x', sizeof text - 1);
	assert_true(pst_ids_text(ids, text, &id));
	pst_ring_commit(ring);
	assert_int_equal(take(ring, PST_REC_STRING), 1);
	pst_ids_free(ids);
	pst_ring_free(ring);
}

/* A refused definition takes no id: after the ring was emptied it goes on without a gap. */
static void test_refused_text_is_defined_later(void **state)
{
	struct pst_ring *ring = pst_ring_new(1, NULL);
	struct pst_ids *ids = pst_ids_new(ring, false);
	char text[32];
	uint32_t id = 0, last = 0;
	unsigned refused = 0;
	size_t defined = 0;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		snprintf(text, sizeof text, "text %d", i);
		while (!pst_ids_text(ids, text, &id)) {
			refused++;
			pst_ring_commit(ring);
			defined += take(ring, PST_REC_STRING);
		}
		assert_int_equal(id, last + 1);
		last = id;
	}
	pst_ring_commit(ring);
	assert_int_equal(defined + take(ring, PST_REC_STRING), 10000);
	assert_true(refused > 0);
	pst_ids_free(ids);
	pst_ring_free(ring);
}

static void test_stacks_share_their_roots(void **state)
{
	const struct pst_pyframe shim = {.is_shim = true};
	struct pst_ring *ring = pst_ring_new(1 << 20, NULL);
	struct pst_ids *ids = pst_ids_new(ring, false);
	struct pst_place *cut = pst_ids_truncated(ids), *entry = pst_ids_place(ids, NULL, &shim);
	static const enum pst_rec_type types[] = {
		PST_REC_STRING, PST_REC_FUNC,
		PST_REC_FRAME,	PST_REC_STACK, /* <truncated> */
		PST_REC_STRING, PST_REC_FUNC,
		PST_REC_FRAME,	PST_REC_STACK, /* <interpreter> below it */
		PST_REC_STACK,		       /* as a root */
	};
	uint32_t root, below, again, other;

	(void)state;
	assert_non_null(cut);
	assert_ptr_equal(cut, pst_ids_truncated(ids));
	assert_ptr_equal(entry, pst_ids_place(ids, NULL, &shim));
	assert_true(pst_ids_stack(ids, 0, 1, cut, &root));
	assert_true(pst_ids_stack(ids, root, 2, entry, &below));
	assert_true(pst_ids_stack(ids, root, 2, entry, &again));
	assert_true(pst_ids_stack(ids, 0, 1, entry, &other));
	assert_int_equal(root, 1);
	assert_int_equal(below, 2);
	assert_int_equal(again, 2);
	assert_int_equal(other, 3);
	pst_ring_commit(ring);
	for (size_t i = 0; i < COUNT(types); i++)
		assert_int_equal(pst_ring_next(ring)->type, types[i]);
	assert_null(pst_ring_next(ring));
	pst_ids_free(ids);
	pst_ring_free(ring);
}

/* Fills RING but for LEFT bytes, which is the size of a record or several. */
static void fill_but(struct pst_ring *ring, size_t left)
{
	struct pst_rec *rec;

	for (size_t room = 64 << 10; room > left; room -= 8) {
		rec = pst_ring_reserve(ring, 8);
		assert_non_null(rec);
		*rec = (struct pst_rec){.size = 8, .type = PST_REC_PAD};
	}
	pst_ring_commit(ring);
}

/* Wherever the ring gets full between the definitions of a stack, in the end each is there once. */
static void test_refused_definitions_come_again(void **state)
{
	const struct pst_pyframe shim = {.is_shim = true};
	size_t refused = 0;

	(void)state;
	for (size_t left = 0; left < 400; left += 8) {
		struct pst_ring *ring = pst_ring_new(1, NULL);
		struct pst_ids *ids = pst_ids_new(ring, false);
		struct pst_place *places[] = {pst_ids_truncated(ids),
					      pst_ids_place(ids, NULL, &shim)};
		unsigned defined[PST_REC_TYPES] = {0};
		uint32_t root = 0, below = 0;
		const struct pst_rec *rec;

		fill_but(ring, left);
		while (!pst_ids_stack(ids, 0, 1, places[0], &root) ||
		       !pst_ids_stack(ids, root, 2, places[1], &below)) {
			assert_true(++refused < 1000);
			pst_ring_commit(ring);
			while ((rec = pst_ring_next(ring)))
				defined[rec->type]++;
			pst_ring_release(ring);
		}
		pst_ring_commit(ring);
		while ((rec = pst_ring_next(ring)))
			defined[rec->type]++;
		assert_int_equal(root, 1);
		assert_int_equal(below, 2);
		assert_int_equal(defined[PST_REC_STRING], 2);
		assert_int_equal(defined[PST_REC_FUNC], 2);
		assert_int_equal(defined[PST_REC_FRAME], 2);
		assert_int_equal(defined[PST_REC_STACK], 2);
		pst_ids_free(ids);
		pst_ring_free(ring);
	}
	assert_true(refused > 10);
}

static void test_processes_share_ids(void **state)
{
	struct pst_ring *ring = pst_ring_new(1 << 16, NULL);
	struct pst_ids *one = pst_ids_new(ring, false), *other = pst_ids_share(one);
	const struct pst_pyframe shim = {.is_shim = true};
	uint32_t a, b;

	(void)state;
	assert_true(pst_ids_text(one, "spam", &a));
	assert_true(pst_ids_text(other, "spam", &b));
	assert_int_equal(a, b);
	assert_ptr_equal(pst_ids_place(one, NULL, &shim), pst_ids_place(other, NULL, &shim));
	assert_true(pst_ids_stack(one, 0, 1, pst_ids_truncated(one), &a));
	/* What one of them knows outlives it. */
	pst_ids_free(one);
	assert_true(pst_ids_stack(other, 0, 1, pst_ids_truncated(other), &b));
	assert_int_equal(a, b);
	pst_ring_commit(ring);
	assert_int_equal(take(ring, PST_REC_STACK), 1);
	pst_ids_free(other);
	pst_ring_free(ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_is_defined_once),
		cmocka_unit_test(test_long_text_is_cut),
		cmocka_unit_test(test_refused_text_is_defined_later),
		cmocka_unit_test(test_stacks_share_their_roots),
		cmocka_unit_test(test_refused_definitions_come_again),
		cmocka_unit_test(test_processes_share_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
