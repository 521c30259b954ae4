// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/screen_priv.h"

/* Who is meant by a click, the wheel, or a drag. */

enum { WHEEL_ROWS = 3 };

/* A pane that knows no wheel moves by arrows. */
static enum ui_effect wheel(struct screen *s, struct pane *p, enum ui_mouse_kind kind)
{
	enum ui_cmd cmd = kind == MOUSE_WHEEL_UP ? UI_CMD_UP : UI_CMD_DOWN;
	enum ui_effect effect = UI_NONE;

	for (int i = 0; i < WHEEL_ROWS; i++)
		effect |= screen_settle(s, p, p->ops->command(p, cmd));
	return effect;
}

static enum ui_effect in_pane(struct screen *s, enum ui_pane_id id, const struct ui_mouse *at,
			      int left)
{
	struct pane *p = &s->panes[id];
	struct ui_mouse m = {at->kind, at->row - s->parts.top, at->col - left};
	enum ui_effect effect = UI_NONE;

	if (id != s->active && (m.kind == MOUSE_CLICK || m.kind == MOUSE_DOUBLE))
		effect = screen_go(s, id, false);
	if (p->ops->mouse) {
		enum ui_effect more = p->ops->mouse(p, &m);

		if (more != UI_NONE)
			return effect | screen_settle(s, p, more);
	}
	if (m.kind == MOUSE_WHEEL_UP || m.kind == MOUSE_WHEEL_DOWN)
		return effect | wheel(s, p, m.kind);
	return effect;
}

static enum ui_effect in_panes(struct screen *s, const struct ui_mouse *m)
{
	enum ui_pane_id left, right;

	layout_panes(s, &left, &right);
	if (right == PANE_COUNT || m->col < s->parts.split)
		return in_pane(s, left, m, 0);
	return m->col == s->parts.split ? UI_NONE : in_pane(s, right, m, s->parts.split + 1);
}

static enum ui_effect in_strip(struct screen *s, const struct ui_mouse *m)
{
	struct ui_mouse at = {m->kind, m->row - s->parts.strip, m->col};

	return span_mouse(s, &at);
}

static enum ui_effect click_command(struct screen *s, const struct ui_mouse *m, enum ui_cmd cmd)
{
	if (m->kind != MOUSE_CLICK && m->kind != MOUSE_DOUBLE)
		return UI_NONE;
	return cmd != UI_CMD_NONE ? screen_command(s, cmd) : UI_NONE;
}

static enum ui_effect dismiss(struct screen *s)
{
	s->message_until_ns = 0;
	return UI_LAYOUT;
}

static enum ui_effect in_menu(struct screen *s, const struct ui_mouse *m)
{
	if (m->kind == MOUSE_WHEEL_UP || m->kind == MOUSE_WHEEL_DOWN)
		return menu_event(
			s, menu_key(&s->menu, m->kind == MOUSE_WHEEL_UP ? UI_KEY_UP : UI_KEY_DOWN));
	if (m->kind != MOUSE_CLICK && m->kind != MOUSE_DOUBLE)
		return UI_NONE;
	return menu_event(s, menu_click(&s->menu, m->row, m->col));
}

enum ui_effect screen_mouse(struct screen *s, const struct ui_mouse *m)
{
	const struct parts *p = &s->parts;

	if (s->menu.open)
		return in_menu(s, m);
	if (s->prompt.open)
		return UI_NONE;
	/* What began on the timeline stays with it. */
	if (s->strip.drag_ns && (m->kind == MOUSE_DRAG || m->kind == MOUSE_RELEASE))
		return in_strip(s, m);
	if (m->row == p->message && p->message >= 0)
		return m->kind == MOUSE_CLICK ? dismiss(s) : UI_NONE;
	if (m->row == p->bar && p->bar >= 0)
		return click_command(s, m, bar_hit(s, m->col));
	if (m->row == p->tabs && p->tabs >= 0)
		return click_command(s, m, tabs_hit(s, m->col));
	if (p->strip >= 0 && m->row >= p->strip && m->row < p->strip + p->strip_lines)
		return in_strip(s, m);
	if (m->row >= p->top && m->row < p->top + p->rows && m->col >= 0 && m->col < s->canvas.cols)
		return in_panes(s, m);
	return UI_NONE;
}
