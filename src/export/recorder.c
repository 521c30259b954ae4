// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/recorder.h"

#include "base/alloc.h"
#include "export/runs.h"
#include "model/defs.h"

#include <stdlib.h>
#include <string.h>

/* Bounds of what is listed in the order of time: what viewers can open. */
#define RUNS_MAX   ((size_t)1000000)
#define FRAMES_MAX ((size_t)10000000)
/* A thread that was seen in the same stack again after at most this many periods stayed in it. */
#define STAYS 1.5

struct seen {		    /* of one thread */
	uint32_t node, row; /* of its last sample: index + 1 */
	unsigned kind;
	bool open; /* a run that has not been added yet, in that stack */
	uint64_t start_ns, end_ns;
};

struct pst_recorder {
	struct pst_defs defs;
	PST_VEC(struct pst_profile_row) rows;
	uint32_t *slots;	   /* open addressing: index into rows + 1 */
	size_t nslots;		   /* a power of two */
	PST_VEC(struct seen) seen; /* by thread id - 1 */
	struct pst_runs *runs;	   /* NULL: order is not kept */
	uint64_t zero_ns;	   /* the beginning; 0: not yet */
	uint64_t from_ns, to_ns;   /* that the tick under way stands for */
	uint32_t left;		   /* samples of it that are to come */
};

struct pst_recorder *pst_recorder_new(size_t time_bytes)
{
	struct pst_recorder *r = pst_calloc(1, sizeof *r);

	if (time_bytes)
		r->runs = pst_runs_new(time_bytes);
	r->nslots = 1024;
	r->slots = pst_calloc(r->nslots, sizeof *r->slots);
	return r;
}

void pst_recorder_free(struct pst_recorder *r)
{
	if (!r)
		return;
	pst_defs_free(&r->defs);
	pst_runs_free(r->runs);
	PST_VEC_FREE(&r->rows);
	PST_VEC_FREE(&r->seen);
	free(r->slots);
	free(r);
}

/* ---- counting ----------------------------------------------------------------------------- */

static size_t hash(uint32_t thread, uint32_t node, unsigned kind)
{
	uint64_t h = ((uint64_t)thread << 35 | (uint64_t)kind << 32 | node) *
		     UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(h ^ h >> 32);
}

static size_t find_slot(const struct pst_recorder *r, uint32_t thread, uint32_t node, unsigned kind)
{
	size_t i = hash(thread, node, kind) & (r->nslots - 1);

	for (; r->slots[i]; i = (i + 1) & (r->nslots - 1)) {
		const struct pst_profile_row *row = &r->rows.at[r->slots[i] - 1];
		if (row->node == node && row->thread == thread && row->kind == kind)
			break;
	}
	return i;
}

static void grow(struct pst_recorder *r)
{
	free(r->slots);
	r->nslots *= 2;
	r->slots = pst_calloc(r->nslots, sizeof *r->slots);
	for (size_t i = 0; i < r->rows.len; i++) {
		const struct pst_profile_row *row = &r->rows.at[i];
		r->slots[find_slot(r, row->thread, row->node, row->kind)] = (uint32_t)i + 1;
	}
}

/* Index + 1 of its row. */
static uint32_t row_of(struct pst_recorder *r, uint32_t thread, uint32_t node, unsigned kind)
{
	size_t i = find_slot(r, thread, node, kind);

	if (r->slots[i])
		return r->slots[i];
	*PST_VEC_PUSH(&r->rows) =
		(struct pst_profile_row){.thread = thread, .node = node, .kind = kind};
	uint32_t at = r->slots[i] = (uint32_t)r->rows.len;
	if (r->rows.len * 2 > r->nslots)
		grow(r);
	return at;
}

/* ---- order -------------------------------------------------------------------------------- */

static void close_run(struct pst_recorder *r, uint32_t thread, struct seen *s)
{
	if (s->open)
		pst_runs_add(r->runs, thread, s->node, s->kind, s->start_ns - r->zero_ns,
			     s->end_ns - r->zero_ns);
	s->open = false;
}

/* The run goes on if this is the same stack, and nothing is between them. */
static void keep_order(struct pst_recorder *r, uint32_t thread, struct seen *s, bool same)
{
	double period = (double)(r->to_ns - r->from_ns);

	if (same && s->open && (double)(r->to_ns - s->end_ns) <= period * STAYS) {
		s->end_ns = r->to_ns;
		return;
	}
	uint64_t end = s->end_ns;
	close_run(r, thread, s);
	s->open = true;
	s->start_ns = r->from_ns;
	/* A small hole is the jitter of the clock. */
	if (end && (end > s->start_ns || (double)(s->start_ns - end) < period / 2))
		s->start_ns = end < r->to_ns ? end : r->to_ns;
	s->end_ns = r->to_ns;
}

/* ---- records ------------------------------------------------------------------------------ */

static void take_tick(struct pst_recorder *r, const struct pst_rec_tick *t)
{
	uint64_t period = t->period_ns < t->time_ns ? t->period_ns : t->time_ns;

	r->left = t->err ? 0 : t->samples;
	if (t->err)
		return;
	if (!r->zero_ns)
		r->zero_ns = t->time_ns - period ? t->time_ns - period : 1;
	r->to_ns = t->time_ns < r->zero_ns ? r->zero_ns : t->time_ns;
	r->from_ns = t->time_ns - period;
	if (r->from_ns < r->zero_ns)
		r->from_ns = r->zero_ns;
}

static void take_sample(struct pst_recorder *r, const struct pst_rec_sample *s)
{
	unsigned flags = s->head.flags;
	unsigned kind = (flags & PST_SAMPLE_IDLE ? PST_WAS_IDLE : 0) |
			(flags & PST_SAMPLE_GIL ? PST_WAS_GIL : 0) |
			(flags & PST_SAMPLE_GIL_WAIT ? PST_WAS_WAIT : 0);

	if (!r->left)
		return;
	r->left--;
	if (!s->stack || s->stack > r->defs.nodes.len || !s->thread ||
	    s->thread > r->defs.threads.len || flags & PST_SAMPLE_BROKEN)
		return;
	while (r->seen.len < s->thread)
		(void)PST_VEC_PUSH(&r->seen);
	struct seen *last = &r->seen.at[s->thread - 1];
	bool same = last->row && last->node == s->stack && last->kind == kind;
	if (r->runs)
		keep_order(r, s->thread, last, same);
	if (!same)
		last->row = row_of(r, s->thread, s->stack, kind);
	last->node = s->stack;
	last->kind = kind;
	r->rows.at[last->row - 1].samples++;
	r->rows.at[last->row - 1].ns += r->to_ns - r->from_ns;
}

void pst_recorder_ingest(struct pst_recorder *r, const struct pst_rec *rec)
{
	switch (rec->type) {
	case PST_REC_STRING:
		pst_defs_string(&r->defs, (const struct pst_rec_string *)rec);
		break;
	case PST_REC_FUNC:
		pst_defs_func(&r->defs, (const struct pst_rec_func *)rec);
		break;
	case PST_REC_FRAME:
		pst_defs_frame(&r->defs, (const struct pst_rec_frame *)rec);
		break;
	case PST_REC_STACK:
		pst_defs_stack(&r->defs, (const struct pst_rec_stack *)rec);
		break;
	case PST_REC_PROCESS:
		pst_defs_process(&r->defs, (const struct pst_rec_process *)rec);
		break;
	case PST_REC_THREAD:
		pst_defs_thread(&r->defs, (const struct pst_rec_thread *)rec);
		break;
	case PST_REC_TICK:
		take_tick(r, (const struct pst_rec_tick *)rec);
		break;
	case PST_REC_SAMPLE:
		take_sample(r, (const struct pst_rec_sample *)rec);
		break;
	default:
		break;
	}
}

/* ---- the profile -------------------------------------------------------------------------- */

static void copy_funcs(const struct pst_defs *d, struct pst_profile *out)
{
	for (size_t i = 0; i < d->funcs.len; i++) {
		const struct pst_def_func *f = &d->funcs.at[i];
		const char *file = pst_defs_text(d, f->file);
		const char *name = pst_defs_text(d, f->qualname ? f->qualname : f->name);
		struct pst_profile_func *to = PST_VEC_PUSH(&out->funcs);
		to->name = pst_profile_text(out, name);
		to->file = pst_profile_text(
			out, pst_defs_text(d, f->short_file ? f->short_file : f->file));
		to->full_file = f->short_file == f->file ? to->file : pst_profile_text(out, file);
		to->first_line = f->first_line;
		to->library = f->library;
	}
}

static void copy_nodes(const struct pst_defs *d, struct pst_profile *out)
{
	PST_VEC_RESERVE(&out->frames, d->frames.len);
	for (size_t i = 0; i < d->frames.len; i++)
		*PST_VEC_PUSH(&out->frames) = (struct pst_profile_frame){
			.func = d->frames.at[i].func, .line = d->frames.at[i].line};
	PST_VEC_RESERVE(&out->nodes, d->nodes.len);
	for (size_t i = 0; i < d->nodes.len; i++)
		*PST_VEC_PUSH(&out->nodes) = (struct pst_profile_node){
			.parent = d->nodes.at[i].parent, .frame = d->nodes.at[i].frame};
}

static void copy_threads(const struct pst_defs *d, struct pst_profile *out)
{
	for (size_t i = 0; i < d->processes.len; i++) {
		const struct pst_def_process *p = &d->processes.at[i];
		struct pst_profile_process *to = PST_VEC_PUSH(&out->processes);
		to->pid = p->pid;
		to->cmdline = pst_profile_text(out, pst_defs_text(d, p->cmdline));
		to->version = pst_profile_text(out, pst_defs_text(d, p->version));
	}
	for (size_t i = 0; i < d->threads.len; i++) {
		const struct pst_def_thread *t = &d->threads.at[i];
		struct pst_profile_thread *to = PST_VEC_PUSH(&out->threads);
		to->process = t->process;
		to->tid = t->tid;
		to->is_main = t->is_main;
		to->name = pst_profile_text(out, pst_defs_text(d, t->name ? t->name : t->comm));
	}
}

static void list_runs(struct pst_recorder *r, const struct pst_export_options *opt,
		      struct pst_profile *out)
{
	struct pst_runs_want want = {.runs_max = RUNS_MAX, .frames_max = FRAMES_MAX};
	uint32_t *depth = pst_calloc(r->defs.nodes.len + 1, sizeof *depth);

	for (unsigned k = 0; k < PST_WAS_KINDS; k++)
		want.kinds[k] =
			(opt->idle || !(k & PST_WAS_IDLE)) && (!opt->gil_only || k & PST_WAS_GIL);
	for (size_t i = 0; i < r->defs.nodes.len; i++)
		depth[i] = r->defs.nodes.at[i].depth;
	want.depth = depth;
	want.nodes = r->defs.nodes.len;
	for (size_t i = 0; i < r->seen.len; i++)
		close_run(r, (uint32_t)i + 1, &r->seen.at[i]);
	pst_runs_list(r->runs, &want, out);
	free(depth);
}

void pst_recorder_profile(struct pst_recorder *r, const struct pst_export_options *opt, bool order,
			  struct pst_profile *out)
{
	copy_funcs(&r->defs, out);
	copy_nodes(&r->defs, out);
	copy_threads(&r->defs, out);
	PST_VEC_RESERVE(&out->rows, r->rows.len);
	for (size_t i = 0; i < r->rows.len; i++)
		*PST_VEC_PUSH(&out->rows) = r->rows.at[i];
	if (r->runs && order)
		list_runs(r, opt, out);
}
