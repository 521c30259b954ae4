// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/asked.h"

static bool same_span(const struct pst_span_ns *a, const struct pst_span_ns *b)
{
	return a->from_ns == b->from_ns && a->to_ns == b->to_ns;
}

static bool same_filter(const struct pst_filter *a, const struct pst_filter *b)
{
	return a->idle == b->idle && a->gil_only == b->gil_only && a->my_code == b->my_code &&
	       a->process == b->process && a->threads == b->threads && a->nthreads == b->nthreads &&
	       a->funcs == b->funcs && a->nfuncs == b->nfuncs;
}

/* Less detail than there is, or far more, will not do. */
static bool same_question(const struct pst_calls_options *a, const struct pst_calls_options *b)
{
	return a->kind == b->kind && a->merge == b->merge && same_filter(&a->filter, &b->filter) &&
	       same_span(&a->span, &b->span) && same_span(&a->base, &b->base) &&
	       a->diff == b->diff && a->focus == b->focus && b->least <= a->least * 1.5 &&
	       b->least >= a->least / 1.5;
}

bool asked_anew(struct calls_asked *a, const struct pst_calls_options *opt, const struct ui_view *v,
		uint32_t thread, uint64_t ticks)
{
	/* Without windows each tick counts; fewer than before: the counts began anew. */
	bool same_ticks = v->windows ? ticks >= a->ticks : ticks == a->ticks;

	if (a->valid && a->thread == thread && a->counted == v->counted &&
	    a->windows == v->windows && same_ticks && same_question(&a->opt, opt))
		return false;
	*a = (struct calls_asked){.valid = true,
				  .opt = *opt,
				  .thread = thread,
				  .counted = v->counted,
				  .windows = v->windows,
				  .ticks = ticks};
	return true;
}

void asked_forget(struct calls_asked *a)
{
	a->valid = false;
}
