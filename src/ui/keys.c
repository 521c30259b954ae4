// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/keys.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <utf8proc.h>

#include "base/i18n.h"

static const struct {
	const char *name;
	ui_key key;
} names[] = {
#define UI_KEY_ROW(id, text) {text, UI_KEY_##id},
	UI_KEY_NAMES(UI_KEY_ROW)
#undef UI_KEY_ROW
		{"Space", ' '},
	{"Tab", UI_KEY_TAB},
	{"Enter", UI_KEY_ENTER},
	{"Esc", UI_KEY_ESC},
};

ui_key key_parse(const char *word, size_t n)
{
	utf8proc_int32_t cp = 0;

	if (n == 3 && word[0] == 'C' && word[1] == '-' && word[2] >= 'a' && word[2] <= 'z')
		return (ui_key)(word[2] - 'a' + 1);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strlen(names[i].name) == n && memcmp(names[i].name, word, n) == 0)
			return names[i].key;
	}
	if (n == 0 || utf8proc_iterate((const utf8proc_uint8_t *)word, (utf8proc_ssize_t)n, &cp) !=
			      (utf8proc_ssize_t)n)
		return 0;
	return cp > ' ' && cp != 0x7f ? (ui_key)cp : 0;
}

char *key_text(char *out, ui_key key)
{
	utf8proc_ssize_t n;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (names[i].key == key) {
			snprintf(out, KEY_TEXT_MAX, "%s", names[i].name);
			return out;
		}
	}
	if (key >= 1 && key <= 26) {
		snprintf(out, KEY_TEXT_MAX, "Ctrl-%c", (char)('A' + (int)key - 1));
		return out;
	}
	n = key < UI_KEY_SPECIAL
		    ? utf8proc_encode_char((utf8proc_int32_t)key, (utf8proc_uint8_t *)out)
		    : 0;
	out[n > 0 ? n : 0] = '\0';
	return out;
}

char *key_word(char *out, ui_key key)
{
	key_text(out, key);
	if (strncmp(out, "Ctrl-", 5) == 0 && key <= 26)
		snprintf(out, KEY_TEXT_MAX, "C-%c", (char)('a' + (int)key - 1));
	return out;
}

/* The next word of a list; *N its length, 0 at the end. */
static const char *next_word(const char *s, size_t *n)
{
	s += strspn(s, " \t");
	*n = strcspn(s, " \t");
	return s;
}

static bool add_key(char *out, size_t *used, ui_key key)
{
	char one[KEY_TEXT_MAX];
	int add = snprintf(out + *used, KEYS_TEXT_MAX - *used, "%s%s", *used ? "  " : "",
			   key_text(one, key));

	if (add < 0 || *used + (size_t)add >= KEYS_TEXT_MAX) {
		out[*used] = '\0';
		return false;
	}
	*used += (size_t)add;
	return true;
}

char *keys_text(char *out, const char *keys)
{
	size_t n, used = 0;

	out[0] = '\0';
	for (const char *s = next_word(keys, &n); n; s = next_word(s + n, &n)) {
		if (!add_key(out, &used, key_parse(s, n)))
			break;
	}
	return out;
}

static enum pst_err bind_one(struct keymap *map, ui_key key, unsigned where, enum ui_cmd cmd,
			     struct pst_why *why)
{
	size_t kept = 0;

	for (size_t i = 0; i < map->len; i++) {
		if (map->at[i].key == key)
			map->at[i].where &= ~where;
		if (map->at[i].where)
			map->at[kept++] = map->at[i];
	}
	map->len = kept;
	if (cmd == UI_CMD_NONE)
		return PST_OK;
	if (map->len == KEYMAP_MAX)
		return pst_why_set(why, PST_LIMIT, 0, _("too many keys are bound"));
	map->at[map->len].key = key;
	map->at[map->len].where = where;
	map->at[map->len++].cmd = cmd;
	return PST_OK;
}

enum pst_err keymap_bind(struct keymap *map, const char *keys, unsigned where, enum ui_cmd cmd,
			 struct pst_why *why)
{
	enum pst_err err;
	size_t n;

	for (const char *s = next_word(keys, &n); n; s = next_word(s + n, &n)) {
		ui_key key = key_parse(s, n);

		if (!key)
			return pst_why_set(why, PST_USAGE, 0, _("no key is named \"%.*s\""), (int)n,
					   s);
		err = bind_one(map, key, where, cmd, why);
		if (err != PST_OK)
			return err;
	}
	return PST_OK;
}

void keymap_defaults(struct keymap *map)
{
	map->len = 0;
	for (int i = UI_CMD_NONE + 1; i < UI_CMD_COUNT; i++) {
		const struct ui_command *c = ui_command((enum ui_cmd)i);

		keymap_bind(map, c->keys, c->where, (enum ui_cmd)i, NULL);
	}
}

enum ui_cmd keymap_find(const struct keymap *map, enum ui_pane_id pane, ui_key key)
{
	for (size_t i = 0; i < map->len; i++) {
		if (map->at[i].key == key && map->at[i].where & 1u << pane)
			return map->at[i].cmd;
	}
	return UI_CMD_NONE;
}

ui_key keymap_key(const struct keymap *map, enum ui_pane_id pane, enum ui_cmd cmd)
{
	ui_key first = 0;

	for (size_t i = 0; i < map->len; i++) {
		ui_key key = map->at[i].key;

		if (map->at[i].cmd != cmd || !(map->at[i].where & 1u << pane))
			continue;
		if (key >= UI_KEY_F1 && key <= UI_KEY_F12)
			return key;
		if (!first)
			first = key;
	}
	return first;
}

char *keymap_text(const struct keymap *map, enum ui_pane_id pane, enum ui_cmd cmd, char *out)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < map->len; i++) {
		if (map->at[i].cmd == cmd && map->at[i].where & 1u << pane &&
		    !add_key(out, &used, map->at[i].key))
			break;
	}
	return out;
}
