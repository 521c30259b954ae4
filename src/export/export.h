// SPDX-License-Identifier: MIT
#ifndef PST_EXPORT_EXPORT_H
#define PST_EXPORT_EXPORT_H

/* Formats of files that hold a profile: one file each, behind one table. */

#include "base/err.h"
#include "model/model.h"

#include <stdio.h>

struct pst_export_format {
	const char *name;
	const char *help; /* what it is, for a list; translated by who shows it */
	/*
	 * Writes what M counted and OPT lets through.  Whether OUT took it is the caller's to ask
	 * (ferror()).
	 */
	void (*write)(const struct pst_model *m, const struct pst_tree_options *opt, FILE *out);
};

/* Whatever the case of NAME; NULL: there is none. */
const struct pst_export_format *pst_export_find(const char *name);
/* In order; NULL behind the last. */
const struct pst_export_format *pst_export_at(size_t i);

#endif
