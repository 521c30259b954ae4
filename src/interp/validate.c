// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#define PROBE_TSTATES 64 /* thread states looked at */
#define PROBE_INTERPS 16
#define TRIES	      4 /* the target runs meanwhile */

uint64_t pst_interp_head(struct pst_python *py)
{
	const struct pst_layout *l = &py->layout;
	uint64_t at = py->statics.interp_head, head;

	if (l->runtime_interpreters_head >= 0)
		at = py->info.runtime + (uint64_t)l->runtime_interpreters_head;
	return at && !pst_look_ptr(&py->look, at, &head) ? head : 0;
}

/* Does a frame of T lead to a code object? */
static enum pst_live probe_stack(struct pst_python *py, const struct pst_tstate *t)
{
	struct pst_thread thread = {.tstate = t->addr, .interp = t->interp};
	struct pst_stack stack = {0};
	enum pst_live live = PST_LIVE_NO;

	if (!pst_python_stack(py, &thread, PST_STACK_PROBE, &stack)) {
		if (stack.len)
			live = PST_LIVE_YES;
		else if (!stack.broken)
			live = PST_LIVE_WEAK;
	}
	pst_stack_free(&stack);
	return live;
}

static enum pst_live probe_interp(struct pst_python *py, uint64_t interp)
{
	const struct pst_layout *l = &py->layout;
	enum pst_live best = PST_LIVE_EMPTY;
	struct pst_tstate t;
	uint64_t at;

	pst_look_begin(&py->look);
	if (l->interp_tstate_head < 0 || !pst_plausible(interp) ||
	    pst_look_ptr(&py->look, interp + (uint64_t)l->interp_tstate_head, &at))
		return PST_LIVE_NO;
	for (unsigned i = 0; at && i < PROBE_TSTATES && best != PST_LIVE_YES; i++, at = t.next) {
		if (pst_tstate_read(py, l, at, &t) || t.interp != interp)
			return i ? best : PST_LIVE_NO;

		enum pst_live live = probe_stack(py, &t);

		if (live == PST_LIVE_NO && !i)
			best = PST_LIVE_NO;
		else if (live > best)
			best = live;
	}
	return best;
}

enum pst_live pst_validate_interp(struct pst_python *py, uint64_t interp)
{
	enum pst_live live = PST_LIVE_NO;

	for (unsigned i = 0; i < TRIES && live == PST_LIVE_NO; i++)
		live = probe_interp(py, interp);
	return live;
}

enum pst_live pst_validate(struct pst_python *py)
{
	enum pst_live best = PST_LIVE_NO;

	for (unsigned i = 0; i < TRIES && best == PST_LIVE_NO; i++) {
		uint64_t at;

		pst_look_begin(&py->look);
		at = pst_interp_head(py);
		if (!at)
			return PST_LIVE_EMPTY;
		for (unsigned n = 0; at && n < PROBE_INTERPS && best != PST_LIVE_YES; n++) {
			enum pst_live live = probe_interp(py, at);

			best = live > best ? live : best;
			if (pst_look_ptr(&py->look, at + (uint64_t)py->layout.interp_next, &at))
				break;
		}
	}
	return best;
}
