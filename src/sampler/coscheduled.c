// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/priv.h"

#include "base/i18n.h"

/*
 * The target is read from the CPU on which its running thread, the subject, ran last: while we run
 * there it cannot, and while the subject holds the GIL, nobody else can change what the interpreter
 * does.  Proof that it stood still from the first byte that was read to the last: proof.h.  What is
 * not proved is tried again, a few times, and then rejected.
 */

#define TRIES 5
/*
 * A GIL that is handed over all the time (2.x) is often gone to another CPU when we come to where
 * it was: each try is as good as the one before.
 */
#define CHASE_NS UINT64_C(1000000)
#define YIELD_NS UINT64_C(20000) /* what stood between two states gets so long to get on */

/* ---- the subject -------------------------------------------------------------------------- */

/* The first thread that holds a GIL; the number of threads: none does. */
static size_t find_holder(const struct pst_shot *shot)
{
	size_t i = 0;

	while (i < shot->threads.len && !shot->threads.at[i].holds_gil)
		i++;
	return i;
}

/* What the system said about thread TID is wrong by now: what does it do? */
static void settle(struct pst_sampler *s, pid_t tid)
{
	struct pst_task *t = pst_sampler_task(s, tid);
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

/* A thread that runs without a GIL, best one that is here, else the one of the last time. */
static size_t find_runner(const struct pst_sampler *s)
{
	const struct pst_threads *threads = &s->shot.threads;
	size_t found = threads->len;

	for (size_t i = 0; i < threads->len; i++) {
		const struct pst_thread *th = &threads->at[i];
		if (!th->tid || !pst_shot_wants(s, th) || pst_shot_sleeps(th))
			continue;
		if (pst_proof_by_word(s) && pst_proof_is_here(s, th->ident))
			return i;
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

	/* It was taken for running. */
	if (s->subject_holds && (!holds || threads->at[i].tid != s->subject))
		settle(s, s->subject);
	/* It woke since it was asked, or it keeps the GIL while it sleeps. */
	if (holds && pst_shot_sleeps(&threads->at[i]))
		settle(s, threads->at[i].tid);
	if (!holds)
		i = find_runner(s);
	pid_t tid = i < threads->len ? threads->at[i].tid : 0;
	if (tid != s->subject || !holds)
		s->subject_asked_ns = 0;
	s->subject = tid;
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

static bool is_left(const struct pst_sampler *s, size_t i)
{
	const struct pst_seen *seen = &s->shot.seen.at[i];

	return !seen->done && !seen->later && pst_shot_wants(s, &s->shot.threads.at[i]);
}

/* Reads the stack of thread I; WHAT besides.  Its places come later: they are read but once. */
static void read_stack(struct pst_sampler *s, size_t i, unsigned what)
{
	struct pst_stack *stack = &s->shot.stacks.at[i];

	s->shot.seen.at[i].now = true;
	s->shot.seen.at[i].ok =
		!pst_python_stack(s->py, &s->shot.threads.at[i],
				  pst_shot_walk(s) | what | PST_STACK_VERIFY, stack) &&
		!stack->broken;
}

/* What the stacks of this look are made of. */
static void read_places(struct pst_sampler *s)
{
	struct pst_shot *shot = &s->shot;

	pst_python_look_aside(s->py);
	for (size_t i = 0; i < shot->threads.len; i++) {
		struct pst_seen *seen = &shot->seen.at[i];
		if (seen->now && seen->ok)
			seen->ok = pst_shot_places(s, i);
	}
}

/*
 * Judges those that SUBJECT (NULL: none) does not bind.  False: one of them did not stand still, so
 * that nothing of this look is to be believed.  Those that make no sense stay undone.
 */
static bool judge_here(struct pst_sampler *s, const struct pst_thread *subject)
{
	struct pst_shot *shot = &s->shot;
	bool all = true;

	for (size_t i = 0; i < shot->threads.len; i++) {
		const struct pst_thread *th = &shot->threads.at[i];
		if (shot->seen.at[i].now && !(subject && is_bound(s, subject, th)))
			all &= pst_proof_stood(s, th->ident);
	}
	for (size_t i = 0; i < shot->threads.len; i++) {
		struct pst_seen *seen = &shot->seen.at[i];
		bool bound = subject && is_bound(s, subject, &shot->threads.at[i]);
		seen->done |= seen->now && all && (bound || seen->ok);
		seen->now = false;
	}
	return all;
}

/*
 * Reads all that stands still with SUBJECT, and the others that are here; false: something of it
 * made no sense.
 */
static bool read_bound(struct pst_sampler *s, const struct pst_thread *subject)
{
	struct pst_shot *shot = &s->shot;
	bool all = true;

	for (size_t i = 0; i < shot->threads.len; i++) {
		const struct pst_thread *th = &shot->threads.at[i];
		bool here = pst_proof_by_word(s) && pst_proof_is_here(s, th->ident);
		if (is_left(s, i) && (here || is_bound(s, subject, th)))
			read_stack(s, i, PST_STACK_PAUSED);
	}
	read_places(s);
	for (size_t i = 0; i < shot->threads.len; i++)
		if (shot->seen.at[i].now && is_bound(s, subject, &shot->threads.at[i]))
			all &= shot->seen.at[i].ok;
	return all;
}

/* The next look brings the words of the subject and of all that it does not bind. */
static void choose_words(struct pst_sampler *s, const struct pst_thread *subject)
{
	const struct pst_threads *threads = &s->shot.threads;

	pst_proof_clear(s);
	pst_proof_add(s, subject->ident);
	for (size_t i = 0; i < threads->len; i++) {
		const struct pst_thread *th = &threads->at[i];
		if (!is_bound(s, subject, th) && pst_shot_wants(s, th) && !pst_shot_sleeps(th))
			pst_proof_add(s, th->ident);
	}
}

/* One look at all threads that the subject binds.  NOTFOUND: none runs. */
static enum pst_err try_bound(struct pst_sampler *s, enum pst_verdict *verdict)
{
	struct pst_shot *shot = &s->shot;

	*verdict = PST_LOST;
	shot->time_ns = pst_now_ns();
	pst_shot_list_ahead(s);
	pst_proof_begin(s);
	enum pst_err err = pst_shot_list(s, PST_THREADS_PREDICT);
	if (err)
		return err;
	pst_shot_prepare(shot);
	pst_shot_recall(s);
	size_t i = find_subject(s);
	if (i == shot->threads.len)
		return PST_NOTFOUND;
	const struct pst_thread *subject = &shot->threads.at[i];
	/* Its counts were read before the look began. */
	const struct pst_task *before = pst_sampler_task(s, subject->tid);
	if (!before)
		return PST_CHANGED;
	struct pst_task counts = *before;
	bool all = read_bound(s, subject);
	*verdict = pst_proof_judge(s, subject, &counts);
	if (*verdict == PST_PROVED && !judge_here(s, subject))
		*verdict = PST_RAN;
	choose_words(s, subject);
	if (*verdict != PST_PROVED) {
		pst_shot_doubt(s);
		return PST_CHANGED;
	}
	pst_ids_settle(s->ids, s->py);
	return all ? PST_OK : PST_CORRUPT;
}

/* ---- one by one -------------------------------------------------------------------------- */

/* Thread I alone, by its counts. */
static bool read_alone(struct pst_sampler *s, size_t i, enum pst_verdict *verdict)
{
	const struct pst_thread *th = &s->shot.threads.at[i];
	struct pst_task before = {.tid = th->tid};

	*verdict = PST_LOST;
	for (int try = 0; try < TRIES; try++) {
		pst_proof_begin(s);
		bool open = th->tid && pst_proof_counts(s, &before);
		bool ok = pst_shot_read(s, i, PST_STACK_PREDICT | PST_STACK_VERIFY);
		if (open && pst_proof_sleeps(s, th->tid))
			*verdict = PST_PROVED;
		else
			*verdict = open ? pst_proof_judge(s, th, &before) : PST_LOST;
		if (*verdict != PST_PROVED)
			pst_shot_doubt(s);
		if (*verdict == PST_CLOSED || *verdict == PST_LOST)
			return false;
		if (*verdict == PST_PROVED && ok)
			return true;
		if (*verdict == PST_PROVED)
			pst_sleep_until_ns(pst_now_ns() + YIELD_NS);
	}
	return false;
}

/* A look at those that are left and are where thread NEXT is. */
static enum pst_verdict look_there(struct pst_sampler *s, size_t next)
{
	struct pst_shot *shot = &s->shot;
	const struct pst_thread *first = &shot->threads.at[next];
	int cpu = pst_proof_cpu(s, first->ident);

	if (cpu >= 0 && pst_proof_go(s, first->tid, cpu) == PST_CLOSED)
		return PST_CLOSED;
	pst_proof_begin(s);
	read_stack(s, next, PST_STACK_PREDICT);
	for (size_t i = 0; i < shot->threads.len; i++)
		if (i != next && is_left(s, i) && pst_proof_is_here(s, shot->threads.at[i].ident))
			read_stack(s, i, PST_STACK_PAUSED);
	read_places(s);
	if (!judge_here(s, NULL)) {
		pst_shot_doubt(s);
		return PST_RAN;
	}
	pst_ids_settle(s->ids, s->py);
	if (!shot->seen.at[next].ok) /* it stands between two states */
		pst_sleep_until_ns(pst_now_ns() + YIELD_NS);
	return PST_PROVED;
}

/* Those that run, CPU by CPU.  PERM: a CPU is closed to us. */
static enum pst_err read_runners(struct pst_sampler *s)
{
	struct pst_shot *shot = &s->shot;

	for (size_t i = 0; i < shot->threads.len; i++) {
		const struct pst_thread *th = &shot->threads.at[i];
		for (int try = 0; try < TRIES && is_left(s, i) && !pst_shot_sleeps(th); try++)
			if (look_there(s, i) == PST_CLOSED)
				return PST_PERM;
		if (is_left(s, i) && !pst_shot_sleeps(th) && pst_proof_cpu(s, th->ident) >= 0) {
			shot->seen.at[i].done = true;
			shot->seen.at[i].ok = false; /* what was read last was not proved */
		}
	}
	return PST_OK;
}

/* Those that no holder binds: asleep, in C code without the GIL, or without any GIL at all. */
static enum pst_err read_rest(struct pst_sampler *s)
{
	struct pst_shot *shot = &s->shot;

	if (pst_proof_by_word(s) && read_runners(s))
		return PST_PERM;
	for (size_t i = 0; i < shot->threads.len; i++) {
		enum pst_verdict verdict;
		if (!is_left(s, i))
			continue;
		bool ok = read_alone(s, i, &verdict);
		if (verdict == PST_CLOSED)
			return PST_PERM;
		shot->seen.at[i].done = true;
		shot->seen.at[i].ok = ok;
	}
	return PST_OK;
}

/* ---- all --------------------------------------------------------------------------------- */

static void note_closed(struct pst_sampler *s)
{
	if (s->lead->closed_noted)
		return;
	s->lead->closed_noted = true;
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
	s->lead->counts.otherwise++;
	if (s->lead->cpu >= 0)
		pst_sched_roam();
	s->lead->cpu = -1;
	return s->opt.fallback == PST_SAMPLING_FREE ? pst_take_free(s) : pst_take_paused(s);
}

static enum pst_err take_bound(struct pst_sampler *s, enum pst_verdict *verdict)
{
	enum pst_err err = PST_CHANGED;
	uint64_t until = pst_now_ns() + CHASE_NS;
	bool moved = false;

	for (int try = 0; try < TRIES || (moved && pst_now_ns() < until); try++) {
		err = try_bound(s, verdict);
		if ((err != PST_CHANGED && err != PST_FAULT && err != PST_CORRUPT) ||
		    *verdict == PST_CLOSED)
			break;
		if (err == PST_CORRUPT && *verdict == PST_PROVED)
			pst_sleep_until_ns(pst_now_ns() + YIELD_NS);
		/* By word, the counts of before do not matter. */
		moved = *verdict == PST_RAN && s->proof.told;
		if (moved)
			continue;
		bool all = *verdict == PST_LOST && pst_sampler_may_list(s);
		if (all ? pst_sampler_tasks(s, true) : pst_sampler_tasks_changed(s))
			break;
	}
	return err;
}

enum pst_err pst_take_coscheduled(struct pst_sampler *s)
{
	enum pst_verdict verdict = PST_LOST;

	if (s->slices_missing)
		return take_otherwise(s);
	enum pst_err err = take_bound(s, &verdict);
	if (verdict == PST_CLOSED)
		return take_otherwise(s);
	/* Some that made no sense do not spoil the others. */
	if (err == PST_NOTFOUND || (err == PST_CORRUPT && verdict == PST_PROVED))
		err = PST_OK;
	if (err)
		return err;
	if (read_rest(s))
		return take_otherwise(s);
	pst_shot_count_all(s, 0);
	pst_shot_remember(s);
	return PST_OK;
}
