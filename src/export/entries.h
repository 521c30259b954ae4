// SPDX-License-Identifier: MIT
#ifndef PST_EXPORT_ENTRIES_H
#define PST_EXPORT_ENTRIES_H

/*
 * For formats that list frames once and tell stacks by their numbers: what a frame is under the
 * options (its line, or its function), and the numbers of a stack.
 */

#include "export/export.h"

/* How many there are: numbers from 0 on. */
size_t pst_entries(const struct pst_profile *p, const struct pst_export_options *opt);
/* The function of entry I, and the line at which it stands; 0: none. */
const struct pst_profile_func *pst_entry(const struct pst_profile *p,
					 const struct pst_export_options *opt, size_t i, int *line);

struct pst_path { /* numbers of entries, root first */
	PST_VEC(uint32_t) at;
};

/* The stack whose leaf is NODE. */
void pst_path_of(const struct pst_profile *p, const struct pst_export_options *opt, uint32_t node,
		 struct pst_path *out);

/* "Thread TID \"name\"", with "Process PID " before it where there are several; appended. */
struct pst_buf;
void pst_thread_title(const struct pst_profile *p, uint32_t thread, struct pst_buf *out);
/* The process of THREAD; 0 when nothing is known. */
int pst_thread_pid(const struct pst_profile *p, uint32_t thread);
/* Its number for the system; where that is unknown its id. */
int64_t pst_thread_tid(const struct pst_profile *p, uint32_t thread);

/* When the last run ends: ns since the beginning. */
uint64_t pst_runs_end(const struct pst_profile *p);

#endif
