// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#include <string.h>

#define PAUSE_NS 200000 /* more than what being paused once costs a sleeping thread itself */

static bool has_used_cpu(pid_t tid, const struct pst_tasks *before, const struct pst_tasks *after)
{
	const struct pst_task *a = pst_task_by_tid(before, tid), *b = pst_task_by_tid(after, tid);

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
