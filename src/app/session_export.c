// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/session_export.h"

#include "app/feed.h"
#include "app/outfile.h"
#include "app/outputs.h"
#include "base/alloc.h"
#include "base/i18n.h"
#include "plat/plat.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct export_job {
	pthread_t thread;
	bool started;	  /* there is a thread to be joined */
	atomic_bool done; /* it has nothing more to say */
	/* What it works on, and its answer once it is done. */
	const struct pst_export_format *format;
	struct pst_profile profile, base;
	struct pst_export_options how;
	struct outfile out;
	char *path, *screen;
	enum pst_err err;
	struct pst_why why;
	char *said; /* what the result told last */
};

/* Those that do without the order of time: the model folds it. */
static bool is_offered(const struct pst_export_format *f)
{
	return !f->needs_order && !f->missing;
}

const char *session_format(void *ctx, size_t i, const char **help, const char **ending)
{
	const struct pst_export_format *f;

	(void)ctx;
	for (size_t k = 0; (f = pst_export_at(k)); k++) {
		if (!is_offered(f) || i--)
			continue;
		*help = _(f->help);
		*ending = f->ending;
		return f->name;
	}
	return NULL;
}

/* ---- in the thread ----------------------------------------------------------------------- */

static void *run(void *arg)
{
	struct export_job *j = arg;

	j->format->write(&j->profile, &j->how, j->out.stream);
	j->err = outfile_commit(&j->out, &j->why);
	atomic_store(&j->done, true);
	return NULL;
}

/* ---- in the screen's --------------------------------------------------------------------- */

static void forget(struct export_job *j)
{
	pst_profile_free(&j->profile);
	pst_profile_free(&j->base);
	free(j->path);
	free(j->screen);
	j->path = j->screen = NULL;
}

static void join(struct export_job *j)
{
	if (j->started)
		pthread_join(j->thread, NULL);
	j->started = false;
}

void export_job_free(struct export_job *j)
{
	if (!j)
		return;
	join(j);
	forget(j);
	free(j->said);
	free(j);
}

static const struct pst_export_format *find_format(const struct pst_ui_export *r,
						   struct pst_why *why)
{
	const struct pst_export_format *f =
		r->format ? pst_export_find(r->format) : pst_export_by_path(r->path);

	if (f && is_offered(f))
		return f;
	if (f && f->missing)
		pst_why_set(why, PST_USAGE, 0, "%s", _(f->missing));
	else if (f)
		pst_why_set(why, PST_USAGE, 0,
			    _("%s needs the order of time, which the screen does not keep: use "
			      "pyspy-tui record."),
			    f->name);
	else
		pst_why_set(why, PST_USAGE, 0, _("%s: by its ending, the format is not known."),
			    r->path);
	return NULL;
}

/* When the span began, by the clock of the calendar. */
static int64_t unix_ms_at(const struct feed *feed, uint64_t mono_ns)
{
	if (feed->clock_ns)
		return feed->clock_unix_ms + (int64_t)(mono_ns - feed->clock_ns) / 1000000;
	uint64_t now_ns = pst_now_ns(), ago = now_ns > mono_ns ? now_ns - mono_ns : 0;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000 - (int64_t)(ago / 1000000);
}

static void snapshot(struct export_job *j, const struct feed *feed, const struct pst_ui_export *r)
{
	const struct pst_calls_options what = {
		.kind = PST_CALLS_DOWN,
		.merge = r->merge == PST_GROUP_LINE ? PST_GROUP_LINE : PST_GROUP_FUNCTION,
		.filter = r->filter,
		.span = r->span,
		.base = r->base,
		.diff = r->diff,
	};
	const struct pst_model *m = feed->model;
	struct pst_summary sum;
	uint64_t from = r->span.from_ns, to = r->span.to_ns;

	pst_export_from_model(m, &what, j->format->order, &j->profile, r->diff ? &j->base : NULL);
	pst_model_summary(m, &sum);
	if (!to) {
		from = sum.first_ns;
		to = sum.last_ns;
	}
	const struct outputs_facts facts = {
		.model = m,
		.sampling = feed->sampling,
		.rate = feed->rate,
		.idle = r->filter.idle,
		.gil = r->filter.gil_only,
		.seconds = (double)(to - from) / 1e9,
		.start_unix_ms = unix_ms_at(feed, from),
	};
	outputs_fill_facts(&facts, &j->profile);
	j->profile.facts.rate_achieved = sum.rate_achieved;
	j->screen = r->screen ? pst_strdup(r->screen) : NULL;
	j->how = (struct pst_export_options){
		.idle = r->filter.idle,
		.gil_only = r->filter.gil_only,
		.functions = what.merge == PST_GROUP_FUNCTION,
		.least = PST_EXPORT_LEAST,
		.base = r->diff ? &j->base : NULL,
		.screen = j->screen,
	};
}

/* Signals are for the screen's thread. */
static int start_thread(struct export_job *j)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int sys = pthread_create(&j->thread, NULL, run, j);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return sys;
}

static enum pst_err launch(struct export_job *j, const struct feed *feed,
			   const struct pst_ui_export *r, struct pst_why *why)
{
	/* A file of that name; not the standard output, which is the screen. */
	j->path = strcmp(r->path, "-") ? pst_strdup(r->path) : pst_strdup("./-");
	enum pst_err err = r->replace ? outfile_open(j->path, &j->out, why)
				      : outfile_create(j->path, &j->out, why);
	if (err)
		return err;
	snapshot(j, feed, r);
	j->err = PST_OK;
	atomic_store(&j->done, false);
	int sys = start_thread(j);
	if (sys) {
		outfile_abandon(&j->out);
		return pst_why_set(why, PST_IO, sys, _("%s cannot be written: no thread for it."),
				   r->path);
	}
	j->started = true;
	return PST_OK;
}

bool session_export(void *ctx, const struct pst_ui_export *r, struct pst_why *why)
{
	struct feed *feed = ctx;

	if (!feed->exports)
		feed->exports = pst_calloc(1, sizeof *feed->exports);
	struct export_job *j = feed->exports;
	if (j->started) {
		pst_why_set(why, PST_LIMIT, 0, _("%s is still being written."), j->path);
		return false;
	}
	forget(j);
	j->format = find_format(r, why);
	if (!j->format || launch(j, feed, r, why)) {
		forget(j);
		return false;
	}
	return true;
}

const char *session_exported(void *ctx, bool *failed)
{
	struct export_job *j = ((struct feed *)ctx)->exports;

	if (!j || !j->started || !atomic_load(&j->done))
		return NULL;
	join(j);
	free(j->said);
	j->said = j->err ? pst_strdup(j->why.what) : pst_asprintf(_("Written to %s."), j->path);
	*failed = j->err != PST_OK;
	forget(j);
	return j->said;
}
