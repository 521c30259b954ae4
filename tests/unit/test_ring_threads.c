// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

/*
 * The ring between two threads that are held up at random between any two steps of its code: for
 * moments, and for long.  For ThreadSanitizer too.
 */

static void step(void);
#define PST_RING_STEP() step()
#include "ring/ring.c"

#include "ring_records.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

/* How much the two are held up: once in so many steps; 0: never. */
struct hold_up {
	uint32_t yield, sleep;
};

struct both {
	struct pst_ring *ring;
	int pipe[2];
	uint32_t batches, seed;
	struct hold_up producer, consumer;
	_Atomic uint32_t acknowledged, signals;
	_Atomic bool slept; /* the consumer: else it may find records at all times */
	uint64_t refused;
};

static _Thread_local struct hold_up hold_up;
static _Thread_local uint32_t luck;

static uint32_t draw(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % n;
}

static void step(void)
{
	if (hold_up.yield && !draw(&luck, hold_up.yield))
		sched_yield();
	if (hold_up.sleep && !draw(&luck, hold_up.sleep))
		usleep(draw(&luck, 300));
}

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
}

static void both_close(struct both *b)
{
	hold_up = (struct hold_up){0};
	pst_ring_free(b->ring);
	close(b->pipe[0]);
	close(b->pipe[1]);
}

/* Waits for records; false when nobody woke us within a minute. */
static bool wait_records(struct both *b, size_t enough)
{
	struct pollfd p = {.fd = pst_ring_fd(b->ring), .events = POLLIN};
	bool woken = true;

	if (pst_ring_sleep(b->ring, enough)) {
		atomic_store(&b->slept, true);
		woken = poll(&p, 1, 60000) == 1;
		pst_ring_awake(b->ring);
	}
	return woken;
}

/* ---- batches, as fast as they go --------------------------------------------------------- */

/*
 * A batch is: a record of 16 bytes with the batch's number and the number of records that follow,
 * then those, of random sizes.  Some batches are cancelled half-way and written again; some are
 * urgent, and the last one is: nothing follows that would wake who waits for it.
 */
static bool produce_batch(struct both *b, uint32_t batch)
{
	uint32_t n = draw(&b->seed, 6), i = 0;
	struct pst_rec_sample *head = pst_ring_reserve(b->ring, sizeof *head);

	if (head) {
		*head = (struct pst_rec_sample){{sizeof *head, PST_REC_SAMPLE, 0}, batch, n};
		while (i < n && put(b->ring, batch + i, 8 + 8 * (size_t)draw(&b->seed, 400)))
			i++;
	}
	b->refused += !head || i < n;
	if (!head || i < n || !draw(&b->seed, 16)) {
		pst_ring_cancel(b->ring);
		return false;
	}
	if (!draw(&b->seed, 64) || batch + 1 == b->batches)
		pst_ring_urge(b->ring);
	pst_ring_commit(b->ring);
	return true;
}

static void *produce_batches(void *arg)
{
	struct both *b = arg;
	uint32_t batch = 0;

	hold_up = b->producer;
	luck = b->seed;
	while (!atomic_load(&b->slept))
		sched_yield();
	while (batch < b->batches) {
		if (produce_batch(b, batch))
			batch++;
		else
			sched_yield();
	}
	return NULL;
}

static void take_batch(struct both *b, const struct pst_rec *rec, uint32_t batch)
{
	const struct pst_rec_sample *head = (const struct pst_rec_sample *)rec;

	assert_int_equal(rec->type, PST_REC_SAMPLE);
	assert_int_equal(head->thread, batch);
	for (uint32_t i = 0; i < head->stack; i++) {
		rec = pst_ring_next(b->ring);
		assert_non_null(rec); /* whole or not at all */
		assert_true(holds(rec, batch + i));
	}
}

/* WAITS: for so many bytes the consumer waits, at most. */
static void run_batches(uint32_t batches, struct hold_up producer, struct hold_up consumer,
			uint32_t waits)
{
	struct both b;
	pthread_t thread;
	uint32_t seed = 7;

	both_open(&b, batches, 3);
	b.producer = producer;
	hold_up = consumer;
	assert_int_equal(pthread_create(&thread, NULL, produce_batches, &b), 0);
	for (uint32_t batch = 0; batch < b.batches;) {
		const struct pst_rec *rec = pst_ring_next(b.ring);
		if (!rec) {
			assert_true(wait_records(&b, draw(&seed, waits)));
			continue;
		}
		take_batch(&b, rec, batch++);
		if (!draw(&seed, 8))
			pst_ring_release(b.ring);
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_null(pst_ring_next(b.ring));
	assert_true(atomic_load(&b.signals) > 0); /* the consumer slept at times */
	if (consumer.sleep)
		assert_true(b.refused > 0); /* and the ring was full */
	both_close(&b);
}

static void test_both_run(void **state)
{
	const struct hold_up none = {0};

	(void)state;
	run_batches(30000, none, none, 1);
	run_batches(30000, none, none, CAPACITY);
}

static void test_both_yield(void **state)
{
	const struct hold_up often = {.yield = 3};

	(void)state;
	run_batches(20000, often, often, CAPACITY);
}

static void test_consumer_is_slow(void **state)
{
	const struct hold_up slow = {.yield = 10, .sleep = 50}, none = {0};

	(void)state;
	run_batches(10000, none, slow, CAPACITY);
}

static void test_producer_is_slow(void **state)
{
	const struct hold_up slow = {.yield = 10, .sleep = 50}, little = {.yield = 10};

	(void)state;
	run_batches(3000, slow, little, CAPACITY / 4);
}

static void test_both_are_slow(void **state)
{
	const struct hold_up slow = {.yield = 5, .sleep = 40};

	(void)state;
	run_batches(3000, slow, slow, CAPACITY / 4);
}

/* ---- one by one -------------------------------------------------------------------------- */

/*
 * One record at a time, each only after the one before was taken: every sleep depends on its
 * wake-up.  Every other time it is the record's urgency that wakes.
 */
static void *produce_one_by_one(void *arg)
{
	struct both *b = arg;

	hold_up = b->producer;
	luck = 5;
	for (uint32_t i = 0; i < b->batches; i++) {
		if (!put(b->ring, i, 16))
			return b; /* full: cannot be */
		if (i % 2)
			pst_ring_urge(b->ring);
		pst_ring_commit(b->ring);
		while (atomic_load(&b->acknowledged) <= i)
			sched_yield();
	}
	return NULL;
}

static void run_one_by_one(uint32_t records, struct hold_up both)
{
	struct both b;
	pthread_t thread;
	void *failure = NULL;

	both_open(&b, records, 0);
	b.producer = hold_up = both;
	assert_int_equal(pthread_create(&thread, NULL, produce_one_by_one, &b), 0);
	for (uint32_t i = 0; i < b.batches;) {
		const struct pst_rec *rec = pst_ring_next(b.ring);
		if (!rec) {
			assert_true(wait_records(&b, i % 2 ? 1000 : 1));
			continue;
		}
		assert_true(holds(rec, i));
		pst_ring_release(b.ring);
		atomic_store(&b.acknowledged, ++i);
	}
	assert_int_equal(pthread_join(thread, &failure), 0);
	assert_null(failure);
	both_close(&b);
}

static void test_no_wake_up_is_lost(void **state)
{
	const struct hold_up none = {0}, yields = {.yield = 2}, sleeps = {.yield = 4, .sleep = 20};

	(void)state;
	run_one_by_one(20000, none);
	run_one_by_one(10000, yields);
	run_one_by_one(2000, sleeps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_run),	 cmocka_unit_test(test_both_yield),
		cmocka_unit_test(test_consumer_is_slow), cmocka_unit_test(test_producer_is_slow),
		cmocka_unit_test(test_both_are_slow),	 cmocka_unit_test(test_no_wake_up_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
