// SPDX-License-Identifier: MIT
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/screen.h"
#include "ui_fixture.h"
#include "unit.h"

/* What keys do, and that no sequence of them, of sizes and of records breaks anything. */

struct asked {
	double rate;
	bool paused;
	unsigned pauses;
	bool idle, gil_only;
	unsigned gil_calls;
};

static struct asked asked;
static struct fixture fixture;
static struct screen screen;

static void set_rate(void *ctx, double rate)
{
	((struct asked *)ctx)->rate = rate;
}

static void set_paused(void *ctx, bool paused)
{
	((struct asked *)ctx)->paused = paused;
	((struct asked *)ctx)->pauses++;
}

static void set_idle(void *ctx, bool idle)
{
	((struct asked *)ctx)->idle = idle;
}

static void set_gil_only(void *ctx, bool gil_only)
{
	((struct asked *)ctx)->gil_only = gil_only;
	((struct asked *)ctx)->gil_calls++;
}

static const struct pst_ui_hooks hooks = {
	.ctx = &asked,
	.set_rate = set_rate,
	.set_paused = set_paused,
	.set_idle = set_idle,
	.set_gil_only = set_gil_only,
};
static const struct pst_ui_options options = {.rate = 100};

static int setup(void **state)
{
	(void)state;
	asked = (struct asked){.rate = 0};
	fixture_busy_process(&fixture);
	screen_init(&screen, fixture.model, &hooks, &options);
	screen_resize(&screen, 24, 80);
	screen_update(&screen);
	screen_draw(&screen);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	screen_release(&screen);
	fixture_free(&fixture);
	return 0;
}

static enum ui_effect press(const char *word)
{
	enum ui_effect effect = screen_key(&screen, key_parse(word, strlen(word)));

	screen_update(&screen);
	screen_draw(&screen);
	return effect;
}

/* Whether TEXT stands on the screen in cells of STYLE. */
static bool shows(const char *text, enum style style)
{
	char row_text[4096];

	for (int row = 0; row < screen.canvas.rows; row++) {
		size_t used = 0;

		row_text[0] = '\0';
		for (int col = 0; col < screen.canvas.cols; col++) {
			const struct canvas_cell *cell =
				&screen.canvas.at[row * screen.canvas.stride + col];

			if (cell->style != style)
				continue;
			used += (size_t)snprintf(row_text + used, sizeof row_text - used, "%s",
						 cell->text);
		}
		if (strstr(row_text, text))
			return true;
	}
	return false;
}

static void test_quit(void **state)
{
	(void)state;
	assert_true(press("q") & UI_QUIT);
	assert_true(press("F10") & UI_QUIT);
	assert_true(press("C-c") & UI_QUIT);
}

static void test_help_is_left_by_any_key_but_not_the_program(void **state)
{
	(void)state;
	press("?");
	assert_true(shows("Help", ST_TITLE));
	press("Down");
	assert_true(shows("Help", ST_TITLE));
	assert_false(press("q") & UI_QUIT);
	assert_false(shows("Help", ST_TITLE));
}

static void test_pause_asks_the_sampler(void **state)
{
	(void)state;
	press("Space");
	assert_true(asked.paused);
	assert_true(shows("PAUSED", ST_BANNER));
	press("p");
	assert_false(asked.paused);
	assert_false(shows("PAUSED", ST_BANNER));
}

static void test_nothing_to_pause_after_the_end(void **state)
{
	(void)state;
	fixture_end(&fixture, PST_GONE);
	screen_update(&screen);
	press("Space");
	assert_int_equal(asked.pauses, 0);
	assert_true(shows("process 12345 ended", ST_BANNER));
}

static void test_rate_goes_in_steps_and_stops_at_the_ends(void **state)
{
	(void)state;
	press("+");
	assert_true(asked.rate == 200);
	press("-");
	press("-");
	assert_true(asked.rate == 50);
	for (int i = 0; i < 30; i++)
		press("+");
	assert_true(isinf(asked.rate));
	assert_true(shows("As many samples as can be had", ST_MESSAGE));
	press("-");
	assert_true(asked.rate == 100000);
	for (int i = 0; i < 30; i++)
		press("-");
	assert_true(asked.rate == 1);
}

static void test_idle_is_asked_of_the_sampler(void **state)
{
	(void)state;
	press("i");
	assert_true(asked.idle);
	assert_true(shows("idle counted", ST_DIM));
	press("i");
	assert_false(asked.idle);
	assert_true(shows("without idle", ST_DIM));
}

static void test_gil_only_is_asked_of_the_sampler_only_to_end(void **state)
{
	(void)state;
	press("o");
	assert_int_equal(asked.gil_calls, 0);
	assert_true(shows("GIL only", ST_WARM));
	press("o");
	assert_int_equal(asked.gil_calls, 1);
	assert_false(asked.gil_only);
}

static void test_cursor_stays_with_its_row(void **state)
{
	(void)state;
	press("j");
	press("j");
	press("6"); /* by name: the row moves, the cursor with it */
	assert_true(shows("Server.handle", ST_SELECT) || shows("Server.run", ST_SELECT) ||
		    shows("Basket.total", ST_SELECT) || shows("<module>", ST_SELECT) ||
		    shows("parse_json", ST_SELECT));
	press("Home");
	assert_true(shows("<module>", ST_SELECT));
}

static void test_cursor_at_the_top_stays_there(void **state)
{
	(void)state;
	press("6");
	assert_true(shows("<module>", ST_SELECT));
	press("R");
	assert_false(shows("<module>", ST_SELECT));
}

static void test_reset_empties_the_table(void **state)
{
	(void)state;
	press("r");
	assert_false(shows("Basket.total", ST_SELECT) || shows("Basket.total", ST_NORMAL));
}

static void test_notes_come_one_after_the_other(void **state)
{
	(void)state;
	fixture_note(&fixture, "first note");
	fixture_note(&fixture, "second note");
	screen.now_ns = 5;
	screen_update(&screen);
	screen_draw(&screen);
	assert_true(shows("first note", ST_MESSAGE));
	press("j");
	assert_true(shows("second note", ST_MESSAGE));
	press("j");
	assert_false(shows("note", ST_MESSAGE));
}

static void test_message_goes_by_itself(void **state)
{
	(void)state;
	press("x");
	assert_true(shows("has no meaning", ST_MESSAGE));
	screen.now_ns += UINT64_C(20000000000);
	screen_update(&screen);
	screen_draw(&screen);
	assert_false(shows("has no meaning", ST_MESSAGE));
}

/* ---- anything at all ---- */

static unsigned random_state = 12345;

static unsigned any(unsigned below)
{
	random_state = random_state * 1664525U + 1013904223U;
	return (random_state >> 8) % below;
}

/* Every cell is one harmless cluster; wide ones have both halves. */
static void check_cells(void)
{
	const struct canvas *c = &screen.canvas;

	for (int row = 0; row < c->rows; row++) {
		for (int col = 0; col < c->cols; col++) {
			const struct canvas_cell *cell = &c->at[row * c->stride + col];

			assert_true(cell->style < ST_COUNT);
			assert_true(memchr(cell->text, '\0', sizeof cell->text) != NULL);
			assert_true(cell->cells == 0 ? !*cell->text
						     : (unsigned char)*cell->text >= ' ');
			assert_true(cell->cells != 2 || (col + 1 < c->cols && cell[1].cells == 0));
			assert_true(cell->cells != 0 || (col > 0 && cell[-1].cells == 2));
		}
	}
}

static ui_key any_key(void)
{
	switch (any(4)) {
	case 0:
		return UI_KEY_SPECIAL + any(UI_KEY_END_OF_LIST - UI_KEY_SPECIAL + 2);
	case 1:
		return any(0x120000);
	default:
		return any(128);
	}
}

static void test_ten_thousand_events(void **state)
{
	struct fixture_scene scene;

	(void)state;
	fixture_scene_init(&fixture, &scene);
	for (unsigned n = 0; n < 10000; n++) {
		switch (any(8)) {
		case 0:
			screen_resize(&screen, (int)any(40), (int)any(120));
			break;
		case 1:
			fixture_scene_tick(&fixture, &scene, any(1000));
			pst_model_roll(fixture.model);
			break;
		case 2:
			screen.now_ns += any(2000000000);
			screen.header.now_unix = any(2000000000);
			screen.canvas.ascii = any(2);
			break;
		default:
			screen_key(&screen, any_key());
		}
		if (n == 9000)
			fixture_end(&fixture, PST_FAULT);
		screen_update(&screen);
		screen_draw(&screen);
		if (n % 16 == 0)
			check_cells();
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_quit),
		CASE(test_help_is_left_by_any_key_but_not_the_program),
		CASE(test_pause_asks_the_sampler),
		CASE(test_nothing_to_pause_after_the_end),
		CASE(test_rate_goes_in_steps_and_stops_at_the_ends),
		CASE(test_idle_is_asked_of_the_sampler),
		CASE(test_gil_only_is_asked_of_the_sampler_only_to_end),
		CASE(test_cursor_stays_with_its_row),
		CASE(test_cursor_at_the_top_stays_there),
		CASE(test_reset_empties_the_table),
		CASE(test_notes_come_one_after_the_other),
		CASE(test_message_goes_by_itself),
		CASE(test_ten_thousand_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
