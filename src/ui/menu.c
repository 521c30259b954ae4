// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/menu.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

void menu_open(struct menu *m, const char *title)
{
	*m = (struct menu){.open = true};
	snprintf(m->title, sizeof m->title, "%s", title);
}

void menu_add(struct menu *m, const char *text)
{
	if (m->len < MENU_ITEMS_MAX)
		snprintf(m->items[m->len++], MENU_TEXT_MAX, "%s", text);
}

static enum menu_event go(struct menu *m, size_t to)
{
	if (to >= m->len || to == m->at)
		return MENU_NOTHING;
	m->at = to;
	return MENU_MOVED;
}

static enum menu_event choose(struct menu *m, size_t item)
{
	if (item >= m->len)
		return MENU_NOTHING;
	m->at = item;
	m->open = false;
	return MENU_CHOSEN;
}

enum menu_event menu_key(struct menu *m, ui_key key)
{
	switch (key) {
	case UI_KEY_UP:
	case 'k':
		return go(m, m->at - 1);
	case UI_KEY_DOWN:
	case 'j':
		return go(m, m->at + 1);
	case UI_KEY_HOME:
		return go(m, 0);
	case UI_KEY_END:
		return go(m, m->len - 1);
	case UI_KEY_ENTER:
		return choose(m, m->at);
	case UI_KEY_ESC:
	case UI_KEY_BACKSPACE:
	case 'q':
	case 3:
		m->open = false;
		return MENU_LEFT;
	default:
		return key >= '1' && key <= '9' ? choose(m, key - '1') : MENU_NOTHING;
	}
}

enum menu_event menu_click(struct menu *m, int row, int col)
{
	if (row <= m->top || row >= m->top + m->rows - 1 || col < m->left ||
	    col >= m->left + m->cols) {
		m->open = false;
		return MENU_LEFT;
	}
	return choose(m, m->first + (size_t)(row - m->top - 1));
}

static int width(const struct menu *m)
{
	int cells = pst_text_cells(m->title, strlen(m->title)) + 2;

	for (size_t i = 0; i < m->len; i++) {
		int n = pst_text_cells(m->items[i], strlen(m->items[i])) + 2;

		cells = n > cells ? n : cells;
	}
	return cells;
}

static void place(struct menu *m, const struct canvas *c)
{
	int most = c->rows - 2;

	m->rows = (int)m->len + 2 < most ? (int)m->len + 2 : most;
	m->cols = width(m) < c->cols ? width(m) : c->cols;
	m->top = (c->rows - m->rows) / 2;
	m->left = (c->cols - m->cols) / 2;
}

void menu_draw(struct menu *m, struct canvas *c)
{
	struct canvas box;
	size_t page;

	place(m, c);
	page = m->rows > 2 ? (size_t)m->rows - 2 : 1;
	if (m->at < m->first)
		m->first = m->at;
	if (m->at >= m->first + page)
		m->first = m->at - page + 1;
	box = canvas_part(c, m->top, m->left, m->rows, m->cols);
	canvas_fill(&box, 0, ST_TITLE);
	canvas_cut(&box, 0, 1, box.cols - 1, ST_TITLE, m->title);
	for (size_t i = 0; i < page; i++) {
		int row = (int)i + 1;
		bool here = m->first + i == m->at;

		canvas_fill(&box, row, here ? ST_SELECT : ST_NORMAL);
		if (m->first + i < m->len)
			canvas_cut(&box, row, 1, box.cols, here ? ST_SELECT : ST_NORMAL,
				   m->items[m->first + i]);
	}
	canvas_fill(&box, m->rows - 1, ST_TITLE);
}
