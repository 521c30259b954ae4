// SPDX-License-Identifier: MIT
#include "config.h"

#include "tree_fixture.h"

#include <string.h>

enum { THREADS = 3, DEEPEST = 24 };

static const struct {
	const char *name, *file;
	int first_line, line;
} functions[] = {
	{"<module>", "app.py", 1, 120},
	{"Server.run", "shop/server.py", 40, 61},
	{"Server.handle", "shop/server.py", 70, 88},
	{"Basket.total", "shop/basket.py", 12, 19},
	{"Basket.rebate", "shop/basket.py", 30, 34},
	{"loads", "/usr/lib/python3.11/json/__init__.py", 299, 346},
	{"JSONDecoder.decode", "/usr/lib/python3.11/json/decoder.py", 332, 337},
	{"fib", "shop/fib.py", 1, 4},
	{"計算する", "店/計算.py", 3, 7},
	{"evil\x1b[31m\n\xe2\x80\xae", "e\tvil.py", 1, 2},
	{"Worker.loop", "shop/worker.py", 5, 9},
	{"Worker.step", "shop/worker.py", 15, 21},
	{"match", "/usr/lib/python3.11/re/__init__.py", 163, 166},
	{"tiny", "shop/tiny.py", 1, 2},
};

enum { FUNCTIONS = sizeof functions / sizeof *functions };

/* Function numbers from the root; weight in 1000 ticks of its thread, by kind of work. */
static const struct {
	unsigned thread, weight[2];
	signed char way[DEEPEST];
} stacks[] = {
	{0, {300, 200}, {0, 1, 2, 3, 4, -1}},
	{0, {150, 150}, {0, 1, 2, 3, -1}},
	{0, {200, 100}, {0, 1, 2, 5, 6, -1}},
	{0, {40, 40}, {0, 1, 2, 5, -1}},
	{0, {200, 400}, {0, 1, 2, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, -1}},
	{0, {60, 60}, {0, 1, 2, 7, 7, 7, -1}},
	{0, {30, 30}, {0, 1, 8, -1}},
	{0, {12, 12}, {0, 1, 9, -1}},
	{0, {4, 4}, {0, 1, 2, 3, 13, -1}},
	{0, {4, 4}, {0, 1, 2, 5, 13, -1}},
	{1, {500, 600}, {10, 11, 3, 4, -1}},
	{1, {300, 400}, {10, 11, 12, -1}},
	{1, {200, 0}, {10, 11, -1}},
	{2, {50, 50}, {10, 11, 12, 9, -1}},
};

enum { STACKS = sizeof stacks / sizeof *stacks };

static uint32_t leaves[STACKS];

/* The stack of the first N calls of WAY; the same calls are the same stack. */
static uint32_t stack_of(struct fixture *f, const signed char *way, uint32_t frame_of_first)
{
	static struct {
		uint32_t parent, frame, stack;
	} known[256];
	static size_t n;
	uint32_t stack = 0;

	if (f->stacks == 0)
		n = 0;
	for (uint32_t depth = 1; way[depth - 1] >= 0; depth++) {
		uint32_t frame = frame_of_first + (unsigned char)way[depth - 1];
		size_t i = 0;

		while (i < n && (known[i].parent != stack || known[i].frame != frame))
			i++;
		if (i == n) {
			known[n].parent = stack;
			known[n].frame = frame;
			known[n++].stack = fixture_call(f, stack, frame, depth);
		}
		stack = known[i].stack;
	}
	return stack;
}

void tree_fixture_init(struct fixture *f)
{
	uint32_t first = 0;

	fixture_init(f);
	fixture_process(f, 12345, "/opt/python/bin/python3 -u app.py", "3.11.7", 1000000);
	fixture_thread(f, "MainThread");
	fixture_thread(f, "worker-1");
	fixture_thread(f, "worker-2");
	for (size_t i = 0; i < FUNCTIONS; i++) {
		uint32_t frame = fixture_frame(f, functions[i].name, functions[i].file,
					       functions[i].first_line, functions[i].line);

		first = first ? first : frame;
	}
	for (size_t i = 0; i < STACKS; i++)
		leaves[i] = stack_of(f, stacks[i].way, first);
}

/* The stack of a thread at tick N: each has its share of any thousand, evenly spread. */
static size_t stack_at(unsigned thread, unsigned n, unsigned kind)
{
	unsigned at = n * 379 % 1000;

	for (size_t i = 0; i < STACKS; i++) {
		if (stacks[i].thread != thread)
			continue;
		if (at < stacks[i].weight[kind])
			return i;
		at -= stacks[i].weight[kind];
	}
	return STACKS;
}

void tree_fixture_run(struct fixture *f, unsigned ticks, unsigned kind)
{
	for (unsigned n = 0; n < ticks; n++) {
		struct fixture_sample samples[THREADS];
		uint32_t len = 0;

		for (unsigned thread = 0; thread < THREADS; thread++) {
			size_t i = stack_at(thread, n, kind);

			if (i < STACKS)
				samples[len++] = (struct fixture_sample){
					thread + 1, leaves[i], thread ? 0 : PST_SAMPLE_GIL};
		}
		fixture_tick(f, THREADS, samples, len);
		f->stats.ticks++;
	}
	fixture_stats(f);
}
