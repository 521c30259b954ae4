// SPDX-License-Identifier: MIT
#include "config.h"

#include "file/merge.h"

#include "base/alloc.h"
#include "file/remap.h"

#include <stdlib.h>

struct part {
	struct pst_merge_part how;
	struct pst_remap_stream ids;
	const struct pst_rec *peek; /* what comes next; NULL: not known yet */
	bool ended;
	bool outside;	 /* the tick under way was cut off, and its samples are */
	uint64_t now_ns; /* of its last tick, shifted */
};

struct pst_merge {
	struct part parts[PST_MERGE_MAX];
	size_t n, last; /* the one whose turn it was */
	struct pst_remap *remap;
	struct pst_rec_end end;
	enum pst_err trouble;
	_Alignas(8) unsigned char scratch[PST_REMAP_RECORD_MAX];
};

struct pst_merge *pst_merge_new(const struct pst_merge_part *parts, size_t n)
{
	struct pst_merge *m = pst_calloc(1, sizeof *m);

	m->n = n < PST_MERGE_MAX ? n : PST_MERGE_MAX;
	for (size_t i = 0; i < m->n; i++)
		m->parts[i].how = parts[i];
	m->remap = pst_remap_new();
	return m;
}

void pst_merge_free(struct pst_merge *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n; i++)
		pst_remap_stream_free(&m->parts[i].ids);
	pst_remap_free(m->remap);
	free(m);
}

const struct pst_rec_end *pst_merge_end(const struct pst_merge *m)
{
	return &m->end;
}

enum pst_err pst_merge_trouble(const struct pst_merge *m)
{
	return m->trouble;
}

static uint64_t shifted(const struct part *p, uint64_t time_ns)
{
	return time_ns + (uint64_t)p->how.shift_ns;
}

/* Where in time the next record of P stands. */
static uint64_t due(const struct part *p)
{
	if (p->peek->type != PST_REC_TICK)
		return p->now_ns;
	uint64_t t = shifted(p, ((const struct pst_rec_tick *)p->peek)->time_ns);
	return t > p->now_ns ? t : p->now_ns; /* a clock that goes back does not hold others up */
}

/* False: it has to be waited for. */
static bool look_ahead(struct part *p)
{
	if (p->ended || p->peek)
		return true;
	enum pst_file_got got = pst_file_next(p->how.reader, &p->peek);
	if (got != PST_FILE_RECORD)
		p->peek = NULL;
	p->ended = got == PST_FILE_END;
	return got != PST_FILE_WAIT;
}

/* The one whose record is the earliest; who had the turn goes on when several are. */
static struct part *choose(struct pst_merge *m)
{
	struct part *best = NULL;

	for (size_t k = 0; k < m->n; k++) {
		size_t i = (m->last + k) % m->n;
		struct part *p = &m->parts[i];
		if (!p->ended && (!best || due(p) < due(best)))
			best = p;
	}
	if (best)
		m->last = (size_t)(best - m->parts);
	return best;
}

static bool is_within(const struct part *p, uint64_t time_ns)
{
	return time_ns >= p->how.from_ns && time_ns <= p->how.to_ns;
}

/* Whether REC of P is to be passed on; its times are shifted. */
static bool place_in_time(struct pst_merge *m, struct part *p, union pst_record *r)
{
	uint64_t time;

	switch (r->head.type) {
	case PST_REC_TICK:
		time = r->tick.time_ns;
		p->outside = !is_within(p, time);
		r->tick.time_ns = shifted(p, time);
		return !p->outside;
	case PST_REC_SAMPLE:
		return !p->outside;
	case PST_REC_USAGE:
		time = r->usage.time_ns;
		r->usage.time_ns = shifted(p, time);
		return is_within(p, time);
	case PST_REC_THREAD_USAGE:
		time = r->thread_usage.time_ns;
		r->thread_usage.time_ns = shifted(p, time);
		return is_within(p, time);
	case PST_REC_STATS:
		r->stats.time_ns = shifted(p, r->stats.time_ns);
		return true;
	case PST_REC_END:
		m->end = r->end;
		m->end.time_ns = shifted(p, r->end.time_ns);
		return false;
	default:
		return true;
	}
}

enum pst_file_got pst_merge_next(struct pst_merge *m, const struct pst_rec **rec)
{
	union pst_record *out = (union pst_record *)(void *)m->scratch;
	struct part *p;

	while (!m->trouble) {
		for (size_t i = 0; i < m->n; i++)
			if (!look_ahead(&m->parts[i]))
				return PST_FILE_WAIT;
		p = choose(m);
		if (!p)
			break;
		p->now_ns = due(p);
		const struct pst_rec *in = p->peek;
		p->peek = NULL;
		enum pst_remapped how = pst_remap_record(m->remap, &p->ids, in, out);
		if (how == PST_REMAP_LIMIT)
			m->trouble = PST_LIMIT;
		else if (how == PST_REMAP_RECORD && place_in_time(m, p, out)) {
			*rec = &out->head;
			return PST_FILE_RECORD;
		}
	}
	return PST_FILE_END;
}
