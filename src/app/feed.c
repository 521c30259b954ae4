// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/feed.h"

#include "plat/plat.h"

#define RING_BYTES (8u << 20)
/*
 * So much wakes who reads it: some thousand looks, so that at 10,000 a second it is a few times each
 * second; the rest of the ring is for a reader that comes late.
 */
#define WAKE_BYTES (256u << 10)
#define ATTACH_NS UINT64_C(1000000000)
#define LAUNCH_ATTACH_NS UINT64_C(10000000000)
#define PUMP_MAX 100000 /* records between two looks at the keyboard */

static enum pst_err start_sampler(struct feed *f, const struct options *o, unsigned flags,
				  struct pst_why *why)
{
	enum pst_err err = f->sieve ? PST_OK : sieve_new(o, &f->sieve, why);
	if (err)
		return err;
	f->pid = f->launched ? f->launch.pid : o->pid;

	struct pst_sampler_options how = {
		.pid = f->pid,
		.rate = o->rate,
		.overhead_max = o->max_overhead / 100,
		.jitter = o->jitter,
		.sampling = o->sampling,
		.fallback = o->fallback,
		.gil_only = o->gil,
		.idle = o->idle,
		.subprocesses = o->subprocesses,
		.full_filenames = o->full_filenames,
		.attach_timeout_ns = f->launched ? LAUNCH_ATTACH_NS : ATTACH_NS,
	};

	if (flags & FEED_NOWAIT)
		return pst_sampler_begin(&how, f->ring, &f->sampler, why);
	return pst_sampler_start(&how, f->ring, &f->sampler, why);
}

bool feed_attached(struct feed *f, uint64_t deadline_ns, enum pst_err *err, struct pst_why *why)
{
	return pst_sampler_attached(f->sampler, deadline_ns, err, why);
}

enum pst_err feed_start(struct feed *f, const struct options *opt, unsigned how, struct pst_why *why)
{
	enum pst_err err = PST_OK;

	*f = (struct feed){
		.recorder = f->recorder,
		.tapes = f->tapes,
		.sampling = opt->sampling,
		.rate = opt->rate,
	};
	if (opt->program) {
		err = launch_start(opt->program, how & FEED_CAPTURES, &f->launch, why);
		f->launched = !err;
	}
	if (err)
		return err;
	f->wake = pst_wake_new();
	struct pst_ring_wake wake = {-1, pst_wake_signal, pst_wake_clear, f->wake};
	if (f->wake)
		wake.fd = pst_wake_fd(f->wake);
	f->ring = pst_ring_new(RING_BYTES, f->wake ? &wake : NULL);
	if (!f->ring)
		return pst_why_set(why, PST_NOMEM, 0, "%s", pst_err_text(PST_NOMEM));
	f->model = pst_model_new();
	return start_sampler(f, opt, how, why);
}

enum pst_err feed_nothing(struct feed *f, struct pst_why *why)
{
	*f = (struct feed){.model = pst_model_new()};
	return f->model ? PST_OK : pst_why_set(why, PST_NOMEM, 0, "%s", pst_err_text(PST_NOMEM));
}

bool feed_pump(struct feed *f)
{
	const struct pst_rec *rec;
	size_t n = 0;

	if (!f->ring)
		return false;
	while (n < PUMP_MAX && (rec = pst_ring_next(f->ring))) {
		if (f->tapes)
			tapes_add(f->tapes, rec);
		rec = sieve_pass(f->sieve, rec);
		pst_model_ingest(f->model, rec);
		if (f->recorder)
			pst_recorder_ingest(f->recorder, rec);
		n++;
		if (n % 256 == 0)
			pst_ring_release(f->ring);
	}
	pst_ring_release(f->ring);
	return n > 0;
}

bool feed_sleep(struct feed *f)
{
	return !f->ring || pst_ring_sleep(f->ring, WAKE_BYTES);
}

void feed_awake(struct feed *f)
{
	if (f->ring)
		pst_ring_awake(f->ring);
}

void feed_stop(struct feed *f)
{
	if (!f->sampler)
		return;
	/* A full ring would have no room for the last figures. */
	while (feed_pump(f))
		;
	pst_sampler_stop(f->sampler);
	f->sampler = NULL;
	while (feed_pump(f))
		;
}

void feed_end(struct feed *f)
{
	feed_stop(f);
	sources_free(f->sources);
	export_job_free(f->exports);
	sieve_free(f->sieve);
	pst_model_free(f->model);
	pst_ring_free(f->ring);
	pst_wake_free(f->wake);
	if (f->launched)
		launch_finish(&f->launch);
}
