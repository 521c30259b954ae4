// SPDX-License-Identifier: MIT
#ifndef PST_APP_SESSION_H
#define PST_APP_SESSION_H

#include "app/options.h"

/* The live screen: sampler → ring → model → ui.  Returns the exit status. */
int session_run(const struct options *opt);

#endif
