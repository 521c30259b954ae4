// SPDX-License-Identifier: MIT
#ifndef PST_UI_KEYS_H
#define PST_UI_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ui/commands.h"

/*
 * A key is a code point, a control code (C-a is 1), or one of the codes below.  As text: the
 * character itself, or "Space", "C-x", "F5", "PgUp" and so on, separated by blanks.
 */
typedef uint32_t ui_key;

/* clang-format off */
#define UI_KEY_NAMES(X) \
	X(UP, "Up") X(DOWN, "Down") X(LEFT, "Left") X(RIGHT, "Right") \
	X(PAGE_UP, "PgUp") X(PAGE_DOWN, "PgDn") X(HOME, "Home") X(END, "End") \
	X(INSERT, "Ins") X(DELETE, "Del") X(BACKSPACE, "Backspace") X(BACKTAB, "BackTab") \
	X(F1, "F1") X(F2, "F2") X(F3, "F3") X(F4, "F4") \
	X(F5, "F5") X(F6, "F6") X(F7, "F7") X(F8, "F8") \
	X(F9, "F9") X(F10, "F10") X(F11, "F11") X(F12, "F12")
/* clang-format on */

enum {
	UI_KEY_TAB = 9,
	UI_KEY_ENTER = 13,
	UI_KEY_ESC = 27,
	UI_KEY_SPECIAL = 0x110000, /* the first behind Unicode */
#define UI_KEY_ENUM(id, name) UI_KEY_##id,
	UI_KEY_NAMES(UI_KEY_ENUM)
#undef UI_KEY_ENUM
		UI_KEY_END_OF_LIST,
	UI_KEY_UNKNOWN, /* some key for which there is no name here */
	UI_KEY_MOUSE	/* no key: term_mouse() tells more */
};

/* The key that the N bytes at WORD name; 0 when they name none. */
ui_key key_parse(const char *word, size_t n);
/* KEY as text for people ("Ctrl-C"); returns OUT, which holds KEY_TEXT_MAX bytes. */
enum { KEY_TEXT_MAX = 16, KEYS_TEXT_MAX = 128 };
char *key_text(char *out, ui_key key);
/* As key_parse() reads it ("C-c"). */
char *key_word(char *out, ui_key key);
/* All keys of a list, separated by two blanks; OUT holds KEYS_TEXT_MAX bytes. */
char *keys_text(char *out, const char *keys);
enum { KEYMAP_MAX = 512 };

struct keymap {
	struct {
		ui_key key;
		unsigned where; /* in which panes */
		enum ui_cmd cmd;
	} at[KEYMAP_MAX];
	size_t len;
};

/*
 * Binds each key of the list KEYS to CMD in the panes WHERE, in place of what it meant there
 * before; UI_CMD_NONE: it means nothing there from now on.  USAGE: no such key; LIMIT.
 */
enum pst_err keymap_bind(struct keymap *map, const char *keys, unsigned where, enum ui_cmd cmd,
			 struct pst_why *why);
/* All default keys, into an empty map. */
void keymap_defaults(struct keymap *map);
/* The key of CMD in PANE for the bar: its first F-key, else its first; 0: none. */
ui_key keymap_key(const struct keymap *map, enum ui_pane_id pane, enum ui_cmd cmd);
/* All of them, separated by two blanks; OUT holds KEYS_TEXT_MAX bytes. */
char *keymap_text(const struct keymap *map, enum ui_pane_id pane, enum ui_cmd cmd, char *out);
/* What KEY means in PANE. */
enum ui_cmd keymap_find(const struct keymap *map, enum ui_pane_id pane, ui_key key);

#endif
