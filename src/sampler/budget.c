// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/budget.h"

#include <math.h>

#define START_RATE 100.0 /* until it is known what a look costs */
#define RATE_MIN   1.0	 /* unless less is asked for */
#define RATE_MAX   1e6
#define MARGIN	   0.9		       /* of what may be spent is aimed at */
#define SEARCH_NS  UINT64_C(150000000) /* a window while the rate is looked for */
/* A window afterwards: as long as it takes to have all in it, the screen's refresh for one. */
#define WINDOW_NS  UINT64_C(1000000000)
#define LONG_NS	   UINT64_C(4000000000) /* a window that had no more than FEW looks until then */
#define FEW	   8
#define SEARCH_UP  4.0 /* at most, from one window to the next */
#define UP	   1.5
#define FOUND	   1.25 /* a rate this near to what it could be has been found */
#define SMOOTH	   0.4	/* weight of the last window in the cost of a look */
#define JUMP	   1.5	/* dearer by this factor: it counts at once */
#define STILL_LOW  0.97 /* a new rate this near to the old one is not worth it */
#define STILL_HIGH 1.10

static void begin(struct pst_budget *b, uint64_t now, uint64_t cost_ns, uint64_t looks)
{
	b->since_ns = now;
	b->cost_ns = cost_ns;
	b->looks = looks;
}

static double bounded(double rate, double asked)
{
	double most = asked < RATE_MAX ? asked : RATE_MAX;

	if (rate < RATE_MIN)
		rate = RATE_MIN;
	return rate < most ? rate : most;
}

void pst_budget_start(struct pst_budget *b, double share, double asked, uint64_t now,
		      uint64_t cost_ns, uint64_t looks)
{
	*b = (struct pst_budget){.share = share,
				 .rate = share > 0 ? bounded(START_RATE, asked) : INFINITY};
	begin(b, now, cost_ns, looks);
}

/* Whether enough was seen: time and looks, or more spent already than in two windows. */
static bool is_over(const struct pst_budget *b, uint64_t passed, uint64_t spent, uint64_t looks)
{
	uint64_t window = b->settled || b->share <= 0 ? WINDOW_NS : SEARCH_NS;

	if (b->share > 0 && (double)spent > 2 * b->share * (double)window)
		return passed >= SEARCH_NS;
	return passed >= LONG_NS || (passed >= window && looks >= FEW);
}

static void learn(struct pst_budget *b, double per_look)
{
	if (b->per_look <= 0 || !b->settled || per_look > b->per_look * JUMP)
		b->per_look = per_look;
	else
		b->per_look += SMOOTH * (per_look - b->per_look);
}

static void adapt(struct pst_budget *b, double asked)
{
	double want = bounded(b->per_look > 0 ? b->share * MARGIN / b->per_look : INFINITY, asked);
	double most = b->rate * (b->settled ? UP : SEARCH_UP);

	b->settled |= want <= b->rate * FOUND;
	if (want > most)
		want = most;
	/* What is asked for is reached, however small the last step. */
	if (want < b->rate * STILL_LOW || want > b->rate * STILL_HIGH || want >= asked)
		b->rate = want;
}

void pst_budget_step(struct pst_budget *b, double asked, uint64_t now, uint64_t cost_ns,
		     uint64_t looks)
{
	uint64_t passed = now - b->since_ns, spent = cost_ns - b->cost_ns, n = looks - b->looks;

	if (b->share > 0)
		b->rate = bounded(b->rate, asked);
	if (!is_over(b, passed, spent, n))
		return;
	b->spent = (double)spent / (double)passed;
	if (b->share > 0 && n) {
		learn(b, (double)spent / 1e9 / (double)n);
		adapt(b, asked);
	}
	begin(b, now, cost_ns, looks);
}

bool pst_budget_failed(const struct pst_budget *b)
{
	return b->share > 0 && b->rate <= RATE_MIN && b->spent > b->share;
}
