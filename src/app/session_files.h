// SPDX-License-Identifier: MIT
#ifndef PST_APP_SESSION_FILES_H
#define PST_APP_SESSION_FILES_H

/* Hooks of the screen (ui/ui.h) for files and the editor; CTX is a struct session. */

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct session;

enum pst_err session_edit(void *ctx, uint32_t process, const char *file, int line, struct pst_why *why);
enum pst_err session_save_text(void *ctx, const char *path, const char *text, bool replace,
			       struct pst_why *why);
const char *session_config_text(void *ctx);
const char *session_config_path(void *ctx);
enum pst_err session_config_save(void *ctx, const char *text, struct pst_why *why);

/* Before the screen begins; what is wrong with it becomes a note of the model. */
void session_read_config(struct session *s);

#endif
