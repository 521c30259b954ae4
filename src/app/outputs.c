// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/outputs.h"

#include "app/die.h"
#include "app/outfile.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static bool is_stdout(const char *path)
{
	return !strcmp(path, "-");
}

/* ---- which ------------------------------------------------------------------------------- */

const struct pst_export_format outputs_recording = {
	.name = "pyspy",
	.ending = ".pyspy",
	.endings = ".pyspy",
	.help = N_("recording of all that was sampled, for pyspy-tui replay"),
};

static bool ends_as_recording(const char *path)
{
	size_t n = strlen(path), end = strlen(outputs_recording.ending);

	return n > end && !strcasecmp(path + n - end, outputs_recording.ending);
}

const struct pst_export_format *outputs_format_at(size_t i)
{
	const struct pst_export_format *f = pst_export_at(i);

	return f || (i && !pst_export_at(i - 1)) ? f : &outputs_recording;
}

static const struct pst_export_format *format_named(const char *name)
{
	return strcasecmp(name, outputs_recording.name) ? pst_export_find(name) : &outputs_recording;
}

static const struct pst_export_format *format_for(const struct options *opt, size_t i)
{
	const char *path = opt->outputs[i];

	if (i < opt->nformats)
		return format_named(opt->formats[i]);
	if (ends_as_recording(path))
		return &outputs_recording;
	if (is_stdout(path))
		return pst_export_find("raw");
	const struct pst_export_format *f = pst_export_by_path(path);
	return f ? f : pst_export_find("svg");
}

/* "4711-2026-11-30T05:23:41+00:00", as py-spy calls its files. */
static char *name_for(const struct options *opt)
{
	char when[64] = "";
	struct tm tm;
	time_t now = time(NULL);

	if (localtime_r(&now, &tm))
		strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S%z", &tm);
	size_t n = strlen(when);
	if (n > 5 && n + 1 < sizeof when) { /* +0130 is written +01:30 there */
		memmove(when + n - 1, when + n - 2, 3);
		when[n - 2] = ':';
	}
	if (!opt->program)
		return pst_asprintf("%d-%s", (int)opt->pid, when);
	const char *slash = strrchr(opt->program[0], '/');
	return pst_asprintf("%s-%s", slash ? slash + 1 : opt->program[0], when);
}

static enum pst_err no_format(const char *name, struct pst_why *why)
{
	struct pst_buf known = {0};
	const struct pst_export_format *f;

	for (size_t i = 0; (f = outputs_format_at(i)); i++)
		pst_buf_addf(&known, "%s%s", i ? ", " : "", f->name);
	pst_why_set(why, PST_USAGE, 0, _("There is no format '%s', but these: %s."), name,
		    pst_buf_text(&known));
	pst_buf_free(&known);
	return PST_USAGE;
}

enum pst_err outputs_name(struct options *opt, struct pst_why *why)
{
	size_t n = opt->nformats ? opt->nformats : 1;

	if (opt->noutputs)
		return PST_OK;
	char *name = name_for(opt);
	for (size_t i = 0; i < n; i++) {
		const char *format = opt->nformats ? opt->formats[i] : "svg";
		const struct pst_export_format *f = format_named(format);
		if (!f) {
			free(name);
			return no_format(format, why);
		}
		opt->outputs[i] = opt->made[i] = pst_asprintf("%s%s", name, f->ending);
	}
	opt->noutputs = n;
	free(name);
	return PST_OK;
}

static bool is_twice(const struct outputs *out, const char *path)
{
	for (size_t i = 0; i < out->len; i++)
		if (!strcmp(out->at[i].path, path))
			return true;
	return false;
}

enum pst_err outputs_choose(const struct options *opt, struct outputs *out, struct pst_why *why)
{
	size_t on_stdout = 0;

	*out = (struct outputs){0};
	if (opt->nformats > opt->noutputs)
		return pst_why_set(why, PST_USAGE, 0,
				   _("There are more --format than --output: each file has one."));
	for (size_t i = 0; i < opt->noutputs; i++) {
		if (!is_stdout(opt->outputs[i]) && is_twice(out, opt->outputs[i]))
			return pst_why_set(why, PST_USAGE, 0, _("--output %s is given twice."),
					   opt->outputs[i]);
		struct output *o = &out->at[out->len++];
		o->path = opt->outputs[i];
		o->format = format_for(opt, i);
		if (!o->format)
			return no_format(opt->formats[i], why);
		if (o->format->missing)
			return pst_why_set(why, PST_USAGE, 0, "%s", _(o->format->missing));
		out->order |= o->format->order;
		on_stdout += is_stdout(o->path);
	}
	if (on_stdout > 1)
		return pst_why_set(why, PST_USAGE, 0,
				   _("Only one --output can be the standard output."));
	return PST_OK;
}

bool outputs_on_stdout(const struct outputs *o)
{
	for (size_t i = 0; i < o->len; i++)
		if (is_stdout(o->at[i].path))
			return true;
	return false;
}

bool outputs_need_profile(const struct outputs *o)
{
	for (size_t i = 0; i < o->len; i++)
		if (!output_is_recording(&o->at[i]))
			return true;
	return false;
}

enum pst_err outputs_try(const struct outputs *o, struct pst_why *why)
{
	enum pst_err err = PST_OK;

	for (size_t i = 0; i < o->len && !err; i++)
		err = outfile_try(o->at[i].path, why);
	return err;
}

/* ---- facts ------------------------------------------------------------------------------- */

struct pst_export_options outputs_options(const struct options *opt)
{
	return (struct pst_export_options){
		.idle = opt->idle,
		.gil_only = opt->gil,
		.functions = opt->functions || opt->nolineno,
		.threads = opt->threads,
		.least = opt->min_width >= 0 ? opt->min_width / 100 : PST_EXPORT_LEAST,
	};
}

static void say_pattern(const char *what, const char *pattern, struct pst_buf *out)
{
	if (pattern)
		pst_buf_addf(out, "%s%s %s", out->len ? ", " : "", what, pattern);
}

static void say_filters(const struct outputs_facts *facts, struct pst_buf *out)
{
	const struct options *opt = facts->opt;

	if (facts->gil)
		pst_buf_adds(out, _("only with the GIL"));
	else if (facts->idle)
		pst_buf_adds(out, _("idle threads too"));
	if (!opt)
		return;
	say_pattern("--threads-matching", opt->threads_matching, out);
	for (size_t i = 0; i < opt->nincludes; i++)
		say_pattern("--include", opt->include[i], out);
	for (size_t i = 0; i < opt->nexcludes; i++)
		say_pattern("--exclude", opt->exclude[i], out);
}

/* --nolineno: functions stand at no line, not even their first. */
static void drop_lines(struct pst_profile *p)
{
	for (size_t i = 0; i < p->funcs.len; i++)
		p->funcs.at[i].first_line = 0;
}

void outputs_fill_facts(const struct outputs_facts *facts, struct pst_profile *p)
{
	struct pst_profile_facts *f = &p->facts;
	struct pst_buf what = {0};
	struct pst_summary sum;

	pst_model_summary(facts->model, &sum);
	say_filters(facts, &what);
	*f = (struct pst_profile_facts){
		.command = pst_profile_text(p, sum.cmdline),
		.python = pst_profile_text(p, sum.version),
		.program = PACKAGE_STRING,
		.mode = options_mode(facts->sampling),
		.what = pst_profile_text(p, pst_buf_text(&what)),
		.pid = sum.pid,
		.rate_asked = facts->rate,
		.rate_achieved = facts->seconds > 0 ? (double)sum.ticks / facts->seconds : 0,
		.seconds = facts->seconds,
		.start_unix_ms = facts->start_unix_ms,
		.ticks = sum.ticks,
		.late = sum.late,
		.rejected = sum.rejected,
		.dropped = sum.dropped,
	};
	pst_buf_free(&what);
}

/* ---- writing ----------------------------------------------------------------------------- */

static enum pst_err write_one(const struct output *o, const struct pst_profile *p,
			      const struct pst_export_options *opt, struct pst_why *why)
{
	struct outfile out;
	enum pst_err err = outfile_open(o->path, &out, why);

	if (err)
		return err;
	o->format->write(p, opt, out.stream);
	return outfile_commit(&out, why);
}

enum pst_err outputs_write(const struct outputs *o, struct pst_recorder *r,
			   const struct pst_export_options *opt, const struct outputs_facts *facts,
			   struct pst_why *why)
{
	struct pst_profile p = {0};
	enum pst_err first = PST_OK;

	pst_recorder_profile(r, opt, o->order, &p);
	outputs_fill_facts(facts, &p);
	if (facts->opt && facts->opt->nolineno)
		drop_lines(&p);
	for (size_t i = 0; i < o->len; i++) {
		if (output_is_recording(&o->at[i]))
			continue;
		enum pst_err err = write_one(&o->at[i], &p, opt, first ? NULL : why);
		/* Who converts knows what he asked for; a recording may have named its files itself. */
		if (!err && facts->opt && !is_stdout(o->at[i].path))
			status(_("Wrote %s (%s)."), o->at[i].path, o->at[i].format->name);
		if (!first)
			first = err;
	}
	if (o->order && p.slot_ns)
		remark(_("There was more than a file in the order of time can hold: of stacks that "
			 "were shorter than %.3g s, one in each such time stands for all of them."),
		       (double)p.slot_ns / 1e9);
	pst_profile_free(&p);
	return first;
}
