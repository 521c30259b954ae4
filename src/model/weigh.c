// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/priv.h"

#include "base/alloc.h"

#include <stdlib.h>

/*
 * Every question begins with one pass over the cells of its span, which gives the time of each
 * stack as that of a branch; then a branch passes its time on to its parent, which always stands
 * before it.
 */

/* ---- where cells come from --------------------------------------------------------------- */

static struct pst_parts there(const struct pst_model *m, struct pst_parts p)
{
	uint64_t first = m->history->parts.first, next = m->history->parts.next;

	p.to = p.to < next ? p.to : next;
	p.from = p.from > first ? p.from : first;
	p.from = p.from < p.to ? p.from : p.to;
	return p;
}

struct pst_source pst_source_of(const struct pst_model *m, const struct pst_span_ns *span)
{
	if (!span->from_ns && !span->to_ns)
		return (struct pst_source){.all = true};
	return (struct pst_source){
		.parts = pst_history_find(m->history, span->from_ns, span->to_ns)};
}

struct pst_source pst_source_window(const struct pst_model *m)
{
	if (!m->rolled)
		return (struct pst_source){.all = true};
	return (struct pst_source){.parts = there(m, m->window)};
}

uint64_t *pst_source_walls(const struct pst_model *m, const struct pst_source *src)
{
	const struct pst_history *h = m->history;
	uint64_t *ns = pst_calloc(m->processes.len + 1, sizeof *ns);

	if (src->all) {
		for (size_t i = 0; i < m->processes.len; i++)
			ns[i + 1] = m->processes.at[i].all;
		return ns;
	}
	uint64_t to = pst_history_walls_at(h, src->parts.to);
	for (uint64_t i = pst_history_walls_at(h, src->parts.from); i < to; i++) {
		const struct pst_part_wall *w = pst_deque_at(&h->walls, i);
		ns[w->process] += w->ticks;
	}
	return ns;
}

uint64_t pst_source_wall(const struct pst_model *m, const struct pst_source *src, uint32_t process)
{
	uint64_t *ns = pst_source_walls(m, src), most = 0;

	for (size_t i = 1; i <= m->processes.len; i++)
		if (ns[i] > most && (!process || process == i))
			most = ns[i];
	free(ns);
	return most;
}

/* ---- what is let through ----------------------------------------------------------------- */

static uint8_t *sieve_threads(const struct pst_model *m, const struct pst_filter *filter)
{
	if (!filter->process && !filter->threads)
		return NULL;
	uint8_t *pass = pst_calloc(m->threads.len + 1, 1);
	for (size_t i = 0; i < m->threads.len; i++) {
		bool wanted = !filter->threads || (i < filter->nthreads && filter->threads[i]);
		pass[i + 1] = wanted && (!filter->process ||
					 m->defs.threads.at[i].process == filter->process);
	}
	return pass;
}

static uint8_t *sieve_stacks(const struct pst_model *m, const struct pst_filter *filter)
{
	const struct pst_defs *d = &m->defs;

	if (!filter->funcs)
		return NULL;
	uint8_t *pass = pst_calloc(d->nodes.len + 1, 1);
	for (size_t i = 0; i < d->nodes.len; i++) {
		size_t func = d->frames.at[d->nodes.at[i].frame - 1].func - 1;
		pass[i + 1] = pass[d->nodes.at[i].parent] ||
			      (func < filter->nfuncs && filter->funcs[func]);
	}
	return pass;
}

struct pst_sieve pst_sieve_make(const struct pst_model *m, const struct pst_filter *filter)
{
	struct pst_sieve s = {.m = m};

	for (unsigned k = 0; k < PST_CLASSES; k++)
		s.classes[k] = (filter->idle || !(k & PST_CLASS_IDLE)) &&
			       (!filter->gil_only || k & PST_CLASS_GIL);
	s.threads = sieve_threads(m, filter);
	s.stacks = sieve_stacks(m, filter);
	return s;
}

void pst_sieve_free(struct pst_sieve *s)
{
	free(s->threads);
	free(s->stacks);
}

/* ---- the pass ---------------------------------------------------------------------------- */

struct pass {
	const struct pst_sieve *sieve;
	const struct pst_shape *shape;
	struct pst_rows *rows; /* NULL: only weights are wanted */
	struct pst_weights *out;
};

static inline void weigh_row(const struct pass *p, uint32_t branch, unsigned class, uint64_t ns)
{
	uint32_t row = pst_row_of(p->rows, pst_shape_branch(p->shape, branch)->key);

	if (class & PST_CLASS_GIL)
		p->rows->at[row].gil += ns;
	if (p->sieve->classes[class])
		p->rows->at[row].own += ns;
}

static inline void weigh_cell(const struct pass *p, uint32_t stack, uint32_t who, uint64_t ns,
			      uint64_t samples)
{
	const struct pst_sieve *s = p->sieve;
	unsigned class = who & (PST_CLASSES - 1);

	if (!stack || (s->threads && !s->threads[PST_WHO_THREAD(who)]) ||
	    (s->stacks && !s->stacks[stack]))
		return;
	uint32_t branch = p->shape->of ? p->shape->of[stack - 1] : stack;
	if (p->rows)
		weigh_row(p, branch, class, ns);
	if (!s->classes[class])
		return;
	p->out->ns[branch] += ns;
	p->out->all += ns;
	p->out->samples += samples;
}

static void weigh_totals(const struct pass *p)
{
	const struct pst_totals *t = &p->sieve->m->history->totals;

	for (size_t i = 0; i < t->at.len; i++) {
		const struct pst_total *c = &t->at.at[i];
		weigh_cell(p, c->stack, c->who, c->ns, c->samples);
	}
}

static void weigh_parts(const struct pass *p, struct pst_parts parts)
{
	const struct pst_history *h = p->sieve->m->history;
	uint64_t from = pst_history_cells_at(h, parts.from), to = pst_history_cells_at(h, parts.to);

	while (from < to) {
		const struct pst_cell *c = pst_deque_at(&h->cells, from);
		uint64_t here = PST_DEQUE_PIECE - ((from - h->cells.base) % PST_DEQUE_PIECE);
		uint64_t end = to - from < here ? to : from + here;
		for (; from < end; from++, c++)
			weigh_cell(p, c->stack, c->who, c->ns, c->samples);
	}
}

static void weigh(const struct pass *p, const struct pst_source *src)
{
	*p->out = (struct pst_weights){.ns = pst_calloc(p->shape->len + 1, sizeof *p->out->ns)};
	if (src->all)
		weigh_totals(p);
	else
		weigh_parts(p, src->parts);
}

void pst_weigh(const struct pst_sieve *sieve, const struct pst_source *src,
	       const struct pst_shape *shape, struct pst_weights *out)
{
	weigh(&(struct pass){.sieve = sieve, .shape = shape, .out = out}, src);
}

uint64_t pst_spend(const struct pst_sieve *sieve, const struct pst_source *src,
		   const struct pst_shape *shape, const uint8_t *outer, struct pst_rows *rows)
{
	struct pst_weights w;

	weigh(&(struct pass){.sieve = sieve, .shape = shape, .rows = rows, .out = &w}, src);
	for (size_t i = shape->len; i > 0; i--) {
		if (!w.ns[i])
			continue;
		const struct pst_branch *branch = pst_shape_branch(shape, (uint32_t)i);
		w.ns[branch->parent] += w.ns[i];
		if (outer[i - 1])
			rows->at[pst_row_of(rows, branch->key)].total += w.ns[i];
	}
	free(w.ns);
	return w.all;
}

/* ---- adding up --------------------------------------------------------------------------- */

void pst_links_make(const struct pst_shape *shape, uint64_t *first, uint64_t *second,
		    struct pst_links *out)
{
	out->child = pst_calloc(shape->len + 1, sizeof *out->child);
	out->next = pst_alloc((shape->len + 1) * sizeof *out->next);
	for (size_t i = shape->len; i > 0; i--) {
		if (!first[i] && (!second || !second[i]))
			continue;
		uint32_t parent = pst_shape_branch(shape, (uint32_t)i)->parent;
		first[parent] += first[i];
		if (second)
			second[parent] += second[i];
		out->next[i] = out->child[parent];
		out->child[parent] = (uint32_t)i;
	}
}

void pst_links_free(struct pst_links *l)
{
	free(l->child);
	free(l->next);
}
