// SPDX-License-Identifier: MIT
#ifndef PST_UI_MENU_H
#define PST_UI_MENU_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/canvas.h"
#include "ui/keys.h"

/* A list in a box over the screen, of which one line is chosen. */

enum { MENU_ITEMS_MAX = 32, MENU_TEXT_MAX = 96 };

struct menu {
	bool open;
	char title[MENU_TEXT_MAX];
	char items[MENU_ITEMS_MAX][MENU_TEXT_MAX];
	size_t len, at, first;
	int top, left, rows, cols; /* of the box at the last draw */
};

void menu_open(struct menu *m, const char *title);
void menu_add(struct menu *m, const char *text);

enum menu_event { MENU_NOTHING, MENU_MOVED, MENU_CHOSEN, MENU_LEFT };
/* Arrows, j and k, Home, End, Enter, Esc; digits choose by number. */
enum menu_event menu_key(struct menu *m, ui_key key);
/* A click into the screen. */
enum menu_event menu_click(struct menu *m, int row, int col);
void menu_draw(struct menu *m, struct canvas *c);

#endif
