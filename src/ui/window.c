// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/window.h"

#include <string.h>

static const struct {
	const char *word;
	unsigned seconds;
} windows[UI_WINDOW_COUNT] = {
	[UI_WINDOW_LAST] = {"last", 0},
	[UI_WINDOW_10] = {"10s", 10},
	[UI_WINDOW_60] = {"60s", 60},
	[UI_WINDOW_ALL] = {"all", 0},
};

unsigned window_seconds(enum ui_window w)
{
	return (unsigned)w < UI_WINDOW_COUNT ? windows[w].seconds : 0;
}

const char *window_word(enum ui_window w)
{
	return (unsigned)w < UI_WINDOW_COUNT ? windows[w].word : "";
}

enum ui_window window_find(const char *word)
{
	int i = 0;

	while (i < UI_WINDOW_COUNT && strcmp(windows[i].word, word) != 0)
		i++;
	return (enum ui_window)i;
}
