// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define TASKS_WANTED                                                                               \
	(PST_TASK_STAT | PST_TASK_SCHED | PST_TASK_SYSCALL | PST_TASK_COMM | PST_TASK_NS)

/* ---- threads that there are not ------------------------------------------------------------ */

/*
 * Up to 3.2 fork() leaves the states of the parent's other threads in the child (PyOS_AfterFork,
 * Modules/posixmodule.c); their stacks are copies of what the parent did, nothing runs here.
 */
static bool is_left_by_fork(struct pst_listing *lt, const struct pst_tstate *t)
{
	const struct pst_pyversion *v = &lt->py->layout.version;
	const struct pst_target_ops *ops = lt->py->target->ops;
	uint64_t ns_tid;

	if (!lt->tasks || v->major > 3 || (v->major == 3 && v->minor > 2))
		return false;
	/* it may have started since the system was asked */
	if (!lt->fresh.len && (!ops->tasks || ops->tasks(lt->py->target, PST_TASK_NS, &lt->fresh)))
		return false;
	return lt->fresh.len && !pst_task_find(lt->py, &lt->fresh, t, &ns_tid);
}

/* ---- what a thread does -------------------------------------------------------------------- */

static enum pst_thread_state state_of(struct pst_python *py, const struct pst_task *task,
				      const struct pst_gil *gil, bool holds)
{
	switch (task ? task->state : 0) {
	case 'R':
		return PST_THREAD_ACTIVE;
	case 'S':
		if (task->syscall == -1) /* woke up between two questions */
			return PST_THREAD_ACTIVE;
		if (!pst_gil_waits(py, gil, task))
			return PST_THREAD_IDLE;
		/* it has got the GIL since the system was asked */
		return holds ? PST_THREAD_ACTIVE : PST_THREAD_GIL_WAIT;
	case 'D':
	case 'I':
	case 'T':
	case 'X':
	case 'Z':
		return PST_THREAD_IDLE;
	default: /* not told, or stopped by us */
		return holds ? PST_THREAD_ACTIVE : PST_THREAD_UNKNOWN;
	}
}

/*
 * The GIL struct names its last holder; between taking it and saying so (take_gil(), ceval_gil.c)
 * the name is the former holder's, whose thread state is not attached (3.12: active) any more.
 */
static bool holds_gil(const struct pst_python *py, const struct pst_gil *gil,
		      const struct pst_tstate *t)
{
	const struct pst_layout *l = &py->layout;

	if (!gil->known || gil->holder != t->addr)
		return false;
	if (l->tstate_state >= 0 && l->state_attached >= 0)
		return t->state == l->state_attached;
	if (t->bits && l->status_bit_active >= 0)
		return t->status >> l->status_bit_active & 1;
	return true;
}

static void copy_comm(struct pst_thread *th, const struct pst_task *task)
{
	struct pst_buf clean = {0};

	pst_text_sanitise(&clean, task->comm, strnlen(task->comm, sizeof task->comm),
			  sizeof th->comm - 4);
	memcpy(th->comm, pst_buf_text(&clean), clean.len < sizeof th->comm ? clean.len : 0);
	pst_buf_free(&clean);
}

static bool is_main(struct pst_listing *lt, const struct pst_tstate *t, const struct pst_thread *th)
{
	if (t->interp != lt->py->interps.at[0].addr)
		return false;
	if (lt->py->main_ident)
		return t->ident == lt->py->main_ident;
	return th->tid && th->tid == lt->py->target->pid;
}

void pst_listing_tell(struct pst_listing *lt, const struct pst_tstate *t,
		      const struct pst_task *task, const struct pst_gil *gil, struct pst_thread *th)
{
	th->holds_gil = holds_gil(lt->py, gil, t);
	th->in_gc = gil->collecting &&
		    (gil->enabled ? th->holds_gil : t->state == lt->py->layout.state_attached);
	/* Before its thread begins, it has no number, but from 3.15 on a (shim's) frame. */
	th->frame = t->ident || t->native ? pst_tstate_frame(lt->py, t) : 0;
	if (lt->what & PST_THREADS_STATE)
		th->state = state_of(lt->py, task, gil, th->holds_gil);
	th->slices = task ? task->slices : 0;
}

static void add_thread(struct pst_listing *lt, const struct pst_tstate *t, int64_t interp_id,
		       const struct pst_gil *gil)
{
	uint64_t ns_tid = 0;
	const char *comm;
	const struct pst_task *task =
		pst_match_task(lt->py, lt->tasks, t, lt->out->len, &ns_tid, &comm);
	struct pst_thread *th;

	if (!task && is_left_by_fork(lt, t))
		return;
	th = PST_VEC_PUSH(lt->out);
	th->tstate = t->addr;
	th->interp = t->interp;
	th->interp_id = interp_id;
	th->ident = t->ident;
	th->ns_tid = (pid_t)(ns_tid < INT32_MAX ? ns_tid : 0);
	if (task) {
		th->tid = task->tid;
		th->ns_tid = task->ns_tid;
		memcpy(th->comm, comm, sizeof th->comm);
	}
	th->is_main = is_main(lt, t, th);
	pst_listing_tell(lt, t, task, gil, th);
	if (lt->what & PST_THREADS_NAMES)
		th->name = pst_thread_name(lt->py, t->interp, t->ident);
}

/* ---- the lists ----------------------------------------------------------------------------- */

/* Fills py->tstates with those of INTERP, newest first. */
static bool list_tstates(struct pst_listing *lt, uint64_t interp)
{
	const struct pst_layout *l = &lt->py->layout;
	struct pst_circle circle = {0};
	struct pst_tstate t;
	uint64_t at, before = 0;
	bool moved;

	lt->py->tstates.len = 0;
	if (pst_look_ptr(&lt->py->look, interp + (uint64_t)l->interp_tstate_head, &at))
		return false;
	for (; at; at = t.next) {
		if (lt->py->tstates.len >= PST_TSTATES_MAX ||
		    pst_circle_closes(&circle, at, &moved) || pst_tstate_read(lt->py, l, at, &t) ||
		    t.interp != interp || (l->tstate_prev >= 0 && t.prev != before))
			return false;
		*PST_VEC_PUSH(&lt->py->tstates) = t;
		before = at;
	}
	return true;
}

static enum pst_err add_interp(struct pst_listing *lt, struct pst_interp *in)
{
	const struct pst_layout *l = &lt->py->layout;
	uint64_t id = in->id;
	struct pst_gil gil;

	if (l->interp_id >= 0)
		pst_look_ptr(&lt->py->look, in->addr + (uint64_t)l->interp_id, &id);
	if (id != in->id && lt->py->brief) /* another one in its place */
		return PST_CHANGED;
	in->id = id;
	pst_gil_read(lt->py, in->addr, &gil);
	in->gil = gil.at;
	if (!list_tstates(lt, in->addr))
		lt->out->truncated = true;
	for (size_t i = lt->py->tstates.len; i > 0; i--)
		add_thread(lt, &lt->py->tstates.at[i - 1], (int64_t)id, &gil);
	return PST_OK;
}

/* Fills py->interps; the system's list is newest first. */
static enum pst_err list_interps(struct pst_listing *lt)
{
	const struct pst_layout *l = &lt->py->layout;
	struct pst_python *py = lt->py;
	struct pst_circle circle = {0};
	uint64_t at = pst_interp_head(py);
	bool moved;

	py->interps.len = 0;
	for (; at;) {
		if (py->interps.len >= PST_INTERPS_MAX || !pst_plausible(at) ||
		    pst_circle_closes(&circle, at, &moved)) {
			lt->out->truncated = true;
			break;
		}
		PST_VEC_PUSH(&py->interps)->addr = at;

		enum pst_err err = pst_look_ptr(&py->look, at + (uint64_t)l->interp_next, &at);

		if (err)
			return err;
	}
	for (size_t i = 0, j = py->interps.len; j > i + 1; i++) {
		struct pst_interp swap = py->interps.at[i];

		py->interps.at[i] = py->interps.at[--j];
		py->interps.at[j] = swap;
	}
	for (size_t i = 0; i < py->interps.len; i++)
		py->interps.at[i].id = i;
	return py->interps.len ? PST_OK : PST_NOTREADY;
}

static uint64_t main_ident(struct pst_python *py)
{
	const struct pst_layout *l = &py->layout;
	uint64_t at = py->statics.main_thread, ident;

	if (l->runtime_main_thread >= 0)
		at = py->info.runtime + (uint64_t)l->runtime_main_thread;
	return at && !pst_look_ptr(&py->look, at, &ident) ? ident : 0;
}

/*
 * One thread of the system may have a state in several interpreters; it runs the one that has the
 * GIL.
 */
static void rest_of_holders(struct pst_threads *threads)
{
	for (size_t i = 0; i < threads->len; i++) {
		const struct pst_thread *holder = &threads->at[i];

		if (!holder->holds_gil || !holder->tid)
			continue;
		for (size_t j = 0; j < threads->len; j++) {
			struct pst_thread *other = &threads->at[j];

			if (other->tid == holder->tid && !other->holds_gil)
				other->state = PST_THREAD_IDLE;
		}
	}
}

static int compare_pid(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return x < y ? -1 : x > y;
}

/* The threads of the system that have no PyThreadState. */
static void add_native(struct pst_listing *lt)
{
	static const struct pst_gil no_gil;
	PST_VEC(pid_t) known = {0};

	for (size_t i = 0; i < lt->out->len; i++)
		*PST_VEC_PUSH(&known) = lt->out->at[i].tid;
	if (known.len)
		qsort(known.at, known.len, sizeof known.at[0], compare_pid);
	for (size_t i = 0; i < lt->tasks->len; i++) {
		const struct pst_task *task = &lt->tasks->at[i];

		if (known.len &&
		    bsearch(&task->tid, known.at, known.len, sizeof known.at[0], compare_pid))
			continue;

		struct pst_thread *th = PST_VEC_PUSH(lt->out);

		th->tid = task->tid;
		th->ns_tid = task->ns_tid;
		copy_comm(th, task);
		if (lt->what & PST_THREADS_STATE)
			th->state = state_of(lt->py, task, &no_gil, false);
	}
	PST_VEC_FREE(&known);
}

/* The system's word, asked here when the caller did not. */
static const struct pst_tasks *get_tasks(struct pst_python *py, unsigned what,
					 const struct pst_tasks *tasks)
{
	if (tasks || !(what & (PST_THREADS_STATE | PST_THREADS_NATIVE)))
		return tasks;
	if (!py->target->ops->tasks || py->target->ops->tasks(py->target, TASKS_WANTED, &py->tasks))
		return NULL;
	return &py->tasks;
}

void pst_listing_begin(const struct pst_listing *lt, bool list)
{
	enum pst_look_kind kind = list ? PST_LOOK_LIST : PST_LOOK_FULL;
	struct pst_python *py = lt->py;

	py->brief = lt->what & PST_THREADS_BRIEF && py->interps.len;
	if (lt->what & PST_THREADS_NAMES)
		kind = PST_LOOK_NAMES;
	else if (py->brief && !list)
		kind = PST_LOOK_BRIEF;
	if (lt->what & PST_THREADS_PREDICT)
		pst_look_predict(&py->look, kind, true, lt->what & PST_THREADS_TWICE);
	else
		pst_look_begin(&py->look);
}

enum pst_err pst_listing_interps(struct pst_listing *lt)
{
	enum pst_err err = PST_OK;

	if (!lt->py->brief) {
		err = list_interps(lt);
		lt->py->main_ident = main_ident(lt->py);
	}
	return err;
}

static enum pst_err list_all(struct pst_listing *lt)
{
	struct pst_python *py = lt->py;
	uint64_t start = pst_now_ns();
	bool many = lt->what & PST_THREADS_AGAIN && lt->out->len >= PST_ROSTER_MIN;

	lt->out->len = 0;
	lt->out->truncated = lt->out->again = false;
	pst_listing_begin(lt, many);
	enum pst_err err = pst_listing_interps(lt);
	for (size_t i = 0; !err && i < py->interps.len; i++)
		err = add_interp(lt, &py->interps.at[i]);
	if (err)
		return err;
	pst_roster_keep(lt, start);
	if (lt->what & PST_THREADS_NATIVE && lt->tasks)
		add_native(lt);
	return PST_OK;
}

enum pst_err pst_python_threads(struct pst_python *py, unsigned what, const struct pst_tasks *tasks,
				struct pst_threads *out)
{
	struct pst_listing lt = {
		.py = py, .out = out, .what = what, .tasks = get_tasks(py, what, tasks)};
	enum pst_err err = PST_OK;

	py->walked = 0;
	if (!pst_roster_is_good(&lt) || !pst_roster_update(&lt))
		err = list_all(&lt);
	py->brief = false;
	if (err)
		py->interps.len = 0; /* not to be relied upon */
	else if (py->interps.len > 1 && (what & PST_THREADS_STATE))
		rest_of_holders(out);
	pst_tasks_free(&lt.fresh);
	if (err == PST_FAULT && py->target->ops->check && py->target->ops->check(py->target))
		return PST_GONE;
	return err;
}

void pst_python_thread_state(struct pst_python *py, const struct pst_task *task,
			     struct pst_thread *th)
{
	struct pst_gil gil;

	pst_gil_read(py, th->interp, &gil);
	th->state = state_of(py, task, &gil, th->holds_gil);
}

void pst_threads_free(struct pst_threads *threads)
{
	PST_VEC_FREE(threads);
}
