// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/threads.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "ui/find.h"
#include "ui/format.h"

enum {
	NAME_MIN = 10,
	FUNC_MIN = 15,
	FUNC_LEAST = 8,
	SPLIT_MIN = 44, /* from so many cells on the function says where it is */
	STUCK_SECONDS = 5
};

static const struct column {
	const char *title;
	int cells;
	bool right;
} columns[THREADS_COLUMNS] = {
	/* TRANSLATORS: column headings, at most 10, 7, 5, 6, 5, 5, 9 and 8 cells. */
	[THREADS_NAME] = {N_("Thread"), NAME_MIN, false},
	[THREADS_TID] = {N_("TID"), 7, true},
	[THREADS_STATE] = {N_("State"), THREADS_STATE_LEAST, false},
	/* xgettext:no-c-format */
	[THREADS_CPU] = {N_("%CPU"), 6, true},
	/* xgettext:no-c-format */
	[THREADS_GIL] = {N_("%GIL"), 5, true},
	[THREADS_WAIT] = {N_("%Wait"), 5, true},
	[THREADS_SAME] = {N_("Unchanged"), 9, true},
	[THREADS_FUNC] = {N_("Function"), FUNC_LEAST, false},
};

struct layout {
	int cells[THREADS_COLUMNS]; /* 0: not shown */
	int place, end;		    /* within the function's; place == end: none */
};

static int all_cells(const struct layout *l)
{
	int sum = 1; /* the tag */

	for (int i = 0; i < THREADS_COLUMNS; i++)
		sum += l->cells[i] ? l->cells[i] + 1 : 0;
	return sum - 1;
}

static int name_cells(int cols)
{
	if (cols >= 120)
		return 28;
	return cols >= 60 ? 14 : cols >= 40 ? 12 : NAME_MIN;
}

static int state_cells(int cols)
{
	if (cols >= 100)
		return THREADS_STATE_LONG;
	return cols >= 60 ? THREADS_STATE_SHORT : THREADS_STATE_LEAST;
}

/* What says least about a thread goes first; its name and its state stay. */
static struct layout layout_for(int cols)
{
	static const int go[] = {THREADS_TID,  THREADS_WAIT, THREADS_GIL,
				 THREADS_SAME, THREADS_CPU,  THREADS_FUNC};
	struct layout l = {0};

	for (int i = 0; i < THREADS_COLUMNS; i++)
		l.cells[i] = columns[i].cells;
	l.cells[THREADS_NAME] = name_cells(cols);
	l.cells[THREADS_STATE] = state_cells(cols);
	l.cells[THREADS_FUNC] = FUNC_MIN;
	for (size_t i = 0; i < sizeof go / sizeof *go && all_cells(&l) > cols; i++) {
		if (go[i] == THREADS_CPU)
			l.cells[THREADS_FUNC] = FUNC_LEAST;
		if (all_cells(&l) > cols)
			l.cells[go[i]] = 0;
	}
	if (all_cells(&l) < cols)
		l.cells[l.cells[THREADS_FUNC] ? THREADS_FUNC : THREADS_NAME] +=
			cols - all_cells(&l);
	return l;
}

/* Puts the columns side by side; keeps where, for the mouse. */
static void place_columns(struct threads *t, struct layout *l)
{
	int col = 1;

	for (int i = 0; i < THREADS_COLUMNS; i++) {
		t->at[i].col = col;
		t->at[i].end = l->cells[i] ? col + l->cells[i] : 0;
		col += l->cells[i] ? l->cells[i] + 1 : 0;
	}
	l->end = t->at[THREADS_FUNC].end;
	l->place = l->end;
	if (l->cells[THREADS_FUNC] >= SPLIT_MIN)
		l->place = t->at[THREADS_FUNC].col + l->cells[THREADS_FUNC] / 2;
}

/* ---- drawing ---- */

static void draw_title(const struct threads *t, struct canvas *c, int i)
{
	enum style style = t->sort == (enum threads_column)i ? ST_TITLE_SORT : ST_TITLE;
	char text[64];

	if (!t->at[i].end)
		return;
	canvas_paint(c, 0, t->at[i].col, t->at[i].end, style);
	snprintf(text, sizeof text, "%s%s", _(columns[i].title),
		 style == ST_TITLE      ? ""
		 : t->ascending ? "▲"
				: "▼");
	if (columns[i].right)
		canvas_right(c, 0, t->at[i].col - 1, t->at[i].end, style, text);
	else
		canvas_cut(c, 0, t->at[i].col, t->at[i].end, style, text);
}

static void draw_titles(const struct threads *t, const struct layout *l, struct canvas *c)
{
	char where[48];

	canvas_fill(c, 0, ST_TITLE);
	for (int i = 0; i < THREADS_COLUMNS; i++)
		draw_title(t, c, i);
	if (l->place == l->end)
		return;
	canvas_cut(c, 0, l->place, l->end, ST_TITLE, _("file:line"));
	snprintf(where, sizeof where, " %zu/%zu", t->rows.len ? t->scroll.at + 1 : 0, t->rows.len);
	if (l->end - l->place >= 20)
		canvas_right(c, 0, l->end - 10, l->end, ST_TITLE, where);
}

static enum style state_style(enum pst_thread_doing doing)
{
	switch (doing) {
	case PST_DOING_HOLDS_GIL:
		return ST_GIL;
	case PST_DOING_WAITS_GIL:
		return ST_WAIT;
	case PST_DOING_COLLECTS:
		return ST_HOT;
	case PST_DOING_RUNS:
		return ST_RUN;
	default:
		return ST_DIM;
	}
}

static void draw_number(const struct threads *t, struct canvas *c, int row, int column,
			enum style style, const char *text)
{
	if (t->at[column].end)
		canvas_right(c, row, t->at[column].col, t->at[column].end, style, text);
}

static void draw_percent(const struct threads *t, struct canvas *c, int row, int column,
			 double percent)
{
	char text[FORMAT_MAX];

	draw_number(t, c, row, column, percent >= 0 ? theme_heat(percent) : ST_DIM,
		    format_percent(text, percent));
}

static void draw_same(const struct threads *t, const struct threads_row *r, struct canvas *c,
		      int row)
{
	double seconds = (double)r->same_ns / 1e9;
	char text[FORMAT_MAX];

	if (r->key.kind != THREADS_THREAD || r->doing == PST_DOING_GONE)
		return;
	draw_number(t, c, row, THREADS_SAME,
		    r->doing > PST_DOING_IDLE && seconds >= STUCK_SECONDS ? ST_WARM : ST_DIM,
		    format_seconds(text, seconds));
}

static bool matches(const struct ui_view *v, const char *text)
{
	return v->search && ui_find_in(v->search, text, NULL, NULL);
}

static void draw_name(const struct pane *p, const struct threads_row *r, struct canvas *c, int row)
{
	const struct threads *t = p->state;
	const struct ui_view *v = p->view;
	bool group = r->key.kind != THREADS_THREAD;
	int col = t->at[THREADS_NAME].col;
	int end = t->at[group ? THREADS_STATE : THREADS_NAME].end;
	enum style style = !r->alive ? ST_DIM : group ? ST_BOLD : ST_NORMAL;

	col += (int)r->depth * 2 < end - col - 4 ? (int)r->depth * 2 : 0;
	if (group)
		col = canvas_text(c, row, col, end, ST_DIM,
				  threads_is_closed(t, &r->key) ? "▸ " : "▾ ");
	canvas_cut(c, row, col, end, matches(v, threads_text(t, r->name)) ? ST_MATCH : style,
		   threads_text(t, r->name));
}

static void draw_func(const struct pane *p, const struct threads_row *r, const struct layout *l,
		      struct canvas *c, int row)
{
	const struct threads *t = p->state;
	int col = t->at[THREADS_FUNC].col;
	struct pst_buf place = {0};
	enum style style = matches(p->view, threads_text(t, r->func)) ? ST_MATCH
			   : r->within				      ? ST_BOLD
			   : r->key.kind == THREADS_THREAD ? ST_NORMAL
							   : ST_DIM;

	if (!l->end)
		return;
	if (l->place == l->end || r->key.kind != THREADS_THREAD) {
		canvas_cut(c, row, col, l->end, style, threads_text(t, r->func));
		return;
	}
	canvas_cut(c, row, col, l->place - 1, style, threads_text(t, r->func));
	format_place(&place, threads_text(t, r->place), 0, l->end - l->place);
	canvas_text(c, row, l->place, l->end, ST_FILE, pst_buf_text(&place));
	pst_buf_free(&place);
}

static void draw_row(const struct pane *p, size_t i, const struct layout *l, struct canvas *c,
		     int row)
{
	const struct threads *t = p->state;
	const struct threads_row *r = &t->rows.at[i];
	bool tagged = r->key.kind == THREADS_THREAD && ui_tagged(p->view, r->key.thread);
	char tid[32];

	if (tagged)
		canvas_text(c, row, 0, 1, ST_WARM, "*");
	else if (r->within)
		canvas_text(c, row, 0, 1, ST_BOLD, ">");
	draw_name(p, r, c, row);
	snprintf(tid, sizeof tid, "%lld", (long long)r->tid);
	if (r->tid > 0 && r->key.kind == THREADS_THREAD)
		draw_number(t, c, row, THREADS_TID, ST_DIM, tid);
	if (r->key.kind == THREADS_THREAD)
		canvas_cut(c, row, t->at[THREADS_STATE].col, t->at[THREADS_STATE].end,
			   state_style(r->doing),
			   threads_doing(r->doing, l->cells[THREADS_STATE]));
	draw_percent(t, c, row, THREADS_CPU, r->cpu);
	draw_percent(t, c, row, THREADS_GIL, r->gil);
	draw_percent(t, c, row, THREADS_WAIT, r->wait);
	draw_same(t, r, c, row);
	draw_func(p, r, l, c, row);
	if (i == t->scroll.at)
		canvas_paint(c, row, 0, c->cols, ST_SELECT);
	else if (tagged)
		canvas_paint(c, row, t->at[THREADS_NAME].col, t->at[THREADS_NAME].end, ST_WARM);
}

void threads_draw(struct pane *p, struct canvas *c)
{
	struct threads *t = p->state;
	struct layout l = layout_for(c->cols);

	place_columns(t, &l);
	scroll_fit(&t->scroll, t->rows.len, c->rows - 1);
	draw_titles(t, &l, c);
	if (!t->rows.len)
		canvas_cut(c, 1, 1, c->cols, ST_DIM,
			   t->infos.len ? _("No thread matches the filter")
					: _("Waiting for the first sample…"));
	for (int row = 1; row < c->rows; row++) {
		size_t i = t->scroll.first + (size_t)row - 1;

		if (i >= t->rows.len)
			break;
		draw_row(p, i, &l, c, row);
	}
}
