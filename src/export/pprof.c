// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/priv.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/i18n.h"
#include "export/entries.h"

#include <pprof.pb-c.h>
#include <stdlib.h>
#include <zlib.h>

/*
 * https://github.com/google/pprof/tree/main/proto: a gzip'ed message.  Messages that stand one
 * behind the other are one message with all their fields, so it is written piece by piece.
 *
 * The table of strings: 0 "", then those below, then name and file of each function, then for each
 * thread its name, then its process.
 */
enum {
	S_NONE,
	S_SAMPLES,
	S_COUNT,
	S_CPU,
	S_NS,
	S_WALL,
	S_GIL,
	S_THREAD,
	S_THREAD_ID,
	S_PROCESS,
	S_PID,
	S_COMMENT,
	S_FIXED
};

struct writing {
	const struct pst_profile *p;
	const struct pst_export_options *opt;
	FILE *out;
	z_stream zip;
	struct pst_buf piece;
	struct pst_path path;
	uint64_t *locations; /* of a sample: leaf first */
	size_t room;
};

/* ---- bytes -------------------------------------------------------------------------------- */

static void squeeze(struct writing *w, const void *bytes, size_t n, int flush)
{
	unsigned char out[32768];

	w->zip.next_in = (void *)(uintptr_t)bytes;
	w->zip.avail_in = (uInt)n;
	do {
		w->zip.next_out = out;
		w->zip.avail_out = sizeof out;
		deflate(&w->zip, flush);
		fwrite(out, 1, sizeof out - w->zip.avail_out, w->out);
	} while (!w->zip.avail_out);
}

/* Memory as everywhere: it is there, or the program ends. */
static void *grab(void *ctx, unsigned n, unsigned size)
{
	(void)ctx;
	return pst_calloc(n, size);
}

static void drop(void *ctx, void *p)
{
	(void)ctx;
	free(p);
}

static void put(struct writing *w, const Pst__Pprof__Profile *part)
{
	size_t n = pst__pprof__profile__get_packed_size(part);

	if (n > w->room) {
		w->room = 2 * n;
		free(w->piece.data);
		w->piece.data = pst_alloc(w->room);
	}
	pst__pprof__profile__pack(part, (uint8_t *)w->piece.data);
	squeeze(w, w->piece.data, n, Z_NO_FLUSH);
}

/* ---- strings ------------------------------------------------------------------------------ */

static void put_string(struct writing *w, const char *text)
{
	Pst__Pprof__Profile part = PST__PPROF__PROFILE__INIT;
	char *one = (char *)(uintptr_t)text;

	part.n_string_table = 1;
	part.string_table = &one;
	put(w, &part);
}

static void put_strings(struct writing *w)
{
	static const char *const fixed[S_FIXED] = {
		"",    "samples", "count",     "cpu",	  "nanoseconds", "wall",
		"gil", "thread",  "thread_id", "process", "process_id"};
	struct pst_buf comment = {0};

	struct pst_cost all = {0};

	for (size_t i = 0; i < w->p->rows.len; i++)
		if (pst_export_counts(w->p, w->opt, w->p->rows.at[i].kind))
			all.samples += w->p->rows.at[i].samples;
	pst_facts_title(w->p, &comment);
	pst_facts_line(w->p, &all, &comment);
	for (int i = 0; i < S_COMMENT; i++)
		put_string(w, fixed[i]);
	put_string(w, pst_buf_text(&comment));
	pst_buf_free(&comment);
	for (size_t i = 0; i < w->p->funcs.len; i++) {
		put_string(w, w->p->funcs.at[i].name);
		put_string(w, w->p->funcs.at[i].full_file);
	}
	for (size_t i = 0; i < w->p->threads.len; i++) {
		uint32_t process = w->p->threads.at[i].process;
		put_string(w, w->p->threads.at[i].name);
		put_string(w, process && process <= w->p->processes.len
				      ? w->p->processes.at[process - 1].cmdline
				      : "");
	}
}

/* ---- head --------------------------------------------------------------------------------- */

static void put_head(struct writing *w)
{
	static const int64_t types[][2] = {
		{S_SAMPLES, S_COUNT}, {S_WALL, S_NS}, {S_CPU, S_NS}, {S_GIL, S_NS}};
	Pst__Pprof__Profile part = PST__PPROF__PROFILE__INIT;
	Pst__Pprof__ValueType type[4], *list[4];
	int64_t comment = S_COMMENT;

	for (size_t i = 0; i < 4; i++) {
		type[i] = (Pst__Pprof__ValueType)PST__PPROF__VALUE_TYPE__INIT;
		type[i].type = types[i][0];
		type[i].unit = types[i][1];
		list[i] = &type[i];
	}
	/* Of what comes from a model it is not known who ran, and who held the GIL. */
	part.n_sample_type = w->p->filtered ? 2 : 4;
	part.sample_type = list;
	part.period_type = &type[1];
	if (w->p->facts.rate_achieved > 0)
		part.period = (int64_t)(1e9 / w->p->facts.rate_achieved);
	part.time_nanos = w->p->facts.start_unix_ms * 1000000;
	part.duration_nanos = (int64_t)(w->p->facts.seconds * 1e9);
	part.n_comment = 1;
	part.comment = &comment;
	part.default_sample_type = S_WALL;
	put(w, &part);
}

static void put_functions(struct writing *w)
{
	for (size_t i = 0; i < w->p->funcs.len; i++) {
		Pst__Pprof__Profile part = PST__PPROF__PROFILE__INIT;
		Pst__Pprof__Function f = PST__PPROF__FUNCTION__INIT, *one = &f;
		f.id = i + 1;
		/* Without a system_name, or "<module>" would be taken for a template of C++. */
		f.name = (int64_t)(S_FIXED + 2 * i);
		f.filename = (int64_t)(S_FIXED + 2 * i + 1);
		f.start_line = w->p->funcs.at[i].first_line;
		part.n_function = 1;
		part.function = &one;
		put(w, &part);
	}
}

static void put_locations(struct writing *w)
{
	size_t n = pst_entries(w->p, w->opt);

	for (size_t i = 0; i < n; i++) {
		Pst__Pprof__Profile part = PST__PPROF__PROFILE__INIT;
		Pst__Pprof__Location l = PST__PPROF__LOCATION__INIT, *one = &l;
		Pst__Pprof__Line line = PST__PPROF__LINE__INIT, *lines = &line;
		int number;
		line.function_id =
			(uint64_t)(pst_entry(w->p, w->opt, i, &number) - w->p->funcs.at) + 1;
		line.line = number;
		l.id = i + 1;
		l.n_line = 1;
		l.line = &lines;
		part.n_location = 1;
		part.location = &one;
		put(w, &part);
	}
}

/* ---- samples ------------------------------------------------------------------------------ */

/* Labels of THREAD; returns how many. */
static size_t label(const struct writing *w, uint32_t thread, Pst__Pprof__Label *l)
{
	size_t at = S_FIXED + 2 * w->p->funcs.len + 2 * ((size_t)thread - 1);

	for (size_t i = 0; i < 4; i++)
		l[i] = (Pst__Pprof__Label)PST__PPROF__LABEL__INIT;
	if (!thread)
		return 0;
	l[0].key = S_THREAD_ID;
	l[0].num = pst_thread_tid(w->p, thread);
	l[1].key = S_PID;
	l[1].num = pst_thread_pid(w->p, thread);
	l[2].key = S_THREAD;
	l[2].str = (int64_t)at;
	l[3].key = S_PROCESS;
	l[3].str = (int64_t)at + 1;
	return 4;
}

static void put_row(struct writing *w, const struct pst_profile_row *row)
{
	Pst__Pprof__Profile part = PST__PPROF__PROFILE__INIT;
	Pst__Pprof__Sample s = PST__PPROF__SAMPLE__INIT, *one = &s;
	Pst__Pprof__Label l[4], *labels[4] = {&l[0], &l[1], &l[2], &l[3]};
	bool ran = !(row->kind & (PST_WAS_IDLE | PST_WAS_WAIT));
	int64_t values[4] = {
		(int64_t)row->samples,
		(int64_t)row->ns,
		ran ? (int64_t)row->ns : 0,
		row->kind & PST_WAS_GIL ? (int64_t)row->ns : 0,
	};

	pst_path_of(w->p, w->opt, row->node, &w->path);
	w->locations = pst_realloc(w->locations, w->path.at.len + 1, sizeof *w->locations);
	for (size_t i = 0; i < w->path.at.len; i++)
		w->locations[i] = w->path.at.at[w->path.at.len - 1 - i] + (uint64_t)1;
	s.n_location_id = w->path.at.len;
	s.location_id = w->locations;
	s.n_value = w->p->filtered ? 2 : 4;
	s.value = values;
	s.n_label = label(w, row->thread, l);
	s.label = labels;
	part.n_sample = 1;
	part.sample = &one;
	put(w, &part);
}

static void write_pprof(const struct pst_profile *p, const struct pst_export_options *opt,
			FILE *out)
{
	struct writing w = {.p = p, .opt = opt, .out = out, .zip = {.zalloc = grab, .zfree = drop}};

	/* 16: with the head and tail of gzip. */
	if (deflateInit2(&w.zip, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return;
	put_head(&w);
	put_strings(&w);
	put_functions(&w);
	put_locations(&w);
	for (size_t i = 0; i < p->rows.len && !ferror(out); i++)
		if (pst_export_counts(p, opt, p->rows.at[i].kind))
			put_row(&w, &p->rows.at[i]);
	squeeze(&w, "", 0, Z_FINISH);
	deflateEnd(&w.zip);
	free(w.piece.data);
	free(w.locations);
	PST_VEC_FREE(&w.path.at);
}

const struct pst_export_format pst_export_pprof = {
	.name = "pprof",
	.ending = ".pb.gz",
	.endings = ".pb.gz .pprof",
	.help = N_("for go tool pprof and what reads its files"),
	.write = write_pprof,
};
