// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/priv.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "sampler/scout.h"

#include <stdlib.h>
#include <string.h>

/*
 * Several processes at once: one thread looks at all of them in each tick, one after the other, and
 * uses the same ids for the same functions and stacks.  A process of which no thread has run since
 * before it was looked at last is where it was: one system call says so, and its samples are sent
 * again.  The scout (scout.c) finds and opens them.
 */

#define START_STEP_NS UINT64_C(2000000)
#define FAILURES      3	 /* looks in a row, before it is opened anew */
#define DENIED	      20
#define PAST_MAX      1024

struct member {
	struct pst_sampler *s;
	bool calm;	      /* the last look holds as long as … */
	uint64_t cpu_ns;      /* … the process has used no more than this … */
	bool idle, gil_only;  /* … and the same is asked for */
	bool active;	      /* a thread of it ran or wanted to */
	unsigned failures, denied;
};

struct past { /* a process that executes something keeps its id */
	pid_t pid;
	uint64_t start_ticks;
	uint32_t process;
};

struct pst_crew {
	struct pst_scout *scout;
	PST_VEC(struct member) members;
	PST_VEC(struct past) past;
};

/* ---- members ----------------------------------------------------------------------------- */

static void free_member(struct pst_sampler *s)
{
	pst_sampler_detach(s);
	pst_shot_free(&s->shot);
	pst_inspector_free(&s->inspector);
	pst_sampler_send_free(s);
	pst_sampler_usage_free(s);
	pst_ids_free(s->ids);
	free(s->cmdline);
	free(s);
}

static void remember(struct pst_crew *crew, const struct pst_sampler *s)
{
	if (!s->process)
		return;
	if (crew->past.len >= PAST_MAX) /* the first have ended long ago */
		memmove(crew->past.at, crew->past.at + 1, --crew->past.len * sizeof *crew->past.at);
	*PST_VEC_PUSH(&crew->past) = (struct past){s->opt.pid, s->start_ticks, s->process};
}

static uint32_t recall(struct pst_crew *crew, const struct pst_sampler *s)
{
	for (size_t i = 0; i < crew->past.len; i++) {
		struct past p = crew->past.at[i];
		if (p.pid != s->opt.pid || p.start_ticks != s->start_ticks)
			continue;
		crew->past.at[i] = crew->past.at[--crew->past.len];
		return p.process;
	}
	return 0;
}

/* Member I has ended, or executed something. */
static void drop(struct pst_sampler *lead, size_t i)
{
	struct pst_crew *crew = lead->crew;
	struct pst_sampler *s = crew->members.at[i].s;

	pst_sampler_send_gone(s);
	remember(crew, s);
	free_member(s);
	crew->members.len--;
	memmove(&crew->members.at[i], &crew->members.at[i + 1],
		(crew->members.len - i) * sizeof *crew->members.at);
}

static void drop_pid(struct pst_sampler *lead, pid_t pid)
{
	struct pst_crew *crew = lead->crew;

	for (size_t i = crew->members.len; i-- > 0;)
		if (crew->members.at[i].s->opt.pid == pid)
			drop(lead, i);
}

static void adopt(struct pst_sampler *lead, const struct pst_arrival *a)
{
	struct pst_sampler *s = pst_calloc(1, sizeof *s);

	drop_pid(lead, a->pid);
	s->lead = lead;
	s->opt = lead->opt;
	s->opt.pid = a->pid;
	s->ring = lead->ring;
	s->proof.cpu = -1;
	s->proof.use = a->has_words ? PST_WORDS_TRIAL : PST_WORDS_OFF;
	s->proof.offset = a->word_offset;
	s->ids = pst_ids_share(lead->ids);
	s->target = a->target;
	s->py = a->py;
	pst_sampler_met(s);
	s->process = recall(lead->crew, s);
	*PST_VEC_PUSH(&lead->crew->members) = (struct member){.s = s};
}

static void hear(struct pst_sampler *lead)
{
	struct pst_arrival a;
	pid_t pid;
	char *text;

	while (pst_scout_left(lead->crew->scout, &pid))
		drop_pid(lead, pid);
	while (pst_scout_arrived(lead->crew->scout, &a))
		adopt(lead, &a);
	while (pst_scout_note(lead->crew->scout, &text)) {
		pst_sampler_note(lead, "%s", text);
		free(text);
	}
}

struct pst_sampler *pst_crew_find(struct pst_sampler *lead, uint32_t process)
{
	const struct pst_crew *crew = lead->crew;

	for (size_t i = 0; i < crew->members.len; i++)
		if (crew->members.at[i].s->process == process)
			return crew->members.at[i].s;
	return NULL;
}

/* ---- looking ----------------------------------------------------------------------------- */

/* Whether all that was asked for was seen. */
static void judge(struct member *m, bool told, enum pst_err err)
{
	const struct pst_shot *shot = &m->s->shot;

	m->calm = told && !err && !m->s->names_wanted;
	m->active = false;
	for (size_t i = 0; i < shot->seen.len; i++) {
		const struct pst_seen *seen = &shot->seen.at[i];
		m->calm &= !seen->later && !(seen->flags & (PST_SAMPLE_BROKEN | PST_SAMPLE_UNPROVED));
		m->active |= !(seen->flags & PST_SAMPLE_IDLE);
	}
}

/* OK: it stays; else: it is to be dropped. */
static enum pst_err after_failure(struct member *m, enum pst_err err)
{
	struct pst_sampler *s = m->s;

	if (err == PST_GONE || s->target->ops->check(s->target))
		return PST_GONE;
	if (err == PST_TIMEOUT || err == PST_CHANGED)
		return PST_OK;
	if (err == PST_PERM)
		return ++m->denied % DENIED || pst_sampler_may_read(s) ? PST_OK : PST_PERM;
	return ++m->failures < FAILURES ? PST_OK : err;
}

static enum pst_err look_at(struct member *m, uint64_t period_ns)
{
	struct pst_sampler *s = m->s, *lead = s->lead;
	bool idle = lead->idle, gil_only = lead->gil_only;
	uint64_t cpu = 0;
	/* Before the look: what runs during it is another time. */
	bool told = s->target->ops->cpu_ns && !s->target->ops->cpu_ns(s->target, &cpu);

	if (told && m->calm && cpu == m->cpu_ns && idle == m->idle && gil_only == m->gil_only) {
		s->shot.time_ns = pst_now_ns();
		s->shot.pause_ns = 0;
		pst_sampler_send(s, PST_OK, period_ns);
		return PST_OK;
	}
	enum pst_err err = pst_sampler_look(s, period_ns);
	judge(m, told, err);
	m->cpu_ns = cpu;
	m->idle = idle;
	m->gil_only = gil_only;
	if (err)
		return after_failure(m, err);
	m->failures = m->denied = 0;
	return PST_OK;
}

static enum pst_err all_gone(const struct pst_sampler *lead)
{
	return lead->crew->members.len || pst_scout_hopes(lead->crew->scout) ? PST_OK : PST_GONE;
}

enum pst_err pst_crew_look(struct pst_sampler *lead, uint64_t period_ns)
{
	struct pst_crew *crew = lead->crew;

	hear(lead);
	lead->tick++;
	lead->counts.rounds++;
	for (size_t i = 0; i < crew->members.len; i++) {
		pid_t pid = crew->members.at[i].s->opt.pid;
		enum pst_err err = look_at(&crew->members.at[i], period_ns);
		if (!err)
			continue;
		if (err != PST_GONE)
			pst_scout_lost(crew->scout, pid);
		drop(lead, i--);
	}
	return all_gone(lead);
}

/* ---- now and then ------------------------------------------------------------------------ */

static void watch(struct member *m, uint64_t now)
{
	struct pst_sampler *s = m->s, *lead = s->lead;
	enum pst_halt before = s->halt;

	/* What sleeps is idle, stopped or not. */
	if (m->active || !m->calm || before)
		pst_sampler_watch(s, now);
	if (s->halt != before)
		m->calm = false;
	if (s->opt.pid == lead->opt.pid) {
		lead->halt = s->halt;
		lead->halted_ns = s->halted_ns;
	}
	if (!lead->paused)
		pst_sampler_send_usage(s, now);
}

enum pst_err pst_crew_watch(struct pst_sampler *lead, uint64_t now)
{
	struct pst_crew *crew = lead->crew;

	hear(lead);
	for (size_t i = 0; i < crew->members.len; i++) {
		struct member *m = &crew->members.at[i];
		if (m->s->target->ops->check(m->s->target))
			drop(lead, i--);
		else
			watch(m, now);
	}
	return all_gone(lead);
}

/* ---- begin and end ----------------------------------------------------------------------- */

/* Whether it is known that nothing will be seen of it; then why. */
static enum pst_err is_hopeless(struct pst_sampler *lead, uint64_t give_up, struct pst_why *why)
{
	enum pst_err err = pst_scout_root(lead->crew->scout, why);

	if (err == PST_PERM || err == PST_NOPROC || err == PST_ZOMBIE)
		return err;
	if (!pst_scout_hopes(lead->crew->scout))
		return pst_why_set(why, PST_GONE, 0,
				   _("Process %d exited before its interpreter was found."),
				   (int)lead->opt.pid);
	if (pst_sampler_stopping(lead))
		return PST_GONE;
	/* Where the CPUs are busy it may not have been tried yet. */
	return pst_now_ns() < give_up ? PST_OK : err;
}

enum pst_err pst_crew_start(struct pst_sampler *lead, struct pst_why *why)
{
	uint64_t give_up = pst_now_ns() + lead->opt.attach_timeout_ns;
	enum pst_err err = PST_OK;

	/* Some are open for each of them. */
	pst_files_raise();
	lead->crew = pst_calloc(1, sizeof *lead->crew);
	lead->crew->scout = pst_scout_new(lead->opt.pid);
	if (!lead->crew->scout)
		return pst_why_set(why, PST_LIMIT, 0, _("The sampler's thread could not be started."));
	for (;;) {
		hear(lead);
		if (lead->crew->members.len)
			return PST_OK;
		err = is_hopeless(lead, give_up, why);
		if (err)
			return err;
		pst_sampler_sleep(lead, pst_now_ns() + START_STEP_NS);
	}
}

void pst_crew_free(struct pst_sampler *lead)
{
	struct pst_crew *crew = lead->crew;

	if (!crew)
		return;
	pst_scout_free(crew->scout);
	for (size_t i = 0; i < crew->members.len; i++)
		free_member(crew->members.at[i].s);
	PST_VEC_FREE(&crew->members);
	PST_VEC_FREE(&crew->past);
	free(crew);
	lead->crew = NULL;
}
