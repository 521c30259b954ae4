// SPDX-License-Identifier: MIT
#ifndef PST_APP_SESSION_EXPORT_H
#define PST_APP_SESSION_EXPORT_H

/*
 * Files that the screen asks for: what is shown is copied at once, and written by a thread of its
 * own while the screen goes on.  One at a time.
 */

#include "ui/ui.h"

struct export_job;

/* The hooks export(), exported() and format(); CTX: struct feed. */
bool session_export(void *ctx, const struct pst_ui_export *request, struct pst_why *why);
const char *session_exported(void *ctx, bool *failed);
const char *session_format(void *ctx, size_t i, const char **help, const char **ending);

/* Waits for what is being written, frees; NULL allowed. */
void export_job_free(struct export_job *j);

#endif
