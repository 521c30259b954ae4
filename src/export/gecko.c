// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/priv.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "export/entries.h"

#include <inttypes.h>

/*
 * The processed profile of the Firefox Profiler, version 62: its types in src/types/profile.ts and
 * the changes of each version in docs-developer/CHANGELOG-formats.md of firefox-devtools/profiler.
 * Tables are shared by all threads; a sample is a run of one stack, with its length as weight.
 */
#define PROCESSED_VERSION 62
#define GECKO_VERSION	  27

struct writing {
	const struct pst_profile *p;
	const struct pst_export_options *opt;
	FILE *out;
};

/* A column: [f(0), f(1), …]. */
static void put_column(const struct writing *w, const char *name, size_t n,
		       void (*put)(const struct writing *w, size_t i))
{
	fprintf(w->out, "\"%s\": [", name);
	for (size_t i = 0; i < n; i++) {
		if (i)
			putc(',', w->out);
		put(w, i);
	}
	fputs("], ", w->out);
}

static void put_null(const struct writing *w, size_t i)
{
	(void)i;
	fputs("null", w->out);
}

static void put_minus(const struct writing *w, size_t i)
{
	(void)i;
	fputs("-1", w->out);
}

static void put_zero(const struct writing *w, size_t i)
{
	(void)i;
	putc('0', w->out);
}

static void put_false(const struct writing *w, size_t i)
{
	(void)i;
	fputs("false", w->out);
}

/* ---- strings: for each function its name and its file -------------------------------------- */

static void put_name_index(const struct writing *w, size_t i)
{
	pst_out_number(w->out, 2 * i);
}

static void put_file_index(const struct writing *w, size_t i)
{
	pst_out_number(w->out, 2 * i + 1);
}

static void put_index(const struct writing *w, size_t i)
{
	pst_out_number(w->out, i);
}

static void put_first_line(const struct writing *w, size_t i)
{
	int line = w->p->funcs.at[i].first_line;

	if (line > 0)
		pst_out_number(w->out, (uint64_t)line);
	else
		fputs("null", w->out);
}

static void put_one(const struct writing *w, size_t i)
{
	(void)i;
	putc('1', w->out);
}

static void put_strings(const struct writing *w)
{
	fputs("\"stringArray\": [", w->out);
	for (size_t i = 0; i < w->p->funcs.len; i++) {
		if (i)
			putc(',', w->out);
		pst_out_json(w->out, w->p->funcs.at[i].name);
		putc(',', w->out);
		pst_out_json(w->out, w->p->funcs.at[i].full_file);
	}
	fputs("],\n", w->out);
}

static void put_funcs(const struct writing *w)
{
	size_t n = w->p->funcs.len;

	fputs("\"funcTable\": {", w->out);
	put_column(w, "name", n, put_name_index);
	put_column(w, "isJS", n, put_false);
	put_column(w, "relevantForJS", n, put_false);
	put_column(w, "resource", n, put_minus);
	put_column(w, "source", n, put_index);
	put_column(w, "lineNumber", n, put_first_line);
	put_column(w, "columnNumber", n, put_null);
	fprintf(w->out, "\"length\": %zu},\n\"sources\": {", n);
	put_column(w, "id", n, put_null);
	put_column(w, "filename", n, put_file_index);
	put_column(w, "startLine", n, put_one);
	put_column(w, "startColumn", n, put_one);
	put_column(w, "sourceMapURL", n, put_null);
	fprintf(w->out, "\"length\": %zu},\n", n);
	fputs("\"resourceTable\": {\"lib\": [], \"name\": [], \"host\": [], \"type\": [], "
	      "\"length\": 0},\n\"nativeSymbols\": {\"libIndex\": [], \"address\": [], \"name\": "
	      "[], "
	      "\"functionSize\": [], \"length\": 0},\n",
	      w->out);
}

/* ---- frames and stacks -------------------------------------------------------------------- */

static void put_func(const struct writing *w, size_t i)
{
	pst_out_number(w->out, (w->opt->functions ? i : w->p->frames.at[i].func - 1));
}

static void put_line(const struct writing *w, size_t i)
{
	int line;

	pst_entry(w->p, w->opt, i, &line);
	if (line > 0)
		pst_out_number(w->out, (uint64_t)line);
	else
		fputs("null", w->out);
}

/* Categories: 0 Python, 1 library, 2 other (grey, as one has to be). */
static void put_category(const struct writing *w, size_t i)
{
	int line;

	putc(pst_entry(w->p, w->opt, i, &line)->library ? '1' : '0', w->out);
}

static void put_prefix(const struct writing *w, size_t i)
{
	uint32_t parent = w->p->nodes.at[i].parent;

	if (parent)
		pst_out_number(w->out, parent - 1);
	else
		fputs("null", w->out);
}

static void put_node_frame(const struct writing *w, size_t i)
{
	uint32_t frame = w->p->nodes.at[i].frame;

	pst_out_number(w->out, (w->opt->functions ? w->p->frames.at[frame - 1].func : frame) - 1);
}

static void put_frames(const struct writing *w)
{
	size_t n = pst_entries(w->p, w->opt);

	fputs("\"frameTable\": {", w->out);
	put_column(w, "address", n, put_minus);
	put_column(w, "inlineDepth", n, put_zero);
	put_column(w, "category", n, put_category);
	put_column(w, "subcategory", n, put_zero);
	put_column(w, "func", n, put_func);
	put_column(w, "nativeSymbol", n, put_null);
	put_column(w, "innerWindowID", n, put_null);
	put_column(w, "line", n, put_line);
	put_column(w, "column", n, put_null);
	fprintf(w->out, "\"length\": %zu},\n\"stackTable\": {", n);
	put_column(w, "frame", w->p->nodes.len, put_node_frame);
	put_column(w, "prefix", w->p->nodes.len, put_prefix);
	fprintf(w->out, "\"length\": %zu}", w->p->nodes.len);
}

/* ---- threads ------------------------------------------------------------------------------ */

enum column { STACK, TIME, WEIGHT };

static void put_cell(const struct writing *w, enum column what, uint64_t from, uint64_t ns,
		     uint32_t node)
{
	if (what == TIME)
		pst_out_ns(w->out, from, 6);
	else if (what == WEIGHT)
		pst_out_ns(w->out, ns, 6);
	else if (node)
		pst_out_number(w->out, node - 1);
	else
		fputs("null", w->out);
}

/* Runs of one thread; a hole is a sample without a stack, and one stands at the end.  How many. */
static size_t put_samples(const struct writing *w, enum column what, size_t at, size_t end,
			  uint64_t end_ns)
{
	uint64_t now = 0;
	size_t n = 0;

	for (size_t i = at; i < end; i++) {
		const struct pst_profile_run *run = &w->p->runs.at[i];
		if (run->start_ns > now) {
			fputs(n++ ? "," : "", w->out);
			put_cell(w, what, now, run->start_ns - now, 0);
		}
		fputs(n++ ? "," : "", w->out);
		put_cell(w, what, run->start_ns, run->ns, run->node);
		now = run->start_ns + run->ns;
	}
	fputs(n++ ? "," : "", w->out);
	put_cell(w, what, now, end_ns - now, 0);
	return n;
}

static void put_thread(const struct writing *w, size_t at, size_t end, uint64_t end_ns)
{
	static const char *const columns[] = {
		[STACK] = "\"stack\": [", [TIME] = "\"time\": [", [WEIGHT] = "\"weight\": ["};
	uint32_t id = w->p->runs.at[at].thread;
	const struct pst_profile_thread *t = &w->p->threads.at[id - 1];
	size_t n = 0;

	fputs("{\"processType\": \"default\", \"processStartupTime\": 0, \"processShutdownTime\": "
	      "null, "
	      "\"registerTime\": 0, \"unregisterTime\": null, \"pausedRanges\": [], \"name\": ",
	      w->out);
	pst_out_json(w->out, *t->name ? t->name : t->is_main ? "MainThread" : "thread");
	fprintf(w->out,
		", \"isMainThread\": %s, \"pid\": \"%d\", \"tid\": %" PRId64 ", \"processName\": ",
		t->is_main ? "true" : "false", pst_thread_pid(w->p, id), pst_thread_tid(w->p, id));
	pst_out_json(w->out, t->process && t->process <= w->p->processes.len
				     ? w->p->processes.at[t->process - 1].cmdline
				     : "");
	fputs(",\n\"samples\": {\"weightType\": \"tracing-ms\", ", w->out);
	for (enum column c = STACK; c <= WEIGHT; c++) {
		fputs(columns[c], w->out);
		n = put_samples(w, c, at, end, end_ns);
		fputs("], ", w->out);
	}
	fprintf(w->out,
		"\"length\": %zu},\n\"markers\": {\"data\": [], \"name\": [], \"startTime\": [], "
		"\"endTime\": [], \"phase\": [], \"category\": [], \"length\": 0}}",
		n);
}

static void put_threads(const struct writing *w)
{
	const struct pst_profile *p = w->p;
	uint64_t end_ns = pst_runs_end(p);

	fputs("\"threads\": [", w->out);
	for (size_t i = 0; i < p->runs.len;) {
		size_t end = i;
		while (end < p->runs.len && p->runs.at[end].thread == p->runs.at[i].thread)
			end++;
		fputs(i ? ",\n" : "\n", w->out);
		put_thread(w, i, end, end_ns);
		i = end;
	}
	fputs("\n]\n}\n", w->out);
}

static void put_meta(const struct writing *w)
{
	const struct pst_profile_facts *f = &w->p->facts;
	double rate = f->rate_achieved > 0 ? f->rate_achieved : 100;
	struct pst_buf title = {0};

	pst_facts_title(w->p, &title);
	fprintf(w->out,
		"{\"meta\": {\"interval\": %.6g, \"startTime\": %" PRId64 ", \"processType\": 0, "
		"\"extensions\": {\"id\": [], \"name\": [], \"baseURL\": [], \"length\": 0}, "
		"\"stackwalk\": 0, \"version\": %d, \"preprocessedProfileVersion\": %d, "
		"\"symbolicated\": true, \"markerSchema\": [], \"sourceCodeIsNotOnSearchfox\": "
		"true, "
		"\"sampleUnits\": {\"time\": \"ms\", \"eventDelay\": \"ms\", \"threadCPUDelta\": "
		"\"ns\"}, "
		"\"categories\": [",
		1000 / rate, f->start_unix_ms, GECKO_VERSION, PROCESSED_VERSION);
	fputs("{\"name\": \"Python\", \"color\": \"orange\", \"subcategories\": [\"Other\"]}, "
	      "{\"name\": \"Library\", \"color\": \"blue\", \"subcategories\": [\"Other\"]}, "
	      "{\"name\": \"Other\", \"color\": \"grey\", \"subcategories\": [\"Other\"]}], "
	      "\"product\": ",
	      w->out);
	pst_out_json(w->out, pst_buf_text(&title));
	fputs(", \"importedFrom\": ", w->out);
	pst_out_json(w->out, f->program ? f->program : PACKAGE_STRING);
	fputs("},\n\"libs\": [], \"pages\": [],\n\"shared\": {", w->out);
	pst_buf_free(&title);
}

static void write_gecko(const struct pst_profile *p, const struct pst_export_options *opt,
			FILE *out)
{
	const struct writing w = {.p = p, .opt = opt, .out = out};

	put_meta(&w);
	put_strings(&w);
	put_funcs(&w);
	put_frames(&w);
	fputs("},\n", out);
	put_threads(&w);
}

const struct pst_export_format pst_export_gecko = {
	.name = "gecko",
	.alias = "firefox",
	.ending = ".gecko.json",
	.endings = ".gecko.json .gecko",
	.help = N_("for the Firefox Profiler, in the order of time"),
	.order = true,
	.needs_order = true,
	.write = write_gecko,
};
