// SPDX-License-Identifier: MIT
#ifndef PST_EXPORT_PROFILE_H
#define PST_EXPORT_PROFILE_H

/*
 * What is written to a file: all that was seen, by stack and thread, and where it was kept, in the
 * order of time.  It stands by itself: nothing in it belongs to a model or a recorder, so that
 * another thread may write it while these go on.  Ids begin at 1 and index [id - 1]; 0: none.
 *
 * Strings are made harmless when they come in (pst_text_sanitise()), whatever they came from.
 */

#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct pst_profile_func {
	const char *name, *file, *full_file; /* qualified; short and whole path; "" unknown */
	int first_line;
	bool library; /* of the standard library or of site-packages */
};

struct pst_profile_frame { /* a function at a line */
	uint32_t func;
	int32_t line; /* 0: none */
};

struct pst_profile_node { /* FRAME called from PARENT, whose id is smaller; 0: it is the root */
	uint32_t parent, frame;
};

struct pst_profile_thread {
	uint32_t process;
	int64_t tid;
	const char *name; /* "" none */
	bool is_main;
};

struct pst_profile_process {
	int pid;
	const char *cmdline, *version;
};

enum { /* what a sample was, as bits */
       PST_WAS_IDLE = 1,
       PST_WAS_GIL = 2,	 /* held the GIL */
       PST_WAS_WAIT = 4, /* waited for it */
       PST_WAS_KINDS = 8,
};

/* All samples of one kind with one stack in one thread. */
struct pst_profile_row {
	uint32_t thread, node; /* thread 0: of all threads; each has been defined */
	unsigned kind;
	uint64_t samples, ns; /* ns: the wall time that they stand for */
};

/* THREAD was seen in the stack NODE from START_NS on. */
struct pst_profile_run {
	uint64_t start_ns, ns; /* since the beginning of the recording */
	uint32_t thread, node;
};

struct pst_run_list {
	struct pst_profile_run *at;
	size_t len, cap;
};

/* What was recorded and how, for titles; texts are "" where unknown. */
struct pst_profile_facts {
	const char *command, *python, *program; /* PROGRAM: we and our version */
	const char *mode;			/* how the target was read */
	const char *what;			/* what of it: filters, a span */
	int pid;
	double rate_asked, rate_achieved; /* per second; 0 unknown, infinity: max */
	double seconds;			  /* that were sampled */
	int64_t start_unix_ms;		  /* when that began; 0 unknown */
	uint64_t ticks, late, rejected, dropped;
};

struct pst_profile {
	PST_VEC(struct pst_profile_func) funcs;
	PST_VEC(struct pst_profile_frame) frames;
	PST_VEC(struct pst_profile_node) nodes;
	PST_VEC(struct pst_profile_thread) threads;
	PST_VEC(struct pst_profile_process) processes;
	PST_VEC(struct pst_profile_row) rows;
	/* By thread, then time; of the kinds that were asked for when they were taken. */
	struct pst_run_list runs;
	bool timed;	  /* RUNS holds all of it (and may be empty for that reason) */
	uint64_t slot_ns; /* not 0: of shorter runs one in each such slot was drawn for all of them
			   */
	bool filtered;	  /* ROWS are what was asked for; their kind is not known */
	struct pst_profile_facts facts;
	PST_VEC(char *) texts; /* that the pointers above point to */
};

/* A harmless copy of TEXT that lives as long as P. */
const char *pst_profile_text(struct pst_profile *p, const char *text);
/* Empties it; a zeroed one is empty. */
void pst_profile_free(struct pst_profile *p);

#endif
