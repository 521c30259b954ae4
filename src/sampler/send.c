// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/priv.h"

#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORGET_TICKS 1024 /* threads that were not seen for so long are forgotten */
#define NOTES_MAX    100

/* ---- definitions ------------------------------------------------------------------------- */

bool pst_sampler_send_process(struct pst_sampler *s)
{
	struct pst_proc_info info;
	uint32_t cmdline, version;

	if (s->process_sent)
		return true;
	if (!pst_ids_text(s->ids, s->cmdline, &cmdline) ||
	    !pst_ids_text(s->ids, pst_python_info(s->py)->version_text, &version))
		return false;
	struct pst_rec_process *r = pst_ring_reserve(s->ring, sizeof *r);
	if (!r)
		return false;
	if (!s->process)
		s->process = ++s->lead->last_process;
	*r = (struct pst_rec_process){
		.head = {sizeof *r, PST_REC_PROCESS, 0},
		.id = s->process,
		.pid = (int32_t)s->opt.pid,
		.cmdline = cmdline,
		.version = version,
	};
	if (s->target->ops->info(s->target, &info) == PST_OK) {
		r->start_unix = info.start_unix;
		pst_proc_info_free(&info);
	}
	s->process_sent = true;
	pst_ring_urge(s->ring);
	return true;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* Brings T up to date; what was not asked this time stays as it was. */
static void update_thread(struct pst_known_thread *t, const struct pst_thread *th)
{
	if (t->tid && th->tid && t->tid != th->tid) {
		t->id = 0; /* another thread, in the memory of one that ended */
		t->cpu_ns = 0;
	}
	if (th->name && !same_text(t->name, th->name)) {
		free(t->name);
		t->name = pst_strdup(th->name);
		t->told = false;
	}
	if (*th->comm && strcmp(t->comm, th->comm) != 0) {
		snprintf(t->comm, sizeof t->comm, "%s", th->comm);
		t->told = false;
	}
	if ((th->tid && t->tid != th->tid) || t->is_main != th->is_main || !t->id)
		t->told = false;
	if (th->tid)
		t->tid = th->tid;
	t->is_main = th->is_main;
	t->interp_id = th->interp_id;
}

/* Thread I of the shot. */
static struct pst_known_thread *thread_of(struct pst_sampler *s, size_t i)
{
	const struct pst_thread *th = &s->shot.threads.at[i];
	struct pst_thread_key key = {th->tstate, th->ident};
	struct pst_known_thread *t = s->shot.tracks.at[i].known;

	if (!t || t->key.tstate != key.tstate || t->key.ident != key.ident)
		HASH_FIND(hh, s->known, &key, sizeof key, t);
	if (!t) {
		t = pst_calloc(1, sizeof *t);
		t->key = key;
		HASH_ADD(hh, s->known, key, sizeof t->key, t);
		s->names_wanted = true;
	}
	s->shot.tracks.at[i].known = t;
	update_thread(t, th);
	t->tick = s->tick;
	return t;
}

void pst_sampler_note_threads(struct pst_sampler *s)
{
	pst_shot_prepare(&s->shot);
	for (size_t i = 0; i < s->shot.threads.len; i++)
		(void)thread_of(s, i);
}

static bool send_thread(struct pst_sampler *s, struct pst_known_thread *t)
{
	uint32_t name, comm;

	if (t->told)
		return true;
	if (!pst_ids_text(s->ids, t->name, &name) || !pst_ids_text(s->ids, t->comm, &comm))
		return false;
	struct pst_rec_thread *r = pst_ring_reserve(s->ring, sizeof *r);
	if (!r)
		return false;
	if (!t->id)
		t->id = ++s->lead->last_thread;
	t->told = true;
	*r = (struct pst_rec_thread){
		.head = {sizeof *r, PST_REC_THREAD, 0},
		.id = t->id,
		.process = s->process,
		.tid = t->tid,
		.ident = t->key.ident,
		.interp_id = t->interp_id,
		.name = name,
		.comm = comm,
		.is_main = t->is_main,
	};
	return true;
}

static void drop_thread(struct pst_sampler *s, struct pst_known_thread *t)
{
	HASH_DEL(s->known, t);
	free(t->name);
	free(t);
}

static void forget_threads(struct pst_sampler *s)
{
	struct pst_known_thread *t, *next;

	for (size_t i = 0; i < s->shot.tracks.len; i++)
		s->shot.tracks.at[i].known = NULL;
	HASH_ITER(hh, s->known, t, next)
	if (s->tick - t->tick >= FORGET_TICKS)
		drop_thread(s, t);
}

/* The id of the stack of thread I, root first. */
static bool send_stack(struct pst_sampler *s, size_t i, uint32_t *node)
{
	struct pst_track *track = &s->shot.tracks.at[i];
	size_t len = s->shot.seen.at[i].len;

	for (size_t k = track->nodes.len; k < len; k++) {
		uint32_t parent = k ? track->nodes.at[k - 1] : 0, id;
		if (!pst_ids_stack(s->ids, parent, (uint32_t)(k + 1), track->places.at[k], &id))
			return false;
		*PST_VEC_PUSH(&track->nodes) = id;
	}
	*node = len ? track->nodes.at[len - 1] : 0;
	return true;
}

/* ---- ticks ------------------------------------------------------------------------------- */

static bool reserve_tick(struct pst_sampler *s, enum pst_err err, uint64_t period_ns)
{
	const struct pst_shot *shot = &s->shot;
	struct pst_rec_tick *r = pst_ring_reserve(s->ring, sizeof *r);

	if (!r)
		return false;
	*r = (struct pst_rec_tick){
		.head = {sizeof *r, PST_REC_TICK, 0},
		.time_ns = shot->time_ns,
		.period_ns = period_ns,
		.pause_ns = shot->pause_ns,
		.process = s->process,
		.threads = (uint32_t)shot->threads.len,
		.samples = err ? 0 : (uint32_t)shot->threads.len,
		.err = (uint32_t)err,
	};
	return true;
}

/* Sends what the samples will refer to: threads and stacks. */
static bool define_all(struct pst_sampler *s)
{
	struct pst_shot *shot = &s->shot;

	for (size_t i = 0; i < shot->threads.len; i++) {
		struct pst_known_thread *t = thread_of(s, i);
		if (!send_thread(s, t) || !send_stack(s, i, &shot->seen.at[i].node))
			return false;
		shot->seen.at[i].thread = t->id;
	}
	return true;
}

static bool reserve_samples(struct pst_sampler *s)
{
	const struct pst_shot *shot = &s->shot;

	for (size_t i = 0; i < shot->threads.len; i++) {
		struct pst_rec_sample *r = pst_ring_reserve(s->ring, sizeof *r);
		if (!r)
			return false;
		*r = (struct pst_rec_sample){
			.head = {sizeof *r, PST_REC_SAMPLE, (uint16_t)shot->seen.at[i].flags},
			.thread = shot->seen.at[i].thread,
			.stack = shot->seen.at[i].node,
		};
	}
	return true;
}

static bool send_shot(struct pst_sampler *s, uint64_t period_ns)
{
	bool ok = define_all(s);

	/* Definitions count from now on, whether there is room for the tick or not. */
	pst_ring_commit(s->ring);
	ok = ok && reserve_tick(s, PST_OK, period_ns) && reserve_samples(s);
	if (ok)
		pst_ring_commit(s->ring);
	else
		pst_ring_cancel(s->ring);
	return ok;
}

static bool send_rejected(struct pst_sampler *s, enum pst_err err, uint64_t period_ns)
{
	bool ok = reserve_tick(s, err, period_ns);

	if (ok)
		pst_ring_commit(s->ring);
	return ok;
}

static void count_stacks(struct pst_sampler *s)
{
	const struct pst_shot *shot = &s->shot;

	for (size_t i = 0; i < shot->seen.len; i++) {
		const struct pst_seen *seen = &shot->seen.at[i];
		if (!seen->len || seen->flags & PST_SAMPLE_IDLE)
			continue;
		s->lead->counts.stacks++;
		s->lead->counts.proved += !(seen->flags & PST_SAMPLE_UNPROVED);
		s->lead->counts.cut += seen->cut;
	}
}

static bool has_broken(const struct pst_shot *shot)
{
	for (size_t i = 0; i < shot->seen.len; i++)
		if (shot->seen.at[i].flags & PST_SAMPLE_BROKEN)
			return true;
	return false;
}

void pst_sampler_send(struct pst_sampler *s, enum pst_err err, uint64_t period_ns)
{
	s->tick++;
	bool ok = pst_sampler_send_process(s);
	pst_ring_commit(s->ring);
	if (ok)
		ok = err ? send_rejected(s, err, period_ns) : send_shot(s, period_ns);
	s->lead->counts.ticks += !err;
	s->lead->counts.rounds += !err && s->lead == s;
	if (!err)
		count_stacks(s);
	s->lead->counts.dropped += !ok;
	s->lead->counts.rejected += err || has_broken(&s->shot);
	if (s->tick % FORGET_TICKS == 0)
		forget_threads(s);
}

/* ---- the rest ---------------------------------------------------------------------------- */

#define RATE_TICKS 5

/* Ticks per second over the last second, or over the time for some of them where that is longer. */
static double rate_achieved(struct pst_sampler *s, uint64_t now)
{
	enum { N = sizeof s->marks / sizeof *s->marks };
	unsigned kept = s->mark < N ? s->mark : N;
	double window = 1e9 * (s->clock_rate < RATE_TICKS ? RATE_TICKS / s->clock_rate : 1);
	double rate = 0;

	for (unsigned back = 1; back <= kept; back++) {
		size_t i = (s->mark - back) % N;
		double passed = (double)(now - s->marks[i].time_ns);
		if (passed > 0)
			rate = (double)(s->lead->counts.rounds - s->marks[i].ticks) * 1e9 / passed;
		if (passed >= window)
			break;
	}
	s->marks[s->mark % N].time_ns = now;
	s->marks[s->mark % N].ticks = s->lead->counts.rounds;
	s->mark++;
	return rate;
}

void pst_sampler_send_stats(struct pst_sampler *s, uint64_t now, uint64_t cpu_ns)
{
	struct pst_rec_stats *r = pst_ring_reserve(s->ring, sizeof *r);

	if (!r)
		return;
	*r = (struct pst_rec_stats){
		.head = {sizeof *r, PST_REC_STATS, 0},
		.time_ns = now,
		.ticks = s->lead->counts.ticks,
		.late = s->clock.late,
		.rejected = s->lead->counts.rejected,
		.dropped = s->lead->counts.dropped,
		.cpu_ns = cpu_ns,
		.pause_p50_ns = pst_pause_stats_quantile(&s->pauses, 0.5),
		.pause_p99_ns = pst_pause_stats_quantile(&s->pauses, 0.99),
		.pause_max_ns = s->pauses.max,
		.reads = s->lead->counts.reads,
		.cut = s->lead->counts.cut,
		.otherwise = s->lead->counts.otherwise,
		.pauses = s->lead->counts.pauses,
		.stopped = s->lead->counts.stopped,
		.held_ns = s->lead->counts.held_ns,
		.gaps = s->clock.gaps,
		.gap_ns = s->clock.gap_ns,
		.target_stopped = s->halt == PST_HALT_STOPPED,
		.target_frozen = s->halt == PST_HALT_FROZEN,
		.halted_ns = s->halted_ns,
		.overhead = 100 * s->budget.spent,
		.overhead_max = 100 * s->budget.share,
		.rate_asked = s->rate,
		.rate_now = s->clock_rate,
		.rate_achieved = rate_achieved(s, now),
		.stacks = s->lead->counts.stacks,
		.proved = s->lead->counts.proved,
	};
	memcpy(r->calls, pst_calls, sizeof r->calls);
	pst_ring_commit(s->ring);
}

/* Many processes have the same to say. */
static bool is_said(struct pst_sampler *lead, const char *text)
{
	uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
	for (size_t i = 0; i < PST_SAID_MAX; i++)
		if (lead->said[i] == hash)
			return true;
	lead->said[lead->said_turn++ % PST_SAID_MAX] = hash;
	return false;
}

void pst_sampler_note(struct pst_sampler *s, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (s->lead->notes.len >= NOTES_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (s->lead->crew && is_said(s->lead, text))
		return;
	*PST_VEC_PUSH(&s->lead->notes) = pst_strdup(text);
}

static bool send_note(struct pst_sampler *s, const char *text)
{
	uint32_t len = (uint32_t)strlen(text);
	uint32_t size = PST_REC_ALIGN((uint32_t)sizeof(struct pst_rec_note) + len);
	struct pst_rec_note *r = pst_ring_reserve(s->ring, size);

	if (!r)
		return false;
	memset((char *)r + size - 8, 0, 8);
	*r = (struct pst_rec_note){{size, PST_REC_NOTE, 0}, 1, len};
	memcpy(r + 1, text, len);
	pst_ring_urge(s->ring);
	pst_ring_commit(s->ring);
	return true;
}

void pst_sampler_send_notes(struct pst_sampler *s)
{
	size_t sent = 0;

	while (sent < s->notes.len && send_note(s, s->notes.at[sent]))
		free(s->notes.at[sent++]);
	if (!sent)
		return;
	s->notes.len -= sent;
	memmove(s->notes.at, s->notes.at + sent, s->notes.len * sizeof *s->notes.at);
}

bool pst_sampler_send_end(struct pst_sampler *s, enum pst_err err)
{
	struct pst_rec_end *r = pst_ring_reserve(s->ring, sizeof *r);

	if (!r)
		return false;
	*r = (struct pst_rec_end){
		.head = {sizeof *r, PST_REC_END, 0}, .time_ns = pst_now_ns(), .err = (uint32_t)err};
	pst_ring_urge(s->ring);
	pst_ring_commit(s->ring);
	return true;
}

void pst_sampler_send_free(struct pst_sampler *s)
{
	struct pst_known_thread *t, *next;

	HASH_ITER(hh, s->known, t, next)
	drop_thread(s, t);
	for (size_t i = 0; i < s->notes.len; i++)
		free(s->notes.at[i]);
	PST_VEC_FREE(&s->notes);
}
