// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/line.h"

#include <stdio.h>
#include <string.h>

#include <utf8proc.h>

#include "base/text.h"

enum {
	CTRL_A = 1,
	CTRL_B,
	CTRL_D = 4,
	CTRL_E,
	CTRL_F,
	CTRL_H = 8,
	CTRL_K = 11,
	CTRL_U = 21,
	CTRL_W = 23
};

void line_set(struct line *l, const char *text)
{
	size_t n = strlen(text);

	if (n >= sizeof l->text) {
		n = sizeof l->text - 1;
		while (n && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(l->text, text, n);
	l->text[n] = '\0';
	l->len = l->at = n;
}

/* Where the cluster before the cursor begins. */
static size_t before(const struct line *l)
{
	size_t at = 0, last = 0;
	int cells;

	while (at < l->at) {
		size_t n = pst_text_cluster(l->text + at, l->len - at, &cells);

		last = at;
		at += n ? n : 1;
	}
	return last;
}

static size_t behind(const struct line *l)
{
	int cells;
	size_t n = pst_text_cluster(l->text + l->at, l->len - l->at, &cells);

	return l->at + n;
}

static size_t word_before(const struct line *l)
{
	size_t at = l->at;

	while (at && l->text[at - 1] == ' ')
		at--;
	while (at && l->text[at - 1] != ' ' && l->text[at - 1] != '/')
		at--;
	return at < l->at ? at : at ? at - 1 : 0;
}

static enum line_event cut(struct line *l, size_t from, size_t to)
{
	if (from >= to)
		return LINE_NOTHING;
	memmove(l->text + from, l->text + to, l->len - to + 1);
	l->len -= to - from;
	l->at = from;
	return LINE_CHANGED;
}

static enum line_event go(struct line *l, size_t to)
{
	if (to == l->at)
		return LINE_NOTHING;
	l->at = to;
	return LINE_MOVED;
}

/* A new character may become one cluster with what stands before it: the cursor goes behind that.
 */
static enum line_event put(struct line *l, ui_key key)
{
	utf8proc_uint8_t bytes[4];
	utf8proc_ssize_t n;
	size_t at = 0;
	int cells;

	if (key < ' ' || (key >= 0x7f && key < 0xa0) || key >= UI_KEY_SPECIAL ||
	    (key >= 0xd800 && key < 0xe000))
		return LINE_NOTHING;
	n = utf8proc_encode_char((utf8proc_int32_t)key, bytes);
	if (n <= 0 || l->len + (size_t)n >= sizeof l->text)
		return LINE_NOTHING;
	memmove(l->text + l->at + n, l->text + l->at, l->len - l->at + 1);
	memcpy(l->text + l->at, bytes, (size_t)n);
	l->len += (size_t)n;
	l->at += (size_t)n;
	while (at < l->at) {
		size_t step = pst_text_cluster(l->text + at, l->len - at, &cells);

		at += step ? step : 1;
	}
	l->at = at;
	return LINE_CHANGED;
}

enum line_event line_key(struct line *l, ui_key key)
{
	switch (key) {
	case UI_KEY_LEFT:
	case CTRL_B:
		return go(l, before(l));
	case UI_KEY_RIGHT:
	case CTRL_F:
		return go(l, behind(l));
	case UI_KEY_HOME:
	case CTRL_A:
		return go(l, 0);
	case UI_KEY_END:
	case CTRL_E:
		return go(l, l->len);
	case UI_KEY_BACKSPACE:
	case CTRL_H:
		return cut(l, before(l), l->at);
	case UI_KEY_DELETE:
	case CTRL_D:
		return cut(l, l->at, behind(l));
	case CTRL_U:
		return cut(l, 0, l->at);
	case CTRL_K:
		return cut(l, l->at, l->len);
	case CTRL_W:
		return cut(l, word_before(l), l->at);
	default:
		return put(l, key);
	}
}

void line_draw(const struct line *l, struct canvas *c, int row, const char *title)
{
	char shown[LINE_BYTES + 2];
	size_t from = 0;
	int col, used, cells;

	canvas_fill(c, row, ST_NORMAL);
	col = canvas_cut(c, row, 0, c->cols * 2 / 3, ST_PROMPT, title);
	/* The text ends in a blank, on which the cursor stands at the end. */
	snprintf(shown, sizeof shown, "%s ", l->text);
	while (from < l->at && pst_text_cells(shown + from, l->at - from) >= c->cols - col) {
		size_t n = pst_text_cluster(shown + from, l->len - from, &cells);

		from += n ? n : 1;
	}
	canvas_text(c, row, col, c->cols, ST_NORMAL, shown + from);
	used = pst_text_cells(shown + from, l->at - from);
	pst_text_cluster(shown + l->at, strlen(shown + l->at), &cells);
	canvas_paint(c, row, col + used, col + used + (cells > 0 ? cells : 1), ST_HERE);
}
