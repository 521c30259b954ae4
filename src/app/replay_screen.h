// SPDX-License-Identifier: MIT
#ifndef PST_APP_REPLAY_SCREEN_H
#define PST_APP_REPLAY_SCREEN_H

#include "base/err.h"

struct replay;

/* Whether there can be a screen; when a recording comes on the standard input, keys are the
 * terminal's. */
enum pst_err replay_screen_check(const struct replay *r, struct pst_why *why);
/* Shows the recordings until the user leaves.  *SIG as pst_ui_run(). */
enum pst_err replay_screen(struct replay *r, int *sig, struct pst_why *why);

#endif
