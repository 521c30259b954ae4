// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Which thread of the system a PyThreadState belongs to. */

static int compare_tid(const void *key, const void *task)
{
	pid_t a = *(const pid_t *)key, b = ((const struct pst_task *)task)->tid;

	return a < b ? -1 : a > b;
}

const struct pst_task *pst_task_by_tid(const struct pst_tasks *tasks, pid_t tid)
{
	if (!tasks || !tid || !tasks->len)
		return NULL;
	return bsearch(&tid, tasks->at, tasks->len, sizeof tasks->at[0], compare_tid);
}

static const struct pst_task *task_by_ns(const struct pst_tasks *tasks, uint64_t ns_tid)
{
	/* Mostly the numbers there are ours. */
	const struct pst_task *same =
		ns_tid < INT32_MAX ? pst_task_by_tid(tasks, (pid_t)ns_tid) : NULL;

	if (same && (uint64_t)same->ns_tid == ns_tid)
		return same;
	for (size_t i = 0; tasks && i < tasks->len; i++) {
		if ((uint64_t)tasks->at[i].ns_tid == ns_tid)
			return &tasks->at[i];
	}
	return NULL;
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
static const struct pst_task *task_by_ident(struct pst_python *py, const struct pst_tasks *tasks,
					    uint64_t ident, uint64_t *ns_tid)
{
	struct pst_look *look = &py->look;
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
	if (py->target->ops->regs)
		n = py->target->ops->regs(py->target, &regs);
	for (size_t i = 0; i < n; i++) {
		if (regs[i].thread_pointer == ident)
			return pst_task_by_tid(tasks, regs[i].tid);
	}
	return NULL;
}

const struct pst_task *pst_task_find(struct pst_python *py, const struct pst_tasks *tasks,
				     const struct pst_tstate *t, uint64_t *ns_tid)
{
	*ns_tid = t->native;

	const struct pst_task *task = t->native ? task_by_ns(tasks, t->native) : NULL;

	return task ? task : task_by_ident(py, tasks, t->ident, ns_tid);
}

/* Whether T, a thread state, may be the one that M was made for. */
static bool is_same(const struct pst_python *py, const struct pst_match *m,
		    const struct pst_tstate *t)
{
	/* Without the system's id nothing tells one thread from the next in the same memory. */
	return m->tid && m->tstate == t->addr && m->ident == t->ident && (t->native || py->brief);
}

static bool fits(const struct pst_match *m, const struct pst_tstate *t, const struct pst_task *task)
{
	return task->tid == m->tid && (!t->native || (uint64_t)task->ns_tid == t->native);
}

static void keep_comm(struct pst_match *m, const struct pst_task *task)
{
	struct pst_buf clean = {0};

	pst_text_sanitise(&clean, task->comm, strnlen(task->comm, sizeof task->comm),
			  sizeof m->comm - 4);
	memset(m->comm, 0, sizeof m->comm);
	memcpy(m->comm, pst_buf_text(&clean), clean.len < sizeof m->comm ? clean.len : 0);
	pst_buf_free(&clean);
	memcpy(m->raw, task->comm, sizeof m->raw);
}

const struct pst_task *pst_match_task(struct pst_python *py, const struct pst_tasks *tasks,
				      const struct pst_tstate *t, size_t n, uint64_t *ns_tid,
				      const char **comm)
{
	while (py->matches.len <= n)
		(void)PST_VEC_PUSH(&py->matches);

	struct pst_match *m = &py->matches.at[n];
	const struct pst_task *task = NULL;

	if (tasks && is_same(py, m, t)) {
		task = m->index < tasks->len ? &tasks->at[m->index] : NULL;
		if (!task || !fits(m, t, task))
			task = pst_task_by_tid(tasks, m->tid);
		if (task && !fits(m, t, task))
			task = NULL;
	}
	if (!task)
		task = pst_task_find(py, tasks, t, ns_tid);
	if (!task)
		return NULL;
	m->tstate = t->addr;
	m->ident = t->ident;
	m->tid = task->tid;
	m->index = (size_t)(task - tasks->at);
	if (memcmp(m->raw, task->comm, sizeof m->raw) != 0)
		keep_comm(m, task);
	*comm = m->comm;
	return task;
}
