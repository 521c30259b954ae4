// SPDX-License-Identifier: MIT
#ifndef PST_RING_INSPECT_H
#define PST_RING_INSPECT_H

/*
 * One thread's stack with the values of a frame, as plain data: what the screen asks of the
 * sampler, and what it gets, beside the ring.  All text is harmless already and on one line.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	PST_INSPECT_ROWS_MAX = 5000,
	PST_INSPECT_PARTS_MAX = 300, /* of one value */
	PST_INSPECT_OPEN_MAX = 256,
	PST_INSPECT_TEXT_MAX = 4096,
	PST_INSPECT_FRAMES_MAX = 10000, /* the innermost ones */
	PST_INSPECT_DEPTH_MAX = 64,	/* open values within each other */
};
#define PST_INSPECT_PAUSE_NS UINT64_C(20000000) /* the target is held for values at most so long   \
						 */

struct pst_inspect_request {
	uint64_t serial;  /* comes back in the answer */
	uint32_t process; /* ids of the model */
	uint32_t thread;
	int64_t tid;
	uint64_t ident;
	/*
	 * Whose values: the frame with this index from the last one of the answer (the root, as a
	 * rule), if its function is still called FUNC ("" any); SIZE_MAX: the leaf, of that name.
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

enum pst_value_kind {
	PST_VALUE_ARG,
	PST_VALUE_LOCAL,
	PST_VALUE_CELL,
	PST_VALUE_FREE,
	PST_VALUE_PART
};

struct pst_value_row {
	char *label;	/* "x", "['key']", "[3]", ".attribute", "{key}" */
	char *text;	/* as repr(), cut at PST_INSPECT_TEXT_MAX */
	char *type;	/* "dict", "" unknown */
	uint32_t depth; /* 0: a variable */
	int64_t length; /* of a container or string; -1: has none, or unknown */
	enum pst_value_kind kind;
	bool can_open, is_open;
	bool cut; /* it is open, and there are more parts than rows follow */
};

struct pst_inspect_frame { /* root last */
	char *name, *file, *full_file;
	int line, first_line;
	bool is_entry; /* called from C */
};

struct pst_inspection {
	uint64_t serial;
	uint32_t thread;
	enum pst_err err;	    /* not OK: WHY says so, and the rest is empty */
	char why[256];		    /* OK, but not proved: why it could not be held, else "" */
	uint64_t time_ns, pause_ns; /* when it was read; how long the target was held for it */
	bool proved;		    /* what these frames and values are made of stood still */
	struct pst_inspect_frame *frames; /* leaf first */
	size_t frames_len;
	bool truncated;
	size_t frame; /* index in frames of the one whose values follow; SIZE_MAX: none */
	struct pst_value_row *rows;
	size_t rows_len;
};

/* Frees what it holds and itself; NULL allowed. */
void pst_inspection_free(struct pst_inspection *in);

#endif
