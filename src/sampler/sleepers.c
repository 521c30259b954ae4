// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/priv.h"

/*
 * Most threads of a program with many sleep, and a look is not to pay for each of them.  The
 * system tells the CPU time of the whole process by one call; what its known threads have used is
 * taken off, and as long as the rest stays the same, none of the sleepers has run.  When it does
 * not (one of them woke, or a thread that runs no Python ran), all of them are asked again, some in
 * each look.  That call takes the longer the more threads there are, and is made the less often for
 * it.
 *
 * Threads that run on while they are asked make the rest uncertain: it lies between two bounds.
 */

#define ASK_MAX	  32 /* sleepers in one look */
#define AWAKE_MAX 8  /* threads whose progress is worth to be asked */
#define SPARE	  50 /* the call takes at most one part in so many of the time */

static uint64_t used(const struct pst_tasks *tasks)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < tasks->len; i++)
		sum += tasks->at[i].cpu_ns;
	return sum;
}

/* What the threads that are awake have used since they were asked; false: they are too many. */
static bool progress(struct pst_sampler *s, uint64_t *out)
{
	unsigned awake = 0;

	*out = 0;
	for (size_t i = 0; i < s->tasks.len; i++) {
		const struct pst_task *t = &s->tasks.at[i];
		struct pst_task now = {.tid = t->tid};
		if (pst_task_sleeps(t) && t->tid != s->subject)
			continue;
		if (++awake > AWAKE_MAX || s->target->ops->task(s->target, PST_TASK_SCHED, &now) ||
		    now.cpu_ns < t->cpu_ns)
			return false;
		*out += now.cpu_ns - t->cpu_ns;
	}
	return true;
}

/* Whether the rest may be what it was, by the CPU time of the process: TOTAL, just asked. */
static bool is_same_rest(struct pst_sampler *s, uint64_t total)
{
	struct pst_sleepers *z = &s->sleepers;
	uint64_t most = total - used(&s->tasks), more;

	if (most < z->least || most > z->most) {
		bool known = progress(s, &more);
		uint64_t least = known ? most - more : most;
		if (!known || least > z->most || most < z->least) {
			z->least = least;
			z->most = most;
			return false;
		}
		if (least > z->least)
			z->least = least;
	}
	if (most < z->most)
		z->most = most;
	return true;
}

/* Compares what the process has used with what is known. */
static void check(struct pst_sampler *s)
{
	struct pst_sleepers *z = &s->sleepers;
	uint64_t begin = pst_now_ns(), total = 0;

	if (begin < z->next_ns)
		return;
	bool told = s->target->ops->cpu_ns && !s->target->ops->cpu_ns(s->target, &total);
	uint64_t end = pst_now_ns();
	z->next_ns = end + SPARE * (end - begin);
	if (!told || !is_same_rest(s, total))
		z->due = s->tasks.len;
}

size_t pst_sleepers_due(struct pst_sampler *s)
{
	struct pst_sleepers *z = &s->sleepers;

	check(s);
	size_t n = z->due < ASK_MAX ? z->due : ASK_MAX;
	z->due -= n;
	z->used_ns = n ? used(&s->tasks) : 0;
	return n;
}

struct pst_task *pst_sleepers_next(struct pst_sampler *s)
{
	return &s->tasks.at[s->sleepers.turn++ % s->tasks.len];
}

void pst_sleepers_asked(struct pst_sampler *s)
{
	struct pst_sleepers *z = &s->sleepers;
	uint64_t more = z->used_ns ? used(&s->tasks) - z->used_ns : 0;

	z->least -= more;
	z->most -= more;
}

void pst_sleepers_forget(struct pst_sampler *s)
{
	s->sleepers = (struct pst_sleepers){.due = s->tasks.len};
}
