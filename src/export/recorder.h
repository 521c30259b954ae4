// SPDX-License-Identifier: MIT
#ifndef PST_EXPORT_RECORDER_H
#define PST_EXPORT_RECORDER_H

/*
 * Takes the records of a recording, beside the model or without one, and makes a profile of them.
 * It keeps for each stack, thread and kind of sample how often it was seen; so memory grows with
 * distinct stacks.  For formats in the order of time it keeps that too, in bounded memory.
 */

#include "export/export.h"

struct pst_recorder;

/* What is kept of the order of time takes at most TIME_BYTES; 0: nothing is. */
struct pst_recorder *pst_recorder_new(size_t time_bytes);
void pst_recorder_free(struct pst_recorder *r); /* NULL allowed */
#define PST_RECORDER_TIME_BYTES ((size_t)40 << 20)

/* As pst_model_ingest(): what makes no sense is ignored. */
void pst_recorder_ingest(struct pst_recorder *r, const struct pst_rec *rec);

/*
 * Fills OUT (empty) with all that was seen so far, and, where ORDER is wanted and was kept, with
 * the runs that OPT lets through.  Facts are the caller's to fill in.  May be called again and
 * again.
 */
void pst_recorder_profile(struct pst_recorder *r, const struct pst_export_options *opt, bool order,
			  struct pst_profile *out);

#endif
