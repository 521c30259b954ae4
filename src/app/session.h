// SPDX-License-Identifier: MIT
#ifndef PST_APP_SESSION_H
#define PST_APP_SESSION_H

#include "app/candidates.h"
#include "app/feed.h"
#include "app/options.h"
#include "app/userconfig.h"

/* What the hooks of the screen work on. */
struct session {
	struct feed feed; /* of the process that is watched; first, so that it stands for the whole */
	const struct options *opt;
	struct feed next; /* of the one that was chosen, until the screen has let go of the other */
	bool has_next;
	struct launch launch; /* of a program that we started and do not watch any more */
	bool launched;
	struct candidates *candidates; /* NULL: nobody asked yet */
	struct userconfig config;
};

/* Shows the live screen until the user leaves; returns the exit status. */
int session_run(const struct options *opt);

/*
 * Ends by the signal that ended the screen, so that whoever waits for us sees the true reason; returns
 * an exit status, should that not be the end.
 */
int session_end_by(int sig);

#endif
