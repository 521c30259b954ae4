// SPDX-License-Identifier: MIT
#ifndef PST_MODEL_DEFS_H
#define PST_MODEL_DEFS_H

/*
 * What the records defined, by id.  Ids are dense, so a definition is the next one or it is wrong:
 * a file cannot make us allocate more than it holds.  Element [id - 1] of a vector is definition
 * id.
 */

#include "base/vec.h"
#include "ring/record.h"

struct pst_def_func {
	uint32_t name, qualname, file, short_file;
	int32_t first_line;
	uint32_t module; /* from 1 */
	bool library;	 /* or not Python at all */
};

struct pst_def_file {	 /* what follows from a path */
	uint32_t module; /* 0: not looked at yet */
	bool library;
};

struct pst_def_frame {
	uint32_t func, kind;
	int32_t line;
};

struct pst_def_node {
	uint32_t parent, frame, depth;
};

struct pst_def_process {
	int32_t pid;
	uint32_t cmdline, version;
	uint64_t start_unix;
};

struct pst_def_thread {
	uint32_t process, name, comm;
	bool is_main;
	int64_t tid, interp_id;
	uint64_t ident;
};

struct pst_def_module;

struct pst_defs {
	PST_VEC(char *) strings;
	PST_VEC(struct pst_def_func) funcs;
	PST_VEC(struct pst_def_frame) frames;
	PST_VEC(struct pst_def_node) nodes;
	PST_VEC(struct pst_def_process) processes;
	PST_VEC(struct pst_def_thread) threads;
	PST_VEC(struct pst_def_file) files; /* by string id, from 0 */
	PST_VEC(struct pst_def_module *) modules;
	struct pst_def_module *by_name;
};

/* Each false: the record makes no sense and was ignored. */
bool pst_defs_string(struct pst_defs *d, const struct pst_rec_string *r);
bool pst_defs_func(struct pst_defs *d, const struct pst_rec_func *r);
bool pst_defs_frame(struct pst_defs *d, const struct pst_rec_frame *r);
bool pst_defs_stack(struct pst_defs *d, const struct pst_rec_stack *r);
/* These two may come again with the same id: the new one counts. */
bool pst_defs_process(struct pst_defs *d, const struct pst_rec_process *r);
bool pst_defs_thread(struct pst_defs *d, const struct pst_rec_thread *r);

/* Text of string ID, "" for 0. */
const char *pst_defs_text(const struct pst_defs *d, uint32_t id);
/* Of a function: its name, qualified where known; its file, short where known. */
const char *pst_defs_func_name(const struct pst_defs *d, uint32_t func);
const char *pst_defs_func_file(const struct pst_defs *d, uint32_t func);
const char *pst_defs_module(const struct pst_defs *d, uint32_t module);
void pst_defs_free(struct pst_defs *d);

#endif
