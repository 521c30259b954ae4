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
 */

#define ASK_MAX 32 /* sleepers in one look */
#define SPARE	50 /* the call takes at most one part in so many of the time */

static uint64_t used(const struct pst_tasks *tasks)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < tasks->len; i++)
		sum += tasks->at[i].cpu_ns;
	return sum;
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
	z->total_ns = total;
	if (!told || total - used(&s->tasks) != z->rest_ns)
		z->due = s->tasks.len;
}

size_t pst_sleepers_due(struct pst_sampler *s)
{
	struct pst_sleepers *z = &s->sleepers;

	check(s);
	size_t n = z->due < ASK_MAX ? z->due : ASK_MAX;
	z->due -= n;
	return n;
}

struct pst_task *pst_sleepers_next(struct pst_sampler *s)
{
	return &s->tasks.at[s->sleepers.turn++ % s->tasks.len];
}

void pst_sleepers_asked(struct pst_sampler *s)
{
	s->sleepers.rest_ns = s->sleepers.total_ns - used(&s->tasks);
}

void pst_sleepers_forget(struct pst_sampler *s)
{
	s->sleepers = (struct pst_sleepers){.due = s->tasks.len};
}
