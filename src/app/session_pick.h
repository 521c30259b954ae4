// SPDX-License-Identifier: MIT
#ifndef PST_APP_SESSION_PICK_H
#define PST_APP_SESSION_PICK_H

/* Hooks of the screen (ui/ui.h) to choose a process; CTX is a struct session. */

#include "model/inspect.h"
#include "model/model.h"

struct session;

void session_candidates(void *ctx, struct pst_candidates *out);
enum pst_err session_attach(void *ctx, int pid, struct pst_why *why);
bool session_attaching(void *ctx, enum pst_err *err, struct pst_why *why);
void session_attach_cancel(void *ctx);
struct pst_model *session_attached(void *ctx);

/* Frees what these need. */
void session_pick_end(struct session *s);

#endif
