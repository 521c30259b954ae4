// SPDX-License-Identifier: MIT
#include "config.h"

/*
 * ui_drive run FUNCTIONS NODES RATE DELAY
 * ui_drive redraw FUNCTIONS NODES RATE
 *
 * The screen on a process that is made up: so many functions, so many nodes in the tree of stacks,
 * so many looks a second; nine of ten see one of a thousand stacks.  "run" shows it on the
 * terminal, as bench/ui wants it.  "redraw" needs none: for panes and sizes it says how long
 * fetching from the model and drawing took, in microseconds of CPU time (median and longest of 30),
 * a second of looks before each.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/i18n.h"
#include "model/model.h"
#include "plat/plat.h"
#include "ui/screen.h"
#include "ui/ui.h"

enum { HOT = 1000, DEPTH_MAX = 40, THREADS = 8 };

static struct {
	struct pst_model *model;
	uint32_t functions, nodes;
	double rate;
	uint64_t now_ns;
	unsigned random;
	uint8_t *depths;
} d;

static uint32_t any(uint32_t below)
{
	d.random = d.random * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)d.random * below >> 32);
}

static struct pst_rec head(enum pst_rec_type type, size_t size, unsigned flags)
{
	return (struct pst_rec){(uint32_t)size, (uint16_t)type, (uint16_t)flags};
}

static uint32_t add_string(const char *text)
{
	static uint32_t ids;
	union {
		struct pst_rec_string r;
		char bytes[sizeof(struct pst_rec_string) + 64];
	} u = {.r = {.id = ++ids, .len = (uint32_t)strlen(text)}};

	memcpy(u.bytes + sizeof u.r, text, u.r.len);
	u.r.head = head(PST_REC_STRING, (sizeof u.r + u.r.len + 7) / 8 * 8, 0);
	pst_model_ingest(d.model, &u.r.head);
	return ids;
}

static void add_functions(void)
{
	char text[48];

	for (uint32_t i = 1; i <= d.functions; i++) {
		struct pst_rec_func f = {
			.head = head(PST_REC_FUNC, sizeof f, 0), .id = i, .first_line = 10};
		struct pst_rec_frame r = {
			.head = head(PST_REC_FRAME, sizeof r, 0), .id = i, .func = i, .line = 12};

		snprintf(text, sizeof text, "Class%u.method_%u", i % 97, i);
		f.name = f.qualname = add_string(text);
		snprintf(text, sizeof text, "package%u/module_%u.py", i % 13, i % 400);
		f.file = f.short_file = add_string(text);
		pst_model_ingest(d.model, &f.head);
		pst_model_ingest(d.model, &r.head);
	}
}

static void add_nodes(void)
{
	for (uint32_t i = 1; i <= d.nodes; i++) {
		struct pst_rec_stack s = {.head = head(PST_REC_STACK, sizeof s, 0), .id = i};

		s.parent = i > THREADS ? 1 + any(i - 1) : 0;
		if (s.parent && d.depths[s.parent - 1] >= DEPTH_MAX)
			s.parent = 1 + any(THREADS);
		s.depth = s.parent ? d.depths[s.parent - 1] + 1u : 1;
		d.depths[i - 1] = (uint8_t)s.depth;
		s.frame = 1 + any(d.functions);
		pst_model_ingest(d.model, &s.head);
	}
}

static void add_process(void)
{
	struct pst_rec_process p = {
		.head = head(PST_REC_PROCESS, sizeof p, 0), .id = 1, .pid = 4711};

	p.cmdline = add_string("python3 made_up.py");
	p.version = add_string("3.13.1");
	pst_model_ingest(d.model, &p.head);
	for (uint32_t i = 1; i <= THREADS; i++) {
		struct pst_rec_thread t = {.head = head(PST_REC_THREAD, sizeof t, 0),
					   .id = i,
					   .process = 1,
					   .tid = 4710 + i,
					   .is_main = i == 1};

		t.name = add_string("worker");
		pst_model_ingest(d.model, &t.head);
	}
}

static void look(void)
{
	struct pst_rec_tick t = {.head = head(PST_REC_TICK, sizeof t, 0),
				 .time_ns = d.now_ns,
				 .period_ns = (uint64_t)(1e9 / d.rate),
				 .process = 1,
				 .threads = THREADS,
				 .samples = 1};
	struct pst_rec_sample s = {.head = head(PST_REC_SAMPLE, sizeof s, PST_SAMPLE_GIL),
				   .thread = 1 + any(THREADS)};

	s.stack = 1 + (any(10) ? any(HOT) * (d.nodes / HOT) : any(d.nodes));
	pst_model_ingest(d.model, &t.head);
	pst_model_ingest(d.model, &s.head);
}

/* Looks that were due until now. */
static bool pump(void *ctx, struct pst_model *m)
{
	uint64_t now = pst_now_ns(), period = (uint64_t)(1e9 / d.rate);

	(void)ctx;
	(void)m;
	while (d.now_ns + period <= now) {
		d.now_ns += period;
		look();
	}
	return true;
}

static bool begin(char **argv)
{
	d.functions = (uint32_t)strtoul(argv[2], NULL, 10);
	d.nodes = (uint32_t)strtoul(argv[3], NULL, 10);
	d.rate = strtod(argv[4], NULL);
	if (!d.functions || d.nodes < HOT || !(d.rate >= 1 && d.rate <= 1e6))
		return false;
	d.depths = calloc(d.nodes, 1);
	d.model = pst_model_new();
	d.random = 1;
	add_functions();
	add_nodes();
	add_process();
	free(d.depths);
	d.now_ns = pst_now_ns();
	/* All nodes are seen once, so that the tree is as large as was asked for. */
	for (uint32_t i = 0; i < d.nodes; i += 7) {
		d.now_ns += 1000;
		look();
	}
	return true;
}

static int run(double delay)
{
	const struct pst_ui_hooks hooks = {.pump = pump};
	const struct pst_ui_options opt = {.rate = d.rate, .delay = delay};
	struct pst_why why = {.err = PST_OK};
	int signal = 0;

	d.now_ns = pst_now_ns();
	if (pst_ui_run(d.model, &hooks, &opt, &signal, &why) != PST_OK) {
		fprintf(stderr, "%s\n", why.what);
		return 1;
	}
	return 0;
}

/* ---- redraw ---- */

enum { ROUNDS = 30 };

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void a_second(struct screen *s)
{
	for (int i = 0; i < d.rate; i++) {
		d.now_ns += (uint64_t)(1e9 / d.rate);
		look();
	}
	pst_model_roll(d.model);
	screen_rolled(s);
}

static void measure(struct screen *s, const char *name, int rows, int cols)
{
	double fetch[ROUNDS], draw[ROUNDS];

	screen_resize(s, rows, cols);
	for (int i = 0; i < ROUNDS; i++) {
		clock_t a, b, c;

		a_second(s);
		a = clock();
		screen_update(s);
		b = clock();
		screen_draw(s);
		c = clock();
		fetch[i] = (double)(b - a) * 1e6 / CLOCKS_PER_SEC;
		draw[i] = (double)(c - b) * 1e6 / CLOCKS_PER_SEC;
	}
	qsort(fetch, ROUNDS, sizeof *fetch, compare);
	qsort(draw, ROUNDS, sizeof *draw, compare);
	printf("%s %d %d %.0f %.0f %.0f %.0f\n", name, rows, cols, fetch[ROUNDS / 2],
	       fetch[ROUNDS - 1], draw[ROUNDS / 2], draw[ROUNDS - 1]);
	fflush(stdout);
}

static int redraw(void)
{
	static const struct {
		const char *name, *keys;
	} panes[] = {{"functions", "1"},
		     {"threads", "2"},
		     {"stack", "3"},
		     {"flame", "4"},
		     {"callers", "5"}};
	static const int sizes[][2] = {{24, 80}, {60, 150}, {100, 300}};
	static const struct pst_ui_hooks none = {.ctx = NULL};
	const struct pst_ui_options opt = {.rate = d.rate};
	static struct screen s;

	screen_init(&s, d.model, &none, &opt);
	s.view.thread = s.view.func = 1;
	for (size_t i = 0; i < sizeof panes / sizeof *panes; i++) {
		screen_key(&s, (ui_key)*panes[i].keys);
		for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
			measure(&s, panes[i].name, sizes[k][0], sizes[k][1]);
	}
	screen_release(&s);
	return 0;
}

int main(int argc, char **argv)
{
	int status = 2;

	pst_i18n_init();
	if (argc >= 5 && begin(argv)) {
		if (argc == 6 && strcmp(argv[1], "run") == 0)
			status = run(strtod(argv[5], NULL));
		else if (argc == 5 && strcmp(argv[1], "redraw") == 0)
			status = redraw();
		pst_model_free(d.model);
	}
	if (status == 2)
		fprintf(stderr,
			"usage: %s run FUNCTIONS NODES RATE DELAY | redraw FUNCTIONS NODES RATE\n",
			argv[0]);
	return status;
}
