// SPDX-License-Identifier: MIT
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "ui/screen.h"
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
		TITLED
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
	{"lines-80x24", 24, 80, "l", RUNS},
	{"lines-20x5", 5, 20, "l", RUNS},
	{"last-row-80x24", 24, 80, "G", RUNS},
	{"scrolled-40x12", 12, 40, "PgDn j j", RUNS},
	{"by-name-80x24", 24, 80, "6", RUNS},
	{"by-total-reversed-80x24", 24, 80, "4 R", RUNS},
	{"idle-normalised-80x24", 24, 80, "i n", RUNS},
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
};

static void add_text(struct pst_buf *out, const struct canvas *c)
{
	for (int row = 0; row < c->rows; row++) {
		size_t end = out->len;

		for (int col = 0; col < c->cols; col++) {
			const struct canvas_cell *cell = &c->at[row * c->stride + col];

			pst_buf_adds(out, cell->text);
			if (cell->cells && strcmp(cell->text, " ") != 0)
				end = out->len;
		}
		pst_buf_cut(out, end);
		pst_buf_addc(out, '\n');
	}
}

static void add_styles(struct pst_buf *out, const struct canvas *c)
{
	for (int row = 0; row < c->rows; row++) {
		for (int col = 0; col < c->cols; col++)
			pst_buf_addc(out,
				     theme_entry((enum style)c->at[row * c->stride + col].style)
					     ->letter);
		pst_buf_addc(out, '\n');
	}
}

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
	struct pst_ui_hooks hooks = {.ctx = ended};
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
	screen_update(&s);
	screen_draw(&s);
	press(&s, g->keys);
	add_text(out, &s.canvas);
	pst_buf_adds(out, "--\n");
	add_styles(out, &s.canvas);
	screen_release(&s);
	fixture_free(&f);
}

static void read_all(const char *path, struct pst_buf *out)
{
	FILE *file = fopen(path, "rb");
	char chunk[4096];
	size_t n;

	if (!file)
		fail_msg("%s is missing: run with PST_SCREENS_WRITE=1 and look at it", path);
	while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
		pst_buf_add(out, chunk, n);
	fclose(file);
}

static void write_all(const char *path, const struct pst_buf *text)
{
	FILE *file = fopen(path, "wb");

	if (!file)
		fail_msg("%s cannot be written", path);
	assert_int_equal(fwrite(pst_buf_text(text), 1, text->len, file), text->len);
	assert_int_equal(fclose(file), 0);
}

static void test_golden(void **state)
{
	const struct golden *g = *state;
	struct pst_buf seen = {0}, expected = {0};
	char path[1024];

	snprintf(path, sizeof path, "%s/screens/%s.txt", PST_TESTS_DIR, g->name);
	render(g, &seen);
	if (getenv("PST_SCREENS_WRITE"))
		write_all(path, &seen);
	read_all(path, &expected);
	if (strcmp(pst_buf_text(&seen), pst_buf_text(&expected)) != 0)
		print_message("%s is now:\n%s", g->name, pst_buf_text(&seen));
	assert_string_equal(pst_buf_text(&seen), pst_buf_text(&expected));
	pst_buf_free(&seen);
	pst_buf_free(&expected);
}

int main(void)
{
	enum { COUNT = sizeof cases / sizeof *cases };
	static struct CMUnitTest tests[COUNT];

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
