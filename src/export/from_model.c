// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/export.h"

#include "base/alloc.h"
#include "model/query.h"

#include <stdlib.h>

/* A tree for each thread takes time while the screen waits: of more than this they stand together.
 */
#define THREADS_MAX 32

struct copy {
	const struct pst_model *m;
	const struct pst_calls_options *what;
	struct pst_profile *out, *base; /* BASE: NULL: not wanted */
	uint32_t *frame_of;		/* by function or frame of the model, id - 1: id in OUT */
	bool lines;
};

static void copy_funcs(struct copy *c)
{
	size_t n = pst_model_func_count(c->m);

	for (uint32_t i = 1; i <= n; i++) {
		struct pst_func_info info;
		pst_model_func(c->m, i, &info);
		struct pst_profile_func *to = PST_VEC_PUSH(&c->out->funcs);
		to->name = pst_profile_text(c->out, info.name);
		to->file = pst_profile_text(c->out, info.file);
		to->full_file = pst_profile_text(c->out, info.full_file);
		to->first_line = info.first_line;
		to->library = info.library;
	}
}

static void copy_threads(struct copy *c, const struct pst_thread_info *threads, size_t n)
{
	size_t count = pst_model_process_infos(c->m, NULL, 0);
	struct pst_process_info *processes = pst_calloc(count + 1, sizeof *processes);

	count = pst_model_process_infos(c->m, processes, count);
	for (size_t i = 0; i < count; i++) {
		struct pst_profile_process *to = PST_VEC_PUSH(&c->out->processes);
		to->pid = processes[i].pid;
		to->cmdline = pst_profile_text(c->out, processes[i].cmdline);
		to->version = pst_profile_text(c->out, processes[i].version);
	}
	free(processes);
	for (size_t i = 0; i < n; i++) {
		struct pst_profile_thread *to = PST_VEC_PUSH(&c->out->threads);
		to->process = threads[i].process;
		to->tid = threads[i].tid;
		to->is_main = threads[i].is_main;
		to->name = pst_profile_text(c->out, threads[i].name);
	}
}

/* Id in OUT of what stands in N. */
static uint32_t frame_of(struct copy *c, const struct pst_calls_node *n, size_t *known)
{
	uint32_t id = c->lines ? n->frame : n->func;
	int line = 0;

	if (id > *known) {
		c->frame_of = pst_realloc(c->frame_of, id, sizeof *c->frame_of);
		while (*known < id)
			c->frame_of[(*known)++] = 0;
	}
	if (!c->frame_of[id - 1]) {
		uint32_t func = n->func;
		if (c->lines)
			func = pst_model_frame_func(c->m, n->frame, &line);
		else
			line = c->out->funcs.at[func - 1].first_line;
		*PST_VEC_PUSH(&c->out->frames) =
			(struct pst_profile_frame){.func = func, .line = line};
		c->frame_of[id - 1] = (uint32_t)c->out->frames.len;
	}
	return c->frame_of[id - 1];
}

static void add_row(struct pst_profile *p, uint32_t thread, uint32_t node, uint64_t own,
		    uint64_t all, uint64_t samples)
{
	if (!own || !node)
		return;
	*PST_VEC_PUSH(&p->rows) = (struct pst_profile_row){
		.thread = thread,
		.node = node,
		.samples = all ? (uint64_t)((double)own / (double)all * (double)samples + 0.5) : 0,
		.ns = own,
	};
}

/* What was folded into "…" by the model is its parent's own. */
static void add_calls(struct copy *c, uint32_t thread, const struct pst_calls *calls, size_t *known)
{
	uint32_t *id = pst_calloc(calls->len + 1, sizeof *id);

	for (size_t i = 1; i < calls->len; i++) {
		const struct pst_calls_node *n = &calls->at[i];
		if (n->func) {
			*PST_VEC_PUSH(&c->out->nodes) = (struct pst_profile_node){
				.parent = id[n->parent], .frame = frame_of(c, n, known)};
			id[i] = (uint32_t)c->out->nodes.len;
		} else {
			id[i] = id[n->parent];
		}
		add_row(c->out, thread, id[i], n->own[0], calls->at[0].total[0], calls->samples[0]);
		if (c->base)
			add_row(c->base, thread, id[i], n->own[1], calls->at[0].total[1],
				calls->samples[1]);
	}
	free(id);
}

static bool is_counted(const struct pst_filter *f, uint32_t thread)
{
	return !f->threads || (thread <= f->nthreads && f->threads[thread - 1]);
}

static void add_each_thread(struct copy *c, const struct pst_thread_info *threads, size_t n,
			    size_t *known)
{
	struct pst_calls_options what = *c->what;
	uint8_t *mask = pst_calloc(n + 1, 1);
	struct pst_calls calls = {0};

	what.filter.threads = mask;
	what.filter.nthreads = n;
	for (size_t i = 0; i < n; i++) {
		if (!is_counted(&c->what->filter, threads[i].id) || threads[i].id > n)
			continue;
		mask[threads[i].id - 1] = 1;
		pst_model_calls(c->m, &what, &calls);
		add_calls(c, threads[i].id, &calls, known);
		mask[threads[i].id - 1] = 0;
	}
	pst_calls_free(&calls);
	free(mask);
}

/* The base has the same functions, frames and nodes; it needs its own texts, for it may be freed
 * first. */
static void share_tables(const struct pst_profile *from, struct pst_profile *to)
{
	for (size_t i = 0; i < from->funcs.len; i++) {
		struct pst_profile_func *f = PST_VEC_PUSH(&to->funcs);
		*f = from->funcs.at[i];
		f->name = pst_profile_text(to, f->name);
		f->file = pst_profile_text(to, f->file);
		f->full_file = pst_profile_text(to, f->full_file);
	}
	for (size_t i = 0; i < from->frames.len; i++)
		*PST_VEC_PUSH(&to->frames) = from->frames.at[i];
	for (size_t i = 0; i < from->nodes.len; i++)
		*PST_VEC_PUSH(&to->nodes) = from->nodes.at[i];
	to->filtered = true;
}

void pst_export_from_model(const struct pst_model *m, const struct pst_calls_options *what,
			   bool each_thread, struct pst_profile *out, struct pst_profile *base)
{
	struct copy c = {.m = m, .what = what, .out = out, .base = base};
	size_t n = pst_model_thread_infos(m, &what->span, NULL, 0), known = 0;
	struct pst_thread_info *threads = pst_calloc(n + 1, sizeof *threads);
	struct pst_calls calls = {0};

	n = pst_model_thread_infos(m, &what->span, threads, n);
	c.lines = what->merge == PST_GROUP_LINE;
	out->filtered = true;
	copy_funcs(&c);
	copy_threads(&c, threads, n);
	if (each_thread && !base && n <= THREADS_MAX) {
		add_each_thread(&c, threads, n, &known);
	} else {
		pst_model_calls(m, what, &calls);
		add_calls(&c, 0, &calls, &known);
		pst_calls_free(&calls);
	}
	if (base)
		share_tables(out, base);
	free(threads);
	free(c.frame_of);
}
