// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

/* What process and threads have used, as the sampler tells it, against what the system counts. */

#include "base/err.h"
#include "plat/plat.h"
#include "sampler/sampler.h"

#include "child.h"

#include <poll.h>

#define SKIP_STATUS 77
#define PATIENCE    120 /* seconds for all of it */
#define SECOND_NS   UINT64_C(1000000000)

/*
 * Its main thread burns a CPU once it is told to by a signal, its other thread sleeps; 20 MiB are
 * in use.
 */
#define VICTIM                                                                                     \
	"import threading, time, os, signal\n"                                                     \
	"room = bytearray(b'x' * (20 << 20))\n"                                                    \
	"def cold():\n"                                                                            \
	"    while True:\n"                                                                        \
	"        time.sleep(60)\n"                                                                 \
	"t = threading.Thread(target=cold)\n"                                                      \
	"t.daemon = True\n"                                                                        \
	"t.start()\n"                                                                              \
	"def burn(*_):\n"                                                                          \
	"    while True:\n"                                                                        \
	"        sum(range(10000))\n"                                                              \
	"signal.signal(signal.SIGUSR1, burn)\n"                                                    \
	"os.write(1, b'!')\n"

static pid_t victim;

static const char *python(void)
{
	const char *path = getenv("PST_PYTHON");

	return path ? path : "/usr/bin/python3";
}

static void start(const char *end)
{
	char script[1024], c;
	int fds[2];

	snprintf(script, sizeof script, "%s%s", VICTIM, end);
	assert_int_equal(pipe(fds), 0);
	victim = fork();
	assert_true(victim >= 0);
	if (!victim) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(fds[1], 1);
		execl(python(), "python", "-u", "-c", script, (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	assert_int_equal(read(fds[0], &c, 1), 1);
	close(fds[0]);
}

static int clean_up(void **state)
{
	(void)state;
	if (victim > 0)
		child_end(victim);
	victim = 0;
	return 0;
}

/* ns on a CPU of the victim's main thread, by the system. */
static uint64_t truth_ns(void)
{
	char path[40];
	unsigned long long ns = 0;

	snprintf(path, sizeof path, "/proc/%d/schedstat", (int)victim);
	FILE *f = fopen(path, "re");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%llu", &ns), 1);
	fclose(f);
	return ns;
}

struct seen {
	size_t n; /* records */
	uint64_t first_ns, last_ns, first_cpu, last_cpu;
	uint64_t rss;
};

struct run {
	struct pst_ring *ring;
	struct pst_sampler *sampler;
	struct seen process, main, other;
	uint32_t main_id;
	uint64_t first_of_process; /* what it had used at the first record of its main thread */
};

static void see(struct seen *s, uint64_t time_ns, uint64_t cpu_ns)
{
	if (!s->n++) {
		s->first_ns = time_ns;
		s->first_cpu = cpu_ns;
	}
	assert_true(time_ns >= s->last_ns && cpu_ns >= s->last_cpu);
	s->last_ns = time_ns;
	s->last_cpu = cpu_ns;
}

static void take(struct run *r)
{
	const struct pst_rec *rec;

	while ((rec = pst_ring_next(r->ring))) {
		const union pst_record *u = (const union pst_record *)rec;

		assert_true(pst_record_valid(rec, rec->size));
		if (rec->type == PST_REC_THREAD && u->thread.is_main)
			r->main_id = u->thread.id;
		if (rec->type == PST_REC_USAGE) {
			assert_int_equal(u->usage.process, 1);
			r->process.rss = u->usage.rss_bytes;
			see(&r->process, u->usage.time_ns, u->usage.cpu_ns);
		}
		if (rec->type == PST_REC_THREAD_USAGE && !r->main.n &&
		    u->thread_usage.thread == r->main_id)
			r->first_of_process = r->process.last_cpu;
		if (rec->type == PST_REC_THREAD_USAGE)
			see(u->thread_usage.thread == r->main_id ? &r->main : &r->other,
			    u->thread_usage.time_ns, u->thread_usage.cpu_ns);
	}
	pst_ring_release(r->ring);
}

static void run_open(struct run *r, enum pst_sampling sampling, double rate)
{
	struct pst_why why = {0};
	const struct pst_sampler_options opt = {
		.pid = victim,
		.rate = rate,
		.sampling = sampling,
		.fallback = PST_SAMPLING_PAUSED,
		.attach_timeout_ns = 5 * SECOND_NS,
	};

	memset(r, 0, sizeof *r);
	r->ring = pst_ring_new(1 << 20, NULL);
	if (pst_sampler_start(&opt, r->ring, &r->sampler, &why))
		fail_msg("%s: %s", pst_err_id(why.err), why.what);
}

static void run_close(struct run *r)
{
	pst_sampler_stop(r->sampler);
	take(r);
	pst_ring_free(r->ring);
}

/* Until the process has used NS more than in its first record; fails after half a minute. */
static void run_until_used(struct run *r, uint64_t ns)
{
	for (int i = 0; i < 3000; i++) {
		take(r);
		if (r->process.n && r->process.last_cpu - r->process.first_cpu >= ns)
			return;
		poll(NULL, 0, 10);
	}
	fail_msg("used %llu", (unsigned long long)(r->process.last_cpu - r->process.first_cpu));
}

static void check_burning(enum pst_sampling sampling)
{
	struct run r;

	start("burn()\n");
	uint64_t before = truth_ns();
	run_open(&r, sampling, 100);
	run_until_used(&r, SECOND_NS);
	run_close(&r);
	uint64_t after = truth_ns();
	/* Within what the system counted around it; the start took some on other threads. */
	assert_in_range(r.main.first_cpu, before, after);
	assert_in_range(r.main.last_cpu, r.main.first_cpu + SECOND_NS / 2, after);
	assert_in_range(r.process.last_cpu, r.main.last_cpu, after + SECOND_NS / 10);
	/* All that the process used between its records its main thread did. */
	uint64_t process = r.process.last_cpu - r.first_of_process;
	uint64_t thread = r.main.last_cpu - r.main.first_cpu;
	assert_in_range(thread, process - process / 10, process + process / 10);
	/* One core, whatever else the machine does: never more than the time that passed. */
	assert_true(thread <= r.main.last_ns - r.main.first_ns + SECOND_NS / 20);
	assert_in_range(r.process.rss, 20 << 20, 400 << 20);
	/* The other one did nothing but to begin. */
	assert_in_range(r.other.n, 0, 2);
	/* Five times a second. */
	uint64_t rounds = (r.process.last_ns - r.process.first_ns) / (SECOND_NS / 5);
	assert_in_range(r.process.n, 2, rounds + 2);
}

static void test_burning_coscheduled(void **state)
{
	(void)state;
	check_burning(PST_SAMPLING_COSCHEDULED);
}

static void test_burning_paused(void **state)
{
	(void)state;
	check_burning(PST_SAMPLING_PAUSED);
}

static void test_burning_free(void **state)
{
	(void)state;
	check_burning(PST_SAMPLING_FREE);
}

static void test_sleeping(void **state)
{
	struct run r;

	(void)state;
	start("cold()\n");
	run_open(&r, PST_SAMPLING_COSCHEDULED, 100);
	for (int i = 0; i < 100; i++) {
		take(&r);
		poll(NULL, 0, 10);
	}
	run_close(&r);
	assert_true(r.process.n >= 3);
	assert_in_range(r.process.last_cpu - r.process.first_cpu, 0, SECOND_NS / 50);
	assert_in_range(r.main.n, 1, 2); /* told once */
}

/* Looks that are ten seconds apart saw it asleep. */
static void test_wakes_between_looks(void **state)
{
	struct run r;

	(void)state;
	start("time.sleep(60)\n");
	nap_ms(100);
	run_open(&r, PST_SAMPLING_COSCHEDULED, 0.1);
	for (int i = 0; i < 3000 && !r.main.n; i++) {
		take(&r);
		poll(NULL, 0, 10);
	}
	assert_true(r.main.n > 0);
	kill(victim, SIGUSR1);
	run_until_used(&r, SECOND_NS);
	run_close(&r);
	assert_true(r.main.last_cpu - r.main.first_cpu > SECOND_NS / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_burning_coscheduled, clean_up),
		cmocka_unit_test_teardown(test_burning_paused, clean_up),
		cmocka_unit_test_teardown(test_burning_free, clean_up),
		cmocka_unit_test_teardown(test_sleeping, clean_up),
		cmocka_unit_test_teardown(test_wakes_between_looks, clean_up),
	};

	if (access(python(), X_OK)) {
		printf("1..0 # SKIP no %s\n", python());
		return SKIP_STATUS;
	}
	alarm(PATIENCE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
