// SPDX-License-Identifier: MIT
#include "config.h"

#include "model_world.h"

#include "unit.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

#define HEAD(r, t)                                                                                 \
	{                                                                                          \
		sizeof(r), t, 0                                                                    \
	}

struct world *world_new(unsigned seed)
{
	struct world *w = pst_calloc(1, sizeof *w);

	w->m = pst_model_new();
	w->seed = seed;
	w->now = 1000 * MS;
	return w;
}

void world_free(struct world *w)
{
	struct pst_summary s;

	pst_model_summary(w->m, &s);
	assert_int_equal(s.errors, 0);
	pst_model_free(w->m);
	PST_VEC_FREE(&w->files);
	PST_VEC_FREE(&w->funcs);
	PST_VEC_FREE(&w->frames);
	PST_VEC_FREE(&w->nodes);
	PST_VEC_FREE(&w->threads);
	PST_VEC_FREE(&w->samples);
	PST_VEC_FREE(&w->ticks);
	free(w);
}

uint32_t world_random(struct world *w, uint32_t below)
{
	return (uint32_t)rand_r(&w->seed) % below;
}

/* ---- definitions ------------------------------------------------------------------------- */

uint32_t world_string(struct world *w, const char *text)
{
	_Alignas(8) unsigned char bytes[256] = {0};
	struct pst_rec_string *r = (struct pst_rec_string *)bytes;
	uint32_t len = (uint32_t)strlen(text);

	assert_true(len <= sizeof bytes - sizeof *r);
	*r = (struct pst_rec_string){
		{PST_REC_ALIGN((uint32_t)sizeof *r + len), PST_REC_STRING, 0}, ++w->strings, len};
	memcpy(r + 1, text, len);
	pst_model_ingest(w->m, &r->head);
	return w->strings;
}

/* The string of a file that another function has already; else a new one. */
static uint32_t file_string(struct world *w, const char *file)
{
	for (uint32_t i = 0; i < w->files.len; i++)
		if (!strcmp(w->files.at[i].text, file))
			return w->files.at[i].id;
	struct world_file *f = PST_VEC_PUSH(&w->files);
	f->text = file;
	f->id = world_string(w, file);
	return f->id;
}

uint32_t world_func(struct world *w, const char *name, const char *file, int line, bool library)
{
	uint32_t text = world_string(w, name), path = file_string(w, file);
	struct pst_rec_func r = {.head = HEAD(r, PST_REC_FUNC),
				 .name = text,
				 .qualname = text,
				 .file = path,
				 .short_file = path,
				 .first_line = line};

	*PST_VEC_PUSH(&w->funcs) = (struct world_func){name, file, line, library};
	r.id = (uint32_t)w->funcs.len;
	pst_model_ingest(w->m, &r.head);
	return r.id;
}

uint32_t world_frame(struct world *w, uint32_t func, int line)
{
	struct pst_rec_frame r = {HEAD(r, PST_REC_FRAME), 0, func, line, PST_FRAME_PYTHON};

	*PST_VEC_PUSH(&w->frames) = (struct world_frame){func, line};
	r.id = (uint32_t)w->frames.len;
	pst_model_ingest(w->m, &r.head);
	return r.id;
}

uint32_t world_node(struct world *w, uint32_t parent, uint32_t frame)
{
	uint32_t depth = parent ? w->nodes.at[parent - 1].depth + 1 : 1;
	struct pst_rec_stack r = {HEAD(r, PST_REC_STACK), 0, parent, frame, depth};

	*PST_VEC_PUSH(&w->nodes) = (struct world_node){parent, frame, depth};
	r.id = (uint32_t)w->nodes.len;
	pst_model_ingest(w->m, &r.head);
	return r.id;
}

uint32_t world_process(struct world *w)
{
	struct pst_rec_process r = {.head = HEAD(r, PST_REC_PROCESS), .id = ++w->processes};

	r.pid = 4000 + (int32_t)r.id;
	pst_model_ingest(w->m, &r.head);
	return r.id;
}

uint32_t world_thread(struct world *w, uint32_t process)
{
	struct pst_rec_thread r = {.head = HEAD(r, PST_REC_THREAD), .process = process};

	*PST_VEC_PUSH(&w->threads) = process;
	r.id = (uint32_t)w->threads.len;
	r.tid = 100 + r.id;
	r.ident = 7000 + r.id;
	r.interp_id = 3;
	pst_model_ingest(w->m, &r.head);
	return r.id;
}

/* ---- what happens ------------------------------------------------------------------------ */

void world_tick(struct world *w, uint64_t time_ns, uint64_t period_ns, uint32_t process,
		uint32_t samples)
{
	struct pst_rec_tick r = {.head = HEAD(r, PST_REC_TICK),
				 .time_ns = time_ns,
				 .period_ns = period_ns,
				 .process = process,
				 .threads = samples,
				 .samples = samples};

	w->now = time_ns;
	w->tick_process = process;
	w->tick_period = period_ns;
	*PST_VEC_PUSH(&w->ticks) =
		(struct world_tick){time_ns, period_ns, process, w->windows, true};
	pst_model_ingest(w->m, &r.head);
}

void world_sample(struct world *w, uint32_t thread, uint32_t stack, unsigned flags)
{
	struct pst_rec_sample r = {{sizeof r, PST_REC_SAMPLE, (uint16_t)flags}, thread, stack};

	*PST_VEC_PUSH(&w->samples) = (struct world_sample){
		w->now, w->tick_period, w->tick_process, thread, stack, flags, w->windows, true};
	pst_model_ingest(w->m, &r.head);
}

void world_look(struct world *w, uint64_t time_ns, uint32_t thread, uint32_t stack, unsigned flags)
{
	world_tick(w, time_ns, 10 * MS, w->threads.at[thread - 1], 1);
	world_sample(w, thread, stack, flags);
}

void world_usage(struct world *w, uint64_t time_ns, uint32_t process, uint64_t cpu_ns, uint64_t rss)
{
	struct pst_rec_usage r = {HEAD(r, PST_REC_USAGE), time_ns, cpu_ns, rss, process, 0};

	pst_model_ingest(w->m, &r.head);
}

void world_thread_usage(struct world *w, uint64_t time_ns, uint32_t thread, uint64_t cpu_ns)
{
	struct pst_rec_thread_usage r = {HEAD(r, PST_REC_THREAD_USAGE), time_ns, cpu_ns, thread, 0};

	pst_model_ingest(w->m, &r.head);
}

void world_roll(struct world *w)
{
	pst_model_roll(w->m);
	w->windows++;
}

void world_reset(struct world *w)
{
	pst_model_reset(w->m);
	w->windows = 0;
	for (size_t i = 0; i < w->samples.len; i++)
		w->samples.at[i].counts = false;
	for (size_t i = 0; i < w->ticks.len; i++)
		w->ticks.at[i].counts = false;
}

/* ---- at random --------------------------------------------------------------------------- */

static const struct {
	const char *name, *file;
	bool library;
} population[] = {
	{"<module>", "/srv/app/main.py", false},
	{"work", "/srv/app/main.py", false},
	{"fib", "/srv/app/main.py", false},
	{"load", "/srv/app/util.py", false},
	{"save", "/srv/app/util.py", false},
	{"<lambda>", "<string>", false},
	{"decode", "/usr/lib/python3.11/json/decoder.py", true},
	{"scan", "/usr/lib/python3.11/json/decoder.py", true},
	{"_bootstrap", "/usr/lib/python3.11/threading.py", true},
	{"get", "/venv/lib/python3.11/site-packages/requests/api.py", true},
	{"_find", "<frozen importlib._bootstrap>", true},
	{"work", "/srv/app/other.py", false},
};

static bool has_node(const struct world *w, uint32_t parent, uint32_t frame)
{
	for (size_t i = 0; i < w->nodes.len; i++)
		if (w->nodes.at[i].parent == parent && w->nodes.at[i].frame == frame)
			return true;
	return false;
}

void world_populate(struct world *w, unsigned nodes)
{
	for (uint32_t i = 0; i < sizeof population / sizeof *population; i++) {
		world_func(w, population[i].name, population[i].file, 10 * (int)i,
			   population[i].library);
		for (int line = 0; line < 3; line++)
			world_frame(w, i + 1, 10 * (int)i + line);
	}
	world_grow(w, nodes);
	for (int i = 0; i < 2; i++) {
		world_process(w);
		for (int k = 0; k < 3; k++)
			world_thread(w, w->processes);
	}
}

void world_grow(struct world *w, unsigned nodes)
{
	for (size_t want = w->nodes.len + nodes; w->nodes.len < want;) {
		uint32_t parent = world_random(w, (uint32_t)w->nodes.len + 1);
		uint32_t frame = world_random(w, (uint32_t)w->frames.len) + 1;
		if (!has_node(w, parent, frame))
			world_node(w, parent, frame);
	}
}

static unsigned random_flags(struct world *w)
{
	static const unsigned flags[] = {0,
					 0,
					 PST_SAMPLE_GIL,
					 PST_SAMPLE_GIL,
					 PST_SAMPLE_IDLE,
					 PST_SAMPLE_IDLE | PST_SAMPLE_GIL,
					 PST_SAMPLE_IDLE | PST_SAMPLE_GIL_WAIT,
					 PST_SAMPLE_GC | PST_SAMPLE_GIL,
					 PST_SAMPLE_BROKEN};

	return flags[world_random(w, sizeof flags / sizeof *flags)];
}

void world_run(struct world *w, unsigned n, bool rolls)
{
	for (unsigned i = 0; i < n; i++) {
		uint32_t process = 1 + world_random(w, w->processes);
		uint32_t samples = world_random(w, 4), from = (process - 1) * 3;
		world_tick(w, w->now + world_random(w, 60) * MS, (1 + world_random(w, 30)) * MS,
			   process, samples);
		for (uint32_t k = 1; k <= samples; k++)
			world_sample(w, from + k, world_random(w, (uint32_t)w->nodes.len + 1),
				     random_flags(w));
		if (rolls && !world_random(w, 20))
			world_roll(w);
	}
}

/* ---- what the model must say ------------------------------------------------------------- */

static bool in_time(uint64_t time_ns, unsigned window, bool counts, const struct world *w,
		    const struct world_question *q)
{
	if (q->window)
		return counts && (!w->windows || window == w->windows - 1);
	if (!q->span.from_ns && !q->span.to_ns)
		return counts;
	return q->span.from_ns < q->span.to_ns && time_ns / BUCKET >= q->span.from_ns / BUCKET &&
	       time_ns / BUCKET <= (q->span.to_ns - 1) / BUCKET;
}

static bool holds_func(const struct world *w, uint32_t stack, const struct pst_filter *f)
{
	for (; stack; stack = w->nodes.at[stack - 1].parent) {
		uint32_t func = w->frames.at[w->nodes.at[stack - 1].frame - 1].func;
		if (func - 1 < f->nfuncs && f->funcs[func - 1])
			return true;
	}
	return false;
}

bool world_counts(const struct world *w, const struct world_sample *s,
		  const struct world_question *q, bool whatever_class)
{
	const struct pst_filter *f = &q->filter;

	if (!s->stack || s->flags & PST_SAMPLE_BROKEN)
		return false;
	if (!in_time(s->time_ns, s->window, s->counts, w, q))
		return false;
	if (f->process && s->process != f->process)
		return false;
	if (f->threads && !(s->thread - 1 < f->nthreads && f->threads[s->thread - 1]))
		return false;
	if (f->funcs && !holds_func(w, s->stack, f))
		return false;
	if (whatever_class)
		return true;
	return (f->idle || !(s->flags & PST_SAMPLE_IDLE)) &&
	       (!f->gil_only || s->flags & PST_SAMPLE_GIL);
}

uint64_t world_wall(const struct world *w, const struct world_question *q)
{
	uint64_t ns[16] = {0}, most = 0;

	for (size_t i = 0; i < w->ticks.len; i++) {
		const struct world_tick *t = &w->ticks.at[i];
		if (in_time(t->time_ns, t->window, t->counts, w, q))
			ns[t->process] += t->period_ns;
	}
	for (uint32_t i = 1; i <= w->processes; i++)
		if ((!q->filter.process || q->filter.process == i) && ns[i] > most)
			most = ns[i];
	return most;
}

static bool library(const struct world *w, uint32_t frame)
{
	return w->funcs.at[w->frames.at[frame - 1].func - 1].library;
}

size_t world_path(const struct world *w, uint32_t stack, bool my_code, uint32_t *path)
{
	size_t n = w->nodes.at[stack - 1].depth, kept = 0;

	for (size_t i = n; i > 0; i--) {
		path[i - 1] = w->nodes.at[stack - 1].frame;
		stack = w->nodes.at[stack - 1].parent;
	}
	if (!my_code)
		return n;
	for (size_t i = 0; i < n; i++)
		if (!library(w, path[i]))
			path[kept++] = path[i];
	return kept ? kept : 1;
}

void world_ask(struct world *w, struct world_question *q, uint8_t bytes[64])
{
	*q = (struct world_question){.filter = {.idle = world_random(w, 2),
						.gil_only = !world_random(w, 4),
						.my_code = world_random(w, 2)}};
	for (int i = 0; i < 64; i++)
		bytes[i] = world_random(w, 3) == 0;
	if (!world_random(w, 3))
		q->filter.process = 1 + world_random(w, 2);
	if (!world_random(w, 3)) {
		q->filter.threads = bytes;
		q->filter.nthreads = world_random(w, 7);
	}
	if (!world_random(w, 3)) {
		q->filter.funcs = bytes + 32;
		q->filter.nfuncs = world_random(w, 13);
	}
	if (world_random(w, 2)) {
		uint64_t length = w->now - 1000 * MS;
		q->span.from_ns = 1000 * MS + world_random(w, 1000) * length / 1000;
		q->span.to_ns = q->span.from_ns + world_random(w, 1000) * length / 1000;
	}
}
