// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/replay.h"

#include "app/die.h"
#include "app/replay_screen.h"
#include "base/alloc.h"
#include "base/i18n.h"
#include "export/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The timeline of a recording is to have all of it, if it can. */
#define HISTORY_BYTES ((size_t)512 << 20)
#define SECOND_NS     INT64_C(1000000000)

void replay_tell(struct replay *r, const char *text)
{
	size_t n = strnlen(text, PST_REC_TEXT_MAX);

	if (!r->screen) {
		remark("%s", text);
		return;
	}
	uint32_t size = PST_REC_ALIGN((uint32_t)(sizeof(struct pst_rec_note) + n));
	struct pst_rec_note *note = pst_calloc(1, size);
	*note = (struct pst_rec_note){{size, PST_REC_NOTE, 0}, 1, (uint32_t)n};
	memcpy(note + 1, text, n);
	pst_model_ingest(r->session.feed.model, &note->head);
	free(note);
}

/* ---- opening ------------------------------------------------------------------------------ */

static enum pst_err open_input(struct replay *r, const char *path, struct pst_why *why)
{
	struct replay_input *in = &r->inputs[r->n];
	bool is_stdin = !strcmp(path, "-");
	struct stat st;

	if (r->n == PST_MERGE_MAX)
		return pst_why_set(why, PST_USAGE, 0,
				   _("At most %d recordings can be read together."), PST_MERGE_MAX);
	in->path = path;
	in->fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
			  : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (in->fd < 0)
		return pst_why_set(why, PST_IO, errno, _("%s cannot be opened: %s."), path,
				   strerror(errno));
	r->n++;
	in->is_file = !fstat(in->fd, &st) && S_ISREG(st.st_mode);
	in->reader = pst_file_reader_new(in->fd, is_stdin ? _("The recording") : path,
					 r->screen && !in->is_file);
	r->open |= !in->is_file;
	r->live |= r->screen && !in->is_file;
	if (in->is_file)
		in->has_ticks = pst_file_extent(in->fd, &in->first_ns, &in->last_ns);
	return pst_file_reader_head(in->reader, why);
}

static enum pst_err open_inputs(struct replay *r, struct pst_why *why)
{
	enum pst_err err = PST_OK;

	if (r->opt->diff) {
		err = open_input(r, r->opt->diff, why);
		r->first = 1;
	}
	for (char **f = r->opt->files; *f && !err; f++)
		err = open_input(r, *f, why);
	for (size_t i = 0; i < r->n && !err && r->opt->diff; i++)
		if (!r->inputs[i].is_file)
			err = pst_why_set(why, PST_USAGE, 0,
					  _("--diff needs recordings that are files; %s is none."),
					  r->inputs[i].path);
	return err;
}

/* ---- time --------------------------------------------------------------------------------- */

static uint64_t shifted(const struct replay_input *in, uint64_t ns)
{
	return ns + (uint64_t)in->shift_ns;
}

/* What is to be added to a time of IN to have ns since 1970; clocks that lie wrap around. */
static uint64_t to_calendar(const struct replay_input *in)
{
	const struct pst_file_about *a = pst_file_reader_about(in->reader);

	return (uint64_t)a->start_unix_ms * 1000000u - a->start_ns;
}

static uint64_t begin_of(const struct replay_input *in)
{
	return in->has_ticks ? in->first_ns : pst_file_reader_about(in->reader)->start_ns;
}

static void widen(struct pst_span_ns *all, const struct replay_input *in)
{
	uint64_t from = shifted(in, begin_of(in));
	uint64_t to = in->has_ticks ? shifted(in, in->last_ns) + 1 : from + 1;

	if (!all->to_ns || from < all->from_ns)
		all->from_ns = from;
	if (to > all->to_ns)
		all->to_ns = to;
}

/*
 * Recordings of the same time stand as they were, by the calendar; of different times, as if they
 * had begun together.
 */
static void place(struct replay *r, struct replay_input *in)
{
	in->shift_ns = (int64_t)(to_calendar(in) - to_calendar(&r->inputs[r->first]));
	if (!r->span.to_ns || !in->has_ticks)
		return;
	if (shifted(in, in->first_ns) < r->span.to_ns &&
	    shifted(in, in->last_ns) >= r->span.from_ns)
		return;
	in->shift_ns = (int64_t)(r->span.from_ns - in->first_ns);
	char *text = pst_asprintf(
		_("%s was recorded at another time; it is shown as if it had begun with "
		  "the first."),
		in->path);
	replay_tell(r, text);
	free(text);
}

/* What is compared with stands before the rest, so that one timeline has both. */
static void place_base(struct replay *r)
{
	struct replay_input *base = &r->inputs[0];

	widen(&r->base, base);
	uint64_t by = r->base.to_ns + SECOND_NS - r->span.from_ns;
	for (size_t i = r->first; i < r->n; i++)
		r->inputs[i].shift_ns = (int64_t)((uint64_t)r->inputs[i].shift_ns + by);
	r->span.from_ns += by;
	r->span.to_ns += by;
}

static uint64_t after(uint64_t ns, double seconds)
{
	double to = (double)ns + seconds * 1e9;

	return to < 1.8e19 ? ns + (uint64_t)(seconds * 1e9) : UINT64_MAX;
}

/* The part of SPAN that the user asked for. */
static struct pst_span_ns cut(const struct replay *r, struct pst_span_ns span)
{
	uint64_t from = after(span.from_ns, r->opt->from), to = after(span.from_ns, r->opt->to);

	if (r->open)
		return (struct pst_span_ns){from, to};
	return (struct pst_span_ns){from, to < span.to_ns ? to : span.to_ns};
}

static void place_all(struct replay *r)
{
	for (size_t i = r->first; i < r->n; i++) {
		place(r, &r->inputs[i]);
		widen(&r->span, &r->inputs[i]);
	}
	if (r->first)
		place_base(r);
	r->span = cut(r, r->span);
	r->base = cut(r, r->base);
	const struct pst_file_about *a = pst_file_reader_about(r->inputs[r->first].reader);
	struct feed *f = &r->session.feed;
	f->clock_ns = shifted(&r->inputs[r->first], a->start_ns);
	f->clock_unix_ms = a->start_unix_ms;
	f->rate = a->rate;
	f->sampling = a->sampling <= PST_SAMPLING_FREE ? (enum pst_sampling)a->sampling
						       : PST_SAMPLING_COSCHEDULED;
}

/* ---- reading ------------------------------------------------------------------------------ */

/* Inputs FROM to TO are read as one. */
static void begin_merge(struct replay *r, size_t from, size_t to)
{
	struct pst_merge_part parts[PST_MERGE_MAX];

	for (size_t i = from; i < to; i++) {
		const struct replay_input *in = &r->inputs[i];
		struct pst_span_ns s = i < r->first ? r->base : r->span;
		struct pst_merge_part *p = &parts[i - from];
		p->reader = in->reader;
		p->shift_ns = in->shift_ns;
		p->from_ns = s.from_ns - (uint64_t)in->shift_ns;
		p->to_ns = s.to_ns == UINT64_MAX ? s.to_ns : s.to_ns - (uint64_t)in->shift_ns;
		pst_file_reader_span(p->reader, p->from_ns, p->to_ns);
	}
	r->merge = pst_merge_new(parts, to - from);
}

static void say_troubles(struct replay *r)
{
	struct pst_why why;

	for (size_t i = 0; i < r->n; i++)
		if (pst_file_reader_trouble(r->inputs[i].reader, &why))
			replay_tell(r, why.what);
	if (pst_merge_trouble(r->merge) == PST_LIMIT)
		replay_tell(
			r,
			_("There are more functions and stacks in it than this program takes: what "
			  "follows is left out."));
}

/* The screen shows what the history holds; totals have all. */
static void say_forgotten(struct replay *r)
{
	struct pst_summary sum;
	struct pst_span_ns known = pst_model_history(r->session.feed.model);

	pst_model_summary(r->session.feed.model, &sum);
	if (!sum.ticks || known.from_ns <= sum.first_ns + SECOND_NS)
		return;
	char *text = pst_asprintf(
		_("The recording is larger than the timeline can hold: its first %.0f s "
		  "are in the totals, but cannot be chosen; --to cuts them out."),
		(double)(known.from_ns - sum.first_ns) / 1e9);
	replay_tell(r, text);
	free(text);
}

static void end_merge(struct replay *r)
{
	struct pst_rec_end end = *pst_merge_end(r->merge);

	if (r->screen)
		say_forgotten(r);
	say_troubles(r);
	if (!end.head.size)
		end = (struct pst_rec_end){.err = PST_OK};
	end.head = (struct pst_rec){sizeof end, PST_REC_END, 0};
	pst_model_ingest(r->session.feed.model, &end.head);
	tapes_add(&r->tapes, &end.head);
	pst_merge_free(r->merge);
	r->merge = NULL;
}

size_t replay_take(struct replay *r, size_t max)
{
	const struct pst_rec *rec;
	size_t n = 0;

	r->behind = false;
	while (r->merge && n < max) {
		enum pst_file_got got = pst_merge_next(r->merge, &rec);
		if (got == PST_FILE_WAIT)
			return n;
		if (got == PST_FILE_END) {
			end_merge(r);
			return n;
		}
		pst_model_ingest(r->session.feed.model, rec);
		if (r->recorder)
			pst_recorder_ingest(r->recorder, rec);
		tapes_add(&r->tapes, rec);
		n++;
	}
	r->behind = r->merge != NULL;
	return n;
}

/* ---- converting --------------------------------------------------------------------------- */

static void say_what_is_not_there(struct replay *r)
{
	const struct options *o = r->opt;

	for (size_t i = 0; i < r->n; i++) {
		uint32_t flags = pst_file_reader_about(r->inputs[i].reader)->flags;
		if (o->idle && !(flags & PST_FILE_IDLE))
			remark(_("%s was recorded without --idle: it has no idle threads."),
			       r->inputs[i].path);
		if (!o->gil && flags & PST_FILE_GIL_ONLY)
			remark(_("%s was recorded with --gil: it has only threads that held the "
				 "GIL."),
			       r->inputs[i].path);
	}
}

static struct outputs_facts facts_of(const struct replay *r)
{
	const struct feed *f = &r->session.feed;
	struct pst_summary sum;

	pst_model_summary(f->model, &sum);
	return (struct outputs_facts){
		.model = f->model,
		.sampling = f->sampling,
		.rate = f->rate,
		.idle = r->opt->idle,
		.gil = r->opt->gil,
		.seconds = (double)(sum.last_ns - sum.first_ns) / 1e9,
		.start_unix_ms = f->clock_unix_ms + (int64_t)(sum.first_ns - f->clock_ns) / 1000000,
	};
}

/* The profile of what is compared with: read for itself. */
static void read_base(struct replay *r, const struct pst_export_options *what,
		      struct pst_profile *out)
{
	struct pst_recorder *base = pst_recorder_new(0);
	const struct pst_rec *rec;

	begin_merge(r, 0, r->first);
	while (pst_merge_next(r->merge, &rec) == PST_FILE_RECORD)
		pst_recorder_ingest(base, rec);
	pst_recorder_profile(base, what, false, out);
	pst_merge_free(r->merge);
	r->merge = NULL;
	pst_recorder_free(base);
}

static enum pst_err begin_outputs(struct replay *r, struct outputs *outputs, struct pst_why *why)
{
	const struct pst_file_about *of = pst_file_reader_about(r->inputs[r->first].reader);
	struct pst_file_about about = *of;
	enum pst_err err = outputs_choose(r->opt, outputs, why);

	about.start_ns = r->session.feed.clock_ns;
	if (!err)
		err = outputs_try(outputs, why);
	if (!err)
		err = tapes_open(&r->tapes, outputs, false, &about, why);
	if (!err && outputs_need_profile(outputs))
		r->recorder = pst_recorder_new(outputs->order ? PST_RECORDER_TIME_BYTES : 0);
	return err;
}

static enum pst_err convert(struct replay *r, struct pst_why *why)
{
	struct pst_export_options what = outputs_options(r->opt);
	struct pst_profile base = {0};
	struct outputs outputs;
	struct pst_summary sum;

	enum pst_err err = begin_outputs(r, &outputs, why);
	if (err)
		return err;
	say_what_is_not_there(r);
	if (r->first) {
		read_base(r, &what, &base);
		what.base = &base;
	}
	begin_merge(r, r->first, r->n);
	while (replay_take(r, SIZE_MAX))
		;
	pst_model_summary(r->session.feed.model, &sum);
	if (!sum.samples)
		remark(_("There is not one sample in it."));
	const struct outputs_facts facts = facts_of(r);
	if (r->recorder)
		err = outputs_write(&outputs, r->recorder, &what, &facts, why);
	enum pst_err tapes_err = tapes_end(&r->tapes, err ? NULL : why);
	pst_profile_free(&base);
	return err ? err : tapes_err;
}

/* ---- all ---------------------------------------------------------------------------------- */

static void end(struct replay *r)
{
	tapes_end(&r->tapes, NULL);
	pst_merge_free(r->merge);
	pst_recorder_free(r->recorder);
	for (size_t i = 0; i < r->n; i++) {
		pst_file_reader_free(r->inputs[i].reader);
		close(r->inputs[i].fd);
	}
	feed_end(&r->session.feed);
}

static enum pst_err show(struct replay *r, int *sig, struct pst_why *why)
{
	pst_model_set_history(r->session.feed.model, HISTORY_BYTES);
	begin_merge(r, 0, r->n);
	while (!r->live && replay_take(r, SIZE_MAX))
		;
	return replay_screen(r, sig, why);
}

int replay_run(const struct options *opt)
{
	struct replay r = {.opt = opt, .session = {.opt = opt}, .screen = !opt->noutputs};
	struct pst_why why = {0};
	int sig = 0;

	enum pst_err err = feed_nothing(&r.session.feed, &why);
	if (!err)
		err = open_inputs(&r, &why);
	if (!err && r.screen)
		err = replay_screen_check(&r, &why);
	if (!err) {
		place_all(&r);
		err = r.screen ? show(&r, &sig, &why) : convert(&r, &why);
	}
	int status = err ? complain(&why) : EXIT_OK;
	end(&r);
	return sig ? session_end_by(sig) : status;
}
