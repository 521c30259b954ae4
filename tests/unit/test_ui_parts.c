// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/i18n.h"
#include "screen_fixture.h"
#include "unit.h"

/* Going about, search and filter, time, saving, the mouse. */

#define SECOND UINT64_C(1000000000)

/* ---- going about ---- */

static void test_tab_goes_round(void **state)
{
	(void)state;
	for (int i = 1; i <= PANE_TABS; i++) {
		press("Tab");
		assert_int_equal(screen.active, i % PANE_TABS);
	}
	press("BackTab");
	assert_int_equal(screen.active, PANE_CALLS);
}

static void test_back_goes_the_way_one_came(void **state)
{
	(void)state;
	press("2 4 M");
	assert_int_equal(screen.active, PANE_MESSAGES);
	press("Esc");
	assert_int_equal(screen.active, PANE_FLAME);
	press("M M"); /* the same key leaves */
	assert_int_equal(screen.active, PANE_FLAME);
	screen_command(&screen, UI_CMD_BACK);
	while (screen.active != PANE_FUNCTIONS && screen.back_len)
		screen_command(&screen, UI_CMD_BACK);
	assert_int_equal(screen.active, PANE_FUNCTIONS);
	press("Esc Esc Backspace");
	assert_int_equal(screen.active, PANE_FUNCTIONS);
	for (int i = 0; i < 3 * SCREEN_BACK_MAX; i++)
		press(i % 2 ? "1" : "2");
	assert_int_equal(screen.back_len, SCREEN_BACK_MAX);
}

static void test_from_a_function_to_the_others(void **state)
{
	uint32_t func;

	(void)state;
	press("j Enter");
	assert_int_equal(screen.active, PANE_CALLS);
	func = screen.view.func;
	assert_true(func);
	press("Esc");
	assert_int_equal(screen.active, PANE_FUNCTIONS);
	press("f");
	assert_int_equal(screen.active, PANE_FLAME);
	assert_int_equal(screen.view.func, func);
	press("1 t");
	assert_int_equal(screen.active, PANE_THREADS);
	assert_int_equal(screen.view.func, func);
}

static void test_two_panes_on_a_wide_screen(void **state)
{
	(void)state;
	resize(60, 200);
	assert_true(screen.parts.split > 0);
	assert_true(screen.shown[PANE_FUNCTIONS] && screen.shown[PANE_FLAME]);
	press("|");
	assert_true(screen.shown[PANE_STACK] && !screen.shown[PANE_FLAME]);
	press("|");
	assert_int_equal(screen.parts.split, 0);
	press("| 4");
	assert_true(screen.shown[PANE_FUNCTIONS] && screen.shown[PANE_FLAME]);
	assert_int_equal(screen.active, PANE_FLAME);
	mouse(MOUSE_CLICK, screen.parts.top + 1, 5);
	assert_int_equal(screen.active, PANE_FUNCTIONS);
	mouse(MOUSE_CLICK, screen.parts.top + 1, 180);
	assert_int_equal(screen.active, PANE_FLAME);
	press("5");
	assert_int_equal(screen.parts.split, 0);
	press("1");
	resize(24, 80);
	press("|");
	assert_true(shows("need 160 columns", ST_MESSAGE));
}

/* ---- search and filter ---- */

static void test_search_goes_along_with_typing(void **state)
{
	(void)state;
	press("/");
	type("sor");
	assert_true(shows("sort_all", ST_SELECT));
	type("q"); /* nothing: stays */
	assert_true(shows("sort_all", ST_SELECT));
	assert_true(screen.prompt.open);
	press("Esc");
	assert_null(screen.view.search);
	press("/");
	type("server");
	press("Enter");
	assert_non_null(strstr(row_text(screen.parts.tabs), "search /server/"));
	assert_true(shows("Server.handle", ST_SELECT));
	press("n");
	assert_true(shows("Server.run", ST_SELECT));
	press("n");
	assert_true(shows("Server.handle", ST_SELECT));
	press("N");
	assert_true(shows("Server.run", ST_SELECT));
	press("/ Enter"); /* empty: no search any more */
	assert_null(screen.view.search);
	press("n");
	assert_true(shows("Nothing is searched", ST_MESSAGE));
}

static void test_search_says_what_is_wrong(void **state)
{
	(void)state;
	press("/");
	type("zzz");
	press("Enter");
	assert_true(shows("Nothing here matches \"zzz\"", ST_MESSAGE));
	press("/");
	type("a(b");
	press("Enter");
	assert_true(shows("no regular expression", ST_MESSAGE));
	press("?");
	press("Esc");
	press("F2 /");
	assert_true(shows("nothing to search", ST_MESSAGE));
}

static void test_filter_counts_only_such_stacks(void **state)
{
	(void)state;
	press("\\");
	type("^fib$");
	press("Enter");
	assert_true(find_row("fib ", NULL) >= 0);
	assert_true(find_row("Server.run", NULL) >= 0); /* is on those stacks */
	assert_true(find_row("Basket.total", NULL) < 0);
	assert_non_null(strstr(row_text(screen.parts.tabs), "filter /^fib$/ "));
	press("4");
	assert_non_null(strstr(row_text(screen.parts.tabs), "filter /^fib$/ "));
	press("1 \\ C-u");
	type("no such name");
	press("Enter");
	assert_true(shows("No stack matches the filter", ST_DIM));
	press("\\ C-u Enter");
	assert_true(find_row("Basket.total", NULL) >= 0);
	assert_null(screen.view.only);
}

static void test_keys_belong_to_the_prompt(void **state)
{
	(void)state;
	press("\\");
	assert_false(press("q") & UI_QUIT);
	assert_string_equal(screen.prompt.line.text, "q");
	press("C-c");
	assert_false(screen.prompt.open);
	assert_true(press("q") & UI_QUIT);
}

/* ---- what a pane may ask ---- */

static char answered[64];

static enum ui_effect answer(struct pane *p, const char *text)
{
	snprintf(answered, sizeof answered, "%s", text);
	return ui_say(p->view, "heard %s", text);
}

static enum ui_effect asking(struct pane *p, enum ui_cmd cmd)
{
	struct ui_ask *a = &p->view->ask;

	if (cmd == UI_CMD_ENTER) {
		*a = (struct ui_ask){.title = "Name", .text = "first", .done = answer};
		return UI_ASK;
	}
	if (cmd == UI_CMD_RIGHT) {
		*a = (struct ui_ask){
			.title = "Sure?", .text = "it", .confirm = true, .done = answer};
		return UI_ASK;
	}
	if (cmd == UI_CMD_LEFT) {
		p->view->clip = "for the clipboard";
		return UI_DRAW;
	}
	return UI_NONE;
}

static enum ui_effect takes_keys(struct pane *p, uint32_t key)
{
	return key == 'z' ? ui_say(p->view, "z was typed") : UI_NONE;
}

static void test_a_pane_asks(void **state)
{
	struct pane_ops ops = *screen.panes[PANE_MESSAGES].ops;

	(void)state;
	ops.command = asking;
	ops.key = takes_keys;
	screen.panes[PANE_MESSAGES].ops = &ops;
	press("M Enter");
	assert_true(shows("Name: ", ST_PROMPT));
	press("2 Enter");
	assert_string_equal(answered, "first2");
	assert_true(shows("heard first2", ST_MESSAGE));
	press("Right x n");
	assert_string_equal(answered, "first2");
	press("Right y");
	assert_string_equal(answered, "it");
	press("Left");
	assert_string_equal(screen.clip, "for the clipboard");
	press("z");
	assert_true(shows("z was typed", ST_MESSAGE));
	screen.panes[PANE_MESSAGES].ops = &pane_messages;
}

/* ---- time ---- */

static void more_windows(unsigned n)
{
	while (n--) {
		for (unsigned i = 0; i < 100; i++)
			fixture_scene_tick(&fixture, &fixture.scene, n * 7 + i);
		pst_model_roll(fixture.model);
		screen_rolled(&screen);
		show();
	}
}

static void test_a_span_is_marked(void **state)
{
	struct pst_span_ns span;

	(void)state;
	more_windows(20);
	press("{ { { {");
	assert_true(screen.strip.cursor_ns > 0);
	press("[ } } ]");
	span = screen.view.span;
	assert_true(span.to_ns - span.from_ns == 3 * screen.strip.step_ns);
	assert_non_null(strstr(row_text(screen.parts.tabs), "of time"));
	press("L");
	assert_int_equal(screen.view.span.to_ns, 0);
	press("] ");
	assert_true(screen.view.span.to_ns > 0);
	press("L } }");
	assert_int_equal(screen.strip.cursor_ns, 0);
}

static void test_a_span_by_the_mouse(void **state)
{
	int row, col = 79;

	(void)state;
	more_windows(20);
	row = screen.parts.strip;
	mouse(MOUSE_CLICK, row, col - 6);
	assert_int_equal(screen.view.span.to_ns, 0);
	mouse(MOUSE_DRAG, row, col - 4);
	mouse(MOUSE_DRAG, row - 3, col - 2); /* off the strip: it stays with it */
	mouse(MOUSE_RELEASE, row, col - 2);
	assert_true(screen.view.span.to_ns - screen.view.span.from_ns == 5 * screen.strip.step_ns);
	mouse(MOUSE_CLICK, row, col - 6);
	mouse(MOUSE_RELEASE, row, col - 6);
	assert_true(screen.strip.cursor_ns > 0);
	assert_int_equal(screen.strip.drag_ns, 0);
}

static void test_difference(void **state)
{
	(void)state;
	more_windows(20);
	press("D");
	assert_true(shows("A difference needs two spans", ST_MESSAGE));
	press("{ { { { { { [ } } ] A L { { [ } ] B D");
	assert_true(screen.view.diff);
	assert_true(screen.view.base.to_ns <= screen.view.span.from_ns);
	assert_non_null(strstr(row_text(screen.parts.tabs), "B less A"));
	press("D");
	assert_false(screen.view.diff);
	assert_int_equal(screen.view.span.to_ns, 0);
}

static void test_window_moves_along(void **state)
{
	uint64_t from;

	(void)state;
	more_windows(15);
	press("w");
	from = screen.view.span.from_ns;
	assert_int_equal(screen.view.span.to_ns - from, 10 * SECOND + 1);
	more_windows(2);
	assert_true(screen.view.span.from_ns == from + 2 * SECOND);
	press("w w w");
	assert_int_equal(screen.view.span.to_ns, 0);
}

/* 2 s and 3 windows of one: percentages of 5 s, whatever the history holds. */
static void test_window_of_all(void **state)
{
	const struct pst_table_query q = {.whole = true};
	struct pst_table t = {0};

	(void)state;
	more_windows(3);
	pst_model_query(fixture.model, &q, &t);
	assert_true(t.len > 5 && t.at[0].own_seconds > 1);
	for (size_t i = 0; i < t.len; i++) {
		assert_float_equal(t.at[i].own_percent, t.at[i].own_seconds * 20, 0.001);
		assert_float_equal(t.at[i].total_percent, t.at[i].total_seconds * 20, 0.001);
	}
	pst_table_free(&t);
	press("w w w");
	assert_non_null(strstr(row_text(screen.parts.tabs), "all of the time"));
}

static void test_nothing_known_of_time(void **state)
{
	struct fixture empty;
	struct screen s;

	(void)state;
	fixture_init(&empty);
	screen_init(&s, empty.model, &screen_hooks, &screen_fixture_options);
	screen_resize(&s, 24, 80);
	screen_update(&s);
	for (const char *k = "{}[]ABDL"; *k; k++) {
		screen_key(&s, (ui_key)*k);
		screen_update(&s);
		screen_draw(&s);
		assert_int_equal(s.view.span.to_ns, 0);
	}
	screen_release(&s);
	fixture_free(&empty);
}

static void test_trend(void **state)
{
	struct fixture_sample one = {.flags = PST_SAMPLE_GIL};

	(void)state;
	one.thread = fixture.scene.threads[0];
	for (int w = 0; w < 2; w++) {
		one.stack = fixture.scene.stacks[w];
		for (int i = 0; i < 100; i++)
			fixture_tick(&fixture, 4, &one, 1);
		pst_model_roll(fixture.model);
		screen_rolled(&screen);
		show();
	}
	assert_true(shows("▲", ST_GREW) || shows("▲", ST_SELECT));
	assert_true(shows("▼", ST_SHRANK));
	press("u");
	assert_false(shows("▼", ST_SHRANK));
}

/* ---- what is counted ---- */

static void test_units(void **state)
{
	static const char *const said[] = {"by line", "by file", "by module", "by function"};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		press("u");
		assert_true(shows(said[i], ST_DIM));
	}
}

static void test_tags_are_a_filter(void **state)
{
	(void)state;
	ui_tag(&screen.view, 2, true);
	show();
	assert_true(shows("tagged threads only", ST_WARM));
	assert_true(ui_tagged(&screen.view, 2) && !ui_tagged(&screen.view, 1));
	assert_int_equal(screen.view.filter.nthreads, 2);
	ui_tag(&screen.view, 2, false);
	assert_null(screen.view.filter.threads);
	assert_int_equal(ui_tag(&screen.view, 0xffffffff, true), UI_NONE);
}

/* ---- saving ---- */

static void test_save_asks_for_a_name(void **state)
{
	(void)state;
	screen.header.now_unix = 1000000;
	press("s");
	assert_string_equal(screen.prompt.line.text, "pyspy-12345-functions-19700112-134640.svg");
	press("Enter");
	assert_int_equal(asked.exports, 1);
	assert_string_equal(asked.format, "svg");
	assert_string_equal(asked.path, "pyspy-12345-functions-19700112-134640.svg");
	assert_false(asked.replace);
	assert_non_null(strstr(asked.text, "Basket.total"));
	assert_true(shows("Writing pyspy-12345", ST_MESSAGE));
	asked.exported = "Wrote it.";
	show();
	assert_true(shows("Wrote it.", ST_MESSAGE));
}

static void test_save_never_overwrites_unasked(void **state)
{
	(void)state;
	asked.exists = true;
	press("s Enter");
	assert_true(screen.prompt.open && screen.prompt.confirm);
	press("x n");
	assert_int_equal(asked.exports, 1);
	press("s Enter y");
	assert_int_equal(asked.exports, 3);
	assert_true(asked.replace);
	asked.fails = true;
	press("s Enter y");
	assert_true(shows("the disk is full", ST_MESSAGE));
	press("s C-u Enter");
	assert_true(shows("there is no name", ST_MESSAGE));
}

static void test_menu_of_formats(void **state)
{
	(void)state;
	press("S");
	assert_true(screen.menu.open);
	assert_true(find_row("3 raw", NULL) > 0);
	press("End Enter");
	assert_non_null(strstr(screen.prompt.line.text, ".txt"));
	press("Enter");
	assert_string_equal(asked.format, "raw");
	press("S Esc");
	assert_false(screen.menu.open);
	press("S 1");
	assert_non_null(strstr(screen.prompt.line.text, ".json"));
}

static void test_without_hooks_all_is_refused(void **state)
{
	static const struct pst_ui_hooks none = {.ctx = NULL};
	struct screen s;

	(void)state;
	screen_init(&s, fixture.model, &none, &screen_fixture_options);
	screen_resize(&s, 24, 80);
	for (const char *k = "sS+-yioeFM P"; *k; k++) {
		screen_key(&s, (ui_key)*k);
		screen_update(&s);
		screen_draw(&s);
	}
	assert_true(s.log.len >= 4);
	screen_release(&s);
}

static void test_copy(void **state)
{
	(void)state;
	press("j y");
	assert_string_equal(screen.clip, "Basket.total (shop/model/basket.py:12)");
	press("F2 y");
	assert_true(shows("nothing to copy", ST_MESSAGE));
}

/* ---- the mouse ---- */

static void test_rows_and_headings(void **state)
{
	int top = screen.parts.top, col;

	(void)state;
	mouse(MOUSE_CLICK, top + 2, 50);
	assert_true(shows("Basket.total", ST_SELECT));
	mouse(MOUSE_WHEEL_DOWN, top + 2, 50);
	assert_false(shows("Basket.total", ST_SELECT));
	find_row("%Total", &col);
	mouse(MOUSE_CLICK, top, col + 2);
	assert_int_equal(screen.view.table.sort, PST_SORT_TOTAL_PERCENT);
	assert_false(screen.view.table.ascending);
	mouse(MOUSE_CLICK, top, col + 2);
	assert_true(screen.view.table.ascending);
	mouse(MOUSE_CLICK, top, 75);
	assert_int_equal(screen.view.table.sort, PST_SORT_NAME);
	mouse(MOUSE_CLICK, top + 1, 50);
	mouse(MOUSE_DOUBLE, top + 1, 50);
	assert_int_equal(screen.active, PANE_CALLS);
}

static void test_bar_and_menu_by_mouse(void **state)
{
	int col, row;

	(void)state;
	find_row("F8", &col);
	mouse(MOUSE_CLICK, screen.parts.bar, col);
	assert_true(screen.view.filter.idle);
	mouse(MOUSE_RELEASE, screen.parts.bar, col);
	assert_true(screen.view.filter.idle);
	press("S");
	row = find_row("2 svg", &col);
	mouse(MOUSE_CLICK, row, 40);
	assert_true(screen.prompt.open);
	mouse(MOUSE_CLICK, screen.parts.bar, col); /* a question waits */
	assert_true(screen.prompt.open);
}

static void test_message_is_clicked_away(void **state)
{
	(void)state;
	press("x");
	mouse(MOUSE_CLICK, screen.parts.message, 3);
	assert_false(shows("has no meaning", ST_MESSAGE));
	press("M");
	assert_true(find_row("has no meaning", NULL) >= 0);
}

/* ---- no process ---- */

static void test_nothing_is_watched(void **state)
{
	const struct pst_ui_options pick = {.rate = 100, .pick = true};
	struct fixture empty;
	struct screen s;

	(void)state;
	fixture_init(&empty);
	screen_init(&s, empty.model, &screen_hooks, &pick);
	screen_resize(&s, 24, 80);
	assert_int_equal(s.active, PANE_PICKER);
	screen_command(&s, UI_CMD_SHOW_FLAME);
	screen_update(&s);
	screen_draw(&s);
	assert_int_equal(s.active, PANE_PICKER);
	screen_release(&s);
	fixture_free(&empty);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, screen_fixture_setup, screen_fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_tab_goes_round),
		CASE(test_back_goes_the_way_one_came),
		CASE(test_from_a_function_to_the_others),
		CASE(test_two_panes_on_a_wide_screen),
		CASE(test_search_goes_along_with_typing),
		CASE(test_search_says_what_is_wrong),
		CASE(test_filter_counts_only_such_stacks),
		CASE(test_keys_belong_to_the_prompt),
		CASE(test_a_pane_asks),
		CASE(test_a_span_is_marked),
		CASE(test_a_span_by_the_mouse),
		CASE(test_difference),
		CASE(test_window_moves_along),
		CASE(test_window_of_all),
		CASE(test_nothing_known_of_time),
		CASE(test_trend),
		CASE(test_units),
		CASE(test_tags_are_a_filter),
		CASE(test_save_asks_for_a_name),
		CASE(test_save_never_overwrites_unasked),
		CASE(test_menu_of_formats),
		CASE(test_without_hooks_all_is_refused),
		CASE(test_copy),
		CASE(test_rows_and_headings),
		CASE(test_bar_and_menu_by_mouse),
		CASE(test_message_is_clicked_away),
		CASE(test_nothing_is_watched),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
