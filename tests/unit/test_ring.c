// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "ring/ring.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CAPACITY (64u << 10)

/* A record whose bytes after the head all tell its number. */
static bool put(struct pst_ring *ring, uint32_t number, size_t size)
{
	struct pst_rec *rec = pst_ring_reserve(ring, size);

	if (!rec)
		return false;
	*rec = (struct pst_rec){
		.size = (uint32_t)size, .type = PST_REC_NOTE, .flags = (uint16_t)number};
	for (size_t i = sizeof *rec; i < size; i += sizeof number)
		memcpy((char *)rec + i, &number, sizeof number);
	return true;
}

static bool holds(const struct pst_rec *rec, uint32_t number)
{
	if (rec->type != PST_REC_NOTE || rec->flags != (uint16_t)number)
		return false;
	for (size_t i = sizeof *rec; i < rec->size; i += sizeof number)
		if (memcmp((const char *)rec + i, &number, sizeof number) != 0)
			return false;
	return true;
}

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

/* ---- two threads ------------------------------------------------------------------------- */

struct both {
	struct pst_ring *ring;
	int pipe[2];
	uint32_t batches, seed;
	_Atomic uint32_t acknowledged, signals;
	uint64_t refused;
};

static void pipe_signal(void *ctx)
{
	struct both *b = ctx;

	atomic_fetch_add(&b->signals, 1);
	assert_int_equal(write(b->pipe[1], "", 1), 1);
}

static void pipe_clear(void *ctx)
{
	struct both *b = ctx;
	char buf[16];
	struct pollfd p = {.fd = b->pipe[0], .events = POLLIN};

	while (poll(&p, 1, 0) > 0)
		assert_true(read(b->pipe[0], buf, sizeof buf) > 0);
}

static void both_open(struct both *b, uint32_t batches, uint32_t seed)
{
	memset(b, 0, sizeof *b);
	b->batches = batches;
	b->seed = seed;
	assert_int_equal(pipe(b->pipe), 0);
	struct pst_ring_wake wake = {b->pipe[0], pipe_signal, pipe_clear, b};
	b->ring = pst_ring_new(CAPACITY, &wake);
	assert_non_null(b->ring);
	assert_int_equal(pst_ring_fd(b->ring), b->pipe[0]);
}

static void both_close(struct both *b)
{
	pst_ring_free(b->ring);
	close(b->pipe[0]);
	close(b->pipe[1]);
}

/* Waits for records; false when nobody woke us within ten seconds. */
static bool wait_records(struct pst_ring *ring)
{
	struct pollfd p = {.fd = pst_ring_fd(ring), .events = POLLIN};
	bool woken = true;

	if (pst_ring_sleep(ring, 1)) {
		woken = poll(&p, 1, 10000) == 1;
		pst_ring_awake(ring);
	}
	return woken;
}

/*
 * A batch is: a record of 16 bytes with the batch's number and the number of records that follow,
 * then those, of random sizes.  Some batches are cancelled half-way and written again.
 */
static void *produce_batches(void *arg)
{
	struct both *b = arg;
	uint32_t batch = 0;

	while (batch < b->batches) {
		uint32_t n = (uint32_t)rand_r(&b->seed) % 6, i = 0;
		bool cancel = rand_r(&b->seed) % 16 == 0;
		struct pst_rec_sample *head = pst_ring_reserve(b->ring, sizeof *head);
		if (head) {
			*head = (struct pst_rec_sample){
				{sizeof *head, PST_REC_SAMPLE, 0}, batch, n};
			while (i < n &&
			       put(b->ring, batch + i, 8 + 8 * ((size_t)rand_r(&b->seed) % 400)))
				i++;
		}
		if (!head || i < n)
			b->refused++;
		if (!head || i < n || cancel) {
			pst_ring_cancel(b->ring);
			sched_yield();
			continue;
		}
		pst_ring_commit(b->ring);
		batch++;
		if (rand_r(&b->seed) % 64 == 0)
			usleep((useconds_t)rand_r(&b->seed) % 200);
	}
	return NULL;
}

static void test_two_threads(void **state)
{
	struct both b;
	pthread_t producer;
	uint32_t seed = 7;

	(void)state;
	both_open(&b, 60000, 3);
	assert_int_equal(pthread_create(&producer, NULL, produce_batches, &b), 0);
	for (uint32_t batch = 0; batch < b.batches;) {
		const struct pst_rec *rec = pst_ring_next(b.ring);
		if (!rec) {
			pst_ring_release(b.ring);
			assert_true(wait_records(b.ring));
			continue;
		}
		assert_int_equal(rec->type, PST_REC_SAMPLE);
		const struct pst_rec_sample *head = (const struct pst_rec_sample *)rec;
		assert_int_equal(head->thread, batch);
		for (uint32_t i = 0; i < head->stack; i++) {
			rec = pst_ring_next(b.ring);
			assert_non_null(rec); /* whole or not at all */
			assert_true(holds(rec, batch + i));
		}
		batch++;
		if (rand_r(&seed) % 8 == 0)
			pst_ring_release(b.ring);
		if (rand_r(&seed) % 256 == 0)
			usleep((useconds_t)rand_r(&seed) % 300);
	}
	assert_int_equal(pthread_join(producer, NULL), 0);
	assert_null(pst_ring_next(b.ring));
	assert_true(b.refused > 0);		  /* the ring was full at times */
	assert_true(atomic_load(&b.signals) > 0); /* and the consumer slept at times */
	both_close(&b);
}

/*
 * One record at a time, each only after the one before was taken: every sleep depends on its
 * wake-up.
 */
static void *produce_one_by_one(void *arg)
{
	struct both *b = arg;

	for (uint32_t i = 0; i < b->batches; i++) {
		if (!put(b->ring, i, 16))
			return b; /* full: cannot be */
		pst_ring_commit(b->ring);
		while (atomic_load(&b->acknowledged) <= i)
			if (i % 3 == 0)
				sched_yield();
	}
	return NULL;
}

static void test_no_wake_up_is_lost(void **state)
{
	struct both b;
	pthread_t producer;
	void *failure = NULL;

	(void)state;
	both_open(&b, 20000, 0);
	assert_int_equal(pthread_create(&producer, NULL, produce_one_by_one, &b), 0);
	for (uint32_t i = 0; i < b.batches;) {
		const struct pst_rec *rec = pst_ring_next(b.ring);
		if (!rec) {
			assert_true(wait_records(b.ring));
			continue;
		}
		assert_true(holds(rec, i));
		pst_ring_release(b.ring);
		atomic_store(&b.acknowledged, ++i);
	}
	assert_int_equal(pthread_join(producer, &failure), 0);
	assert_null(failure);
	both_close(&b);
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
		cmocka_unit_test(test_two_threads),
		cmocka_unit_test(test_no_wake_up_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
