// SPDX-License-Identifier: MIT
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "ui/screen.h"
#include "golden.h"
#include "ui_fixture.h"
#include "unit.h"

/*
 * Golden screens: the whole screen on a made-up process, with a frozen clock, against
 * tests/screens/NAME.txt: the text, then a letter for the style of each cell.  PST_SCREENS_WRITE=1
 * writes them anew.
 */

struct golden {
	const char *name;
	int rows, cols;
	const char *keys; /* pressed one after the other, with a draw after each */
	enum {
		RUNS,
		ENDS,
		EMPTY,
		IS_ASCII,
		UNPROVED,
		COSCHEDULED,
		BOUNDED,
		HELD,
		OTHERWISE,
		CUT,
		TITLED,
		TRENDS,
		LOADED
	} kind;
};

static const struct golden cases[] = {
	{"top-80x24", 24, 80, "", RUNS},
	{"top-40x12", 12, 40, "", RUNS},
	{"top-20x5", 5, 20, "", RUNS},
	{"top-200x60", 60, 200, "", RUNS},
	{"top-60x16", 16, 60, "", RUNS},
	{"too-small-19x5", 5, 19, "", RUNS},
	{"too-small-20x4", 4, 20, "", RUNS},
	{"lines-80x24", 24, 80, "u", RUNS},
	{"lines-20x5", 5, 20, "u", RUNS},
	{"last-row-80x24", 24, 80, "G", RUNS},
	{"scrolled-40x12", 12, 40, "PgDn j j", RUNS},
	{"by-name-80x24", 24, 80, "<", RUNS},
	{"by-total-reversed-80x24", 24, 80, "> > > > I", RUNS},
	{"idle-normalised-80x24", 24, 80, "i %", RUNS},
	{"gil-only-80x24", 24, 80, "F9", RUNS},
	{"paused-80x24", 24, 80, "Space", RUNS},
	{"unknown-key-80x24", 24, 80, "x", RUNS},
	{"help-80x24", 24, 80, "?", RUNS},
	{"help-end-80x24", 24, 80, "? End", RUNS},
	{"help-20x5", 5, 20, "? PgDn", RUNS},
	{"help-left-80x24", 24, 80, "? Esc", RUNS},
	{"ended-80x24", 24, 80, "", ENDS},
	{"ended-20x5", 5, 20, "", ENDS},
	{"empty-80x24", 24, 80, "", EMPTY},
	{"ascii-80x24", 24, 80, "", IS_ASCII},
	{"unproved-80x24", 24, 80, "", UNPROVED},
	{"coscheduled-80x24", 24, 80, "", COSCHEDULED},
	{"bounded-80x24", 24, 80, "", BOUNDED},
	{"bounded-40x12", 12, 40, "", BOUNDED},
	{"held-80x24", 24, 80, "", HELD},
	{"otherwise-80x24", 24, 80, "", OTHERWISE},
	{"cut-80x24", 24, 80, "", CUT},
	{"title-80x24", 24, 80, "", TITLED},
	{"title-40x12", 12, 40, "", TITLED},
	{"alone-200x60", 60, 200, "| |", RUNS},
	{"alone-300x100", 100, 300, "| |", LOADED},
	{"files-80x24", 24, 80, "u u", RUNS},
	{"modules-80x24", 24, 80, "u u u m", RUNS},
	{"trends-80x24", 24, 80, "", TRENDS},
	{"trends-40x12", 12, 40, "", TRENDS},
	{"loaded-80x24", 24, 80, "", LOADED},
	{"loaded-40x12", 12, 40, "", LOADED},
	{"searching-80x24", 24, 80, "/ s e r v", RUNS},
	{"searched-80x24", 24, 80, "/ s e r v Enter n", RUNS},
	{"searched-40x12", 12, 40, "/ s e r v Enter", RUNS},
	{"filtered-80x24", 24, 80, "\\ f i b Enter", RUNS},
	{"filtered-40x12", 12, 40, "\\ f i b Enter", RUNS},
	{"filter-wrong-80x24", 24, 80, "\\ ( Enter", RUNS},
	{"filter-none-80x24", 24, 80, "\\ z z Enter", RUNS},
	{"span-80x24", 24, 80, "{ { { { [ } } ] {", TRENDS},
	{"span-40x12", 12, 40, "{ { { { [ } } ]", TRENDS},
	{"difference-80x24", 24, 80, "{ { { { [ ] A L { [ ] B D", TRENDS},
	{"window-80x24", 24, 80, "w", TRENDS},
	{"window-all-80x24", 24, 80, "w w w", TRENDS},
	{"menu-80x24", 24, 80, "S Down", RUNS},
	{"menu-40x12", 12, 40, "S", RUNS},
	{"menu-20x5", 5, 20, "S Down Down", RUNS},
	{"save-80x24", 24, 80, "s", RUNS},
	{"save-40x12", 12, 40, "s", RUNS},
	{"replace-80x24", 24, 80, "s Enter", RUNS},
	{"messages-80x24", 24, 80, "X + + s Enter n M", RUNS},
	{"messages-40x12", 12, 40, "X + + s Enter n M", RUNS},
	{"messages-200x60", 60, 200, "X + + s Enter n M", RUNS},
	{"setup-80x24", 24, 80, "F2 Down Enter", RUNS},
	{"setup-40x12", 12, 40, "F2 Down", RUNS},
	{"setup-200x60", 60, 200, "F2 PgDn", RUNS},
	{"setup-keys-80x24", 24, 80, "F2 End Up Enter", RUNS},
	{"help-of-flame-80x24", 24, 80, "4 ?", RUNS},
	{"help-40x12", 12, 40, "?", RUNS},
	{"help-200x60", 60, 200, "?", RUNS},
};

static void press(struct screen *s, const char *keys)
{
	while (*keys) {
		size_t n = strcspn(keys, " ");

		screen_key(s, key_parse(keys, n));
		screen_update(s);
		screen_draw(s);
		keys += n + strspn(keys + n, " ");
	}
}

static const char *status(void *ctx)
{
	return ctx;
}

static bool export(void *ctx, const struct pst_ui_export *r, struct pst_why *why)
{
	(void)ctx;
	if (r->replace)
		return true;
	pst_why_set(why, PST_EXISTS, 0, "it is there");
	return false;
}

static const char *format(void *ctx, size_t i, const char **help, const char **ending)
{
	static const char *const names[] = {"svg", "speedscope", "raw", "json", "markdown"};
	static const char *const helps[] = {"flame graph for a browser", "for speedscope.app",
					    "folded stacks", "all figures",
					    "the screen, for a ticket"};
	static const char *const endings[] = {".svg", ".json", ".txt", ".json", ".md"};

	(void)ctx;
	if (i >= sizeof names / sizeof *names)
		return NULL;
	*help = helps[i];
	*ending = endings[i];
	return names[i];
}

static const char *config_path(void *ctx)
{
	(void)ctx;
	return "~/.config/pyspy-tui/config";
}

/* Seconds of the process, each another one, so that figures rise and fall. */
static void more_windows(struct fixture *f, struct screen *s)
{
	for (unsigned w = 0; w < 12; w++) {
		for (unsigned i = 0; i < 100; i++)
			fixture_scene_tick(f, &f->scene, i * (w % 3 + 1) + w);
		pst_model_roll(f->model);
		screen_rolled(s);
		screen_update(s);
	}
}

static void usage(struct fixture *f, uint64_t cpu_ns)
{
	struct pst_rec_usage r = {.head = {.size = sizeof r, .type = PST_REC_USAGE},
				  .time_ns = f->now_ns,
				  .cpu_ns = cpu_ns,
				  .rss_bytes = UINT64_C(123456789),
				  .process = 1};

	pst_model_ingest(f->model, &r.head);
}

/* A process of which CPU and memory are known as well. */
static void more_load(struct fixture *f, struct screen *s)
{
	for (unsigned i = 0; i < 3000; i++) {
		fixture_scene_tick(f, &f->scene, i + i / 300 * i % 7);
		if (i % 20 == 0)
			usage(f, i * UINT64_C(10000000) + i / 250 % 4 * UINT64_C(60000000));
	}
	pst_model_roll(f->model);
	screen_rolled(s);
}

/* The sampler's figures of the cases that are about them. */
static void set_figures(struct fixture *f, struct pst_ui_options *opt, int kind)
{
	if (kind == COSCHEDULED || kind == BOUNDED)
		opt->sampling = "coscheduled";
	if (kind == BOUNDED) {
		f->stats.rate_asked = 10000;
		f->stats.rate_now = 450;
		f->stats.rate_achieved = 448.6;
		f->stats.overhead = 0.91;
		f->stats.overhead_max = 1;
		f->stats.gaps = 1;
		f->stats.gap_ns = 3200000000u;
		f->stats.pause_p50_ns = f->stats.pause_p99_ns = 0;
	}
	if (kind == OTHERWISE) {
		opt->sampling = "coscheduled";
		opt->fallback = "paused";
		f->stats.otherwise = f->stats.ticks;
	}
	if (kind == HELD) {
		opt->sampling = "paused";
		f->stats.rate_asked = INFINITY;
		f->stats.rate_achieved = 20613;
	}
	if (kind == CUT) {
		opt->sampling = "free";
		opt->unproved = true;
		f->stats.proved = 0;
		f->stats.cut = 42;
		f->stats.pause_p50_ns = f->stats.pause_p99_ns = 0;
	}
	if (kind != EMPTY)
		fixture_stats(f);
}

static void render(const struct golden *g, struct pst_buf *out)
{
	char ended[] = "exited with status 3";
	struct pst_ui_hooks hooks = {
		.ctx = ended, .export = export, .format = format, .config_path = config_path};
	struct pst_ui_options opt = {.rate = 100, .unproved = g->kind == UNPROVED};

	struct fixture f;
	struct screen s;

	if (g->kind == TITLED)
		opt.title = "its output goes to "
			    "/tmp/a/rather/long/path/of/a/directory/for/it/pyspy-tui-output-Xy12ab";
	if (g->kind == EMPTY)
		fixture_init(&f);
	else
		fixture_busy_process(&f);
	set_figures(&f, &opt, (int)g->kind);
	if (g->kind == ENDS) {
		fixture_end(&f, PST_GONE);
		hooks.child_status = status;
	}
	screen_init(&s, f.model, &hooks, &opt);
	s.now_ns = 1;
	s.header.now_unix = 1000000 + 3725;
	s.header.own_cpu_percent = 1.2;
	s.header.window = 2;
	s.canvas.ascii = g->kind == IS_ASCII;
	screen_resize(&s, g->rows, g->cols);
	screen_rolled(&s);
	if (g->kind == TRENDS)
		more_windows(&f, &s);
	if (g->kind == LOADED)
		more_load(&f, &s);
	screen_update(&s);
	screen_draw(&s);
	press(&s, g->keys);
	golden_print(out, &s.canvas);
	screen_release(&s);
	fixture_free(&f);
}

static void test_golden(void **state)
{
	const struct golden *g = *state;
	struct pst_buf seen = {0};

	render(g, &seen);
	golden_compare(g->name, &seen);
	pst_buf_free(&seen);
}

int main(void)
{
	enum { COUNT = sizeof cases / sizeof *cases };
	static struct CMUnitTest tests[COUNT];

	setenv("TZ", "UTC", 1);
	tzset();

	for (size_t i = 0; i < COUNT; i++) {
		union {
			const void *in;
			void *out;
		} drop_const = {.in = &cases[i]};

		tests[i] = (struct CMUnitTest){.name = cases[i].name,
					       .test_func = test_golden,
					       .initial_state = drop_const.out};
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
