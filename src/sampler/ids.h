// SPDX-License-Identifier: MIT
#ifndef PST_SAMPLER_IDS_H
#define PST_SAMPLER_IDS_H

/*
 * Names for what is seen again and again.  A place (a function at a line) is found out while the
 * target stands still; the ids of strings, functions, frames and stacks are given out, and defined
 * in the ring, when a sample is sent.  An id exists only when the ring had room for its definition,
 * so nothing is ever to be taken back: whoever gets false commits what there is and tries again at
 * the next sample.
 */

#include "interp/interp.h"
#include "ring/ring.h"

struct pst_ids;
struct pst_place;

/* RING is borrowed. */
struct pst_ids *pst_ids_new(struct pst_ring *ring, bool full_filenames);
/* Of another process, with the same ids for the same texts, functions and stacks; one thread uses both. */
struct pst_ids *pst_ids_share(struct pst_ids *with);
void pst_ids_free(struct pst_ids *ids);

/*
 * The place of FRAME, whose code object must stand still meanwhile; lives as long as IDS.  NULL:
 * its code object cannot be read.
 */
struct pst_place *pst_ids_place(struct pst_ids *ids, struct pst_python *py,
				const struct pst_pyframe *frame);
/* Whether PLACE is a Python function without a line: it may have one the next time. */
bool pst_ids_vague(const struct pst_place *place);
/* The place that stands for the frames which were cut off. */
struct pst_place *pst_ids_truncated(struct pst_ids *ids);
/* Looks up what new places need and what may take longer; the target runs. */
void pst_ids_settle(struct pst_ids *ids, struct pst_python *py);
/* What became known since they were settled last comes from a look that is not to be believed. */
void pst_ids_doubt(struct pst_ids *ids);
/* PY is about to be closed: nothing of it is used any more. */
void pst_ids_forget(struct pst_ids *ids);

/* Id of TEXT (cut at PST_REC_TEXT_MAX; NULL and "": 0). */
bool pst_ids_text(struct pst_ids *ids, const char *text, uint32_t *out);
/* Id of the stack that is PLACE called from stack PARENT (0: the root), which has DEPTH frames. */
bool pst_ids_stack(struct pst_ids *ids, uint32_t parent, uint32_t depth, struct pst_place *place,
		   uint32_t *out);

#endif
