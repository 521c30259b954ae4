// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/pause_stats.h"

#include <math.h>

/* 0 … 7 as they are; above, the top bit and the three bits below it. */
static unsigned bucket_of(uint64_t ns)
{
	if (ns < 8)
		return (unsigned)ns;
	unsigned top = 63 - (unsigned)__builtin_clzll(ns);
	return (top - 2) * 8 + (unsigned)(ns >> (top - 3) & 7);
}

static uint64_t last_of(unsigned bucket)
{
	if (bucket < 8)
		return bucket;
	unsigned shift = bucket / 8 - 1;
	uint64_t first = (uint64_t)(8 + bucket % 8) << shift;
	return first + ((UINT64_C(1) << shift) - 1);
}

void pst_pause_stats_add(struct pst_pause_stats *s, uint64_t ns)
{
	s->n++;
	s->max = ns > s->max ? ns : s->max;
	s->buckets[bucket_of(ns)]++;
}

uint64_t pst_pause_stats_quantile(const struct pst_pause_stats *s, double q)
{
	uint64_t want = (uint64_t)ceil(q * (double)s->n), seen = 0;

	if (!s->n)
		return 0;
	for (unsigned i = 0; i < PST_PAUSE_BUCKETS; i++) {
		seen += s->buckets[i];
		if (seen && seen >= want)
			return last_of(i) < s->max ? last_of(i) : s->max;
	}
	return 0;
}
