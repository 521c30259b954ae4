// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/priv.h"

#include "base/i18n.h"

#include <stdlib.h>

#define TRIES		 PST_SHOT_TRIES
#define PAUSE_TIMEOUT_NS UINT64_C(500000000)
#define FULL_NS		 UINT64_C(10000000)   /* what seldom changes is read this often */
#define NAMES_NS	 UINT64_C(1000000000) /* names of threads are asked for this often */
#define NAMES_SOON_NS                                                                              \
	UINT64_C(100000000) /* … while there is one without: it may not have been set yet */
#define NAMES_SPARE 100	    /* at most one part in so many of the time: there may be many */
#define TASKS_AGAIN_NS                                                                             \
	UINT64_C(200000000) /* a thread that the system does not tell of is looked for this often  \
			     */

#define MANY_THREADS 64
#define SLEEPERS_MAX 64 /* whose stacks are read in one look */

#define TORN_MAX 100 /* lists in a row whose end is not found: then there is none */

/* ---- threads ----------------------------------------------------------------------------- */

/*
 * A list without its end changed while it was read, and lacks threads that nobody would miss; or it
 * always is like that.  What a thread does that was born since they were asked for is not known.
 */
static enum pst_err check_list(struct pst_sampler *s)
{
	const struct pst_threads *threads = &s->shot.threads;

	s->torn = threads->truncated ? s->torn + 1 : 0;
	if (s->torn && !threads->len)
		return PST_CORRUPT;
	if (s->torn && s->torn <= TORN_MAX)
		return PST_CHANGED;
	return pst_sampler_tasks_meet(s, threads) ? PST_CHANGED : PST_OK;
}

static bool want_names(const struct pst_sampler *s, uint64_t now)
{
	uint64_t since = now - s->names_ns;
	uint64_t often = s->names_missing ? NAMES_SOON_NS : NAMES_NS;

	if (s->names_wanted)
		often = 0;
	return since >= often && since >= s->names_cost_ns * NAMES_SPARE;
}

/* They were asked for at the time BEGIN. */
static void have_names(struct pst_sampler *s, uint64_t begin)
{
	s->names_ns = pst_now_ns();
	s->names_cost_ns = s->names_ns - begin;
	s->names_wanted = s->names_missing = false;
	for (size_t i = 0; i < s->shot.threads.len; i++)
		s->names_missing |= !s->shot.threads.at[i].name;
}

enum pst_err pst_shot_list(struct pst_sampler *s, unsigned what)
{
	uint64_t now = pst_now_ns();
	bool names = want_names(s, now);

	s->brief = !names && now - s->full_ns < FULL_NS;
	what |= PST_THREADS_STATE | (names ? PST_THREADS_NAMES : PST_THREADS_AGAIN) |
		(s->brief ? PST_THREADS_BRIEF : 0u);
	enum pst_err err = pst_python_threads(s->py, what, &s->tasks, &s->shot.threads);
	if (!err)
		err = check_list(s);
	if (err)
		s->full_ns = 0;
	else if (!s->brief)
		s->full_ns = now;
	if (!err && names)
		have_names(s, now);
	return err;
}

void pst_shot_list_ahead(struct pst_sampler *s)
{
	uint64_t now = pst_now_ns();
	bool names = want_names(s, now);
	unsigned what = PST_THREADS_PREDICT | PST_THREADS_STATE | PST_THREADS_AGAIN;

	if (s->tasks.len < MANY_THREADS ||
	    (!names && pst_python_threads_good(s->py, &s->shot.threads)))
		return;
	if (names)
		what |= PST_THREADS_NAMES;
	if (pst_python_threads(s->py, what, &s->tasks, &s->shot.threads) || !names)
		return;
	have_names(s, now);
	pst_sampler_note_threads(s);
}

bool pst_shot_sleeps(const struct pst_thread *th)
{
	return th->state == PST_THREAD_IDLE || th->state == PST_THREAD_GIL_WAIT;
}

bool pst_shot_wants(const struct pst_sampler *s, const struct pst_thread *th)
{
	if (!th->frame)
		return false;
	if (th->holds_gil)
		return true;
	return !s->lead->gil_only && (s->lead->idle || !pst_shot_sleeps(th));
}

/*
 * A thread that sleeps in the system stands still by itself; to interrupt it would even make it run
 * for a moment, and look active at the next tick.
 */
static bool needs_hold(const struct pst_thread *th)
{
	return th->holds_gil || !pst_shot_sleeps(th);
}

void pst_shot_prepare(struct pst_shot *shot)
{
	shot->seen.len = 0;
	shot->walked = shot->broken = 0;
	for (size_t i = 0; i < shot->threads.len; i++)
		(void)PST_VEC_PUSH(&shot->seen);
	while (shot->stacks.len < shot->threads.len) {
		(void)PST_VEC_PUSH(&shot->stacks);
		(void)PST_VEC_PUSH(&shot->tracks);
	}
	for (size_t i = 0; i < shot->stacks.len; i++) {
		shot->stacks.at[i].len = 0;
		shot->stacks.at[i].truncated = shot->stacks.at[i].broken = false;
	}
}

/* The flags that follow from what TH does. */
static unsigned state_flags(const struct pst_thread *th)
{
	unsigned flags = th->holds_gil ? PST_SAMPLE_GIL : 0u;

	if (th->in_gc)
		flags |= PST_SAMPLE_GC;
	if (th->state == PST_THREAD_GIL_WAIT)
		return flags | PST_SAMPLE_GIL_WAIT | PST_SAMPLE_IDLE;
	return th->state == PST_THREAD_IDLE ? flags | PST_SAMPLE_IDLE : flags;
}

/* ---- stacks ------------------------------------------------------------------------------ */

bool pst_shot_places(struct pst_sampler *s, size_t i)
{
	struct pst_stack *stack = &s->shot.stacks.at[i];
	struct pst_track *track = &s->shot.tracks.at[i];
	struct pst_seen *seen = &s->shot.seen.at[i];
	size_t kept = stack->truncated ? 0 : stack->kept;

	track->slices = 0; /* these are other places now */
	if (kept > track->places.len)
		kept = track->places.len;
	track->places.len = kept;
	if (track->nodes.len > kept)
		track->nodes.len = kept;
	stack->kept = SIZE_MAX;
	if (stack->truncated) {
		*PST_VEC_PUSH(&track->places) = pst_ids_truncated(s->ids);
		seen->flags |= PST_SAMPLE_TRUNCATED;
	}
	for (size_t k = stack->len - kept; k > 0; k--) {
		struct pst_place *place = pst_ids_place(s->ids, s->py, &stack->at[k - 1]);
		if (!place)
			return false;
		/* It may be found out yet. */
		if (pst_ids_vague(place) && stack->kept > stack->len - k)
			stack->kept = stack->len - k;
		*PST_VEC_PUSH(&track->places) = place;
	}
	seen->len = track->places.len;
	return true;
}

void pst_shot_doubt(struct pst_sampler *s)
{
	pst_python_doubt(s->py);
	pst_ids_doubt(s->ids);
}

unsigned pst_shot_walk(const struct pst_sampler *s)
{
	return PST_STACK_RECALL | (s->opt.shims ? PST_STACK_SHIMS : 0u);
}

bool pst_shot_read(struct pst_sampler *s, size_t i, unsigned what)
{
	struct pst_stack *stack = &s->shot.stacks.at[i];

	if (pst_python_stack(s->py, &s->shot.threads.at[i], pst_shot_walk(s) | what, stack) ||
	    stack->broken)
		return false;
	pst_python_look_aside(s->py);
	return pst_shot_places(s, i);
}

/* While it has stood still since the threads were listed: once is enough. */
static bool read_once(struct pst_sampler *s, size_t i)
{
	struct pst_stack *stack = &s->shot.stacks.at[i];
	unsigned what = pst_shot_walk(s) | PST_STACK_PAUSED | PST_STACK_VERIFY;

	if (pst_python_stack(s->py, &s->shot.threads.at[i], what, stack) || stack->broken)
		return false;
	return pst_shot_places(s, i);
}

/* While it may run: only what two reads in a row agree on. */
static bool read_twice(struct pst_sampler *s, size_t i)
{
	const struct pst_thread *th = &s->shot.threads.at[i];
	struct pst_stack *stack = &s->shot.stacks.at[i], *second = &s->shot.second;

	for (int try = 0; try < TRIES; try++) {
		if (pst_python_stack(s->py, th, pst_shot_walk(s), second) || second->broken ||
		    pst_python_stack(s->py, th, pst_shot_walk(s), stack) || stack->broken ||
		    !pst_stack_same(stack, second))
			continue;
		if (pst_shot_places(s, i))
			return true;
	}
	return false;
}

/* ---- stacks of those that slept on --------------------------------------------------------- */

static bool is_remembered(const struct pst_track *track, const struct pst_thread *th)
{
	return track->slices && track->slices == th->slices && track->tstate == th->tstate &&
	       track->ident == th->ident;
}

void pst_shot_recall(struct pst_sampler *s)
{
	struct pst_shot *shot = &s->shot;
	size_t n = shot->threads.len, start = n ? shot->turn % n : 0, read = 0;

	for (size_t k = 0; k < n; k++) {
		size_t i = (start + k) % n;
		const struct pst_thread *th = &shot->threads.at[i];
		struct pst_seen *seen = &shot->seen.at[i];
		if (!pst_shot_sleeps(th) || th->holds_gil || !pst_shot_wants(s, th))
			continue;
		if (is_remembered(&shot->tracks.at[i], th)) {
			seen->len = shot->tracks.at[i].places.len;
			seen->done = seen->ok = true;
		} else if (read++ < SLEEPERS_MAX) {
			shot->turn = i + 1;
		} else {
			seen->later = true;
		}
	}
}

void pst_shot_remember(struct pst_sampler *s)
{
	struct pst_shot *shot = &s->shot;

	for (size_t i = 0; i < shot->threads.len; i++) {
		const struct pst_thread *th = &shot->threads.at[i];
		const struct pst_seen *seen = &shot->seen.at[i];
		struct pst_track *track = &shot->tracks.at[i];
		bool good = seen->done && seen->ok && seen->len == track->places.len &&
			    !(seen->flags & PST_SAMPLE_TRUNCATED) && pst_shot_sleeps(th);
		track->tstate = th->tstate;
		track->ident = th->ident;
		track->slices = good ? th->slices : 0;
	}
}

void pst_shot_forget(struct pst_shot *shot)
{
	for (size_t i = 0; i < shot->tracks.len; i++)
		shot->tracks.at[i].slices = 0;
}

/* ---- counts ------------------------------------------------------------------------------ */

/* Counts the stack of thread I, which is broken unless OK; FLAGS when it runs. */
static void count(struct pst_sampler *s, size_t i, bool ok, unsigned flags)
{
	struct pst_shot *shot = &s->shot;
	bool runs = !pst_shot_sleeps(&shot->threads.at[i]);

	if (!ok) {
		shot->stacks.at[i].len = 0;
		shot->seen.at[i].len = 0; /* not even what of it seemed to make sense */
		shot->seen.at[i].flags |= PST_SAMPLE_BROKEN;
	} else if (runs) {
		shot->seen.at[i].flags |= flags;
	}
	shot->walked += runs;
	shot->broken += runs && !ok;
}

void pst_shot_count_all(struct pst_sampler *s, unsigned flags)
{
	const struct pst_shot *shot = &s->shot;

	for (size_t i = 0; i < shot->threads.len; i++)
		if (shot->seen.at[i].done)
			count(s, i, shot->seen.at[i].ok, flags);
}

enum { READ_HELD = 1, READ_REST = 2 };

/* Reads the stacks that are wanted of those threads which WHICH says. */
static void read_stacks(struct pst_sampler *s, int which,
			bool (*read)(struct pst_sampler *s, size_t i))
{
	struct pst_shot *shot = &s->shot;

	for (size_t i = 0; i < shot->threads.len; i++) {
		const struct pst_thread *th = &shot->threads.at[i];
		if (!pst_shot_wants(s, th) || !(which & (needs_hold(th) ? READ_HELD : READ_REST)))
			continue;
		count(s, i, read(s, i), 0);
	}
}

/* Flags of all threads; those of whom the system says nothing are judged by their stacks. */
static void judge(struct pst_sampler *s)
{
	struct pst_shot *shot = &s->shot;

	s->holder = 0;
	s->tasks_unknown = false;
	if (shot->threads.len)
		pst_threads_judge(&shot->threads, NULL, NULL, s->py, shot->stacks.at);
	for (size_t i = 0; i < shot->threads.len; i++) {
		const struct pst_thread *th = &shot->threads.at[i];
		shot->seen.at[i].flags |= state_flags(th);
		if (th->holds_gil)
			s->holder = th->tid;
		s->tasks_unknown |= !th->tid;
	}
}

/* ---- held by ptrace ---------------------------------------------------------------------- */

static bool is_held(struct pst_sampler *s, pid_t tid)
{
	const struct pst_shot *shot = &s->shot;

	if (shot->hold_all)
		return true;
	if (shot->halted)
		return tid && pst_sampler_task(s, tid);
	return tid && pst_pids_have(&shot->hold, tid);
}

/*
 * Guesses from the last look and from what the system says now which threads will have to stand
 * still: it is only seen afterwards whose stack is wanted.
 */
static void guess_hold(struct pst_sampler *s)
{
	struct pst_shot *shot = &s->shot;

	shot->hold.len = 0;
	shot->hold_all = false;
	for (size_t i = 0; i < s->tasks.len; i++) {
		const struct pst_task *t = &s->tasks.at[i];
		if (t->state == 'R' || t->tid == s->holder)
			*PST_VEC_PUSH(&shot->hold) = t->tid;
	}
}

bool pst_sampler_may_list(const struct pst_sampler *s)
{
	return pst_now_ns() - s->tasks_read_ns >= TASKS_AGAIN_NS;
}

static void add_hold(struct pst_shot *shot, pid_t tid)
{
	*PST_VEC_PUSH(&shot->hold) = tid;
	pst_pids_sort(&shot->hold);
}

/* Adds the threads that are wanted but ran on; false: there were none. */
static bool hold_missing(struct pst_sampler *s)
{
	struct pst_shot *shot = &s->shot;
	bool missing = false;

	for (size_t i = 0; i < shot->threads.len; i++) {
		const struct pst_thread *th = &shot->threads.at[i];
		if (!pst_shot_wants(s, th) || !needs_hold(th) || is_held(s, th->tid))
			continue;
		missing = true;
		if (th->tid)
			add_hold(shot, th->tid);
		else
			shot->hold_all = true; /* which one it is cannot be told */
	}
	return missing;
}

static enum pst_err hold(struct pst_sampler *s)
{
	struct pst_shot *shot = &s->shot;
	struct pst_why why = {0};

	shot->halted = false;
	if (!shot->hold_all && !shot->hold.len)
		return PST_OK;
	/* With one among them that the system does not tell of, that could not be proved. */
	shot->halted = !shot->hold_all && pst_halted(s);
	if (shot->halted)
		return PST_OK;
	enum pst_err err =
		s->target->ops->pause(s->target, shot->hold_all ? NULL : shot->hold.at,
				      shot->hold_all ? 0 : shot->hold.len, PAUSE_TIMEOUT_NS, &why);
	if (err && err != PST_GONE && !s->lead->pause_noted) {
		s->lead->pause_noted = true;
		pst_sampler_note(s, "%s", why.what);
	}
	return err;
}

/* What was read of a halted target holds only if it was halted all the time. */
static enum pst_err halted_proof(struct pst_sampler *s)
{
	if (!s->shot.halted || pst_halted_still(s))
		return PST_OK;
	pst_shot_doubt(s);
	return PST_CHANGED;
}

/*
 * One try; PST_CHANGED: somebody wanted was not held, or was born meanwhile.  *WHOLE: no stack was
 * met between two states.
 */
static enum pst_err try_paused(struct pst_sampler *s, bool *whole)
{
	struct pst_shot *shot = &s->shot;
	enum pst_err err = hold(s);

	if (err)
		return err;
	s->lead->counts.stopped += s->target->ops->held(s->target);
	shot->time_ns = pst_now_ns();
	err = pst_shot_list(s, PST_THREADS_PREDICT);
	if (!err && hold_missing(s))
		err = PST_CHANGED;
	if (!err) {
		pst_shot_prepare(shot);
		read_stacks(s, READ_HELD, read_once);
		err = halted_proof(s);
	}
	uint64_t held = s->target->ops->resume(s->target);
	shot->pause_ns += held;
	if (held) {
		pst_pause_stats_add(&s->lead->pauses, held);
		s->lead->counts.pauses++;
		s->lead->counts.held_ns += held;
	}
	*whole = !shot->broken;
	if (!err)
		read_stacks(s, READ_REST, read_twice);
	return err;
}

enum pst_err pst_take_paused(struct pst_sampler *s)
{
	enum pst_err err = PST_OK;
	bool whole = true;

	guess_hold(s);
	for (int try = 0; try <= TRIES; try++) {
		if (try == TRIES)
			s->shot.hold_all = true;
		err = try_paused(s, &whole);
		if (!err && !whole && try < TRIES) {
			pst_sleep_until_ns(pst_now_ns() + PST_SHOT_YIELD_NS);
			continue;
		}
		if (err != PST_CHANGED && err != PST_FAULT && err != PST_CORRUPT)
			break;
		/* Not during the pause, for then all that is held looks asleep. */
		if (s->shot.hold_all && pst_sampler_may_list(s) && !pst_sampler_tasks(s, true))
			guess_hold(s);
	}
	return err;
}

/* ---- all --------------------------------------------------------------------------------- */

typedef enum pst_err take_fn(struct pst_sampler *s);

static take_fn *const modes[] = {
	[PST_SAMPLING_COSCHEDULED] = pst_take_coscheduled,
	[PST_SAMPLING_PAUSED] = pst_take_paused,
	[PST_SAMPLING_FREE] = pst_take_free,
};

static void note_limits(struct pst_sampler *s)
{
	const struct pst_shot *shot = &s->shot;

	if (shot->threads.truncated && !s->lead->threads_noted) {
		s->lead->threads_noted = true;
		pst_sampler_note(
			s,
			_("The list of threads could not be read to its end: some are missing."));
	}
	for (size_t i = 0; i < shot->seen.len && !s->lead->truncated_noted; i++) {
		if (!(shot->seen.at[i].flags & PST_SAMPLE_TRUNCATED))
			continue;
		s->lead->truncated_noted = true;
		pst_sampler_note(s,
				 _("Stacks deeper than %d frames are cut, and those of more than "
				   "%d frames together; what is missing is shown as <truncated>."),
				 PST_STACK_MAX, PST_FRAMES_MAX);
	}
}

/* Asks the system what the threads do, as far as the mode needs it. */
static enum pst_err ask_system(struct pst_sampler *s)
{
	bool all = s->tasks_unknown && pst_sampler_may_list(s);

	if (all)
		return pst_sampler_tasks(s, true);
	if (s->opt.sampling == PST_SAMPLING_COSCHEDULED)
		return pst_sampler_tasks_changed(s);
	if (s->opt.sampling != PST_SAMPLING_FREE)
		return pst_sampler_tasks(s, false);
	if (pst_free_knows(s))
		return PST_OK;
	return s->slices_missing ? pst_sampler_tasks(s, false) : pst_sampler_tasks_changed(s);
}

enum pst_err pst_sampler_take(struct pst_sampler *s)
{
	struct pst_shot *shot = &s->shot;

	shot->pause_ns = 0;
	shot->time_ns = pst_now_ns();
	enum pst_err err = ask_system(s);
	if (!err)
		err = modes[s->opt.sampling](s);
	if (err == PST_PERM && !s->lead->pause_noted) {
		s->lead->pause_noted = true;
		pst_sampler_note(s, _("Process %d may not be read any more: %s."), (int)s->opt.pid,
				 pst_err_text(err));
	}
	if (err)
		return err;
	pst_ids_settle(s->ids, s->py);
	judge(s);
	if (!shot->threads.again)
		pst_sampler_tasks_keep(s, &shot->threads);
	note_limits(s);
	/*
	 * A thread that ran and cannot be told where makes the shares of all others too large or
	 * too small.
	 */
	return shot->broken * 2 > shot->walked ? PST_CHANGED : PST_OK;
}

void pst_shot_free(struct pst_shot *shot)
{
	for (size_t i = 0; i < shot->stacks.len; i++)
		pst_stack_free(&shot->stacks.at[i]);
	pst_stack_free(&shot->second);
	pst_threads_free(&shot->threads);
	PST_VEC_FREE(&shot->stacks);
	PST_VEC_FREE(&shot->seen);
	for (size_t i = 0; i < shot->tracks.len; i++) {
		PST_VEC_FREE(&shot->tracks.at[i].places);
		PST_VEC_FREE(&shot->tracks.at[i].nodes);
	}
	PST_VEC_FREE(&shot->tracks);
	PST_VEC_FREE(&shot->hold);
}
