// SPDX-License-Identifier: MIT
#ifndef PST_SAMPLER_BUDGET_H
#define PST_SAMPLER_BUDGET_H

/*
 * How often to look so that it costs no more than a share of one CPU.  What it costs is told from
 * outside: CPU time of ours, and time for which the target was held.  Plain arithmetic.
 *
 * The cost of a look is measured over a window (with what does not depend on the rate, such as the
 * screen, shared out among the looks) and gives the rate for the next one, a little under what may
 * be spent.  As looks get cheaper, not dearer, the more of them share the fixed cost, the rate goes
 * to its place from one side and does not swing about it.
 */

#include <stdbool.h>
#include <stdint.h>

struct pst_budget {
	double share;	 /* of one CPU, that may be spent; 0: no bound */
	double rate;	 /* looks per second that this allows; infinity without a bound */
	double spent;	 /* of one CPU, in the last window */
	double per_look; /* seconds; 0: not known yet */
	bool settled;	 /* the rate was found once: windows are long from then on */
	uint64_t since_ns, cost_ns, looks; /* when the window began, and what was told then */
};

/* ASKED: looks per second, maybe infinity.  COST_NS and LOOKS: all so far. */
void pst_budget_start(struct pst_budget *b, double share, double asked, uint64_t now,
		      uint64_t cost_ns, uint64_t looks);
/* Now and then, best every 200 ms. */
void pst_budget_step(struct pst_budget *b, double asked, uint64_t now, uint64_t cost_ns,
		     uint64_t looks);
/* It looks as rarely as may be, and costs more than it may all the same. */
bool pst_budget_failed(const struct pst_budget *b);

#endif
