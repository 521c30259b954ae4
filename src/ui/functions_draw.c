// SPDX-License-Identifier: MIT
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/text.h"
#include "ui/find.h"
#include "ui/format.h"
#include "ui/functions.h"

/* ---- columns ---- */

enum { TEXT_MIN = 24, SPLIT_MIN = 26, NAME_MAX_CELLS = 60, TREND_CELLS = 1 };

static const struct functions_column_info columns[COLUMN_COUNT] = {
	/* TRANSLATORS: column headings, at most 5, 6, 5, 6 and 6 cells. */
	[COLUMN_OWN_PERCENT] = {"own%", N_("%Own"), 6, PST_SORT_OWN_PERCENT},
	[COLUMN_TOTAL_PERCENT] = {"total%", N_("%Total"), 7, PST_SORT_TOTAL_PERCENT},
	/* xgettext:no-c-format */
	[COLUMN_GIL_PERCENT] = {"gil%", N_("%GIL"), 6, PST_SORT_GIL_PERCENT},
	[COLUMN_OWN] = {"own", N_("Own"), 7, PST_SORT_OWN},
	[COLUMN_TOTAL] = {"total", N_("Total"), 7, PST_SORT_TOTAL},
	[COLUMN_TREND] = {"trend", "", TREND_CELLS, PST_SORT_NAME},
	[COLUMN_NAME] = {"function", N_("Function"), 0, PST_SORT_NAME},
	[COLUMN_PLACE] = {"file", N_("file:line"), 0, PST_SORT_NAME},
};

const struct functions_column_info *functions_column(enum functions_column c)
{
	return &columns[c];
}

enum functions_column functions_column_find(const char *word, size_t n)
{
	int i = 0;

	while (i < COLUMN_COUNT &&
	       (strlen(columns[i].word) != n || memcmp(columns[i].word, word, n) != 0))
		i++;
	return (enum functions_column)i;
}

static int numbers_cells(const struct functions_layout *l)
{
	int cells = 0;

	for (int i = 0; i < COLUMN_NUMBERS; i++)
		cells += l->shown[i] ? columns[i].cells + 1 : 0;
	return cells;
}

/* When room is short seconds go first, then %GIL, then %Total; the first that is wanted stays. */
static void drop_numbers(struct functions_layout *l, int cols)
{
	static const int go[] = {COLUMN_TOTAL, COLUMN_OWN, COLUMN_GIL_PERCENT,
				 COLUMN_TOTAL_PERCENT};

	for (size_t i = 0; i < sizeof go / sizeof *go && cols - numbers_cells(l) < TEXT_MIN; i++) {
		l->shown[go[i]] = false;
		if (go[i] == COLUMN_TOTAL)
			l->shown[go[++i]] = false;
	}
}

void functions_layout(struct functions_layout *l, unsigned wanted, int cols)
{
	int col = 0, text, name;

	*l = (struct functions_layout){.end = cols, .name_end = cols};
	for (int i = 0; i < COLUMN_COUNT; i++)
		l->col[i] = -1;
	for (int i = 0; i < COLUMN_NUMBERS; i++)
		l->shown[i] = wanted & 1u << i;
	drop_numbers(l, cols);
	for (int i = 0; i < COLUMN_NUMBERS; i++) {
		if (!l->shown[i])
			continue;
		l->col[i] = col;
		col += columns[i].cells + 1;
	}
	if (wanted & 1u << COLUMN_TREND && cols - col >= TEXT_MIN + TREND_CELLS + 1) {
		l->col[COLUMN_TREND] = col;
		col += TREND_CELLS + 1;
	}
	l->col[COLUMN_NAME] = col;
	text = cols - col;
	if (text < SPLIT_MIN || !(wanted & 1u << COLUMN_PLACE))
		return;
	name = text / 2 > NAME_MAX_CELLS ? NAME_MAX_CELLS : text / 2;
	l->name_end = col + name;
	l->col[COLUMN_PLACE] = col + name + 1;
}

/* ---- headings ---- */

/* A heading; the one that sorts carries the mark before its text. */
static void draw_title(const struct ui_view *view, enum pst_sort sort, struct canvas *c, int col,
		       int end, const char *title, bool right)
{
	bool sorts = view->table.sort == sort;
	char text[64];

	snprintf(text, sizeof text, "%s%s", !sorts ? "" : view->table.ascending ? "▲" : "▼", title);
	if (right)
		canvas_right(c, 0, col, end, sorts ? ST_TITLE_SORT : ST_TITLE, text);
	else
		canvas_cut(c, 0, col, end, sorts ? ST_TITLE_SORT : ST_TITLE, text);
}

static const char *name_title(enum pst_group group)
{
	switch (group) {
	case PST_GROUP_FILE:
		return _("File");
	case PST_GROUP_MODULE:
		return _("Module");
	default:
		return _(columns[COLUMN_NAME].title);
	}
}

static void draw_titles(const struct functions *t, const struct ui_view *view,
			const struct functions_layout *l, struct canvas *c)
{
	char where[FORMAT_MAX * 2];
	int place = l->col[COLUMN_PLACE];

	canvas_fill(c, 0, ST_TITLE);
	for (int i = 0; i < COLUMN_NUMBERS; i++) {
		if (l->col[i] >= 0)
			draw_title(view, columns[i].sort, c, l->col[i],
				   l->col[i] + columns[i].cells, _(columns[i].title), true);
	}
	draw_title(view, PST_SORT_NAME, c, l->col[COLUMN_NAME], l->name_end, name_title(t->group),
		   false);
	if (place < 0)
		return;
	canvas_cut(c, 0, place, l->end, ST_TITLE, _(columns[COLUMN_PLACE].title));
	snprintf(where, sizeof where, " %zu/%zu", t->table.len ? t->selected + 1 : 0, t->table.len);
	if (l->end - place >= 18)
		canvas_right(c, 0, l->end - 9, l->end, ST_TITLE, where);
}

/* ---- rows ---- */

static enum style diff_style(double points)
{
	if (fabs(points) < 0.05)
		return ST_DIM;
	return points > 0 ? ST_GREW : ST_SHRANK;
}

static void draw_percent(struct canvas *c, int row, int col, int end, double percent, bool diff)
{
	char text[FORMAT_MAX];

	if (diff)
		canvas_right(c, row, col, end, diff_style(percent), format_change(text, percent));
	else
		canvas_right(c, row, col, end, theme_heat(percent), format_percent(text, percent));
}

static void draw_numbers(const struct pst_row *r, const struct functions_layout *l,
			 struct canvas *c, int row, bool diff)
{
	const double percents[] = {r->own_percent, r->total_percent, r->gil_percent};
	const double seconds[] = {r->own_seconds, r->total_seconds};
	char text[FORMAT_MAX];

	for (int i = 0; i < COLUMN_NUMBERS; i++) {
		int col = l->col[i];

		if (col < 0)
			continue;
		if (i <= COLUMN_GIL_PERCENT)
			draw_percent(c, row, col, col + columns[i].cells, percents[i], diff);
		else
			canvas_right(c, row, col, col + columns[i].cells, ST_NORMAL,
				     format_seconds(text, seconds[i - COLUMN_OWN]));
	}
}

static void draw_trend(enum functions_mark mark, struct canvas *c, int row, int col)
{
	static const struct {
		const char *sign;
		enum style style;
	} marks[] = {[TREND_UNKNOWN] = {" ", ST_NORMAL},
		     [TREND_SAME] = {"·", ST_DIM},
		     [TREND_UP] = {"▲", ST_GREW},
		     [TREND_DOWN] = {"▼", ST_SHRANK}};

	canvas_text(c, row, col, col + TREND_CELLS, marks[mark].style, marks[mark].sign);
}

/* What the search found is marked in the text. */
static void draw_found(const struct ui_find *f, struct canvas *c, int row, int col, int end,
		       const char *text)
{
	size_t from, to;

	if (!f || !ui_find_in(f, text, &from, &to) || from == to)
		return;
	col += pst_text_cells(text, from);
	to = (size_t)pst_text_cells(text + from, to - from);
	canvas_paint(c, row, col < end ? col : end, col + (int)to < end ? col + (int)to : end,
		     ST_MATCH);
}

static void draw_name(const struct functions *t, const struct ui_view *v, const struct pst_row *r,
		      const struct functions_layout *l, struct canvas *c, int row)
{
	int col = l->col[COLUMN_NAME], end = l->name_end, n = 0;
	char line[FORMAT_MAX] = "";

	if (t->group == PST_GROUP_LINE && r->line > 0 && l->col[COLUMN_PLACE] < 0)
		n = snprintf(line, sizeof line, ":%d", r->line);
	col = canvas_cut(c, row, col, end - n, ST_NORMAL, r->name);
	canvas_text(c, row, col, end, ST_FILE, line);
	draw_found(v->search, c, row, l->col[COLUMN_NAME], end, r->name);
}

static void draw_place(const struct ui_view *v, const struct pst_row *r,
		       const struct functions_layout *l, struct canvas *c, int row)
{
	int col = l->col[COLUMN_PLACE];
	struct pst_buf place = {0};

	if (col < 0)
		return;
	format_place(&place, r->file, r->line, l->end - col);
	canvas_text(c, row, col, l->end, ST_FILE, pst_buf_text(&place));
	draw_found(v->search, c, row, col, l->end, pst_buf_text(&place));
	pst_buf_free(&place);
}

static void draw_row(const struct functions *t, const struct ui_view *v, size_t i,
		     const struct functions_layout *l, struct canvas *c, int row)
{
	const struct pst_row *r = &t->table.at[i];

	draw_numbers(r, l, c, row, v->diff);
	if (l->col[COLUMN_TREND] >= 0 && !v->diff)
		draw_trend(functions_trend(t, r), c, row, l->col[COLUMN_TREND]);
	draw_name(t, v, r, l, c, row);
	draw_place(v, r, l, c, row);
	if (i == t->selected)
		canvas_paint(c, row, 0, c->cols, ST_SELECT);
}

static void draw_nothing(const struct functions *t, const struct ui_view *v, struct canvas *c)
{
	char text[160];

	if (!t->any_tick)
		snprintf(text, sizeof text, "%s", _("Waiting for the first sample…"));
	else if (v->only)
		snprintf(text, sizeof text, "%s", _("No stack matches the filter"));
	else if (v->span.to_ns)
		snprintf(text, sizeof text, "%s", _("Nothing ran in that time"));
	else
		snprintf(text, sizeof text,
			 P_("Nothing ran yet (%u thread; i counts idle ones)",
			    "Nothing ran yet (%u threads; i counts idle ones)", t->threads),
			 t->threads);
	canvas_cut(c, 1, 1, c->cols, ST_DIM, text);
}

/* The cursor stays in sight, and no room is left empty while there are rows above. */
static void scroll(struct functions *t)
{
	size_t page = t->page > 0 ? (size_t)t->page : 1;

	if (t->selected < t->first)
		t->first = t->selected;
	if (t->selected >= t->first + page)
		t->first = t->selected - page + 1;
	if (t->first + page > t->table.len)
		t->first = t->table.len > page ? t->table.len - page : 0;
}

void functions_draw(struct pane *p, struct canvas *c)
{
	struct functions *t = p->state;
	struct functions_layout l;

	functions_layout(&l, p->view->columns, c->cols);
	t->page = c->rows - 1;
	t->cols = c->cols;
	scroll(t);
	draw_titles(t, p->view, &l, c);
	if (!t->table.len)
		draw_nothing(t, p->view, c);
	for (int row = 1; row < c->rows; row++) {
		size_t i = t->first + (size_t)row - 1;

		if (i >= t->table.len)
			break;
		draw_row(t, p->view, i, &l, c, row);
	}
}
