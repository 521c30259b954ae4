// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/session_inspect.h"

#include "app/feed.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/text.h"
#include "model/query.h"

#include <stdlib.h>

#define LINES_MAX      2000 /* at a time */
#define LINE_MAX_BYTES 2000
#define TAB	       8

void session_inspect(void *ctx, const struct pst_inspect_request *r)
{
	struct feed *f = ctx;

	if (f->sampler)
		pst_sampler_inspect(f->sampler, r);
}

struct pst_inspection *session_inspected(void *ctx)
{
	struct feed *f = ctx;

	return f->sampler ? pst_sampler_inspected(f->sampler) : NULL;
}

/* Tabs as blanks, the rest harmless. */
static char *clean_line(const struct source_line *line)
{
	size_t len = line->len < LINE_MAX_BYTES ? line->len : LINE_MAX_BYTES, column = 0;
	struct pst_buf wide = {0}, clean = {0};
	int cells;

	for (size_t i = 0, step; i < len; i += step) {
		step = pst_text_cluster(line->text + i, len - i, &cells);
		if (line->text[i] != '\t') {
			pst_buf_add(&wide, line->text + i, step);
			column += (size_t)cells;
			continue;
		}
		step = 1;
		do
			pst_buf_addc(&wide, ' ');
		while (++column % TAB);
	}
	pst_text_sanitise(&clean, pst_buf_text(&wide), wide.len, LINE_MAX_BYTES);
	pst_buf_free(&wide);
	return pst_buf_take(&clean);
}

/* The files of PROCESS; where there is but one, of that which is watched. */
static struct sources *sources_for(struct feed *f, uint32_t process)
{
	size_t n = f->model ? pst_model_process_infos(f->model, NULL, 0) : 0;
	pid_t pid = f->pid;

	if (n > 1 && process && process <= n) {
		struct pst_process_info *all = pst_calloc(n, sizeof *all);
		pst_model_process_infos(f->model, all, n);
		pid = all[process - 1].pid;
		free(all);
	}
	if (f->sources && f->sources_pid == pid)
		return f->sources;
	sources_free(f->sources);
	f->sources_pid = pid;
	f->sources = sources_of_process(pid);
	return f->sources;
}

void session_source(void *ctx, uint32_t process, const char *file, int first, int last,
		    struct pst_source *out)
{
	struct feed *f = ctx;
	struct source_line line;

	struct sources *sources = sources_for(f, process);

	*out = (struct pst_source){.first = first < 1 ? 1 : first};
	if (last - out->first >= LINES_MAX)
		last = out->first + LINES_MAX - 1;
	if (last < out->first) {
		out->err = PST_NOTFOUND;
		return;
	}
	out->lines = pst_calloc((size_t)(last - out->first + 1), sizeof *out->lines);
	for (int n = out->first; n <= last; n++) {
		enum pst_err err = source_line(sources, file, n, &line);
		if (err) {
			out->err = out->len ? PST_OK : err;
			break;
		}
		out->newer = line.newer;
		out->lines[out->len++] = clean_line(&line);
	}
}
