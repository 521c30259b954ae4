// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "ring_records.h"

static void test_empty(void **state)
{
	struct pst_ring *ring = pst_ring_new(1, NULL);

	(void)state;
	assert_non_null(ring);
	assert_null(pst_ring_next(ring));
	assert_int_equal(pst_ring_fd(ring), -1);
	assert_true(pst_ring_sleep(ring, 1));
	pst_ring_commit(ring);
	assert_null(pst_ring_next(ring));
	pst_ring_free(ring);
	pst_ring_free(NULL);
}

static void test_batch_is_seen_whole(void **state)
{
	struct pst_ring *ring = pst_ring_new(CAPACITY, NULL);
	const struct pst_rec *rec;

	(void)state;
	assert_true(put(ring, 1, 16));
	assert_true(put(ring, 2, 24));
	assert_null(pst_ring_next(ring));
	pst_ring_commit(ring);
	assert_false(pst_ring_sleep(ring, 1));
	rec = pst_ring_next(ring);
	assert_non_null(rec);
	assert_true(holds(rec, 1));
	assert_int_equal(rec->size, 16);
	rec = pst_ring_next(ring);
	assert_non_null(rec);
	assert_true(holds(rec, 2));
	assert_null(pst_ring_next(ring));
	pst_ring_free(ring);
}

static void test_cancel_forgets(void **state)
{
	struct pst_ring *ring = pst_ring_new(CAPACITY, NULL);

	(void)state;
	assert_true(put(ring, 1, 16));
	pst_ring_cancel(ring);
	assert_true(put(ring, 2, 16));
	pst_ring_commit(ring);
	assert_true(holds(pst_ring_next(ring), 2));
	assert_null(pst_ring_next(ring));
	pst_ring_free(ring);
}

static void test_bad_sizes_are_refused(void **state)
{
	struct pst_ring *ring = pst_ring_new(CAPACITY, NULL);

	(void)state;
	assert_null(pst_ring_reserve(ring, 0));
	assert_null(pst_ring_reserve(ring, 4));
	assert_null(pst_ring_reserve(ring, 12));
	assert_null(pst_ring_reserve(ring, CAPACITY / 2 + 8));
	assert_non_null(pst_ring_reserve(ring, CAPACITY / 2));
	pst_ring_free(ring);
}

static void test_full_refuses_and_takes_nothing(void **state)
{
	struct pst_ring *ring = pst_ring_new(CAPACITY, NULL);
	uint32_t n = 0, got = 0;
	const struct pst_rec *rec;

	(void)state;
	while (put(ring, n, 64))
		n++;
	assert_int_equal(n, CAPACITY / 64);
	assert_null(pst_ring_reserve(ring, 8));
	pst_ring_commit(ring);
	/* Read, but not given back: still full. */
	while ((rec = pst_ring_next(ring)))
		assert_true(holds(rec, got++));
	assert_int_equal(got, n);
	assert_false(put(ring, n, 64));
	pst_ring_release(ring);
	assert_true(put(ring, n, 64));
	pst_ring_commit(ring);
	assert_true(holds(pst_ring_next(ring), n));
	pst_ring_free(ring);
}

static void test_largest_fits_at_any_place(void **state)
{
	struct pst_ring *ring = pst_ring_new(CAPACITY, NULL);

	(void)state;
	for (uint32_t i = 0; i < CAPACITY / 8 + 3; i++) {
		assert_true(put(ring, i, 8));
		pst_ring_commit(ring);
		assert_non_null(pst_ring_next(ring));
		pst_ring_release(ring);
		if (i % 64)
			continue;
		assert_true(put(ring, i, CAPACITY / 2));
		pst_ring_commit(ring);
		const struct pst_rec *rec = pst_ring_next(ring);
		assert_non_null(rec);
		assert_int_equal(rec->size, CAPACITY / 2);
		assert_true(holds(rec, i));
		pst_ring_release(ring);
	}
	pst_ring_free(ring);
}

/* ---- waking ------------------------------------------------------------------------------ */

struct bell {
	unsigned signals;
	bool rings;
};

static void bell_signal(void *ctx)
{
	struct bell *b = ctx;

	b->signals++;
	b->rings = true;
}

static void bell_clear(void *ctx)
{
	((struct bell *)ctx)->rings = false;
}

static struct pst_ring *ring_with(struct bell *b)
{
	struct pst_ring_wake wake = {3, bell_signal, bell_clear, b};
	struct pst_ring *ring = pst_ring_new(CAPACITY, &wake);

	assert_non_null(ring);
	assert_int_equal(pst_ring_fd(ring), 3);
	return ring;
}

static void commit_some(struct pst_ring *ring, unsigned records, size_t size)
{
	while (records--) {
		assert_true(put(ring, 1, size));
		pst_ring_commit(ring);
	}
}

static unsigned drain(struct pst_ring *ring)
{
	unsigned n = 0;

	while (pst_ring_next(ring))
		n++;
	pst_ring_release(ring);
	return n;
}

static void test_nobody_is_woken_who_is_awake(void **state)
{
	struct bell b = {0};
	struct pst_ring *ring = ring_with(&b);

	(void)state;
	commit_some(ring, 10, 64);
	pst_ring_urge(ring);
	commit_some(ring, 1, 64);
	assert_false(pst_ring_sleep(ring, 1)); /* there are records */
	commit_some(ring, 1, 64);
	assert_int_equal(b.signals, 0);
	assert_int_equal(drain(ring), 12);
	pst_ring_free(ring);
}

static void test_as_much_as_was_asked_for_wakes_once(void **state)
{
	struct bell b = {0};
	struct pst_ring *ring = ring_with(&b);

	(void)state;
	assert_true(pst_ring_sleep(ring, 1000));
	commit_some(ring, 15, 64);
	assert_int_equal(b.signals, 0);
	commit_some(ring, 1, 64);
	assert_int_equal(b.signals, 1);
	commit_some(ring, 100, 64);
	assert_int_equal(b.signals, 1);
	pst_ring_awake(ring);
	assert_false(b.rings);
	assert_int_equal(drain(ring), 116);
	assert_true(pst_ring_sleep(ring, 0)); /* any record */
	commit_some(ring, 1, 8);
	assert_int_equal(b.signals, 2);
	pst_ring_free(ring);
}

/* Half of the ring is always enough: else a record could be refused for ever. */
static void test_more_than_half_counts_as_half(void **state)
{
	struct bell b = {0};
	struct pst_ring *ring = ring_with(&b);

	(void)state;
	assert_true(pst_ring_sleep(ring, SIZE_MAX));
	commit_some(ring, CAPACITY / 2 / 64 - 1, 64);
	assert_int_equal(b.signals, 0);
	commit_some(ring, 1, 64);
	assert_int_equal(b.signals, 1);
	pst_ring_free(ring);
}

static void test_urgent_wakes_at_once(void **state)
{
	struct bell b = {0};
	struct pst_ring *ring = ring_with(&b);

	(void)state;
	assert_true(pst_ring_sleep(ring, 10000));
	commit_some(ring, 3, 64);
	assert_true(put(ring, 2, 16));
	pst_ring_urge(ring);
	pst_ring_commit(ring);
	assert_int_equal(b.signals, 1);
	pst_ring_awake(ring);
	assert_int_equal(drain(ring), 4);
	/* One batch was urgent, not those that follow; nor those after a cancelled one. */
	assert_true(pst_ring_sleep(ring, 10000));
	commit_some(ring, 1, 64);
	assert_true(put(ring, 2, 16));
	pst_ring_urge(ring);
	pst_ring_cancel(ring);
	commit_some(ring, 1, 64);
	assert_int_equal(b.signals, 1);
	pst_ring_free(ring);
}

static void test_nudge_wakes_without_a_record(void **state)
{
	struct bell b = {0};
	struct pst_ring *ring = ring_with(&b), *deaf = pst_ring_new(1, NULL);

	(void)state;
	assert_true(pst_ring_sleep(ring, 10000));
	pst_ring_nudge(ring);
	assert_int_equal(b.signals, 1);
	pst_ring_awake(ring);
	assert_null(pst_ring_next(ring));
	/* Who is about to sleep is not to miss it. */
	pst_ring_nudge(ring);
	assert_int_equal(b.signals, 2);
	pst_ring_nudge(deaf);
	pst_ring_free(deaf);
	pst_ring_free(ring);
}

static void test_who_wakes_by_itself_is_not_woken(void **state)
{
	struct bell b = {0};
	struct pst_ring *ring = ring_with(&b);

	(void)state;
	assert_true(pst_ring_sleep(ring, 1));
	pst_ring_awake(ring);
	commit_some(ring, 1, 64);
	assert_int_equal(b.signals, 0);
	pst_ring_free(ring);
}

static void test_refusal_wakes(void **state)
{
	struct bell b = {0};
	struct pst_ring *ring = ring_with(&b);

	(void)state;
	commit_some(ring, 1, CAPACITY / 2 - 8);
	assert_int_equal(drain(ring), 1);
	assert_true(pst_ring_sleep(ring, 10000));
	commit_some(ring, 1, 64);
	assert_true(put(ring, 1, CAPACITY / 4));
	assert_int_equal(b.signals, 0);
	/* What is left of the ring's end would be lost besides. */
	assert_false(put(ring, 1, CAPACITY / 2));
	assert_int_equal(b.signals, 1);
	pst_ring_cancel(ring);
	pst_ring_awake(ring);
	assert_int_equal(drain(ring), 1);
	pst_ring_free(ring);
}

static void test_sleep_gives_back(void **state)
{
	struct bell b = {0};
	struct pst_ring *ring = ring_with(&b);

	(void)state;
	commit_some(ring, 2, CAPACITY / 2);
	assert_non_null(pst_ring_next(ring));
	assert_non_null(pst_ring_next(ring));
	assert_true(pst_ring_sleep(ring, 1));
	commit_some(ring, 2, CAPACITY / 2);
	assert_int_equal(b.signals, 1);
	pst_ring_free(ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_batch_is_seen_whole),
		cmocka_unit_test(test_cancel_forgets),
		cmocka_unit_test(test_bad_sizes_are_refused),
		cmocka_unit_test(test_full_refuses_and_takes_nothing),
		cmocka_unit_test(test_largest_fits_at_any_place),
		cmocka_unit_test(test_nobody_is_woken_who_is_awake),
		cmocka_unit_test(test_as_much_as_was_asked_for_wakes_once),
		cmocka_unit_test(test_more_than_half_counts_as_half),
		cmocka_unit_test(test_urgent_wakes_at_once),
		cmocka_unit_test(test_nudge_wakes_without_a_record),
		cmocka_unit_test(test_who_wakes_by_itself_is_not_woken),
		cmocka_unit_test(test_refusal_wakes),
		cmocka_unit_test(test_sleep_gives_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
