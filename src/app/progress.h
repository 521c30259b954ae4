// SPDX-License-Identifier: MIT
#ifndef PST_APP_PROGRESS_H
#define PST_APP_PROGRESS_H

/* One line on a terminal that tells how far a recording is; nothing where stderr is none. */

#include "app/options.h"
#include "model/model.h"

#define PROGRESS_NS UINT64_C(250000000) /* from one to the next */

struct progress {
	bool on;
	double duration; /* s; 0: no end is set */
	uint64_t next_ns, last_ns, last_ticks; /* since the start */
	double rate;
	int cells; /* that are written */
};

/* ALONE: nobody else writes to the terminal. */
void progress_begin(struct progress *p, const struct options *o, bool alone);
/* When it is time for it; NS since the start. */
void progress_show(struct progress *p, const struct pst_model *m, uint64_t ns);
/* Makes room for a message; the line comes back. */
void progress_clear(struct progress *p);
/* Takes the line away. */
void progress_end(struct progress *p);

#endif
