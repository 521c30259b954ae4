// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/priv.h"

/*
 * A target that is stopped or frozen stands still without us.  To hold it by ptrace would wake it:
 * until it gets a CPU to stop again, which on a busy machine takes as long as a look or two, it
 * looks awake to us and to everybody, and a thread that the kernel froze (cgroup v1) does not obey
 * at all.  So it is read as it stands, and what was read is proved by counts.
 */

#define FACTS (PST_TASK_STAT | PST_TASK_SCHED | PST_TASK_SYSCALL)

/* Keeps the counts of T as they are; false: it was not seen off its CPU since. */
static bool stands(struct pst_sampler *s, struct pst_task *t)
{
	struct pst_task now = {.tid = t->tid};

	if (s->target->ops->task(s->target, FACTS, &now) || !now.slices || !pst_task_sleeps(&now))
		return false;
	now.ns_tid = t->ns_tid; /* does not change, and costs much to ask */
	*t = now;
	return true;
}

static bool one_runs(const struct pst_sampler *s)
{
	for (size_t i = 0; i < s->tasks.len; i++)
		if (s->tasks.at[i].state == 'R')
			return true;
	return false;
}

bool pst_halted(struct pst_sampler *s)
{
	if (!s->target->ops->task || !s->target->ops->halt || !s->tasks.len || one_runs(s))
		return false;
	pst_sampler_watch(s, pst_now_ns());
	for (size_t i = 0; i < s->tasks.len && s->halt; i++)
		if (!stands(s, &s->tasks.at[i]))
			return false;
	return s->halt != PST_HALT_NONE;
}

bool pst_halted_still(struct pst_sampler *s)
{
	for (size_t i = 0; i < s->tasks.len; i++) {
		const struct pst_task *t = &s->tasks.at[i];
		struct pst_task now = {.tid = t->tid};
		if (s->target->ops->task(s->target, PST_TASK_SCHED, &now) ||
		    now.slices != t->slices || now.cpu_ns != t->cpu_ns)
			return false;
	}
	return true;
}
