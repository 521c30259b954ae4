// SPDX-License-Identifier: MIT
#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "ui/keys.h"
#include "ui/ui.h"
#include "unit.h"

static ui_key key(const char *word)
{
	return key_parse(word, strlen(word));
}

static void test_parse(void **state)
{
	(void)state;
	assert_int_equal(key("q"), 'q');
	assert_int_equal(key("Q"), 'Q');
	assert_int_equal(key("Space"), ' ');
	assert_int_equal(key("C-a"), 1);
	assert_int_equal(key("C-l"), 12);
	assert_int_equal(key("-"), '-');
	assert_int_equal(key("é"), 0xe9);
	assert_int_equal(key("F10"), UI_KEY_F10);
	assert_int_equal(key("PgUp"), UI_KEY_PAGE_UP);
	assert_int_equal(key(""), 0);
	assert_int_equal(key("F13"), 0);
	assert_int_equal(key("C-"), 0);
	assert_int_equal(key("C-A"), 0);
	assert_int_equal(key("\x01"), 0);
	assert_int_equal(key("\xff"), 0);
}

static void test_every_name_comes_back(void **state)
{
	char text[KEY_TEXT_MAX];

	(void)state;
	for (ui_key k = UI_KEY_SPECIAL + 1; k < UI_KEY_END_OF_LIST; k++)
		assert_int_equal(key(key_text(text, k)), k);
	assert_string_equal(key_text(text, 3), "Ctrl-C");
	assert_string_equal(key_text(text, 0x8a08), "計");
	assert_string_equal(key_text(text, 0xffffffff), "");
}

static void test_lists(void **state)
{
	char text[KEYS_TEXT_MAX];

	(void)state;
	assert_string_equal(keys_text(text, " q  F10 C-c"), "q  F10  Ctrl-C");
	assert_int_equal(keys_for_bar("q F10 C-c"), UI_KEY_F10);
	assert_int_equal(keys_for_bar("r"), 'r');
}

static void test_bind(void **state)
{
	struct keymap map = {.len = 0};
	struct pst_why why;

	(void)state;
	assert_int_equal(keymap_bind(&map, "a b", UI_CMD_QUIT, &why), PST_OK);
	assert_int_equal(keymap_bind(&map, "b", UI_CMD_HELP, &why), PST_OK);
	assert_int_equal(keymap_find(&map, 'a'), UI_CMD_QUIT);
	assert_int_equal(keymap_find(&map, 'b'), UI_CMD_HELP);
	assert_int_equal(keymap_find(&map, 'c'), UI_CMD_NONE);
	assert_int_equal(keymap_bind(&map, "c NoSuchKey", UI_CMD_HELP, &why), PST_USAGE);
	assert_non_null(strstr(why.what, "NoSuchKey"));
}

static void test_map_is_bounded(void **state)
{
	struct keymap map = {.len = 0};
	char word[8];

	(void)state;
	for (unsigned i = 0; i < KEYMAP_MAX; i++) {
		word[0] = (char)(0xc4 + i / 64);
		word[1] = (char)(0x80 + i % 64);
		word[2] = '\0';
		assert_int_equal(keymap_bind(&map, word, UI_CMD_UP, NULL), PST_OK);
	}
	assert_int_equal(keymap_bind(&map, "q", UI_CMD_UP, NULL), PST_LIMIT);
}

/* Every command can be reached, no key means two things, every default key parses. */
static void test_table_agrees_with_itself(void **state)
{
	struct keymap map;
	size_t words = 0;

	(void)state;
	keymap_defaults(&map);
	for (int i = UI_CMD_NONE + 1; i < UI_CMD_COUNT; i++) {
		const struct ui_command *cmd = ui_command((enum ui_cmd)i);
		struct keymap one = {.len = 0};

		assert_int_equal(keymap_bind(&one, cmd->keys, (enum ui_cmd)i, NULL), PST_OK);
		assert_true(one.len > 0);
		words += one.len;
		for (size_t k = 0; k < one.len; k++)
			assert_int_equal(keymap_find(&map, one.at[k].key), i);
		assert_int_equal(ui_command_find(cmd->word), i);
		assert_true(*cmd->help);
	}
	assert_int_equal(words, map.len);
	assert_int_equal(ui_command_find("no-such-command"), UI_CMD_NONE);
	assert_null(ui_command(UI_CMD_NONE));
	assert_null(ui_command(UI_CMD_COUNT));
}

static void test_texts_for_the_man_page(void **state)
{
	struct pst_buf b = {0};

	(void)state;
	pst_ui_key_help(&b);
	assert_non_null(strstr(pst_buf_text(&b), "q  F10  Ctrl-C\tquit\tQuit\n"));
	pst_buf_clear(&b);
	pst_ui_definitions(&b);
	assert_non_null(strstr(pst_buf_text(&b), "%Own: "));
	assert_non_null(strstr(pst_buf_text(&b), "\n%GIL: "));
	pst_buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_every_name_comes_back),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_bind),
		cmocka_unit_test(test_map_is_bounded),
		cmocka_unit_test(test_table_agrees_with_itself),
		cmocka_unit_test(test_texts_for_the_man_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
