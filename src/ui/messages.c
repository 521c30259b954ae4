// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>
#include <time.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "ui/log.h"
#include "ui/pager.h"
#include "ui/pane.h"

/* All that was said at the bottom of the screen, with its time; the newest below. */

struct messages {
	struct pager pager;
	size_t seen; /* lines at the last draw */
};

enum { TIME_COLS = 9 };

static void write_line(struct pager_writer *w, const struct ui_log_line *line)
{
	time_t at = (time_t)line->unix_time;
	char when[16] = "";
	struct pst_buf text = {0};
	struct tm tm;

	if (line->unix_time && localtime_r(&at, &tm))
		strftime(when, sizeof when, "%H:%M:%S", &tm);
	pager_put(w, 0, ST_DIM, when);
	pst_buf_adds(&text, line->text);
	if (line->times > 1)
		pst_buf_addf(&text, P_(" (%u time)", " (%u times)", line->times), line->times);
	pager_paragraph(w, TIME_COLS, ST_NORMAL, pst_buf_text(&text));
	pst_buf_free(&text);
}

static void write_messages(struct pager_writer *w, const void *ctx)
{
	const struct ui_view *v = ctx;
	const struct ui_log_line *line;

	for (size_t i = 0; (line = log_line(v->log, i)); i++)
		write_line(w, line);
	if (!log_line(v->log, 0))
		pager_paragraph(w, 1, ST_DIM, _("Nothing was said yet."));
}

static void messages_update(struct pane *p, const struct pst_model *m)
{
	(void)p;
	(void)m;
}

/* Stays at the end as long as it was there. */
static void messages_draw(struct pane *p, struct canvas *c)
{
	struct messages *s = p->state;
	struct pager *g = &s->pager;
	bool at_end = g->first + g->page >= g->lines;

	canvas_fill(c, 0, ST_TITLE);
	canvas_cut(c, 0, 0, c->cols, ST_TITLE, _("Messages"));
	pager_draw(g, c, write_messages, p->view);
	if (!at_end || g->first + g->page >= g->lines)
		return;
	g->first = g->lines;
	for (int row = 1; row < c->rows; row++)
		canvas_fill(c, row, ST_NORMAL);
	pager_draw(g, c, write_messages, p->view);
}

static enum ui_effect messages_command(struct pane *p, enum ui_cmd cmd)
{
	struct messages *s = p->state;

	return pager_command(&s->pager, cmd) ? UI_DRAW : UI_NONE;
}

static void messages_copy(struct pane *p, struct pst_buf *out)
{
	const struct ui_log_line *line;

	for (size_t i = 0; (line = log_line(p->view->log, i)); i++)
		pst_buf_addf(out, "%s\n", line->text);
}

const struct pane_ops pane_messages = {
	.title = N_("Messages"),
	.state_size = sizeof(struct messages),
	.update = messages_update,
	.draw = messages_draw,
	.command = messages_command,
	.copy = messages_copy,
};
