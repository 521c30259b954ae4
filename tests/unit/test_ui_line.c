// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "ui/clip.h"
#include "ui/line.h"
#include "ui/log.h"
#include "ui/menu.h"
#include "ui/screen.h"
#include "unit.h"

/* The line that one types into, the menu, the log of messages, the clipboard's sequence. */

static struct line line;

static void type(const char *words)
{
	while (*words) {
		size_t n = strcspn(words, " ");

		line_key(&line, key_parse(words, n));
		words += n + strspn(words + n, " ");
	}
}

static void test_typing(void **state)
{
	(void)state;
	line_set(&line, "");
	type("a b c Left Left X Home Y End Z");
	assert_string_equal(line.text, "YaXbcZ");
	type("Backspace C-b Del C-a Del");
	assert_string_equal(line.text, "aXb");
	assert_int_equal(line_key(&line, UI_KEY_F5), LINE_NOTHING);
	assert_int_equal(line_key(&line, 1), LINE_NOTHING); /* is there already */
	assert_int_equal(line_key(&line, 5), LINE_MOVED);
	assert_int_equal(line_key(&line, 'q'), LINE_CHANGED);
}

static void test_cutting(void **state)
{
	(void)state;
	line_set(&line, "save to /tmp/a file");
	type("C-w");
	assert_string_equal(line.text, "save to /tmp/a ");
	type("C-w C-w");
	assert_string_equal(line.text, "save to /tmp");
	type("C-b C-b C-k");
	assert_string_equal(line.text, "save to /t");
	type("C-b C-u");
	assert_string_equal(line.text, "t");
	type("C-u C-u C-e C-w Backspace");
	assert_string_equal(line.text, "");
}

/* One key takes away what stands as one sign. */
static void test_clusters(void **state)
{
	(void)state;
	line_set(&line, "計e\xcc\x81🎉");
	type("Backspace");
	assert_string_equal(line.text, "計e\xcc\x81");
	type("Backspace");
	assert_string_equal(line.text, "計");
	type("Left é");
	assert_string_equal(line.text, "é計");
	assert_int_equal(line.at, 2);
	line_set(&line, "ab");
	type("Left");
	line_key(&line, 0x301); /* joins what is before it */
	assert_string_equal(line.text, "a\xcc\x81"
				       "b");
	assert_int_equal(line.at, 3);
}

static void test_bounds(void **state)
{
	char big[2 * LINE_BYTES];

	(void)state;
	line_set(&line, "");
	for (int i = 0; i < 3 * LINE_BYTES; i++)
		line_key(&line, 0x8a08);
	assert_true(line.len < LINE_BYTES && line.len > LINE_BYTES - 4);
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	line_set(&line, big);
	assert_int_equal(line.len, LINE_BYTES - 1);
	assert_int_equal(line_key(&line, 0xd800), LINE_NOTHING);
	assert_int_equal(line_key(&line, 0x7f), LINE_NOTHING);
}

static void test_drawing_scrolls_to_the_cursor(void **state)
{
	struct canvas c = {0};

	(void)state;
	canvas_resize(&c, 1, 10);
	line_set(&line, "0123456789");
	line_draw(&line, &c, 0, "to: ");
	assert_string_equal(c.at[3].text, " ");
	assert_string_equal(c.at[4].text, "5");
	assert_int_equal(c.at[9].style, ST_HERE);
	type("Home");
	line_draw(&line, &c, 0, "to: ");
	assert_string_equal(c.at[4].text, "0");
	assert_int_equal(c.at[4].style, ST_HERE);
	canvas_free(&c);
}

static void test_menu(void **state)
{
	static struct menu m;
	struct canvas c = {0};

	(void)state;
	menu_open(&m, "Formats");
	menu_add(&m, "svg");
	menu_add(&m, "raw");
	menu_add(&m, "json");
	assert_int_equal(menu_key(&m, UI_KEY_UP), MENU_NOTHING);
	assert_int_equal(menu_key(&m, 'j'), MENU_MOVED);
	assert_int_equal(menu_key(&m, UI_KEY_END), MENU_MOVED);
	assert_int_equal(menu_key(&m, UI_KEY_DOWN), MENU_NOTHING);
	assert_int_equal(menu_key(&m, '9'), MENU_NOTHING);
	canvas_resize(&c, 24, 80);
	menu_draw(&m, &c);
	assert_int_equal(menu_click(&m, m.top + 2, m.left + 1), MENU_CHOSEN);
	assert_int_equal(m.at, 1);
	assert_false(m.open);
	menu_open(&m, "Formats");
	assert_int_equal(menu_key(&m, UI_KEY_ENTER), MENU_NOTHING); /* empty */
	assert_int_equal(menu_key(&m, UI_KEY_ESC), MENU_LEFT);
	for (int i = 0; i < 100; i++)
		menu_add(&m, "more than there is room for");
	m.open = true;
	canvas_resize(&c, 5, 20);
	menu_draw(&m, &c);
	assert_int_equal(menu_click(&m, 0, 0), MENU_LEFT);
	canvas_free(&c);
}

static void test_log(void **state)
{
	static struct ui_log log;
	char text[32];

	(void)state;
	log_add(&log, 1, "same");
	log_add(&log, 2, "same");
	assert_int_equal(log.len, 1);
	assert_int_equal(log_line(&log, 0)->times, 2);
	for (int i = 0; i < 2 * LOG_LINES_MAX; i++) {
		snprintf(text, sizeof text, "message %d", i);
		log_add(&log, 3, text);
	}
	assert_int_equal(log.len, LOG_LINES_MAX);
	assert_string_equal(log_line(&log, 0)->text, "message 500");
	assert_string_equal(log_line(&log, LOG_LINES_MAX - 1)->text, "message 999");
	assert_null(log_line(&log, LOG_LINES_MAX));
	log_release(&log);
}

static void check_clip(const char *text, const char *tmux, const char *sty, const char *expected)
{
	struct pst_buf out = {0};

	clip_sequence(&out, text, tmux, sty);
	assert_string_equal(pst_buf_text(&out), expected);
	pst_buf_free(&out);
}

static void test_clip(void **state)
{
	(void)state;
	check_clip("", NULL, NULL, "\033]52;c;\a");
	check_clip("f", NULL, "", "\033]52;c;Zg==\a");
	check_clip("fo", "", NULL, "\033]52;c;Zm8=\a");
	check_clip("foo", "x", "y", "\033]52;c;Zm9v\a\033Ptmux;\033\033]52;c;Zm9v\a\033\\");
	check_clip("計算\xff", NULL, "1.pts",
		   "\033]52;c;6KiI566X/w==\a\033P\033]52;c;6KiI566X/w==\a\033\\");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_typing),
		cmocka_unit_test(test_cutting),
		cmocka_unit_test(test_clusters),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_drawing_scrolls_to_the_cursor),
		cmocka_unit_test(test_menu),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_clip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
