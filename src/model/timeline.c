// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/priv.h"

#include "base/alloc.h"

#include <stdlib.h>

#define SECOND_NS UINT64_C(1000000000)

struct stretch {	 /* of time, and what is known of it */
	double from, to; /* ns since the span's begin */
	uint64_t ticks, gil, active;
	double cpus, cpu_of; /* CPUs of the process, for how many ns of it that is known */
};

struct sums {
	double ticks, gil, active, cpu, cpu_of;
};

struct strip {
	double width; /* of a cell */
	size_t n;
	struct sums *sums;
};

static double overlap(const struct stretch *s, double from, double to)
{
	double begin = s->from > from ? s->from : from, end = s->to < to ? s->to : to;

	return end > begin ? end - begin : 0;
}

/* Shares S out among the cells that it touches. */
static void spread(const struct strip *strip, const struct stretch *s)
{
	double length = s->to - s->from, end = strip->width * (double)strip->n;

	if (s->to <= 0 || s->from >= end)
		return;
	size_t i = s->from > 0 ? (size_t)(s->from / strip->width) : 0;
	for (; i < strip->n && (double)i * strip->width < s->to; i++) {
		struct sums *sum = &strip->sums[i];
		double from = (double)i * strip->width;
		double share = overlap(s, from, from + strip->width) / length;
		sum->ticks += (double)s->ticks * share;
		sum->gil += (double)s->gil * share;
		sum->active += (double)s->active * share;
		sum->cpu += s->cpus * s->cpu_of * share;
		sum->cpu_of += s->cpu_of * share;
	}
}

/* Ticks that are further apart than a bucket is wide stand for the time before it too. */
static void place(struct stretch *s, double begin, double width, double from)
{
	double reach = (double)s->ticks > width ? (double)s->ticks - width : 0;

	s->from = begin - from - reach;
	s->to = begin - from + width;
}

static void spread_part(const struct strip *strip, const struct pst_history *h, uint64_t number,
			double from)
{
	struct stretch s = {0};
	uint64_t end = pst_history_walls_at(h, number + 1);

	for (uint64_t i = pst_history_walls_at(h, number); i < end; i++) {
		const struct pst_part_wall *w = pst_deque_at(&h->walls, i);
		s.ticks = w->ticks > s.ticks ? w->ticks : s.ticks;
		s.gil += w->gil;
		s.active += w->active;
		if (w->cpu_of > 0)
			s.cpus += w->cpu / w->cpu_of;
		s.cpu_of = w->cpu_of > s.cpu_of ? w->cpu_of : s.cpu_of;
	}
	place(&s, (double)pst_history_part(h, number)->at * (double)PST_BUCKET_NS,
	      (double)PST_BUCKET_NS, from);
	spread(strip, &s);
}

static void spread_second(const struct strip *strip, const struct pst_second *second, double from)
{
	struct stretch s = {
		.ticks = second->ticks,
		.gil = second->gil,
		.active = second->active,
		.cpus = second->cpu_of > 0 ? second->cpu / second->cpu_of : 0,
		.cpu_of = second->cpu_of,
	};

	place(&s, (double)second->at * 1e9, 1e9, from);
	spread(strip, &s);
}

static void report(const struct sums *s, struct pst_time_cell *out)
{
	*out = (struct pst_time_cell){.ticks_ns = (uint64_t)(s->ticks + 0.5), .cpu = -1};
	if (s->ticks > 0) {
		out->gil = s->gil < s->ticks ? s->gil / s->ticks : 1;
		out->active = s->active / s->ticks;
	}
	if (s->cpu_of > 0)
		out->cpu = s->cpu / s->cpu_of;
}

static void spread_all(const struct strip *strip, const struct pst_history *h,
		       const struct pst_span_ns *span)
{
	double from = (double)span->from_ns;

	for (uint64_t i = h->seconds_first; i < h->seconds_next; i++)
		spread_second(strip, &h->seconds[i % PST_SECONDS], from);
	/* What comes later may reach back. */
	struct pst_parts parts = pst_history_find(h, span->from_ns, span->to_ns);
	for (uint64_t i = parts.from; i < h->parts.next; i++)
		spread_part(strip, h, i, from);
}

struct pst_span_ns pst_model_history(const struct pst_model *m)
{
	const struct pst_history *h = m->history;

	pst_model_settle(m);
	if (h->parts.first == h->parts.next)
		return (struct pst_span_ns){0, 0};
	return (struct pst_span_ns){
		.from_ns = pst_history_part(h, h->parts.first)->at * PST_BUCKET_NS,
		.to_ns = (pst_history_part(h, h->parts.next - 1)->at + 1) * PST_BUCKET_NS,
	};
}

struct pst_span_ns pst_model_timeline_span(const struct pst_model *m)
{
	const struct pst_history *h = m->history;
	struct pst_span_ns span = pst_model_history(m);

	if (h->seconds_first < h->seconds_next)
		span.from_ns = h->seconds[h->seconds_first % PST_SECONDS].at * SECOND_NS;
	return span;
}

void pst_model_timeline(const struct pst_model *m, struct pst_span_ns span,
			struct pst_time_cell *out, size_t n)
{
	struct strip strip = {.n = n};

	pst_model_settle(m);
	if (!span.from_ns && !span.to_ns)
		span = pst_model_history(m);
	strip.sums = pst_calloc(n + 1, sizeof *strip.sums);
	if (n && span.to_ns > span.from_ns) {
		strip.width = (double)(span.to_ns - span.from_ns) / (double)n;
		spread_all(&strip, m->history, &span);
	}
	for (size_t i = 0; i < n; i++)
		report(&strip.sums[i], &out[i]);
	free(strip.sums);
}

void pst_model_set_history(struct pst_model *m, size_t bytes)
{
	pst_history_limit(m->history, bytes);
}
