// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/stack.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/find.h"
#include "ui/format.h"
#include "ui/threads.h"
#include "ui/ui.h"

enum {
	COLUMNS_MIN_COLS = 150, /* three parts side by side */
	COLUMNS_MIN_ROWS = 10,
	STACKED_MIN_COLS = 36, /* parts one above the other */
	TWO_MIN_ROWS = 6,
	THREE_MIN_ROWS = 15,
	NOTE_MIN_ROWS = 6,
	PLACE_MIN_COLS = 30
};

/* ---- layout ---- */

static void put_part(struct stack *s, enum stack_part part, int row, int col, int rows, int cols)
{
	s->at[part].row = row;
	s->at[part].col = col;
	s->at[part].rows = rows;
	s->at[part].cols = cols;
}

static void side_by_side(struct stack *s, int top, int rows, int cols)
{
	int frames = cols * 30 / 100, values = cols * 35 / 100;

	put_part(s, STACK_FRAMES, top, 0, rows, frames);
	put_part(s, STACK_VALUES, top, frames + 1, rows, values);
	put_part(s, STACK_SOURCE, top, frames + values + 2, rows, cols - frames - values - 2);
}

/* Frames take no more than they need. */
static int frames_rows(const struct stack *s, int most)
{
	size_t len = s->in ? s->in->frames_len + s->in->truncated : 0;

	return len + 1 < (size_t)most ? len < 2 ? 3 : (int)len + 1 : most;
}

static void one_above_the_other(struct stack *s, int top, int rows, int cols)
{
	int frames = frames_rows(s, rows / 3), rest = rows - frames, source;

	if (rows >= THREE_MIN_ROWS) {
		source = rest * 45 / 100;
		if ((size_t)(rest - source) > s->values.shown.len + 3)
			source = rest - (int)s->values.shown.len - 3;
		put_part(s, STACK_FRAMES, top, 0, frames, cols);
		put_part(s, STACK_VALUES, top + frames, 0, rest - source, cols);
		put_part(s, STACK_SOURCE, top + rows - source, 0, source, cols);
		return;
	}
	frames = frames_rows(s, rows / 2);
	put_part(s, STACK_FRAMES, top, 0, frames, cols);
	put_part(s, s->beside == STACK_SOURCE ? STACK_SOURCE : STACK_VALUES, top + frames, 0,
		 rows - frames, cols);
}

static void lay_out(struct stack *s, int top, int rows, int cols)
{
	memset(s->at, 0, sizeof s->at);
	if (rows < 1)
		return;
	if (cols >= COLUMNS_MIN_COLS && rows >= COLUMNS_MIN_ROWS)
		side_by_side(s, top, rows, cols);
	else if (cols >= STACKED_MIN_COLS && rows >= TWO_MIN_ROWS)
		one_above_the_other(s, top, rows, cols);
	else
		put_part(s, s->focus, top, 0, rows, cols);
}

/* ---- title and note ---- */

static int add_word(struct canvas *c, int col, int end, enum style style, const char *text)
{
	if (!*text || col >= end)
		return col;
	return canvas_cut(c, 0, col, end, style, text) + 1;
}

static void look_text(const struct stack *s, char *out, size_t size)
{
	char pause[FORMAT_MAX];

	if (!s->in || s->from_model)
		*out = '\0';
	else if (s->in->pause_ns)
		snprintf(out, size, _("held %s"), format_ns(pause, s->in->pause_ns));
	else
		snprintf(out, size, "%s", s->in->proved ? _("not held") : _("NOT PROVED"));
}

static void draw_heading(const struct stack *s, struct canvas *c)
{
	char tid[32] = "", look[64], right[128];
	int col, end = c->cols, cells;

	look_text(s, look, sizeof look);
	snprintf(right, sizeof right, "%s%s%s", look, *look ? " " : "",
		 s->frozen ? _("FROZEN") : "");
	cells = (int)strlen(right);
	if (c->cols >= 40 && *right) {
		canvas_right(c, 0, c->cols - cells, c->cols, s->frozen ? ST_CHANGED : ST_DIM,
			     right);
		end -= cells + 1;
	} else if (s->frozen) {
		canvas_right(c, 0, c->cols - 1, c->cols, ST_CHANGED, "F");
		end -= 2;
	}
	if (s->tid > 0)
		snprintf(tid, sizeof tid, "%lld", (long long)s->tid);
	col = add_word(c, 0, end, ST_BOLD,
		       *s->name ? s->name : s->thread ? _("thread") : _("no thread"));
	if (c->cols >= 40)
		col = add_word(c, col, end, ST_DIM, tid);
	if (s->known)
		col = add_word(c, col, end, ST_DIM, threads_doing(s->doing, c->cols < 40 ? THREADS_STATE_LEAST
							   : THREADS_STATE_LONG));
	if (s->picked && c->cols >= 40)
		add_word(c, col, end, ST_MESSAGE, _("(the most active one)"));
}

/* What the user should know about what is shown; "": nothing. */
static const char *note_of(const struct stack *s, const struct ui_view *v)
{
	if (!s->thread)
		return _("No thread was seen yet.");
	if (*s->note)
		return s->note;
	if (!s->known || !s->alive)
		return _("This thread has ended: this is its last stack.");
	if (!s->in)
		return s->waiting ? _("Reading its stack…") : _("Its stack was not seen yet.");
	if (stack_frame(s, v) == SIZE_MAX && s->in->frames_len)
		return _("The chosen frame is not on the stack now.");
	return s->in && !s->in->proved ? s->in->why : "";
}

/* ---- frames ---- */

bool frame_matches(const struct pst_inspect_frame *f, const struct ui_view *v)
{
	return ui_find_func(v->search, f->name, f->full_file);
}

static void draw_frame(const struct stack *s, const struct ui_view *v, size_t i, struct canvas *c,
		       int row)
{
	const struct pst_inspect_frame *f = &s->in->frames[i];
	struct pst_buf place = {0};
	int split = c->cols >= PLACE_MIN_COLS ? c->cols / 2 : c->cols;
	bool here = i == stack_frame(s, v);

	canvas_cut(c, row, 1, split - 1, frame_matches(f, v) ? ST_MATCH : here ? ST_BOLD : ST_NORMAL,
		   f->name);
	if (split < c->cols) {
		format_place(&place, c->cols >= 100 ? f->full_file : f->file, f->line,
			     c->cols - split);
		canvas_text(c, row, split, c->cols, ST_FILE, pst_buf_text(&place));
		pst_buf_free(&place);
	}
	if (here)
		canvas_text(c, row, 0, 1, ST_BOLD, ">");
	if (i == s->frames.at && s->focus == STACK_FRAMES)
		canvas_paint(c, row, 0, c->cols, ST_SELECT);
}

static void draw_frames(struct stack *s, const struct ui_view *v, struct canvas *c)
{
	size_t len = s->in ? s->in->frames_len : 0;

	scroll_fit(&s->frames, len, c->rows);
	for (int row = 0; row < c->rows; row++) {
		size_t i = s->frames.first + (size_t)row;

		if (i < len)
			draw_frame(s, v, i, c, row);
		else if (i == len && s->in && s->in->truncated)
			canvas_cut(c, row, 1, c->cols, ST_DIM, _("… and more"));
	}
	if (s->in && !len)
		canvas_cut(c, 0, 1, c->cols, ST_DIM, _("It runs no Python."));
}

/* ---- values ---- */

static const char *why_no_values(const struct stack *s, const struct ui_view *v)
{
	if (!v->hooks || !v->hooks->inspect || !v->hooks->inspected)
		return _("Values are not in a recording.");
	if (stack_chosen(s, v) && s->alive)
		return s->waiting || s->wanted ? _("Reading…") : _("Its values were not read.");
	return "";
}

static void draw_values(struct stack *s, const struct ui_view *v, struct canvas *c)
{
	if (!stack_has_values(s, v))
		canvas_cut(c, 0, 1, c->cols, ST_DIM, why_no_values(s, v));
	else if (!s->in->rows_len)
		canvas_cut(c, 0, 1, c->cols, ST_DIM, _("It has no variables."));
	else
		values_draw(&s->values, s->in, v, s->focus == STACK_VALUES, c);
}

/* ---- the whole ---- */

static void title_of(const struct stack *s, const struct ui_view *v, enum stack_part part,
		     char *out, size_t size)
{
	const struct pst_inspect_frame *f = stack_chosen(s, v);
	size_t len = s->in ? s->in->frames_len : 0, n = s->values.shown.len;

	if (part == STACK_FRAMES)
		snprintf(out, size, _("Frames %zu/%zu"), len ? s->frames.at + 1 : 0, len);
	else if (part == STACK_VALUES && f && stack_has_values(s, v))
		snprintf(out, size, _("Values %zu/%zu of %.80s"),
			 n ? s->values.scroll.at + 1 : 0, n, f->name);
	else if (part == STACK_VALUES)
		snprintf(out, size, "%s", _("Values"));
	else
		snprintf(out, size, _("Source %.200s"), f ? f->file : "");
}

static void draw_part(struct stack *s, const struct ui_view *v, enum stack_part part,
		      const struct canvas *whole)
{
	struct canvas c = canvas_part(whole, s->at[part].row, s->at[part].col, s->at[part].rows,
				      s->at[part].cols);
	enum style style = s->focus == part ? ST_TITLE_SORT : ST_TITLE;
	char text[320];
	int end = c.cols;

	if (!c.rows)
		return;
	title_of(s, v, part, text, sizeof text);
	canvas_fill(&c, 0, style);
	if (part == STACK_SOURCE && s->source.text.newer) {
		canvas_right(&c, 0, c.cols / 2, c.cols, ST_ALERT, _("newer than the process"));
		end = c.cols / 2;
	}
	canvas_cut(&c, 0, 0, end, style, text);
	c = canvas_part(&c, 1, 0, c.rows - 1, c.cols);
	if (!c.rows)
		return;
	if (part == STACK_FRAMES)
		draw_frames(s, v, &c);
	else if (part == STACK_VALUES)
		draw_values(s, v, &c);
	else
		stack_source_draw(s, v, &c);
}

void stack_draw(struct pane *p, struct canvas *c)
{
	struct stack *s = p->state;
	const char *note = note_of(s, p->view);
	int top = 1;

	draw_heading(s, c);
	if (*note && (c->rows >= NOTE_MIN_ROWS || !s->in)) {
		canvas_cut(c, 1, 0, c->cols, ST_MESSAGE, note);
		top++;
	}
	lay_out(s, top, c->rows - top, c->cols);
	for (int i = 0; i < STACK_PARTS; i++)
		draw_part(s, p->view, (enum stack_part)i, c);
}
