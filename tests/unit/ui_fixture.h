// SPDX-License-Identifier: MIT
#ifndef PST_UNIT_UI_FIXTURE_H
#define PST_UNIT_UI_FIXTURE_H

#include "model/model.h"

/* A model fed with records made up here, as a sampler would send them. */

/* What the made-up process is made of. */
struct fixture_scene {
	uint32_t stacks[24];
	uint32_t threads[4];
	size_t len;
};

struct fixture {
	struct pst_model *model;
	struct fixture_scene scene; /* of fixture_busy_process() */
	uint32_t strings, funcs, frames, stacks, threads;
	uint64_t now_ns;
	struct pst_rec_stats stats;
};

void fixture_init(struct fixture *f);
void fixture_free(struct fixture *f);

uint32_t fixture_string(struct fixture *f, const char *text);
/* A function and one frame of it at LINE; returns the frame. */
uint32_t fixture_frame(struct fixture *f, const char *name, const char *file, int first_line,
		       int line);
/* FRAME called from the stack PARENT (0: none). */
uint32_t fixture_call(struct fixture *f, uint32_t parent, uint32_t frame, uint32_t depth);
void fixture_process(struct fixture *f, int pid, const char *cmdline, const char *version,
		     uint64_t start);
uint32_t fixture_thread(struct fixture *f, const char *name);

struct fixture_sample {
	uint32_t thread, stack;
	unsigned flags;
};

/* One look, 10 ms after the last, that saw these N samples of THREADS threads. */
void fixture_tick(struct fixture *f, uint32_t threads, const struct fixture_sample *samples,
		  uint32_t n);
/* Sends f->stats. */
void fixture_stats(struct fixture *f);
void fixture_note(struct fixture *f, const char *text);
void fixture_end(struct fixture *f, uint32_t err);

/*
 * A process with a dozen functions in four threads, 200 ticks, rolled: names of many scripts,
 * hostile ones, long paths.  What the golden screens show.
 */
void fixture_busy_process(struct fixture *f);
/*
 * The same process without the ticks, and one tick of it, for moving pictures; N counts the
 * ticks.
 */
void fixture_scene_init(struct fixture *f, struct fixture_scene *scene);
void fixture_scene_tick(struct fixture *f, const struct fixture_scene *scene, unsigned n);

#endif
