// SPDX-License-Identifier: MIT
#ifndef PST_EXPORT_EXPORT_H
#define PST_EXPORT_EXPORT_H

/* Formats of files that hold a profile: one file each, behind one table. */

#include "base/err.h"
#include "export/profile.h"
#include "model/model.h"

#include <stdio.h>

struct pst_export_options {
	bool idle;	/* idle samples too */
	bool gil_only;	/* only samples that held the GIL */
	bool functions; /* lines of one function are one; it stands at its first line */
	bool threads;	/* threads stand apart, as roots of stacks */
	double least;	/* pictures: what has a smaller share (0 to 1) is folded into "…" */
	/* Pictures: what the profile is compared with; NULL: nothing.  Borrowed. */
	const struct pst_profile *base;
	/* Summary: what the screen shows, as text; NULL: nothing.  Borrowed. */
	const char *screen;
};

#define PST_EXPORT_LEAST 0.001

struct pst_export_format {
	const char *name;
	const char *alias;   /* another name for it; NULL */
	const char *ending;  /* of file names, the usual one: ".svg" */
	const char *endings; /* all of them, apart by blanks */
	const char *help;    /* what it is, for a list; translated by who shows it */
	bool order; /* wants the order of time (runs of the profile); else it is written without */
	bool needs_order; /* and cannot do without */
	const char *
		missing; /* NULL, or why this build cannot write it: a sentence, to be translated */
	/*
	 * Writes what P holds and OPT lets through.  Whether OUT took it is the caller's to ask
	 * (ferror()).
	 */
	void (*write)(const struct pst_profile *p, const struct pst_export_options *opt, FILE *out);
};

/* Whatever the case of NAME; NULL: there is none. */
const struct pst_export_format *pst_export_find(const char *name);
/* By the ending of the file's name, the longest that fits; NULL: it tells nothing. */
const struct pst_export_format *pst_export_by_path(const char *path);
/* In order; NULL behind the last. */
const struct pst_export_format *pst_export_at(size_t i);

/*
 * A profile of a span and a part of what M counted (WHAT: from the roots, all lines or functions),
 * as the screen shows it, and of what it is compared with, if BASE is not NULL.  With EACH_THREAD
 * the threads stand apart, unless they are too many.  Copies all it needs, so that another thread
 * may write it.  Samples are counted by the share of time.
 */
struct pst_calls_options;
void pst_export_from_model(const struct pst_model *m, const struct pst_calls_options *what,
			   bool each_thread, struct pst_profile *out, struct pst_profile *base);

#endif
