// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/priv.h"

/*
 * A few times a second the reader is told what the process has used, and its threads where that has
 * changed.  Of a thread that sleeps the looks know it already; one that is awake is asked.  When
 * these do not explain what the process used, sleepers have run since the last look (looks may be
 * seconds apart), and some are asked too.
 */

#define ASK_MAX	     64			/* threads in one round */
#define UNEXPLAINED UINT64_C(1000000)	/* ns of CPU that are not worth to ask sleepers for */
#define RECENT_TICKS 64 /* a thread that was not seen for so long has ended, its number may be another's */

static bool send_process(struct pst_sampler *s, uint64_t now, const struct pst_usage *u)
{
	if (!pst_sampler_send_process(s))
		return false;
	struct pst_rec_usage *r = pst_ring_reserve(s->ring, sizeof *r);
	if (!r)
		return false;
	*r = (struct pst_rec_usage){
		.head = {sizeof *r, PST_REC_USAGE, 0},
		.time_ns = now,
		.cpu_ns = u->cpu_ns,
		.rss_bytes = u->rss_bytes,
		.process = s->process,
	};
	return true;
}

/* T has used CPU_NS; returns how much that is more than it was. */
static uint64_t send_thread(struct pst_sampler *s, struct pst_known_thread *t, uint64_t now,
			    uint64_t cpu_ns)
{
	/* Where only ticks were read, they may be less than what was measured before. */
	if (cpu_ns <= t->cpu_ns)
		return 0;
	struct pst_rec_thread_usage *r = pst_ring_reserve(s->ring, sizeof *r);
	if (!r)
		return 0;
	*r = (struct pst_rec_thread_usage){
		.head = {sizeof *r, PST_REC_THREAD_USAGE, 0},
		.time_ns = now,
		.cpu_ns = cpu_ns,
		.thread = t->id,
	};
	uint64_t more = cpu_ns - t->cpu_ns;
	t->cpu_ns = cpu_ns;
	return more;
}

/* The counts of the looks are left as they are: they are compared with the next ones. */
static uint64_t ask(struct pst_sampler *s, struct pst_known_thread *t, uint64_t now)
{
	struct pst_task task = {.tid = t->tid};

	if (s->target->ops->task(s->target, PST_TASK_SCHED, &task) ||
	    (!task.cpu_ns && s->target->ops->task(s->target, PST_TASK_STAT, &task)))
		return 0;
	return send_thread(s, t, now, task.cpu_ns);
}

/* Sends what is known of those that sleep; fills the two lists. */
static uint64_t sort_out(struct pst_sampler *s, uint64_t now)
{
	struct pst_known_thread *t, *next;
	uint64_t sum = 0;

	s->used.awake.len = s->used.asleep.len = 0;
	HASH_ITER(hh, s->known, t, next) {
		if (!t->id || !t->tid || s->tick - t->tick > RECENT_TICKS)
			continue;
		const struct pst_task *task = pst_sampler_task(s, t->tid);
		if (task && !pst_task_sleeps(task)) {
			*PST_VEC_PUSH(&s->used.awake) = t;
			continue;
		}
		*PST_VEC_PUSH(&s->used.asleep) = t;
		sum += task ? send_thread(s, t, now, task->cpu_ns) : 0;
	}
	return sum;
}

static void send_threads(struct pst_sampler *s, uint64_t now, uint64_t used)
{
	struct pst_used *u = &s->used;
	uint64_t sum = sort_out(s, now);
	size_t asked = 0;

	for (; asked < u->awake.len && asked < ASK_MAX; asked++)
		sum += ask(s, u->awake.at[(u->turn + asked) % u->awake.len], now);
	if (used > sum + UNEXPLAINED)
		for (size_t i = 0; i < u->asleep.len && asked < ASK_MAX; i++, asked++)
			ask(s, u->asleep.at[(u->turn + i) % u->asleep.len], now);
	u->turn += ASK_MAX;
}

void pst_sampler_send_usage(struct pst_sampler *s, uint64_t now)
{
	struct pst_usage usage;
	uint64_t before = s->used.cpu_ns;

	if (!s->target->ops->usage || s->target->ops->usage(s->target, &usage))
		return;
	s->used.cpu_ns = usage.cpu_ns;
	if (send_process(s, now, &usage) && s->target->ops->task)
		send_threads(s, now, usage.cpu_ns > before ? usage.cpu_ns - before : 0);
	pst_ring_commit(s->ring);
}

void pst_sampler_send_gone(struct pst_sampler *s)
{
	struct pst_rec_usage *r = s->process ? pst_ring_reserve(s->ring, sizeof *r) : NULL;

	if (!r)
		return;
	*r = (struct pst_rec_usage){
		.head = {sizeof *r, PST_REC_USAGE, PST_USAGE_GONE},
		.time_ns = pst_now_ns(),
		.cpu_ns = s->used.cpu_ns,
		.process = s->process,
	};
	pst_ring_commit(s->ring);
}

void pst_sampler_usage_free(struct pst_sampler *s)
{
	PST_VEC_FREE(&s->used.awake);
	PST_VEC_FREE(&s->used.asleep);
}
