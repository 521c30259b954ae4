// SPDX-License-Identifier: MIT
#ifndef PST_APP_OUTPUTS_H
#define PST_APP_OUTPUTS_H

/* The files of record: which there are, in which format, and how they come about. */

#include "app/options.h"
#include "export/export.h"
#include "export/recorder.h"

struct outputs {
	struct output {
		const char *path; /* borrowed */
		const struct pst_export_format *format;
	} at[OUTPUTS_MAX];
	size_t len;
	bool order; /* one of them wants the order of time */
};

/* A recording: the format of a file that is written as sampling goes (tapes.h), not at the end. */
extern const struct pst_export_format outputs_recording;
/* All formats: those of export, then that one; NULL behind the last. */
const struct pst_export_format *outputs_format_at(size_t i);
static inline bool output_is_recording(const struct output *o)
{
	return !o->format->write;
}
/* Whether any of them is written at the end. */
bool outputs_need_profile(const struct outputs *o);

/*
 * Names files for those that have none: without --output one for each --format, or one flamegraph,
 * called after the process or the program and the time.
 */
enum pst_err outputs_name(struct options *opt, struct pst_why *why);
/*
 * The format of the k-th file is the k-th --format; of files beyond it what their name ends in,
 * else a flamegraph (raw on the standard output).  USAGE where a format is not known, or two are
 * "-".
 */
enum pst_err outputs_choose(const struct options *opt, struct outputs *out, struct pst_why *why);
/* One of them is the standard output. */
bool outputs_on_stdout(const struct outputs *o);
/* Whether they could be written, as outfile_try(). */
enum pst_err outputs_try(const struct outputs *o, struct pst_why *why);

/* What was recorded and how, as the model and the options tell it. */
struct outputs_facts {
	const struct pst_model *model;
	const struct options *opt; /* NULL, or what was asked for: patterns, no lines */
	enum pst_sampling sampling;
	double rate; /* asked for */
	bool idle, gil;
	double seconds;
	int64_t start_unix_ms;
};

/*
 * Writes them all, what R has seen so far; goes on after one that cannot be written and tells of
 * the first.  Says on stderr when short runs were drawn together.
 */
enum pst_err outputs_write(const struct outputs *o, struct pst_recorder *r,
			   const struct pst_export_options *opt, const struct outputs_facts *facts,
			   struct pst_why *why);

/* The options of export that the command line gives. */
struct pst_export_options outputs_options(const struct options *opt);
/* Facts of P, which keeps copies. */
void outputs_fill_facts(const struct outputs_facts *facts, struct pst_profile *p);

#endif
