// SPDX-License-Identifier: MIT
#include "config.h"

/*
 * Samples a process whose legal calls are known and counts what it cannot have done.
 *
 *	truth_tool PID SECONDS RATE coscheduled|paused|free EDGES [idle]
 *
 * EDGES: a file of lines "CALLER CALLEE" (names of functions).  A function that stands there as a
 * callee may be called by its callers alone; "- NAME": NAME may be the root of a stack, and no
 *other. Says its figures as one line of JSON.  SECONDS begin with the first tick, and end when there
 * are some stacks: a busy machine gives the sampler a CPU when it likes.
 */

#include "plat/plat.h"
#include "ring/ring.h"
#include "sampler/sampler.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

#define NAME_MAX_LEN 64
#define EDGES_MAX    256
#define STACKS_LEAST 20
#define PATIENCE_NS  UINT64_C(30000000000) /* for these, besides SECONDS */

struct name {
	char text[NAME_MAX_LEN];
};

struct node {
	uint32_t parent, func, depth;
	bool impossible;
};

struct truth {
	struct name edges[EDGES_MAX][2];
	size_t edge_count;
	bool roots; /* there are edges that say which */
	PST_VEC(struct name) strings;
	PST_VEC(uint32_t) func_name, frame_func;
	PST_VEC(struct node) nodes;
	PST_VEC(uint64_t) leaf; /* samples by function */
	uint64_t ticks, rejected, stacks, impossible, unproved, broken, depth;
	struct pst_rec_stats first, last;
	uint64_t begin_ns; /* of the first tick; 0: none yet */
	bool ended;
};

/* Element ID of a vector that grows as needed. */
#define AT(vec, id)                                                                                \
	(*({                                                                                       \
		while ((vec)->len <= (id))                                                         \
			(void)PST_VEC_PUSH(vec);                                                   \
		&(vec)->at[id];                                                                    \
	}))

static void fail(const char *what)
{
	fprintf(stderr, "truth_tool: %s\n", what);
	exit(2);
}

static void read_edges(struct truth *t, const char *path)
{
	FILE *f = fopen(path, "r");
	char caller[NAME_MAX_LEN], callee[NAME_MAX_LEN];

	if (!f)
		fail("EDGES cannot be read");
	while (t->edge_count < EDGES_MAX && fscanf(f, "%63s %63s", caller, callee) == 2) {
		snprintf(t->edges[t->edge_count][0].text, NAME_MAX_LEN, "%s", caller);
		snprintf(t->edges[t->edge_count++][1].text, NAME_MAX_LEN, "%s", callee);
		t->roots |= !strcmp(caller, "-");
	}
	fclose(f);
}

static const char *name_of(struct truth *t, uint32_t func)
{
	return AT(&t->strings, AT(&t->func_name, func)).text;
}

static bool is_legal(struct truth *t, const char *caller, const char *callee)
{
	bool root = !strcmp(caller, "-"), listed = root && t->roots;

	for (size_t i = 0; i < t->edge_count; i++) {
		if (strcmp(t->edges[i][1].text, callee) != 0)
			continue;
		if (!strcmp(t->edges[i][0].text, caller))
			return true;
		listed = true;
	}
	return !listed;
}

static void add_node(struct truth *t, const struct pst_rec_stack *r)
{
	uint32_t func = AT(&t->frame_func, r->frame);
	struct node n = {r->parent, func, r->depth, false};
	const char *caller = r->parent ? name_of(t, AT(&t->nodes, r->parent).func) : "-";
	char callee[NAME_MAX_LEN];

	snprintf(callee, sizeof callee, "%s", name_of(t, func));
	n.impossible = !is_legal(t, caller, callee);
	if (n.impossible && getenv("TRUTH_VERBOSE"))
		fprintf(stderr, "impossible: %s -> %s at depth %u\n", caller, callee, r->depth);
	if (r->parent)
		n.impossible |= AT(&t->nodes, r->parent).impossible;
	AT(&t->nodes, r->id) = n;
}

static void add_string(struct truth *t, const struct pst_rec_string *r)
{
	snprintf(AT(&t->strings, r->id).text, NAME_MAX_LEN, "%.*s", (int)r->len,
		 (const char *)(r + 1));
}

static void add_sample(struct truth *t, const struct pst_rec_sample *r)
{
	t->broken += (r->head.flags & PST_SAMPLE_BROKEN) != 0;
	if (!r->stack)
		return;
	const struct node *n = &AT(&t->nodes, r->stack);
	t->stacks++;
	t->depth += n->depth;
	t->impossible += n->impossible;
	t->unproved += (r->head.flags & PST_SAMPLE_UNPROVED) != 0;
	AT(&t->leaf, n->func)++;
}

static void take(struct truth *t, const union pst_record *r)
{
	switch (r->head.type) {
	case PST_REC_STRING:
		add_string(t, &r->string);
		break;
	case PST_REC_FUNC:
		AT(&t->func_name, r->func.id) = r->func.name;
		break;
	case PST_REC_FRAME:
		AT(&t->frame_func, r->frame.id) = r->frame.func;
		break;
	case PST_REC_STACK:
		add_node(t, &r->stack);
		break;
	case PST_REC_TICK:
		if (!t->begin_ns)
			t->begin_ns = pst_now_ns();
		t->ticks += !r->tick.err;
		t->rejected += r->tick.err != 0;
		break;
	case PST_REC_SAMPLE:
		add_sample(t, &r->sample);
		break;
	case PST_REC_STATS:
		if (!t->first.time_ns)
			t->first = r->stats;
		t->last = r->stats;
		break;
	case PST_REC_NOTE:
		fprintf(stderr, "note: %.*s\n", (int)r->note.len, (const char *)(&r->note + 1));
		break;
	case PST_REC_END:
		t->ended = true;
		break;
	default:
		break;
	}
}

static void drain(struct truth *t, struct pst_ring *ring)
{
	const struct pst_rec *rec;
	size_t n = 0;

	while ((rec = pst_ring_next(ring))) {
		take(t, (const union pst_record *)(const void *)rec);
		if (++n % 256 == 0)
			pst_ring_release(ring);
	}
	pst_ring_release(ring);
}

static bool is_over(const struct truth *t, uint64_t start_ns, double seconds)
{
	uint64_t now = pst_now_ns(), length = (uint64_t)(seconds * 1e9);

	if (now >= start_ns + length + PATIENCE_NS)
		return true;
	return t->begin_ns && now >= t->begin_ns + length && t->stacks >= STACKS_LEAST;
}

static double per(uint64_t a, uint64_t b)
{
	return b ? (double)a / (double)b : 0;
}

static void say(struct truth *t)
{
	uint64_t ticks = t->last.ticks - t->first.ticks;
	double seconds = (double)(t->last.time_ns - t->first.time_ns) / 1e9;
	bool first = true;

	printf("{\"ticks\": %llu, \"rejected\": %llu, \"late\": %llu, \"dropped\": %llu, "
	       "\"stacks\": %llu, \"impossible\": %llu, \"unproved\": %llu, \"broken\": %llu, ",
	       (unsigned long long)t->ticks, (unsigned long long)t->rejected,
	       (unsigned long long)t->last.late, (unsigned long long)t->last.dropped,
	       (unsigned long long)t->stacks, (unsigned long long)t->impossible,
	       (unsigned long long)t->unproved, (unsigned long long)t->broken);
	printf("\"depth\": %.1f, \"rate\": %.0f, \"reads_per_tick\": %.3f, "
	       "\"cpu_us_per_tick\": %.2f, \"leaf\": {",
	       per(t->depth, t->stacks), seconds > 0 ? (double)ticks / seconds : 0,
	       per(t->last.reads - t->first.reads, ticks),
	       per(t->last.cpu_ns - t->first.cpu_ns, ticks) / 1e3);
	for (uint32_t i = 0; i < t->leaf.len; i++) {
		if (!t->leaf.at[i])
			continue;
		printf("%s\"%s\": %llu", first ? "" : ", ", name_of(t, i),
		       (unsigned long long)t->leaf.at[i]);
		first = false;
	}
	puts("}}");
}

static enum pst_sampling mode_of(const char *name)
{
	if (!strcmp(name, "paused"))
		return PST_SAMPLING_PAUSED;
	return strcmp(name, "free") ? PST_SAMPLING_COSCHEDULED : PST_SAMPLING_FREE;
}

int main(int argc, char **argv)
{
	static struct truth t;
	struct pst_why why = {0};
	struct pst_sampler *s;

	if (argc < 6)
		fail("usage: truth_tool PID SECONDS RATE MODE EDGES [idle]");
	read_edges(&t, argv[5]);
	struct pst_ring *ring = pst_ring_new(16u << 20, NULL);
	const struct pst_sampler_options opt = {.pid = (pid_t)atoi(argv[1]),
						.rate = atof(argv[3]),
						.sampling = mode_of(argv[4]),
						.fallback = PST_SAMPLING_PAUSED,
						.idle = argc > 6,
						.attach_timeout_ns = UINT64_C(5000000000)};
	if (!ring || pst_sampler_start(&opt, ring, &s, &why))
		fail(why.what);
	uint64_t start = pst_now_ns();
	while (!t.ended && !is_over(&t, start, atof(argv[2]))) {
		drain(&t, ring);
		pst_sleep_until_ns(pst_now_ns() + 10000000);
	}
	pst_sampler_stop(s);
	drain(&t, ring);
	say(&t);
	pst_ring_free(ring);
	PST_VEC_FREE(&t.strings);
	PST_VEC_FREE(&t.func_name);
	PST_VEC_FREE(&t.frame_func);
	PST_VEC_FREE(&t.nodes);
	PST_VEC_FREE(&t.leaf);
	return 0;
}
