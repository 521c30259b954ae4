// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/priv.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "export/entries.h"

#include <inttypes.h>
#include <string.h>

/*
 * https://www.speedscope.app/file-format-schema.json, as of speedscope 1.20: a sampled profile for
 * each thread.  With the order of time all begin at 0 and end together, and what lies between two
 * runs is an empty stack: so threads and processes line up.  Without, the stacks follow each other
 * with the time that was seen in each.
 */

struct writing {
	const struct pst_profile *p;
	const struct pst_export_options *opt;
	FILE *out;
	struct pst_path path;
	bool comma;
	size_t profiles; /* written */
};

static void put_frames(const struct writing *w)
{
	size_t n = pst_entries(w->p, w->opt);

	fputs("  \"shared\": {\"frames\": [", w->out);
	for (size_t i = 0; i < n; i++) {
		int line;
		const struct pst_profile_func *f = pst_entry(w->p, w->opt, i, &line);
		fputs(i ? ",\n    {\"name\": " : "\n    {\"name\": ", w->out);
		pst_out_json(w->out, f->name);
		if (*f->full_file) {
			fputs(", \"file\": ", w->out);
			pst_out_json(w->out, f->full_file);
		}
		if (line > 0)
			fprintf(w->out, ", \"line\": %d", line);
		putc('}', w->out);
	}
	fputs("\n  ]},\n", w->out);
}

static void comma(struct writing *w)
{
	if (w->comma)
		putc(',', w->out);
	w->comma = true;
}

static void put_stack(struct writing *w, uint32_t node)
{
	comma(w);
	putc('[', w->out);
	if (node)
		pst_path_of(w->p, w->opt, node, &w->path);
	for (size_t i = 0; node && i < w->path.at.len; i++) {
		if (i)
			putc(',', w->out);
		pst_out_number(w->out, w->path.at.at[i]);
	}
	putc(']', w->out);
}

static void put_weight(struct writing *w, uint64_t ns)
{
	comma(w);
	pst_out_ns(w->out, ns, 9);
}

static void put_profile_head(struct writing *w, uint32_t thread, uint64_t end_ns)
{
	struct pst_buf name = {0};

	pst_thread_title(w->p, thread, &name);
	fputs("    {\"type\": \"sampled\", \"unit\": \"seconds\", \"name\": ", w->out);
	pst_out_json(w->out, pst_buf_text(&name));
	fputs(", \"startValue\": 0, \"endValue\": ", w->out);
	pst_out_ns(w->out, end_ns, 9);
	pst_buf_free(&name);
}

/* Runs from AT on are of one thread; returns where they end. */
static size_t put_runs(struct writing *w, size_t at, uint64_t end_ns)
{
	const struct pst_profile *p = w->p;
	size_t end = at;
	uint64_t now = 0;

	while (end < p->runs.len && p->runs.at[end].thread == p->runs.at[at].thread)
		end++;
	put_profile_head(w, p->runs.at[at].thread, end_ns);
	fputs(",\n     \"samples\": [", w->out);
	w->comma = false;
	for (size_t i = at; i < end; now = p->runs.at[i].start_ns + p->runs.at[i].ns, i++) {
		if (p->runs.at[i].start_ns > now)
			put_stack(w, 0);
		put_stack(w, p->runs.at[i].node);
	}
	if (now < end_ns)
		put_stack(w, 0);
	fputs("],\n     \"weights\": [", w->out);
	w->comma = false;
	now = 0;
	for (size_t i = at; i < end; now = p->runs.at[i].start_ns + p->runs.at[i].ns, i++) {
		if (p->runs.at[i].start_ns > now)
			put_weight(w, p->runs.at[i].start_ns - now);
		put_weight(w, p->runs.at[i].ns);
	}
	if (now < end_ns)
		put_weight(w, end_ns - now);
	fputs("]}", w->out);
	return end;
}

static uint64_t row_ns(const struct writing *w, size_t i, uint32_t thread)
{
	const struct pst_profile_row *row = &w->p->rows.at[i];

	return row->thread == thread && pst_export_counts(w->p, w->opt, row->kind) ? row->ns : 0;
}

static void put_rows(struct writing *w, uint32_t thread, uint64_t sum)
{
	put_profile_head(w, thread, sum);
	fputs(",\n     \"samples\": [", w->out);
	w->comma = false;
	for (size_t i = 0; i < w->p->rows.len; i++)
		if (row_ns(w, i, thread))
			put_stack(w, w->p->rows.at[i].node);
	fputs("],\n     \"weights\": [", w->out);
	w->comma = false;
	for (size_t i = 0; i < w->p->rows.len; i++)
		if (row_ns(w, i, thread))
			put_weight(w, row_ns(w, i, thread));
	fputs("]}", w->out);
}

static void put_end(struct writing *w, const char *name, size_t active)
{
	fputs("\n  ],\n  \"name\": ", w->out);
	pst_out_json(w->out, name);
	if (w->profiles)
		fprintf(w->out, ",\n  \"activeProfileIndex\": %zu", active);
	fputs(",\n  \"exporter\": ", w->out);
	pst_out_json(w->out, w->p->facts.program ? w->p->facts.program : PACKAGE_STRING);
	fputs("\n}\n", w->out);
}

/* The one with the most time is shown first. */
static size_t put_timed(struct writing *w)
{
	uint64_t end_ns = pst_runs_end(w->p), most = 0;
	size_t active = 0;

	for (size_t i = 0; i < w->p->runs.len; w->profiles++) {
		uint64_t sum = 0;
		size_t from = i;
		fputs(i ? ",\n" : "\n", w->out);
		i = put_runs(w, i, end_ns);
		while (from < i)
			sum += w->p->runs.at[from++].ns;
		if (sum > most) {
			most = sum;
			active = w->profiles;
		}
	}
	return active;
}

static size_t put_folded(struct writing *w)
{
	size_t active = 0;
	uint64_t most = 0;

	for (uint32_t thread = 0; thread <= w->p->threads.len; thread++) {
		uint64_t sum = 0;
		for (size_t i = 0; i < w->p->rows.len; i++)
			sum += row_ns(w, i, thread);
		if (!sum)
			continue;
		fputs(w->profiles ? ",\n" : "\n", w->out);
		put_rows(w, thread, sum);
		if (sum > most) {
			most = sum;
			active = w->profiles;
		}
		w->profiles++;
	}
	return active;
}

static void write_speedscope(const struct pst_profile *p, const struct pst_export_options *opt,
			     FILE *out)
{
	struct writing w = {.p = p, .opt = opt, .out = out};
	struct pst_buf name = {0};

	fputs("{\n  \"$schema\": \"https://www.speedscope.app/file-format-schema.json\",\n", out);
	put_frames(&w);
	fputs("  \"profiles\": [", out);
	size_t active = p->timed ? put_timed(&w) : put_folded(&w);
	pst_facts_title(p, &name);
	put_end(&w, pst_buf_text(&name), active);
	pst_buf_free(&name);
	PST_VEC_FREE(&w.path.at);
}

const struct pst_export_format pst_export_speedscope = {
	.name = "speedscope",
	.ending = ".speedscope.json",
	.endings = ".speedscope.json .speedscope",
	.help = N_("for speedscope, a profile for each thread in the order of time"),
	.order = true,
	.write = write_speedscope,
};
