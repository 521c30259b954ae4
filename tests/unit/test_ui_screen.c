// SPDX-License-Identifier: MIT
#include "config.h"

#include <math.h>

#include "screen_fixture.h"
#include "unit.h"

/* What keys do, whatever pane is shown. */

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
	press("<"); /* by name: the row moves, the cursor with it */
	assert_true(shows("Server.handle", ST_SELECT) || shows("Server.run", ST_SELECT) ||
		    shows("Basket.total", ST_SELECT) || shows("<module>", ST_SELECT) ||
		    shows("parse_json", ST_SELECT));
	press("Home");
	assert_true(shows("<module>", ST_SELECT));
}

static void test_cursor_at_the_top_stays_there(void **state)
{
	(void)state;
	press("<");
	assert_true(shows("<module>", ST_SELECT));
	press("I");
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
	assert_int_equal(screen.log.len, 2); /* both are kept already */
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

#define CASE(f) cmocka_unit_test_setup_teardown(f, screen_fixture_setup, screen_fixture_teardown)

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
