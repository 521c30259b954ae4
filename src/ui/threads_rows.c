// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/threads.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/find.h"

/* Makes rows of what the model says about threads: a list, or a tree where there is more than one
 * process or interpreter. */

enum { STACK_MAX = 4096, PROCESSES_MAX = 1000000 };

const char *threads_text(const struct threads *t, size_t at)
{
	return at < t->text.len ? t->text.data + at : "";
}

bool threads_same_key(const struct threads_key *a, const struct threads_key *b)
{
	return a->kind == b->kind && a->process == b->process && a->interp == b->interp &&
	       a->thread == b->thread;
}

bool threads_is_closed(const struct threads *t, const struct threads_key *k)
{
	for (size_t i = 0; i < t->closed.len; i++) {
		if (threads_same_key(&t->closed.at[i], k))
			return true;
	}
	return false;
}

bool threads_below(const struct threads_row *row, const struct threads_row *thread)
{
	if (row->key.kind == THREADS_THREAD)
		return row->key.thread == thread->key.thread;
	return row->key.process == thread->key.process &&
	       (row->key.kind == THREADS_PROCESS || row->key.interp == thread->key.interp);
}

const char *threads_doing(enum pst_thread_doing doing, int cells)
{
	static const char *const words[][3] = {
		/* TRANSLATORS: states of a thread, in at most 13, 9, and 5 cells. */
		[PST_DOING_GONE] = {N_("ended"), N_("ended"), N_("ended")},
		[PST_DOING_IDLE] = {N_("idle"), N_("idle"), N_("idle")},
		[PST_DOING_RUNS] = {N_("running"), N_("running"), N_("runs")},
		[PST_DOING_HOLDS_GIL] = {N_("holds GIL"), N_("holds GIL"), N_("GIL")},
		[PST_DOING_WAITS_GIL] = {N_("waits for GIL"), N_("waits GIL"), N_("waits")},
		[PST_DOING_COLLECTS] = {N_("in GC"), N_("in GC"), N_("GC")},
	};
	int form = cells >= THREADS_STATE_LONG ? 0 : cells >= THREADS_STATE_SHORT ? 1 : 2;

	return (size_t)doing < sizeof words / sizeof *words ? _(words[doing][form]) : "";
}

/* ---- texts ---- */

static size_t add_text(struct threads *t, const char *s)
{
	size_t at = t->text.len;

	pst_buf_add(&t->text, s, strlen(s) + 1);
	return at;
}

static size_t add_name(struct threads *t, const struct pst_thread_info *info)
{
	size_t at = t->text.len;

	if (*info->name)
		return add_text(t, info->name);
	if (info->is_main)
		return add_text(t, _("main thread"));
	pst_buf_addf(&t->text, _("thread %u"), info->id);
	pst_buf_addc(&t->text, '\0');
	return at;
}

static void add_place(struct threads *t, const struct pst_model *m,
		      const struct pst_thread_info *info, struct threads_row *r)
{
	struct pst_func_info f;
	int line = 0;
	uint32_t func = info->frame ? pst_model_frame_func(m, info->frame, &line) : 0;

	if (!func) {
		r->func = r->place = add_text(t, "");
		return;
	}
	pst_model_func(m, func, &f);
	r->func_id = func;
	r->func = add_text(t, f.name);
	r->place = t->text.len;
	if (line > 0)
		pst_buf_addf(&t->text, "%s:%d", f.file, line);
	else
		pst_buf_adds(&t->text, f.file);
	pst_buf_addc(&t->text, '\0');
}

/*
 * Where FUNC, or one of FUNCS, is on STACK: the innermost frame of it, counted from the root;
 * SIZE_MAX: nowhere.
 */
static size_t find_on_stack(struct threads *t, const struct pst_model *m, uint32_t stack,
			    uint32_t func, const struct pst_filter *funcs)
{
	size_t n;

	if (!stack)
		return SIZE_MAX;
	PST_VEC_RESERVE(&t->stack, STACK_MAX);
	n = pst_model_stack(m, stack, t->stack.at, STACK_MAX);
	for (size_t i = 0; i < n && i < STACK_MAX; i++) {
		int line;
		uint32_t id = pst_model_frame_func(m, t->stack.at[i], &line);

		if (id && (id == func || (funcs && id <= funcs->nfuncs && funcs->funcs[id - 1])))
			return n - 1 - i;
	}
	return SIZE_MAX;
}

/* ---- sorting ---- */

static int by_number(double a, double b)
{
	return a < b ? -1 : a > b;
}

/* Those that ended last; what is equal by activity, then as found. */
static int compare(const void *pa, const void *pb)
{
	const struct threads_row *a = pa, *b = pb;
	int order;

	if (a->alive != b->alive)
		return a->alive ? -1 : 1;
	order = a->word ? strcmp(a->word, b->word) : by_number(a->number, b->number);
	if (order)
		return order * a->sign;
	order = by_number(b->active, a->active);
	if (order)
		return order;
	if (a->key.process != b->key.process)
		return a->key.process < b->key.process ? -1 : 1;
	if (a->key.interp != b->key.interp)
		return a->key.interp < b->key.interp ? -1 : 1;
	return (a->key.thread > b->key.thread) - (a->key.thread < b->key.thread);
}

static double number_of(const struct threads *t, const struct threads_row *r)
{
	switch (t->sort) {
	case THREADS_TID:
		return (double)r->tid;
	case THREADS_STATE:
		return (double)r->doing;
	case THREADS_GIL:
		return r->gil;
	case THREADS_WAIT:
		return r->wait;
	case THREADS_SAME:
		return (double)r->same_ns;
	default:
		return r->cpu;
	}
}

static void sort_rows(const struct threads *t, struct threads_row *at, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct threads_row *r = &at[i];

		r->sign = t->ascending ? 1 : -1;
		r->number = number_of(t, r);
		r->word = t->sort == THREADS_NAME   ? threads_text(t, r->name)
			  : t->sort == THREADS_FUNC ? threads_text(t, r->func)
						    : NULL;
	}
	if (n > 1)
		qsort(at, n, sizeof *at, compare);
}

/* ---- threads ---- */

static void fetch(struct threads *t, const struct ui_view *v, const struct pst_model *m)
{
	ui_fetch_threads(v, m, &t->infos);
	size_t n = pst_model_process_infos(m, t->processes.at, t->processes.cap);
	if (n > t->processes.cap) {
		PST_VEC_RESERVE(&t->processes, n < PROCESSES_MAX ? n : PROCESSES_MAX);
		n = pst_model_process_infos(m, t->processes.at, t->processes.cap);
	}
	t->processes.len = n < t->processes.cap ? n : t->processes.cap;
}

/* Threads that ended go with their time, unless all has ended, or somebody looks at them. */
static bool is_wanted(const struct ui_view *v, const struct pst_thread_info *i,
		      bool any_alive)
{
	if (v->filter.process && i->process != v->filter.process)
		return false;
	return i->alive || !any_alive || i->active_percent > 0 || i->gil_percent > 0 ||
	       i->wait_percent > 0 || i->id == v->thread || ui_tagged(v, i->id);
}

static void add_thread(struct threads *t, const struct ui_view *v, const struct pst_model *m,
		       const struct pst_thread_info *i)
{
	struct threads_row *r = PST_VEC_PUSH(&t->all);

	*r = (struct threads_row){
		.key = {THREADS_THREAD, i->process, i->interp_id, i->id},
		.tid = i->tid,
		.doing = i->doing,
		.cpu = i->cpu_percent,
		.active = i->active_percent,
		.gil = i->gil_percent,
		.wait = i->wait_percent,
		.same_ns = i->same_ns,
		.alive = i->alive,
	};
	r->frame = v->func ? find_on_stack(t, m, i->stack, v->func, NULL) : SIZE_MAX;
	r->within = r->frame != SIZE_MAX;
	r->name = add_name(t, i);
	add_place(t, m, i, r);
}

/* The filter is about functions; here it also finds a thread by its name. */
static bool passes(struct threads *t, const struct ui_view *v, const struct pst_model *m,
		   const struct pst_thread_info *i)
{
	if (!v->only || ui_find_in(v->only, i->name, NULL, NULL))
		return true;
	return v->filter.funcs && find_on_stack(t, m, i->stack, 0, &v->filter) != SIZE_MAX;
}

static void add_threads(struct threads *t, const struct ui_view *v, const struct pst_model *m)
{
	bool any_alive = false;

	t->all.len = 0;
	for (size_t i = 0; i < t->infos.len; i++)
		any_alive |= t->infos.at[i].alive;
	for (size_t i = 0; i < t->infos.len; i++) {
		const struct pst_thread_info *info = &t->infos.at[i];

		if (is_wanted(v, info, any_alive) && passes(t, v, m, info))
			add_thread(t, v, m, info);
	}
}

/* ---- processes and interpreters ---- */

static struct threads_row *group_of(struct threads *t, const struct threads_key *k)
{
	struct threads_row *g;

	for (size_t i = t->groups.len; i-- > 0;) {
		if (threads_same_key(&t->groups.at[i].key, k))
			return &t->groups.at[i];
	}
	g = PST_VEC_PUSH(&t->groups);
	g->key = *k;
	g->cpu = -1;
	g->same_ns = UINT64_MAX;
	return g;
}

static void add_to_group(struct threads_row *g, const struct threads_row *r)
{
	if (r->cpu >= 0)
		g->cpu = (g->cpu < 0 ? 0 : g->cpu) + r->cpu;
	g->active += r->active;
	g->gil += r->gil;
	g->wait += r->wait;
	if (r->same_ns < g->same_ns)
		g->same_ns = r->same_ns;
	if (r->doing > g->doing)
		g->doing = r->doing;
	g->alive |= r->alive;
	g->within |= r->within;
	g->threads += r->alive;
	g->busy += r->doing > PST_DOING_IDLE;
}

static const struct pst_process_info *process_of(const struct threads *t, uint32_t id)
{
	for (size_t i = 0; i < t->processes.len; i++) {
		if (t->processes.at[i].id == id)
			return &t->processes.at[i];
	}
	return NULL;
}

/* The program by its name: "/usr/bin/python3 x.py" is "python3 x.py". */
static const char *without_folder(const char *cmdline)
{
	const char *name = cmdline;

	for (const char *s = cmdline; *s && *s != ' '; s++) {
		if (*s == '/' && s[1] && s[1] != ' ')
			name = s + 1;
	}
	return name;
}

static void name_process(struct threads *t, struct threads_row *g)
{
	const struct pst_process_info *p = process_of(t, g->key.process);

	g->name = t->text.len;
	if (p && *p->cmdline)
		pst_buf_addf(&t->text, "%d %s", p->pid, without_folder(p->cmdline));
	else
		pst_buf_addf(&t->text, _("process %u"), g->key.process);
	pst_buf_addc(&t->text, '\0');
	if (p) {
		g->tid = p->pid;
		g->cpu = p->cpu_percent >= 0 ? p->cpu_percent : g->cpu;
	}
}

static void name_group(struct threads *t, struct threads_row *g)
{
	if (g->key.kind == THREADS_PROCESS) {
		name_process(t, g);
	} else {
		g->name = t->text.len;
		pst_buf_addf(&t->text, _("interpreter %lld"), (long long)g->key.interp);
		pst_buf_addc(&t->text, '\0');
	}
	g->func = t->text.len;
	pst_buf_addf(&t->text, _("%u of %u active"), g->busy, g->threads);
	pst_buf_addc(&t->text, '\0');
	g->place = add_text(t, "");
}

static void add_groups(struct threads *t)
{
	t->groups.len = 0;
	for (size_t i = 0; i < t->all.len; i++) {
		const struct threads_row *r = &t->all.at[i];
		struct threads_key process = {.kind = THREADS_PROCESS, .process = r->key.process};
		struct threads_key interp = {THREADS_INTERP, r->key.process, r->key.interp, 0};

		add_to_group(group_of(t, &process), r);
		add_to_group(group_of(t, &interp), r);
	}
	for (size_t i = 0; i < t->groups.len; i++)
		name_group(t, &t->groups.at[i]);
}

/* ---- the tree ---- */

static size_t count_interps(const struct threads *t, uint32_t process)
{
	size_t n = 0;

	for (size_t i = 0; i < t->groups.len; i++)
		n += t->groups.at[i].key.kind == THREADS_INTERP &&
		     t->groups.at[i].key.process == process;
	return n;
}

static void show_row(struct threads *t, const struct threads_row *r, unsigned depth)
{
	struct threads_row *out = PST_VEC_PUSH(&t->rows);

	*out = *r;
	out->depth = depth;
}

static void show_threads(struct threads *t, const struct threads_row *group, unsigned depth)
{
	for (size_t i = 0; i < t->all.len; i++) {
		if (threads_below(group, &t->all.at[i]))
			show_row(t, &t->all.at[i], depth);
	}
}

static void show_process(struct threads *t, const struct threads_row *process)
{
	bool interps = count_interps(t, process->key.process) > 1;

	show_row(t, process, 0);
	if (threads_is_closed(t, &process->key))
		return;
	if (!interps)
		show_threads(t, process, 1);
	for (size_t i = 0; interps && i < t->groups.len; i++) {
		const struct threads_row *g = &t->groups.at[i];

		if (g->key.kind != THREADS_INTERP || g->key.process != process->key.process)
			continue;
		show_row(t, g, 1);
		if (!threads_is_closed(t, &g->key))
			show_threads(t, g, 2);
	}
}

void threads_collect(struct threads *t, const struct ui_view *v, const struct pst_model *m)
{
	pst_buf_clear(&t->text);
	t->rows.len = 0;
	fetch(t, v, m);
	add_threads(t, v, m);
	add_groups(t);
	sort_rows(t, t->all.at, t->all.len);
	sort_rows(t, t->groups.at, t->groups.len);
	if (t->groups.len <= 2) { /* one process with one interpreter */
		for (size_t i = 0; i < t->all.len; i++)
			show_row(t, &t->all.at[i], 0);
		return;
	}
	for (size_t i = 0; i < t->groups.len; i++) {
		if (t->groups.at[i].key.kind == THREADS_PROCESS)
			show_process(t, &t->groups.at[i]);
	}
}
