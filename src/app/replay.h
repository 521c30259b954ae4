// SPDX-License-Identifier: MIT
#ifndef PST_APP_REPLAY_H
#define PST_APP_REPLAY_H

#include "app/session.h"
#include "app/tapes.h"
#include "file/merge.h"

struct replay_input {
	const char *path; /* "-": the standard input */
	int fd;
	struct pst_file_reader *reader;
	bool is_file, has_ticks;    /* a file's extent is known before it is read */
	uint64_t first_ns, last_ns; /* of its ticks, by its own clock */
	int64_t shift_ns;	    /* from its clock to that of all */
};

/* Recordings that are shown or converted. */
struct replay {
	struct session session; /* first, so that it stands for the whole in hooks */
	const struct options *opt;
	struct replay_input inputs[PST_MERGE_MAX];
	size_t n;	   /* of them; those from FIRST on are what is looked at, … */
	size_t first;	   /* … the one before (0 or 1) is what that is compared with */
	bool open;	   /* from a pipe: nobody knows when it ends */
	bool screen, live; /* LIVE: from a pipe to the screen, as it comes */
	struct pst_span_ns span, base; /* what of the time of all they take */
	struct pst_merge *merge;       /* of what is being read; NULL: all has been */
	struct pst_recorder *recorder;
	struct tapes tapes;
	bool behind; /* LIVE: there is more to be had at once */
};

/*
 * Takes records from the merge, at most MAX, to the model, the recorder and the tapes.  At the end
 * it says what was wrong and frees the merge.  Returns how many.
 */
size_t replay_take(struct replay *r, size_t max);
/* A sentence for the user: a note of the model where there is a screen, else on stderr. */
void replay_tell(struct replay *r, const char *text);

/* Shows or converts the recordings that the options name; returns the exit status. */
int replay_run(const struct options *opt);

#endif
