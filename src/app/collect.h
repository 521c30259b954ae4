// SPDX-License-Identifier: MIT
#ifndef PST_APP_COLLECT_H
#define PST_APP_COLLECT_H

/* One process as a dump shows it: everything is read here, under one pause; printing comes after. */

#include "app/options.h"
#include "interp/interp.h"

struct shown_frame {
	const struct pst_code *code; /* NULL: could not be read, or a shim */
	const char *name; /* qualified where known; owned by the pst_python */
	const char *plain_name;
	const char *qualname; /* NULL: not known */
	const char *file, *short_file;
	int32_t first_line;
	struct pst_position pos;
	bool is_entry, is_shim;
	bool is_hidden; /* of the import system, and --full-stack was not asked for */
	struct pst_vars vars; /* empty unless locals were asked for */
	enum pst_err err;     /* of its code object; the rest is then empty */
};

struct shown_thread {
	struct pst_thread thread;
	struct shown_frame *frames; /* leaf first */
	size_t len;
	bool truncated, broken;
	enum pst_err err; /* of its stack */
};

struct shown_process {
	struct pst_target *target;
	struct pst_python *py;
	struct pst_proc_info info;
	struct shown_thread *threads;
	size_t len;
	size_t frames, vars; /* frames, and bytes of variables, in all threads */
	bool threads_truncated;
	bool held;	   /* stacks are read while the target is paused */
	uint64_t pause_ns; /* in all; 0: was not paused */
};

/*
 * Reads TARGET (owned by OUT from then on, also after an error).  Free with collected_free().
 */
enum pst_err collect(struct pst_target *target, const struct options *opt, struct shown_process *out,
		     struct pst_why *why);
void collected_free(struct shown_process *p);

/* The label of a process: its arguments, joined by blanks, harmless; appended to OUT. */
void process_label(const struct pst_proc_info *info, struct pst_buf *out);

#endif
