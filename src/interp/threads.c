// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define TSTATE_HEAD 2048 /* bytes of a PyThreadState that are read at most */
#define TASKS_WANTED                                                                               \
	(PST_TASK_STAT | PST_TASK_SCHED | PST_TASK_SYSCALL | PST_TASK_COMM | PST_TASK_NS)

struct look_threads {
	struct pst_python *py;
	const struct pst_tasks *tasks; /* NULL: not asked */
	struct pst_threads *out;
	unsigned what;
	uint64_t main_ident;	   /* 0: not known */
	PST_VEC(uint64_t) interps; /* oldest first */
	struct pst_tasks fresh;	   /* asked again */
};

/* ---- thread states ----------------------------------------------------------------------- */

static size_t tstate_head(const struct pst_layout *l)
{
	const int32_t fields[] = {l->tstate_prev,      l->tstate_next,
				  l->tstate_interp,    l->tstate_frame,
				  l->tstate_cframe,    l->tstate_current_frame,
				  l->tstate_thread_id, l->tstate_native_thread_id,
				  l->tstate_status,    l->tstate_state};
	size_t size = 0;

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		if (fields[i] >= 0 && (size_t)fields[i] + 8 > size)
			size = (size_t)fields[i] + 8;
	}
	return size < TSTATE_HEAD ? size : TSTATE_HEAD;
}

enum pst_err pst_tstate_read(struct pst_python *py, const struct pst_layout *l, uint64_t addr,
			     struct pst_tstate *out)
{
	uint8_t head[TSTATE_HEAD];
	size_t size = tstate_head(l);

	*out = (struct pst_tstate){.addr = addr};
	if (!pst_plausible(addr))
		return PST_CORRUPT;

	enum pst_err err = pst_look_read(&py->look, addr, head, size);

	if (err)
		return err;
	out->prev = pst_field_u64(head, size, l->tstate_prev);
	out->next = pst_field_u64(head, size, l->tstate_next);
	out->interp = pst_field_u64(head, size, l->tstate_interp);
	out->ident = pst_field_u64(head, size, l->tstate_thread_id);
	out->native = pst_field_u64(head, size, l->tstate_native_thread_id);
	out->cframe = pst_field_u64(head, size, l->tstate_cframe);
	out->frame = pst_field_u64(head, size,
				   l->tstate_current_frame >= 0 ? l->tstate_current_frame
								: l->tstate_frame);
	out->bits = l->tstate_status >= 0;
	out->status = (uint32_t)pst_field_i32(head, size, l->tstate_status);
	out->state = pst_field_i32(head, size, l->tstate_state);
	return PST_OK;
}

uint64_t pst_tstate_frame(struct pst_python *py, const struct pst_tstate *t)
{
	const struct pst_layout *l = &py->layout;
	uint64_t frame;

	/* 3.11, 3.12: one more step, through the C frame of the running evaluation loop */
	if (l->tstate_cframe < 0 || l->cframe_current_frame < 0)
		return t->frame;
	if (!pst_plausible(t->cframe) ||
	    pst_look_ptr(&py->look, t->cframe + (uint64_t)l->cframe_current_frame, &frame))
		return 0;
	return frame;
}

static bool word_again(struct pst_python *py, uint64_t base, int32_t off, uint64_t *out)
{
	const uint8_t *p = pst_plausible(base)
				   ? pst_look_peek_again(&py->look, base + (uint64_t)off, 8)
				   : NULL;

	if (p)
		memcpy(out, p, sizeof *out);
	return p != NULL;
}

bool pst_tstate_frame_again(struct pst_python *py, uint64_t addr, uint64_t *out)
{
	const struct pst_layout *l = &py->layout;
	uint64_t cframe;

	if (l->tstate_cframe >= 0 && l->cframe_current_frame >= 0)
		return word_again(py, addr, l->tstate_cframe, &cframe) &&
		       word_again(py, cframe, l->cframe_current_frame, out);
	return word_again(py, addr,
			  l->tstate_current_frame >= 0 ? l->tstate_current_frame : l->tstate_frame,
			  out);
}

/* ---- ids of the system -------------------------------------------------------------------- */

static const struct pst_task *task_by_ns(const struct pst_tasks *tasks, uint64_t ns_tid)
{
	for (size_t i = 0; tasks && i < tasks->len; i++) {
		if ((uint64_t)tasks->at[i].ns_tid == ns_tid)
			return &tasks->at[i];
	}
	return NULL;
}

static int compare_tid(const void *key, const void *task)
{
	pid_t a = *(const pid_t *)key, b = ((const struct pst_task *)task)->tid;

	return a < b ? -1 : a > b;
}

static const struct pst_task *task_by_tid(const struct pst_tasks *tasks, pid_t tid)
{
	if (!tasks || !tid || !tasks->len)
		return NULL;
	return bsearch(&tid, tasks->at, tasks->len, sizeof tasks->at[0], compare_tid);
}

/* Where the C library keeps the thread's id in the struct that pthread_self() points to (x86-64).
 */
static const struct libc {
	uint16_t self, tid;
} libcs[] = {
	{16, 720}, /* glibc: tcbhead_t.self, struct pthread.tid */
	{0, 48},   /* musl 1.2: struct pthread.self, .tid */
	{0, 56},   /* musl 1.1 */
};

/* *NS_TID: the number that the C library knows, also where no task has it (yet); else unchanged. */
static const struct pst_task *task_by_ident(struct look_threads *lt, const struct pst_tasks *tasks,
					    uint64_t ident, uint64_t *ns_tid)
{
	struct pst_look *look = &lt->py->look;
	const struct pst_regs *regs;
	size_t n = 0;

	if (!pst_plausible(ident))
		return NULL;
	for (size_t i = 0; i < sizeof libcs / sizeof libcs[0]; i++) {
		uint64_t self;
		int32_t tid;

		if (pst_look_ptr(look, ident + libcs[i].self, &self) || self != ident ||
		    pst_look_i32(look, ident + libcs[i].tid, &tid) || tid <= 0)
			continue;

		const struct pst_task *task = task_by_ns(tasks, (uint64_t)tid);

		if (task)
			return task;
		if (!*ns_tid)
			*ns_tid = (uint64_t)tid;
	}
	if (lt->py->target->ops->regs)
		n = lt->py->target->ops->regs(lt->py->target, &regs);
	for (size_t i = 0; i < n; i++) {
		if (regs[i].thread_pointer == ident)
			return task_by_tid(tasks, regs[i].tid);
	}
	return NULL;
}

static const struct pst_task *find_task(struct look_threads *lt, const struct pst_tasks *tasks,
					const struct pst_tstate *t, uint64_t *ns_tid)
{
	*ns_tid = t->native;

	const struct pst_task *task = t->native ? task_by_ns(tasks, t->native) : NULL;

	return task ? task : task_by_ident(lt, tasks, t->ident, ns_tid);
}

/*
 * Up to 3.2 fork() leaves the states of the parent's other threads in the child (PyOS_AfterFork,
 * Modules/posixmodule.c); their stacks are copies of what the parent did, nothing runs here.
 */
static bool is_left_by_fork(struct look_threads *lt, const struct pst_tstate *t)
{
	const struct pst_pyversion *v = &lt->py->layout.version;
	const struct pst_target_ops *ops = lt->py->target->ops;
	uint64_t ns_tid;

	if (!lt->tasks || v->major > 3 || (v->major == 3 && v->minor > 2))
		return false;
	/* it may have started since the system was asked */
	if (!lt->fresh.len && (!ops->tasks || ops->tasks(lt->py->target, PST_TASK_NS, &lt->fresh)))
		return false;
	return lt->fresh.len && !find_task(lt, &lt->fresh, t, &ns_tid);
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

static bool is_main(struct look_threads *lt, const struct pst_tstate *t,
		    const struct pst_thread *th)
{
	if (t->interp != lt->interps.at[0])
		return false;
	if (lt->main_ident)
		return t->ident == lt->main_ident;
	return th->tid && th->tid == lt->py->target->pid;
}

static void add_thread(struct look_threads *lt, const struct pst_tstate *t, int64_t interp_id,
		       const struct pst_gil *gil)
{
	uint64_t ns_tid;
	const struct pst_task *task = find_task(lt, lt->tasks, t, &ns_tid);
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
		copy_comm(th, task);
	}
	th->is_main = is_main(lt, t, th);
	th->holds_gil = holds_gil(lt->py, gil, t);
	th->in_gc = gil->collecting &&
		    (gil->enabled ? th->holds_gil : t->state == lt->py->layout.state_attached);
	/* Before its thread begins, it has no number, but from 3.15 on a (shim's) frame. */
	th->frame = t->ident || t->native ? pst_tstate_frame(lt->py, t) : 0;
	if (lt->what & PST_THREADS_STATE)
		th->state = state_of(lt->py, task, gil, th->holds_gil);
	if (lt->what & PST_THREADS_NAMES)
		th->name = pst_thread_name(lt->py, t->interp, t->ident);
}

/* ---- the lists ----------------------------------------------------------------------------- */

typedef PST_VEC(struct pst_tstate) tstates_vec;

/* The thread states of INTERP, newest first. */
static bool list_tstates(struct look_threads *lt, uint64_t interp, tstates_vec *list)
{
	const struct pst_layout *l = &lt->py->layout;
	struct pst_circle circle = {0};
	struct pst_tstate t;
	uint64_t at, before = 0;
	bool moved;

	if (pst_look_ptr(&lt->py->look, interp + (uint64_t)l->interp_tstate_head, &at))
		return false;
	for (; at; at = t.next) {
		if (list->len >= PST_TSTATES_MAX || pst_circle_closes(&circle, at, &moved) ||
		    pst_tstate_read(lt->py, l, at, &t) || t.interp != interp ||
		    (l->tstate_prev >= 0 && t.prev != before))
			return false;
		*PST_VEC_PUSH(list) = t;
		before = at;
	}
	return true;
}

static void add_interp(struct look_threads *lt, uint64_t interp, size_t index)
{
	const struct pst_layout *l = &lt->py->layout;
	tstates_vec list = {0};
	struct pst_gil gil;
	uint64_t id = index;

	pst_gil_read(lt->py, interp, &gil);
	if (l->interp_id >= 0)
		pst_look_ptr(&lt->py->look, interp + (uint64_t)l->interp_id, &id);
	if (!list_tstates(lt, interp, &list))
		lt->out->truncated = true;
	for (size_t i = list.len; i > 0; i--)
		add_thread(lt, &list.at[i - 1], (int64_t)id, &gil);
	PST_VEC_FREE(&list);
}

/* Fills lt->interps; the system's list is newest first. */
static enum pst_err list_interps(struct look_threads *lt)
{
	const struct pst_layout *l = &lt->py->layout;
	struct pst_circle circle = {0};
	uint64_t at = pst_interp_head(lt->py);
	bool moved;

	for (; at;) {
		if (lt->interps.len >= PST_INTERPS_MAX || !pst_plausible(at) ||
		    pst_circle_closes(&circle, at, &moved)) {
			lt->out->truncated = true;
			break;
		}
		*PST_VEC_PUSH(&lt->interps) = at;

		enum pst_err err = pst_look_ptr(&lt->py->look, at + (uint64_t)l->interp_next, &at);

		if (err)
			return err;
	}
	for (size_t i = 0, j = lt->interps.len; j > i + 1; i++) {
		uint64_t swap = lt->interps.at[i];

		lt->interps.at[i] = lt->interps.at[--j];
		lt->interps.at[j] = swap;
	}
	return lt->interps.len ? PST_OK : PST_NOTREADY;
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
static void add_native(struct look_threads *lt)
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

enum pst_err pst_python_threads(struct pst_python *py, unsigned what, const struct pst_tasks *tasks,
				struct pst_threads *out)
{
	struct look_threads lt = {
		.py = py, .out = out, .what = what, .tasks = get_tasks(py, what, tasks)};
	enum pst_err err;

	out->len = 0;
	out->truncated = false;
	if (what & PST_THREADS_PREDICT)
		pst_look_predict(&py->look,
				 what & PST_THREADS_NAMES ? PST_LOOK_NAMES : PST_LOOK_PLAIN, true,
				 what & PST_THREADS_TWICE);
	else
		pst_look_begin(&py->look);
	err = list_interps(&lt);
	if (!err) {
		lt.main_ident = main_ident(py);
		for (size_t i = 0; i < lt.interps.len; i++)
			add_interp(&lt, lt.interps.at[i], i);
		if (lt.interps.len > 1 && (what & PST_THREADS_STATE))
			rest_of_holders(out);
		if ((what & PST_THREADS_NATIVE) && lt.tasks)
			add_native(&lt);
	}
	PST_VEC_FREE(&lt.interps);
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

/* ---- a second opinion ----------------------------------------------------------------------- */

#define PAUSE_NS 200000 /* more than what being paused once costs a sleeping thread itself */

static bool has_used_cpu(pid_t tid, const struct pst_tasks *before, const struct pst_tasks *after)
{
	const struct pst_task *a = task_by_tid(before, tid), *b = task_by_tid(after, tid);

	return a && b && b->cpu_ns > a->cpu_ns + PAUSE_NS;
}

/* Functions that do nothing but wait, by the end of their file's name. */
static const struct {
	const char *file, *name;
} waits[] = {
	{"threading.py", "wait"},	{"threading.py", "_wait_for_tstate_lock"},
	{"selectors.py", "select"},	{"asyncore.py", "poll"},
	{"subprocess.py", "_try_wait"}, {"popen_fork.py", "poll"},
};

static bool is_waiting(struct pst_python *py, const struct pst_stack *stack)
{
	const struct pst_code *code;

	if (!stack->len || stack->at[0].is_shim ||
	    pst_python_code(py, stack->at[0].code, false, &code))
		return false;

	size_t len = strlen(code->filename);

	for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
		size_t n = strlen(waits[i].file);

		if (len > n && code->filename[len - n - 1] == '/' &&
		    strcmp(code->filename + len - n, waits[i].file) == 0 &&
		    strcmp(code->name, waits[i].name) == 0)
			return true;
	}
	return false;
}

void pst_threads_judge(struct pst_threads *threads, const struct pst_tasks *before,
		       const struct pst_tasks *after, struct pst_python *py,
		       const struct pst_stack *stacks)
{
	for (size_t i = 0; i < threads->len; i++) {
		struct pst_thread *th = &threads->at[i];

		if (th->state == PST_THREAD_IDLE && has_used_cpu(th->tid, before, after))
			th->state = PST_THREAD_ACTIVE;
		else if (th->state == PST_THREAD_UNKNOWN && stacks && is_waiting(py, &stacks[i]))
			th->state = PST_THREAD_IDLE;
	}
}
