// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/record.h"

#include "app/die.h"
#include "app/feed.h"
#include "app/outfile.h"
#include "app/outputs.h"
#include "app/progress.h"
#include "app/record_stats.h"
#include "base/i18n.h"
#include "export/recorder.h"
#include "model/query.h"
#include "plat/plat.h"

#include <math.h>
#include <string.h>
#include <time.h>

/* The ring is emptied this often where it cannot wake us, and now and then where it can. */
#define STEP_NS		UINT64_C(50000000)
#define NOW_AND_THEN_NS UINT64_C(1000000000)
#define HISTORY_BYTES	((size_t)1 << 20)

struct recording {
	const struct options *opt;
	struct feed feed;
	struct outputs outputs;
	struct tapes tapes;
	struct progress progress;
	uint64_t write_at_ns; /* what there is so far is to be written; PST_NEVER */
	int signals; /* descriptor */
	uint64_t start_ns, end_ns;
	int64_t start_unix_ms;
	double cpu_start;
	const char *end; /* as in the figures */
};

static double cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* ---- what there is so far ---------------------------------------------------------------- */

static struct outputs_facts facts_of(const struct recording *r, uint64_t end_ns)
{
	return (struct outputs_facts){
		.model = r->feed.model,
		.opt = r->opt,
		.sampling = r->opt->sampling,
		.rate = r->opt->rate,
		.idle = r->opt->idle,
		.gil = r->opt->gil,
		.seconds = (double)(end_ns - r->start_ns) / 1e9,
		.start_unix_ms = r->start_unix_ms,
	};
}

/* Into files: what goes to the standard output goes there once. */
static struct outputs outputs_so_far(const struct recording *r)
{
	struct outputs o = r->outputs;

	o.len = 0;
	for (size_t i = 0; i < r->outputs.len; i++)
		if (strcmp(r->outputs.at[i].path, "-") != 0)
			o.at[o.len++] = r->outputs.at[i];
	return o;
}

static void write_so_far(struct recording *r)
{
	const struct pst_export_options what = outputs_options(r->opt);
	const struct outputs_facts facts = facts_of(r, pst_now_ns());
	const struct outputs o = outputs_so_far(r);
	struct pst_why why = {0};

	feed_pump(&r->feed);
	progress_clear(&r->progress);
	tapes_flush(&r->tapes, true);
	if (outputs_need_profile(&o) &&
	    outputs_write(&o, r->feed.recorder, &what, &facts, &why))
		remark("%s", why.what); /* there may be room later */
	if (r->opt->write_interval > 0)
		r->write_at_ns = pst_now_ns() + (uint64_t)(r->opt->write_interval * 1e9);
}

/* ---- sampling ---------------------------------------------------------------------------- */

static void say_start(const struct recording *r)
{
	int pid = (int)(r->feed.launched ? r->feed.launch.pid : r->opt->pid);
	const char *file = r->opt->outputs[0];

	if (!strcmp(file, "-"))
		file = _("the profile");
	if (r->opt->max_overhead > 0)
		status(_("The rate is kept to what costs less than %g %% of a CPU."), r->opt->max_overhead);
	if (r->opt->subprocesses)
		status(_("Its child processes are sampled too, until the last has ended."));
	if (isfinite(r->opt->rate))
		status(_("Sampling process %d, %g times a second. Ctrl-C ends it and writes %s."),
		       pid, r->opt->rate, file);
	else
		status(_("Sampling process %d as fast as it goes. Ctrl-C ends it and writes %s."),
		       pid, file);
}

/* Nothing of ours may hold the target while we are stopped. */
static void stop_self(struct recording *r)
{
	pst_sampler_set_paused(r->feed.sampler, true);
	pst_signals_stop_self();
	pst_sampler_set_paused(r->feed.sampler, false);
}

/* True: one of them wants us to end. */
static bool take_signals(struct recording *r)
{
	enum pst_signal s;
	int number;

	while ((s = pst_signals_next(&number)) != PST_SIGNAL_NONE) {
		if (s == PST_SIGNAL_END) {
			r->end = "signal";
			return true;
		}
		if (s == PST_SIGNAL_STOP)
			stop_self(r);
		if (s == PST_SIGNAL_WRITE)
			write_so_far(r);
	}
	return false;
}

static bool target_ended(struct recording *r)
{
	struct pst_summary sum;

	pst_model_summary(r->feed.model, &sum);
	if (!sum.ended)
		return false;
	r->end = sum.end == PST_END_GONE ? "exited" : "error";
	return true;
}

/* Waits until there is something in the ring that is worth it, or a signal comes. */
static void wait_step(struct recording *r, uint64_t until)
{
	const int fds[2] = {r->signals, pst_ring_fd(r->feed.ring)};
	uint64_t step = pst_now_ns() + (fds[1] < 0	   ? STEP_NS
					: r->progress.on ? PROGRESS_NS
							 : NOW_AND_THEN_NS);
	enum pst_ready ready[2];

	if (until > r->write_at_ns)
		until = r->write_at_ns;
	if (!feed_sleep(&r->feed))
		return;
	pst_poll(fds, ready, 2, step < until ? step : until);
	feed_awake(&r->feed);
}

/* There is no use in going on. */
static bool nowhere_to_write(struct recording *r)
{
	if (!tapes_failed(&r->tapes) || outputs_need_profile(&r->outputs))
		return false;
	r->end = "error";
	return true;
}

static void sample(struct recording *r)
{
	double duration = r->opt->duration;
	uint64_t until = duration > 0 ? r->start_ns + (uint64_t)(duration * 1e9) : PST_NEVER;

	while (!take_signals(r)) {
		feed_pump(&r->feed);
		tapes_flush(&r->tapes, false);
		progress_show(&r->progress, r->feed.model, pst_now_ns() - r->start_ns);
		if (target_ended(r) || nowhere_to_write(r))
			break;
		if (pst_now_ns() >= until) {
			r->end = "duration";
			break;
		}
		if (pst_now_ns() >= r->write_at_ns)
			write_so_far(r);
		wait_step(r, until);
	}
	r->end_ns = pst_now_ns();
	progress_end(&r->progress);
	feed_stop(&r->feed);
}

/* ---- the end ----------------------------------------------------------------------------- */

static void say_notes(const struct recording *r)
{
	const char *text;

	for (size_t i = 0; (text = pst_model_note(r->feed.model, i)); i++)
		remark("%s", text);
	if (!strcmp(r->end, "exited"))
		status(_("The process ended."));
}

static void say_nothing_seen(const struct recording *r)
{
	struct pst_summary sum;

	pst_model_summary(r->feed.model, &sum);
	if (!sum.ticks)
		remark(_("The profile is empty: the process could not be looked at even once."));
	else if (r->opt->threads_matching || r->opt->nincludes || r->opt->nexcludes)
		remark(_("The profile is empty: no stack that was seen passes --threads-matching, "
			 "--include and --exclude."));
	else if (r->opt->gil)
		remark(_("The profile is empty: no running thread held the GIL at any look "
			 "(--gil)."));
	else if (!r->opt->idle)
		remark(_("The profile is empty: all threads were idle at each look; --idle counts "
			 "them too."));
	else
		remark(_("The profile is empty: no thread had a Python function at any look."));
}

static enum pst_err write_profile(const struct recording *r, struct pst_why *why)
{
	const struct pst_export_options what = outputs_options(r->opt);
	const struct outputs_facts facts = facts_of(r, r->end_ns);

	if (!outputs_need_profile(&r->outputs))
		return PST_OK;
	return outputs_write(&r->outputs, r->feed.recorder, &what, &facts, why);
}

static void count_stacks(struct record_stats *s, const struct pst_tree_options *what)
{
	struct pst_tree tree = {0};

	pst_model_tree(s->model, what, &tree);
	for (size_t i = 0; i < tree.len; i++) {
		s->samples += tree.at[i].own;
		s->stacks += tree.at[i].own > 0;
	}
	pst_tree_free(&tree);
}

static enum pst_err finish(struct recording *r, struct pst_why *why)
{
	const struct pst_tree_options what = {.idle = r->opt->idle, .gil_only = r->opt->gil};
	bool ended = r->feed.launched && launch_poll(&r->feed.launch);
	struct record_stats stats = {
		.opt = r->opt,
		.model = r->feed.model,
		.sampling = options_mode(r->opt->sampling),
		.format = r->outputs.at[0].format->name,
		.program = ended ? &r->feed.launch.how : NULL,
		.end = r->end,
		.seconds = (double)(r->end_ns - r->start_ns) / 1e9,
		.cpu_seconds = cpu_seconds() - r->cpu_start,
	};

	pst_memory_own(&stats.memory, &stats.memory_peak);
	say_notes(r);
	enum pst_err err = write_profile(r, why);
	enum pst_err tapes_err = tapes_end(&r->tapes, err ? NULL : why);
	if (!err)
		err = tapes_err;
	count_stacks(&stats, &what);
	if (!err && !stats.samples)
		say_nothing_seen(r);
	record_stats_say(&stats);
	if (!err && r->opt->stats)
		err = record_stats_write(&stats, r->opt->stats, why);
	return err;
}

/* ---- all --------------------------------------------------------------------------------- */

static enum pst_err open_tapes(struct recording *r, struct pst_why *why)
{
	const struct options *o = r->opt;
	const struct pst_file_about about = {
		.start_ns = r->start_ns,
		.start_unix_ms = r->start_unix_ms,
		.rate = o->rate,
		.sampling = (uint32_t)o->sampling,
		.fallback = (uint32_t)o->fallback,
		.flags = (o->idle ? PST_FILE_IDLE : 0u) | (o->gil ? PST_FILE_GIL_ONLY : 0u),
	};

	return tapes_open(&r->tapes, &r->outputs, o->keep, &about, why);
}

static enum pst_err begin(struct recording *r, struct pst_why *why)
{
	const struct options *o = r->opt;
	enum pst_err err = outputs_choose(o, &r->outputs, why);
	/* stdout is for the profile */
	unsigned how = outputs_on_stdout(&r->outputs) || o->capture ? FEED_CAPTURES : 0;
	struct timespec now;

	if (!err)
		err = outputs_try(&r->outputs, why);
	if (!err && o->stats)
		err = outfile_try(o->stats, why);
	if (!err)
		err = pst_signals_open(-1, &r->signals, why);
	if (!err && outputs_need_profile(&r->outputs))
		r->feed.recorder = pst_recorder_new(r->outputs.order ? PST_RECORDER_TIME_BYTES : 0);
	r->feed.tapes = &r->tapes;
	/* A program that writes to the same terminal has it for itself. */
	progress_begin(&r->progress, o, !o->program || how & FEED_CAPTURES);
	if (!err)
		err = feed_start(&r->feed, o, how, why);
	/* Nobody asks what was when; what formats want of it, the recorder keeps. */
	if (!err)
		pst_model_set_history(r->feed.model, HISTORY_BYTES);
	r->start_ns = pst_now_ns();
	clock_gettime(CLOCK_REALTIME, &now);
	r->start_unix_ms = now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
	r->write_at_ns = o->write_interval > 0
				 ? r->start_ns + (uint64_t)(o->write_interval * 1e9)
				 : PST_NEVER;
	r->cpu_start = cpu_seconds();
	/* Only now: a recording that is there already is not lost when there is nothing to record. */
	return err ? err : open_tapes(r, why);
}

int record_run(const struct options *opt)
{
	struct recording r = {.opt = opt, .signals = -1};
	struct pst_why why = {0};
	int status = EXIT_OK;

	enum pst_err err = begin(&r, &why);
	if (!err) {
		say_start(&r);
		sample(&r);
		err = finish(&r, &why);
		/* What was seen is written, but it is not what was asked for. */
		if (!err && !strcmp(r.end, "error"))
			status = EXIT_FAILED;
	}
	if (err)
		status = complain(&why);
	feed_stop(&r.feed);
	if (r.feed.launched)
		status = launch_settle(&r.feed.launch, opt, r.end && !strcmp(r.end, "exited"), status);
	feed_end(&r.feed);
	tapes_end(&r.tapes, NULL);
	pst_recorder_free(r.feed.recorder);
	pst_signals_close();
	return status;
}
