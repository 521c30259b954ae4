// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/priv.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "export/entries.h"

#include <inttypes.h>
#include <stdlib.h>

/* As docs/PROFILE-JSON.md says. */
#define JSON_VERSION 1

struct writing {
	const struct pst_profile *p;
	const struct pst_stacks *s;
	FILE *out;
	uint32_t *number; /* of nodes in the file, by index */
	uint32_t count;
};

static void put_threads(const struct pst_profile *p, const struct pst_export_options *opt,
			FILE *out)
{
	struct pst_cost *cost = pst_calloc(p->threads.len + 1, sizeof *cost);

	for (size_t i = 0; i < p->rows.len; i++) {
		const struct pst_profile_row *row = &p->rows.at[i];
		if (!pst_export_counts(p, opt, row->kind))
			continue;
		cost[row->thread].samples += row->samples;
		cost[row->thread].ns += row->ns;
	}
	fputs("  \"threads\": [", out);
	for (uint32_t i = 1; i <= p->threads.len; i++) {
		fprintf(out,
			"%s\n    {\"pid\": %d, \"tid\": %" PRId64 ", \"name\": ", i > 1 ? "," : "",
			pst_thread_pid(p, i), p->threads.at[i - 1].tid);
		pst_out_json(out, p->threads.at[i - 1].name);
		fprintf(out, ", \"main\": %s, \"samples\": %" PRIu64 ", \"seconds\": ",
			p->threads.at[i - 1].is_main ? "true" : "false", cost[i].samples);
		pst_out_ns(out, cost[i].ns, 9);
		putc('}', out);
	}
	fputs("\n  ],\n", out);
	free(cost);
}

static void put_label(const struct pst_label *l, int line, FILE *out)
{
	static const char *const kinds[] = {
		[PST_LABEL_PROCESS] = "process",
		[PST_LABEL_THREAD] = "thread",
	};

	fputs("{\"name\": ", out);
	pst_out_json(out, l->name);
	fputs(", \"file\": ", out);
	pst_out_json(out, l->full_file);
	fprintf(out, ", \"line\": %d", line);
	if (l->kind == PST_LABEL_PROCESS || l->kind == PST_LABEL_THREAD)
		fprintf(out, ", \"kind\": \"%s\"", kinds[l->kind]);
}

static void put_functions(const struct pst_profile *p, const struct pst_stacks *s, FILE *out)
{
	struct pst_functions f;

	pst_functions_build(s, &f);
	fputs("  \"functions\": [", out);
	for (size_t i = 0; i < f.at.len; i++) {
		const struct pst_function *n = &f.at.at[i];
		fputs(i ? ",\n    " : "\n    ", out);
		put_label(&s->labels.at[n->label], s->labels.at[n->label].first_line, out);
		fprintf(out,
			", \"own_samples\": %" PRIu64 ", \"total_samples\": %" PRIu64
			", \"own_seconds\": ",
			n->own.samples, n->total.samples);
		pst_out_ns(out, n->own.ns, 9);
		fputs(", \"total_seconds\": ", out);
		pst_out_ns(out, n->total.ns, 9);
		if (!p->filtered) {
			fputs(", \"gil_seconds\": ", out);
			pst_out_ns(out, n->own_gil, 9);
		}
		putc('}', out);
	}
	fputs("\n  ],\n", out);
	pst_functions_free(&f);
}

static void put_frames(const struct pst_stacks *s, FILE *out)
{
	fputs("  \"frames\": [", out);
	for (size_t i = 1; i < s->labels.len; i++) {
		fputs(i > 1 ? ",\n    " : "\n    ", out);
		put_label(&s->labels.at[i], s->labels.at[i].line, out);
		putc('}', out);
	}
	fputs("\n  ],\n", out);
}

/* [parent, frame, own samples, own ns, total samples, total ns], a parent before its children. */
static void put_node(void *ctx, uint32_t node, bool leaving)
{
	struct writing *w = ctx;
	const struct pst_stack_node *n = &w->s->nodes.at[node];

	if (leaving)
		return;
	w->number[node] = w->count++;
	fputs(w->number[node] ? ",\n    [" : "\n    [", w->out);
	if (n->parent)
		pst_out_number(w->out, w->number[n->parent]);
	else
		fputs("-1", w->out);
	const uint64_t rest[] = {n->label - 1u, n->own.samples, n->own.ns, n->total.samples,
				 n->total.ns};
	for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
		putc(',', w->out);
		pst_out_number(w->out, rest[i]);
	}
	putc(']', w->out);
}

static void write_json(const struct pst_profile *p, const struct pst_export_options *opt, FILE *out)
{
	struct pst_stacks s;
	struct writing w = {.p = p, .s = &s, .out = out};

	pst_stacks_build(p, opt, 0, &s);
	fprintf(out, "{\n  \"version\": %d,\n", JSON_VERSION);
	pst_facts_json(p, opt, "  ", out);
	fprintf(out, ",\n  \"samples\": %" PRIu64 ",\n  \"sampled_ns\": %" PRIu64 ",\n",
		s.nodes.at[0].total.samples, s.nodes.at[0].total.ns);
	put_threads(p, opt, out);
	put_functions(p, &s, out);
	put_frames(&s, out);
	fputs("  \"nodes\": [", out);
	w.number = pst_calloc(s.nodes.len, sizeof *w.number);
	pst_stacks_walk(&s, put_node, &w);
	fputs("\n  ]\n}\n", out);
	free(w.number);
	pst_stacks_free(&s);
}

const struct pst_export_format pst_export_json = {
	.name = "json",
	.ending = ".json",
	.endings = ".json",
	.help = N_("functions, threads and the tree of stacks, for programs (PROFILE-JSON.md)"),
	.write = write_json,
};
