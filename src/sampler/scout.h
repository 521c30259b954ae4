// SPDX-License-Identifier: MIT
#ifndef PST_SAMPLER_SCOUT_H
#define PST_SAMPLER_SCOUT_H

/*
 * A thread that knows the descendants of a process: it finds those that are new, sees those that
 * executed another program, and opens what is Python, which takes longer than there is time between
 * two looks.  Processes that have not used a CPU since they were asked last cannot have started
 * anything, and cost one system call.
 */

#include "interp/interp.h"

struct pst_scout;

struct pst_arrival { /* a process that can be looked at; the receiver owns both */
	pid_t pid;
	struct pst_target *target;
	struct pst_python *py;
	bool has_words; /* pst_python_rseq() */
	int64_t word_offset;
};

/* The thread begins at once.  NULL: it could not be started. */
struct pst_scout *pst_scout_new(pid_t root);
void pst_scout_free(struct pst_scout *s); /* NULL allowed; waits for the thread */

/* From another thread, each false when there is no more: */
/* A process that is to be looked at from now on. */
bool pst_scout_arrived(struct pst_scout *s, struct pst_arrival *out);
/* One that is another program by now. */
bool pst_scout_left(struct pst_scout *s, pid_t *pid);
/* A sentence for the user, to be freed. */
bool pst_scout_note(struct pst_scout *s, char **text);

/* PID could not be looked at any more: it is to be tried again, if it lives. */
void pst_scout_lost(struct pst_scout *s, pid_t pid);
/*
 * Whether something may still arrive: the root lives, or descendants that are Python or may become
 * it; and why the root was not opened so far (OK: it was, or was not tried).
 */
bool pst_scout_hopes(struct pst_scout *s);
enum pst_err pst_scout_root(struct pst_scout *s, struct pst_why *why);

#endif
