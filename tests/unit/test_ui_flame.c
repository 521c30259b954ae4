// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "golden.h"
#include "two_panes.h"
#include "tree_fixture.h"
#include "ui/find.h"
#include "unit.h"

/*
 * Golden screens of the panes that show call trees: tests/screens/NAME.txt.  PST_SCREENS_WRITE=1
 * writes them anew; look at them then.
 */

struct golden {
	const char *name;
	int rows, cols;
	const char *keys;   /* pressed one after the other, with a draw after each */
	const char *search; /* NULL: none */
	enum { PLAIN = 0, ASCII = 1, MONO = 2, DIFF = 4 } kind;
};

static const struct golden cases[] = {
	{"flame-80x24", 24, 80, "4", NULL, PLAIN},
	{"flame-40x12", 12, 40, "4", NULL, PLAIN},
	{"flame-200x60", 60, 200, "4", NULL, PLAIN},
	{"flame-20x5", 5, 20, "4", NULL, PLAIN},
	{"flame-zoomed-80x24", 24, 80, "4 g Down Down Down Right Enter Down Down", NULL, PLAIN},
	{"flame-zoomed-40x12", 12, 40, "4 g Down Down Down Right Enter Down Down Enter", NULL,
	 PLAIN},
	{"flame-flipped-80x24", 24, 80, "4 f Up Up Up", NULL, PLAIN},
	{"flame-inverted-80x24", 24, 80, "4 v Down Down", NULL, PLAIN},
	{"flame-lines-80x24", 24, 80, "4 u", NULL, PLAIN},
	{"flame-thinner-80x24", 24, 80, "4 , ,", NULL, PLAIN},
	{"flame-thicker-80x24", 24, 80, "4 . . . .", NULL, PLAIN},
	{"flame-search-80x24", 24, 80, "4", "basket", PLAIN},
	{"flame-diff-80x24", 24, 80, "4 g Down Down", NULL, DIFF},
	{"flame-diff-mono-80x24", 24, 80, "4 g Down Down", NULL, DIFF | MONO},
	{"flame-ascii-80x24", 24, 80, "4", "basket", ASCII},
	{"flame-mono-80x24", 24, 80, "4 g Down Down", NULL, MONO},
	{"flame-deep-40x12", 12, 40, "4 g Down Right Down Down Down Right End", NULL, PLAIN},
	{"calls-80x24", 24, 80, "5", NULL, PLAIN},
	{"calls-40x12", 12, 40, "5", NULL, PLAIN},
	{"calls-200x60", 60, 200, "5", NULL, PLAIN},
	{"calls-20x5", 5, 20, "5", NULL, PLAIN},
	{"calls-open-80x24", 24, 80, "5 Right Right Down Right", NULL, PLAIN},
	{"calls-turned-80x24", 24, 80, "5 v c", NULL, PLAIN},
	{"calls-recursive-80x24", 24, 80, "4 g Down Right Down Down Down c", NULL, PLAIN},
	{"calls-recursive-200x60", 60, 200, "4 g Down Right Down Down Down c c Right Right", NULL,
	 PLAIN},
	{"calls-entered-80x24", 24, 80, "5 Enter", NULL, PLAIN},
	{"calls-back-80x24", 24, 80, "5 Enter Down Esc", NULL, PLAIN},
	{"calls-lines-80x24", 24, 80, "5 u", NULL, PLAIN},
	{"calls-search-80x24", 24, 80, "5 n", "step", PLAIN},
	{"calls-diff-80x24", 24, 80, "5", NULL, DIFF},
	{"calls-ascii-80x24", 24, 80, "5 Right", NULL, ASCII},
	{"calls-to-flame-80x24", 24, 80, "5 f", NULL, PLAIN},
};

static void test_golden(void **state)
{
	const struct golden *g = *state;
	struct ui_find *find = NULL;
	struct pst_buf seen = {0};
	struct pst_why why;
	struct fixture f;
	struct two_panes two;
	uint64_t middle;

	tree_fixture_init(&f);
	tree_fixture_run(&f, 1000, 0);
	middle = f.now_ns + 1;
	if (g->kind & DIFF)
		tree_fixture_run(&f, 1000, 1);
	pst_model_roll(f.model);
	two_init(&two, f.model);
	two.canvas.ascii = g->kind & ASCII;
	two.canvas.colors = g->kind & MONO ? CANVAS_NONE : CANVAS_MANY;
	if (g->kind & DIFF) {
		two.view.diff = true;
		two.view.base = (struct pst_span_ns){1, middle};
		two.view.span = (struct pst_span_ns){middle, f.now_ns + 1};
	}
	if (g->search)
		assert_int_equal(ui_find_new(&find, g->search, &why), PST_OK);
	two.view.search = find;
	canvas_resize(&two.canvas, g->rows, g->cols);
	two_press(&two, g->keys);
	golden_print(&seen, &two.canvas);
	golden_compare(g->name, &seen);
	two_free(&two);
	ui_find_free(find);
	fixture_free(&f);
	pst_buf_free(&seen);
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
