// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/inspect.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "base/text.h"
#include "sampler/priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIES		 6
#define PAUSE_TIMEOUT_NS UINT64_C(100000000)
#define YIELD_NS	 UINT64_C(20000) /* what stood between two states gets so long to get on */
#define REST_FACTS	 (PST_TASK_SCHED | PST_TASK_SYSCALL)
#define LIST_FACTS	 (PST_TASK_NS | PST_TASK_COMM)

/* How much is held. */
enum level {
	LEVEL_NONE,   /* nothing: unproved */
	LEVEL_NEEDED, /* the holder of the GIL, or who is awake */
	LEVEL_PYTHON, /* all threads of the interpreter */
	LEVEL_ALL,    /* all of the process */
};

struct job {
	struct pst_sampler *s;
	struct pst_inspector *i;
	const struct pst_inspect_request *r;
	struct pst_inspection *in;
	const struct pst_code **codes; /* of in->frames */
	enum level level;
	size_t thread; /* index of the one that is asked for */
};

/* ---- the thread --------------------------------------------------------------------------- */

/* Of a thread with a state in several interpreters the one that runs. */
static bool find_thread(struct job *j)
{
	const struct pst_threads *threads = &j->i->threads;
	size_t found = threads->len;

	for (size_t i = 0; i < threads->len; i++) {
		const struct pst_thread *th = &threads->at[i];
		bool same = j->r->tid > 0 && th->tid ? th->tid == j->r->tid
						     : j->r->ident && th->ident == j->r->ident;
		if (same && (found == threads->len || (th->frame && !threads->at[found].frame) ||
			     th->holds_gil))
			found = i;
	}
	j->thread = found;
	return found < threads->len;
}

static bool all_known(const struct pst_threads *threads)
{
	for (size_t i = 0; i < threads->len; i++)
		if (!threads->at[i].tid)
			return false;
	return threads->len > 0;
}

/* Lists the threads; FRESH: the system is asked for them anew. */
static enum pst_err list(struct job *j, bool fresh)
{
	struct pst_sampler *s = j->s;
	const struct pst_tasks *tasks = &s->tasks;

	if (fresh) {
		pst_tasks_free(&j->i->tasks);
		enum pst_err err = s->target->ops->tasks(s->target, LIST_FACTS, &j->i->tasks);
		if (err)
			return err;
	}
	if (j->i->tasks.len)
		tasks = &j->i->tasks;
	return pst_python_threads(s->py, 0, tasks, &j->i->threads);
}

static enum pst_err list_and_find(struct job *j)
{
	pst_tasks_free(&j->i->tasks);
	enum pst_err err = list(j, !j->s->tasks.len);

	if (err)
		return err;
	if ((!find_thread(j) || !all_known(&j->i->threads)) && !j->i->tasks.len)
		err = list(j, true);
	if (err)
		return err;
	return find_thread(j) ? PST_OK : PST_NOTFOUND;
}

/* ---- holding ------------------------------------------------------------------------------ */

static bool is_free_threaded(const struct job *j)
{
	return pst_python_info(j->s->py)->flags & PST_PY_FREE_THREADED;
}

/* Whether OTHER may change what the thread that is asked for looks at: it is of its interpreter. */
static bool concerns(const struct job *j, const struct pst_thread *other)
{
	const struct pst_pyversion *v = &pst_python_info(j->s->py)->version;

	return other->interp == j->i->threads.at[j->thread].interp || v->major < 3 ||
	       (v->major == 3 && v->minor < 12);
}

/* Who has the GIL that the thread needs; NULL: nobody, or there is none. */
static const struct pst_thread *holder_of(const struct job *j)
{
	const struct pst_threads *threads = &j->i->threads;

	for (size_t i = 0; !is_free_threaded(j) && i < threads->len; i++)
		if (threads->at[i].holds_gil && concerns(j, &threads->at[i]))
			return &threads->at[i];
	return NULL;
}

static bool rests(struct job *j, pid_t tid)
{
	struct pst_target *t = j->s->target;
	struct pst_task now = {.tid = tid};

	if (!t->ops->task || t->ops->task(t, REST_FACTS, &now) || !pst_task_sleeps(&now) ||
	    !now.slices)
		return false;
	*PST_VEC_PUSH(&j->i->sleepers) = now;
	return true;
}

/* False: the number of a thread is not known, so that all must be held. */
static bool choose(struct job *j)
{
	const struct pst_thread *holder = holder_of(j);
	const struct pst_threads *threads = &j->i->threads;

	j->i->hold.len = 0;
	j->i->sleepers.len = 0;
	if (j->level == LEVEL_NEEDED && holder && holder->tid) {
		*PST_VEC_PUSH(&j->i->hold) = holder->tid;
		return true;
	}
	for (size_t i = 0; i < threads->len; i++) {
		const struct pst_thread *th = &threads->at[i];
		if (!concerns(j, th))
			continue;
		if (!th->tid)
			return false;
		if (j->level == LEVEL_NEEDED && rests(j, th->tid))
			continue;
		*PST_VEC_PUSH(&j->i->hold) = th->tid;
	}
	pst_pids_sort(&j->i->hold);
	size_t n = 0; /* a thread may be in several interpreters */
	for (size_t i = 0; i < j->i->hold.len; i++)
		if (!n || j->i->hold.at[n - 1] != j->i->hold.at[i])
			j->i->hold.at[n++] = j->i->hold.at[i];
	j->i->hold.len = n;
	return true;
}

static enum pst_err hold(struct job *j, struct pst_why *why)
{
	struct pst_target *t = j->s->target;
	bool some = j->level < LEVEL_ALL && choose(j);

	if (!some) {
		j->level = LEVEL_ALL;
		j->i->sleepers.len = 0;
	}
	if (some && !j->i->hold.len)
		return PST_OK;
	return t->ops->pause(t, some ? j->i->hold.at : NULL, some ? j->i->hold.len : 0,
			     PAUSE_TIMEOUT_NS, why);
}

static bool has_task(const struct pst_tasks *tasks, pid_t tid)
{
	for (size_t i = 0; i < tasks->len; i++)
		if (tasks->at[i].tid == tid)
			return true;
	return false;
}

/* After the list was read under the hold: whether it is of the right ones. */
static bool holds_enough(const struct job *j)
{
	const struct pst_threads *threads = &j->i->threads;
	const struct pst_thread *holder = holder_of(j);

	if (j->level == LEVEL_ALL)
		return true;
	if (holder && pst_pids_have(&j->i->hold, holder->tid))
		return true;
	for (size_t i = 0; i < threads->len; i++) {
		pid_t tid = threads->at[i].tid;
		if (concerns(j, &threads->at[i]) && !pst_pids_have(&j->i->hold, tid) &&
		    !has_task(&j->i->sleepers, tid))
			return false;
	}
	return true;
}

/* None of those that were let sleep has run since. */
static bool slept_on(const struct job *j)
{
	struct pst_target *t = j->s->target;

	for (size_t i = 0; i < j->i->sleepers.len; i++) {
		const struct pst_task *before = &j->i->sleepers.at[i];
		struct pst_task now = {.tid = before->tid};
		if (t->ops->task(t, PST_TASK_SCHED, &now) || now.slices != before->slices ||
		    now.cpu_ns != before->cpu_ns)
			return false;
	}
	return true;
}

/* ---- the stack ---------------------------------------------------------------------------- */

static enum pst_err walk(struct job *j)
{
	struct pst_python *py = j->s->py;
	const struct pst_thread *th = &j->i->threads.at[j->thread];
	struct pst_stack *stack = &j->i->stack;
	unsigned shims = j->s->opt.shims ? PST_STACK_SHIMS : 0u;

	if (j->level == LEVEL_NONE) {
		enum pst_err err = pst_python_stack(py, th, shims, &j->i->second);
		if (!err)
			err = pst_python_stack(py, th, shims, stack);
		if (err)
			return err;
		return stack->broken || !pst_stack_same(stack, &j->i->second) ? PST_CHANGED
									      : PST_OK;
	}
	enum pst_err err =
		pst_python_stack(py, th, shims | PST_STACK_PAUSED | PST_STACK_VERIFY, stack);
	return !err && stack->broken ? PST_CHANGED : err;
}

static char *copy(const char *text)
{
	return pst_strdup(text ? text : "");
}

static void read_frame(struct job *j, const struct pst_pyframe *raw, struct pst_inspect_frame *out,
		       const struct pst_code **code)
{
	struct pst_position at = {0};

	out->is_entry = raw->is_entry;
	*code = NULL;
	if (raw->is_shim || pst_python_code(j->s->py, raw->code, true, code)) {
		out->name = copy(raw->is_shim ? "<interpreter>" : "?");
		return;
	}
	out->name = copy((*code)->qualname ? (*code)->qualname : (*code)->name);
	out->full_file = copy((*code)->filename);
	out->first_line = (*code)->first_line;
	if (!pst_code_position(j->s->py, *code, raw->lasti, &at))
		out->line = at.line;
	if (raw->line > 0)
		out->line = raw->line;
}

static void read_frames(struct job *j)
{
	const struct pst_stack *stack = &j->i->stack;
	struct pst_inspection *in = j->in;
	size_t n = stack->len < PST_INSPECT_FRAMES_MAX ? stack->len : PST_INSPECT_FRAMES_MAX;

	in->truncated = stack->truncated || n < stack->len;
	in->frames = pst_calloc(n ? n : 1, sizeof *in->frames);
	j->codes = pst_calloc(n ? n : 1, sizeof *j->codes);
	in->frames_len = n;
	for (size_t i = 0; i < n; i++)
		read_frame(j, &stack->at[i], &in->frames[i], &j->codes[i]);
}

/* Looks at the file system: not while something is held. */
static void finish_frames(struct job *j)
{
	for (size_t i = 0; i < j->in->frames_len; i++) {
		struct pst_inspect_frame *f = &j->in->frames[i];
		const struct pst_code *code = j->codes[i];
		const char *full = f->full_file ? f->full_file : "";
		bool whole = !code || j->s->opt.full_filenames;
		f->file = copy(whole ? full : pst_python_short_filename(j->s->py, code));
		if (!f->full_file)
			f->full_file = copy("");
	}
}

static size_t wanted_frame(const struct job *j)
{
	const struct pst_inspection *in = j->in;
	const struct pst_inspect_request *r = j->r;
	size_t i = r->frame == SIZE_MAX ? 0 : in->frames_len - 1 - r->frame;

	if (i >= in->frames_len || !j->codes[i])
		return SIZE_MAX;
	if (*r->func && strcmp(r->func, in->frames[i].name) != 0 &&
	    strcmp(r->func, j->codes[i]->name) != 0)
		return SIZE_MAX;
	return i;
}

/* ---- one try ------------------------------------------------------------------------------ */

static void clear(struct job *j)
{
	struct pst_inspection *in = j->in, fresh = {
						   .serial = j->r->serial,
						   .thread = j->r->thread,
						   .pause_ns = in ? in->pause_ns : 0,
						   .frame = SIZE_MAX,
					   };

	pst_inspection_free(in);
	free(j->codes);
	j->codes = NULL;
	j->in = pst_calloc(1, sizeof *j->in);
	*j->in = fresh;
}

static enum pst_err read_all(struct job *j)
{
	enum pst_err err = walk(j);

	j->in->time_ns = pst_now_ns();
	if (err)
		return err;
	read_frames(j);
	j->in->frame = j->r->values ? wanted_frame(j) : SIZE_MAX;
	if (j->in->frame != SIZE_MAX)
		pst_inspect_rows(j->s->py, &j->i->stack.at[j->in->frame], j->r,
				 j->in->time_ns + PST_INSPECT_PAUSE_NS, j->in);
	return PST_OK;
}

static void let_go(struct job *j)
{
	struct pst_sampler *s = j->s;
	uint64_t held = s->target->ops->resume ? s->target->ops->resume(s->target) : 0;

	j->in->pause_ns += held;
	if (held) {
		s->lead->counts.pauses++;
		s->lead->counts.held_ns += held;
	}
}

/* CHANGED, CORRUPT, FAULT: may be better the next time. */
static enum pst_err try_held(struct job *j, struct pst_why *why)
{
	enum pst_err err = hold(j, why);

	if (err)
		return err;
	j->s->lead->counts.stopped += j->s->target->ops->held(j->s->target);
	/* What was listed before is of another moment. */
	err = list(j, false);
	if (!err && !find_thread(j))
		err = PST_NOTFOUND;
	if (!err && !holds_enough(j))
		err = PST_CHANGED;
	if (!err)
		err = read_all(j);
	let_go(j);
	if (!err && !slept_on(j))
		err = PST_CHANGED;
	j->in->proved = !err;
	return err;
}

static enum pst_err try_once(struct job *j, struct pst_why *why)
{
	clear(j);
	enum pst_err err = list_and_find(j);
	if (err)
		return err;
	return j->level == LEVEL_NONE ? read_all(j) : try_held(j, why);
}

static bool may_retry(enum pst_err err)
{
	return err == PST_CHANGED || err == PST_CORRUPT || err == PST_FAULT;
}

/* What changes all the time is held better each time; what cannot be held is read as it is. */
static enum pst_err try_all(struct job *j, struct pst_why *why)
{
	const enum level levels[TRIES] = {LEVEL_NEEDED, LEVEL_NEEDED, LEVEL_NEEDED,
					  LEVEL_PYTHON, LEVEL_PYTHON, LEVEL_ALL};
	bool held = j->s->opt.sampling != PST_SAMPLING_FREE && j->s->target->ops->pause;
	enum pst_err err = PST_OK;

	for (int try = 0; try < TRIES; try++) {
		j->level = held ? levels[try] : LEVEL_NONE;
		err = try_once(j, why);
		if (held && (err == PST_PERM || err == PST_TIMEOUT)) {
			held = false;
			continue;
		}
		if (!may_retry(err))
			break;
		pst_shot_doubt(j->s);
		pst_sleep_until_ns(pst_now_ns() + YIELD_NS);
	}
	return err;
}

/* ---- the answer --------------------------------------------------------------------------- */

/* As much of TEXT as there is room for, on one line. */
static void put_why(struct pst_inspection *in, const char *text)
{
	int cells;
	size_t n = 0, len = strlen(text);

	while (n < len) {
		size_t step = pst_text_cluster(text + n, len - n, &cells);
		if (!step || n + step >= sizeof in->why)
			break;
		n += step;
	}
	memcpy(in->why, text, n);
	in->why[n] = '\0';
	for (char *p = in->why; *p; p++)
		if (*p == '\n')
			*p = ' ';
}

static void explain(struct job *j, enum pst_err err)
{
	struct pst_why why = {0};

	if (err == PST_GONE && j->s->crew)
		pst_why_set(&why, err, 0, _("The process of thread %lld exited."),
			    (long long)j->r->tid);
	else if (err == PST_GONE)
		pst_why_set(&why, err, 0, _("Process %d exited."), (int)j->s->opt.pid);
	else if (err == PST_NOTFOUND)
		pst_why_set(&why, err, 0, _("Thread %lld has ended, or runs no Python any more."),
			    (long long)j->r->tid);
	else
		pst_why_set(&why, err, 0, _("The stack of thread %lld cannot be read: %s."),
			    (long long)j->r->tid, pst_err_text(err));
	put_why(j->in, why.what);
}

struct pst_inspection *pst_inspect_answer(struct pst_sampler *s,
					  const struct pst_inspect_request *r)
{
	struct job j = {.s = s, .i = &s->inspector, .r = r};
	struct pst_why why = {0};
	uint64_t pause_ns;
	enum pst_err err = try_all(&j, &why);

	if (err && err != PST_NOTFOUND && s->target->ops->check(s->target))
		err = PST_GONE;
	if (!err)
		finish_frames(&j);
	pause_ns = j.in->pause_ns;
	if (err) {
		clear(&j);
		explain(&j, err);
	} else if (*why.what && !j.in->proved) {
		put_why(j.in, why.what);
	}
	/* Nothing of it may be kept for the looks. */
	if (!err && !j.in->proved)
		pst_shot_doubt(s);
	free(j.codes);
	j.in->pause_ns = pause_ns;
	j.in->err = err;
	return j.in;
}

struct pst_inspection *pst_inspect_gone(struct pst_sampler *s, const struct pst_inspect_request *r)
{
	struct job j = {.s = s, .r = r};

	clear(&j);
	explain(&j, PST_GONE);
	j.in->err = PST_GONE;
	return j.in;
}

void pst_inspector_free(struct pst_inspector *i)
{
	pst_threads_free(&i->threads);
	pst_tasks_free(&i->tasks);
	pst_stack_free(&i->stack);
	pst_stack_free(&i->second);
	pst_pids_free(&i->hold);
	PST_VEC_FREE(&i->sleepers);
}
