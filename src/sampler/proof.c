// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/proof.h"

#include <string.h>

#include "sampler/priv.h"

#define CPU_START 0 /* struct rseq, linux/rseq.h: cpu_id_start, and cpu_id behind it */
#define CPUS_MAX  65536
#define WORDS_MAX 64 /* in one look; more threads than that do not run at a time */
#define AGREED	  8  /* so often the words must agree with the counts … */
#define DIFFERED  4  /* … and so often they may not */

/* ---- words ------------------------------------------------------------------------------- */

static void find_words(struct pst_sampler *s)
{
	struct pst_proof *p = &s->proof;

	p->use = pst_python_rseq(s->py, &p->offset) ? PST_WORDS_TRIAL : PST_WORDS_OFF;
}

static struct pst_word *word_of(const struct pst_sampler *s, uint64_t ident)
{
	const struct pst_proof *p = &s->proof;

	for (size_t i = 0; i < p->words.len; i++)
		if (p->words.at[i].ident == ident)
			return &p->words.at[i];
	return NULL;
}

static void lay_out(struct pst_proof *p)
{
	p->spans.len = 0;
	for (size_t i = 0; i < p->words.len; i++) {
		struct pst_word *word = &p->words.at[i];
		memset(word->cpu, 0xff, sizeof word->cpu);
		*PST_VEC_PUSH(&p->spans) =
			(struct pst_span){.at = word->ident + (uint64_t)p->offset + CPU_START,
					  .buf = word->cpu,
					  .len = sizeof word->cpu};
	}
}

void pst_proof_begin(struct pst_sampler *s)
{
	struct pst_proof *p = &s->proof;

	/* Not at the first look, which is waited for. */
	p->told = false;
	if (p->use == PST_WORDS_UNKNOWN && s->tick)
		find_words(s);
	lay_out(p);
	p->reads = s->target->reads + 1; /* the one that brings all, if it is the only one */
	pst_python_tail(s->py, p->spans.at, p->spans.len);
	/* First the count: on this CPU from then on, or the count grows. */
	p->switches = pst_sched_switches();
	p->cpu = pst_sched_cpu();
}

void pst_proof_clear(struct pst_sampler *s)
{
	s->proof.words.len = 0;
}

void pst_proof_add(struct pst_sampler *s, uint64_t ident)
{
	struct pst_proof *p = &s->proof;
	bool usable = p->use == PST_WORDS_TRIAL || p->use == PST_WORDS_TRUSTED;

	if (usable && ident && p->words.len < WORDS_MAX && !word_of(s, ident))
		PST_VEC_PUSH(&p->words)->ident = ident;
}

bool pst_proof_by_word(const struct pst_sampler *s)
{
	return s->proof.use == PST_WORDS_TRUSTED;
}

static int cpu_in(const struct pst_word *word)
{
	return word && word->cpu[0] == word->cpu[1] && word->cpu[1] < CPUS_MAX ? (int)word->cpu[1]
									       : -1;
}

int pst_proof_cpu(const struct pst_sampler *s, uint64_t ident)
{
	return cpu_in(word_of(s, ident));
}

bool pst_proof_is_here(const struct pst_sampler *s, uint64_t ident)
{
	return s->proof.cpu >= 0 && pst_proof_cpu(s, ident) == s->proof.cpu;
}

/* Reads all words again, or, when one of them cannot be read, that of IDENT alone. */
static bool read_words(struct pst_sampler *s, uint64_t ident)
{
	struct pst_proof *p = &s->proof;

	lay_out(p);
	if (pst_target_readv(s->target, p->spans.at, p->spans.len)) {
		pst_proof_clear(s);
		pst_proof_add(s, ident);
		lay_out(p);
		if (pst_target_readv(s->target, p->spans.at, p->spans.len)) {
			pst_proof_clear(s);
			return false;
		}
	}
	p->reads = s->target->reads;
	return true;
}

/* The CPU of thread IDENT behind all that was read of it; -1: not told. */
static int last_cpu(struct pst_sampler *s, uint64_t ident)
{
	const struct pst_proof *p = &s->proof;

	if (!ident)
		return -1;
	bool fresh =
		word_of(s, ident) && s->target->reads == p->reads && pst_proof_cpu(s, ident) >= 0;
	if (!fresh) {
		if (p->words.len == WORDS_MAX && !word_of(s, ident))
			pst_proof_clear(s);
		pst_proof_add(s, ident);
		if (!read_words(s, ident))
			return -1;
	}
	return pst_proof_cpu(s, ident);
}

/* Whether we have run on CPU all the time since the look began. */
static bool stayed(const struct pst_sampler *s, int cpu)
{
	const struct pst_proof *p = &s->proof;

	return cpu >= 0 && p->cpu == cpu && s->lead->cpu == cpu && p->switches != PST_SWITCHES_UNKNOWN &&
	       pst_sched_switches() == p->switches;
}

bool pst_proof_stood(struct pst_sampler *s, uint64_t ident)
{
	int cpu = last_cpu(s, ident);

	return cpu == s->proof.cpu && stayed(s, cpu);
}

static enum pst_verdict judge_by_word(struct pst_sampler *s, const struct pst_thread *th)
{
	int cpu = last_cpu(s, th->ident);

	if (cpu < 0)
		return PST_LOST;
	return stayed(s, cpu) ? PST_PROVED : pst_proof_go(s, th->tid, cpu);
}

/* ---- counts ------------------------------------------------------------------------------ */

static bool same_counts(const struct pst_task *a, const struct pst_task *b)
{
	return a->slices && a->slices == b->slices && a->cpu_ns == b->cpu_ns;
}

static bool ask(struct pst_sampler *s, unsigned what, struct pst_task *t)
{
	return !s->target->ops->task(s->target, what, t);
}

bool pst_proof_counts(struct pst_sampler *s, struct pst_task *t)
{
	return ask(s, PST_TASK_SCHED, t);
}

/* Keeps what is known now about a thread for the next look. */
static void keep_task(struct pst_sampler *s, const struct pst_task *now)
{
	struct pst_task *t = pst_sampler_task(s, now->tid);

	if (!t)
		return;
	t->slices = now->slices;
	t->cpu_ns = now->cpu_ns;
	t->state = now->state;
	t->cpu = now->cpu;
	t->syscall = now->syscall;
	for (size_t i = 0; i < sizeof t->args / sizeof *t->args; i++)
		t->args[i] = now->args[i];
}

/* Why we may not go to CPU: that of a thread that has ended is what its memory holds now. */
static enum pst_verdict why_closed(struct pst_sampler *s, pid_t tid, int cpu)
{
	struct pst_task now = {.tid = tid};

	return ask(s, PST_TASK_STAT, &now) && (cpu < 0 || now.cpu == cpu) ? PST_CLOSED : PST_LOST;
}

enum pst_verdict pst_proof_go(struct pst_sampler *s, pid_t tid, int cpu)
{
	if (s->lead->cpu == cpu && pst_sched_cpu() == cpu)
		return PST_RAN;
	if (!pst_sched_preemptible(tid))
		return why_closed(s, tid, -1);
	if (pst_sched_move(cpu))
		return why_closed(s, tid, cpu);
	s->lead->cpu = cpu;
	return PST_RAN;
}

bool pst_proof_sleeps(struct pst_sampler *s, pid_t tid)
{
	const struct pst_task *t = pst_sampler_task(s, tid);
	struct pst_task now = {.tid = tid};

	return t && pst_task_sleeps(t) && ask(s, PST_TASK_SCHED, &now) && same_counts(t, &now);
}

/* What was read since the counts BEFORE were. */
static enum pst_verdict judge_by_counts(struct pst_sampler *s, const struct pst_task *before,
					bool *ours)
{
	struct pst_task now = {.tid = before->tid}, more = now;
	int cpu = s->proof.cpu;

	if (!ask(s, PST_TASK_STAT, &now) || now.cpu < 0)
		return PST_LOST;
	*ours = now.cpu == cpu && cpu == pst_sched_cpu() && s->lead->cpu == cpu;
	if (!ask(s, now.state == 'R' ? PST_TASK_SCHED : PST_TASK_SYSCALL, &more))
		return PST_LOST;
	/* Counts that follow: had it run since it was seen off its CPU, they would tell. */
	now.syscall = more.syscall;
	memcpy(now.args, more.args, sizeof now.args);
	if (now.state != 'R' && !ask(s, PST_TASK_SCHED, &more))
		return PST_LOST;
	now.slices = more.slices;
	now.cpu_ns = more.cpu_ns;
	bool same = same_counts(before, &now);
	/* If it ran, it may have woken after it was seen asleep: then the counts say nothing. */
	if (!same)
		now.syscall = -1;
	keep_task(s, &now);
	if (same && (*ours || pst_task_sleeps(&now)))
		return PST_PROVED;
	return pst_proof_go(s, now.tid, now.cpu);
}

/* ---- both -------------------------------------------------------------------------------- */

/* The thread of IDENT is known to have stood still here: does its word say so? */
static void try_word(struct pst_sampler *s, uint64_t ident)
{
	struct pst_proof *p = &s->proof;

	if (pst_proof_stood(s, ident))
		p->agreed++;
	else if (pst_sched_switches() == p->switches)
		p->differed++;
	if (p->differed > DIFFERED || p->switches == PST_SWITCHES_UNKNOWN)
		p->use = PST_WORDS_OFF;
	else if (p->agreed >= AGREED)
		p->use = PST_WORDS_TRUSTED;
	if (p->use == PST_WORDS_OFF)
		pst_proof_clear(s);
}

enum pst_verdict pst_proof_judge(struct pst_sampler *s, const struct pst_thread *th,
				 const struct pst_task *before)
{
	bool ours = false;

	if (pst_proof_by_word(s)) {
		enum pst_verdict verdict = judge_by_word(s, th);
		s->proof.told = verdict != PST_LOST;
		if (s->proof.told)
			return verdict;
	}
	s->subject_asked_ns = 0; /* counts of the next look must not be old */
	enum pst_verdict verdict = judge_by_counts(s, before, &ours);
	if (s->proof.use == PST_WORDS_TRIAL && verdict == PST_PROVED && ours)
		try_word(s, th->ident);
	return verdict;
}

void pst_proof_forget(struct pst_sampler *s)
{
	struct pst_proof *p = &s->proof;

	PST_VEC_FREE(&p->words);
	PST_VEC_FREE(&p->spans);
	*p = (struct pst_proof){.cpu = -1};
}
