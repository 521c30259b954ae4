// SPDX-License-Identifier: MIT
#ifndef PST_APP_SESSION_INSPECT_H
#define PST_APP_SESSION_INSPECT_H

/* Hooks of the screen (ui/ui.h) for its stack inspector; CTX is a struct feed. */

#include "model/inspect.h"

void session_inspect(void *ctx, const struct pst_inspect_request *r);
struct pst_inspection *session_inspected(void *ctx);
void session_source(void *ctx, uint32_t process, const char *file, int first, int last,
		    struct pst_source *out);

#endif
