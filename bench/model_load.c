// SPDX-License-Identifier: MIT
#include "config.h"

/*
 * model NODES FUNCTIONS
 *
 * Feeds the model with a made-up program of so many functions and distinct stacks, then with ticks
 * at 10 kHz, and asks what the screen asks; says what each took: NAME, a tab, and a number, a line
 * each.
 */

#include "base/alloc.h"
#include "model/priv.h"
#include "memory_kb.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MS	   UINT64_C(1000000)
#define LINES	   3 /* of each function */
#define FUNCS_FILE 20
#define DEPTH_MAX  40
#define CALLEES	   8
#define ROUNDS	   15
#define HZ	   10000

static uint32_t nodes, funcs;
struct stack {
	uint32_t parent, frame, depth, leaf;
};
static struct stack *stacks;
static uint32_t *leaves, nleaves; /* of these samples are taken: ends of the paths */
static uint64_t now_ns, state = 88172645463325252;

static uint32_t random_below(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)((state >> 32) * n >> 32);
}

/* CPU time: others may run on the machine. */
static double ms_since(clock_t begin)
{
	return (double)(clock() - begin) * 1e3 / CLOCKS_PER_SEC;
}

static void say(const char *name, double value)
{
	printf("%s\t%.4g\n", name, value);
	fflush(stdout);
}

/* ---- records ----------------------------------------------------------------------------- */

#define SEND(m, kind, t, f, ...)                                                                   \
	do {                                                                                       \
		struct pst_rec_##kind r = {.head = {sizeof r, t, f}, __VA_ARGS__};                 \
		pst_model_ingest(m, &r.head);                                                      \
	} while (0)

/* BEFORE, the number, BEHIND. */
static void string(struct pst_model *m, uint32_t id, const char *before, uint32_t number,
		   const char *behind)
{
	_Alignas(8) char bytes[128] = {0};
	struct pst_rec_string *r = (struct pst_rec_string *)bytes;

	r->id = id;
	r->len = (uint32_t)snprintf(bytes + sizeof *r, sizeof bytes - sizeof *r, "%s%u%s", before,
				    number, behind);
	r->head = (struct pst_rec){PST_REC_ALIGN((uint32_t)sizeof *r + r->len), PST_REC_STRING, 0};
	pst_model_ingest(m, &r->head);
}

/* Each third file is one of a library. */
static void define_functions(struct pst_model *m)
{
	uint32_t files = funcs / FUNCS_FILE + 1;

	for (uint32_t i = 1; i <= files; i++)
		string(m, i,
		       i % 3 ? "/srv/app/package/module" : "/usr/lib/python3.13/site-packages/lib",
		       i, ".py");
	for (uint32_t i = 1; i <= funcs; i++) {
		string(m, files + i, "SomeClass.method_number_", i, "");
		SEND(m, func, PST_REC_FUNC, 0, .id = i, .name = files + i, .qualname = files + i,
		     .file = i % files + 1, .short_file = i % files + 1, .first_line = (int32_t)i);
		for (uint32_t k = 0; k < LINES; k++)
			SEND(m, frame, PST_REC_FRAME, 0, .id = (i - 1) * LINES + k + 1, .func = i,
			     .line = (int32_t)(i + k));
	}
}

/* A function calls a few others, from a few lines. */
static uint32_t callee_of(uint32_t frame)
{
	uint32_t func = (frame - 1) / LINES, which = random_below(CALLEES);

	return (func * CALLEES + which * which * 97 + 1) % funcs * LINES + random_below(LINES) + 1;
}

/*
 * Paths go down, and back up a piece, as those of a program do.  Where they turned, a sample was
 * taken: hence the stack.
 */
static void plan_stacks(void)
{
	struct pst_index index = {0};
	uint32_t at = 0, n = 0;

	while (n < nodes) {
		bool turn = at && (!random_below(4) || stacks[at - 1].depth >= DEPTH_MAX);
		if (turn && !stacks[at - 1].leaf) {
			stacks[at - 1].leaf = 1;
			leaves[nleaves++] = at;
		}
		for (uint32_t up = turn ? 1 + random_below(6) : 0; at > 1 && up; up--)
			at = stacks[at - 1].parent;
		struct stack s = {.parent = at, .frame = 1, .depth = 1};
		if (at) {
			s.frame = callee_of(stacks[at - 1].frame);
			s.depth = stacks[at - 1].depth + 1;
		}
		uint32_t *slot = pst_index_slot(&index, stacks, sizeof *stacks,
						(struct pst_pair){s.parent, s.frame});
		if (!*slot) {
			stacks[n++] = s;
			*slot = n;
			index.used++;
		}
		at = *slot;
	}
	pst_index_free(&index);
}

static void define_stacks(struct pst_model *m)
{
	for (uint32_t i = 0; i < nodes; i++)
		SEND(m, stack, PST_REC_STACK, 0, .id = i + 1, .parent = stacks[i].parent,
		     .frame = stacks[i].frame, .depth = stacks[i].depth);
}

static void define_threads(struct pst_model *m, uint32_t n)
{
	string(m, funcs + funcs / FUNCS_FILE + 2, "python", 3, "");
	SEND(m, process, PST_REC_PROCESS, 0, .id = 1, .pid = 1);
	for (uint32_t i = 1; i <= n; i++)
		SEND(m, thread, PST_REC_THREAD, 0, .id = i, .process = 1, .tid = i);
}

static struct pst_model *make(uint32_t threads)
{
	struct pst_model *m = pst_model_new();

	define_functions(m);
	define_threads(m, threads);
	return m;
}

static void tick(struct pst_model *m, uint32_t threads, uint64_t period_ns)
{
	now_ns += period_ns;
	SEND(m, tick, PST_REC_TICK, 0, .time_ns = now_ns, .period_ns = period_ns, .process = 1,
	     .threads = threads, .samples = threads);
}

static void sample(struct pst_model *m, uint32_t thread, uint32_t stack)
{
	SEND(m, sample, PST_REC_SAMPLE, PST_SAMPLE_GIL, .thread = thread, .stack = stack);
}

/* N looks at one thread, in one of the first WIDE leaves. */
static void looks(struct pst_model *m, unsigned n, uint32_t wide)
{
	for (unsigned i = 0; i < n; i++) {
		tick(m, 1, 1000000000 / HZ);
		sample(m, 1, leaves[random_below(wide)]);
	}
}

/* ---- figures ----------------------------------------------------------------------------- */

static void measure_ingest(struct pst_model *m, const char *name, uint32_t wide)
{
	const unsigned n = 2000000;
	clock_t begin = clock();

	looks(m, n, wide);
	pst_model_settle(m);
	say(name, ms_since(begin) * 1e6 / n);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *ms)
{
	qsort(ms, ROUNDS, sizeof *ms, by_size);
	return ms[ROUNDS / 2];
}

/* Each after a tenth of a second of samples, as at a refresh of the screen; a window each second.
 */
static void refresh(struct pst_model *m, int round)
{
	looks(m, HZ / 10, nleaves);
	if (round % 10 == 9)
		pst_model_roll(m);
}

static void measure_table(struct pst_model *m, const char *name, const struct pst_table_query *q)
{
	struct pst_table t = {0};
	double ms[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		refresh(m, i);
		clock_t begin = clock();
		pst_model_query(m, q, &t);
		ms[i] = ms_since(begin);
	}
	say(name, median(ms));
	pst_table_free(&t);
}

static void measure_tables(struct pst_model *m)
{
	static const uint8_t first[1] = {1};
	struct pst_table_query q = {0};

	measure_table(m, "table", &q);
	q.table.group = PST_GROUP_LINE;
	measure_table(m, "table by line", &q);
	q.table.group = PST_GROUP_FILE;
	measure_table(m, "table by file", &q);
	q.table.group = PST_GROUP_FUNCTION;
	q.filter = (struct pst_filter){.threads = first, .nthreads = 1};
	measure_table(m, "table of a thread", &q);
	q.filter = (struct pst_filter){.my_code = true};
	measure_table(m, "table, my code", &q);
	q.filter = (struct pst_filter){0};
	q.span = (struct pst_span_ns){now_ns - 10000 * MS, now_ns};
	measure_table(m, "table of 10 s", &q);
}

static void measure_calls_of(struct pst_model *m, const char *name,
			     const struct pst_calls_options *opt)
{
	struct pst_calls c = {0};
	double ms[ROUNDS];
	char text[128];

	for (int i = 0; i < ROUNDS; i++) {
		refresh(m, i);
		clock_t begin = clock();
		pst_model_calls(m, opt, &c);
		ms[i] = ms_since(begin);
	}
	say(name, median(ms));
	snprintf(text, sizeof text, "nodes of %s", name);
	say(text, (double)c.len);
	pst_calls_free(&c);
}

static void measure_calls(struct pst_model *m)
{
	struct pst_calls_options opt = {.least = 0.001};

	opt.focus = pst_model_frame_func(m, m->defs.nodes.at[0].frame, NULL);
	measure_calls_of(m, "calls", &opt);
	opt.merge = PST_GROUP_LINE;
	measure_calls_of(m, "calls by line", &opt);
	opt.merge = PST_GROUP_FUNCTION;
	opt.kind = PST_CALLS_UP;
	measure_calls_of(m, "calls inverted", &opt);
	opt.kind = PST_CALLS_CALLEES;
	measure_calls_of(m, "callees of the root", &opt);
	opt.focus = pst_model_frame_func(m, m->defs.nodes.at[nodes / 2].frame, NULL);
	measure_calls_of(m, "callees of a function", &opt);
	opt.kind = PST_CALLS_CALLERS;
	measure_calls_of(m, "callers of a function", &opt);
	opt.kind = PST_CALLS_DOWN;
	opt.filter.my_code = true;
	measure_calls_of(m, "calls, my code", &opt);
	opt.filter.my_code = false;
	opt.span = (struct pst_span_ns){now_ns - 10000 * MS, now_ns};
	measure_calls_of(m, "calls of 10 s", &opt);
	opt.span = opt.base = (struct pst_span_ns){0, 0};
	opt.least = 0;
	measure_calls_of(m, "calls, all", &opt);
}

static void measure_history(uint32_t threads)
{
	struct pst_model *m = make(threads);
	char text[64];
	double most = 0;

	now_ns = 0;
	define_stacks(m);
	for (unsigned i = 0; i < 300 * 100; i++) {
		tick(m, threads, 10 * MS);
		for (uint32_t t = 1; t <= threads; t++)
			sample(m, t, leaves[random_below(nleaves)]);
		double bytes = (double)pst_history_bytes(m->history);
		most = bytes > most ? bytes : most;
	}
	struct pst_span_ns span = pst_model_history(m);
	snprintf(text, sizeof text, "history bytes, %u threads", threads);
	say(text, most);
	snprintf(text, sizeof text, "history seconds, %u threads", threads);
	say(text, (double)(span.to_ns - span.from_ns) / 1e9);
	pst_model_free(m);
}

static double mean_depth(void)
{
	double sum = 0;

	for (uint32_t i = 0; i < nodes; i++)
		sum += stacks[i].depth;
	return sum / nodes;
}

/* What a recording needs, before anybody asks; then what the screen does. */
static void measure_nodes(void)
{
	struct pst_model *m = make(1);
	unsigned long before = memory_kb();
	clock_t begin = clock();

	pst_model_set_history(m, 0);
	define_stacks(m);
	say("define", ms_since(begin) * 1e6 / nodes);
	for (uint32_t i = 0; i < nleaves; i++) {
		tick(m, 1, 1000000000 / HZ);
		sample(m, 1, leaves[i]);
	}
	pst_model_settle(m);
	say("bytes per node, recording", (double)(memory_kb() - before) * 1024 / nodes);
	measure_ingest(m, "ingest, everywhere", nleaves);
	measure_ingest(m, "ingest, 1000 stacks", 1000);
	pst_model_roll(m);
	refresh(m, 9);
	say("bytes per node, screen", (double)(memory_kb() - before) * 1024 / nodes);
	say("nodes by function", (double)m->forests[0].at.len);
	pst_model_set_history(m, 32 << 20);
	measure_tables(m);
	measure_calls(m);
	pst_model_free(m);
}

int main(int argc, char **argv)
{
	nodes = argc > 2 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
	funcs = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
	if (nodes < 10000 || !funcs) {
		fprintf(stderr, "model NODES FUNCTIONS\n");
		return 2;
	}
	stacks = pst_calloc(nodes, sizeof *stacks);
	leaves = pst_calloc(nodes, sizeof *leaves);
	plan_stacks();
	say("leaves", nleaves);
	say("mean depth", mean_depth());
	measure_nodes();
	measure_history(1);
	measure_history(16);
	free(stacks);
	free(leaves);
	return 0;
}
