// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/priv.h"

#include <stdlib.h>
#include <string.h>

#define ALL_FACTS  (PST_TASK_STAT | PST_TASK_SCHED | PST_TASK_SYSCALL | PST_TASK_COMM | PST_TASK_NS)
#define TICK_FACTS (PST_TASK_STAT | PST_TASK_SYSCALL)
#define LOOK_FACTS (PST_TASK_STAT | PST_TASK_SCHED | PST_TASK_SYSCALL)
#define STAT_TICKS 256
#define SUBJECT_NS                                                                                 \
	UINT64_C(2000000) /* the counts of who has the GIL are read so often, by word              \
			   */

static enum pst_err list(struct pst_sampler *s)
{
	pst_tasks_free(&s->tasks);
	s->tasks_read_ns = pst_now_ns();
	enum pst_err err = s->target->ops->tasks(s->target, ALL_FACTS, &s->tasks);
	pst_sleepers_forget(s);
	return err;
}

enum pst_err pst_sampler_tasks(struct pst_sampler *s, bool all)
{
	size_t kept = 0;

	if (all || !s->tasks.len || !s->target->ops->task)
		return list(s);
	for (size_t i = 0; i < s->tasks.len; i++) {
		struct pst_task t = s->tasks.at[i];
		pid_t ns_tid = t.ns_tid; /* does not change, and costs much to ask */
		if (s->target->ops->task(s->target, TICK_FACTS, &t) == PST_OK) {
			t.ns_tid = ns_tid;
			s->tasks.at[kept++] = t;
		}
	}
	s->tasks.len = kept;
	return kept ? PST_OK : list(s);
}

bool pst_task_sleeps(const struct pst_task *t)
{
	return t->state && t->state != 'R' && (t->syscall >= 0 || t->syscall == PST_NO_CALL);
}

static int by_tid(const void *key, const void *task)
{
	pid_t x = *(const pid_t *)key, y = ((const struct pst_task *)task)->tid;

	return (x > y) - (x < y);
}

struct pst_task *pst_sampler_task(struct pst_sampler *s, pid_t tid)
{
	return s->tasks.len ? bsearch(&tid, s->tasks.at, s->tasks.len, sizeof *s->tasks.at, by_tid)
			    : NULL;
}

bool pst_sampler_task_refresh(struct pst_sampler *s, struct pst_task *t)
{
	struct pst_task now = {.tid = t->tid};

	/* Its CPU is of use only where counts prove; its name may change now and then. */
	unsigned what = pst_proof_by_word(s) && s->tick % STAT_TICKS
				? LOOK_FACTS & ~(unsigned)PST_TASK_STAT
				: LOOK_FACTS;

	if (s->target->ops->task(s->target, what, &now) ||
	    (!now.state && s->target->ops->task(s->target, LOOK_FACTS, &now)))
		return false;
	now.ns_tid = t->ns_tid; /* does not change, and costs much to ask */
	if (now.cpu < 0) {	/* no stat */
		now.cpu = t->cpu;
		memcpy(now.comm, t->comm, sizeof now.comm);
	}
	*t = now;
	return true;
}

/* By word: what T does, whose counts were read just now. */
static bool ask_call(struct pst_sampler *s, struct pst_task *t, const struct pst_task *counts)
{
	struct pst_task now = {.tid = t->tid};

	if (!pst_proof_by_word(s) || !(s->tick % STAT_TICKS) ||
	    s->target->ops->task(s->target, PST_TASK_SYSCALL, &now) || !now.state)
		return pst_sampler_task_refresh(s, t);
	t->slices = counts->slices;
	t->cpu_ns = counts->cpu_ns;
	t->state = now.state;
	t->syscall = now.syscall;
	memcpy(t->args, now.args, sizeof t->args);
	return true;
}

/* T is the subject, had the GIL at the last look, and its counts are no proof and not old. */
static bool is_known(struct pst_sampler *s, const struct pst_task *t)
{
	if (t->tid != s->subject || !s->subject_holds || !pst_proof_by_word(s))
		return false;
	/* What sleeps is known by what all others used. */
	if (s->tasks.len > 1)
		return false;
	uint64_t now = pst_now_ns();
	if (now - s->subject_asked_ns < SUBJECT_NS)
		return true;
	s->subject_asked_ns = now;
	return false;
}

/* Brings T up to date; false: it ended. */
static bool follow(struct pst_sampler *s, struct pst_task *t)
{
	struct pst_task now = {.tid = t->tid};

	if (is_known(s, t))
		return true;
	if (s->target->ops->task(s->target, PST_TASK_SCHED, &now))
		return false;
	bool ran = now.slices != t->slices || now.cpu_ns != t->cpu_ns;
	s->lead->slices_told |= now.slices > 0;
	if (!ran && pst_task_sleeps(t))
		return true;
	if (t->tid != s->subject || !s->subject_holds || (!ran && pst_proof_by_word(s)))
		return ask_call(s, t, &now);
	if (ran) {
		t->slices = now.slices;
		t->cpu_ns = now.cpu_ns;
		t->state = 'R';
		t->syscall = -1;
	}
	return true;
}

/* Takes out those that ended, whose tid is 0 now. */
static void remove_ended(struct pst_sampler *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->tasks.len; i++)
		if (s->tasks.at[i].tid)
			s->tasks.at[kept++] = s->tasks.at[i];
	s->tasks.len = kept;
}

/* True: it ended. */
static bool has_ended(struct pst_sampler *s, struct pst_task *t)
{
	if (follow(s, t))
		return false;
	t->tid = 0;
	return true;
}

enum pst_err pst_sampler_tasks_changed(struct pst_sampler *s)
{
	bool sleepers = false, ended = false;

	if (!s->tasks.len)
		return list(s);
	for (size_t i = 0; i < s->tasks.len; i++) {
		struct pst_task *t = &s->tasks.at[i];
		bool awake = !pst_task_sleeps(t) || t->tid == s->subject;
		sleepers |= !awake;
		ended |= awake && has_ended(s, t);
	}
	for (size_t n = sleepers ? pst_sleepers_due(s) : 0; n > 0; n--) {
		struct pst_task *t = pst_sleepers_next(s);
		ended |= t->tid && pst_task_sleeps(t) && has_ended(s, t);
	}
	if (sleepers)
		pst_sleepers_asked(s);
	if (ended)
		remove_ended(s);
	/* One that was just born has no count yet. */
	s->slices_missing = s->tasks.len && !s->lead->slices_told;
	return s->tasks.len ? PST_OK : list(s);
}

static int compare_tasks(const void *a, const void *b)
{
	return by_tid(&((const struct pst_task *)a)->tid, b);
}

/* Where the target's numbers of threads are ours too. */
static bool meet(struct pst_sampler *s, pid_t tid)
{
	struct pst_task t = {.tid = tid};

	if (pst_sampler_task(s, tid) || !s->target->ops->task ||
	    s->target->ops->task(s->target, ALL_FACTS, &t) || t.ns_tid != tid)
		return false;
	*PST_VEC_PUSH(&s->tasks) = t;
	qsort(s->tasks.at, s->tasks.len, sizeof *s->tasks.at, compare_tasks);
	return true;
}

bool pst_sampler_tasks_meet(struct pst_sampler *s, const struct pst_threads *threads)
{
	bool met = false;

	if (!s->tasks.len || s->tasks.at[0].ns_tid != s->tasks.at[0].tid)
		return false;
	for (size_t i = 0; i < threads->len; i++)
		if (!threads->at[i].tid && threads->at[i].ns_tid > 0)
			met |= meet(s, threads->at[i].ns_tid);
	return met;
}

void pst_sampler_tasks_keep(struct pst_sampler *s, const struct pst_threads *threads)
{
	struct pst_pids python = {0};
	size_t kept = 0;

	/* As long as one thread is not matched with a task, none of them is known to be useless. */
	for (size_t i = 0; i < threads->len; i++) {
		if (!threads->at[i].tid) {
			PST_VEC_FREE(&python);
			return;
		}
		*PST_VEC_PUSH(&python) = threads->at[i].tid;
	}
	pst_pids_sort(&python);
	for (size_t i = 0; python.len && i < s->tasks.len; i++)
		if (pst_pids_have(&python, s->tasks.at[i].tid))
			s->tasks.at[kept++] = s->tasks.at[i];
	s->tasks.len = kept;
	PST_VEC_FREE(&python);
}
