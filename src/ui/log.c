// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/log.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static struct ui_log_line *line_at(struct ui_log *l, size_t i)
{
	return &l->at[(l->first + i) % LOG_LINES_MAX];
}

void log_add(struct ui_log *l, uint64_t unix_time, const char *text)
{
	struct ui_log_line *line = l->len ? line_at(l, l->len - 1) : NULL;

	if (line && strcmp(line->text, text) == 0) {
		line->times++;
		line->unix_time = unix_time;
		return;
	}
	if (l->len == LOG_LINES_MAX) {
		free(l->at[l->first].text);
		l->first = (l->first + 1) % LOG_LINES_MAX;
		l->len--;
	}
	line = line_at(l, l->len++);
	*line = (struct ui_log_line){.text = pst_strdup(text), .unix_time = unix_time, .times = 1};
}

const struct ui_log_line *log_line(const struct ui_log *l, size_t i)
{
	return i < l->len ? &l->at[(l->first + i) % LOG_LINES_MAX] : NULL;
}

void log_release(struct ui_log *l)
{
	for (size_t i = 0; i < l->len; i++)
		free(line_at(l, i)->text);
	l->len = 0;
}
