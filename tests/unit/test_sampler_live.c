// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "victim.h"

/* The sampler on real processes, its records folded by the model. */

#include "base/err.h"
#include "model/model.h"
#include "plat/plat.h"
#include "sampler/sampler.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SKIP_STATUS 77
#define PATIENCE    280 /* seconds for all of it; a quiet machine needs 40 */

/* Its main thread is always in leaf() below hot(); another one sleeps. */
#define VICTIM                                                                                     \
	"import threading, time, os, sys\n"                                                        \
	"def leaf(n):\n"                                                                           \
	"    x = 0\n"                                                                              \
	"    for i in range(n):\n"                                                                 \
	"        x += i\n"                                                                         \
	"    return x\n"                                                                           \
	"def hot():\n"                                                                             \
	"    while True:\n"                                                                        \
	"        leaf(20000)\n"                                                                    \
	"def cold():\n"                                                                            \
	"    while True:\n"                                                                        \
	"        time.sleep(60)\n"                                                                 \
	"t = threading.Thread(target=cold, name='refrigerator')\n"                                 \
	"t.daemon = True\n"                                                                        \
	"t.start()\n"

struct run {
	struct pst_wake *wake;
	struct pst_ring *ring;
	struct pst_model *model;
	struct pst_sampler *sampler;
	size_t samples, unproved, broken;
	enum pst_err rejected; /* why, last */
	bool ended;
};

static enum pst_sampling fallback_mode = PST_SAMPLING_PAUSED;

static void run_open(struct run *r, pid_t pid, enum pst_sampling sampling, size_t ring_bytes)
{
	struct pst_why why = {0};
	const struct pst_sampler_options opt = {
		.pid = pid,
		.rate = 200,
		.sampling = sampling,
		.fallback = fallback_mode,
		.attach_timeout_ns = 5000000000u,
	};

	memset(r, 0, sizeof *r);
	r->wake = pst_wake_new();
	assert_non_null(r->wake);
	const struct pst_ring_wake wake = {pst_wake_fd(r->wake), pst_wake_signal, pst_wake_clear,
					   r->wake};
	r->ring = pst_ring_new(ring_bytes, &wake);
	r->model = pst_model_new();
	if (pst_sampler_start(&opt, r->ring, &r->sampler, &why))
		fail_msg("%s: %s", pst_err_id(why.err), why.what);
	assert_non_null(r->sampler);
}

static void take(struct run *r)
{
	const struct pst_rec *rec;

	while ((rec = pst_ring_next(r->ring))) {
		assert_true(pst_record_valid(rec, rec->size));
		assert_false(r->ended); /* nothing comes after the end */
		r->ended = rec->type == PST_REC_END;
		if (rec->type == PST_REC_TICK && ((const struct pst_rec_tick *)rec)->err)
			r->rejected = (enum pst_err)((const struct pst_rec_tick *)rec)->err;
		if (rec->type == PST_REC_SAMPLE) {
			r->samples++;
			r->unproved += (rec->flags & PST_SAMPLE_UNPROVED) != 0;
			r->broken += (rec->flags & PST_SAMPLE_BROKEN) != 0;
		}
		pst_model_ingest(r->model, rec);
	}
	pst_ring_release(r->ring);
}

static struct pst_summary summary(struct run *r)
{
	struct pst_summary s;

	take(r);
	pst_model_summary(r->model, &s);
	assert_int_equal(s.errors, 0);
	return s;
}

/* Until TICKS more were taken; fails after a minute. */
static void run_ticks(struct run *r, uint64_t ticks)
{
	uint64_t until = summary(r).ticks + ticks;

	for (int i = 0; i < 6000; i++) {
		if (summary(r).ticks >= until)
			return;
		poll(NULL, 0, 10);
	}
	for (size_t i = 0; pst_model_note(r->model, i); i++)
		print_message("note: %s\n", pst_model_note(r->model, i));
	fail_msg("%llu of %llu ticks, %llu rejected (%s)", (unsigned long long)summary(r).ticks,
		 (unsigned long long)until, (unsigned long long)summary(r).rejected,
		 pst_err_id(r->rejected));
}

static void wait_end(struct run *r)
{
	for (int i = 0; i < 6000 && !r->ended; i++) {
		take(r);
		poll(NULL, 0, 10);
	}
	assert_true(r->ended);
}

static void run_free(struct run *r)
{
	pst_model_free(r->model);
	pst_ring_free(r->ring);
	pst_wake_free(r->wake);
}

static void run_close(struct run *r)
{
	pst_sampler_stop(r->sampler);
	take(r);
	assert_true(r->ended);
	run_free(r);
}

static double total_of(struct run *r, const char *name, bool idle)
{
	const struct pst_table_options opt = {.idle = idle};
	struct pst_table t = {0};
	double percent = -1;

	pst_model_table(r->model, &opt, &t);
	for (size_t i = 0; i < t.len; i++)
		if (!strcmp(t.at[i].name, name))
			percent = t.at[i].total_percent;
	pst_table_free(&t);
	return percent;
}

static bool noted(struct run *r, const char *text)
{
	for (size_t i = 0; pst_model_note(r->model, i); i++)
		if (strstr(pst_model_note(r->model, i), text))
			return true;
	return false;
}

/* Notes come a little later than samples. */
static void wait_note(struct run *r, const char *text)
{
	for (int i = 0; i < 6000 && !noted(r, text); i++) {
		poll(NULL, 0, 10);
		take(r);
	}
	assert_true(noted(r, text));
}

/* ---- tests ------------------------------------------------------------------------------- */

static void check_hot(struct run *r, pid_t pid)
{
	struct pst_thread_row rows[4];
	struct pst_summary s = summary(r);

	assert_int_equal(s.pid, pid);
	assert_int_equal(s.threads, 2);
	assert_true(s.version[0] == '3' || s.version[0] == '2');
	assert_non_null(strstr(s.cmdline, "refrigerator"));
	assert_true(total_of(r, "hot", false) > 80);
	assert_true(total_of(r, "leaf", false) > 80);
	assert_true(total_of(r, "hot", false) <= 100.001);
	assert_true(s.gil_percent > 80);
	assert_int_equal(pst_model_threads(r->model, rows, 4), 2);
	assert_true(rows[0].is_main);
	assert_int_equal(rows[0].tid, pid);
	assert_false(rows[1].is_main);
	assert_string_equal(rows[1].name, "refrigerator");
	assert_true(rows[1].flags & PST_SAMPLE_IDLE);
}

static void test_paused_mode(void **state)
{
	pid_t pid = start(VICTIM "os.write(1, b'!')\nhot()\n");
	struct run r;

	(void)state;
	run_open(&r, pid, PST_SAMPLING_PAUSED, 1 << 20);
	run_ticks(&r, 100);
	check_hot(&r, pid);
	assert_int_equal(r.unproved, 0);
	assert_int_equal(r.broken, 0);
	assert_true(summary(&r).pause_p50_ns > 0);
	assert_true(summary(&r).pause_p99_ns >= summary(&r).pause_p50_ns);
	assert_true(total_of(&r, "cold", true) < 0);
	/* What was not walked before is, once it is asked for. */
	pst_sampler_set_idle(r.sampler, true);
	run_ticks(&r, 10);
	pst_model_roll(r.model);
	run_ticks(&r, 20);
	pst_model_roll(r.model);
	assert_true(total_of(&r, "cold", true) > 95);
	assert_true(total_of(&r, "cold", false) < 0);
	run_close(&r);
	end(pid);
}

/* What has to work in the default mode and with pauses alike. */
#define BOTH_MODES(name)                                                                           \
	static void test_##name##_paused(void **state)                                             \
	{                                                                                          \
		(void)state;                                                                       \
		name(PST_SAMPLING_PAUSED);                                                         \
	}                                                                                          \
	static void test_##name##_coscheduled(void **state)                                        \
	{                                                                                          \
		(void)state;                                                                       \
		name(PST_SAMPLING_COSCHEDULED);                                                    \
	}

/* Neither paused nor unproved. */
static void test_coscheduled_mode(void **state)
{
	pid_t pid = start(VICTIM "os.write(1, b'!')\nhot()\n");
	struct run r;

	(void)state;
	run_open(&r, pid, PST_SAMPLING_COSCHEDULED, 1 << 20);
	run_ticks(&r, 100);
	check_hot(&r, pid);
	assert_int_equal(r.unproved, 0);
	assert_int_equal(r.broken, 0);
	poll(NULL, 0, 300); /* for the figures */
	assert_int_equal(summary(&r).pause_p50_ns, 0);
	assert_true(summary(&r).stacks > 0);
	assert_int_equal(summary(&r).proved, summary(&r).stacks);
	pst_sampler_set_idle(r.sampler, true);
	run_ticks(&r, 10);
	pst_model_roll(r.model);
	run_ticks(&r, 20);
	pst_model_roll(r.model);
	assert_true(total_of(&r, "cold", true) > 95);
	assert_true(total_of(&r, "cold", false) < 0);
	run_close(&r);
	end(pid);
}

/* Real-time threads we cannot interrupt: as FALLBACK says, and the user is told. */
static void check_closed(enum pst_sampling fallback, bool *had)
{
	pid_t pid = start(VICTIM "os.write(1, b'!')\nhot()\n");
	const struct sched_param param = {.sched_priority = 1};
	struct run r;

	*had = !sched_setscheduler(pid, SCHED_RR, &param);
	if (*had) {
		fallback_mode = fallback;
		run_open(&r, pid, PST_SAMPLING_COSCHEDULED, 1 << 20);
		run_ticks(&r, 50);
		wait_note(&r, "closed to this program");
		assert_true(total_of(&r, "leaf", false) > 80);
		assert_int_equal(r.unproved > 0, fallback == PST_SAMPLING_FREE);
		run_close(&r);
	}
	end(pid);
}

static void test_closed_cpu(void **state)
{
	bool had;

	(void)state;
	check_closed(PST_SAMPLING_PAUSED, &had);
	if (had)
		check_closed(PST_SAMPLING_FREE, &had);
	if (!had)
		skip(); /* real-time classes are not allowed here */
}

/* A thread that sleeps nearly always is not taken for one that runs because it ran a little. */
static void test_naps_are_idle(void **state)
{
	pid_t pid = start("import time, os\n"
			  "def nap():\n"
			  "    while True:\n"
			  "        time.sleep(0.002)\n"
			  "os.write(1, b'!')\n"
			  "nap()\n");
	struct run r;

	(void)state;
	run_open(&r, pid, PST_SAMPLING_COSCHEDULED, 1 << 20);
	uint64_t begin = pst_now_ns(), awake = awake_of(pid);
	run_ticks(&r, 200);
	awake = awake_of(pid) - awake;
	double percent = 100 * (double)awake / (double)(pst_now_ns() - begin);
	print_message("# awake for %.0f %%\n", percent);
	assert_true(total_of(&r, "nap", false) < 40 + percent);
	run_close(&r);
	end(pid);
}

static void test_free_mode(void **state)
{
	pid_t pid = start(VICTIM "os.write(1, b'!')\nhot()\n");
	struct run r;

	(void)state;
	run_open(&r, pid, PST_SAMPLING_FREE, 1 << 20);
	run_ticks(&r, 100);
	check_hot(&r, pid);
	assert_true(r.unproved > 0);
	assert_int_equal(summary(&r).pause_p50_ns, 0);
	run_close(&r);
	end(pid);
}

static void pause_and_rate(enum pst_sampling sampling)
{
	pid_t pid = start(VICTIM "os.write(1, b'!')\nhot()\n");
	struct run r;

	run_open(&r, pid, sampling, 1 << 20);
	run_ticks(&r, 10);
	pst_sampler_set_paused(r.sampler, true);
	poll(NULL, 0, 100);
	uint64_t ticks = summary(&r).ticks;
	poll(NULL, 0, 300);
	assert_true(summary(&r).ticks <= ticks + 1);
	pst_sampler_set_rate(r.sampler, 50);
	pst_sampler_set_paused(r.sampler, false);
	run_ticks(&r, 20);
	assert_true(summary(&r).rate_asked > 49 && summary(&r).rate_asked < 51);
	/* The break stands for nothing: 20 ms each. */
	pst_model_roll(r.model);
	assert_true(total_of(&r, "hot", false) <= 100.001);
	run_close(&r);
	end(pid);
}

BOTH_MODES(pause_and_rate)

static void stopped_target(enum pst_sampling sampling)
{
	pid_t pid = start(VICTIM "os.write(1, b'!')\nhot()\n");
	struct run r;

	run_open(&r, pid, sampling, 1 << 20);
	run_ticks(&r, 10);
	kill(pid, SIGSTOP);
	wait_state(pid, "T");
	run_ticks(&r, 50);
	pst_sampler_stop(r.sampler);
	r.sampler = NULL;
	/* It stays stopped, and goes on when it is told to. */
	wait_state(pid, "T");
	uint64_t used = cpu_of(pid);
	poll(NULL, 0, 50);
	wait_state(pid, "T");
	assert_int_equal(cpu_of(pid), used);
	kill(pid, SIGCONT);
	wait_state(pid, "R");
	run_close(&r);
	end(pid);
}

BOTH_MODES(stopped_target)

static void target_exits(enum pst_sampling sampling)
{
	pid_t pid = start(VICTIM "os.write(1, b'!')\nhot()\n");
	struct run r;

	run_open(&r, pid, sampling, 1 << 20);
	run_ticks(&r, 10);
	kill(pid, SIGKILL);
	wait_end(&r);
	assert_int_equal(summary(&r).end, PST_END_GONE);
	run_close(&r);
	end(pid);
}

BOTH_MODES(target_exits)

static void executes_another_python(enum pst_sampling sampling)
{
	pid_t pid = start(VICTIM "def boiler():\n"
				 "    os.read(0, 1)\n"
				 "    os.execl('/proc/self/exe', 'python', '-c',\n"
				 "             'def tepid():\\n    while True: pass\\ntepid()')\n"
				 "threading.Thread(target=boiler).start()\n"
				 "os.write(1, b'!')\n"
				 "hot()\n");
	struct run r;

	run_open(&r, pid, sampling, 1 << 20);
	run_ticks(&r, 10);
	tell();
	/* Notes come a little later than samples. */
	for (int i = 0; i < 6000; i++) {
		if (total_of(&r, "tepid", false) > 0 && noted(&r, "another program"))
			break;
		take(&r);
		poll(NULL, 0, 10);
	}
	assert_true(total_of(&r, "tepid", false) > 0);
	take(&r);
	pst_sampler_stop(r.sampler);
	r.sampler = NULL;
	assert_non_null(strstr(summary(&r).cmdline, "tepid"));
	assert_true(noted(&r, "another program"));
	run_close(&r);
	end(pid);
}

BOTH_MODES(executes_another_python)

static void executes_something_else(enum pst_sampling sampling)
{
	pid_t pid = start(VICTIM "def boiler():\n"
				 "    os.read(0, 1)\n"
				 "    os.execl('/bin/sleep', 'sleep', '60')\n"
				 "threading.Thread(target=boiler).start()\n"
				 "os.write(1, b'!')\n"
				 "hot()\n");
	struct run r;

	run_open(&r, pid, sampling, 1 << 20);
	run_ticks(&r, 10);
	tell();
	wait_end(&r);
	assert_int_equal(summary(&r).end, PST_END_ERROR);
	assert_non_null(pst_model_note(r.model, 0));
	run_close(&r);
	end(pid);
}

BOTH_MODES(executes_something_else)

/* Until half of the ring was filled, or something was urgent, and TIMES as long as that took. */
static void wait_full(struct run *r, int times)
{
	struct pollfd p = {.fd = pst_wake_fd(r->wake), .events = POLLIN};

	while (!pst_ring_sleep(r->ring, SIZE_MAX))
		take(r);
	uint64_t begin = pst_now_ns();
	assert_int_equal(poll(&p, 1, 60000), 1);
	pst_ring_awake(r->ring);
	poll(NULL, 0, times * (int)((pst_now_ns() - begin) / 1000000));
}

/* Deep and ever-changing stacks into a ring that nobody empties for a while. */
static void full_ring(enum pst_sampling sampling)
{
	pid_t pid = start("import os, sys\n"
			  "sys.setrecursionlimit(10000)\n"
			  "def down(n):\n"
			  "    return down(n - 1) if n else 0\n"
			  "os.write(1, b'!')\n"
			  "while True:\n"
			  "    for n in range(2, 900): down(n)\n");
	struct run r;

	run_open(&r, pid, sampling, 1);
	pst_sampler_set_rate(r.sampler, 2000);
	for (int i = 0; i < 20 && !summary(&r).dropped; i++) {
		wait_full(&r, 2 + i);
		take(&r);
		poll(NULL, 0, 300); /* for the figures */
	}
	assert_true(summary(&r).dropped > 0);
	run_ticks(&r, 100);
	assert_true(total_of(&r, "down", false) > 10);
	/* Nobody reads any more: stopping takes no longer for it. */
	wait_full(&r, 2);
	uint64_t from = pst_now_ns();
	pst_sampler_stop(r.sampler);
	assert_true(pst_now_ns() - from < 5000000000u);
	take(&r);
	summary(&r);
	run_free(&r);
	end(pid);
}

BOTH_MODES(full_ring)

/* ---- stacks with values ------------------------------------------------------------------- */

static struct pst_inspection *answer_to(struct run *r, uint64_t serial)
{
	for (int i = 0; i < 20000; i++) {
		struct pst_inspection *in = pst_sampler_inspected(r->sampler);
		if (in && in->serial == serial)
			return in;
		pst_inspection_free(in);
		take(r);
		poll(NULL, 0, 1);
	}
	return NULL;
}

/* leaf() below hot(): the value of its loop's variable goes up. */
static void inspect(enum pst_sampling sampling)
{
	pid_t pid = start(VICTIM "os.write(1, b'!')\nhot()\n");
	const char *const open[] = {"x", "nothing"};
	struct pst_inspect_request ask = {
		.thread = 3, .tid = pid, .frame = SIZE_MAX, .values = true, .open = open, .open_len = 2};
	struct run r;

	run_open(&r, pid, sampling, 1 << 20);
	for (ask.serial = 1; ask.serial <= 20; ask.serial++) {
		/* Those that are replaced must not be answered instead. */
		if (ask.serial % 2)
			pst_sampler_inspect(r.sampler, &(struct pst_inspect_request){.tid = 1});
		pst_sampler_inspect(r.sampler, &ask);
		struct pst_inspection *in = answer_to(&r, ask.serial);
		assert_non_null(in);
		assert_int_equal(in->err, PST_OK);
		assert_int_equal(in->thread, 3);
		assert_int_equal(in->proved, sampling != PST_SAMPLING_FREE);
		assert_true(in->frames_len >= 2);
		assert_string_equal(in->frames[in->frames_len - 1].name, "<module>");
		if (!strcmp(in->frames[0].name, "leaf")) {
			assert_int_equal(in->frame, 0);
			assert_true(in->rows_len >= 1);
			assert_string_equal(in->rows[0].label, "n");
			assert_string_equal(in->rows[0].text, "20000");
			assert_string_equal(in->rows[0].type, "int");
			assert_false(in->rows[0].can_open);
		}
		pst_inspection_free(in);
	}
	/* Not while the sampling is paused, if it was asked before. */
	pst_sampler_set_paused(r.sampler, true);
	ask.serial = 100;
	pst_sampler_inspect(r.sampler, &ask);
	pst_sampler_set_paused(r.sampler, true);
	poll(NULL, 0, 50);
	struct pst_inspection *in = pst_sampler_inspected(r.sampler);
	assert_true(!in || in->serial == 100); /* it may have been quicker */
	bool had = in != NULL;
	pst_inspection_free(in);
	pst_sampler_set_paused(r.sampler, false);
	if (!had) {
		in = answer_to(&r, 100);
		assert_non_null(in);
		pst_inspection_free(in);
	}
	/* What nobody fetches, and what waits when it ends, is freed. */
	for (int i = 0; i < 50; i++)
		pst_sampler_inspect(r.sampler, &ask);
	end(pid);
	wait_end(&r);
	ask.serial = 101;
	pst_sampler_inspect(r.sampler, &ask);
	in = answer_to(&r, 101);
	assert_non_null(in);
	assert_int_equal(in->err, PST_GONE);
	assert_true(strlen(in->why) > 0);
	pst_inspection_free(in);
	pst_sampler_inspect(r.sampler, &ask);
	run_close(&r);
}

BOTH_MODES(inspect)

static void test_inspect_free(void **state)
{
	(void)state;
	inspect(PST_SAMPLING_FREE);
}

static void test_refused(void **state)
{
	struct pst_ring *ring = pst_ring_new(1, NULL);
	struct pst_sampler *s = (struct pst_sampler *)ring;
	struct pst_sampler_options opt = {.rate = 100, .attach_timeout_ns = 50000000};
	struct pst_why why = {0};

	(void)state;
	opt.pid = victim_fork();
	if (!opt.pid) {
		execl("/bin/sleep", "sleep", "60", (char *)NULL);
		_exit(127);
	}
	wait_name(opt.pid, "sleep\n");
	assert_int_equal(pst_sampler_start(&opt, ring, &s, &why), PST_NOTPYTHON);
	assert_null(s);
	assert_true(strlen(why.what) > 0);
	kill(opt.pid, SIGKILL);
	siginfo_t info;
	assert_int_equal(waitid(P_PID, (id_t)opt.pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(pst_sampler_start(&opt, ring, &s, &why), PST_ZOMBIE);
	end(opt.pid);
	assert_int_equal(pst_sampler_start(&opt, ring, &s, &why), PST_NOPROC);
	assert_null(pst_ring_next(ring));
	pst_ring_free(ring);
	pst_sampler_stop(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_paused_mode, clean_up),
		cmocka_unit_test_teardown(test_coscheduled_mode, clean_up),
		cmocka_unit_test_teardown(test_closed_cpu, clean_up),
		cmocka_unit_test_teardown(test_naps_are_idle, clean_up),
		cmocka_unit_test_teardown(test_free_mode, clean_up),
		cmocka_unit_test_teardown(test_pause_and_rate_paused, clean_up),
		cmocka_unit_test_teardown(test_pause_and_rate_coscheduled, clean_up),
		cmocka_unit_test_teardown(test_stopped_target_paused, clean_up),
		cmocka_unit_test_teardown(test_stopped_target_coscheduled, clean_up),
		cmocka_unit_test_teardown(test_target_exits_paused, clean_up),
		cmocka_unit_test_teardown(test_target_exits_coscheduled, clean_up),
		cmocka_unit_test_teardown(test_executes_another_python_paused, clean_up),
		cmocka_unit_test_teardown(test_executes_another_python_coscheduled, clean_up),
		cmocka_unit_test_teardown(test_executes_something_else_paused, clean_up),
		cmocka_unit_test_teardown(test_executes_something_else_coscheduled, clean_up),
		cmocka_unit_test_teardown(test_full_ring_paused, clean_up),
		cmocka_unit_test_teardown(test_full_ring_coscheduled, clean_up),
		cmocka_unit_test_teardown(test_inspect_paused, clean_up),
		cmocka_unit_test_teardown(test_inspect_coscheduled, clean_up),
		cmocka_unit_test_teardown(test_inspect_free, clean_up),
		cmocka_unit_test_teardown(test_refused, clean_up),
	};

	if (access(python(), X_OK)) {
		printf("1..0 # SKIP no %s\n", python());
		return SKIP_STATUS;
	}
	alarm(PATIENCE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
