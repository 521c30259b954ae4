// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#define SYS_FUTEX 202		/* x86-64 */
#define SYS_RESTART_SYSCALL 219 /* what a timed wait goes on as after a pause; same registers */
/* What a timed wait becomes after a ptrace stop (restart_syscall); its registers stay as they were.
 */
#define SYS_RESTART 219
#define SEM_SIZE    32 /* sizeof(sem_t), glibc */

static uint64_t word_at(struct pst_python *py, uint64_t base, int32_t off)
{
	uint64_t v;

	if (!base || off < 0 || pst_look_ptr(&py->look, base + (uint64_t)off, &v))
		return 0;
	return v;
}

static int32_t int_at(struct pst_python *py, uint64_t base, int32_t off)
{
	int32_t v;

	if (!base || off < 0 || pst_look_i32(&py->look, base + (uint64_t)off, &v))
		return 0;
	return v;
}

static void add_wait(struct pst_gil *gil, size_t i, uint64_t base, int32_t off, int32_t size)
{
	if (!base || off < 0)
		return;
	gil->wait[i][0] = base + (uint64_t)off;
	gil->wait[i][1] = gil->wait[i][0] + (uint64_t)(size > 0 ? size : 48);
}

/* Where waiters of the struct _gil_runtime_state at BASE sleep. */
static void add_waits(struct pst_gil *gil, const struct pst_layout *l, uint64_t base)
{
	add_wait(gil, 0, base, l->gil_cond, l->gil_cond_size);
	add_wait(gil, 1, base, l->gil_mutex, l->gil_mutex_size);
	/* who gave it away and waits until somebody else has it wants it back */
	add_wait(gil, 2, base, l->gil_switch_cond, l->gil_cond_size);
	add_wait(gil, 3, base, l->gil_switch_mutex, l->gil_mutex_size);
}

/* Up to 3.6 the GIL is made of static variables (Python/pystate.c, ceval_gil.h; sem_t up to 3.1).
 */
static void read_statics(struct pst_python *py, struct pst_gil *out)
{
	const struct pst_statics *s = &py->statics;
	const struct pst_layout *l = &py->layout;

	out->known = s->tstate_current != 0;
	out->holder = word_at(py, s->tstate_current, 0);
	add_wait(out, 0, s->gil_cond, s->gil_cond ? 0 : -1, l->gil_cond_size);
	add_wait(out, 1, s->gil_mutex, s->gil_mutex ? 0 : -1, l->gil_mutex_size);
	add_wait(out, 2, s->switch_cond, s->switch_cond ? 0 : -1, l->gil_cond_size);
	add_wait(out, 3, s->switch_mutex, s->switch_mutex ? 0 : -1, l->gil_mutex_size);
	if (s->interpreter_lock) { /* up to 3.1, which has none of the four */
		uint64_t lock = word_at(py, s->interpreter_lock, 0);

		add_wait(out, 2, lock, lock ? 0 : -1, SEM_SIZE);
	}
	if (s->wait_guess.end) {
		out->wait[0][0] = s->wait_guess.start;
		out->wait[0][1] = s->wait_guess.end;
	}
	out->collecting = int_at(py, s->gc_collecting, 0) != 0;
}

/* 3.7 to 3.11: one GIL in _PyRuntime; tstate_current is NULL while nobody holds it. */
static void read_runtime(struct pst_python *py, struct pst_gil *out)
{
	const struct pst_layout *l = &py->layout;

	out->known = l->runtime_tstate_current >= 0;
	out->holder = word_at(py, py->info.runtime, l->runtime_tstate_current);
	add_waits(out, l, l->runtime_gil >= 0 ? py->info.runtime + (uint64_t)l->runtime_gil : 0);
}

static uint64_t known_gil(const struct pst_python *py, uint64_t interp)
{
	for (size_t i = 0; py->brief && i < py->interps.len; i++)
		if (py->interps.at[i].addr == interp)
			return py->interps.at[i].gil;
	return 0;
}

/* 3.12+: one GIL per interpreter; last_holder is who has it while locked is set. */
static void read_interp(struct pst_python *py, uint64_t interp, struct pst_gil *out)
{
	const struct pst_layout *l = &py->layout;
	uint64_t gil = known_gil(py, interp);

	if (!gil)
		gil = word_at(py, interp, l->interp_gil);
	if (!pst_plausible(gil))
		return;
	out->at = gil;
	out->known = true;
	if (l->gil_enabled >= 0)
		out->enabled = int_at(py, gil, l->gil_enabled) != 0;
	if (!out->enabled)
		return;
	if (int_at(py, gil, l->gil_locked) > 0)
		out->holder = word_at(py, gil, l->gil_last_holder);
	add_waits(out, l, gil);
}

static bool is_collecting(struct pst_python *py, uint64_t interp)
{
	const struct pst_layout *l = &py->layout;

	if (l->gcstate_collecting < 0)
		return false;
	if (l->interp_gc >= 0)
		return int_at(py, interp, l->interp_gc + l->gcstate_collecting) != 0;
	if (l->runtime_gc >= 0)
		return int_at(py, py->info.runtime, l->runtime_gc + l->gcstate_collecting) != 0;
	return false;
}

void pst_gil_read(struct pst_python *py, uint64_t interp, struct pst_gil *out)
{
	const struct pst_layout *l = &py->layout;

	*out = (struct pst_gil){.enabled = true};
	if (l->runtime_interpreters_head < 0) {
		read_statics(py, out);
		return;
	}
	if (l->interp_gil >= 0)
		read_interp(py, interp, out);
	else
		read_runtime(py, out);
	out->collecting = is_collecting(py, interp);
}

static bool waits_for_static_lock(struct pst_python *py, const struct pst_gil *gil,
				  uint64_t futex)
{
	struct pst_lock_guess *g = &py->locks;

	pst_scan_lock(py, futex);
	for (size_t i = 0; i < g->n; i++) {
		if (g->futex[i] != futex || !g->variable[i])
			continue;
		g->seen[i] |= gil->holder != 0;
		/* between two holders it is free for a moment */
		return g->seen[i] && word_at(py, g->variable[i], 0) == futex;
	}
	return false;
}

bool pst_gil_waits(struct pst_python *py, const struct pst_gil *gil, const struct pst_task *task)
{
	if (task->syscall != SYS_FUTEX && task->syscall != SYS_RESTART_SYSCALL)
		return false;
	for (size_t i = 0; i < sizeof gil->wait / sizeof gil->wait[0]; i++) {
		if (gil->wait[i][0] && task->args[0] >= gil->wait[i][0] &&
		    task->args[0] < gil->wait[i][1])
			return true;
	}
	return gil->known && waits_for_static_lock(py, gil, task->args[0]);
}
