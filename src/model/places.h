// SPDX-License-Identifier: MIT
#ifndef PST_MODEL_PLACES_H
#define PST_MODEL_PLACES_H

/*
 * What the path of a source file tells: the module, and whether it belongs to the user or came with
 * Python or with a package.
 */

#include <stdbool.h>

struct pst_buf;

/*
 * Library: below site-packages or dist-packages, below lib/pythonX.Y, in pythonXY.zip, "<frozen
 * …>".
 * "<string>" and the like are the user's.
 */
bool pst_place_library(const char *file);
/*
 * Appends the module's name: of the path below the place that made it a library, else of
 * SHORT_FILE, the part of it that is a package.  "<string>" is its own name.
 */
void pst_place_module(const char *file, const char *short_file, struct pst_buf *out);

#endif
