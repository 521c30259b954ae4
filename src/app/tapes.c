// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/tapes.h"

#include "app/die.h"
#include "base/alloc.h"
#include "base/i18n.h"
#include "plat/plat.h"

#include <stdlib.h>
#include <string.h>

#define FLUSH_NS UINT64_C(1000000000)

static enum pst_err open_one(struct tapes *t, const char *path, const struct pst_file_about *about,
			     struct pst_why *why)
{
	struct tape *tape = &t->at[t->len];
	enum pst_err err = outfile_open(path, &tape->out, why);

	if (!err)
		err = outfile_place(&tape->out, why);
	if (err)
		return err;
	t->len++;
	tape->writer = pst_file_writer_new(fileno(tape->out.stream), about);
	return PST_OK;
}

/* "out/profile.svg": "out/profile.pyspy". */
static char *kept_path(const char *path)
{
	const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
	const char *name = slash ? slash + 1 : path;
	size_t n = dot && dot > name ? (size_t)(dot - path) : strlen(path);

	return pst_asprintf("%.*s%s", (int)n, path, outputs_recording.ending);
}

static enum pst_err open_kept(struct tapes *t, const struct outputs *outputs,
			      const struct pst_file_about *about, struct pst_why *why)
{
	if (!strcmp(outputs->at[0].path, "-"))
		return pst_why_set(
			why, PST_USAGE, 0,
			_("--keep puts the recording beside the first output, which has to be "
			  "a file for that."));
	t->kept = kept_path(outputs->at[0].path);
	for (size_t i = 0; i < outputs->len; i++)
		if (!strcmp(outputs->at[i].path, t->kept))
			return PST_OK;
	return open_one(t, t->kept, about, why);
}

enum pst_err tapes_open(struct tapes *t, const struct outputs *outputs, bool keep,
			const struct pst_file_about *about, struct pst_why *why)
{
	enum pst_err err = PST_OK;

	for (size_t i = 0; i < outputs->len && !err; i++)
		if (output_is_recording(&outputs->at[i]))
			err = open_one(t, outputs->at[i].path, about, why);
	if (!err && keep)
		err = open_kept(t, outputs, about, why);
	t->flush_at_ns = pst_now_ns() + FLUSH_NS;
	return err;
}

/* Tells of it at once: who waits for the end of a day may want to know. */
static void look_after(struct tapes *t, const struct tape *tape)
{
	int sys = pst_file_writer_error(tape->writer);

	if (!sys || t->err)
		return;
	t->err =
		pst_why_set(&t->why, PST_IO, sys,
			    _("%s cannot be written any more: %s. What it has so far can be read."),
			    tape->out.path, strerror(sys));
	remark("%s", t->why.what);
}

void tapes_add(struct tapes *t, const struct pst_rec *rec)
{
	for (size_t i = 0; i < t->len; i++) {
		pst_file_writer_add(t->at[i].writer, rec);
		look_after(t, &t->at[i]);
	}
}

void tapes_flush(struct tapes *t, bool now)
{
	uint64_t time = pst_now_ns();

	if (!now && time < t->flush_at_ns)
		return;
	t->flush_at_ns = time + FLUSH_NS;
	for (size_t i = 0; i < t->len; i++) {
		pst_file_writer_flush(t->at[i].writer);
		look_after(t, &t->at[i]);
	}
}

bool tapes_failed(const struct tapes *t)
{
	return t->err != PST_OK;
}

enum pst_err tapes_end(struct tapes *t, struct pst_why *why)
{
	for (size_t i = 0; i < t->len; i++) {
		struct tape *tape = &t->at[i];
		struct pst_why other = {0};
		pst_file_writer_flush(tape->writer);
		look_after(t, tape);
		int sys = pst_file_writer_end(tape->writer);
		enum pst_err err = outfile_commit(&tape->out, &other);
		if (sys && !err)
			err = pst_why_set(&other, PST_IO, sys, _("%s cannot be written: %s."),
					  tape->out.path, strerror(sys));
		if (err && !t->err) {
			t->err = err;
			t->why = other;
		}
	}
	t->len = 0;
	free(t->kept);
	t->kept = NULL;
	if (why && t->err)
		*why = t->why;
	return t->err;
}
