// SPDX-License-Identifier: MIT
#ifndef PST_APP_OUTFILE_H
#define PST_APP_OUTFILE_H

/*
 * A file that is either written whole or not at all: it is made under another name beside it, and
 * renamed.  What is no plain file (a pipe, a device) is written as it stands; "-" is the standard
 * output.
 */

#include "base/err.h"

#include <stdbool.h>
#include <stdio.h>

struct outfile {
	const char *path; /* borrowed */
	char *temporary;  /* NULL: written in place */
	bool keep;	  /* what is there by the time it is written is not replaced */
	FILE *stream;
};

/*
 * Opens it for writing.  IO with a sentence.  A link that somebody else may have laid (we are root,
 * and others write to its folder too) is never followed.
 */
enum pst_err outfile_open(const char *path, struct outfile *out, struct pst_why *why);
/* The same, but EXISTS, with a sentence, where there is something already, now or when it is written. */
enum pst_err outfile_create(const char *path, struct outfile *out, struct pst_why *why);
/* Ends the writing and puts the file into its place; IO: it could not be written. */
enum pst_err outfile_commit(struct outfile *f, struct pst_why *why);
/*
 * Puts it into its place at once, what is written to it follows: for what is good before it is whole.
 * IO.
 */
enum pst_err outfile_place(struct outfile *f, struct pst_why *why);
/* In place of that: as if it had never been opened. */
void outfile_abandon(struct outfile *f);
/* Whether it could be written, known before the work for it begins; leaves nothing behind. */
enum pst_err outfile_try(const char *path, struct pst_why *why);
/*
 * Writes TEXT to PATH as a new file.  EXISTS: it is there already; with REPLACE it is replaced, if it
 * is a plain file or a symbolic link, which is not followed.  IO.
 */
enum pst_err outfile_save(const char *path, const char *text, bool replace, struct pst_why *why);

#endif
