// SPDX-License-Identifier: MIT
#ifndef PST_UI_LINE_H
#define PST_UI_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/canvas.h"
#include "ui/keys.h"

/* One line of text that the user edits.  Always valid UTF-8; the cursor stands between clusters. */

enum { LINE_BYTES = 512 };

struct line {
	char text[LINE_BYTES];
	size_t len, at; /* bytes; the cursor */
};

/* Puts TEXT in, as much as fits, the cursor at its end. */
void line_set(struct line *l, const char *text);

enum line_event { LINE_NOTHING, LINE_MOVED, LINE_CHANGED };
/*
 * Left, Right, Home, End, C-a, C-e, C-b, C-f; Backspace, Del, C-h, C-d; C-u to the start, C-k to
 * the end, C-w the word before; what has a shape is put in.
 */
enum line_event line_key(struct line *l, ui_key key);

/* TITLE, the text with the cursor, in row ROW; scrolls so that the cursor is seen. */
void line_draw(const struct line *l, struct canvas *c, int row, const char *title);

#endif
