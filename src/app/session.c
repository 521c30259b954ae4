// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/session.h"

#include "app/die.h"
#include "app/launch.h"
#include "base/alloc.h"
#include "base/i18n.h"
#include "model/model.h"
#include "plat/plat.h"
#include "ring/ring.h"
#include "sampler/sampler.h"
#include "ui/ui.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define RING_BYTES (8u << 20)
#define ATTACH_NS UINT64_C(1000000000)
#define LAUNCH_ATTACH_NS UINT64_C(10000000000)
#define PUMP_MAX 100000 /* records between two looks at the keyboard */

struct session {
	const struct options *opt;
	struct pst_wake *wake; /* NULL: the screen looks from time to time */
	struct pst_ring *ring;
	struct pst_model *model;
	struct pst_sampler *sampler;
	struct launch launch;
	bool launched;
};

static bool pump(void *ctx, struct pst_model *m)
{
	struct session *s = ctx;
	const struct pst_rec *rec;
	size_t n = 0;

	while (n < PUMP_MAX && (rec = pst_ring_next(s->ring))) {
		pst_model_ingest(m, rec);
		n++;
		if (n % 256 == 0)
			pst_ring_release(s->ring);
	}
	pst_ring_release(s->ring);
	return n > 0;
}

static int wait_fd(void *ctx)
{
	return pst_ring_fd(((struct session *)ctx)->ring);
}

static bool before_wait(void *ctx)
{
	return pst_ring_sleep(((struct session *)ctx)->ring);
}

static void after_wait(void *ctx)
{
	pst_ring_awake(((struct session *)ctx)->ring);
}

static void set_rate(void *ctx, double rate)
{
	pst_sampler_set_rate(((struct session *)ctx)->sampler, rate);
}

static void set_paused(void *ctx, bool paused)
{
	pst_sampler_set_paused(((struct session *)ctx)->sampler, paused);
}

static void set_idle(void *ctx, bool idle)
{
	pst_sampler_set_idle(((struct session *)ctx)->sampler, idle);
}

static void set_gil_only(void *ctx, bool gil_only)
{
	pst_sampler_set_gil_only(((struct session *)ctx)->sampler, gil_only);
}

static const char *child_status(void *ctx)
{
	struct session *s = ctx;

	return s->launched && launch_poll(&s->launch) ? s->launch.text : NULL;
}

static enum pst_err start_sampler(struct session *s, struct pst_why *why)
{
	const struct options *o = s->opt;
	struct pst_sampler_options how = {
		.pid = s->launched ? s->launch.pid : o->pid,
		.rate = o->rate,
		.sampling = o->sampling,
		.fallback = o->fallback,
		.gil_only = o->gil,
		.idle = o->idle,
		.full_filenames = o->full_filenames,
		.attach_timeout_ns = s->launched ? LAUNCH_ATTACH_NS : ATTACH_NS,
	};

	return pst_sampler_start(&how, s->ring, &s->sampler, why);
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
		.title = title,
	};

	enum pst_err err = pst_ui_run(s->model, &hooks, &how, signal, why);
	free(title);
	return err;
}

static enum pst_err session_start(struct session *s, struct pst_why *why)
{
	enum pst_err err = pst_ui_check(why);

	if (!err && s->opt->program) {
		err = launch_start(s->opt->program, &s->launch, why);
		s->launched = !err;
	}
	if (err)
		return err;
	s->wake = pst_wake_new();
	struct pst_ring_wake wake = {-1, pst_wake_signal, pst_wake_clear, s->wake};
	if (s->wake)
		wake.fd = pst_wake_fd(s->wake);
	s->ring = pst_ring_new(RING_BYTES, s->wake ? &wake : NULL);
	if (!s->ring)
		return pst_why_set(why, PST_NOMEM, 0, "%s", pst_err_text(PST_NOMEM));
	s->model = pst_model_new();
	return start_sampler(s, why);
}

static void session_end(struct session *s)
{
	pst_sampler_stop(s->sampler);
	pst_model_free(s->model);
	pst_ring_free(s->ring);
	pst_wake_free(s->wake);
	if (s->launched)
		launch_finish(&s->launch);
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
	struct session s = {.opt = opt};
	struct pst_why why = {0};
	int sig = 0, status = EXIT_OK;

	enum pst_err err = session_start(&s, &why);
	if (!err)
		err = run_screen(&s, &sig, &why);
	session_end(&s);
	if (err)
		status = complain(&why);
	return sig ? end_by(sig) : status;
}
