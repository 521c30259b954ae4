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
}

static void test_bind(void **state)
{
	struct keymap map = {.len = 0};
	struct pst_why why;

	(void)state;
	assert_int_equal(keymap_bind(&map, "a b", UI_IN_ALL, UI_CMD_QUIT, &why), PST_OK);
	assert_int_equal(keymap_bind(&map, "b", UI_IN_ALL, UI_CMD_HELP, &why), PST_OK);
	assert_int_equal(keymap_find(&map, PANE_FLAME, 'a'), UI_CMD_QUIT);
	assert_int_equal(keymap_find(&map, PANE_FLAME, 'b'), UI_CMD_HELP);
	assert_int_equal(keymap_find(&map, PANE_FLAME, 'c'), UI_CMD_NONE);
	assert_int_equal(keymap_bind(&map, "c NoSuchKey", UI_IN_ALL, UI_CMD_HELP, &why), PST_USAGE);
	assert_non_null(strstr(why.what, "NoSuchKey"));
}

static void test_bind_in_some_panes(void **state)
{
	struct keymap map = {.len = 0};
	char text[KEYS_TEXT_MAX];

	(void)state;
	keymap_bind(&map, "a F7 C-x", UI_IN_ALL, UI_CMD_UNIT, NULL);
	keymap_bind(&map, "a", UI_IN_STACK, UI_CMD_FREEZE, NULL);
	assert_int_equal(keymap_find(&map, PANE_STACK, 'a'), UI_CMD_FREEZE);
	assert_int_equal(keymap_find(&map, PANE_FLAME, 'a'), UI_CMD_UNIT);
	assert_string_equal(keymap_text(&map, PANE_FLAME, UI_CMD_UNIT, text), "a  F7  Ctrl-X");
	assert_string_equal(keymap_text(&map, PANE_STACK, UI_CMD_UNIT, text), "F7  Ctrl-X");
	assert_int_equal(keymap_key(&map, PANE_FLAME, UI_CMD_UNIT), UI_KEY_F7);
	assert_int_equal(keymap_key(&map, PANE_STACK, UI_CMD_FREEZE), 'a');
	assert_int_equal(keymap_key(&map, PANE_FLAME, UI_CMD_FREEZE), 0);
	keymap_bind(&map, "a", UI_IN_FLAME, UI_CMD_NONE, NULL);
	assert_int_equal(keymap_find(&map, PANE_FLAME, 'a'), UI_CMD_NONE);
	assert_int_equal(keymap_find(&map, PANE_CALLS, 'a'), UI_CMD_UNIT);
}

static void test_words_are_keys(void **state)
{
	char word[KEY_TEXT_MAX];

	(void)state;
	for (ui_key k = 1; k < 128; k++) {
		if (k == 127 || (k > 27 && k < 32)) /* have no name */
			continue;
		assert_int_equal(key(key_word(word, k)), k);
	}
}

static void test_map_is_bounded(void **state)
{
	static struct keymap map;
	char word[8];

	(void)state;
	for (unsigned i = 0; i < KEYMAP_MAX; i++) {
		word[0] = (char)(0xc4 + i / 64);
		word[1] = (char)(0x80 + i % 64);
		word[2] = '\0';
		assert_int_equal(keymap_bind(&map, word, UI_IN_ALL, UI_CMD_UP, NULL), PST_OK);
	}
	assert_int_equal(keymap_bind(&map, "q", UI_IN_ALL, UI_CMD_UP, NULL), PST_LIMIT);
}

/* Every command can be reached where it means something, and in no pane does a key mean two. */
static void test_table_agrees_with_itself(void **state)
{
	static struct keymap map;

	(void)state;
	keymap_defaults(&map);
	for (int i = UI_CMD_NONE + 1; i < UI_CMD_COUNT; i++) {
		const struct ui_command *cmd = ui_command((enum ui_cmd)i);
		static struct keymap one;

		one.len = 0;
		assert_int_equal(keymap_bind(&one, cmd->keys, cmd->where, (enum ui_cmd)i, NULL),
				 PST_OK);
		assert_true(one.len > 0);
		assert_true(cmd->where);
		for (size_t k = 0; k < one.len; k++) {
			for (int p = 0; p < PANE_COUNT; p++) {
				enum ui_pane_id pane = (enum ui_pane_id)p;

				assert_int_equal(keymap_find(&map, pane, one.at[k].key) ==
							 (enum ui_cmd)i,
						 (cmd->where >> p & 1));
			}
		}
		assert_int_equal(ui_command_find(cmd->word), i);
		assert_true(*cmd->help);
	}
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
		cmocka_unit_test(test_bind_in_some_panes),
		cmocka_unit_test(test_words_are_keys),
		cmocka_unit_test(test_map_is_bounded),
		cmocka_unit_test(test_table_agrees_with_itself),
		cmocka_unit_test(test_texts_for_the_man_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
