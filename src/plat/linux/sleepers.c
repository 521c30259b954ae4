// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/linux/trace.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <time.h>

#include "base/alloc.h"

struct pst_sleepers {
	const struct pst_proc *proc;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t change;
	bool ready, release; /* under lock */
	struct pst_held *at;
	size_t n;
};

static bool released(struct pst_sleepers *s)
{
	bool yes;

	pthread_mutex_lock(&s->lock);
	yes = s->release;
	pthread_mutex_unlock(&s->lock);
	return yes;
}

/* False when one of them is somebody else's. */
static bool attach(struct pst_sleepers *s)
{
	bool all = true;

	for (size_t i = 0; i < s->n; i++) {
		int sys = pst_trace_seize(s->proc, s->at[i].tid);

		if (sys != 0 && sys != ESRCH)
			all = false;
		if (sys != 0 || ptrace(PTRACE_INTERRUPT, s->at[i].tid, NULL, NULL) != 0)
			s->at[i].gone = true;
	}
	return all;
}

/* What sleeps now cannot run again before it obeys the interrupt. */
static void await_one(struct pst_sleepers *s, struct pst_held *h)
{
	const struct timespec nap = {.tv_nsec = 50000};
	long tracer;

	while (!h->gone && !h->stopped && !pst_trace_has_stopped(h) &&
	       pst_trace_state(s->proc, h->tid, &tracer) != 'D' && !released(s))
		nanosleep(&nap, NULL);
}

static void *hold(void *arg)
{
	struct pst_sleepers *s = arg;
	bool all = attach(s);

	for (size_t i = 0; i < s->n; i++)
		await_one(s, &s->at[i]);
	pthread_mutex_lock(&s->lock);
	s->ready = all;
	pthread_cond_broadcast(&s->change);
	while (!s->release)
		pthread_cond_wait(&s->change, &s->lock);
	pthread_mutex_unlock(&s->lock);
	for (size_t i = 0; i < s->n; i++)
		if (!s->at[i].gone && (s->at[i].stopped || pst_trace_has_stopped(&s->at[i])))
			pst_trace_let_go(&s->at[i]);
	/* The end of this thread frees those that sleep still. */
	return NULL;
}

/* Signals are for the threads of the program, not for this one. */
static int start(struct pst_sleepers *s)
{
	sigset_t all, before;
	int sys;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	sys = pthread_create(&s->thread, NULL, hold, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return sys;
}

static void free_all(struct pst_sleepers *s)
{
	pthread_cond_destroy(&s->change);
	pthread_mutex_destroy(&s->lock);
	free(s->at);
	free(s);
}

struct pst_sleepers *pst_sleepers_hold(const struct pst_proc *p, const pid_t *tids, size_t n)
{
	struct pst_sleepers *s = pst_calloc(1, sizeof *s);
	pthread_condattr_t attr;

	s->proc = p;
	s->n = n;
	s->at = pst_calloc(n, sizeof *s->at);
	for (size_t i = 0; i < n; i++)
		s->at[i].tid = tids[i];
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->change, &attr);
	pthread_condattr_destroy(&attr);
	if (start(s) == 0)
		return s;
	free_all(s);
	return NULL;
}

bool pst_sleepers_await(struct pst_sleepers *s, uint64_t deadline)
{
	struct timespec ts = {
		.tv_sec = (time_t)(deadline / UINT64_C(1000000000)),
		.tv_nsec = (long)(deadline % UINT64_C(1000000000)),
	};
	bool ready;
	int sys = 0;

	pthread_mutex_lock(&s->lock);
	while (!s->ready && sys != ETIMEDOUT)
		sys = pthread_cond_timedwait(&s->change, &s->lock, &ts);
	ready = s->ready;
	pthread_mutex_unlock(&s->lock);
	return ready;
}

void pst_sleepers_release(struct pst_sleepers *s)
{
	pthread_mutex_lock(&s->lock);
	s->release = true;
	pthread_cond_broadcast(&s->change);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	free_all(s);
}
