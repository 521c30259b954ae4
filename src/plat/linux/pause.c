// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/linux/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <time.h>

#include "base/alloc.h"
#include "base/calls.h"
#include "base/i18n.h"

/* A thread in an uninterruptible sleep gets this long before it is taken as it stands. */
#define STUCK_NS UINT64_C(3000000)
#define YIELDS	 30

struct pst_pause {
	const struct pst_proc *proc;
	struct pst_held *at;
	size_t len, cap;
	struct pst_regs *regs; /* NULL until somebody asks */
	size_t nregs;
	PST_VEC(pid_t) asleep; /* held by one of `sleepers` */
	PST_VEC(struct pst_sleepers *) sleepers;
	uint64_t began; /* when the first thread was told to stop */
};

/*
 * Threads that could not be stopped in time, or that were killed and have not ended yet.  Only a stopped thread can be detached, and only by
 * the thread that attached it; so that thread keeps the list.  The kernel frees them when it ends.
 */
static _Thread_local struct {
	pid_t *at;
	size_t len, cap;
} stuck;

/* There was such a thread: from now on it is worth a look before a thread is attached. */
static _Thread_local bool wary;

/* ---- those that could not be stopped ---------------------------------------------------- */

static bool take_stuck(pid_t tid)
{
	for (size_t i = 0; i < stuck.len; i++) {
		if (stuck.at[i] == tid) {
			stuck.at[i] = stuck.at[--stuck.len];
			return true;
		}
	}
	return false;
}

size_t pst_pause_settle(void)
{
	size_t kept = 0;

	for (size_t i = 0; i < stuck.len; i++) {
		struct pst_held h = {.tid = stuck.at[i]};

		if (!pst_trace_has_stopped(&h) || !pst_trace_let_go(&h))
			stuck.at[kept++] = h.tid;
	}
	stuck.len = kept;
	if (kept == 0)
		PST_VEC_FREE(&stuck);
	return kept;
}

void pst_pause_forget(void)
{
	PST_VEC_FREE(&stuck);
}

/* ---- all of them ----------------------------------------------------------------------- */

static enum pst_err refused(const struct pst_proc *p, pid_t tid, int sys, struct pst_why *why)
{
	char path[40], comm[32] = "?";
	long tracer;
	char state = pst_trace_state(p, tid, &tracer);

	if (state == '\0' || state == 'Z' || state == 'X')
		return PST_OK;
	if (tracer == 0)
		return pst_perm_explain(p->pid, sys, why);
	snprintf(path, sizeof path, "/proc/%ld/comm", tracer);
	if (pst_proc_slurp(AT_FDCWD, path, comm, sizeof comm) > 0)
		comm[strcspn(comm, "\n")] = '\0';
	return pst_why_set(why, PST_PERM, sys,
			   _("Process %d is traced by process %ld (%s) already, and only one may "
			     "trace it: stop that one, or read without a pause (--nonblocking)."),
			   (int)p->pid, tracer, comm);
}

/* *HINT is where it is when both lists are in the same order, as they nearly always are. */
static bool knows(const struct pst_pause *s, pid_t tid, size_t *hint)
{
	if (*hint < s->len && s->at[*hint].tid == tid) {
		++*hint;
		return true;
	}
	for (size_t i = 0; i < s->len; i++)
		if (s->at[i].tid == tid)
			return true;
	for (size_t i = 0; i < s->asleep.len; i++)
		if (s->asleep.at[i] == tid)
			return true;
	return false;
}

static enum pst_err seize(struct pst_pause *s, pid_t tid, struct pst_why *why)
{
	bool ours = take_stuck(tid);
	enum pst_tracer who;
	int sys;

	/* The thread that held it last time may not be quite gone. */
	if (!ours && wary && pst_trace_whose(s->proc, tid, &who) == 'D' &&
	    who != PST_TRACER_OTHER) {
		*PST_VEC_PUSH(&s->asleep) = tid;
		return PST_OK;
	}
	sys = ours ? 0 : pst_trace_seize(s->proc, tid);
	if (sys == ESRCH)
		return PST_OK;
	if (sys)
		return refused(s->proc, tid, sys, why);
	PST_VEC_PUSH(s)->tid = tid;
	return PST_OK;
}

/* True when each thread from FIRST on that does not stop sits in an uninterruptible sleep. */
static bool all_stuck(const struct pst_pause *s, size_t first)
{
	for (size_t i = first; i < s->len; i++) {
		long tracer;

		if (!s->at[i].stopped && !s->at[i].gone &&
		    pst_trace_state(s->proc, s->at[i].tid, &tracer) != 'D')
			return false;
	}
	return true;
}

static size_t count_running(struct pst_pause *s, size_t first)
{
	size_t running = 0;

	for (size_t i = first; i < s->len; i++)
		if (!s->at[i].stopped && !s->at[i].gone && !pst_trace_has_stopped(&s->at[i]))
			running++;
	return running;
}

/*
 * Waits until the threads from FIRST on stand still.  A thread that sleeps uninterruptibly (a dead
 * network disk, a vfork) counts too: it cannot come back to its program before it has
 * obeyed the interrupt that waits for it.
 */
static enum pst_err wait_all(struct pst_pause *s, size_t first, uint64_t deadline)
{
	uint64_t start = pst_now_ns();
	struct timespec nap = {.tv_nsec = 20000};

	for (unsigned round = 0; count_running(s, first) > 0; round++) {
		uint64_t now = pst_now_ns();

		if (now - start >= STUCK_NS && all_stuck(s, first))
			return PST_OK;
		if (now >= deadline)
			return PST_TIMEOUT;
		pst_called(PST_CALL_WAIT);
		if (round < YIELDS) {
			sched_yield();
			continue;
		}
		nanosleep(&nap, NULL);
		if (nap.tv_nsec < 1000000)
			nap.tv_nsec *= 2;
	}
	return PST_OK;
}

/* Tells those to stop that were attached or found asleep since there were FIRST and ASLEEP of them.
 */
static enum pst_err stop_from(struct pst_pause *s, size_t first, size_t asleep, uint64_t deadline)
{
	struct pst_sleepers *sleepers = NULL;
	enum pst_err err;

	if (s->began == 0)
		s->began = pst_now_ns();
	pst_called_times(PST_CALL_PTRACE, s->len - first);
	for (size_t i = first; i < s->len; i++)
		ptrace(PTRACE_INTERRUPT, s->at[i].tid, NULL, NULL);
	if (s->asleep.len > asleep) {
		sleepers =
			pst_sleepers_hold(s->proc, s->asleep.at + asleep, s->asleep.len - asleep);
		if (!sleepers)
			return PST_TIMEOUT;
		*PST_VEC_PUSH(&s->sleepers) = sleepers;
	}
	err = wait_all(s, first, deadline);
	if (!err && sleepers && !pst_sleepers_await(sleepers, deadline))
		err = PST_TIMEOUT;
	return err;
}

static enum pst_err stop_these(struct pst_pause *s, const pid_t *tids, size_t n, uint64_t deadline,
			       struct pst_why *why)
{
	for (size_t i = 0; i < n; i++) {
		enum pst_err err = seize(s, tids[i], why);

		if (err)
			return err;
	}
	return stop_from(s, 0, 0, deadline);
}

/* Seizes the threads of TASKS that S does not know yet. */
static enum pst_err seize_new(struct pst_pause *s, const struct pst_tasks *tasks,
			      struct pst_why *why)
{
	size_t hint = 0;
	bool first = s->len == 0 && s->asleep.len == 0;

	for (size_t i = 0; i < tasks->len; i++) {
		enum pst_err err;

		if (!first && knows(s, tasks->at[i].tid, &hint))
			continue;
		err = seize(s, tasks->at[i].tid, why);
		if (err)
			return err;
	}
	return PST_OK;
}

/* Until a look at the list shows nobody new: then nobody is left who could start a thread. */
static enum pst_err stop_every(struct pst_pause *s, uint64_t deadline, struct pst_why *why)
{
	for (;;) {
		struct pst_tasks tasks;
		size_t first = s->len, asleep = s->asleep.len;
		enum pst_err err = pst_tasks_read(s->proc, 0, &tasks);

		if (err)
			return err;
		err = seize_new(s, &tasks, why);
		pst_tasks_free(&tasks);
		if (err || (s->len == first && s->asleep.len == asleep))
			return err;
		err = stop_from(s, first, asleep, deadline);
		if (err)
			return err;
		if (pst_now_ns() >= deadline)
			return PST_TIMEOUT;
	}
}

static void fill_regs(struct pst_pause *s)
{
	s->regs = pst_calloc(s->len + 1, sizeof *s->regs);
	for (size_t i = 0; i < s->len; i++)
		if (s->at[i].stopped && pst_trace_regs(s->at[i].tid, &s->regs[s->nregs]))
			s->nregs++;
}

size_t pst_pause_count(const struct pst_pause *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->len; i++)
		n += s->at[i].stopped && !s->at[i].gone;
	return n;
}

enum pst_err pst_pause(const struct pst_proc *p, const pid_t *tids, size_t n, uint64_t timeout_ns,
		       struct pst_pause **out, struct pst_why *why)
{
	uint64_t deadline = pst_now_ns() + timeout_ns;
	struct pst_pause *s = pst_calloc(1, sizeof *s);
	enum pst_err err;

	*out = NULL;
	s->proc = p;
	err = tids ? stop_these(s, tids, n, deadline, why) : stop_every(s, deadline, why);
	if (!err && pst_pause_count(s) == 0 && pst_proc_check(p) != PST_OK)
		err = PST_GONE;
	if (!err) {
		*out = s;
		return PST_OK;
	}
	pst_resume(s);
	if (err == PST_TIMEOUT)
		pst_why_set(why, err, 0, _("Process %d could not be paused in %llu ms. Try again, or read "
			      "without a pause (--nonblocking)."),
			    (int)p->pid, (unsigned long long)(timeout_ns / 1000000));
	else if (err == PST_GONE)
		pst_why_set(why, err, 0, _("Process %d exited."), (int)p->pid);
	return err;
}

size_t pst_pause_regs(struct pst_pause *pause, const struct pst_regs **out)
{
	if (!pause->regs)
		fill_regs(pause);
	*out = pause->regs;
	return pause->nregs;
}

uint64_t pst_resume(struct pst_pause *pause)
{
	uint64_t held;

	if (!pause)
		return 0;
	for (size_t i = 0; i < pause->len; i++) {
		struct pst_held *h = &pause->at[i];

		bool runs = !h->gone && !h->stopped && !pst_trace_has_stopped(h);

		wary |= runs;
		if (runs || !pst_trace_let_go(h))
			*PST_VEC_PUSH(&stuck) = h->tid;
	}
	for (size_t i = 0; i < pause->sleepers.len; i++)
		pst_sleepers_release(pause->sleepers.at[i]);
	held = pause->began ? pst_now_ns() - pause->began : 0;
	free(pause->regs);
	PST_VEC_FREE(&pause->asleep);
	PST_VEC_FREE(&pause->sleepers);
	PST_VEC_FREE(pause);
	free(pause);
	return held;
}
