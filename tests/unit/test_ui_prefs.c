// SPDX-License-Identifier: MIT
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "ui/functions.h"
#include "ui/prefs.h"
#include "ui/screen.h"
#include "ui_fixture.h"
#include "unit.h"

/* The user's configuration: read, refused, written, and read again. */

static struct fixture fixture;
static struct screen screen, other;
static char saved[8192];
static const char *text_of_file;

static const char *config_text(void *ctx)
{
	(void)ctx;
	return text_of_file;
}

static const char *config_path(void *ctx)
{
	(void)ctx;
	return "/home/u/.config/pyspy-tui/config";
}

static enum pst_err config_save(void *ctx, const char *text, struct pst_why *why)
{
	(void)ctx;
	(void)why;
	snprintf(saved, sizeof saved, "%s", text);
	return PST_OK;
}

static const struct pst_ui_hooks hooks = {
	.config_text = config_text, .config_path = config_path, .config_save = config_save};
static const struct pst_ui_options options = {.rate = 100};

static int setup(void **state)
{
	(void)state;
	text_of_file = NULL;
	fixture_busy_process(&fixture);
	screen_init(&screen, fixture.model, &hooks, &options);
	screen_resize(&screen, 24, 80);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	screen_release(&screen);
	fixture_free(&fixture);
	return 0;
}

static enum pst_err line(const char *text)
{
	return prefs_line(&screen, text, NULL);
}

static const char *why_not(const char *text)
{
	static struct pst_why why;

	assert_int_not_equal(prefs_line(&screen, text, &why), PST_OK);
	return why.what;
}

static void test_options(void **state)
{
	char value[PREFS_VALUE_MAX];

	(void)state;
	assert_int_equal(line("set idle on"), PST_OK);
	assert_true(screen.view.filter.idle);
	assert_int_equal(line("  set\tunit   module \r"), PST_OK);
	assert_int_equal(screen.view.table.group, PST_GROUP_MODULE);
	assert_int_equal(line("set window 60s"), PST_OK);
	assert_int_equal(screen.view.window, UI_WINDOW_60);
	assert_int_equal(line("set beside-functions none"), PST_OK);
	assert_int_equal(screen.beside[PANE_FUNCTIONS], PANE_COUNT);
	assert_int_equal(line("set rate max"), PST_OK);
	assert_true(isinf(screen.rate));
	assert_int_equal(line("set rate 250"), PST_OK);
	assert_string_equal(prefs_get(&screen, PREFS_RATE, value), "250");
	assert_int_equal(line("set background light"), PST_OK);
	assert_int_equal(line("# set idle off"), PST_OK);
	assert_int_equal(line("   "), PST_OK);
	assert_true(screen.view.filter.idle);
}

static void test_every_choice_of_every_option(void **state)
{
	char value[PREFS_VALUE_MAX], first[PREFS_VALUE_MAX], text[64];

	(void)state;
	for (int i = 0; i < PREFS_COUNT; i++) {
		enum prefs_option o = (enum prefs_option)i;
		int turns = 0;

		prefs_get(&screen, o, first);
		if (!prefs_option(o)->choices)
			continue;
		do {
			prefs_turn(&screen, o, 1);
			prefs_get(&screen, o, value);
			snprintf(text, sizeof text, "set %s %s", prefs_option(o)->word, value);
			assert_int_equal(line(text), PST_OK);
			assert_true(turns++ < 20);
		} while (strcmp(value, first) != 0);
		assert_true(turns > 1);
		assert_true(*prefs_option(o)->help);
	}
}

static void test_refusals_say_what_may_be(void **state)
{
	(void)state;
	assert_non_null(strstr(why_not("sett idle on"), "sett"));
	assert_non_null(strstr(why_not("set idel on"), "idel"));
	assert_non_null(strstr(why_not("set idle maybe"), "off on"));
	assert_non_null(strstr(why_not("set idle"), "one value"));
	assert_non_null(strstr(why_not("set idle on off"), "one value"));
	assert_non_null(strstr(why_not("set rate fast"), "fast"));
	assert_non_null(strstr(why_not("set rate -1"), "-1"));
	assert_non_null(strstr(why_not("set rate nan"), "nan"));
	assert_non_null(strstr(why_not("columns own% size"), "size"));
	assert_non_null(strstr(why_not("bind nowhere x quit"), "nowhere"));
	assert_non_null(strstr(why_not("bind functions, x quit"), "functions,"));
	assert_non_null(strstr(why_not("bind all x sing"), "sing"));
	assert_non_null(strstr(why_not("bind all F99 quit"), "F99"));
	assert_non_null(strstr(why_not("bind all quit"), "no key"));
	assert_non_null(strstr(why_not("bind stack x invert"), "invert"));
	assert_non_null(strstr(why_not("color hat red"), "hat"));
	assert_non_null(strstr(why_not("color heat reddish"), "reddish"));
	assert_non_null(strstr(why_not("color heat 256"), "256"));
	assert_non_null(strstr(why_not("color heat #12345"), "#12345"));
}

static void test_lines_are_numbered_and_the_others_count(void **state)
{
	(void)state;
	assert_int_equal(prefs_read(&screen,
				    "# mine\nset idle on\nset nothing on\n\ncolor heat blue\nbind",
				    "config"),
			 2);
	assert_true(screen.view.filter.idle);
	assert_int_equal(screen.theme.at[ST_HOT].fg8, 4);
	assert_int_equal(screen.log.len, 2);
	assert_int_equal(strncmp(log_line(&screen.log, 0)->text, "config:3: ", 10), 0);
	assert_int_equal(strncmp(log_line(&screen.log, 1)->text, "config:6: ", 10), 0);
}

static void test_keys(void **state)
{
	(void)state;
	assert_int_equal(line("bind functions,threads x C-x sort-next"), PST_OK);
	assert_int_equal(keymap_find(&screen.keys, PANE_FUNCTIONS, 'x'), UI_CMD_SORT_NEXT);
	assert_int_equal(keymap_find(&screen.keys, PANE_THREADS, 24), UI_CMD_SORT_NEXT);
	assert_int_equal(keymap_find(&screen.keys, PANE_FLAME, 'x'), UI_CMD_NONE);
	assert_int_equal(line("bind all q none"), PST_OK);
	assert_int_equal(keymap_find(&screen.keys, PANE_FLAME, 'q'), UI_CMD_NONE);
	/* Everywhere means: everywhere where the command means something. */
	assert_int_equal(line("bind all z invert"), PST_OK);
	assert_int_equal(keymap_find(&screen.keys, PANE_FLAME, 'z'), UI_CMD_INVERT);
	assert_int_equal(keymap_find(&screen.keys, PANE_CALLS, 'z'), UI_CMD_NONE);
}

static void test_colors(void **state)
{
	const struct theme_entry *e = &screen.theme.at[ST_TITLE];

	(void)state;
	assert_int_equal(line("color title #ff0000 on 21 bold underline"), PST_OK);
	assert_int_equal(e->fg256, 196);
	assert_int_equal(e->fg8, 1);
	assert_int_equal(e->bg256, 21);
	assert_int_equal(e->bg8, 4);
	assert_int_equal(e->attrs, THEME_BOLD | THEME_UNDERLINE);
	assert_int_equal(line("color title plain default on default"), PST_OK);
	assert_int_equal(e->fg256, -1);
	assert_int_equal(e->attrs, 0);
	assert_true(screen.restyle);
}

/* The keys as they are at first, said in the language of the file. */
static void test_default_keys_by_the_parser(void **state)
{
	struct pst_buf text = {0};

	(void)state;
	screen.keys.len = 0;
	prefs_default_keys(&text);
	assert_int_equal(prefs_read(&screen, pst_buf_text(&text), "defaults"), 0);
	screen_init(&other, fixture.model, &hooks, &options);
	for (int p = 0; p < PANE_COUNT; p++) {
		for (ui_key k = 1; k <= UI_KEY_UNKNOWN; k == 0xfff ? k = UI_KEY_SPECIAL : k++)
			assert_int_equal(keymap_find(&screen.keys, (enum ui_pane_id)p, k),
					 keymap_find(&other.keys, (enum ui_pane_id)p, k));
	}
	screen_release(&other);
	pst_buf_free(&text);
}

static void test_nothing_set_writes_nothing(void **state)
{
	struct pst_buf text = {0};

	(void)state;
	prefs_write(&screen, "", &text);
	assert_string_equal(pst_buf_text(&text), "");
	pst_buf_free(&text);
}

static void test_written_and_read_again(void **state)
{
	static const char mine[] =
		"# my own words\nset idle on\nfuture thing\nset later 7\n"
		"columns own% trend file\nbind all q none\nbind flame q invert\n"
		"bind functions,threads C-x sort-next\ncolor file 99 on black dim\n"
		"set unit line\nset rate 50\n";
	struct pst_buf text = {0};
	char a[PREFS_VALUE_MAX], b[PREFS_VALUE_MAX];

	(void)state;
	prefs_read(&screen, mine, "mine");
	prefs_write(&screen, mine, &text);
	assert_non_null(strstr(pst_buf_text(&text), "# my own words\n"));
	assert_non_null(strstr(pst_buf_text(&text), "future thing\n"));
	assert_non_null(strstr(pst_buf_text(&text), "set later 7\n"));
	text_of_file = pst_buf_text(&text);
	screen_init(&other, fixture.model, &hooks, &options);
	for (int i = 0; i < PREFS_COUNT; i++)
		assert_string_equal(prefs_get(&screen, (enum prefs_option)i, a),
				    prefs_get(&other, (enum prefs_option)i, b));
	assert_int_equal(other.view.columns, screen.view.columns);
	assert_int_equal(other.view.columns, 1u << COLUMN_OWN_PERCENT | 1u << COLUMN_TREND |
						     1u << COLUMN_NAME | 1u << COLUMN_PLACE);
	for (int p = 0; p < PANE_COUNT; p++) {
		for (ui_key k = 1; k < 128; k++)
			assert_int_equal(keymap_find(&screen.keys, (enum ui_pane_id)p, k),
					 keymap_find(&other.keys, (enum ui_pane_id)p, k));
	}
	assert_memory_equal(&other.theme.at[ST_FILE], &screen.theme.at[ST_FILE],
			    sizeof(struct theme_entry));
	screen_release(&other);
	pst_buf_free(&text);
}

static void test_the_command_line_counts_more(void **state)
{
	const struct pst_ui_options asked = {.rate = 77, .rate_given = true, .idle = true};

	(void)state;
	text_of_file = "set rate 50\nset idle off\n";
	screen_init(&other, fixture.model, &hooks, &asked);
	assert_true(other.rate == 77);
	assert_true(other.view.filter.idle);
	screen_release(&other);
}

static enum ui_effect press(const char *word)
{
	enum ui_effect effect = screen_key(&screen, key_parse(word, strlen(word)));

	screen_update(&screen);
	screen_draw(&screen);
	return effect;
}

static void test_setup_changes_and_writes(void **state)
{
	(void)state;
	press("F2");
	assert_int_equal(screen.active, PANE_SETUP);
	press("Enter"); /* the first option: idle */
	assert_true(screen.view.filter.idle);
	press("s");
	assert_non_null(strstr(saved, "set idle on\n"));
	assert_non_null(strstr(screen.message, "/home/u/.config/pyspy-tui/config"));
	press("End"); /* the keys of the last command */
	press("Enter");
	assert_true(screen.prompt.open);
	press("C-u");
	press("é");
	press("Enter");
	assert_int_equal(keymap_find(&screen.keys, PANE_CALLS, 0xe9), UI_CMD_COUNT - 1);
	press("s");
	assert_non_null(strstr(saved, "bind callers é "));
	for (int i = 0; i < 200; i++)
		press(i % 3 ? "Up" : "PgUp");
	press("F2");
	assert_int_equal(screen.active, PANE_FUNCTIONS);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_options),
		CASE(test_every_choice_of_every_option),
		CASE(test_refusals_say_what_may_be),
		CASE(test_lines_are_numbered_and_the_others_count),
		CASE(test_keys),
		CASE(test_colors),
		CASE(test_default_keys_by_the_parser),
		CASE(test_nothing_set_writes_nothing),
		CASE(test_written_and_read_again),
		CASE(test_the_command_line_counts_more),
		CASE(test_setup_changes_and_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
