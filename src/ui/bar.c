// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "ui/screen_priv.h"

/* The line of keys at the bottom and the line of panes at the top: what is shown can be clicked. */

struct entry {
	ui_key key;
	enum ui_cmd cmd;
	const char *help; /* translated */
	char text[KEY_TEXT_MAX + 1];
	int cells;
};

static bool is_f_key(ui_key key)
{
	return key >= UI_KEY_F1 && key <= UI_KEY_F12;
}

/* F-keys by number, then the others in the order of the table. */
static bool goes_before(const struct entry *a, const struct entry *b)
{
	bool fa = is_f_key(a->key), fb = is_f_key(b->key);

	return fa != fb ? fa : fa && a->key < b->key;
}

static int width(const char *text)
{
	return pst_text_cells(text, strlen(text));
}

/* The entry of CMD as it is bound in the active pane; false: not in the bar, or no key. */
static bool make_entry(const struct screen *s, enum ui_cmd cmd, struct entry *e)
{
	const struct ui_command *c = ui_command(cmd);

	if (!*c->bar || (s->view.nothing && screen_needs_process(cmd)))
		return false;
	*e = (struct entry){.cmd = cmd, .help = _(c->bar)};
	e->key = keymap_key(&s->keys, s->active, cmd);
	if (!e->key)
		return false;
	key_text(e->text, e->key);
	if (!is_f_key(e->key))
		strcat(e->text, " ");
	e->cells = width(e->text) + width(e->help) + 2;
	return true;
}

/*
 * Takes what fits: first the F-keys, then what belongs to the pane alone, then the rest; sorted for
 * the eye.
 */
static size_t entries(const struct screen *s, struct entry *out, int cols)
{
	size_t n = 0;

	for (int round = 0; round < 3; round++) {
		for (int i = UI_CMD_NONE + 1; i < UI_CMD_COUNT; i++) {
			bool here = ui_command((enum ui_cmd)i)->where != UI_IN_ALL;
			struct entry e;
			size_t at = n;

			if (!make_entry(s, (enum ui_cmd)i, &e) || e.cells > cols ||
			    round != (is_f_key(e.key) ? 0
				      : here	      ? 1
						      : 2))
				continue;
			cols -= e.cells;
			for (; at > 0 && goes_before(&e, &out[at - 1]); at--)
				out[at] = out[at - 1];
			out[at] = e;
			n++;
		}
	}
	return n;
}

void bar_draw(struct screen *s, int row)
{
	struct entry e[UI_CMD_COUNT];
	size_t n = entries(s, e, s->canvas.cols + 1);
	struct canvas *c = &s->canvas;
	int col = 0;

	for (size_t i = 0; i < n; i++) {
		col = canvas_text(c, row, col, c->cols, ST_KEY, e[i].text);
		int end = canvas_text(c, row, col, c->cols, ST_KEY_TEXT, e[i].help);

		end = canvas_text(c, row, end, c->cols, ST_KEY_TEXT, " ");
		col = canvas_text(c, row, end, c->cols, ST_NORMAL, " ");
	}
}

enum ui_cmd bar_hit(struct screen *s, int col)
{
	struct entry e[UI_CMD_COUNT];
	size_t n = entries(s, e, s->canvas.cols + 1);

	for (size_t i = 0; i < n; i++) {
		if (col < e[i].cells)
			return col < e[i].cells - 1 ? e[i].cmd : UI_CMD_NONE;
		col -= e[i].cells;
	}
	return UI_CMD_NONE;
}

/* ---- tabs ---- */

/* "1 Functions"; the number alone where room is short. */
static void tab_text(const struct screen *s, int tab, bool full, char *out, size_t size)
{
	char key[KEY_TEXT_MAX];

	key_text(key, keymap_key(&s->keys, s->active, (enum ui_cmd)(UI_CMD_SHOW_FUNCTIONS + tab)));
	if (full)
		snprintf(out, size, "%s%s%s", key, *key ? " " : "", _(s->panes[tab].ops->title));
	else
		snprintf(out, size, " %s ", *key ? key : "-");
}

static bool tabs_in_full(const struct screen *s)
{
	char text[64];
	int cells = 0;

	for (int i = 0; i < PANE_TABS; i++) {
		tab_text(s, i, true, text, sizeof text);
		cells += width(text) + 2;
	}
	return cells <= s->canvas.cols;
}

static int draw_tab(struct canvas *c, int row, int col, bool here, const char *text)
{
	return canvas_cut(c, row, col, c->cols, here ? ST_TAB_HERE : ST_TAB, text) + 2;
}

int tabs_draw(struct screen *s, int row)
{
	bool full = tabs_in_full(s);
	int col = 0;
	char text[64];

	for (int i = 0; i < PANE_TABS; i++) {
		bool here = i == (int)s->active;

		tab_text(s, i, full || here, text, sizeof text);
		col = draw_tab(&s->canvas, row, col, here, text);
	}
	if (s->active >= PANE_TABS)
		col = draw_tab(&s->canvas, row, col, true, _(s->panes[s->active].ops->title));
	return col;
}

enum ui_cmd tabs_hit(struct screen *s, int col)
{
	bool full = tabs_in_full(s);
	char text[64];

	for (int i = 0; i < PANE_TABS; i++) {
		tab_text(s, i, full || i == (int)s->active, text, sizeof text);
		if (col < width(text))
			return (enum ui_cmd)(UI_CMD_SHOW_FUNCTIONS + i);
		col -= width(text) + 2;
		if (col < 0)
			break;
	}
	return UI_CMD_NONE;
}
