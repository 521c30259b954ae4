// SPDX-License-Identifier: MIT
#ifndef PST_MODEL_INSPECT_H
#define PST_MODEL_INSPECT_H

/*
 * What else the screen shows as plain data, besides the model itself: a thread's stack with values
 * (ring/inspect.h, where the sampler's side of it is), pieces of source files, processes to choose
 * from.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ring/inspect.h"

/* A piece of a source file. */
struct pst_source {
	char **lines; /* sanitised; [0] is line FIRST */
	size_t len;
	int first;
	bool newer;	  /* the file was changed after the process had started */
	enum pst_err err; /* NOTFOUND, IO, LIMIT; lines is empty then */
};
void pst_source_free(struct pst_source *s); /* what it holds, not itself */

/* A process for the picker. */
struct pst_candidate {
	int pid;
	char *cmdline, *user, *version, *container; /* "" unknown, none */
	double cpu_percent;			    /* of one CPU; < 0 unknown */
	bool cpu_since_start; /* on average since it began, else since it was asked last */
	uint64_t rss_bytes;
	enum pst_err err; /* OK: we may attach; else WHY tells */
	char *why;
};
struct pst_candidates {
	struct pst_candidate *at;
	size_t len, cap;
};
void pst_candidates_free(struct pst_candidates *c); /* what it holds, not itself */

#endif
