// SPDX-License-Identifier: MIT
#ifndef PST_APP_RECORD_H
#define PST_APP_RECORD_H

#include "app/options.h"

/* Samples without a screen and writes a profile.  Returns the exit status. */
int record_run(const struct options *opt);

#endif
