// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "tree_fixture.h"
#include "two_panes.h"
#include "ui/find.h"
#include "ui/flame.h"
#include "unit.h"

/* What keys, mouse, time and strangers do to the panes that show call trees. */

struct scene {
	struct fixture f;
	struct two_panes two;
};

static void begin(struct scene *s, int rows, int cols)
{
	tree_fixture_init(&s->f);
	tree_fixture_run(&s->f, 1000, 0);
	pst_model_roll(s->f.model);
	two_init(&s->two, s->f.model);
	canvas_resize(&s->two.canvas, rows, cols);
	two_settle(&s->two, UI_UPDATE);
}

static void end(struct scene *s)
{
	two_free(&s->two);
	fixture_free(&s->f);
}

static void run(struct scene *s, unsigned ticks, unsigned kind)
{
	tree_fixture_run(&s->f, ticks, kind);
	pst_model_roll(s->f.model);
	s->two.view.windows++;
	two_settle(&s->two, UI_UPDATE);
}

static const char *line_of(const struct canvas *c, int row)
{
	static struct pst_buf text;

	pst_buf_clear(&text);
	for (int col = 0; col < c->cols; col++)
		pst_buf_adds(&text, c->at[row * c->stride + col].text);
	return pst_buf_text(&text);
}

static void assert_line(const struct scene *s, int row, const char *part)
{
	const char *line = line_of(&s->two.canvas, row < 0 ? s->two.canvas.rows + row : row);

	if (!strstr(line, part))
		fail_msg("\"%s\" is not in \"%s\"", part, line);
}

static struct flame *flame_of(const struct scene *s)
{
	return s->two.flame.state;
}

static void test_zoom_and_back(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, 24, 80);
	two_press(&s.two, "Down Right Enter");
	assert_line(&s, 0, "all › <module>");
	two_press(&s.two, "Down Down Down Enter");
	assert_line(&s, 0, "Server.run › Server.handle › ");
	two_press(&s.two, "Backspace");
	assert_line(&s, 0, "all › <module> ");
	two_press(&s.two, "Esc");
	assert_false(strstr(line_of(&s.two.canvas, 0), "›"));
	assert_int_equal(s.two.backs, 0);
	two_press(&s.two, "Esc");
	assert_int_equal(s.two.backs, 1);
	/* Into one above the zoom: out as far as that. */
	two_press(&s.two, "g Down Right Down Enter Down Enter Up Up Enter");
	assert_line(&s, 0, "all › <module> ");
	assert_false(strstr(line_of(&s.two.canvas, 0), "Server"));
	two_press(&s.two, "Esc");
	assert_false(strstr(line_of(&s.two.canvas, 0), "›"));
	end(&s);
}

/* The path of functions is what stays, while places and widths change. */
static void test_stays_in_place(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, 24, 80);
	two_press(&s.two, "g Down Down Down");
	assert_line(&s, -2, "Basket.total  shop");
	two_press(&s.two, "Enter Down");
	assert_line(&s, -2, "Basket.rebate");
	assert_line(&s, -1, "24.4%");
	for (int i = 0; i < 5; i++)
		run(&s, 500, 1);
	assert_line(&s, 0, "Worker.loop › Worker.step › Basket.total");
	assert_line(&s, -2, "Basket.rebate");
	assert_false(strstr(line_of(&s.two.canvas, -1 + 24), "24.4%"));
	/* Gone after a reset, and there again when it runs again. */
	pst_model_reset(s.f.model);
	s.two.view.windows++;
	two_settle(&s.two, UI_UPDATE);
	assert_line(&s, 1, "Waiting for the first sample");
	run(&s, 300, 0);
	assert_line(&s, 0, "Worker.step › Basket.total");
	assert_line(&s, -2, "Basket.rebate");
	/* By line and back again. */
	two_press(&s.two, "u");
	assert_line(&s, -2, "Basket.rebate:34");
	two_press(&s.two, "u");
	assert_line(&s, -2, "Basket.rebate ");
	end(&s);
}

static void click(struct scene *s, enum ui_mouse_kind kind, int row, int col)
{
	struct ui_mouse m = {kind, row, col};

	two_settle(&s->two, s->two.active->ops->mouse(s->two.active, &m));
}

static void test_mouse(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, 16, 80);
	click(&s, MOUSE_CLICK, 4, 60);
	assert_line(&s, -2, "Server.handle");
	click(&s, MOUSE_CLICK, 5, 39); /* nothing there */
	assert_line(&s, -2, "Server.handle");
	click(&s, MOUSE_DOUBLE, 3, 60);
	assert_line(&s, 0, "all › <module> › Server.run");
	click(&s, MOUSE_CLICK, 0, 8);
	assert_line(&s, 0, "all › <module>  ");
	click(&s, MOUSE_CLICK, 0, 1);
	assert_false(strstr(line_of(&s.two.canvas, 0), "›"));
	/* The wheel goes past the cursor, which brings it back. */
	assert_line(&s, 1, "all 100.0%");
	click(&s, MOUSE_WHEEL_DOWN, 5, 5);
	assert_line(&s, 1, "Basket.total");
	click(&s, MOUSE_WHEEL_UP, 5, 5);
	click(&s, MOUSE_WHEEL_UP, 5, 5);
	assert_line(&s, 1, "all 100.0%");
	for (int i = 0; i < 100; i++)
		click(&s, MOUSE_WHEEL_DOWN, 5, 5);
	assert_line(&s, 13, "fib");
	two_press(&s.two, "g");
	assert_line(&s, 1, "all 100.0%");
	/* Upside down the same places are others. */
	two_press(&s.two, "f");
	click(&s, MOUSE_CLICK, 12, 2);
	assert_line(&s, -2, "Worker.loop");
	end(&s);
}

static void test_search(void **state)
{
	struct ui_find *find;
	struct pst_why why;
	struct scene s;

	(void)state;
	begin(&s, 24, 80);
	assert_int_equal(ui_find_new(&find, "basket.rebate", &why), PST_OK);
	s.two.view.search = find;
	two_settle(&s.two, s.two.flame.ops->search(&s.two.flame, 0));
	assert_line(&s, 0, "found 39.0%");
	assert_line(&s, -2, "Basket.rebate");
	assert_line(&s, -1, "24.4%");
	two_press(&s.two, "n");
	assert_line(&s, -1, "14.6%");
	two_press(&s.two, "n");
	assert_line(&s, -1, "24.4%");
	two_press(&s.two, "N");
	assert_line(&s, -1, "14.6%");
	ui_find_free(find);
	/* A stack with two matches counts once. */
	assert_int_equal(ui_find_new(&find, "basket|handle", &why), PST_OK);
	s.two.view.search = find;
	two_settle(&s.two, UI_UPDATE);
	assert_line(&s, 0, "found 71.1%");
	ui_find_free(find);
	assert_int_equal(ui_find_new(&find, "nobody", &why), PST_OK);
	s.two.view.search = find;
	assert_int_equal(s.two.flame.ops->search(&s.two.flame, 1), UI_NONE);
	ui_find_free(find);
	/* There, but too narrow. */
	assert_int_equal(ui_find_new(&find, "tiny", &why), PST_OK);
	s.two.view.search = find;
	assert_int_not_equal(s.two.flame.ops->search(&s.two.flame, 1), UI_NONE);
	assert_non_null(strstr(s.two.view.said, "not in sight"));
	s.two.view.search = NULL;
	ui_find_free(find);
	end(&s);
}

/* From another pane: what is too narrow to be seen at first is zoomed into. */
static void test_around(void **state)
{
	struct scene s;
	struct pst_func_info info;

	(void)state;
	begin(&s, 24, 80);
	for (uint32_t func = 1; func <= pst_model_func_count(s.f.model); func++) {
		pst_model_func(s.f.model, func, &info);
		s.two.view.func = func;
		s.two.view.around = true;
		two_settle(&s.two, UI_UPDATE);
		assert_false(s.two.view.around);
		assert_int_equal(flame_func_of(flame_of(&s), flame_of(&s)->box), func);
		assert_line(&s, -2, info.name);
	}
	end(&s);
}

static void test_one_thread(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, 24, 80);
	assert_line(&s, 2, "<module>");
	s.two.view.thread = 2;
	two_press(&s.two, "t");
	assert_line(&s, 0, "thread worker-1");
	assert_line(&s, 2, "Worker.loop 100.0%");
	assert_false(strstr(line_of(&s.two.canvas, 2), "<module>"));
	two_press(&s.two, "t");
	assert_line(&s, 2, "<module>");
	end(&s);
}

static void test_calls_focus(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, 24, 80);
	two_press(&s.two, "g Down Down Down c");
	assert_line(&s, 0, "Basket.total");
	assert_line(&s, 3, "Worker.step");
	two_press(&s.two, "c Enter"); /* its callee */
	assert_line(&s, 0, "Basket.rebate");
	two_press(&s.two, "c Enter");
	assert_line(&s, 0, "Basket.total");
	two_press(&s.two, "Right Esc Esc");
	assert_line(&s, 0, "Basket.total");
	assert_int_equal(s.two.backs, 0);
	two_press(&s.two, "Esc");
	assert_int_equal(s.two.backs, 1);
	two_press(&s.two, "f");
	assert_ptr_equal(s.two.active, &s.two.flame);
	assert_line(&s, -2, "Worker.step"); /* the row, not the focus */
	end(&s);
}

static void test_calls_mouse(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, 24, 80);
	two_press(&s.two, "g Down Down Down c"); /* Basket.total: two callers, two callees */
	click(&s, MOUSE_CLICK, 3, 15);
	assert_line(&s, 4, "Worker.loop");
	click(&s, MOUSE_CLICK, 3, 15);
	assert_line(&s, 4, "Server.handle");
	click(&s, MOUSE_CLICK, 4, 30); /* the name: only chosen */
	assert_line(&s, 5, "   ");
	click(&s, MOUSE_DOUBLE, 14, 30); /* a callee becomes the focus */
	assert_line(&s, 0, "Basket.rebate");
	click(&s, MOUSE_WHEEL_DOWN, 5, 5);
	assert_line(&s, 3, "Basket.total");
	click(&s, MOUSE_CLICK, 23, 79);
	click(&s, MOUSE_CLICK, 0, 0);
	assert_line(&s, 0, "Basket.rebate");
	end(&s);
}

/* ---- anything ---- */

static uint32_t seed = 20;

static uint32_t any(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static void any_key(struct scene *s)
{
	static const char keys[] = "v f t , . u c 4 5 n N g G h j k l Up Down Left Right PgUp PgDn "
				   "Home End Enter Enter Esc Backspace Tab y";
	const char *key = keys;
	size_t n;

	for (uint32_t skip = any(33); skip; skip--)
		key += strcspn(key, " ") + (key[strcspn(key, " ")] == ' ');
	n = strcspn(key, " ");
	two_key(&s->two, n ? key_parse(key, n) : 'v');
}

static void any_view(struct scene *s)
{
	struct ui_view *v = &s->two.view;

	switch (any(8)) {
	case 0:
		v->diff = !v->diff;
		break;
	case 1:
		v->span.to_ns = v->span.to_ns ? 0 : 5000000000u;
		v->span.from_ns = v->span.to_ns ? 1500000000u : 0;
		break;
	case 2:
		v->base = (struct pst_span_ns){1000000000u, 1000000000u + any(9) * 1000000000u};
		break;
	case 3:
		v->filter.my_code = !v->filter.my_code;
		break;
	case 4:
		v->filter.gil_only = !v->filter.gil_only;
		break;
	case 5:
		v->func = any(20);
		v->around = any(2);
		break;
	case 6:
		v->thread = any(6);
		break;
	default:
		s->two.canvas.ascii = any(2);
		s->two.canvas.colors = (enum canvas_colors)any(3);
	}
	v->counted++;
	two_settle(&s->two, UI_UPDATE);
}

static void any_time(struct scene *s)
{
	if (any(40) == 0)
		pst_model_reset(s->f.model);
	run(s, any(30), any(2));
}

/* All that a cell may hold: a cluster of its width, or the right half of one. */
static void check_canvas(const struct canvas *c)
{
	for (int row = 0; row < c->rows; row++) {
		for (int col = 0; col < c->cols; col++) {
			const struct canvas_cell *cell = &c->at[row * c->stride + col];

			assert_true(cell->style < ST_COUNT);
			assert_true(cell->cells ? *cell->text : col > 0);
			assert_false(strchr(cell->text, 27));
		}
	}
}

static void test_any_events(void **state)
{
	const char *rounds = getenv("PST_FUZZ_ROUNDS");
	long events = rounds ? atol(rounds) : 10000;
	struct ui_find *find;
	struct pst_buf copy = {0};
	struct pst_why why;
	struct scene s;

	(void)state;
	begin(&s, 24, 80);
	assert_int_equal(ui_find_new(&find, "a", &why), PST_OK);
	for (long i = 0; i < events; i++) {
		uint32_t what = any(100);

		if (what < 70)
			any_key(&s);
		else if (what < 85)
			click(&s, (enum ui_mouse_kind)any(6), (int)any(70) - 5, (int)any(220) - 10);
		else if (what < 90)
			any_view(&s);
		else if (what < 94)
			any_time(&s);
		else if (what < 96)
			s.two.view.search = any(2) ? find : NULL;
		else
			canvas_resize(&s.two.canvas, (int)any(60), (int)any(210));
		two_settle(&s.two, UI_DRAW);
		s.two.active->ops->copy(s.two.active, &copy);
		check_canvas(&s.two.canvas);
	}
	pst_buf_free(&copy);
	end(&s);
	ui_find_free(find);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zoom_and_back), cmocka_unit_test(test_stays_in_place),
		cmocka_unit_test(test_mouse),	      cmocka_unit_test(test_search),
		cmocka_unit_test(test_around),	      cmocka_unit_test(test_one_thread),
		cmocka_unit_test(test_calls_focus),   cmocka_unit_test(test_calls_mouse),
		cmocka_unit_test(test_any_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
