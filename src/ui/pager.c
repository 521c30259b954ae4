// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/pager.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

static int row_of(const struct pager_writer *w)
{
	return w->line - w->first + 1; /* below the title */
}

void pager_put(const struct pager_writer *w, int col, enum style style, const char *text)
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

void pager_paragraph(struct pager_writer *w, int indent, enum style style, const char *text)
{
	int cells = w->c->cols - indent > 1 ? w->c->cols - indent : 1;
	struct pst_buf line = {0};

	while (*text) {
		size_t n = line_length(text, cells);

		pst_buf_clear(&line);
		pst_buf_add(&line, text, n);
		pager_put(w, indent, style, pst_buf_text(&line));
		w->line++;
		text += n;
		text += strspn(text, " ");
	}
	pst_buf_free(&line);
}

static void clamp(struct pager *p)
{
	if (p->first > p->lines - p->page)
		p->first = p->lines - p->page;
	if (p->first < 0)
		p->first = 0;
}

void pager_draw(struct pager *p, struct canvas *c,
		void (*write)(struct pager_writer *w, const void *ctx), const void *ctx)
{
	struct canvas none = {.cols = c->cols, .ascii = c->ascii};
	struct pager_writer w = {.c = &none};

	write(&w, ctx);
	p->lines = w.line;
	p->page = c->rows - 1;
	clamp(p);
	w = (struct pager_writer){.c = c, .first = p->first};
	write(&w, ctx);
}

bool pager_command(struct pager *p, enum ui_cmd cmd)
{
	switch (cmd) {
	case UI_CMD_UP:
		p->first--;
		break;
	case UI_CMD_DOWN:
		p->first++;
		break;
	case UI_CMD_PAGE_UP:
		p->first -= p->page;
		break;
	case UI_CMD_PAGE_DOWN:
		p->first += p->page;
		break;
	case UI_CMD_FIRST:
		p->first = 0;
		break;
	case UI_CMD_LAST:
		p->first = p->lines;
		break;
	default:
		return false;
	}
	clamp(p);
	return true;
}
