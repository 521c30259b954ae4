// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/priv.h"

/*
 * The target is read while it runs, and nothing is proved.  One read brings the frames twice, one
 * copy a little later than the other; a stack is what both agree on, from the root: frames that
 * came or went meanwhile are cut off.  Code objects are trusted to be what they were, and compared
 * now and then.
 */

#define TRIES PST_SHOT_TRIES
#define FACTS_NS                                                                                   \
	UINT64_C(1000000) /* what the system said about the threads is good for so long            \
			   */

bool pst_free_knows(struct pst_sampler *s)
{
	uint64_t now = pst_now_ns();

	s->facts_old = s->tasks.len && now - s->facts_ns < FACTS_NS;
	if (!s->facts_old)
		s->facts_ns = now;
	return s->facts_old;
}

/* Asks anew about those of which memory says something else than the system did. */
static void ask_again(struct pst_sampler *s)
{
	struct pst_threads *threads = &s->shot.threads;

	for (size_t i = 0; i < threads->len; i++) {
		struct pst_thread *th = &threads->at[i];
		struct pst_task *t = th->tid ? pst_sampler_task(s, th->tid) : NULL;
		if (t && (t->state == 'R') != th->holds_gil && pst_sampler_task_refresh(s, t))
			pst_python_thread_state(s->py, t, th);
	}
}

/* The frames of thread I that this look agrees on with another one. */
static size_t compare(struct pst_sampler *s, size_t i)
{
	struct pst_stack *second = &s->shot.second;

	if (pst_python_stack(s->py, &s->shot.threads.at[i],
			     pst_shot_walk(s) & ~(unsigned)PST_STACK_RECALL, second) ||
	    second->broken)
		return 0;
	return pst_stack_agreed(&s->shot.stacks.at[i], second);
}

/* Walks the stack of thread I; LATER: it is to be compared with another look. */
static void walk(struct pst_sampler *s, size_t i, bool *later)
{
	const struct pst_thread *th = &s->shot.threads.at[i];
	struct pst_stack *stack = &s->shot.stacks.at[i];
	struct pst_seen *seen = &s->shot.seen.at[i];

	seen->done = true;
	if (pst_python_stack(s->py, th, pst_shot_walk(s) | PST_STACK_PAUSED | PST_STACK_VERIFY,
			     stack) ||
	    stack->broken)
		return;
	seen->ok = true;
	if (!pst_python_stack_agreed(s->py, th, stack, &seen->len))
		seen->len = SIZE_MAX;
	*later |= seen->len == SIZE_MAX;
}

/* Makes places of the frames that are agreed on. */
static bool finish(struct pst_sampler *s, size_t i)
{
	struct pst_stack *stack = &s->shot.stacks.at[i];
	struct pst_seen *seen = &s->shot.seen.at[i];
	size_t agreed = seen->len;

	seen->len = 0;
	if (!agreed && stack->len)
		return false;
	if (!pst_shot_places(s, i))
		return false;
	agreed += seen->len - stack->len; /* what stands for those that were left out */
	seen->cut = agreed < seen->len;
	seen->len = agreed;
	return true;
}

/* One look at all threads; AGREE: it makes sense of all. */
static enum pst_err look(struct pst_sampler *s, bool *agree)
{
	struct pst_shot *shot = &s->shot;
	bool later = false;

	shot->time_ns = pst_now_ns();
	enum pst_err err = pst_shot_list(s, PST_THREADS_PREDICT | PST_THREADS_TWICE);
	if (err)
		return err;
	if (s->brief)
		pst_python_look_trust(s->py);
	pst_shot_prepare(shot);
	if (s->facts_old)
		ask_again(s);
	for (size_t i = 0; i < shot->threads.len; i++)
		if (pst_shot_wants(s, &shot->threads.at[i]))
			walk(s, i, &later);
	pst_python_look_aside(s->py);
	*agree = true;
	for (size_t i = 0; later && i < shot->threads.len; i++)
		if (shot->seen.at[i].len == SIZE_MAX)
			shot->seen.at[i].len = compare(s, i);
	/* All of them, also when this look will be taken again: each is left with places or without. */
	for (size_t i = 0; i < shot->threads.len; i++) {
		struct pst_seen *seen = &shot->seen.at[i];
		if (!seen->done)
			continue;
		seen->ok = seen->ok && finish(s, i);
		*agree &= seen->ok;
	}
	return PST_OK;
}

enum pst_err pst_take_free(struct pst_sampler *s)
{
	enum pst_err err = PST_OK;
	bool agree = false;

	for (int try = 0; try < TRIES && !agree; try++) {
		err = look(s, &agree);
		if (err && err != PST_CHANGED && err != PST_FAULT && err != PST_CORRUPT)
			break;
	}
	if (err)
		return err;
	pst_shot_count_all(s, PST_SAMPLE_UNPROVED);
	return PST_OK;
}
