// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/flame.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* What the flame pane asks of the model. */

/* Shares below this are not asked for, however deep the zoom. */
#define SHARE_MIN 1e-9
/*
 * How many nodes are enough, and how much finer than the last the next answer may be: in a large
 * model an answer that holds all would take a second.
 */
enum { NODES_ENOUGH = 50000, NODES_FEW = 2000, FINER = 8, TRIES = 5 };
/* Cells that a row may have when the next draw comes. */
#define COLS_MIN 200
/* A box of fewer cells than this is zoomed into when one comes for its sake. */
#define NEAR_CELLS 12

/* The chosen thread alone. */
static void only_thread(struct flame *f, uint32_t thread, struct pst_filter *filter)
{
	if (thread > f->nthreads) {
		f->threads = pst_realloc(f->threads, thread, 1);
		f->nthreads = thread;
	}
	if (f->nthreads)
		memset(f->threads, 0, f->nthreads);
	if (thread)
		f->threads[thread - 1] = 1;
	filter->threads = f->threads;
	filter->nthreads = f->nthreads;
}

/* In the span or in the base: what is gone in one is seen in a difference, too. */
static double larger_share(const struct pst_calls *c, uint32_t node)
{
	double now = calls_share(c, node, 0), before = calls_share(c, node, 1);

	return now > before ? now : before;
}

static struct pst_calls_options question(struct flame *f, const struct ui_view *v)
{
	int cols = f->cols > COLS_MIN ? f->cols : COLS_MIN;
	double share = f->zoom_share > 0 ? f->zoom_share
		       : f->calls.len	 ? larger_share(&f->calls, f->zoom_node)
					 : 1;
	struct pst_calls_options opt = {
		.kind = f->inverted ? PST_CALLS_UP : PST_CALLS_DOWN,
		.merge = v->table.group == PST_GROUP_LINE ? PST_GROUP_LINE : PST_GROUP_FUNCTION,
		.filter = v->filter,
		.span = v->span,
		.base = v->base,
		.diff = v->diff,
	};

	if (f->one_thread && v->thread)
		only_thread(f, v->thread, &opt.filter);
	/* Half of the narrowest box: what is zoomed into may have become more since. */
	opt.least = (share > 0 ? share : 1) * f->least / 2 / (cols * ICICLE_UNIT);
	if (opt.least < SHARE_MIN)
		opt.least = SHARE_MIN;
	return opt;
}

/* The share to ask for, when what was asked for last brought the tree at hand. */
static double step_towards(const struct flame *f, double least)
{
	double last = f->asked.opt.least;

	if (!f->asked.valid || least >= last)
		return least;
	if (f->calls.len >= NODES_ENOUGH)
		return last;
	return least < last / FINER ? last / FINER : least;
}

static bool ask_once(struct flame *f, const struct ui_view *v, struct pst_calls_options *opt,
		     double least)
{
	opt->least = step_towards(f, least);
	if (!asked_anew(&f->asked, opt, v, f->one_thread ? v->thread : 0, f->ticks))
		return false;
	pst_model_calls(f->model, opt, &f->calls);
	return true;
}

bool flame_ask(struct flame *f, const struct ui_view *v)
{
	struct pst_calls_options opt = question(f, v);
	double least = opt.least;
	bool asked = false;

	for (int i = 0; i < TRIES && ask_once(f, v, &opt, least); i++) {
		asked = true;
		f->zoom_share = 0;
		if (opt.least <= least || f->calls.len > NODES_FEW)
			break;
	}
	return asked;
}

static bool weighs_more(const struct pst_calls *c, uint32_t a, uint32_t b)
{
	return c->at[a].total[0] + c->at[a].total[1] > c->at[b].total[0] + c->at[b].total[1];
}

/* 0: not there. */
static uint32_t heaviest(const struct pst_calls *c, uint32_t func)
{
	uint32_t best = 0;

	for (uint32_t i = 1; i < c->len; i++) {
		if (c->at[i].func == func && (!best || weighs_more(c, i, best)))
			best = i;
	}
	return best;
}

static uint64_t total_of(const struct flame *f)
{
	return f->calls.len ? f->calls.at[0].total[0] : 0;
}

/*
 * The path to FUNC where the tree at hand has folded it: among the stacks that hold it, it is not
 * small.
 */
static bool ask_for(struct flame *f, const struct ui_view *v, uint32_t func)
{
	struct pst_calls_options opt = question(f, v);
	size_t count = pst_model_func_count(f->model);
	struct pst_calls found = {0};
	uint8_t *funcs;
	uint32_t node = 0;

	if (!func || func > count)
		return false;
	funcs = pst_calloc(count, 1);
	funcs[func - 1] = 1;
	opt.filter.funcs = funcs;
	opt.filter.nfuncs = count;
	opt.least = 0.01;
	pst_model_calls(f->model, &opt, &found);
	if (found.len)
		node = heaviest(&found, func);
	if (node) {
		path_set(&f->chosen, &found, node);
		f->zoom_share = (double)found.at[node].total[0] / (double)(total_of(f) + 1);
	}
	pst_calls_free(&found);
	free(funcs);
	return node != 0;
}

static void zoom_to_chosen(struct flame *f)
{
	f->zooms.len = 0;
	path_copy(&f->zoom, &f->chosen);
	f->top = f->zoom.len > 1 ? (int)f->zoom.len - 1 : 0;
}

/* The heaviest box of FUNC that is laid out. */
static size_t visible_box(const struct flame *f, uint32_t func)
{
	size_t best = ICICLE_NONE;

	for (size_t i = 0; i < f->lay.len; i++) {
		const struct icicle_box *b = &f->lay.at[i];

		if (b->rest || f->calls.at[b->node].func != func)
			continue;
		if (best == ICICLE_NONE ||
		    b->to - b->from > f->lay.at[best].to - f->lay.at[best].from)
			best = i;
	}
	return best;
}

void flame_seek(struct flame *f, const struct ui_view *v, uint32_t func, bool near)
{
	size_t box;

	flame_lay(f, v);
	box = visible_box(f, func);
	if (box != ICICLE_NONE) {
		const struct icicle_box *b = &f->lay.at[box];

		path_set(&f->chosen, &f->calls, b->node);
		f->chosen_rest = false;
		f->x = (b->from + b->to) / 2;
		if (near && b->to - b->from < NEAR_CELLS * ICICLE_UNIT)
			zoom_to_chosen(f);
	} else if (near && ask_for(f, v, func)) {
		f->chosen_rest = false;
		zoom_to_chosen(f);
	}
	f->follow = true;
	f->stale = true;
}

/* Each stack counts once: below a match no other counts. */
static uint64_t matching(const struct flame *f)
{
	const struct pst_calls *c = &f->calls;
	uint64_t sum = 0;
	uint32_t node = 0;

	for (;;) {
		bool hit = func_hits_has(&f->hits, c->at[node].func);

		if (hit)
			sum += c->at[node].total[0];
		if (!hit && c->at[node].child) {
			node = c->at[node].child;
			continue;
		}
		while (node && !c->at[node].next)
			node = c->at[node].parent;
		if (!node)
			return sum;
		node = c->at[node].next;
	}
}

/* The model is asked for stacks that hold one of the matches: the tree lacks what is too small. */
static uint64_t ask_matching(struct flame *f, struct pst_calls_options *opt)
{
	struct pst_calls found = {0};
	uint64_t sum;

	opt->kind = PST_CALLS_DOWN;
	opt->diff = false;
	opt->least = 1;
	opt->filter.funcs = f->hits.at;
	opt->filter.nfuncs = f->hits.len;
	pst_model_calls(f->model, opt, &found);
	sum = found.len ? found.at[0].total[0] : 0;
	pst_calls_free(&found);
	return sum;
}

/* Where the screen has a filter of functions itself, the tree has to do. */
void flame_search_share(struct flame *f, const struct ui_view *v)
{
	struct pst_calls_options opt = question(f, v);
	uint64_t all = total_of(f), sum;

	if (!all || !f->hits.any) {
		f->hit_share = 0;
		asked_forget(&f->searched);
		return;
	}
	if (!asked_anew(&f->searched, &opt, v, f->one_thread ? v->thread : 0, f->ticks) &&
	    !f->hits.changed)
		return;
	sum = v->filter.funcs ? matching(f) : ask_matching(f, &opt);
	f->hits.changed = false;
	f->hit_share = (double)sum / (double)all;
}
