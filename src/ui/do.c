// SPDX-License-Identifier: MIT
#include "config.h"

#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/format.h"
#include "ui/screen_priv.h"

/* The commands that are the screen's own, whatever pane is shown. */

/* ---- sampling ---- */

static enum ui_effect pause_or_resume(struct screen *s)
{
	if (s->header.s.ended) {
		screen_say(s, "%s", _("Sampling has ended: there is nothing to pause."));
		return UI_LAYOUT;
	}
	s->view.paused = !s->view.paused;
	if (s->hooks->set_paused)
		s->hooks->set_paused(s->hooks->ctx, s->view.paused);
	return UI_LAYOUT;
}

static enum ui_effect change_rate(struct screen *s, int step)
{
	static const double rates[] = {1,    2,	   5,	 10,	20,    50,    100,    200,     500,
				       1000, 2000, 5000, 10000, 20000, 50000, 100000, INFINITY};
	const int last = (int)(sizeof rates / sizeof *rates) - 1;
	char text[FORMAT_MAX];
	int i = 0;

	if (!s->hooks->set_rate) {
		screen_say(s, "%s", _("The rate cannot be changed here."));
		return UI_LAYOUT;
	}
	if (step > 0) {
		while (i < last && rates[i] <= s->rate)
			i++;
	} else {
		for (i = last; i > 0 && rates[i] >= s->rate; i--)
			;
	}
	s->rate = s->header.rate_asked = rates[i];
	s->hooks->set_rate(s->hooks->ctx, s->rate);
	if (isinf(s->rate))
		screen_say(s, "%s", _("As many samples as can be had are asked for now."));
	else
		screen_say(s, _("%s samples per second are asked for now."),
			   format_rate(text, s->rate));
	return UI_LAYOUT;
}

static enum ui_effect reset(struct screen *s)
{
	pst_model_reset(s->model);
	s->header.window = 0;
	screen_say(s, "%s", _("All counts start anew."));
	return UI_LAYOUT;
}

/* ---- what is counted ---- */

static enum ui_effect toggle_idle(struct screen *s)
{
	struct ui_view *v = &s->view;

	v->table.idle = v->filter.idle = !v->filter.idle;
	v->counted++;
	ui_look_at_idle(v);
	if (s->hooks->set_idle && v->filter.idle)
		screen_say(s, "%s", _("Idle threads are looked at from now on."));
	return UI_LAYOUT;
}

static enum ui_effect toggle_gil_only(struct screen *s)
{
	struct ui_view *v = &s->view;

	v->table.gil_only = v->filter.gil_only = !v->filter.gil_only;
	v->counted++;
	if (s->hooks->set_gil_only && !v->filter.gil_only)
		s->hooks->set_gil_only(s->hooks->ctx, false);
	return UI_LAYOUT;
}

static enum ui_effect toggle_my_code(struct screen *s)
{
	s->view.filter.my_code = !s->view.filter.my_code;
	s->view.counted++;
	if (s->view.filter.my_code)
		screen_say(s, "%s",
			   _("The standard library and site-packages count for who called them."));
	return UI_LAYOUT;
}

static enum ui_effect next_unit(struct screen *s)
{
	enum pst_group *g = &s->view.table.group;

	*g = *g == PST_GROUP_MODULE ? PST_GROUP_FUNCTION : (enum pst_group)(*g + 1);
	s->view.counted++;
	return UI_LAYOUT;
}

static enum ui_effect next_window(struct screen *s)
{
	s->view.window = (enum ui_window)((s->view.window + 1) % UI_WINDOW_COUNT);
	s->view.counted++;
	return UI_LAYOUT;
}

/* ---- panes ---- */

/* Tab goes through those that have a number. */
static enum ui_effect next_tab(struct screen *s, int step)
{
	int at = s->active < PANE_TABS ? (int)s->active : step > 0 ? -1 : 0;

	return screen_go(s, (enum ui_pane_id)((at + step + PANE_TABS) % PANE_TABS), false);
}

static enum ui_effect toggle_pane(struct screen *s, enum ui_pane_id pane)
{
	if (s->active == pane)
		return screen_command(s, UI_CMD_BACK);
	return screen_go(s, pane, true);
}

static enum ui_effect show_picker(struct screen *s)
{
	if (s->hooks->candidates)
		return toggle_pane(s, PANE_PICKER);
	screen_say(s, "%s", _("This is a recording: no other process can be watched from here."));
	return UI_LAYOUT;
}

/* What is beside the table: the flame graph, the stack, nothing. */
static enum ui_effect next_beside(struct screen *s)
{
	enum ui_pane_id *beside = &s->beside[s->left];

	if (s->canvas.cols < SCREEN_SPLIT_COLS) {
		screen_say(s, _("Two panes side by side need %d columns."), SCREEN_SPLIT_COLS);
		return UI_LAYOUT;
	}
	if (s->active != s->left && s->active != *beside)
		return screen_go(s, s->left, true);
	*beside = *beside == PANE_FLAME	  ? PANE_STACK
		  : *beside == PANE_STACK ? PANE_COUNT
					  : PANE_FLAME;
	return screen_go(s, s->left, false);
}

static enum ui_effect pane_command(struct screen *s, enum ui_cmd cmd)
{
	switch (cmd) {
	case UI_CMD_TAB_NEXT:
		return next_tab(s, 1);
	case UI_CMD_TAB_PREVIOUS:
		return next_tab(s, -1);
	case UI_CMD_SHOW_FUNCTIONS:
	case UI_CMD_SHOW_THREADS:
	case UI_CMD_SHOW_STACK:
	case UI_CMD_SHOW_FLAME:
	case UI_CMD_SHOW_CALLS:
		return screen_go(s, (enum ui_pane_id)(cmd - UI_CMD_SHOW_FUNCTIONS), true);
	case UI_CMD_HELP:
		return toggle_pane(s, PANE_HELP);
	case UI_CMD_SETUP:
		return toggle_pane(s, PANE_SETUP);
	case UI_CMD_MESSAGES:
		return toggle_pane(s, PANE_MESSAGES);
	case UI_CMD_PICKER:
		return show_picker(s);
	case UI_CMD_SPLIT:
		return next_beside(s);
	default:
		return UI_NONE;
	}
}

bool screen_needs_process(enum ui_cmd cmd)
{
	switch (cmd) {
	case UI_CMD_HELP:
	case UI_CMD_SETUP:
	case UI_CMD_MESSAGES:
	case UI_CMD_PICKER:
	case UI_CMD_QUIT:
	case UI_CMD_BACK:
	case UI_CMD_ENTER:
	case UI_CMD_REDRAW:
	case UI_CMD_UP:
	case UI_CMD_DOWN:
	case UI_CMD_LEFT:
	case UI_CMD_RIGHT:
	case UI_CMD_PAGE_UP:
	case UI_CMD_PAGE_DOWN:
	case UI_CMD_FIRST:
	case UI_CMD_LAST:
		return false;
	default:
		return true;
	}
}

enum ui_effect screen_do(struct screen *s, enum ui_cmd cmd)
{
	if (s->view.nothing && screen_needs_process(cmd)) {
		screen_say(s, "%s", _("No process is watched yet: choose one with Enter."));
		return UI_LAYOUT;
	}
	switch (cmd) {
	case UI_CMD_QUIT:
		return UI_QUIT;
	case UI_CMD_REDRAW:
		return UI_LAYOUT | UI_REPAINT;
	case UI_CMD_PAUSE:
		return pause_or_resume(s);
	case UI_CMD_RESET:
		return reset(s);
	case UI_CMD_RATE_UP:
		return change_rate(s, 1);
	case UI_CMD_RATE_DOWN:
		return change_rate(s, -1);
	case UI_CMD_UNIT:
		return next_unit(s);
	case UI_CMD_MY_CODE:
		return toggle_my_code(s);
	case UI_CMD_WINDOW:
		return next_window(s);
	case UI_CMD_IDLE:
		return toggle_idle(s);
	case UI_CMD_GIL_ONLY:
		return toggle_gil_only(s);
	case UI_CMD_SEARCH:
		return search_begin(s);
	case UI_CMD_SEARCH_NEXT:
		return search_step(s, 1);
	case UI_CMD_SEARCH_PREVIOUS:
		return search_step(s, -1);
	case UI_CMD_FILTER:
		return filter_begin(s);
	case UI_CMD_SAVE:
		return saving_svg(s);
	case UI_CMD_EXPORT:
		return saving_menu(s);
	case UI_CMD_COPY:
		return saving_copy(s);
	default:
		return cmd >= UI_CMD_CURSOR_BACK && cmd <= UI_CMD_DIFF ? span_command(s, cmd)
								       : pane_command(s, cmd);
	}
}
