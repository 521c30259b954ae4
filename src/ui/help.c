// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/text.h"
#include "ui/keys.h"
#include "ui/pane.h"

/* All commands with their keys, out of the command table, and what the figures mean. */

struct help {
	int first; /* line at the top */
	int page;
	int lines; /* in all, at the last draw */
};

/* Where the text goes: a long page of which the canvas shows a part. */
struct writer {
	struct canvas *c;
	int first, line; /* first line shown; line being written */
};

static int row_of(const struct writer *w)
{
	return w->line - w->first + 1; /* below the title */
}

static void put(const struct writer *w, int col, enum style style, const char *text)
{
	if (row_of(w) >= 1)
		canvas_cut(w->c, row_of(w), col, w->c->cols, style, text);
}

/* How many bytes of S go on a line of CELLS cells: whole words, or a part of one that is longer. */
static size_t line_length(const char *s, int cells)
{
	int used;
	size_t n = pst_text_fit(s, strlen(s), cells, &used), cut = n;

	if (!s[n])
		return n;
	while (cut && s[cut] != ' ')
		cut--;
	if (cut)
		return cut;
	return n ? n : strlen(s);
}

static void paragraph(struct writer *w, int indent, const char *text)
{
	int cells = w->c->cols - indent > 1 ? w->c->cols - indent : 1;
	struct pst_buf line = {0};

	while (*text) {
		size_t n = line_length(text, cells);

		pst_buf_clear(&line);
		pst_buf_add(&line, text, n);
		put(w, indent, ST_NORMAL, pst_buf_text(&line));
		w->line++;
		text += n;
		text += strspn(text, " ");
	}
	pst_buf_free(&line);
}

static void command_line(struct writer *w, const struct ui_command *cmd)
{
	char keys[KEYS_TEXT_MAX];

	put(w, 2, ST_BOLD, keys_text(keys, cmd->keys));
	if (w->c->cols < 44) {
		w->line++;
		paragraph(w, 4, _(cmd->help));
	} else {
		paragraph(w, 20, _(cmd->help));
	}
}

static void all_commands(struct writer *w)
{
	for (int g = 0; g < UI_GROUP_COUNT; g++) {
		put(w, 0, ST_WARM, ui_group_title((enum ui_group)g));
		w->line++;
		for (int i = UI_CMD_NONE + 1; i < UI_CMD_COUNT; i++) {
			const struct ui_command *cmd = ui_command((enum ui_cmd)i);

			if (cmd->group == (enum ui_group)g)
				command_line(w, cmd);
		}
		w->line++;
	}
}

static void all_definitions(struct writer *w)
{
	put(w, 0, ST_WARM, _("What the figures mean"));
	w->line++;
	for (unsigned i = 0; ui_definition(i); i++) {
		paragraph(w, 2, ui_definition(i));
		w->line++;
	}
}

static void help_update(struct pane *p, const struct pst_model *m)
{
	(void)p;
	(void)m;
}

static void clamp_scroll(struct help *h)
{
	if (h->first > h->lines - h->page)
		h->first = h->lines - h->page;
	if (h->first < 0)
		h->first = 0;
}

static void help_draw(struct pane *p, struct canvas *c)
{
	struct help *h = p->state;
	struct canvas none = {.cols = c->cols, .ascii = c->ascii};
	struct writer w = {.c = &none};

	/* Once for the length, once for the eye. */
	all_commands(&w);
	all_definitions(&w);
	h->lines = w.line - 1;
	h->page = c->rows - 1;
	clamp_scroll(h);
	w = (struct writer){.c = c, .first = h->first};
	canvas_fill(c, 0, ST_TITLE);
	canvas_cut(c, 0, 0, c->cols, ST_TITLE, _("Help: arrows scroll, any other key returns"));
	all_commands(&w);
	all_definitions(&w);
}

static enum ui_effect help_command(struct pane *p, enum ui_cmd cmd)
{
	struct help *h = p->state;

	switch (cmd) {
	case UI_CMD_UP:
		h->first--;
		break;
	case UI_CMD_DOWN:
		h->first++;
		break;
	case UI_CMD_PAGE_UP:
		h->first -= h->page;
		break;
	case UI_CMD_PAGE_DOWN:
		h->first += h->page;
		break;
	case UI_CMD_FIRST:
		h->first = 0;
		break;
	case UI_CMD_LAST:
		h->first = h->lines;
		break;
	default:
		return UI_NONE;
	}
	clamp_scroll(h);
	return UI_DRAW;
}

const struct pane_ops pane_help = {
	.title = N_("Help"),
	.state_size = sizeof(struct help),
	.update = help_update,
	.draw = help_draw,
	.command = help_command,
};
