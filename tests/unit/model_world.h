// SPDX-License-Identifier: MIT
#ifndef PST_UNIT_MODEL_WORLD_H
#define PST_UNIT_MODEL_WORLD_H

/*
 * A made-up process for tests of the model: definitions and ticks, by hand or at random; and a log
 * of every sample, from which a test can compute by itself what the model must answer.
 */

#include "base/vec.h"
#include "model/query.h"

#define MS     UINT64_C(1000000)
#define BUCKET (100 * MS)

struct world_sample {
	uint64_t time_ns, period_ns;
	uint32_t process, thread, stack;
	unsigned flags;
	unsigned window; /* how often pst_model_roll() was called before */
	bool counts;	 /* since the last reset */
};

struct world_tick {
	uint64_t time_ns, period_ns;
	uint32_t process;
	unsigned window;
	bool counts;
};

struct world_func {
	const char *name, *file;
	int line;
	bool library;
};

struct world_frame {
	uint32_t func;
	int line;
};

struct world_node {
	uint32_t parent, frame, depth;
};

struct world_file {
	const char *text;
	uint32_t id;
};

struct world {
	struct pst_model *m;
	unsigned seed, windows;
	uint32_t strings;
	/* What was defined, by id - 1. */
	PST_VEC(struct world_func) funcs;
	PST_VEC(struct world_frame) frames;
	PST_VEC(struct world_node) nodes;
	PST_VEC(struct world_file) files; /* in no order */
	PST_VEC(uint32_t) threads;	  /* process of each */
	uint32_t processes;
	PST_VEC(struct world_sample) samples;
	PST_VEC(struct world_tick) ticks;
	uint64_t now;
	uint32_t tick_process;
	uint64_t tick_period;
};

struct world *world_new(unsigned seed);
void world_free(struct world *w);

uint32_t world_random(struct world *w, uint32_t below);
uint32_t world_string(struct world *w, const char *text);
/* NAME and FILE must live as long as the world. */
uint32_t world_func(struct world *w, const char *name, const char *file, int line, bool library);
uint32_t world_frame(struct world *w, uint32_t func, int line);
uint32_t world_node(struct world *w, uint32_t parent, uint32_t frame);
uint32_t world_process(struct world *w);
uint32_t world_thread(struct world *w, uint32_t process);
void world_tick(struct world *w, uint64_t time_ns, uint64_t period_ns, uint32_t process,
		uint32_t samples);
void world_sample(struct world *w, uint32_t thread, uint32_t stack, unsigned flags);
/* A tick with one sample. */
void world_look(struct world *w, uint64_t time_ns, uint32_t thread, uint32_t stack, unsigned flags);
void world_usage(struct world *w, uint64_t time_ns, uint32_t process, uint64_t cpu_ns,
		 uint64_t rss);
void world_thread_usage(struct world *w, uint64_t time_ns, uint32_t thread, uint64_t cpu_ns);
void world_roll(struct world *w);
void world_reset(struct world *w);

/* Functions of the user and of libraries, a tree of NODES stacks, two processes with three threads
 * each. */
void world_populate(struct world *w, unsigned nodes);
/* So many stacks more. */
void world_grow(struct world *w, unsigned nodes);
/* N ticks at random, with rolls in between when ROLLS. */
void world_run(struct world *w, unsigned n, bool rolls);

/* ---- what the model must say ---- */

struct world_question {
	struct pst_filter filter;
	struct pst_span_ns span; /* zero: all since the reset */
	bool window;		 /* only the window that ended last */
};

bool world_counts(const struct world *w, const struct world_sample *s,
		  const struct world_question *q, bool whatever_class);
/* Wall-clock time: of the process that was seen longest, or the filter's. */
uint64_t world_wall(const struct world *w, const struct world_question *q);
/*
 * The stack from its root, as the filter shows it: frame ids into PATH (room for the stack's
 * depth); returns how many.
 */
size_t world_path(const struct world *w, uint32_t stack, bool my_code, uint32_t *path);

/* A filter and a span at random; BYTES: room for threads and functions. */
void world_ask(struct world *w, struct world_question *q, uint8_t bytes[64]);

#endif
