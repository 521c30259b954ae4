// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "child.h"

#include <errno.h>
#include <pthread.h>
#include <sys/ptrace.h>

#include "plat/plat.h"

#define SECOND UINT64_C(1000000000)
#define THREADS 40

/* ---- what the children do ------------------------------------------------------------------ */

static void *spin_thread(void *s)
{
	for (;;)
		atomic_fetch_add(&((struct shared *)s)->count, 1);
	return NULL;
}

static void spin(struct shared *s)
{
	atomic_store(&s->ready, 1);
	spin_thread(s);
}

static void *sleep_thread(void *s)
{
	(void)s;
	for (;;)
		pause();
	return NULL;
}

static void many_threads(struct shared *s)
{
	pthread_t t;

	for (int i = 1; i < THREADS; i++)
		if (pthread_create(&t, NULL, i % 20 == 0 ? spin_thread : sleep_thread, s) != 0)
			_exit(1);
	spin(s);
}

static void *count_once(void *s)
{
	atomic_fetch_add(&((struct shared *)s)->count, 1);
	return NULL;
}

/* Starts and ends threads without a break. */
static void churn(struct shared *s)
{
	pthread_t t[4];

	for (;;) {
		for (size_t i = 0; i < 4; i++)
			if (pthread_create(&t[i], NULL, count_once, s) != 0)
				_exit(1);
		for (size_t i = 0; i < 4; i++)
			pthread_join(t[i], NULL);
		atomic_store(&s->ready, 1);
	}
}

static struct shared *handler_shared;

static void on_signal(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	atomic_fetch_add(&handler_shared->go, 1);
	atomic_fetch_add(&handler_shared->sum, (unsigned long)info->si_value.sival_int);
}

static void take_signals(struct shared *s)
{
	struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};

	handler_shared = s;
	sigaction(SIGRTMIN, &action, NULL);
	spin(s);
}

/* Sits in vfork(), which no signal interrupts, until s->go is set. */
static void wait_in_vfork(struct shared *s)
{
	pid_t pid;

	atomic_store(&s->ready, 1);
	pid = vfork();
	if (pid == 0) {
		for (int i = 0; i < 10000 && !atomic_load(&s->go); i++)
			usleep(1000);
		_exit(0);
	}
	spin(s);
}

/* ---- helpers ------------------------------------------------------------------------------- */

static struct pst_proc *open_proc(pid_t pid)
{
	struct pst_why why = {0};
	struct pst_proc *p;

	if (pst_proc_open(pid, &p, &why) != PST_OK)
		fail_msg("%s", why.what);
	return p;
}

static struct pst_pause *pause_all(const struct pst_proc *p)
{
	struct pst_why why = {0};
	struct pst_pause *pause;

	if (pst_pause(p, NULL, 0, 5 * SECOND, &pause, &why) != PST_OK)
		fail_msg("%s", why.what);
	return pause;
}

static void assert_runs(pid_t pid, struct shared *s)
{
	int tracer;

	assert_true(child_moves(s));
	child_state(pid, &tracer);
	assert_int_equal(tracer, 0);
}

static void assert_still(struct shared *s)
{
	unsigned long before = atomic_load(&s->count);

	nap_ms(3);
	assert_int_equal(atomic_load(&s->count), before);
}

/* ---- tests --------------------------------------------------------------------------------- */

static void test_one_thread(void **state)
{
	struct shared *s = shared_new();
	pid_t pid = child_start(spin, s);
	struct pst_proc *p = open_proc(pid);
	struct pst_pause *pause = pause_all(p);
	const struct pst_regs *regs;
	uint64_t held;
	int tracer;

	(void)state;
	assert_int_equal(pst_pause_regs(pause, &regs), 1);
	assert_int_equal(regs[0].tid, pid);
	assert_true(regs[0].pc != 0 && regs[0].sp != 0);
	assert_int_equal(child_state(pid, &tracer), 't');
	assert_int_equal(tracer, getpid());
	assert_still(s);
	held = pst_resume(pause);
	assert_true(held >= 3000000 && held < 5 * SECOND);
	assert_runs(pid, s);
	pst_proc_close(p);
	child_end(pid);
}

static void test_given_threads(void **state)
{
	struct shared *s = shared_new();
	pid_t pid = child_start(spin, s), tids[2] = {pid, 0x7ffffff0};
	struct pst_proc *p = open_proc(pid);
	const struct pst_regs *regs;
	struct pst_pause *pause;

	(void)state;
	/* A thread that is gone already is no error. */
	assert_int_equal(pst_pause(p, tids, 2, SECOND, &pause, NULL), PST_OK);
	assert_int_equal(pst_pause_regs(pause, &regs), 1);
	assert_still(s);
	pst_resume(pause);
	assert_runs(pid, s);
	pst_proc_close(p);
	child_end(pid);
}

static void test_many_threads(void **state)
{
	struct shared *s = shared_new();
	pid_t pid = child_start(many_threads, s);
	struct pst_proc *p = open_proc(pid);

	(void)state;
	for (int round = 0; round < 20; round++) {
		struct pst_pause *pause = pause_all(p);
		const struct pst_regs *regs;

		assert_int_equal(pst_pause_regs(pause, &regs), THREADS);
		for (size_t i = 1; i < THREADS; i++)
			assert_true(regs[i].thread_pointer != regs[0].thread_pointer);
		assert_still(s);
		pst_resume(pause);
	}
	assert_runs(pid, s);
	pst_proc_close(p);
	child_end(pid);
}

static void test_threads_that_come_and_go(void **state)
{
	struct shared *s = shared_new();
	pid_t pid = child_start(churn, s);
	struct pst_proc *p = open_proc(pid);

	(void)state;
	for (int round = 0; round < 100; round++) {
		struct pst_pause *pause = pause_all(p);

		assert_still(s);
		pst_resume(pause);
	}
	assert_runs(pid, s);
	pst_proc_close(p);
	child_end(pid);
}

/* Each signal arrives once and with what was sent along, whenever it came. */
static void test_signals_are_passed_on(void **state)
{
	struct shared *s = shared_new();
	pid_t pid = child_start(take_signals, s);
	struct pst_proc *p = open_proc(pid);
	unsigned long sum = 0;

	(void)state;
	for (int i = 1; i <= 200; i++) {
		struct pst_pause *pause;

		if (i % 2)
			assert_int_equal(sigqueue(pid, SIGRTMIN, (union sigval){.sival_int = i}), 0);
		pause = pause_all(p);
		if (i % 2 == 0)
			assert_int_equal(sigqueue(pid, SIGRTMIN, (union sigval){.sival_int = i}), 0);
		pst_resume(pause);
		sum += (unsigned long)i;
	}
	for (int i = 0; i < 20000 && atomic_load(&s->go) < 200; i++)
		nap_ms(1);
	assert_int_equal(atomic_load(&s->go), 200);
	assert_int_equal(atomic_load(&s->sum), sum);
	pst_proc_close(p);
	child_end(pid);
}

static void test_stopped_stays_stopped(void **state)
{
	struct shared *s = shared_new();
	pid_t pid = child_start(spin, s);
	struct pst_proc *p = open_proc(pid);
	struct pst_pause *pause;

	(void)state;
	kill(pid, SIGSTOP);
	assert_int_equal(child_await(pid, 'T'), 'T');
	pst_resume(pause_all(p));
	assert_int_equal(child_await(pid, 'T'), 'T');
	assert_still(s);
	/* Continued while we hold it. */
	pause = pause_all(p);
	kill(pid, SIGCONT);
	pst_resume(pause);
	assert_runs(pid, s);
	/* Stopped while we hold it. */
	pause = pause_all(p);
	kill(pid, SIGSTOP);
	pst_resume(pause);
	assert_int_equal(child_await(pid, 'T'), 'T');
	kill(pid, SIGCONT);
	assert_runs(pid, s);
	pst_proc_close(p);
	child_end(pid);
}

static pid_t victim;

static void hold_and_sleep(struct shared *s)
{
	struct pst_proc *p;
	struct pst_pause *held;

	if (pst_proc_open(victim, &p, NULL) != PST_OK ||
	    pst_pause(p, NULL, 0, 5 * SECOND, &held, NULL) != PST_OK)
		_exit(1);
	atomic_store(&s->ready, 1);
	for (;;)
		pause();
}

static void test_killed_while_it_holds(void **state)
{
	struct shared *s = shared_new(), *theirs = shared_new();
	pid_t holder;
	int tracer;

	(void)state;
	victim = child_start(many_threads, s);
	holder = child_start(hold_and_sleep, theirs);
	assert_int_equal(atomic_load(&theirs->ready), 1);
	assert_still(s);
	child_state(victim, &tracer);
	assert_int_equal(tracer, holder);
	assert_int_equal(WTERMSIG(child_end(holder)), SIGKILL);
	assert_runs(victim, s);
	child_end(victim);
}

static void test_traced_by_somebody_else(void **state)
{
	struct shared *s = shared_new(), *theirs = shared_new();
	struct pst_pause *pause;
	struct pst_why why = {0};
	struct pst_proc *p;
	char pid_text[16];
	pid_t holder;

	(void)state;
	victim = child_start(spin, s);
	holder = child_start(hold_and_sleep, theirs);
	p = open_proc(victim);
	assert_int_equal(pst_pause(p, NULL, 0, SECOND, &pause, &why), PST_PERM);
	assert_null(pause);
	snprintf(pid_text, sizeof pid_text, "%d", (int)holder);
	assert_non_null(strstr(why.what, pid_text));
	pst_proc_close(p);
	child_end(holder);
	assert_runs(victim, s);
	child_end(victim);
}

/* Its exit status is not ours to take: pst_spawn_poll() wants it. */
static void killed_while_held(int round)
{
	struct shared *s = shared_new();
	pid_t pid = child_start(many_threads, s);
	struct pst_proc *p = open_proc(pid);
	struct pst_pause *pause = pause_all(p);
	struct pst_exit how = {0};
	bool ended = false;

	kill(pid, SIGKILL);
	nap_ms(round);
	pst_resume(pause);
	for (int i = 0; i < 20000 && !ended; i++) {
		pst_pause_settle();
		ended = pst_spawn_poll(pid, &how);
		nap_ms(1);
	}
	assert_true(ended);
	assert_true(how.by_signal);
	assert_int_equal(how.number, SIGKILL);
	assert_int_equal(pst_proc_check(p), PST_GONE);
	assert_int_equal(pst_pause(p, NULL, 0, SECOND, &pause, NULL), PST_GONE);
	pst_proc_close(p);
}

/* Let go at once, its threads have not all ended by then. */
static void test_killed_while_held(void **state)
{
	(void)state;
	for (int round = 0; round < 10; round++)
		killed_while_held(round);
}

/* Stops of a traced child are no end, and asking does not take them from the tracer. */
static void test_poll_while_held(void **state)
{
	struct shared *s = shared_new();
	pid_t pid = child_start(spin, s);
	struct pst_proc *p = open_proc(pid);
	struct pst_exit how;

	(void)state;
	for (int i = 0; i < 50; i++) {
		struct pst_pause *pause = pause_all(p);

		assert_false(pst_spawn_poll(pid, &how));
		pst_resume(pause);
		assert_false(pst_spawn_poll(pid, &how));
	}
	assert_runs(pid, s);
	pst_proc_close(p);
	child_end(pid);
}

static void test_uninterruptible(void **state)
{
	struct shared *s = shared_new();
	pid_t pid = child_start(wait_in_vfork, s);
	struct pst_proc *p = open_proc(pid);
	const struct pst_regs *regs;
	struct pst_pause *pause;
	uint64_t start;

	(void)state;
	assert_int_equal(child_await(pid, 'D'), 'D');
	start = pst_now_ns();
	pause = pause_all(p);
	assert_true(pst_now_ns() - start < 20 * SECOND);
	assert_int_equal(pst_pause_regs(pause, &regs), 0);
	pst_resume(pause);
	assert_int_equal(pst_pause_settle(), 1);
	/* Once more with the one that is still ours. */
	pst_resume(pause_all(p));
	assert_int_equal(pst_pause_settle(), 1);
	atomic_store(&s->go, 1);
	for (int i = 0; i < 20000 && pst_pause_settle() > 0; i++)
		nap_ms(1);
	assert_int_equal(pst_pause_settle(), 0);
	assert_runs(pid, s);
	pst_proc_close(p);
	child_end(pid);
}

/* Once it is known that there are such threads they are let go at once, awake or not. */
static void test_uninterruptible_again(void **state)
{
	struct shared *s = shared_new();
	pid_t pid = child_start(wait_in_vfork, s);
	struct pst_proc *p = open_proc(pid);
	const struct pst_regs *regs;

	(void)state;
	assert_int_equal(child_await(pid, 'D'), 'D');
	for (int i = 0; i < 50; i++) {
		struct pst_pause *pause = pause_all(p);
		int tracer;

		child_state(pid, &tracer);
		assert_true(tracer > 0);
		assert_int_equal(pst_pause_regs(pause, &regs), 0);
		assert_true(pst_resume(pause) < 20 * SECOND);
		assert_int_equal(pst_pause_settle(), 0);
	}
	/* It wakes while it is held, and must not run. */
	struct pst_pause *pause = pause_all(p);
	atomic_store(&s->go, 1);
	nap_ms(20);
	assert_int_equal(atomic_load(&s->count), 0);
	pst_resume(pause);
	assert_runs(pid, s);
	pst_proc_close(p);
	child_end(pid);
}

static void test_no_time(void **state)
{
	struct shared *s = shared_new();
	pid_t pid = child_start(many_threads, s);
	struct pst_proc *p = open_proc(pid);

	(void)state;
	for (int i = 0; i < 20; i++) {
		struct pst_why why = {0};
		struct pst_pause *pause;
		enum pst_err err = pst_pause(p, NULL, 0, 1, &pause, &why);

		if (err == PST_OK)
			pst_resume(pause);
		else
			assert_int_equal(err, PST_TIMEOUT);
	}
	for (int i = 0; i < 20000 && pst_pause_settle() > 0; i++)
		nap_ms(1);
	assert_int_equal(pst_pause_settle(), 0);
	assert_runs(pid, s);
	pst_proc_close(p);
	child_end(pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_thread),
		cmocka_unit_test(test_given_threads),
		cmocka_unit_test(test_many_threads),
		cmocka_unit_test(test_threads_that_come_and_go),
		cmocka_unit_test(test_signals_are_passed_on),
		cmocka_unit_test(test_stopped_stays_stopped),
		cmocka_unit_test(test_killed_while_it_holds),
		cmocka_unit_test(test_traced_by_somebody_else),
		cmocka_unit_test(test_killed_while_held),
		cmocka_unit_test(test_poll_while_held),
		cmocka_unit_test(test_uninterruptible),
		cmocka_unit_test(test_uninterruptible_again),
		cmocka_unit_test(test_no_time),
	};

	/* A thread that is never let go would make the test wait for ever. */
	alarm(300);
	return cmocka_run_group_tests_name("plat/pause", tests, NULL, NULL);
}
