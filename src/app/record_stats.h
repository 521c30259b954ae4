// SPDX-License-Identifier: MIT
#ifndef PST_APP_RECORD_STATS_H
#define PST_APP_RECORD_STATS_H

/* What a recording cost and how well it went. */

#include "app/options.h"
#include "model/model.h"
#include "plat/plat.h"

struct record_stats {
	const struct options *opt;
	const struct pst_model *model;
	const char *sampling, *format; /* FORMAT: of the first file */
	const struct pst_exit
		*program;	      /* how the program that we started ended; NULL: it has not */
	const char *end;	      /* "duration", "signal", "exited", "error" */
	double seconds;		      /* from the first look to the end */
	double cpu_seconds;	      /* of this whole process */
	uint64_t samples, stacks;     /* in the file: samples, distinct stacks */
	uint64_t memory, memory_peak; /* bytes of this process, at the end of sampling */
};

/* One paragraph on stderr. */
void record_stats_say(const struct record_stats *s);
/* The same as JSON (docs/STATS-JSON.md) to PATH, as outfile.h says. */
enum pst_err record_stats_write(const struct record_stats *s, const char *path,
				struct pst_why *why);

#endif
