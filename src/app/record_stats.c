// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/record_stats.h"

#include "app/die.h"
#include "app/outfile.h"
#include "base/buf.h"
#include "base/i18n.h"
#include "model/query.h"
#include "ui/format.h"

#include <inttypes.h>
#include <json.h>
#include <math.h>

#define STATS_VERSION 1

/* What the figures that are told come from: the model's, by the looks and seconds they are for. */
struct figures {
	struct pst_summary sum;
	uint64_t looks; /* taken and rejected */
	double rate, reads, sampler_percent, sampler_us, cpu_percent, overhead_percent;
	uint64_t calls; /* of all kinds */
	double calls_per_look;
};

static double ratio(double a, double b)
{
	return b > 0 ? a / b : 0;
}

static void derive(const struct record_stats *s, struct figures *f)
{
	pst_model_summary(s->model, &f->sum);
	f->looks = f->sum.ticks + f->sum.rejected_ticks;
	double cpu = (double)f->sum.sampler_cpu_ns / 1e9;
	f->rate = ratio((double)f->sum.ticks, s->seconds);
	f->reads = ratio((double)f->sum.reads, (double)f->looks);
	f->sampler_percent = 100 * ratio(cpu, s->seconds);
	f->sampler_us = 1e6 * ratio(cpu, (double)f->looks);
	f->cpu_percent = 100 * ratio(s->cpu_seconds, s->seconds);
	f->overhead_percent =
		100 * ratio(s->cpu_seconds + (double)f->sum.held_ns / 1e9, s->seconds);
	f->calls = 0;
	for (unsigned i = 0; i < PST_CALL_KINDS; i++)
		f->calls += f->sum.calls[i];
	f->calls_per_look = ratio((double)f->calls, (double)f->looks);
}

static const char *asked(double rate, char *buf)
{
	/* TRANSLATORS: as many samples per second as can be had. */
	return isfinite(rate) ? format_rate(buf, rate) : _("the maximum");
}

/* "memory 1.00, proc 2.13": the kinds that there were, by the look. */
static void list_calls(const struct figures *f, struct pst_buf *out)
{
	for (unsigned i = 0; i < PST_CALL_KINDS; i++)
		if (f->sum.calls[i])
			pst_buf_addf(out, "%s%s %.2f", out->len ? ", " : "",
				     pst_call_name((enum pst_call)i),
				     ratio((double)f->sum.calls[i], (double)f->looks));
}

static void say_calls(const struct figures *f)
{
	struct pst_buf kinds = {0};

	if (!f->calls)
		return;
	list_calls(f, &kinds);
	status(_("System calls of the sampler: %.1f a look (%s)."), f->calls_per_look,
	       pst_buf_text(&kinds));
	pst_buf_free(&kinds);
}

/* What held it back. */
static void say_limits(const struct figures *f)
{
	char a[FORMAT_MAX], b[FORMAT_MAX];

	if (f->sum.overhead_max > 0)
		status(_("Overhead: %.2f %% of a CPU; to stay under %g %%, the rate was %s looks a "
			 "second in the end."),
		       f->overhead_percent, f->sum.overhead_max, asked(f->sum.rate_now, a));
	if (f->sum.halted_ns)
		status(_("The process was stopped or frozen for %s; it did nothing in that time."),
		       format_ns(a, f->sum.halted_ns));
	if (f->sum.gaps)
		status(_("This program stood still (stopped, frozen, without a CPU) for %s; no "
			 "sample stands for that time."),
		       format_ns(b, f->sum.gap_ns));
}

void record_stats_say(const struct record_stats *s)
{
	char a[FORMAT_MAX], b[FORMAT_MAX], c[FORMAT_MAX];
	struct figures f;

	derive(s, &f);
	status(_("%" PRIu64 " samples of %" PRIu64
		 " stacks in %.2f s; %s looks a second (asked for %s; %s)."),
	       s->samples, s->stacks, s->seconds, format_rate(a, f.rate), asked(f.sum.rate_asked, b),
	       s->sampling);
	status(_("Looks: %" PRIu64 " taken, %" PRIu64 " late, %" PRIu64 " rejected, %" PRIu64
		 " dropped; "
		 "%.2f reads of memory each."),
	       f.sum.ticks, f.sum.late, f.sum.rejected, f.sum.dropped, f.reads);
	if (f.sum.proved < f.sum.stacks)
		remark(_("%" PRIu64 " of %" PRIu64
			 " stacks of running threads are not proved: they may "
			 "never have been like that."),
		       f.sum.stacks - f.sum.proved, f.sum.stacks);
	if (f.sum.cut)
		status(_("%" PRIu64 " of them are cut to the frames that two reads agree on."),
		       f.sum.cut);
	if (f.sum.otherwise)
		status(_("%" PRIu64 " looks were taken otherwise (%s): the CPU of the process was closed to us."),
		       f.sum.otherwise, options_mode(s->opt->fallback));
	size_t processes = pst_model_process_infos(s->model, NULL, 0);
	if (processes > 1)
		remark(_("%zu processes were seen; each look at each of them counts."), processes);
	say_limits(&f);
	say_calls(&f);
	status(_("Our CPU: sampler %.2f %% (%.1f µs a look), all %.2f %%."), f.sampler_percent,
	       f.sampler_us, f.cpu_percent);
	if (f.sum.pauses)
		status(_("The target was held for p50 %s, p99 %s, max %s a look; %.2f of its "
			 "threads each time."),
		       format_ns(a, f.sum.pause_p50_ns), format_ns(b, f.sum.pause_p99_ns),
		       format_ns(c, f.sum.pause_max_ns),
		       ratio((double)f.sum.stopped, (double)f.sum.pauses));
}

static void add_number(struct json_object *o, const char *key, double v)
{
	/* JSON knows no infinity. */
	json_object_object_add(o, key, isfinite(v) ? json_object_new_double(v) : NULL);
}

static void add_count(struct json_object *o, const char *key, uint64_t v)
{
	json_object_object_add(o, key, json_object_new_uint64(v));
}

static void add_text(struct json_object *o, const char *key, const char *v)
{
	json_object_object_add(o, key, v ? json_object_new_string(v) : NULL);
}

static void add_subject(struct json_object *o, const struct record_stats *s,
			const struct figures *f)
{
	add_text(o, "program", PACKAGE_STRING);
	json_object_object_add(o, "pid", json_object_new_int(f->sum.pid));
	add_text(o, "command", f->sum.cmdline);
	add_text(o, "python", f->sum.version);
	add_text(o, "sampling", s->sampling);
	add_text(o, "format", s->format);
	add_text(o, "output", s->opt->outputs[0]);
	json_object_object_add(o, "gil", json_object_new_boolean(s->opt->gil));
	json_object_object_add(o, "idle", json_object_new_boolean(s->opt->idle));
	json_object_object_add(o, "jitter", json_object_new_boolean(s->opt->jitter));
	add_text(o, "end", s->end);
}

static void add_exit(struct json_object *o, const struct pst_exit *how)
{
	struct json_object *e = how ? json_object_new_object() : NULL;

	if (how)
		json_object_object_add(e, how->by_signal ? "signal" : "status",
				       json_object_new_int(how->number));
	json_object_object_add(o, "program_exit", e);
}

static void add_looks(struct json_object *o, const struct record_stats *s, const struct figures *f)
{
	add_number(o, "seconds", s->seconds);
	add_number(o, "rate_asked", f->sum.rate_asked);
	add_number(o, "rate_achieved", f->rate);
	add_number(o, "rate_aimed_at", f->sum.rate_now);
	add_number(o, "max_overhead_percent", f->sum.overhead_max > 0 ? f->sum.overhead_max : NAN);
	add_count(o, "processes", pst_model_process_infos(s->model, NULL, 0));
	add_count(o, "looks", f->sum.ticks);
	add_count(o, "samples", s->samples);
	add_count(o, "stacks", s->stacks);
	add_count(o, "proved", f->sum.proved);
	add_count(o, "unproved", f->sum.stacks - f->sum.proved);
	add_count(o, "cut", f->sum.cut);
	add_text(o, "fallback", options_mode(s->opt->fallback));
	add_count(o, "otherwise", f->sum.otherwise);
	add_count(o, "late", f->sum.late);
	add_count(o, "rejected", f->sum.rejected);
	add_count(o, "dropped", f->sum.dropped);
	add_count(o, "errors", f->sum.errors);
	add_count(o, "gaps", f->sum.gaps);
	add_number(o, "gap_seconds", (double)f->sum.gap_ns / 1e9);
	add_number(o, "halted_seconds", (double)f->sum.halted_ns / 1e9);
}

static void add_calls(struct json_object *o, const struct figures *f)
{
	struct json_object *calls = json_object_new_object();

	for (unsigned i = 0; i < PST_CALL_KINDS; i++)
		add_count(calls, pst_call_name((enum pst_call)i), f->sum.calls[i]);
	json_object_object_add(o, "calls", calls);
	add_number(o, "calls_per_look", f->calls_per_look);
}

static void add_cost(struct json_object *o, const struct record_stats *s, const struct figures *f)
{
	add_count(o, "reads", f->sum.reads);
	add_number(o, "reads_per_look", f->reads);
	add_number(o, "sampler_cpu_seconds", (double)f->sum.sampler_cpu_ns / 1e9);
	add_number(o, "sampler_cpu_percent", f->sampler_percent);
	add_number(o, "sampler_cpu_us_per_look", f->sampler_us);
	add_number(o, "cpu_seconds", s->cpu_seconds);
	add_number(o, "cpu_percent", f->cpu_percent);
	add_number(o, "overhead_percent", f->overhead_percent);
	add_count(o, "memory_bytes", s->memory);
	add_count(o, "memory_peak_bytes", s->memory_peak);
	add_count(o, "pauses", f->sum.pauses);
	add_count(o, "threads_stopped", f->sum.stopped);
	add_number(o, "held_seconds", (double)f->sum.held_ns / 1e9);
	add_number(o, "pause_p50_us", (double)f->sum.pause_p50_ns / 1e3);
	add_number(o, "pause_p99_us", (double)f->sum.pause_p99_ns / 1e3);
	add_number(o, "pause_max_us", (double)f->sum.pause_max_ns / 1e3);
}

static void add_notes(struct json_object *o, const struct pst_model *m)
{
	struct json_object *notes = json_object_new_array();
	const char *text;

	for (size_t i = 0; (text = pst_model_note(m, i)); i++)
		json_object_array_add(notes, json_object_new_string(text));
	json_object_object_add(o, "notes", notes);
}

enum pst_err record_stats_write(const struct record_stats *s, const char *path, struct pst_why *why)
{
	struct json_object *o = json_object_new_object();
	struct figures f;
	struct outfile out;

	derive(s, &f);
	json_object_object_add(o, "version", json_object_new_int(STATS_VERSION));
	add_subject(o, s, &f);
	add_exit(o, s->program);
	add_looks(o, s, &f);
	add_calls(o, &f);
	add_cost(o, s, &f);
	add_notes(o, s->model);
	enum pst_err err = outfile_open(path, &out, why);
	if (!err) {
		fprintf(out.stream, "%s\n",
			json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
								  JSON_C_TO_STRING_NOSLASHESCAPE));
		err = outfile_commit(&out, why);
	}
	json_object_put(o);
	return err;
}
