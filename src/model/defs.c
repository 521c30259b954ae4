// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/defs.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/text.h"

#include <stdlib.h>

static bool optional_text(const struct pst_defs *d, uint32_t id)
{
	return id <= d->strings.len;
}

bool pst_defs_string(struct pst_defs *d, const struct pst_rec_string *r)
{
	struct pst_buf text = {0};

	if (r->id != d->strings.len + 1)
		return false;
	/* Harmless already when the sampler sent it, but not in a file that somebody else made. */
	pst_text_sanitise(&text, (const char *)(r + 1), r->len, 0);
	*PST_VEC_PUSH(&d->strings) = pst_buf_take(&text);
	return true;
}

bool pst_defs_func(struct pst_defs *d, const struct pst_rec_func *r)
{
	if (r->id != d->funcs.len + 1 || !optional_text(d, r->name) ||
	    !optional_text(d, r->qualname) || !optional_text(d, r->file) ||
	    !optional_text(d, r->short_file))
		return false;
	*PST_VEC_PUSH(&d->funcs) = (struct pst_def_func){
		.name = r->name,
		.qualname = r->qualname,
		.file = r->file,
		.short_file = r->short_file,
		.first_line = r->first_line,
	};
	return true;
}

bool pst_defs_frame(struct pst_defs *d, const struct pst_rec_frame *r)
{
	if (r->id != d->frames.len + 1 || !r->func || r->func > d->funcs.len)
		return false;
	*PST_VEC_PUSH(&d->frames) =
		(struct pst_def_frame){.func = r->func, .kind = r->kind, .line = r->line};
	return true;
}

bool pst_defs_stack(struct pst_defs *d, const struct pst_rec_stack *r)
{
	if (r->id != d->nodes.len + 1 || !r->frame || r->frame > d->frames.len)
		return false;
	/* The parent exists already: hence no cycles. */
	if (r->parent > d->nodes.len)
		return false;
	uint32_t depth = r->parent ? d->nodes.at[r->parent - 1].depth + 1 : 1;
	if (r->depth != depth)
		return false;
	*PST_VEC_PUSH(&d->nodes) =
		(struct pst_def_node){.parent = r->parent, .frame = r->frame, .depth = depth};
	return true;
}

bool pst_defs_process(struct pst_defs *d, const struct pst_rec_process *r)
{
	if (!r->id || r->id > d->processes.len + 1 || !optional_text(d, r->cmdline) ||
	    !optional_text(d, r->version))
		return false;
	if (r->id > d->processes.len)
		(void)PST_VEC_PUSH(&d->processes);
	d->processes.at[r->id - 1] = (struct pst_def_process){
		.pid = r->pid,
		.cmdline = r->cmdline,
		.version = r->version,
		.start_unix = r->start_unix,
	};
	return true;
}

bool pst_defs_thread(struct pst_defs *d, const struct pst_rec_thread *r)
{
	if (!r->id || r->id > d->threads.len + 1 || !r->process || r->process > d->processes.len ||
	    !optional_text(d, r->name) || !optional_text(d, r->comm))
		return false;
	if (r->id > d->threads.len)
		(void)PST_VEC_PUSH(&d->threads);
	d->threads.at[r->id - 1] = (struct pst_def_thread){
		.process = r->process,
		.name = r->name,
		.comm = r->comm,
		.is_main = r->is_main != 0,
		.tid = r->tid,
	};
	return true;
}

const char *pst_defs_text(const struct pst_defs *d, uint32_t id)
{
	return id ? d->strings.at[id - 1] : "";
}

void pst_defs_free(struct pst_defs *d)
{
	for (size_t i = 0; i < d->strings.len; i++)
		free(d->strings.at[i]);
	PST_VEC_FREE(&d->strings);
	PST_VEC_FREE(&d->funcs);
	PST_VEC_FREE(&d->frames);
	PST_VEC_FREE(&d->nodes);
	PST_VEC_FREE(&d->processes);
	PST_VEC_FREE(&d->threads);
}
