// SPDX-License-Identifier: MIT
#ifndef PST_SAMPLER_PAUSE_STATS_H
#define PST_SAMPLER_PAUSE_STATS_H

/* How long the target was held per look: a histogram of fixed size, exact to 1/8. */

#include <stdint.h>

#define PST_PAUSE_BUCKETS (62 * 8)

struct pst_pause_stats { /* zeroed: empty */
	uint64_t n, max;
	uint64_t buckets[PST_PAUSE_BUCKETS];
};

void pst_pause_stats_add(struct pst_pause_stats *s, uint64_t ns);
/*
 * The time that a share of Q (0 … 1) of the pauses did not exceed, rounded up to the end of its
 * bucket, but not beyond the longest; 0 when there was none.
 */
uint64_t pst_pause_stats_quantile(const struct pst_pause_stats *s, double q);

#endif
