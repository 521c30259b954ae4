// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screen_fixture.h"
#include "unit.h"

/*
 * Keys, the mouse, sizes, records and time in any order: nothing breaks, every cell stays whole.
 * PST_FUZZ_SEED and PST_FUZZ_ROUNDS as in tests/fuzz.
 */

static unsigned random_state;

static unsigned any(unsigned below)
{
	random_state = random_state * 1664525U + 1013904223U;
	return (random_state >> 8) % below;
}

/* Mostly keys that mean something. */
static ui_key any_key(void)
{
	switch (any(8)) {
	case 0:
		return UI_KEY_SPECIAL + any(UI_KEY_END_OF_LIST - UI_KEY_SPECIAL + 3);
	case 1:
		return any(0x120000);
	case 2:
		return any(128);
	case 3:
		return (ui_key)('1' + any(5));
	default:
		return screen.keys.at[any((unsigned)screen.keys.len)].key;
	}
}

static void any_mouse(void)
{
	struct ui_mouse m = {(enum ui_mouse_kind)any(MOUSE_WHEEL_DOWN + 1),
			     (int)any((unsigned)screen.canvas.rows + 3) - 1,
			     (int)any((unsigned)screen.canvas.cols + 3) - 1};

	screen_mouse(&screen, &m);
}

static void any_answer(void)
{
	asked.exists = any(2);
	asked.fails = any(2);
	asked.exported = any(4) ? NULL : "written";
}

static void any_record(struct fixture_scene *scene)
{
	switch (any(8)) {
	case 0:
		pst_model_roll(fixture.model);
		screen_rolled(&screen);
		break;
	case 1:
		fixture_note(&fixture, "a note");
		break;
	case 2:
		fixture.now_ns += UINT64_C(1000000) * any(60000);
		break;
	case 3:
		fixture_stats(&fixture);
		break;
	default:
		for (unsigned i = any(20); i > 0; i--)
			fixture_scene_tick(&fixture, scene, any(1000));
	}
}

static void event(struct fixture_scene *scene)
{
	static const int rows[] = {1, 4, 5, 8, 12, 24, 40, 100},
			 cols[] = {1, 19, 20, 40, 80, 160, 300};

	switch (any(24)) {
	case 0:
		screen_resize(&screen, (int)any(60), (int)any(200));
		break;
	case 1:
		screen_resize(&screen, rows[any(8)], cols[any(7)]);
		break;
	case 2:
	case 3:
	case 4:
		any_record(scene);
		break;
	case 5:
		screen.now_ns += any(2000000000);
		screen.header.now_unix = any(2000000000);
		break;
	case 6:
		screen.canvas.ascii = any(2);
		screen.canvas.colors = (enum canvas_colors)any(3);
		any_answer();
		break;
	case 7:
	case 8:
	case 9:
	case 10:
		any_mouse();
		break;
	default:
		screen_key(&screen, any_key());
	}
}

static unsigned from_environment(const char *name, unsigned other)
{
	const char *text = getenv(name);

	return text && *text ? (unsigned)strtoul(text, NULL, 10) : other;
}

static void test_events(void **state)
{
	unsigned rounds = from_environment("PST_FUZZ_ROUNDS", 10000);
	(void)state;
	random_state = from_environment("PST_FUZZ_SEED", 12345);
	for (unsigned n = 0; n < rounds; n++) {
		event(&fixture.scene);
		if (n == rounds - rounds / 10)
			fixture_end(&fixture, PST_FAULT);
		show();
		free(screen.clip);
		screen.clip = NULL;
		if (n % 16 == 0)
			check_cells();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_events, screen_fixture_setup,
						screen_fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
