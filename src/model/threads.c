// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/priv.h"

#include "base/alloc.h"

#include <stdlib.h>

static const char *name_of(const struct pst_model *m, size_t i)
{
	const struct pst_def_thread *d = &m->defs.threads.at[i];

	return pst_defs_text(&m->defs, d->name ? d->name : d->comm);
}

static bool is_alive(const struct pst_model *m, size_t i)
{
	uint64_t tick = m->threads.at[i].tick;

	return tick && tick == m->processes.at[m->defs.threads.at[i].process - 1].tick;
}

size_t pst_model_threads(const struct pst_model *m, struct pst_thread_row *out, size_t cap)
{
	for (size_t i = 0; i < m->threads.len && i < cap; i++)
		out[i] = (struct pst_thread_row){
			.id = (uint32_t)i + 1,
			.tid = m->defs.threads.at[i].tid,
			.name = name_of(m, i),
			.is_main = m->defs.threads.at[i].is_main,
			.flags = m->threads.at[i].flags,
			.alive = is_alive(m, i),
		};
	return m->threads.len;
}

/* ---- infos ------------------------------------------------------------------------------- */

static enum pst_thread_doing doing(unsigned flags)
{
	if (flags & PST_SAMPLE_GIL_WAIT)
		return PST_DOING_WAITS_GIL;
	if (flags & PST_SAMPLE_IDLE)
		return PST_DOING_IDLE;
	if (flags & PST_SAMPLE_GC)
		return PST_DOING_COLLECTS;
	return flags & PST_SAMPLE_GIL ? PST_DOING_HOLDS_GIL : PST_DOING_RUNS;
}

struct times { /* of a thread, ns */
	uint64_t active, gil, wait;
};

static void add_time(struct times *t, uint32_t who, uint64_t ns)
{
	struct times *at = &t[PST_WHO_THREAD(who) - 1];
	unsigned class = PST_WHO_CLASS(who);

	if (!(class & PST_CLASS_IDLE))
		at->active += ns;
	if (class & PST_CLASS_GIL)
		at->gil += ns;
	if (class & PST_CLASS_WAIT)
		at->wait += ns;
}

static void add_times(const struct pst_model *m, const struct pst_source *src, struct times *t)
{
	const struct pst_history *h = m->history;

	if (src->all) {
		for (size_t i = 0; i < h->totals.at.len; i++)
			add_time(t, h->totals.at.at[i].who, h->totals.at.at[i].ns);
		return;
	}
	uint64_t to = pst_history_cells_at(h, src->parts.to);
	for (uint64_t i = pst_history_cells_at(h, src->parts.from); i < to; i++) {
		const struct pst_cell *c = pst_deque_at(&h->cells, i);
		add_time(t, c->who, c->ns);
	}
}

static void describe(const struct pst_model *m, size_t i, struct pst_thread_info *out)
{
	const struct pst_def_thread *d = &m->defs.threads.at[i];
	const struct pst_thread_state_seen *t = &m->threads.at[i];
	bool alive = is_alive(m, i);

	*out = (struct pst_thread_info){
		.id = (uint32_t)i + 1,
		.process = d->process,
		.tid = d->tid,
		.interp_id = d->interp_id,
		.ident = d->ident,
		.name = name_of(m, i),
		.is_main = d->is_main,
		.alive = alive,
		.doing = alive ? doing(t->flags) : PST_DOING_GONE,
		.stack = t->stack,
		.frame = t->frame,
		.same_ns = t->frame && t->last_ns > t->same_from ? t->last_ns - t->same_from : 0,
		.cpu_percent = -1,
	};
	if (alive)
		out->cpu_percent =
			pst_meter_percent(&t->cpu, &m->processes.at[d->process - 1].clock);
}

size_t pst_model_thread_infos(const struct pst_model *m, const struct pst_span_ns *span,
			      struct pst_thread_info *out, size_t cap)
{
	size_t n = m->threads.len < cap ? m->threads.len : cap;
	bool live = !span || (!span->from_ns && !span->to_ns);

	if (!n) /* who only counts them need not wait for all the samples */
		return m->threads.len;
	pst_model_settle(m);
	struct pst_source src = live ? pst_source_window(m) : pst_source_of(m, span);
	struct times *t = pst_calloc(m->threads.len + 1, sizeof *t);
	uint64_t *walls = pst_source_walls(m, &src);
	add_times(m, &src, t);
	for (size_t i = 0; i < n; i++) {
		describe(m, i, &out[i]);
		uint64_t wall = walls[out[i].process];
		double percent = wall ? 100.0 / (double)wall : 0.0;
		out[i].active_percent = (double)t[i].active * percent;
		out[i].gil_percent = (double)t[i].gil * percent;
		out[i].wait_percent = (double)t[i].wait * percent;
	}
	free(walls);
	free(t);
	return m->threads.len;
}

/* ---- frames and functions ---------------------------------------------------------------- */

size_t pst_model_stack(const struct pst_model *m, uint32_t stack, uint32_t *frames, size_t cap)
{
	const struct pst_defs *d = &m->defs;
	size_t n = 0;

	if (stack > d->nodes.len)
		return 0;
	for (; stack; stack = d->nodes.at[stack - 1].parent) {
		if (n < cap)
			frames[n] = d->nodes.at[stack - 1].frame;
		n++;
	}
	return n;
}

size_t pst_model_func_count(const struct pst_model *m)
{
	return m->defs.funcs.len;
}

void pst_model_func(const struct pst_model *m, uint32_t func, struct pst_func_info *out)
{
	const struct pst_defs *d = &m->defs;

	*out = (struct pst_func_info){.name = "", .file = "", .full_file = "", .module = ""};
	if (!func || func > d->funcs.len)
		return;
	const struct pst_def_func *f = &d->funcs.at[func - 1];
	*out = (struct pst_func_info){
		.name = pst_defs_func_name(d, func),
		.file = pst_defs_func_file(d, func),
		.full_file = pst_defs_text(d, f->file),
		.module = pst_defs_module(d, f->module),
		.first_line = f->first_line,
		.library = f->library,
	};
}

uint32_t pst_model_frame_func(const struct pst_model *m, uint32_t frame, int *line)
{
	bool known = frame && frame <= m->defs.frames.len;

	if (line)
		*line = known ? m->defs.frames.at[frame - 1].line : 0;
	return known ? m->defs.frames.at[frame - 1].func : 0;
}
