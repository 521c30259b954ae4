// SPDX-License-Identifier: MIT
#ifndef PST_FILE_MERGE_H
#define PST_FILE_MERGE_H

/*
 * Recordings that are read as one stream of records: in the order of time, with ids of all, a part
 * of the time cut out.
 */

#include "file/file.h"

struct pst_merge;

#define PST_MERGE_MAX 32

struct pst_merge_part {
	struct pst_file_reader *reader; /* borrowed */
	int64_t shift_ns;		/* added to its times */
	uint64_t from_ns, to_ns;	/* of the times before that: looks from … on, up to … */
};

/* N ≤ PST_MERGE_MAX; PARTS is copied. */
struct pst_merge *pst_merge_new(const struct pst_merge_part *parts, size_t n);
void pst_merge_free(struct pst_merge *m); /* NULL allowed */
/*
 * As pst_file_next().  PST_REC_END is not given: there would be several; pst_merge_end() has the
 * last. Until a part that is live has something, all wait for it.
 */
enum pst_file_got pst_merge_next(struct pst_merge *m, const struct pst_rec **rec);
/* The last PST_REC_END that was met; type 0: none was. */
const struct pst_rec_end *pst_merge_end(const struct pst_merge *m);
/* LIMIT: it ended early, since there were more definitions than a recording may have. */
enum pst_err pst_merge_trouble(const struct pst_merge *m);

#endif
