// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/priv.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/i18n.h"
#include "export/entries.h"
#include "export/runs.h"

#include <inttypes.h>
#include <stdlib.h>

/*
 * The JSON array of chrome://tracing and Perfetto: frames begin ("B") and end ("E").  A frame that
 * is the same in two runs that touch goes on; when a thread is idle or was not seen, all of its
 * frames end.  As many events as viewers can open: beyond that, runs are thinned.
 */
#define EVENTS_MAX 400000 /* beginnings of frames */

struct writing {
	const struct pst_profile *p;
	const struct pst_export_options *opt;
	FILE *out; /* NULL: events are only counted */
	struct pst_path now, next;
	struct pst_buf texts; /* of all entries: what begins one, and its arguments */
	size_t *text_at;      /* by entry: two places in TEXTS; one more at the end */
	struct pst_buf who;   /* of the thread */
	uint32_t who_is;
	uint64_t begun;
	bool comma;
};

static void begin_event(struct writing *w)
{
	fputs(w->comma ? ",\n" : "[\n", w->out);
	w->comma = true;
}

/* ---- texts that come again and again, made once --------------------------------------------- */

static void add_json(struct pst_buf *b, const char *text)
{
	char *json = NULL;
	size_t len;
	FILE *out = open_memstream(&json, &len);

	if (!out)
		return;
	pst_out_json(out, text);
	fclose(out);
	pst_buf_add(b, json, len);
	free(json);
}

static void make_texts(struct writing *w)
{
	size_t n = pst_entries(w->p, w->opt);

	w->text_at = pst_calloc(2 * n + 1, sizeof *w->text_at);
	for (size_t i = 0; i < n; i++) {
		int line;
		const struct pst_profile_func *f = pst_entry(w->p, w->opt, i, &line);
		w->text_at[2 * i] = w->texts.len;
		pst_buf_adds(&w->texts, "{\"ph\": \"B\", \"cat\": \"python\", \"name\": ");
		add_json(&w->texts, f->name);
		w->text_at[2 * i + 1] = w->texts.len;
		pst_buf_adds(&w->texts, ", \"args\": {\"filename\": ");
		add_json(&w->texts, f->full_file);
		pst_buf_addf(&w->texts, ", \"line\": %d}}", line);
	}
	w->text_at[2 * n] = w->texts.len;
}

static void put_text(const struct writing *w, size_t i)
{
	fwrite(w->texts.data + w->text_at[i], 1, w->text_at[i + 1] - w->text_at[i], w->out);
}

/* ---- events ------------------------------------------------------------------------------- */

static void put_place(struct writing *w, uint32_t thread, uint64_t ns)
{
	if (!w->who.len || thread != w->who_is) {
		pst_buf_clear(&w->who);
		pst_buf_addf(&w->who, ", \"pid\": %d, \"tid\": %" PRId64 ", \"ts\": ",
			     pst_thread_pid(w->p, thread), pst_thread_tid(w->p, thread));
		w->who_is = thread;
	}
	fwrite(w->who.data, 1, w->who.len, w->out);
	pst_out_ns(w->out, ns, 3);
}

static void begin(struct writing *w, uint32_t thread, uint32_t entry, uint64_t ns)
{
	w->begun++;
	if (!w->out)
		return;
	begin_event(w);
	put_text(w, 2 * (size_t)entry);
	put_place(w, thread, ns);
	put_text(w, 2 * (size_t)entry + 1);
}

static void end(struct writing *w, uint32_t thread, uint64_t ns)
{
	if (!w->out)
		return;
	begin_event(w);
	fputs("{\"ph\": \"E\"", w->out);
	put_place(w, thread, ns);
	putc('}', w->out);
}

static void end_down_to(struct writing *w, uint32_t thread, size_t depth, uint64_t ns)
{
	while (w->now.at.len > depth) {
		end(w, thread, ns);
		w->now.at.len--;
	}
}

static void put_run(struct writing *w, const struct pst_profile_run *run, uint64_t before_ns)
{
	size_t same = 0;

	pst_path_of(w->p, w->opt, run->node, &w->next);
	if (run->start_ns == before_ns)
		while (same < w->now.at.len && same < w->next.at.len &&
		       w->now.at.at[same] == w->next.at.at[same])
			same++;
	end_down_to(w, run->thread, same, before_ns);
	for (size_t i = same; i < w->next.at.len; i++) {
		begin(w, run->thread, w->next.at.at[i], run->start_ns);
		*PST_VEC_PUSH(&w->now.at) = w->next.at.at[i];
	}
}

static void put_runs(struct writing *w, const struct pst_run_list *list)
{
	uint32_t thread = 0;
	uint64_t before = 0;

	w->begun = 0;
	for (size_t i = 0; i < list->len; i++) {
		const struct pst_profile_run *run = &list->at[i];
		if (run->thread != thread)
			end_down_to(w, thread, 0, before);
		thread = run->thread;
		put_run(w, run, before);
		before = run->start_ns + run->ns;
	}
	end_down_to(w, thread, 0, before);
}

/* ---- names -------------------------------------------------------------------------------- */

static void put_name(struct writing *w, const char *what, uint32_t thread, const char *name)
{
	begin_event(w);
	fprintf(w->out,
		"{\"ph\": \"M\", \"name\": \"%s\", \"pid\": %d, \"tid\": %" PRId64
		", \"args\": {\"name\": ",
		what, pst_thread_pid(w->p, thread), pst_thread_tid(w->p, thread));
	pst_out_json(w->out, name);
	fputs("}}", w->out);
}

static void put_names(struct writing *w)
{
	const struct pst_profile *p = w->p;

	for (uint32_t i = 1; i <= p->threads.len; i++) {
		const struct pst_profile_thread *t = &p->threads.at[i - 1];
		struct pst_buf b = {0};
		if (t->is_main && t->process && t->process <= p->processes.len)
			put_name(w, "process_name", i, p->processes.at[t->process - 1].cmdline);
		pst_buf_addf(&b, "%s", *t->name ? t->name : "thread");
		put_name(w, "thread_name", i, pst_buf_text(&b));
		pst_buf_free(&b);
	}
}

static void thin(struct writing *w, struct pst_run_list *list)
{
	FILE *out = w->out;

	w->out = NULL;
	put_runs(w, list);
	uint64_t span = 0, slot = 0;
	for (size_t i = 0; i < list->len; i++)
		span += list->at[i].ns;
	if (w->begun > EVENTS_MAX) {
		double over = (double)w->begun / EVENTS_MAX;
		slot = (uint64_t)((double)span / (double)list->len * over / 2) + 1;
	}
	for (; w->begun > EVENTS_MAX && slot < span; slot += slot / 2 + 1) {
		struct pst_run_list fewer = {0};
		pst_runs_thin(&w->p->runs, slot, &fewer);
		PST_VEC_FREE(list);
		*list = fewer;
		put_runs(w, list);
	}
	w->out = out;
}

static void write_chrometrace(const struct pst_profile *p, const struct pst_export_options *opt,
			      FILE *out)
{
	struct writing w = {.p = p, .opt = opt, .out = out};
	struct pst_run_list list = {0};

	pst_runs_thin(&p->runs, 0, &list);
	thin(&w, &list);
	make_texts(&w);
	put_names(&w);
	put_runs(&w, &list);
	fputs(w.comma ? "\n]\n" : "[]\n", out);
	pst_buf_free(&w.texts);
	pst_buf_free(&w.who);
	free(w.text_at);
	PST_VEC_FREE(&list);
	PST_VEC_FREE(&w.now.at);
	PST_VEC_FREE(&w.next.at);
}

const struct pst_export_format pst_export_chrometrace = {
	.name = "chrometrace",
	.alias = "perfetto",
	.ending = ".trace.json",
	.endings = ".trace.json .trace",
	.help = N_("for Perfetto and chrome://tracing, in the order of time"),
	.order = true,
	.needs_order = true,
	.write = write_chrometrace,
};
