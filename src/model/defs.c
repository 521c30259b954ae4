// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/defs.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/text.h"
#include "model/places.h"

#include <stdlib.h>
#include <string.h>

#define uthash_malloc(size) pst_alloc(size)
#include <uthash.h>

struct pst_def_module {
	UT_hash_handle hh;
	uint32_t id;
	char name[];
};

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

static uint32_t module_of(struct pst_defs *d, const char *file, const char *short_file)
{
	struct pst_def_module *found;
	struct pst_buf name = {0};

	pst_place_module(file, short_file, &name);
	const char *text = pst_buf_text(&name);
	HASH_FIND(hh, d->by_name, text, name.len, found);
	if (!found) {
		found = pst_calloc(1, sizeof *found + name.len + 1);
		memcpy(found->name, text, name.len);
		*PST_VEC_PUSH(&d->modules) = found;
		found->id = (uint32_t)d->modules.len;
		HASH_ADD_KEYPTR(hh, d->by_name, found->name, name.len, found);
	}
	pst_buf_free(&name);
	return found->id;
}

/* The path of a file is looked at once, with the short one that came first. */
static const struct pst_def_file *file_of(struct pst_defs *d, uint32_t file, uint32_t short_file)
{
	while (d->files.len <= file)
		(void)PST_VEC_PUSH(&d->files);
	struct pst_def_file *f = &d->files.at[file];
	if (!f->module) {
		const char *path = pst_defs_text(d, file);
		f->module = module_of(d, path, pst_defs_text(d, short_file));
		f->library = pst_place_library(path);
	}
	return f;
}

bool pst_defs_func(struct pst_defs *d, const struct pst_rec_func *r)
{
	if (r->id != d->funcs.len + 1 || !optional_text(d, r->name) ||
	    !optional_text(d, r->qualname) || !optional_text(d, r->file) ||
	    !optional_text(d, r->short_file))
		return false;
	const struct pst_def_file *file = file_of(d, r->file, r->short_file);
	*PST_VEC_PUSH(&d->funcs) = (struct pst_def_func){
		.name = r->name,
		.qualname = r->qualname,
		.file = r->file,
		.short_file = r->short_file,
		.first_line = r->first_line,
		.module = file->module,
		.library = file->library,
	};
	return true;
}

bool pst_defs_frame(struct pst_defs *d, const struct pst_rec_frame *r)
{
	if (r->id != d->frames.len + 1 || !r->func || r->func > d->funcs.len)
		return false;
	*PST_VEC_PUSH(&d->frames) =
		(struct pst_def_frame){.func = r->func, .kind = r->kind, .line = r->line};
	if (r->kind == PST_FRAME_NATIVE || r->kind == PST_FRAME_SHIM)
		d->funcs.at[r->func - 1].library = true;
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
		.interp_id = r->interp_id,
		.ident = r->ident,
	};
	return true;
}

const char *pst_defs_text(const struct pst_defs *d, uint32_t id)
{
	return id ? d->strings.at[id - 1] : "";
}

const char *pst_defs_func_name(const struct pst_defs *d, uint32_t func)
{
	const struct pst_def_func *f = &d->funcs.at[func - 1];

	return pst_defs_text(d, f->qualname ? f->qualname : f->name);
}

const char *pst_defs_func_file(const struct pst_defs *d, uint32_t func)
{
	const struct pst_def_func *f = &d->funcs.at[func - 1];

	return pst_defs_text(d, f->short_file ? f->short_file : f->file);
}

const char *pst_defs_module(const struct pst_defs *d, uint32_t module)
{
	return d->modules.at[module - 1]->name;
}

void pst_defs_free(struct pst_defs *d)
{
	HASH_CLEAR(hh, d->by_name);
	for (size_t i = 0; i < d->modules.len; i++)
		free(d->modules.at[i]);
	PST_VEC_FREE(&d->modules);
	PST_VEC_FREE(&d->files);
	for (size_t i = 0; i < d->strings.len; i++)
		free(d->strings.at[i]);
	PST_VEC_FREE(&d->strings);
	PST_VEC_FREE(&d->funcs);
	PST_VEC_FREE(&d->frames);
	PST_VEC_FREE(&d->nodes);
	PST_VEC_FREE(&d->processes);
	PST_VEC_FREE(&d->threads);
}
