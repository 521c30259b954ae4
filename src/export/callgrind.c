// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/priv.h"

#include "base/alloc.h"
#include "base/i18n.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * https://valgrind.org/docs/manual/cl-format.html: what each line costs by itself, and what the
 * calls cost that it makes.  A call that is on a stack twice (recursion) costs once.  The number of
 * calls is not known: it is the number of samples that saw the call.
 */

struct call {
	uint32_t caller, callee; /* functions */
	int line, callee_line;
	struct pst_cost cost;
	uint32_t onpath;
};

struct self {
	uint32_t function;
	int line;
	struct pst_cost cost;
};

struct writing {
	const struct pst_stacks *s;
	struct pst_functions f;
	FILE *out;
	PST_VEC(struct call) calls;
	uint32_t *slots; /* open addressing: index into calls + 1 */
	size_t nslots;
	struct self *self; /* by label */
	bool *named;	   /* by function: its name has been written */
	uint32_t *files;   /* by label: number of its file */
	bool *file_named;  /* by number */
};

/* What is not a function (a thread, a process) counts as one of its own. */
static uint32_t function_of(const struct writing *w, uint32_t label)
{
	uint32_t f = w->f.of_label.at[label];

	return f == UINT32_MAX ? (uint32_t)w->f.at.len + label : f;
}

static uint32_t label_of(const struct writing *w, uint32_t function)
{
	return function < w->f.at.len ? w->f.at.at[function].label
				      : function - (uint32_t)w->f.at.len;
}

/* ---- calls -------------------------------------------------------------------------------- */

static uint32_t *slot_of(const struct writing *w, uint32_t caller, int line, uint32_t callee)
{
	uint64_t h = ((uint64_t)caller << 32 | callee) * UINT64_C(0x9e3779b97f4a7c15) +
		     (uint32_t)line * UINT64_C(0xff51afd7ed558ccd);
	size_t i = (size_t)(h ^ h >> 32) & (w->nslots - 1);

	for (; w->slots[i]; i = (i + 1) & (w->nslots - 1)) {
		const struct call *c = &w->calls.at[w->slots[i] - 1];
		if (c->caller == caller && c->callee == callee && c->line == line)
			break;
	}
	return &w->slots[i];
}

static void grow(struct writing *w)
{
	free(w->slots);
	w->nslots *= 2;
	w->slots = pst_calloc(w->nslots, sizeof *w->slots);
	for (size_t i = 0; i < w->calls.len; i++) {
		const struct call *c = &w->calls.at[i];
		*slot_of(w, c->caller, c->line, c->callee) = (uint32_t)i + 1;
	}
}

static struct call *call_of(struct writing *w, const struct pst_stack_node *n)
{
	const struct pst_label *above = &w->s->labels.at[w->s->nodes.at[n->parent].label];
	uint32_t caller = function_of(w, w->s->nodes.at[n->parent].label);
	uint32_t callee = function_of(w, n->label);
	uint32_t *slot = slot_of(w, caller, above->line, callee);

	if (!*slot) {
		struct call *c = PST_VEC_PUSH(&w->calls);
		c->caller = caller;
		c->callee = callee;
		c->line = above->line;
		c->callee_line = w->s->labels.at[n->label].first_line;
		*slot = (uint32_t)w->calls.len;
		if (w->calls.len * 2 > w->nslots)
			grow(w);
		return &w->calls.at[w->calls.len - 1];
	}
	return &w->calls.at[*slot - 1];
}

static void count(void *ctx, uint32_t node, bool leaving)
{
	struct writing *w = ctx;
	const struct pst_stack_node *n = &w->s->nodes.at[node];

	if (!leaving) {
		w->self[n->label].cost.samples += n->own.samples;
		w->self[n->label].cost.ns += n->own.ns;
	}
	/* What a function calls itself is its own: else it would be in its inclusive cost twice. */
	if (!n->parent ||
	    function_of(w, n->label) == function_of(w, w->s->nodes.at[n->parent].label))
		return;
	struct call *c = call_of(w, n);
	if (leaving) {
		c->onpath--;
	} else if (!c->onpath++) {
		c->cost.samples += n->total.samples;
		c->cost.ns += n->total.ns;
	}
}

/* ---- names -------------------------------------------------------------------------------- */

static int by_file(const void *a, const void *b)
{
	const struct pst_label *const *x = a, *const *y = b;

	return strcmp((*x)->full_file, (*y)->full_file);
}

static void number_files(struct writing *w)
{
	size_t n = w->s->labels.len;
	const struct pst_label **order = pst_calloc(n, sizeof *order);
	uint32_t number = 0;

	w->files = pst_calloc(n, sizeof *w->files);
	w->file_named = pst_calloc(n + 1, sizeof *w->file_named);
	for (size_t i = 0; i < n; i++)
		order[i] = &w->s->labels.at[i];
	qsort(order, n, sizeof *order, by_file);
	for (size_t i = 0; i < n; i++) {
		if (!i || strcmp(order[i]->full_file, order[i - 1]->full_file) != 0)
			number++;
		w->files[order[i] - w->s->labels.at] = number;
	}
	free(order);
}

/* "fl=(1) name" once, "fl=(1)" from then on. */
static void put_file(struct writing *w, const char *key, uint32_t label)
{
	uint32_t number = w->files[label];
	const char *file = w->s->labels.at[label].full_file;

	fprintf(w->out, "%s=(%" PRIu32 ")", key, number);
	if (!w->file_named[number])
		fprintf(w->out, " %s", *file ? file : "???");
	w->file_named[number] = true;
	putc('\n', w->out);
}

static void put_function(struct writing *w, const char *key, uint32_t function)
{
	fprintf(w->out, "%s=(%" PRIu32 ")", key, function + 1);
	if (!w->named[function])
		fprintf(w->out, " %s", w->s->labels.at[label_of(w, function)].name);
	w->named[function] = true;
	putc('\n', w->out);
}

/* ---- writing ------------------------------------------------------------------------------ */

static void put_cost(const struct writing *w, int line, const struct pst_cost *c)
{
	fprintf(w->out, "%d %" PRIu64 " %" PRIu64 "\n", line, (c->ns + 500) / 1000, c->samples);
}

static int by_caller(const void *a, const void *b)
{
	const struct call *x = a, *y = b;
	int order = (x->caller > y->caller) - (x->caller < y->caller);

	if (!order)
		order = (x->line > y->line) - (x->line < y->line);
	return order ? order : (x->callee > y->callee) - (x->callee < y->callee);
}

static int by_place(const void *a, const void *b)
{
	const struct self *x = a, *y = b;
	int order = (x->function > y->function) - (x->function < y->function);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* Both lists are by function. */
static void put_costs(struct writing *w)
{
	size_t call = 0, self = 0, labels = w->s->labels.len;
	uint32_t functions = (uint32_t)(w->f.at.len + labels);

	for (uint32_t f = 0; f < functions; f++) {
		bool any = (call < w->calls.len && w->calls.at[call].caller == f);
		for (size_t i = self; i < labels && w->self[i].function == f; i++)
			any |= w->self[i].cost.samples > 0;
		if (any) {
			putc('\n', w->out);
			put_file(w, "fl", label_of(w, f));
			put_function(w, "fn", f);
		}
		for (; self < labels && w->self[self].function == f; self++)
			if (w->self[self].cost.samples)
				put_cost(w, w->self[self].line, &w->self[self].cost);
		for (; call < w->calls.len && w->calls.at[call].caller == f; call++) {
			const struct call *c = &w->calls.at[call];
			put_file(w, "cfi", label_of(w, c->callee));
			put_function(w, "cfn", c->callee);
			fprintf(w->out, "calls=%" PRIu64 " %d\n", c->cost.samples, c->callee_line);
			put_cost(w, c->line, &c->cost);
		}
	}
}

static void put_head(const struct pst_profile *p, const struct pst_cost *all, FILE *out)
{
	fprintf(out, "# callgrind format\nversion: 1\ncreator: %s\npid: %d\ncmd: %s\n",
		p->facts.program ? p->facts.program : PACKAGE_STRING, p->facts.pid,
		p->facts.command ? p->facts.command : "");
	fprintf(out,
		"positions: line\nevent: Time : wall time in microseconds\nevents: Time Samples\n"
		"summary: %" PRIu64 " %" PRIu64 "\n",
		(all->ns + 500) / 1000, all->samples);
}

static void write_callgrind(const struct pst_profile *p, const struct pst_export_options *opt,
			    FILE *out)
{
	struct pst_stacks s;
	struct writing w = {.s = &s, .out = out, .nslots = 4096};

	pst_stacks_build(p, opt, 0, &s);
	pst_functions_build(&s, &w.f);
	w.slots = pst_calloc(w.nslots, sizeof *w.slots);
	w.self = pst_calloc(s.labels.len, sizeof *w.self);
	w.named = pst_calloc(w.f.at.len + s.labels.len, sizeof *w.named);
	for (uint32_t i = 0; i < s.labels.len; i++) {
		w.self[i].function = function_of(&w, i);
		w.self[i].line = s.labels.at[i].line;
	}
	pst_stacks_walk(&s, count, &w);
	number_files(&w);
	if (w.calls.len)
		qsort(w.calls.at, w.calls.len, sizeof *w.calls.at, by_caller);
	qsort(w.self, s.labels.len, sizeof *w.self, by_place);
	put_head(p, &s.nodes.at[0].total, out);
	put_costs(&w);
	pst_functions_free(&w.f);
	pst_stacks_free(&s);
	PST_VEC_FREE(&w.calls);
	free(w.slots);
	free(w.self);
	free(w.named);
	free(w.files);
	free(w.file_named);
}

const struct pst_export_format pst_export_callgrind = {
	.name = "callgrind",
	.ending = ".callgrind",
	.endings = ".callgrind",
	.help = N_("for KCachegrind and callgrind_annotate"),
	.write = write_callgrind,
};
