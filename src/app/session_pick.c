// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/session_pick.h"

#include "app/session.h"
#include "plat/plat.h"

/* Nearly always it is done in that time, and the screen need not say that it is under way. */
#define MOMENT_NS UINT64_C(50000000)

void session_candidates(void *ctx, struct pst_candidates *out)
{
	struct session *s = ctx;

	if (!s->candidates)
		s->candidates = candidates_new();
	candidates_read(s->candidates, out);
}

/* A feed that was started for nothing, or is not wanted any more. */
static void drop_next(struct session *s)
{
	feed_end(&s->next);
	s->next = (struct feed){0};
	s->has_next = false;
}

enum pst_err session_attach(void *ctx, int pid, struct pst_why *why)
{
	struct session *s = ctx;
	struct options opt = *s->opt;

	if (s->has_next)
		drop_next(s);
	opt.pid = pid;
	opt.program = NULL;
	enum pst_err err = feed_start(&s->next, &opt, FEED_NOWAIT, why);
	if (err)
		drop_next(s);
	s->has_next = !err;
	return err;
}

bool session_attaching(void *ctx, enum pst_err *err, struct pst_why *why)
{
	struct session *s = ctx;

	*err = PST_GONE;
	if (!s->has_next)
		return false;
	if (!feed_attached(&s->next, pst_now_ns() + MOMENT_NS, err, why))
		return true;
	if (*err)
		drop_next(s);
	return false;
}

void session_attach_cancel(void *ctx)
{
	struct session *s = ctx;

	if (s->has_next)
		drop_next(s);
}

struct pst_model *session_attached(void *ctx)
{
	struct session *s = ctx;

	if (!s->has_next)
		return s->feed.model;
	/* What is to be said of the program waits until the screen is gone. */
	if (s->feed.launched) {
		s->launch = s->feed.launch;
		s->launched = true;
		s->feed.launched = false;
	}
	feed_end(&s->feed);
	s->feed = s->next;
	s->next = (struct feed){0};
	s->has_next = false;
	return s->feed.model;
}

void session_pick_end(struct session *s)
{
	if (s->has_next)
		drop_next(s);
	if (s->launched)
		launch_finish(&s->launch);
	candidates_free(s->candidates);
}
