// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

/*
 * The list of threads as it was at the last time.  A program may have a thousand of them, each in
 * memory of its own: to read them all takes a millisecond.  New ones stand first in the list of
 * their interpreter, and of one that ends the system says so; those that slept on do what they did.
 */

#define SPARE 50 /* reading the whole list takes at most one part in so many of the time */

static uint64_t head_of(struct pst_python *py, uint64_t interp)
{
	uint64_t at;

	if (pst_look_ptr(&py->look, interp + (uint64_t)py->layout.interp_tstate_head, &at))
		return 0;
	return at;
}

void pst_roster_keep(struct pst_listing *lt, uint64_t begin)
{
	struct pst_python *py = lt->py;
	struct pst_roster *r = &py->roster;
	uint64_t end = pst_now_ns();

	r->threads = NULL;
	r->heads.len = 0;
	if (lt->out->truncated || lt->out->len < PST_ROSTER_MIN || lt->what & PST_THREADS_NATIVE)
		return;
	for (size_t i = 0; i < lt->out->len; i++)
		if (!lt->out->at[i].tid)
			return;
	for (size_t i = 0; i < py->interps.len; i++) {
		*PST_VEC_PUSH(&r->heads) = py->interps.at[i].addr;
		*PST_VEC_PUSH(&r->heads) = head_of(py, py->interps.at[i].addr);
	}
	r->threads = lt->out;
	r->len = lt->out->len;
	r->until_ns = end + SPARE * (end - begin);
}

bool pst_python_threads_good(const struct pst_python *py, const struct pst_threads *threads)
{
	const struct pst_roster *r = &py->roster;

	return r->threads == threads && r->len == threads->len && pst_now_ns() < r->until_ns;
}

bool pst_roster_is_good(const struct pst_listing *lt)
{
	const unsigned not = PST_THREADS_NAMES | PST_THREADS_NATIVE;

	return lt->what & PST_THREADS_AGAIN && !(lt->what & not ) && lt->tasks &&
	       pst_python_threads_good(lt->py, lt->out);
}

static bool same_heads(struct pst_python *py)
{
	const struct pst_roster *r = &py->roster;

	if (r->heads.len != 2 * py->interps.len)
		return false;
	for (size_t i = 0; i < py->interps.len; i++)
		if (r->heads.at[2 * i] != py->interps.at[i].addr ||
		    r->heads.at[2 * i + 1] != head_of(py, py->interps.at[i].addr))
			return false;
	return true;
}

/* The task of thread I. */
static const struct pst_task *task_of(const struct pst_listing *lt, size_t i)
{
	const struct pst_tasks *tasks = lt->tasks;
	pid_t tid = lt->out->at[i].tid;
	size_t guess = i < lt->py->matches.len ? lt->py->matches.at[i].index : tasks->len;

	if (guess < tasks->len && tasks->at[guess].tid == tid)
		return &tasks->at[guess];
	return pst_task_by_tid(tasks, tid);
}

/* Whether it did nothing since TH was found out, and does nothing now. */
static bool slept_on(const struct pst_thread *th, const struct pst_task *task,
		     const struct pst_gil *gil)
{
	bool sleeps = th->state == PST_THREAD_IDLE || th->state == PST_THREAD_GIL_WAIT;

	return sleeps && !th->holds_gil && gil->holder != th->tstate && task->slices &&
	       task->slices == th->slices && task->state != 'R' && task->syscall >= 0;
}

/* False: the list is of no use. */
static bool update_thread(struct pst_listing *lt, const struct pst_gil *gil, size_t i)
{
	struct pst_thread *th = &lt->out->at[i];
	const struct pst_task *task = task_of(lt, i);
	struct pst_tstate t;

	th->name = NULL;
	if (!task)
		return false;
	if (slept_on(th, task, gil))
		return true;
	if (pst_tstate_read(lt->py, &lt->py->layout, th->tstate, &t) || t.interp != th->interp ||
	    t.ident != th->ident)
		return false;
	pst_listing_tell(lt, &t, task, gil, th);
	return true;
}

static bool is_listed(const struct pst_threads *threads, uint64_t tstate)
{
	for (size_t i = 0; i < threads->len; i++)
		if (threads->at[i].tstate == tstate)
			return true;
	return false;
}

static bool update_all(struct pst_listing *lt)
{
	struct pst_threads *out = lt->out;
	struct pst_gil gil = {0};
	uint64_t interp = 0;

	for (size_t i = 0; i < out->len; i++) {
		if (out->at[i].interp != interp) {
			interp = out->at[i].interp;
			pst_gil_read(lt->py, interp, &gil);
			/* Without a GIL all that are attached take part in a collection. */
			if (gil.collecting && !gil.enabled)
				return false;
			if (gil.holder && !is_listed(out, gil.holder))
				return false;
		}
		if (!update_thread(lt, &gil, i))
			return false;
	}
	return true;
}

bool pst_roster_update(struct pst_listing *lt)
{
	pst_listing_begin(lt, false);
	lt->out->again = !pst_listing_interps(lt) && !lt->out->truncated && same_heads(lt->py) &&
			 update_all(lt);
	return lt->out->again;
}
