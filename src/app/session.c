// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/session.h"

#include "app/die.h"
#include "app/feed.h"
#include "app/session_export.h"
#include "app/session_inspect.h"
#include "app/session_files.h"
#include "app/session_pick.h"
#include "base/alloc.h"
#include "base/i18n.h"
#include "ui/ui.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Hooks of the screen; as long as no process was chosen there is no sampler and no ring. */

static bool pump(void *ctx, struct pst_model *m)
{
	(void)m; /* the feed's own */
	return feed_pump(ctx);
}

static int wait_fd(void *ctx)
{
	struct feed *s = ctx;

	return s->ring ? pst_ring_fd(s->ring) : -1;
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
	struct feed *s = ctx;

	if (s->sampler)
		pst_sampler_set_rate(s->sampler, rate);
}

static void set_paused(void *ctx, bool paused)
{
	struct feed *s = ctx;

	s->paused = paused;
	if (s->sampler)
		pst_sampler_set_paused(s->sampler, paused);
}

static void set_idle(void *ctx, bool idle)
{
	struct feed *s = ctx;

	if (s->sampler)
		pst_sampler_set_idle(s->sampler, idle);
}

static void set_gil_only(void *ctx, bool gil_only)
{
	struct feed *s = ctx;

	if (s->sampler)
		pst_sampler_set_gil_only(s->sampler, gil_only);
}

static const char *child_status(void *ctx)
{
	struct feed *s = ctx;

	return s->launched && launch_poll(&s->launch) ? s->launch.text : NULL;
}

static enum pst_err run_screen(struct session *s, int *signal, struct pst_why *why)
{
	const struct options *o = s->opt;
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
		.candidates = session_candidates,
		.attach = session_attach,
		.attaching = session_attaching,
		.attach_cancel = session_attach_cancel,
		.attached = session_attached,
		.edit = session_edit,
		.save_text = session_save_text,
		.config_text = session_config_text,
		.config_path = session_config_path,
		.config_save = session_config_save,
		.export = session_export,
		.exported = session_exported,
		.format = session_format,
	};
	char *title = s->feed.launched ? pst_asprintf(_("output in %s"), s->feed.launch.output) : NULL;
	const struct pst_ui_options how = {
		.rate = o->rate,
		.rate_given = o->rate_given,
		.delay = o->delay,
		.idle = o->idle,
		.gil_only = o->gil,
		.duration = o->duration,
		.unproved = o->sampling == PST_SAMPLING_FREE,
		.sampling = options_mode(o->sampling),
		.fallback = options_mode(o->fallback),
		.title = title,
		.pick = !options_has_subject(o),
	};

	enum pst_err err = pst_ui_run(s->feed.model, &hooks, &how, signal, why);
	free(title);
	return err;
}

int session_end_by(int sig)
{
	signal(sig, SIG_DFL);
	raise(sig);
	return 128 + sig;
}

static enum pst_err begin(struct session *s, struct pst_why *why)
{
	enum pst_err err = pst_ui_check(why);

	if (err)
		return options_has_subject(s->opt) ? err : options_no_subject(why);
	if (!options_has_subject(s->opt))
		return feed_nothing(&s->feed, why);
	return feed_start(&s->feed, s->opt, FEED_CAPTURES, why);
}

int session_run(const struct options *opt)
{
	struct session s = {.opt = opt};
	struct pst_why why = {0};
	int sig = 0, status = EXIT_OK;

	enum pst_err err = begin(&s, &why);
	if (!err) {
		session_read_config(&s);
		err = run_screen(&s, &sig, &why);
	}
	feed_stop(&s.feed);
	if (err)
		status = complain(&why);
	if (s.feed.launched)
		status = launch_settle(&s.feed.launch, opt, false, status);
	feed_end(&s.feed);
	session_pick_end(&s);
	userconfig_free(&s.config);
	return sig ? session_end_by(sig) : status;
}
