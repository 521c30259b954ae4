// SPDX-License-Identifier: MIT
#ifndef PST_APP_LAUNCH_H
#define PST_APP_LAUNCH_H

/* A program that we start to watch it. */

#include "app/options.h"
#include "base/err.h"
#include "plat/plat.h"

#include <stdbool.h>
#include <sys/types.h>

struct launch {
	pid_t pid;
	char *output; /* file that takes its stdout and stderr; NULL: they are ours */
	bool ended;
	struct pst_exit how; /* once it ended */
	char text[96];	 /* "exited with status 3", once it ended */
};

/* Starts PROGRAM; CAPTURE: its output goes to a new file in $TMPDIR, else to ours. */
enum pst_err launch_start(char **program, bool capture, struct launch *out, struct pst_why *why);
/* Looks whether it has ended; true once it has. */
bool launch_poll(struct launch *l);
/*
 * What the options say about its end, when the watching is over (--kill, --exit-status); GONE: the
 * process that was watched has ended.  Returns the exit status of ours: STATUS, or the program's.
 */
int launch_settle(struct launch *l, const struct options *o, bool gone, int status);
/* Says on stderr how it ended, or that it runs on, and where its output is; frees. */
void launch_finish(struct launch *l);

#endif
