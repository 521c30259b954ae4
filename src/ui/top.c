// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "ui/format.h"
#include "ui/pane.h"

/* The functions, one row each, with their shares: the first screen. */

enum {
	PERCENT_CELLS = 6,
	TOTAL_CELLS = 7,
	SECONDS_CELLS = 7,
	TEXT_MIN = 24,
	SPLIT_MIN = 26,
	NAME_MAX_CELLS = 60
};

struct top {
	struct pst_table table;
	size_t selected, first; /* row under the cursor, first row shown */
	uint32_t id;		/* of the row under the cursor */
	bool follow;		/* the cursor stays with ID, not at the top */
	int page;		/* rows shown at the last draw */
	enum pst_group group;
	unsigned threads;
	bool any_tick;
};

static const struct column {
	const char *title;
	int cells;
	enum pst_sort sort;
} columns[] = {
	/* TRANSLATORS: column headings, at most 5, 6, 5, 6 and 6 cells. */
	{N_("%Own"), PERCENT_CELLS, PST_SORT_OWN_PERCENT},
	{N_("%Total"), TOTAL_CELLS, PST_SORT_TOTAL_PERCENT},
	/* xgettext:no-c-format */
	{N_("%GIL"), PERCENT_CELLS, PST_SORT_GIL_PERCENT},
	{N_("Own"), SECONDS_CELLS, PST_SORT_OWN},
	{N_("Total"), SECONDS_CELLS, PST_SORT_TOTAL},
};

enum { NUMBERS = sizeof columns / sizeof *columns, SORTS = NUMBERS + 1 };

/* ---- columns that fit ---- */

struct layout {
	bool shown[NUMBERS];
	int name, place, end; /* columns; place == end: none */
};

static int numbers_cells(const struct layout *l)
{
	int cells = 0;

	for (int i = 0; i < NUMBERS; i++)
		cells += l->shown[i] ? columns[i].cells + 1 : 0;
	return cells;
}

/* Seconds go first, then %GIL, then %Total; %Own stays. */
static struct layout layout_for(int cols)
{
	static const int go[] = {3, 4, 2, 1};
	struct layout l = {.shown = {true, true, true, true, true}};
	int text;

	for (size_t i = 0; i < sizeof go / sizeof *go && cols - numbers_cells(&l) < TEXT_MIN; i++) {
		l.shown[go[i]] = false;
		if (go[i] == 3)
			l.shown[go[++i]] = false;
	}
	l.name = numbers_cells(&l);
	l.place = l.end = cols;
	text = cols - l.name;
	if (text >= SPLIT_MIN) {
		int name = text / 2;

		l.place = l.name + (name > NAME_MAX_CELLS ? NAME_MAX_CELLS : name) + 1;
	}
	return l;
}

/* ---- fetching ---- */

static void find_selected(struct top *t)
{
	for (size_t i = 0; i < t->table.len; i++) {
		if (t->table.at[i].id == t->id) {
			t->selected = i;
			return;
		}
	}
	t->follow = false; /* reset: its row is gone */
}

static void remember(struct top *t)
{
	if (t->selected >= t->table.len)
		t->selected = t->table.len ? t->table.len - 1 : 0;
	t->id = t->table.len ? t->table.at[t->selected].id : 0;
}

static void top_update(struct pane *p, const struct pst_model *m)
{
	struct top *t = p->state;
	struct pst_summary s;

	pst_model_summary(m, &s);
	t->threads = s.threads;
	t->any_tick = s.ticks > 0;
	if (t->group != p->view->table.group)
		t->follow = false; /* ids of the other kind */
	t->group = p->view->table.group;
	pst_model_table(m, &p->view->table, &t->table);
	if (t->follow)
		find_selected(t);
	if (!t->follow)
		t->selected = t->first = 0;
	remember(t);
}

static void top_release(struct pane *p)
{
	struct top *t = p->state;

	pst_table_free(&t->table);
}

/* ---- drawing ---- */

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

static void draw_titles(const struct top *t, const struct ui_view *view, const struct layout *l,
			struct canvas *c)
{
	char where[FORMAT_MAX * 2];
	int col = 0;

	canvas_fill(c, 0, ST_TITLE);
	for (int i = 0; i < NUMBERS; i++) {
		if (!l->shown[i])
			continue;
		draw_title(view, columns[i].sort, c, col, col + columns[i].cells,
			   _(columns[i].title), true);
		col += columns[i].cells + 1;
	}
	draw_title(view, PST_SORT_NAME, c, l->name, l->place, _("Function"), false);
	if (l->place == l->end)
		return;
	canvas_cut(c, 0, l->place, l->end, ST_TITLE, _("file:line"));
	snprintf(where, sizeof where, " %zu/%zu", t->table.len ? t->selected + 1 : 0, t->table.len);
	if (l->end - l->place >= 20)
		canvas_right(c, 0, l->end - 10, l->end, ST_TITLE, where);
}

static void draw_numbers(const struct pst_row *r, const struct layout *l, struct canvas *c, int row)
{
	const double percents[] = {r->own_percent, r->total_percent, r->gil_percent};
	const double seconds[] = {r->own_seconds, r->total_seconds};
	char text[FORMAT_MAX];
	int col = 0;

	for (int i = 0; i < NUMBERS; i++) {
		if (!l->shown[i])
			continue;
		if (i < 3)
			canvas_right(c, row, col, col + columns[i].cells, theme_heat(percents[i]),
				     format_percent(text, percents[i]));
		else
			canvas_right(c, row, col, col + columns[i].cells, ST_NORMAL,
				     format_seconds(text, seconds[i - 3]));
		col += columns[i].cells + 1;
	}
}

static void draw_row(const struct top *t, size_t i, const struct layout *l, struct canvas *c,
		     int row)
{
	const struct pst_row *r = &t->table.at[i];
	struct pst_buf place = {0};

	draw_numbers(r, l, c, row);
	if (l->place < l->end) {
		canvas_cut(c, row, l->name, l->place - 1, ST_NORMAL, r->name);
		format_place(&place, r->file, r->line, l->end - l->place);
		canvas_text(c, row, l->place, l->end, ST_FILE, pst_buf_text(&place));
	} else if (t->group == PST_GROUP_LINE && r->line > 0) {
		char line[FORMAT_MAX];
		int n = snprintf(line, sizeof line, ":%d", r->line);
		int col = canvas_cut(c, row, l->name, l->end - n, ST_NORMAL, r->name);

		canvas_text(c, row, col, l->end, ST_FILE, line);
	} else {
		canvas_cut(c, row, l->name, l->end, ST_NORMAL, r->name);
	}
	pst_buf_free(&place);
	if (i == t->selected)
		canvas_paint(c, row, 0, c->cols, ST_SELECT);
}

static void draw_nothing(const struct top *t, struct canvas *c)
{
	char text[160];

	if (!t->any_tick)
		snprintf(text, sizeof text, "%s", _("Waiting for the first sample…"));
	else
		snprintf(text, sizeof text,
			 P_("Nothing ran yet (%u thread; i counts idle ones)",
			    "Nothing ran yet (%u threads; i counts idle ones)", t->threads),
			 t->threads);
	canvas_cut(c, 1, 1, c->cols, ST_DIM, text);
}

/* The cursor stays in sight, and no room is left empty while there are rows above. */
static void scroll(struct top *t)
{
	size_t page = t->page > 0 ? (size_t)t->page : 1;

	if (t->selected < t->first)
		t->first = t->selected;
	if (t->selected >= t->first + page)
		t->first = t->selected - page + 1;
	if (t->first + page > t->table.len)
		t->first = t->table.len > page ? t->table.len - page : 0;
}

static void top_draw(struct pane *p, struct canvas *c)
{
	struct top *t = p->state;
	struct layout l = layout_for(c->cols);

	t->page = c->rows - 1;
	scroll(t);
	draw_titles(t, p->view, &l, c);
	if (!t->table.len)
		draw_nothing(t, c);
	for (int row = 1; row < c->rows; row++) {
		size_t i = t->first + (size_t)row - 1;

		if (i >= t->table.len)
			break;
		draw_row(t, i, &l, c, row);
	}
}

/* ---- commands ---- */

static enum ui_effect move(struct top *t, long by)
{
	size_t last = t->table.len ? t->table.len - 1 : 0;

	if (by < 0 && (size_t)-by > t->selected)
		t->selected = 0;
	else if (by > 0 && (size_t)by > last - t->selected)
		t->selected = last;
	else
		t->selected = (size_t)((long)t->selected + by);
	t->follow = true;
	remember(t);
	return UI_UPDATE;
}

static enum ui_effect sort_by(struct ui_view *view, enum pst_sort sort)
{
	view->table.sort = sort;
	view->table.ascending = sort == PST_SORT_NAME;
	return UI_UPDATE;
}

/* The columns as they stand on the screen, the name last. */
static enum ui_effect sort_step(struct ui_view *view, int step)
{
	int at = 0;

	while (at < NUMBERS && columns[at].sort != view->table.sort)
		at++;
	at = (at + step + SORTS) % SORTS;
	return sort_by(view, at < NUMBERS ? columns[at].sort : PST_SORT_NAME);
}

static enum ui_effect sort_command(struct pane *p, enum ui_cmd cmd)
{
	switch (cmd) {
	case UI_CMD_SORT_OWN_PERCENT:
		return sort_by(p->view, PST_SORT_OWN_PERCENT);
	case UI_CMD_SORT_TOTAL_PERCENT:
		return sort_by(p->view, PST_SORT_TOTAL_PERCENT);
	case UI_CMD_SORT_GIL_PERCENT:
		return sort_by(p->view, PST_SORT_GIL_PERCENT);
	case UI_CMD_SORT_OWN:
		return sort_by(p->view, PST_SORT_OWN);
	case UI_CMD_SORT_TOTAL:
		return sort_by(p->view, PST_SORT_TOTAL);
	case UI_CMD_SORT_NAME:
		return sort_by(p->view, PST_SORT_NAME);
	case UI_CMD_SORT_NEXT:
		return sort_step(p->view, 1);
	case UI_CMD_SORT_PREVIOUS:
		return sort_step(p->view, -1);
	case UI_CMD_SORT_REVERSE:
		p->view->table.ascending = !p->view->table.ascending;
		return UI_UPDATE;
	default:
		return UI_NONE;
	}
}

static enum ui_effect top_command(struct pane *p, enum ui_cmd cmd)
{
	struct top *t = p->state;
	long page = t->page > 1 ? t->page : 1;

	switch (cmd) {
	case UI_CMD_UP:
		return move(t, -1);
	case UI_CMD_DOWN:
		return move(t, 1);
	case UI_CMD_PAGE_UP:
		return move(t, -page);
	case UI_CMD_PAGE_DOWN:
		return move(t, page);
	case UI_CMD_FIRST:
		t->follow = false;
		return UI_UPDATE;
	case UI_CMD_LAST:
		return move(t, (long)t->table.len);
	default:
		return sort_command(p, cmd);
	}
}

const struct pane_ops pane_functions = {
	.title = N_("Functions"),
	.state_size = sizeof(struct top),
	.update = top_update,
	.draw = top_draw,
	.command = top_command,
	.release = top_release,
};
