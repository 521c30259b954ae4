// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/screen.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/i18n.h"
#include "base/text.h"
#include "ui/format.h"

#define MESSAGE_NS UINT64_C(8000000000)

/* ---- life ---- */

static void pane_init(struct pane *p, const struct pane_ops *ops, struct ui_view *view)
{
	p->ops = ops;
	p->state = pst_calloc(1, ops->state_size);
	p->view = view;
}

static void pane_release(struct pane *p)
{
	if (p->ops->release)
		p->ops->release(p);
	free(p->state);
}

void screen_init(struct screen *s, struct pst_model *m, const struct pst_ui_hooks *hooks,
		 const struct pst_ui_options *opt)
{
	*s = (struct screen){.model = m, .hooks = hooks, .rate = opt->rate};
	s->view.table.idle = opt->idle;
	s->view.table.gil_only = opt->gil_only;
	s->view.unproved = opt->unproved;
	s->view.sampling = opt->sampling;
	s->view.fallback = opt->fallback;
	s->header.view = &s->view;
	s->header.own_cpu_percent = -1;
	s->header.rate_asked = opt->rate;
	s->header.title = opt->title;
	keymap_defaults(&s->keys);
	pane_init(&s->top, &pane_functions, &s->view);
	pane_init(&s->help, &pane_help, &s->view);
	s->active = &s->top;
}

void screen_release(struct screen *s)
{
	pane_release(&s->top);
	pane_release(&s->help);
	canvas_free(&s->canvas);
}

/* ---- messages ---- */

void screen_say(struct screen *s, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(s->message, sizeof s->message, fmt, args);
	va_end(args);
	s->message_until_ns = s->now_ns + MESSAGE_NS;
}

/* Notes of the sampler come one after the other. */
static void next_message(struct screen *s)
{
	const char *note;

	if (s->message_until_ns && s->now_ns < s->message_until_ns)
		return;
	s->message_until_ns = 0;
	note = pst_model_note(s->model, s->notes_seen);
	if (!note)
		return;
	s->notes_seen++;
	screen_say(s, "%s", note);
}

/* ---- commands ---- */

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

static enum ui_effect toggle(bool *flag)
{
	*flag = !*flag;
	return UI_LAYOUT;
}

static enum ui_effect toggle_idle(struct screen *s)
{
	toggle(&s->view.table.idle);
	if (s->hooks->set_idle) {
		s->hooks->set_idle(s->hooks->ctx, s->view.table.idle);
		if (s->view.table.idle)
			screen_say(s, "%s", _("Idle threads are looked at from now on."));
	}
	return UI_LAYOUT;
}

static enum ui_effect toggle_gil_only(struct screen *s)
{
	toggle(&s->view.table.gil_only);
	if (s->hooks->set_gil_only && !s->view.table.gil_only)
		s->hooks->set_gil_only(s->hooks->ctx, false);
	return UI_LAYOUT;
}

static enum ui_effect show_help(struct screen *s)
{
	s->active = s->active == &s->help ? &s->top : &s->help;
	return UI_LAYOUT;
}

static enum ui_effect reset(struct screen *s)
{
	pst_model_reset(s->model);
	s->header.window = 0;
	screen_say(s, "%s", _("All counts start anew."));
	return UI_LAYOUT;
}

enum ui_effect screen_command(struct screen *s, enum ui_cmd cmd)
{
	enum ui_effect effect = s->active->ops->command(s->active, cmd);

	if (effect != UI_NONE)
		return effect;
	switch (cmd) {
	case UI_CMD_QUIT:
		return UI_QUIT;
	case UI_CMD_HELP:
		return show_help(s);
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
	case UI_CMD_LINES:
		s->view.table.group =
			s->view.table.group == PST_GROUP_LINE ? PST_GROUP_FUNCTION : PST_GROUP_LINE;
		return UI_LAYOUT;
	case UI_CMD_IDLE:
		return toggle_idle(s);
	case UI_CMD_GIL_ONLY:
		return toggle_gil_only(s);
	case UI_CMD_NORMALISED:
		return toggle(&s->view.table.normalised);
	default:
		return UI_NONE;
	}
}

/* In the help what does not scroll leaves it. */
static enum ui_effect help_key(struct screen *s, enum ui_cmd cmd)
{
	enum ui_effect effect = s->help.ops->command(&s->help, cmd);

	return effect != UI_NONE || cmd == UI_CMD_REDRAW ? effect | UI_DRAW : show_help(s);
}

enum ui_effect screen_key(struct screen *s, ui_key key)
{
	enum ui_cmd cmd = keymap_find(&s->keys, key);
	enum ui_effect said = UI_NONE;
	char text[KEY_TEXT_MAX];

	if (s->message_until_ns) {
		s->message_until_ns = 0;
		said = UI_LAYOUT;
	}
	if (s->active == &s->help)
		return said | help_key(s, cmd);
	if (cmd == UI_CMD_NONE) {
		if (key == UI_KEY_ESC)
			return said;
		key_text(text, key);
		screen_say(s, _("%s has no meaning here; ? shows the keys."),
			   *text ? text : _("That key"));
		return UI_LAYOUT;
	}
	return said | screen_command(s, cmd);
}

enum ui_effect screen_resize(struct screen *s, int rows, int cols)
{
	canvas_resize(&s->canvas, rows, cols);
	return UI_LAYOUT | UI_REPAINT;
}

/* ---- drawing ---- */

void screen_update(struct screen *s)
{
	pst_model_summary(s->model, &s->header.s);
	next_message(s);
	s->active->ops->update(s->active, s->model);
}

static void draw_banner(const struct screen *s, int row)
{
	const struct pst_summary *sum = &s->header.s;
	const char *child = s->hooks->child_status ? s->hooks->child_status(s->hooks->ctx) : NULL;
	struct canvas c = s->canvas;
	char text[256];
	int col;

	if (sum->end == PST_END_GONE)
		snprintf(text, sizeof text, _("process %d ended — data stays; q quits"), sum->pid);
	else if (sum->end == PST_END_ERROR)
		snprintf(text, sizeof text,
			 _("sampling of process %d failed — data stays; q quits"), sum->pid);
	else
		snprintf(text, sizeof text,
			 _("sampling of process %d stopped — data stays; q quits"), sum->pid);
	canvas_fill(&c, row, ST_BANNER);
	col = canvas_cut(&c, row, 1, c.cols, ST_BANNER, text);
	if (child) {
		col = canvas_text(&c, row, col, c.cols, ST_BANNER, " · ");
		canvas_cut(&c, row, col, c.cols, ST_BANNER, child);
	}
}

struct bar_entry {
	ui_key key;
	const struct ui_command *cmd;
	char text[KEY_TEXT_MAX + 1];
	int cells;
};

static bool is_f_key(ui_key key)
{
	return key >= UI_KEY_F1 && key <= UI_KEY_F12;
}

/* F-keys by number, then the others in the order of the table. */
static bool goes_before(const struct bar_entry *a, const struct bar_entry *b)
{
	bool fa = is_f_key(a->key), fb = is_f_key(b->key);

	return fa != fb ? fa : fa && a->key < b->key;
}

/* Takes what fits, in the order of the table, and sorts it for the eye. */
static size_t bar_entries(struct bar_entry *out, int cols)
{
	size_t n = 0;

	for (int i = UI_CMD_NONE + 1; i < UI_CMD_COUNT; i++) {
		struct bar_entry e = {.cmd = ui_command((enum ui_cmd)i)};
		size_t at = n;

		if (!*e.cmd->bar)
			continue;
		e.key = keys_for_bar(e.cmd->keys);
		key_text(e.text, e.key);
		if (!is_f_key(e.key))
			strcat(e.text, " ");
		e.cells = pst_text_cells(e.text, strlen(e.text)) +
			  pst_text_cells(_(e.cmd->bar), strlen(_(e.cmd->bar))) + 2;
		if (e.cells > cols)
			continue;
		cols -= e.cells;
		for (; at > 0 && goes_before(&e, &out[at - 1]); at--)
			out[at] = out[at - 1];
		out[at] = e;
		n++;
	}
	return n;
}

static void draw_bar(struct screen *s, int row)
{
	struct bar_entry entries[UI_CMD_COUNT];
	size_t n = bar_entries(entries, s->canvas.cols + 1);
	struct canvas *c = &s->canvas;
	int col = 0;

	for (size_t i = 0; i < n; i++) {
		col = canvas_text(c, row, col, c->cols, ST_KEY, entries[i].text);
		int end = canvas_text(c, row, col, c->cols, ST_KEY_TEXT, _(entries[i].cmd->bar));

		end = canvas_text(c, row, end, c->cols, ST_KEY_TEXT, " ");
		col = canvas_text(c, row, end, c->cols, ST_NORMAL, " ");
	}
}

static void draw_too_small(struct screen *s)
{
	char text[64];

	snprintf(text, sizeof text, _("needs %d×%d"), SCREEN_MIN_COLS, SCREEN_MIN_ROWS);
	canvas_cut(&s->canvas, 0, 0, s->canvas.cols, ST_NORMAL, _("too small"));
	canvas_cut(&s->canvas, 1, 0, s->canvas.cols, ST_NORMAL, text);
}

void screen_draw(struct screen *s)
{
	struct canvas *c = &s->canvas, part;
	int top = 0, bottom = c->rows;

	canvas_clear(c);
	if (c->rows < SCREEN_MIN_ROWS || c->cols < SCREEN_MIN_COLS) {
		draw_too_small(s);
		return;
	}
	if (s->active != &s->help) {
		top = header_lines(&s->header, c->rows, c->cols);
		part = canvas_part(c, 0, 0, top, c->cols);
		header_draw(&s->header, &part);
		if (s->header.s.ended)
			draw_banner(s, top++);
	}
	if (c->rows >= 8 && s->active != &s->help)
		draw_bar(s, --bottom);
	if (s->message_until_ns)
		canvas_cut(c, --bottom, 0, c->cols, ST_MESSAGE, s->message);
	part = canvas_part(c, top, 0, bottom - top, c->cols);
	s->active->ops->draw(s->active, &part);
}
