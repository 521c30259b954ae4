// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/priv.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* Looks are at most a second apart, and late ones are at most a few: what is longer is nonsense. */
#define PERIOD_MAX UINT64_C(1000000000000)
#define NOTES_MAX  1000

struct pst_model *pst_model_new(void)
{
	struct pst_model *m = pst_calloc(1, sizeof *m);

	m->counts = pst_calloc(1, sizeof *m->counts);
	m->forests = pst_calloc(PST_FORESTS, sizeof *m->forests);
	m->outers = pst_calloc((size_t)PST_FORESTS * PST_GROUPS, sizeof *m->outers);
	m->history = pst_calloc(1, sizeof *m->history);
	pst_history_init(m->history);
	return m;
}

void pst_model_free(struct pst_model *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->notes.len; i++)
		free(m->notes.at[i]);
	PST_VEC_FREE(&m->notes);
	PST_VEC_FREE(&m->processes);
	PST_VEC_FREE(&m->threads);
	pst_counts_free(m->counts);
	free(m->counts);
	pst_history_free(m->history);
	free(m->history);
	for (int i = 0; i < PST_FORESTS; i++)
		pst_forest_free(&m->forests[i]);
	free(m->forests);
	for (int i = 0; i < PST_FORESTS * PST_GROUPS; i++)
		PST_VEC_FREE(&m->outers[i].of);
	free(m->outers);
	pst_defs_free(&m->defs);
	free(m);
}

/* ---- records ----------------------------------------------------------------------------- */

static bool ingest_process(struct pst_model *m, const struct pst_rec_process *r)
{
	if (!pst_defs_process(&m->defs, r))
		return false;
	if (m->processes.len < m->defs.processes.len)
		(void)PST_VEC_PUSH(&m->processes);
	return true;
}

static bool ingest_thread(struct pst_model *m, const struct pst_rec_thread *r)
{
	if (!pst_defs_thread(&m->defs, r))
		return false;
	if (m->threads.len < m->defs.threads.len)
		(void)PST_VEC_PUSH(&m->threads);
	return true;
}

/* ---- ticks and samples ------------------------------------------------------------------- */

static void finish_tick(struct pst_model *m)
{
	struct pst_process_state *p = &m->processes.at[m->tick.process - 1];

	p->active = m->tick.active;
	p->tick = m->tick.number;
}

static bool ingest_tick(struct pst_model *m, const struct pst_rec_tick *r)
{
	bool whole = !m->tick.left;

	m->tick.left = 0;
	if (!r->process || r->process > m->processes.len)
		return false;
	if (r->err) {
		m->rejected++;
		return whole && !r->samples;
	}
	if (!r->period_ns || r->period_ns > PERIOD_MAX)
		return false;
	m->tick = (struct pst_tick_state){
		.number = m->tick.number + 1,
		.period_ns = r->period_ns,
		.time_ns = r->time_ns,
		.process = r->process,
		.left = r->samples,
	};
	pst_model_begin_bucket(m, r->time_ns);
	pst_model_open_wall(m, r->process)->ticks += r->period_ns;
	struct pst_process_state *p = &m->processes.at[r->process - 1];
	p->now.ticks += r->period_ns;
	p->all += r->period_ns;
	p->threads = r->threads;
	if (!m->ticks++)
		m->first_ns = r->time_ns;
	m->last_ns = r->time_ns;
	if (!r->samples)
		finish_tick(m);
	return whole;
}

static unsigned class_of(unsigned flags)
{
	return (flags & PST_SAMPLE_IDLE ? PST_CLASS_IDLE : 0u) |
	       (flags & PST_SAMPLE_GIL ? PST_CLASS_GIL : 0u) |
	       (flags & PST_SAMPLE_GIL_WAIT ? PST_CLASS_WAIT : 0u);
}

static void count_wall(struct pst_model *m, unsigned class)
{
	uint64_t ns = m->tick.period_ns;
	struct pst_wall *now = &m->processes.at[m->tick.process - 1].now;
	struct pst_wall *open = pst_model_open_wall(m, m->tick.process);

	if (!(class & PST_CLASS_IDLE)) {
		m->tick.active++;
		now->active += ns;
		open->active += ns;
	}
	if (class & PST_CLASS_GIL && !m->tick.holder) {
		m->tick.holder = true;
		now->gil += ns;
		open->gil += ns;
	}
}

static void see_stack(struct pst_model *m, struct pst_thread_state_seen *t, uint32_t stack)
{
	uint32_t frame = m->defs.nodes.at[stack - 1].frame;

	if (frame != t->frame)
		t->same_from = m->tick.time_ns;
	t->stack = stack;
	t->frame = frame;
}

static void count_sample(struct pst_model *m, const struct pst_rec_sample *r)
{
	struct pst_thread_state_seen *t = &m->threads.at[r->thread - 1];
	unsigned class = class_of(r->head.flags);
	uint32_t stack = r->head.flags & PST_SAMPLE_BROKEN ? 0 : r->stack;

	count_wall(m, class);
	/* Of a thread that sleeps and was not walked there is nothing to keep. */
	if (stack || class != PST_CLASS_IDLE)
		pst_open_add(&m->history->open, (struct pst_pair){stack, PST_WHO(r->thread, class)},
			     m->tick.period_ns, &t->cell);
	if (!stack)
		return;
	see_stack(m, t, stack);
	m->samples++;
	m->counted_now[class & (PST_CLASSES - 1)] += m->tick.period_ns;
}

static bool sample_fits(const struct pst_model *m, const struct pst_rec_sample *r)
{
	if (!r->thread || r->thread > m->threads.len || r->stack > m->defs.nodes.len ||
	    r->thread > PST_WHO_THREAD_MAX)
		return false;
	if (m->defs.threads.at[r->thread - 1].process != m->tick.process)
		return false;
	return m->threads.at[r->thread - 1].tick != m->tick.number;
}

static bool ingest_sample(struct pst_model *m, const struct pst_rec_sample *r)
{
	if (!m->tick.left)
		return false;
	bool ok = sample_fits(m, r);
	if (ok) {
		struct pst_thread_state_seen *t = &m->threads.at[r->thread - 1];
		t->tick = m->tick.number;
		t->flags = r->head.flags;
		t->last_ns = m->tick.time_ns;
		count_sample(m, r);
	}
	if (!--m->tick.left)
		finish_tick(m);
	return ok;
}

static bool ingest_note(struct pst_model *m, const struct pst_rec_note *r)
{
	struct pst_buf text = {0};

	if (m->notes.len >= NOTES_MAX)
		return false;
	pst_text_sanitise(&text, (const char *)(r + 1), r->len, 0);
	*PST_VEC_PUSH(&m->notes) = pst_buf_take(&text);
	return true;
}

static bool ingest_end(struct pst_model *m, const struct pst_rec_end *r)
{
	if (r->err == PST_OK)
		m->end = PST_END_STOPPED;
	else
		m->end = r->err == PST_GONE ? PST_END_GONE : PST_END_ERROR;
	return true;
}

static bool ingest(struct pst_model *m, const union pst_record *r)
{
	switch (r->head.type) {
	case PST_REC_PAD:
		return true;
	case PST_REC_STRING:
		return pst_defs_string(&m->defs, &r->string);
	case PST_REC_FUNC:
		return pst_defs_func(&m->defs, &r->func);
	case PST_REC_FRAME:
		return pst_defs_frame(&m->defs, &r->frame);
	case PST_REC_STACK:
		return pst_defs_stack(&m->defs, &r->stack);
	case PST_REC_PROCESS:
		return ingest_process(m, &r->process);
	case PST_REC_THREAD:
		return ingest_thread(m, &r->thread);
	case PST_REC_TICK:
		return ingest_tick(m, &r->tick);
	case PST_REC_SAMPLE:
		return ingest_sample(m, &r->sample);
	case PST_REC_STATS:
		m->stats = r->stats;
		return true;
	case PST_REC_NOTE:
		return ingest_note(m, &r->note);
	case PST_REC_END:
		return ingest_end(m, &r->end);
	case PST_REC_USAGE:
		return pst_model_usage(m, &r->usage);
	case PST_REC_THREAD_USAGE:
		return pst_model_thread_usage(m, &r->thread_usage);
	default:
		return false;
	}
}

void pst_model_ingest(struct pst_model *m, const struct pst_rec *rec)
{
	if (!ingest(m, (const union pst_record *)rec))
		m->errors++;
}

/* ---- window ------------------------------------------------------------------------------ */

void pst_model_reset(struct pst_model *m)
{
	pst_model_settle(m);
	pst_totals_reset(&m->history->totals);
	m->window = (struct pst_parts){m->history->parts.next, m->history->parts.next};
	pst_counts_reset(m->counts);
	for (size_t i = 0; i < m->processes.len; i++) {
		m->processes.at[i].now = m->processes.at[i].shown = (struct pst_wall){0};
		m->processes.at[i].all = 0;
	}
	memset(m->counted_now, 0, sizeof m->counted_now);
	memset(m->counted_shown, 0, sizeof m->counted_shown);
	m->rolled = false;
	m->ticks = m->samples = m->first_ns = m->last_ns = 0;
}

void pst_model_roll(struct pst_model *m)
{
	pst_model_settle(m);
	m->window = (struct pst_parts){m->window.to, m->history->parts.next};
	/* Bit by bit, rather than all when a tree is asked for. */
	pst_model_shape(m, false, false);
	pst_model_count(m);
	pst_counts_roll(m->counts);
	for (size_t i = 0; i < m->processes.len; i++) {
		m->processes.at[i].shown = m->processes.at[i].now;
		m->processes.at[i].now = (struct pst_wall){0};
	}
	memcpy(m->counted_shown, m->counted_now, sizeof m->counted_shown);
	memset(m->counted_now, 0, sizeof m->counted_now);
	m->rolled = true;
}

const char *pst_model_note(const struct pst_model *m, size_t i)
{
	return i < m->notes.len ? m->notes.at[i] : NULL;
}
