// SPDX-License-Identifier: MIT
#ifndef PST_APP_FEED_H
#define PST_APP_FEED_H

/* From a process to a model of it: the program when we start it, the sampler, the ring. */

#include "app/launch.h"
#include "app/options.h"
#include "app/session_export.h"
#include "app/sieve.h"
#include "app/source.h"
#include "app/tapes.h"
#include "export/recorder.h"
#include "model/model.h"
#include "ring/ring.h"
#include "sampler/sampler.h"

struct feed {
	struct pst_wake *wake; /* NULL: the system gave none */
	struct pst_ring *ring;
	struct pst_model *model;
	struct pst_recorder *recorder; /* NULL, or what gets all records too; the caller's */
	struct tapes *tapes;	       /* NULL, or where all records are written; the caller's */
	struct sieve *sieve; /* NULL, or what keeps the stacks that are not wanted from model and recorder */
	struct pst_sampler *sampler;
	struct launch launch;
	bool launched;
	enum pst_sampling sampling; /* as asked for */
	double rate;
	/* The clock of the records and the calendar at one moment; 0: it is our own clock. */
	uint64_t clock_ns;
	int64_t clock_unix_ms;
	struct export_job *exports; /* files that the screen asked for; NULL: none yet */
	pid_t pid;		 /* of the process that is watched */
	struct sources *sources; /* files of a process, once the screen asked for one */
	pid_t sources_pid;
	bool paused; /* as the user wants it */
};

enum {
	FEED_CAPTURES = 1, /* what a program that we start says goes to a file */
	FEED_NOWAIT = 2,   /* attaching goes on in the background: feed_attached() */
};

/* Starts the program if there is one, and the sampler.  After an error too, feed_end() is due. */
enum pst_err feed_start(struct feed *f, const struct options *opt, unsigned how, struct pst_why *why);
/* As pst_sampler_attached(). */
bool feed_attached(struct feed *f, uint64_t deadline_ns, enum pst_err *err, struct pst_why *why);
/* Starts nothing: a model of no process, for the time until one is chosen. */
enum pst_err feed_nothing(struct feed *f, struct pst_why *why);
/* Moves waiting records into the model, up to a limit; true if there were any. */
bool feed_pump(struct feed *f);
/*
 * Before pst_ring_fd() is polled, where there is one: true, it will be readable when there is much in
 * the ring or somebody waits for it (the end, a note); false, do not poll, records are there.
 */
bool feed_sleep(struct feed *f);
void feed_awake(struct feed *f); /* after that, whatever ended it */
/* Ends the sampling; what it left in the ring is in the model then. */
void feed_stop(struct feed *f);
/* Stops, says how the program ended, frees. */
void feed_end(struct feed *f);

#endif
