// SPDX-License-Identifier: MIT
#ifndef PST_FILE_REMAP_H
#define PST_FILE_REMAP_H

/*
 * Several streams of records as one: ids of each become ids of all.  Texts, functions, frames and
 * stacks that are the same are one; processes and threads of different streams never are.
 */

#include "base/vec.h"
#include "ring/record.h"

#include <stdbool.h>
#include <stdint.h>

struct pst_remap;

struct pst_remap *pst_remap_new(void);
void pst_remap_free(struct pst_remap *m); /* NULL allowed */

struct pst_remap_ids { /* [id - 1] of the stream: id of all; 0: it made no sense */
	uint32_t *at;
	size_t len, cap;
};

struct pst_remap_stream { /* zeroed at first */
	struct pst_remap_ids strings, funcs, frames, stacks, processes, threads;
};

void pst_remap_stream_free(struct pst_remap_stream *s);

enum pst_remapped {
	PST_REMAP_RECORD,  /* OUT is to be passed on */
	PST_REMAP_NOTHING, /* it is known already, or makes no sense */
	PST_REMAP_LIMIT	   /* more definitions than a recording may have */
};
/* REC (valid) of stream S with the ids of all; OUT has room for any record. */
enum pst_remapped pst_remap_record(struct pst_remap *m, struct pst_remap_stream *s,
				   const struct pst_rec *rec, union pst_record *out);

/* What OUT points to: as large as the largest record. */
#define PST_REMAP_RECORD_MAX (PST_REC_TEXT_MAX + 64)

#endif
