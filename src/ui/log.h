// SPDX-License-Identifier: MIT
#ifndef PST_UI_LOG_H
#define PST_UI_LOG_H

#include <stddef.h>
#include <stdint.h>

/* What was said to the user, for the pane of messages; the newest of many. */

enum { LOG_LINES_MAX = 500, LOG_TEXT_MAX = 512 };

struct ui_log_line {
	char *text;
	uint64_t unix_time; /* 0: not known */
	unsigned times;	    /* that it was said in a row */
};

struct ui_log {
	struct ui_log_line at[LOG_LINES_MAX]; /* a ring: the oldest is at FIRST */
	size_t first, len;
};

void log_add(struct ui_log *l, uint64_t unix_time, const char *text);
/* The I-th, from the oldest; NULL at the end. */
const struct ui_log_line *log_line(const struct ui_log *l, size_t i);
void log_release(struct ui_log *l);

#endif
