// SPDX-License-Identifier: MIT
#ifndef PST_APP_CANDIDATES_H
#define PST_APP_CANDIDATES_H

/*
 * The Python processes that one may choose from.  They are told by the names of what they execute
 * or have mapped, and asked for their exact version once for each executable file: a list of
 * hundreds costs some ten milliseconds, and is to be had each second.
 */

#include "model/inspect.h"

struct candidates; /* what is known from the last time */

struct candidates *candidates_new(void);
void candidates_free(struct candidates *c); /* NULL allowed */

/* All there are now, in the order of their pids; to be freed with pst_candidates_free(). */
void candidates_read(struct candidates *c, struct pst_candidates *out);

#endif
