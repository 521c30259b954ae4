// SPDX-License-Identifier: MIT
#ifndef PST_APP_SOURCE_H
#define PST_APP_SOURCE_H

/* Lines of source files, read through the target's root. */

#include "target/target.h"

struct sources; /* cache of files */

/* START_UNIX: when the process started, to tell files that are newer. */
struct sources *sources_new(struct pst_target *target, uint64_t start_unix);
/*
 * The same of a running process, for a thread that has no target of its own; never NULL: where the
 * process cannot be opened no file is found.
 */
struct sources *sources_of_process(pid_t pid);
void sources_free(struct sources *s); /* NULL allowed */

struct source_line {
	const char *text; /* raw bytes of the line, without its end; owned by the cache */
	size_t len;
	bool newer; /* the file was changed after the process started */
};

/* Line LINE (from 1) of FILE (co_filename).  NOTFOUND, IO, LIMIT (file over 16 MiB). */
enum pst_err source_line(struct sources *s, const char *file, int line, struct source_line *out);

#endif
