// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/priv.h"

#include "base/i18n.h"

#include <stdlib.h>

/*
 * The target is read from the CPU on which its running thread, the subject, ran last: while we run
 * there it cannot, and while the subject holds the GIL, nobody else can change what the interpreter
 * does.  Proof that it stood still from the first byte that was read to the last, without asking
 * anybody to stop:
 *
 *   1. the system's counts of the subject (time on CPU, times scheduled in) are read,
 *   2. the target is read,
 *   3. the subject is seen off its CPU: that CPU is the one we run on, or it sleeps in a call,
 *   4. the counts are read again, and are the same.
 *
 * Had the subject run between 1 and 3, it would have been taken off its CPU by 3, which adds to its
 * time; had it run between 3 and 4, it would have been scheduled in.  So it did not run between 1
 * and 4 at all.  What is not proved is tried again, a few times, and then rejected.
 */

#define TRIES	 5
#define YIELD_NS UINT64_C(20000) /* what stood between two states gets so long to get on */

struct window {
	struct pst_task before;
	int cpu; /* ours */
};

enum verdict {
	PROVED,
	RAN,	/* in between, or beside us: on the CPU where we are now, it cannot any more */
	CLOSED, /* it runs where we may not go */
	LOST,	/* it ended, or the system tells nothing about it */
};

/* ---- the proof --------------------------------------------------------------------------- */

static bool same_counts(const struct pst_task *a, const struct pst_task *b)
{
	return a->slices && a->slices == b->slices && a->cpu_ns == b->cpu_ns;
}

static bool ask(struct pst_sampler *s, unsigned what, struct pst_task *t)
{
	return !s->target->ops->task(s->target, what, t);
}

static bool open_window(struct pst_sampler *s, struct window *w, pid_t tid)
{
	w->before.tid = tid;
	w->cpu = pst_sched_cpu();
	return tid && ask(s, PST_TASK_SCHED, &w->before);
}

/* Keeps what is known now about a thread for the next look. */
static void keep_task(struct pst_sampler *s, const struct pst_task *now)
{
	struct pst_task *t = pst_sampler_task(s, now->tid);

	if (!t)
		return;
	t->slices = now->slices;
	t->cpu_ns = now->cpu_ns;
	t->state = now->state;
	t->cpu = now->cpu;
	t->syscall = now->syscall;
	for (size_t i = 0; i < sizeof t->args / sizeof *t->args; i++)
		t->args[i] = now->args[i];
}

static enum verdict go_to(struct pst_sampler *s, pid_t tid, int cpu)
{
	if (s->cpu == cpu && pst_sched_cpu() == cpu)
		return RAN;
	if (!pst_sched_preemptible(tid) || pst_sched_move(cpu))
		return CLOSED;
	s->cpu = cpu;
	return RAN;
}

/* Judges what was read since W was opened; goes to the CPU of its thread when that is elsewhere. */
static enum verdict close_window(struct pst_sampler *s, const struct window *w)
{
	struct pst_task now = {.tid = w->before.tid}, counts = now;

	if (!ask(s, PST_TASK_STAT, &now) || now.cpu < 0)
		return LOST;
	bool ours = now.cpu == w->cpu && w->cpu == pst_sched_cpu() && s->cpu == w->cpu;
	if (now.state != 'R') {
		int cpu = now.cpu;
		char state = now.state;
		if (!ask(s, PST_TASK_SYSCALL, &now))
			return LOST;
		now.cpu = cpu;
		now.state = state;
	}
	if (!ask(s, PST_TASK_SCHED, &counts))
		return LOST;
	now.slices = counts.slices;
	now.cpu_ns = counts.cpu_ns;
	keep_task(s, &now);
	if ((ours || pst_task_sleeps(&now)) && same_counts(&w->before, &now))
		return PROVED;
	return go_to(s, now.tid, now.cpu);
}

/* ---- under a GIL ------------------------------------------------------------------------- */

/* Index of a thread that holds a GIL; the number of threads: none does. */
static size_t find_holder(const struct pst_shot *shot)
{
	size_t i = 0;

	while (i < shot->threads.len && !shot->threads.at[i].holds_gil)
		i++;
	return i;
}

/* Whether TH can do nothing while HOLDER stands still: from 3.12 on an interpreter may have its own
 * GIL. */
static bool is_bound(const struct pst_sampler *s, const struct pst_thread *holder,
		     const struct pst_thread *th)
{
	const struct pst_pyversion *v = &pst_python_info(s->py)->version;

	return th->interp == holder->interp || v->major < 3 || (v->major == 3 && v->minor < 12);
}

/* Reads all that HOLDER's standing still makes stand still; false: something made no sense. */
static bool read_bound(struct pst_sampler *s, const struct pst_thread *holder)
{
	struct pst_shot *shot = &s->shot;
	bool all = true;

	/* First the stacks, which the next look will read again, then what they are made of. */
	for (size_t i = 0; i < shot->threads.len; i++) {
		const struct pst_thread *th = &shot->threads.at[i];
		struct pst_stack *stack = &shot->stacks.at[i];
		if (!pst_shot_wants(s, th) || !is_bound(s, holder, th))
			continue;
		bool ok = !pst_python_stack(s->py, th,
					    pst_shot_walk(s) | PST_STACK_PAUSED | PST_STACK_VERIFY,
					    stack) &&
			  !stack->broken;
		shot->seen.at[i].done = true;
		shot->seen.at[i].ok = ok;
		all &= ok;
	}
	pst_python_look_aside(s->py);
	for (size_t i = 0; i < shot->threads.len; i++) {
		struct pst_seen *seen = &shot->seen.at[i];
		if (seen->ok)
			all &= seen->ok = pst_shot_places(s, i);
	}
	return all;
}

/* One look at all threads that the holder of the GIL binds.  NOTFOUND: nobody holds it. */
static enum pst_err try_holder(struct pst_sampler *s, enum verdict *verdict)
{
	struct pst_shot *shot = &s->shot;
	struct window w;

	*verdict = LOST;
	bool open = open_window(s, &w, s->subject);
	shot->time_ns = pst_now_ns();
	enum pst_err err = pst_shot_list(s, PST_THREADS_PREDICT);
	if (err)
		return err;
	pst_shot_prepare(shot);
	size_t h = find_holder(shot);
	if (h == shot->threads.len)
		return PST_NOTFOUND;
	const struct pst_thread *holder = &shot->threads.at[h];
	if (!open || holder->tid != w.before.tid) {
		s->subject = holder->tid;
		if (!open_window(s, &w, holder->tid))
			return PST_CHANGED;
		/* Only to go where it is. */
		*verdict = close_window(s, &w);
		if (*verdict == PROVED)
			*verdict = RAN;
		return PST_CHANGED;
	}
	bool all = read_bound(s, holder);
	*verdict = close_window(s, &w);
	if (*verdict != PROVED)
		return PST_CHANGED;
	return all ? PST_OK : PST_CORRUPT;
}

/* ---- one by one -------------------------------------------------------------------------- */

/* A thread that slept before and has not run since it was seen to. */
static bool still_sleeps(struct pst_sampler *s, pid_t tid)
{
	const struct pst_task *t = pst_sampler_task(s, tid);
	struct pst_task now = {.tid = tid};

	return t && pst_task_sleeps(t) && ask(s, PST_TASK_SCHED, &now) && same_counts(t, &now);
}

static bool read_alone(struct pst_sampler *s, size_t i, enum verdict *verdict)
{
	const struct pst_thread *th = &s->shot.threads.at[i];
	struct window w;

	*verdict = LOST;
	for (int try = 0; try < TRIES; try++) {
		bool open = open_window(s, &w, th->tid);
		bool ok = pst_shot_read(s, i, PST_STACK_PREDICT | PST_STACK_VERIFY);
		if (open && still_sleeps(s, th->tid))
			*verdict = PROVED;
		else
			*verdict = open ? close_window(s, &w) : LOST;
		if (*verdict == CLOSED || *verdict == LOST)
			return false;
		if (*verdict == PROVED && ok)
			return true;
		if (*verdict == PROVED)
			pst_sleep_until_ns(pst_now_ns() + YIELD_NS);
	}
	return false;
}

/* Those that no holder binds: asleep, in C code without the GIL, or without any GIL at all. */
static enum pst_err read_rest(struct pst_sampler *s)
{
	struct pst_shot *shot = &s->shot;

	for (size_t i = 0; i < shot->threads.len; i++) {
		const struct pst_thread *th = &shot->threads.at[i];
		enum verdict verdict;
		if (shot->seen.at[i].done || !pst_shot_wants(s, th))
			continue;
		bool ok = read_alone(s, i, &verdict);
		if (verdict == CLOSED)
			return PST_PERM;
		shot->seen.at[i].done = true;
		shot->seen.at[i].ok = ok;
	}
	return PST_OK;
}

/* ---- all --------------------------------------------------------------------------------- */

static void note_closed(struct pst_sampler *s)
{
	if (s->closed_noted)
		return;
	s->closed_noted = true;
	const char *instead = s->opt.fallback == PST_SAMPLING_FREE
				      ? _("it is read while it runs, which proves nothing")
				      : _("it is paused for each sample");
	if (s->slices_missing)
		pst_sampler_note(s,
				 _("The system does not tell when a thread of process %d ran: %s "
				   "instead."),
				 (int)s->opt.pid, instead);
	else
		pst_sampler_note(s,
				 _("Process %d uses a CPU that is closed to this program (its "
				   "cpuset, or a real-time thread): %s instead."),
				 (int)s->opt.pid, instead);
}

static enum pst_err take_otherwise(struct pst_sampler *s)
{
	note_closed(s);
	if (s->cpu >= 0)
		pst_sched_roam();
	s->cpu = -1;
	return s->opt.fallback == PST_SAMPLING_FREE ? pst_take_free(s) : pst_take_paused(s);
}

static enum pst_err take_holder(struct pst_sampler *s, enum verdict *verdict)
{
	enum pst_err err = PST_CHANGED;

	for (int try = 0; try < TRIES; try++) {
		err = try_holder(s, verdict);
		if (err == PST_CORRUPT && *verdict == PROVED)
			pst_sleep_until_ns(pst_now_ns() + YIELD_NS);
		else if (err != PST_CHANGED && err != PST_FAULT && err != PST_CORRUPT)
			break;
		if (*verdict == CLOSED)
			break;
	}
	return err;
}

enum pst_err pst_take_coscheduled(struct pst_sampler *s)
{
	struct pst_shot *shot = &s->shot;
	enum verdict verdict = LOST;

	if (s->slices_missing)
		return take_otherwise(s);
	enum pst_err err = take_holder(s, &verdict);
	if (verdict == CLOSED)
		return take_otherwise(s);
	/* Some that made no sense do not spoil the others. */
	if (err == PST_NOTFOUND || (err == PST_CORRUPT && verdict == PROVED))
		err = PST_OK;
	if (err)
		return err;
	if (read_rest(s))
		return take_otherwise(s);
	for (size_t i = 0; i < shot->threads.len; i++)
		if (shot->seen.at[i].done)
			pst_shot_count(s, i, shot->seen.at[i].ok, 0);
	return PST_OK;
}
