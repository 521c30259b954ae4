// SPDX-License-Identifier: MIT
#ifndef PST_MODEL_INSPECT_H
#define PST_MODEL_INSPECT_H

/*
 * One thread's stack with the values of a frame, as plain data: what the screen asks the session
 * for, and what it gets.  All text is harmless already and on one line.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { PST_INSPECT_ROWS_MAX = 5000, PST_INSPECT_OPEN_MAX = 256, PST_INSPECT_TEXT_MAX = 4096 };

struct pst_inspect_request {
	uint64_t serial;  /* comes back in the answer */
	uint32_t process; /* ids of the model */
	uint32_t thread;
	int64_t tid;
	uint64_t ident;
	/*
	 * Whose values: the frame with this index from the root, if its function is still called
	 * FUNC ("" any); SIZE_MAX: the leaf.
	 */
	size_t frame;
	char func[256];
	bool values; /* read values at all, else the stack only */
	/*
	 * What is open: paths, each the labels from the variable down, joined by '\x1f'
	 * ("config\x1f['db']\x1f.host").  Borrowed during the call.
	 */
	const char *const *open;
	size_t open_len;
};

enum pst_value_kind { PST_VALUE_ARG, PST_VALUE_LOCAL, PST_VALUE_CELL, PST_VALUE_FREE, PST_VALUE_PART };

struct pst_value_row {
	char *label; /* "x", "['key']", "[3]", ".attribute", "{key}" */
	char *text;  /* as repr(), cut at PST_INSPECT_TEXT_MAX */
	char *type;  /* "dict", "" unknown */
	uint32_t depth;	 /* 0: a variable */
	int64_t length;	 /* of a container or string; -1: has none, or unknown */
	enum pst_value_kind kind;
	bool can_open, is_open;
	bool cut; /* there are more parts than rows */
};

struct pst_inspect_frame { /* root last */
	char *name, *file, *full_file;
	int line, first_line;
	bool is_entry; /* called from C */
};

struct pst_inspection {
	uint64_t serial;
	uint32_t thread;
	enum pst_err err; /* not OK: WHY says so, and the rest is empty */
	char why[256];
	uint64_t time_ns, pause_ns; /* when it was read; how long the target was held for it */
	bool proved;		    /* the target stood still */
	struct pst_inspect_frame *frames; /* leaf first */
	size_t frames_len;
	bool truncated;
	size_t frame; /* index in frames of the one whose values follow; SIZE_MAX: none */
	struct pst_value_row *rows;
	size_t rows_len;
};

/* Frees what it holds and itself; NULL allowed. */
void pst_inspection_free(struct pst_inspection *in);

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
	double cpu_percent;			    /* < 0 unknown */
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
