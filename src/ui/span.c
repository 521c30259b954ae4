// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>

#include "base/i18n.h"
#include "ui/format.h"
#include "ui/screen_priv.h"

/* Which time is shown: a span marked on the timeline, two of them compared, or what happens now. */

#define SECOND_NS UINT64_C(1000000000)
/* What A and B are while nothing is marked: this long before now. */
#define MARK_NS (10 * SECOND_NS)

static bool is_set(struct pst_span_ns span)
{
	return span.to_ns > span.from_ns;
}

static enum ui_effect show(struct screen *s, struct pst_span_ns span)
{
	s->strip.span = s->view.span = span;
	s->view.counted++;
	return UI_LAYOUT;
}

static void end_diff(struct screen *s)
{
	s->view.diff = false;
	s->view.base = (struct pst_span_ns){0, 0};
}

static enum ui_effect live(struct screen *s)
{
	end_diff(s);
	s->strip.cursor_ns = s->strip.begin_ns = 0;
	return show(s, (struct pst_span_ns){0, 0});
}

static enum ui_effect refuse(struct screen *s)
{
	screen_say(s, "%s", _("Nothing is known of the time before yet."));
	return UI_LAYOUT;
}

static enum ui_effect move_cursor(struct screen *s, int by)
{
	struct strip *t = &s->strip;
	uint64_t at = t->cursor_ns ? t->cursor_ns : t->last_ns;

	if (!t->step_ns)
		return refuse(s);
	if (by < 0)
		at = at > t->from_ns + t->step_ns ? at - t->step_ns : t->from_ns + 1;
	else
		at += t->step_ns;
	t->cursor_ns = at >= t->last_ns ? 0 : at;
	return UI_DRAW;
}

static uint64_t here(const struct strip *t)
{
	return t->cursor_ns ? t->cursor_ns : t->last_ns;
}

/* From one place on the timeline to another, with all of the cell in which it ends. */
static enum ui_effect mark(struct screen *s, uint64_t from, uint64_t to)
{
	struct strip *t = &s->strip;
	uint64_t low = from < to ? from : to, high = from < to ? to : from;

	low -= (low - t->from_ns) % t->step_ns;
	high += t->step_ns - (high - t->from_ns) % t->step_ns;
	end_diff(s);
	t->begin_ns = 0;
	return show(s, (struct pst_span_ns){low, high});
}

static enum ui_effect mark_end(struct screen *s)
{
	struct strip *t = &s->strip;

	if (!t->begin_ns)
		return mark(s, t->from_ns, here(t));
	return mark(s, t->begin_ns < t->from_ns ? t->from_ns : t->begin_ns, here(t));
}

static enum ui_effect keep(struct screen *s, struct pst_span_ns *to, const char *name)
{
	struct strip *t = &s->strip;
	char text[FORMAT_MAX];

	*to = t->span;
	if (!is_set(*to))
		*to = (struct pst_span_ns){t->last_ns > MARK_NS ? t->last_ns - MARK_NS : 1,
					   t->last_ns + 1};
	format_seconds(text, (double)(to->to_ns - to->from_ns) / 1e9);
	screen_say(s, _("%s is %s of time now; D compares A with B."), name, text);
	return UI_LAYOUT;
}

static enum ui_effect toggle_diff(struct screen *s)
{
	struct strip *t = &s->strip;

	if (s->view.diff)
		return live(s);
	if (!is_set(t->a) || !is_set(t->b)) {
		screen_say(s, "%s",
			   _("A difference needs two spans: mark one by [ and ] (or the mouse) and "
			     "press A, mark another and press B."));
		return UI_LAYOUT;
	}
	s->view.diff = true;
	s->view.base = t->a;
	return show(s, t->b);
}

enum ui_effect span_command(struct screen *s, enum ui_cmd cmd)
{
	struct strip *t = &s->strip;

	if (cmd == UI_CMD_LIVE)
		return live(s);
	if (!t->step_ns)
		return refuse(s);
	switch (cmd) {
	case UI_CMD_CURSOR_BACK:
		return move_cursor(s, -1);
	case UI_CMD_CURSOR_ON:
		return move_cursor(s, 1);
	case UI_CMD_MARK_BEGIN:
		t->begin_ns = here(t);
		return UI_DRAW;
	case UI_CMD_MARK_END:
		return mark_end(s);
	case UI_CMD_MARK_A:
		return keep(s, &t->a, "A");
	case UI_CMD_MARK_B:
		return keep(s, &t->b, "B");
	case UI_CMD_DIFF:
		return toggle_diff(s);
	default:
		return UI_NONE;
	}
}

static enum ui_effect drag(struct screen *s, uint64_t to, bool ends)
{
	struct strip *t = &s->strip;
	uint64_t from = t->drag_ns;

	if (ends)
		t->drag_ns = 0;
	if (!from || !to || !t->step_ns || from < t->from_ns)
		return UI_NONE;
	/* A click that did not move marks nothing. */
	if (strip_column(t, from) == strip_column(t, to) && !t->dragged)
		return UI_NONE;
	t->dragged = true;
	t->cursor_ns = 0;
	return mark(s, from, to);
}

enum ui_effect span_mouse(struct screen *s, const struct ui_mouse *m)
{
	struct strip *t = &s->strip;
	uint64_t at = strip_time(t, m->col);

	switch (m->kind) {
	case MOUSE_CLICK:
		t->drag_ns = at;
		t->dragged = false;
		t->cursor_ns = at && at < t->last_ns ? at : 0;
		return UI_DRAW;
	case MOUSE_DRAG:
		return drag(s, at, false);
	case MOUSE_RELEASE:
		return drag(s, at, true);
	case MOUSE_WHEEL_UP:
		return t->step_ns ? move_cursor(s, -1) : UI_NONE;
	case MOUSE_WHEEL_DOWN:
		return t->step_ns ? move_cursor(s, 1) : UI_NONE;
	default:
		return UI_NONE;
	}
}

/* While nothing is marked, a window of some seconds moves along with the time. */
void span_update(struct screen *s)
{
	unsigned seconds = window_seconds(s->view.window);
	uint64_t last;

	strip_update(&s->strip, s->model, s->canvas.cols);
	last = s->strip.last_ns;
	if (is_set(s->strip.span))
		return;
	s->view.span = (struct pst_span_ns){0, 0};
	if (seconds && last)
		s->view.span = (struct pst_span_ns){
			last > seconds * SECOND_NS ? last - seconds * SECOND_NS : 1, last + 1};
}

void span_text(const struct screen *s, char *out, size_t size)
{
	const struct strip *t = &s->strip;
	char length[FORMAT_MAX], ago[FORMAT_MAX];

	*out = '\0';
	if (s->view.diff) {
		snprintf(out, size, "%s", _("B less A"));
	} else if (is_set(t->span)) {
		uint64_t back = t->last_ns > t->span.to_ns ? t->last_ns - t->span.to_ns : 0;

		format_seconds(length, (double)(t->span.to_ns - t->span.from_ns) / 1e9);
		format_seconds(ago, (double)back / 1e9);
		snprintf(out, size, _("%s of time, %s ago"), length, ago);
	} else if (window_seconds(s->view.window)) {
		snprintf(out, size, _("last %u s"), window_seconds(s->view.window));
	} else if (s->view.window == UI_WINDOW_ALL) {
		snprintf(out, size, "%s", _("all of the time"));
	}
}
