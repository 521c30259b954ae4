// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "screen_fixture.h"
#include "ui/screen_priv.h"
#include "unit.h"

/* Bound keys, the help of each pane, the manual page and the bar say the same. */

static void go_to(enum ui_pane_id pane)
{
	screen.view.from = pane;
	screen.active = pane;
}

/* A row of the help begins with the keys and goes on with what they do. */
static bool help_has(const char *keys, const char *help)
{
	char begin[KEYS_TEXT_MAX + 4];

	snprintf(begin, sizeof begin, "  %s ", keys);
	for (int row = 0; row < screen.canvas.rows; row++) {
		const char *line = row_text(row);

		if (strncmp(line, begin, strlen(begin)) == 0 && strstr(line, help))
			return true;
	}
	return false;
}

static void test_help_of_each_pane(void **state)
{
	char keys[KEYS_TEXT_MAX];

	(void)state;
	for (int p = 0; p < PANE_COUNT; p++) {
		resize(220, 240);
		go_to((enum ui_pane_id)p);
		screen_go(&screen, PANE_HELP, false);
		screen.view.from = (enum ui_pane_id)p;
		show();
		for (int i = UI_CMD_NONE + 1; i < UI_CMD_COUNT; i++) {
			const struct ui_command *c = ui_command((enum ui_cmd)i);

			keymap_text(&screen.keys, (enum ui_pane_id)p, (enum ui_cmd)i, keys);
			assert_int_equal(c->where >> p & 1, *keys != '\0');
			if (*keys && !help_has(keys, _(c->help)))
				fail_msg("the help of pane %d lacks %s", p, c->word);
		}
	}
}

static void test_bar_of_each_pane(void **state)
{
	char key[KEY_TEXT_MAX];

	(void)state;
	for (int p = 0; p < PANE_TABS; p++) {
		unsigned seen = 0;

		resize(24, 300);
		screen_go(&screen, (enum ui_pane_id)p, false);
		show();
		for (int col = 0; col < 300; col++) {
			enum ui_cmd cmd = bar_hit(&screen, col);

			if (cmd == UI_CMD_NONE)
				continue;
			seen++;
			key_text(key, keymap_key(&screen.keys, screen.active, cmd));
			assert_true(*key);
			assert_non_null(strstr(row_text(23), key));
			assert_non_null(strstr(row_text(23), _(ui_command(cmd)->bar)));
			assert_int_equal(keymap_find(&screen.keys, screen.active,
						     keymap_key(&screen.keys, screen.active, cmd)),
					 cmd);
		}
		assert_true(seen > 20);
	}
}

/* What is clicked in the bar is what the key does. */
static void test_what_is_drawn_is_what_is_hit(void **state)
{
	int col;

	(void)state;
	resize(24, 300);
	for (int i = UI_CMD_NONE + 1; i < UI_CMD_COUNT; i++) {
		const struct ui_command *c = ui_command((enum ui_cmd)i);
		char text[64], key[KEY_TEXT_MAX];
		ui_key k = keymap_key(&screen.keys, screen.active, (enum ui_cmd)i);

		if (!*c->bar || !k)
			continue;
		snprintf(text, sizeof text, "%s%s%s", key_text(key, k),
			 k >= UI_KEY_F1 && k <= UI_KEY_F12 ? "" : " ", _(c->bar));
		if (find_row(text, &col) != 23)
			fail_msg("the bar lacks %s", text);
		assert_int_equal(bar_hit(&screen, col), i);
		assert_int_equal(bar_hit(&screen, col + (int)strlen(text) - 1), i);
	}
}

static void test_manual_page(void **state)
{
	struct pst_buf text = {0}, line = {0}, where = {0};
	char keys[KEYS_TEXT_MAX];

	(void)state;
	pst_ui_key_help(&text);
	for (int i = UI_CMD_NONE + 1; i < UI_CMD_COUNT; i++) {
		const struct ui_command *c = ui_command((enum ui_cmd)i);

		pst_buf_clear(&line);
		pst_buf_clear(&where);
		prefs_where_text(c->where, &where);
		pst_buf_addf(&line, "%s\t%s\t%s%s%s\n", keys_text(keys, c->keys), c->word,
			     c->where == UI_IN_ALL ? "" : pst_buf_text(&where),
			     c->where == UI_IN_ALL ? "" : ": ", c->help);
		assert_non_null(strstr(pst_buf_text(&text), pst_buf_text(&line)));
	}
	pst_buf_free(&text);
	pst_buf_free(&line);
	pst_buf_free(&where);
}

/* Tabs by key and by mouse are the same. */
static void test_tabs(void **state)
{
	static const char *const keys[] = {"1", "2", "3", "4", "5"};
	int col, row;

	(void)state;
	for (int p = 0; p < PANE_TABS; p++) {
		press("1");
		press(keys[p]);
		assert_int_equal(screen.active, p);
		press("1");
		row = find_row(keys[p], &col);
		row = screen.parts.tabs;
		while (col < 80 &&
		       tabs_hit(&screen, col) != (enum ui_cmd)(UI_CMD_SHOW_FUNCTIONS + p))
			col++;
		mouse(MOUSE_CLICK, row, col);
		assert_int_equal(screen.active, p);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, screen_fixture_setup, screen_fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_help_of_each_pane),
		CASE(test_bar_of_each_pane),
		CASE(test_what_is_drawn_is_what_is_hit),
		CASE(test_manual_page),
		CASE(test_tabs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
