// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/session.h"

#include "app/die.h"
#include "app/feed.h"
#include "app/session_inspect.h"
#include "base/alloc.h"
#include "base/i18n.h"
#include "ui/ui.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool pump(void *ctx, struct pst_model *m)
{
	(void)m; /* the feed's own */
	return feed_pump(ctx);
}

static int wait_fd(void *ctx)
{
	return pst_ring_fd(((struct feed *)ctx)->ring);
}

static bool before_wait(void *ctx)
{
	return feed_sleep(ctx);
}

static void after_wait(void *ctx)
{
	feed_awake(ctx);
}

static void set_rate(void *ctx, double rate)
{
	pst_sampler_set_rate(((struct feed *)ctx)->sampler, rate);
}

static void set_paused(void *ctx, bool paused)
{
	pst_sampler_set_paused(((struct feed *)ctx)->sampler, paused);
}

static void set_idle(void *ctx, bool idle)
{
	pst_sampler_set_idle(((struct feed *)ctx)->sampler, idle);
}

static void set_gil_only(void *ctx, bool gil_only)
{
	pst_sampler_set_gil_only(((struct feed *)ctx)->sampler, gil_only);
}

static const char *child_status(void *ctx)
{
	struct feed *s = ctx;

	return s->launched && launch_poll(&s->launch) ? s->launch.text : NULL;
}

static enum pst_err run_screen(struct feed *s, const struct options *o, int *signal,
			       struct pst_why *why)
{
	const struct pst_ui_hooks hooks = {
		.ctx = s,
		.pump = pump,
		.wait_fd = wait_fd,
		.before_wait = before_wait,
		.after_wait = after_wait,
		.set_rate = set_rate,
		.set_paused = set_paused,
		.set_idle = set_idle,
		.set_gil_only = set_gil_only,
		.child_status = child_status,
		.inspect = session_inspect,
		.inspected = session_inspected,
		.source = session_source,
	};
	char *title = s->launched ? pst_asprintf(_("output in %s"), s->launch.output) : NULL;
	const struct pst_ui_options how = {
		.rate = o->rate,
		.delay = o->delay,
		.idle = o->idle,
		.gil_only = o->gil,
		.duration = o->duration,
		.unproved = o->sampling == PST_SAMPLING_FREE,
		.sampling = options_mode(o->sampling),
		.fallback = options_mode(o->fallback),
		.title = title,
	};

	enum pst_err err = pst_ui_run(s->model, &hooks, &how, signal, why);
	free(title);
	return err;
}

/* Ends by the signal that ended the screen, so that whoever waits for us sees the true reason. */
static int end_by(int sig)
{
	signal(sig, SIG_DFL);
	raise(sig);
	return 128 + sig;
}

int session_run(const struct options *opt)
{
	struct feed s = {0};
	struct pst_why why = {0};
	int sig = 0, status = EXIT_OK;

	enum pst_err err = pst_ui_check(&why);
	if (!err)
		err = feed_start(&s, opt, FEED_CAPTURES, &why);
	if (!err)
		err = run_screen(&s, opt, &sig, &why);
	feed_end(&s);
	if (err)
		status = complain(&why);
	return sig ? end_by(sig) : status;
}
