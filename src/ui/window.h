// SPDX-License-Identifier: MIT
#ifndef PST_UI_WINDOW_H
#define PST_UI_WINDOW_H

#include <stdint.h>

#include "model/query.h"

/* Over which time figures are, while nothing is marked on the timeline. */
enum ui_window {
	UI_WINDOW_LAST, /* the last window of the model */
	UI_WINDOW_10,	/* seconds */
	UI_WINDOW_60,
	UI_WINDOW_ALL,
	UI_WINDOW_COUNT
};

/* 0: not of a fixed length. */
unsigned window_seconds(enum ui_window w);
/* The word for the configuration: "last", "10s" … */
const char *window_word(enum ui_window w);
/* UI_WINDOW_COUNT: no such word. */
enum ui_window window_find(const char *word);

#endif
