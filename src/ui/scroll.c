// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/scroll.h"

void scroll_move(struct scroll *s, size_t len, long by)
{
	size_t last = len ? len - 1 : 0;

	if (s->at > last)
		s->at = last;
	if (by < 0)
		s->at = (size_t)-by > s->at ? 0 : s->at - (size_t)-by;
	else
		s->at = (size_t)by > last - s->at ? last : s->at + (size_t)by;
}

void scroll_fit(struct scroll *s, size_t len, int page)
{
	size_t rows = page > 0 ? (size_t)page : 1;

	s->page = page;
	if (s->at >= len)
		s->at = len ? len - 1 : 0;
	if (s->at < s->first)
		s->first = s->at;
	if (s->at >= s->first + rows)
		s->first = s->at - rows + 1;
	if (s->first + rows > len)
		s->first = len > rows ? len - rows : 0;
}

bool scroll_command(struct scroll *s, size_t len, enum ui_cmd cmd)
{
	long page = s->page > 1 ? s->page : 1;

	switch (cmd) {
	case UI_CMD_UP:
		scroll_move(s, len, -1);
		return true;
	case UI_CMD_DOWN:
		scroll_move(s, len, 1);
		return true;
	case UI_CMD_PAGE_UP:
		scroll_move(s, len, -page);
		return true;
	case UI_CMD_PAGE_DOWN:
		scroll_move(s, len, page);
		return true;
	case UI_CMD_FIRST:
		s->at = 0;
		return true;
	case UI_CMD_LAST:
		s->at = len ? len - 1 : 0;
		return true;
	default:
		return false;
	}
}
