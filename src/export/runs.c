// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/runs.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

/*
 * A run is written as four numbers of seven bits a byte: thread and kind, node, the gap since the
 * thread's last run ended (mostly 0, one byte), its length.  Times are counted in units of 1024 ns
 * since the start.
 */
#define UNIT_SHIFT 10
#define CHUNK	   (64u << 10)
#define RUN_MAX	   40 /* bytes of one at most */
/* Slots of thinning, in units. */
#define SLOT_MIN UINT64_C(16384)
#define SLOT_MAX (UINT64_C(1) << 48)

struct chunk {
	unsigned char *at;
	size_t len;
};

typedef PST_VEC(uint64_t) ends_vec; /* by thread id - 1: where its last run ended */

struct run { /* times in units */
	uint32_t thread, node;
	unsigned kind;
	uint64_t start, len;
};

struct group {		  /* runs of one thread in one slot */
	struct run drawn; /* its start is the group's; len: of all of them */
	bool any;
};

struct funnel {
	uint64_t slot; /* 0: everything goes through */
	void (*take)(void *ctx, const struct run *run);
	void *ctx;
	uint64_t dice;
	PST_VEC(struct group) groups; /* by thread id - 1 */
};

struct pst_runs {
	PST_VEC(struct chunk) chunks;
	ends_vec ends;	  /* of what is in the chunks */
	ends_vec added;	  /* of what came in */
	struct funnel in; /* what comes in goes through it: all is equally thin */
	size_t bytes, bytes_max;
};

/* ---- as bytes ----------------------------------------------------------------------------- */

static size_t put_number(unsigned char *to, uint64_t v)
{
	size_t n = 0;

	for (; v > 127; v >>= 7)
		to[n++] = (unsigned char)(v | 128);
	to[n++] = (unsigned char)v;
	return n;
}

static uint64_t get_number(const unsigned char **at)
{
	uint64_t v = 0;

	for (unsigned shift = 0;; shift += 7) {
		unsigned char c = *(*at)++;
		v |= (uint64_t)(c & 127) << shift;
		if (!(c & 128))
			return v;
	}
}

static uint64_t *end_of(ends_vec *ends, uint32_t thread)
{
	while (ends->len < thread)
		(void)PST_VEC_PUSH(ends);
	return &ends->at[thread - 1];
}

static void append(struct pst_runs *r, const struct run *run)
{
	struct chunk *c = r->chunks.len ? &r->chunks.at[r->chunks.len - 1] : NULL;
	uint64_t *end = end_of(&r->ends, run->thread);

	if (!c || c->len + RUN_MAX > CHUNK) {
		c = PST_VEC_PUSH(&r->chunks);
		c->at = pst_alloc(CHUNK);
		r->bytes += CHUNK;
	}
	c->len += put_number(c->at + c->len, (uint64_t)run->thread * PST_WAS_KINDS + run->kind);
	c->len += put_number(c->at + c->len, run->node);
	c->len += put_number(c->at + c->len, run->start - *end);
	c->len += put_number(c->at + c->len, run->len);
	*end = run->start + run->len;
}

static void decode(const unsigned char **at, ends_vec *ends, struct run *out)
{
	uint64_t who = get_number(at);

	out->thread = (uint32_t)(who / PST_WAS_KINDS);
	out->kind = (unsigned)(who % PST_WAS_KINDS);
	out->node = (uint32_t)get_number(at);
	uint64_t *end = end_of(ends, out->thread);
	out->start = *end + get_number(at);
	out->len = get_number(at);
	*end = out->start + out->len;
}

/* ---- thinning ----------------------------------------------------------------------------- */

/* xorshift64*: any will do, and it must be the same each time. */
static double toss(struct funnel *f)
{
	f->dice ^= f->dice >> 12;
	f->dice ^= f->dice << 25;
	f->dice ^= f->dice >> 27;
	return (double)((f->dice * UINT64_C(0x2545f4914f6cdd1d)) >> 11) / 9007199254740992.0;
}

static void let_out(struct funnel *f, struct group *g)
{
	if (g->any)
		f->take(f->ctx, &g->drawn);
	g->any = false;
}

static void join(struct funnel *f, struct group *g, const struct run *run)
{
	uint64_t len = g->drawn.len + run->len;

	if (len && toss(f) * (double)len < (double)run->len) {
		g->drawn.node = run->node;
		g->drawn.kind = run->kind;
	}
	g->drawn.len = len;
}

static void pour(struct funnel *f, const struct run *run)
{
	if (!f->slot) {
		f->take(f->ctx, run);
		return;
	}
	while (f->groups.len < run->thread)
		(void)PST_VEC_PUSH(&f->groups);
	struct group *g = &f->groups.at[run->thread - 1];
	if (g->any && run->len < f->slot && run->start / f->slot == g->drawn.start / f->slot) {
		join(f, g, run);
		return;
	}
	let_out(f, g);
	if (run->len >= f->slot)
		f->take(f->ctx, run);
	else
		*g = (struct group){*run, true};
}

static void flush(struct funnel *f)
{
	for (size_t i = 0; i < f->groups.len; i++)
		let_out(f, &f->groups.at[i]);
}

static void empty(struct funnel *f)
{
	flush(f);
	PST_VEC_FREE(&f->groups);
}

static void add_taken(void *ctx, const struct run *run)
{
	append(ctx, run);
}

static void pour_chunk(const struct chunk *c, ends_vec *ends, struct funnel *f, const bool *kinds)
{
	const unsigned char *at = c->at;

	for (const unsigned char *end = at + c->len; at < end;) {
		struct run run;
		decode(&at, ends, &run);
		if (!kinds || kinds[run.kind])
			pour(f, &run);
	}
}

/* Longer slots until half of the memory is free; chunks are given back as they are read. */
static void halve(struct pst_runs *r)
{
	flush(&r->in);
	while (r->bytes > r->bytes_max / 2 && r->in.slot < SLOT_MAX) {
		struct pst_runs old = *r;
		ends_vec ends = {0};
		r->in.slot = old.in.slot ? old.in.slot * 2 : SLOT_MIN;
		r->bytes = 0;
		memset(&r->chunks, 0, sizeof r->chunks);
		r->ends = (ends_vec){0};
		for (size_t i = 0; i < old.chunks.len; i++) {
			pour_chunk(&old.chunks.at[i], &ends, &r->in, NULL);
			free(old.chunks.at[i].at);
		}
		flush(&r->in);
		PST_VEC_FREE(&old.chunks);
		PST_VEC_FREE(&old.ends);
		PST_VEC_FREE(&ends);
	}
}

/* ---- from outside ------------------------------------------------------------------------- */

struct pst_runs *pst_runs_new(size_t bytes_max)
{
	struct pst_runs *r = pst_calloc(1, sizeof *r);

	r->bytes_max = bytes_max < 4 * CHUNK ? 4 * CHUNK : bytes_max;
	r->in = (struct funnel){.take = add_taken, .ctx = r, .dice = 1};
	return r;
}

void pst_runs_free(struct pst_runs *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->chunks.len; i++)
		free(r->chunks.at[i].at);
	PST_VEC_FREE(&r->chunks);
	PST_VEC_FREE(&r->ends);
	PST_VEC_FREE(&r->added);
	PST_VEC_FREE(&r->in.groups);
	free(r);
}

void pst_runs_add(struct pst_runs *r, uint32_t thread, uint32_t node, unsigned kind,
		  uint64_t start_ns, uint64_t end_ns)
{
	struct run run = {.thread = thread, .node = node, .kind = kind};
	uint64_t *before = end_of(&r->added, thread);

	run.start = start_ns >> UNIT_SHIFT;
	uint64_t end = end_ns >> UNIT_SHIFT;
	if (run.start < *before)
		run.start = *before;
	run.len = end > run.start ? end - run.start : 0;
	*before = run.start + run.len;
	pour(&r->in, &run);
	if (r->bytes > r->bytes_max)
		halve(r);
}

struct listing {
	const struct pst_runs_want *want;
	struct pst_profile *p; /* NULL: they are only counted */
	uint64_t runs, frames, span;
};

static void list_run(void *ctx, const struct run *run)
{
	struct listing *l = ctx;
	const struct pst_runs_want *w = l->want;

	l->runs++;
	l->span += run->len;
	l->frames += w->depth && run->node && run->node <= w->nodes ? w->depth[run->node - 1] : 0;
	if (l->p)
		*PST_VEC_PUSH(&l->p->runs) = (struct pst_profile_run){
			.start_ns = run->start << UNIT_SHIFT,
			.ns = run->len << UNIT_SHIFT,
			.thread = run->thread,
			.node = run->node,
		};
}

static void list_by(const struct pst_runs *r, uint64_t slot, struct listing *l)
{
	struct funnel f = {.slot = slot, .take = list_run, .ctx = l, .dice = slot | 1};
	ends_vec ends = {0};

	l->runs = l->frames = l->span = 0;
	for (size_t i = 0; i < r->chunks.len; i++)
		pour_chunk(&r->chunks.at[i], &ends, &f, l->want->kinds);
	empty(&f);
	PST_VEC_FREE(&ends);
}

static bool too_much(const struct listing *l)
{
	return l->runs > l->want->runs_max || (l->want->depth && l->frames > l->want->frames_max);
}

/* The slot with which at most as many are left as are wanted. */
static uint64_t find_slot(const struct pst_runs *r, struct listing *l)
{
	list_by(r, 0, l);
	if (!too_much(l))
		return 0;
	double by_runs = (double)l->runs / (double)l->want->runs_max;
	double by_frames = l->want->depth ? (double)l->frames / (double)l->want->frames_max : 0;
	double times = by_runs > by_frames ? by_runs : by_frames;
	uint64_t slot = (uint64_t)((double)l->span / (double)l->runs * times * 1.5) + 1;

	for (int i = 0; i < 24; i++, slot *= 2) {
		list_by(r, slot, l);
		if (!too_much(l))
			break;
	}
	return slot;
}

static int by_thread(const void *a, const void *b)
{
	const struct pst_profile_run *x = a, *y = b;
	int order = (x->thread > y->thread) - (x->thread < y->thread);

	if (!order)
		order = (x->start_ns > y->start_ns) - (x->start_ns < y->start_ns);
	return order ? order : (x->ns > y->ns) - (x->ns < y->ns);
}

void pst_runs_list(struct pst_runs *r, const struct pst_runs_want *want, struct pst_profile *p)
{
	struct listing l = {.want = want};

	flush(&r->in);
	uint64_t slot = find_slot(r, &l);

	PST_VEC_RESERVE(&p->runs, l.runs);
	l.p = p;
	list_by(r, slot, &l);
	if (p->runs.len)
		qsort(p->runs.at, p->runs.len, sizeof *p->runs.at, by_thread);
	p->timed = true;
	p->slot_ns = (slot > r->in.slot ? slot : r->in.slot) << UNIT_SHIFT;
}

static void keep_run(void *ctx, const struct run *run)
{
	struct pst_run_list *out = ctx;

	*PST_VEC_PUSH(out) = (struct pst_profile_run){
		.start_ns = run->start, .ns = run->len, .thread = run->thread, .node = run->node};
}

void pst_runs_thin(const struct pst_run_list *list, uint64_t slot_ns, struct pst_run_list *out)
{
	struct funnel f = {.slot = slot_ns, .take = keep_run, .ctx = out, .dice = slot_ns | 1};

	for (size_t i = 0; i < list->len; i++) {
		const struct pst_profile_run *from = &list->at[i];
		const struct run run = {.thread = from->thread,
					.node = from->node,
					.start = from->start_ns,
					.len = from->ns};
		pour(&f, &run);
	}
	empty(&f);
	if (out->len && slot_ns)
		qsort(out->at, out->len, sizeof *out->at, by_thread);
}
