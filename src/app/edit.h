// SPDX-License-Identifier: MIT
#ifndef PST_APP_EDIT_H
#define PST_APP_EDIT_H

#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * Opens FILE (co_filename) of process PID at LINE (0: none) in $VISUAL, $EDITOR or vi, as the process
 * sees it: below its root, relative to its directory.  The terminal is the editor's meanwhile;
 * STOPS as in pst_run().  NOTFOUND (no such file, no such editor), IO (the editor failed).
 */
enum pst_err edit_file(pid_t pid, const char *file, int line,
		       void (*stops)(void *ctx, bool stopped), void *ctx, struct pst_why *why);

#endif
