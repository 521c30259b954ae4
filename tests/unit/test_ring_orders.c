// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

/*
 * The ring's own code in many orders of its steps: the two sides take turns, and change where a
 * schedule says so.  All schedules with at most three such changes are run, for programs that are
 * drawn by chance; a side that waits changes too.  tests/spin/ring.pml has all orders, of a model.
 */

static void step(void);
#define PST_RING_STEP() step()
#include "ring/ring.c"

#include "ring_records.h"

#include <pthread.h>

#define UNIT	    (CAPACITY / 4)
#define SEEDS	    4
#define CHANGES_MAX 3
#define BATCHES_MAX 4
#define NEVER_SEEN  1000
#define STUCK	    8 /* turns in a row in which nothing happened */

enum side { PRODUCER, CONSUMER };

/* What the two do: the same in all orders. */
struct program {
	unsigned batches;
	struct {
		unsigned records, units[2];
		bool urgent, cancelled;
	} batch[BATCHES_MAX];
	size_t enough[4]; /* of each sleep, in turn */
	unsigned naps;	  /* so often the consumer wakes by itself */
	unsigned lazy;	  /* bits: after which records nothing is given back */
};

static struct run {
	const struct program *program;
	struct pst_ring *ring;
	const unsigned *changes; /* steps after which the other side goes on, ascending */
	unsigned changes_len, next, steps, idle;
	enum side turn;
	bool done[2], stuck, asleep, signalled;
	uint32_t accepted, refused, sleeps, signals;
	const char *wrong; /* what should not have been seen */
} run;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static unsigned runs; /* so far */
static bool over;
static _Thread_local enum side me;

/* ---- turns ------------------------------------------------------------------------------- */

static void wait_turn(void)
{
	while (run.turn != me && !run.stuck)
		pthread_cond_wait(&changed, &lock);
}

static void hand_over(void)
{
	pthread_mutex_lock(&lock);
	if (!run.done[!me]) {
		run.turn = !me;
		pthread_cond_broadcast(&changed);
		wait_turn();
	}
	pthread_mutex_unlock(&lock);
}

static void step(void)
{
	run.idle = 0;
	if (run.stuck)
		return;
	run.steps++;
	if (run.next < run.changes_len && run.changes[run.next] == run.steps) {
		run.next++;
		hand_over();
	}
}

/* Lets the other side go on; false: neither can. */
static bool let_other(void)
{
	if (run.done[!me] || ++run.idle > STUCK) {
		pthread_mutex_lock(&lock);
		run.stuck = true;
		pthread_cond_broadcast(&changed);
		pthread_mutex_unlock(&lock);
	} else {
		hand_over();
	}
	return !run.stuck;
}

static void finish_side(void)
{
	pthread_mutex_lock(&lock);
	run.done[me] = true;
	run.turn = !me;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void expect(bool holds_true, const char *what)
{
	if (!holds_true && !run.wrong)
		run.wrong = what;
}

/* ---- the producer ------------------------------------------------------------------------ */

static void on_signal(void *ctx)
{
	(void)ctx;
	run.signalled = true;
	run.signals++;
}

static void on_clear(void *ctx)
{
	(void)ctx;
	run.signalled = false;
}

/* Who sleeps, was not signalled, and has something to read, must not be waiting for that. */
static void check_sleeper(bool must_wake)
{
	const struct pst_ring *r = run.ring;
	size_t enough = run.program->enough[(run.sleeps - 1) % 4];
	uint64_t unread = atomic_load(&r->tail) - r->read;

	if (run.asleep && !run.signalled && unread)
		expect(!must_wake && unread < enough, "a sleeper was not woken");
}

static void produce_batch(unsigned number)
{
	unsigned i = 0, records = run.program->batch[number].records;
	bool cancelled = run.program->batch[number].cancelled;
	bool urgent = run.program->batch[number].urgent;
	uint32_t next = cancelled ? NEVER_SEEN : run.accepted;

	while (i < records && put(run.ring, next + i, run.program->batch[number].units[i] * UNIT))
		i++;
	if (i < records) {
		run.refused++;
		check_sleeper(true);
	}
	if (i < records || cancelled) {
		pst_ring_cancel(run.ring);
		return;
	}
	if (urgent)
		pst_ring_urge(run.ring);
	pst_ring_commit(run.ring);
	run.accepted += records;
	check_sleeper(urgent);
}

static void produce_end(void)
{
	for (;;) {
		struct pst_rec *rec = pst_ring_reserve(run.ring, UNIT);
		if (rec) {
			*rec = (struct pst_rec){.size = UNIT, .type = PST_REC_END};
			pst_ring_urge(run.ring);
			pst_ring_commit(run.ring);
			check_sleeper(true);
			return;
		}
		uint64_t head = run.ring->head_seen;
		while (atomic_load(&run.ring->head) == head)
			if (!let_other())
				return;
	}
}

static void produce(void)
{
	for (unsigned i = 0; i < run.program->batches && !run.stuck; i++)
		produce_batch(i);
	produce_end();
	finish_side();
}

/* The thread of the producer, for all runs: to start one is dear. */
static void *produce_all(void *arg)
{
	(void)arg;
	me = PRODUCER;
	for (unsigned n = 1;; n++) {
		pthread_mutex_lock(&lock);
		while (runs < n && !over)
			pthread_cond_wait(&changed, &lock);
		if (!over)
			wait_turn();
		pthread_mutex_unlock(&lock);
		if (over)
			return NULL;
		produce();
	}
}

/* ---- the consumer ------------------------------------------------------------------------ */

static void nap(unsigned *naps)
{
	size_t enough = run.program->enough[run.sleeps++ % 4];

	if (!pst_ring_sleep(run.ring, enough))
		return;
	run.asleep = true;
	if (*naps)
		--*naps;
	else
		while (!run.signalled && let_other())
			;
	run.asleep = false;
	pst_ring_awake(run.ring);
}

static void consume(void)
{
	unsigned naps = run.program->naps;
	uint32_t seen = 0;

	pthread_mutex_lock(&lock);
	wait_turn();
	pthread_mutex_unlock(&lock);
	while (!run.stuck) {
		const struct pst_rec *rec = pst_ring_next(run.ring);
		if (!rec) {
			nap(&naps);
			continue;
		}
		step(); /* it may be overwritten only after the release */
		if (rec->type == PST_REC_END)
			break;
		expect(holds(rec, seen), "a record is not the next one, or not whole");
		seen++;
		if (!(run.program->lazy >> seen % 8 & 1))
			pst_ring_release(run.ring);
	}
	expect(run.stuck || seen == run.accepted, "a record is missing");
	finish_side();
}

/* ---- all orders -------------------------------------------------------------------------- */

static struct pst_ring *ring_new(void)
{
	struct pst_ring_wake wake = {0, on_signal, on_clear, NULL};
	struct pst_ring *ring = pst_ring_new(CAPACITY, &wake);

	assert_non_null(ring);
	return ring;
}

/* Runs PROGRAM with those changes of turn; returns the number of steps. */
static unsigned run_order(const struct program *program, enum side first, const unsigned *changes,
			  unsigned len)
{
	struct pst_ring *ring = ring_new();

	pthread_mutex_lock(&lock);
	run = (struct run){.program = program,
			   .ring = ring,
			   .changes = changes,
			   .changes_len = len,
			   .turn = first};
	runs++;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	consume();
	pthread_mutex_lock(&lock);
	while (!run.done[PRODUCER])
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	expect(!run.stuck, "both sides wait for each other: a wake-up was lost");
	if (run.wrong)
		fail_msg("%s (first %u, %u changes: %u %u %u)", run.wrong, (unsigned)first, len,
			 changes[0], changes[1], changes[2]);
	pst_ring_free(ring);
	return run.steps;
}

struct totals {
	uint64_t orders, refused, sleeps, signals;
};

static unsigned counted(struct totals *t, const struct program *program, enum side first,
			const unsigned *changes, unsigned len)
{
	unsigned steps = run_order(program, first, changes, len);

	t->orders++;
	t->refused += run.refused;
	t->sleeps += run.sleeps;
	t->signals += run.signals;
	return steps;
}

/* All that begin with the LEN changes in CHANGES. */
static void all_orders(struct totals *t, const struct program *program, enum side first,
		       unsigned *changes, unsigned len)
{
	unsigned steps = counted(t, program, first, changes, len);

	if (len == CHANGES_MAX)
		return;
	for (unsigned at = len ? changes[len - 1] + 1 : 1; at <= steps; at++) {
		changes[len] = at;
		all_orders(t, program, first, changes, len + 1);
	}
}

static uint32_t draw(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 16) % n;
}

static struct program draw_program(uint32_t seed)
{
	struct program p = {.batches = BATCHES_MAX};

	for (unsigned i = 0; i < p.batches; i++) {
		p.batch[i].records = 1 + draw(&seed, 2);
		p.batch[i].units[0] = 1 + draw(&seed, 2);
		p.batch[i].units[1] = 1 + draw(&seed, 2);
		p.batch[i].urgent = !draw(&seed, 4);
		p.batch[i].cancelled = !draw(&seed, 4);
	}
	for (unsigned i = 0; i < 4; i++)
		p.enough[i] = draw(&seed, 3) ? 2 * UNIT : 1;
	p.naps = draw(&seed, 2);
	p.lazy = draw(&seed, 256);
	return p;
}

static void run_program(struct totals *t, const struct program *p)
{
	unsigned changes[CHANGES_MAX] = {0};

	all_orders(t, p, PRODUCER, changes, 0);
	all_orders(t, p, CONSUMER, changes, 0);
}

static void test_all_orders(void **state)
{
	struct totals t = {0};

	(void)state;
	for (uint32_t seed = 1; seed <= SEEDS; seed++) {
		struct program p = draw_program(seed);
		run_program(&t, &p);
	}
	print_message("# %u orders, %u refusals, %u sleeps, %u signals\n", (unsigned)t.orders,
		      (unsigned)t.refused, (unsigned)t.sleeps, (unsigned)t.signals);
	assert_true(t.orders > 1000 && t.refused && t.sleeps > t.signals && t.signals);
}

/* Less is there than the sleeper asked for, and the rest has no room because of a pad. */
static void test_refusal_wakes(void **state)
{
	const struct program p = {
		.batches = 2,
		.batch = {{.records = 1, .units = {1}}, {.records = 2, .units = {2, 2}}},
		.enough = {2 * UNIT, 2 * UNIT, 2 * UNIT, 2 * UNIT},
	};
	struct totals t = {0};

	(void)state;
	run_program(&t, &p);
	assert_int_equal(t.refused, t.orders);
}

static int start_producer(void **state)
{
	static pthread_t producer;

	*state = &producer;
	me = CONSUMER;
	return pthread_create(&producer, NULL, produce_all, NULL);
}

static int end_producer(void **state)
{
	pthread_mutex_lock(&lock);
	over = true;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	return pthread_join(*(pthread_t *)*state, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_orders),
		cmocka_unit_test(test_refusal_wakes),
	};

	return cmocka_run_group_tests(tests, start_producer, end_producer);
}
