// SPDX-License-Identifier: MIT
#ifndef PST_APP_TAPES_H
#define PST_APP_TAPES_H

/* Recordings that are written while the sampling goes on. */

#include "app/outfile.h"
#include "app/outputs.h"
#include "file/file.h"

struct tape {
	struct outfile out;
	struct pst_file_writer *writer; /* NULL: it is over */
};

struct tapes {
	struct tape at[OUTPUTS_MAX + 1];
	size_t len;
	char *kept; /* path of the one that --keep asks for */
	uint64_t flush_at_ns;
	enum pst_err err; /* of the first that could not be written */
	struct pst_why why;
};

/*
 * Opens those of OUTPUTS that are recordings, and the one that is kept beside the first output (if
 * KEEP).  They stand in their places from now on.  IO, USAGE.
 */
enum pst_err tapes_open(struct tapes *t, const struct outputs *outputs, bool keep,
			const struct pst_file_about *about, struct pst_why *why);
void tapes_add(struct tapes *t, const struct pst_rec *rec);
/* Writes what there is if a second has passed since, so that it is not lost with us; or in any
 * case. */
void tapes_flush(struct tapes *t, bool now);
/* Whether one failed; from then on it takes nothing. */
bool tapes_failed(const struct tapes *t);
/* Ends them all, frees; what went wrong first, with a sentence. */
enum pst_err tapes_end(struct tapes *t, struct pst_why *why);

#endif
