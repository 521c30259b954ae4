// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/priv.h"

#include "base/i18n.h"

#include <string.h>

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

/*
 * Judges what was read since the counts BEFORE were, when we were on CPU; goes to where their
 * thread is when that is elsewhere.
 */
static enum verdict judge(struct pst_sampler *s, const struct pst_task *before, int cpu)
{
	struct pst_task now = {.tid = before->tid}, more = now;

	if (!ask(s, PST_TASK_STAT, &now) || now.cpu < 0)
		return LOST;
	bool ours = now.cpu == cpu && cpu == pst_sched_cpu() && s->cpu == cpu;
	if (!ask(s, now.state == 'R' ? PST_TASK_SCHED : PST_TASK_SYSCALL, &more))
		return LOST;
	/* Counts that follow: had it run since it was seen off its CPU, they would tell. */
	now.syscall = more.syscall;
	memcpy(now.args, more.args, sizeof now.args);
	if (now.state != 'R' && !ask(s, PST_TASK_SCHED, &more))
		return LOST;
	now.slices = more.slices;
	now.cpu_ns = more.cpu_ns;
	bool same = same_counts(before, &now);
	/* If it ran, it may have woken after it was seen asleep: then the counts say nothing. */
	if (!same)
		now.syscall = -1;
	keep_task(s, &now);
	if (same && (ours || pst_task_sleeps(&now)))
		return PROVED;
	return go_to(s, now.tid, now.cpu);
}

/* ---- the subject -------------------------------------------------------------------------- */

/* The first thread that holds a GIL; the number of threads: none does. */
static size_t find_holder(const struct pst_shot *shot)
{
	size_t i = 0;

	while (i < shot->threads.len && !shot->threads.at[i].holds_gil)
		i++;
	return i;
}

/* The guess that the subject runs was wrong: what does it do? */
static void settle_guess(struct pst_sampler *s)
{
	struct pst_task *t = s->subject_holds ? pst_sampler_task(s, s->subject) : NULL;
	struct pst_threads *threads = &s->shot.threads;

	if (!t)
		return;
	/* The counts stay those of before the look: it may become the subject again. */
	struct pst_task before = *t;
	if (!pst_sampler_task_refresh(s, t))
		return;
	t->slices = before.slices;
	t->cpu_ns = before.cpu_ns;
	for (size_t i = 0; i < threads->len; i++)
		if (threads->at[i].tid == t->tid)
			pst_python_thread_state(s->py, t, &threads->at[i]);
}

/* A thread that runs without a GIL, best the one of the last time. */
static size_t find_runner(const struct pst_sampler *s)
{
	const struct pst_threads *threads = &s->shot.threads;
	size_t found = threads->len;

	for (size_t i = 0; i < threads->len; i++) {
		const struct pst_thread *th = &threads->at[i];
		if (!th->tid || !pst_shot_wants(s, th) || pst_shot_sleeps(th))
			continue;
		if (found == threads->len || th->tid == s->subject)
			found = i;
	}
	return found;
}

/* The thread that is to be proved first; the number of threads: none runs. */
static size_t find_subject(struct pst_sampler *s)
{
	const struct pst_threads *threads = &s->shot.threads;
	size_t i = find_holder(&s->shot);
	bool holds = i < threads->len;

	if (!holds || threads->at[i].tid != s->subject)
		settle_guess(s);
	if (!holds)
		i = find_runner(s);
	s->subject = i < threads->len ? threads->at[i].tid : 0;
	s->subject_holds = holds;
	return i;
}

/*
 * Whether TH can do nothing while SUBJECT stands still: the GIL is another's.  From 3.12 on each
 * interpreter may have its own.
 */
static bool is_bound(const struct pst_sampler *s, const struct pst_thread *subject,
		     const struct pst_thread *th)
{
	const struct pst_pyversion *v = &pst_python_info(s->py)->version;

	if (th == subject || !subject->holds_gil)
		return th == subject;
	return th->interp == subject->interp || v->major < 3 || (v->major == 3 && v->minor < 12);
}

/* Reads all that stands still with SUBJECT; false: something made no sense. */
static bool read_bound(struct pst_sampler *s, const struct pst_thread *subject)
{
	struct pst_shot *shot = &s->shot;
	bool all = true;

	/* First the stacks, which the next look will read again, then what they are made of. */
	for (size_t i = 0; i < shot->threads.len; i++) {
		const struct pst_thread *th = &shot->threads.at[i];
		struct pst_stack *stack = &shot->stacks.at[i];
		if (!pst_shot_wants(s, th) || !is_bound(s, subject, th))
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

/* One look at all threads that the subject binds.  NOTFOUND: none runs. */
static enum pst_err try_bound(struct pst_sampler *s, enum verdict *verdict)
{
	struct pst_shot *shot = &s->shot;
	int cpu = pst_sched_cpu();

	*verdict = LOST;
	shot->time_ns = pst_now_ns();
	enum pst_err err = pst_shot_list(s, PST_THREADS_PREDICT);
	if (err)
		return err;
	pst_shot_prepare(shot);
	size_t i = find_subject(s);
	if (i == shot->threads.len)
		return PST_NOTFOUND;
	/* Its counts were read before the look began. */
	const struct pst_task *before = pst_sampler_task(s, shot->threads.at[i].tid);
	if (!before)
		return PST_CHANGED;
	struct pst_task counts = *before;
	bool all = read_bound(s, &shot->threads.at[i]);
	*verdict = judge(s, &counts, cpu);
	if (*verdict != PROVED) {
		pst_shot_doubt(s);
		return PST_CHANGED;
	}
	pst_ids_settle(s->ids, s->py);
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
	struct pst_task before = {.tid = th->tid};

	*verdict = LOST;
	for (int try = 0; try < TRIES; try++) {
		int cpu = pst_sched_cpu();
		bool open = th->tid && ask(s, PST_TASK_SCHED, &before);
		bool ok = pst_shot_read(s, i, PST_STACK_PREDICT | PST_STACK_VERIFY);
		if (open && still_sleeps(s, th->tid))
			*verdict = PROVED;
		else
			*verdict = open ? judge(s, &before, cpu) : LOST;
		if (*verdict != PROVED)
			pst_shot_doubt(s);
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
	s->counts.otherwise++;
	if (s->cpu >= 0)
		pst_sched_roam();
	s->cpu = -1;
	return s->opt.fallback == PST_SAMPLING_FREE ? pst_take_free(s) : pst_take_paused(s);
}

static enum pst_err take_bound(struct pst_sampler *s, enum verdict *verdict)
{
	enum pst_err err = PST_CHANGED;

	for (int try = 0; try < TRIES; try++) {
		err = try_bound(s, verdict);
		if ((err != PST_CHANGED && err != PST_FAULT && err != PST_CORRUPT) ||
		    *verdict == CLOSED)
			break;
		if (err == PST_CORRUPT && *verdict == PROVED)
			pst_sleep_until_ns(pst_now_ns() + YIELD_NS);
		bool all = *verdict == LOST && pst_sampler_may_list(s);
		if (all ? pst_sampler_tasks(s, true) : pst_sampler_tasks_changed(s))
			break;
	}
	return err;
}

enum pst_err pst_take_coscheduled(struct pst_sampler *s)
{
	enum verdict verdict = LOST;

	if (s->slices_missing)
		return take_otherwise(s);
	enum pst_err err = take_bound(s, &verdict);
	if (verdict == CLOSED)
		return take_otherwise(s);
	/* Some that made no sense do not spoil the others. */
	if (err == PST_NOTFOUND || (err == PST_CORRUPT && verdict == PROVED))
		err = PST_OK;
	if (err)
		return err;
	if (read_rest(s))
		return take_otherwise(s);
	pst_shot_count_all(s, 0);
	return PST_OK;
}
