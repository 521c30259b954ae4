// SPDX-License-Identifier: MIT
#ifndef PST_MODEL_CELLS_H
#define PST_MODEL_CELLS_H

/*
 * Samples with the same stack, thread and class are one cell: of a tenth of a second (struct
 * pst_cell), or since the reset (struct pst_total).
 */

#include "base/vec.h"
#include "model/index.h"

#include <stdbool.h>

/*
 * Time is counted apart for each class of samples, so that the filters apply at once to all that
 * was seen.  A class is a sum of these bits; the tables and trees do not ask who waits.
 */
enum {
	PST_CLASS_IDLE = 1,
	PST_CLASS_GIL = 2,
	PST_CLASSES = 4,
	PST_CLASS_WAIT = 4,
	PST_CELL_CLASSES = 8
};

/* Thread and class in one word. */
#define PST_WHO_SHIFT	       3
#define PST_WHO_THREAD_MAX     (UINT32_MAX >> PST_WHO_SHIFT)
#define PST_WHO(thread, class) ((thread) << PST_WHO_SHIFT | (class))
#define PST_WHO_THREAD(who)    ((who) >> PST_WHO_SHIFT)
#define PST_WHO_CLASS(who)     ((who) & (PST_CELL_CLASSES - 1u))

struct pst_cell { /* time that does not fit into NS goes into another cell of the same kind */
	uint32_t stack, who; /* stack 0: none was seen */
	uint32_t ns, samples;
};
_Static_assert(sizeof(struct pst_cell) == 16, "thousands of seconds are kept of these");

/* The cells of the tenth of a second that runs. */
struct pst_open {
	PST_VEC(struct pst_cell) cells;
	struct pst_index index;
};

/* Cells: when there are more than the first, the caller takes them out; a sample adds 234 at most.
 */
enum { PST_OPEN_FULL = 16384 - 256, PST_OPEN_MAX = 16384 };

/*
 * One sample of NS.  *LAST is the number of the cell of the thread's last sample, any number at
 * first.
 */
void pst_open_add(struct pst_open *o, struct pst_pair key, uint64_t ns, uint32_t *last);
void pst_open_clear(struct pst_open *o);
size_t pst_open_bytes(const struct pst_open *o);
void pst_open_free(struct pst_open *o);

struct pst_total {
	uint32_t stack, who;
	uint64_t ns, samples;
};

struct pst_totals {
	PST_VEC(struct pst_total) at;
	struct pst_index index;
};

void pst_totals_add(struct pst_totals *t, const struct pst_cell *cell);
void pst_totals_reset(struct pst_totals *t);
void pst_totals_free(struct pst_totals *t);

#endif
